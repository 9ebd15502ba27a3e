"""The difference of two texts, in whole words, from which both come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.difference import difference

texts = st.text("ab ,.'’\n\u0643\u062a\u0628\u064e\u0651", max_size=20) | st.text(max_size=20)


@given(texts, texts)
def test_it_has_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(p.text for p in pieces if p.kind != "inserted") == old
    assert "".join(p.text for p in pieces if p.kind != "deleted") == new
    assert all(p.text for p in pieces)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("to Moscow", "to Kyiv", [("same", "to "), ("deleted", "Moscow"), ("inserted", "Kyiv")]),
        ("a b c", "a x y", [("same", "a "), ("deleted", "b c"), ("inserted", "x y")]),
        ("he said.", "he said", [("same", "he said"), ("deleted", ".")]),
        ("كَتَبَ", "كُتُبَ", [("deleted", "كَتَبَ"), ("inserted", "كُتُبَ")]),
        ("same", "same", [("same", "same")]),
        ("", "", []),
    ],
)
def test_it_is_of_whole_words(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert [(piece.kind, piece.text) for piece in difference(old, new)] == expected
