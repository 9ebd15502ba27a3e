"""The own addresses."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from translate.serve import native
from translate.serve.endpoints.common import (
    caller_of,
    delete_glossary,
    fields_of,
    glossaries_of,
    glossary_of,
    site_of,
    terms_of,
    translated,
)


async def translate(request: Request) -> Response:
    """Texts, with everything known about their translation."""
    caller = caller_of(request)
    wanted = native.request(await fields_of(request), site_of(request).limits.texts)
    return JSONResponse(native.answer(await translated(request, caller, wanted)))


async def glossaries(request: Request) -> Response:
    """All of the caller's, and the operator's."""
    found = await glossaries_of(request, caller_of(request))
    return JSONResponse({"glossaries": [native.glossary(one) for one in found]})


async def create_glossary(request: Request) -> Response:
    """A new one."""
    caller = caller_of(request)
    fields = await fields_of(request)
    fields.only("name", "terms")
    create = site_of(request).glossaries.create
    made = await asyncio.to_thread(create, fields.text("name"), native.terms(fields), caller.name)
    return JSONResponse(native.glossary(made), 201)


async def glossary(request: Request) -> Response:
    """One, with its terms."""
    caller = caller_of(request)
    found, terms = await glossary_of(request, caller), await terms_of(request, caller)
    return JSONResponse({"glossary": native.glossary(found), **native.terms_body(terms)})


async def change_glossary(request: Request) -> Response:
    """Another name, other terms, or both."""
    caller = caller_of(request)
    fields = await fields_of(request)
    fields.only("name", "terms")
    changed = await asyncio.to_thread(
        site_of(request).glossaries.change,
        request.path_params["id"],
        caller.name,
        name=fields.optional("name"),
        terms=native.terms(fields) if fields.has("terms") else None,
    )
    return JSONResponse(native.glossary(changed))


ROUTES = [
    Route("/v1/translate", translate, methods=["POST"]),
    Route("/v1/glossaries", glossaries, methods=["GET"]),
    Route("/v1/glossaries", create_glossary, methods=["POST"]),
    Route("/v1/glossaries/{id}", glossary, methods=["GET"]),
    Route("/v1/glossaries/{id}", change_glossary, methods=["PATCH"]),
    Route("/v1/glossaries/{id}", delete_glossary, methods=["DELETE"]),
]
