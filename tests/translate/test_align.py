"""Attention to words: sums, cues and links."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from glossary.types import Span
from translate.align import WordAttention, alignment, cues, word_attention, words


def test_words_keep_names_numbers_and_marks_apart() -> None:
    text = "Kim Jong-un's S-400 cost 1,250.5 (US) dollars."
    assert [w.of(text) for w in words(text)] == [
        "Kim", "Jong-un's", "S-400", "cost", "1,250.5", "(", "US", ")", "dollars", ".",
    ]  # fmt: skip


def test_words_keep_vowel_marks_inside() -> None:
    text = "قَبِلَ الدعوةَ، أمس"
    assert [w.of(text) for w in words(text)] == ["قَبِلَ", "الدعوةَ", "،", "أمس"]


def test_pieces_sum_to_words() -> None:
    attention = np.array([[0.5, 0.3, 0.1, 0.1], [0.0, 0.1, 0.8, 0.1]], np.float32)
    soft = word_attention(
        attention,
        source="بوتين قال",
        target="Said Putin",
        source_pieces=[Span(0, 3), Span(3, 5), Span(6, 9)],
        target_pieces=[Span(0, 4), Span(5, 10)],
    ).soft
    assert soft.shape == (2, 2)
    np.testing.assert_allclose(soft[0], [0.8, 0.1], atol=0.3)


@given(st.text(alphabet="ab. -", max_size=30), st.data())
def test_mass_counts_the_words_that_share_a_letter(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    spans = words(text)
    evidence = WordAttention(
        source_words=spans, target_words=spans, soft=np.ones((len(spans), len(spans)), np.float32)
    )
    touched = sum(word.overlaps(span) for word in spans)
    assert evidence.mass(span, span) == touched
    assert evidence.profile(span) == [touched] * len(spans)


def test_numbers_latin_words_and_names_are_cues() -> None:
    source, target = (
        "أطلقت 11 صاروخا من F-16 على موسكو ٢٫٥",
        "fired 11 missiles at Moscow from F-16 2.5",
    )
    shown = cues(source, target, words(source), words(target))
    at_target = {w.of(target): i for i, w in enumerate(words(target))}
    at_source = {w.of(source): i for i, w in enumerate(words(source))}
    assert shown[at_target["11"], at_source["11"]] == 1
    assert shown[at_target["F-16"], at_source["F-16"]] == 1
    assert shown[at_target["2.5"], at_source["٢٫٥"]] == 1
    assert shown[at_target["Moscow"], at_source["موسكو"]] >= 0.6
    assert shown[at_target["Moscow"], at_source["صاروخا"]] == 0


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**31))
def test_links_are_in_range_sorted_and_distinct(n: int, m: int, seed: int) -> None:
    source = " ".join("كلمة" for _ in range(n))
    target = " ".join("word" for _ in range(m))
    attention = np.random.default_rng(seed).random((m, n + 1)).astype(np.float32)
    made = alignment(
        word_attention(
            attention,
            source=source,
            target=target,
            source_pieces=words(source),
            target_pieces=words(target),
        )
    )
    assert list(made.links) == sorted(set(made.links))
    assert all(0 <= s < n and 0 <= t < m for s, t in made.links)


def test_a_diagonal_gives_the_diagonal() -> None:
    text = "a b c d"
    made = alignment(
        word_attention(
            np.eye(4, 5, dtype=np.float32),
            source=text,
            target="w x y z",
            source_pieces=words(text),
            target_pieces=words(text),
        )
    )
    assert made.links == ((0, 0), (1, 1), (2, 2), (3, 3))
