import pytest

from tests.portable import Case, cases, run


@pytest.mark.parametrize("case", cases(__file__))
def test_portable(case: Case) -> None:
    run(case)
