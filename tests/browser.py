"""A real Chromium, headless, quiet on the network and with a profile of its own."""

import shutil
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def open_chromium(profile: Path, *flags: str, logged: bool = False) -> Any:
    """A running browser, with logs of its console and network if `logged`; the caller quits it. LookupError where Chromium, its driver or selenium is missing."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        raise LookupError(
            "Chromium or chromedriver is not installed (packages chromium, chromium-driver)"
        )
    try:
        from selenium import webdriver
    except ImportError as error:
        raise LookupError("selenium is not installed (make .venv/.dev)") from error
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if logged:
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
