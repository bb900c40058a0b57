"""The register map of a program, as Markdown for reading and as CSV for a master's import."""

from __future__ import annotations

import csv
import io
from typing import Any

from protocols.sheets import common
from protocols.sheets.registers import registers

_BLOCKS = (
    ("header", "Header", "Read-only, 64 registers, one read. A consistent snapshot, copied at the end of a scan."),
    (
        "command",
        "Command block",
        "Thirteen registers written at once by function 16; the heartbeat alone by function 6. Read back as written.",
    ),
    (
        "common config",
        "Common configuration",
        "Write 0xC0DE to CFG_UNLOCK first; the values take effect by the command CFG_COMMIT and are stored twice.",
    ),
    ("measurement", "Measurements and set values", "Scaled integers; 0x8000 is not available."),
    ("status", "Status", "Logical points (1: the named condition holds) and the program's own values."),
    ("config", "Parameters", "Unlocked and committed like the common configuration."),
)
_COLUMNS = ("block", "register", "hex", "bit", "words", "type", "name", "unit", "scale", "access", "range", "meaning")


def _hex(register: int) -> str:
    return f"0x{register:04X}"


def _range(row: Any) -> str:
    return "" if row.lo is None else f"{row.lo}..{row.hi}"


def _meaning(row: Any) -> str:
    if not row.enum or row.name == "MODE":
        return str(row.meaning)
    values = ", ".join(f"{value} {name}" for value, name in enumerate(row.enum))
    return str(row.meaning) if row.name == "GW_LINK" or row.name == "RESET_CAUSE" else f"{row.meaning}: {values}"


def csv_text(sheet: Any) -> str:
    """The map as CSV; value in `unit` = register / `scale`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in registers(sheet):
        bit = "" if row.bit is None else row.bit
        writer.writerow(
            (
                row.block,
                row.register,
                _hex(row.register),
                bit,
                row.words,
                row.type,
                row.name,
                row.unit,
                row.scale,
                row.access,
                _range(row),
                _meaning(row),
            )
        )
    return out.getvalue()


def _rows(sheet: Any, block: str) -> list[str]:
    lines = ["| register | type | name | unit | range | meaning |", "|---|---|---|---|---|---|"]
    for row in registers(sheet):
        if row.block != block:
            continue
        place = _hex(row.register) if row.bit is None else f"{_hex(row.register)}.{row.bit}"
        unit = row.unit if row.scale == 1 else f"{row.unit} / {row.scale}"
        lines.append(f"| {place} | {row.type} | `{row.name}` | {unit} | {_range(row)} | {_meaning(row)} |")
    return lines


def _commands(sheet: Any) -> list[str]:
    lines = ["| code | command | arguments | what it does |", "|---|---|---|---|"]
    lines += [
        f"| 0x{code:04X} | `{name}` | {', '.join(args)} | {meaning} |" for code, name, meaning, args in common.COMMANDS
    ]
    for command in sheet.commands:
        hazard = " Hazardous: ARM, then EXECUTE within 5 s." if command.hazardous else ""
        lines.append(
            f"| 0x{command.code:04X} | `{command.name}` | {', '.join(command.args)} | {command.meaning}.{hazard} |"
        )
    return lines


def markdown(sheet: Any) -> str:
    """The map of `sheet` as one Markdown page."""
    lines = [
        f"# Register map: {sheet.title}",
        "",
        f"Made from `protocols/sheets/{sheet.name}.py`; `make docs` makes it again, and CI checks that it is current.",
        "Addresses are zero-based PDU addresses; 32-bit values have the high word first. A unit `deg / 10` means that",
        f"123 is 12.3 deg. The same rows as CSV: [{sheet.name}.csv]({sheet.name}.csv).",
    ]
    for block, title, words in _BLOCKS:
        lines += ["", f"## {title}", "", words, "", *_rows(sheet, block)]
        if block == "command":
            results = ", ".join(f"{value} {name}" for value, name in enumerate(common.RESULTS))
            lines += ["", f"Results in ACK_RESULT: {results}.", "", *_commands(sheet)]
    lines += [
        "",
        "## Event ring",
        "",
        "0x0180, 16 slots of 6 registers: code, state, time (u32 ms on the board's clock), arg0, arg1.",
        "EVT_HEAD counts the events written; the newest stands in slot (EVT_HEAD - 1) % 16.",
        "",
        "| code | event | arguments | meaning |",
        "|---|---|---|---|",
    ]
    for event in sheet.events:
        args = f"{event.args[0]} (32 bits)" if event.wide else ", ".join(event.args)
        lines.append(f"| {event.code} | `{event.name}` | {args} | {event.meaning} |")
    return "\n".join(lines) + "\n"
