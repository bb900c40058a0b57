"""The register map that documents, poll plan and foreign masters share."""

from __future__ import annotations

import pytest

from protocols import layout
from protocols.sheets import PROGRAMS, load
from protocols.sheets.registers import registers


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_two_rows_share_a_register(program: str) -> None:
    taken: dict[tuple[int, int | None], str] = {}
    whole: dict[int, str] = {}
    for row in registers(load(program)):
        for address in range(row.register, row.register + row.words):
            assert (address, row.bit) not in taken, (row.name, taken[address, row.bit])
            taken[address, row.bit] = row.name
            if row.bit is None:
                assert address not in whole
                whole[address] = row.name
            else:
                assert address not in whole, (row.name, whole.get(address))


def test_header_addresses_are_those_of_the_brief() -> None:
    rows = {row.name: row for row in registers(load("parking_lane"))}
    assert (rows["MAGIC"].register, rows["STATE"].register, rows["MODE"].register) == (0, 16, 18)
    assert (rows["UPTIME"].register, rows["UPTIME"].words) == (20, 2)
    assert (rows["TRIP_BITS"].register, rows["FIRST_OUT_T"].register, rows["GW_LINK"].register) == (32, 35, 38)
    assert (rows["ACK_SEQ"].register, rows["EVT_HEAD"].register, rows["TIME_S"].register) == (40, 46, 48)
    assert (rows["GW_HB"].register, rows["CRC"].register) == (0x40, 0x4C)
    assert all(row.register < layout.HEADER_SIZE for row in rows.values() if row.block == "header")


def test_states_name_the_values_of_the_state_register() -> None:
    sheet = load("parking_lane")
    rows = {row.name: row for row in registers(sheet)}
    assert rows["STATE"].enum == sheet.states
    assert rows["LB.P"].bit == 1
