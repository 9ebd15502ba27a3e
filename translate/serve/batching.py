"""Segments of many requests, decoded together.

A worker takes one segment of each waiting request in turn, until a batch has its tokens, so that a document of a
thousand segments delays a sentence by one batch. A request that waits alone waits a moment for company. What
each segment must contain travels with it, so that requests with different termbases share batches.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

from translate.pipeline import Job, Translator
from translate.types import Segment, TranslationUnit

BATCH_TOKENS = 1024  # source pieces: half as many words again a second as 256 (tests/bench)
LATENCY = 0.01  # seconds that a request which is alone waits for others
WORKERS = 1
_log = logging.getLogger(__name__)

Measure = Callable[[int, float], None]  # segments and seconds of a batch


@dataclass(slots=True, kw_only=True)
class _Ticket:
    """One request's segments: those that wait, and the units of those that are done."""

    translator: Translator
    waiting: deque[tuple[int, Segment]]
    count: int  # of all segments
    units: dict[int, TranslationUnit] = field(default_factory=dict)
    future: "Future[list[TranslationUnit]]" = field(default_factory=Future)

    def done(self, number: int, unit: TranslationUnit) -> None:
        self.units[number] = unit
        if len(self.units) == self.count:
            with suppress(InvalidStateError):  # given up, or told by another worker, at this moment
                self.future.set_result([self.units[n] for n in range(self.count)])

    def failed(self, error: Exception) -> None:
        with suppress(InvalidStateError):
            self.future.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Place:
    """A segment in a batch: whose it is, and its number there."""

    ticket: _Ticket
    number: int
    job: Job


class Batcher:
    """Decodes what is submitted, by `workers` threads of its own, until it is closed."""

    def __init__(
        self,
        translator: Translator,
        *,
        tokens: int = BATCH_TOKENS,
        latency: float = LATENCY,
        workers: int = WORKERS,
        measure: Measure | None = None,
    ) -> None:
        self._translator = translator
        self._tokens = tokens
        self._latency = latency
        self._measure = measure
        self._tickets: deque[_Ticket] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"decoding-{n}", daemon=True)
            for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Segments that no batch has taken yet."""
        with self._changed:
            return sum(len(ticket.waiting) for ticket in self._tickets)

    @property
    def alive(self) -> bool:
        """Whether something would be decoded."""
        return not self._closed and all(thread.is_alive() for thread in self._threads)

    def submit(
        self, segments: Sequence[Segment], translator: Translator
    ) -> "Future[list[TranslationUnit]]":
        """One unit a segment, in order. `translator` is the batcher's own or one of its `with_terms`.
        A future that is cancelled frees what of it still waits."""
        ticket = _Ticket(
            translator=translator, waiting=deque(enumerate(segments)), count=len(segments)
        )
        if not segments:
            ticket.future.set_result([])
            return ticket.future
        with self._changed:
            if self._closed:
                raise RuntimeError("the batcher is closed")
            self._tickets.append(ticket)
            self._changed.notify_all()
        return ticket.future

    def close(self) -> None:
        """Give up what waits, and end the threads."""
        with self._changed:
            self._closed = True
            for ticket in self._tickets:
                ticket.future.cancel()
            self._tickets.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while self._await_some():
            batch = list(self._batch())
            if batch:
                started = time.perf_counter()
                self._decode(batch)
                if self._measure:
                    self._measure(len(batch), time.perf_counter() - started)

    def _await_some(self) -> bool:
        """Block until something waits, and its company had time to come; False when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._tickets or self._closed)
            if len(self._tickets) == 1 and self._latency:
                self._changed.wait_for(
                    lambda: len(self._tickets) != 1 or self._closed, timeout=self._latency
                )
            return not self._closed

    def _batch(self) -> Iterator[_Place]:
        tokens = 0
        while tokens < self._tokens and (taken := self._take()):
            ticket, number, segment = taken
            try:
                job = ticket.translator.job(segment)
            except Exception as error:
                ticket.failed(error)
                continue
            tokens += job.tokens
            yield _Place(ticket, number, job)

    def _take(self) -> tuple[_Ticket, int, Segment] | None:
        """The next segment of the ticket whose turn it is; the ticket goes to the end of the row."""
        with self._changed:
            while self._tickets:
                ticket = self._tickets.popleft()
                if ticket.future.done() or not ticket.waiting:  # given up, or failed
                    continue
                number, segment = ticket.waiting.popleft()
                if ticket.waiting:
                    self._tickets.append(ticket)
                return ticket, number, segment
        return None

    def _decode(self, batch: Sequence[_Place]) -> None:
        """A failure is that of one segment: then each is decoded alone, to find whose."""
        try:
            units = self._translator.decode([place.job for place in batch])
        except Exception as error:
            if len(batch) == 1:
                _log.error("a segment can't be decoded: %s", type(error).__name__)
                batch[0].ticket.failed(error)
                return
            for place in batch:
                self._decode([place])
            return
        for place, unit in zip(batch, units, strict=True):
            place.ticket.done(place.number, unit)
