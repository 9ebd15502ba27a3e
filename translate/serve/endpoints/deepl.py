"""DeepL's addresses."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from translate.serve import deepl
from translate.serve.documents import Sent
from translate.serve.endpoints.common import (
    caller_of,
    delete_glossary,
    fields_of,
    glossaries_of,
    glossary_of,
    query_of,
    site_of,
    terms_of,
    translated,
)
from translate.serve.errors import bad
from translate.serve.glossaries import Glossary
from translate.serve.site import Caller

TSV = "text/tab-separated-values"


async def translate(request: Request) -> Response:
    """Texts."""
    caller = caller_of(request)
    asked = deepl.text_request(await fields_of(request), site_of(request).limits.texts)
    return JSONResponse(deepl.translations(asked, await translated(request, caller, asked.wanted)))


async def languages(request: Request) -> Response:
    """Those there are."""
    caller_of(request)
    fields = query_of(request)
    if request.method == "GET" and (await request.body()):  # as DeepL's own client asks
        fields = await fields_of(request)
    kind = fields.choice("type", tuple(deepl.LANGUAGES), "source")
    return JSONResponse(deepl.LANGUAGES[kind])


async def usage(request: Request) -> Response:
    """Characters of this month."""
    caller = caller_of(request)
    return JSONResponse(deepl.usage(site_of(request).usage.this_month(caller.name), caller.limit))


async def send_document(request: Request) -> Response:
    """Take a document."""
    caller = caller_of(request)
    fields = await fields_of(request)
    file = fields.upload("file")
    name = fields.optional("filename") or file.name
    sent = site_of(request).documents.add(
        name,
        file.data,
        glossaries=deepl.document_glossaries(fields, name),
        owner=caller.name,
        charge=lambda characters: site_of(request).charged(caller, characters),
    )
    return JSONResponse({"document_id": sent.id, "document_key": sent.key})


async def document_status(request: Request) -> Response:
    """How far it is."""
    sent = await _sent(request)
    body: dict[str, Any] = {"document_id": sent.id, "status": sent.state}
    if sent.state == "done":
        body["billed_characters"] = sent.characters
    if sent.state == "error":
        body["error_message"] = sent.error
    return JSONResponse(body)


async def document_result(request: Request) -> Response:
    """The document in English."""
    sent = await _sent(request)
    data = await asyncio.to_thread(site_of(request).documents.result, sent)
    return Response(data, media_type="application/octet-stream")


async def _sent(request: Request) -> Sent:
    caller = caller_of(request)
    key = (await fields_of(request)).text("document_key")
    return site_of(request).documents.get(request.path_params["id"], key, caller.name)


async def pairs(request: Request) -> Response:
    """Languages that glossaries can be in."""
    caller_of(request)
    return JSONResponse(deepl.PAIRS)


async def _created(request: Request, caller: Caller, asked: deepl.GlossaryChange) -> Glossary:
    if not asked.terms:
        raise bad("Invalid glossary entries", "a glossary has at least one")
    create = site_of(request).glossaries.create
    return await asyncio.to_thread(create, asked.name or "", asked.terms, caller.name)


# Glossaries, version 2


async def glossaries(request: Request) -> Response:
    """All of the caller's."""
    found = await glossaries_of(request, caller_of(request))
    return JSONResponse({"glossaries": [deepl.glossary(one) for one in found]})


async def create_glossary(request: Request) -> Response:
    """A new one."""
    caller = caller_of(request)
    asked = deepl.glossary_request(await fields_of(request))
    made = await _created(request, caller, asked)
    return JSONResponse(deepl.glossary(made), 201)


async def glossary(request: Request) -> Response:
    """One."""
    return JSONResponse(deepl.glossary(await glossary_of(request, caller_of(request))))


async def glossary_entries(request: Request) -> Response:
    """Its entries as TSV."""
    found = await terms_of(request, caller_of(request))
    return Response(deepl.entries(found), media_type=TSV)


# Glossaries, version 3


async def multilingual_glossaries(request: Request) -> Response:
    """All of the caller's."""
    found = await glossaries_of(request, caller_of(request))
    return JSONResponse({"glossaries": [deepl.multilingual(one) for one in found]})


async def create_multilingual(request: Request) -> Response:
    """A new one."""
    caller = caller_of(request)
    asked = deepl.dictionaries_request(await fields_of(request), required=True)
    made = await _created(request, caller, asked)
    return JSONResponse(deepl.multilingual(made), 201)


async def multilingual_glossary(request: Request) -> Response:
    """One."""
    return JSONResponse(deepl.multilingual(await glossary_of(request, caller_of(request))))


async def change_multilingual(request: Request) -> Response:
    """Give it another name, or more entries."""
    caller = caller_of(request)
    asked = deepl.dictionaries_request(await fields_of(request), required=False)
    glossaries, id = site_of(request).glossaries, request.path_params["id"]
    if asked.terms:
        merge = glossaries.merge
        changed = await asyncio.to_thread(merge, id, caller.name, asked.terms, name=asked.name)
    else:
        changed = await asyncio.to_thread(glossaries.change, id, caller.name, name=asked.name)
    return JSONResponse(deepl.multilingual(changed))


async def dictionary_entries(request: Request) -> Response:
    """Its entries."""
    caller = caller_of(request)
    deepl.pair(query_of(request))
    found = await terms_of(request, caller)
    return JSONResponse(deepl.dictionaries(found))


async def replace_dictionary(request: Request) -> Response:
    """Give it other entries."""
    caller = caller_of(request)
    terms = deepl.dictionary(await fields_of(request))
    if not terms:
        raise bad("Invalid glossary entries", "a dictionary has at least one")
    change = site_of(request).glossaries.change
    changed = await asyncio.to_thread(change, request.path_params["id"], caller.name, terms=terms)
    return JSONResponse(deepl.dictionary_info(changed))


async def delete_dictionary(request: Request) -> Response:
    """Take all entries out of it."""
    caller = caller_of(request)
    deepl.pair(query_of(request))
    change = site_of(request).glossaries.change
    await asyncio.to_thread(change, request.path_params["id"], caller.name, terms=())
    return Response(status_code=204)


ROUTES = [
    Route("/v2/translate", translate, methods=["POST"]),
    Route("/v2/languages", languages, methods=["GET"]),
    Route("/v2/usage", usage, methods=["GET"]),
    Route("/v2/document", send_document, methods=["POST"]),
    Route("/v2/document/{id}", document_status, methods=["POST"]),
    Route("/v2/document/{id}/result", document_result, methods=["POST"]),
    Route("/v2/glossary-language-pairs", pairs, methods=["GET"]),
    Route("/v2/glossaries", glossaries, methods=["GET"]),
    Route("/v2/glossaries", create_glossary, methods=["POST"]),
    Route("/v2/glossaries/{id}", glossary, methods=["GET"]),
    Route("/v2/glossaries/{id}", delete_glossary, methods=["DELETE"]),
    Route("/v2/glossaries/{id}/entries", glossary_entries, methods=["GET"]),
    Route("/v3/glossaries", multilingual_glossaries, methods=["GET"]),
    Route("/v3/glossaries", create_multilingual, methods=["POST"]),
    Route("/v3/glossaries/{id}", multilingual_glossary, methods=["GET"]),
    Route("/v3/glossaries/{id}", change_multilingual, methods=["PATCH"]),
    Route("/v3/glossaries/{id}", delete_glossary, methods=["DELETE"]),
    Route("/v3/glossaries/{id}/entries", dictionary_entries, methods=["GET"]),
    Route("/v3/glossaries/{id}/dictionaries", replace_dictionary, methods=["PUT"]),
    Route("/v3/glossaries/{id}/dictionaries", delete_dictionary, methods=["DELETE"]),
]
