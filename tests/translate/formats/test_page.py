"""The page: what it cuts and says, and in a real browser how it looks and behaves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.types import Span
from tests.browser import open_chromium
from translate.formats.html import _Mark, _runs, write_html
from translate.types import Document

SPANS = st.tuples(st.integers(0, 14), st.integers(0, 14)).map(lambda p: Span(min(p), max(p)))


@given(st.text(max_size=12), st.lists(SPANS, max_size=4), st.lists(SPANS, max_size=4))
def test_cutting_loses_no_character(text: str, words: list[Span], marked: list[Span]) -> None:
    marks = [_Mark(s, f"v{i}", "missing", None, "") for i, s in enumerate(marked)]
    at = 0
    for run in _runs(text, words, [], marks):
        for piece in run.pieces:
            here = Span(at, at + len(piece.text))
            over = [m.key for m in marks if m.span.overlaps(here)]
            assert piece.text == here.of(text)
            assert run.keys == " ".join(over)
            if piece.word is not None:
                assert words[piece.word].start <= here.start < here.end <= words[piece.word].end
            at = here.end
    assert at == len(text)


def test_words_are_cut_by_terms_and_stay_one_word() -> None:
    marks = [
        _Mark(Span(0, 4), "v0", "satisfied", None, ""),
        _Mark(Span(2, 7), "v1", "missing", None, ""),
    ]
    runs = list(_runs("Moscow's", [Span(0, 8)], [(0, 3)], marks))
    assert [(r.keys, r.classes) for r in runs] == [
        ("v0", "t t-satisfied"),
        ("v0 v1", "t t-missing"),
        ("v1", "t t-missing"),
        ("", ""),
    ]
    assert {(p.word, p.links) for r in runs for p in r.pieces} == {(0, "3")}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        running = open_chromium(tmp_path_factory.mktemp("chromium"), logged=True)
    except LookupError as missing:
        pytest.skip(str(missing))
    yield running
    running.quit()


@pytest.mark.browser
class TestInTheBrowser:
    @pytest.fixture
    def page(self, browser: Any, document: Document, tmp_path: Path) -> Any:
        return self.open(browser, document, tmp_path, width=1400)

    @staticmethod
    def open(browser: Any, document: Document, tmp_path: Path, *, width: int) -> Any:
        path = tmp_path / "page.html"
        path.write_text(write_html(document), encoding="utf-8", newline="\n")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 700}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get("about:blank")
        browser.get_log("browser")
        browser.get_log("performance")
        browser.get(path.as_uri())
        return browser

    @staticmethod
    def rect(page: Any, selector: str) -> dict[str, float]:
        script = "return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()"
        rect: dict[str, float] = page.execute_script(script, selector)
        return rect

    @staticmethod
    def lit(page: Any) -> list[str]:
        script = (
            "return [...document.querySelectorAll('.seg .on')].map("
            "e => e.closest('[lang]').lang + ' ' + e.textContent)"
        )
        texts: list[str] = page.execute_script(script)
        return sorted(texts)

    def test_is_quiet(self, page: Any) -> None:
        assert page.get_log("browser") == []
        events = [e["message"] for e in page.get_log("performance")]
        urls = [e for e in events if "requestWillBeSent" in e and "file://" not in e]
        assert urls == []

    def test_arabic_stands_right_and_runs_left(self, page: Any) -> None:
        style = "return getComputedStyle(document.querySelector(arguments[0] + ' p')).direction"
        assert page.execute_script(style, "#p2 .ar") == "rtl"
        assert page.execute_script(style, "#p2 .en") == "ltr"
        arabic, english = self.rect(page, "#p2 .ar"), self.rect(page, "#p2 .en")
        assert english["right"] < arabic["left"]
        assert english["top"] == arabic["top"]

    def test_headings_are_headings(self, page: Any) -> None:
        count = "return document.querySelectorAll('#p1 h2').length"
        assert page.execute_script(count) == 2

    def test_hover_lights_both_sides(self, page: Any) -> None:
        from selenium.webdriver import ActionChains

        word = page.find_element("css selector", '#p2 .ar .seg:nth-child(1) .w[data-w="8"]')
        term = page.find_element("css selector", '#p2 .ar mark[data-k="v2"]')
        ActionChains(page).move_to_element(word).perform()
        assert set(self.lit(page)) == {
            f"ar {word.text}",
            f"ar {term.text}",
            "en Korean",
            "en North Korean",
        }
        said = page.find_element("css selector", ".inspector").text
        assert "North Korean" in said
        assert "satisfied" in said

    def test_keyboard_goes_in_reading_order_and_across(self, page: Any) -> None:
        from selenium.webdriver.common.keys import Keys

        active = "return document.activeElement.dataset.w"
        page.execute_script("document.querySelector('#p2 .ar .w').focus()")
        keys = page.switch_to.active_element
        keys.send_keys(Keys.ARROW_LEFT)
        assert page.execute_script(active) == "1"
        page.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
        assert page.execute_script(active) == "0"
        assert "en offered" in self.lit(page)
        page.switch_to.active_element.send_keys(Keys.ENTER)
        assert page.execute_script("return document.activeElement.textContent") == "offered"
        page.switch_to.active_element.send_keys(Keys.ESCAPE)
        assert self.lit(page) == []

    def test_one_tab_stop_in_the_text(self, page: Any) -> None:
        stops = """return document.querySelectorAll('.seg [tabindex="0"]').length"""
        assert page.execute_script(stops) == 1

    def test_a_click_holds_the_light(self, page: Any) -> None:
        from selenium.webdriver import ActionChains

        mark = page.find_element("css selector", "#p3 .ar .t-forbidden")
        mark.click()
        ActionChains(page).move_to_element(page.find_element("css selector", "h1")).perform()
        assert "en Kiev" in self.lit(page)
        mark.click()
        assert self.lit(page) == []

    def test_filter(self, page: Any) -> None:
        shown = (
            "return [...document.querySelectorAll('.row')].filter(r => r.offsetParent)"
            ".map(r => r.id)"
        )
        assert page.execute_script(shown) == ["p1", "p2", "p3", "p4"]
        for name, expected in (
            ("violations", ["p2", "p3"]),
            ("findings", ["p2", "p4"]),
            ("all", ["p1", "p2", "p3", "p4"]),
        ):
            page.find_element("css selector", f'button[data-filter="{name}"]').click()
            assert page.execute_script(shown) == expected
            pressed = page.find_elements("css selector", 'button[aria-pressed="true"]')
            assert [b.get_attribute("data-filter") for b in pressed] == [name]

    def test_phone_stacks_arabic_over_english(
        self, browser: Any, document: Document, tmp_path: Path
    ) -> None:
        page = self.open(browser, document, tmp_path, width=390)
        arabic, english = self.rect(page, "#p2 .ar"), self.rect(page, "#p2 .en")
        assert arabic["bottom"] <= english["top"]
        assert arabic["left"] == english["left"]
        wide = "return document.documentElement.scrollWidth"
        assert page.execute_script(wide) <= 390

    def test_hostile_texts_do_nothing(self, browser: Any, nasty: Document, tmp_path: Path) -> None:
        page = self.open(browser, nasty, tmp_path, width=1000)
        assert page.get_log("browser") == []
        texts = "return [...document.querySelectorAll('.ar .seg')].map(s => s.textContent)"
        for got, unit in zip(page.execute_script(texts), nasty.units, strict=True):
            assert "".join(got.split()) == "".join(unit.segment.source.split())
