"""What was translated so far: one line a part, only ever appended to, each on the disk before the next is begun.

A line is a checksum, the digest of the part's records, and their outcomes as JSON. The first is of what the batch was
begun with. What counts is the longest run of whole lines from the beginning: whatever a kill or a power failure left after
it is cut off, and those parts are translated again.
"""

import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from translate.batch.records import Outcome
from translate.errors import FormatError
from translate.formats.report import one_line

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Saved:
    """A part as it was written down."""

    digest: str
    text: str

    @property
    def outcomes(self) -> list[Outcome]:
        """What became of its records, in order."""
        return [_outcome(found) for found in json.loads(self.text)]


def line(digest: str, outcomes: Sequence[Outcome]) -> bytes:
    """The journal's line of a part."""
    return _line(digest, one_line([_written(outcome) for outcome in outcomes]))


class Journal:
    """The journal of one OUT. One process at a time; the caller sees to that."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self._head = _line("settings", one_line(dict(settings)))
        self._settings = settings

    def open(self) -> None:
        """Begin it, or cut off what a kill left half written. Raises FormatError if it was begun otherwise."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        end = 0
        if self.path.exists():
            found = next(self._lines(), None)
            if found:
                self._refuse_other(found[0])
            end = sum(size for _, size in self._lines())
        with self.path.open("ab") as file:
            file.truncate(end)
            if not end:
                file.write(self._head)
            file.flush()
            os.fsync(file.fileno())

    def append(self, written: bytes) -> None:
        """Write a part down. It is on the disk when this returns."""
        with self.path.open("ab") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())

    def saved(self) -> Iterator[Saved]:
        """The parts so far, in order."""
        lines = self._lines()
        next(lines, None)
        for found, _ in lines:
            yield found

    def _lines(self) -> Iterator[tuple[Saved, int]]:
        """Whole lines from the beginning, and their bytes."""
        with self.path.open("rb") as file:
            for written in file:
                checksum, _, rest = written.partition(b" ")
                if not written.endswith(b"\n") or checksum != _checksum(rest):
                    return
                digest, _, text = rest.decode().partition(" ")
                yield Saved(digest, text), len(written)

    def _refuse_other(self, head: Saved) -> None:
        before = json.loads(head.text)
        other = sorted(
            k for k in {*before, *self._settings} if before.get(k) != self._settings.get(k)
        )
        if other:
            was = ", ".join(f"{k} {before.get(k, 'unset')}" for k in other)
            now = ", ".join(f"{k} {self._settings.get(k, 'unset')}" for k in other)
            raise FormatError(
                f"was begun with {was}, not {now}; go on with the same, or remove this folder to "
                "begin anew",
                path=str(self.path.parent),
            )


def _line(name: str, text: str) -> bytes:
    rest = f"{name} {text}\n".encode()
    return _checksum(rest) + b" " + rest


def _checksum(rest: bytes) -> bytes:
    return b"%08x" % zlib.crc32(rest)


def _written(outcome: Outcome) -> object:
    return outcome.bad or [outcome.translation, outcome.units]


def _outcome(found: str | list[Any]) -> Outcome:
    if isinstance(found, str):
        return Outcome(bad=found)
    return Outcome(translation=found[0], units=tuple(found[1]))
