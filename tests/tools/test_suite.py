"""`make test` runs every test once, in the phase that it belongs to, and fails if either phase does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.peer_tools import PACKAGES
from tests.phases import scope_of
from tools import suite
from tools.suite import Done, differences

QUICK = """
import pytest

@pytest.mark.parametrize("n", [1, 2, 3])
def test_shared(n): assert n < {limit}

@pytest.fixture(scope="module")
def shared(tmp_path_factory): return tmp_path_factory.mktemp("shared")

@pytest.mark.parametrize("seed", ["seed 1", "seed 2"])
@pytest.mark.parametrize("turn", ["first", "last"])
def test_a_run(shared, seed, turn): pass

@pytest.mark.wall_clock
def test_one_that_keeps_deadlines(): pass
"""
CLOCK = """
import pytest
pytestmark = pytest.mark.wall_clock
def test_alone(): assert {well}
"""
SETTINGS = """
[pytest]
addopts = -p xdist -p tests.phases --strict-markers
pythonpath = {root}
markers = wall_clock: alone
    slow: first
"""


def project(folder: Path, limit: int = 4, well: bool = True) -> Path:
    (folder / "pytest.ini").write_text(SETTINGS.format(root=suite.ROOT))
    (folder / "test_quick.py").write_text(QUICK.format(limit=limit))
    (folder / "test_clock.py").write_text(CLOCK.format(well=well))
    return folder


@pytest.fixture(autouse=True)
def two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "workers", lambda: 2)
    monkeypatch.setenv("PYTHONPATH", str(suite.ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def test_each_test_runs_in_one_phase(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert suite.main([], project(tmp_path)) == 0
    said = capfd.readouterr().out
    assert "side-by-side: 7 tests" in said
    assert "alone: 2 tests" in said
    assert "9 of 9 tests ran" in said
    assert {file.name for file in (tmp_path / suite.REPORTS).iterdir()} == {
        "side-by-side.xml",
        "side-by-side.json",
        "alone.xml",
        "alone.json",
    }


@pytest.mark.parametrize(("limit", "well", "failed"), [(3, True, "side-by-side"), (4, False, "alone")])
def test_a_failure_in_either_phase_is_one_and_the_other_phase_runs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], limit: int, well: bool, failed: str
) -> None:
    assert suite.main([], project(tmp_path, limit, well)) == 1
    lines = capfd.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if line.endswith("FAILED (exit 1)")] == [failed]
    assert "9 of 9 tests ran" in lines[-1]


def test_arguments_make_it_a_plain_pytest(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert suite.main(["-q", "-k", "alone or seed"], project(tmp_path)) == 0
    assert "5 passed, 4 deselected" in capfd.readouterr().out
    assert not (tmp_path / suite.REPORTS).exists()


def test_what_shares_something_stays_together() -> None:
    assert (
        scope_of("hil_tests/test_a.py::test_one[unix]")
        == scope_of("hil_tests/test_a.py::test_two")
        == "hil_tests/test_a.py"
    )
    portable = "tests/drivers/test_portable.py::test_portable[{}-boom-test_{}]"
    assert scope_of(portable.format("micropython", 1)) == scope_of(portable.format("micropython", 2))
    assert scope_of(portable.format("micropython", 1)) != scope_of(portable.format("cpython", 1))
    assert (
        scope_of("a.py::test_one[seed 1]") == scope_of("a.py::test_two[seed 1]") != scope_of("a.py::test_one[seed 2]")
    )


def test_what_was_lost_or_ran_twice_is_named() -> None:
    whole = ("a", "b", "c")
    good = [Done("side-by-side", 0, 1.0, whole, ("a", "b")), Done("alone", 0, 1.0, whole, ("c",))]
    assert differences(good) == []
    wrong = [Done("side-by-side", 0, 1.0, whole, ("a", "c")), Done("alone", 0, 1.0, whole[:2], ("c",))]
    assert differences(wrong) == ["not run: b", "run twice: c", "alone collected 2 tests, side-by-side 3"]


def test_ci_installs_every_peer() -> None:
    installed = (suite.ROOT / ".ci" / "run").read_text()
    assert [package for package in PACKAGES.values() if f'"{package}:' not in installed] == []
