"""`dragoman terms import` and `export`: terms of other tools, and for them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.cli.options import glossary_option, termbase_paths
from translate.cli.remarks import remark
from translate.errors import ConfigError

if TYPE_CHECKING:
    from glossary.exchange import Imported
    from glossary.types import Term

_IMPORTS = ("tsv", "tbx", "deepl", "opus-cat")
_EXPORTS = ("tsv", "tbx", "tbx-dct", "deepl")
_SUFFIXES = {
    ".tbx": "tbx", ".xml": "tbx", ".mtf": "tbx", ".yml": "opus-cat", ".yaml": "opus-cat",
}  # fmt: skip


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="TERMS")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="PO"
)
@click.option(
    "--from", "kind", type=click.Choice(_IMPORTS), help="The format (default: by the file's name)."
)
@click.option(
    "--encoding", default="utf-8-sig", show_default=True, metavar="NAME", help="Of a table."
)
@click.option("--force", is_flag=True, help="Overwrite PO.")
def import_terms(file: Path, out: Path, kind: str | None, encoding: str, force: bool) -> None:
    """Make a PO termbase of another tool's terms. What is left out is counted.

    \b
    tsv       TSV or CSV: source, target, kind, variants parted by |; all but the first two may be left
              out, and so may the header line. Kinds: person, place, org, weapon, date, demonym, term
    tbx       TBX-Basic 3 (both styles) and TBX 2: concepts with an Arabic and an English term
    deepl     DeepL's glossaries: source, target (TSV or CSV)
    opus-cat  OPUS-CAT's termbases (YAML)

    \b
    Examples:
      dragoman terms import terms.tsv -o house.po
      dragoman terms import multiterm.tbx -o house.po
      dragoman terms import glossary.csv --from deepl -o house.po
    """
    from glossary.termbase import write_terms

    if out.exists() and not force:
        raise ConfigError(f"{out} exists: give another -o, or --force to overwrite it")
    read = _read(file, kind or _SUFFIXES.get(file.suffix.lower(), "tsv"), encoding)
    for line in read.remarks:
        remark(f"{file}: {line}")
    if not read.terms:
        raise ConfigError(f"{file}: no terms from Arabic to English; {out} is not written")
    write_terms(out, read.terms)
    remark(f"{out}: {len(read.terms)} terms")


def _read(file: Path, kind: str, encoding: str) -> "Imported":
    from glossary.exchange import Imported, read_deepl, read_opus_cat, read_tsv

    if kind == "tbx":
        from glossary.tbx import read_tbx

        return read_tbx(file)
    if kind == "deepl":
        return read_deepl(file, encoding)
    if kind == "opus-cat":
        return read_opus_cat(file)
    return Imported(terms=read_tsv(file, encoding))


@click.command("export")
@glossary_option
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE"
)
@click.option(
    "--to", "kind", type=click.Choice(_EXPORTS), help="The format (default: by FILE's name)."
)
def export_terms(glossary: tuple[str, ...], out: Path, kind: str | None) -> None:
    """Write terms for another tool.

    \b
    tsv      TSV, or CSV by the name: source, target, kind, variants parted by |. No column for what is
             proposed or retired, so those are left out
    tbx      TBX-Basic 3 in DCA style, which keeps everything; tbx-dct in DCT style
    deepl    a glossary for DeepL: source and target of approved terms (TSV, or CSV by the name)

    \b
    Examples:
      dragoman terms export -g house.po -o terms.tsv
      dragoman terms export -o terms.tbx
      dragoman terms export -g house.po -o glossary.csv --to deepl
    """
    from glossary.termbase import Termbase

    terms = Termbase.load(termbase_paths(glossary)).terms
    kind = kind or _SUFFIXES.get(out.suffix.lower(), "tsv")
    if kind not in _EXPORTS:
        raise ConfigError(f"{kind} can be read, not written; say --to {', '.join(_EXPORTS)}")
    count = _write(terms, out, kind)
    remark(f"{out}: {count} terms")


def _write(terms: "Sequence[Term]", out: Path, kind: str) -> int:
    from glossary.exchange import write_deepl, write_tsv

    approved = [term for term in terms if term.status == "approved"]
    if kind == "tsv":
        write_tsv(approved, out)
        return len(approved)
    if kind == "deepl":
        count, remarks = write_deepl(approved, out)
        for line in remarks:
            remark(f"{out}: {line}")
        return count
    from glossary.tbx import write_tbx

    write_tbx(terms, out, "dct" if kind == "tbx-dct" else "dca")
    return len(terms)
