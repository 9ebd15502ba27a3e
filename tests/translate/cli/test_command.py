"""The command as a whole: help, version, completion, and what a process of its own shows."""

import io
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from translate.cli import dragoman as command
from translate.cli.remarks import bar, spoken

Dragoman = Callable[..., Any]
SCRIPT = Path(sys.executable).parent / ("dragoman.exe" if os.name == "nt" else "dragoman")


def every_command(at: click.Command = command, path: tuple[str, ...] = ()) -> Iterator[list[str]]:
    yield list(path)
    if isinstance(at, click.Group):
        context = click.Context(at)
        for name in at.list_commands(context):
            below = at.get_command(context, name)
            assert below is not None
            yield from every_command(below, (*path, name))


def run(*arguments: str, stdin: bytes = b"", cwd: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        list(arguments), input=stdin, capture_output=True, cwd=cwd, check=False, timeout=300
    )


@pytest.mark.parametrize("path", list(every_command()), ids=lambda p: " ".join(p) or "dragoman")
def test_help_has_an_example(dragoman: Dragoman, path: list[str]) -> None:
    ran = dragoman(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: {' '.join(['dragoman', *path])} ")
    _, _, examples = ran.out.partition("Example")
    assert f"dragoman {path[0] if path else 'translate'}" in examples
    assert ran.out == dragoman(*path, "-h").out


@pytest.mark.parametrize("path", list(every_command()), ids=lambda p: " ".join(p) or "dragoman")
def test_the_examples_are_commands(path: list[str]) -> None:
    """Every `dragoman …` of a help text parses: no option or command in it is out of date."""
    at: click.Command = command
    for name in path:
        assert isinstance(at, click.Group)
        found = at.get_command(click.Context(at), name)
        assert found is not None
        at = found
    for line in re.findall(r"dragoman (.+)", (at.help or "").partition("Example")[2]):
        words = re.sub(r"\s{3,}.*|\s>.*", "", line).split()
        target: click.Command = command
        while words and isinstance(target, click.Group) and not words[0].startswith("-"):
            below = target.get_command(click.Context(target), words.pop(0))
            assert below is not None, line
            target = below
        options = {o for p in target.params for o in (*p.opts, *p.secondary_opts)}
        given = {w.partition("=")[0] for w in words if w.startswith("-") and w != "-"}
        assert given <= options, line


@pytest.mark.parametrize("path", [[], ["terms"], ["models"]], ids=str)
def test_without_a_command_the_help_is_shown(dragoman: Dragoman, path: list[str]) -> None:
    ran = dragoman(*path)
    assert ran.code == 2
    assert (ran.out + ran.err).startswith("Usage: dragoman")
    assert len((ran.out + ran.err).splitlines()) > 8
    assert "error:" not in ran.err


def test_a_mistyped_command_is_put_right(dragoman: Dragoman) -> None:
    ran = dragoman("trnslate", "x.txt")
    assert ran.code == 2
    assert "did you mean 'translate'" in ran.error
    assert "dragoman --help" in ran.error


def test_version(dragoman: Dragoman) -> None:
    ran = dragoman("--version")
    assert (ran.code, ran.out) == (0, f"dragoman {version('dragoman')}\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(dragoman: Dragoman, shell: str) -> None:
    ran = dragoman("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "_DRAGOMAN_COMPLETE" in ran.out
    assert f"{shell}_complete" in ran.out


def test_completion_for_another_shell_is_refused(dragoman: Dragoman) -> None:
    ran = dragoman("completion", "tcsh")
    assert ran.code == 2
    assert "fish" in ran.error


def test_completion_completes(dragoman: Dragoman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_DRAGOMAN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "dragoman terms l")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert sorted(dragoman().out.split()) == ["plain,lint", "plain,list"]


def test_what_one_waits_for_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with spoken():
        logging.getLogger("models.convert").info("converting once")
        logging.getLogger("glossary.compiled").info("of no interest")
    logging.getLogger("models.convert").info("said by nobody")
    assert capsys.readouterr().err == "converting once\n"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with bar("news") as progress:
        progress(1, 2, 10)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    with bar("news") as progress:
        progress(1, 2, 10)
        progress(2, 2, 20)
    said = terminal.getvalue()
    assert "news" in said
    assert "2/2 segments" in said
    assert "words/s" in said


# In a process of its own

SECOND_RUN = """
import sys
from translate.cli import main
try:
    main(sys.argv[1:])
except SystemExit as stopped:
    assert not stopped.code, stopped.code
heavy = {"torch", "transformers", "huggingface_hub", "starlette", "ray"} & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""


def test_a_second_run_imports_no_torch(translator: object, tmp_path: Path, text: str) -> None:
    """`translator` has made the first run: the model is converted."""
    (tmp_path / "news.txt").write_text(text, encoding="utf-8")
    ran = run(sys.executable, "-c", SECOND_RUN, "translate", "news.txt", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr.decode()
    assert (tmp_path / "out/news/news.html").exists()
    assert b"warn" not in ran.stderr.lower()


def test_the_installed_command_translates_a_pipe(
    translator: object, tmp_path: Path, line: str
) -> None:
    ran = run(str(SCRIPT), "translate", "-", stdin=line.encode(), cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr.decode()
    assert b"Moscow" in ran.stdout
    assert ran.stdout.count(b"\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_process_is_one_line(tmp_path: Path) -> None:
    ran = run(sys.executable, "-m", "translate.cli", "translate", "nowhere.txt", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.decode().splitlines() == ["error: nowhere.txt: no such file; check the name"]


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    ran = run("sh", "-c", f"'{SCRIPT}' terms list | head -n 1", cwd=tmp_path)
    assert ran.stdout.count(b"\n") == 1
    assert ran.stderr == b""


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX locales")
def test_arabic_survives_a_console_without_it(tmp_path: Path, own: Path) -> None:
    env = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ran = subprocess.run(
        [str(SCRIPT), "terms", "list", "-g", str(own)], capture_output=True, env=env, check=True
    )
    assert len(ran.stdout.decode("utf-8").splitlines()) == 3
