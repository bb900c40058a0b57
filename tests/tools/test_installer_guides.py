"""The installer guides' own commands, run as they stand against an emulated board."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.bundle.graph import ROOT
from tools.bundle.mpy import host_arch
from tools.emulator.pty_board import PtyBoard

pytestmark = pytest.mark.wall_clock

GUIDES = {"rp2": "docs/installers/raspberry-pi-pico.md", "esp32": "docs/installers/esp32.md"}


def commands(text: str) -> list[str]:
    """Return the blocks of a guide that a person types, in order."""
    return re.findall(r"(?ms)^```sh\n(.*?)^```$", text)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder that looks like the repository and keeps what is built there to itself."""
    place = tmp_path / "district-edge"
    venv = place / ".venv"
    venv.mkdir(parents=True)
    for entry in ROOT.iterdir():
        if entry.name not in {".git", ".venv", "build", "pyproject.toml", "constraints.txt"}:
            (place / entry.name).symlink_to(entry)
    for entry in Path(sys.prefix).iterdir():
        if not entry.name.startswith(".stamp"):
            (venv / entry.name).symlink_to(entry)
    for name in ("pyproject.toml", "constraints.txt"):
        (place / name).write_bytes((ROOT / name).read_bytes())
    for name in (".stamp-run", ".stamp-dev"):  # newer than those two: nothing is installed here
        (venv / name).touch()
    return place


@pytest.fixture
def board(tmp_path: Path) -> Iterator[PtyBoard]:
    with PtyBoard(tmp_path / "board") as board:
        yield board


def follow(text: str, place: Path, board: PtyBoard) -> subprocess.CompletedProcess[str]:
    """Type a guide's commands, one block after the other, in one shell that stops at the first that fails."""
    # Without the variables of a make that runs these tests: a person's shell has none.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["/bin/sh", "-eux", "-c", "\n".join(commands(text))],
        cwd=place,
        # The emulated board has this machine's processor; all else of the bundle is the target's.
        env={**environment, "PORT": board.port, "ARGS": f"--arch {host_arch()}", "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("target", GUIDES)
def test_a_guide_followed_to_the_letter_leaves_a_started_board(target: str, place: Path, board: PtyBoard) -> None:
    done = follow((ROOT / GUIDES[target]).read_text(encoding="utf-8"), place, board)

    assert done.returncode == 0, done.stdout
    manifest = json.loads((place / f"build/bundle/{target}-parking_lane.json").read_text())
    assert manifest["target"] == target
    assert (manifest["unit"], manifest["dev_id"]) == (11, 101)
    for file in manifest["files"]:
        on_board = board.folder / file["path"]
        assert hashlib.sha256(on_board.read_bytes()).hexdigest() == file["sha256"], file["path"]
    held = board.log.rfind(b"held: ")
    assert held >= 0, "the guide never held the board"
    assert board.wait_for(b"parking_lane starts on unit 11, dev id 101", begin=held)
    # It runs on until somebody stops it, and nothing else does.
    started = board.log.find(b"starts on unit", held)
    # A key that is pressed while the board still sets up its terminal may be lost: a person presses it again.
    with Path(board.port).open("wb", buffering=0) as terminal:
        for _ in range(10):
            terminal.write(b"\x03")
            if board.wait_for(b"KeyboardInterrupt", timeout_s=2, begin=started):
                break
    assert board.log.find(b"KeyboardInterrupt", started) >= 0
    assert board.log.count(b"Traceback", started) == 1, bytes(board.log[started:])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("fs cp -r", "fs copy -r"),
        ("rp2-parking_lane/.", "rp2-parking-lane/."),
        ("import parking_lane_table", "import parking_table"),
        ("PROGRAM=parking_lane", "PROGRAM=parking"),
    ],
)
def test_a_wrong_command_in_a_guide_fails(right: str, wrong: str, place: Path, board: PtyBoard) -> None:
    text = (ROOT / GUIDES["rp2"]).read_text(encoding="utf-8")
    assert right in text

    assert follow(text.replace(right, wrong), place, board).returncode != 0
