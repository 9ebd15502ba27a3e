"""What every request passes first: who may ask, and what every answer says to the browser.

The application has no login: it trusts those who sit at this machine. Any site in the same browser could
send requests here too, so that (1) only names of this machine are answered to (against DNS rebinding),
(2) a change must come from our own page (Origin, Sec-Fetch-Site) and (3) carry a token that only our
pages know. Pure ASGI: a body is counted as it comes and never read whole when it is too large.
"""

import ipaddress
import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
TOKEN = "X-Dragoman-Token"
BODY_LIMIT = 68 * 2**20  # bytes: the largest document, and the rest of its form
SAFE_METHODS = frozenset({"GET", "HEAD"})

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_STATIC = "/static/"


class TooLarge(Exception):
    """The body grew over the limit while it was read."""


class Guard:
    """Middleware. `hosts`: names without a port (IPv6 in brackets), lower case."""

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], token: str, limit: int = BODY_LIMIT
    ) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.token = token
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a counted body."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no web sockets here: not answered at all
        send = _with_headers(send, static=scope["path"].startswith(_STATIC))
        if refusal := self._refusal(scope):
            await refusal(scope, receive, send)
            return
        counted = Counted(receive, send, self.limit)
        try:
            await self.app(scope, counted.receive, counted.send)
        except TooLarge:
            if not counted.answered:
                await _too_large(self.limit)(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if not is_ours(headers, scope, self.hosts):
            return _refuse("This address is not Dragoman's; open the one that it printed.")
        if scope["method"] not in SAFE_METHODS:
            if not same_origin(headers, scope):
                return _refuse("Refused: the request comes from another site.")
            if not secrets.compare_digest(headers.get(TOKEN, "").encode(), self.token.encode()):
                return _refuse("This page is from an earlier run of Dragoman; load it again.")
        if says_more(headers, self.limit):
            return _too_large(self.limit)
        return None


def is_ours(headers: Headers, scope: Scope, names: Iterable[str]) -> bool:
    """Whether the request asks for this server by one of its names, or by the address it came in at."""
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not scope.get("server"):
        return False
    host, (arrived, port) = hosts[0].lower(), scope["server"]
    known = {*names, *_literal(arrived)}
    return any(host == f"{name}:{port}" or (port == 80 and host == name) for name in known)


def _literal(address: str) -> tuple[str, ...]:
    """The address that the connection came in at; an address, unlike a name, can't be rebound."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return ()
    return (f"[{address}]" if version == 6 else address,)


def same_origin(headers: Headers, scope: Scope) -> bool:
    """Whether a request comes from a page of ours, or from no browser: those send Origin with every change."""
    origins = headers.getlist("origin")
    site = headers.get("sec-fetch-site", "same-origin")
    ours = f"{scope['scheme']}://{headers['host']}".lower()
    return site == "same-origin" and (not origins or [o.lower() for o in origins] == [ours])


def says_more(headers: Headers, limit: int) -> bool:
    """Whether the body is larger than that by its own account, or the account is none."""
    length = headers.get("content-length", "0")
    return not length.isascii() or not length.isdigit() or int(length[:20]) > limit


def _refuse(reason: str) -> PlainTextResponse:
    return PlainTextResponse(reason, status_code=403)


def _too_large(limit: int) -> PlainTextResponse:
    return PlainTextResponse(
        f"Too large: at most {limit // 2**20} MB can be sent at once. Divide the text into several.",
        status_code=413,
        headers={"Connection": "close"},
    )


def _with_headers(send: Send, *, static: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers["Cache-Control"] = "no-cache" if static else "no-store"
        await send(message)

    return sending


class Counted:
    """The body, counted, and whether an answer has begun. Raises TooLarge from `receive`."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._left = receive, send, limit
        self.answered = False

    async def receive(self) -> Message:
        """As the server's."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise TooLarge
        return message

    async def send(self, message: Message) -> None:
        """As the server's."""
        self.answered = True
        await self._send(message)
