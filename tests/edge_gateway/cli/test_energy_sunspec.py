"""`edgectl energy sunspec` against emulated devices, over TCP and over a serial port; chains that lie are named."""

from __future__ import annotations

import json
import os
import select
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns
from typing import Any

import pytest
from typer.testing import CliRunner

from edge_gateway.cli.energy_sunspec import app
from edge_gateway.cli.exits import FAILED, TIMED_OUT, USAGE, CommandFailed
from protocols.modbus.bank import ArrayBank
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.ticks import PERIOD_MASK
from tools.emulator.energy.district import District
from tools.emulator.energy.field import UNITS, Field
from tools.emulator.energy.tcp import TcpUnits

SUNS = (0x5375, 0x6E53)


def run(*args: object) -> tuple[int, str]:
    """Exit code and what was printed, as edgectl gives them."""
    result = CliRunner().invoke(app, [str(arg) for arg in args], env={"COLUMNS": "100"})
    if isinstance(result.exception, CommandFailed):
        return result.exception.code, result.output + str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, result.output


class Chain(ArrayBank):
    """Registers from 40000 on."""

    def __init__(self, *words: int) -> None:
        super().__init__(0, 0)  # type: ignore[no-untyped-call]
        self.holding = array("H", [0] * 40_000 + list(words))


def common(length: int = 66) -> list[int]:
    name = [0x4D6B, *[0] * 15, 0x4D64, *[0] * 15, *[0] * 32]
    return [*SUNS, 1, length, *(name + [0] * 66)[:length]]


@contextmanager
def serial(bank: ArrayBank, unit: int) -> Iterator[str]:
    """A device behind a pseudo terminal."""
    ours, theirs = os.openpty()
    server: Any = RtuServer(Server(bank), unit, 115_200)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            readable, _w, _x = select.select([ours], [], [], 0.002)
            now = monotonic_ns() // 1000 & PERIOD_MASK
            if readable:
                data = os.read(ours, 512)
                server.feed(data, len(data), now)
            length = server.poll(now)
            if length:
                os.write(ours, bytes(server.tx[:length]))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield os.ttyname(theirs)
    finally:
        over.set()
        thread.join()
        os.close(ours)
        os.close(theirs)


@pytest.fixture(scope="module")
def units() -> Iterator[TcpUnits]:
    field = Field(District())
    with TcpUnits(field.devices, UNITS) as served:
        yield served


def address(units: TcpUnits, name: str) -> str:
    return f"tcp://{units.host}:{units.ports[name]}"


def test_scan_tells_who_is_there(units: TcpUnits) -> None:
    code, text = run("scan", address(units, "INV2"), "--units", UNITS["INV2"], "--json")
    (found,) = json.loads(text)["units"]
    assert code == 0 and found["base"] == 40000 and not found["cause"]
    assert [model["id"] for model in found["models"]][:2] == [1, 701] and found["maker"] != "-"
    code, text = run("scan", address(units, "GM"), "--units", UNITS["GM"])
    assert code == 0 and "203" in text and max(map(len, text.splitlines())) <= 100


def test_scan_says_what_is_no_sunspec_and_who_is_silent(units: TcpUnits) -> None:
    code, text = run("scan", address(units, "EV"), "--units", "9,20", "--timeout-ms", 50)
    assert code == FAILED and "no SunS at 40000, 0 or 50000" in " ".join(text.split())
    assert "no answer from 20" in text
    code, text = run("scan", address(units, "EV"), "--units", "20", "--timeout-ms", 50, "--json")
    assert code == TIMED_OUT and json.loads(text)["silent"] == [20]


def test_dump_prints_scaled_values_and_diff_finds_a_setting(units: TcpUnits, tmp_path: Path) -> None:
    line, unit = address(units, "INV1"), UNITS["INV1"]
    code, text = run("dump", line, unit, "--model", 120)
    assert code == 0 and "WRtg" in text and "100000" in text and max(map(len, text.splitlines())) <= 100
    code, text = run("dump", line, unit, "--json")
    old = tmp_path / "old.json"
    old.write_text(text, encoding="utf-8")
    assert code == 0
    assert run("diff", old, line) == (0, "nothing differs\n")
    changed = json.loads(text)
    (model,) = (model for model in changed["models"] if model["id"] == 123)
    model["points"]["WMaxLimPct"]["text"] = "37"
    changed["models"] = [model for model in changed["models"] if model["id"] != 160]
    new = tmp_path / "new.json"
    new.write_text(json.dumps(changed), encoding="utf-8")
    code, text = run("diff", old, new, "--json")
    told = {(row["model"], row["what"]): row["new"] for row in json.loads(text)["differences"]}
    assert code == FAILED and told == {(123, "WMaxLimPct"): "37", (160, "model"): "-"}


def test_the_same_over_a_serial_port() -> None:
    with serial(Chain(*common(), 0xFFFF, 0), 17) as port:
        code, text = run("scan", port, "--units", 17, "--json")
        (found,) = json.loads(text)["units"]
        assert code == 0 and (found["maker"], found["model"]) == ("Mk", "Md")
        code, text = run("dump", port, 17)
        assert code == 0 and "points are not implemented" in text


CHAINS = [
    ("a loop", [*common(), *[300, 0] * 70], "more models than there can be: the chain loops (model 300)"),
    ("a lie", [*common(), 103, 7, *[0] * 7, 0xFFFF, 0], "a length that the model can't have (model 103)"),
    ("no common", [*SUNS, 103, 50, *[0] * 50, 0xFFFF, 0], "the first model is not 1 (common) (model 103)"),
    ("no end", [*common()], "the chain ends without an end marker"),
    ("no mark", [1, 2, 3], "no SunS at 40000, 0 or 50000"),
    ("a zero", [*common(), 0, 5, *[0] * 5], "a model with ID 0 (model 1)"),
]


@pytest.mark.parametrize(("name", "words", "cause"), CHAINS)
def test_a_bad_chain_is_refused_with_its_cause(name: str, words: list[int], cause: str) -> None:
    with serial(Chain(*words), 1) as port:
        code, text = run("dump", port, 1)
        assert code == FAILED and f"unit 1: {cause}" in text, name
        code, text = run("scan", port, "--units", 1, "--json")
        assert code == FAILED and json.loads(text)["units"][0]["cause"] == cause


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("dump", "udp://x", 1), USAGE, "is no line"),
        (("dump", "tcp://host:99999", 1), USAGE, "is no address"),
        (("dump", "no-such-port", 1), FAILED, "No such file"),
        (("dump", "x", 1, "--baud", 12345), USAGE, "12345 is no speed"),
        (("dump", "x", 1, "--quirk", "odd"), USAGE, "no quirk `odd`"),
        (("scan", "x", "--units", "0-3"), USAGE, "addresses are 1 to 247"),
        (("scan", "x", "--units", "one"), USAGE, "`one` is no address"),
        (("diff", "no-such-file", "x"), USAGE, "can't be read"),
    ],
)
def test_a_wrong_word_is_told(args: tuple[object, ...], code: int, said: str) -> None:
    found, text = run(*args)
    assert found == code and said in text
