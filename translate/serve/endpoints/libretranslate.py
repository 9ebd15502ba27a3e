"""LibreTranslate's addresses."""

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from translate.serve import libretranslate
from translate.serve.documents import suffixes
from translate.serve.endpoints.common import (
    caller_of,
    fields_of,
    site_of,
    translated,
    while_connected,
)
from translate.serve.fields import Fields
from translate.serve.site import Caller
from translate.serve.types import DEFAULT


async def translate(request: Request) -> Response:
    """A text, or several."""
    fields = await fields_of(request)
    caller = _caller(request, fields)
    asked = libretranslate.text_request(fields, site_of(request).limits.texts)
    made = await translated(request, caller, asked.wanted)
    return JSONResponse(libretranslate.translations(asked, made))


async def detect(request: Request) -> Response:
    """The language of a text."""
    fields = await fields_of(request)
    _caller(request, fields)
    return JSONResponse(libretranslate.detected(fields.text("q")))


async def languages(request: Request) -> Response:
    """Those there are."""
    return JSONResponse(libretranslate.LANGUAGES)


async def translate_file(request: Request) -> Response:
    """A document: the answer, with the address of the result, comes when it is translated."""
    fields = await fields_of(request)
    caller = _caller(request, fields)
    libretranslate.languages(fields)
    file = fields.upload("file")
    site = site_of(request)
    sent = site.documents.add(
        file.name,
        file.data,
        glossaries=(DEFAULT,),
        owner=caller.name,
        charge=lambda characters: site.charged(caller, characters),
    )
    await while_connected(request, site.documents.finished(sent))
    link = request.url_for("download_file", link=sent.key, name=sent.english_name)
    return JSONResponse({"translatedFileUrl": str(link)})


async def download_file(request: Request) -> Response:
    """The result; its address is the right to it."""
    documents = site_of(request).documents
    sent = documents.by_link(request.path_params["link"])
    data = await asyncio.to_thread(documents.result, sent)
    name = f"attachment; filename*=UTF-8''{quote(sent.english_name, safe='')}"
    return Response(
        data, media_type="application/octet-stream", headers={"Content-Disposition": name}
    )


async def settings(request: Request) -> Response:
    """What a page would need to know."""
    site = site_of(request)
    body = libretranslate.settings(
        keys=site.keys.required, characters=site.limits.body, suffixes=suffixes()
    )
    return JSONResponse(body)


def _caller(request: Request, fields: Fields) -> Caller:
    return caller_of(request, fields.optional("api_key"))


ROUTES = [
    Route("/translate", translate, methods=["POST"]),
    Route("/detect", detect, methods=["POST"]),
    Route("/languages", languages, methods=["GET"]),
    Route("/translate_file", translate_file, methods=["POST"]),
    Route("/download_file/{link}/{name}", download_file, methods=["GET"]),
    Route("/frontend/settings", settings, methods=["GET"]),
]
