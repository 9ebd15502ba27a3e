"""`dragoman models evaluate`: how good a model's English is, or that of a file, against references."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from translate.cli.options import (
    Decoding,
    decoding_options,
    engine_option,
    glossary_option,
    model_option,
    termbase_paths,
    threads_option,
)
from translate.cli.reading import read_file
from translate.cli.remarks import bar, remark
from translate.errors import ConfigError, FormatError

if TYPE_CHECKING:
    from glossary.termbase import Termbase
    from translate.evaluate.report import Evaluation
    from translate.evaluate.scores import Score
    from translate.evaluate.terms import TermScores


@click.command()
@click.option("--source", required=True, metavar="FILE", help="Arabic, a segment a line.")
@click.option("--reference", required=True, metavar="FILE", help="Its English, line by line.")
@model_option
@click.option("--output", metavar="FILE", help="Measure this translation instead of a model's.")
@click.option(
    "--against",
    metavar="NAME|FILE",
    help="Compare with another model or another translation, and say whether it may be chance.",
)
@glossary_option
@click.option("--domain", metavar="FILE", help="A label a line: scores for each label too.")
@click.option(
    "--worst",
    default=5,
    show_default=True,
    type=click.IntRange(0, 10_000),
    help="Show so many of the worst lines.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep what the model wrote, a line each.",
)
@engine_option
@decoding_options
@threads_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate(
    source: str,
    reference: str,
    model: str | None,
    output: str | None,
    against: str | None,
    glossary: tuple[str, ...],
    domain: str | None,
    worst: int,
    out: Path | None,
    engine: str,
    decoding: Decoding,
    threads: int | None,
    as_json: bool,
) -> None:
    """Measure translations against references: BLEU, chrF and TER, with signatures.

    With --glossary its terms are enforced in what a model writes, and measured: how many occurrences are
    rendered as agreed, how consistently, in the right place. --output and --against take files too, so
    that any system's translation can be measured or compared.

    \b
    Examples:
      dragoman models evaluate --source test.ar --reference test.en
      dragoman models evaluate --source test.ar --reference test.en --against opus-mt-ar-en
      dragoman models evaluate --source test.ar --reference test.en --output deepl.en -g house.po
    """
    if output and (model or out):
        raise ConfigError("--output is a finished translation: leave out --model and --out")
    sources = _lines(source)
    references = _lines(reference, like=(source, sources))
    labels = _lines(domain, like=(source, sources)) if domain else None
    termbase = _termbase(glossary)

    def outputs_of(model: str | None, file: str | None) -> list[str]:
        if file:
            return _lines(file, like=(source, sources))
        return translated(
            sources, model=model, engine=engine, termbase=termbase, threads=threads, **decoding
        )

    outputs = outputs_of(model, output)
    if out:
        _keep(out, outputs)
    theirs = None
    if against:
        theirs = outputs_of(against, against if Path(against).is_file() else None)
    from translate.evaluate.report import evaluate as measure

    found = measure(
        sources,
        outputs,
        references,
        termbase=termbase,
        against=theirs,
        labels=labels,
        worst=worst,
    )
    click.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else _shown(found))


def translated(sources: Sequence[str], *, termbase: "Termbase | None", **options: Any) -> list[str]:
    """What a model makes of each line; `options` are Translator's."""
    from translate.pipeline import Translator
    from translate.types import Segment

    translator = Translator(glossary=termbase or (), **options)
    segments = [
        Segment(id=str(i + 1), source=line, kind="sentence", paragraph=i)
        for i, line in enumerate(sources)
    ]
    with bar(translator.checkpoint.label) as progress:
        units = translator.translate_segments(segments, progress=progress)
    remark(f"translated by {translator.checkpoint.label} with {translator.engine.name}")
    return [unit.target for unit in units]


def _keep(out: Path, outputs: Sequence[str]) -> None:
    from glossary.files import write_atomic

    write_atomic(out, "".join(f"{line}\n" for line in outputs))
    remark(f"wrote {out}")


def _lines(name: str, like: tuple[str, Sequence[str]] | None = None) -> list[str]:
    """The lines of a file; as many as those of another, where one is named."""
    lines = [line.removesuffix("\r") for line in read_file(name, None).split("\n")]
    if not lines[-1]:
        del lines[-1]
    if like and len(lines) != len(like[1]):
        raise FormatError(
            f"has {len(lines)} lines, but {like[0]} has {len(like[1])}: they go line by line",
            path=name,
        )
    return lines


def _termbase(glossary: Sequence[str]) -> "Termbase | None":
    if not glossary:
        return None
    from glossary.termbase import Termbase

    return Termbase.load(termbase_paths(glossary))


def _shown(found: "Evaluation") -> str:
    """For people: tables of tab-separated columns."""
    rows = [f"lines\t{found.lines}"]
    rows += [f"{s.name}\t{s.value:.2f}\t{s.signature}" for s in found.scores]
    if found.terms:
        rows += ["", *_shown_terms(found.terms)]
    if found.against:
        rows += ["", "\tthis\tother\tp\tsignature"]
        rows += [
            f"{d.name}\t{d.ours:.2f}\t{d.theirs:.2f}\t{d.p:.3f}\t{d.signature}"
            for d in found.against
        ]
    if found.their_terms:
        rows += ["", "terms of the other", *_shown_terms(found.their_terms)]
    if found.domains:
        rows += ["", "\t".join(["domain", "lines", *_names(found.domains[0].scores)])]
        rows += [
            "\t".join([d.label, str(d.lines), *(f"{s.value:.2f}" for s in d.scores)])
            for d in found.domains
        ]
    for one in found.worst:
        rows += ["", f"line {one.line}\tchrF {one.chrf:.2f}"]
        rows += [f"source\t{one.source}", f"output\t{one.output}", f"reference\t{one.reference}"]
    return "\n".join(rows)


def _names(scores: "Sequence[Score]") -> list[str]:
    return [score.name for score in scores]


def _shown_terms(terms: "TermScores") -> list[str]:
    shares = {
        "rendered as agreed": terms.success,
        "exact match": terms.exact_match,
        "consistency": terms.consistency,
        **{f"window overlap {n}": share for n, share in terms.window_overlap.items()},
        "1-TERm": terms.one_minus_term,
        "doubled": terms.doubled,
    }
    return [
        f"occurrences\t{terms.occurrences}\t{terms.signature}",
        *(f"{name}\t{'-' if s is None else f'{s:.4f}'}" for name, s in shares.items()),
    ]
