"""Cut and join: no text is lost, and a rerun gives back exactly what a person made."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.restructure import LONGEST, join, restore, root, split
from translate.segment import segment
from translate.types import Segment

DATA = Path(__file__).parents[1] / "data"
ARTICLE = (DATA / "article" / "article.ar.txt").read_text(encoding="utf-8")
TEXTS = [ARTICLE, (DATA / "pipeline" / "text.ar.txt").read_text(encoding="utf-8")]

ARABIC = st.lists(
    st.text(st.sampled_from("ابتو نم.؟؛،«»\n \u200f1"), min_size=1, max_size=30), max_size=12
).map("".join)


def text_of(segments: list[Segment]) -> str:
    return "".join(s.before + s.source for s in segments)


def edited(segments: list[Segment], steps: int, chance: random.Random) -> list[Segment]:
    """What a person makes of segments by so many cuts and joins in a row."""
    segments = list(segments)
    for _ in range(steps if segments else 0):
        at = chance.randrange(len(segments))
        try:
            if chance.random() < 0.5:
                cut = chance.randrange(len(segments[at].source) + 1)
                segments[at : at + 1] = split(segments[at], cut)
            elif at + 1 < len(segments):
                segments[at : at + 2] = [join(segments[at], segments[at + 1])]
        except ValueError:
            continue  # nothing left on one side, or two paragraphs
    return segments


def names(segments: list[Segment]) -> list[tuple[str, str]]:
    return [(s.id, s.source) for s in segments]


def alike(segments: list[Segment]) -> list[Segment]:
    """But for the kind, which follows from the text."""
    return [replace(s, kind="sentence") for s in segments]


@given(
    st.one_of(st.sampled_from(TEXTS), ARABIC), st.integers(0, 60), st.randoms(use_true_random=False)
)
def test_a_rerun_restores_what_a_person_made(text: str, steps: int, chance: random.Random) -> None:
    fresh = list(segment(text)[0])
    made = edited(fresh, steps, chance)
    assert text_of(made) == text_of(fresh)
    assert len({s.id for s in made}) == len(made)
    assert all(s.source and len(s.id) <= LONGEST for s in made)
    assert alike(restore(fresh, names(made))) == alike(made)


def test_a_cut_before_a_mark_between_segments_is_restored() -> None:
    """Met by chance: joined, then cut so that the second part begins with what stood between the two."""
    fresh = list(segment("نعم؟\u200fلا")[0])
    assert [s.before for s in fresh] == ["", "\u200f"]
    made = list(split(join(*fresh), len(fresh[0].source)))
    assert made[1].source == "\u200fلا"
    assert alike(restore(fresh, names(made))) == alike(made)


@given(st.sampled_from(TEXTS), st.integers(1, 40), st.randoms(use_true_random=False))
def test_only_what_changed_in_the_text_is_cut_anew(
    text: str, steps: int, chance: random.Random
) -> None:
    """One paragraph is another now: there the segments are fresh, elsewhere as the person left them."""
    fresh = list(segment(text)[0])
    made = edited(fresh, steps, chance)
    changed = chance.choice(fresh).paragraph
    later = [
        replace(s, id=f"new{i}", source="x" + s.source) if s.paragraph == changed else s
        for i, s in enumerate(fresh)
    ]
    again = restore(later, names(made))
    assert [s for s in alike(again) if s.paragraph != changed] == [
        s for s in alike(made) if s.paragraph != changed
    ]
    assert [s for s in again if s.paragraph == changed] == [
        s for s in later if s.paragraph == changed
    ]


@given(st.sampled_from(TEXTS), st.integers(1, 40), st.randoms(use_true_random=False))
def test_text_is_never_lost_to_stale_cuts(text: str, steps: int, chance: random.Random) -> None:
    """Whatever the master says of cuts: the text that is translated is the text that was given."""
    fresh = list(segment(text)[0])
    saved = names(edited(fresh, steps, chance))
    for _ in range(4):
        at = chance.randrange(len(saved))
        name, source = saved[at]
        saved[at] = chance.choice([(name, source + "x"), (name, source[1:]), (name + ".1", source)])
    chance.shuffle(saved)
    again = restore(fresh, saved)
    assert text_of(again) == text_of(fresh)
    assert len({s.id for s in again}) == len(again)


def test_ids_record_what_they_were() -> None:
    one = Segment(id="a", source="وصل الوفد", kind="heading", paragraph=0, before="\n")
    two = Segment(id="b", source="ثم عاد.", kind="sentence", paragraph=0, before="  ")
    left, right = split(one, 4)
    assert [(s.id, s.before, s.source) for s in (left, right)] == [
        ("a.1", "\n", "وصل"), ("a.2", " ", "الوفد"),
    ]  # fmt: skip
    both = join(right, two)
    assert (both.id, both.source, both.kind) == ("a.2+b", "الوفد  ثم عاد.", "sentence")
    assert join(left, right) == one
    assert [root(name) for name in ("a", "a.1", "a.2+b", "a.1.2.1+b")] == ["a"] * 4


@pytest.mark.parametrize("at", [0, 3, 4, 99])
def test_a_cut_leaves_text_on_both_sides(at: int) -> None:
    word = Segment(id="a", source="وصل ", kind="sentence", paragraph=0)
    with pytest.raises(ValueError, match="nothing would be left"):
        split(word, at)


def test_paragraphs_are_not_joined() -> None:
    one = Segment(id="a", source="وصل", kind="sentence", paragraph=0)
    with pytest.raises(ValueError, match="another paragraph"):
        join(one, replace(one, id="b", paragraph=1))


def test_a_deep_chain_of_cuts_is_restored() -> None:
    fresh = [Segment(id="a", source="و " * 300 + "ن", kind="sentence", paragraph=0)]
    made = list(fresh)
    for _ in range(300):
        made[-1:] = split(made[-1], 1)
    assert len(made) == 301
    assert restore(fresh, names(made)) == made


def test_ids_stay_short_however_often_a_border_is_moved() -> None:
    made = [
        Segment(id=name, source="و ن و ن و ن", kind="sentence", paragraph=0, before=" ")
        for name in ("a" * 8, "b" * 8, "c" * 8)
    ]
    fresh = list(made)
    for turn in range(40):
        at = turn % 2
        made[at : at + 2] = split(join(made[at], made[at + 1]), 6 + turn % 5)
        assert max(len(s.id) for s in made) <= LONGEST
        assert len({s.id for s in made}) == 3
        assert restore(fresh, names(made)) == made
