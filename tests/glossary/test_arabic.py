from hypothesis import given
from hypothesis import strategies as st

from glossary.arabic import fold, fold_text, printed

ALPHABET = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "أإآٱىئؤةابلوسف\u064b\u0651\u0670\u0640\u200f\u200c\ufeff٤۴ﻻﷲ«»–ﷺ"
)
TEXT = st.text(ALPHABET, max_size=40)


def test_spellings_that_are_equal():
    assert fold_text("أإآٱ") == "اااا"
    assert fold_text("مَدْرَسَـــة") == "مدرسه"
    assert fold_text("على") == fold_text("علي")
    assert fold_text("٤٠٠ ۴۰۰") == "400 400"
    assert fold_text("ﻻ") == "لا"
    assert fold_text("کیم گ") == "كيم ك"
    assert fold_text("F\u201016 «x» ’") == 'f-16 "x" \''


def test_span_keeps_the_marks_of_the_last_letter_and_not_a_parted_tatweel():
    text = "قال لـ«روسياً» ثم"
    folded = fold(text)
    at = folded.text.index("ل", 2)
    assert folded.span(at, at + 1).of(text) == "ل"
    start = folded.text.index("روسيا")
    assert folded.span(start, start + 5).of(text) == "روسياً"


def test_span_goes_over_ligatures():
    folded = fold("ﻻم")
    assert folded.span(0, 1) == folded.span(1, 2) == folded.span(0, 2)
    assert folded.index(1) == 2


def test_every_character_folds_to_something_that_stays():
    """Found by chance: ornate parentheses (U+FD3E) and their like once recursed for ever."""
    for code in (*range(0xD800), *range(0xE000, 0x20000)):
        once = fold_text(chr(code))
        assert fold_text(once) == once, hex(code)


@given(TEXT)
def test_fold_is_idempotent(text):
    assert fold_text(fold_text(text)) == fold_text(text)


@given(TEXT)
def test_offsets_are_monotone_and_in_range(text):
    folded = fold(text)
    offsets = list(folded.offsets)
    assert folded.text == fold_text(text)
    assert len(offsets) == len(folded.text) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    assert len(printed(text)) == len(folded.text)
