"""Each check fires on its mistake and is silent on the right text."""

import pytest

from translate.checks import check


def names(source: str, target: str) -> set[str]:
    return {f.check for f in check(source, target)}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("أسقطت 11 طائرة", "shot down 11 aircraft", set()),
        ("أسقطت 11 طائرة", "shot down 12 aircraft", {"numbers"}),
        ("بنسبة 2,5 في المئة", "by 2.5 percent", set()),
        ("بنسبة ٢٫٥ في المئة", "by 2.5 percent", set()),
        ("نحو 2.500.000 شخص", "about 2,500,000 people", set()),
        ("نحو 1,250 شخصا", "about 1250 people", set()),
        ("قال بوتين", "said بوتين", {"untranslated"}),
        ("قال", "", {"length"}),
        ("قال الرئيس إنه سيزور موسكو غدا", "He", {"length"}),
        ("قال الرئيس", "the the president", {"repetition"}),
        ("قال الرئيس", "of the war of the war of the war", {"repetition"}),
        ("قال لا لا", "said no, no", set()),
    ],
)
def test_checks(source: str, target: str, expected: set[str]) -> None:
    assert names(source, target) == expected


def test_findings_point_at_the_place() -> None:
    (finding,) = check("عام 2024", "in the year")
    assert finding.source_span
    assert finding.source_span.of("عام 2024") == "2024"
