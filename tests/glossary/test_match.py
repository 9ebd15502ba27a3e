from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.match import _CUT, Matcher, resolve, tokens
from glossary.termbase import Termbase, shipped_paths
from glossary.types import Span, Term, TermMatch

TERMS = [
    Term(source="موسكو", target="Moscow", kind="place"),
    Term(source="روسيا", target="Russia", kind="place"),
    Term(source="روسي", target="Russian", kind="demonym", source_variants=("روس",)),
    Term(source="كوري شمالي", target="North Korean", kind="demonym"),
    Term(source="كيم جونغ أون", target="Kim Jong-un", kind="person"),
    Term(source="كيم", target="Kim", kind="person"),
    Term(source="علي", target="Ali", kind="person"),
    Term(source="عبد الله", target="Abdullah", kind="person"),
    Term(source="محمد بن سلمان", target="MBS", kind="person"),
    Term(source="أبو ظبي", target="Abu Dhabi", kind="place"),
    Term(source="الرياض", target="Riyadh", kind="place"),
    Term(source="اللاذقية", target="Latakia", kind="place"),
    Term(source="لبنان", target="Lebanon", kind="place"),
    Term(source="البرلمان", target="parliament", kind="org"),
    Term(source="نظام دفاع جوي", target="air defence system", source_variants=("أنظمة دفاع جوي",)),
    Term(source="سفارة", target="embassy"),
    Term(source="F-16", target="F-16", kind="weapon"),
    Term(source="NATO", target="NATO", kind="org", flags=frozenset({"case-sensitive"})),
    Term(source="هلال", target="Hilal", kind="org", flags=frozenset({"exact"})),
]
MATCHER = Matcher(TERMS)
SHIPPED = Matcher(Termbase.load(shipped_paths()).terms)
MARKS = "\u064e\u064f\u0650\u0651\u0652"


def found(text):
    return [(match.surface, match.term.target) for match in MATCHER.match(text)]


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("ولموسكو", ["ولموسكو"]),
        ("بـ«موسكو» لـموسكو", ["موسكو", "لـموسكو"]),
        ("الروس والروسية لروسيين وروسياً", ["الروس", "والروسية", "لروسيين", "وروسياً"]),
        ("الكوريتان الشماليتان", ["الكوريتان الشماليتان"]),
        ("وكيم جونغ-أون", ["وكيم جونغ-أون"]),
        ("كيم\u00a0جونغ  أون", ["كيم\u00a0جونغ  أون"]),
        ("كيم جونغ\nأون", ["كيم جونغ\nأون"]),
        ("كيم جونغ\n\nأون", ["كيم"]),
        ("كيم، جونغ أون", ["كيم"]),
        ("#كيم_جونغ_أون", ["كيم_جونغ_أون"]),
        ("على لعلي وعلى إلى", ["لعلي"]),
        ("عبدالله وعبد الله", ["عبدالله", "وعبد الله"]),
        ("محمد ابن سلمان", ["محمد ابن سلمان"]),
        ("أبوظبي في أبي ظبي", ["أبوظبي", "أبي ظبي"]),
        ("للرياض رياض", ["للرياض"]),
        ("للاذقية للبنان", ["للاذقية", "للبنان"]),
        ("برلمانها برلمان", ["برلمانها"]),
        ("أنظمة الدفاع الجوي ونظاما دفاع جويا", ["أنظمة الدفاع الجوي", "ونظاما دفاع جويا"]),
        ("سفارتها والسفارات", ["سفارتها", "والسفارات"]),
        ("والـF-16 وF16 F-16A", ["والـF-16", "وF16"]),
        ("NATO nato user@NATO.org", ["NATO"]),
        ("هلال الهلال وهلال", ["هلال"]),
        ("وكيل موسكوي", []),
    ],
)
def test_surfaces(text, surfaces):
    assert [surface for surface, _ in found(text)] == surfaces


def test_place_and_demonym_in_the_accusative_are_told_apart_by_tanwin():
    assert found("دعماً روسياً") == [("روسياً", "Russian")]
    assert found("دعم روسيا") == [("روسيا", "Russia")]


def test_clitics_are_reported():
    (match,) = MATCHER.match("وللروس")
    assert match.proclitics == ("و", "ل", "ال")
    (match,) = MATCHER.match("سفارتها")
    assert match.enclitic == "ها"
    (match,) = MATCHER.match("للرياض")
    assert match.proclitics == ("ل",)


def test_proposed_terms_are_left_out_unless_asked_for():
    term = Term(source="موسكو", target="Moscow", status="proposed")
    assert Matcher([term]).match("موسكو") == []
    assert len(Matcher([term], include_proposed=True).match("موسكو")) == 1


def test_of_one_span_the_earlier_term_wins():
    first, second = (Term(source="موسكو", target=t, kind="place", context=t) for t in "ab")
    assert [m.term for m in Matcher([first, second]).match("موسكو")] == [first]
    assert [m.term for m in Matcher([second, first]).match("موسكو")] == [second]


def test_thousands_of_terms_with_one_beginning():
    terms = [Term(source=f"موسكو {n}", target=str(n), kind="place") for n in range(3000)]
    assert [m.term.target for m in Matcher(terms).match("موسكو 2999 وموسكو 30")] == ["2999", "30"]


def test_a_full_cache_changes_nothing(monkeypatch):
    monkeypatch.setattr("glossary.match._CACHED_WORDS", 2)
    text = "كيم جونغ أون في موسكو مع الروس ومحمد بن سلمان"
    assert [m.surface for m in Matcher(TERMS).match(text)] == [
        m.surface for m in MATCHER.match(text)
    ]


WORDS = st.sampled_from(
    [
        "موسكو",
        "روسيا",
        "كيم",
        "جونغ",
        "أون",
        "الكوري",
        "الشمالي",
        "وروسي",
        "على",
        "،",
        "«",
        "-",
        "\n",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_matches_do_not_overlap_and_hold_their_surface(text):
    matches = MATCHER.match(text)
    assert all(a.span.end <= b.span.start for a, b in pairwise(matches))
    assert all(match.surface == match.span.of(text) for match in matches)
    assert resolve(matches) == matches
    everything = MATCHER.match_all(text)
    assert all(match in everything for match in matches)


@given(
    st.lists(st.sampled_from(SHIPPED._terms[:2000]).map(lambda t: t.source), max_size=6).map(
        " ".join
    ),
    st.data(),
)
def test_matches_survive_vowel_marks(text, data):
    vowelled = "".join(
        char + data.draw(st.sampled_from(["", "", *MARKS])) if "ء" <= char <= "ي" else char
        for char in text
    )
    plain = [match.term for match in SHIPPED.match(text)]
    assert [match.term for match in SHIPPED.match(vowelled)] == plain


@given(st.text(max_size=60))
def test_any_text_is_fine(text):
    SHIPPED.match_all(text)


NAMES = [term for term in TERMS if term.kind != "demonym"]
ALONE = [Matcher([term]) for term in NAMES]
PRINTED = st.sampled_from(
    [word for term in TERMS for word in term.source.split()]
    + ["وكيم", "للكوريين", "أبي", "ولبنانها", "بالـ", "F", "16", "nato", "من", "الله", "سلمانه"]
)
BETWEEN = st.sampled_from(
    [" ", "", "  ", "-", "،", "\n", "\n\n", "     ", ' "', "\u200f", "ـ", "@"]
)


@given(st.lists(st.tuples(PRINTED, BETWEEN), max_size=12).map(lambda p: "".join(map("".join, p))))
def test_many_terms_together_find_what_each_finds_alone(text):
    together = Matcher(NAMES).match_all(text)
    alone = [match for matcher in ALONE for match in matcher.match_all(text)]
    assert sorted(map(repr, together)) == sorted(map(repr, alone))
    assert MATCHER.match_all(text) == Matcher(TERMS).match_all(text), "words met before"


@given(st.text(alphabet="اوكءـ\u200f\u064e\u0300a1٣é_ -", max_size=30))
def test_a_text_is_cut_into_its_tokens_and_what_is_between(text):
    parts = _CUT.split(text)
    assert "".join(parts) == text
    assert parts[1::2] == [token[0] for token in tokens(text)]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=6))
def test_of_overlapping_matches_the_longest_then_the_leftmost_stays(places):
    matches = [
        TermMatch(term=TERMS[0], span=Span(start, start + size), surface="")
        for start, size in places
    ]
    kept = resolve(matches)
    assert all(a.span.end <= b.span.start for a, b in pairwise(kept))
    for match in matches:
        rivals = [k for k in kept if k.span.overlaps(match.span)]
        assert any(
            (-len(k.span), k.span.start) <= (-len(match.span), match.span.start) for k in rivals
        )


def test_words_without_terms_are_forgotten_too_when_the_cache_is_full(monkeypatch):
    monkeypatch.setattr("glossary.match._CACHED_WORDS", 3)
    matcher = Matcher(TERMS)
    matcher.match("كتب عشرة طلاب دروسا جديدة ثم خرجوا")
    assert len(matcher._words) <= 3
