"""The files of one document: what is read is what was written, and bad neighbours do no harm."""

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from translate.errors import FormatError
from translate.master import Master
from translate.restructure import join, split
from translate.segment import segment
from translate.types import Document, TranslationUnit

DATA = Path(__file__).parents[1] / "data"
TEXTS = [
    (DATA / "article" / "article.ar.txt").read_text(encoding="utf-8"),
    "\ufeff  • وصل الوفد.\u200f عاد الوفد،ثم سافر.\r\n\r\n- «زار» موسكو؛ ثم\tعاد أمس.\n***\n",
]


def translated(text: str) -> Document:
    segments, after = segment(text)
    units = tuple(
        TranslationUnit(segment=s, target=f"Target {i}", state="translated", score=-0.5)
        for i, s in enumerate(segments)
    )
    return Document(name="d", units=units, after=after)


def text_of(document: Document) -> str:
    return "".join(u.segment.before + u.segment.source for u in document.units) + document.after


@pytest.fixture
def master(tmp_path: Path) -> Master:
    return Master(tmp_path / "d" / "d.po")


def test_what_is_written_is_read(master: Master) -> None:
    document = replace(Master(DATA / "review" / "article" / "article.po").read(), name="d")
    assert text_of(document) == TEXTS[0]
    assert all(u.alignment and u.alignment.links for u in document.units)
    master.write(document)
    master.write_outputs(document)
    assert {p.name for p in master.path.parent.iterdir()} == {
        "d.po", "d.html", "d.en.txt", "d.report.json",
    }  # fmt: skip
    assert Master(master.path).read() == document


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("seed", range(2))
def test_the_text_is_whole_after_any_cuts_with_an_older_report(
    master: Master, text: str, seed: int
) -> None:
    """Killed before the report was brought up to date: the PO has cuts that the report doesn't know."""
    chance = random.Random(seed)
    document = translated(text)
    for turn in range(30):
        if turn == 15:
            master.write_outputs(document, ["json"])
        units = list(document.units)
        at = chance.randrange(len(units))
        try:
            if chance.random() < 0.6:
                source = units[at].segment.source
                parts = split(units[at].segment, chance.randrange(len(source) + 1))
                units[at : at + 1] = [TranslationUnit(segment=s) for s in parts]
            elif units[at + 1 :]:
                both = join(units[at].segment, units[at + 1].segment)
                units[at : at + 2] = [TranslationUnit(segment=both)]
        except ValueError:
            continue
        document = replace(document, units=tuple(units))
        master.write(document)
        if turn > 15:
            read = Master(master.path).read()
            assert [u.segment for u in read.units] == [u.segment for u in units]
            assert text_of(read) == text


@pytest.mark.parametrize(
    "spoil",
    [
        Path.unlink,
        lambda p: p.write_text("{"),
        lambda p: p.write_bytes(b"\xff\xfe"),
        lambda p: p.write_text('{"segments": [{}], "after": ""}'),
        lambda p: p.write_text(p.read_text()[:500]),
        lambda p: (p.unlink(), p.mkdir()),
    ],
)
def test_a_bad_report_is_left_aside(
    master: Master, spoil: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    document = translated(TEXTS[0])
    master.write(document)
    master.write_outputs(document, ["json"])
    spoil(master.beside("json"))
    with caplog.at_level(logging.WARNING):
        read = Master(master.path).read()
    assert [u.target for u in read.units] == [u.target for u in document.units]
    assert all(u.alignment is None for u in read.units)
    assert ("left aside" in caplog.text) == master.beside("json").exists()


def test_a_report_of_another_text_is_not_believed(master: Master) -> None:
    document = translated(TEXTS[0])
    master.write(document)
    other = replace(document, units=tuple(
        replace(u, target="x", segment=replace(u.segment, source="غيره", before="?"))
        for u in document.units
    ))  # fmt: skip
    master.write_outputs(other, ["json"])
    read = Master(master.path).read()
    assert {u.segment.before for u in read.units} <= {"", " ", "\n\n"}


def test_a_po_of_another_tool_opens(master: Master) -> None:
    master.path.parent.mkdir()
    master.path.write_text(
        'msgid ""\nmsgstr ""\n"Language: en\\n"\n\nmsgid "وصل"\nmsgstr "Arrived"\n\n'
        '#, fuzzy\nmsgid "عاد"\nmsgstr "Came"\n\n#. paragraph: x\n#. score: nan\nmsgctxt "a"\nmsgid "زار"\n'
        'msgstr ""\n\n#~ msgid "ذهب"\n#~ msgstr "Went"\n',
        encoding="utf-8",
    )
    read = master.read()
    assert [(u.segment.id, u.target, u.state, u.origin) for u in read.units] == [
        ("entry-1", "Arrived", "reviewed", "human"),
        ("entry-2", "Came", "translated", "human"),
        ("a", "", "initial", "mt"),
    ]
    master.write(read)
    again = Master(master.path).read()
    assert again.units == read.units
    assert '#~ msgstr "Went"' in master.path.read_text(encoding="utf-8")


def test_two_entries_of_one_id_are_told_apart(master: Master) -> None:
    document = translated(TEXTS[1])
    same = tuple(replace(u, segment=replace(u.segment, id="a")) for u in document.units)
    master.write(replace(document, units=same[:1]))
    text = master.path.read_text(encoding="utf-8")
    master.path.write_text(text + '\nmsgctxt "a"\nmsgid "x"\nmsgstr "mine"\n', encoding="utf-8")
    read = master.read()
    assert [u.segment.id for u in read.units] == ["a", "a~2"]
    master.write(read)
    assert [u.target for u in Master(master.path).read().units] == ["Target 0", "mine"]


def test_what_is_missing_or_broken_is_said(master: Master) -> None:
    assert master.stamp() is None
    with pytest.raises(FormatError, match=r"d\.po: no such file"):
        master.read()
    master.path.parent.write_text("a file where the folder should be")
    assert master.stamp() is None
    master.path.parent.unlink()
    master.write(translated(TEXTS[1]))
    master.path.write_bytes(master.path.read_text("utf-8").encode("utf-16"))
    with pytest.raises(FormatError, match="not UTF-8"):
        master.read()


def test_a_failed_writing_changes_nothing(master: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    document = translated(TEXTS[1])
    master.write(document)
    known, there = master.known, master.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("translate.master.write_text", full)
        with pytest.raises(OSError, match="No space"):
            master.write(replace(document, units=()))
    assert (master.known, master.path.read_bytes()) == (known, there)
    master.write(document)
    assert master.path.read_bytes() == there
    assert [p.name for p in master.path.parent.iterdir()] == ["d.po"]
