"""What a bundle holds, for which board, and that real MicroPython starts the one for this machine."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
from pathlib import Path

import pytest

from protocols import iolink
from tools import micropython
from tools.bundle.__main__ import main
from tools.bundle.mpy import ARCHES, CompileError, check_header
from tools.bundle.stage import TARGETS, BundleError, Request, stage

FLASH_BUDGET = 200_000
"""Bytes: an RP2040 with 2 MB has 1.4 MB of file system, and an update needs two slots and room for records."""

IMPORT_ALL = """
import os, sys
def walk(folder, dots):
    for entry in os.ilistdir(folder):
        name, kind = entry[0], entry[1]
        if kind == 0x4000:
            walk(folder + "/" + name, dots + name + ".")
        elif name.endswith(".mpy") and name != "__init__.mpy":
            __import__(dots + name[:-4])
            print(dots + name[:-4])
walk(".", "")
"""


def native_arch(path: Path) -> str:
    return ARCHES[path.read_bytes()[2] >> 2 & 0x1F]


@pytest.mark.parametrize("target", TARGETS)
def test_a_bundle_holds_what_its_board_needs_and_nothing_else(target: str, tmp_path: Path) -> None:
    manifest = stage(Request(target, "parking_lane", 11, 101), tmp_path / "bundle")

    paths = {file.path for file in manifest.files}
    assert {"main.py", "parking_lane_table.mpy", "firmware/main.mpy", "firmware/programs/parking_lane.mpy"} <= paths
    hals = {"rp2": "firmware/hal/rp2.mpy", "esp32": "firmware/hal/esp32.mpy", "unix": "firmware/hal/unix.mpy"}
    assert {path for path in paths if path in hals.values()} == {hals[target]}
    assert not any(path.startswith("protocols/sheets") for path in paths)
    if TARGETS[target].arch != "none":
        assert native_arch(tmp_path / "bundle/protocols/modbus/crc_viper.mpy") == TARGETS[target].arch
    assert manifest.total == sum(f.stat().st_size for f in (tmp_path / "bundle").rglob("*") if f.is_file())
    assert manifest.total < FLASH_BUDGET
    assert json.loads((tmp_path / "bundle.json").read_text())["total"] == manifest.total


def test_a_machine_without_native_code_gets_the_plain_twins(tmp_path: Path) -> None:
    stage(Request("unix", "parking_lane", 1, 1, "none"), tmp_path / "bundle")

    assert (tmp_path / "bundle/protocols/modbus/crc_plain.mpy").is_file()
    assert not list((tmp_path / "bundle").rglob("*_viper.mpy"))


def test_the_same_sources_make_the_same_bundle(tmp_path: Path) -> None:
    request = Request("rp2", "parking_lane", 1, 1)

    assert stage(request, tmp_path / "a") == stage(request, tmp_path / "b")


def test_micropython_imports_every_module_of_a_bundle(tmp_path: Path) -> None:
    manifest = stage(Request("unix", "parking_lane", 3, 7), tmp_path / "bundle")
    (tmp_path / "import_all.py").write_text(IMPORT_ALL)

    done = subprocess.run(
        micropython.command(tmp_path / "import_all.py", heap="384k"),
        cwd=tmp_path / "bundle",
        env={"MICROPYPATH": ".:.frozen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    modules = [f.path for f in manifest.files if f.path.endswith(".mpy") and not f.path.endswith("__init__.mpy")]
    assert len(done.stdout.splitlines()) == len(modules)


def test_a_bundle_starts_on_micropython_as_the_board_it_was_made_for(tmp_path: Path) -> None:
    stage(Request("unix", "parking_lane", 3, 7), tmp_path / "bundle")
    with socket.create_server(("127.0.0.1", 0)) as world:
        world.settimeout(30)
        command = micropython.command(
            tmp_path / "bundle" / "main.py", str(world.getsockname()[1]), str(tmp_path / "storage"), heap="384k"
        )
        with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.DEVNULL) as board:
            try:
                link, _ = world.accept()
                with link, link.makefile("rb") as stream:
                    kind, _length, dev_id = struct.unpack("<BHH", stream.read(5))
                    program = stream.read(stream.read(1)[0])
            finally:
                board.kill()

    assert (kind, dev_id, program) == (iolink.HELLO, 7, b"parking_lane")


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (Request("pico", "parking_lane", 1, 1), "no target 'pico'; there are: rp2, esp32, unix"),
        (
            Request("rp2", "parking", 1, 1),
            "no program 'parking'; there are: energy, heat_loop, parking_lane, waste_inlet, waste_station",
        ),
        (Request("rp2", "parking_lane", 248, 1), "unit 248 is outside 1..247"),
        (Request("rp2", "parking_lane", 1, 0), "dev id 0 is outside 1..65535"),
        (Request("rp2", "parking_lane", 1, 1, "arm"), "no architecture 'arm'"),
    ],
)
def test_a_wrong_request_says_what_would_be_right(request_: Request, says: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=says):
        stage(request_, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_a_folder_that_is_no_bundle_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "letter.txt").write_text("dear")

    assert main(["--target", "rp2", "--program", "parking_lane", "--out", str(tmp_path / "precious")]) == 2
    assert "stays as it is" in capsys.readouterr().err
    assert (tmp_path / "precious" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (b"PK\x03\x04", "not a .mpy file"),
        (b"M\x05\x00\x1f", "version 5, boards load 6"),
        (bytes((0x4D, 6, ARCHES.index("x64") << 2 | 3, 31)), "native code for x64"),
        (bytes((0x4D, 6, ARCHES.index("armv6m") << 2 | 1, 31)), r"in .mpy 6\.1"),
        (b"M\x06\x00\x3f", "63 bits"),
    ],
)
def test_a_compiled_file_that_the_board_would_refuse_is_refused_here(header: bytes, says: str) -> None:
    with pytest.raises(CompileError, match=says):
        check_header(header, "x.py", "armv6m")
