"""Everything that goes to stderr: remarks of one line, and the progress bar."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import platformdirs

Progress = Callable[[int, int, int], None]


def remark(text: str) -> None:
    """One line on stderr."""
    click.echo(" ".join(text.split("\n")), err=True)


class _ToStderr(logging.Handler):
    """What the packages log, one line each."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = "warning: " if record.levelno >= logging.WARNING else ""
        remark(kind + record.getMessage())


@contextmanager
def spoken() -> Iterator[None]:
    """While a command runs: warnings about termbases, and what a model makes one wait for."""
    handler = _ToStderr()
    loggers = {"glossary": logging.WARNING, "models": logging.INFO}
    before = {name: logging.getLogger(name).level for name in loggers}
    for name, level in loggers.items():
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).setLevel(level)


def unspoken(package: str) -> None:
    """For the rest of the command, no warnings of that package."""
    logging.getLogger(package).setLevel(logging.ERROR)


def first_time(what: str) -> bool:
    """Whether this is the first time on this machine that `what` could be said."""
    mark = platformdirs.user_state_path("dragoman") / f"said-{what}"
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch(exist_ok=False)
    except OSError:  # said before, or nowhere to remember it: then rather not at every run
        return False
    return True


@contextmanager
def bar(name: str) -> Iterator[Progress]:
    """A progress bar on a terminal: segments, words a second, time left. Silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total, words: None
        return
    from tqdm import tqdm

    started = time.perf_counter()
    line = (
        "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} segments{postfix}, {remaining} left"
    )
    with tqdm(total=0, desc=name, bar_format=line, file=sys.stderr, leave=False) as shown:

        def progress(done: int, total: int, words: int) -> None:
            shown.total = total
            rate = words / max(time.perf_counter() - started, 1e-9)
            shown.set_postfix_str(f"{rate:.0f} words/s", refresh=False)
            shown.update(done - shown.n)
            shown.refresh()

        yield progress
