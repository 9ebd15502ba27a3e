"""Does enforcement work, and what does it cost? Success per occurrence, BLEU, chrF, doubled renderings, time.

    python -m tests.bench terms [--set article|flores|news|flores-random|news-random] [--limit N] [--model M]

Ways, all with the same weights, engine, text and termbase:
  plain        no hint, no mending: what the model does by itself
  replace      aligned string replacement after decoding: the first draft, never shown to the model
  mend         plain first, then mending alone (any Marian checkpoint can do this)
  inline       names written into the source (the starter was trained to read that), no mending
  inline+mend  both: the starter's default

`*-names` termbases hold names that occur in source and reference alike; `*-random` ones are the WMT23 control:
random spans of the reference, so that a gain of scores by any hint at all shows. Doubled: renderings of the
agreed form beyond the occurrences, counted over what plain decoding has of them anyway.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sacrebleu

from glossary.termbase import Termbase, shipped_paths
from translate.adherence import verify, violates
from translate.evaluate.terms import surplus, verdicts
from translate.mend import drafts, first_violation
from translate.pipeline import Translator, _Part, _Reading
from translate.segment import segment
from translate.types import Segment

DATA = Path(__file__).parent.parent / "data"
SETS = ("article", "flores", "news", "flores-random", "news-random")
CHUNK = 256


@dataclass(frozen=True, slots=True)
class Run:
    """One way: a text and its violations per part, seconds in all, and re-decodings."""

    way: str
    parts: list[_Part]
    texts: list[str]
    seconds: float
    redecoded: int


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
                text,
                written=made[0].written,
                longer=longer,
                source=verdicts[which].constraint.match.span,
            )
            verdicts = verify(part.constraints, text, evidence.mass)
    return text


def runs(segments: Sequence[Segment], termbase: Termbase, *, model: str, engine: str) -> list[Run]:
    """All ways; what two ways share is decoded once and counted for both."""
    out = []
    for inline in (False, True):
        translator = Translator(model=model, engine=engine, glossary=termbase, inline=inline)
        parts = [p for s in segments for p in translator.job(s).parts]
        order = sorted(range(len(parts)), key=lambda i: len(parts[i].pieces.tokens))
        chunks = [order[i : i + CHUNK] for i in range(0, len(order), CHUNK)]
        flat: dict[int, _Reading] = {}
        mended: dict[int, _Reading] = {}
        started = time.perf_counter()
        for chunk in chunks:
            asked, made = translator._first([parts[i] for i in chunk])
            flat.update(zip(chunk, made, strict=True))
            for i, part in zip(chunk, asked, strict=True):
                parts[i] = part
        decoded = time.perf_counter()
        for chunk in chunks:
            made = translator._mended([parts[i] for i in chunk], [flat[i] for i in chunk])
            mended.update(zip(chunk, made, strict=True))
        done = time.perf_counter()
        plain = [flat[i] for i in range(len(parts))]
        name = "inline" if inline else "plain"
        out.append(Run(name, parts, [r.text for r in plain], decoded - started, 0))
        if not inline:
            blind = [blind_replacement(p, r) for p, r in zip(parts, plain, strict=True)]
            out.append(Run("replace", parts, blind, decoded - started, 0))
        texts = [mended[i].text for i in range(len(parts))]
        name = "inline+mend" if inline else "mend"
        out.append(Run(name, parts, texts, done - started, translator.cost.redecoded))
    return out


def _bad(part: _Part, text: str) -> int:
    (judged,) = verdicts([part.constraints], [part.text], [text])
    return sum(violates(v) for v in judged)


def _extra(part: _Part, text: str) -> int:
    return surplus(part.constraints, text)


def table(
    name: str,
    termbase: Termbase,
    segments: Sequence[Segment],
    references: Sequence[str],
    *,
    model: str,
    engine: str,
) -> None:
    """Measure all ways on one set and print the rows."""
    measured = runs(segments, termbase, model=model, engine=engine)
    plain = measured[0]
    total = sum(len(p.constraints) for p in plain.parts)
    violating = sum(_bad(p, t) > 0 for p, t in zip(plain.parts, plain.texts, strict=True))
    print(
        f"\n**{name}**: {len(segments)} segments, {total} occurrences of {len(termbase.terms)} terms; "
        f"{violating / len(plain.parts):.1%} of segments violate one when decoded plainly\n"
    )
    print("| way | success | doubled | BLEU | chrF | time, × plain | re-decoded |")
    print("|---|---|---|---|---|---|---|")
    for r in measured:
        bad = sum(_bad(p, t) for p, t in zip(r.parts, r.texts, strict=True))
        more = sum(
            max(0, _extra(p, t) - _extra(p, u))
            for p, t, u in zip(r.parts, r.texts, plain.texts, strict=True)
        )
        scores = "- | -"
        if references:
            bleu = sacrebleu.corpus_bleu(r.texts, [list(references)]).score
            chrf = sacrebleu.corpus_chrf(r.texts, [list(references)]).score
            scores = f"{bleu:.2f} | {chrf:.2f}"
        print(
            f"| {r.way} | {1 - bad / max(total, 1):.4f} | {more / max(total, 1):.2%} | {scores} "
            f"| {r.seconds / plain.seconds:.2f} | {r.redecoded} |",
            flush=True,
        )
    _identical(measured)


def _identical(measured: Sequence[Run]) -> None:
    by_way = {r.way: r for r in measured}
    plain, mend, both = by_way["plain"], by_way["mend"], by_way["inline+mend"]
    free = [i for i, p in enumerate(plain.parts) if not p.constraints]
    good = [i for i, p in enumerate(plain.parts) if p.constraints and not _bad(p, plain.texts[i])]
    print(
        f"\nBit-identical to plain: {sum(both.texts[i] == plain.texts[i] for i in free)} of {len(free)} "
        f"term-free segments (inline+mend), {sum(mend.texts[i] == plain.texts[i] for i in good)} of "
        f"{len(good)} complying ones (mend)",
        flush=True,
    )


def main(arguments: Sequence[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="tests.bench terms")
    parser.add_argument("--limit", type=int, default=10**6)
    parser.add_argument("--set", action="append", choices=SETS)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--engine", default="ct2")
    options = parser.parse_args(arguments)
    for name in options.set or SETS:
        base, _, control = name.partition("-")
        segments, references = sentences(base)
        paths = [DATA / f"eval/{base}-{control or 'names'}.po"]
        termbase = Termbase.load(shipped_paths() if base == "article" else paths)
        n = options.limit
        table(
            name,
            termbase,
            segments[:n],
            references[:n],
            model=options.model,
            engine=options.engine,
        )
