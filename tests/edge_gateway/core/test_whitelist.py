"""White-lists: what is written to a board is what its firmware takes, and only when it has another list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_gateway.control.credentials import Credential, Right
from edge_gateway.core.whitelist import MAX_TOKENS, listed_tokens, pieces
from firmware.host import MemoryStore
from firmware.runtime.whitelist import Whitelist
from protocols.modbus.request import Request


@given(st.lists(st.integers(1, 2**30 - 1), unique=True, max_size=MAX_TOKENS))
def test_the_firmware_takes_what_the_gateway_writes(given_tokens: list[int]) -> None:
    tokens = sorted(given_tokens)
    board = Whitelist(MemoryStore())
    written, crc = pieces(tokens)
    for file, record, data in written:
        Request(1).write_files([(file, record, data)])  # fits into one request
        assert file == 1
        assert board.write(record, len(data) // 2, data, 0) == 0
    assert (board.count, board.crc) == (len(tokens), crc)
    assert all(token in board for token in tokens[:20])
    assert 0 not in board


def test_who_is_listed() -> None:
    credentials = {
        30: Credential(),
        10: Credential(Right.EMERGENCY),
        20: Credential(until_ms=1_000),
        40: Credential(from_ms=5_000),
    }
    assert listed_tokens(credentials, 500, emergency_only=False) == [10, 20, 30]
    assert listed_tokens(credentials, 6_000, emergency_only=False) == [10, 30, 40]
    assert listed_tokens(credentials, 500, emergency_only=True) == [10]
    many = {token: Credential(until_ms=9 if token % 2 else 0) for token in range(1, 3 * MAX_TOKENS)}
    listed = listed_tokens(many, 5, emergency_only=False)
    assert len(listed) == MAX_TOKENS
    assert all(token % 2 == 0 for token in listed), "those without an end go first"
