"""`dragoman models adapt`: what it learns from, what it says, how it ends. Training itself: tests/models/test_adapt.py."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from models import adapt
from models.adapt import Comparison, Outcome

Dragoman = Callable[..., Any]
DOMAIN = Comparison(lines=200, before=40.0, after=45.0, p=0.001)
GENERAL = Comparison(lines=90, before=50.0, after=49.5, p=0.2)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command asks for, instead of minutes of training; `reasons` decide how that ends."""
    asked: dict[str, Any] = {"reasons": ()}

    def adapted(start: Any, pairs: Iterable[Any], out: Path, **options: Any) -> Outcome:
        asked.update(options, start=start, pairs=list(pairs))
        return Outcome(
            folder=None if asked["reasons"] else out, reasons=asked["reasons"], domain=DOMAIN,
            general=GENERAL, trained=1700, dropped={"duplicate": 3}, rounds=(2, 3), share=0.75,
            minutes=4.0,
        )  # fmt: skip

    monkeypatch.setattr(adapt, "adapt", adapted)
    return asked


def test_an_adapted_model_is_told_in_figures(
    dragoman: Dragoman, given: dict[str, Any], tmp_path: Path, own: Path
) -> None:
    (tmp_path / "agency.tsv").write_text("نص\ttext\n", encoding="utf-8")
    ran = dragoman(
        "models", "adapt", "--memory", "agency.tsv", "--termbase", own, "-m", "starter", "-o", "ours",
        "--margin", "0.5",
    )  # fmt: skip
    assert ran.code == 0
    assert "held out\t200\t40.00\t45.00\t0.001" in ran.out
    assert "general\t90\t50.00\t49.50\t0.200" in ran.out
    assert "left out: duplicate\t3" in ran.out
    assert "share of the change\t75%" in ran.out
    assert "--model ours" in ran.err
    assert given["pairs"] == [("نص", "text")]
    assert ("موسكو", "Moscow") in given["bare_terms"]
    assert given["settings"].margin == 0.5
    assert given["start"].name == "starter"


def test_a_refused_model_is_an_error_with_the_figures(
    dragoman: Dragoman, given: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "agency.tsv").write_text("نص\ttext\n", encoding="utf-8")
    given["reasons"] = ("chrF on general sentences fell",)
    ran = dragoman(
        "models", "adapt", "--memory", "agency.tsv", "-m", "starter", "-o", "ours", "--json"
    )
    assert ran.code == 1
    assert "fell; nothing was written" in ran.error
    assert json.loads(ran.out)["domain"]["after"] == 45.0
    assert json.loads(ran.out)["folder"] is None


def test_a_memory_of_dragoman_is_read(
    dragoman: Dragoman, given: dict[str, Any], tmp_path: Path
) -> None:
    tmx = """<tmx version="1.4"><header srclang="ar" adminlang="en" datatype="plaintext" segtype="sentence"
      o-tmf="x" creationtool="x" creationtoolversion="1"/><body><tu>
      <tuv xml:lang="ar"><seg>نص</seg></tuv><tuv xml:lang="en"><seg>text</seg></tuv></tu></body></tmx>"""
    (tmp_path / "a.tmx").write_text(tmx, encoding="utf-8")
    assert dragoman("memory", "import", "a.tmx", "--memory", "mine.db").code == 0
    ran = dragoman(
        "models", "adapt", "--memory", "mine.db", "--memory", "a.tmx", "-m", "starter", "-o", "ours"
    )
    assert ran.code == 0
    assert given["pairs"] == [("نص", "text")] * 2


def test_no_memory_is_said(dragoman: Dragoman, given: dict[str, Any]) -> None:
    ran = dragoman("models", "adapt", "--memory", "none.db", "-m", "starter", "-o", "ours")
    assert ran.code == 1
    assert "no such translation memory" in ran.error
