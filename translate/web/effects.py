"""What a change of terms would do, worked out and tried while a person looks; then done. No HTTP.

A `Run` is one change of terms. It begins by looking: which segments of which documents are affected, and what the
model makes of the first of them under the new terms. Saving writes the termbase and puts what was tried, and
translates the rest, into the documents. Work on documents is done on a thread of its own and can be looked at
meanwhile.
"""

import logging
import secrets
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from glossary.edit import Edit, foreseen, write
from glossary.errors import GlossaryError
from glossary.match import Matcher
from glossary.types import Term
from models.errors import CheckpointError
from translate.constraints import constrain
from translate.effect import Affected, Effect, difference, effect
from translate.errors import Cancelled, TranslateError
from translate.types import TranslationUnit
from translate.workspace import Glossary, Workspace

TRIED = 30  # segments translated before saving, so that a person sees them
_GROUP = 8  # segments between two looks at whether the person still waits
_KEPT = 20  # runs remembered

_log = logging.getLogger(__name__)
RunState = Literal["looking", "looked", "saving", "saved"]


@dataclass(slots=True, kw_only=True)
class Touched:
    """One document: what is affected, and the new translations by id."""

    name: str
    effect: Effect
    tried: dict[str, TranslationUnit] = field(default_factory=dict)

    @property
    def waiting(self) -> list[Affected]:
        """Segments whose new translation isn't known yet."""
        return [one for one in self.effect.anew if one.unit.segment.id not in self.tried]


class Run:
    """One change of terms. Only its threads write; anyone may read at any time."""

    def __init__(self, workspace: Workspace, edits: Sequence[Edit], document: str | None) -> None:
        self.id = secrets.token_urlsafe(9)
        self.edits = tuple(edits)
        self.document = document
        self.state: RunState = "looking"
        self.documents: list[Touched] = []
        self.unread: list[str] = []  # documents that can't be opened
        self.done = self.total = 0  # segments translated
        self.put = 0  # segments that were written
        self.error = ""
        self._workspace = workspace
        self._stop = threading.Event()
        self._seen: set[str] = set()
        self._before = workspace.glossary()
        termbase = foreseen(self._before.termbase, self.edits)
        self._changed = _enforced(difference(self._before.termbase.terms, termbase.terms))
        self._after = self._before
        if self._changed:
            self._after = Glossary(termbase=termbase, matcher=Matcher(termbase.terms))
        if document is not None and (one := self._look(document)):
            self.documents.append(one)
        self._thread = threading.Thread(target=self._looking, name="effect", daemon=True)
        self._thread.start()

    @property
    def finished(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in ("looked", "saved")

    def total_of(self, group: Literal["anew", "stay", "kept"]) -> int:
        """Segments of all documents in one group of the effect."""
        return sum(len(getattr(one.effect, group)) for one in self.documents)

    @property
    def untried(self) -> int:
        """Segments that will be translated anew without having been shown."""
        return sum(len(one.waiting) for one in self.documents)

    def stop(self) -> None:
        """The person no longer waits for this."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Until nothing more happens by itself, or so long."""
        self._thread.join(seconds)

    # Looking

    def _look(self, name: str) -> Touched | None:
        if not self._changed:
            return None
        self._seen.add(name)
        try:
            units = self._workspace.open(name).document.units
        except TranslateError as error:
            _log.info("%s is left out: %s", name, error)
            self.unread.append(name)
            return None
        found = effect(units, self._before.matcher, self._after.matcher, self._changed)
        return Touched(name=name, effect=found) if len(found) else None

    def _find(self) -> None:
        """Look at the documents that were not looked at yet."""
        for entry in self._workspace.documents() if self._changed else ():
            if self._stop.is_set():
                raise Cancelled(entry.name)
            if entry.name not in self._seen and (one := self._look(entry.name)):
                self.documents = [*self.documents, one]

    def _looking(self) -> None:
        with self._told():
            self._find()
            self.total = min(self.untried, TRIED)
            for one in self.documents:
                wanted = [a.unit.segment.id for a in one.waiting][: TRIED - self.done]
                self._try(one, wanted)
        self.state = "looked"

    def _try(self, one: Touched, ids: Sequence[str]) -> None:
        review = self._workspace.open(one.name)
        for at in range(0, len(ids), _GROUP):
            if self._stop.is_set():
                raise Cancelled(one.name)
            units = self._workspace.preview(review, ids[at : at + _GROUP], self._after)
            one.tried |= {unit.segment.id: unit for unit in units}
            self.done += len(units)

    # Saving

    def save(self, *, everywhere: bool) -> None:
        """Write the termbase (GlossaryError if that can't be), then go on with the documents on a thread.

        `everywhere`: also translate other documents anew; their verdicts change in any case.
        """
        self._stop.set()  # what isn't tried by now is done below
        self._thread.join()
        self._stop.clear()
        write(self.edits)
        self.state, self.error, self.done = "saving", "", 0
        self._thread = threading.Thread(target=self._saving, args=(everywhere,), daemon=True)
        self._thread.start()

    def _saving(self, everywhere: bool) -> None:
        with self._told():
            self._find()
            self._take_terms()
            wanted = [o for o in self.documents if everywhere or o.name == self.document]
            self.total = sum(len(one.waiting) for one in wanted)
            for one in wanted:
                self._try(one, [a.unit.segment.id for a in one.waiting])
                review = self._workspace.open(one.name)
                units = [self._settled(one.tried[a.unit.segment.id]) for a in one.effect.anew]
                self.put += len(review.put(units, self._what()))
        self.state = "saved"

    def _take_terms(self) -> None:
        """The termbase as it is now. What was tried with another is stale: someone changed terms meanwhile."""
        now = self._workspace.glossary()
        if now.termbase.fingerprint != self._after.termbase.fingerprint:
            for one in self.documents:
                one.tried.clear()
        self._after = now

    def _settled(self, unit: TranslationUnit) -> TranslationUnit:
        """With the terms as they were read back: the same ones, in their lines."""
        written = constrain(self._after.matcher.match(unit.segment.source))
        if len(written) != len(unit.verdicts):
            return unit
        verdicts = tuple(
            replace(verdict, constraint=constraint)
            for verdict, constraint in zip(unit.verdicts, written, strict=True)
        )
        return replace(unit, verdicts=verdicts)

    def _what(self) -> str:
        term = next((t for e in self.edits for t in (e.after, e.before) if t), None)
        return f"term {term.source} = {term.target}" if term else "terms"

    def _told(self) -> "_Told":
        return _Told(self)


class _Told:
    """Errors of a thread are told to the person, not to the thread."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is None or isinstance(error, Cancelled):
            return True
        if isinstance(error, (TranslateError, GlossaryError, CheckpointError)):
            self._run.error = str(error)
        else:
            _log.error("%s: %s", type(error).__name__, error)
            self._run.error = "Dragoman made a mistake while translating; the old text stays."
        return isinstance(error, Exception)


def _enforced(terms: Iterable[Term]) -> list[Term]:
    return [term for term in terms if term.status == "approved"]


class Runs:
    """The runs of the application; the oldest are forgotten."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def start(self, edits: Sequence[Edit], document: str | None, *, instead: str = "") -> Run:
        """Begin to look; `instead` of another run, which nobody waits for any more."""
        if before := self._runs.get(instead):
            before.stop()
        run = Run(self._workspace, edits, document)
        with self._lock:
            self._runs[run.id] = run
            for old in list(self._runs)[:-_KEPT]:
                if self._runs[old].finished:
                    del self._runs[old]
        return run

    def get(self, id: str) -> Run | None:
        """The run of that id, while it is remembered."""
        return self._runs.get(id)
