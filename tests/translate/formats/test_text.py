"""Reading any encoding a newsroom uses, refusing the rest; English that keeps the blocks."""

import codecs
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from translate.errors import FormatError
from translate.formats.text import read_text, write_english, write_text
from translate.types import Document, Segment, TranslationUnit


@pytest.fixture
def article(data: Path) -> str:
    return (data / "article" / "article.ar.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("mark", "codec", "name", "detected"),
    [
        (b"", "utf-8", "utf-8", False),
        (codecs.BOM_UTF8, "utf-8", "utf-8", False),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le", False),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be", False),
        (b"", "utf-16-le", "utf-16-le", True),
        (b"", "utf-16-be", "utf-16-be", True),
        (b"", "windows-1256", "windows-1256", True),
    ],
)
def test_reads(article: str, mark: bytes, codec: str, name: str, detected: bool) -> None:
    read = read_text(mark + article.encode(codec), encoding=None, path="a.txt")
    assert (read.text, read.encoding, read.detected) == (article, name, detected)


def test_line_ends_stay(article: str) -> None:
    text = article.replace("\n", "\r\n")
    assert read_text(text.encode(), encoding=None, path="").text == text


def test_said_encoding_is_obeyed(article: str) -> None:
    sentence = article.split("\n")[1]
    read = read_text(sentence.encode("iso-8859-6"), encoding="iso-8859-6", path="")
    assert (read.text, read.detected) == (sentence, False)


@pytest.mark.parametrize(
    ("bytes_", "message"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (codecs.BOM_UTF8 + b"\n", "holds no text"),
        (b"PK\x03\x04..word/document.xml", r"DOCX \(zip\) file: save it as plain text"),
        (b"PK\x03\x04..mimetypeapplication/epub+zip", "EPUB"),
        (b"PK\x03\x04..readme", "zip archive"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1", "RTF"),
        (b"<!DOCTYPE html><p>", "HTML"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (bytes(range(256)) * 4, "binary"),
        (b"\x01\x02\x03\x04\x05abc", "binary"),
        ("déjà vu à la fête".encode("latin-1"), "neither UTF-8"),
        ("Президент России объявил о встрече".encode("cp1251"), "neither UTF-8"),
        ("Президент России объявил о встрече".encode("koi8-r"), "neither UTF-8"),
    ],
)
def test_refuses(bytes_: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message) as error:
        read_text(bytes_, encoding=None, path="dir/a.txt")
    assert str(error.value).startswith("dir/a.txt")


def test_refuses_arabic_of_another_code_page(article: str) -> None:
    sentence = article.split("\n")[1]
    with pytest.raises(FormatError, match="--encoding"):
        read_text(sentence.encode("iso-8859-6"), encoding=None, path="")


@pytest.mark.parametrize("name", ["utf-9", "hex", "undefined", "x\0y"])
def test_refuses_an_encoding_that_is_none(name: str) -> None:
    with pytest.raises(FormatError):
        read_text(b"00", encoding=name, path="")


def test_says_where_it_is_not_valid() -> None:
    with pytest.raises(FormatError, match=r"a\.txt:3: byte 4 is not valid utf-8"):
        read_text(b"a\nb\n\xff", encoding="utf-8", path="a.txt")


def english(rows: Sequence[tuple[int, str, str]], after: str = "") -> str:
    units = tuple(
        TranslationUnit(
            segment=Segment(id=str(i), source="س", kind="sentence", paragraph=p, before=before),
            target=target,
        )
        for i, (p, before, target) in enumerate(rows)
    )
    return write_english(Document(name="", units=units, after=after))


@pytest.mark.parametrize(
    ("rows", "after", "expected"),
    [
        ([], "", ""),
        ([], "\n", "\n"),
        ([(0, "", "A."), (0, " ", "B."), (1, "\n\n", "C.")], "\n", "A. B.\n\nC.\n"),
        ([(0, "\n", "A."), (1, "\r\n \r\n", "B.")], "\r\n", "\nA.\n \nB.\n"),
        ([(0, "", "A."), (0, "", "B."), (0, "\n", "C.")], "", "A. B. C."),
        ([(0, "• ", "A."), (1, "\n• ", "B.")], "", "• A.\n• B."),
        ([(0, "", "A."), (1, "\n\u200f", ""), (2, "\t", "C.")], "\u200e", "A.\nس\tC."),
        ([(0, "", "A."), (1, "", "B.")], "", "A.\n\nB."),
    ],
)
def test_english_keeps_the_blocks(
    rows: list[tuple[int, str, str]], after: str, expected: str
) -> None:
    assert english(rows, after) == expected


def test_write_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old\n")
    path.chmod(0o640)
    write_text(path, "ن\n")
    assert path.read_bytes() == "ن\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640

    def broken(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        write_text(path, "new")
    assert path.read_bytes() == "ن\n".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_write_goes_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "x"


def test_write_refuses_half_a_surrogate_pair(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="surrogate"):
        write_text(tmp_path / "a", "\ud800")
    assert not list(tmp_path.iterdir())
