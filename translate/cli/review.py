"""`dragoman review`: the application in the browser, on this machine until told otherwise."""

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from glossary.termbase import own_path
from translate.cli.options import (
    encoding_option,
    engine_option,
    glossary_option,
    memory_option,
    model_option,
    termbase_paths,
    threads_option,
)
from translate.cli.reading import read_file
from translate.cli.remarks import remark
from translate.errors import ConfigError, FormatError

if TYPE_CHECKING:
    from translate.web.jobs import Jobs
    from translate.workspace import Workspace

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to translate before it can be reviewed."""

    name: str
    text: str


@click.command()
@click.argument("what", required=False, metavar="[FILE|DIR/NAME|NAME.po]")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    help="The folder of the documents (default: out).",
    metavar="DIR",
)
@glossary_option
@model_option
@engine_option
@memory_option
@click.option("--no-memory", is_flag=True, help="Neither use nor fill a translation memory.")
@encoding_option
@threads_option
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="Listen on this port (default: 8765, or any that is free).",
)
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="NAME",
    help="Listen on another address than this machine's own; there is no password.",
)
@click.option("--no-open", is_flag=True, help="Only print the address; open no browser.")
def review(
    what: str | None,
    out: Path,
    glossary: Sequence[str],
    model: str | None,
    engine: str,
    path: Path | None,
    no_memory: bool,
    encoding: str | None,
    threads: int | None,
    port: int | None,
    host: str,
    no_open: bool,
) -> None:
    """Review translations and edit the termbase in the browser.

    FILE is translated first; DIR/NAME or its NAME.po is opened as it is. Without an argument: a start page,
    for pasting a text or opening one of the documents in --out. The first line of output is the address.
    Everything is saved as you go, and what is approved goes into the translation memory; Ctrl-C stops.

    \b
    Examples:
      dragoman review
      dragoman review article.ar.txt
      dragoman review out/article --no-open --port 8000
    """
    from translate.memory.store import memory_path
    from translate.web.app import application
    from translate.web.guard import LOOPBACK
    from translate.web.printed import printed
    from translate.web.server import Server, listen
    from translate.workspace import Workspace

    workspace = Workspace(
        out=out,
        termbases=_termbases(glossary),
        model=model,
        engine=engine,
        threads=threads,
        memory=None if no_memory else path or memory_path(),
    )
    workspace.glossary()  # what is wrong with a termbase is better said here than on a page
    _ = workspace.memory  # so is what is wrong with a memory
    found = _find(workspace, what, encoding)
    if isinstance(found, str):  # what is printed once is there at once when the page is opened
        opened = workspace.open(found)
        printed(opened, opened.document)
    listening = listen(host, port)
    app = application(workspace, hosts=(*LOOPBACK, *_names(host)))
    address = _address(host, listening.getsockname()[1]) + _path(app.state.jobs, found)

    def ready() -> None:
        click.echo(address)
        sys.stdout.flush()
        if not no_open:
            _open(address)
        remark("press Ctrl-C to stop; everything is saved as you go")

    if host not in _LOOPBACK:
        remark(
            f"warning: listening on {host}: everyone who reaches this address can read and change "
            "the documents and the termbase; there is no password and no encryption"
        )
    try:
        Server(app, listening, ready=ready).serve_here()
    except KeyboardInterrupt:
        remark("stopped")
    if (
        app.state.jobs.busy
    ):  # decoding can't be interrupted, and Python's orderly end would abort in it
        os._exit(0)


def _termbases(glossary: Sequence[str]) -> list[Path] | None:
    """The workspace would begin a file that isn't there; here that is a misspelt name."""
    if not glossary:
        return None
    paths = termbase_paths(glossary)
    for path in paths:
        if path != own_path() and not path.exists():
            raise FormatError("no such file; check the name of the termbase", path=str(path))
    return paths


def _find(workspace: "Workspace", what: str | None, encoding: str | None) -> "str | _Text | None":
    """The name of a document, a text to translate, or None for the start page."""
    from translate.web.start import proposed_name

    if what is None:
        return None
    path = Path(what)
    if path.is_dir():
        path = _master(path)
    if path.suffix.lower() == ".po" and path.exists():
        return workspace.add(path)
    if not path.exists() and (workspace.out / what / f"{what}.po").exists():
        return what
    text = read_file(what, encoding)
    name = proposed_name(text, "" if what == "-" else path.name)
    return name if _is_there(workspace, name, text) else _Text(name, text)


def _master(folder: Path) -> Path:
    name = folder.resolve().name
    path = folder / f"{name}.po"
    if path.exists():
        return path
    if any(folder.glob("*/*.po")):
        raise ConfigError(
            f"{folder}: is a folder of documents; open one of them, or all: dragoman review -o {folder}"
        )
    raise FormatError(
        f"holds no {name}.po; give a folder that `dragoman translate` wrote, or a text file",
        path=str(folder),
    )


def _is_there(workspace: "Workspace", name: str, text: str) -> bool:
    """Whether that very text is translated already."""
    if not (workspace.out / name / f"{name}.po").exists():
        return False
    document = workspace.open(name).document
    parts = [unit.segment.before + unit.segment.source for unit in document.units]
    return "".join("".join((*parts, document.after)).split()) == "".join(text.split())


def _path(jobs: "Jobs", found: "str | _Text | None") -> str:
    if found is None:
        return "/"
    if isinstance(found, _Text):
        job = jobs.add(found.name, found.text)
        return f"/jobs/{job.id}"
    return f"/d/{quote(found, safe='')}"


def _names(host: str) -> tuple[str, ...]:
    """What the address may be called besides the names of this machine's loopback."""
    import socket

    if host in _EVERYWHERE:
        return (socket.gethostname(),)
    return (f"[{host}]" if ":" in host else host,)


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _open(address: str) -> None:
    """In a browser with windows; one in a terminal would take the terminal and run no script."""
    import webbrowser

    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(os.environ.get(one) for one in screens):
        return
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
