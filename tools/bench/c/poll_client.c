/* A Modbus TCP poller as one would write it in C for Linux: one connection, epoll, WINDOW requests in flight.
 *
 *   poll_client PORT UNIT ADDRESS COUNT REQUESTS WINDOW
 *
 * What one recv brought is answered with one send. Prints the processor time of this process (user and system, us) for
 * each request; start-up and warm-up are left out.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 7, REQUEST = 12, LARGEST = 260, MOST = 64, WARM_UP = 2000 };

static uint16_t values[125];

static double cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1e6 * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

int main(int argc, char **argv)
{
    static uint8_t reply[MOST * LARGEST], requests[MOST * REQUEST];
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct epoll_event event = {.events = EPOLLIN};
    int one = 1, unit, first, count, wanted, window, done = -WARM_UP, s, poller, held = 0, asked = 0, at, i;
    uint16_t sent = 0, expected = 1;
    double begin = 0;

    if (argc != 7 || (window = atoi(argv[6])) < 1 || window > MOST) {
        fprintf(stderr, "usage: poll_client PORT UNIT ADDRESS COUNT REQUESTS WINDOW (1..%d)\n", MOST);
        return 2;
    }
    address.sin_port = htons(atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    unit = atoi(argv[2]);
    first = atoi(argv[3]);
    count = atoi(argv[4]);
    wanted = atoi(argv[5]);
    for (i = 0; i < MOST; i++) {
        uint8_t *request = requests + i * REQUEST;
        request[5] = 6;
        request[6] = unit;
        request[7] = 3;
        request[8] = first >> 8;
        request[9] = first & 0xFF;
        request[11] = count;
    }

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0 || connect(s, (struct sockaddr *) &address, sizeof address) < 0)
        fail("connect");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK);
    poller = epoll_create1(0);
    event.data.fd = s;
    if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, s, &event) < 0)
        fail("epoll");

    asked = window;
    for (;;) {
        for (i = 0; i < asked; i++) {
            sent++;
            requests[i * REQUEST] = sent >> 8;
            requests[i * REQUEST + 1] = sent & 0xFF;
        }
        if (asked && send(s, requests, asked * REQUEST, MSG_NOSIGNAL) != asked * REQUEST)
            fail("send");
        asked = 0;
        i = epoll_wait(poller, &event, 1, 10000);
        if (i < 0 && errno == EINTR)
            continue;
        if (i <= 0)
            fail("no reply");
        i = recv(s, reply + held, sizeof reply - held, 0);
        if (i <= 0)
            fail("recv");
        held += i;
        for (at = 0; held - at >= HEADER + 2 && held - at >= 6 + (reply[at + 4] << 8 | reply[at + 5]); asked++) {
            const uint8_t *r = reply + at;
            if ((r[0] << 8 | r[1]) != expected || r[2] || r[3] || (r[4] << 8 | r[5]) != 3 + 2 * count || r[6] != unit ||
                r[7] != 3 || r[8] != 2 * count) {
                fprintf(stderr, "poll_client: not the reply to request %u\n", expected);
                return 1;
            }
            for (i = 0; i < count; i++)
                values[i] = r[HEADER + 2 + 2 * i] << 8 | r[HEADER + 3 + 2 * i];
            expected++;
            at += HEADER + 2 + 2 * count;
            if (++done == 0)
                begin = cpu_us();
            if (done == wanted) {
                printf("%.4f\n", (cpu_us() - begin) / wanted);
                return values[0] == 0; /* the values are used: the compiler keeps them */
            }
        }
        memmove(reply, reply + at, held - at);
        held -= at;
    }
}
