"""Mentions: what no term covers, with its English."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary.match import Matcher
from glossary.types import Span, Term
from translate.align import words
from translate.mentions import Mention, mentions, rendered
from translate.segment import segment
from translate.types import Alignment, Document, Segment, TranslationUnit

DATA = Path(__file__).parents[1] / "data"
NAMES = sorted((DATA / "names").glob("*.ar.txt"))
WORDS = tuple(dict.fromkeys("\n".join(p.read_text(encoding="utf-8") for p in NAMES).split(" ")))


def untranslated(text: str) -> Document:
    segments, after = segment(text)
    units = tuple(TranslationUnit(segment=one) for one in segments)
    return Document(name="x", units=units, after=after)


def unit(source: str, target: str = "", links: tuple[tuple[int, int], ...] = ()) -> TranslationUnit:
    aligned = Alignment(source_words=words(source), target_words=words(target), links=links)
    return TranslationUnit(
        segment=Segment(id="s1", source=source, kind="sentence", paragraph=0),
        target=target,
        alignment=aligned if links else None,
    )


def found(*units: TranslationUnit, terms: tuple[Term, ...] = ()) -> list[Mention]:
    return mentions(Document(name="x", units=units), Matcher(terms))


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    sources = ["الأوكراني", "روسيا", "هاميلتون", "بطولة العالم", "وزير", "الجيش"]
    return Matcher([Term(source=s, target="X", kind="place") for s in sources])


@pytest.mark.parametrize("path", NAMES, ids=lambda path: path.name.split(".")[0])
def test_spans_are_whole_words_of_the_text(path: Path, matcher: Matcher) -> None:
    check(untranslated(path.read_text(encoding="utf-8")), matcher)


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from('«»"().,،-و \n')), max_size=40))
@settings(max_examples=40)
def test_spans_hold_in_any_text(matcher: Matcher, pieces: list[str]) -> None:
    check(untranslated(" ".join(pieces)), matcher)


def check(document: Document, matcher: Matcher) -> None:
    sources = {one.segment.id: one.segment.source for one in document.units}
    taken: dict[str, set[int]] = {}
    for one in mentions(document, matcher):
        source = sources[one.segment_id]
        assert 0 <= one.span.start < one.span.end <= len(source)
        assert one.surface == one.span.of(source)
        assert one.cited.strip()
        assert one.key.strip()
        assert one.rendering == ""
        assert taken.setdefault(one.segment_id, set()).isdisjoint(
            range(one.span.start, one.span.end)
        )
        taken[one.segment_id] |= set(range(one.span.start, one.span.end))
        for match in matcher.match(source):
            assert not match.span.overlaps(one.span) or (
                one.span.start <= match.span.start
                and match.span.end <= one.span.end
                and len(one.span) > len(match.span)
            )


def test_clitics_are_taken_off_and_mentions_of_a_name_share_a_key() -> None:
    bare, attached = found(unit("التقى الرئيس بوروشنكو"), unit("بين بوتين وبوروشنكو"))[::2]
    assert (bare.cited, attached.cited) == ("بوروشنكو", "بوروشنكو")
    assert bare.key == attached.key
    assert attached.surface == "وبوروشنكو"


def test_a_covered_name_is_no_mention() -> None:
    assert found(unit("وبوروشنكو")) != []
    assert (
        found(
            unit("وبوروشنكو"), terms=(Term(source="بوروشنكو", target="Poroshenko", kind="person"),)
        )
        == []
    )


def test_a_body_of_a_nation_may_hold_the_covered_nationality() -> None:
    russian = Term(source="روسي", target="Russian", kind="demonym")
    (fleet,) = found(unit("الأسطول الروسي"), terms=(russian,))
    assert (fleet.cited, fleet.kind) == ("الأسطول الروسي", "org")


@pytest.mark.parametrize(
    ("text", "cited", "kind", "evidence"),
    [
        ("وقال الجنرال كافتارادزي أمس", "كافتارادزي", "person", "title"),
        ("سقطت القذائف على بلدة كافتارادزي أمس", "كافتارادزي", "place", "label"),
        ("وأعلنت شركة كافتارادزي أرباحها", "كافتارادزي", "org", "label"),
        ("أطلق الجيش صاروخ گورڤيتش أمس", "گورڤيتش", "weapon", "label"),
        ("وقال عبد الله بن سالم إن ذلك ممكن", "عبد الله بن سالم", "person", "known name"),
        ("درس في جامعة كافتارادزي", "جامعة كافتارادزي", "org", "begins as names do"),
        ("بلغت قيمته دولار كندي واحد", "دولار كندي", "term", "CLDR"),
        ("وقال الوزير گورڤيتش أمس", "گورڤيتش", "person", "foreign letters"),
    ],
)  # fmt: skip
def test_evidence(text: str, cited: str, kind: str, evidence: str) -> None:
    (one,) = found(unit(text))
    assert (one.cited, one.kind) == (cited, kind)
    assert evidence in one.evidence


def test_everyday_words_are_no_mentions() -> None:
    assert found(unit("قال إن ذلك كان في البيت أمس")) == []


def test_the_rendering_is_what_the_span_is_aligned_to() -> None:
    one = unit("كافتارادزي قال", "The Kavtaradze's men said", ((0, 1), (1, 3)))
    assert rendered(one, Span(0, 10)) == ("Kavtaradze", Span(4, 14))
    assert rendered(unit("كافتارادزي"), Span(0, 10)) == ("", None)
    (mention,) = found(one)
    assert (mention.rendering, mention.target_span) == ("Kavtaradze", Span(4, 14))


def test_an_everyday_word_that_english_spells_as_a_name_is_one() -> None:
    """كريم is generous, too: the capital in mid-sentence and the sound decide."""
    source = "وصل جميل"
    assert found(unit(source)) == []
    assert [
        m.rendering for m in found(unit(source, "yesterday Jamil arrived", ((0, 2), (1, 1))))
    ] == ["Jamil"]
