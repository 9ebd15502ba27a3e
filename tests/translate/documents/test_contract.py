"""What every format keeps: blocks are paragraphs of the segmenter, a translation stands where the block stood."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translate.documents.conftest import mirrored, sample, translated
from translate.documents import FORMATS, MAX_BYTES, Source, format_of
from translate.documents.carry import check
from translate.errors import FormatError
from translate.markup import Collector
from translate.segment import segment

SUFFIXES = sorted(
    suffix for suffix in FORMATS if suffix not in (".htm", ".xhtml", ".markdown", ".pot", ".xliff")
)
monolingual = pytest.mark.parametrize("suffix", [s for s in SUFFIXES if s not in (".po", ".xlf")])
every = pytest.mark.parametrize("suffix", SUFFIXES)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200e\u200f\u202a-\u202e]", "", text)


@every
def test_blocks_are_single_lines_with_arabic_and_marks_in_them(suffix: str) -> None:
    for block in FORMATS[suffix].read(sample(suffix), "x").blocks:
        assert block.text == " ".join(block.text.split())
        assert re.search("[\u0600-\u06ff]", block.text)
        names = {mark.id: mark for mark in block.marks}
        for mark in block.marks:
            assert 0 <= mark.span.start <= mark.span.end <= len(block.text)
            if mark.parent is not None:
                outer = names[mark.parent].span
                assert outer.start <= mark.span.start <= mark.span.end <= outer.end


@every
def test_each_block_is_a_paragraph_of_the_segmenter(suffix: str) -> None:
    source = FORMATS[suffix].read(sample(suffix), "x")
    segments, _ = segment(source.text)
    assert len({one.paragraph for one in segments}) == len(source.blocks)
    for one in segments:
        assert one.source in source.blocks[one.paragraph].text


@monolingual
def test_a_translation_reads_back(suffix: str) -> None:
    """Mirrored, so that it is still Arabic and every mark has moved."""
    blocks, out = translated(sample(suffix), suffix, mirrored)
    again = FORMATS[suffix].read(out, "x").blocks
    assert [squeezed(b.text) for b in again] == [squeezed(b.text) for b in blocks]


@monolingual
def test_all_arabic_is_gone_but_what_is_left_alone(suffix: str) -> None:
    _, out = translated(sample(suffix), suffix)
    with pytest.raises(FormatError, match="no Arabic text"):
        FORMATS[suffix].read(out, "x")


@every
def test_writing_is_steady(suffix: str) -> None:
    assert translated(sample(suffix), suffix) == translated(sample(suffix), suffix)


@every
@pytest.mark.parametrize(
    "data", [b"", b" \n ", b"\0\1\2" * 50, b"\xff\xfe\xd8", b"PK\x03\x04", b"%PDF-1.7 x"]
)
def test_what_is_no_such_file_is_refused_in_one_line(suffix: str, data: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        FORMATS[suffix].read(data, "letter")
    assert str(caught.value).startswith("letter")
    assert "\n" not in str(caught.value)


@every
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_short_never_crashes(suffix: str, part: float) -> None:
    data = sample(suffix)
    data = data[: int(len(data) * part)]
    with suppress(FormatError):
        translated(data, suffix)


@every
def test_a_huge_file_is_refused(suffix: str) -> None:
    with pytest.raises(FormatError, match="larger than"):
        FORMATS[suffix].read(b"<p>x" * (MAX_BYTES // 4 + 1), "x")


def test_formats_are_known_by_name() -> None:
    assert format_of(Path("a/LETTER.HTML")) is FORMATS[".html"]
    assert format_of(Path("a/letter.txt")) is None


WORDS = st.sampled_from(["نص", "كلمة.", "«قال»", "؟", "-", "•", "...", "(أ.ف.ب)", "1.", "abc", "\u200f", "\u202b", "!", "_", "١٢"])  # fmt: skip


@given(st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=12))
def test_any_blocks_are_paragraphs_of_the_segmenter(texts: list[str]) -> None:
    blocks = []
    for text in texts:
        collector = Collector()
        collector.text(text)
        if collector.is_arabic:
            blocks.append(collector.block())
    if blocks:
        source = Source(blocks=tuple(blocks))
        segments, _ = segment(source.text)
        check(source.blocks, source.text, "x")
        assert len({one.paragraph for one in segments}) == len(blocks)
