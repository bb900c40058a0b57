"""`edgectl heat tune` over a real local API; behind it a simulated board that goes on by 10 s at each question."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from edge_gateway.api.server import ApiServer, Connection
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.cli import heat_tune
from edge_gateway.cli.exits import FAILED, NOT_RUNNING, REFUSED, USAGE, CommandFailed
from edge_gateway.control.heat.loop_model import Process
from edge_gateway.control.heat.loop_seen import Mode
from edge_gateway.control.heat.loops import TESTS
from edge_gateway.control.heat.rule import Pi
from tests.edge_gateway.control.heat.bench import Bench, Board

APP = typer.Typer()
APP.command()(heat_tune.tune)


class Gateway:
    """`heat.tune.*` on a bench."""

    def __init__(self, process: Process) -> None:
        self.board = Board(process, Pi(2.0, 25.0), set_point=42.0, output=45.0)
        self.bench: Bench | None = None
        self.asked: list[str] = []
        self.falls_silent = 0
        """After so many questions it goes away."""

    def methods(self) -> dict[str, Any]:
        return {"heat.tune.start": self.start, "heat.tune.status": self.status, "heat.tune.abort": self.abort}

    def start(self, _connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append("start")
        if params["loop"] not in TESTS:
            raise ApiError(Code.NOT_FOUND, f"no loop `{params['loop']}`")
        self.bench = Bench(TESTS[params["loop"]], self.board, params.get("step"))
        return self.bench.tuner.as_dict(self.bench.now)

    def status(self, connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append("status")
        assert self.bench is not None
        if self.falls_silent and len(self.asked) > self.falls_silent:
            connection.open = False
            connection._writer.transport.abort()
        self.bench.run(10)
        return self.bench.tuner.as_dict(self.bench.now)

    def abort(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append("abort")
        if self.bench is None:
            raise ApiError(Code.NOT_FOUND, "no loop was tested since the gateway has started")
        self.bench.tuner.abort("ended by mei", self.bench.now)
        return self.bench.tuner.as_dict(self.bench.now)


@contextmanager
def serving(gateway: Gateway, path: Path) -> Iterator[None]:
    """The local API in a thread of its own."""
    ready, loop = threading.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        server = ApiServer(path, gateway.methods())
        await server.start()
        ready.set()
        await over.wait()
        await server.stop()

    over = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat_tune, "_PERIOD_S", 0.0)


def tuned(gateway: Gateway, tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, and what is said on standard error or as the reason of the exit code."""
    with serving(gateway, tmp_path / "api.sock"):
        result = CliRunner().invoke(APP, [*arguments, "--socket", str(tmp_path / "api.sock")], env={"COLUMNS": "100"})
    if isinstance(result.exception, CommandFailed):
        return result.exception.code, result.stdout, result.stderr + str(result.exception)
    return result.exit_code, result.stdout, result.stderr


def test_it_shows_the_process_and_what_it_suggests(tmp_path: Path) -> None:
    gateway = Gateway(Process(0.4, 20.0, 5.0))
    code, out, err = tuned(gateway, tmp_path, "heating")
    assert code == 0
    rows = {line.split("  ")[0].strip(): line.split() for line in out.splitlines() if line.strip()}
    assert float(rows["gain"][1]) == pytest.approx(0.4, rel=0.05)
    assert float(rows["lag"][1]) == pytest.approx(20.0, rel=0.1)
    assert float(rows["dead time"][2]) == pytest.approx(5.0, abs=1.5)
    assert [float(each) for each in rows["Kp"][1:3]] == [2.0, pytest.approx(3.85, rel=0.15)]
    assert "not applied; in the site file, under the board's parameters: mix_kp: 3" in out
    assert "oscillates" not in out
    assert max(len(line) for line in out.splitlines()) <= 100
    assert [line.split()[0] for line in err.splitlines()] == ["heating"] * len(err.splitlines())
    for words in ("stands still", "the step stands", "back, and waits", "done"):
        assert words in err
    assert gateway.board.mode is Mode.AUTO


def test_for_programs_it_is_one_document(tmp_path: Path) -> None:
    code, out, err = tuned(Gateway(Process(0.4, 20.0, 5.0)), tmp_path, "heating", "--step", "5", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["phase"], found["step"]) == ("DONE", pytest.approx(5.0))
    assert found["result"]["model"]["lag_s"] == pytest.approx(20.0, rel=0.1)
    assert len(found["result"]["suggestion"]["suggested"]["rows"]) == 9


def test_what_cannot_be_identified_is_said(tmp_path: Path) -> None:
    code, _out, err = tuned(Gateway(Process(0.001, 20.0, 5.0)), tmp_path, "heating")
    assert code == FAILED
    assert "heating can't be identified: the value moved by" in err


def test_ctrl_c_gives_the_loop_back_before_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Gateway(Process(0.4, 20.0, 5.0))
    naps = iter(range(1_000))

    def nap(_seconds: float) -> None:
        if next(naps) == 8:  # 80 s: the step stands
            assert gateway.board.mode is Mode.MANUAL
            raise KeyboardInterrupt

    monkeypatch.setattr(heat_tune, "sleep", nap)
    code, _out, err = tuned(gateway, tmp_path, "heating")
    assert code == 130
    assert "ended by mei" in err
    assert gateway.bench is not None and gateway.bench.tuner.over
    assert gateway.board.mode is Mode.AUTO
    assert gateway.asked.count("abort") == 1


def test_from_another_terminal(tmp_path: Path) -> None:
    gateway = Gateway(Process(0.4, 20.0, 5.0))
    gateway.bench = Bench(TESTS["heating"], gateway.board)
    assert tuned(gateway, tmp_path, "--abort")[:2] == (0, "heating: ABORTED, ended by mei\n")


def test_a_gateway_that_goes_away_leaves_a_sentence(tmp_path: Path) -> None:
    gateway = Gateway(Process(0.4, 20.0, 5.0))
    gateway.falls_silent = 5
    code, _out, err = tuned(gateway, tmp_path, "heating")
    assert code == NOT_RUNNING
    assert "the loop goes back to AUTO by itself" in err


def test_wrong_words(tmp_path: Path) -> None:
    gateway = Gateway(Process(0.4, 20.0, 5.0))
    assert tuned(gateway, tmp_path)[0] == USAGE
    assert tuned(gateway, tmp_path, "heatin")[0] == REFUSED
    assert tuned(gateway, tmp_path, "--abort")[0] == REFUSED
