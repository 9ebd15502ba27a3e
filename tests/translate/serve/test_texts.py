"""From a text to segments, and back."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.serve.texts import arabic_share, cut
from translate.serve.types import Split, Wanted
from translate.types import TranslationUnit

SPLITS: tuple[Split, ...] = ("sentences", "nonewlines", "none")


def wanted(**options: Any) -> Wanted:
    return Wanted(texts=(), **options)


def back(text: str, options: Wanted) -> str:
    """As if every segment were English already."""
    one = cut(text, options)
    return one.write([TranslationUnit(segment=s, target=s.source) for s in one.segments])


@pytest.mark.parametrize(
    ("split", "sources"),
    [
        ("sentences", ["وصل الوفد", "أمس. ", "عاد الوفد اليوم."]),
        ("nonewlines", ["وصل الوفد أمس.", "عاد الوفد اليوم."]),
        ("none", ["وصل الوفد أمس. عاد الوفد اليوم."]),
    ],
)
def test_text_is_split_as_wanted(split: Split, sources: list[str]) -> None:
    text = " وصل الوفد\nأمس. عاد الوفد اليوم.\n"
    one = cut(text, wanted(split=split))
    assert [s.source for s in one.segments] == [source.strip() for source in sources]
    assert back(text, wanted(split=split)).startswith(" وصل")
    assert back(text, wanted(split=split)).endswith("اليوم.\n")


@pytest.mark.parametrize("markup", ["none", "html", "xml"])
@pytest.mark.parametrize("text", ["", " \n", "BBC <b>x</b>", "<broken", "2026"])
def test_a_text_without_arabic_is_left_alone(text: str, markup: Any) -> None:
    assert cut(text, wanted(markup=markup)).segments == ()
    assert back(text, wanted(markup=markup)) == text


def test_html_in_any_claimed_charset_is_unicode() -> None:
    text = '<meta charset="windows-1256"><p>وصل\u200f</p>'
    assert back(text, wanted(markup="html")).startswith('<meta charset="windows-1256"><p>وصل')


@pytest.mark.parametrize(
    ("text", "share"), [("وصل", 1.0), ("BBC", 0.0), ("12", 0.0), ("وصلa", 0.75)]
)
def test_share_of_arabic(text: str, share: float) -> None:
    assert arabic_share(text) == share


@given(st.text("وصل.؟\n <>&b/\u200f\"'x", max_size=60), st.sampled_from(SPLITS))
def test_plain_text_keeps_its_words(text: str, split: Split) -> None:
    options = replace(wanted(), split=split)
    visible = "".join(text.replace("\u200f", "").split())
    assert "".join(back(text, options).replace("\u200f", "").split()) == visible
