"""`dragoman serve`: the server for programs, and the keys of its clients."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from translate.cli.options import (
    engine_option,
    glossary_option,
    model_option,
    termbase_paths,
    threads_option,
)
from translate.cli.remarks import remark
from translate.errors import ConfigError
from translate.serve.limits import MEGABYTE, Limits

PORT = 5000
_USUAL = Limits()
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_keys_option = click.option(
    "--keys",
    "keys_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The file of the clients' keys (default: your own).",
)


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", metavar="NAME", help="Listen on this address.")
@click.option(
    "--port",
    default=PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Listen on this port; 0 for any that is free.",
)
@model_option
@engine_option
@glossary_option
@click.option(
    "--termbases",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder of the glossaries that clients make, and of those you give them by name.",
)
@_keys_option
@click.option("--open", "is_open", is_flag=True, help="Serve other machines without keys.")
@threads_option
@click.option(
    "--max-body",
    default=_USUAL.body,
    type=click.IntRange(1024),
    metavar="BYTES",
    help=f"Of a request ({_USUAL.body // MEGABYTE} MB).",
)
@click.option(
    "--max-document",
    default=_USUAL.document,
    type=click.IntRange(1024),
    metavar="BYTES",
    help=f"Of a request with a document or a glossary ({_USUAL.document // MEGABYTE} MB).",
)
@click.option(
    "--max-seconds",
    default=_USUAL.seconds,
    type=click.FloatRange(1),
    metavar="N",
    help=f"For a translation, waiting too ({_USUAL.seconds:.0f}).",
)
@click.option(
    "--max-requests",
    default=_USUAL.requests,
    type=click.IntRange(1),
    metavar="N",
    help=f"Translations in flight ({_USUAL.requests}).",
)
@click.option(
    "--grace",
    default=30,
    show_default=True,
    type=click.IntRange(0),
    metavar="N",
    help="Seconds for what is in flight when the server is told to stop.",
)
@click.pass_context
def serve(
    context: click.Context,
    host: str,
    port: int,
    model: str | None,
    engine: str,
    glossary: Sequence[str],
    termbases: Path | None,
    keys_file: Path | None,
    is_open: bool,
    threads: int | None,
    max_body: int,
    max_document: int,
    max_seconds: float,
    max_requests: int,
    grace: int,
) -> None:
    """Serve translations to programs, as DeepL, LibreTranslate and by an own interface.

    The first line of output is the address; /openapi.json there describes everything. Requests are logged to
    stderr, a line of JSON each, without their texts. A server on another address than this machine's own needs
    keys ('dragoman serve keys add'), or --open. SIGTERM and Ctrl-C let what is in flight finish.

    \b
    Examples:
      dragoman serve
      dragoman serve -g house.po -g default --port 5001
      dragoman serve keys add newsroom --limit 5000000
      dragoman serve --host 0.0.0.0
    """
    if context.invoked_subcommand:
        context.obj = keys_file
        return
    import platformdirs

    from translate.pipeline import Translator
    from translate.serve.app import application
    from translate.serve.keys import Keyring, keys_path
    from translate.web.guard import LOOPBACK
    from translate.web.server import Server, listen

    keys = keys_file or keys_path()
    if host not in _LOOPBACK and not is_open and not Keyring(keys).keys:
        raise ConfigError(
            f"--host {host}: other machines would be served without keys; make one with "
            "'dragoman serve keys add NAME', or say --open"
        )
    translator = Translator(
        model=model, engine=engine, glossary=termbase_paths(glossary), threads=threads
    )
    app = application(
        translator,
        glossaries=termbases or platformdirs.user_data_path("dragoman") / "glossaries",
        keys=keys,
        limits=Limits(
            body=max_body, document=max_document, seconds=max_seconds, requests=max_requests
        ),
        hosts=LOOPBACK if host in _LOOPBACK else None,
    )
    listening = listen(host, port)
    server = Server(
        app,
        listening,
        ready=lambda: _say_address(host, listening.getsockname()[1]),
        drain=lambda: app.state.site.drain(grace),
        grace=max(grace, 1),
    )
    _log_to_stderr()
    try:
        server.serve_here()
    except KeyboardInterrupt:
        remark("stopped")


def _say_address(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"http://{shown}:{port}")
    sys.stdout.flush()


def _log_to_stderr() -> None:
    """Requests as they are answered, and what went wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("translate.serve")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


@serve.group("keys")
@_keys_option
@click.pass_context
def keys(context: click.Context, keys_file: Path | None) -> None:
    """The keys of clients: as soon as there is one, every client needs one.

    \b
    Example:
      dragoman serve keys list
    """
    from translate.serve.keys import keys_path

    context.obj = keys_file or context.obj or keys_path()


@keys.command("add")
@click.argument("name")
@click.option(
    "--limit",
    type=click.IntRange(0),
    metavar="N",
    help="Characters of source a month (default: any).",
)
@click.pass_obj
def add(path: Path, name: str, limit: int | None) -> None:
    """Make a key and print it; it can't be shown again, for only its hash is kept.

    \b
    Example:
      dragoman serve keys add newsroom --limit 5000000
    """
    from translate.serve.keys import Keyring

    click.echo(Keyring(path).add(name, limit))
    remark(f"{path}: added {name}; a running server knows it already")


@keys.command("list")
@click.pass_obj
def list_keys(path: Path) -> None:
    """Name, when it was made, limit, and the characters of this month; a line a key, with tabs.

    \b
    Example:
      dragoman serve keys list
    """
    from translate.serve.keys import Keyring, Usage, usage_path

    usage = Usage(usage_path(path))
    for key in Keyring(path).keys:
        limit = "" if key.limit is None else str(key.limit)
        click.echo("\t".join((key.name, key.created, limit, str(usage.this_month(key.name)))))


@keys.command("remove")
@click.argument("name")
@click.pass_obj
def remove(path: Path, name: str) -> None:
    """Take a key away; a running server refuses it from now on.

    \b
    Example:
      dragoman serve keys remove newsroom
    """
    from translate.serve.keys import Keyring

    Keyring(path).remove(name)
    remark(f"{path}: removed {name}")
