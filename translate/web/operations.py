"""What a person does to a document: one operation on a segment, replacing in many, undo.

A form in, one call of Review, and what changed out.
"""

from collections.abc import Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from translate.difference import difference
from translate.errors import ConfigError, Conflict
from translate.review import Review
from translate.search import Hit, Search, replaced
from translate.types import TranslationUnit
from translate.web.printed import number_in, review_of, text_in, update
from translate.web.render import page
from translate.web.rows import tally

_FIRST_HITS = 200  # as many rows of a preview as a person reads


def _edit(review: Review, id: str, form: FormData) -> str:
    review.edit(id, text_in(form, "target"), base=text_in(form, "base"))
    return ""


def _approve(review: Review, id: str, form: FormData) -> str:
    target = text_in(form, "target") if "target" in form else None
    shown = tally(review.approve(id, base=text_in(form, "base"), target=target))
    terms = f": {shown.agreed} of {shown.occurrences} terms agreed" if shown.occurrences else ""
    return f"approved{terms}"


def _reopen(review: Review, id: str, form: FormData) -> str:
    review.reopen(id, base=text_in(form, "base"))
    return "reopened"


def _comment(review: Review, id: str, form: FormData) -> str:
    note = text_in(form, "note")
    review.comment(id, note, base=text_in(form, "base"))
    return "note saved" if note.strip() else "note removed"


def _split(review: Review, id: str, form: FormData) -> str:
    target_at = number_in(form, "target_at") if "target_at" in form else None
    review.split(id, number_in(form, "at"), base=text_in(form, "base"), target_at=target_at)
    return "split in two"


def _join(review: Review, id: str, form: FormData) -> str:
    review.join(id, base=text_in(form, "base"))
    return "joined with the next"


def _ignore(review: Review, id: str, form: FormData) -> str:
    check = text_in(form, "check")
    review.ignore(id, check, base=text_in(form, "base"))
    return f"ignored here: {check}"


def _heed(review: Review, id: str, form: FormData) -> str:
    check = text_in(form, "check")
    review.heed(id, check, base=text_in(form, "base"))
    return f"no longer ignored: {check}"


def _decide(review: Review, id: str, form: FormData) -> str:
    take = text_in(form, "take")
    if take == "mine":
        review.decide(id, take="mine")
    elif take == "elsewhere":
        review.decide(id, take="elsewhere")
    else:
        raise ConfigError(f"take={take[:40]!r} is neither 'mine' nor 'elsewhere'")
    return "decided"


# Each returns the words for what it did.
_OPERATIONS: dict[str, Callable[[Review, str, FormData], str]] = {
    "edit": _edit,
    "approve": _approve,
    "reopen": _reopen,
    "comment": _comment,
    "split": _split,
    "join": _join,
    "ignore": _ignore,
    "heed": _heed,
    "decide": _decide,
}


async def change(request: Request) -> Response:
    """One operation on a segment. 409: someone else changed it meanwhile; the answer has their version."""
    return await run_in_threadpool(partial(_change, request, await request.form()))


def _change(request: Request, form: FormData) -> Response:
    review, id = review_of(request), request.path_params["id"]
    since = number_in(form, "since")
    try:
        said = _OPERATIONS[request.url.path.rpartition("/")[2]](review, id, form)
    except Conflict as conflict:
        changed = review.changed(since)
        return update(
            request, review, changed, said=str(conflict), also=[conflict.unit], status=409
        )
    return update(request, review, review.changed(since), said=said)


def replace_form(request: Request) -> Response:
    """The dialog for searching and replacing."""
    return page(request, "review/replace.html.j2", name=review_of(request).name)


def _search(form: FormData) -> Search:
    return Search(
        source=text_in(form, "source"),
        target=text_in(form, "target"),
        match_case="match_case" in form,
        whole_words="whole_words" in form,
    )


async def replace_preview(request: Request) -> Response:
    """The hits of a search, before and after, to choose from."""
    form = await request.form()

    def previewed() -> Response:
        review, search = review_of(request), _search(form)
        hits = review.find(search) if search.source.strip() or search.target else []
        units = {unit.segment.id: (i, unit) for i, unit in enumerate(review.document.units, 1)}
        replacement = text_in(form, "replacement")
        shown = [_hit(hit, *units[hit.id], replacement) for hit in hits if hit.id in units]
        return page(
            request,
            "review/hits.html.j2",
            shown=shown[:_FIRST_HITS],
            more=shown[_FIRST_HITS:],
            search=search,
        )

    return await run_in_threadpool(previewed)


def _hit(hit: Hit, number: int, unit: TranslationUnit, replacement: str) -> dict[str, object]:
    after = replaced(unit.target, hit.target_spans, replacement)
    return {
        "id": hit.id,
        "number": number,
        "source": unit.segment.source,
        "pieces": difference(unit.target, after),
        "places": len(hit.target_spans),
        "reviewed": "unreviewed" not in tally(unit).flags,
    }


async def replace(request: Request) -> Response:
    """Replace in the chosen segments: one step for undo."""
    form = await request.form()

    def done() -> Response:
        review = review_of(request)
        ids = [id for id in form.getlist("ids") if isinstance(id, str)]
        units = review.replace(_search(form), text_in(form, "replacement"), ids=ids)
        many = f"{len(units)} segment" + ("s" if len(units) != 1 else "")
        changed = review.changed(number_in(form, "since"))
        return update(request, review, changed, said=f"replaced in {many}")

    return await run_in_threadpool(done)


async def undo(request: Request) -> Response:
    """Take back the last change, or do it again."""
    form = await request.form()

    def undone() -> Response:
        review, again = review_of(request), request.url.path.endswith("/redo")
        what = review.redo() if again else review.undo()
        words = ("done again", "nothing to do again") if again else ("undone", "nothing to undo")
        said = f"{words[0]}: {what}" if what else words[1]
        return update(request, review, review.changed(number_in(form, "since")), said=said)

    return await run_in_threadpool(undone)


ROUTES: list[BaseRoute] = [
    Route("/d/{name}/replace", replace_form, methods=["GET"]),
    Route("/d/{name}/replace", replace, methods=["POST"]),
    Route("/d/{name}/replace/preview", replace_preview, methods=["POST"]),
    Route("/d/{name}/undo", undo, methods=["POST"]),
    Route("/d/{name}/redo", undo, methods=["POST"]),
    *(
        Route(f"/d/{{name}}/s/{{id}}/{operation}", change, methods=["POST"])
        for operation in _OPERATIONS
    ),
]
