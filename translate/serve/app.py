"""The application: the parts of a server, put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from glossary.errors import GlossaryError
from translate.errors import TranslateError
from translate.pipeline import Translator
from translate.serve.batching import BATCH_TOKENS, LATENCY, WORKERS, Batcher
from translate.serve.documents import Documents
from translate.serve.endpoints import deepl, libretranslate, native, operations
from translate.serve.errors import Refusal
from translate.serve.gate import Gate, refused
from translate.serve.glossaries import Glossaries
from translate.serve.keys import Keyring, Usage, usage_path
from translate.serve.limits import Limits
from translate.serve.metrics import Metrics
from translate.serve.service import Service
from translate.serve.site import Site
from translate.web.guard import LOOPBACK

ROUTES: list[Route] = [
    *operations.ROUTES,
    *native.ROUTES,
    *deepl.ROUTES,
    *libretranslate.ROUTES,
]


def application(
    translator: Translator,
    *,
    glossaries: Path,
    keys: Path,
    limits: Limits | None = None,
    hosts: Collection[str] | None = LOOPBACK,
    tokens: int = BATCH_TOKENS,
    latency: float = LATENCY,
    workers: int = WORKERS,
) -> Starlette:
    """A server's application over a translator. `glossaries` is the folder of termbases that clients make and
    name, `keys` the file of keys; `hosts` the names to answer to, None for any."""
    metrics = Metrics()
    batcher = Batcher(
        translator, tokens=tokens, latency=latency, workers=workers, measure=metrics.batch
    )
    folder = TemporaryDirectory(prefix="dragoman-serve-")
    known = Glossaries(glossaries, translator)
    service = Service(batcher, known)
    site = Site(
        translator=translator,
        batcher=batcher,
        glossaries=known,
        service=service,
        documents=Documents(service, Path(folder.name)),
        keys=Keyring(keys),
        usage=Usage(usage_path(keys)),
        metrics=metrics,
        limits=limits or Limits(),
    )
    metrics.watch(waiting=lambda: batcher.waiting, in_flight=lambda: site.in_flight)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        saving = asyncio.create_task(site.keep_saving())
        yield
        saving.cancel()
        await site.close()
        folder.cleanup()

    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Gate, site=site, hosts=hosts, routes=ROUTES)],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _http,
            TranslateError: _mistaken,
            GlossaryError: _mistaken,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.site = site
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return refused(request.url.path, error)


async def _http(request: Request, error: Exception) -> Response:
    """Starlette's own: an address or a method there isn't, a form that can't be read."""
    assert isinstance(error, HTTPException)
    response = refused(request.url.path, Refusal(error.status_code, error.detail))
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return response


def _methods(request: Request) -> set[str]:
    """Of an address, which may have a route for each."""
    there = [one for one in ROUTES if one.matches(request.scope)[0] is not Match.NONE]
    return {method for one in there for method in one.methods or ()}


async def _mistaken(request: Request, error: Exception) -> Response:
    return refused(request.url.path, Refusal(400, "Bad request", str(error)))
