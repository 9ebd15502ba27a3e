"""How does the server hold up under many clients?

    python -m tests.bench load [--clients N] [--seconds N] [--tokens N] [--workers N] [--threads N] [--document]

A server is started as a process of its own with the starter, and N clients ask it without a pause through DeepL's
interface: nine requests in ten are one sentence of tests/data/article, one is a paragraph of eight. Told are
requests and words a second, the latency of sentences and paragraphs (p50, p99), statuses, and the server's memory
as it went on. A client that is told to come back does, after Retry-After. `--document` keeps one long document in
translation all the while.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from translate.segment import segment
from translate.serve.batching import BATCH_TOKENS, WORKERS
from translate.serve.limits import Limits

ARTICLE = Path(__file__).parents[1] / "data" / "article" / "article.ar.txt"
PARAGRAPH = 8  # sentences
LOOK = 5.0  # seconds between looks at the memory
START = """
import sys, pathlib
from translate.pipeline import Translator
from translate.serve.app import application
from translate.serve.limits import Limits
from translate.web.server import Server, listen
folder, tokens, workers, threads, requests = sys.argv[1:]
app = application(
    Translator(model="starter", threads=int(threads) or None),
    glossaries=pathlib.Path(folder), keys=pathlib.Path(folder) / "keys.json",
    tokens=int(tokens), workers=int(workers), limits=Limits(requests=int(requests)),
)
socket = listen("127.0.0.1", 0)
Server(app, socket, ready=lambda: print(socket.getsockname()[1], flush=True)).serve_here()
"""


@dataclass
class Seen:
    """What the clients saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"sentence": [], "paragraph": []})  # fmt: skip
    statuses: Counter[int] = field(default_factory=Counter)
    words: int = 0
    memory: list[float] = field(default_factory=list)  # MB


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--tokens", type=int, nargs="+", default=[BATCH_TOKENS])
    parser.add_argument("--workers", type=int, nargs="+", default=[WORKERS])
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--requests", type=int, default=Limits().requests)
    parser.add_argument("--document", action="store_true")
    options = parser.parse_args(argv)
    print(
        "| clients | tokens a batch | workers | requests/s | words/s | sentence p50 | p99 | paragraph p50 | p99 "
        "| statuses | memory at the start | at the end | most |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for tokens in options.tokens:
        for workers in options.workers:
            seen = _measured(options, tokens, workers)
            print(_row(options, tokens, workers, seen), flush=True)


def _measured(options: argparse.Namespace, tokens: int, workers: int) -> Seen:
    with tempfile.TemporaryDirectory() as folder:
        settings = (folder, tokens, workers, options.threads, options.requests)
        process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, settings)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
            return asyncio.run(_load(address, options, process.pid))
        finally:
            process.terminate()
            process.wait(60)


async def _load(address: str, options: argparse.Namespace, pid: int) -> Seen:
    sentences = [one.source for one in segment(ARTICLE.read_text(encoding="utf-8"))[0]]
    seen = Seen()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        await client.post("/v1/translate", json={"texts": sentences[:2]})  # everything is loaded
        seen.memory.append(_memory(pid))
        until = time.monotonic() + options.seconds
        tasks = [_look(seen, pid, until)]
        tasks += [_ask(client, seen, sentences, until, n) for n in range(options.clients)]
        if options.document:
            tasks.append(_send(client, "\n".join(sentences * 20), until))
        await asyncio.gather(*tasks)
    seen.memory.append(_memory(pid))
    return seen


async def _ask(
    client: httpx.AsyncClient, seen: Seen, sentences: Sequence[str], until: float, seed: int
) -> None:
    chance = random.Random(seed)
    while time.monotonic() < until:
        kind = "paragraph" if chance.random() < 0.1 else "sentence"
        at = chance.randrange(len(sentences) - PARAGRAPH)
        text = " ".join(sentences[at : at + (PARAGRAPH if kind == "paragraph" else 1)])
        started = time.monotonic()
        answer = await client.post("/v2/translate", json={"text": [text], "target_lang": "EN-US"})
        seen.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            seen.seconds[kind].append(time.monotonic() - started)
            seen.words += len(text.split())
        else:
            await asyncio.sleep(float(answer.headers.get("retry-after", 1)))


async def _send(client: httpx.AsyncClient, text: str, until: float) -> None:
    while time.monotonic() < until:
        file = {"file": ("a.txt", text.encode())}
        sent = await client.post("/v2/document", data={"target_lang": "EN-US"}, files=file)
        handle = sent.json()
        path, key = f"/v2/document/{handle['document_id']}", {"document_key": handle["document_key"]}  # fmt: skip
        while time.monotonic() < until:
            if (await client.post(path, json=key)).json()["status"] in ("done", "error"):
                break
            await asyncio.sleep(1)
        await client.post(f"{path}/result", json=key)


async def _look(seen: Seen, pid: int, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(LOOK)
        seen.memory.append(_memory(pid))


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _row(options: argparse.Namespace, tokens: int, workers: int, seen: Seen) -> str:
    requests = sum(map(len, seen.seconds.values()))
    latencies = [
        f"{np.percentile(found, p):.2f} s" if found else "-"
        for found in seen.seconds.values()
        for p in (50, 99)
    ]
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(seen.statuses.items()))
    cells = [
        options.clients, tokens, workers,
        f"{requests / options.seconds:.1f}", f"{seen.words / options.seconds:.0f}",
        *latencies, statuses,
        f"{seen.memory[0]:.0f} MB", f"{seen.memory[-1]:.0f} MB", f"{max(seen.memory):.0f} MB",
    ]  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"
