"""A rerun: what a person did stays, whatever it was; the rest is translated again."""

from collections.abc import Callable
from pathlib import Path

import polib
import pytest

from glossary.match import Matcher
from translate.master import Master
from translate.pipeline import Translator
from translate.review import Review, version
from translate.types import TranslationUnit
from translate.update import update

Make = Callable[..., Translator]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "d" / "d.po"


@pytest.fixture
def matcher() -> Matcher:
    return Matcher(())


def shown(unit: TranslationUnit) -> tuple[str, ...]:
    return (
        unit.segment.id,
        unit.segment.source,
        unit.target,
        unit.state,
        unit.note,
        unit.elsewhere,
        *sorted(unit.ignored),
    )


def worked_on(path: Path, matcher: Matcher) -> Review:
    """Approved, edited, noted, cut, joined, and one segment undecided."""
    review = Review(Master(path), lambda: matcher)
    first, second, _, fourth, fifth, sixth = (u.segment.id for u in review.document.units)
    theirs = polib.pofile(str(path))
    theirs[5].msgstr = "theirs"
    review.approve(first, base=version(review.unit(first)))
    review.join(second, base=version(review.unit(second)))
    review.edit(fourth, "edited, Hanna Maliar", base=version(review.unit(fourth)))
    review.comment(fourth, "a note", base=version(review.unit(fourth)))
    review.ignore(sixth, "numbers", base=version(review.unit(sixth)))
    review.split(fifth, 9, base=version(review.unit(fifth)))
    review.edit(sixth, "mine", base=version(review.unit(sixth)))
    theirs.save()
    assert review.unit(sixth).elsewhere == "theirs"
    return review


def test_a_rerun_keeps_everything(fake: Make, text: str, path: Path, matcher: Matcher) -> None:
    update(Master(path), text, fake())
    review = worked_on(path, matcher)
    before = [shown(u) for u in review.document.units]
    machine = [u.machine for u in review.document.units]
    for _ in range(2):
        document = update(Master(path), text, fake())
        assert [shown(u) for u in document.units] == before
        again = Review(Master(path), lambda: matcher).document
        assert [shown(u) for u in again.units] == before
        assert [u.machine for u in again.units] == machine
        assert [shown(u) for u in review.document.units] == before
    assert "".join(u.segment.before + u.segment.source for u in again.units) + again.after == text


def test_another_paragraph_leaves_the_others_as_they_were(
    fake: Make, text: str, path: Path, matcher: Matcher
) -> None:
    update(Master(path), text, fake())
    before = [shown(u) for u in worked_on(path, matcher).document.units]
    lines = text.split("\n")
    lines[2] = f"{lines[0]} {lines[2]}"  # the paragraph that was joined
    later = "\n".join(["مقدمة.", "", *lines])
    document = update(Master(path), later, fake())
    after = [shown(u) for u in document.units]
    assert [s for s in before if s not in after] == [before[1]]
    assert len(after) > len(before)
    po = polib.pofile(str(path))
    assert before[1][2] in {e.msgstr for e in po if e.obsolete}
    review = Review(Master(path), lambda: matcher)
    assert "".join(u.segment.before + u.segment.source for u in review.document.units) in later


def test_what_is_saved_while_it_translates_is_taken_in(
    fake: Make, text: str, path: Path, matcher: Matcher
) -> None:
    update(Master(path), text, fake())
    translator = fake()
    decode = translator.engine.decode
    expected: list[tuple[str, ...]] = []

    def meanwhile(*arguments: object, **options: object) -> object:
        if not expected:
            expected.extend(shown(u) for u in worked_on(path, matcher).document.units)
        return decode(*arguments, **options)  # type: ignore[arg-type]

    translator.engine.decode = meanwhile  # type: ignore[method-assign, assignment]
    document = update(Master(path), text, translator)
    assert [shown(u) for u in document.units] == expected
    again = Review(Master(path), lambda: matcher).document
    assert [shown(u) for u in again.units] == expected


def test_an_open_review_takes_a_rerun_in(
    fake: Make, text: str, path: Path, matcher: Matcher
) -> None:
    update(Master(path), text, fake())
    review = worked_on(path, matcher)
    kept = [shown(u) for u in review.document.units]
    update(Master(path), text + "\nمقدمة.\n", fake(also={"مقدمة.": "Preface."}))
    document = review.document
    assert [shown(u) for u in document.units][:-1] == kept
    assert document.units[-1].target == "Preface."
    assert "".join(
        u.segment.before + u.segment.source for u in document.units
    ) + document.after == (text + "\nمقدمة.\n")


def test_formats_without_the_master(fake: Make, text: str, path: Path) -> None:
    update(Master(path), text, fake(), formats=["txt"])
    assert [p.name for p in path.parent.iterdir()] == ["d.en.txt"]


def test_a_note_on_a_machines_segment_stays(fake: Make, text: str, path: Path) -> None:
    update(Master(path), text, fake())
    po = polib.pofile(str(path))
    po[0].tcomment = "ask"
    po.save()
    document = update(Master(path), text, fake(also={"اليوم": "now"}))
    assert (document.units[0].note, document.units[0].target) == ("ask", "News now")
