/* An independent client: asks everything of the server of portable_modbus_board.py that libmodbus can ask, checks each answer.
 *
 * libmodbus_client tcp PORT | rtu DEVICE.  Exit status 0: all as expected; else the first difference is on stderr.
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIT 17

static void fail(int line, const char *what)
{
    fprintf(stderr, "line %d: %s: %s\n", line, what, modbus_strerror(errno));
    exit(1);
}

#define EXPECT(condition) do { if (!(condition)) fail(__LINE__, #condition); } while (0)
#define REFUSED(call, code) do { errno = 0; EXPECT((call) == -1 && errno == (code)); } while (0)

static void registers(modbus_t *line)
{
    uint16_t got[MODBUS_MAX_READ_REGISTERS], sent[MODBUS_MAX_WRITE_REGISTERS];

    EXPECT(modbus_read_registers(line, 0, 125, got) == 125);
    for (int i = 0; i < 125; i++)
        EXPECT(got[i] == i);
    EXPECT(modbus_read_input_registers(line, 10, 3, got) == 3 && got[0] == 1010 && got[2] == 1012);
    EXPECT(modbus_write_register(line, 200, 0xBEEF) == 1);
    EXPECT(modbus_read_registers(line, 200, 1, got) == 1 && got[0] == 0xBEEF);
    for (int i = 0; i < 123; i++)
        sent[i] = 0xFFFF - 7 * i;
    EXPECT(modbus_write_registers(line, 300, 123, sent) == 123);
    EXPECT(modbus_read_registers(line, 300, 123, got) == 123 && memcmp(got, sent, 246) == 0);
    EXPECT(modbus_write_register(line, 210, 0x0012) == 1);
    EXPECT(modbus_mask_write_register(line, 210, 0x00F2, 0x0025) != -1);
    EXPECT(modbus_read_registers(line, 210, 1, got) == 1 && got[0] == 0x0017);
    EXPECT(modbus_write_and_read_registers(line, 500, 121, sent, 499, 122, got) == 122);
    EXPECT(got[0] == 499 && memcmp(got + 1, sent, 242) == 0);
}

static void bits(modbus_t *line)
{
    uint8_t got[MODBUS_MAX_READ_BITS], sent[MODBUS_MAX_WRITE_BITS];

    EXPECT(modbus_read_bits(line, 0, 2000, got) == 2000);
    for (int i = 0; i < 2000; i++)
        EXPECT(got[i] == (i % 3 == 0));
    EXPECT(modbus_read_input_bits(line, 3, 7, got) == 7 && got[0] == 1 && got[1] == 0 && got[3] == 1);
    EXPECT(modbus_write_bit(line, 2500, 1) == 1);
    EXPECT(modbus_read_bits(line, 2499, 3, got) == 3 && got[1] == 1);
    for (int i = 0; i < 1968; i++)
        sent[i] = i % 7 < 2;
    EXPECT(modbus_write_bits(line, 100, 1968, sent) == 1968);
    EXPECT(modbus_read_bits(line, 100, 1968, got) == 1968 && memcmp(got, sent, 1968) == 0);
}

/* Requests that libmodbus itself refuses to make, and the exception that they have to be answered with. */
static void raw(modbus_t *line, const uint8_t *pdu, int size, uint8_t code)
{
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH], got[MODBUS_TCP_MAX_ADU_LENGTH];
    int head = modbus_get_header_length(line);

    request[0] = UNIT;
    memcpy(request + 1, pdu, size);
    EXPECT(modbus_send_raw_request(line, request, size + 1) > 0);
    EXPECT(modbus_receive_confirmation(line, got) >= head + 2);
    EXPECT(got[head] == (pdu[0] | 0x80) && got[head + 1] == code);
}

static void refusals(modbus_t *line)
{
    static const uint8_t too_many[] = {0x03, 0, 0, 0, 126}, unknown[] = {0x64, 1, 2, 3}, half_on[] = {0x05, 0, 0, 1, 0};
    uint16_t got[2];
    uint8_t bit;

    REFUSED(modbus_read_registers(line, 999, 2, got), EMBXILADD);
    REFUSED(modbus_write_register(line, 1000, 1), EMBXILADD);
    REFUSED(modbus_read_bits(line, 3000, 1, &bit), EMBXILADD);
    REFUSED(modbus_write_bit(line, 65535, 1), EMBXILADD);
    raw(line, too_many, sizeof too_many, 3);
    raw(line, unknown, sizeof unknown, 1);
    raw(line, half_on, sizeof half_on, 3);
    EXPECT(modbus_read_registers(line, 1, 1, got) == 1 && got[0] == 1);
}

int main(int argc, char **argv)
{
    modbus_t *line;

    if (argc != 3)
        return 2;
    line = strcmp(argv[1], "tcp") ? modbus_new_rtu(argv[2], 115200, 'N', 8, 1) : modbus_new_tcp("127.0.0.1", atoi(argv[2]));
    if (!line)
        return 2;
    modbus_set_slave(line, UNIT);
    modbus_set_response_timeout(line, 5, 0);
    EXPECT(modbus_connect(line) == 0);
    registers(line);
    bits(line);
    refusals(line);
    modbus_close(line);
    modbus_free(line);
    puts("libmodbus agrees");
    return 0;
}
