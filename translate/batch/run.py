"""From files to files: what was finished before is left alone, the rest is translated, written down and assembled.

While OUT is in the making, `OUT.partial/` holds the journal. When the last part is in it, OUT and the list of bad
records are written there from IN and the journal; renaming the journal to `finished` decides that they count; then
they are moved to their places and the folder is removed. After a kill the next run goes on from wherever that was.
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import BinaryIO

from glossary.files import writing
from translate.batch.formats import Job
from translate.batch.journal import Journal, Saved
from translate.batch.lines import decoded
from translate.batch.records import Outcome, Part, Record
from translate.batch.work import Done
from translate.errors import FormatError
from translate.formats.report import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A job, and the first of its parts that is not done yet."""

    job: Job
    first: int = 0

    def parts(self) -> Iterator[Part]:
        """What is left to do: one part at least."""
        return (part for part in self.job.parts() if part.number >= self.first)


# Translates all that is left, in order, many parts at a time. `Done.job` counts in what it was given.
Executor = Callable[[Sequence[Pending]], Iterator[Done]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """OUT was there before."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A part of OUT was translated before."""

    job: Job
    records: int
    at: int  # bytes of IN, as it lies on the disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """OUT stands in its place now."""

    job: Job
    records: int
    bad: int


def run(
    jobs: Sequence[Job], settings: Mapping[str, str], executor: Executor
) -> Iterator[Kept | Resumed | Done | Finished]:
    """Do the jobs in order, and tell what happens. The same again goes on where this one was stopped.

    `settings` are all that the outcome depends on besides IN; an OUT begun with others is refused.
    Raises FormatError, and what the executor raises; everything told as `Done` is on the disk.
    """
    making: list[_Making] = []
    for job in jobs:
        one = _Making(job, settings)
        one.settle()
        if job.target.exists():
            one.refuse_both()
            yield Kept(job=job)
        elif not one.journal.path.exists():
            making.append(one)
        else:
            yield one.resume()
            if one.complete:
                yield one.finish()
            else:
                making.append(one)
    for done in executor([Pending(job=one.job, first=one.done) for one in making]):
        making[done.job].add(done)
        yield done
        if done.last:
            yield making[done.job].finish()


class _Making:
    """One OUT in the making."""

    def __init__(self, job: Job, settings: Mapping[str, str]) -> None:
        self.job = job
        self.done = 0  # parts in the journal
        self.complete = False
        self._folder = job.target.with_name(f"{job.target.name}.partial")
        self._finished = self._folder / "finished"
        self.journal = Journal(self._folder / "journal", {**settings, "format": job.format})

    def refuse_both(self) -> None:
        """Nobody knows which of the two is wanted."""
        if self.journal.path.exists():
            raise FormatError(
                f"is there, and so is {self._folder.name}, a part of it in the making; remove one of them",
                path=str(self.job.target),
            )

    def resume(self) -> Resumed:
        """Find what was done before. Raises FormatError if IN is another than it was."""
        self.journal.open()
        records = at = 0
        for part, saved in zip(self.job.parts(), self.journal.saved(), strict=False):
            self._check(part, saved)
            self.done, self.complete = self.done + 1, part.last
            records += len(part.records)
            at = part.records[-1].at if part.records else 0
        return Resumed(job=self.job, records=records, at=at)

    def add(self, done: Done) -> None:
        """Write a part down."""
        if done.part != self.done:
            raise AssertionError(
                f"{self.job.source}: part {done.part} came where {self.done} was due"
            )
        if not self.done:
            self.journal.open()
        self.journal.append(done.line)
        self.done += 1

    def finish(self) -> Finished:
        """Assemble OUT and the list of bad records."""
        tally = _Tally()
        with writing(self._folder / "out") as out, writing(self._folder / "bad") as bad:
            pairs = self._pairs(bad, tally)
            self.job.write(pairs, out)
            if next(pairs, None):
                raise self._changed()
        self.journal.path.replace(self._finished)
        self.settle()
        return Finished(job=self.job, records=tally.records, bad=tally.bad)

    def settle(self) -> None:
        """Move what is finished to its place."""
        if self._finished.exists():
            bad, out = self._folder / "bad", self._folder / "out"
            if bad.exists() and bad.stat().st_size:
                bad.replace(self.job.bad)
            elif bad.exists():
                self.job.bad.unlink(missing_ok=True)  # of an OUT that was removed
            if out.exists():
                out.replace(self.job.target)
            for left in self._folder.iterdir():
                if left != self._finished:
                    left.unlink()
            self._finished.unlink()
        with suppress(OSError):  # one that isn't there, or is not empty
            self._folder.rmdir()

    def _pairs(self, bad: BinaryIO, tally: "_Tally") -> Iterator[tuple[Record, Outcome]]:
        """All records and what became of them; the bad ones are listed on the way."""
        for part, saved in zip_longest(self.job.parts(), self.journal.saved()):
            self._check(part, saved)
            for record, outcome in zip(part.records, saved.outcomes, strict=True):
                tally.records += 1
                if outcome.bad:
                    tally.bad += 1
                    bad.write(_bad_line(tally.records, record, outcome.bad))
                yield record, outcome

    def _check(self, part: Part | None, saved: Saved | None) -> None:
        if part is None or saved is None or part.digest != saved.digest:
            raise self._changed()

    def _changed(self) -> FormatError:
        return FormatError(
            f"was changed since it was begun to be translated; put the old one back, or remove {self._folder} "
            "to begin anew",
            path=str(self.job.source),
        )


@dataclass(slots=True)
class _Tally:
    records: int = 0
    bad: int = 0


def _bad_line(number: int, record: Record, reason: str) -> bytes:
    """`line` counts from 1: lines, rows, or lines of messages. `original` is UTF-8, else `original_base64`.
    `bytes` says how long it was where only its beginning stands here."""
    found: dict[str, object] = {"line": number, "reason": reason}
    data = record.data
    if data is None:
        found["original"] = None
    elif (text := decoded(data)) is not None:
        found["original"] = text
    else:
        found["original_base64"] = base64.b64encode(data).decode()
    if data is not None and record.length != len(data):
        found["bytes"] = record.length
    return one_line(found).encode() + b"\n"
