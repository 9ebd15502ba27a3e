"""The segmenter against cases written by reading (tests/data/segments), and the laws it keeps."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from translate.segment import segment

DATA = Path(__file__).parent.parent / "data"
CASES = DATA / "segments" / "cases.txt"
ARTICLE = DATA / "article" / "article.ar.txt"
GOLDEN = DATA / "segments" / "article.tsv"
KINDS = {"h": "heading", "s": "sentence", "q": "quote"}
EDGES = " \t\r\n\f\u00a0\u2028\u200e\u200f\ufeff"


def read_cases():
    """Read `kinds<TAB>text` lines; see tests/data/segments/README.md for the marks in the text."""
    group, number = "", 0
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("# =="):
            group, number = re.sub(r"\W+", "-", line[4:].strip()), 0
        if not line or line.startswith("#"):
            continue
        number += 1
        kinds, marked = line.split("\t", 1)
        yield pytest.param(kinds, marked.replace("␤", "\n"), id=f"{group}-{number:02}")


def expected(marked):
    parts = [part.strip(EDGES) for part in marked.split("‖")]
    return [part for part in parts if re.search(r"[^\W_]", part)]


def unmarked(marked):
    return marked.replace(" ‖ ", " ").replace("‖", "")


def join(segments, after):
    return "".join(s.before + s.source for s in segments) + after


@pytest.mark.parametrize(("kinds", "marked"), list(read_cases()))
def test_hand_checked_case(kinds, marked):
    segments, after = segment(unmarked(marked))
    assert [s.source for s in segments] == expected(marked)
    assert [s.kind for s in segments] == [KINDS[kind] for kind in kinds]
    assert join(segments, after) == unmarked(marked)


def test_there_are_enough_cases():
    assert sum(1 for _ in read_cases()) >= 220


def test_article():
    segments, after = segment(ARTICLE.read_text(encoding="utf-8"))
    found = [f"{s.paragraph}\t{s.kind}\t{s.source}" for s in segments]
    assert found == GOLDEN.read_text(encoding="utf-8").splitlines()
    assert join(segments, after) == ARTICLE.read_text(encoding="utf-8")


# Arabic, Latin and digits, all kinds of ends, quotes, brackets, spaces, line breaks and invisible marks
PIECES = st.sampled_from(
    [
        *"ادقولمنغ", "قال", "وأضاف", "لكن", "إلخ", "أ.ف.ب", "د.", "ق.م.", "U.S.", "Inc.", "kg",
        "http://a.b/?c=d", "x@y.org", "3.5", "١٢٫٥", "1.", "\u0640", "\u064b", *".!?؟؛…،:«»“”\"'()[]{}",
        "...", "؟!", "-", "•", "***", "[12]", " ", "  ", "\t", "\u00a0", "\n", "\n\n", "\r\n", "\r",
        "\f", "\v", "\x1c", "\x85", "\u2028", "\u2029", "\u200b", "\u200f", "\u202b", "\u202c", "\u2067",
        "\ufeff", "\u0301", "😀", "\ud800", "\x00",
    ]
)  # fmt: skip
NASTY = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=80))


@settings(max_examples=400, deadline=None)
@given(text=NASTY)
@example(text="")
@example(text=" \r\n\t\u2028\f ")
@example(text="\ufeff\u200fكلمة.\u200f\r\n\r\n")
@example(text="«»«»")
@example(text="م.»")
@example(text="ا؟!\ufeffا")
def test_nothing_is_lost_and_every_segment_says_something(text):
    segments, after = segment(text)
    assert join(segments, after) == text
    for s in segments:
        assert re.search(r"[^\W_]", s.source)
        assert s.source == s.source.strip(EDGES)
        assert not re.search(r"[^\W_]", s.before)
    assert not re.search(r"[^\W_]", after)
    numbers = [s.paragraph for s in segments]
    assert sorted(numbers) == numbers
    assert set(numbers) == set(range(len(set(numbers))))
    assert len({s.id for s in segments}) == len(segments)


WORDS = st.lists(
    st.sampled_from(["بيت", "كتاب", "مدينة", "وزير", "حرب", "سلام", "اليوم", "أعلن"]),
    min_size=3,
    max_size=9,
)
PARAGRAPHS = st.lists(WORDS.map(lambda words: " ".join(words) + "."), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(paragraphs=PARAGRAPHS, more=PARAGRAPHS, at=st.integers(0, 8))
def test_ids_survive_edits_elsewhere(paragraphs, more, at):
    """Text put in somewhere renames nothing but repetitions of itself."""
    old = {s.id for s in segment("\n".join(paragraphs))[0]}
    new = {s.id for s in segment("\n".join([*paragraphs[:at], *more, *paragraphs[at:]]))[0]}
    assert old <= new


def test_ids_are_hashes_numbered_when_repeated():
    segments, _ = segment("وصل الوزير.\nغادر الوزير.\nوصل  الوزير.")
    first, other, again = (s.id for s in segments)
    assert re.fullmatch("[0-9a-f]{8}", first)
    assert again == f"{first}-2"  # white space does not count
    assert other != first


def test_paragraphs_count_blocks_with_text():
    segments, _ = segment("\n\nعنوان\n\n***\n\nجملة أولى. جملة ثانية.\nأخرى.")
    assert [s.paragraph for s in segments] == [0, 1, 1, 2]


def test_carriage_returns_do_not_change_the_segments():
    text = ARTICLE.read_text(encoding="utf-8")
    windows = [s.source for s in segment(text.replace("\n", "\r\n"))[0]]
    assert windows == [s.source for s in segment(text)[0]]


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        *[(unit, 1_000_000) for unit in (".", "«", "»", '"', "(", " ", "\u200f", ". . ", "م" * 99)],
        *[
            (unit, 60_000)
            for unit in ("م. ", "م.", "«م.» ", "م؛ ", "م\n", '"م" ', "؟ \u200f", "- ", "1. ")
        ],
    ],
)
def test_much_of_one_thing_is_no_trouble(unit, size):
    """Anything quadratic would hang here."""
    text = "نص " + unit * (size // len(unit)) + " نص"
    segments, after = segment(text)
    assert join(segments, after) == text
