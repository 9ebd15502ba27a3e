"""The only composer: text -> segments -> occurrences -> decoding -> alignment -> verdicts -> mending -> units.

A segment over the engine's limit is cut into parts; everything until the last step works on parts.
A part with no violation is what the engine decoded (but for a name said twice in a row, which is cut where
terms were written into the source); only violating ones are decoded again, from a forced prefix that ends in
the agreed form.
"""

import copy
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from glossary.compiled import load
from glossary.english import respelt
from glossary.match import Matcher
from glossary.termbase import Termbase, default_paths
from glossary.types import Span
from models.checkpoint import Checkpoint
from models.registry import default_name, resolve
from models.tokenizer import UNKNOWN, Tokenizer
from translate.adherence import verify, violates
from translate.ahead import ahead
from translate.align import WordAttention, alignment, word_attention, words
from translate.consensus import choose
from translate.constraints import constrain, within
from translate.engines import open_engine
from translate.engines.base import Engine, Hypothesis, Request, Search
from translate.errors import TranslateError
from translate.judge import findings, judge
from translate.mend import Draft, doubled, drafts, first_violation, repeated, surplus
from translate.segment import segment
from translate.source import Hint, Pieces, annotate, encode, split_long
from translate.types import (
    Alignment,
    Constraint,
    Document,
    Finding,
    Origin,
    Provenance,
    Segment,
    State,
    TranslationUnit,
    Verdict,
)

Arrange = Callable[[Sequence[Segment]], Sequence[Segment]]
Keep = Callable[[Sequence[Segment]], Mapping[str, "Kept"]]
Progress = Callable[[int, int, int], None]  # segments done, segments in all, source words done

# Segments decoded at once, up to twice as many where they share batches; a short text in at most eight
# steps, so that progress shows.
GROUP = 256
AHEAD = 3  # groups under way: the engine has work while one is aligned and judged
# A group ends where its sources' pieces, `</s>` counted, pass a multiple of this: they share no batch.
SHARED = 8
WINDOW = 4096  # segments read ahead to find those of about one length
# Kinds written into the source: names, which are copied as they are. A common noun that is written there
# is copied even where English would turn it into a verb (measured: chrF -0.6 on news).
HINTED = frozenset({"person", "place", "org", "weapon"})
REDECODE_BEAM = 2  # the prefix leaves little to choose: half the time, the same scores on news
REDECODES = 2  # forced re-decodings a part may cost; after them only drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A target that a person approved or edited, here or (origin memory) elsewhere: not decoded, not changed."""

    target: str
    state: State
    note: str = ""
    origin: Origin = "human"


@dataclass(frozen=True, slots=True)
class _Part:
    """What the engine is asked about one segment or a part of it."""

    text: str
    start: int  # offset in the segment
    constraints: tuple[Constraint, ...]
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Job:
    """A segment to translate: what is wanted of it, and what the engine is asked."""

    segment: Segment
    wanted: tuple[Constraint, ...]
    parts: tuple[_Part, ...]

    @property
    def tokens(self) -> int:
        """Source pieces to decode."""
        return sum(len(part.pieces.tokens) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A target of a part, and what is known about it. `tokens` counts its pieces and `</s>`."""

    text: str
    tokens: int
    score: float
    evidence: WordAttention
    verdicts: tuple[Verdict, ...]
    rank: tuple[int, int, float]  # violations, doubled renderings, minus score: less is better
    substituted: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    mended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What decoding took, in engine requests: first decodings, re-decodings, forced scorings."""

    decoded: int = 0
    violating: int = 0
    redecoded: int = 0
    scored: int = 0


@dataclass(slots=True)
class _Ledger:
    cost: Cost = field(default_factory=Cost)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **amounts: int) -> None:
        with self.lock:
            self.cost = replace(
                self.cost, **{k: getattr(self.cost, k) + n for k, n in amounts.items()}
            )


class Translator:
    """Holds a checkpoint, an engine and a termbase; translates any number of texts, from any thread.

    model: `starter`, a Hugging Face name or a folder; None for the user's default.
    glossary: PO files, earlier ones win (or one, or a Termbase); None for the user's own and the shipped; an empty list for none.
    inline: write terms into the source; None to do so where the checkpoint was trained for it.
    mend: re-decode and substitute where a verdict is bad; off only to measure.
    length_penalty, repetition_penalty, no_repeat_ngram: translate.engines.base.Search.
    mbr: of so many best hypotheses the one most like all of them (translate.consensus); 0 for the likeliest.
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        engine: str = "ct2",
        glossary: Iterable[str | Path] | str | Path | Termbase | None = None,
        beam_size: int = 4,
        inline: bool | None = None,
        mend: bool = True,
        threads: int | None = None,
        length_penalty: float = 1.0,
        repetition_penalty: float = 1.0,
        no_repeat_ngram: int = 0,
        mbr: int = 0,
    ) -> None:
        checkpoint = resolve(default_name() if model is None else model)
        search = Search(
            length_penalty=length_penalty,
            repetition_penalty=repetition_penalty,
            no_repeat_ngram=no_repeat_ngram,
        )
        self._set_up(
            checkpoint=checkpoint,
            tokenizer=Tokenizer(checkpoint.path),
            engine=open_engine(engine, checkpoint, threads=threads, search=search),
            terms=_terms(glossary),
            beam_size=beam_size,
            inline=checkpoint.card.inline_terms if inline is None else inline,
            mend=mend,
            mbr=mbr,
        )

    def _set_up(
        self,
        *,
        checkpoint: Checkpoint,
        tokenizer: Tokenizer,
        engine: Engine,
        terms: tuple[Termbase, Matcher],
        beam_size: int,
        inline: bool,
        mend: bool,
        mbr: int = 0,
    ) -> None:
        self.checkpoint = checkpoint
        self.engine = engine
        self._tokenizer = tokenizer
        self.termbase, self._matcher = terms
        self._beam_size = beam_size
        self._inline = inline
        self._mend = mend
        self._mbr = mbr
        self._ledger = _Ledger()

    @property
    def provenance(self) -> Provenance:
        """What every output of this translator is marked with."""
        return Provenance(
            model=self.checkpoint.label,
            engine=self.engine.name,
            glossary=self.termbase.fingerprint,
            version=_version(),
        )

    @property
    def cost(self) -> Cost:
        """Engine requests since this translator was made."""
        return self._ledger.cost

    def translate(
        self,
        text: str,
        *,
        name: str = "",
        arrange: Arrange | None = None,
        keep: Keep | None = None,
        progress: Progress | None = None,
    ) -> Document:
        """Segment and translate `text`.

        `arrange` may cut and join the segments as a person did; `keep` tells which of them, by id, a
        person has translated.
        """
        started = time.perf_counter()
        _refuse_surrogates(text)
        segments, after = segment(text)
        if arrange:
            segments = tuple(arrange(segments))
        kept = keep(segments) if keep else {}
        units = self.translate_segments(segments, kept=kept, progress=progress)
        return Document(
            name=name,
            units=tuple(units),
            after=after,
            provenance=self.provenance,
            seconds=time.perf_counter() - started,
        )

    def translate_segments(
        self,
        segments: Sequence[Segment],
        *,
        kept: Mapping[str, Kept] | None = None,
        progress: Progress | None = None,
    ) -> list[TranslationUnit]:
        """One unit a segment, in order."""
        kept = kept or {}
        units: dict[int, TranslationUnit] = {}
        todo = []
        for i, one in enumerate(segments):
            saved = kept.get(one.id)
            if saved is None:
                todo.append(i)
            else:
                units[i] = self.kept_unit(one, saved)
        words = 0
        if progress:
            progress(len(units), len(segments), words)
        groups = self._groups([(i, segments[i]) for i in todo])
        for group, decoded in self._decoded(groups):
            for (i, _), unit in zip(group, decoded, strict=True):
                units[i] = unit
                words += len(segments[i].source.split())
            if progress:
                progress(len(units), len(segments), words)
        return [units[i] for i in range(len(segments))]

    def _decoded(
        self, groups: Iterable[list[tuple[int, Job]]]
    ) -> Iterator[tuple[list[tuple[int, Job]], list[TranslationUnit]]]:
        """Some groups at a time: while the engine decodes the others, one is matched, aligned and judged."""

        def decode(group: list[tuple[int, Job]]) -> list[TranslationUnit]:
            return self.decode([job for _, job in group])

        return ahead(decode, groups, threads=AHEAD, held=AHEAD)

    def _groups(self, todo: Sequence[tuple[int, Segment]]) -> Iterator[list[tuple[int, Job]]]:
        """Segments of about one length together, since only sources of about one length share a batch.

        The longest first, so that no thread is left with a long batch when the others have done.
        """
        size = min(GROUP, max(8, len(todo) // 8))
        for at in range(0, len(todo), WINDOW):
            jobs = [(i, self.job(one)) for i, one in todo[at : at + WINDOW]]
            jobs.sort(key=lambda numbered: numbered[1].tokens, reverse=True)
            group: list[tuple[int, Job]] = []
            for numbered in jobs:
                if len(group) >= 2 * size or (len(group) >= size and _apart(group[-1], numbered)):
                    yield group
                    group = []
                group.append(numbered)
            yield group

    def job(self, of: Segment) -> Job:
        """The segment with the occurrences of this translator's terms, ready to be decoded."""
        constraints = constrain(self._matcher.match(of.source))
        return Job(of, constraints, tuple(self._parts(of, constraints)))

    def decode(self, jobs: Sequence[Job]) -> list[TranslationUnit]:
        """One unit a job, in order, all in one batch. The jobs may be those of `with_terms`: what is
        wanted of a segment travels in its job."""
        flat = [part for job in jobs for part in job.parts]
        readings = iter(self._mended(*self._first(flat)))
        return [_unit(job, [next(readings) for _ in job.parts]) for job in jobs]

    def kept_unit(self, of: Segment, saved: Kept) -> TranslationUnit:
        """A kept target with verdicts and findings for it as it stands."""
        constraints = constrain(self._matcher.match(of.source))
        verdicts, found = judge(constraints, of.source, saved.target)
        return TranslationUnit(
            segment=of,
            target=saved.target,
            state=saved.state,
            origin=saved.origin,
            verdicts=verdicts,
            findings=found,
            note=saved.note,
        )

    def with_terms(self, termbase: Termbase, matcher: Matcher) -> "Translator":
        """The same model and engine with another termbase."""
        other = copy.copy(self)
        other.termbase, other._matcher = termbase, matcher
        return other

    def alternatives(self, of: Segment, n: int = 5) -> list[TranslationUnit]:
        """The first decoding's `n` best, not mended: fewest violations first, then the likeliest."""
        job = self.job(of)
        requests = [Request(tokens=part.pieces.tokens) for part in job.parts]
        width = max(n, self._beam_size)
        outs = self.engine.decode(requests, beam_size=width, n_best=n)
        found: dict[str, tuple[int, TranslationUnit]] = {}
        for k in range(max(map(len, outs), default=0)):
            best = [out[min(k, len(out) - 1)] for out in outs]
            readings = [self._read(p, h) for p, h in zip(job.parts, best, strict=True)]
            unit = _unit(job, readings)
            found.setdefault(unit.target, (sum(map(violates, unit.verdicts)), unit))
        return [unit for _, unit in sorted(found.values(), key=lambda pair: pair[0])]

    def aligned(self, of: Segment, target: str) -> Alignment | None:
        """Word alignment of any target with its source, by forcing it through the model; None where the
        segment is too long for one pass or the model can't write the target's words."""
        parts = self._parts(of, ())
        prefix = self._tokenizer.encode_target(target)
        if len(parts) != 1 or not prefix or len(prefix) >= self.engine.max_tokens:
            return None
        forced = Request(tokens=parts[0].pieces.tokens, prefix=prefix)
        found = alignment(self._read(parts[0], self.engine.score([forced])[0]).evidence)
        spans = words(target)  # the pieces' own text may differ in quotes and the like
        if len(spans) != len(found.target_words):
            return None
        return replace(found, target_words=spans)

    def _parts(self, of: Segment, constraints: tuple[Constraint, ...]) -> list[_Part]:
        whole = Span(0, len(of.source))
        pieces = self._pieces(of.source, constraints)
        if len(pieces.tokens) <= self.engine.max_tokens:
            return [_Part(of.source, 0, constraints, pieces)] if pieces.tokens else []
        room = (
            self.engine.max_tokens
            * len(encode(of.source, self._encode).tokens)
            // len(pieces.tokens)
        )
        cuts = split_long(
            of.source,
            limit=max(room * 3 // 4, 1),
            count=lambda t: len(encode(t, self._encode).tokens),
            keep=[c.match.span for c in constraints],
        )
        out = []
        for cut in cuts or [whole]:
            text, own = cut.of(of.source), within(constraints, cut)
            pieces = self._pieces(text, own)
            if len(pieces.tokens) > self.engine.max_tokens:
                pieces = encode(text, self._encode)
            if pieces.tokens:
                out.append(_Part(text, cut.start, own, pieces))
        return out

    def _encode(self, text: str) -> list[tuple[str, Span]]:
        return [(p.piece, p.span) for p in self._tokenizer.encode(text)]

    def _pieces(self, text: str, constraints: Sequence[Constraint]) -> Pieces:
        pieces = encode(text, self._encode)
        if not self._inline:
            return pieces
        hints = [
            Hint(c.match.span, self._tokenizer.encode_target(c.forms[0]))
            for c in constraints
            if c.forms and c.match.term.kind in HINTED
        ]
        return annotate(pieces, hints)

    def _first(self, parts: Sequence[_Part]) -> tuple[list[_Part], list[_Reading]]:
        """The first decoding. A name written into the source may come out twice; such a part is decoded
        plainly instead."""
        parts, readings = list(parts), self._decode(parts)
        if not self._inline:
            return parts, readings
        again = [i for i, r in enumerate(readings) if surplus(r.text, r.verdicts)]
        for i in again:
            parts[i] = replace(parts[i], pieces=encode(parts[i].text, self._encode))
        for i, reading in zip(again, self._decode([parts[i] for i in again]), strict=True):
            readings[i] = reading
        return parts, readings

    def _decode(self, parts: Sequence[_Part]) -> list[_Reading]:
        self._ledger.add(decoded=len(parts))
        outs = self.engine.decode(
            [Request(tokens=p.pieces.tokens) for p in parts],
            beam_size=max(self._beam_size, self._mbr),
            n_best=max(self._mbr, 1),
        )
        return [self._read(p, self._best(out)) for p, out in zip(parts, outs, strict=True)]

    def _best(self, hypotheses: Sequence[Hypothesis]) -> Hypothesis:
        """The likeliest, or under minimum-Bayes-risk decoding the one most like all."""
        if len(hypotheses) == 1:
            return hypotheses[0]
        return hypotheses[choose([self._tokenizer.decode(h.tokens).text for h in hypotheses])]

    def _read(self, part: _Part, hypothesis: Hypothesis) -> _Reading:
        decoded = self._tokenizer.decode(hypothesis.tokens)
        evidence = word_attention(
            hypothesis.attention,
            source=part.text,
            target=decoded.text,
            source_pieces=part.pieces.spans,
            target_pieces=decoded.spans,
        )
        verdicts = verify(part.constraints, decoded.text, evidence.mass)
        tokens = len(hypothesis.tokens) + 1
        rank = _rank(decoded.text, verdicts, evidence, hypothesis.score)
        return _Reading(decoded.text, tokens, hypothesis.score, evidence, verdicts, rank)

    def _mended(self, parts: Sequence[_Part], readings: list[_Reading]) -> list[_Reading]:
        """Put violated terms right, leftmost first, all violating parts of a round in one batch."""
        if not self._mend:
            return readings
        given_up: dict[int, frozenset[int]] = {}
        first_round = True
        for turn in range(max((len(p.constraints) for p in parts), default=0) + REDECODES):
            open_ = {}
            for i, reading in enumerate(readings):
                which = first_violation(
                    reading.verdicts, reading.evidence, given_up.get(i, frozenset())
                )
                if which is not None:
                    open_[i] = which
            if not open_:
                break
            if first_round:
                self._ledger.add(violating=len(open_))
                first_round = False
            better = self._mend_round(parts, readings, open_, redecode=turn < REDECODES)
            for i, which in open_.items():
                if i in better and better[i].rank < readings[i].rank:
                    readings[i] = replace(better[i], mended=True)
                if violates(readings[i].verdicts[which]):
                    given_up[i] = given_up.get(i, frozenset()) | {which}
        return [_respelt(_said_once(r) if self._inline or r.mended else r) for r in readings]

    def _mend_round(
        self,
        parts: Sequence[_Part],
        readings: Sequence[_Reading],
        open_: Mapping[int, int],
        *,
        redecode: bool,
    ) -> dict[int, _Reading]:
        """For each open part the best draft, or what the model makes of it after the forced form."""
        proposals: list[tuple[int, Draft, tuple[str, ...]]] = []
        for i, which in open_.items():
            now = readings[i]
            for draft in drafts(now.text, now.verdicts[which], now.verdicts, now.evidence):
                target = self._tokenizer.encode_target(draft.text)
                if len(target) < self.engine.max_tokens:
                    proposals.append((i, draft, target))
        requests = [
            Request(tokens=parts[i].pieces.tokens, prefix=target) for i, _, target in proposals
        ]
        self._ledger.add(scored=len(requests))
        best: dict[int, tuple[_Reading, Draft]] = {}
        for (i, draft, target), score in zip(proposals, self.engine.rate(requests), strict=True):
            constraint = readings[i].verdicts[open_[i]].constraint
            reading = _drafted(readings[i], draft, constraint, len(target) + 1, score)
            if i not in best or reading.rank < best[i][0].rank:
                best[i] = (reading, draft)
        out = {i: reading for i, (reading, _) in best.items()}
        if not redecode:
            return out
        prefixes = {i: self._tokenizer.encode_target(d.prefix) for i, (_, d) in best.items()}
        again = [i for i, prefix in prefixes.items() if UNKNOWN not in prefix]
        self._ledger.add(redecoded=len(again))
        requests = [Request(tokens=parts[i].pieces.tokens, prefix=prefixes[i]) for i in again]
        decoded = self.engine.decode(requests, beam_size=min(self._beam_size, REDECODE_BEAM))
        for i, hypotheses in zip(again, decoded, strict=True):
            reading = self._read(parts[i], hypotheses[0])
            kept = tuple(f for f in readings[i].substituted if f in best[i][1].prefix)
            reading = replace(reading, substituted=kept)
            if reading.rank <= out[i].rank:
                out[i] = reading
        return out


def _apart(one: tuple[int, Job], other: tuple[int, Job]) -> bool:
    return one[1].tokens // SHARED != other[1].tokens // SHARED


def _rank(
    text: str, verdicts: Sequence[Verdict], evidence: WordAttention, score: float
) -> tuple[int, int, float]:
    """Fewer violations first, then fewer doubled renderings, then what the model likes better."""
    twice = sum(doubled(text, v, verdicts, evidence) for v in verdicts)
    return (sum(map(violates, verdicts)), twice, -score)


def _said_once(reading: _Reading) -> _Reading:
    """The reading without renderings that stand beside the one that counts."""
    while (cut := repeated(reading.text, reading.verdicts)) is not None:
        which, extra = cut
        gone = extra.of(reading.text).strip()
        reading = _rewritten(reading, reading.verdicts[which], extra, "")
        reading = replace(reading, cut=(*reading.cut, gone))
    return reading


def _respelt(reading: _Reading) -> _Reading:
    """The reading with every agreed form spelt as agreed: Kim Jong-un for Kim Jong Un."""
    for at in range(len(reading.verdicts)):
        verdict = reading.verdicts[at]
        if verdict.status != "satisfied" or verdict.span is None:
            continue
        printed = verdict.span.of(reading.text)
        agreed = respelt(printed, verdict.constraint.forms)
        if agreed != printed:
            reading = _rewritten(reading, verdict, verdict.span, agreed)
    return reading


def _rewritten(reading: _Reading, verdict: Verdict, span: Span, text: str) -> _Reading:
    """The reading with `text` for the words at `span`, which render that verdict's occurrence."""
    whole = reading.text[: span.start] + text + reading.text[span.end :]
    evidence = reading.evidence.rewritten(
        whole,
        written=Span(span.start, span.start + len(text)),
        longer=len(text) - len(span),
        source=verdict.constraint.match.span,
    )
    verdicts = verify([v.constraint for v in reading.verdicts], whole, evidence.mass)
    return replace(reading, text=whole, evidence=evidence, verdicts=verdicts)


def _drafted(
    before: _Reading, draft: Draft, constraint: Constraint, tokens: int, score: float
) -> _Reading:
    """The reading that a draft would be: evidence is the old one's, with the form on its term."""
    evidence = before.evidence.rewritten(
        draft.text,
        written=draft.written,
        longer=len(draft.text) - len(before.text),
        source=constraint.match.span,
    )
    verdicts = verify([v.constraint for v in before.verdicts], draft.text, evidence.mass)
    substituted = (*before.substituted, draft.form)
    rank = _rank(draft.text, verdicts, evidence, score)
    return _Reading(draft.text, tokens, score, evidence, verdicts, rank, substituted)


def _refuse_surrogates(text: str) -> None:
    found = re.search("[\ud800-\udfff]", text)
    if found:
        raise TranslateError(
            f"half of a surrogate pair at character {found.start()}: the text was decoded wrongly; "
            "read it again with the right encoding"
        )


def _terms(
    glossary: Iterable[str | Path] | str | Path | Termbase | None,
) -> tuple[Termbase, Matcher]:
    if isinstance(glossary, Termbase):
        return glossary, Matcher(glossary.terms)
    if isinstance(glossary, str | Path):
        glossary = [glossary]
    return load(default_paths() if glossary is None else glossary)


def _version() -> str:
    try:
        return version("dragoman")
    except PackageNotFoundError:
        return "0+unknown"


def _unit(job: Job, readings: Sequence[_Reading]) -> TranslationUnit:
    """Join the parts of a segment. A wanted occurrence that a cut went through is missing."""
    target = ""
    source_words: list[Span] = []
    target_words: list[Span] = []
    links: list[tuple[int, int]] = []
    verdicts: list[Verdict] = []
    tokens, total = 0, 0.0
    for part, reading in zip(job.parts, readings, strict=True):
        target += " " if target else ""
        at, ours, theirs = len(target), len(source_words), len(target_words)
        target += reading.text
        own = alignment(reading.evidence)
        source_words += [_moved(s, part.start) for s in own.source_words]
        target_words += [_moved(s, at) for s in own.target_words]
        links += [(s + ours, t + theirs) for s, t in own.links]
        verdicts += [_moved_verdict(v, part.start, at) for v in reading.verdicts]
        tokens, total = tokens + reading.tokens, total + reading.tokens * reading.score
    complete = _complete(job.wanted, verdicts)
    return TranslationUnit(
        segment=job.segment,
        target=target,
        state="translated" if target else "initial",
        score=total / tokens if tokens else None,
        alignment=Alignment(
            source_words=tuple(source_words), target_words=tuple(target_words), links=tuple(links)
        ),
        verdicts=complete,
        findings=(*_changes(readings), *findings(job.segment.source, target, complete)),
    )


def _complete(wanted: Sequence[Constraint], found: Sequence[Verdict]) -> tuple[Verdict, ...]:
    by_place = {v.constraint.match.span: v for v in found}
    return tuple(
        by_place.get(c.match.span) or Verdict(constraint=c, status="missing") for c in wanted
    )


def _changes(readings: Sequence[_Reading]) -> list[Finding]:
    """What was done to the model's words, for a person to read over."""
    written = "was written over what the model had said; read the words around it"
    return [
        Finding(check=name, severity="info", message=f"{form!r} {what}")
        for reading in readings
        for name, forms, what in (
            ("substituted", reading.substituted, written),
            ("cut", reading.cut, "stood twice in a row and was cut once"),
        )
        for form in forms
    ]


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by) if by else span


def _moved_verdict(verdict: Verdict, source_by: int, target_by: int) -> Verdict:
    if not source_by and not target_by:
        return verdict
    match = verdict.constraint.match
    constraint = replace(
        verdict.constraint, match=replace(match, span=_moved(match.span, source_by))
    )
    span = verdict.span and _moved(verdict.span, target_by)
    return Verdict(constraint=constraint, status=verdict.status, span=span)
