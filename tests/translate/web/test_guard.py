"""Who may ask, and what every answer says. Other sites of the same browser must get nothing."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import Message

from tests.translate.web.conftest import Served
from translate.web.app import application
from translate.web.guard import BODY_LIMIT, Guard
from translate.web.server import listen
from translate.workspace import Workspace

OURS = "http://127.0.0.1:8000"
TOKEN = "the-token"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def app(tmp_path: Path) -> Any:
    return application(Workspace(out=tmp_path / "out", model="starter"), token=TOKEN)


@pytest.fixture
def client(app: Any) -> TestClient:
    return TestClient(app, base_url=OURS, follow_redirects=False, raise_server_exceptions=False)


def is_safe(response: Any) -> bool:
    """Whether the answer says to the browser what every answer must say."""
    headers = response.headers
    return (
        headers["content-security-policy"] == POLICY
        and headers["x-content-type-options"] == "nosniff"
        and headers["referrer-policy"] == "no-referrer"
        and headers["cross-origin-resource-policy"] == "same-origin"
        and headers["cache-control"] in ("no-store", "no-cache")
    )


class TestHost:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1:8000", "localhost:8000", "LocalHost:8000", "[::1]:8000"]
    )
    def test_of_this_machine_is_answered(self, client: TestClient, host: str) -> None:
        assert client.get("/", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "evil.example:8000",
            "127.0.0.1.nip.io:8000",
            "localhost.evil.example:8000",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:8001",
            "127.0.0.1:80000",
            "127.1:8000",
            "0.0.0.0:8000",
            "[::ffff:127.0.0.1]:8000",
            "[::1",
            "localhost:8000@evil.example",
            "evil.example@localhost:8000",
            "localhost:8000, evil.example",
            "localhost.:8000",
            "",
        ],
    )
    @pytest.mark.parametrize("path", ["/", "/static/base.css", "/nowhere"])
    def test_of_another_name_is_refused(self, client: TestClient, host: str, path: str) -> None:
        response = client.get(path, headers={"Host": host})
        assert response.status_code == 403
        assert is_safe(response)
        assert TOKEN not in response.text
        assert "open the one that it printed" in response.text

    def test_twice_is_refused(self, client: TestClient) -> None:
        hosts = [("Host", "127.0.0.1:8000"), ("Host", "evil.example")]
        assert client.get("/", headers=hosts).status_code == 403

    def test_that_was_asked_for_is_answered(self, tmp_path: Path) -> None:
        workspace = Workspace(out=tmp_path, model="starter")
        client = TestClient(
            application(workspace, hosts=["desk.example"]), base_url="http://desk.example:8000"
        )
        assert client.get("/").status_code == 200
        assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 403

    @pytest.mark.parametrize(
        ("request_line", "status"), [(b"GET / HTTP/1.0", b"403"), (b"GET / HTTP/1.1", b"400")]
    )
    def test_missing_is_refused(self, served: Served, request_line: bytes, status: bytes) -> None:
        answer = raw(served, request_line + b"\r\nConnection: close\r\n\r\n")
        assert answer.split(b" ", 2)[1] == status
        assert served.token.encode() not in answer

    def test_the_server_is_bound_to_the_loopback(self, served: Served) -> None:
        (listening,) = served.server.servers[0].sockets
        assert listening.getsockname()[0] == "127.0.0.1"
        assert served.get("/").status_code == 200

    def test_ipv6(self, tmp_path: Path) -> None:
        try:
            listening = listen("::1", 0)
        except Exception:
            pytest.skip("this machine has no IPv6 loopback")
        assert listening.getsockname()[0] == "::1"
        listening.close()

    def test_an_address_can_be_asked_at_where_the_connection_came_in(self) -> None:
        seen = ask(Guard(_hello, hosts=(), token=""), host="192.0.2.7:80", server=("192.0.2.7", 80))
        assert seen["status"] == 200
        seen = ask(Guard(_hello, hosts=(), token=""), host="192.0.2.8:80", server=("192.0.2.7", 80))
        assert seen["status"] == 403


class TestAChange:
    """POST /jobs/none/cancel answers 404 where it is let in."""

    GOOD: ClassVar = {"X-Dragoman-Token": TOKEN, "Origin": OURS, "Sec-Fetch-Site": "same-origin"}

    def post(self, client: TestClient, headers: dict[str, str | None]) -> int:
        sent = {name: value for name, value in headers.items() if value is not None}
        response = client.post("/jobs/none/cancel", headers=sent)
        assert is_safe(response)
        return response.status_code

    def test_of_our_page_is_let_in(self, client: TestClient) -> None:
        assert self.post(client, dict(self.GOOD)) == 404

    def test_of_a_program_with_the_token_is_let_in(self, client: TestClient) -> None:
        assert self.post(client, {"X-Dragoman-Token": TOKEN}) == 404

    @pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN.upper(), "tøken"])
    @pytest.mark.parametrize("origin", [OURS, None, "null", "http://evil.example"])
    def test_without_the_token_is_refused(
        self, client: TestClient, token: str | None, origin: str | None
    ) -> None:
        given = token.encode("latin-1") if token is not None else None
        headers: Any = self.GOOD | {"X-Dragoman-Token": given, "Origin": origin}
        assert self.post(client, headers) == 403

    @pytest.mark.parametrize(
        "origin",
        [
            "null",
            "http://evil.example",
            "http://127.0.0.1:8001",
            "http://127.0.0.1",
            "https://127.0.0.1:8000",
            "http://localhost:8000",  # another name is another site: the page came from 127.0.0.1
            "http://127.0.0.1:8000.evil.example",
            "http://127.0.0.1:8000, http://evil.example",
            "",
        ],
    )
    def test_of_another_origin_is_refused(self, client: TestClient, origin: str) -> None:
        assert self.post(client, self.GOOD | {"Origin": origin}) == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "nonsense"])
    def test_of_another_site_is_refused(self, client: TestClient, site: str) -> None:
        assert self.post(client, self.GOOD | {"Sec-Fetch-Site": site}) == 403
        assert self.post(client, self.GOOD | {"Sec-Fetch-Site": site, "Origin": None}) == 403

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"])
    @pytest.mark.parametrize("path", ["/", "/translate", "/static/base.css", "/nowhere"])
    def test_by_any_method_needs_the_token(
        self, client: TestClient, method: str, path: str
    ) -> None:
        assert client.request(method, path).status_code == 403

    def test_is_possible_only_through_routes_that_are_not_get(self, app: Any) -> None:
        mixed = [
            route.path
            for route in routes(app)
            if route.methods and route.methods - {"GET", "HEAD"} and "GET" in route.methods
        ]
        assert mixed == []

    def test_has_a_new_token_every_run(self, tmp_path: Path) -> None:
        workspace = Workspace(out=tmp_path, model="starter")
        tokens = {application(workspace).state.token for _ in range(3)}
        assert len(tokens) == 3
        assert all(len(token) >= 40 for token in tokens)


def test_reading_changes_nothing(served: Served, article: str) -> None:
    name = served.workspace.documents()[0].name
    segment = served.workspace.open(name).document.units[0].segment.id
    own = served.workspace.own.parent
    before = snapshot(served.out.parent) | snapshot(own)
    asked = 0
    for route in routes(served.app):
        if "GET" not in (route.methods or ()) or "alternatives" in route.path:
            continue
        values = {"name": name, "id": segment, "format": "po", "job": "none"}
        path = route.path
        for key, value in values.items():
            path = path.replace(f"{{{key}}}", quote(value, safe=""))
        served.get(path, headers={"HX-Request": "true"})
        served.get(path)
        asked += 1
    assert asked >= 10
    assert snapshot(served.out.parent) | snapshot(own) == before


class TestEveryAnswer:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/", 200),
            ("/static/base.css", 200),
            ("/static/vendor/htmx.min.js", 200),
            ("/static/fonts/noto-naskh-arabic.woff2", 200),
            ("/static/nothing.js", 404),
            ("/static/../app.py", 404),
            ("/static/%2e%2e/app.py", 404),
            ("/static/..%2fapp.py", 404),
            ("/nowhere", 404),
            ("/translate", 405),
            ("/jobs/none", 404),
            ("/d/none/download/po", 404),
            ("/d/none/download/exe", 404),
        ],
    )
    def test_has_the_policy(self, client: TestClient, path: str, status: int) -> None:
        response = client.get(path)
        assert response.status_code == status
        assert is_safe(response)

    def test_has_the_right_type(self, client: TestClient) -> None:
        types = {
            "base.css": "text/css",
            "base.js": "text/javascript",
            "fonts/noto-naskh-arabic.woff2": "font/woff2",
            "icon.svg": "image/svg+xml",
        }
        for name, kind in types.items():
            assert client.get(f"/static/{name}").headers["content-type"].startswith(kind)

    @pytest.mark.parametrize("script", [False, True])
    def test_to_a_defect_is_readable_and_safe(
        self,
        client: TestClient,
        app: Any,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        script: bool,
    ) -> None:
        def broken() -> None:
            raise RuntimeError("the secret\nof <b>the defect</b>")

        monkeypatch.setattr(app.state.workspace, "documents", broken)
        response = client.get("/", headers={"HX-Request": "true"} if script else {})
        assert response.status_code == 500
        assert is_safe(response)
        assert "Dragoman made a mistake" in response.text
        assert "secret" not in response.text
        assert "Traceback" not in response.text
        assert ("<html" in response.text) is not script
        (line,) = [r.getMessage() for r in caplog.records if r.name.startswith("translate.web")]
        assert line == "GET /: RuntimeError: the secret of <b>the defect</b>"


class TestTheBody:
    def test_over_the_limit_is_refused_before_it_is_sent(self, served: Served) -> None:
        head = (
            f"POST /translate HTTP/1.1\r\nHost: {served.url.removeprefix('http://')}\r\n"
            f"X-Dragoman-Token: {served.token}\r\nContent-Length: {BODY_LIMIT + 1}\r\n"
            "Content-Type: text/plain\r\n\r\n"
        )
        answer = raw(served, head.encode())
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"Divide the text" in answer
        assert b"content-security-policy" in answer

    def test_that_grows_over_the_limit_is_not_read_on(self) -> None:
        guard = Guard(_echo, hosts=["localhost"], token=TOKEN, limit=1000)
        seen = ask(guard, method="POST", chunks=[b"x" * 400] * 100)
        assert seen["status"] == 413
        assert seen["read"] == 3

    def test_up_to_the_limit_is_read(self) -> None:
        guard = Guard(_echo, hosts=["localhost"], token=TOKEN, limit=1000)
        seen = ask(guard, method="POST", chunks=[b"x" * 500] * 2)
        assert (seen["status"], seen["body"]) == (200, b"1000")

    @pytest.mark.parametrize("length", ["x", "-1", "", "1e3", "٣", "9" * 400])
    def test_of_nonsensical_length_is_refused(self, length: str) -> None:
        guard = Guard(_echo, hosts=["localhost"], token=TOKEN, limit=1000)
        seen = ask(guard, method="POST", length=length, chunks=[b"x"])
        assert (seen["status"], seen["read"]) == (413, 0)


def test_web_sockets_are_not_answered() -> None:
    sent: list[Any] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    guard = Guard(_hello, hosts=["localhost"], token=TOKEN)
    asyncio.run(guard({"type": "websocket", "path": "/", "headers": []}, receive, send))
    assert sent == []


# Helpers


def routes(app: Any) -> Iterator[Route]:
    for route in app.routes:
        if isinstance(route, Route):
            yield route
        else:
            assert isinstance(route, Mount)
            assert route.path == "/static"


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def raw(served: Served, sent: bytes) -> bytes:
    """What the server answers to these very bytes."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65536):
            answer += part
            if b"\r\n\r\n" in answer and b"Divide" in answer:
                break
    return answer


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    """Reads all, as a form does, and answers with the number of bytes."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await PlainTextResponse(str(size))(scope, receive, send)


def ask(
    guard: Guard,
    *,
    method: str = "GET",
    host: str = "localhost:80",
    server: tuple[str, int] = ("127.0.0.1", 80),
    length: str | None = None,
    chunks: list[bytes] | None = None,
) -> dict[str, Any]:
    """One request straight to the middleware: status, body, and how many chunks were read."""
    seen: dict[str, Any] = {"read": 0, "body": b""}
    left = list(chunks or [b""])

    async def receive() -> Message:
        seen["read"] += 1
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen["status"] = message["status"]
        else:
            seen["body"] += message.get("body", b"")

    headers = [(b"host", host.encode()), (b"x-dragoman-token", guard.token.encode())]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    scope = {
        "type": "http", "method": method, "path": "/", "scheme": "http",
        "server": server, "headers": headers,
    }  # fmt: skip
    asyncio.run(guard(scope, receive, send))
    return seen
