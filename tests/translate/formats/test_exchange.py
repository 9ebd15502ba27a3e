"""What comes back from other tools: matched, merged in three ways, and nothing lost or overwritten."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translate.errors import FormatError, UnknownFormat
from translate.exchange import READERS, Outcome, applied, reader_for
from translate.formats import writer
from translate.formats.po import Saved, compose, read_saved
from translate.formats.returned import Returned, mark_of, read_mark
from translate.types import Document, Segment, State, TranslationUnit

STATES: tuple[State, ...] = ("translated", "reviewed", "final")
KINDS = pytest.mark.parametrize("kind", READERS)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def unit(name: str = "a", source: str = "س", target: str = "old", **fields: Any) -> TranslationUnit:
    segment = Segment(id=name, source=source, kind="sentence", paragraph=0)
    return TranslationUnit(segment=segment, target=target, **({"state": "translated"} | fields))


def doc(*units: TranslationUnit) -> Document:
    return Document(name="d", units=units)


def back(unit: TranslationUnit, **changes: Any) -> Returned:
    """What comes back of a unit that was exported, with what the other tool changed."""
    returned = Returned(
        id=unit.segment.id, source=unit.segment.source, target=unit.target, state=unit.state,
        note=unit.note, mark=mark_of(unit),
    )  # fmt: skip
    return replace(returned, **changes)


def merged(here: TranslationUnit, there: Returned) -> tuple[TranslationUnit, str]:
    """The unit that comes out, and the one thing that is told of it."""
    document, outcome = applied(doc(here), [there])
    told = [f.name for f in fields(Outcome) if getattr(outcome, f.name)]
    assert len(told) == 1
    return document.units[0], told[0]


def exported(kind: str, document: Document) -> list[Returned]:
    return list(READERS[kind].read(writer(kind).write(document), f"x.{kind}"))


# Over the registry


@KINDS
def test_what_nobody_touched_stays_as_it_is(kind: str, document: Document) -> None:
    returned = exported(kind, document)
    new, outcome = applied(document, returned)
    assert new == document
    assert outcome == Outcome(unchanged=tuple(u.segment.id for u in document.units))


@KINDS
def test_nasty_documents_stay_as_they_are(kind: str, nasty: Document) -> None:
    new, outcome = applied(nasty, exported(kind, nasty))
    assert [u.target for u in new.units] == [u.target for u in nasty.units]
    told = {f.name for f in fields(Outcome) if getattr(outcome, f.name)}
    assert told <= {"unchanged", "restated"}  # PO's comments hold no control characters
    assert kind == "po" or new == nasty


@KINDS
@given(source=TEXTS.filter(str.strip), target=TEXTS, new=TEXTS.filter(str.strip))
@settings(max_examples=30)
def test_any_edit_comes_back(kind: str, source: str, target: str, new: str) -> None:
    here = doc(unit(source=source, target=target, state="translated" if target else "initial"))
    theirs = doc(replace(here.units[0], target=new, state="translated"))
    returned = exported(kind, theirs)
    marked = [replace(r, mark=mark_of(here.units[0]) if r.mark else None) for r in returned]
    result, outcome = applied(here, marked)
    if new == target:
        assert outcome.unchanged == ("a",)
    elif new.replace("\r\n", "\n").replace("\r", "\n") != target.replace("\r\n", "\n").replace(
        "\r", "\n"
    ):
        assert outcome.taken == ("a",)
        assert (result.units[0].target, result.units[0].origin) == (new, "human")
        assert result.units[0].machine == target


@pytest.mark.parametrize("kind", [k for k in READERS if k != "docx"])  # it can't say a state
@pytest.mark.parametrize("state", STATES)
def test_a_target_of_theirs_comes_with_their_state(
    kind: str, state: State, document: Document
) -> None:
    here = document.units[1]
    assert here.origin == "mt"
    theirs = replace(here, target="theirs, and “quoted”", state=state)
    returned = [
        replace(r, mark=mark_of(here) if r.mark else None) for r in exported(kind, doc(theirs))
    ]
    new, outcome = applied(document, returned)
    got = new.units[1]
    assert (got.target, got.state, got.origin) == (theirs.target, state, "human")
    assert got.machine == here.target
    assert (got.alignment, got.verdicts, got.findings, got.score) == (None, (), (), None)
    assert outcome.taken == ("b2",)
    assert outcome.missing == ("a1", "c3", "d4", "e5")
    assert [u for u in new.units if u is not got] == [u for u in document.units if u is not here]


# Three ways


def test_approved_there_stays_the_machines() -> None:
    here = unit(score=-0.5)
    assert merged(here, back(here, state="reviewed")) == (
        replace(here, state="reviewed"),
        "restated",
    )


def test_reopened_there() -> None:
    here = unit(state="final", origin="human")
    assert merged(here, back(here, state="translated"))[0].state == "translated"


def test_a_lost_state_means_nothing() -> None:
    here = unit(state="final")
    assert merged(here, back(here, state=None)) == (here, "unchanged")
    got, told = merged(here, back(here, state=None, target="new"))
    assert (got.state, told) == ("translated", "taken")


def test_changed_here_and_there_is_undecided() -> None:
    was = unit()
    here = replace(was, target="mine", origin="human", machine="old")
    got, told = merged(here, back(was, target="theirs", state="final"))
    assert (got, told) == (replace(here, elsewhere="theirs"), "undecided")


def test_approved_here_and_changed_there_is_undecided() -> None:
    was = unit()
    here = replace(was, state="reviewed")
    got, told = merged(here, back(was, target="theirs"))
    assert (got.target, got.elsewhere, told) == ("old", "theirs", "undecided")


def test_an_undecided_version_is_not_replaced_by_the_next() -> None:
    was = unit()
    here = replace(was, target="mine", origin="human", elsewhere="earlier")
    assert merged(here, back(was, target="later")) == (here, "waiting")
    assert merged(here, back(was, target="earlier")) == (here, "undecided")


def test_changed_here_only_stays() -> None:
    was = unit()
    here = replace(was, target="mine", origin="human", state="reviewed")
    assert merged(here, back(was)) == (here, "older")
    assert merged(here, back(was, state="final")) == (here, "older")


def test_the_same_change_on_both_sides() -> None:
    was = unit()
    here = replace(was, target="both", origin="human")
    got, told = merged(here, back(was, target="both", state="reviewed"))
    assert (got, told) == (replace(here, state="reviewed"), "restated")


def test_a_note_here_is_no_conflict() -> None:
    was = unit()
    here = replace(was, note="mine")
    got, told = merged(here, back(was, target="theirs", note="theirs"))
    assert (got.target, got.note, told) == ("theirs", "mine\ntheirs", "taken")


def test_a_note_changed_there_replaces_what_was_exported() -> None:
    here = unit(note="before")
    assert merged(here, back(here, note="after"))[0].note == "after"
    assert merged(here, back(here, note="")) == (here, "unchanged")  # lost, maybe


def test_our_own_remarks_are_no_persons_note(document: Document) -> None:
    here = document.units[2]
    remarks = "term: الكرملين → the Kremlin: missing\n" + "\n".join(
        f"{f.check}: {f.message}" for f in here.findings
    )
    assert merged(here, back(here, note=remarks)) == (here, "unchanged")
    assert merged(here, back(here, note=remarks + "\nlook"))[0].note == "look"


def test_the_machines_words_typed_again_are_the_machines() -> None:
    here = unit(target="mine", origin="human", machine="old")
    got, _ = merged(here, back(here, target="old"))
    assert (got.origin, got.machine, got.target) == ("mt", "", "old")


def test_emptied_there_stays() -> None:
    here = unit()
    assert merged(here, back(here, target="", state=None)) == (here, "emptied")
    assert merged(here, back(here, target="  ")) == (here, "emptied")


def test_line_ends_are_no_change() -> None:
    here = unit(target="a\r\nb")
    assert merged(here, back(here, target="a\nb")) == (here, "unchanged")


@pytest.mark.parametrize("person", [{"origin": "human"}, {"state": "reviewed"}])
def test_without_a_mark_a_persons_work_is_not_replaced(person: dict[str, Any]) -> None:
    machines, persons = unit(), unit(**person)
    assert merged(machines, back(machines, mark=None, target="new"))[1] == "taken"
    got, told = merged(persons, back(persons, mark=None, target="new"))
    assert (got.target, got.elsewhere, told) == ("old", "new", "undecided")
    here = replace(persons, machine="first", origin="human")
    assert merged(here, back(here, mark=None, target="first"))[1] == "older"


def test_without_a_mark_the_further_state_stays() -> None:
    here = unit(state="reviewed")
    assert merged(here, back(here, mark=None, state="translated")) == (here, "unchanged")
    assert merged(here, back(here, mark=None, state="final"))[0].state == "final"


# Matching


def test_matched_by_id_then_by_source() -> None:
    here = doc(unit("a", "س"), unit("b", "ش"), unit("c", "س"), unit("d", "ص"))
    there = [
        Returned(id="x", source="س ", target="first left"),
        Returned(id="b", source="ش", target="by id"),
        Returned(id="a", source="س", target="by id too"),
        Returned(id="d", source="another", target="lost", place="line 4"),
        Returned(id="", source="nothing here", target="lost too", place="line 5"),
    ]
    new, outcome = applied(here, there)
    assert [u.target for u in new.units] == ["by id too", "by id", "first left", "old"]
    assert outcome.missing == ("d",)
    assert [e.shown for e in outcome.unknown] == ["d (another)", "line 5 (nothing here)"]


def test_an_entry_twice_is_told_unless_it_says_the_same() -> None:
    here = doc(unit())
    same, other = back(unit()), back(unit(), target="other")
    assert applied(here, [same, same])[1].unknown == ()
    assert applied(here, [same, other])[1].unknown == (other,)


def test_marks_are_read_or_nothing() -> None:
    mark = mark_of(unit(note="n"))
    assert read_mark(f"dragoman {mark}") == mark
    for bad in ("", "x", str(mark).replace("translated", "bogus"), str(mark)[:20]):
        assert read_mark(bad) is None


# PO with history


def entries(document: Document, text: str = "") -> tuple[str, Saved]:
    return compose(document, read_saved(text, "") if text else Saved())


def test_a_copy_of_the_po_is_merged_by_its_history() -> None:
    was = doc(unit(origin="human", machine="m"))
    po, _ = entries(was)
    here = doc(replace(was.units[0], target="mine"))
    _, saved = entries(here, po)
    lineages = {e.id: e.lineage for e in saved.entries}
    read = READERS["po"].read
    assert applied(here, read(po.encode(), "x.po"), lineages)[1].older == ("a",)
    theirs = po.replace('msgstr "old"', 'msgstr "theirs"').encode()
    new, outcome = applied(here, read(theirs, "x.po"), lineages)
    assert (outcome.undecided, new.units[0].elsewhere) == (("a",), "theirs")
    _, saved = entries(was, po)
    lineages = {e.id: e.lineage for e in saved.entries}
    new, outcome = applied(was, read(theirs, "x.po"), lineages)
    assert (outcome.taken, new.units[0].target) == (("a",), "theirs")


# Formats


@pytest.mark.parametrize(
    ("data", "path", "title"),
    [
        (b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0"', "x.bin", "XLIFF 2"),
        ('<?xml?><xliff version="1.2">'.encode("utf-16"), "x", "XLIFF 1.2"),
        (b"anything", "a.b.PO", "PO"),
        (b"anything", "x.tsv", "TSV"),
        (b"PK\x03\x04", "x.xlf", "XLIFF 2"),
        (b"PK\x03\x04", "x.docx", "bilingual DOCX"),
    ],
)
def test_the_format_is_told_from_the_file(data: bytes, path: str, title: str) -> None:
    assert reader_for(data, path).title == title


def test_an_unknown_format_names_the_known_ends() -> None:
    with pytest.raises(UnknownFormat, match=r"x.odt: .*\.docx, .*\.po"):
        reader_for(b"", "x.odt")


def test_tsv_of_a_spreadsheet_with_quotes() -> None:
    text = 'source\ttarget\tstate\n"س ""ص"""\t"he said ""no"""\treviewed\n'
    (entry,) = READERS["tsv"].read(b"\xff\xfe" + text.encode("utf-16-le"), "x.tsv")
    assert (entry.source, entry.target, entry.state) == ('س "ص"', 'he said "no"', "reviewed")
    raw = 'target\tsource\r\n"hello"\tس\r\n\r\n'
    assert READERS["tsv"].read(raw.encode(), "x.tsv")[0].target == '"hello"'


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("tsv", b"a\tb\n", "the first line must name the columns"),
        ("tsv", b"", "the first line must name the columns"),
        ("tsv", b"source\ttarget\n\xff\tx\n", "x:2: not UTF-8"),
        ("tsv", b"PK\x03\x04", "a spreadsheet or zip archive"),
        ("po", b'msgid ""\n\xff', "x:2: not UTF-8"),
        ("po", b"msgid nothing", "x:1: not a line of a PO file"),
    ],
)
def test_broken_tables_and_pos(kind: str, data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        READERS[kind].read(data, "x")


# Files that other programs wrote: see tests/data/exchange


@pytest.fixture
def returned(data: Path) -> Callable[[str], list[Returned]]:
    def read(name: str) -> list[Returned]:
        path = data / "exchange" / name
        written = path.read_bytes()
        return list(reader_for(written, name).read(written, name))

    return read


@pytest.mark.parametrize(
    ("name", "taken", "restated", "emptied"),
    [
        ("omegat.12.xlf", ("b2",), (), ()),
        ("omegat.po", ("b2", "e5"), (), ("d4",)),
        ("toolkit.12.xlf", ("b2", "e5"), ("d4",), ()),
        ("toolkit.po", (), (), ()),
        ("npm.xlf", (), (), ()),
        ("npm.12.xlf", (), (), ()),
    ],
)
def test_real_files(
    name: str,
    taken: tuple[str, ...],
    restated: tuple[str, ...],
    emptied: tuple[str, ...],
    returned: Callable[[str], list[Returned]],
    document: Document,
) -> None:
    new, outcome = applied(document, returned(name))
    told = (outcome.taken, outcome.restated, outcome.emptied)
    assert told == (taken, restated, emptied)
    assert (outcome.unknown, outcome.missing, outcome.undecided) == ((), (), ())
    for before, after in zip(document.units, new.units, strict=True):
        if before.segment.id not in taken:
            assert replace(after, state=before.state) == before
        else:
            assert after.origin == "human"


def test_what_a_person_did_in_translate_toolkit(
    returned: Callable[[str], list[Returned]], document: Document
) -> None:
    units = {u.segment.id: u for u in applied(document, returned("toolkit.12.xlf"))[0].units}
    assert (units["b2"].target, units["b2"].state) == (
        "Moscow offered Pyongyang an astronaut.", "reviewed",
    )  # fmt: skip
    assert (units["d4"].origin, units["d4"].state) == ("memory", "reviewed")
    assert (units["e5"].state, units["e5"].note) == ("translated", "is this right?")
