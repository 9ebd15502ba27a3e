"""A server on a free port over a translator without weights; what it decodes can be held up."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from glossary.termbase import Termbase
from models.checkpoint import Checkpoint
from models.tokenizer import Tokenizer
from tests.translate.conftest import assembled
from translate.engines.base import Hypothesis, Request
from translate.engines.fake import FakeEngine
from translate.pipeline import Translator
from translate.serve.app import application
from translate.serve.limits import Limits
from translate.serve.site import Site
from translate.web.server import Server, listen

ARABIC = "وصل الوفد إلى موسكو."
ENGLISH = "Arrived delegation at Moscow."


class HeldEngine(FakeEngine):
    """Decodes while `free` is set; fails for a source with `broken` in it."""

    def __init__(self, words: Mapping[str, str], broken: str = "") -> None:
        super().__init__(words)
        self.free = threading.Event()
        self.free.set()
        self.entered = threading.Event()
        self.broken = broken

    def decode(
        self, requests: Sequence[Request], *, beam_size: int = 4, n_best: int = 1
    ) -> list[list[Hypothesis]]:
        self.entered.set()
        assert self.free.wait(30)
        if self.broken and any(self.broken in "".join(r.tokens) for r in requests):
            raise ValueError(self.broken)
        return super().decode(requests, beam_size=beam_size, n_best=n_best)


@dataclass(frozen=True)
class Served:
    """A running server, and what it runs on."""

    url: str  # without a slash at the end
    site: Site
    server: Server
    engine: Any
    folder: Path  # of glossaries
    client: httpx.Client

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.client.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: object = None, **options: Any) -> httpx.Response:
        return self.ask("POST", path, **({"json": body} if body is not None else {}), **options)


Serve = Callable[..., Served]


@pytest.fixture
def engine(words: Mapping[str, str]) -> HeldEngine:
    return HeldEngine(words, broken="كسر")


@pytest.fixture
def held(
    engine: HeldEngine, checkpoint: Checkpoint, tokenizer: Tokenizer, data: Path
) -> Translator:
    """A translator on `engine` with the terms of tests/data/pipeline."""
    terms = Termbase.load([data / "pipeline" / "terms.po"])
    return assembled(engine, checkpoint, tokenizer, terms)


@pytest.fixture
def serve(tmp_path: Path, held: Translator) -> Iterator[Serve]:
    """Starts servers: `serve()`, with another translator, or with what `application` takes."""
    running: list[tuple[Server, threading.Thread]] = []
    clients: list[httpx.Client] = []

    def start(translator: Translator | None = None, *, grace: float = 5, **options: Any) -> Served:
        folder = tmp_path / "glossaries"
        options = {"glossaries": folder, "keys": tmp_path / "keys.json"} | options
        app = application(translator or held, **options)
        site = app.state.site
        listening = listen("127.0.0.1", 0)
        ready = threading.Event()
        server = Server(app, listening, ready=ready.set, drain=lambda: site.drain(grace))
        thread = threading.Thread(target=server.serve_here, daemon=True)
        thread.start()
        running.append((server, thread))
        assert ready.wait(30), "the server did not start"
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client = httpx.Client(base_url=url, timeout=60, verify=False)  # no certificates to load
        clients.append(client)
        return Served(url, site, server, (translator or held).engine, folder, client)

    yield start
    for client in clients:
        client.close()
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(30)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def served(serve: Serve) -> Served:
    return serve()


@pytest.fixture
def small(serve: Serve) -> Served:
    """A server that takes little."""
    return serve(limits=Limits(body=2000, document=4000, texts=3, seconds=1, requests=2))
