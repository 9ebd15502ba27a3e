"""What are terms worth when they are right, and what are any words of the reference worth? As WMT 2023 asked.

    python -m tests.bench wmt23 [--model M …] [--limit N]

The modes of the WMT 2023 terminology task (Semenov et al. 2023) on news: no terms, proper ones, random ones. A
line is given only terms whose English its own reference has, each in the form that stands there:
  proper   of the shipped termbases and of the names that source and reference share
  random   of the control: random source words with what the reference has for them

Ways, which all decode the same lines:
  none         no terms given; success counts what comes out right by itself
  inline       every term written into the source, whatever its kind, and what the first decoding makes of it
  inline+mend  what is shipped: names that come out twice are decoded plainly, what is violated is mended

Success: per occurrence, on distinct spans, places told by order. Doubled: forms beyond the occurrences and beyond
those of the reference, per occurrence.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import sacrebleu

from glossary.english import find_form
from glossary.match import Matcher
from glossary.termbase import Termbase, shipped_paths
from tests.bench.terms import DATA, sentences
from translate.constraints import constrain
from translate.evaluate.terms import success, surplus, verdicts
from translate.pipeline import Job, Translator
from translate.types import Constraint, Segment, Verdict

NAMES, RANDOM = DATA / "eval/news-names.po", DATA / "eval/news-random.po"
Wanted = Sequence[Sequence[Constraint]]
Decode = Callable[[Translator, Sequence[Job]], list[str]]


def given(
    segments: Sequence[Segment], references: Sequence[str], paths: Sequence[Path]
) -> list[tuple[Constraint, ...]]:
    """For each line the occurrences that its reference renders, each with that English alone.

    All count as names, since only these are written into the source.
    """
    termbase = Termbase.load(paths)
    matcher = Matcher(termbase.terms)
    sources = [s.source for s in segments]
    found = verdicts([constrain(matcher.match(s)) for s in sources], sources, references)
    return [
        tuple(_as_printed(v, text) for v in own if v.status in ("satisfied", "variant"))
        for own, text in zip(found, references, strict=True)
    ]


def _as_printed(verdict: Verdict, reference: str) -> Constraint:
    constraint = verdict.constraint
    form = next(
        form
        for form in (*constraint.forms, *constraint.variants)
        if verdict.span in find_form(reference, form)
    )
    match = replace(constraint.match, term=replace(constraint.match.term, kind="place"))
    return Constraint(match=match, forms=(form,))


def first_decoding(translator: Translator, jobs: Sequence[Job]) -> list[str]:
    """What the model makes of the annotated source, whatever that is."""
    readings = iter(translator._decode([part for job in jobs for part in job.parts]))
    return [" ".join(next(readings).text for _ in job.parts) for job in jobs]


def shipped_way(translator: Translator, jobs: Sequence[Job]) -> list[str]:
    """The targets that a user gets."""
    return [unit.target for unit in translator.decode(jobs)]


def translated(
    translator: Translator, segments: Sequence[Segment], wanted: Wanted, decode: Decode
) -> list[str]:
    """The targets of the segments, each with terms of its own."""
    jobs = [
        Job(one, tuple(own), tuple(translator._parts(one, tuple(own))))
        for one, own in zip(segments, wanted, strict=True)
    ]
    return decode(translator, jobs)


def _row(
    head: str,
    wanted: Wanted,
    segments: Sequence[Segment],
    texts: Sequence[str],
    references: Sequence[str],
) -> str:
    share = success(verdicts(wanted, [s.source for s in segments], texts))
    more = sum(
        max(0, surplus(own, text) - surplus(own, reference))
        for own, text, reference in zip(wanted, texts, references, strict=True)
    )
    bleu = sacrebleu.corpus_bleu(texts, [references]).score
    chrf = sacrebleu.corpus_chrf(texts, [references]).score
    total = sum(map(len, wanted))
    return f"| {head} | {share:.4f} | {more / total:.2%} | {bleu:.2f} | {chrf:.2f} |"


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests.bench wmt23")
    parser.add_argument("--model", action="append")
    parser.add_argument("--limit", type=int, default=300)
    options = parser.parse_args(arguments)
    segments, references = sentences("news")
    segments, references = segments[: options.limit], references[: options.limit]
    modes = {
        "proper": given(segments, references, [*shipped_paths(), NAMES]),
        "random": given(segments, references, [RANDOM]),
    }
    for name, wanted in modes.items():
        print(
            f"{name}: {sum(map(len, wanted))} occurrences in {sum(map(bool, wanted))} "
            f"of {len(segments)} lines"
        )
    print(
        "\n| model | terms | way | success | doubled | BLEU | chrF |\n|---|---|---|---|---|---|---|"
    )
    for model in options.model or ["starter"]:
        translator = Translator(model=model, glossary=Termbase(terms=()), inline=True)
        label = translator.checkpoint.label
        plain = translated(translator, segments, [()] * len(segments), first_decoding)
        for name, wanted in modes.items():
            texts = {
                "none": plain,
                "inline": translated(translator, segments, wanted, first_decoding),
                "inline+mend": translated(translator, segments, wanted, shipped_way),
            }
            for way, lines in texts.items():
                head = f"{label} | {name} | {way}"
                print(_row(head, wanted, segments, lines, references), flush=True)
