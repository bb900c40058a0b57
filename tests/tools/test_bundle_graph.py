"""The import walk of a bundle follows what a board would import."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.bundle.graph import MissingModuleError, walk


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "firmware/__init__.py": "",
        "firmware/main.py": "import sys\nfrom drivers.beam import Beam\nfrom protocols import ticks\n",
        "drivers/__init__.py": "",
        "drivers/beam.py": (
            "try:\n    from protocols.fast_viper import f\nexcept ImportError:\n    from protocols.plain import f\n"
        ),
        "drivers/unused.py": "",
        "protocols/__init__.py": "",
        "protocols/ticks.py": (
            "if MICROPYTHON:\n    import protocols.board_only\nelse:\n    import protocols.host_only\n"
            "def late():\n    from protocols import lazy\n"
        ),
        "protocols/plain.py": "",
        "protocols/board_only.py": "",
        "protocols/host_only.py": "",
        "protocols/lazy.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_a_board_reaches_is_found_and_nothing_else(tree: Path) -> None:
    assert list(walk(["firmware.main"], root=tree)) == [
        "drivers",
        "drivers.beam",
        "firmware",
        "firmware.main",
        "protocols",
        "protocols.board_only",
        "protocols.lazy",
        "protocols.plain",
        "protocols.ticks",
    ]


def test_a_twin_under_try_is_taken_when_it_is_there(tree: Path) -> None:
    (tree / "protocols" / "fast_viper.py").write_text("import micropython\n")

    found = walk(["firmware.main"], root=tree)

    assert "protocols.fast_viper" in found
    assert "protocols.plain" in found


def test_an_import_that_leads_nowhere_is_named(tree: Path) -> None:
    (tree / "drivers" / "beam.py").write_text("import protocols.gone\n")

    with pytest.raises(MissingModuleError, match=r"drivers\.beam imports protocols\.gone"):
        walk(["firmware.main"], root=tree)
    assert "protocols.gone" not in walk(["firmware.main"], provided=["protocols.gone"], root=tree)
