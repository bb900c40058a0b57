/* An independent master against a running parking lane: header, points, configuration, heartbeat, one command, refusals.
 *
 * libmodbus_board tcp PORT UNIT | rtu DEVICE UNIT.  Exit status 0: all as expected; else the first difference is on stderr.
 * Register numbers are those of docs/reference/parking_lane.md; the CRC of the command block is computed here anew.
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GATEWAY 77

static void fail(int line, const char *what)
{
    fprintf(stderr, "line %d: %s: %s\n", line, what, modbus_strerror(errno));
    exit(1);
}

#define EXPECT(condition) do { if (!(condition)) fail(__LINE__, #condition); } while (0)
#define REFUSED(call, code) do { errno = 0; EXPECT((call) == -1 && errno == (code)); } while (0)

static uint16_t crc16(const uint16_t *registers, int count)
{
    uint16_t crc = 0xFFFF;

    for (int i = 0; i < 2 * count; i++) {
        crc ^= i & 1 ? registers[i / 2] & 0xFF : registers[i / 2] >> 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
    }
    return crc;
}

/* A PING: executed once, whatever it is sent how often. */
static void command(modbus_t *line, uint16_t seq)
{
    uint16_t block[13] = {0}, header[64];

    /* Heartbeats: a board that has waited for a gateway for 2 s wants ten good ones, and the last is echoed below. */
    for (int before = 11; before >= 0; before--)
        EXPECT(modbus_write_register(line, 0x40, 200 + seq - before) == 1);
    block[0] = 200 + seq;
    block[1] = GATEWAY;
    block[2] = seq;
    block[3] = 1;
    block[8] = 20;
    block[9] = 200 + seq;
    block[10] = 0x5AFE;
    block[12] = crc16(block + 2, 10);
    block[5] ^= 1; /* spoilt: the CRC doesn't hold */
    EXPECT(modbus_write_registers(line, 0x40, 13, block) == 13);
    EXPECT(modbus_read_registers(line, 0, 64, header) == 64 && header[42] == 8);
    block[5] ^= 1;
    EXPECT(modbus_write_registers(line, 0x40, 13, block) == 13);
    EXPECT(modbus_read_registers(line, 0, 64, header) == 64);
    EXPECT(header[40] == seq && header[41] == 1 && header[42] == 2);
    EXPECT(header[38] == 1); /* the heartbeats have made the link ok */
}

static void configuration(modbus_t *line)
{
    uint16_t before, got;

    EXPECT(modbus_read_registers(line, 0x0201, 1, &before) == 1);
    REFUSED(modbus_write_register(line, 0x0201, before + 1), EMBXILADD); /* locked */
    EXPECT(modbus_write_register(line, 0x60, 0xC0DE) == 1);
    REFUSED(modbus_write_register(line, 0x0201, 61), EMBXILVAL); /* out of range */
    EXPECT(modbus_write_register(line, 0x0201, before + 1) == 1);
    EXPECT(modbus_read_registers(line, 0x0201, 1, &got) == 1 && got == before + 1);
    EXPECT(modbus_write_register(line, 0x60, 0) == 1); /* locked again: what was not committed is gone */
    EXPECT(modbus_read_registers(line, 0x0201, 1, &got) == 1 && got == before);
}

int main(int argc, char **argv)
{
    uint16_t got[125];
    uint8_t bits[64];
    modbus_t *line;

    if (argc != 4)
        return 2;
    line = strcmp(argv[1], "tcp") ? modbus_new_rtu(argv[2], 115200, 'N', 8, 1) : modbus_new_tcp("127.0.0.1", atoi(argv[2]));
    if (!line)
        return 2;
    modbus_set_slave(line, atoi(argv[3]));
    modbus_set_response_timeout(line, 5, 0);
    EXPECT(modbus_connect(line) == 0);
    EXPECT(modbus_read_registers(line, 0, 64, got) == 64 && got[0] == 0x4642 && got[1] >> 8 == 1 && got[2] == 3);
    EXPECT(modbus_read_registers(line, 0x80, 5, got) == 5);
    EXPECT(modbus_read_registers(line, 0x100, 0x25, got) == 0x25);
    EXPECT(modbus_read_registers(line, 0x180, 96, got) == 96 && got[0] == 1); /* the first event is BOOT */
    EXPECT(modbus_read_input_bits(line, 0, 22, bits) == 22 && bits[14] == 0); /* no fire */
    EXPECT(modbus_read_bits(line, 0, 6, bits) == 6 && bits[0] == 0 && bits[1] == 0); /* the boom rests */
    REFUSED(modbus_read_registers(line, 0x0F00, 1, got), EMBXILADD);
    REFUSED(modbus_write_bit(line, 0, 1), EMBXILFUN); /* outputs are commanded, never written */
    configuration(line);
    command(line, (uint16_t)(getpid() % 60000 + 1));
    modbus_close(line);
    modbus_free(line);
    puts("the board answers as documented");
    return 0;
}
