"""Texts, names and termbases that attack the page are data: shown as they are, never obeyed."""

import html
import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.translate.web.conftest import Serve, Served, until
from translate.formats.po import write_po
from translate.pipeline import Translator
from translate.types import Document, Segment, TranslationUnit
from translate.web.start import disposition

IMAGE = "<img src=x onerror=window.hacked=1>"
SCRIPT = "<script>window.hacked = 1</script>"
ATTACKS = (
    SCRIPT,
    "</script><script>window.hacked = 1</script>",
    "</textarea></title></style><img src=x onerror='window.hacked = 1'>",
    "<svg/onload=window.hacked=1>",
    "\" autofocus onfocus=window.hacked=1 x=\"' onmouseover='window.hacked=1",
    "<a href='javascript:window.hacked=1'>x</a><iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<div hx-get='/jobs/x' hx-trigger='load' hx-on:click='window.hacked=1'></div>",
    "{{ 7 * 191 }} {% for x in y %} {# #} ${7*191} #{7*191}",
    "<!-- --><![CDATA[ ]]>&lt;script&gt;&#60;script&#62;",
    "\u202e gnp.exe \u2066\u2069 \u200f\u200e \u061c",
    "\U0001f9ff \ufffe \ufdd0 \x7f \x85 \u2028 \u2029",
    "http://evil.example/ //evil.example/x.js",
)
HOSTILE_NAMES = (
    IMAGE,
    "a&b=c#d?e%2fs",
    "'\"><script>window.hacked=1<",
    "javascript:window.hacked=1",
    "مقال عن كييف",
    "%2e%2e",
    "{{ 7 * 191 }}",
    "line\nbreak",
    "\u202egnp.exe",
)


def document(name: str) -> Document:
    """Both languages, notes and kinds full of attacks."""
    units = tuple(
        TranslationUnit(
            segment=Segment(
                id=f"p{i + 1}", source=f"كييف {attack}", kind="sentence", paragraph=i,
                before="\n" if i else "",
            ),
            target=f"Kyiv {attack}",
            state="translated",
            note=attack.replace("\n", " "),
        )
        for i, attack in enumerate(ATTACKS)
    )  # fmt: skip
    return Document(name=name, units=units)


def put(out: Path, name: str) -> None:
    """A document of that name in the folder."""
    folder = out / name
    folder.mkdir(parents=True)
    (folder / f"{name}.po").write_text(write_po(document(name)), encoding="utf-8")


@pytest.fixture
def hostile(served: Served) -> Served:
    """A server over documents of hostile names and texts."""
    for name in HOSTILE_NAMES:
        put(served.out, name)
    return served


def faked(served: Served, fake: Callable[..., Translator]) -> Served:
    """Translates word by word, without weights."""
    served.workspace._translators["starter"] = fake()
    return served


def finished(served: Served, job: str) -> str:
    def look() -> str:
        response = served.get(job, headers={"HX-Request": "true"})
        assert "HX-Refresh" not in response.headers, served.get(job).text
        return str(response.headers.get("HX-Redirect", ""))

    found: str = until(look, seconds=120)
    return found


def markup(page: str) -> str:
    """The page without what is escaped: a tag of an attack would be left."""
    return re.sub(r"&(?:lt|gt|quot|amp|#\d+);", "", page)


class TestNames:
    def test_in_the_list_are_text(self, hostile: Served) -> None:
        page = hostile.get("/").text
        for name in HOSTILE_NAMES:
            assert html.escape(name, quote=False) in page.replace("&#39;", "'").replace(
                "&#34;", '"'
            )
            assert f'href="/d/{quote(name, safe="")}"' in page
        assert "onerror=window" not in re.sub(r"&lt;.*?&gt;", "", page)
        assert "<script>window" not in page
        assert "1337" not in page

    def test_lead_to_their_document(self, hostile: Served) -> None:
        for name in HOSTILE_NAMES:
            response = hostile.get(f"/d/{quote(name, safe='')}/download/po")
            assert response.status_code == 200, name
            assert response.content == (hostile.out / name / f"{name}.po").read_bytes()
            value = response.headers["content-disposition"]
            assert unquote(value.partition("UTF-8''")[2]) == f"{name}.po"

    def test_cant_end_a_header(self) -> None:
        value = disposition('a\r\nSet-Cookie: x=1; filename="b"')
        assert value.isascii()
        assert value.isprintable()
        assert value.count('"') == 2

    @pytest.mark.parametrize(
        "path",
        [
            "/d/../download/po",
            "/d/%2e%2e/download/po",
            "/d/..%2fbait/download/po",
            "/d/%2e%2e%2fbait/download/po",
            "/d/..%5cbait/download/po",
            "/d/%2ftmp/download/po",
            "/d/a%00b/download/po",
            "/d/%ff%fe/download/po",
            "/d/%ed%a0%80/download/po",
            "/d/" + "a" * 4000 + "/download/po",
            "/d/" + quote("م" * 300) + "/download/po",
            "/d/article/download/..%2f..%2fbait",
            "/d/%253cscript%253e/download/po",
            "/jobs/..%2f..%2fbait",
            "/jobs/%00",
            "/static/..%2f..%2f..%2fglossary%2fpo%2fplaces.po",
            "/static/%00",
            "/static/" + "a" * 4000,
        ],
    )
    def test_lead_nowhere_else(self, served: Served, article: str, path: str) -> None:
        put(served.out.parent, "bait")
        answer = exactly(served, path)
        assert answer.split(" ", 2)[1] in ("404", "400"), answer
        assert "ATTACKS" not in answer
        assert "X-Dragoman-Model" not in answer
        assert "msgid" not in answer
        assert "content-security-policy" in answer or answer.startswith("HTTP/1.1 400")

    @pytest.mark.parametrize(
        "name", [*HOSTILE_NAMES, "../../escaped", "/etc/escaped", "a" * 5000, "..", "\x00", "CON"]
    )
    def test_of_the_form_stay_in_the_folder(
        self, served: Served, fake: Callable[..., Translator], text: str, name: str
    ) -> None:
        faked(served, fake)
        response = served.post("/translate", data={"text": text, "name": name})
        assert response.status_code == 202
        there = unquote(finished(served, response.headers["HX-Redirect"])).removeprefix("/d/")
        (folder,) = served.out.iterdir()
        assert folder.name == there
        assert (folder / f"{there}.po").is_file()
        assert [p.name for p in served.out.parent.iterdir()] == ["out"]

    def test_of_files_are_text(self, served: Served) -> None:
        files = {"file": ("<img src=x onerror=1>.pdf", b"%PDF-", "text/html")}
        response = served.post("/translate", files=files)
        assert response.status_code == 422
        assert "&lt;img src=x onerror=1&gt;.pdf" in response.text
        assert "<img" not in response.text

    def test_in_errors_are_text(self, served: Served) -> None:
        for headers in ({}, {"HX-Request": "true"}):
            response = served.get(f"/d/{quote(IMAGE, safe='')}/download/po", headers=headers)
            assert response.status_code == 404
            assert "&lt;img src=x onerror" in response.text
            assert IMAGE not in response.text


class TestTexts:
    def test_are_translated_as_text(self, served: Served, fake: Callable[..., Translator]) -> None:
        faked(served, fake)
        text = "\n".join(f"كييف {attack}" for attack in ATTACKS) + "\x00"
        refused = served.post("/translate", data={"text": text, "name": "attack"})
        assert refused.status_code == 422  # a NUL is no text
        response = served.post("/translate", data={"text": text[:-1], "name": "attack"})
        there = finished(served, response.headers["HX-Redirect"])
        assert there == "/d/attack"
        units = served.workspace.open("attack").document.units
        sources = "".join("".join(u.segment.before + u.segment.source for u in units).split())
        assert sources == "".join(text[:-1].split())

    def test_of_one_long_line_arrive_whole(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        got: list[str] = []
        monkeypatch.setattr(
            served.workspace,
            "create",
            lambda name, text, **_: got.append(text) or put(served.out, name),
        )
        text = "وصل الوفد " * (2**20 // 19)
        response = served.post("/translate", data={"text": text, "name": "long"})
        assert response.status_code == 202
        assert finished(served, response.headers["HX-Redirect"]) == "/d/long"
        assert got == [text]

    @pytest.mark.slow
    def test_of_one_long_line_are_listed_opened_and_downloaded(self, served: Served) -> None:
        line = "وصل الوفد " * (2**20 // 19)
        segment = Segment(id="p1", source=line.strip(), kind="sentence", paragraph=0)
        unit = TranslationUnit(segment=segment, target="x" * 2**20, state="translated")
        folder = served.out / "long"
        folder.mkdir(parents=True)
        text = write_po(Document(name="long", units=(unit,)))
        (folder / "long.po").write_text(text, encoding="utf-8")
        assert "<b>0</b> of <b>1</b> reviewed" in served.get("/").text
        assert "x" * 2**20 in served.get("/d/long").text
        assert served.get("/d/long/download/txt").text.strip() == "x" * 2**20

    def test_go_out_as_they_are(self, hostile: Served) -> None:
        base = f"/d/{quote(HOSTILE_NAMES[0], safe='')}/download"
        report = hostile.get(f"{base}/json").json()
        assert SCRIPT in report["segments"][0]["source"]
        lines = hostile.get(f"{base}/jsonl").text.splitlines()
        assert len([json.loads(line) for line in lines]) == len(ATTACKS)
        page = hostile.get(f"{base}/html")
        assert page.headers["content-disposition"].startswith("attachment")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "<script>window" not in page.text


@pytest.mark.browser
class TestInTheBrowser:
    def quiet(self, browser: Any) -> None:
        assert browser.execute_script("return window.hacked") is None
        assert [e["message"] for e in browser.get_log("browser")] == []
        foreign = "return document.querySelectorAll('img, iframe, svg, object, embed, base').length"
        assert browser.execute_script(foreign) == 0

    def test_the_start_page_obeys_nothing(self, browser: Any, hostile: Served) -> None:
        browser.get(hostile.url)
        self.quiet(browser)
        names = browser.execute_script(
            "return [...document.querySelectorAll('.open')].map((a) => a.textContent)"
        )
        assert sorted(names) == sorted(HOSTILE_NAMES)

    def test_nor_does_a_page_of_errors(self, browser: Any, served: Served) -> None:
        browser.get(f"{served.url}/d/{quote(IMAGE, safe='')}/download/html")
        assert IMAGE in browser.find_element("css selector", "main").text
        assert browser.execute_script("return window.hacked") is None

    @pytest.mark.parametrize("name", [n for n in HOSTILE_NAMES if "\n" not in n])  # that is none
    def test_nor_does_the_page_of_a_document(
        self, browser: Any, hostile: Served, name: str
    ) -> None:
        browser.get(f"{hostile.url}/d/{quote(name, safe='')}")
        text = browser.execute_script("return document.querySelector('main').textContent")
        for attack in (SCRIPT, ATTACKS[7]):
            assert attack in text
        self.quiet(browser)

    def test_nor_does_the_page_of_a_termbase(
        self, browser: Any, serve: Serve, tmp_path: Path, article: str
    ) -> None:
        terms = tmp_path / f"{IMAGE}.po"
        lines = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n']
        for i, attack in enumerate(ATTACKS[:9]):
            shown = attack.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(
                f"# {attack}\n#. kind: place\n#. variant: {attack}\n#. avoid: x{attack}\n"
                f'#. cite: {attack}\nmsgctxt "{shown}"\nmsgid "كييف{i}"\nmsgstr "{shown}"\n'
            )
        terms.write_text("\n".join(lines), encoding="utf-8")
        served = serve(termbases=[terms])
        for path in ("/", "/terms", "/d/article/terms", "/d/article"):
            browser.get(served.url + path)
            self.quiet(browser)


def exactly(served: Served, path: str) -> str:
    """The answer to this very path: a client would tidy it up first."""
    host, port = served.url.removeprefix("http://").split(":")
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer.decode("utf-8", "replace")
