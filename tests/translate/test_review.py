"""One document under review: what a person does, what is refused, and what other programs do meanwhile."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polib
import pytest

from glossary.match import Matcher
from glossary.termbase import Termbase
from glossary.types import Span
from translate.errors import Conflict, FormatError, ReviewError, UnknownSegment
from translate.master import Master
from translate.review import Review, version
from translate.search import Search
from translate.segment import segment
from translate.types import Alignment, Document, Finding, TranslationUnit

PIPELINE = Path(__file__).parents[1] / "data" / "pipeline"
TEXT = (PIPELINE / "text.ar.txt").read_text(encoding="utf-8")
MATCHER = Matcher(Termbase.load([PIPELINE / "terms.po"]).terms)
Opened = Callable[[], Review]


def words(text: str) -> tuple[Span, ...]:
    out, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        out.append(Span(at, at + len(word)))
        at += len(word)
    return tuple(out)


def straight(source: str, target: str) -> Alignment:
    """Word for word."""
    here, there = words(source), words(target)
    links = tuple((i, i) for i in range(min(len(here), len(there))))
    return Alignment(source_words=here, target_words=there, links=links)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A translated document of six segments; the second and third are one paragraph."""
    segments, after = segment(TEXT)
    targets = [f"Machine {i}, to Moscow, yesterday." for i in range(len(segments))]
    document = Document(
        name="d",
        units=tuple(
            TranslationUnit(
                segment=s, target=t, state="translated", score=-0.5, alignment=straight(s.source, t)
            )
            for s, t in zip(segments, targets, strict=True)
        ),
        after=after,
    )
    master = Master(tmp_path / "d" / "d.po")
    master.write(document)
    master.write_outputs(document, ["json"])
    return master.path


@pytest.fixture
def opened(path: Path) -> Opened:
    return lambda: Review(Master(path), lambda: MATCHER)


@pytest.fixture
def review(opened: Opened) -> Review:
    return opened()


def ids(review: Review) -> list[str]:
    return [u.segment.id for u in review.document.units]


def seen(review: Review) -> list[tuple[str, ...]]:
    return [
        (u.segment.id, u.target, u.state, u.note, u.machine, u.elsewhere, *sorted(u.ignored))
        for u in review.document.units
    ]


def text_of(review: Review) -> str:
    document = review.document
    return "".join(u.segment.before + u.segment.source for u in document.units) + document.after


def edit(review: Review, name: str, target: str) -> TranslationUnit:
    return review.edit(name, target, base=version(review.unit(name)))


def approve(review: Review, name: str, target: str | None = None) -> TranslationUnit:
    return review.approve(name, base=version(review.unit(name)), target=target)


def poedit(path: Path) -> polib.POFile:
    return polib.pofile(str(path))


# What a person does


def test_an_edit_is_judged_and_on_disk(review: Review, opened: Opened) -> None:
    name = ids(review)[1]
    unit = edit(review, name, "The delegation came to Moscow.")
    assert (unit.origin, unit.state, unit.machine) == (
        "human", "translated", "Machine 1, to Moscow, yesterday.",
    )  # fmt: skip
    (verdict,) = unit.verdicts
    assert (verdict.status, verdict.span) == ("satisfied", Span(23, 29))
    assert (unit.score, unit.alignment) == (None, None)
    assert seen(opened()) == seen(review)
    assert review.judged(name, "to Moskva").verdicts[0].status == "missing"
    assert review.unit(name) == unit


def test_the_machines_own_words_are_the_machines_again(review: Review, opened: Opened) -> None:
    name = ids(review)[0]
    machine = review.unit(name).target
    assert edit(review, name, "mine").kept
    back = edit(review, name, machine)
    assert (back.origin, back.machine, back.kept) == ("mt", "", False)
    (again, *_) = opened().document.units
    assert (again.origin, again.machine, again.kept) == ("mt", "", False)


def test_a_check_is_ignored_and_heeded_again(review: Review, opened: Opened, path: Path) -> None:
    name = ids(review)[1]
    found = edit(review, name, "The delegation came in 2031, 2031").shown
    assert {f.check for f in found} == {"numbers", "full-stop"}
    ignored = review.ignore(name, "numbers", base=version(review.unit(name)))
    assert [f.check for f in ignored.shown] == ["full-stop"]
    assert ignored.findings == found
    assert "ignore-numbers" in (poedit(path).find(name, by="msgctxt") or polib.POEntry()).flags
    assert opened().unit(name).ignored == {"numbers"}
    assert "ignore numbers" in review.undoable
    review.undo()
    assert review.unit(name).shown == found
    assert opened().unit(name).ignored == frozenset()
    review.redo()
    assert edit(review, name, "in 2032").ignored == {"numbers"}
    heeded = review.heed(name, "numbers", base=version(review.unit(name)))
    assert "numbers" in {f.check for f in heeded.shown}
    assert "ignore-" not in path.read_text(encoding="utf-8")


def test_what_is_no_check_or_seen_too_long_ago_is_not_ignored(review: Review) -> None:
    name = ids(review)[1]
    base = version(review.unit(name))
    with pytest.raises(ReviewError, match="no check 'nubmers'"):
        review.ignore(name, "nubmers", base=base)
    review.ignore(name, "numbers", base=base)
    with pytest.raises(Conflict):
        review.ignore(name, "dates", base=base)


def test_what_is_ignored_outlives_cutting_and_the_machine(review: Review, opened: Opened) -> None:
    name, following = ids(review)[1:3]
    review.ignore(name, "numbers", base=version(review.unit(name)))
    fresh = replace(review.unit(name), target="anew", ignored=frozenset())
    review.put([fresh], "translate anew")
    assert (review.unit(name).target, review.unit(name).ignored) == ("anew", {"numbers"})
    at = review.unit(name).segment.source.index(" ")
    parts = review.split(name, at, base=version(review.unit(name)))
    assert {part.ignored for part in parts} == {frozenset({"numbers"})}
    again = review.join(parts[0].segment.id, base=version(parts[0]))
    assert again.ignored == {"numbers"}
    both = review.join(again.segment.id, base=version(again))  # the other half is not ignored
    assert both.ignored == frozenset()
    assert following not in ids(review)
    assert seen(opened()) == seen(review)


def test_an_older_state_of_another_program_takes_no_ignoring_back(
    review: Review, path: Path
) -> None:
    name = ids(review)[1]
    theirs = poedit(path)
    review.ignore(name, "numbers", base=version(review.unit(name)))
    theirs[0].msgstr = "theirs"
    theirs.save()
    assert review.unit(name).ignored == {"numbers"}
    assert review.unit(ids(review)[0]).target == "theirs"
    assert "ignore-numbers" in path.read_text(encoding="utf-8")


def test_a_flag_that_a_person_wrote_into_the_file_is_taken_in(review: Review, path: Path) -> None:
    theirs = poedit(path)
    theirs[1].flags.append("ignore-dates")
    theirs.save()
    assert review.unit(ids(review)[1]).ignored == {"dates"}
    assert review.changed(0).units


# What shows between segments


def test_findings_between_segments_follow_every_change(review: Review) -> None:
    first, second = ids(review)[1:3]
    text = "The delegation came to Moscow yesterday."
    edit(review, first, text)
    since = review.revision
    edit(review, second, text)
    assert [f.check for f in review.together(second)] == ["same-target"]
    assert review.together(first) == ()
    edit(review, first, text + " And left.")
    assert review.together(second) == ()
    changed = {unit.segment.id for unit in review.changed(since).units}
    assert changed == {first, second}
    review.undo()
    assert [f.check for f in review.together(second)] == ["same-target"]


def test_a_segment_about_which_something_else_is_found_counts_as_changed(review: Review) -> None:
    first, second = ids(review)[1:3]
    edit(review, second, "The delegation came to Moscow yesterday.")
    since = review.revision
    edit(review, first, "The delegation came to Moscow yesterday.")
    assert [u.segment.id for u in review.changed(since).units] == [first, second]


def test_names_are_looked_for_once_and_told_of(review: Review) -> None:
    name = ids(review)[0]
    finding = Finding(check="unlisted-name", severity="info", message="no term")
    looked: list[Document] = []

    def find(document: Document) -> dict[str, tuple[Finding, ...]]:
        looked.append(document)
        return {name: (finding,)}

    assert review.wants_names
    since = review.revision
    review.look_for_names(find)
    review.look_for_names(find)
    assert (len(looked), review.wants_names) == (1, False)
    assert review.together(name) == (finding,)
    assert [u.segment.id for u in review.changed(since).units] == [name]
    edit(review, name, "Another text.")
    assert not review.wants_names
    assert review.together(name) == (finding,)
    unit = review.unit(ids(review)[1])
    review.split(unit.segment.id, unit.segment.source.index(" "), base=version(unit))
    assert review.wants_names


def test_others_work_while_names_are_looked_for(review: Review) -> None:
    name = ids(review)[0]
    begun, go_on = threading.Event(), threading.Event()

    def find(document: Document) -> dict[str, tuple[Finding, ...]]:
        begun.set()
        assert go_on.wait(30)
        return {}

    looking = threading.Thread(target=review.look_for_names, args=[find])
    looking.start()
    assert begun.wait(30)
    assert edit(review, name, "meanwhile").target == "meanwhile"
    assert review.wants_names
    go_on.set()
    looking.join(30)
    assert not review.wants_names


def test_approve_reopen_comment(review: Review, opened: Opened) -> None:
    name = ids(review)[0]
    assert approve(review, name).state == "reviewed"
    assert approve(review, name, "and typed\n").target == "and typed"
    assert review.approve(name, base=version(review.unit(name)), final=True).state == "final"
    review.comment(name, " ask\x07\n the desk\\ ", base=version(review.unit(name)))
    assert review.unit(name).note == "ask\n the desk\\"
    assert seen(opened()) == seen(review)
    assert review.reopen(name, base=version(review.unit(name))).state == "translated"
    assert edit(review, name, "approved, then edited").state == "translated"
    assert seen(opened()) == seen(review)


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_nothing_empty_is_approved(review: Review, empty: str) -> None:
    with pytest.raises(ReviewError, match="empty translation"):
        approve(review, ids(review)[0], empty)
    assert review.undoable == (None, None)


def test_a_stale_base_is_a_conflict(review: Review) -> None:
    name = ids(review)[0]
    base = version(review.unit(name))
    edit(review, name, "first")
    before = seen(review)
    for act in (
        lambda: review.edit(name, "second", base=base),
        lambda: review.approve(name, base=base),
        lambda: review.reopen(name, base=base),
        lambda: review.comment(name, "x", base=base),
        lambda: review.split(name, 5, base=base),
        lambda: review.join(name, base=base),
    ):
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.unit == review.unit(name)
    assert seen(review) == before
    with pytest.raises(UnknownSegment):
        review.edit("none", "x", base=base)


def test_split_cuts_the_english_by_alignment(review: Review, opened: Opened) -> None:
    name = ids(review)[1]
    unit = review.unit(name)
    at = unit.segment.source.index(" ", unit.segment.source.index(" ") + 1)  # after two words
    left, right = review.split(name, at, base=version(unit))
    assert (left.target, right.target) == ("Machine 1,", "to Moscow, yesterday.")
    assert [v.status for v in right.verdicts] == ["satisfied"]
    assert text_of(review) == text_of(opened()) == TEXT
    assert seen(opened()) == seen(review)
    both = review.join(f"{name}.1", base=version(review.unit(f"{name}.1")))
    assert (both.segment, both.target) == (unit.segment, unit.target)
    assert text_of(opened()) == TEXT


def test_split_where_a_person_says(review: Review) -> None:
    name = ids(review)[1]
    edit(review, name, "one two three")
    unit = review.unit(name)
    left, right = review.split(name, 5, base=version(unit), target_at=3)
    assert (left.target, right.target) == ("one", "two three")
    left, right = review.split(right.segment.id, 4, base=version(right), target_at=9)
    assert (left.target, right.target, right.state) == ("two three", "", "initial")


@pytest.mark.parametrize("at", [-1, 0, 1000])
def test_a_cut_that_leaves_nothing_is_refused(review: Review, at: int) -> None:
    name = ids(review)[1]
    with pytest.raises(ReviewError, match="nothing would be left"):
        review.split(name, at, base=version(review.unit(name)))


def test_joins_that_are_refused(review: Review) -> None:
    names = ids(review)
    for name, message in ((names[0], "another paragraph"), (names[-1], "the last segment")):
        with pytest.raises(ReviewError, match=message):
            review.join(name, base=version(review.unit(name)))
    assert ids(review) == names


def test_join_and_split_keep_notes_and_other_versions(review: Review, path: Path) -> None:
    _, one, two, *_ = ids(review)
    there = poedit(path)
    for n, name in enumerate((one, two)):
        edit(review, name, f"mine {n}")
        review.comment(name, f"note {n}", base=version(review.unit(name)))
        there[n + 1].msgstr = f"theirs {n}"
    there.save()
    both = review.join(one, base=version(review.unit(one)))
    assert (both.target, both.elsewhere) == ("mine 0 mine 1", "theirs 0 theirs 1")
    assert both.note == "note 0\nnote 1"
    left, right = review.split(both.segment.id, 8, base=version(both))
    assert (left.elsewhere, right.elsewhere) == (both.elsewhere, "")


def test_put_never_touches_a_persons_work(review: Review) -> None:
    names = ids(review)
    approve(review, names[0])
    edit(review, names[1], "mine")
    new = [
        TranslationUnit(segment=u.segment, target="anew Moscow", state="translated")
        for u in review.document.units
    ]
    changed = review.put(new, "translate anew")
    assert [u.segment.id for u in changed] == names[2:]
    assert [u.target for u in review.document.units][1:3] == ["mine", "anew Moscow"]
    assert review.undo() == "translate anew"
    assert review.unit(names[2]).target == "Machine 2, to Moscow, yesterday."


def test_replace_in_all_or_in_some(review: Review) -> None:
    names = ids(review)
    approve(review, names[0])
    search = Search(target="moscow")
    assert [hit.id for hit in review.find(search)] == names
    review.replace(search, "Moskva", ids=names[:2])
    assert [u.target.count("Moskva") for u in review.document.units] == [1, 1, 0, 0, 0, 0]
    assert review.unit(names[0]).state == "translated"
    review.replace(search, "Moskva")
    assert len(review.find(Search(target="Moskva"))) == 6
    assert review.undo() == review.undo() == "replace"
    assert review.unit(names[0]).state == "reviewed"
    assert review.replace(search, "Moscow", ids=[]) == []


def test_undo_and_redo(review: Review, opened: Opened) -> None:
    names = ids(review)
    states = [seen(review)]
    edit(review, names[1], "mine")
    states.append(seen(review))
    review.split(names[1], 5, base=version(review.unit(names[1])))
    states.append(seen(review))
    review.join(f"{names[1]}.2", base=version(review.unit(f"{names[1]}.2")))
    states.append(seen(review))
    assert review.undoable == ("join", None)
    for what, state in zip(("join", "split", "edit"), states[-2::-1], strict=True):
        assert review.undo() == what
        assert seen(review) == seen(opened()) == state
        assert text_of(opened()) == TEXT
    assert review.undo() is None
    for what, state in zip(("edit", "split", "join"), states[1:], strict=True):
        assert review.redo() == what
        assert seen(review) == seen(opened()) == state
    assert review.redo() is None
    review.undo()
    edit(review, names[0], "another way")
    assert review.undoable == ("edit", None)


def test_find_is_in_both_languages(review: Review) -> None:
    assert [h.id for h in review.find(Search(source="الوفد", target="4"))] == [ids(review)[4]]
    assert review.find(Search()) == []


def test_a_changed_termbase_is_judged_anew(path: Path) -> None:
    terms = Termbase.load([PIPELINE / "terms.po"]).terms
    now = [MATCHER]
    review = Review(Master(path), lambda: now[0])
    revision = review.revision
    name = ids(review)[1]
    edit(review, name, "to Moscow")
    now[0] = Matcher(tuple(t for t in terms if t.target != "Moscow"))
    assert review.unit(name).verdicts == ()
    assert name in {u.segment.id for u in review.changed(revision).units}
    now[0] = MATCHER
    assert review.undo() == "edit"
    assert [v.status for v in review.unit(name).verdicts] == ["satisfied"]


def test_the_report_is_believed_for_the_same_terms_only(path: Path, opened: Opened) -> None:
    review = opened()
    name = ids(review)[1]
    review.flush()
    report = Master(path).beside("json")
    told = report.read_text("utf-8").replace('"status": "satisfied"', '"status": "misplaced"')
    report.write_text(told, encoding="utf-8")
    assert opened().unit(name).verdicts[0].status == "misplaced"
    report.write_text(told.replace('["Moscow"]', '["Moskva"]'), encoding="utf-8")
    assert opened().unit(name).verdicts[0].status == "satisfied"


def test_flush_brings_the_files_up_to_date(review: Review, path: Path) -> None:
    edit(review, ids(review)[0], "A title of mine")
    review.flush()
    for suffix in (".html", ".en.txt", ".report.json"):
        assert "A title of mine" in path.with_name("d" + suffix).read_text("utf-8")
    before = path.with_name("d.html").stat().st_mtime_ns
    review.flush()
    assert path.with_name("d.html").stat().st_mtime_ns == before


def test_changes_since_a_revision(review: Review) -> None:
    names = ids(review)
    start = review.revision
    edit(review, names[0], "one")
    edit(review, names[2], "two")
    changes = review.changed(start)
    assert ([u.target for u in changes.units], changes.structure) == (["one", "two"], False)
    assert review.changed(changes.revision).units == ()
    review.split(names[1], 5, base=version(review.unit(names[1])))
    assert review.changed(changes.revision).structure
    assert not review.changed(review.revision).structure


# What other programs do meanwhile


def test_a_stale_copy_takes_no_approval_back(review: Review, path: Path, opened: Opened) -> None:
    names = ids(review)
    theirs = poedit(path)
    approve(review, names[0])
    approve(review, names[1], "mine")
    theirs[3].msgstr = "theirs"
    theirs.save()
    assert [u.state for u in review.document.units][:2] == ["reviewed", "reviewed"]
    assert [u.target for u in review.document.units][1:4:2] == ["mine", "theirs"]
    assert review.changed(0).messages == (
        "another program changed 1 segment; shown as it left them",
        "another program saved an older state of 2 segments; what was done here stays",
    )
    assert seen(opened()) == seen(review)


def test_a_stale_copy_saved_after_a_restart_takes_nothing_back(path: Path, opened: Opened) -> None:
    """Nobody who runs has seen what it began from; the entries say so."""
    first = opened()
    names = ids(first)
    theirs = poedit(path)
    approve(first, names[0], "mine")
    edit(first, names[1], "also mine")
    edit(first, names[1], "mine again")
    review = opened()
    theirs[1].msgstr = "theirs"
    theirs.save()
    assert [(u.target, u.elsewhere) for u in review.document.units[:2]] == [
        ("mine", ""), ("mine again", "theirs"),
    ]  # fmt: skip
    assert seen(opened()) == seen(review)


def test_a_stale_copy_does_not_undo_a_split(review: Review, path: Path, opened: Opened) -> None:
    name = ids(review)[1]
    theirs = poedit(path)
    theirs[1].msgstr = "theirs while we split"
    theirs[0].msgstr = "a title of theirs"
    review.split(name, 5, base=version(review.unit(name)))
    theirs.save()
    first, left = review.document.units[:2]
    assert first.target == "a title of theirs"
    assert (left.segment.id, left.elsewhere) == (f"{name}.1", "theirs while we split")
    assert any("please decide" in message for message in review.changed(0).messages)
    review.decide(f"{name}.1", take="elsewhere")
    assert review.unit(f"{name}.1").target == "theirs while we split"
    assert seen(opened()) == seen(review)


def test_both_changed_a_segment(review: Review, path: Path, opened: Opened) -> None:
    name = ids(review)[0]
    theirs = poedit(path)
    edit(review, name, "mine")
    theirs[0].msgstr = "theirs\nin two lines\\"
    theirs[0].tcomment = "their note"
    theirs.save()
    unit = review.unit(name)
    assert (unit.target, unit.elsewhere) == ("mine", "theirs\nin two lines\\")
    assert unit.note == "their note"
    assert seen(opened()) == seen(review)
    theirs.save()  # once more, without a look at what we made of it
    assert seen(review)[0] == seen(opened())[0]
    assert review.unit(name).elsewhere == "theirs\nin two lines\\"
    review.decide(name, take="mine")
    theirs.save()
    assert review.unit(name).elsewhere == ""
    with pytest.raises(ReviewError, match="nothing to decide"):
        review.decide(name, take="elsewhere")
    assert review.unit(name).target == "mine"


def test_a_note_of_theirs_keeps_our_approval(review: Review, path: Path) -> None:
    name = ids(review)[0]
    theirs = poedit(path)
    approve(review, name)
    theirs[0].tcomment = "their note"
    theirs.save()
    assert (review.unit(name).state, review.unit(name).note) == ("reviewed", "their note")


def test_undo_in_one_process_is_seen_in_the_other(opened: Opened) -> None:
    one, two = opened(), opened()
    name = ids(one)[1]
    before = seen(one)
    approve(one, name, "mine")
    one.split(name, 5, base=version(one.unit(name)))
    assert seen(two) == seen(one)
    one.undo()
    one.undo()
    assert seen(two) == seen(one) == before
    assert two.undo() is None


def test_undo_of_what_another_changed_is_refused(review: Review, path: Path) -> None:
    name = ids(review)[0]
    edit(review, name, "mine")
    theirs = poedit(path)
    theirs[0].msgstr = "theirs"
    theirs.save()
    with pytest.raises(ReviewError, match="changed since by someone else"):
        review.undo()
    assert review.unit(name).target == "theirs"
    assert review.undo() is None


def test_a_deleted_file_is_written_anew_and_said_once(
    review: Review, path: Path, opened: Opened
) -> None:
    edit(review, ids(review)[0], "mine")
    path.unlink()
    before = review.revision
    changes = review.changed(before)
    assert ["deleted" in m for m in changes.messages] == [True]
    assert review.changed(changes.revision).messages == ()
    assert opened().document.units[0].target == "mine"


def test_a_broken_file_is_not_overwritten(review: Review, path: Path) -> None:
    name = ids(review)[0]
    base = version(edit(review, name, "mine"))
    whole = path.read_bytes()
    path.write_bytes(whole + b"<<<<<<< HEAD\n")
    for act in (lambda: review.document, lambda: review.edit(name, "lost", base=base), review.undo):
        with pytest.raises(FormatError, match=r"d\.po:\d+: not a line of a PO file"):
            act()
    assert path.read_bytes().endswith(b"HEAD\n")
    path.write_bytes(whole.replace(b'"mine"', b'"mended by hand"'))
    assert review.unit(name).target == "mended by hand"
    assert edit(review, name, "goes on").target == "goes on"


def test_a_full_disk_loses_nothing(
    review: Review, path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ids(review)
    edit(review, names[0], "on disk")
    theirs = poedit(path)
    before, there = seen(review), path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("translate.master.write_text", full)
        for act in (
            lambda: edit(review, names[0], "lost"),
            lambda: review.split(names[1], 5, base=version(review.unit(names[1]))),
            review.undo,
        ):
            with pytest.raises(OSError, match="No space"):
                act()
        assert (seen(review), path.read_bytes()) == (before, there)
        assert review.undoable == ("edit", None)
    assert edit(review, names[1], "goes on").target == "goes on"
    assert not [e for e in poedit(path) if e.obsolete]
    theirs[2].msgstr = "theirs, stale"
    theirs.save()
    with monkeypatch.context() as patch:
        patch.setattr("translate.master.write_text", full)
        with pytest.raises(OSError, match="No space"):
            _ = review.document
    assert [u.target for u in review.document.units[:3]] == ["on disk", "goes on", "theirs, stale"]
    assert seen(opened()) == seen(review)


def test_a_read_only_file_keeps_its_mode_and_gets_the_work(review: Review, path: Path) -> None:
    path.chmod(0o444)
    edit(review, ids(review)[0], "mine")
    assert poedit(path)[0].msgstr == "mine"
    assert path.stat().st_mode & 0o777 == 0o444


def test_threads_edit_different_segments(review: Review, opened: Opened) -> None:
    names = ids(review)
    failed: list[BaseException] = []

    def work(n: int) -> None:
        try:
            for k in range(5):
                name = names[n % len(names)]
                for _ in range(100):
                    try:
                        unit = review.unit(name)
                        review.comment(name, f"{unit.note}\n{n}.{k}", base=version(unit))
                        break
                    except Conflict:
                        continue
                else:
                    raise AssertionError("never my turn")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    notes = "\n".join(u.note for u in review.document.units).split()
    assert sorted(notes) == sorted(f"{n}.{k}" for n in range(8) for k in range(5))
    assert seen(opened()) == seen(review)


EDITING = """
import sys
from pathlib import Path
from glossary.match import Matcher
from translate.master import Master
from translate.review import Review, version
matcher = Matcher(())
review = Review(Master(Path(sys.argv[1])), lambda: matcher)
for n in range(100_000):
    unit = review.document.units[n % 6]
    review.edit(unit.segment.id, f"edit {n}", base=version(unit))
    print(n, flush=True)
"""


def test_killed_in_the_middle_the_last_edit_is_there(path: Path, opened: Opened) -> None:
    chance = random.Random(1)
    for _ in range(3):
        running = subprocess.Popen(
            [sys.executable, "-c", EDITING, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert running.stdout
        running.stdout.readline()
        time.sleep(chance.random() / 2)
        running.send_signal(signal.SIGKILL)
        said = running.stdout.read().split()
        running.wait()
        running.stdout.close()
        last = int(said[-1]) if said else 0
        targets = [u.target for u in opened().document.units]
        assert f"edit {last}" in targets or f"edit {last + 6}" in targets
        assert text_of(opened()) == TEXT
