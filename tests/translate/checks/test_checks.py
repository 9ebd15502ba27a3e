"""Each check fires on its mistake and is silent on the right text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.checks import CHECKS, IDS, check, explanations

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآةىئؤءپگ"
SIGNS = "٠١٢٣٤٥٦٧٨٩٫٬،؛؟0123456789.,:;!?%()[]{}\"'«»“”‘’-–&# \n\t\u200f\u0640\u064b"
WORDS = [
    "ثلاثة", "مئة", "وألفين", "مليون", "في", "المئة", "لم", "لا", "كانون", "الثاني", "و", "عشر",
    "three", "hundred", "and", "million", "half", "a", "not", "May", "the", "1,250", "9:30", "&#39;",
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=LETTERS + SIGNS + "abcİſﬁ", max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
)


def names(source: str, target: str) -> set[str]:
    return {f.check for f in check(source, target)}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("قال", "", {"empty"}),
        ("قال", " \n", {"empty"}),
        ("", "", set()),
        ("قال بوتين", "said بوتين", {"untranslated"}),
        ("قال الرئيس إنه سيزور موسكو غدا", "He", {"length"}),
        ("قال", "He said that he would not", {"negation"}),
        ("وصل الوفد إلى العاصمة. وغادر غدا إلى بلاده", "The delegation came to town", {"sentences"}),
        ("وصل الوفد إلى العاصمة. وغادر غدا", "The delegation came to the capital, and left", set()),
        ("قال د. عباس شومان غدا", "Dr. Abbas Shuman said tomorrow", set()),
        ("بنسبة 50 في المئة", "by 50", {"percent"}),
        ("بنسبة 50 في المئة", "by 50%", set()),
        ("بنسبة 50 بالمئة", "by half", {"numbers"}),
        ("السنوات المئة الماضية", "the past 100 years", set()),
        ("قال الرئيس", "the the president", {"doubled-word"}),
        ("قال محمد محمد", "Mohammed Mohammed said", set()),
        ("قال", "a sit-in in Tripoli", set()),
        ("قال لا لا", "said no, no", set()),
        ("قال الرئيس", "of the war of the war of the war", {"repetition"}),
        ("قال الرئيس كلاما عن مجلس الإدارة", "the board of directors and the board of directors said", {"repetition"}),
        ("قال «سنعود»", 'he said "we will return', {"quotes"}),
        ("قال: «سنعود", 'he said: "we will return', set()),
        ("قال «لن ننسحب من هذه الأرض أبدا غدا»", "he said they would never withdraw from it", {"lost-quotes"}),
        ("الكتاب (الجديد)", "the (new book", {"brackets"}),
        ("الكتاب", "1) the book", set()),
        ("هل سيأتي غدا؟", "He will come tomorrow.", {"question"}),
        ("سأل هل سيأتي غدا؟", "He asked whether he would come tomorrow.", set()),
        ("سيأتي غدا.", "Will he come tomorrow?", {"question"}),
        ("سيأتي غدا إلى البيت.", "He will come home tomorrow", {"full-stop"}),
        ("عودة الرئيس", "The president returns.", {"full-stop"}),
        ("قال غدا", "said، tomorrow", {"arabic-punctuation"}),
        ("قال الرئيس", "Brazil&#39;s president", {"entities"}),
        ("قال الرئيس", "the  president", {"spaces"}),
        ("قال الرئيس", " the president", {"spaces"}),
        ("قال الرئيس", "the president , too", {"spaces"}),
    ],
)  # fmt: skip
def test_each_check(source: str, target: str, expected: set[str]) -> None:
    assert names(source, target) == expected


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("لم يصل الوفد", "The delegation arrived", True),
        ("ليس للشمس قشرة", "The sun has a shell", True),
        ("ولن يعود الرئيس", "The president will return", True),
        ("لا يعرف الحقيقة", "He knows the truth", True),
        ("لم يصل الوفد", "The delegation didn't arrive", False),
        ("لم يصل الوفد", "The delegation failed to arrive", False),
        ("لا يمكن حله", "It is insoluble", False),
        ("لا يزال في موسكو", "He is still in Moscow", False),
        ("لا بد من العودة", "We must return", False),
        ("لم يبق إلا القليل", "Only little is left", False),
        ("لم شمل العائلة", "Reuniting the family", False),
        ("وصل الوفد", "The delegation did not arrive", True),
        ("رفض الوفد العودة", "The delegation would not return", False),
        ("لايعرف الحقيقة", "He does not know the truth", False),
    ],
)
def test_negation(source: str, target: str, found: bool) -> None:
    assert ("negation" in names(source, target)) is found


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("في السابع من تشرين الأول", "on October 7", False),
        ("في السابع من تشرين الأول", "on November 7", True),
        ("يوم 11 ماي الماضي", "on May 11", False),
        ("يوم 11 ماي الماضي", "on Feb. 11", True),
        ("مارس الرياضة", "He did sports", False),
        ("في كانون الثاني/يناير", "in January", False),
        ("ذكرى نصر أكتوبر", "October's victory", False),
        ("في 13/1 أي يناير", "on 13/1", False),
        ("يوم الثلاثاء", "on Tuesday", False),
        ("يوم الثلاثاء", "on Wednesday", True),
        ("يوم الثلاثاء", "yesterday", False),
    ],
)
def test_dates(source: str, target: str, found: bool) -> None:
    assert ("dates" in names(source, target)) is found


def test_findings_point_at_the_place() -> None:
    (finding,) = check("عام 2024", "in the year")
    assert finding.source_span
    assert finding.source_span.of("عام 2024") == "2024"
    source = "عامٌ\u0640 في ٢٠٢٤"  # marks and tatweel: the folded text is shorter
    (finding,) = check(source, "in 2023")
    assert finding.source_span
    assert finding.target_span
    assert finding.source_span.of(source) == "٢٠٢٤"
    assert finding.target_span.of("in 2023") == "2023"


@given(texts, texts)
def test_any_text_can_be_checked(source: str, target: str) -> None:
    for finding in check(source, target):
        assert finding.check in IDS
        for span, text in ((finding.source_span, source), (finding.target_span, target)):
            assert span is None or 0 <= span.start < span.end <= len(text)
    assert check(source, target) == check(source, target)


@given(st.integers(min_value=0, max_value=10**12))
def test_a_number_is_itself(number: int) -> None:
    for printed in (str(number), f"{number:,}"):
        assert check(f"عدد {number}", f"number {printed}") == ()


@given(st.lists(st.sampled_from(["1", "25", "2,5", "100", "2024", "9:30", "3.250"]), max_size=5))
def test_the_same_numbers_are_no_finding(numbers: list[str]) -> None:
    text = " – ".join(numbers)
    assert not {f.check for f in check(text, text)} & {"numbers", "number-words"}


def test_every_check_is_explained() -> None:
    assert tuple(explanations()) == IDS
    for text in explanations().values():
        for part in ("What it does.", "Why.", "Example.", "When it is wrong."):
            assert f"**{part}**" in text


def test_ids_are_distinct_and_lasting() -> None:
    """Flags of masters name them: one may be added, none changed."""
    assert len(set(IDS)) == len(IDS)
    assert {
        "empty", "untranslated", "length", "sentences", "numbers", "number-words", "percent", "dates",
        "negation", "repetition", "doubled-word", "quotes", "lost-quotes", "brackets", "question",
        "full-stop", "arabic-punctuation", "entities", "spaces", "same-source", "same-target", "forbidden",
        "unlisted-name",
    } <= set(IDS)  # fmt: skip
    assert {c.severity for c in CHECKS} == {"error", "warning", "info"}
