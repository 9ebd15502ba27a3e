"""Everything that goes to stderr: remarks of one line, and the progress bar."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

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


MINUTE = 60.0


class Meter:
    """Progress of what takes hours: records, words a second, time left. On a terminal one line that is written over,
    in a pipe a line a minute."""

    def __init__(self) -> None:
        self._started = self._told = time.perf_counter()
        self._terminal = sys.stderr.isatty()

    def tell(self, records: int, words: int, share: float) -> None:
        """So much was done since the start, which is that share of the work."""
        now = time.perf_counter()
        if not self._terminal and now - self._told < MINUTE:
            return
        self._told = now
        seconds = max(now - self._started, 1e-9)
        line = f"{records:,} records, {words / seconds:.0f} words/s"
        if 0 < share <= 1:
            line += f", {timedelta(seconds=round(seconds * (1 - share) / share))} left"
        if self._terminal:
            click.echo(f"\r{line}\x1b[K", nl=False, err=True)
        else:
            remark(line)

    def say(self, text: str) -> None:
        """A remark above the line."""
        self.clear()
        remark(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._terminal:
            click.echo("\r\x1b[K", nl=False, err=True)


@contextmanager
def meter() -> Iterator[Meter]:
    """A meter whose line is gone at the end."""
    shown = Meter()
    try:
        yield shown
    finally:
        shown.clear()
