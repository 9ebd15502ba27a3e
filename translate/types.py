"""The words of the translator: segments, hypotheses, alignments, verdicts, units, documents (XLIFF and MT terms).

Everything is frozen: a later step replaces a unit, it never changes one. All spans are code points of
the segment's own source or target.
"""

from dataclasses import dataclass, field
from typing import Literal

from glossary.types import Span, TermMatch

SegmentKind = Literal["heading", "sentence", "quote", "cell"]
State = Literal["initial", "translated", "reviewed", "final"]
Origin = Literal["mt", "memory", "human"]
Status = Literal["satisfied", "variant", "misplaced", "missing", "forbidden", "waived"]
APPROVED: frozenset[State] = frozenset({"reviewed", "final"})
VIOLATIONS: frozenset[Status] = frozenset({"missing", "misplaced", "forbidden"})
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of the document to translate as one. `before` is the text between it and the one before,
    so that joining `before + source` over all segments, then the document's `after`, gives the text back."""

    id: str
    source: str
    kind: SegmentKind
    paragraph: int  # 0-based number of the block it stands in
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Word links. `links` are (source word, target word) indices into the two lists of word spans."""

    source_words: tuple[Span, ...]
    target_words: tuple[Span, ...]
    links: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One occurrence in the source and the English that counts for it, preferred form first.

    `forms` are inflections of the agreed target, `variants` those of accepted others, `forbidden` what
    must not stand there.
    """

    match: TermMatch
    forms: tuple[str, ...]
    variants: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one constraint in the target, and where."""

    constraint: Constraint
    status: Status
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A possible mistake for a person to look at."""

    check: str
    severity: Severity
    message: str
    source_span: Span | None = None
    target_span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationUnit:
    """A segment with its translation and everything known about it."""

    segment: Segment
    target: str = ""
    state: State = "initial"
    origin: Origin = "mt"
    score: float | None = None  # mean log-probability of a target token; None unless origin is mt
    alignment: Alignment | None = None
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    note: str = ""
    machine: str = ""  # what the machine had written where a person changed it; empty if not known
    elsewhere: str = ""  # another program's version, undecided; empty where it is the target
    ignored: frozenset[str] = (
        frozenset()
    )  # ids of checks that a person switched off for this segment

    def __post_init__(self) -> None:
        if self.elsewhere == self.target:  # whoever wrote the same has decided
            object.__setattr__(self, "elsewhere", "")

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings without those of ignored checks."""
        return tuple(finding for finding in self.findings if finding.check not in self.ignored)

    @property
    def kept(self) -> bool:
        """Whether it is a person's work, approved or written by one, which no machine replaces."""
        return bool(self.target) and (self.origin == "human" or self.state in APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What produced a document's translation: written into every output."""

    model: str  # name and digest of the checkpoint, e.g. "starter@1a2b3c4d"
    engine: str  # e.g. "ct2/int8"
    glossary: str  # fingerprint of the termbase
    version: str  # of Dragoman


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A translated text: units in order, and the text after the last of them."""

    name: str
    units: tuple[TranslationUnit, ...]
    after: str = ""
    provenance: Provenance = field(
        default_factory=lambda: Provenance(model="", engine="", glossary="", version="")
    )
    seconds: float = 0.0
