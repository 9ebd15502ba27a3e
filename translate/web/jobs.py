"""Translations in the background: one at a time, since one uses all processors."""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from glossary.errors import GlossaryError
from models.errors import CheckpointError
from translate.documents import Original
from translate.errors import Cancelled, TranslateError
from translate.workspace import Workspace

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
_KEPT = 50  # finished jobs that can still be looked at
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Job:
    """One text being translated. Only its worker writes; numbers may be read at any time."""

    id: str
    name: str
    text: str
    model: str | None
    termbases: tuple[Path, ...] | None
    original: Original | None = None  # the file that the text was read from
    state: JobState = "waiting"
    done: int = 0  # segments
    total: int = 0
    words: int = 0
    error: str = ""
    started: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def rate(self) -> float:
        """Words a second so far."""
        return self.words / max(time.monotonic() - self.started, 1e-9) if self.started else 0.0

    @property
    def left(self) -> float | None:
        """Seconds to go, None where that can't be said yet."""
        if not self.done or not self.started:
            return None
        return (time.monotonic() - self.started) * (self.total - self.done) / self.done

    def progress(self, done: int, total: int, words: int) -> None:
        """Told by the translator."""
        self.started = self.started or time.monotonic()
        self.done, self.total, self.words = done, total, words


class Jobs:
    """The queue and its one thread, which starts with the first job and dies with the process."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._jobs: dict[str, Job] = {}
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(
        self,
        name: str,
        text: str,
        *,
        model: str | None = None,
        termbases: Sequence[Path] | None = None,
        original: Original | None = None,
    ) -> Job:
        """Queue a text; a job of the same name that isn't finished is refused by `TranslateError`."""
        job = Job(
            id=secrets.token_urlsafe(9),
            name=name,
            text=text,
            model=model,
            termbases=None if termbases is None else tuple(termbases),
            original=original,
        )
        with self._lock:
            if any(j.name == name and not j.finished for j in self._jobs.values()):
                raise TranslateError(f"{name!r} is being translated already; wait, or cancel it")
            self._jobs[job.id] = job
            for old in [j.id for j in self._jobs.values() if j.finished][:-_KEPT]:
                del self._jobs[old]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="translating", daemon=True)
                self._thread.start()
        self._waiting.put(job)
        return job

    def get(self, id: str) -> Job | None:
        """The job, while it is remembered."""
        return self._jobs.get(id)

    def unfinished(self) -> list[Job]:
        """Waiting and running ones, oldest first."""
        return [job for job in list(self._jobs.values()) if not job.finished]

    def before(self, job: Job) -> int:
        """How many must finish first."""
        unfinished = self.unfinished()
        return unfinished.index(job) if job in unfinished else 0

    def cancel(self, job: Job) -> None:
        """Stop it at the next group of segments; nothing of it is written."""
        job.stop.set()

    @property
    def busy(self) -> bool:
        """Whether the thread is still at work."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self, *, seconds: float = 5) -> None:
        """Cancel all and end the thread: the server is closing. What doesn't end in time goes on."""
        for job in self.unfinished():
            job.stop.set()
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(seconds)

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            self._run(job)
            job.text, job.original = "", None

    def _run(self, job: Job) -> None:
        if job.stop.is_set():
            job.state = "cancelled"
            return
        job.state = "running"
        try:
            self._workspace.create(
                job.name,
                job.text,
                model=job.model,
                termbases=job.termbases,
                original=job.original,
                progress=job.progress,
                cancelled=job.stop.is_set,
            )
        except Cancelled:
            job.state = "cancelled"
        except Exception as error:
            job.error = self._said(job, error)
            job.state = "failed"
        else:
            job.state = "done"

    @staticmethod
    def _said(job: Job, error: Exception) -> str:
        if isinstance(error, (TranslateError, GlossaryError, CheckpointError)):
            return str(error)
        _log.error("translating %r: %s: %s", job.name, type(error).__name__, error)
        if isinstance(error, OSError):
            return f"The document can't be written: {error.strerror or error}"
        return "Dragoman made a mistake while translating; nothing was written."
