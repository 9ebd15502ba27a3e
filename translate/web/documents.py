"""The review page of a document, and what it asks about segments. What changes them is in `operations`."""

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from translate.difference import difference
from translate.formats import WRITERS
from translate.master import Master
from translate.search import Search
from translate.web import operations
from translate.web.guard import TOKEN
from translate.web.printed import (
    leaves,
    number_in,
    printed,
    review_of,
    text_in,
    update,
    workspace_of,
)
from translate.web.render import page
from translate.web.rows import counts, row

_ALTERNATIVES = 5


def review_page(request: Request) -> Response:
    """The document side by side."""
    review = review_of(request)
    revision = review.revision  # before the document: what comes between is told by the first poll
    document = review.document
    rows = printed(review, document)
    return page(
        request,
        "review/page.html.j2",
        name=review.name,
        revision=revision,
        leaves=leaves(rows),
        counts=counts(one.tally for one in rows),
        undoable=review.undoable,
        wants_names=review.wants_names,
        provenance=document.provenance,
        formats=list(WRITERS),
        original=Master(review.path).original(),
        has_memory=workspace_of(request).has_memory,
    )


def changes(request: Request) -> Response:
    """What changed since the revision that the page knows: nothing (204), or rows.

    A page of an earlier run (its token tells) knows revisions of that run: 403, it has to be loaded again.
    """
    if request.headers.get(TOKEN) != request.app.state.token:
        return PlainTextResponse("This page is from an earlier run; load it again.", 403)
    review, since = review_of(request), number_in(request.query_params, "since")
    changed = review.changed(since)
    if changed.revision == since:
        return Response(status_code=204)
    return update(request, review, changed)


def names(request: Request) -> Response:
    """Look for names that no term covers; what is found is told by the next poll."""
    workspace_of(request).look_for_names(review_of(request))
    return Response(status_code=204)


async def judge(request: Request) -> Response:
    """The margin of a segment as if its English were what is being typed; nothing is saved."""
    form = await request.form()

    def judged() -> Response:
        review, id = review_of(request), request.path_params["id"]
        unit = review.judged(id, text_in(form, "target"))
        return page(request, "review/margin.html.j2", row=row(unit, 0, 0, review.together(id)))

    return await run_in_threadpool(judged)


async def alignment(request: Request) -> Response:
    """Which words of what stands in the box belong to which of the Arabic."""
    form = await request.form()

    def aligned() -> Response:
        target, id = text_in(form, "target"), request.path_params["id"]
        found = workspace_of(request).aligned(review_of(request), id, target)
        words = [] if found is None else [found.source_words, found.target_words]
        return JSONResponse(
            {
                "words": [[(span.start, span.end) for span in side] for side in words],
                "links": found.links if found else (),
            }
        )

    return await run_in_threadpool(aligned)


def alternatives(request: Request) -> Response:
    """Other translations of the segment, best first, each with its verdicts."""
    review, id = review_of(request), request.path_params["id"]
    now = review.unit(id)
    others = workspace_of(request).alternatives(review, id, _ALTERNATIVES)
    shown = [
        (row(replace(unit, ignored=now.ignored), 0, 0), difference(now.target, unit.target))
        for unit in others
    ]
    return page(request, "review/alternatives.html.j2", shown=shown, now=now.target)


def memory(request: Request) -> Response:
    """What the memory has for the segment and for ones like it, best first."""
    review, id = review_of(request), request.path_params["id"]
    now = review.unit(id).target
    matches = workspace_of(request).recalled(review, id)
    return page(request, "review/memory.html.j2", matches=matches, now=now)


def diff(request: Request) -> Response:
    """What the person made of the machine's text."""
    unit = review_of(request).unit(request.path_params["id"])
    changes = difference(unit.machine, unit.target) if unit.machine else None
    return page(request, "review/diff.html.j2", unit=unit, changes=changes)


def find(request: Request) -> Response:
    """Segments that have the text on either side, and where, for the search box."""
    review, text = review_of(request), request.query_params.get("q", "")
    searches = (Search(source=text), Search(target=text)) if text.strip() else ()
    found: dict[str, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
    for hit in (hit for search in searches for hit in review.find(search)):
        sides = found.setdefault(hit.id, ([], []))
        for side, spans in zip(sides, (hit.source_spans, hit.target_spans), strict=True):
            side.extend((span.start, span.end) for span in spans)
    return JSONResponse(found)


ROUTES: list[BaseRoute] = [
    Route("/d/{name}", review_page),
    Route("/d/{name}/changes", changes),
    Route("/d/{name}/find", find),
    Route("/d/{name}/names", names),
    Route("/d/{name}/s/{id}/judge", judge, methods=["POST"]),
    Route("/d/{name}/s/{id}/alignment", alignment, methods=["POST"]),
    Route("/d/{name}/s/{id}/alternatives", alternatives),
    Route("/d/{name}/s/{id}/memory", memory),
    Route("/d/{name}/s/{id}/diff", diff),
    *operations.ROUTES,
]
