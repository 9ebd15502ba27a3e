"""A term from a selection: whole words, the bare Arabic, the aligned English, a guess at the kind."""

import pytest

from glossary.types import Span
from translate.proposal import guessed_kind, propose, trimmed, widened, without_clitics
from translate.types import Alignment, Segment, TranslationUnit

SOURCE = "زار الرئيس لموسكو والدفاعات الجوية قرب بيونغ يانغ."
TARGET = "The president visited to Moscow and the air defences near Pyongyang."
LINKS = {0: [2], 1: [1], 2: [3, 4], 3: [5, 8], 4: [7], 5: [9], 6: [10], 7: [10]}


def spans(text):
    out, at = [], 0
    for word in text.split(" "):
        out.append(Span(at, at + len(word)))
        at += len(word) + 1
    return tuple(out)


UNIT = TranslationUnit(
    segment=Segment(id="1", source=SOURCE, kind="sentence", paragraph=0),
    target=TARGET,
    alignment=Alignment(
        source_words=spans(SOURCE),
        target_words=spans(TARGET),
        links=tuple((s, t) for s, ts in LINKS.items() for t in ts),
    ),
)


def selected(side, words, **options):
    text = SOURCE if side == "source" else TARGET
    start = text.index(words)
    span = Span(start, start + len(words))
    return propose(UNIT, side, span, alignment=UNIT.alignment, **options)


def test_a_part_of_a_word_means_the_word_without_its_preposition():
    found = selected("source", "سك")
    assert (found.source, found.target, found.kind) == ("موسكو", "Moscow", "place")
    assert "لموسكو" in found.sources  # as printed, to choose


def test_the_article_shows_a_conjunction_and_a_common_noun_is_cited_bare():
    found = selected("source", "والدفاعات الجوية")
    assert (found.source, found.target, found.kind) == ("دفاعات جوية", "air defences", "term")
    assert found.sources == ("الدفاعات الجوية", "والدفاعات الجوية")


def test_from_the_english_side():
    found = selected("target", "yongyan")
    assert (found.source, found.target) == ("بيونغ يانغ", "Pyongyang")
    assert selected("target", "to Moscow").source == "موسكو"


def test_without_alignment_the_other_side_is_left_to_the_person():
    found = propose(UNIT, "source", Span(1, 2), alignment=None)
    assert (found.source, found.target) == ("زار", "")
    assert propose(UNIT, "target", Span(0, 1), alignment=None).source == ""
    assert propose(UNIT, "source", Span(len(SOURCE) - 1, len(SOURCE)), alignment=None).source == ""


@pytest.mark.parametrize(
    ("word", "vocabulary", "bare"),
    [
        ("وزير", (), "وزير"),  # an everyday word, not و + زير
        ("وبوتين", ("بوتين",), "بوتين"),
        ("وبوتين", (), "وبوتين"),  # nothing speaks for it
        ("والكرملين", (), "الكرملين"),
        ("للأنباء", (), "الأنباء"),
        ("بالقاهرة", (), "القاهرة"),
        ("باريس", (), "باريس"),
        ("ولموسكو", ("موسكو",), "موسكو"),
    ],
)
def test_clitics(word, vocabulary, bare):
    assert without_clitics(word, frozenset(vocabulary)) == bare


def test_words():
    assert widened("ab cd ef", Span(4, 7), "target") == Span(3, 8)
    assert widened("ab cd", Span(2, 2), "target") is None
    text = "of the Air Force and"
    assert trimmed(text, Span(0, len(text))).of(text) == "Air Force"


@pytest.mark.parametrize(
    ("source", "target", "before", "kind"),
    [
        ("وزارة الدفاع", "Ministry of Defence", (), "org"),
        ("صاروخ نبتون", "Neptune missile", (), "weapon"),
        ("إف-16", "F-16", (), "weapon"),
        ("روسي", "Russian", (), "demonym"),
        ("أندريفكا", "Andriivka", ("قريه",), "place"),
        ("دميتري بيسكوف", "Dmitry Peskov", (), "person"),
        ("شويغو", "Shoigu", ("الوزير",), "person"),
        ("اتفاق", "agreement", (), "term"),
    ],
)
def test_kinds(source, target, before, kind):
    assert guessed_kind(source, target, before) == kind
