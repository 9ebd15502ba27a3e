"""Findings between segments, as a document changes."""

from glossary.match import Matcher
from translate.checks import check_document
from translate.together import Together
from translate.types import Finding, Segment, TranslationUnit

TEXT = "He came there today"
MATCHER = Matcher(())
FINDING = Finding(check="unlisted-name", severity="info", message="")


def unit(name: str, source: str, target: str) -> TranslationUnit:
    return TranslationUnit(
        segment=Segment(id=name, source=source, kind="sentence", paragraph=0), target=target
    )


def test_only_what_changed_is_told() -> None:
    units = [unit("a", "وصل", TEXT), unit("b", "غادر", TEXT), unit("c", "عاد", "Back")]
    together = Together()
    assert together.check(units) == {"b"}
    assert together.of("b") == check_document(units)["b"]
    assert together.check(units) == set()
    units[2] = unit("c", "عاد", TEXT)
    assert together.check(units) == {"c"}
    units[0] = unit("a", "وصل", "Another")
    assert together.check(units) == {"b", "c"}  # b is the first now, and c says so
    assert together.of("b") == ()


def test_names_are_wanted_for_other_sources_and_other_terms() -> None:
    units = [unit("a", "وصل", TEXT)]
    together = Together()
    assert together.wants_names(units, MATCHER)
    assert together.take_names({"a": (FINDING,)}, units, MATCHER) == {"a"}
    assert together.of("a") == (FINDING,)
    assert not together.wants_names([unit("a", "وصل", "Another")], MATCHER)
    assert together.wants_names([unit("a", "غادر", TEXT)], MATCHER)
    assert together.wants_names(units, Matcher(()))
    together.check(units)
    assert together.of("a") == (FINDING,)
    assert together.take_names({}, units, MATCHER) == {"a"}
