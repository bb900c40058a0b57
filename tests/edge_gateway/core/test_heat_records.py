"""Heat books and hygiene records on the disk: what a restart finds, and what nobody can read."""

from __future__ import annotations

from pathlib import Path

from edge_gateway.control.heat.accounting import Electric
from edge_gateway.control.heat.hygiene import Kind
from edge_gateway.control.heat.image import Image
from edge_gateway.core.heat_records import HeatRecords
from edge_gateway.tags import TagDatabase, TagInfo

VALUES = {"TT41": 71.0, "TT42": 71.0, "TT43": 71.0, "TT44": 71.0, "TT45": 60.0, "TT46": 71.5}


class Disk:
    """Records that are stored at once, with the tags they look at and a clock that the test turns."""

    def __init__(self, path: Path) -> None:
        self.warned: list[str] = []
        self.now = 0
        self.utc = 1_800_000_000_000
        self.database = TagDatabase()
        self._source = self.database.add_source("heat1", 5_000)
        why, result = (
            self.database.add(f"heat1.HYG.{name}", self._source, TagInfo(enum=("none", "done")))
            for name in ("WHY", "RESULT")
        )
        self.result = result
        self.path = path
        self.made = HeatRecords(path, ["a", "b"], Electric(), VALUES.get, why, result, self.warned.append)
        self.made._store_soon = self._store  # type: ignore[method-assign]
        self.told(0)

    def told(self, word: int) -> None:
        """The board's word for the end of a cycle was read now."""
        self._source.refresh(self.utc, self.now)
        self.database.write(self.result, word, self.now)

    def run(self, seconds: int, state: str) -> list[str]:
        """Names of what is to be journalled."""
        notes = []
        for _ in range(seconds):
            self.now, self.utc = self.now + 1000, self.utc + 1000
            notes += self.made.step(Image(heard=True, state=state), self.now, self.utc)
        return [note.name for note in notes]

    def _store(self) -> None:
        self.made.books.news = self.made.hygiene.news = False
        self.made.close()


def test_a_cycle_waits_for_the_boards_word_for_its_end(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "heat.json")
    disk.made.asked(Kind.NETWORK_DISINFECT, "Li Wei")
    disk.run(3, "NETWORK_DISINFECT")
    for tap in (1, 2):
        disk.made.flushed(tap, "Chen Yu", disk.utc)
    assert disk.run(2, "RUN") == [], "its state is another, its word is still the old one"
    assert disk.made.running is not None
    disk.told(1)
    assert disk.run(1, "RUN") == ["HEAT_HYGIENE"]
    (cycle,) = disk.made.hygiene.cycles
    assert (str(cycle.result), cycle.by, [each.tap for each in cycle.flushed]) == ("done", "Li Wei", [1, 2])


def test_a_word_that_never_comes_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "heat.json")
    disk.run(3, "PASTEURISE")
    assert "HEAT_HYGIENE" in disk.run(8, "RUN")


def test_a_restart_goes_on_and_a_damaged_file_is_told_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "heat.json"
    before = Disk(path)
    before.run(3, "PASTEURISE")
    after = Disk(path)
    assert after.made.running is not None and not after.warned
    for text in ('{"books": {"version": 99}}', "[]", "not json", '{"hygiene": {"version": 1}}'):
        path.write_text(text, encoding="utf-8")
        damaged = Disk(path)
        assert len(damaged.warned) == 1 and damaged.made.running is None, text
        damaged.run(2, "PASTEURISE")
        assert Disk(path).made.running is not None, "it is replaced by what is known from here on"
