"""What every request passes first, and what is written of it: a line in the log, and figures.

Who may ask is decided by keys; here it is that (1) on a loopback address only names of this machine are answered
to (against DNS rebinding), (2) no page in a browser changes anything (Origin, Sec-Fetch-Site), (3) a body is
counted as it comes, and (4) a server that stops takes nothing new. Log lines are JSON, and never hold a text.
"""

import json
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from translate.serve.errors import Refusal, busy, stopping
from translate.serve.site import Site
from translate.web.guard import (
    SAFE_METHODS,
    Counted,
    TooLarge,
    is_ours,
    same_origin,
    says_more,
)

NOTES = "dragoman"  # where a request's Notes are in its state
_ALWAYS = frozenset({"/health", "/ready", "/metrics"})  # answered while the server stops
_LARGE = ("/v2/document", "/v2/glossaries", "/v3/glossaries", "/v1/glossaries", "/translate_file")
_LIBRETRANSLATE = (
    "/translate", "/detect", "/languages", "/translate_file", "/download_file/", "/frontend/",
)  # fmt: skip
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UPLOADS = 8  # large bodies read at a time
_log = logging.getLogger("translate.serve.requests")


@dataclass(slots=True)
class Notes:
    """What is learnt about a request while it is answered, for the log."""

    key: str = ""
    characters: int = 0


def refused(path: str, refusal: Refusal) -> Response:
    """The answer to a request that isn't served, in the words of its interface."""
    body: dict[str, str] = {"message": refusal.message}
    if refusal.detail:
        body["detail"] = refusal.detail
    if path.startswith(_LIBRETRANSLATE):
        body = {"error": ": ".join(body.values())}
    return JSONResponse(body, refusal.status, headers=dict(refusal.headers))


class Gate:
    """Middleware. `hosts`: the names of this machine to answer to, None for any; `routes`: those of the
    application, for log and figures."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        site: Site,
        hosts: Collection[str] | None,
        routes: Sequence[Route],
    ) -> None:
        self._app = app
        self._site = site
        self._hosts = hosts
        self._routes = routes
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no web sockets here: not answered at all
        started = time.perf_counter()
        notes = scope.setdefault("state", {})[NOTES] = Notes()
        answer = _Answer(send)
        try:
            await self._pass(scope, receive, answer.send)
        finally:
            self._tell(scope, notes, answer, time.perf_counter() - started)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits = self._site.limits
        path = scope["path"]
        limit = limits.document if path.startswith(_LARGE) else limits.body
        if refusal := self._refusal(scope, limit):
            await refused(path, refusal)(scope, receive, send)
            return
        if not _is_large(scope, limits.body):
            await self._serve(scope, receive, send, limit)
            return
        if self._uploads >= _UPLOADS:
            await refused(path, busy())(scope, receive, send)
            return
        self._uploads += 1
        try:
            await self._serve(scope, receive, send, limit)
        finally:
            self._uploads -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        counted = Counted(receive, send, limit)
        try:
            await self._app(scope, counted.receive, counted.send)
            return
        except TooLarge:
            refusal = _too_large(limit)
        except Exception as error:  # told by its kind alone: a message might hold the text
            _log.error("%s: %s", self._route(scope), type(error).__name__)
            refusal = Refusal(500, "Internal server error")
        if not counted.answered:
            await refused(scope["path"], refusal)(scope, receive, send)

    def _refusal(self, scope: Scope, limit: int) -> Refusal | None:
        headers = Headers(scope=scope)
        if self._hosts is not None and not is_ours(headers, scope, self._hosts):
            return Refusal(403, "Forbidden", "this address is not the server's")
        if scope["method"] not in SAFE_METHODS and not same_origin(headers, scope):
            return Refusal(403, "Forbidden", "the request comes from a page of another site")
        if says_more(headers, limit):
            return _too_large(limit)
        if self._site.stopping and scope["path"] not in _ALWAYS:
            return stopping()
        return None

    def _route(self, scope: Scope) -> str:
        """The path as the description has it; empty where there is none such."""
        endpoint = scope.get("endpoint")  # of several routes, where interfaces share it
        of_it = (one for one in self._routes if one.endpoint is endpoint)
        return next((one.path for one in of_it if one.matches(scope)[0] is not Match.NONE), "")

    def _tell(self, scope: Scope, notes: Notes, answer: "_Answer", seconds: float) -> None:
        route = self._route(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._site.metrics.answered(route, method, answer.status, seconds)
        _log.info(
            json.dumps(
                {
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "method": method,
                    "route": route,
                    "status": answer.status,
                    "ms": round(seconds * 1000),
                    "key": notes.key,
                    "characters": notes.characters,
                    "bytes": answer.size,
                }
            )
        )


def _is_large(scope: Scope, usual: int) -> bool:
    """Whether the body is, or may be, larger than is usual."""
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or int(headers.get("content-length", "0")) > usual


def _too_large(limit: int) -> Refusal:
    return Refusal(413, "Request too large", f"at most {limit} bytes can be sent at once")


class _Answer:
    """Status and size of what is sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0  # none was sent
        self.size = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self._send(message)
