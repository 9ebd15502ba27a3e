"""What a change of terms does to segments, on cases made by hand."""

import dataclasses
import time

import pytest

from glossary.match import Matcher
from glossary.types import Term
from translate.constraints import constrain
from translate.effect import Effect, difference, effect, reworded
from translate.judge import judge
from translate.types import Segment, TranslationUnit

MOSCOW = Term(source="موسكو", target="Moscow", kind="place", path="a.po", line=4)
KYIV = Term(source="كييف", target="Kyiv", kind="place", path="a.po", line=8)
LINES = [
    ("سافر الوفد إلى موسكو", "The delegation travelled to Moscow", "mt"),
    ("وموسكو بعيدة", "And Moscow is far", "human"),
    ("قال الوزير ذلك", "The minister said so", "mt"),
    ("كييف وموسكو", "Kyiv and Moskva", "mt"),
]


def unit(number, source, target, origin="mt", *, terms=(MOSCOW, KYIV)):
    constraints = constrain(Matcher(terms).match(source))
    verdicts, findings = judge(constraints, source, target)
    return TranslationUnit(
        segment=Segment(id=str(number), source=source, kind="sentence", paragraph=0),
        target=target,
        state="reviewed" if origin == "human" else "translated",
        origin=origin,
        verdicts=verdicts,
        findings=findings,
    )


UNITS = [unit(n, *line) for n, line in enumerate(LINES)]


def of(before, after, units=UNITS) -> Effect:
    return effect(
        units, Matcher(before), Matcher(after), difference(before, after),
    )  # fmt: skip


def ids(found):
    return [one.unit.segment.id for one in found]


def test_another_english_changes_every_segment_that_has_the_term():
    now = dataclasses.replace(MOSCOW, target="Moskva")
    found = of([MOSCOW, KYIV], [now, KYIV])
    assert (ids(found.anew), ids(found.stay), ids(found.kept)) == (["0"], ["3"], ["1"])
    (change,) = found.anew[0].changes
    assert (change.before.forms[0], change.after.forms[0]) == ("Moscow", "Moskva")
    assert change.span.of(LINES[0][0]) == "موسكو"
    # a person's work is only judged anew
    assert found.kept[0].unit is UNITS[1]
    assert [v.status for v in found.kept[0].verdicts] == ["missing"]


def test_a_term_that_appears():
    minister = Term(source="وزير", target="minister")
    found = of([MOSCOW, KYIV], [MOSCOW, KYIV, minister])
    assert (ids(found.anew), ids(found.stay), ids(found.kept)) == ([], ["2"], [])
    (change,) = found.stay[0].changes
    assert change.before is None
    other = dataclasses.replace(minister, target="secretary")
    assert ids(of([MOSCOW, KYIV], [MOSCOW, KYIV, other]).anew) == ["2"]


def test_a_term_that_disappears_is_translated_anew():
    found = of([MOSCOW, KYIV], [MOSCOW])
    assert (ids(found.anew), ids(found.stay)) == (["3"], [])
    (change,) = found.anew[0].changes
    assert (change.before.match.term, change.after) == (KYIV, None)


def test_what_does_not_matter_changes_nothing():
    same = dataclasses.replace(MOSCOW, note="read this", cite="x", line=90, path="b.po")
    assert len(of([MOSCOW, KYIV], [same, KYIV])) == 0
    assert len(of([MOSCOW, KYIV], [KYIV, MOSCOW])) == 0
    proposed = Term(source="وزير", target="secretary", status="proposed")
    assert len(of([MOSCOW, KYIV], [MOSCOW, KYIV, proposed])) == 0


@pytest.mark.parametrize(
    "change",
    [{"variants": ("Moskva",)}, {"forbidden": ("Moscow City",)}, {"kind": "org"}],
    ids=lambda change: next(iter(change)),
)
def test_what_counts_besides_the_english(change):
    found = of([MOSCOW, KYIV], [dataclasses.replace(MOSCOW, **change), KYIV])
    assert len(found) == 3


def test_a_longer_term_takes_the_place_of_a_shorter():
    longer = Term(source="الوفد إلى موسكو", target="the Moscow delegation", kind="org")
    found = of([MOSCOW, KYIV], [MOSCOW, KYIV, longer])
    assert ids(found.anew) == ["0"]
    gone, came = sorted(found.anew[0].changes, key=lambda c: c.after is not None)
    assert (gone.before.match.term, gone.after) == (MOSCOW, None)
    assert (came.before, came.after.match.term) == (None, longer)


def test_five_thousand_segments_take_less_than_a_second():
    units = [
        dataclasses.replace(u, segment=dataclasses.replace(u.segment, id=str(n)))
        for n, u in enumerate(UNITS * 1250)
    ]
    before, after = [MOSCOW, KYIV], [MOSCOW, dataclasses.replace(KYIV, target="Kiew")]
    started = time.process_time()
    found = of(before, after, units)
    assert len(found.anew) == 1250
    assert time.process_time() - started < 1


RIFLE = Term(source="بندقية", target="rifle", kind="weapon")
FAR = ("بندقية موسكو", "Moscow's rifle")


@pytest.mark.parametrize(
    ("source", "target", "now", "new"),
    [
        (*LINES[0][:2], dataclasses.replace(MOSCOW, target="Moskva"), "The delegation travelled to Moskva"),
        (*FAR, dataclasses.replace(MOSCOW, target="Moskva"), "Moskva's rifle"),
        (*FAR, dataclasses.replace(RIFLE, target="gun"), "Moscow's gun"),
        ("بندقية هنا", "Rifle here", dataclasses.replace(RIFLE, target="gun"), "Gun here"),
        ("بندقية هنا", "a rifle here", dataclasses.replace(RIFLE, target="gun"), "a gun here"),
        # the words around would have to change: translate anew
        ("بندقية هنا", "a rifle here", dataclasses.replace(RIFLE, target="assault rifle"), None),
        # the old English isn't there
        ("موسكو بعيدة", "It is far", dataclasses.replace(MOSCOW, target="Moskva"), None),
        # only a spelling
        ("موسكو بعيدة", "Moscow is far", dataclasses.replace(MOSCOW, target="Môscow"), "Môscow is far"),
    ],
)  # fmt: skip
def test_only_the_agreed_words_change(source, target, now, new):
    others = [t for t in (MOSCOW, KYIV, RIFLE) if t.source != now.source]
    one = unit(0, source, target, terms=(MOSCOW, KYIV, RIFLE))
    assert reworded(one, Matcher([*others, now])) == new


def test_terms_that_come_or_go_are_not_reworded():
    one = unit(0, *LINES[0])
    assert reworded(one, Matcher([KYIV])) is None
    assert reworded(one, Matcher([MOSCOW, Term(source="وفد", target="delegation")])) is None
    assert reworded(one, Matcher([MOSCOW, KYIV])) == one.target
