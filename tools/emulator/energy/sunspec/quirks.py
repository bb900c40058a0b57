"""What devices of some makers do, and what broken ones do, as switches (domain brief §2a, §7.5)."""

from __future__ import annotations

from collections.abc import Callable

from tools.emulator.energy.sunspec.image import Image

CONTROL = {
    "no704": "has model 123 where its family has 704",
    "reversion_60s": "reverts after 60 s, whatever is written",
    "silent_ignore": "acknowledges writes and forgets them",
    "standby_below_10": "goes to standby when limited below 10 %",
    "outranked": "another control source holds it at 50 %; registers read as written",
}
SCALE = {"sf_change": "has other scale factors since its last restart"}
VALUES = {
    "nan": "measurements are not implemented",
    "frozen": "measurements stand still",
}
ANSWERS = {
    "dead": "does not answer",
    "busy": "answers with exception 6",
    "failure": "answers with exception 4",
    "latency_200ms": "answers after 200 ms",
    "latency_1s": "answers after 1 s",
    "one_tcp_client": "takes one TCP connection at a time",
}
CHAIN = {
    "base_0": "registers begin at 0",
    "base_50000": "registers begin at 50000",
    "unknown_model": "has a maker's own model in the chain",
    "no_common": "has no model 1",
    "chain_loop": "a length leads back to where it stands",
    "chain_long": "a length is 40 too long",
    "chain_short": "a length is 4 too short",
    "chain_no_end": "ends without the end marker",
    "chain_cut": "ends in the middle of a model",
    "no_mark": "has no SunS",
}
QUIRKS = {**CONTROL, **SCALE, **VALUES, **ANSWERS, **CHAIN}
"""Name and meaning of every switch."""
VENDOR_MODEL = 64_901
VENDOR_LENGTH = 17


def _second(image: Image) -> int:
    """Byte of the length of the second model."""
    model = list(image.models.values())[1]
    return 2 * (model.address - image.base) + 2


def _relength(image: Image, data: bytearray, change: int) -> None:
    at = _second(image)
    length = int.from_bytes(data[at : at + 2], "big") + change
    data[at : at + 2] = (length & 0xFFFF).to_bytes(2, "big")


def _loop(image: Image, data: bytearray) -> None:
    at = _second(image)
    data[at : at + 2] = (0xFFFE).to_bytes(2, "big")


def _long(image: Image, data: bytearray) -> None:
    _relength(image, data, 40)


def _short(image: Image, data: bytearray) -> None:
    _relength(image, data, -4)


def _no_end(image: Image, data: bytearray) -> None:
    del data[-4:]


def _cut(image: Image, data: bytearray) -> None:
    del data[_second(image) + 20 :]


def _no_mark(image: Image, data: bytearray) -> None:
    data[0:4] = b"\0\0\0\0"


LIES: dict[str, Callable[[Image, bytearray], None]] = {
    "chain_loop": _loop,
    "chain_long": _long,
    "chain_short": _short,
    "chain_no_end": _no_end,
    "chain_cut": _cut,
    "no_mark": _no_mark,
}
"""What each lie does to the registers that are read."""
