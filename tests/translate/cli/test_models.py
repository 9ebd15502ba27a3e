"""`dragoman models`, with a configuration of this test's own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.registry import STARTER

Dragoman = Callable[..., Any]


@pytest.fixture(autouse=True)
def _configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The starter's files in a folder of another name, without its card."""
    folder = tmp_path / "house"
    folder.mkdir()
    for file in STARTER.iterdir():
        if file.name != "README.md":
            (folder / file.name).symlink_to(file)
    return folder


def test_list_marks_the_default(dragoman: Dragoman) -> None:
    ran = dragoman("models", "list")
    assert ran.code == 0
    first = ran.out.splitlines()[0]
    assert first.startswith("* starter\t")
    assert str(STARTER) in first
    assert ran.out.count("not on this machine") == 2
    rows = [json.loads(line) for line in dragoman("models", "list", "--json").out.splitlines()]
    assert [r["name"] for r in rows] == [
        "starter", "Helsinki-NLP/opus-mt-ar-en", "Helsinki-NLP/opus-mt-tc-big-ar-en",
    ]  # fmt: skip
    assert [r["default"] for r in rows] == [True, False, False]
    assert [bool(r["where"]) for r in rows] == [True, False, False]
    assert all(r["licence"] and r["parameters"] and r["note"] for r in rows)


def test_info_describes_a_model(dragoman: Dragoman, house: Path) -> None:
    ran = dragoman("models", "info")
    assert ran.code == 0
    told = dict(line.split(": ", 1) for line in ran.out.splitlines())
    assert told["name"].startswith("starter@")
    assert told["folder"] == str(STARTER)
    assert told["licence"] == "apache-2.0"
    assert told["reads terms inside the source"] == "yes"
    assert told["word alignment"] == "guided"
    assert ran.out == dragoman("models", "info", "starter").out
    other = dragoman("models", "info", house).out
    assert "name: house@" in other
    assert "licence: not stated" in other
    assert "source: no" in other


def test_use_lasts(dragoman: Dragoman, house: Path, tmp_path: Path) -> None:
    ran = dragoman("models", "use", "house")
    assert ran.code == 0
    assert "from now on: house@" in ran.err
    assert dragoman("models", "info").out.startswith("name: house@")
    assert dragoman("models", "list").out.splitlines()[-1] == f"* {house}"
    assert dragoman("models", "use", "starter").code == 0
    assert dragoman("models", "info").out.startswith("name: starter@")
    assert [p.name for p in (tmp_path / "config").rglob("*.json")] == ["model.json"]


@pytest.mark.parametrize("name", ["no-such-model", "nobody/nothing", "."])
def test_what_is_not_there_is_not_used(dragoman: Dragoman, name: str) -> None:
    assert dragoman("models", "use", name).code == 1
    assert dragoman("models", "info").out.startswith("name: starter@")


def test_a_damaged_choice_is_one_line(dragoman: Dragoman, tmp_path: Path) -> None:
    path = tmp_path / "config" / "dragoman" / "model.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert str(path) in dragoman("models", "info").error
    assert "models use" in dragoman("models", "list").error
    assert dragoman("models", "use", "starter").code == 0
    assert dragoman("models", "info").code == 0
