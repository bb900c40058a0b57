/* A Modbus TCP server with libmodbus on a free port of the loopback: the peer that both pollers ask.
 * Prints its port, serves any number of connections, ends when its standard input is closed.
 *
 *   cc -O2 -o modbus_server modbus_server.c $(pkg-config --cflags --libs libmodbus)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REGISTERS = 1024, WAITING = 8 };

int main(void)
{
    modbus_t *ctx = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *map = modbus_mapping_new(0, 0, REGISTERS, REGISTERS);
    int listener = ctx && map ? modbus_tcp_listen(ctx, WAITING) : -1;
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    fd_set all;
    int highest, i;

    if (listener < 0 || getsockname(listener, (struct sockaddr *) &address, &size) < 0) {
        perror("modbus_server");
        return 1;
    }
    for (i = 0; i < REGISTERS; i++)
        map->tab_registers[i] = map->tab_input_registers[i] = (uint16_t) (1000 + 37 * i);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    FD_ZERO(&all);
    FD_SET(STDIN_FILENO, &all);
    FD_SET(listener, &all);
    highest = listener;
    for (;;) {
        fd_set ready = all;
        if (select(highest + 1, &ready, NULL, NULL, NULL) < 0) {
            if (errno == EINTR)
                continue;
            perror("select");
            return 1;
        }
        for (i = 0; i <= highest; i++) {
            if (!FD_ISSET(i, &ready))
                continue;
            if (i == STDIN_FILENO) {
                char byte;
                if (read(i, &byte, 1) <= 0)
                    return 0;
            } else if (i == listener) {
                int s = accept(listener, NULL, NULL);
                if (s >= 0 && s < FD_SETSIZE) {
                    FD_SET(s, &all);
                    if (s > highest)
                        highest = s;
                }
            } else {
                uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
                int n;
                modbus_set_socket(ctx, i);
                n = modbus_receive(ctx, query);
                if (n > 0) {
                    modbus_reply(ctx, query, n, map);
                } else if (n < 0) {
                    close(i);
                    FD_CLR(i, &all);
                }
            }
        }
    }
}
