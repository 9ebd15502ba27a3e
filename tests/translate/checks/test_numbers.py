"""Numbers are read as values, in both languages."""

import pytest

from translate.checks import check
from translate.checks.base import Pair


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("11 طائرة", [11]),
        ("٢٫٥ مليون", [2.5e6]),
        ("1.205,9 نقطة", [1205.9]),
        ("4704.58 نقطة", [4704.58]),
        ("783،562 كيلومتر", [783562]),
        ("ثلاثة أيام", [3]),
        ("وثلاث سنوات", [3]),
        ("بتسع بطولات", [9]),
        ("أحد عشر", [11]),
        ("سبعة عشر", [17]),
        ("ثمانية وعشرون", [28]),
        ("بإحدى وثلاثين مرة", [31]),
        ("خمسة وعشرون ألفا", [25_000]),
        ("مئة", [100]),
        ("مائتين", [200]),
        ("ثلاثمئة وخمسة", [305]),
        ("ثلاث مئة ألف", [300_000]),
        ("مئة وخمسة وعشرين", [125]),
        ("ألفين", [2000]),
        ("ثلاثة آلاف و500", [3500]),
        ("مليون و200 ألف", [1_200_000]),
        ("2 مليون و300 ألف و50", [2_300_050]),
        ("بين مئة ومئتين", [100, 200]),
        ("في 2000 و500", [2000, 500]),
        ("الحادي والعشرين", [21]),
        ("الثانية عشرة", [12]),
        ("50 في المئة", [50]),
        ("لست هنا", []),
        ("15:00", [1500]),
    ],
)
def test_arabic(text: str, values: list[float]) -> None:
    assert [n.value for n in Pair(text, "").source_numbers] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("three days", [3]),
        ("twenty-five", [25]),
        ("two hundred and five", [205]),
        ("three hundred thousand", [300_000]),
        ("two million three hundred thousand", [2_300_000]),
        ("1.2 million", [1_200_000]),
        ("$5bn", [5e9]),
        ("5 m", [5]),
        ("2,500,000", [2_500_000]),
        ("half a million", [500_000]),
        ("two dozen", [24]),
        ("the 19th floor", [19]),
        ("the twenty-first", [21]),
        ("one and two", [1, 2]),
        ("9:30 a.m.", [930]),
        ("and a man", []),
    ],
)
def test_english(text: str, values: list[float]) -> None:
    assert [n.value for n in Pair("", text).target_numbers] == values


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("أسقطت 11 طائرة", "shot down 11 aircraft", set()),
        ("أسقطت 11 طائرة", "shot down 12 aircraft", {"numbers"}),
        ("أسقطت 11 طائرة", "shot down eleven aircraft", set()),
        ("بنسبة 2,5 في المئة", "by 2.5 percent", set()),
        ("نحو 2.500.000 شخص", "about 2.5 million people", set()),
        ("نحو 1,250 شخصا", "about 1250 people", set()),
        ("ثلاثة أيام", "3 days", set()),
        ("ثلاثة أيام", "four days", {"number-words"}),
        ("ثلاثة أيام", "days", {"number-words"}),
        ("أيام", "seven days", {"number-words"}),
        ("يومين", "two days", set()),
        ("أيام", "19 days", {"numbers"}),
        ("من 3 إلى 5 ملايين", "3 million to 5 million", set()),
        ("119 مليونا و625 ألف", "119 million and 625,000", set()),
        ("الساعة 15:00", "at 3 p.m.", set()),
        ("الساعة الثامنة إلا ربع", "at 7:45", set()),
        ("ثمن النهائي", "the round of 16", set()),
        ("سبعينيات القرن العشرين", "the 1970s", set()),
        ("78990 كم2", "78,990 square kilometers", set()),
        ("بثلاثية نظيفة", "3-0", set()),
        ("بازل-3", "Basel III", set()),
        ("عام 48", "in 1948", set()),
        ("الحافلة", "a bus to Six Flags", set()),
        ("القبر", "the tomb KV62", set()),
        ("عثر عليه ميتا", "he was found dead", set()),
        ("يوم 11 سبتمبر", "on 11/9", set()),
        ("يوم 11/9", "on September 11", set()),
    ],
)
def test_values_are_compared(source: str, target: str, expected: set[str]) -> None:
    found = {f.check for f in check(source, target)}
    assert found & {"numbers", "number-words"} == expected
