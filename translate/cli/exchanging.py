"""`dragoman export` and `dragoman apply`: a translation to other tools and back."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.cli.options import glossary_option, termbase_paths
from translate.cli.remarks import remark
from translate.errors import ConfigError, FormatError
from translate.formats import WRITERS, writer

if TYPE_CHECKING:
    from translate.exchange import Outcome
    from translate.formats.po import Saved
    from translate.review import Review
    from translate.types import Document, TranslationUnit

FORMATS = tuple(name for name in WRITERS if name != "po")  # the master is the PO
_EXAMPLES = 3  # segments named in a remark
_TOLD = (
    ("undecided", "changed here and there: theirs is kept beside ours, decide with dragoman review"),
    ("waiting", "changed there, but an earlier version is still undecided: not taken; decide, then apply again"),
    ("older", "changed here since the export, not there: ours stays"),
    ("emptied", "without a translation there: ours stays"),
    ("missing", "not in the file: left as they are"),
)  # fmt: skip


@click.command()
@click.argument("what", type=click.Path(path_type=Path), metavar="OUT/NAME|NAME.po")
@click.option(
    "--to", "kind", type=click.Choice(FORMATS), required=True, help="The format to write."
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    help="Where to write it; - is standard output (default: beside the PO).",
)
@glossary_option
def export(what: Path, kind: str, out: str | None, glossary: tuple[str, ...]) -> None:
    """Write a translation in a format of another tool.

    xliff (2.1) and xliff12 keep states, notes, terms and the machine's own words, and come back with
    'dragoman apply', as do tsv, copies of the PO, and docx: a table for who reviews in Word. tmx is a translation
    memory of the document, tbx the terms that occur in it. The PO itself is out/NAME/NAME.po.

    \b
    Examples:
      dragoman export out/article --to xliff12 -o article.xlf
      dragoman export out/article --to docx -o for-mona.docx
      dragoman export out/article --to tsv -o -
    """
    review = _opened(what, glossary)
    data = writer(kind).write(review.document)
    if out == "-":
        click.echo(data, nl=False)
        return
    from glossary.files import write_atomic

    path = Path(out) if out else review.path.with_name(review.name + writer(kind).suffix)
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; name the file to write")
    if path.resolve() == review.path.resolve():
        raise ConfigError(f"{path} is the master itself; give another -o")
    write_atomic(path, data)
    remark(f"{path}: {review.name}, {_segments(len(review.document.units))}, as {kind}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("what", type=click.Path(path_type=Path), metavar="OUT/NAME|NAME.po")
@glossary_option
@click.option("--dry-run", is_flag=True, help="Only say what would become of each segment.")
def apply(file: Path, what: Path, glossary: tuple[str, ...], dry_run: bool) -> None:
    """Take in what another tool made of a translation: XLIFF 2 or 1.2, a copy of the PO, TSV, or bilingual DOCX.

    Targets changed there come back as a person's, with the state given there; from a DOCX as reviewed. What
    changed here since the export is never overwritten. Segments that are missing or unknown there are counted and named.

    \b
    Example:
      dragoman apply article.xlf out/article
    """
    from translate.exchange import applied, reader_for

    data, name = _bytes(file), str(file)
    returned = reader_for(data, name).read(data, name)
    if not returned:
        raise FormatError("holds no segments; nothing was changed", path=name)
    review = _opened(what, glossary)
    outcomes: list[Outcome] = []

    def change(document: "Document", known: "Saved") -> "Sequence[TranslationUnit]":
        lineages = {e.id: e.lineage for e in known.entries if not e.obsolete}
        new, outcome = applied(document, returned, lineages)
        if _fits_nothing(outcome):
            raise FormatError(
                f"its {_segments(len(returned))} fits nothing in {review.path}, and nothing was changed; "
                "is it the export of another document?",
                path=name,
            )
        outcomes.append(outcome)
        return document.units if dry_run else new.units

    review.take_in(change, f"apply {file.name}")
    (outcome,) = outcomes
    _tell(outcome, dry_run)
    if not dry_run:
        review.flush()


def _fits_nothing(outcome: "Outcome") -> bool:
    others = ("taken", "restated", "undecided", "waiting", "older", "emptied", "unchanged")
    return not any(getattr(outcome, name) for name in others)


def _tell(outcome: "Outcome", dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    taken, restated = len(outcome.taken), len(outcome.restated)
    click.echo(
        f"{_segments(taken)} {would}changed, {restated} with another state or note only, "
        f"{len(outcome.unchanged)} the same"
    )
    for key, meaning in _TOLD:
        if ids := getattr(outcome, key):
            remark(f"{_segments(len(ids))} {meaning} ({_some(ids)})")
    if outcome.unknown:
        shown = [entry.shown for entry in outcome.unknown]
        remark(
            f"{_segments(len(shown))} of the file not in the document, so not taken ({_some(shown)})"
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _EXAMPLES} more" if len(names) > _EXAMPLES else ""
    return ", ".join(names[:_EXAMPLES]) + more


def _segments(count: int) -> str:
    return "1 segment" if count == 1 else f"{count} segments"


def _bytes(path: Path) -> bytes:
    from glossary.markup import MarkupError, read_bytes

    if path.is_dir():
        raise FormatError("is a folder; name the file that came back", path=str(path))
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise FormatError("no such file; check the name", path=str(path)) from None
    except MarkupError as error:
        raise FormatError(str(error), path=str(path)) from error


def _opened(what: Path, glossary: Sequence[str]) -> "Review":
    """The document, judged with the termbases as they are now."""
    from glossary.compiled import load
    from translate.master import Master
    from translate.review import Review

    path = _master(what)
    _, matcher = load(termbase_paths(glossary))
    return Review(Master(path), lambda: matcher)


def _master(what: Path) -> Path:
    if what.is_dir():
        name = what.resolve().name
        path = what / f"{name}.po"
        if not path.exists():
            raise FormatError(
                f"holds no {name}.po; give a folder that `dragoman translate` wrote", path=str(what)
            )
        return path
    if what.suffix.lower() != ".po":
        raise FormatError("no such folder; give out/NAME or its NAME.po", path=str(what))
    return what
