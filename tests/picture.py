"""The picture of the README: `make picture` translates the article and photographs its page in Chromium."""

import tempfile
from pathlib import Path
from shutil import which

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from translate import Translator
from translate.formats import writer

HERE = Path(__file__).parent
OUT = HERE / "data/golden/side-by-side.png"


def main() -> None:
    text = (HERE / "data/article/article.ar.txt").read_text(encoding="utf-8")
    document = Translator(model="starter").translate(text, name="article")
    options = webdriver.ChromeOptions()
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-background-networking"):
        options.add_argument(f"--{flag}")
    options.add_argument("--window-size=1280,900")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "article.html"
        page.write_text(writer("html").write(document), encoding="utf-8")
        browser = webdriver.Chrome(options=options, service=Service(which("chromedriver")))
        try:
            browser.get(page.as_uri())
            browser.save_screenshot(str(OUT))
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
