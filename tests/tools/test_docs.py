"""Generated documents: complete, and current in the tree."""

from __future__ import annotations

import csv
import io

import pytest

from protocols.sheets import PROGRAMS, load
from tools.docs import cause_effect, register_map
from tools.docs.__main__ import ROOT, documents


def test_the_documents_in_the_tree_are_those_the_sheets_make() -> None:
    for path, text in documents().items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path} is out of date; run make docs"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_csv_has_every_point_and_parameter(program: str) -> None:
    sheet = load(program)
    names = {row["name"] for row in csv.DictReader(io.StringIO(register_map.csv_text(sheet)))}
    assert {point.name for point in sheet.points if point.kind != "BI"} <= names
    assert {param.name for param in sheet.params} <= names


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_matrix_has_an_x_for_every_effect(program: str) -> None:
    sheet = load(program)
    text = cause_effect.markdown(sheet)
    assert text.count("**X**") == sum(len(cause.effects) for cause in sheet.causes)
    assert all(cause.action in text for cause in sheet.causes)
