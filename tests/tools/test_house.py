"""The house rules find what they forbid, and nothing else."""

from __future__ import annotations

import pytest

from tools.checks.house import MAX_LINES, check_text
from tools.checks.links import anchors


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("machine path", 'open("/' + 'home/someone/x.json")'),
        ("machine path", "See /" + "tmp/out.txt"),
        ("package host", "pip install --index-" + "url https://example.org"),
        ("work left", "# TO" + "DO later"),
        ("skipped test", "@pytest.mark." + "skipif(True)"),
        ("skipped test", "pytest." + "xfail('x')"),
        ("swallowed error", "    except Exception" + ":\n        pass"),
        ("swallowed error", "    except Exception" + " as error:  # whatever\n        ..."),
        ("swallowed error", "    except" + ": pass"),
        ("swallowed error", "except" + ":\n    tidy()"),
    ],
)
def test_a_forbidden_line_is_found_with_its_place(rule: str, line: str) -> None:
    findings = check_text("tools/x.py", f"first = 1\n{line}\n")

    assert len(findings) == 1
    assert findings[0].startswith(f"tools/x.py:2: {rule}: ")


@pytest.mark.parametrize(
    "line",
    [
        'Path("build/tmp/x")',
        "coap://host/home/x",
        "# a method of its own",
        "except OSError:\n    pass",
        "except Exception:\n    log.exception('a subscriber failed')",
        "except (ImportError, SyntaxError):  # the port has no emitter",
        'skip = "skipped"',
    ],
)
def test_an_ordinary_line_passes(line: str) -> None:
    assert check_text("tools/x.py", f"{line}\n") == []


def test_a_file_too_long_is_two_files() -> None:
    assert check_text("tools/x.py", "x = 1\n" * MAX_LINES) == []
    assert "two files" in check_text("tools/x.py", "x = 1\n" * (MAX_LINES + 1))[0]
    assert check_text("docs/x.md", "line\n" * (MAX_LINES + 1)) == []


def test_anchors_are_those_of_a_forge() -> None:
    text = "# One page\n\n```sh\n# a comment\n```\n\n## Who may import whom?\n### 7.1 Header (0x00)\n"

    assert anchors(text) == {"one-page", "who-may-import-whom", "71-header-0x00"}
