"""`edgectl`: builds the command tree and is the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import os
import sys

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.groups import EdgectlGroup
from edge_gateway.cli.text import _

app = typer.Typer(
    name="edgectl",
    cls=EdgectlGroup,
    help=_("Run and operate the gateway of a District Edge site."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Keeps `edgectl` a group although its commands are found by name."""


def main() -> None:
    """Entry point of the console script. Ends the process with one of the documented exit codes."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code; no exception and no traceback leaves it."""
    from typer.main import get_command

    try:
        get_command(app).main(args=arguments, prog_name="edgectl")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else exits.FAILED
    except exits.CommandFailed as failure:
        return _say(str(failure), failure.code)
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has enough: no fault. Nothing more may be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.OK
    except Exception as error:  # noqa: BLE001 - the last line of defence: a person gets a sentence, the file the rest
        return _site_or_internal(error)
    return exits.OK


def _site_or_internal(error: Exception) -> int:
    site = sys.modules.get("edge_gateway.site.problems")
    if site is not None and isinstance(error, site.SiteError):
        return _say(str(error), exits.SITE_WRONG)
    if os.environ.get("EDGECTL_DEBUG"):
        raise error
    return _say(
        _("internal error: {error}; details are in {file} (report it, please)").format(
            error=f"{type(error).__name__}: {error}", file=_details(error)
        ),
        exits.INTERNAL,
    )


def _say(message: str, code: int) -> int:
    for line in message.splitlines():
        print(line if code == exits.SITE_WRONG else f"edgectl: {line}", file=sys.stderr)
    return code


def _details(error: Exception) -> str:
    """Writes the traceback to a file of its own and returns its name."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="edgectl-", suffix=".log", delete=False) as file:
        traceback.print_exception(error, file=file)
        return file.name
