"""TUTORIAL.md, done as it says, with the real command, the real starter and a real browser."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.translate.web.conftest import until

ROOT = Path(__file__).parents[3]
TUTORIAL = (ROOT / "TUTORIAL.md").read_text(encoding="utf-8")
COMMANDS = list(re.findall(r"^dragoman .*$", TUTORIAL, re.MULTILINE))
KEYS = {"Ctrl+Enter": "\ue009\ue007", "Escape": "\ue00c"}

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SELECT = """
const [words] = arguments;
const box = document.querySelector("article .source");
const at = box.textContent.indexOf(words);
box.closest("article").focus();
getSelection().setBaseAndExtent(box.firstChild, at, box.firstChild, at + words.length);
"""


def dragoman(command: str) -> list[str]:
    return [sys.executable, "-m", "translate.cli", *shlex.split(command)[1:]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newcomer's folder, with nothing of one's own on the machine but the converted model."""
    article = tmp_path / "tests/data/article/article.ar.txt"
    article.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "tests/data/article/article.ar.txt", article)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def address(desk: Path) -> Iterator[str]:
    """Steps 1 and 2."""
    translate, review, *_ = COMMANDS
    done = subprocess.run(dragoman(translate), cwd=desk, capture_output=True, text=True, check=True)
    assert re.search(r"\d+ of \d+ term occurrences as agreed", done.stderr)
    process = subprocess.Popen(
        [*dragoman(review), "--no-open"], cwd=desk, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def named(browser: Any, label: str) -> Any:
    """The visible button or link of that name; the tutorial must have it in bold."""
    assert f"**{label}**" in TUTORIAL, label
    path = f"//*[self::button or self::a or self::summary][normalize-space()='{label}']"
    return until(
        lambda: next(e for e in browser.find_elements("xpath", path) if e.is_displayed()),
        what=label,
    )


def press(browser: Any, key: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    assert f"**{key}**" in TUTORIAL, key
    actions = ActionChains(browser)
    if key == "Ctrl+Enter":
        actions = actions.key_down("\ue009").send_keys("\ue007").key_up("\ue009")
    else:
        actions = actions.send_keys(KEYS.get(key, key))
    actions.perform()


def test_ten_minutes(address: str, desk: Path, browser: Any) -> None:
    master = desk / "out/article/article.po"
    browser.get(address)
    css = browser.find_elements
    until(lambda: len(css("css selector", "article")) > 20)

    press(browser, "?")
    until(lambda: "approve and go on" in css("css selector", "#dialog")[0].text)
    press(browser, "Escape")

    # 3. Correct and approve
    box = css("css selector", "article .box")[0]
    box.click()
    box.send_keys(" Mine.")
    until(lambda: "Mine." in master.read_text(encoding="utf-8"), what="saved by itself")
    press(browser, "Ctrl+Enter")
    until(lambda: css("css selector", "[data-count=reviewed]")[0].text == "1", what="approved")
    press(browser, "Escape")
    press(browser, "u")
    until(lambda: css("css selector", "[data-count=reviewed]")[0].text == "0", what="undone")
    for label in ("Alternatives", "Changes", "Split", "Join", "Note"):
        assert named(browser, label)

    # 4. Decide a name once
    approve = named(browser, "Note")  # the toolbar stands at the segment that has the focus
    assert approve
    browser.execute_script("scrollTo(0, 0)")
    browser.execute_script(SELECT, "كيم جونغ أون")
    press(browser, "t")
    english = until(lambda: css("css selector", "#term-target")[0])
    assert english.get_attribute("value") == "Kim Jong Un"
    english.clear()
    english.send_keys("Kim Jong-un")
    named(browser, "Show effect").click()
    save = named(browser, "Save")
    until(save.is_enabled, seconds=120, what="the effect is known")
    until(lambda: "changed" in css("css selector", "#term-effect")[0].text, seconds=120)
    save.click()
    until(
        lambda: "Kim Jong-un" in master.read_text(encoding="utf-8"),
        seconds=120,
        what="translated anew",
    )
    assert "Kim Jong-un" in (desk / "data/dragoman/terms.po").read_text(encoding="utf-8")
    assert "Mine." in master.read_text(encoding="utf-8")  # what a person wrote stays

    named(browser, "Show them").click()
    shown = "return [...document.querySelectorAll('.row')].filter(r => r.offsetParent).length"
    until(lambda: browser.execute_script(shown) == 2, what="the two that changed")
    assert "**All**" in TUTORIAL
    css("css selector", "[data-filter=all]")[0].click()
    until(lambda: browser.execute_script(shown) > 20)

    # 5 and 6
    for label, path in (
        ("Suggestions", "suggestions"),
        ("Consistency", "consistency"),
        ("Glossary", "terms"),
    ):
        until(lambda label=label: not css("css selector", "dialog[open]"))  # type: ignore[misc]
        named(browser, label).click()
        until(lambda path=path: browser.current_url.endswith(path))  # type: ignore[misc]
        assert "Dragoman" in browser.title
    browser.get(address)
    named(browser, "Download").click()
    offered = [a.get_attribute("href") for a in css("css selector", "details.menu a")]
    assert any(href.endswith("/download/txt") for href in offered)
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


def test_a_rerun_keeps_the_work(desk: Path) -> None:
    translate, *_ = COMMANDS
    subprocess.run(dragoman(translate), cwd=desk, capture_output=True, check=True)
    master = desk / "out/article/article.po"
    text = master.read_text(encoding="utf-8")
    first = re.search(r'\nmsgstr "([^"].*)"', text)
    assert first
    master.write_text(text.replace(first[1], "A person wrote this."), encoding="utf-8")
    subprocess.run(
        dragoman(translate), cwd=desk, capture_output=True, check=True, env={**os.environ}
    )
    assert "A person wrote this." in master.read_text(encoding="utf-8")
    assert "A person wrote this." in (desk / "out/article/article.en.txt").read_text(
        encoding="utf-8"
    )
