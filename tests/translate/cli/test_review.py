"""`dragoman review`: real processes, asked over the loopback and stopped as a person stops them."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import pytest

from tests.translate.cli.conftest import Dragoman
from tests.translate.web.conftest import until
from translate.master import Master
from translate.review import version

REVIEW = Path(__file__).parents[2] / "data" / "review" / "article"
PATIENCE = 400  # seconds; the first translation of a run converts the checkpoint


@dataclass
class Running:
    """A started command. Its first line of output is the address."""

    process: subprocess.Popen[str]
    address: str = ""
    err: list[str] = field(default_factory=list)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Running] = []

    def starting(*arguments: str | Path) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "translate.cli", "review", "--no-open", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # A shell that starts a command with & may have told it to ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        assert process.stdout
        assert process.stderr
        one = Running(process)
        running.append(one)
        threading.Thread(target=lambda: one.err.extend(process.stderr or ()), daemon=True).start()
        one.address = process.stdout.readline().strip()
        assert one.address.startswith("http"), one.err
        return one

    yield starting
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait(10)
        for pipe in (one.process.stdout, one.process.stderr):
            with contextlib.suppress(ValueError):
                assert pipe
                pipe.close()


@pytest.fixture
def translated(tmp_path: Path) -> Path:
    """out/article in the folder that the command runs in."""
    folder = tmp_path / "out" / "article"
    shutil.copytree(REVIEW, folder)
    return folder


def get(address: str) -> httpx.Response:
    return httpx.get(address, timeout=60, follow_redirects=True)


class TestTheAddress:
    def test_is_the_first_line_and_is_answered(self, start: Start) -> None:
        running = start()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", running.address)
        assert "Translate a text" in get(running.address).text
        assert running.stop() == 0
        until(lambda: "stopped\n" in running.err)
        assert running.err == [
            "press Ctrl-C to stop; everything is saved as you go\n",
            "stopped\n",
        ]
        assert running.process.stdout
        assert running.process.stdout.read() == ""

    @pytest.mark.parametrize(
        "given", ["out/article", "out/article/", "out/article/article.po", "article"]
    )
    def test_of_a_document_is_its_page(self, start: Start, translated: Path, given: str) -> None:
        running = start(given)
        assert running.address.endswith("/d/article")
        assert get(running.address).status_code == 200

    def test_of_a_document_elsewhere(self, start: Start, translated: Path, tmp_path: Path) -> None:
        elsewhere = tmp_path / "else where" / "article"
        shutil.copytree(translated, elsewhere)
        shutil.rmtree(translated)
        running = start(elsewhere / "article.po")
        assert get(running.address).status_code == 200
        assert not (tmp_path / "out" / "article").exists()

    def test_of_two_servers_differ(self, start: Start) -> None:
        ports = {start().address, start().address}
        assert len(ports) == 2

    def test_has_the_port_that_was_asked_for(self, start: Start) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        assert start("--port", str(port)).address == f"http://127.0.0.1:{port}/"


class TestAText:
    def test_is_translated_then_shown(self, start: Start, news: Path, tmp_path: Path) -> None:
        running = start(news, "-m", "starter")
        job = re.search(r"/jobs/[\w-]+$", running.address)
        assert job
        assert "news" in get(running.address).text

        def done() -> bool:
            return str(get(running.address).url).endswith("/d/news")

        until(done, seconds=PATIENCE)
        assert running.stop() == 0
        assert sorted(p.name for p in (tmp_path / "out" / "news").iterdir()) == [
            "news.en.txt", "news.html", "news.po", "news.report.json",
        ]  # fmt: skip
        again = start(news, "-m", "starter")
        assert again.address.endswith("/d/news")  # that very text is translated already
        again.stop()
        with news.open("a", encoding="utf-8") as file:
            file.write("\n" + news.read_text("utf-8").split("\n")[0] + ".\n")
        assert re.search(r"/jobs/[\w-]+$", start(news, "-m", "starter").address)

    def test_that_is_being_translated_is_cancelled_by_ctrl_c(
        self, start: Start, tmp_path: Path
    ) -> None:
        article = Path(__file__).parents[2] / "data" / "article" / "article.ar.txt"
        running = start(article, "-m", "starter")
        assert "article" in unquote(get(running.address).text)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0
        assert not list(tmp_path.rglob("*.tmp"))


class TestOutputs:
    def test_are_up_to_date_after_ctrl_c(self, start: Start, translated: Path) -> None:
        running = start("out/article")
        base = running.address.partition("/d/")[0]
        token = re.search(r'name="dragoman-token" content="([^"]+)"', get(base).text)
        assert token
        unit = Master(REVIEW / "article.po").read().units[1]
        response = httpx.post(
            f"{running.address}/s/{quote(unit.segment.id, safe='')}/edit",
            data={"target": "My own words.", "base": version(unit), "since": "0"},
            headers={"X-Dragoman-Token": token[1]},
            timeout=60,
        )
        assert response.status_code == 200, response.text
        assert running.stop() == 0
        for suffix in (".po", ".html", ".en.txt", ".report.json"):
            text = (translated / f"article{suffix}").read_text("utf-8")
            assert "My own words." in text, suffix


class TestIsRefused:
    def test_a_busy_port(self, dragoman: Dragoman) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            ran = dragoman("review", "--no-open", "--port", str(port))
        assert ran.code == 1
        assert ran.error.startswith(f"can't listen on 127.0.0.1 port {port}: ")
        assert "choose another with --port" in ran.error
        assert ran.out == ""

    def test_a_host_of_another_machine(self, dragoman: Dragoman) -> None:
        ran = dragoman("review", "--no-open", "--host", "192.0.2.1")
        assert ran.code == 1
        assert "can't listen on 192.0.2.1" in ran.error

    @pytest.mark.parametrize(
        ("given", "code", "said"),
        [
            ("missing.txt", 1, "missing.txt: no such file"),
            ("missing.po", 1, "missing.po: no such file"),
            ("empty", 1, "holds no empty.po"),
            ("out", 2, "dragoman review -o out"),
            ("blank.txt", 1, "the file is empty"),
            ("report.pdf", 1, "looks like a PDF file"),
            ("broken/broken.po", 1, "not a line of a PO file"),
        ],
    )
    def test_what_cant_be_reviewed(
        self,
        dragoman: Dragoman,
        translated: Path,
        tmp_path: Path,
        given: str,
        code: int,
        said: str,
    ) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "blank.txt").touch()
        (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "broken.po").write_text("msgid no quotes", "utf-8")
        ran = dragoman("review", "--no-open", given)
        assert ran.code == code
        assert said in ran.error
        assert ran.out == ""

    def test_a_termbase_that_cant_be_read(self, dragoman: Dragoman) -> None:
        assert "missing.po: no such file" in dragoman("review", "-g", "missing.po").error


class TestAnotherHost:
    def test_is_said_and_answered(self, start: Start) -> None:
        running = start("--host", "0.0.0.0")
        assert get(running.address).status_code == 200
        until(lambda: len(running.err) == 2)
        assert running.err[0].startswith("warning: listening on 0.0.0.0: everyone who reaches")
        port = running.address.rstrip("/").rpartition(":")[2]
        for host, status in ((socket.gethostname(), 200), ("evil.example", 403)):
            headers = {"Host": f"{host}:{port}"}
            assert httpx.get(running.address, headers=headers).status_code == status


def test_help_says_what_it_does(dragoman: Dragoman) -> None:
    assert "review" in dragoman("--help").out
    said = dragoman("review", "--help").out
    assert "first line of output is the address" in " ".join(said.split())
