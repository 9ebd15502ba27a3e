"""`dragoman terms suggest`: on texts, on translations, into a termbase."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Dragoman = Callable[..., Any]
MOTORSPORT = Path(__file__).parents[2] / "data" / "names" / "motorsport.ar.txt"


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_text(dragoman: Dragoman) -> None:
    ran = dragoman("terms", "suggest", MOTORSPORT)
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert {len(row) for row in rows} == {6}
    ferrari = next(row for row in rows if row[1] == "Ferrari")
    assert int(ferrari[3]) >= 3
    assert ferrari[0] in ferrari[5]


def test_as_json_surest_first(dragoman: Dragoman) -> None:
    found = objects(dragoman("terms", "suggest", MOTORSPORT, "--json").out)
    confidence = [one["confidence"] for one in found]
    assert confidence == sorted(confidence, reverse=True)
    sure = objects(
        dragoman("terms", "suggest", MOTORSPORT, "--json", "--min-confidence", "0.9").out
    )
    assert sure == [one for one in found if one["confidence"] >= 0.9]
    mention = found[0]["mentions"][0]
    assert mention["end"] - mention["start"] == len(mention["surface"])
    assert mention["rendering"] == ""


def test_to_a_termbase_once_and_as_proposed(dragoman: Dragoman, tmp_path: Path) -> None:
    house = tmp_path / "house.po"
    assert (
        dragoman("terms", "add", "فيراري", "Scuderia Ferrari", "--kind", "org", "--to", house).code
        == 0
    )
    before = house.read_bytes()
    ran = dragoman("terms", "suggest", MOTORSPORT, "--to", house)
    assert ran.code == 0
    assert "proposed" in ran.err
    after = house.read_bytes()
    assert after.startswith(before)
    listed = objects(dragoman("terms", "list", "-g", house, "--json").out)
    assert [t["status"] for t in listed].count("approved") == 1
    assert len(listed) > 10
    assert dragoman("terms", "suggest", MOTORSPORT, "--to", house).code == 0
    assert house.read_bytes() == after
    again = dragoman("terms", "suggest", MOTORSPORT, "-g", house, "-g", "default")
    assert again.out == ""
    assert "nothing to suggest" in again.err


def test_a_translation_gives_renderings(dragoman: Dragoman, news: Path) -> None:
    assert dragoman("translate", news, "--beam", "1", "--no-glossary").code == 0
    for place in ("out/news", "out/news/news.po"):
        found = objects(dragoman("terms", "suggest", place, "-g", "default", "--json").out)
        assert isinstance(found, list)
    assert "translated already" in dragoman("terms", "suggest", "out/news", "--translate").error


@pytest.mark.parametrize("name", ["nowhere.txt", "nowhere.po"])
def test_a_missing_file_is_one_line(dragoman: Dragoman, name: str) -> None:
    assert name in dragoman("terms", "suggest", name).error


def test_a_broken_termbase_to_write_to_stays(dragoman: Dragoman, tmp_path: Path) -> None:
    (tmp_path / "broken.po").write_text("msgid nothing", encoding="utf-8")
    assert "broken.po" in dragoman("terms", "suggest", MOTORSPORT, "--to", "broken.po").error
    assert (tmp_path / "broken.po").read_text(encoding="utf-8") == "msgid nothing"
