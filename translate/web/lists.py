"""Lists to make terms of: what a document names and the termbase lacks, and what is rendered in several ways."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from glossary.types import Span, Term
from translate.consistency import Inconsistency, inconsistencies
from translate.suggest import Suggestion, suggest
from translate.types import Document, TranslationUnit
from translate.web.printed import workspace_of
from translate.web.render import in_url, page
from translate.workspace import Glossary

_CONTEXTS = 4  # shown of one name
_PLACES = 3  # shown of one rendering
_COMPUTED = 16  # lists kept

_Pieces = tuple[tuple[bool, str], ...]  # marked or not, text


@dataclass(frozen=True, slots=True)
class _Context:
    """A segment with what it is about marked on both sides."""

    document: str
    id: str
    number: int
    source: _Pieces
    target: _Pieces


@dataclass(frozen=True, slots=True)
class _Suggested:
    """A suggestion as the page shows it. `new` is the query of the dialog, `term` what is proposed."""

    said: Suggestion
    contexts: tuple[_Context, ...]
    new: str
    term: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Way:
    """One rendering, how often, where, and the query of the dialog that makes it the agreed one."""

    text: str
    count: int
    accepted: bool
    contexts: tuple[_Context, ...]
    new: str


@dataclass(frozen=True, slots=True)
class _Divided:
    """A source that is rendered in several ways."""

    said: Inconsistency
    ways: tuple[_Way, ...]
    edit: str  # query of the dialog of its term
    term: Mapping[str, str]


_computed: dict[tuple[Any, ...], tuple[tuple[object, ...], Any]] = {}


def _once(key: tuple[Any, ...], of: tuple[object, ...], compute: Any) -> Any:
    """What was computed of these very objects, or computed now."""
    kept = _computed.get(key)
    if kept is None or len(kept[0]) != len(of) or any(a is not b for a, b in zip(kept[0], of)):  # noqa: B905
        _computed.pop(key, None)
        for old in list(_computed)[: -_COMPUTED + 1]:
            _computed.pop(old, None)
        kept = _computed[key] = (of, compute())
    return kept[1]


def suggestions(request: Request) -> Response:
    """Names and terms of a document that the termbase lacks."""
    workspace = workspace_of(request)
    name = request.path_params["name"]
    document, glossary = workspace.open(name).document, workspace.glossary()

    def computed() -> list[_Suggested]:
        found = suggest(document, glossary.termbase, glossary.matcher)
        units = _numbered([(name, document)])
        return [_suggested(one, name, units) for one in found]

    shown = _once(("suggestions", name), (document.units, glossary.matcher), computed)
    return _listed(request, "terms/suggestions.html.j2", glossary, shown)


def consistency(request: Request) -> Response:
    """What is rendered in several ways, in a document or in all of them."""
    workspace = workspace_of(request)
    name, everywhere = request.path_params["name"], request.query_params.get("all") == "on"
    names = [name]
    if everywhere:
        names += [e.name for e in workspace.documents() if not e.error and e.name != name]
    documents = [(one, workspace.open(one).document) for one in names]
    glossary = workspace.glossary()

    def computed() -> list[_Divided]:
        found = inconsistencies([document for _, document in documents], glossary.matcher)
        units = _numbered(documents)
        return [_divided(one, units) for one in found]

    of = (*(document.units for _, document in documents), glossary.matcher)
    shown = _once(("consistency", name, everywhere), of, computed)
    return _listed(request, "terms/consistency.html.j2", glossary, shown, everywhere=everywhere)


def _listed(
    request: Request, template: str, glossary: Glossary, shown: Sequence[Any], **more: Any
) -> Response:
    name = request.path_params["name"]
    return page(
        request,
        template,
        name=name,
        at=f"/d/{in_url(name)}",
        shown=shown,
        error=glossary.error,
        contexts=_CONTEXTS,
        **more,
    )


_Units = Mapping[tuple[str, str], tuple[int, TranslationUnit]]


def _numbered(documents: Iterable[tuple[str, Document]]) -> _Units:
    return {
        (name, unit.segment.id): (number, unit)
        for name, document in documents
        for number, unit in enumerate(document.units, 1)
    }


def _suggested(one: Suggestion, name: str, units: _Units) -> _Suggested:
    contexts = [
        _context(units, name, m.segment_id, m.span, m.target_span)
        for m in one.mentions[:_CONTEXTS]
        if (name, m.segment_id) in units
    ]
    term = {"source": one.source, "target": one.target, "kind": one.kind}
    return _Suggested(one, tuple(contexts), urlencode(term, errors="replace"), term)


def _divided(one: Inconsistency, units: _Units) -> _Divided:
    ways = []
    for rendering in one.renderings:
        contexts = [
            _context(units, p.document, p.segment_id, p.source_span, p.target_span)
            for p in rendering.places[:_PLACES]
            if (p.document, p.segment_id) in units
        ]
        term = {"source": one.source, "target": rendering.text, "kind": one.kind}
        new = urlencode(term, errors="replace")
        count = len(rendering.places)
        ways.append(_Way(rendering.text, count, rendering.accepted, tuple(contexts), new))
    best = one.renderings[0].text
    term = {"source": one.source, "target": best, "kind": one.kind}
    return _Divided(one, tuple(ways), _entry(one.term) if one.term else "", term)


def _entry(term: Term) -> str:
    at = {"path": term.path, "source": term.source, "context": term.context}
    return urlencode(at, errors="replace")


def _context(
    units: _Units, document: str, id: str, source: Span | None, target: Span | None
) -> _Context:
    number, unit = units[document, id]
    return _Context(
        document, id, number, _marked(unit.segment.source, source), _marked(unit.target, target)
    )


def _marked(text: str, span: Span | None) -> _Pieces:
    if span is None:
        return ((False, text),)
    pieces = (
        (False, text[: span.start]),
        (True, text[span.start : span.end]),
        (False, text[span.end :]),
    )
    return tuple(piece for piece in pieces if piece[1])


ROUTES: list[BaseRoute] = [
    Route("/d/{name}/suggestions", suggestions, methods=["GET"]),
    Route("/d/{name}/consistency", consistency, methods=["GET"]),
]
