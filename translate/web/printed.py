"""Rows as they are printed, kept from one answer to the next, and the fragment that says what changed.

Every change answers with the same fragment as the poll: whatever changed since the revision that the page
knows, whoever changed it. So one piece of script takes in all changes, and no order of answers loses one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from weakref import WeakKeyDictionary

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from translate.errors import ConfigError
from translate.review import Changes, Review
from translate.types import Document, Finding, TranslationUnit
from translate.web.render import macros, page
from translate.web.rows import Tally, counts, row
from translate.workspace import Workspace

_LEAF = 24  # rows


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed for a unit, the `number`th of `total`, and for what is found between it and others."""

    unit: TranslationUnit
    together: tuple[Finding, ...]
    number: int
    total: int
    html: Markup
    tally: Tally


@dataclass(slots=True)
class Leaf:
    """Whole paragraphs that the browser lays out together: each its number and its rows."""

    paragraphs: list[tuple[int, list[Markup]]] = field(default_factory=list)
    rows: int = 0

    @property
    def is_long(self) -> bool:
        """Whether one paragraph has more rows than should be laid out together."""
        return self.rows > 2 * _LEAF


# Of each open document, by id; printed again only when the unit is another one.
_printed: WeakKeyDictionary[Review, dict[str, Printed]] = WeakKeyDictionary()


def workspace_of(request: Request) -> Workspace:
    """What the server works on."""
    workspace: Workspace = request.app.state.workspace
    return workspace


def review_of(request: Request) -> Review:
    """The document that the address names."""
    return workspace_of(request).open(request.path_params["name"])


def printed(review: Review, document: Document) -> list[Printed]:
    """All rows of a document, in order."""
    before = _printed.get(review, {})
    total = len(document.units)
    rows: dict[str, Printed] = {}
    for number, unit in enumerate(document.units, 1):
        kept = before.get(unit.segment.id)
        together = review.together(unit.segment.id)
        wanted = (together, number, total)
        if (
            kept is None
            or kept.unit is not unit
            or (kept.together, kept.number, kept.total) != wanted
        ):
            shown = row(unit, number, total, together)
            html = macros("review/row.html.j2").row(shown)
            kept = Printed(unit, together, number, total, html, shown.tally)
        rows[unit.segment.id] = kept
    _printed[review] = rows
    return list(rows.values())


def leaves(rows: Iterable[Printed]) -> list[Leaf]:
    """All rows, cut between paragraphs."""
    made: list[Leaf] = []
    for paragraph, group in groupby(rows, lambda one: one.unit.segment.paragraph):
        html = [one.html for one in group]
        if not made or made[-1].rows + len(html) > _LEAF:
            made.append(Leaf())
        made[-1].paragraphs.append((paragraph, html))
        made[-1].rows += len(html)
    return made


def update(
    request: Request,
    review: Review,
    changed: Changes,
    *,
    said: str = "",
    also: Iterable[TranslationUnit] = (),
    status: int = 200,
) -> Response:
    """The fragment with what changed. `said`: for the person who asked; `also`: rows in any case."""
    document = review.document
    rows = printed(review, document)
    wanted = {unit.segment.id for unit in (*changed.units, *also)}
    order = [(unit.segment.id, unit.segment.paragraph) for unit in document.units]
    return page(
        request,
        "review/update.html.j2",
        status=status,
        revision=changed.revision,
        rows=[one.html for one in rows if one.unit.segment.id in wanted],
        counts=counts(one.tally for one in rows),
        order=order if changed.structure else None,
        said=said,
        messages=changed.messages,
        undoable=review.undoable,
        wants_names=review.wants_names,
    )


def number_in(values: Mapping[str, object], name: str) -> int:
    """A number that the page sent."""
    value = values.get(name, "")
    if not isinstance(value, str):
        value = ""
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise ConfigError(f"{name}={value[:40]!r} is not a number; load the page again")
    return int(value)


def text_in(form: FormData, name: str) -> str:
    """A text that the page sent."""
    value = form.get(name)
    if not isinstance(value, str):
        raise ConfigError(f"the field {name!r} is missing; load the page again")
    return value
