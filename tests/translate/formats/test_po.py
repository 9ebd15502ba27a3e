"""The master: exact round trips, valid for gettext, and never a person's work lost."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from translate.errors import FormatError
from translate.formats.po import (
    REMEMBERED,
    Blocks,
    Saved,
    SavedEntry,
    compose,
    match_saved,
    merge,
    read_po,
    read_saved,
    write_po,
)
from translate.types import Document, Finding, Segment, State, TranslationUnit

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def unit(id: str, source: str, target: str, paragraph: int = 0) -> TranslationUnit:
    segment = Segment(id=id, source=source, kind="sentence", paragraph=paragraph)
    return TranslationUnit(segment=segment, target=target, state="translated", score=-0.5)


def doc(*units: TranslationUnit) -> Document:
    return Document(name="d", units=units)


def by_id(text: str) -> dict[str, SavedEntry]:
    return {e.id: e for e in read_po(text, "x.po")}


def approve(po: str, target: str, new: str | None = None, *, fuzzy: bool = False) -> str:
    """What a person does in Poedit to the entry with that target."""
    blocks = po.split("\n\n")
    (at,) = [i for i, b in enumerate(blocks) if f'msgstr "{target}"' in b]
    block = blocks[at].replace(f'msgstr "{target}"', f'msgstr "{target if new is None else new}"')
    blocks[at] = block if fuzzy else block.replace("#, fuzzy\n", "")
    return "\n\n".join(blocks)


@given(st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=4))
def test_round_trip_is_exact_and_stable(pairs: list[tuple[str, str]]) -> None:
    document = doc(*(unit(str(i), s, t) for i, (s, t) in enumerate(pairs)))
    text = write_po(document)
    assert [(e.source, e.target) for e in read_po(text, "")] == pairs
    assert write_po(document, text) == text


@given(TEXTS.filter(bool), TEXTS.filter(bool), TEXTS)
@example("0", "\n", "")
def test_obsolete_round_trip(source: str, target: str, note: str) -> None:
    text = write_po(doc(replace(unit("a", source, target), note=note, state="reviewed")))
    gone = write_po(doc(), text)
    (entry,) = read_po(gone, "")
    assert (entry.obsolete, entry.source, entry.kept) == (True, source, True)
    assert entry.target.strip("\n") == target.strip("\n")
    assert write_po(doc(), gone) == gone
    (back,) = merge(doc(unit("a", source, "machine")), read_po(gone, "")).units
    assert (back.target, back.origin, back.state) == (entry.target, "human", "reviewed")


def test_an_untouched_entry_is_translated_again() -> None:
    text = write_po(doc(unit("a", "س", "old")))
    assert merge(doc(unit("a", "س", "new")), read_po(text, "")).units[0].target == "new"
    assert by_id(write_po(doc(unit("a", "س", "new")), text))["a"].target == "new"


@pytest.mark.parametrize(
    ("new", "fuzzy", "state"),
    [(None, False, "reviewed"), ("mine", False, "reviewed"), ("mine", True, "translated")],
)
def test_a_persons_work_stays(new: str | None, fuzzy: bool, state: State) -> None:
    text = approve(write_po(doc(unit("a", "س", "old"))), "old", new, fuzzy=fuzzy)
    (merged,) = merge(doc(unit("a", "س", "later")), read_po(text, "")).units
    assert (merged.target, merged.origin, merged.state) == (new or "old", "human", state)
    assert (merged.score, merged.alignment, merged.verdicts) == (None, None, ())
    again = write_po(doc(unit("a", "س", "later")), text)
    entry = by_id(again)["a"]
    assert (entry.target, entry.fuzzy, entry.kept) == (new or "old", fuzzy, True)
    assert write_po(doc(unit("a", "س", "even later")), again) == again


def test_an_approval_taken_back_frees_the_machines_words() -> None:
    text = approve(write_po(doc(unit("a", "س", "old"))), "old")
    text = write_po(doc(unit("a", "س", "new")), text)
    text = text.replace('msgctxt "a"', '#, fuzzy\nmsgctxt "a"')
    assert by_id(write_po(doc(unit("a", "س", "new")), text))["a"].target == "new"


def test_an_emptied_entry_is_translated_again() -> None:
    text = approve(write_po(doc(unit("a", "س", "old"))), "old", "")
    assert by_id(write_po(doc(unit("a", "س", "new")), text))["a"].target == "new"


def test_final_is_said_in_a_comment() -> None:
    text = write_po(doc(replace(unit("a", "س", "t"), state="final", origin="human")))
    assert "#. state: final" in text
    assert merge(doc(unit("a", "س", "x")), read_po(text, "")).units[0].state == "final"


def test_a_persons_unit_is_newer_than_the_file() -> None:
    text = approve(write_po(doc(unit("a", "س", "old"))), "old")
    mine = replace(unit("a", "س", "corrected"), origin="human", state="reviewed")
    assert by_id(write_po(doc(mine), text))["a"].target == "corrected"


def test_notes_flags_and_header_stay() -> None:
    text = write_po(doc(unit("a", "س", "t")))
    text = text.replace("#. kind", "# ask the desk\n#  and again\n#. kind").replace(
        "#, fuzzy", "#, fuzzy, ignore-numbers, urgent"
    )
    text = text.replace('"Language: en', '"Last-Translator: Mona <m@x>\\n"\n"Language: en')
    again = write_po(doc(unit("a", "س", "u")), text)
    entry = by_id(again)["a"]
    assert (entry.note, entry.flags) == ("ask the desk\n and again", ("urgent",))
    assert entry.ignored == {"numbers"}
    assert "#, fuzzy, urgent, ignore-numbers" in again
    assert '"Last-Translator: Mona <m@x>\\n"' in again
    assert merge(doc(unit("a", "س", "u")), [entry]).units[0].note == entry.note
    assert merge(doc(unit("a", "س", "u")), [entry]).units[0].ignored == entry.ignored


def test_what_is_ignored_is_not_written() -> None:
    findings = tuple(Finding(check=c, severity="info", message=c) for c in ("numbers", "spaces"))
    text = write_po(
        doc(replace(unit("a", "س", "t"), findings=findings, ignored=frozenset({"numbers"})))
    )
    assert "info: spaces" in text
    assert "info: numbers" not in text


def test_what_left_the_document_is_kept_as_obsolete() -> None:
    text = approve(write_po(doc(unit("a", "س", "one"), unit("b", "ص", "two"))), "one")
    later = write_po(doc(unit("b", "ص", "two")), text)
    assert '#~ msgid "س"' in later
    assert [(e.id, e.obsolete) for e in read_po(later, "")] == [("b", False), ("a", True)]
    back = write_po(doc(unit("a", "س", "machine"), unit("b", "ص", "two")), later)
    assert by_id(back)["a"].target == "one"
    assert "#~" not in back


def test_an_obsolete_machine_entry_stays_the_machines() -> None:
    gone = write_po(doc(), write_po(doc(unit("a", "س", "old"))))
    assert [(e.obsolete, e.kept) for e in read_po(gone, "")] == [(True, False)]
    assert by_id(write_po(doc(unit("a", "س", "new")), gone))["a"].target == "new"


def test_a_moved_sentence_takes_its_approval_along() -> None:
    po = write_po(doc(unit("a", "س", "machine's"), unit("b", "س", "also")))
    saved = read_po(approve(po, "also"), "")
    (segment,) = (unit("c", "س", "").segment,)
    assert match_saved([segment], saved)["c"].target == "also"
    both = match_saved([unit(i, "س", "").segment for i in "ab"], saved)
    assert [both[i].target for i in "ab"] == ["machine's", "also"]


def test_same_key_twice_loses_nothing() -> None:
    text = write_po(doc(unit("a", "س", "one")))
    double = approve(text, "one", "mine") + "\n" + 'msgctxt "a"\nmsgid "س"\nmsgstr "theirs"\n'
    later = write_po(doc(unit("a", "س", "new")), double)
    assert [(e.id, e.target) for e in read_po(later, "")] == [("a", "mine"), ("a~2", "theirs")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<<<<<<< HEAD", "not a line of a PO file"),
        ('msgstr "never closed', "not a line of a PO file"),
        ("msgstr bare", "not a line of a PO file"),
        ('msgstr "a "quoted" word"', "not a line of a PO file"),
        ('msgstr "x"', "incomplete"),
    ],
)
def test_a_broken_line_is_named(line: str, message: str) -> None:
    text = f'msgid ""\nmsgstr ""\n\n{line}\n'
    with pytest.raises(FormatError, match=rf"dir/x\.po:4: .*{message}"):
        read_po(text, "dir/x.po")


def test_windows_line_ends_and_mark_are_read() -> None:
    text = write_po(doc(unit("a", "س\r\nع", "t\n")))
    entries = read_po("\ufeff" + text.replace("\n", "\r\n"), "")
    assert [(e.source, e.target) for e in entries] == [("س\r\nع", "t\n")]


def msgfmt(text: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    command = shutil.which("msgfmt")
    if command is None:
        pytest.skip("msgfmt is not installed (package gettext)")
    path = tmp_path / "x.po"
    path.write_text(text, encoding="utf-8", newline="\n")
    return subprocess.run(
        [command, "-c", "-o", str(tmp_path / "x.mo"), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_msgfmt_passes(document: Document, tmp_path: Path) -> None:
    ran = msgfmt(write_po(document), tmp_path)
    assert ran.returncode == 0, ran.stderr


def test_msgfmt_passes_nasty_texts_approved_and_obsolete(nasty: Document, tmp_path: Path) -> None:
    approved = replace(nasty, units=tuple(replace(u, state="reviewed") for u in nasty.units))
    edges = unit("edge", "\nس\n", "no line feeds")
    text = write_po(replace(approved, units=(*approved.units, replace(edges, state="reviewed"))))
    ran = msgfmt(text, tmp_path)
    assert ran.returncode == 0, ran.stderr
    half = write_po(replace(nasty, units=nasty.units[:1]), text)
    ran = msgfmt(half, tmp_path)
    assert ran.returncode == 0, ran.stderr


# What a reader gets is what the writer said it would get


def units(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[TranslationUnit]]:
    one = st.builds(
        TranslationUnit,
        segment=st.builds(
            Segment,
            id=st.uuids().map(str),
            source=texts.filter(bool),
            kind=st.sampled_from(["heading", "sentence"]),
            paragraph=st.integers(0, 3),
        ),
        target=texts,
        state=st.sampled_from(["translated", "reviewed", "final"]),
        origin=st.sampled_from(["mt", "human"]),
        note=texts,
        machine=texts,
        elsewhere=texts,
    )
    return st.lists(one, max_size=4)


HARD = st.text(st.sampled_from('a \\\n\r\t"\u2028\x85\u202e\x0bش#~ n0u'), max_size=12)


@given(units(st.one_of(TEXTS, HARD)), units(HARD))
def test_what_is_written_is_what_will_be_read(
    first: list[TranslationUnit], second: list[TranslationUnit]
) -> None:
    saved = Saved()
    blocks: Blocks = {}
    for document in (doc(*first), doc(*first[1:], *second), doc(*first, *second)):
        text, saved = compose(document, saved, blocks)
        read = read_saved(text, "x.po")
        assert read.entries == saved.entries
        assert (read.comment, read.structure) == (saved.comment, saved.structure)
        assert compose(document, read)[0] == text
        for unit, entry in zip(document.units, read.entries, strict=False):
            assert entry.elsewhere == (unit.elsewhere if unit.elsewhere != unit.target else "")
            assert entry.lineage[0] == entry.following(entry.lineage)[0]


@given(HARD)
def test_a_version_in_a_comment_is_exact(text: str) -> None:
    unit_ = replace(unit("a", "س", "t"), origin="human", machine=text, elsewhere=text)
    (entry,) = read_po(write_po(doc(unit_)), "")
    back = entry.unit(before="")
    assert (back.machine, back.elsewhere) == (text, text) if text != "t" else ("", "")


def test_blocks_never_give_a_stale_text() -> None:
    blocks: Blocks = {}
    one = replace(unit("a", "س", "t"), note="first")
    text, saved = compose(doc(one), Saved(), blocks)
    flagged = read_saved(text.replace("#, fuzzy", "#, fuzzy, urgent"), "")
    text, saved = compose(doc(one), flagged, blocks)
    assert "#, fuzzy, urgent" in text
    text, _ = compose(doc(replace(one, note="second")), saved, blocks)
    assert "# second" in text
    assert "# first" not in text


def test_writing_again_and_again_leaves_nothing_behind() -> None:
    blocks: Blocks = {}
    one, two = unit("a", "س", "t"), unit("b", "ص", "u")
    first, saved = compose(doc(one, two), Saved(), blocks)
    for n in range(5):
        text, saved = compose(doc(one, replace(two, note=f"{n}")), saved, blocks)
    assert "#~" not in text
    assert text.splitlines()[:25] == first.splitlines()[:25]


def test_what_other_tools_wrote_outlives_any_number_of_edits() -> None:
    theirs = """\
# Weblate and Poedit say things here
msgid ""
msgstr ""
"Language: en\\n"
"X-Generator: Poedit 3.4\\n"
"X-Poedit-Bookmarks: 1,-1\\n"

#. kind: sentence
#, fuzzy, max-length:90
msgctxt "a"
msgid "س"
msgstr "t"

#~ msgctxt "gone"
#~ msgid "ع"
#~ msgstr "old work"
"""
    saved = read_saved(theirs, "")
    for n in range(20):
        one = replace(unit("a", "س", f"t{n}"), origin="human", note="ask")
        text, saved = compose(doc(one), saved)
        saved = read_saved(text, "")
    for kept in (
        "Weblate and Poedit",
        "X-Generator: Poedit",
        "X-Poedit-Bookmarks",
        "max-length:90",
    ):
        assert kept in text
    assert '#~ msgstr "old work"' in text
    assert len(saved.entries[0].lineage) == REMEMBERED


def test_a_version_has_one_id_whoever_makes_it() -> None:
    text = write_po(doc(unit("a", "س", "old")))
    (first,) = read_po(text, "")
    (edited,) = read_po(text.replace('"old"', '"new"'), "")
    assert edited.lineage == edited.following(first.lineage) == (edited.lineage[0], *first.lineage)
    mine = replace(unit("a", "س", "new"), origin="human", machine="old")
    (ours,) = compose(doc(mine), read_saved(text, ""))[1].entries
    assert ours.lineage == edited.lineage
    back = compose(doc(unit("a", "س", "old")), Saved(entries=(ours,)))[1].entries[0]
    assert back.lineage[1:] == ours.lineage
    assert back.lineage[0] != first.lineage[0]


def test_another_segments_work_is_not_used_up_by_the_same_words() -> None:
    gone = write_po(doc(), write_po(doc(replace(unit("z", "نعم", "Indeed."), state="reviewed"))))
    text, _ = compose(doc(unit("a.1", "نعم", "Yes.")), read_saved(gone, ""))
    assert [(e.id, e.target, e.obsolete) for e in read_po(text, "")] == [
        ("a.1", "Yes.", False), ("z", "Indeed.", True),
    ]  # fmt: skip


def test_msgfmt_passes_versions_beside(nasty: Document, tmp_path: Path) -> None:
    text = NASTY_ENDS.get(nasty.name, nasty.name)
    units = tuple(replace(u, origin="human", machine=text, elsewhere=text) for u in nasty.units)
    ran = msgfmt(write_po(replace(nasty, units=units)), tmp_path)
    assert ran.returncode == 0, ran.stderr


NASTY_ENDS = {"": "a\\"}
