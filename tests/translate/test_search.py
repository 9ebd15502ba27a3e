"""Search folds Arabic and not English; spans are of the text as it is written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.types import Span
from translate.search import Search, hit, replaced


@pytest.mark.parametrize(
    ("wanted", "source", "found"),
    [
        ("الامن", "مجلس الأمن", ["الأمن"]),
        ("أمن", "الامن", ["امن"]),
        ("مدرسه", "مدرسة", ["مدرسة"]),
        ("محمد", "مُحَمَّد ومحمد", ["مُحَمَّد", "محمد"]),
        ("  وصل ", "وصل", ["وصل"]),
        ("غائب", "وصل", None),
        ("\u064b", "وصل", None),
    ],
)
def test_arabic(wanted: str, source: str, found: list[str] | None) -> None:
    place = hit(Search(source=wanted), source, "")
    assert (place and [s.of(source) for s in place.source_spans]) == found


def test_english_case_and_words() -> None:
    target = "Moscow, moscow, Moscowite (a.b)"

    def places(**options: object) -> list[str]:
        place = hit(Search(**options), "", target)  # type: ignore[arg-type]
        return [s.of(target) for s in place.target_spans] if place else []

    assert places(target="moscow") == ["Moscow", "moscow", "Moscow"]
    assert places(target="Moscow", match_case=True) == ["Moscow", "Moscow"]
    assert places(target="moscow", whole_words=True) == ["Moscow", "moscow"]
    assert places(target="a.b") == ["a.b"]
    assert places(target="(a.b)", whole_words=True) == ["(a.b)"]
    assert places(target="aXb") == []


def test_both_sides_must_be_met_and_an_empty_search_meets_nothing() -> None:
    assert hit(Search(), "س", "x") is None
    assert hit(Search(source="س", target="y"), "س", "x") is None
    both = hit(Search(source="س", target="x"), "س", "x")
    assert both
    assert (both.source_spans, both.target_spans) == ((Span(0, 1),), (Span(0, 1),))


@given(st.text("abA .ı\u0130ß", max_size=12), st.text("abA .ı\u0130ß", max_size=30), st.booleans())
def test_replacing_is_cutting_and_joining(wanted: str, target: str, whole: bool) -> None:
    place = hit(Search(target=wanted, whole_words=whole), "", target)
    spans = place.target_spans if place else ()
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert replaced(target, spans, "") == "".join(
        c for i, c in enumerate(target) if not any(s.start <= i < s.end for s in spans)
    )


@given(st.text("ابأإةه\u064e لـ\ufefb", max_size=6), st.text("ابأإةه\u064e لـ\ufefb", max_size=20))
def test_any_arabic_can_be_looked_for(wanted: str, source: str) -> None:
    place = hit(Search(source=wanted), source, "")
    for span in place.source_spans if place else ():
        assert 0 <= span.start < span.end <= len(source)
