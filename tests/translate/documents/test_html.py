"""HTML: only what stands between tags changes."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from tests.translate.documents.conftest import mirrored, sample, translated
from translate.documents import FORMATS
from translate.errors import FormatError


def english(markup: str) -> str:
    return translated(markup.encode(), ".html")[1].decode()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>وصل <b>الوفد</b> أمس</p>", "<p>w1 <b>w2</b> w3</p>"),
        ("<p>  وصل\n الوفد\t</p>", "<p>  w1 w2\t</p>"),
        ("<b>وصل<br>الوفد</b>", "<b>w1<br>w1</b>"),
        ("وصل <b>أمس<br>ثم</b> عاد", "w1 <b>w2</b><b><br></b><b>w1</b> w2"),
        ("<p>وصل <b>من <i>أمس</b> ثم</i> عاد", "<p>w1 <b>w2 <i>w3</i></b> <i>w4</i> w5"),
        ("<p>نص <code>نص</code> نص</p>", "<p>w1 <code>نص</code> w2</p>"),
        ("<p>1 &lt; 2 &amp; نص</p>", "<p>w1 w2 w3 w4 w5</p>"),
        ("<html><p>نص", '<html lang="en" dir="ltr"><p>w1'),
        ("<html lang=ar-EG dir=RTL><p>نص", "<html lang=en dir=ltr><p>w1"),
        ("<p title=نص>123</p>", '<p title="w1">123</p>'),
        ("<p>وصل</b> أمس", "<p>w1</b> w2"),
        ("<p>123 abc</p><p>نص", "<p>123 abc</p><p>w1"),
        ("<style>p{direction: rtl}</style>نص", "<style>p{direction: ltr}</style>w1"),
        ("<p><img alt='نص'> وصل", "<p><img alt='w1'> w1"),
        ("<p>وصل<!-- نص --> أمس", "<p>w1<!-- نص --> w2"),
    ],
)
def test_markup(source: str, expected: str) -> None:
    assert english(source) == expected


def test_the_nasty_page() -> None:
    out = translated(sample(".html"), ".html")[1].decode()
    assert not re.search(r"rtl|lang=.?ar", out)
    for left in (
        "تعليق لا يترجم",
        "نص <b> في شيفرة",
        ".نص",
        'x = "نص"',
        "لا يترجم",
        "سطران",
        "نص في حقل",
    ):
        assert left in out
    assert '<a href="?a=1&amp;b=2" title="w1">' in out
    assert 'alt="w1 w2"' in out
    tree = lxml_html.document_fromstring(out.encode())
    assert tree.get("dir") == "ltr"
    assert len(tree.findall(".//li")) == 6
    assert len(tree.findall(".//td")) == 2


def test_untouched_bytes_stay() -> None:
    """Only the text differs: everything from < to > is there as before, but for language and direction."""
    data = sample(".html")
    out = translated(data, ".html", mirrored)[1]
    tags = r"<(?:img|a|ul|li|table|div|blockquote|h1|unknown-tag|input)\b"
    assert re.findall(tags, data.decode()) == re.findall(tags, out.decode())


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6", "utf-8-sig", "utf-16"])
def test_encodings_stay(encoding: str) -> None:
    head = "" if encoding.startswith("utf") else f"<meta charset={encoding}>"
    data = f"{head}<p>وصل الوفد</p>".encode(encoding)
    assert translated(data, ".html")[1].decode(encoding) == f"{head}<p>w1 w2</p>"


def test_undeclared_windows_is_understood_and_other_is_not() -> None:
    assert b"<p>w1 w2" in translated("<p>وصل الوفد".encode("windows-1256"), ".html")[1]
    with pytest.raises(FormatError, match="valid utf-8"):
        FORMATS[".html"].read(b"<meta charset=utf-8>\n\xff\xc7", "a.html")
    with pytest.raises(FormatError, match="unknown charset"):
        FORMATS[".html"].read(b"<meta charset=nonsense>x", "a.html")


def test_too_deep() -> None:
    with pytest.raises(FormatError, match="nested too deeply"):
        FORMATS[".html"].read(("نص <b>" * 5000).encode(), "a.html")


PIECES = ["<b>", "</b>", "<i>", "</i>", "<p>", "</p>", "<br>", "نص", " كلمة ", "<img alt='صورة'>", "&amp;", "<a href=x>", "</a>", "<code>", "</code>", "<", "<!--", "-->", '"', "<script>", "</script>", "<td"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_soup_is_read_and_written(soup: str) -> None:
    data = f"<p>أول</p>{soup}".encode()
    blocks, out = translated(data, ".html", mirrored)
    again = FORMATS[".html"].read(out, "x").blocks
    assert ["".join(b.text.split()) for b in again] == ["".join(b.text.split()) for b in blocks]


def test_what_an_element_says_is_said_once_though_it_is_opened_again() -> None:
    blocks, out = translated("<p>أول</p></b><span id=a title='صورة'>نص".encode(), ".html")
    assert len(blocks) == 3
    assert out.count(b"title") == out.count(b"id=a") == 1


def test_long_pages_take_linear_time() -> None:
    for soup in (
        "<a " * 20_000,
        "<b>نص</i> " * 5_000,
        "<p>نص <b>نص</b></p>" * 5_000,
        "<a b='" * 9_000,
    ):
        with suppress(FormatError):
            translated(("<p>نص</p>" + soup).encode(), ".html")
