"""The board on a pseudo-terminal answers ``mpremote`` as a board on USB does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.emulator.pty_board import PtyBoard

pytestmark = pytest.mark.wall_clock

MPREMOTE = str(Path(sys.executable).parent / "mpremote")
MAIN = "import time\nprint('main runs')\nwhile True:\n    time.sleep_ms(20)\n"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[PtyBoard]:
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "main.py").write_text(MAIN)
    with PtyBoard(tmp_path / "board") as board:
        assert board.wait_for(b"main runs")
        yield board


def mpremote(board: PtyBoard, *command: str) -> str:
    done = subprocess.run(
        [MPREMOTE, "connect", board.port, *command], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_running_main_is_interrupted_and_code_executed(board: PtyBoard) -> None:
    assert mpremote(board, "exec", "import sys; print(sys.implementation.name, 6 * 7)").strip() == "micropython 42"


def test_files_go_there_and_come_back(board: PtyBoard, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "package").mkdir(parents=True)
    (tree / "package" / "module.py").write_text("ANSWER = 42\n")
    blob = bytes(range(256)) * 40  # every control character of the REPL among them
    (tree / "blob.bin").write_bytes(blob)

    mpremote(board, "fs", "cp", "-r", f"{tree}/.", ":")

    assert (board.folder / "blob.bin").read_bytes() == blob
    assert mpremote(board, "exec", "from package.module import ANSWER; print(ANSWER)").strip() == "42"


def test_a_soft_reset_from_raw_mode_forgets_and_does_not_run_main(board: PtyBoard) -> None:
    boots = board.boots
    mpremote(board, "exec", "left_over = 1")

    assert mpremote(board, "soft-reset", "exec", "print('left_over' in globals())").strip() == "False"
    assert board.boots == boots


def test_a_reset_runs_main_again(board: PtyBoard) -> None:
    said = len(board.log)

    mpremote(board, "reset")

    assert board.wait_for(b"main runs", begin=said)
    assert board.boots == 2
