"""`dragoman terms consistency`: names and terms that documents render in more than one way."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.cli.options import glossary_option, termbase_paths
from translate.cli.remarks import remark
from translate.errors import FormatError

if TYPE_CHECKING:
    from glossary.types import Span
    from translate.consistency import Inconsistency, Place, Rendering
    from translate.types import Document

_AROUND = 30  # code points of context on each side of an English rendering
_SHOWN = 5  # places of one rendering; --json has all
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


@click.command()
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="OUT/NAME|FOLDER…"
)
@glossary_option
@click.option("--variants", is_flag=True, help="Show also terms printed in several accepted ways.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with all places.")
def consistency(
    folders: tuple[Path, ...], glossary: tuple[str, ...], variants: bool, as_json: bool
) -> None:
    """Show names and terms that are rendered in different ways, worst first.

    Reads every translated document (NAME/NAME.po) under the folders, all together. Under each rendering
    stands the command that makes it the agreed one.

    \b
    Examples:
      dragoman terms consistency out/article
      dragoman terms consistency out --json
    """
    from glossary.compiled import load
    from translate.consistency import inconsistencies

    documents = _documents(folders)
    _, matcher = load(termbase_paths(glossary))
    found = inconsistencies(documents, matcher)
    shown = [one for one in found if variants or not one.only_accepted]
    texts = {(d.name, u.segment.id): u.target for d in documents for u in d.units}
    for one in shown:
        click.echo(json.dumps(_object(one), ensure_ascii=False) if as_json else _text(one, texts))
    hidden = len(found) - len(shown)
    more = f"; {hidden} more in several accepted ways, see --variants" if hidden else ""
    read = "1 document" if len(documents) == 1 else f"{len(documents)} documents"
    remark(f"{read}, {len(shown)} rendered in different ways{more}")


def _documents(folders: Sequence[Path]) -> "list[Document]":
    from translate.master import Master

    paths = list(dict.fromkeys(path for folder in folders for path in _masters(folder)))
    documents = [Master(path).read() for path in paths]
    names = [document.name for document in documents]
    return [
        replace(document, name=str(path.parent)) if names.count(document.name) > 1 else document
        for path, document in zip(paths, documents, strict=True)
    ]


def _masters(folder: Path) -> Iterator[Path]:
    """The folder's own master, or those of all folders below; a PO file stands for itself."""
    if folder.is_file():
        yield folder
        return
    own = folder / f"{folder.resolve().name}.po"
    below = [own] if own.is_file() else sorted(p for p in folder.rglob("*.po") if _is_master(p))
    if not below:
        what = (
            "holds no translated document (NAME/NAME.po)" if folder.is_dir() else "no such folder"
        )
        raise FormatError(f"{what}; translate a text first, or check the name", path=str(folder))
    yield from below


def _is_master(path: Path) -> bool:
    return path.stem == path.parent.name


def _text(one: "Inconsistency", texts: dict[tuple[str, str], str]) -> str:
    lines = [f"{_line(one.source)}: {len(one.renderings)} renderings in {one.places} places"]
    for rendering in one.renderings:
        lines += _rendering(one, rendering, texts)
    return "\n".join(lines) + "\n"


def _rendering(
    one: "Inconsistency", rendering: "Rendering", texts: dict[tuple[str, str], str]
) -> Iterator[str]:
    accepted = " (accepted)" if rendering.accepted else ""
    yield f"  {_line(rendering.text)}: {len(rendering.places)}{accepted}"
    for place in rendering.places[:_SHOWN]:
        context = _context(texts[place.document, place.segment_id], place.target_span)
        yield f"    {_line(place.document)} {_line(place.segment_id)}: {context}"
    if len(rendering.places) > _SHOWN:
        yield f"    and {len(rendering.places) - _SHOWN} more"
    source, text = (shlex.quote(_line(part)) for part in (one.source, rendering.text))
    yield f"    dragoman terms add {source} {text} --kind {one.kind}"


def _context(text: str, span: "Span") -> str:
    start, end = max(0, span.start - _AROUND), min(len(text), span.end + _AROUND)
    before = "…" if start else ""
    after = "…" if end < len(text) else ""
    inside = f"{text[start : span.start]}[{span.of(text)}]{text[span.end : end]}"
    return before + _line(inside) + after


def _line(text: str) -> str:
    """As one line, without what a terminal would obey."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _object(one: "Inconsistency") -> dict[str, object]:
    return {
        "source": one.source,
        "kind": one.kind,
        "term": one.term is not None,
        "only_accepted": one.only_accepted,
        "renderings": [
            {
                "text": rendering.text,
                "accepted": rendering.accepted,
                "places": [_place(place) for place in rendering.places],
            }
            for rendering in one.renderings
        ],
    }


def _place(place: "Place") -> dict[str, object]:
    return {
        "document": place.document,
        "segment": place.segment_id,
        "source_span": [place.source_span.start, place.source_span.end],
        "target_span": [place.target_span.start, place.target_span.end],
    }
