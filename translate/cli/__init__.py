"""The `dragoman` command: results to stdout or files, progress and remarks to stderr.

Exit codes: 0 good, 1 error, 2 wrong usage, 3 terms violated under --strict. Subcommands live in the
modules of this package and are imported when called, so that a command starts only what it needs.
"""

import sys
from collections.abc import Sequence
from typing import Any

import click

from glossary.errors import GlossaryError
from models.errors import CheckpointError
from translate.cli.lazy import Later, LazyGroup
from translate.cli.remarks import remark, spoken
from translate.errors import TranslateError

_COMMANDS = {
    "translate": Later(
        "translate.cli.translating", "translate", "Translate Arabic texts into English."
    ),
    "batch": Later(
        "translate.cli.batching", "batch", "Translate files of millions of records, resumably."
    ),
    "review": Later("translate.cli.review", "review", "Review translations in the browser."),
    "terms": Later("translate.cli.terms", "terms", "List, find, edit, check and exchange terms."),
    "export": Later("translate.cli.exchanging", "export", "Write a translation for another tool."),
    "apply": Later(
        "translate.cli.exchanging", "apply", "Take in what another tool made of a translation."
    ),
    "check": Later("translate.cli.checking", "check", "Show what looks wrong in a translation."),
    "memory": Later("translate.cli.memory", "memory", "Keep what was approved, and find it again."),
    "serve": Later("translate.cli.serving", "serve", "Serve translations to other programs."),
    "models": Later(
        "translate.cli.models", "models", "List, fetch, convert and look at models; choose one."
    ),
    "completion": Later(
        "translate.cli.completion", "completion", "Print the shell's completion script."
    ),
}

_NO_ARGUMENTS = getattr(click.exceptions, "NoArgsIsHelpError", ())  # since click 8.2


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"dragoman {version('dragoman')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    commands_later=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version", is_flag=True, callback=_print_version, expose_value=False, is_eager=True,
    help="Print the version and stop.",
)  # fmt: skip
def dragoman() -> None:
    """Translate Arabic articles into English with agreed names and terms, offline.

    \b
    Examples:
      dragoman translate article.ar.txt          into out/article/
      echo 'وصل الوفد إلى موسكو.' | dragoman translate -
      dragoman terms find article.ar.txt --json
      dragoman models list
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command; an error is one line on stderr and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        _utf8(stream)
    try:
        with spoken():
            code = dragoman.main(args=argv, prog_name="dragoman", standalone_mode=False)
    except click.UsageError as error:
        if isinstance(error, _NO_ARGUMENTS):  # its message is the help itself
            click.echo(error.format_message(), err=True)
        else:
            remark(f"error: {error.format_message()} (see '{_help(error)} --help')")
        code = 2
    except click.Abort:
        remark("stopped; what was written is complete, the rest is as it was")
        code = 130
    except click.ClickException as error:
        remark(f"error: {error.format_message()}")
        code = error.exit_code
    except (TranslateError, GlossaryError, CheckpointError) as error:
        remark(f"error: {error}")
        code = error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        remark(f"error: {where}{error.strerror or error}")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _help(error: click.UsageError) -> str:
    return error.ctx.command_path if error.ctx else "dragoman"


def _utf8(stream: Any) -> None:
    """Arabic on any console: a Windows code page must not turn a result into an error."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace")
