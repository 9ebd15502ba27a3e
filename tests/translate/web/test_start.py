"""The start page: a text becomes a document, in a job with progress; documents are found and downloaded."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.translate.documents.conftest import docx, paragraph, part, sample
from tests.translate.documents.test_contract import SUFFIXES
from tests.translate.web.conftest import Serve, Served, resize, scheme, until
from translate.documents import FORMATS, MAX_BYTES, Original
from translate.errors import Cancelled, TranslateError
from translate.formats import WRITERS
from translate.web.app import STATIC
from translate.web.guard import BODY_LIMIT
from translate.web.jobs import Job, Jobs
from translate.web.start import (
    TEXT_LIMIT,
    clean_name,
    disposition,
    free_name,
    proposed_name,
)

MODEL = {"model": "starter"}
PATIENCE = 400  # seconds; the first translation of a run converts the checkpoint


class TestNames:
    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ("article", "article"),
            ("  my  article ", "my article"),
            ("أخبار اليوم", "أخبار اليوم"),
            ("../../etc/passwd", "etc-passwd"),
            ("..", ""),
            (".", ""),
            (".hidden", "hidden"),
            ("a/b\\c", "a-b-c"),
            ('a"b<c>d|e?f*g:h', "a-b-c-d-e-f-g-h"),
            ("a\x00b\nc\x7fd", "a-b-c-d"),
            ("a\u202eb\u2066c", "a-b-c"),
            ("%2e%2e%2f", "%2e%2e%2f"),
            ("CON", "CON-"),
            ("nul.txt", "nul.txt-"),
            ("a" * 500, "a" * 160),
            ("م" * 500, "م" * 80),
            ("half \ud800 pair", "half - pair"),
        ],
    )
    def test_are_made_fit_for_a_folder(self, given: str, name: str) -> None:
        assert clean_name(given) == name
        assert clean_name(name) == name

    @pytest.mark.parametrize(
        ("file", "name"),
        [
            ("article.ar.txt", "article"),
            ("news-ar_EG.TXT", "news"),
            ("C:\\texts\\news.txt", "C-texts-news"),
            ("../../news.txt", "news"),
            ("خبر.txt", "خبر"),
            ("letter.ar.docx", "letter"),
            ("page_ar.HTML", "page"),
            ("v1.2.docx", "v1.2"),
            ("notes.pdf", "notes.pdf"),
            (".docx", "كييف"),
            (".txt", "كييف"),
            ("...", "كييف"),
        ],
    )
    def test_are_proposed_from_the_file(self, file: str, name: str) -> None:
        assert proposed_name("كييف", file) == name

    def test_are_proposed_from_the_first_words(self, text: str) -> None:
        first = text.split()
        assert proposed_name(text, "").split("-") == [*first[:4], first[4]]
        assert proposed_name("...", "") == "text"

    def test_that_are_free(self, served: Served, article: str) -> None:
        assert free_name(served.workspace, "other") == "other"
        assert free_name(served.workspace, "Article") == "Article-2"
        (served.out / "article-2").mkdir()
        assert free_name(served.workspace, "article") == "article-3"

    def test_in_a_download_are_in_any_script(self) -> None:
        value = disposition('خبر "x"; y.po')
        assert value.isascii()
        assert unquote(value.partition("UTF-8''")[2]) == 'خبر "x"; y.po'
        assert value.startswith('attachment; filename="___ _x__ y.po"; filename*=')


class FakeWorkspace:
    """Translates as it is told."""

    def __init__(self, work: Callable[..., None]) -> None:
        self.work = work
        self.names: list[str] = []

    def create(self, name: str, text: str, **options: Any) -> None:
        self.names.append(name)
        self.work(name, **options)


def jobs_over(work: Callable[..., None]) -> tuple[Jobs, FakeWorkspace]:
    workspace = FakeWorkspace(work)
    return Jobs(workspace), workspace  # type: ignore[arg-type]


class TestJobs:
    def test_run_one_at_a_time_in_order(self) -> None:
        running: list[str] = []

        def work(name: str, **_: Any) -> None:
            running.append(name)
            assert len(running) == 1
            time.sleep(0.02)
            running.clear()

        jobs, workspace = jobs_over(work)
        added = [jobs.add(name, "") for name in "abc"]
        until(lambda: all(job.finished for job in added))
        assert workspace.names == ["a", "b", "c"]
        assert {job.state for job in added} == {"done"}
        jobs.stop()

    def test_tell_how_far_they_are(self) -> None:
        go, told = threading.Event(), threading.Event()

        def work(name: str, *, progress: Callable[..., None], **_: Any) -> None:
            progress(0, 10, 0)
            time.sleep(0.05)
            progress(5, 10, 100)
            told.set()
            go.wait(10)

        jobs, _ = jobs_over(work)
        job, waiting = jobs.add("a", ""), jobs.add("b", "")
        assert told.wait(10)
        assert (job.state, job.done, job.total) == ("running", 5, 10)
        assert 0 < job.rate <= 100 / 0.05
        assert job.left is not None
        assert job.left > 0
        assert (waiting.state, waiting.left, waiting.rate) == ("waiting", None, 0)
        assert jobs.before(waiting) == 1
        go.set()
        until(lambda: waiting.finished)
        jobs.stop()

    def test_are_cancelled_running_and_waiting(self) -> None:
        def work(name: str, *, cancelled: Callable[[], bool], **_: Any) -> None:
            while not cancelled():
                time.sleep(0.01)
            raise Cancelled(name)

        jobs, workspace = jobs_over(work)
        first, second = jobs.add("a", ""), jobs.add("b", "")
        until(lambda: first.state == "running")
        jobs.cancel(second)
        jobs.cancel(first)
        until(lambda: first.finished and second.finished)
        assert (first.state, second.state) == ("cancelled", "cancelled")
        assert workspace.names == ["a"]
        jobs.stop()

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (TranslateError("the model is broken"), "the model is broken"),
            (OSError(28, "No space left on device"), "can't be written: No space left on device"),
            (RuntimeError("secret"), "Dragoman made a mistake"),
        ],
    )
    def test_that_fail_say_why_and_the_next_goes_on(self, error: Exception, said: str) -> None:
        def work(name: str, **_: Any) -> None:
            if name == "a":
                raise error

        jobs, _ = jobs_over(work)
        first, second = jobs.add("a", ""), jobs.add("b", "")
        until(lambda: second.finished)
        assert (first.state, second.state) == ("failed", "done")
        assert said in first.error
        assert "secret" not in first.error
        jobs.stop()

    def test_of_one_name_do_not_run_twice(self) -> None:
        go = threading.Event()
        jobs, _ = jobs_over(lambda name, **_: go.wait(10))
        jobs.add("a", "")
        with pytest.raises(TranslateError, match="being translated already"):
            jobs.add("a", "")
        go.set()
        until(lambda: not jobs.unfinished())
        jobs.add("a", "")
        jobs.stop()

    def test_are_forgotten_after_a_while(self) -> None:
        jobs, _ = jobs_over(lambda name, **_: None)
        first = jobs.add("0", "")
        for number in range(1, 60):
            job: Job = jobs.add(str(number), "")
            until(lambda job=job: job.finished)
        assert jobs.get(first.id) is None
        assert jobs.get(job.id) is job
        jobs.stop()


def sent(served: Served, job: str) -> str:
    """Waits for the job that this address stands for; the address that it leads to."""

    def look() -> str:
        response = served.get(job, headers={"HX-Request": "true"})
        assert "HX-Refresh" not in response.headers, served.get(job).text
        return str(response.headers.get("HX-Redirect", ""))

    found: str = until(look, seconds=PATIENCE)
    return found


class TestTheForm:
    def test_translates_what_is_pasted(self, served: Served, text: str) -> None:
        response = served.post("/translate", data=MODEL | {"text": text, "name": "news"})
        assert response.status_code == 202
        assert sent(served, response.headers["HX-Redirect"]) == "/d/news"
        document = served.workspace.open("news").document
        assert "Moscow" in " ".join(unit.target for unit in document.units)
        assert (served.out / "news" / "news.po").exists()

    def test_translates_a_file_in_its_encoding(self, served: Served, text: str) -> None:
        files = {"file": ("خبر.ar.txt", text.encode("windows-1256"), "text/plain")}
        response = served.post("/translate", data=MODEL, files=files)
        assert unquote(sent(served, response.headers["HX-Redirect"])) == "/d/خبر"
        units = served.workspace.open("خبر").document.units
        assert units[0].segment.source == text.split("\n")[0]

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("a.txt", b"", "the file is empty"),
            ("a.docx", b"PK\x03\x04 word/document.xml", "the DOCX file is broken or cut short"),
            ("a.odt", docx(paragraph("نص")), "the ODT file has no content.xml"),
            ("a.doc", b"\xd0\xcf\x11\xe0", "looks like an old Word or Excel file"),
            ("a.HTML", b"<p>only English", "no Arabic text in it"),
            ("a.srt", b"", "the file is empty"),
            ("a.md", b"\0\1\2", "looks like a binary file"),
            ("text", b"PK\x03\x04 word/document.xml", "looks like a DOCX"),
            ("a.pdf", b"%PDF-1.7", "looks like a PDF file"),
            ("a.txt", "кириллица".encode("cp1251"), "save it as plain text"),
            ("a.txt", b"\x00\x01\x02", "binary"),
        ],
    )
    def test_says_what_is_wrong_with_a_file(
        self, served: Served, name: str, data: bytes, said: str
    ) -> None:
        response = served.post("/translate", data=MODEL, files={"file": (name, data, "text/plain")})
        assert response.status_code == 422
        assert said in response.text
        assert f"{name}: " in response.text
        assert "--encoding" not in response.text
        assert not list(served.out.glob("*"))

    @pytest.mark.parametrize("suffix", [*SUFFIXES, ".HTM", ".markdown"])
    def test_takes_every_document_that_can_be_read(
        self, served: Served, suffix: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: dict[str, Any] = {}
        monkeypatch.setattr(
            served.workspace, "create", lambda name, text, **o: made.update(o, name=name, text=text)
        )
        kind = FORMATS[suffix.lower()]
        data = sample({".HTM": ".html", ".markdown": ".md"}.get(suffix, suffix))
        files = {"file": (f"letter.ar{suffix}", data, "application/octet-stream")}
        assert served.post("/translate", data=MODEL, files=files).status_code == 202
        until(lambda: made)
        assert made["name"] == "letter"
        assert made["text"] == kind.read(data, "x").text
        assert made["original"] == Original(suffix=suffix.lower(), data=data)
        until(lambda: not served.app.state.jobs.unfinished())

    def test_a_document_comes_back_in_its_format(self, served: Served) -> None:
        data = docx(paragraph("<w:r><w:t>وصل الوفد إلى موسكو.</w:t></w:r>"))
        files = {"file": ("letter.docx", data, "application/octet-stream")}
        response = served.post("/translate", data=MODEL, files=files)
        assert sent(served, response.headers["HX-Redirect"]) == "/d/letter"
        folder = served.out / "letter"
        assert (folder / "letter.source.docx").read_bytes() == data
        link = "/d/letter/download/document"
        assert f'href="{link}"' in served.get("/").text
        assert f'href="{link}"' in served.get("/d/letter").text
        response = served.get(link)
        assert response.headers["content-disposition"].endswith("UTF-8''letter.en.docx")
        assert response.content == (folder / "letter.en.docx").read_bytes()

        from translate.review import version

        review = served.workspace.open("letter")
        unit = review.document.units[0]
        review.approve(unit.segment.id, base=version(unit), target="They came.")
        assert "They came." in part(served.get(link).content, "word/document.xml")
        (folder / "letter.source.docx").write_bytes(docx(paragraph("<w:r><w:t>غيره</w:t></w:r>")))
        response = served.get(link)
        assert response.status_code == 422
        assert "another text" in response.text

    def test_what_was_a_text_has_no_other_format(self, served: Served, article: str) -> None:
        assert "download/document" not in served.get("/").text
        assert served.get("/d/article/download/document").status_code == 404

    @pytest.mark.slow  # 64 MB are sent
    def test_limits_documents(self, served: Served) -> None:
        assert MAX_BYTES < BODY_LIMIT - 2**20
        big = b"<p>" + b"x" * MAX_BYTES
        response = served.post("/translate", files={"file": ("a.html", big, "text/html")})
        assert response.status_code == 422
        assert "a.html: larger than 64 MB" in response.text

    @pytest.mark.parametrize("text", ["", "  \n "])
    def test_wants_a_text(self, served: Served, text: str) -> None:
        response = served.post("/translate", data=MODEL | {"text": text})
        assert response.status_code == 422
        assert "Paste an Arabic text or choose a file first" in response.text

    def test_limits_the_text(self, served: Served) -> None:
        big = "م ".encode() * (TEXT_LIMIT // 3 + 1)
        assert TEXT_LIMIT < len(big) < BODY_LIMIT - 10_000
        for form in (
            {"files": {"file": ("a.txt", big, "text/plain")}},
            {"data": {"text": big.decode()}, "files": {"unused": b""}},
        ):
            response = served.post("/translate", **form)
            assert response.status_code == 422
            assert "longer than 20 MB" in response.text

    @pytest.mark.parametrize(
        ("field", "value"),
        [("model", "/etc"), ("model", "org/other"), ("termbase", "/etc/passwd")],
    )
    def test_takes_only_what_it_offers(self, served: Served, field: str, value: str) -> None:
        response = served.post("/translate", data={"text": "كييف", field: value})
        assert response.status_code == 422
        assert f'data-field="{field}"' in response.text

    def test_uses_the_termbases_that_are_checked(
        self, serve: Serve, data: Path, tmp_path: Path, text: str
    ) -> None:
        terms = data / "pipeline" / "terms.po"
        served = serve(termbases=[terms])
        for name, chosen in (("with", [str(terms)]), ("without", [])):
            form = MODEL | {"text": text, "name": name, "termbase": chosen}
            sent(served, served.post("/translate", data=form).headers["HX-Redirect"])
        reports = [
            json.loads((served.out / n / f"{n}.report.json").read_text("utf-8"))
            for n in ("with", "without")
        ]
        assert reports[0]["summary"]["occurrences"] > 0
        assert reports[1]["summary"]["occurrences"] == 0

    def test_asks_before_it_goes_on_with_a_document(
        self, served: Served, article: str, text: str
    ) -> None:
        form = MODEL | {"text": text, "name": "Article"}
        before = (served.out / article / f"{article}.po").read_bytes()
        response = served.post("/translate", data=form)
        assert response.status_code == 409
        assert 'value="Article-2"' in response.text
        assert (served.out / article / f"{article}.po").read_bytes() == before

        response = served.post("/translate", data=form | {"rename": "Article-2"})
        assert sent(served, response.headers["HX-Redirect"]) == "/d/Article-2"
        assert (served.out / article / f"{article}.po").read_bytes() == before

    def test_keeps_a_persons_work_when_it_goes_on(self, served: Served, text: str) -> None:
        form = MODEL | {"text": text, "name": "news"}
        sent(served, served.post("/translate", data=form).headers["HX-Redirect"])
        from translate.review import version

        review = served.workspace.open("news")
        unit = review.document.units[1]
        review.approve(unit.segment.id, base=version(unit), target="My own words.")

        again = form | {"text": text + "\n" + text.split("\n")[2], "existing": "continue"}
        sent(served, served.post("/translate", data=again).headers["HX-Redirect"])
        units = {u.segment.id: u for u in served.workspace.open("news").document.units}
        kept = units[unit.segment.id]
        assert (kept.target, kept.state, kept.origin) == ("My own words.", "reviewed", "human")


class TestThePage:
    def test_lists_documents_with_downloads(self, served: Served, article: str) -> None:
        page = served.get("/").text
        assert 'href="/d/article"' in page
        entry = served.workspace.documents()[0]
        assert f"<b>{entry.reviewed}</b> of <b>{entry.segments}</b> reviewed" in page
        links = re.findall(r'href="(/d/article/download/\w+)"', page)
        assert [link.rpartition("/")[2] for link in links] == list(WRITERS)
        for link in links:
            response = served.get(link)
            kind = link.rpartition("/")[2]
            suffix = WRITERS[kind].suffix
            assert response.status_code == 200
            assert response.headers["content-disposition"].endswith(f"UTF-8''article{suffix}")
            if kind != "po":
                document = served.workspace.open(article).document
                assert response.content == WRITERS[kind].write(document)

    def test_downloads_the_master_as_it_is(self, served: Served, article: str) -> None:
        master = served.out / article / f"{article}.po"
        master.write_text(master.read_text("utf-8") + '\n#~ msgid "x"\n#~ msgstr "kept"\n', "utf-8")
        assert served.get("/d/article/download/po").content == master.read_bytes()
        assert served.get("/d/article/download/report").json()["segments"]

    def test_shows_a_broken_document_and_the_others(self, served: Served, article: str) -> None:
        broken = served.out / "broken"
        broken.mkdir()
        (broken / "broken.po").write_text("msgid <b>no PO</b>", "utf-8")
        page = served.get("/").text
        assert "not a line of a PO file" in page
        assert "<b>no PO" not in page
        assert 'href="/d/article"' in page
        assert served.get("/d/broken/download/po").text == "msgid <b>no PO</b>"
        response = served.get("/d/broken/download/html")
        assert response.status_code == 422
        assert "not a line of a PO file" in response.text

    def test_an_unknown_document_is_said(self, served: Served) -> None:
        response = served.get("/d/none/download/po")
        assert response.status_code == 404
        assert "there is no document" in response.text

    def test_a_disk_that_is_full_is_said(
        self, served: Served, article: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(name: str) -> None:
            raise OSError(28, "No space left on device", "article.po")

        monkeypatch.setattr(served.workspace, "open", full)
        response = served.get("/d/article/download/html")
        assert response.status_code == 500
        assert "article.po: No space left on device" in response.text


def test_vendored_files_are_those_of_the_table() -> None:
    folder = STATIC / "vendor"
    rows = re.findall(
        r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (folder / "VENDOR.md").read_text("utf-8"), re.M
    )
    assert [Path(name).name for name, _ in rows] == ["htmx.min.js", "noto-naskh-arabic.woff2"]
    for name, digest in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def console(browser: Any) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def requests(browser: Any) -> list[str]:
    """The addresses that the browser asked for."""
    messages = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    return [
        m["params"]["request"]["url"]
        for m in messages
        if m["method"] == "Network.requestWillBeSent"
    ]


def by(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


@pytest.mark.browser
class TestInTheBrowser:
    def test_is_quiet_and_asks_nobody_else(self, browser: Any, served: Served) -> None:
        browser.get(served.url)
        until(lambda: browser.execute_script("return document.fonts.status") == "loaded")
        assert console(browser) == []
        asked = requests(browser)
        assert any("noto-naskh-arabic.woff2" in url for url in asked)
        assert all(url.startswith((served.url, "data:", "about:")) for url in asked), asked

    def test_arabic_runs_from_the_right_in_naskh(self, browser: Any, served: Served) -> None:
        browser.get(served.url)
        style = "const s = getComputedStyle(document.getElementById('text')); return [s.direction, s.fontFamily]"
        direction, family = browser.execute_script(style)
        assert direction == "rtl"
        assert family.startswith('"Noto Naskh Arabic"')
        until(
            lambda: browser.execute_script(
                "return document.fonts.check('20px \"Noto Naskh Arabic\"', 'ع')"
            )
        )
        assert by(browser, "#text").get_attribute("lang") == "ar"
        assert by(browser, "#text").get_attribute("placeholder")

    def test_by_keyboard_alone(self, browser: Any, served: Served, text: str) -> None:
        from selenium.webdriver import ActionChains
        from selenium.webdriver.common.keys import Keys

        browser.get(served.url)
        active = browser.switch_to.active_element
        assert active.get_attribute("id") == "text"  # ready to paste
        first, second = text.split("\n")[0], text.split("\n")[3]
        active.send_keys(first, Keys.ENTER, second)
        assert by(browser, "#name").get_attribute("value").split("-")[:2] == first.split()[:2]
        stops = []
        for _ in range(12):
            ActionChains(browser).send_keys(Keys.TAB).perform()
            stops.append(browser.switch_to.active_element.get_attribute("id"))
            if stops[-1] == "go":
                break
        assert stops == ["choose", "name", "model", "", "go"]  # "": the termbases
        ActionChains(browser).send_keys(Keys.ENTER).perform()
        until(lambda: "/d/" in browser.current_url, seconds=PATIENCE)
        assert console(browser) == []
        (entry,) = served.workspace.documents()
        assert unquote(browser.current_url).endswith(f"/d/{entry.name}")
        assert entry.segments == 2

    def test_a_file_and_a_second_thought(
        self, browser: Any, served: Served, tmp_path: Path, text: str
    ) -> None:
        file = tmp_path / "news.ar.txt"
        file.write_text(text, encoding="utf-8")
        browser.get(served.url)
        by(browser, "#file").send_keys(str(file))
        until(lambda: by(browser, "#chosen").is_displayed())
        assert by(browser, "#chosen-name").text == "news.ar.txt"
        assert not by(browser, "#text").is_displayed()
        assert by(browser, "#name").get_attribute("value") == "news"
        by(browser, "#unchoose").click()
        assert by(browser, "#text").is_displayed()
        assert by(browser, "#name").get_attribute("value") == ""
        by(browser, "#file").send_keys(str(file))
        by(browser, "#go").click()
        until(lambda: browser.current_url.endswith("/d/news"), seconds=PATIENCE)
        assert served.workspace.documents()[0].segments == 6

    @pytest.mark.slow
    def test_a_document_is_chosen_translated_and_offered(
        self, browser: Any, served: Served, tmp_path: Path
    ) -> None:
        file = tmp_path / "letter_ar.odt"
        file.write_bytes(sample(".odt"))
        browser.get(served.url)
        accepted = by(browser, "#file").get_attribute("accept").split(",")
        assert {".txt", *FORMATS} < set(accepted)
        by(browser, "#file").send_keys(str(file))
        until(lambda: by(browser, "#chosen").is_displayed())
        assert by(browser, "#name").get_attribute("value") == "letter"
        by(browser, "#go").click()
        until(lambda: browser.current_url.endswith("/d/letter"), seconds=PATIENCE)
        by(browser, "details.menu summary").click()
        link = by(browser, 'a[href$="/download/document"]')
        assert "ODT" in link.text
        assert (
            served.get("/d/letter/download/document").content
            == (served.out / "letter" / "letter.en.odt").read_bytes()
        )
        browser.get(served.url)
        by(browser, ".downloads summary").click()
        assert "odt the file itself, in English" in by(browser, ".downloads").text
        assert console(browser) == []

    def test_a_broken_document_is_said(self, browser: Any, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "letter.docx"
        file.write_bytes(b"PK\x03\x04 cut short")
        browser.get(served.url)
        by(browser, "#file").send_keys(str(file))
        by(browser, "#go").click()
        said = "letter.docx: the DOCX file is broken or cut short"
        until(lambda: by(browser, "#problem").text == said)

    def test_a_dropped_file(self, browser: Any, served: Served, text: str) -> None:
        browser.get(served.url)
        browser.execute_script(
            """
            const data = new DataTransfer();
            data.items.add(new File([arguments[0]], "dropped.txt", {type: "text/plain"}));
            for (const kind of ["dragover", "drop"]) {
              document.querySelector("h1").dispatchEvent(
                new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
            }
            """,
            text,
        )
        assert by(browser, "#chosen-name").text == "dropped.txt"
        assert by(browser, "#name").get_attribute("value") == "dropped"

    def test_progress_is_seen_and_cancelled(
        self, browser: Any, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slowly(name: str, text: str, *, progress: Any, cancelled: Any, **_: Any) -> None:
            for done in range(1000):
                progress(done, 1000, done * 20)
                if cancelled():
                    raise Cancelled(name)
                time.sleep(0.02)

        monkeypatch.setattr(served.workspace, "create", slowly)
        browser.get(served.url)
        by(browser, "#text").send_keys("كييف")
        by(browser, "#go").click()
        until(lambda: "/jobs/" in browser.current_url)

        def shown() -> int:
            bar = by(browser, "[role=progressbar]")
            assert bar.get_attribute("aria-valuemax") == "1000"
            return int(bar.get_attribute("aria-valuenow"))

        first = until(shown)
        until(lambda: shown() > first)
        figures = by(browser, "#progress").text
        assert re.search(r"\d+ of 1000 segments", figures)
        assert re.search(r"\d+ words a second", figures)
        assert "seconds left" in figures
        button = by(browser, "button[type=submit]")
        browser.execute_script("arguments[0].focus()", button)
        until(lambda: shown() > first + 60)
        assert browser.switch_to.active_element == button  # the numbers change, the focus stays
        button.click()
        until(lambda: "Cancelled. Nothing was written." in by(browser, "main").text)
        assert console(browser) == []

    def test_a_failed_job_says_why(
        self, browser: Any, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(*_: Any, **__: Any) -> None:
            raise TranslateError("the <b>model</b> is broken")

        monkeypatch.setattr(served.workspace, "create", failing)
        browser.get(served.url)
        by(browser, "#text").send_keys("كييف")
        by(browser, "#go").click()
        until(lambda: by(browser, "[role=alert]").text == "the <b>model</b> is broken")

    def test_a_name_that_exists_is_asked_about(
        self, browser: Any, served: Served, article: str
    ) -> None:
        browser.get(served.url)
        by(browser, "#text").send_keys("كييف")
        by(browser, "#name").clear()
        by(browser, "#name").send_keys("article")
        by(browser, "#go").click()
        until(lambda: "There is a document article already" in by(browser, "#problem").text)
        focused = browser.switch_to.active_element
        assert focused.text.split() == ["Save", "as", "article-2"]
        focused.click()
        until(lambda: browser.current_url.endswith("/d/article-2"), seconds=PATIENCE)

    def test_an_error_of_the_server_is_said(
        self, browser: Any, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser.get(served.url)
        by(browser, "#text").send_keys("كييف")
        monkeypatch.setattr(served.app.state.jobs, "add", lambda *a, **k: 1 / 0)
        by(browser, "#go").click()
        until(lambda: "Dragoman made a mistake" in by(browser, "#messages").text)
        by(browser, "#messages [data-dismiss]").click()
        assert by(browser, "#messages").text == ""

    def test_a_server_that_is_gone_is_said(self, browser: Any, served: Served) -> None:
        browser.get(served.url)
        by(browser, "#text").send_keys("كييف")
        served.server.should_exit = True
        until(lambda: not served.server.servers[0].is_serving())
        by(browser, "#go").click()
        until(lambda: "Is it still running?" in by(browser, "#messages").text)

    def test_too_large_is_said_before_anything_is_sent(
        self, browser: Any, served: Served, tmp_path: Path
    ) -> None:
        file = tmp_path / "large.txt"
        file.write_bytes("م".encode() * (TEXT_LIMIT // 2 + 1))
        browser.get(served.url)
        by(browser, "#file").send_keys(str(file))
        until(lambda: "longer than 20 MB" in by(browser, "#problem").text)
        requests(browser)
        by(browser, "#go").click()
        time.sleep(0.3)
        assert requests(browser) == []

    @pytest.mark.parametrize("width", [390, 320])
    def test_fits_a_phone(self, browser: Any, served: Served, article: str, width: int) -> None:
        long_name = served.out / ("long" * 30)
        long_name.mkdir()
        master = (served.out / article / f"{article}.po").read_bytes()
        (long_name / f"{long_name.name}.po").write_bytes(master)
        resize(browser, width)
        browser.get(served.url)
        for opened in browser.find_elements("css selector", "summary"):
            browser.execute_script("arguments[0].parentNode.open = true", opened)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width

    @pytest.mark.parametrize("colours", ["light", "dark"])
    def test_text_stands_out_in_both_colour_schemes(
        self, browser: Any, served: Served, article: str, colours: str
    ) -> None:
        scheme(browser, colours)
        browser.get(served.url)
        too_faint = browser.execute_script(CONTRAST)
        assert too_faint == []
        lightness = browser.execute_script(
            "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        )
        assert (sum(lightness) > 3 * 128) is (colours == "light")

    def test_a_list_of_downloads_closes_like_a_menu(
        self, browser: Any, served: Served, article: str
    ) -> None:
        from selenium.webdriver import ActionChains
        from selenium.webdriver.common.keys import Keys

        browser.get(served.url)
        menu, summary = by(browser, ".downloads"), by(browser, ".downloads summary")
        summary.click()
        assert menu.get_attribute("open")
        ActionChains(browser).send_keys(Keys.TAB, Keys.ESCAPE).perform()
        assert not menu.get_attribute("open")
        assert browser.switch_to.active_element == summary
        summary.click()
        by(browser, "h1").click()
        assert not menu.get_attribute("open")

    def test_everything_to_press_has_a_name(
        self, browser: Any, served: Served, article: str
    ) -> None:
        browser.get(served.url)
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        nameless = [
            node["role"]["value"]
            for node in nodes
            if not node.get("ignored")
            and node.get("role", {}).get("value")
            in ("button", "link", "textbox", "checkbox", "combobox", "DisclosureTriangle")
            and not node.get("name", {}).get("value")
        ]
        assert nameless == []


# Elements whose own text has less contrast than 4.5:1 with the colour behind it (WCAG 2 AA).
CONTRAST = """
const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (e) => {
  for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c;
  }
  return [255, 255, 255];
};
const faint = [];
for (const e of document.querySelectorAll("body *")) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !e.checkVisibility() || e.closest(".skip, noscript, :disabled")) continue;
  const [a, b] = [luminance(rgb(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(e.outerHTML.slice(0, 120));
}
return faint;
"""
