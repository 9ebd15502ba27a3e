"""A real server on a free port, a real browser, and a translated article to open."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import open_chromium
from translate.web.app import application
from translate.web.server import Server, listen
from translate.workspace import Workspace

REVIEW = Path(__file__).parents[2] / "data" / "review" / "article"


@dataclass(frozen=True)
class Served:
    """A running application."""

    url: str  # without a slash at the end
    workspace: Workspace
    token: str
    app: Any
    server: Server

    @property
    def out(self) -> Path:
        return self.workspace.out

    def get(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=60, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """As a page of ours does."""
        headers = {"X-Dragoman-Token": self.token, "Origin": self.url, "HX-Request": "true"}
        headers |= options.pop("headers", {})
        return httpx.post(self.url + path, headers=headers, timeout=60, **options)


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers: `serve()` over tmp_path/"out", or with what Workspace takes, or `workspace=`."""
    running: list[tuple[Server, threading.Thread]] = []

    def start(workspace: Workspace | None = None, **options: Any) -> Served:
        if workspace is None:
            workspace = Workspace(**({"out": tmp_path / "out", "model": "starter"} | options))
        app = application(workspace)
        socket = listen("127.0.0.1", 0)
        port = socket.getsockname()[1]
        ready = threading.Event()
        server = Server(app, socket, ready=ready.set)
        thread = threading.Thread(target=server.serve_here, daemon=True)
        thread.start()
        running.append((server, thread))
        assert ready.wait(30), "the server did not start"
        return Served(f"http://127.0.0.1:{port}", workspace, app.state.token, app, server)

    yield start
    for server, _ in running:
        server.should_exit = True
    for server, thread in running:
        thread.join(20)
        assert not thread.is_alive(), "the server did not stop"
        for listening in server.servers:
            listening.close()


@pytest.fixture
def served(serve: Serve) -> Served:
    """A server over the empty folder tmp_path/"out"."""
    return serve()


@pytest.fixture
def article(tmp_path: Path) -> str:
    """The translated article in the out folder of `served`; its name."""
    folder = tmp_path / "out" / "article"
    folder.mkdir(parents=True)
    for file in REVIEW.iterdir():
        shutil.copyfile(file, folder / file.name)
    return "article"


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        running = open_chromium(
            tmp_path_factory.mktemp("chromium"), "--window-size=1280,900", logged=True
        )
    except LookupError as missing:
        pytest.skip(str(missing))
    running.set_script_timeout(30)
    running.set_page_load_timeout(60)
    yield running
    running.quit()


@pytest.fixture
def browser(_chromium: Any) -> Iterator[Any]:
    """One Chromium for the session, at 1280x900, in light colours and on an empty page at every test."""
    _as_new(_chromium)
    yield _chromium
    _as_new(_chromium)


def _as_new(chromium: Any) -> None:
    while len(chromium.window_handles) > 1:
        chromium.switch_to.window(chromium.window_handles[-1])
        chromium.close()
    chromium.switch_to.window(chromium.window_handles[0])
    chromium.get("about:blank")
    resize(chromium, 1280)
    scheme(chromium, "light")
    chromium.get_log("browser")
    chromium.get_log("performance")


def resize(browser: Any, width: int, height: int = 900) -> None:
    """A window of that size; a phone below 700."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def scheme(browser: Any, colours: str) -> None:
    """`light` or `dark`."""
    feature = {"name": "prefers-color-scheme", "value": colours}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def until(condition: Callable[[], Any], *, seconds: float = 20, what: str = "") -> Any:
    """The first true value of `condition`; it may fail with anything until then."""
    end = time.monotonic() + seconds
    failure: Exception | None = None
    while time.monotonic() < end:
        try:
            if value := condition():
                return value
            failure = None
        except Exception as error:
            failure = error
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what or condition}") from failure
