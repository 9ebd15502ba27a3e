from hypothesis import given
from hypothesis import strategies as st

from glossary.arabic import fold_text
from glossary.morphology import _ENDINGS, _PLANS, _heads, readings, shapes, stems
from glossary.trie import Trie

# Letters of affixes and of their seats, few others, a hamza on an alef, marks, letters of no reading.
PRINTED = st.text(alphabet="ولفبكاأهيةتنمءىئر\u064b\u0651ـ٣ab", min_size=1, max_size=9)
STEMS = st.text(alphabet="ولفبكاهيتنمءر3a", min_size=1, max_size=5)
CASES = st.sampled_from(["ابو", "ابي", "اخا", "ذو", "بنو", "بن", "ابن", "وزاره", "محامي", "اعضاء"])


def trie_of(words):
    trie = Trie()
    for word in words:
        trie.add([word])
    return trie


def everything(folded):
    """All parts of a word, with and without the letters that endings replace."""
    parts = {folded[a:b] for a in range(len(folded)) for b in range(a + 1, len(folded) + 1)}
    parts |= {head + part for head in ("ال", "الل") for part in parts}
    return parts | {part + tail for part in parts for tail in "هيء"}


@given(PRINTED, st.lists(STEMS | CASES))
def test_stems_are_those_of_the_readings_in_their_order(word, known):
    trie = trie_of(known)
    numbers = dict.fromkeys(trie.numbers[r.stem] for r in readings(word, trie.numbers))
    assert stems(word, fold_text(word), trie.shown, trie.numbers) == tuple(numbers)


@given(PRINTED, st.data())
def test_stems_are_those_of_the_readings_where_nearly_all_is_known(word, data):
    parts = sorted(everything(fold_text(word)))
    known = data.draw(st.lists(st.sampled_from(parts), unique=True)) if parts else []
    trie = trie_of(known)
    numbers = dict.fromkeys(trie.numbers[r.stem] for r in readings(word, trie.numbers))
    assert stems(word, fold_text(word), trie.shown, trie.numbers) == tuple(numbers)


@given(PRINTED)
def test_readings_are_every_head_with_every_ending(word):
    """By brute force, without the tables."""
    folded = fold_text(word)
    known = everything(folded)
    expected = set()
    if "ء" <= folded[:1] <= "ي":
        for proclitics, article, at, assimilated in _heads(folded, folded):
            rest = assimilated + folded[at:]
            endings = [(rest, "", "")] + [
                (rest.removesuffix(suffix) + one.tail, one.ending, one.enclitic)
                for suffix, options in _ENDINGS.items()
                for one in options
                if rest.endswith(suffix) and len(suffix) < len(rest)
            ]
            expected |= {(proclitics, article, *ending) for ending in endings if ending[0] in known}
    elif folded in known:
        expected.add(((), False, folded, "", ""))
    found = {
        (r.proclitics, r.article, r.stem, r.ending, r.enclitic)
        for r in readings(word.replace("أ", "ا"), known)
        if r.ending != "decl"
    }
    assert found == expected


def test_a_hamza_on_the_alef_is_no_article():
    known = {"بان": 0}
    assert [r.article for r in readings("البان", known)] == [True]
    assert readings("ألبان", known) == []
    shown = {shape for stem in known for shape in shapes(stem)}
    assert stems("ألبان", "البان", shown, known) == ()
    assert stems("البان", "البان", shown, known) == (0,)


def test_readings_are_cheapest_first():
    costs = [r.cost for r in readings("وبالسفارات", {"سفاره", "سفارات", "سفار", "السفاره"})]
    assert costs == sorted(costs)
    assert len(costs) > 2


def test_odd_letters_leave_nothing_behind():
    def held():
        plans = {id(of): len(of) for of in _PLANS.values() if of is not None}
        return len(_PLANS), sum(plans.values())

    stems("والكتاب", "والكتاب", {"كتاب"}, {"كتاب": 1})
    before = held()
    for code in range(0x4E00, 0x4F00):
        for word in (chr(code) * 2, "ال" + chr(code) * 3, "ا" + chr(code)):
            assert stems(word, word, {"كتاب"}, {"كتاب": 1}) == ()
    assert held() == before
