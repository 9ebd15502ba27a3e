"""Markdown: the lines of paragraphs change, nothing else; what is written reads as it was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.translate.documents.conftest import SAMPLES, mirrored, sample, translated


def english(text: str) -> str:
    return translated(text.encode(), ".md")[1].decode()


def words_as(target: str):  # type: ignore[no-untyped-def]
    return lambda _: (target, None)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("وصل **الوفد** أمس", "w1 **w2** w3"),
        ("# وصل #\n", "# w1 #\n"),
        ("> وصل\n> الوفد\n", "> w1 w2\n"),
        ("1. أول\n   - ثان\n", "1. w1\n   - w1\n"),
        ("| أول | 1 |\n|---|---|\n| ثان | 1 |", "| w1 | 1 |\n|---|---|\n| w1 | 1 |"),
        ("وصل [الوفد][r] أمس\n\n[r]: /x", "w1 [w2](/x) w3\n\n[r]: /x"),
        ("![صورة](a.png)", "![w1](a.png)"),
        ("سطر  \nثان", "w1  \nw1"),
        ("سطر\\\nثان", "w1\\\nw1"),
        ("```\nنص\n```\nنعم", "```\nنص\n```\nw1"),
        ("[^1]: حاشية هنا", "[^1]: w1 w2"),
        ("[^1]: أول\n[^b]: ثان\n[r]: /x", "[^1]: w1\n[^b]: w1\n[r]: /x"),
        ("وصل <http://x.y> أمس", "w1 <http://x.y> w2"),
        ("وصل[^1] أمس", "w1[^1] w2"),
        ("---\ntitle: نص\nlang: ar\n---\nنعم", "---\ntitle: نص\nlang: en\n---\nw1"),
        ("<div dir=rtl>\n\nنعم", "<div dir=ltr>\n\nw1"),
        ("نعم\r\nلا\r\n", "w1 w2\r\n"),
    ],
)
def test_markup(source: str, expected: str) -> None:
    assert english(source) == expected


@pytest.mark.parametrize(
    "target",
    ["# no", "1. no", "- no", "> no", "a *b* c", "a _b_ c", "`x`", "a <b> c", "[a](b)", "&amp;", "\\", "+ x", "~~x~~", "=", "a | b", "1986) x"],
)  # fmt: skip
@pytest.mark.parametrize("source", ["نعم", "- نعم", "| نعم |\n|---|"])
def test_english_that_looks_like_markup_is_text(source: str, target: str) -> None:
    out = translated(source.encode(), ".md", words_as(target))[1].decode()
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(out)
    inline = [t for t in tokens if t.type == "inline"]
    assert len(inline) == 1
    assert "".join(child.content for child in inline[0].children or ()) == target
    assert all(child.type in ("text", "text_special") for child in inline[0].children or ())


def test_the_nasty_file() -> None:
    old, new = sample(".md").decode(), translated(sample(".md"), ".md")[1].decode()
    for left in (
        '`x = "نص"`',
        'x = "نص"  # تعليق',
        "    شيفرة مزاحة",
        "title: أخبار اليوم",
        "* * *",
        "[^1]: w1",
    ):
        assert left in new
    kinds = [[t.type for t in MarkdownIt("commonmark").enable("table").parse(x) if t.type != "inline"] for x in (old, new)]  # fmt: skip
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("how", [mirrored])
def test_marks_move_with_their_words(how) -> None:  # type: ignore[no-untyped-def]
    out = translated("وصل **الوفد** أمس".encode(), ".md", how)[1].decode()
    assert out == "أمس **الوفد** وصل"


def test_of_pandoc() -> None:
    new = translated((SAMPLES / "pandoc.md").read_bytes(), ".md")[1].decode()
    assert "dir: ltr" in new
    assert "1. w1\n   - w1\n2. w1" in new


PIECES = ["نص", "**", "*", "_", "`", "[", "](x)", "\n", "\n\n", "- ", "> ", "1. ", "    ", "| ", "|---|\n", "<b>", "\\", "~~", "# ", "![", "[^1]", "\t", "&amp;"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_is_read_and_written(text: str) -> None:
    translated(f"أول\n\n{text}".encode(), ".md")
