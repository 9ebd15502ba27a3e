"""`dragoman serve`: keys, refusals, and a real process from start to SIGTERM."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.translate.cli.conftest import Dragoman


def test_keys_are_made_listed_and_removed(dragoman: Dragoman, tmp_path: Path) -> None:
    file = str(tmp_path / "keys.json")
    made = dragoman("serve", "keys", "--keys", file, "add", "news", "--limit", "500")
    assert made.code == 0
    token = made.out.strip()
    assert len(token) == 43
    listed = dragoman("serve", "--keys", file, "keys", "list").out
    assert listed.split("\t")[0] == "news"
    assert listed.rstrip("\n").split("\t")[2:] == ["500", "0"]
    assert token not in listed
    assert dragoman("serve", "keys", "--keys", file, "add", "news").code == 2
    assert dragoman("serve", "keys", "--keys", file, "remove", "news").code == 0
    assert dragoman("serve", "keys", "--keys", file, "list").out == ""
    assert dragoman("serve", "keys", "--keys", file, "remove", "news").code == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_are_not_served_without_keys(
    dragoman: Dragoman, tmp_path: Path, host: str
) -> None:
    refused = dragoman("serve", "--host", host, "--keys", str(tmp_path / "none.json"))
    assert refused.code == 2
    assert "serve keys add" in refused.err


@pytest.mark.slow
def test_a_process_serves_and_stops_when_told(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable, "-m", "translate.cli", "serve", "--port", "0",
            "--keys", tmp_path / "keys.json", "--termbases", tmp_path / "glossaries",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert httpx.get(f"{address}/ready", timeout=60).json()["model"].startswith("starter@")
    text = " ".join(["وصل الوفد الروسي إلى موسكو أمس."] * 30)
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(httpx.post(f"{address}/v1/translate", json={"texts": [text]}, timeout=120))

    asking = threading.Thread(target=ask)
    asking.start()
    while "requests_in_flight 1" not in httpx.get(f"{address}/metrics").text:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=120)
    asking.join(60)
    assert answers[0].status_code == 200
    assert "Moscow" in answers[0].json()["translations"][0]["text"]
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert {"/ready", "/v1/translate", "/metrics"} == {line["route"] for line in lines}
    assert "الوفد" not in err
    assert process.returncode in (0, -signal.SIGTERM)
