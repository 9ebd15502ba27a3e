"""What the model is given: cleaning keeps a map, hints stand where they should, cuts lose nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.types import Span
from translate.source import Hint, Pieces, annotate, clean, encode, split_long

ARABIC = st.text(alphabet="ابتثوملك ـ\u200f\u202b\n،.«»123ab", max_size=60)


def words(text: str) -> list[tuple[str, Span]]:
    """A tokenizer of whole words."""
    return [("▁" + m.group(), Span(m.start(), m.end())) for m in re.finditer(r"\S+", text)]


@given(ARABIC)
def test_clean_maps_every_character_to_the_original(text: str) -> None:
    cleaned, offsets = clean(text)
    assert len(offsets) == len(cleaned) + 1
    assert offsets == sorted(offsets)
    for char, at in zip(cleaned, offsets, strict=False):
        assert char == text[at] or (char == " " and text[at].isspace())


@given(ARABIC)
def test_clean_leaves_no_marks_tatweel_or_double_spaces(text: str) -> None:
    cleaned, _ = clean(text)
    assert not re.search("[ـ\u200f\u202b\n]|  |^ | $", cleaned)


@given(ARABIC)
def test_a_text_with_nothing_to_clean_stays_as_it_is(text: str) -> None:
    cleaned, _ = clean(text)
    assert clean(cleaned) == (cleaned, list(range(len(cleaned) + 1)))


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA1), 0x1680, 0x2028, 0x3000, 0xFEFF])
def test_every_control_character_and_space_is_cleaned(code: int) -> None:
    cleaned, offsets = clean(f"a{chr(code)}b")
    assert cleaned in ("a b", "ab")
    assert offsets[-2:] == [2, 3]


@given(ARABIC)
def test_encoded_spans_point_into_the_original(text: str) -> None:
    for token, span in zip(*(lambda p: (p.tokens, p.spans))(encode(text, words)), strict=True):
        assert span is not None
        assert clean(span.of(text))[0] == token.removeprefix("▁")


def pieces(*tokens: str) -> Pieces:
    spans, at = [], 0
    for token in tokens:
        length = len(token.removeprefix("▁"))
        at += token.startswith("▁") and at > 0
        spans.append(Span(at, at + length))
        at += length
    return Pieces(tokens, tuple(spans))


def test_a_hint_takes_the_whole_printed_word_and_leaves_punctuation() -> None:
    given_ = pieces("▁زار", "▁ول", "موسكو", "،", "▁ثم")  # زار ولموسكو، ثم
    out = annotate(given_, [Hint(Span(6, 11), ("▁Moscow",))])
    assert out.tokens == ("▁زار", "<t>", "▁ول", "موسكو", "<r>", "▁Moscow", "</t>", "،", "▁ثم")
    assert out.spans[1] is None
    assert out.spans[5] == Span(6, 11)


def test_a_hint_that_would_cut_into_another_is_left_out() -> None:
    given_ = pieces("▁كوريا", "▁الشمالية")
    hints = [Hint(Span(0, 14), ("▁North", "▁Korea")), Hint(Span(6, 14), ("▁northern",))]
    assert annotate(given_, hints).tokens.count("<t>") == 1


def test_no_hints_change_nothing() -> None:
    given_ = pieces("▁زار", "▁موسكو")
    assert annotate(given_, []) == given_


@given(
    st.lists(st.sampled_from(["كلمة", "موسكو،", "ثم", "قال.", "x" * 30]), min_size=1, max_size=60),
    st.integers(3, 12),
)
def test_cuts_join_back_and_respect_the_limit(parts: list[str], limit: int) -> None:
    text = " ".join(parts)
    cuts = split_long(text, limit=limit, count=lambda t: len(t.split()), keep=[])
    assert "".join(c.of(text) for c in cuts) == text
    assert all(len(c.of(text).split()) <= limit for c in cuts)


def test_cuts_prefer_the_end_of_a_clause_and_keep_terms_whole() -> None:
    text = "قال بوتين إن موسكو ترفض، ثم أضاف أن كوريا الشمالية تقبل"
    term = Span(text.index("كوريا"), text.index(" تقبل"))
    cuts = split_long(text, limit=7, count=lambda t: len(t.split()), keep=[term])
    assert cuts[0].of(text).strip()[-1] == "،"
    assert all(not (c.start < term.end and term.start < c.start) for c in cuts)
