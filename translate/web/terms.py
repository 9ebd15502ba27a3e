"""The glossary in the browser: a table of terms, the dialog of one term, what a change would do, and doing it.

The PO files are the truth. Every answer looks at them anew; a page asks every few seconds whether they changed, and
a change says which version of the entry the person saw.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from glossary.arabic import fold_text
from glossary.edit import Edit, plan
from glossary.errors import GlossaryError
from glossary.lint import LintFinding, doubts
from glossary.match import Matcher, tokens
from glossary.termbase import add, shipped_paths
from glossary.types import FLAGS, KINDS, STATUSES, Span, Term, TermStatus
from translate.difference import Piece, difference
from translate.proposal import Proposal, Side, propose, without_clitics
from translate.review import Review
from translate.types import TranslationUnit
from translate.web.effects import Run, Runs, Touched
from translate.web.printed import workspace_of
from translate.web.render import in_url, is_fragment, page
from translate.workspace import Glossary, Workspace

PAGE = 100  # rows of the table at once
SHOWN_USES = 12  # links to segments in a row
_FAST = 0.3  # seconds that an answer waits for a small effect, which then comes whole

Status = Literal["approved", "proposed", "retired", "replaced"]
_STATUSES: tuple[Status, ...] = (*STATUSES, "replaced")
_INTENTS = {"approve": "approved", "propose": "proposed", "retire": "retired"}
_LISTS = {"variants": "variant", "forbidden": "avoid", "source_variants": "ar"}


@dataclass(frozen=True, slots=True)
class _Use:
    """An occurrence's segment, to link to."""

    id: str
    number: int
    status: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A term as the table shows it."""

    term: Term
    status: Status
    file: str
    writable: bool
    query: str  # which entry, for addresses
    uses: tuple[_Use, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A term, ready to be searched."""

    term: Term
    status: Status
    words: str  # folded: source and target, an empty line, others


@dataclass(frozen=True, slots=True)
class _Filter:
    """What the table is asked for."""

    words: tuple[str, ...]
    kind: str
    status: str
    here: bool
    own: bool

    @classmethod
    def of(cls, query: QueryParams) -> "_Filter":
        kind, status = query.get("kind", ""), query.get("status", "")
        return cls(
            words=tuple(fold_text(query.get("q", "")).split()),
            kind=kind if kind in KINDS else "",
            status=status if status in _STATUSES else "",
            here=query.get("here") == "on",
            own=query.get("own") == "on",
        )


def _runs(request: Request) -> Runs:
    state = request.app.state
    if not hasattr(state, "term_runs"):
        state.term_runs = Runs(workspace_of(request))
    runs: Runs = state.term_runs
    return runs


def _review(request: Request) -> Review | None:
    """The document within which the page is, if it is in one."""
    name = request.path_params.get("name")
    return None if name is None else workspace_of(request).open(name)


def _base(request: Request) -> dict[str, Any]:
    """What every template of these pages needs."""
    name = request.path_params.get("name")
    at = f"/d/{in_url(name)}" if name else ""
    return {"name": name, "at": at}


def _writable(workspace: Workspace) -> list[Path]:
    """The termbases that a page may write: one's own, and others that don't come with Dragoman."""
    shipped = set(shipped_paths())
    others = [p for p in workspace.termbases if p not in shipped and p != workspace.own]
    return [workspace.own, *others]


def _version(term: Term) -> str:
    """A short hash of what an entry says; where it stands doesn't count."""
    said = asdict(replace(term, path="", line=0))
    said["flags"] = sorted(term.flags)
    text = json.dumps(said, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _state(workspace: Workspace) -> str:
    """Changes whenever a termbase file does."""
    digest = hashlib.sha256()
    for path in workspace.termbases:
        try:
            found = path.stat()
            digest.update(f"{path} {found.st_mtime_ns} {found.st_size} {found.st_ino}\n".encode())
        except OSError:
            digest.update(f"{path} -\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


# The table

_listed: dict[int, tuple[Glossary, list[_Listed]]] = {}  # the last glossary that was listed


def _list(glossary: Glossary) -> list[_Listed]:
    kept = _listed.get(0)
    if kept is None or kept[0] is not glossary:
        terms = [_ready(term, term.status) for term in glossary.termbase.terms]
        terms += [_ready(term, "replaced") for term in glossary.termbase.masked]
        kept = _listed[0] = (glossary, terms)
    return kept[1]


def _ready(term: Term, status: Status) -> _Listed:
    others = (*term.variants, *term.source_variants, term.context)
    words = f"{term.source}\n{term.target}\n\n" + "\n".join(others)
    return _Listed(term, status, fold_text(words))


_Uses = dict[str, list[_Use]]
_counted: WeakKeyDictionary[Review, tuple[object, _Uses]] = WeakKeyDictionary()


def _uses(review: Review | None) -> _Uses:
    """Where a document's source has each term, by the term's id."""
    if review is None:
        return {}
    units = review.document.units
    kept = _counted.get(review)
    if kept is None or kept[0] is not units:
        found: _Uses = {}
        for number, unit in enumerate(units, 1):
            for verdict in unit.verdicts:
                use = _Use(unit.segment.id, number, verdict.status)
                found.setdefault(verdict.constraint.match.term.id, []).append(use)
        kept = _counted[review] = (units, found)
    return kept[1]


def _fits(one: _Listed, wanted: _Filter, uses: _Uses, own: set[str]) -> bool:
    term = one.term
    if wanted.status:
        if one.status != wanted.status:
            return False
    elif one.status == "replaced":
        return False
    return (
        all(word in one.words for word in wanted.words)
        and wanted.kind in ("", term.kind)
        and (not wanted.here or (term.id in uses and one.status == "approved"))
        and (not wanted.own or term.path in own)
    )


def _rank(one: _Listed, wanted: _Filter) -> int:
    """Of what was searched: the very words first, then beginnings."""
    whole = " ".join(wanted.words)
    cited, *others = one.words.split("\n\n")
    if whole in cited.split("\n"):
        return 0
    parts = "\n".join((cited, *others)).split("\n")
    return 1 if whole in parts else 2 if any(p.startswith(whole) for p in parts) else 3


def _row(one: _Listed, uses: _Uses, workspace: Workspace, writable: Sequence[Path]) -> _Row:
    term, path = one.term, Path(one.term.path)
    entry = {"path": term.path, "source": term.source, "context": term.context}
    return _Row(
        term=term,
        status=one.status,
        file="own" if path == workspace.own else path.stem,
        writable=path in writable,
        query=urlencode(entry, errors="replace"),
        uses=tuple(uses.get(term.id, ())) if one.status == "approved" else (),
    )


def table(request: Request) -> Response:
    """The page of terms, or its table alone for a script."""
    workspace, review = workspace_of(request), _review(request)
    glossary, state = workspace.glossary(), _state(workspace)
    uses, wanted = _uses(review), _Filter.of(request.query_params)
    writable = _writable(workspace)
    own = {str(path) for path in writable}
    listed = _list(glossary)
    found = [one for one in listed if _fits(one, wanted, uses, own)]
    if wanted.words:
        found.sort(key=lambda one: _rank(one, wanted))
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(_number(request.query_params, "page"), 1), pages)
    shown = found[(number - 1) * PAGE : number * PAGE]
    query = {key: value for key, value in request.query_params.items() if key != "page"}
    return page(
        request,
        "terms/table.html.j2" if is_fragment(request) else "terms/page.html.j2",
        **_base(request),
        rows=[_row(one, uses, workspace, writable) for one in shown],
        found=len(found),
        total=len(glossary.termbase.terms),
        number=number,
        pages=pages,
        query=urlencode(query, errors="replace"),
        asked=request.query_params,
        kinds=KINDS,
        statuses=_STATUSES,
        limit=SHOWN_USES,
        own=workspace.own,
        error=glossary.error,
        state=state,
    )


def changes(request: Request) -> Response:
    """Whether termbases changed since the page's state, and what became of the entry that is being edited."""
    workspace, query = workspace_of(request), request.query_params
    glossary = workspace.glossary()
    entry = ""
    if query.get("version"):
        now = _entry(glossary, query)
        entry = (
            "gone" if now is None else "same" if _version(now) == query["version"] else "changed"
        )
    return JSONResponse({"state": _state(workspace), "error": glossary.error, "entry": entry})


def _entry(glossary: Glossary, at: QueryParams | FormData) -> Term | None:
    """The entry that an address or form names by file, context and source."""
    key = tuple(_text(at, name) for name in ("path", "context", "source"))
    everything = (*glossary.termbase.terms, *glossary.termbase.masked)
    return next((t for t in everything if (t.path, t.context, t.source) == key), None)


def _was(glossary: Glossary, form: FormData) -> Term | None:
    key = tuple(_text(form, f"was_{name}") for name in ("path", "context", "source"))
    everything = (*glossary.termbase.terms, *glossary.termbase.masked)
    return next((t for t in everything if (t.path, t.context, t.source) == key), None)


# The dialog of one term


def new(request: Request) -> Response:
    """The dialog for a new term: from a selection in a segment, or from what the address says.

    Words that are agreed already open their entry: a second one would lose its variants and its note.
    """
    workspace, review, query = workspace_of(request), _review(request), request.query_params
    if review is not None and query.get("segment"):
        unit = review.unit(query["segment"])
        proposal = _proposed(workspace, review, unit, query)
        if (was := _agreed(workspace.glossary(), unit, proposal)) is not None:
            rendered = {verdict.span for verdict in unit.verdicts}
            other = query.get("side") == "target" and proposal.target_span not in rendered
            return _dialog(request, replace(was, target=proposal.target) if other else was, was)
    else:
        kind = query.get("kind", "")
        proposal = Proposal(
            source=query.get("source", ""),
            target=query.get("target", ""),
            kind=kind if kind in KINDS else "term",
        )
    term = Term(source=proposal.source, target=proposal.target, kind=proposal.kind)
    return _dialog(request, term, None, sources=proposal.sources)


def _agreed(glossary: Glossary, unit: TranslationUnit, proposal: Proposal) -> Term | None:
    """The approved term that is selected, whole."""
    found = (
        m.term
        for m in glossary.matcher.match(unit.segment.source)
        if m.span == proposal.source_span
    )
    return next(found, None)


def _proposed(
    workspace: Workspace, review: Review, unit: TranslationUnit, query: QueryParams
) -> Proposal:
    side: Side = "target" if query.get("side") == "target" else "source"
    text = unit.segment.source if side == "source" else unit.target
    start = min(_number(query, "start"), len(text))
    end = min(max(_number(query, "end"), start), len(text))
    span = Span(start, end if end > start else min(start + 1, len(text)))
    alignment = unit.alignment
    if alignment is None and unit.target:
        try:
            alignment = workspace.aligned(review, unit.segment.id)
        except Exception:  # without a model a person fills in the other side
            alignment = None
    return propose(unit, side, span, alignment=alignment, vocabulary=_vocabulary(review))


def _vocabulary(review: Review | None) -> frozenset[str]:
    units = review.document.units if review else ()
    return frozenset(fold_text(word[0]) for unit in units for word in tokens(unit.segment.source))


def edit(request: Request) -> Response:
    """The dialog of an entry; `intent` approves, proposes, retires or deletes it, `only` is the one English to accept."""
    glossary = workspace_of(request).glossary()
    was = _entry(glossary, request.query_params)
    if was is None:
        raise HTTPException(404, "This entry is no longer there: it was deleted or renamed.")
    intent = request.query_params.get("intent", "")
    term = replace(was, status=cast(TermStatus, _INTENTS.get(intent, was.status)))
    if only := request.query_params.get("only", ""):
        term = replace(term, target=only, variants=())
    return _dialog(request, term, was, intent=intent)


def _dialog(
    request: Request,
    term: Term,
    was: Term | None,
    *,
    sources: Sequence[str] = (),
    intent: str = "",
) -> Response:
    workspace, review = workspace_of(request), _review(request)
    writable = _writable(workspace)
    target = Path(was.path) if was and Path(was.path) in writable else workspace.own
    return page(
        request,
        "terms/dialog.html.j2",
        **_base(request),
        term=term,
        was=was,
        version=_version(was) if was else "",
        sources=sources,
        intent=intent,
        copied=was is not None and Path(was.path) not in writable,
        file=target,
        files=writable,
        own=workspace.own,
        kinds=KINDS,
        statuses=STATUSES,
        flags=FLAGS,
        lists=_LISTS,
        state=_state(workspace),
        checks=_checks(workspace, review, term, was),
    )


@dataclass(frozen=True, slots=True)
class _Checks:
    """What is said about a term while it is being typed."""

    findings: tuple[LintFinding, ...]
    bare: str  # the source without what looks like a clitic
    found: int | None  # occurrences in this document; None outside of one
    printed: tuple[str, ...]  # how they are printed


def _checks(
    workspace: Workspace, review: Review | None, term: Term, was: Term | None
) -> _Checks | None:
    if not term.source.strip():
        return None
    glossary, files = workspace.glossary(), _writable(workspace)
    path = was.path if was and Path(was.path) in files else term.path or str(workspace.own)
    copied = was if was and path != was.path else None
    placed = replace(term, path=path)
    findings = doubts(placed, glossary.termbase, was=was if copied is None else None)
    if copied:  # that it stands in for the entry that it is a copy of is no news
        same = (copied.path, copied.line)
        findings = [f for f in findings if (f.path, f.line) != same or f.rule != "stands-in"]
    bare = without_clitics(term.source, _vocabulary(review)) if was is None else term.source
    found: int | None = None
    printed: tuple[str, ...] = ()
    if review is not None:
        alone = Matcher([replace(term, status="approved")])
        units = review.document.units
        matches = [m for u in units for m in alone.match_all(u.segment.source)]
        found, printed = len(matches), tuple(dict.fromkeys(m.surface for m in matches))
    order = {"error": 0, "warning": 1, "info": 2}
    return _Checks(
        findings=tuple(sorted(findings, key=lambda f: order[f.severity])),
        bare=bare if bare != term.source else "",
        found=found,
        printed=printed[:6],
    )


async def check(request: Request) -> Response:
    """What is to be said about the term that stands in the form."""
    form = await request.form()

    def checked() -> Response:
        workspace = workspace_of(request)
        checks = _checks(workspace, _review(request), _term(form), _was(workspace.glossary(), form))
        return page(request, "terms/checks.html.j2", **_base(request), checks=checks)

    return await run_in_threadpool(checked)


# What a change does


def _term(form: FormData) -> Term:
    """The term that stands in the form; spaces at the edges of values are nobody's wish."""
    kind, status = _text(form, "kind"), _text(form, "status")
    flags = form.getlist("flags")
    return Term(
        source=_line(form, "source"),
        target=_line(form, "target"),
        kind=kind if kind in KINDS else "term",
        context=_line(form, "context"),
        variants=tuple(v for v in _values(form, "variants") if v != _line(form, "target")),
        forbidden=_values(form, "forbidden"),
        source_variants=_values(form, "source_variants"),
        plural=_line(form, "plural"),
        status=status if status in STATUSES else "approved",
        flags=frozenset(flag for flag in FLAGS if flag in flags),
        cite=_line(form, "cite"),
        note="\n".join(line.rstrip() for line in _text(form, "note").strip().splitlines()),
        path=_text(form, "file"),
    )


def _text(form: FormData | QueryParams, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _line(form: FormData, name: str) -> str:
    return " ".join(_text(form, name).split())


def _values(form: FormData, name: str) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in _text(form, name).splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def _number(query: FormData | QueryParams, name: str) -> int:
    text = _text(query, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class _Stale(Exception):
    """The entry is another one than the person saw."""

    def __init__(self, now: Term | None) -> None:
        super().__init__("edited meanwhile")
        self.now = now


def _edits(workspace: Workspace, form: FormData) -> tuple[Edit, ...]:
    """What the form asks for. _Stale if the entry was changed since the dialog opened."""
    glossary = workspace.glossary()
    was: Term | None = None
    term: Term | None = _term(form)
    if _text(form, "version"):
        was = _was(glossary, form)
        if was is None or _version(was) != _text(form, "version"):
            raise _Stale(was)
    if _text(form, "intent") == "delete":
        term = None
    elif not (term and term.source and term.target):
        raise GlossaryError("Write the Arabic and the English: a term needs both.")
    return plan(glossary.termbase, term, was=was, own=workspace.own, writable=_writable(workspace))


def _stale(request: Request, form: FormData, now: Term | None) -> Response:
    was = replace(_term(form), source=_text(form, "was_source"))
    return page(
        request,
        "terms/stale.html.j2",
        status=409,
        **_base(request),
        now=now,
        was=was,
        version=_version(now) if now else "",
        query=urlencode(
            {"path": now.path, "source": now.source, "context": now.context}, errors="replace"
        )
        if now
        else "",
    )


async def effects(request: Request) -> Response:
    """Begin to look what the change in the form would do."""
    form = await request.form()

    def begun() -> Response:
        try:
            edits = _edits(workspace_of(request), form)
        except _Stale as stale:
            return _stale(request, form, stale.now)
        except GlossaryError as error:
            return _problem(request, str(error))
        name = request.path_params.get("name")
        run = _runs(request).start(edits, name, instead=_text(form, "run"))
        run.wait(_FAST)
        return _progress(request, run)

    return await run_in_threadpool(begun)


def _problem(request: Request, message: str) -> Response:
    return page(request, "terms/problem.html.j2", status=422, message=message)


def look(request: Request) -> Response:
    """How far a change has come."""
    run = _runs(request).get(request.path_params["run"])
    if run is None:
        raise HTTPException(404, "This was too long ago; look at the effect again.")
    run.wait(_FAST)
    return _progress(request, run)


def _progress(request: Request, run: Run) -> Response:
    return page(
        request,
        "terms/effect.html.j2",
        **_base(request),
        run=run,
        finished=run.finished,
        shown=[(touched, list(_shown(touched))) for touched in run.documents],
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A segment as the effect shows it."""

    id: str
    group: str
    source: tuple[tuple[bool, str], ...]  # pieces: whether it is about them, text
    before: tuple[Piece, ...]
    after: tuple[Piece, ...] | None  # None: not translated yet
    wishes: tuple[tuple[str, str, str], ...]  # printed words, what was wanted, what is wanted
    verdicts: tuple[tuple[str, str], ...]  # status, English wanted


def _shown(touched: Touched) -> Sequence[_Shown]:
    out = []
    for group in ("anew", "stay", "kept"):
        for one in getattr(touched.effect, group):
            unit = one.unit
            new = touched.tried.get(unit.segment.id)
            if group == "anew" and new is None:
                continue
            pieces = difference(unit.target, new.target) if new else ()
            wanted = {change.after for change in one.changes if change.after}
            judged = new.verdicts if new else one.verdicts
            spans = {c.match.span for c in wanted}
            out.append(
                _Shown(
                    id=unit.segment.id,
                    group=group,
                    source=_marked(unit.segment.source, [c.span for c in one.changes]),
                    before=tuple(p for p in pieces if p.kind != "inserted")
                    or (Piece("same", unit.target),),
                    after=tuple(p for p in pieces if p.kind != "deleted") if new else None,
                    wishes=tuple(
                        (
                            change.span.of(unit.segment.source),
                            _wanted(change.before),
                            _wanted(change.after),
                        )
                        for change in one.changes
                    ),
                    verdicts=tuple(
                        (v.status, _wanted(v.constraint))
                        for v in judged
                        if v.constraint.match.span in spans
                    ),
                )
            )
    return out


def _marked(text: str, spans: Sequence[Span]) -> tuple[tuple[bool, str], ...]:
    """Pieces of the text: those of the spans, which may overlap, and those between."""
    edges = sorted({0, len(text), *(e for s in spans for e in (s.start, s.end))})
    parts = (Span(a, b) for a, b in pairwise(edges))
    return tuple((any(p.overlaps(s) for s in spans), p.of(text)) for p in parts)


def _wanted(constraint: Any) -> str:
    if constraint is None:
        return ""
    return constraint.forms[0] if constraint.forms else f"not {', '.join(constraint.forbidden)}"


async def save(request: Request) -> Response:
    """Make the change that was looked at: the termbase first, then the documents."""
    form = await request.form()

    def saved() -> Response:
        workspace, run = workspace_of(request), _runs(request).get(_text(form, "run"))
        try:
            edits = _edits(workspace, form)
            if run is None or run.edits != edits or run.state in ("saving", "saved"):
                return _problem(
                    request, "The term was changed after its effect was shown: look again."
                )
            run.save(everywhere=_text(form, "everywhere") == "on")
        except _Stale as stale:
            return _stale(request, form, stale.now)
        except GlossaryError as error:
            return _problem(request, str(error))
        except OSError as error:
            where = getattr(error, "filename", "") or workspace.own
            return _problem(request, f"{where}: can't be written: {error.strerror or error}")
        run.wait(_FAST)
        return _progress(request, run)

    return await run_in_threadpool(saved)


async def proposals(request: Request) -> Response:
    """Add the marked terms as proposed; they change nothing until someone approves them."""
    form = await request.form()

    def added() -> Response:
        workspace = workspace_of(request)
        done, refused = 0, []
        for marked in form.getlist("terms"):
            try:
                add(workspace.own, _marked_term(marked))
                done += 1
            except (ValueError, RecursionError):
                refused.append("not understood")
            except GlossaryError as error:
                refused.append(str(error))
        return page(
            request,
            "terms/added.html.j2",
            **_base(request),
            done=done,
            refused=refused,
            own=workspace.own,
        )

    return await run_in_threadpool(added)


def _marked_term(marked: object) -> Term:
    """A term as a list of the page sent it; ValueError if it is anything else."""
    said = json.loads(marked) if isinstance(marked, str) else None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise ValueError("no term")
    kind = said.get("kind", "term")
    return Term(
        source=" ".join(said.get("source", "").split()),
        target=" ".join(said.get("target", "").split()),
        kind=kind if kind in KINDS else "term",
        cite=" ".join(said.get("cite", "").split()),
        status="proposed",
    )


def _routes(at: str) -> list[BaseRoute]:
    return [
        Route(f"{at}/terms", table, methods=["GET"]),
        Route(f"{at}/terms/changes", changes, methods=["GET"]),
        Route(f"{at}/terms/new", new, methods=["GET"]),
        Route(f"{at}/terms/edit", edit, methods=["GET"]),
        Route(f"{at}/terms/check", check, methods=["POST"]),
        Route(f"{at}/terms/effect", effects, methods=["POST"]),
        Route(f"{at}/terms/effect/{{run}}", look, methods=["GET"]),
        Route(f"{at}/terms/save", save, methods=["POST"]),
        Route(f"{at}/terms/propose", proposals, methods=["POST"]),
    ]


ROUTES: list[BaseRoute] = [*_routes(""), *_routes("/d/{name}")]
