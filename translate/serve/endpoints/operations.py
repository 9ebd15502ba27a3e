"""What those ask who run the server."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from translate.serve.endpoints.common import caller_of, site_of
from translate.serve.errors import stopping
from translate.serve.metrics import CONTENT_TYPE
from translate.serve.openapi import description


async def health(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """Translations would be served: the model is loaded, the workers live, and nobody said stop."""
    site = site_of(request)
    if site.stopping or not site.batcher.alive:
        raise stopping()
    return JSONResponse({"status": "ready", "model": site.translator.provenance.model})


async def metrics(request: Request) -> Response:
    """For Prometheus; with a key, where keys are asked for."""
    caller_of(request)
    return Response(site_of(request).metrics.text(), media_type=CONTENT_TYPE)


async def openapi(request: Request) -> Response:
    """All addresses, for programs."""
    return JSONResponse(description(site_of(request).limits))


ROUTES = [
    Route("/health", health, methods=["GET"]),
    Route("/ready", ready, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
    Route("/openapi.json", openapi, methods=["GET"]),
    Route("/spec", openapi, methods=["GET"], name="spec"),
]
