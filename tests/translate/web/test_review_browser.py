"""The review page in a real browser: everything that a translator does there, by keyboard wherever it can be."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.translate.web.conftest import Serve, Served, resize, scheme, until
from translate.formats import writer
from translate.master import Master
from translate.memory.types import MemoryUnit
from translate.review import Review
from translate.types import TranslationUnit
from translate.web.server import listen

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FIRST, SECOND, THIRD, FOURTH, FIFTH = "d9ffa88d", "334fc5a7", "e8b6b86d", "da51c5eb", "642bb983"


@dataclass
class Page:
    """An open document, with what a person sees and does."""

    browser: Any
    url: str
    name: str

    def load(self) -> "Page":
        self.browser.get(f"{self.url}/d/{self.name}")
        return self.ready()

    def ready(self) -> "Page":
        until(lambda: self.js("return document.getElementById('text').dataset.ready === 'true'"))
        return self

    def js(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(script, *arguments)

    def css(self, selector: str) -> Any:
        return self.browser.find_element("css selector", selector)

    def row(self, id: str) -> Any:
        return self.browser.find_element("id", f"s-{id}")

    def in_row(self, id: str, selector: str) -> Any:
        return self.row(id).find_element("css selector", selector)

    def text(self, id: str, selector: str = ".box") -> str:
        script = "return document.getElementById('s-' + arguments[0]).querySelector(arguments[1]).textContent"
        return str(self.js(script, id, selector))

    def ids(self) -> list[str]:
        return list(self.js("return [...document.querySelectorAll('.row')].map(r => r.dataset.id)"))

    def shown(self) -> list[str]:
        return list(
            self.js(
                "return [...document.querySelectorAll('.row')].filter(r => r.offsetParent).map(r => r.dataset.id)"
            )
        )

    def current(self) -> str:
        return str(self.js("return document.querySelector('.row.current').dataset.id"))

    def press(self, *keys: str, hold: str = "") -> None:
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.browser, duration=0)
        if hold:
            chain.key_down(hold)
        chain.send_keys(*keys)
        if hold:
            chain.key_up(hold)
        chain.perform()

    def edit(self, id: str) -> None:
        """The caret at the end of a segment's English."""
        self.js(
            "const box = document.getElementById('s-' + arguments[0]).querySelector('.box');"
            "box.focus(); getSelection().selectAllChildren(box); getSelection().collapseToEnd();",
            id,
        )

    def focus(self, id: str) -> None:
        self.js("document.getElementById('s-' + arguments[0]).focus()", id)

    def write(self, id: str, text: str) -> None:
        """Instead of what stands there, as a person would type it."""
        from selenium.webdriver.common.keys import Keys

        self.edit(id)
        self.press("a", hold=Keys.CONTROL)
        self.press(text)

    def state(self) -> str:
        return str(self.css("#saved").text)

    def is_saved(self) -> None:
        until(lambda: self.state() == "saved", what=f"saved, not {self.state()!r}")

    def said(self) -> str:
        return str(self.js("return document.getElementById('said').textContent")).strip()

    def count(self, name: str) -> int:
        return int(
            self.js(
                "return document.querySelector(`[data-count='${arguments[0]}']`).textContent", name
            )
        )

    def lit(self, name: str) -> list[str]:
        """The texts that a highlight lies on."""
        return list(
            self.js("return [...CSS.highlights.get(arguments[0])].map(r => r.toString())", name)
        )

    def messages(self) -> str:
        return str(self.js("return document.getElementById('messages').textContent"))


@pytest.fixture
def page(served: Served, article: str, browser: Any) -> Page:
    return Page(browser, served.url, article).load()


@pytest.fixture
def review(served: Served, article: str) -> Review:
    return served.workspace.open(article)


@pytest.fixture
def small(served: Served, article: str, browser: Any) -> Page:
    """A document of four segments, one a heading."""
    units = Master(served.out / article / f"{article}.po").read().units
    at = next(i for i, unit in enumerate(units) if unit.segment.kind == "heading")
    write_document(served.out, "small", units[at - 1 : at + 3])
    return Page(browser, served.url, "small").load()


def write_document(out: Path, name: str, units: tuple[TranslationUnit, ...]) -> None:
    from translate.types import Document

    document = Document(name=name, units=units)
    (out / name).mkdir(parents=True)
    for format in ("po", "json"):
        kind = writer(format)
        path = out / name / f"{name}{kind.suffix}"
        path.write_bytes(kind.write(document))


def keys() -> Any:
    from selenium.webdriver.common.keys import Keys

    return Keys


def test_typing_is_judged_and_saved_by_itself(page: Page, review: Review) -> None:
    before = review.unit(FIRST).target
    assert page.text(FIRST) == before
    assert "Vladimir Putin" in page.lit("satisfied")
    assert "فلاديمير بوتين" in page.lit("satisfied")
    page.edit(FIRST)
    page.press(" And Kim.")
    until(lambda: review.unit(FIRST).target == f"{before} And Kim.", what="saved")
    page.is_saved()

    page.write(FIRST, "Putin visited.")
    until(lambda: "1 of 9 terms" in page.text(FIRST, ".margin"), what="verdicts while typing")
    assert "missing" in page.text(FIRST, ".notes")
    until(lambda: "Pyongyang" in page.text(FIRST, ".notes"))
    until(lambda: "بيونغ يانغ" in page.lit("missing"), what="the Arabic is marked")
    until(lambda: page.count("agreed") == 127, what="counts")
    page.is_saved()
    assert "violated" in page.row(FIRST).get_attribute("data-flags")

    # Enter is no line break; what is pasted is one plain line; Escape goes back to what was saved.
    page.press(keys().ENTER)
    page.js(
        "const data = new DataTransfer(); data.setData('text/plain', ' one\\n two'); data.setData('text/html', '<b>x</b>');"
        "document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))"
    )
    assert page.text(FIRST) == "Putin visited. one two"
    assert page.js("return document.activeElement.childElementCount") == 0
    page.press(keys().ESCAPE)
    assert page.text(FIRST) == "Putin visited."
    page.press(keys().ESCAPE)
    assert page.js("return document.activeElement.id") == f"s-{FIRST}"
    page.is_saved()
    assert review.unit(FIRST).target == "Putin visited."

    # Left at once after a key: saved all the same.
    page.edit(SECOND)
    page.press("!")
    page.load()
    until(lambda: review.unit(SECOND).target.endswith("Ukraine.!"), what="saved on leaving")
    until(lambda: page.text(SECOND).endswith("Ukraine.!"))
    assert page.text(FIRST) == "Putin visited."
    page.is_saved()


def test_a_small_document_is_approved_by_keyboard_alone(small: Page, served: Served) -> None:
    review = served.workspace.open("small")
    ids = small.ids()
    assert [u.segment.id for u in review.document.units] == ids
    until(lambda: small.current() == ids[0])
    small.press("j", "k", "n")
    assert small.current() == ids[1]
    small.press("k")
    small.press("e")
    assert small.js("return document.activeElement.matches('.box')")
    small.press("So: ")
    for step in range(4):
        small.press(keys().ENTER, hold=keys().CONTROL)
        until(lambda n=step + 1: small.count("reviewed") == n, what=f"{step + 1} reviewed")  # type: ignore[misc]
    assert [u.state for u in review.document.units] == ["reviewed"] * 4
    assert review.unit(ids[0]).target.startswith("So: ")
    until(lambda: "approved" in small.said())
    assert small.row(ids[2]).get_attribute("aria-label") == "Segment 3 of 4, reviewed"
    assert small.in_row(ids[2], ".state").get_attribute("aria-pressed") == "true"
    small.press(keys().ESCAPE)
    small.focus(ids[1])
    small.press("o")
    until(lambda: review.unit(ids[1]).state == "translated", what="reopened")
    until(lambda: small.count("reviewed") == 3)
    small.press("?")
    until(lambda: "Keys" in small.css("#dialog").text)
    assert "approve and go on" in small.css("#dialog").text
    small.press(keys().ESCAPE)
    until(lambda: not small.js("return document.getElementById('dialog').open"))
    small.press("u")
    until(lambda: review.unit(ids[1]).state == "reviewed", what="undone")
    small.press("z", hold=keys().CONTROL)
    until(lambda: review.unit(ids[3]).state == "translated", what="undone by Ctrl+Z")
    small.press("U")
    until(lambda: review.unit(ids[3]).state == "reviewed", what="done again")


def test_split_join_note_difference_alternatives(page: Page, review: Review) -> None:
    source, target = review.unit(FIRST).segment.source, review.unit(FIRST).target
    page.js(  # the caret before كما, as a click puts it
        "const text = document.getElementById('s-' + arguments[0]).querySelector('.source').firstChild;"
        "getSelection().collapse(text, text.data.indexOf('كما'))",
        FIRST,
    )
    page.focus(FIRST)
    page.press("s")
    until(lambda: page.text(FIRST, ".arabic-cut").startswith("كما"), what="the cut is shown")
    assert page.lit("second")[0].startswith("كما")
    page.press(keys().ARROW_LEFT)
    until(lambda: page.text(FIRST, ".arabic-cut").startswith("أعلن"), what="a word further")
    page.press(keys().ARROW_RIGHT)
    page.press(keys().ARROW_LEFT, hold=keys().SHIFT)
    english = page.text(FIRST, ".english-cut")
    page.press(keys().ENTER)
    until(lambda: page.ids()[:2] == [f"{FIRST}.1", f"{FIRST}.2"], what="two rows")
    assert review.unit(f"{FIRST}.2").target.startswith(english)
    assert page.row(f"{FIRST}.2").get_attribute("aria-label").startswith("Segment 2 of 29")
    assert page.row(SECOND).get_attribute("aria-label").startswith("Segment 3 of 29")
    page.focus(f"{FIRST}.1")
    page.press("+")
    until(lambda: len(page.ids()) == 28, what="joined")
    both = page.ids()[0]
    assert (page.text(both, ".source"), page.text(both)) == (source, target)
    page.press("u")
    page.press("u")
    until(lambda: page.ids()[0] == FIRST, what="undone")

    page.focus(SECOND)
    page.press("m")
    page.press("Who says so?")
    page.press(keys().ENTER, hold=keys().CONTROL)
    until(lambda: review.unit(SECOND).note == "Who says so?")
    until(lambda: "Who says so?" in page.text(SECOND, ".margin"))

    page.write(SECOND, "These gifts are a symbol.")
    page.press(keys().ESCAPE)
    page.write(SECOND, "These gifts are a symbol.")
    until(lambda: review.unit(SECOND).target == "These gifts are a symbol.")
    page.is_saved()
    page.focus(SECOND)
    page.press("d")
    until(lambda: "strong symbolic" in page.text(SECOND, ".panel del"))
    assert page.text(SECOND, ".panel ins") == "added: symbol (end of added)"
    page.press(keys().ESCAPE)

    page.focus(THIRD)
    page.press("a")
    until(lambda: page.row(THIRD).find_elements("css selector", ".other"), seconds=240)
    others = page.js("return [...document.querySelectorAll('.other')].map(o => o.dataset.target)")
    assert len(others) > 1
    assert "2 terms" in page.text(THIRD, ".other .worth")
    page.press("2")
    until(lambda: page.text(THIRD) == others[1])
    until(lambda: review.unit(THIRD).target == others[1])
    page.is_saved()


def test_findings_are_ignored_and_shown_again_by_keyboard(page: Page, review: Review) -> None:
    before = review.unit(FIRST).target
    page.edit(FIRST)
    page.press(" In 2031.")
    page.is_saved()
    page.press(keys().ESCAPE)
    page.press("i")
    until(lambda: review.unit(FIRST).ignored == {"numbers"}, what="ignored")
    until(lambda: page.count("ignored") == 1)
    assert "2031" not in page.text(FIRST, ".margin .meta")
    assert page.js("return document.querySelector('.row.current [data-do=ignore]')") is None
    assert page.js("return document.activeElement.id") == f"s-{FIRST}"
    page.css("[data-filter=ignored]").click()
    assert page.shown() == [FIRST]
    page.focus(FIRST)
    page.press("i")
    assert page.js("return document.activeElement.dataset.do") == "heed"
    page.press(keys().ENTER)
    until(lambda: review.unit(FIRST).ignored == frozenset(), what="heeded")
    until(lambda: page.count("ignored") == 0)
    assert page.js("return document.activeElement.id") == f"s-{FIRST}"
    page.press("u")
    until(lambda: review.unit(FIRST).ignored == {"numbers"}, what="undone")
    page.press("u")
    until(lambda: review.unit(FIRST).ignored == frozenset())
    page.edit(FIRST)
    page.press(" Two  spaces")
    page.is_saved()
    page.press(keys().ESCAPE)
    page.press("i")  # several: the keyboard goes to the first
    assert page.js("return document.activeElement.dataset.do") == "ignore"
    assert page.js("return document.activeElement.tabIndex") == 0
    page.js("document.activeElement.click()")
    until(lambda: len(review.unit(FIRST).ignored) == 1)
    assert review.unit(FIRST).target.startswith(before)


def test_the_memory_is_offered_while_one_edits(
    serve: Serve, article: str, browser: Any, tmp_path: Path
) -> None:
    served = serve(memory=tmp_path / "memory.db")
    review = served.workspace.open(article)
    source = review.unit(SECOND).segment.source
    assert served.workspace.memory
    served.workspace.memory.import_units(
        [
            MemoryUnit(source=source, target="From the memory.", created_by="Hanna"),
            MemoryUnit(source=source.replace("بيونغ يانغ", "بكين"), target="Like it."),
        ]
    )
    page = Page(browser, served.url, article).load()
    page.edit(SECOND)
    until(lambda: page.in_row(SECOND, ".panel.memory"), what="the panel")
    panel = page.in_row(SECOND, ".panel")
    assert (panel.aria_role, panel.accessible_name) == ("region", "Memory of segment 2")
    assert page.js("return document.activeElement.matches('.box')")
    assert "2 from the memory" in page.said()
    assert "Hanna" in panel.text
    arabic = page.in_row(SECOND, ".panel .ar")
    assert arabic.value_of_css_property("direction") == "rtl"
    assert "بكين" in arabic.find_element("css selector", "del").text
    for colours in ("light", "dark"):
        scheme(page.browser, colours)
        until(lambda: page.js(_CONTRAST) == [], what=str(page.js(_CONTRAST)))
    page.press("2", hold=keys().ALT)
    until(lambda: review.unit(SECOND).target == "Like it.", what="taken and saved")
    assert page.js("return document.querySelector('.panel')") is None
    assert page.js("return document.activeElement.matches('.box')")

    # With nothing else to offer it does not open by itself; asked for, it does, and works without the mouse.
    page.edit(FIRST)
    page.press(" Typed.")
    page.is_saved()
    assert page.js("return document.querySelector('.panel')") is None
    page.focus(SECOND)
    page.press("y")
    until(lambda: page.js("return document.activeElement.matches('.other')"), what="first one")
    page.press(keys().ARROW_DOWN)
    assert page.js("return document.activeElement.getAttribute('aria-current')") == "true"
    page.press("1")
    until(lambda: review.unit(SECOND).target == "From the memory.", what="taken")


def test_search_filter_replace(page: Page, review: Review) -> None:
    page.write(FIFTH, "Nothing.")
    page.is_saved()
    page.press(keys().ESCAPE)
    page.css("button[data-filter=violated]").click()
    assert page.shown() == [FIFTH]
    page.css("button[data-filter=changed]").click()
    assert page.shown() == [FIFTH]
    page.css("button[data-filter=memory]").click()
    assert page.shown() == []
    assert page.css("#none-shown").is_displayed()
    page.css("[data-do=show-all]").click()
    assert len(page.shown()) == 28
    page.focus(FIRST)
    page.press("v")
    assert page.current() == FIFTH

    page.press("/")
    page.press("بيسكوف")
    until(lambda: page.shown() == [FOURTH], what="found in the Arabic")
    assert page.lit("found") == ["بيسكوف"]
    page.press(keys().ENTER)
    assert page.current() == FOURTH
    page.press("/")
    page.press(keys().ESCAPE)
    until(lambda: len(page.shown()) == 28)
    page.press(keys().ESCAPE)

    page.press("r")
    until(lambda: page.css("#dialog input[name=target]").is_displayed())
    page.press("Kim Jong Un", keys().TAB, "Kim Jong-un")
    until(lambda: "-un" in page.css("#dialog ins").text, seconds=10)
    boxes = page.browser.find_elements("css selector", "#dialog input[name=ids]")
    ids = [box.get_attribute("value") for box in boxes]
    assert FIRST in ids
    boxes[0].click()
    button = page.css("#dialog [data-do=replace]")
    assert button.text == f"Replace in {len(ids) - 1} segments"
    button.click()
    until(lambda: "Kim Jong-un" in review.unit(ids[1]).target)
    assert "Kim Jong-un" not in review.unit(ids[0]).target
    until(lambda: "Kim Jong-un" in page.text(ids[1]))
    until(lambda: not page.js("return document.getElementById('dialog').open"))
    page.press("u")
    until(lambda: not any("Jong-un" in u.target for u in review.document.units), what="undone")
    until(lambda: "Kim Jong-un" not in page.text(ids[1]))


def test_arabic_is_right_to_left_and_selected_in_code_points(page: Page, review: Review) -> None:
    from selenium.webdriver import ActionChains

    rects = page.js(
        "const [ar, en] = ['.source', '.box'].map(s => document.querySelector(s));"
        "const text = ar.firstChild; const at = text.data.indexOf('فلاديمير');"
        "const rect = (a, b) => { const r = document.createRange(); r.setStart(text, a); r.setEnd(text, b); return r.getBoundingClientRect().toJSON(); };"
        "return {ar: ar.getBoundingClientRect().toJSON(), en: en.getBoundingClientRect().toJSON(), first: rect(0, 4), word: rect(at, at + 8), next: rect(at + 9, at + 14),"
        " direction: [getComputedStyle(ar).direction, getComputedStyle(en).direction]}"
    )
    assert rects["direction"] == ["rtl", "ltr"]
    assert rects["en"]["right"] < rects["ar"]["left"]
    assert rects["first"]["right"] > rects["ar"]["right"] - 5  # reading begins at the right edge
    assert rects["next"]["right"] <= rects["word"]["left"] + 1  # and goes on to the left
    word, following = rects["word"], rects["next"]
    y = round(word["top"] + word["height"] / 2)
    drag = ActionChains(page.browser, duration=50)
    drag.w3c_actions.pointer_action.move_to_location(round(word["right"]) - 1, y).pointer_down()
    drag.w3c_actions.pointer_action.move_to_location(round(following["left"]) + 1, y).pointer_up()
    drag.perform()
    source = review.unit(FIRST).segment.source
    chosen = page.js("return getSelection().toString()")
    assert chosen.strip() == "فلاديمير بوتين"
    page.js(
        "document.body.addEventListener('htmx:beforeRequest', e => { window.asked = e.detail.requestConfig.path; e.preventDefault(); })"
    )
    page.focus(FIRST)
    page.press("t")
    until(lambda: page.js("return window.asked"))
    start = source.index(chosen)
    assert page.js("return window.asked").endswith(
        f"/terms/new?segment={FIRST}&side=source&start={start}&end={start + len(chosen)}"
    )


def test_astral_characters_are_one_code_point(served: Served, article: str, browser: Any) -> None:
    unit = Master(served.out / article / f"{article}.po").read().units[1]
    word = "أوكرانيا"
    segment = replace(unit.segment, source=f"😀😀 {unit.segment.source}")
    units = (
        replace(unit, segment=segment, target=f"😀 {unit.target}", alignment=None, verdicts=()),
    )
    write_document(served.out, "astral", units)
    page = Page(browser, served.url, "astral").load()
    until(lambda: word in page.lit("satisfied"))
    assert {"Ukraine", "Pyongyang"} <= set(page.lit("satisfied"))
    page.js(
        "document.body.addEventListener('htmx:beforeRequest', e => { window.asked = e.detail.requestConfig.path; e.preventDefault(); })"
    )
    page.js(
        "const text = document.querySelector('.box').firstChild; const at = text.data.indexOf('gifts');"
        "getSelection().setBaseAndExtent(text, at, text, at + 5)"
    )
    page.focus(unit.segment.id)
    page.press("t")
    until(lambda: page.js("return window.asked"))
    start = units[0].target.index("gifts")
    assert f"side=target&start={start}&end={start + 5}" in page.js("return window.asked")


def test_pointing_at_a_word_lights_both_sides(page: Page) -> None:
    from selenium.webdriver import ActionChains

    x, y = page.js(
        "const text = document.getElementById('s-' + arguments[0]).querySelector('.box').firstChild; const at = text.data.indexOf('Russia');"
        "const r = document.createRange(); r.setStart(text, at); r.setEnd(text, at + 6); const b = r.getBoundingClientRect();"
        "return [Math.round(b.left + b.width / 2), Math.round(b.top + b.height / 2)]",
        SECOND,
    )
    chain = ActionChains(page.browser, duration=0)
    chain.w3c_actions.pointer_action.move_to_location(x, y)
    chain.perform()
    until(lambda: set(page.lit("linked")) == {"Russia", "روسيا"}, what="linked words")
    tip = page.css("#tip").text.replace("\u2068", "").replace("\u2069", "")
    assert tip == "satisfied روسيا → Russia"
    # The word at the caret, by keyboard.
    page.js("getSelection().removeAllRanges()")
    page.edit(SECOND)
    page.press(keys().ARROW_LEFT, keys().ARROW_LEFT)
    until(lambda: "أوكرانيا" in page.lit("linked"), what="the word at the caret")


def test_two_tabs_lose_nothing(page: Page, review: Review) -> None:
    first = page.browser.current_window_handle
    page.browser.switch_to.new_window("window")
    second = page.browser.current_window_handle
    page.load()

    # Different segments.
    page.edit(SECOND)
    page.press(" B.")
    page.is_saved()
    page.browser.switch_to.window(first)
    page.edit(FIRST)
    page.press(" A.")
    page.is_saved()
    until(lambda: page.text(SECOND).endswith(" B."), what="the other tab's text")
    assert review.unit(FIRST).target.endswith(" A.")
    assert review.unit(SECOND).target.endswith(" B.")

    # The same segment: the first tab types, and is told; nothing is replaced under its caret.
    page.browser.switch_to.window(second)
    until(lambda: page.text(FIRST).endswith(" A."))
    page.edit(FIRST)
    page.press(" Mine.")
    page.browser.switch_to.window(first)
    page.edit(FIRST)
    page.press(" Also mine.")
    until(lambda: page.row(FIRST).find_elements("css selector", ".choice.mine"), what="a choice")
    assert page.text(FIRST).endswith(" A. Also mine.")
    assert page.text(FIRST, ".theirs").endswith(" A. Mine.")
    assert page.state().startswith("not saved: two versions")
    assert review.unit(FIRST).target.endswith(" A. Mine.")
    page.row(FIRST).find_element("xpath", ".//button[.='Keep mine']").click()
    until(lambda: review.unit(FIRST).target.endswith(" A. Also mine."), what="kept mine")
    page.is_saved()

    # The other tab has its caret there, has typed nothing since, and takes theirs.
    page.browser.switch_to.window(second)
    until(lambda: page.row(FIRST).find_elements("css selector", ".choice.mine"), what="a notice")
    assert page.text(FIRST).endswith(" A. Mine.")
    page.row(FIRST).find_element("xpath", ".//button[.='Take theirs']").click()
    until(lambda: page.text(FIRST).endswith(" A. Also mine."))
    page.is_saved()
    assert review.unit(FIRST).target.endswith(" A. Also mine.")


def test_another_program_writes_the_file(page: Page, review: Review) -> None:
    before = review.path.read_text(encoding="utf-8")
    page.edit(THIRD)
    page.press(" Typed here.")
    page.is_saved()
    # Poedit had the file open before, and saves its own: one segment of its own, one that we changed too.
    theirs = before.replace("These gifts are", "These presents are").replace(
        "At the present time", "At present"
    )
    review.path.write_text(theirs, encoding="utf-8")
    until(lambda: page.text(SECOND).startswith("These presents are"), what="taken in")
    until(lambda: page.row(THIRD).find_elements("css selector", ".choice.elsewhere"))
    assert page.text(THIRD).endswith(" Typed here.")
    assert page.text(THIRD, ".theirs").startswith("At present,")
    page.in_row(THIRD, "[data-do=decide-elsewhere]").click()
    until(lambda: review.unit(THIRD).target.startswith("At present,"))
    until(lambda: not page.row(THIRD).find_elements("css selector", ".choice"))
    page.is_saved()
    assert "At present," in review.path.read_text(encoding="utf-8")
    assert "These presents are" in review.path.read_text(encoding="utf-8")


_SERVER = """
import sys
from pathlib import Path
from translate.web.app import application
from translate.web.server import Server, listen
from translate.workspace import Workspace
socket = listen("127.0.0.1", int(sys.argv[2]))
Server(application(Workspace(out=Path(sys.argv[1]))), socket, ready=lambda: print("ready", flush=True)).serve_here()
"""


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []

    def start(port: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(tmp_path / "out"), str(port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.mark.slow
def test_kill_9_while_saving_loses_nothing(
    start_process: Callable[[int], subprocess.Popen[str]],
    article: str,
    tmp_path: Path,
    browser: Any,
) -> None:
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    process = start_process(port)
    page = Page(browser, f"http://127.0.0.1:{port}", article).load()
    page.edit(SECOND)
    page.press(" Saved.")
    page.is_saved()
    page.focus(FIFTH)
    page.press(keys().ENTER, hold=keys().CONTROL)
    until(lambda: page.count("reviewed") == 1)
    page.edit(FIRST)
    page.press(" On its way.")
    page.js("document.activeElement.blur()")  # the save begins
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    page.edit(THIRD)
    page.press(" Never sent.")
    until(lambda: page.state().startswith("not saved: the server can’t be reached"))
    assert "kept in this browser" in page.state()

    master = Master(tmp_path / "out" / article / f"{article}.po")
    units = {unit.segment.id: unit for unit in master.read().units}
    assert units[SECOND].target.endswith(" Saved.")
    assert units[FIFTH].state == "reviewed"

    start_process(port)
    # The page finds the new server by itself, loads again and puts back what was not saved.
    until(lambda: "put back" in page.ready().messages(), what="put back", seconds=30)
    page.is_saved()
    assert page.text(FIRST).endswith(" On its way.")
    assert page.text(THIRD).endswith(" Never sent.")
    units = {unit.segment.id: unit for unit in master.read().units}
    assert units[FIRST].target.endswith(" On its way.")
    assert units[THIRD].target.endswith(" Never sent.")
    assert units[SECOND].target.endswith(" Saved.")
    assert units[FIFTH].state == "reviewed"


_CONTRAST = """
const channel = (c) => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
const poor = [];
for (const e of document.querySelectorAll('body *')) {
  if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true}) || e.closest('.visually-hidden, .skip, :disabled')) continue;
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < 4.5) poor.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent.trim().slice(0, 20)}`);
}
return poor;
"""


def test_looks_phone_dark_print_and_quiet(page: Page) -> None:
    for colours in ("light", "dark"):
        scheme(page.browser, colours)
        until(lambda: page.js(_CONTRAST) == [], what=str(page.js(_CONTRAST)))
    scheme(page.browser, "light")
    assert page.browser.get_log("browser") == []
    events = [e["message"] for e in page.browser.get_log("performance")]
    outside = [
        e for e in events if "requestWillBeSent" in e and page.url not in e and "data:" not in e
    ]
    assert not [e for e in outside if '"url":"http' in e]

    # Roles and names, as a screen reader is told them.
    box = page.in_row(FIRST, ".box")
    assert (box.aria_role, box.accessible_name) == ("textbox", "English of segment 1")
    row = page.row(FIRST)
    assert (row.aria_role, row.accessible_name) == ("article", "Segment 1 of 28, not reviewed")
    state = page.in_row(FIRST, ".state")
    assert (state.aria_role, state.accessible_name) == ("button", "Segment 1 reviewed")
    stops = "return [...document.querySelectorAll('.row, .row *')].filter(e => e.tabIndex >= 0 && !e.closest('.toolbar') && !e.matches('summary')).length"
    assert page.js(stops) == 3  # the row, its box and its button: one segment is in the Tab order

    # Printed, all is there, also what is far below; controls are not.
    page.js("dispatchEvent(new Event('beforeprint'))")
    assert len(page.lit("satisfied")) > 200
    page.js("dispatchEvent(new Event('afterprint'))")

    resize(page.browser, 390, 844)
    until(lambda: page.js("return document.documentElement.scrollWidth") <= 390)
    tops = page.js(
        "return ['.ar', '.en', '.margin'].map(s => document.querySelector('.row ' + s).getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)


def test_a_long_document_is_laid_out_in_parts(served: Served, article: str, browser: Any) -> None:
    """Far below, all works as at the top: an address of a segment, keys, marks, the toolbar, a filter, a search."""
    units = Master(served.out / article / f"{article}.po").read().units
    last = units[-1].segment.paragraph + 1
    many = tuple(
        replace(
            unit,
            segment=replace(
                unit.segment,
                id=f"{unit.segment.id}-{again}",
                paragraph=unit.segment.paragraph + again * last,
            ),
        )
        for again in range(12)
        for unit in units
    )
    write_document(served.out, "long", many)
    page = Page(browser, served.url, "long")
    far = f"{FIFTH}-9"
    browser.get(f"{served.url}/d/long#s-{far}")
    page.ready()
    in_window = (
        "const box = document.getElementById('s-' + arguments[0]).getBoundingClientRect();"
        "return box.top >= 0 && box.bottom <= innerHeight"
    )
    until(lambda: page.current() == far and page.js(in_window, far))
    until(lambda: page.lit("satisfied"))
    rendered = "return document.getElementById('s-' + arguments[0]).checkVisibility({contentVisibilityAuto: true})"
    assert not page.js(rendered, f"{FIRST}-0")
    # The toolbar is whole and in front, also where the next row belongs to another part.
    page.js(
        "const rows = [...document.querySelectorAll('.leaf')].at(-3).querySelectorAll('.row');"
        "rows[rows.length - 1].focus(); rows[rows.length - 1].scrollIntoView({block: 'center'})"
    )
    in_front = (
        "const {left, right, bottom} = document.querySelector('#toolbar button:not([hidden])').getBoundingClientRect();"
        "return Boolean(document.elementFromPoint((left + right) / 2, bottom - 3).closest('#toolbar'))"
    )
    until(lambda: page.js(in_front))
    page.write(far, "Far below. ")
    until(lambda: "Far below." in Master(served.out / "long" / "long.po").path.read_text("utf-8"))
    page.css("[data-filter=changed]").click()
    until(lambda: page.shown() == [far])
    page.css("[data-filter=all]").click()
    page.css("#search").send_keys("Far below")
    until(lambda: page.shown() == [far])
    assert browser.get_log("browser") == []
