"""What only shows between segments."""

from translate.checks import check_document
from translate.types import Segment, TranslationUnit


def unit(name: str, source: str, target: str) -> TranslationUnit:
    return TranslationUnit(
        segment=Segment(id=name, source=source, kind="sentence", paragraph=0), target=target
    )


def test_one_source_in_two_ways() -> None:
    units = [unit("a", "تحليل", "Analysis"), unit("b", "تحليل.", "The analysis")]
    (finding,) = check_document(units)["b"]
    assert finding.check == "same-source"
    assert "segment a" in finding.message


def test_two_sources_in_one_way() -> None:
    units = [
        unit("a", "وصل الوفد", "He came there today"),
        unit("b", "غادر", "He came there today."),
    ]
    (finding,) = check_document(units)["b"]
    assert finding.check == "same-target"


def test_what_is_right() -> None:
    units = [
        unit("a", "قال", "He said"),
        unit("b", "وقال", "He said"),
        unit("c", "تحليل", ""),
        unit("d", "تحليل", "Analysis"),
        unit("e", "تحليل", "analysis"),
        unit("f", "...", ""),
    ]
    assert check_document(units) == {}
