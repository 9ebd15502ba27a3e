"""Romanisation and likeness of sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.transliterate import is_foreign, sounds_like, transliterate

TABLE = """
حمدوك Hamduk
مدريد Madrid
سلمان Salman
منصور Mansur
حسن Hasan
طارق Tariq
سالم Salim
كريم Karim
خالد Khalid
وليد Walid
ياسين Yasin
عيسى Isa
عائشة Aisha
مُحَمَّد Muhammad
كليمكين Klimkin
دومينيك Dominik
فيتكو Fitko
تشايكوفسكي Chaykovsky
نزارباييف Nezarbayev
پاريس Paris
"""


@pytest.mark.parametrize("row", TABLE.split("\n")[1:-1])
def test_table(row: str) -> None:
    arabic, latin = row.split(" ")
    assert transliterate(arabic) == latin


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("سالم الرميثي", "Salim al-Ramithi"),
        ("العبيدي", "Al-Abidi"),
        ("أبو بكر", "Abu Bakar"),
        ("حسن بن سالم", "Hasan bin Salim"),
        ("أم سالم", "Umm Salim"),
        ("كيم جونغ", "Kim Jong"),
    ],
)
def test_names_of_several_words(arabic: str, latin: str) -> None:
    assert transliterate(arabic) == latin


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآىةؤئپچڤگ -ًَُِّْ", max_size=20))
def test_only_latin_letters_remain(text: str) -> None:
    shown = transliterate(text)
    assert shown.isascii()
    assert shown == shown.strip()
    assert "  " not in shown


def test_foreign_names_are_told_by_letters_and_endings() -> None:
    assert is_foreign("ڤيتل")
    assert is_foreign("بوروشنكو")
    assert not is_foreign("الرميثي")
    assert not is_foreign("صالح")


@pytest.mark.parametrize(
    ("arabic", "english"),
    [
        ("بوتين", "Putin"),
        ("فيتل", "Vettel"),
        ("راكونن", "Raikkonen"),
        ("السيسي", "al-Sisi"),
        ("جيمس", "James"),
    ],
)
def test_one_name_sounds_like_itself(arabic: str, english: str) -> None:
    assert sounds_like(arabic, english) >= 0.75


@pytest.mark.parametrize(
    ("arabic", "english"), [("بوتين", "Kremlin"), ("رئيس", "president"), ("فيتل", "Hamilton")]
)
def test_other_words_do_not(arabic: str, english: str) -> None:
    assert sounds_like(arabic, english) < 0.5


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_a_share(arabic: str, english: str) -> None:
    assert 0 <= sounds_like(arabic, english) <= 1
