import pytest

from glossary.english import find_form, forms, pluralise
from glossary.types import Term


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
