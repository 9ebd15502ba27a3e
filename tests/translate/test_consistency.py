"""One name in several renderings is found, one in one rendering never; what editors let pass is no difference."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary.match import Matcher
from glossary.types import Kind, Span, Term
from translate.consistency import Inconsistency, inconsistencies, plain
from translate.constraints import constrain
from translate.judge import judge
from translate.types import Alignment, Document, Segment, TranslationUnit

Pairs = Sequence[tuple[str, str]]

SAID, YESTERDAY, DRIVER = ("قال", "said"), ("أمس", "yesterday"), ("السائق", "driver")
VETTEL, HAMILTON = "فيتل", "هاميلتون"
NO_TERMS = Matcher(())


def spans(words: Sequence[str]) -> tuple[Span, ...]:
    out, at = [], 0
    for word in words:
        out.append(Span(at, at + len(word)))
        at += len(word) + 1
    return tuple(out)


def unit(name: str, pairs: Pairs, *, aligned: bool = True) -> TranslationUnit:
    """Words one to one; the English of several words is one aligned word of its side."""
    source, target = ([pair[side] for pair in pairs] for side in (0, 1))
    alignment = Alignment(
        source_words=spans(source),
        target_words=spans(target),
        links=tuple((n, n) for n in range(len(pairs))),
    )
    return TranslationUnit(
        segment=Segment(id=name, source=" ".join(source), kind="sentence", paragraph=0),
        target=" ".join(target),
        origin="mt" if aligned else "human",
        alignment=alignment if aligned else None,
    )


def document(*units: Pairs, name: str = "news", aligned: bool = True) -> Document:
    made = (unit(f"s{n}", pairs, aligned=aligned) for n, pairs in enumerate(units))
    return Document(name=name, units=tuple(made))


def sentence(name: str, english: str) -> Pairs:
    return [SAID, DRIVER, (name, english), YESTERDAY]


def shown(found: Sequence[Inconsistency]) -> list[list[tuple[str, int]]]:
    return [[(r.text, len(r.places)) for r in one.renderings] for one in found]


def term(source: str, target: str, kind: Kind, **more: tuple[str, ...]) -> Term:
    return Term(source=source, target=target, kind=kind, **more)  # type: ignore[arg-type]


# Names that no term covers


def test_a_name_in_two_renderings_is_reported_with_its_places() -> None:
    one = document(sentence(VETTEL, "Vettel"), sentence(VETTEL, "Vettel"))
    other = document(sentence("و" + VETTEL, "Vitel"), name="other")
    found = inconsistencies([one, other], NO_TERMS)
    assert shown(found) == [[("Vettel", 2), ("Vitel", 1)]]
    assert (found[0].source, found[0].term, found[0].only_accepted) == (VETTEL, None, False)
    place = found[0].renderings[1].places[0]
    assert (place.document, place.segment_id) == ("other", "s0")
    assert place.source_span.of(other.units[0].segment.source) == "و" + VETTEL
    assert place.target_span.of(other.units[0].target) == "Vitel"


@pytest.mark.parametrize(
    "other", ["Vettel's", "the Vettel", "VETTEL", "Véttel", "Vettels", "of Vettel,"]
)
def test_what_editors_let_pass_is_no_difference(other: str) -> None:
    found = inconsistencies(
        [document(sentence(VETTEL, "Vettel"), sentence(VETTEL, other))], NO_TERMS
    )
    assert found == []


def test_a_name_with_more_around_it_is_the_same_name() -> None:
    both = document(sentence(VETTEL, "Vettel"), sentence(VETTEL, "Sebastian Vettel"))
    assert inconsistencies([both], NO_TERMS) == []


def test_a_family_name_is_compared_with_the_full_name() -> None:
    full = [SAID, DRIVER, ("سيباستيان", "Sebastian"), (VETTEL, "Fettel"), YESTERDAY]
    found = inconsistencies([document(full, sentence(VETTEL, "Vettel"))], NO_TERMS)
    assert shown(found) == [[("Fettel", 1), ("Vettel", 1)]]
    assert found[0].source == VETTEL


def test_a_family_name_that_differs_is_said_once() -> None:
    full = [
        [SAID, DRIVER, ("سيباستيان", "Sebastian"), (VETTEL, family), YESTERDAY]
        for family in ("Fettel", "Vettel")
    ]
    (found,) = inconsistencies([document(*full, sentence(VETTEL, "Vettel"))], NO_TERMS)
    assert found.source == VETTEL


def test_an_adjective_beside_its_name_is_no_difference() -> None:
    both = document(sentence(VETTEL, "Vettelia"), sentence(VETTEL, "Vettelian Peninsula"))
    assert inconsistencies([both], NO_TERMS) == []


def test_two_pieces_of_one_name_are_no_difference() -> None:
    both = document(sentence(VETTEL, "Vettel Racing"), sentence(VETTEL, "Racing Team"))
    assert inconsistencies([both], NO_TERMS) == []


def test_words_around_a_name_are_not_part_of_it() -> None:
    both = document(sentence(VETTEL, "driver Vettel hosts"), sentence(VETTEL, "Vitel"))
    found = inconsistencies([both], NO_TERMS)
    assert shown(found) == [[("Vettel", 1), ("Vitel", 1)]]
    place = found[0].renderings[0].places[0]
    assert place.target_span.of(both.units[0].target) == "Vettel"


def test_everyday_words_may_be_said_in_several_ways() -> None:
    said = [
        document([SAID, ("المشروع", word), YESTERDAY]) for word in ("project", "scheme", "plan")
    ]
    assert inconsistencies(said, NO_TERMS) == []


def test_a_capital_that_begins_a_sentence_makes_no_name() -> None:
    lost = document([(VETTEL, "Yesterday"), SAID], sentence(VETTEL, "Vettel"))
    assert inconsistencies([lost], NO_TERMS) == []


def test_a_lost_name_is_no_rendering() -> None:
    lost = document(sentence(VETTEL, "memorials"), sentence(VETTEL, "Vettel"))
    assert inconsistencies([lost], NO_TERMS) == []


def test_a_persons_english_has_no_alignment_and_is_found_by_its_sound() -> None:
    machine = document(sentence(VETTEL, "Phillip"))
    person = document(sentence(VETTEL, "Vettel"), name="other", aligned=False)
    found = inconsistencies([machine, person], NO_TERMS)
    assert shown(found) == [[("Phillip", 1), ("Vettel", 1)]]
    unheard = document(sentence(VETTEL, "Michael"), name="other", aligned=False)
    assert inconsistencies([machine, unheard], NO_TERMS) == []


def test_segments_without_english_say_nothing() -> None:
    empty = replace(unit("s1", sentence(VETTEL, "Vitel")), target="", alignment=None)
    one = document(sentence(VETTEL, "Vettel"))
    assert inconsistencies([replace(one, units=(*one.units, empty))], NO_TERMS) == []


# Terms of the termbase


def test_an_accepted_variant_beside_the_agreed_form_comes_last() -> None:
    kyiv = term("كييف", "Kyiv", "place", variants=("Kiev",))
    matcher = Matcher([kyiv])
    texts = document(
        *[[SAID, ("كييف", english)] for english in ("Kyiv", "Kiev", "Kyiv's", "Kiev")],
        *[[SAID, DRIVER, (VETTEL, english)] for english in ("Vettel", "Vitel")],
    )
    names, mixed = inconsistencies([texts], matcher)
    assert names.term is None
    assert (mixed.term, mixed.only_accepted) == (kyiv, True)
    assert shown([mixed]) == [[("Kiev", 2), ("Kyiv", 2)]]


def test_a_violated_term_is_shown_as_it_is_printed() -> None:
    matcher = Matcher([term("كييف", "Kyiv", "place")])
    found = inconsistencies([document([SAID, ("كييف", "Kyiv")], [SAID, ("كييف", "Kief")])], matcher)
    assert shown(found) == [[("Kyiv", 1), ("Kief", 1)]]
    assert [r.accepted for r in found[0].renderings] == [True, False]
    assert not found[0].only_accepted


@pytest.mark.parametrize(
    ("one", "printed"),
    [
        (term("كييف", "Kyiv City", "place"), "City"),  # half of it: the alignment's fault
        (term("كييف", "Kyiv City", "place"), "there"),
        (term("صاروخ", "cruise missile", "term"), "weapon"),
    ],
)
def test_too_little_english_is_no_rendering(one: Term, printed: str) -> None:
    pairs = [[SAID, (one.source, english), YESTERDAY] for english in (one.target, printed)]
    assert inconsistencies([document(*pairs)], Matcher([one])) == []


def test_half_a_name_belongs_to_the_agreed_one() -> None:
    matcher = Matcher([term("كييف", "Kyiv City", "place")])
    printed = ("Kyiv City", "City", "Kief")
    texts = document(*[[SAID, ("كييف", english), YESTERDAY] for english in printed])
    (found,) = inconsistencies([texts], matcher)
    assert [(len(r.places), r.accepted) for r in found.renderings] == [(2, True), (1, False)]


def test_forbidden_english_is_a_rendering() -> None:
    matcher = Matcher([term("كييف", "Kyiv", "place", forbidden=("Kieff",))])
    both = document([SAID, ("كييف", "Kyiv")], [SAID, ("كييف", "Kieff")], aligned=False)
    assert shown(inconsistencies([both], matcher)) == [[("Kyiv", 1), ("Kieff", 1)]]


@pytest.mark.parametrize(
    ("one", "printed"),
    [
        (term("صاروخ", "missile", "term"), ("missile", "missiles", "Missile", "the missile's")),
        (term("روسي", "Russian", "demonym", variants=("Russia",)), ("Russian", "Russians", "Russia's")),
        (term("بريطاني", "British", "demonym", variants=("Britain",)), ("British", "Britain's")),
        (term("الدفاع", "Defence", "org"), ("Defence", "Defense")),
    ],
)  # fmt: skip
def test_inflections_of_a_term_are_one_rendering(one: Term, printed: tuple[str, ...]) -> None:
    texts = document(*[[SAID, (one.source, english), YESTERDAY] for english in printed])
    assert inconsistencies([texts], Matcher([one])) == []


def test_a_waived_occurrence_is_left_alone() -> None:
    matcher = Matcher([term("كييف", "Kyiv", "place")])
    texts = document([SAID, ("كييف", "Kyiv")], [SAID, ("كييف", "Kief")])
    second = texts.units[1]
    verdicts, _ = judge(
        constrain(matcher.match(second.segment.source)), second.segment.source, second.target
    )
    waived = replace(second, verdicts=tuple(replace(v, status="waived") for v in verdicts))
    assert inconsistencies([replace(texts, units=(texts.units[0], waived))], matcher) == []


# Properties

ENGLISH = {
    VETTEL: ("Vettel", "Vitel", "Phillip", "the driver"),
    HAMILTON: ("Hamilton", "Hanelton", "Lewis Hamilton"),
    "كييف": ("Kyiv", "Kiev", "Kief"),
}
TERMS = Matcher([term("كييف", "Kyiv", "place", variants=("Kiev",))])


@st.composite
def documents(draw: st.DrawFn, *, fixed: bool = False) -> list[Document]:
    one_way = {source: draw(st.sampled_from(ways)) for source, ways in ENGLISH.items()}
    made = []
    for number in range(draw(st.integers(1, 4))):
        sources = draw(st.lists(st.sampled_from(list(ENGLISH)), max_size=5))
        pairs = [
            sentence(s, one_way[s] if fixed else draw(st.sampled_from(ENGLISH[s]))) for s in sources
        ]
        made.append(document(*pairs, name=f"d{number}", aligned=draw(st.booleans())))
    return made


def unordered(
    found: Sequence[Inconsistency],
) -> list[tuple[str, set[tuple[str, frozenset[object]]]]]:
    return [(one.source, {(r.text, frozenset(r.places)) for r in one.renderings}) for one in found]


@given(documents(fixed=True))
@settings(max_examples=50, deadline=None)
def test_one_rendering_everywhere_is_nothing(texts: list[Document]) -> None:
    assert inconsistencies(texts, TERMS) == []


@given(documents(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_documents_changes_only_the_order_of_places(
    texts: list[Document], random: object
) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert unordered(inconsistencies(texts, TERMS)) == unordered(inconsistencies(shuffled, TERMS))


@given(documents())
@settings(max_examples=50, deadline=None)
def test_names_of_documents_change_nothing(texts: list[Document]) -> None:
    renamed = [replace(one, name=f"x{one.name}") for one in reversed(texts)][::-1]
    assert shown(inconsistencies(texts, TERMS)) == shown(inconsistencies(renamed, TERMS))


@given(documents())
@settings(max_examples=50, deadline=None)
def test_every_place_is_inside_its_texts_and_shows_its_rendering(texts: list[Document]) -> None:
    units = {(d.name, u.segment.id): u for d in texts for u in d.units}
    for one in inconsistencies(texts, TERMS):
        assert len(one.renderings) > 1
        assert len({plain(r.text) for r in one.renderings}) == len(one.renderings)
        for rendering in one.renderings:
            for place in rendering.places:
                there = units[place.document, place.segment_id]
                assert 0 <= place.source_span.start < place.source_span.end
                assert place.source_span.end <= len(there.segment.source)
                assert 0 <= place.target_span.start < place.target_span.end <= len(there.target)
                assert one.source in place.source_span.of(there.segment.source)


@given(documents())
@settings(max_examples=50, deadline=None)
def test_worst_first_and_the_commonest_rendering_first(texts: list[Document]) -> None:
    found = inconsistencies(texts, TERMS)
    minority = [(one.only_accepted, -(one.places - len(one.renderings[0].places))) for one in found]
    assert minority == sorted(minority)
    for one in found:
        sizes = [len(r.places) for r in one.renderings]
        assert sizes == sorted(sizes, reverse=True)
