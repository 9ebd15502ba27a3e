"""`dragoman models adapt`: a model fine-tuned on one's own translations, taken only if it is better."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import CheckpointError
from translate.cli.options import model_option
from translate.cli.remarks import remark

if TYPE_CHECKING:
    from models.adapt import Comparison, Outcome
    from models.training.pairs import NoPair, Text


@click.command()
@click.option(
    "--memory",
    "memories",
    multiple=True,
    metavar="FILE",
    help="Translations to learn from: .tmx, .po (approved entries), .tsv, .jsonl, .db (a memory of "
    "Dragoman); repeatable (default: your own memory).",
)
@click.option(
    "--termbase", "termbases", multiple=True, metavar="PO", help="Terms to learn too; repeatable."
)
@click.option(
    "--replay",
    metavar="FILE",
    help="Pairs of other text that the model must not forget (default: news that ships with it).",
)
@model_option
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the adapted model goes.",
)
@click.option(
    "--minutes",
    default=15.0,
    show_default=True,
    type=click.FloatRange(0.1, 10_000),
    help="Of training at most; preparing and judging come on top.",
)
@click.option(
    "--rounds",
    default=5,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Passes over the memory at most; fewer if held-out text no longer gains.",
)
@click.option("--learning-rate", default=1e-4, show_default=True, type=click.FloatRange(1e-7, 1e-2))
@click.option(
    "--margin",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 100),
    help="Points of chrF that general text may lose.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def adapt(
    memories: tuple[str, ...],
    termbases: tuple[str, ...],
    replay: str | None,
    model: str | None,
    out: Path,
    minutes: float,
    rounds: int,
    learning_rate: float,
    margin: float,
    as_json: bool,
) -> None:
    """Fine-tune a Marian model on your translations and terms, in minutes, without a GPU.

    A part of your translations is held out; the adapted model is written only if it translates those
    better, beyond chance, and general text no worse than by a margin. Otherwise the figures are shown and
    nothing is written (exit code 1).

    \b
    Examples:
      dragoman models adapt -o ours
      dragoman models adapt --memory agency.tmx --termbase house.po -o ours
      dragoman translate article.ar.txt --model ours
    """
    from models import adapt as adapting
    from models.registry import default_name, resolve

    settings = adapting.Adaptation(
        minutes=minutes, rounds=rounds, learning_rate=learning_rate, margin=margin
    )
    outcome = adapting.adapt(
        resolve(model or default_name()),
        _pairs(memories),
        out,
        translate=_translate,
        compare=_compare,
        general=Path(replay) if replay else adapting.GENERAL,
        terms=[Path(one) for one in termbases],
        bare_terms=_bare_terms(termbases),
        settings=settings,
        report=remark,
    )
    click.echo(
        json.dumps(asdict(outcome), ensure_ascii=False, default=str) if as_json else _shown(outcome)
    )
    if outcome.folder is None:
        raise CheckpointError(f"not adapted: {'; '.join(outcome.reasons)}; nothing was written")
    remark(f"wrote {out}; use it with --model {out}, or for good: dragoman models use {out}")


def _pairs(memories: Sequence[str]) -> "Iterator[Text | NoPair]":
    from models.training.pairs import read_pairs

    for name in memories or (None,):
        if name is None or name.endswith(".db"):
            yield from _remembered(name)
        else:
            yield from read_pairs(Path(name))


def _remembered(name: str | None) -> "Iterator[Text]":
    from translate.errors import FormatError
    from translate.memory.store import Memory, memory_path

    path = Path(name) if name else memory_path()
    if not path.exists():
        raise FormatError(
            "no such translation memory; fill one with 'dragoman memory add', or name --memory",
            path=str(path),
        )
    with Memory(path) as kept:
        for unit in kept.export_units():
            yield unit.source, unit.target


def _bare_terms(termbases: Sequence[str]) -> "list[Text]":
    from glossary.termbase import read_terms

    return [
        (term.source, term.target)
        for name in termbases
        for term in read_terms(name)
        if term.status == "approved" and not term.flags & {"forbidden", "read-only"}
    ]


def _translate(folder: Path, sources: Sequence[str]) -> list[str]:
    """Plainly, without terms: what is judged is the model."""
    from translate.cli.evaluating import translated

    return translated(sources, model=str(folder), termbase=None)


def _compare(
    before: Sequence[str], after: Sequence[str], references: Sequence[str]
) -> "Comparison":
    from models.adapt import Comparison
    from translate.evaluate.scores import differences

    (chrf,) = differences(after, before, references, names=["chrF"])
    return Comparison(lines=len(references), before=chrf.theirs, after=chrf.ours, p=chrf.p)


def _shown(outcome: "Outcome") -> str:
    rows = ["chrF\tlines\tbefore\tafter\tp"]
    for name, one in (("held out", outcome.domain), ("general", outcome.general)):
        rows.append(f"{name}\t{one.lines}\t{one.before:.2f}\t{one.after:.2f}\t{one.p:.3f}")
    best, tried = outcome.rounds
    rows.append(f"pairs\t{outcome.trained}")
    rows += [f"left out: {reason}\t{number}" for reason, number in outcome.dropped.items()]
    rows.append(f"round\t{best} of {tried}, {outcome.minutes:.1f} minutes")
    rows.append(f"share of the change\t{outcome.share:.0%}")
    return "\n".join(rows)
