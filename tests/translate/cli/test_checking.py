"""`dragoman check`: findings of translated documents."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from translate.checks import IDS
from translate.master import Master
from translate.types import Document, Segment, TranslationUnit

Dragoman = Callable[..., Any]
PAIRS = (
    ("أسقطت 11 طائرة", "shot down 12 aircraft"),
    ("قال بوتين", "said بوتين"),
    ("عودة", "Return"),
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "out/one/one.po"
    path.parent.mkdir(parents=True)
    units = tuple(
        TranslationUnit(
            segment=Segment(id=f"s{n}", source=source, kind="sentence", paragraph=n),
            target=target,
            state="translated",
        )
        for n, (source, target) in enumerate(PAIRS)
    )
    Master(path).write(Document(name="one", units=units))
    return path


def test_errors_come_first(dragoman: Dragoman, document: Path) -> None:
    ran = dragoman("check", document.parent)
    assert ran.code == 0
    assert ran.err == "1 document: 1 error, 1 warning, 0 info\n"
    first, _, second, *context = ran.out.splitlines()
    assert first == "one s1: error: untranslated: left in Arabic: بوتين"
    assert second.startswith("one s0: warning: numbers: the source has 11, the target 12")
    assert context == ["    أسقطت [11] طائرة", "    shot down [12] aircraft"]


def test_strict_and_choosing(dragoman: Dragoman, document: Path) -> None:
    assert dragoman("check", "out", "--strict").code == 3
    ran = dragoman("check", "out", "--strict", "--skip", "untranslated")
    assert ran.code == 0
    assert "numbers" in ran.out
    ran = dragoman("check", "out", "--only", "untranslated")
    assert len(ran.out.splitlines()) == 2
    assert "there are empty, " in dragoman("check", "out", "--only", "number").error


def test_json(dragoman: Dragoman, document: Path) -> None:
    ran = dragoman("check", "out", "--json", "--only", "numbers")
    assert json.loads(ran.out) == {
        "document": "one",
        "segment": "s0",
        "check": "numbers",
        "severity": "warning",
        "message": "the source has 11, the target 12",
        "source_span": [6, 8],
        "target_span": [10, 12],
    }


def test_a_flag_switches_a_check_off(dragoman: Dragoman, document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    head, name, rest = text.partition('msgctxt "s0"')
    head = head[: head.rindex("#, fuzzy")] + "#, fuzzy, ignore-numbers\n"
    document.write_text(head + name + rest, encoding="utf-8")
    ran = dragoman("check", "out")
    assert ran.err == "1 document: 1 error, 0 warnings, 0 info\n"
    master = Master(document)  # and the flag outlives another writing
    master.write(master.read())
    assert "ignore-numbers" in document.read_text(encoding="utf-8")


def test_names_without_a_term_can_be_asked_for_or_not(dragoman: Dragoman, tmp_path: Path) -> None:
    path = tmp_path / "out/two/two.po"
    path.parent.mkdir(parents=True)
    segment = Segment(id="s", source="وصل زدنيك زيمان إلى روما", kind="sentence", paragraph=0)
    unit = TranslationUnit(segment=segment, target="Zdenek Zeman arrived in Rome")
    Master(path).write(Document(name="two", units=(unit,)))
    ran = dragoman("check", path, "--only", "unlisted-name")
    assert ran.out.startswith("two s: info: unlisted-name: no term for the name زدنيك زيمان\n")
    assert "وصل [زدنيك زيمان] إلى روما" in ran.out
    assert dragoman("check", path, "--skip", "unlisted-name").out == ""


@pytest.mark.parametrize("name", IDS)
def test_explain(dragoman: Dragoman, name: str) -> None:
    ran = dragoman("check", "--explain", name)
    assert ran.code == 0
    assert ran.out.startswith("What it does.")


def test_nothing_there(dragoman: Dragoman) -> None:
    assert "no such folder" in dragoman("check", "nowhere").error
    assert "no check" in dragoman("check", "--explain", "x").error
