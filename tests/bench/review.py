"""The review page with 2,000 segments, by the browser's own clock: opening, scrolling, typing, judging.

The document is the article, over and over, with ids of its own. The server runs in a process of its own,
on the starter and the shipped termbases; Chromium is headless. `python -m tests.bench review [SEGMENTS]`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.browser import open_chromium
from translate.formats import writer
from translate.types import Document
from translate.workspace import Workspace

ARTICLE = Path(__file__).parents[1] / "data/review/article/article.po"
KEYS = 60
EDITED = (1000, 1200, 1400, 1600)  # rows
OPENINGS = 5
# Notes the first frame in which a row stands in the window.
WATCH = """
const watch = () => {
  const row = document.querySelector('.row');
  if (row && row.getBoundingClientRect().height) requestAnimationFrame(() => setTimeout(() => { window.firstRow = performance.now(); }));
  else requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
"""
SCROLL = """
const done = arguments[0];
const frames = [];
let last = performance.now();
scrollTo(0, 0);
const step = (now) => {
  frames.push(now - last);
  last = now;
  scrollBy(0, innerHeight * .5);
  if (frames.length > 202 || scrollY + innerHeight >= document.documentElement.scrollHeight - 2) done(frames.slice(2));
  else requestAnimationFrame(step);
};
requestAnimationFrame(step);
"""
WATCH_KEYS = """
window.strokes = [];
document.addEventListener('keydown', (event) => {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.strokes.push(performance.now() - event.timeStamp);
    channel.port2.postMessage(null);
  });
}, true);
"""
TYPING = """
const box = document.querySelectorAll('.row')[arguments[0]].querySelector('.box');
box.focus();
getSelection().selectAllChildren(box);
getSelection().collapseToEnd();
"""


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table."""
    segments = int(arguments[0]) if arguments else 2000
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "out"
        size = make(out, segments)
        print(f"{segments:,} segments, a PO of {size / 2**20:.1f} MiB\n\n| what | ms |\n|---|---|")
        with served(out / "long") as (address, seconds), chromium(Path(folder)) as browser:
            print(f"| from the command to its address | {seconds * 1000:.0f} |")
            for what, value in measured(browser, address):
                print(f"| {what} | {value} |", flush=True)


def make(out: Path, segments: int) -> int:
    """Write the document; the size of its PO in bytes."""
    workspace = Workspace(out=out)
    article = workspace.open(workspace.add(ARTICLE)).document.units
    paragraphs = article[-1].segment.paragraph + 1
    units = []
    for number in range(segments):
        again, at = divmod(number, len(article))
        unit = article[at]
        segment = replace(
            unit.segment,
            id=f"{unit.segment.id}{again:04x}",
            paragraph=unit.segment.paragraph + again * paragraphs,
        )
        units.append(replace(unit, segment=segment))
    document = Document(name="long", units=tuple(units))
    (out / "long").mkdir(parents=True)
    for name in ("po", "json"):
        path = out / "long" / f"long{writer(name).suffix}"
        path.write_bytes(writer(name).write(document))
    return (out / "long" / "long.po").stat().st_size


@contextmanager
def served(document: Path) -> Iterator[tuple[str, float]]:
    """The address that `dragoman review` prints for a document, and the seconds until it does."""
    options = ("--no-open", "--no-memory")
    command = [sys.executable, "-m", "translate.cli", "review", str(document), *options]
    begun = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip(), time.monotonic() - begun
        finally:
            process.kill()


@contextmanager
def chromium(folder: Path) -> Iterator[Any]:
    """A headless browser that notes when the first row is seen."""
    browser = open_chromium(folder / "chromium", "--window-size=1280,900")
    browser.set_script_timeout(300)
    browser.set_page_load_timeout(300)
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    try:
        yield browser
    finally:
        browser.quit()


def measured(browser: Any, address: str) -> Iterator[tuple[str, str]]:
    """Lines of the table."""
    first = opening(browser, address)
    yield "opened first, browser just started: first row visible", f"{first[2]:.0f}"
    yield "opened first: keys work", f"{first[3]:.0f}"
    times = [opening(browser, address) for _ in range(OPENINGS)]
    names = (
        "answer begins",
        "answer complete",
        "first row visible",
        "keys work",
        "all there",
    )
    for name, values in zip(names, zip(*times, strict=True), strict=True):
        yield f"opened again: {name}", spread(values)
    frames = browser.execute_async_script(SCROLL)
    yield f"frames while scrolling by half a window each ({len(frames)})", spread(frames)
    yield "longest of them", f"{max(frames):.0f}"
    browser.execute_script(
        "performance.clearResourceTimings(); performance.setResourceTimingBufferSize(9999)"
    )
    browser.execute_script(WATCH_KEYS)
    for row in EDITED:
        browser.execute_script(TYPING, row)
        typed(browser, KEYS // len(EDITED))
    strokes = browser.execute_script("return window.strokes")
    yield f"keystroke to next paint ({len(strokes)})", spread(strokes)
    script = "return performance.getEntriesByType('resource').filter(e => e.name.endsWith(arguments[0])).map(e => e.duration)"
    judged = browser.execute_script(script, "/judge")
    yield f"`judge`, asked to answered ({len(judged)})", spread(judged)
    first, *others = browser.execute_script(script, "/edit")
    yield "first `edit`, asked to answered", f"{first:.0f}"
    yield f"later ones ({len(others)})", spread(others)


def typed(browser: Any, keys: int) -> None:
    """Type so many keys, as fast as a fast typist, and wait until they are saved."""
    for key in ("a", "b", " ") * (keys // 3):
        stroke = {"text": key, "key": key, "unmodifiedText": key}
        browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", **stroke})
        browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", "key": key})
        time.sleep(0.05)
    state = "return document.getElementById('saved').dataset.state"
    until(lambda: browser.execute_script(state) == "saved")


def opening(browser: Any, address: str) -> tuple[float, ...]:
    """Milliseconds since the navigation began."""
    browser.get(address)
    until(
        lambda: browser.execute_script(
            "return document.readyState === 'complete' && document.getElementById('text').dataset.ready && window.firstRow"
        )
    )
    script = (
        "const n = performance.getEntriesByType('navigation')[0];"
        "return [n.responseStart, n.responseEnd, window.firstRow, performance.getEntriesByName('ready')[0].startTime, n.loadEventEnd]"
    )
    return tuple(browser.execute_script(script))


def until(condition: Callable[[], Any]) -> None:
    """Wait for it, looking seldom: looking costs the browser time."""
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the page did not come to rest")
        time.sleep(0.1)


def spread(values: Sequence[float]) -> str:
    """Median and 95th percentile."""
    ordered = sorted(values)
    if not ordered:
        return "none"
    high = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return f"{statistics.median(ordered):.0f} (95 %: {high:.0f})"
