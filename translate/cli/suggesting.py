"""`dragoman terms suggest`: names and terms of a text that the termbase lacks."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.cli.options import encoding_option, glossary_option, termbase_paths
from translate.cli.reading import read_file
from translate.cli.remarks import bar, remark
from translate.errors import ConfigError
from translate.types import Document, TranslationUnit

if TYPE_CHECKING:
    from translate.suggest import Suggestion

_CONTEXT = 30  # characters shown on each side


@click.command("suggest")
@click.argument("file", metavar="FILE|DIR|PO|-")
@glossary_option
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PO",
    help="Append them there as proposed entries (fuzzy); entries that are there stay as they are.",
)
@click.option("--translate", "translated", is_flag=True, help="Translate the text for renderings.")
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="X",
    help="Only those at least so sure, 0 to 1.",
)  # fmt: skip
@encoding_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def suggest_terms(
    file: str,
    glossary: tuple[str, ...],
    path: Path | None,
    translated: bool,
    min_confidence: float,
    encoding: str | None,
    as_json: bool,
) -> None:
    """Suggest names and terms of an Arabic text that the termbase lacks, surest first.

    FILE is a text, or what 'dragoman translate' made of one: its folder or PO, which gives the renderings of
    the translation too. Prints source, English, kind, count, why, and the first context. Nothing is enforced
    until you approve it.

    \b
    Examples:
      dragoman terms suggest article.ar.txt
      dragoman terms suggest out/article --to house.po
    """
    from glossary.compiled import load
    from translate.suggest import suggest

    paths = termbase_paths(glossary)
    termbase, matcher = load(paths)
    document = _document(file, paths, translated=translated, encoding=encoding)
    found = suggest(document, termbase, matcher)
    found = [one for one in found if one.confidence >= min_confidence]
    sources = {unit.segment.id: unit.segment.source for unit in document.units}
    for one in found:
        click.echo(json.dumps(_object(one), ensure_ascii=False) if as_json else _row(one, sources))
    if path is not None:
        remark(f"{path}: {_append(path, found)} proposed")
    elif not found:
        remark("nothing to suggest: the termbase has every name that was found")


def _document(
    file: str, termbases: Sequence[Path], *, translated: bool, encoding: str | None
) -> Document:
    """A text cut into segments, translated if wanted; or a translation as it stands on disk."""
    from translate.master import Master
    from translate.segment import segment

    path = Path(file)
    if path.is_dir() or path.suffix == ".po":
        if translated:
            raise ConfigError(f"{file} is translated already; leave --translate out")
        return Master(path / f"{path.resolve().name}.po" if path.is_dir() else path).read()
    text = read_file(file, encoding)
    name = path.name.split(".")[0]
    if translated:
        from translate.pipeline import Translator

        translator = Translator(glossary=termbases)
        with bar(name) as progress:
            return translator.translate(text, name=name, progress=progress)
    segments, after = segment(text)
    return Document(
        name=name, units=tuple(TranslationUnit(segment=one) for one in segments), after=after
    )


def _row(one: "Suggestion", sources: dict[str, str]) -> str:
    first = one.mentions[0]
    text = sources[first.segment_id]
    start, end = first.span.start, first.span.end
    context = text[max(0, start - _CONTEXT) : end + _CONTEXT].replace("\n", " ").replace("\t", " ")
    cells = (one.source, one.target, one.kind, str(len(one.mentions)), "; ".join(one.why), context)
    return "\t".join(cells)


def _object(one: "Suggestion") -> dict[str, object]:
    return {
        "source": one.source,
        "target": one.target,
        "kind": one.kind,
        "confidence": one.confidence,
        "why": one.why,
        "renderings": [{"text": text, "count": count} for text, count in one.renderings],
        "mentions": [
            {
                "segment": mention.segment_id,
                "start": mention.span.start,
                "end": mention.span.end,
                "surface": mention.surface,
                "rendering": mention.rendering,
            }
            for mention in one.mentions
        ],
    }


def _append(path: Path, found: "Iterable[Suggestion]") -> int:
    """Add what the file doesn't have; how many."""
    from glossary.termbase import Termbase, add

    there = Termbase.load([path]).terms if path.exists() else ()
    known = {source for term in there for source in (term.source, *term.source_variants)}
    new = [one.term for one in found if one.source not in known]
    for term in new:
        add(path, term)
    return len(new)
