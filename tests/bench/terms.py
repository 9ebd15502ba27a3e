"""Does enforcement work, and what does it cost? Success per occurrence, BLEU, chrF, doubled renderings, time.

    python -m tests.bench terms [--limit N] [--set flores|news|article]

Ways, all with the same weights, engine, text and termbase:
  plain        no hint, no mending: what the model does by itself
  replace      aligned string replacement after decoding: the first draft, unseen by the model
  mend         plain first, then mending alone (any Marian checkpoint can do this)
  inline       terms written into the source (the starter's training), no mending
  inline+mend  both: the starter's default
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sacrebleu

from glossary.english import find_form
from glossary.termbase import Termbase, shipped_paths
from translate.adherence import verify, violates
from translate.constraints import constrain
from translate.mend import doubled, drafts, first_violation
from translate.pipeline import Translator, _Part, _Reading
from translate.segment import segment
from translate.types import Segment

DATA = Path(__file__).parent.parent / "data"
WAYS = ("plain", "replace", "mend", "inline", "inline+mend")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way on one set. Shares are of occurrences; `violating` of segments before mending."""

    way: str
    success: float
    doubled: float
    bleu: float
    chrf: float
    seconds: float
    violating: float
    redecoded: int
    scored: int


def sentences(name: str) -> tuple[list[Segment], list[str]]:
    """One segment a line, and its references (none for the article)."""
    if name == "article":
        segments, _ = segment((DATA / "article/article.ar.txt").read_text(encoding="utf-8"))
        return list(segments), []
    source = (DATA / f"eval/{name}-dev.ar").read_text(encoding="utf-8").splitlines()
    reference = (DATA / f"eval/{name}-dev.en").read_text(encoding="utf-8").splitlines()
    made = [
        Segment(id=str(i), source=line, kind="sentence", paragraph=i)
        for i, line in enumerate(source)
    ]
    return made, reference


def blind_replacement(part: _Part, reading: _Reading) -> str:
    """Write each violated term over what attends to it, leftmost first, without asking the model."""
    text, verdicts, evidence = reading.text, reading.verdicts, reading.evidence
    left = frozenset[int]()
    while (which := first_violation(verdicts, evidence, left)) is not None:
        made = drafts(text, verdicts[which], verdicts, evidence)
        left |= {which}
        if made:
            longer = len(made[0].text) - len(text)
            text = made[0].text
            evidence = evidence.rewritten(
                text, written=made[0].written, longer=longer,
                source=verdicts[which].constraint.match.span,
            )  # fmt: skip
            verdicts = verify(part.constraints, text, evidence.mass)
    return text


@dataclass(frozen=True, slots=True)
class _Outcome:
    texts: list[str]
    good: int
    total: int
    twice: int


def run(translator: Translator, segments: Sequence[Segment], *, blind: bool) -> _Outcome:
    """Translate and count. Doubled: more renderings of a term in the target than occurrences, or an old
    rendering beside the new one."""
    texts, good, total, twice = [], 0, 0, 0
    for at in range(0, len(segments), 256):
        chunk = segments[at : at + 256]
        grouped = [
            translator._parts(s, constrain(translator._matcher.match(s.source))) for s in chunk
        ]
        parts = [p for own in grouped for p in own]
        readings = translator._mended(parts, translator._decode(parts))
        by_segment = iter(zip(parts, readings, strict=True))
        for group in grouped:
            own = [next(by_segment) for _ in group]
            text = " ".join(blind_replacement(p, r) if blind else r.text for p, r in own)
            texts.append(text)
            for part, reading in own:
                said = blind_replacement(part, reading) if blind else reading.text
                verdicts = verify(
                    part.constraints, said, reading.evidence.mass if not blind else _anywhere
                )
                total += len(verdicts)
                good += sum(not violates(v) for v in verdicts)
                twice += _extra(part, said)
                if not blind:
                    twice += sum(doubled(said, v, verdicts, reading.evidence) for v in verdicts)
    return _Outcome(texts, good, total, twice)


def _anywhere(source: object, target: object) -> float:
    return 0.5


def _extra(part: _Part, said: str) -> int:
    """Renderings of the preferred form beyond the occurrences of all terms that could be rendered so."""
    out = 0
    for form in {c.forms[0] for c in part.constraints if c.forms}:
        could = sum(
            any(find_form(f, form) for f in (*c.forms, *c.variants)) for c in part.constraints
        )
        out += max(0, len(find_form(said, form)) - could)
    return out


def measure(
    way: str,
    segments: Sequence[Segment],
    references: Sequence[str],
    termbase: Termbase,
    engine: str,
) -> tuple[Row, list[str]]:
    """One row of the table, and the texts."""
    translator = Translator(
        model="starter", engine=engine, glossary=termbase,
        inline="inline" in way, mend="mend" in way,
    )  # fmt: skip
    started = time.perf_counter()
    out = run(translator, segments, blind=way == "replace")
    seconds = time.perf_counter() - started
    cost = translator.cost
    bleu = sacrebleu.corpus_bleu(out.texts, [list(references)]).score if references else 0.0
    chrf = sacrebleu.corpus_chrf(out.texts, [list(references)]).score if references else 0.0
    row = Row(
        way=way, success=out.good / max(out.total, 1), doubled=out.twice / max(out.total, 1),
        bleu=bleu, chrf=chrf, seconds=seconds, violating=cost.violating / max(cost.decoded, 1),
        redecoded=cost.redecoded, scored=cost.scored,
    )  # fmt: skip
    return row, out.texts


def table(
    name: str,
    termbase: Termbase,
    segments: Sequence[Segment],
    references: Sequence[str],
    engine: str,
    say: Callable[[str], None],
) -> None:
    """Measure all ways on one set and print the rows."""
    say(f"\n{name}: {len(segments)} segments, {len(termbase.terms)} terms\n")
    say(
        "| way | success | doubled | BLEU | chrF | seconds | violating segments | re-decoded | scored |"
    )
    say("|---|---|---|---|---|---|---|---|---|")
    for way in WAYS:
        r, texts = measure(way, segments, references, termbase, engine)
        Path(f"/tmp/bench-{name.split()[0]}-{way}.txt").write_text(
            "\n".join(texts), encoding="utf-8"
        )
        say(
            f"| {r.way} | {r.success:.4f} | {r.doubled:.4f} | {r.bleu:.2f} | {r.chrf:.2f} | {r.seconds:.1f} "
            f"| {r.violating:.3f} | {r.redecoded} | {r.scored} |"
        )


def main(arguments: Sequence[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="tests.bench terms")
    parser.add_argument("--limit", type=int, default=10**6)
    parser.add_argument(
        "--set",
        action="append",
        choices=["article", "flores", "news", "flores-random", "news-random"],
    )
    parser.add_argument("--engine", default="ct2")
    options = parser.parse_args(arguments)
    for name in options.set or ["article", "flores", "news", "flores-random", "news-random"]:
        base, _, control = name.partition("-")
        segments, references = sentences(base)
        paths = (
            shipped_paths()
            if base == "article"
            else [DATA / f"eval/{base}-{control or 'names'}.po"]
        )
        table(
            name,
            Termbase.load(paths),
            segments[: options.limit],
            references[: options.limit],
            options.engine,
            print,
        )
