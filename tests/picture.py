"""The pictures of the README: `make picture` opens the article for review in Chromium and photographs it.

One shows the review page, with a segment approved, one edited and the pointer on a word; the other a change of a
term before it is saved, with its effect.
"""

import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser import open_chromium

DATA = Path(__file__).parent / "data"
ARTICLE = DATA / "article/article.ar.txt"
GOLDEN = DATA / "golden"
LIMIT = 250 * 1024  # bytes of a picture
NAME = "كيم جونغ أون"
SELECT = """
const [id, words] = arguments;
const row = document.getElementById(id);
const text = row.querySelector(".source").firstChild;
const at = text.data.indexOf(words);
row.focus();
getSelection().setBaseAndExtent(text, at, text, at + words.length);
"""
PLACE = """
const [id, word] = arguments;
const text = document.getElementById(id).querySelector(".box").firstChild;
const range = document.createRange();
range.setStart(text, text.data.indexOf(word));
range.setEnd(text, text.data.indexOf(word) + word.length);
const {left, top, width, height} = range.getBoundingClientRect();
return [Math.round(left + width / 2), Math.round(top + height / 2)];
"""


def main() -> None:
    """Write both pictures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        translate(home)
        with served(home) as address, chromium(home) as browser:
            browser.get(address)
            until(lambda: browser.execute_script("return text.dataset.ready"))
            reviewed(browser)
            photograph(browser, "side-by-side")
            changed(browser)
            photograph(browser, "effect")


def translate(home: Path) -> None:
    """The example article, as a newcomer gets it."""
    command = [
        sys.executable,
        "-m",
        "translate.cli",
        "translate",
        str(ARTICLE),
        "-o",
        str(home / "out"),
    ]
    environment = {**os.environ, "XDG_DATA_HOME": str(home / "data")}
    subprocess.run(command, env=environment, check=True)


def reviewed(browser: Any) -> None:
    """The third segment approved, the second edited and approved, the pointer on a word of the first."""
    first, second, third = (r.get_attribute("id") for r in rows(browser)[:3])
    box = browser.find_element("css selector", f"#{third} .box")
    box.click()
    press(browser, Keys.CONTROL, Keys.ENTER)
    until(lambda: count(browser, "reviewed") == "1")
    edited = browser.find_element("css selector", f"#{second} .box")
    browser.execute_script(
        "const t = arguments[0].firstChild, w = 'is suspected';"
        "getSelection().setBaseAndExtent(t, t.data.indexOf(w), t, t.data.indexOf(w) + w.length)",
        edited,
    )
    ActionChains(browser).send_keys("suspects").perform()
    until(lambda: count(browser, "changed") == "1")
    press(browser, Keys.CONTROL, Keys.ENTER)
    until(lambda: count(browser, "reviewed") == "2")
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    browser.execute_script("scrollTo(0, 0)")
    x, y = browser.execute_script(PLACE, first, "rifle")
    pointer = ActionChains(browser)
    pointer.w3c_actions.pointer_action.move_to_location(x, y)
    pointer.perform()
    until(lambda: browser.execute_script("return CSS.highlights.get('linked').size"))


def changed(browser: Any) -> None:
    """The dialog of a name, with another English and what that would do."""
    browser.execute_script(SELECT, rows(browser)[5].get_attribute("id"), NAME)
    ActionChains(browser).send_keys("t").perform()
    english = until(lambda: browser.find_element("id", "term-target"))
    until(lambda: english == browser.switch_to.active_element)
    english.clear()
    english.send_keys("Kim Jong-un", Keys.ENTER)
    until(lambda: browser.find_element("css selector", ".run[data-state=looked]"))


def rows(browser: Any) -> Any:
    """All rows of the page."""
    return browser.find_elements("css selector", ".row")


def count(browser: Any, what: str) -> str:
    """A number of the bar."""
    return str(browser.find_element("css selector", f"[data-count={what}]").text)


def press(browser: Any, held: str, key: str) -> None:
    """A key, while another is held."""
    ActionChains(browser).key_down(held).send_keys(key).key_up(held).perform()


def until(condition: Callable[[], Any]) -> Any:
    """The first true value of the condition, which may fail until then."""
    end = time.monotonic() + 60
    while True:
        try:
            if value := condition():
                return value
        except Exception:
            if time.monotonic() > end:
                raise
        if time.monotonic() > end:
            raise TimeoutError("the page did not come to what the picture shows")
        time.sleep(0.1)


def photograph(browser: Any, name: str) -> None:
    """Write a picture when the page has come to rest."""
    time.sleep(1)
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    picture = base64.b64decode(shot["data"])
    if len(picture) > LIMIT:
        raise ValueError(f"{name}.png has {len(picture):,} bytes; at most {LIMIT:,} are kept")
    (GOLDEN / f"{name}.png").write_bytes(picture)


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of the article, on the shipped termbases alone."""
    options = ("--no-open", "--no-memory")
    command = [sys.executable, "-m", "translate.cli", "review", str(home / "out/article"), *options]
    environment = {**os.environ, "XDG_DATA_HOME": str(home / "data")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def chromium(home: Path) -> Iterator[Any]:
    """A browser with a window of 1280 by 900."""
    browser = open_chromium(home / "chromium", "--hide-scrollbars")
    size = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        yield browser
    finally:
        browser.quit()


if __name__ == "__main__":
    main()
