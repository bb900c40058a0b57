"""Tables of a status answer, for `status` and `watch`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from edge_gateway.cli.output import plain, table
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

_GOOD = {"online", "ok", "good"}
_FOR_MACHINES = ("boot", "index")
_BAD = {"silent", "lost", "safe", "line down", "bad", "stale"}


def coloured(word: str) -> str:
    """A state in the colour of its meaning; the word itself says it too."""
    if word in _GOOD:
        return f"[green]{word}[/]"
    return f"[red]{word}[/]" if word in _BAD else f"[yellow]{word}[/]"


def board_table(boards: Sequence[dict[str, Any]]) -> Table:
    """One row a board."""
    made = table(
        _("Boards"), _("board"), _("title"), _("session"), _("link"), _("mode"), _("state"), _("trips"), ">" + _("late")
    )
    for board in boards:
        made.add_row(
            board["id"],
            plain(board["title"] or board["program"]),
            coloured(board["session"]),
            coloured(board["link"]),
            board["mode"],
            board["state"],
            "[red]" + " ".join(board["trips"]) + "[/]" if board["trips"] else "",
            str(board["scan_overruns"]),
        )
    return made


def line_table(lines: Sequence[dict[str, Any]]) -> Table:
    """One row a line."""
    made = table(
        _("Lines"),
        _("line"),
        _("type"),
        _("up"),
        ">" + _("planned"),
        ">" + _("requests"),
        ">" + _("timeouts"),
        _("problem"),
    )
    for line in lines:
        counters = line["counters"]
        made.add_row(
            line["id"],
            line["type"],
            coloured("ok" if line["up"] else "lost"),
            f"{100 * line['planned_load']:.0f} %",
            str(counters["requests"]),
            str(counters["timeouts"]),
            plain(line["problem"]),
        )
    return made


def event_table(records: Sequence[dict[str, Any]], title: str = "") -> Table:
    """One row an entry of the journal."""
    made = table(title or _("Events"), ">" + _("sequence"), _("time"), _("source"), _("what"), _("details"))
    for record in records:
        made.add_row(
            str(record["seq"]), clock(record["utc_ms"]), record["source"], record["name"], plain(details(record))
        )
    return made


def summary_lines(status: dict[str, Any]) -> list[str]:
    """What stands above the tables."""
    scan, journal, parking, uplink = status["scan"], status["journal"], status["parking"], status["uplink"]
    lines = [
        _("{name} ([bold]{site}/{gateway}[/]), up {uptime}").format(
            name=plain(status["name"]),
            site=status["site"],
            gateway=status["gateway"],
            uptime=duration(status["uptime_s"]),
        ),
        _("scan {period} ms: {scans} scans, {overruns} late, longest {longest} ms; tags {good} of {total} good").format(
            period=scan["period_ms"],
            scans=scan["scans"],
            overruns=scan["overruns"],
            longest=scan["longest_ms"],
            good=status["tags"]["good"],
            total=status["tags"]["total"],
        ),
    ]
    if parking is not None:
        lines.append(
            _("car park: {occupancy} of {full_at} places taken{full}").format(
                occupancy=parking["occupancy"],
                full_at=parking["full_at"],
                full=_(", [red]full[/]") if parking["full"] else "",
            )
        )
    energy = status.get("energy")
    if energy is not None:
        lines.append(_("energy: {state} ({why})").format(state=energy["state"], why=plain(energy["why"])))
    heat = status.get("heat")
    if heat is not None:
        lines.append(_("heat: {state} ({why})").format(state=heat["state"] or "?", why=plain(heat["why"])))
    text = _("journal: {last} entries, {used:.1f} MB").format(
        last=journal["last_seq"], used=journal["used_bytes"] / 1e6
    )
    if journal["dropped"]:
        text += _(", [red]{dropped} lost[/]").format(dropped=journal["dropped"])
    if journal["error"]:
        text += f"; [red]{plain(journal['error'])}[/]"
    lines.append(text)
    if uplink is not None:
        lines.append(_uplink(uplink, journal["last_seq"]))
    for part, count in scan["faults"].items():
        lines.append(_("[red]scan: {part} failed {count} times[/]").format(part=part, count=count))
    return lines


def status_view(status: dict[str, Any], events: Sequence[dict[str, Any]] = ()) -> Group:
    """All of it."""
    from rich.console import Group
    from rich.text import Text

    parts: list[Any] = [Text.from_markup(line) for line in summary_lines(status)]
    parts += [Text(""), board_table(status["boards"]), line_table(status["lines"])]
    if events:
        parts.append(event_table(events))
    return Group(*parts)


def clock(utc_ms: int) -> str:
    """Local time of day with milliseconds."""
    return datetime.fromtimestamp(utc_ms / 1000).strftime("%H:%M:%S.%f")[:-3]


def details(record: dict[str, Any]) -> str:
    """The body of an entry in one line; what only machines need is left out."""
    body = record["body"]
    if record["kind"] == "command":
        if body["phase"] == "ordered":
            arguments = " ".join(str(argument) for argument in body["args"])
            return _("{arguments} ordered by {by}").format(arguments=arguments, by=body["by"]).strip()
        return f"{body['end']}: {body['reason']}" if body["reason"] else str(body["end"] or body["phase"])
    shown = {key: value for key, value in body.items() if key not in _FOR_MACHINES and value not in ("", None)}
    return " ".join(f"{key}={value}" for key, value in shown.items())


def duration(seconds: float) -> str:
    """1 d 02:03:04."""
    whole = int(seconds)
    days, rest = divmod(whole, 86_400)
    text = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days} d {text}" if days else text


def _uplink(uplink: dict[str, Any], last_seq: int) -> str:
    if not uplink:
        return _("uplink: [yellow]services have not reported yet[/]")
    state = _("[green]connected[/]") if uplink["connected"] else _("[red]away[/]")
    text = _("uplink: {state}, confirmed up to {acked}, {behind} to go").format(
        state=state, acked=uplink["acked"], behind=max(0, last_seq - uplink["acked"])
    )
    return f"{text}; {plain(uplink['error'])}" if uplink["error"] else text
