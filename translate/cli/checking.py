"""`dragoman check`: what looks wrong in translated documents."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from translate.cli.options import glossary_option, termbase_paths
from translate.cli.remarks import remark
from translate.errors import FormatError

if TYPE_CHECKING:
    from glossary.match import Matcher
    from glossary.termbase import Termbase
    from translate.types import Finding, TranslationUnit

_AROUND = 30  # code points of context on each side of a place
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_STRICT = 3  # exit code under --strict, as for violated terms


class _Found(NamedTuple):
    """A finding and where it is."""

    document: str
    unit: "TranslationUnit"
    finding: "Finding"


def _check_ids(ctx: click.Context, option: click.Parameter, ids: Sequence[str]) -> Sequence[str]:
    from translate.checks import IDS

    for name in ids:
        if name not in IDS:
            raise click.BadParameter(f"no check '{name}'; there are {', '.join(IDS)}", ctx, option)
    return ids


def _explain(ctx: click.Context, option: click.Parameter, name: str | None) -> None:
    if name and not ctx.resilient_parsing:
        from translate.checks import explanations

        _check_ids(ctx, option, [name])
        click.echo(explanations()[name].replace("**", ""))
        ctx.exit()


@click.command()
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="OUT/NAME|FOLDER…"
)
@glossary_option
@click.option(
    "--only", multiple=True, metavar="ID", callback=_check_ids, help="Only this check; repeatable."
)
@click.option(
    "--skip", multiple=True, metavar="ID", callback=_check_ids, help="Not this check; repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--strict", is_flag=True, help="Exit with 3 if there is an error.")
@click.option(
    "--explain", metavar="ID", callback=_explain, expose_value=False, is_eager=True,
    help="Say what a check does, why, and when it is wrong; and stop.",
)  # fmt: skip
def check(
    folders: tuple[Path, ...],
    glossary: tuple[str, ...],
    only: Sequence[str],
    skip: Sequence[str],
    as_json: bool,
    strict: bool,
) -> None:
    """Show what looks wrong in translated documents, errors first in each.

    Reads every translated document (NAME/NAME.po) under the folders. A check is switched off for one segment
    on the review page (Ignore), or by the flag `ignore-ID` on its entry in the PO.

    \b
    Examples:
      dragoman check out/article
      dragoman check out --skip full-stop --json
      dragoman check --explain negation
    """
    from glossary.compiled import load
    from translate.checks import IDS

    wanted = frozenset(only or IDS).difference(skip)
    termbase, matcher = load(termbase_paths(glossary))
    paths = list(dict.fromkeys(path for folder in folders for path in _masters(folder)))
    found = [one for path in paths for one in _findings(path, termbase, matcher, wanted)]
    for one in found:
        click.echo(json.dumps(_object(one), ensure_ascii=False) if as_json else _text(one))
    severities = Counter(one.finding.severity for one in found)
    counts = ", ".join(_counted(severities[s], s) for s in ("error", "warning", "info"))
    read = "1 document" if len(paths) == 1 else f"{len(paths)} documents"
    remark(f"{read}: {counts}")
    if strict and severities["error"]:
        click.get_current_context().exit(_STRICT)


def _counted(count: int, severity: str) -> str:
    plural = "s" if count != 1 and severity != "info" else ""
    return f"{count} {severity}{plural}"


def _masters(folder: Path) -> Iterator[Path]:
    """The folder's own master, or those of all folders below; a PO file stands for itself."""
    if folder.is_file():
        yield folder
        return
    own = folder / f"{folder.resolve().name}.po"
    below = (
        [own]
        if own.is_file()
        else sorted(path for path in folder.rglob("*.po") if path.stem == path.parent.name)
    )
    if not below:
        what = (
            "holds no translated document (NAME/NAME.po)" if folder.is_dir() else "no such folder"
        )
        raise FormatError(f"{what}; translate a text first, or check the name", path=str(folder))
    yield from below


def _findings(
    path: Path, termbase: "Termbase", matcher: "Matcher", wanted: AbstractSet[str]
) -> list[_Found]:
    """What these checks find in one document, without what its flags switch off: errors first, then in order."""
    from translate.checks import check_document
    from translate.constraints import constrain
    from translate.judge import judge
    from translate.master import Master
    from translate.unlisted import CHECK, unlisted

    document = Master(path).read()
    together = check_document(document.units)
    names = unlisted(document, termbase, matcher) if CHECK in wanted else {}
    out = []
    for unit in document.units:
        constraints = constrain(matcher.match(unit.segment.source))
        _, own = judge(constraints, unit.segment.source, unit.target)
        findings = (*own, *together.get(unit.segment.id, ()), *names.get(unit.segment.id, ()))
        for finding in replace(unit, findings=findings).shown:
            if finding.check in wanted:
                out.append(_Found(document.name, unit, finding))
    order = ("error", "warning", "info")
    return sorted(out, key=lambda one: order.index(one.finding.severity))


def _text(one: _Found) -> str:
    finding, unit = one.finding, one.unit
    where = f"{_line(one.document)} {_line(unit.segment.id)}"
    lines = [f"{where}: {finding.severity}: {finding.check}: {_line(finding.message)}"]
    for span, text in (
        (finding.source_span, unit.segment.source),
        (finding.target_span, unit.target),
    ):
        if span:
            lines.append(f"    {_context(text, span.start, span.end)}")
    if not (finding.source_span or finding.target_span):
        lines.append(f"    {_context(unit.target or unit.segment.source, 0, 0)}")
    return "\n".join(lines)


def _context(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    inside = text[start:end]
    marked = (
        f"{text[first:start]}[{inside}]{text[end:last]}" if inside else text[first : last + _AROUND]
    )
    more = "…" if (last if inside else last + _AROUND) < len(text) else ""
    return ("…" if first else "") + _line(marked) + more


def _line(text: str) -> str:
    """As one line, without what a terminal would obey."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _object(one: _Found) -> dict[str, object]:
    finding = one.finding
    source, target = finding.source_span, finding.target_span
    return {
        "document": one.document,
        "segment": one.unit.segment.id,
        "check": finding.check,
        "severity": finding.severity,
        "message": finding.message,
        "source_span": [source.start, source.end] if source else None,
        "target_span": [target.start, target.end] if target else None,
    }
