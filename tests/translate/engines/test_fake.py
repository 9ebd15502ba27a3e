"""The engine of the other tests does what it says."""

import numpy as np

from translate.engines.base import Request
from translate.engines.fake import FakeEngine

ENGINE = FakeEngine({"ab": "the cat", "c": "sat"})
TOKENS = ("▁a", "b", "▁c", "▁d")


def test_words_come_from_the_dictionary_or_stay() -> None:
    (h,) = ENGINE.decode([Request(tokens=TOKENS)])[0]
    assert h.tokens == ("▁the", "▁cat", "▁sat", "▁d")
    assert h.attention.argmax(1).tolist() == [0, 0, 2, 3]


def test_a_prefix_takes_the_place_of_as_many_words() -> None:
    (h,) = ENGINE.decode([Request(tokens=TOKENS, prefix=("▁a", "▁do", "g"))])[0]
    assert h.tokens == ("▁a", "▁do", "g", "▁sat", "▁d")
    assert h.attention.argmax(1).tolist() == [0, 0, 0, 2, 3]


def test_inline_terms_come_out_as_agreed() -> None:
    source = ("<t>", "▁c", "<r>", "▁Jo", "hn", "▁Doe", "</t>", "▁a", "b")
    (h,) = ENGINE.decode([Request(tokens=source)])[0]
    assert h.tokens == ("▁John", "▁Doe", "▁the", "▁cat")
    assert h.attention.argmax(1).tolist() == [1, 1, 7, 7]


def test_scoring_knows_its_own_translation() -> None:
    own = ENGINE.decode([Request(tokens=TOKENS)])[0][0]
    same, other = ENGINE.score(
        [Request(tokens=TOKENS, prefix=own.tokens), Request(tokens=TOKENS, prefix=("▁x",))]
    )
    assert same.score == own.score > other.score
    np.testing.assert_array_equal(same.attention, own.attention)
