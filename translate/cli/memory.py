"""`dragoman memory`: the translation memory on the command line."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.cli.options import memory_option
from translate.cli.remarks import remark
from translate.errors import ConfigError, FormatError
from translate.types import APPROVED

if TYPE_CHECKING:
    from translate.difference import Piece
    from translate.memory.store import Memory
    from translate.memory.types import MemoryMatch


@click.group()
def memory() -> None:
    """Keep what was approved, and find it again for the same text or one like it.

    Without --memory FILE it is your own memory, which 'dragoman translate' uses too.

    \b
    Example:
      dragoman memory add out/article
    """


@memory.command("add")
@click.argument("documents", nargs=-1, required=True, metavar="OUT/NAME…")
@memory_option
def add_documents(documents: tuple[str, ...], path: Path | None) -> None:
    """Take in the approved segments of translated documents: those not fuzzy in NAME.po.

    \b
    Examples:
      dragoman memory add out/article
      dragoman memory add out/*
    """
    from translate.master import Master

    masters = [Master(_master(Path(one))) for one in documents]
    read = [(master.name, master.read().units) for master in masters]  # all or none
    with _open(path) as kept:
        for name, units in read:
            approved = sum(unit.state in APPROVED for unit in units)
            new = kept.add(units, name)
            remark(
                f"{name}: {approved} of {len(units)} segments approved, {new} new in {kept.path}"
            )


def _master(path: Path) -> Path:
    return path / f"{path.resolve().name}.po" if path.is_dir() else path


@memory.command("search")
@click.argument("source")
@memory_option
@click.option("--before", default="", metavar="ARABIC", help="The segment before it.")
@click.option("--after", default="", metavar="ARABIC", help="The segment after it.")
@click.option("-n", "--limit", default=5, show_default=True, type=click.IntRange(1, 1000))
@click.option(
    "--at-least", default=70, show_default=True, type=click.IntRange(0, 100), metavar="PERCENT"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def search(
    source: str,
    path: Path | None,
    before: str,
    after: str,
    limit: int,
    at_least: int,
    as_json: bool,
) -> None:
    """Show translations of an Arabic text or of texts like it: percent, source, translation, where from.

    101 is the same text between the same neighbours, 100 the same, 99 the same but for spelling. In a text
    that is only like it, [-these words-] are stored but not in yours, {+these+} are in yours but not stored.

    \b
    Example:
      dragoman memory search 'وصل الوفد إلى موسكو.'
    """
    with _open(path, there=True) as kept:
        found = kept.lookup(
            source, before=before, after=after, limit=limit, at_least=at_least / 100
        )
    for match in found:
        if as_json:
            click.echo(json.dumps(_as_dict(match), ensure_ascii=False))
        else:
            shown = "".join(map(_marked, match.difference))
            click.echo(f"{match.percent}%\t{shown}\t{match.target}\t{_whence(match)}")
    if not found:
        remark(f"nothing like it by {at_least} %")


def _marked(piece: "Piece") -> str:
    marks = {"same": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}
    return marks[piece.kind].format(piece.text)


def _whence(match: "MemoryMatch") -> str:
    when = f"{match.when:%Y-%m-%d}" if match.when else ""
    return ", ".join(part for part in (match.document, when, match.who) if part)


def _as_dict(match: "MemoryMatch") -> dict[str, object]:
    return {
        "percent": match.percent,
        "kind": match.kind,
        "source": match.source,
        "target": match.target,
        "difference": [[piece.kind, piece.text] for piece in match.difference],
        "document": match.document,
        "when": match.when.isoformat() if match.when else None,
        "who": match.who,
        "used": match.used,
        "note": match.note,
    }


@memory.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.tmx")
@memory_option
def import_memory(file: Path, path: Path | None) -> None:
    """Take in a memory of another tool (TMX). The same file twice changes nothing.

    The file is read to its end before anything of it is taken in, and may be of any length.

    \b
    Example:
      dragoman memory import agency.tmx
    """
    from translate.cli.remarks import bar
    from translate.formats.tmx import Skipped, read_tmx

    if not file.is_file():
        raise FormatError("no such file; check the name", path=str(file))
    skipped = Skipped()
    units = sum(1 for _ in read_tmx(file, skipped))
    with _open(path) as kept, bar(file.name) as progress:
        new = kept.import_units(read_tmx(file), lambda done: progress(done, units, done))
    without = f", {skipped.units} without Arabic or English left out" if skipped.units else ""
    codes = f", inline codes of {skipped.codes} left out" if skipped.codes else ""
    remark(f"{file}: {units} units, {new} new in {kept.path}{without}{codes}")


@memory.command("export")
@memory_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="TMX"
)
@click.option("--force", is_flag=True, help="Overwrite TMX.")
def export_memory(path: Path | None, out: Path, force: bool) -> None:
    """Write the memory for another tool: TMX 1.4b, as OmegaT, Trados and memoQ read it.

    \b
    Example:
      dragoman memory export -o mine.tmx
    """
    from importlib.metadata import version

    from glossary.files import writing
    from translate.formats.tmx import write_tmx

    if out.exists() and not force:
        raise ConfigError(f"{out} exists: give another -o, or --force to overwrite it")
    with _open(path, there=True) as kept, writing(out) as file:
        count = write_tmx(kept.export_units(), file, version=version("dragoman"))
    remark(f"{out}: {count} units")


@memory.command("info")
@memory_option
def info(path: Path | None) -> None:
    """Say where the memory is and what is in it.

    \b
    Example:
      dragoman memory info
    """
    with _open(path, there=True) as kept:
        known = kept.info()
        where = kept.path
    facts = {
        "file": where,
        "size": f"{known.size / 1e6:.1f} MB",
        "units": known.units,
        "sources": known.sources,
        "documents": known.documents,
        "oldest": f"{known.oldest:%Y-%m-%d}" if known.oldest else "",
        "newest": f"{known.newest:%Y-%m-%d}" if known.newest else "",
    }
    for name, fact in facts.items():
        click.echo(f"{name}\t{fact}")


@memory.command("remove")
@click.argument("source")
@memory_option
@click.option(
    "--target", metavar="ENGLISH", help="Only this translation of it (default: all of them)."
)
def remove(source: str, path: Path | None, target: str | None) -> None:
    """Forget a source, exactly as it is stored, with its translations.

    \b
    Example:
      dragoman memory remove 'وصل الوفد إلى موسكو.'
    """
    with _open(path, there=True) as kept:
        gone = kept.remove(source, target)
    if not gone:
        raise ConfigError(
            f"{kept.path}: no such source and translation; find it with 'memory search'"
        )
    remark(f"{kept.path}: removed {gone} translation{'s' * (gone != 1)}")


def _open(path: Path | None, *, there: bool = False) -> "Memory":
    """The memory; with `there` it must exist already."""
    from translate.memory.store import Memory, memory_path

    path = path or memory_path()
    if there and not path.exists():
        raise FormatError(
            "no translation memory there yet; fill one with 'dragoman memory add' or 'import'",
            path=str(path),
        )
    return Memory(path)
