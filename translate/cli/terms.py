"""`dragoman terms`: the termbase on the command line."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from glossary.termbase import Termbase, default_paths
from glossary.types import KINDS, Term
from translate.cli.consistent import consistency
from translate.cli.options import encoding_option, glossary_option, termbase_paths
from translate.cli.reading import read_file
from translate.cli.remarks import remark, unspoken
from translate.cli.suggesting import suggest_terms
from translate.cli.term_exchange import export_terms, import_terms
from translate.errors import ConfigError


@click.group()
def terms() -> None:
    """List, find, edit, check and exchange terms.

    --glossary PO (repeatable) replaces your own termbase and the shipped ones;
    '--glossary default' adds them back.

    \b
    Example:
      dragoman terms find article.ar.txt -g house.po -g default
    """


@terms.command("list")
@glossary_option
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind.")
@click.option("--search", metavar="TEXT", help="Only entries with TEXT in Arabic or English.")
@click.option(
    "--proposed", is_flag=True, help="Only proposed entries (fuzzy), which are never enforced."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_terms(
    glossary: tuple[str, ...], kind: str | None, search: str | None, proposed: bool, as_json: bool
) -> None:
    """List terms: source, target, kind, where.

    \b
    Examples:
      dragoman terms list --kind weapon
      dragoman terms list --search Moscow
    """
    for term in Termbase.load(termbase_paths(glossary)).terms:
        if (kind and term.kind != kind) or (proposed and term.status != "proposed"):
            continue
        if search and not _contains(term, search):
            continue
        if as_json:
            click.echo(json.dumps(_as_dict(term), ensure_ascii=False))
        else:
            click.echo(f"{term.source}\t{term.target}\t{term.kind}\t{term.path}:{term.line}")


def _contains(term: Term, text: str) -> bool:
    from glossary.arabic import fold_text

    wanted = fold_text(text)
    both = (term.source, term.target, *term.variants, *term.source_variants)
    return any(wanted in fold_text(one) for one in both)


def _as_dict(term: Term) -> dict[str, object]:
    return {
        "source": term.source,
        "target": term.target,
        "kind": term.kind,
        "context": term.context,
        "variants": term.variants,
        "avoid": term.forbidden,
        "ar": term.source_variants,
        "plural": term.plural,
        "flags": sorted(term.flags),
        "status": term.status,
        "path": term.path,
        "line": term.line,
    }


@terms.command("find")
@click.argument("file", metavar="FILE|-")
@glossary_option
@encoding_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def find(file: str, glossary: tuple[str, ...], encoding: str | None, as_json: bool) -> None:
    """Show every occurrence of a term in an Arabic text.

    Only the longest of overlapping terms. Positions are code points in the line, lines count from 1.

    \b
    Examples:
      dragoman terms find article.ar.txt
      dragoman terms find article.ar.txt -g house.po --json
    """
    from glossary.compiled import load

    _, matcher = load(termbase_paths(glossary))
    for number, line in enumerate(_lines(read_file(file, encoding)), 1):
        for match in matcher.match(line):
            if as_json:
                found = {
                    "line": number,
                    "start": match.span.start,
                    "end": match.span.end,
                    "surface": match.surface,
                    "term": match.term.source,
                    "proclitics": match.proclitics,
                    "enclitic": match.enclitic,
                    "target": match.term.target,
                    "kind": match.term.kind,
                }
                click.echo(json.dumps(found, ensure_ascii=False))
            else:
                at = f"{number}:{match.span.start + 1}"
                click.echo(f"{at}\t{match.surface}\t{match.term.source}\t{match.term.target}")


def _lines(text: str) -> Iterator[str]:
    """Lines as editors count them: at LF, CRLF or CR only."""
    yield from text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@terms.command("add")
@click.argument("source")
@click.argument("target")
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PO",
    help="The termbase to add to (default: your own, which comes first everywhere); made if missing.",
)
@click.option("--kind", type=click.Choice(KINDS), default="term", show_default=True)
@click.option("--variant", multiple=True, metavar="ENGLISH", help="Also accepted; repeatable.")
@click.option("--avoid", multiple=True, metavar="ENGLISH", help="Never this; repeatable.")
@click.option(
    "--ar", "spelling", multiple=True, metavar="ARABIC", help="Another Arabic spelling; repeatable."
)
@click.option(
    "--context", default="", metavar="SENSE", help="Tells two senses of one source apart."
)
@click.option("--proposed", is_flag=True, help="Not enforced until approved.")
def add_term(
    source: str,
    target: str,
    path: Path | None,
    kind: str,
    variant: tuple[str, ...],
    avoid: tuple[str, ...],
    spelling: tuple[str, ...],
    context: str,
    proposed: bool,
) -> None:
    """Add a term to a PO file; every other byte of it stays.

    \b
    Examples:
      dragoman terms add 'غانا ماليار' 'Hanna Maliar' --kind person
      dragoman terms add 'غانا ماليار' 'Hanna Maliar' --kind person --to house.po
    """
    from glossary.termbase import add, own_path

    if not source.strip() or not target.strip():
        raise ConfigError("source and target must not be empty")
    term = Term(
        source=source.strip(),
        target=target.strip(),
        kind=kind,  # type: ignore[arg-type]
        variants=variant,
        forbidden=avoid,
        source_variants=spelling,
        context=context,
        status="proposed" if proposed else "approved",
    )
    goal = path or own_path()
    add(goal, term)
    whose = "" if path else " (your own termbase, which every command reads first)"
    remark(f"{goal}: added {term.source} = {term.target}{whose}")


@terms.command("remove")
@click.argument("source")
@click.option(
    "--from",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PO",
    help="The termbase to cut it out of (default: your own).",
)
@click.option("--context", default="", metavar="SENSE")
def remove_term(source: str, path: Path | None, context: str) -> None:
    """Remove a term from a PO file; every other byte of it stays.

    \b
    Example:
      dragoman terms remove 'غانا ماليار' --from house.po
    """
    from glossary.termbase import own_path, remove

    goal = path or own_path()
    gone = remove(goal, source, context)
    remark(f"{goal}: removed {gone.source} = {gone.target}")


@terms.command("lint")
@click.argument("files", nargs=-1, metavar="[PO…]")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def lint_terms(files: tuple[str, ...], strict: bool) -> None:
    """Check termbases (default: your own and the shipped ones); exit 1 if there is an error.

    \b
    Example:
      dragoman terms lint house.po --strict
    """
    from glossary.lint import lint

    paths = [Path(f) for f in files] or default_paths()
    unspoken("glossary")  # lint tells the same, with line and rule
    termbase = Termbase.load(paths)
    findings = lint(termbase)
    for one in findings:
        click.echo(f"{one.path}:{one.line}: {one.severity}: {one.message} [{one.rule}]")
    remark(f"{len(termbase.terms)} terms in {len(paths)} files, {len(findings)} findings")
    if any(one.severity == "error" or strict for one in findings):
        sys.exit(1)


terms.add_command(import_terms)
terms.add_command(export_terms)
terms.add_command(consistency)
terms.add_command(suggest_terms)
