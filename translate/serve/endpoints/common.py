"""What all endpoints do: read a body, know the caller, find a glossary, answer no one who has gone."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from glossary.types import Term
from translate.serve.errors import Refusal, bad
from translate.serve.fields import Fields, Upload
from translate.serve.gate import NOTES, Notes
from translate.serve.glossaries import Glossary
from translate.serve.site import Caller, Site
from translate.serve.types import Answer, Wanted

T = TypeVar("T")
CLIENT_GONE = 499  # nobody reads the answer; the number is for the log
_MOST_FIELDS = 1000


def site_of(request: Request) -> Site:
    """The server's parts."""
    return cast(Site, request.app.state.site)


async def fields_of(request: Request) -> Fields:
    """The fields of the body. Raises Refusal 400, 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _form(request)
    body = await request.body()
    if kind == "application/x-www-form-urlencoded":
        return _encoded(body)
    if kind != "application/json" and body.strip():
        raise Refusal(415, "Unsupported media type", "send JSON or a form")
    try:
        values = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise bad("Invalid JSON in the body of the request") from None
    if not isinstance(values, dict):
        raise bad("Invalid body of the request", "an object of JSON")
    return Fields(values=values)


def _encoded(body: bytes) -> Fields:
    """As the URL standard reads it: UTF-8, also where a client left the text as it is (`curl -d`)."""
    try:
        values = parse_qs(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise bad("Invalid form in the body of the request", str(error)) from None
    return Fields(values=dict(values), typed=False)


async def _form(request: Request) -> Fields:
    limits = site_of(request).limits
    values: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    async with request.form(
        max_files=1, max_fields=_MOST_FIELDS, max_part_size=limits.document
    ) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or "", await value.read())
            else:
                values.setdefault(name, []).append(value)
    return Fields(values=values, typed=False, files=files)


def query_of(request: Request) -> Fields:
    """The fields of the address."""
    query = request.url.query
    return Fields(values=dict(parse_qs(query, keep_blank_values=True)), typed=False)


def caller_of(request: Request, token: str | None = None) -> Caller:
    """Who asks, by Authorization or by what an interface takes instead. Raises Refusal 403."""
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("deepl-auth-key", "bearer"):
        token = said.strip()
    caller = site_of(request).caller(token or "")
    notes_of(request).key = caller.name
    return caller


def notes_of(request: Request) -> Notes:
    """What the log will say of the request."""
    return cast(Notes, request.scope["state"][NOTES])


async def glossaries_of(request: Request, caller: Caller) -> list[Glossary]:
    """All of the caller's, and the operator's."""
    return await asyncio.to_thread(site_of(request).glossaries.list, caller.name)


async def glossary_of(request: Request, caller: Caller) -> Glossary:
    """The one that the address names. Raises Refusal 404."""
    get = site_of(request).glossaries.get
    return await asyncio.to_thread(get, request.path_params["id"], caller.name)


async def terms_of(request: Request, caller: Caller) -> Sequence[Term]:
    """Its entries. Raises Refusal 404."""
    terms = site_of(request).glossaries.terms
    return await asyncio.to_thread(terms, request.path_params["id"], caller.name)


async def delete_glossary(request: Request) -> Response:
    """Remove it: an endpoint, the same at every interface."""
    caller = caller_of(request)
    delete = site_of(request).glossaries.delete
    await asyncio.to_thread(delete, request.path_params["id"], caller.name)
    return Response(status_code=204)


async def translated(request: Request, caller: Caller, wanted: Wanted) -> Answer:
    """What is wanted, unless all places are taken, time is up, or the client has gone."""
    site = site_of(request)
    async with site.place():
        with site.charged(caller, wanted.characters):
            answer = await while_connected(request, site.service.translate(wanted, caller.name))
    notes_of(request).characters = wanted.characters
    return answer


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled when the client goes. Raises Refusal 499 then."""
    task, gone = asyncio.create_task(work), asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Refusal(CLIENT_GONE, "Client gone")
    finally:
        gone.cancel()
        task.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
