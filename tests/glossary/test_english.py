import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary import english
from glossary.english import find_form, forms, pluralise
from glossary.types import Span, Term


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("Neptune", "neptune Neptune NEPTUNE's", ["Neptune", "NEPTUNE's"]),
        ("air defence system", "An air defense system.", ["air defense system"]),
        ("air defence system", "Air defence system", ["Air defence system"]),
        ("air defence system", "the air defence systems", []),
        ("Ministry of Defence", "Ministry of Defense", ["Ministry of Defense"]),
        ("Kim Jong Un", "Kim Jong-un, Kim\u00a0Jong Un", ["Kim Jong-un", "Kim\u00a0Jong Un"]),
        ("Kim Jong Un", "Kim Jong un", []),
        ("the Kremlin", "Kremlin, The Kremlin’s", ["Kremlin", "The Kremlin’s"]),
        ("Kremlin", "the Kremlin", ["Kremlin"]),
        ("Sao Paulo", "São Paulo", ["São Paulo"]),
        ("São Paulo", "Sa\u0303o Paulo Sao Paulo", ["Sa\u0303o Paulo", "Sao Paulo"]),
        ("Russia", "Russian Prussia Russia-backed", ["Russia"]),
        ("turkey", "He ate a Turkey. Turkey", ["Turkey"]),
        ("United Nations", "the United Nations' envoy", ["United Nations'"]),
        ("organization", "Organisation, organisation", ["Organisation", "organisation"]),
        ("US", "tell us of the US", ["US"]),
        ("U.S.", "a U.S. ship", ["U.S."]),
        ("(x)", "(x) [", ["(x)"]),
    ],
)
def test_find_form(form, text, found):
    assert [span.of(text) for span in find_form(text, form)] == found


@pytest.mark.parametrize(
    ("single", "many"),
    [
        ("arms deal", "arms deals"),
        ("army", "armies"),
        ("minister of defence", "ministers of defence"),
        ("spokesman", "spokesmen"),
        ("German", "Germans"),
        ("aircraft", "aircraft"),
        ("F-16", "F-16s"),
        ("rocket launcher", "rocket launchers"),
        ("ally", "allies"),
        ("coup", "coups"),
    ],
)
def test_pluralise(single, many):
    assert pluralise(single) == many


def test_forms_come_preferred_first_and_names_have_no_plural():
    term = Term(source="س", target="arms deal", variants=("weapons deal",))
    assert forms(term)[:4] == ("arms deal", "arms deals", "weapons deal", "weapons deals")
    assert "arms deals'" in forms(term)
    name = Term(source="س", target="Putin", kind="person")
    assert forms(name) == ("Putin", "Putin's", "Putin’s")
    assert forms(Term(source="س", target="Chinese", kind="demonym"))[0:2] == (
        "Chinese",
        "Chinese's",
    )
    irregular = Term(source="س", target="status", plural="statuses")
    assert forms(irregular)[1] == "statuses"


def test_empty_form_is_nowhere():
    assert find_form("text", "") == []


SPOKEN = [
    "Kim Jong Un", "the Houthis", "air defence", "organisation", "Straße", "São Paulo", "O'Brien",
    "Al-Sharq", "S-300", "é", "the", "analyse", "İzmir", "",
]  # fmt: skip


@st.composite
def said(draw):
    """A form as a text may print it: other case, gaps, spelling, accents, marks on letters."""
    changes = [
        str, str.upper, str.title, str.lower, str.casefold,
        lambda s: s.replace(" ", "-"), lambda s: s.replace("-", " "), lambda s: s + "'s",
        lambda s: s.replace("is", "iz"), lambda s: s.replace("nce", "nse"),
        lambda s: s.replace("e", "e\u0301"), lambda s: s.replace("a", "á"),
        lambda s: s.replace("i", "ı"), lambda s: s + "x", lambda s: "The " + s,
    ]  # fmt: skip
    text = draw(st.sampled_from(SPOKEN))
    for change in draw(st.lists(st.sampled_from(changes), max_size=3)):
        text = change(text)
    return text


def pattern_alone(text, form):
    pattern, lower_first = english._pattern(form, marked=True)
    return [
        Span(found.start(), found.end())
        for found in pattern.finditer(text.translate(english._BARE))
        if not (lower_first and english._capital_out_of_place(text, found.start(), found["core"]))
    ]


@given(st.sampled_from(SPOKEN), st.lists(said()))
def test_what_is_looked_at_first_passes_over_no_form(form, texts):
    text = " ".join(texts)
    assert find_form(text, form) == pattern_alone(text, form)
