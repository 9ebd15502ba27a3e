"""The tagger of names."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary.match import Matcher
from glossary.tagger import NAME_KINDS, Tagger, tagger
from glossary.traits import tokenise
from glossary.types import Term

DATA = Path(__file__).parents[1] / "data" / "names"
TEXT = (DATA / "ukraine.ar.txt").read_text(encoding="utf-8")
LINES = TEXT.splitlines()
WORDS = tuple(dict.fromkeys(TEXT.split()))


def tagged(text: str, least: float = 0.5) -> list[str]:
    line = tokenise(text, ())
    return [
        " ".join(token.letters for token in line[one.first : one.last + 1])
        for one in tagger().tag(line, least)
    ]


def test_tokens_are_the_arabic_words_and_know_their_term_and_what_parts_them() -> None:
    text = "«قال» كيم جونغ-أون: 12 Mbps وموسكو"
    matches = Matcher([Term(source="موسكو", target="Moscow", kind="place")]).match(text)
    line = tokenise(text, matches)
    assert [token.span.of(text) for token in line] == ["قال", "كيم", "جونغ", "أون", "وموسكو"]
    assert [token.gap for token in line] == ['^"', '"', " ", "-", "0:a"]
    assert [token.kind for token in line] == ["", "", "", "", "place"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("وقال الرئيس الفرنسي إيمانويل ماكرون أمس إن بلاده لن تتراجع", "إيمانويل ماكرون"),
        ("وصل الوفد إلى مدينة كراسنودار جنوبي البلاد", "كراسنودار"),
        ("وأعلنت شركة سامسونغ أرباحها في الربع الثالث", "سامسونغ"),
    ],
)
def test_names_are_found(text: str, name: str) -> None:
    assert name in tagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "قال إن ذلك كان في البيت أمس",
        "وارتفعت الأسعار هذا العام بسبب زيادة الطلب على السلع",
        "ولم يصب أحد في الحادث الذي وقع صباح اليوم",
        "وأكد ضرورة العمل على حل هذه المشكلة في أقرب وقت ممكن",
    ],
)
def test_a_sentence_of_everyday_words_has_none(text: str) -> None:
    assert tagged(text) == []


@given(st.lists(st.sampled_from((*WORDS, "«", "»", ",", "12", "x")), max_size=25))
@settings(max_examples=50)
def test_names_lie_in_the_line_apart_and_always_the_same(pieces: list[str]) -> None:
    line = tokenise(" ".join(pieces), ())
    found = tagger().tag(line, 0.1)
    assert found == tagger().tag(line, 0.1)
    places = [at for one in found for at in range(one.first, one.last + 1)]
    assert places == sorted(set(places))
    assert all(0 <= at < len(line) for at in places)
    assert all(0.1 <= one.probability <= 1.0001 for one in found)
    assert all(tagger().kind(line, one.first, one.last) in NAME_KINDS for one in found)


@pytest.mark.parametrize(
    ("text", "at", "kind"),
    [
        ("وقال الرئيس إيمانويل ماكرون", (2, 3), "person"),
        ("في مدينة كراسنودار", (2, 2), "place"),
        ("أعلنت شركة سامسونغ", (2, 2), "org"),
    ],
)
def test_kinds(text: str, at: tuple[int, int], kind: str) -> None:
    assert tagger().kind(tokenise(text, ()), *at) == kind


@pytest.mark.parametrize(
    ("text", "at", "attached"),
    [
        ("بين هاميلتون وفيتل", 2, True),
        ("في العاصمة واشنطن", 2, False),
        ("وزار بكين", 1, False),
        ("من لندن لباريس", 2, True),
    ],
)
def test_clitics(text: str, at: int, attached: bool) -> None:
    assert (tagger().clitic(tokenise(text, ()), at) >= 0.5) == attached


def test_it_loads_in_less_than_a_third_of_a_second() -> None:
    started = time.process_time()
    Tagger.load()
    assert time.process_time() - started < 0.3


def test_an_article_takes_less_than_half_a_second() -> None:
    lines = [tokenise(line, ()) for line in LINES]
    for line in lines[:2]:
        tagger().tag(line, 0.2)
    started = time.process_time()
    for line in lines:
        tagger().tag(line, 0.2)
    assert time.process_time() - started < 0.5
