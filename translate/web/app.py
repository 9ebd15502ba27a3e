"""The application: routes of all pages behind the guard, and errors as something to read."""

import errno
import logging
import mimetypes
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glossary.errors import GlossaryError
from models.errors import CheckpointError
from translate.errors import Conflict, TranslateError, UnknownDocument, UnknownSegment
from translate.web import documents, lists, start, terms
from translate.web.guard import LOOPBACK, Guard, TooLarge
from translate.web.jobs import Jobs
from translate.web.render import is_fragment, page
from translate.workspace import Workspace

STATIC = Path(__file__).parent / "static"
_MESSAGES = {
    404: "There is no such page. It may have been renamed or removed.",
    405: "This address can't be used like this.",
}
_log = logging.getLogger(__name__)

# Some systems' registries say otherwise, and a browser under nosniff would then run nothing.
for _type, _suffix in (
    ("text/javascript", ".js"),
    ("text/css", ".css"),
    ("font/woff2", ".woff2"),
    ("image/svg+xml", ".svg"),
):
    mimetypes.add_type(_type, _suffix)


def application(
    workspace: Workspace, *, hosts: Iterable[str] = LOOPBACK, token: str | None = None
) -> Starlette:
    """The application over `workspace`, answering to the names `hosts` only. `token`: a new one if None."""
    token = token or secrets.token_urlsafe(32)
    app = Starlette(
        routes=[
            *start.ROUTES,
            *documents.ROUTES,
            *terms.ROUTES,
            *lists.ROUTES,
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, hosts=hosts, token=token), Middleware(_Unexpected)],
        exception_handlers={
            HTTPException: _http_error,
            TranslateError: _said,
            GlossaryError: _said,
            CheckpointError: _said,
            OSError: _disk_error,
        },
        lifespan=_until_closed,
    )
    app.state.workspace = workspace
    app.state.token = token
    app.state.jobs = Jobs(workspace)
    return app


@asynccontextmanager
async def _until_closed(app: Starlette) -> AsyncIterator[None]:
    yield
    await run_in_threadpool(app.state.jobs.stop)
    await run_in_threadpool(app.state.workspace.close)


class _Unexpected:
    """A defect: one line in the log, a page without internals for the reader. Inside the guard, unlike
    Starlette's own, so that the answer has the guard's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except TooLarge:
            raise
        except Exception as error:
            if scope["type"] != "http":
                raise
            _log.error("%s %s: %s", scope["method"], scope["path"], _one_line(error))
            _log.debug("where it happened", exc_info=error)
            if not begun:
                message = "Dragoman made a mistake; what you did before is saved. Try again."
                response = failure(Request(scope), message, status=500)
                await response(scope, receive, send)


def failure(request: Request, message: str, *, status: int) -> Response:
    """`message` as a page; for a script, as a line that goes to the messages wherever the script would
    have put the answer."""
    if is_fragment(request):
        headers = {"HX-Retarget": "#messages", "HX-Reswap": "beforeend"}
        return page(request, "message.html.j2", status=status, headers=headers, message=message)
    return page(request, "error.html.j2", status=status, message=message)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = _MESSAGES.get(error.status_code, error.detail)
    return failure(request, message, status=error.status_code)


def _said(request: Request, error: Exception) -> Response:
    status = {UnknownDocument: 404, UnknownSegment: 404, Conflict: 409}.get(type(error), 422)
    return failure(request, str(error), status=status)


def _disk_error(request: Request, error: Exception) -> Response:
    """A full disk or a folder without permission is for the reader to mend; nothing is half written."""
    assert isinstance(error, OSError)
    if error.errno == errno.ENAMETOOLONG:  # asked for in the address: it can't exist
        return failure(request, _MESSAGES[404], status=404)
    _log.error("%s %s: %s", request.method, request.url.path, _one_line(error))
    where = f"{error.filename}: " if error.filename else ""
    return failure(request, f"{where}{error.strerror or error}", status=500)


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
