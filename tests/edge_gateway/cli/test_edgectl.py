"""edgectl: exit codes, JSON, tables that fit, errors in one line, and nothing heavy at the top."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_gateway.cli import app, exits, plugins
from tests.edge_gateway.core.lanes import Lane, Lanes, serving
from tests.edge_gateway.core.test_core import Running, online

pytestmark = pytest.mark.wall_clock

QICAI = "sites/qicai/site.yaml"


class Result:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def edgectl(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Edgectl:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for name in ("EDGECTL_SITE", "EDGECTL_SOCKET", "EDGECTL_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return Edgectl(capfd)


class Edgectl:
    """Runs command lines in this process; no traceback may come out of any."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> Result:
        self._capture.readouterr()
        code = app.run(list(arguments))
        out, err = self._capture.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)


@pytest.fixture(scope="module")
def gateway() -> Iterator[tuple[Running, Lanes]]:
    with (
        tempfile.TemporaryDirectory(prefix="de-") as name,
        serving(Lane("in1", 301, 0), Lane("out1", 303, 1)) as lanes,
    ):
        core = Running(lanes.site_file(Path(name)))
        core.wait_for(lambda now: online(now) and now["tags"]["good"] > 100)
        yield core, lanes
        core.close()


def test_site_check_says_right_or_where_it_is_wrong(edgectl: Edgectl, tmp_path: Path) -> None:
    right = edgectl("site", "check", QICAI)
    assert (right.code, right.err) == (exits.OK, "")
    first, line, *others = right.out.splitlines()
    assert first == f"{QICAI} is right: site qicai"
    assert re.fullmatch(r"  line park485: 5 boards, \d\d % of its time planned", line)
    waste = [[f"waste{n}:", "4"] for n in range(1, 7)] + [["station485:", "1"]]
    assert [line.split()[1:3] for line in others] == [*waste, ["energy485:", "1"], ["heat485:", "1"]]
    wrong = edgectl("site", "check", QICAI, "--set", "gateway.scan_ms=1", "--set", "boards.entry1.unit=2")
    assert wrong.code == exits.SITE_WRONG
    assert wrong.out == ""
    assert wrong.err.splitlines() == [
        "--set gateway.scan_ms=1:1:17: gateway.scan_ms: out of range; found `1`; must be >= 20"
    ]
    machine = edgectl("site", "check", QICAI, "--set", "boards.entry1.unit=2", "--json")
    assert machine.code == exits.SITE_WRONG
    (problem,) = json.loads(machine.out)["problems"]
    assert (problem["file"], problem["line"] > 30, problem["text"]) == (QICAI, True, "2")
    assert edgectl("site", "check", str(tmp_path / "gone.yaml")).code == exits.SITE_WRONG
    found = json.loads(edgectl("site", "check", QICAI, "--json").out)
    assert (found["ok"], found["lines"][0]["boards"]) == (True, 5)
    slow = edgectl("site", "check", QICAI, "--set", "lines.park485.baud=9600")
    assert slow.code == exits.OK, "reads become rarer"


def test_site_schema_is_json(edgectl: Edgectl, tmp_path: Path) -> None:
    assert json.loads(edgectl("site", "schema").out)["title"] == "District Edge site file"
    assert edgectl("site", "schema", "-o", str(tmp_path / "s.json")).code == exits.OK
    assert json.loads((tmp_path / "s.json").read_text())["type"] == "object"
    assert edgectl("site", "schema", "-o", str(tmp_path / "no" / "s.json")).code == exits.FAILED


@pytest.mark.parametrize("command", [["status"], ["watch"], ["board", "list"], ["tag", "list"], ["event", "tail"]])
def test_without_a_gateway_it_says_so_with_code_4(edgectl: Edgectl, command: list[str], tmp_path: Path) -> None:
    for where in ([], ["--socket", str(tmp_path / "gone.sock")], ["--site", QICAI]):
        done = edgectl(*command, *where)
        assert done.code == exits.NOT_RUNNING
        assert done.out == ""
        assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "command", [[], ["nothing"], ["board"], ["board", "show"], ["status", "--nothing"], ["event", "tail", "-n", "0"]]
)
def test_a_wrong_command_line_is_code_2(edgectl: Edgectl, command: list[str]) -> None:
    assert edgectl(*command).code == exits.USAGE


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["board", "list"],
        ["board", "show", "in1"],
        ["tag", "list"],
        ["tag", "read", "in1.STATE", "out1.PASSED"],
        ["parking", "show"],
        ["event", "tail", "--kind", "sample", "--kind", "audit", "-n", "50"],
    ],
)
def test_what_reads_has_json_and_a_table_of_100_columns(
    edgectl: Edgectl, gateway: tuple[Running, Lanes], command: list[str]
) -> None:
    where = ["--socket", str(gateway[0].socket)]
    table = edgectl(*command, *where)
    assert (table.code, table.err) == (exits.OK, "")
    assert len(table.out.splitlines()) > 3
    assert max(len(line) for line in table.out.splitlines()) <= 100
    machine = edgectl(*command, *where, "--json")
    assert machine.code == exits.OK
    if command[0] == "event":
        assert all(json.loads(line)["seq"] for line in machine.out.splitlines())
    else:
        assert json.loads(machine.out)


def test_commands_end_with_the_code_that_says_how(edgectl: Edgectl, gateway: tuple[Running, Lanes]) -> None:
    core, lanes = gateway
    where = ["--socket", str(core.socket)]
    done = edgectl("board", "command", "out1", "SET_MODE", "auto", *where)
    assert (done.code, done.out, done.err) == (exits.OK, "out1: SET_MODE done\n", "")
    lanes["out1"].result, lanes["out1"].detail = 3, 0
    refused = edgectl("board", "command", "out1", "open_once", "0", "7", *where)
    assert refused.code == exits.REFUSED
    assert refused.err == "edgectl: out1: OPEN_ONCE: refused by the board (wrong mode)\n"
    lanes["out1"].result = 1  # accepted, and no end
    slow = edgectl("board", "command", "out1", "PING", "--timeout", "0.5", *where)
    assert slow.code == exits.TIMED_OUT
    lanes["out1"].result = 2
    for wrong in (["in9", "PING"], ["out1", "PNIG"], ["out1", "OPEN_ONCE"], ["out1", "SET_MODE", "atuo"]):
        done = edgectl("board", "command", *wrong, *where)
        assert (done.code, len(done.err.splitlines())) == (exits.REFUSED, 1), wrong
    assert "did you mean `AUTO`?" in edgectl("board", "command", "out1", "SET_MODE", "atuo", *where).err
    assert edgectl("tag", "read", "in1.NOTHING", *where).code == exits.REFUSED


def test_the_count_of_a_person_is_taken_over(edgectl: Edgectl, gateway: tuple[Running, Lanes]) -> None:
    where = ["--socket", str(gateway[0].socket)]
    done = edgectl("parking", "correct", "17", *where)
    assert (done.code, done.out) == (exits.OK, "17 of 432 places taken\n")
    assert json.loads(edgectl("parking", "correct", "0", "--json", *where).out)["occupancy"] == 0
    assert edgectl("parking", "correct", "441", *where).code == exits.REFUSED
    assert edgectl("parking", "correct", "--", "-1", *where).code == exits.USAGE


def test_a_fault_of_our_own_is_one_line_and_a_file(edgectl: Edgectl, monkeypatch: pytest.MonkeyPatch) -> None:
    from edge_gateway import site

    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("seven")

    monkeypatch.setattr(site, "load_site", broken)
    done = edgectl("site", "check", QICAI)
    assert done.code == exits.INTERNAL
    (line,) = done.err.splitlines()
    found = re.fullmatch(r"edgectl: internal error: ZeroDivisionError: seven; details are in (\S+) \(.*\)", line)
    assert found is not None
    log = Path(found[1])
    assert "Traceback" in log.read_text()
    log.unlink()


def test_help_lists_everything_and_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from edge_gateway.cli import app\n"
        "code = app.run(['--help'])\n"
        "heavy = {'pydantic', 'ruamel.yaml', 'asyncio', 'uvloop', 'aiomqtt', 'sqlite3', 'importlib.metadata'}\n"
        "print(sorted(heavy & set(sys.modules)), code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    for name in ("run", "status", "watch", "board", "tag", "event", "site"):
        assert re.search(rf"│ {name} ", done.stdout), name
    assert done.stdout.splitlines()[-1] == "[] 0"


def test_command_groups_are_found_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "site" / "other-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nx = y:z\n\n[district_edge.edgectl]\n# a comment\nextra = extra_group.cli:app\n"
        "gone = no_such_module:app [tools]\nsite = extra_group.cli:app\n"
    )
    found = plugins.find([str(tmp_path / "nowhere"), str(tmp_path / "site")])
    assert found == {"extra": "extra_group.cli:app", "gone": "no_such_module:app", "site": "extra_group.cli:app"}
    package = tmp_path / "site" / "extra_group"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "cli.py").write_text(
        "import typer\napp = typer.Typer()\n@app.command(help='Something extra.')\ndef extra(): print('extra ran')\n"
    )
    program = "import sys; from edge_gateway.cli import app; sys.exit(app.run(sys.argv[1:]))"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PYTHONPATH": f"{Path.cwd()}:{tmp_path / 'site'}"},
        )

    listed = run("--help").stdout
    assert "Something extra." in listed
    assert "Check a site file" in listed, "ours wins"
    assert run("extra").stdout == "extra ran\n"
    gone = run("gone")
    assert gone.returncode == exits.FAILED
    assert "No module named 'no_such_module'" in gone.stderr
    assert "Traceback" not in gone.stderr
