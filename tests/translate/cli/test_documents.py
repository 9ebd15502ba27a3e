"""Documents named on the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from translate.documents import MAX_BYTES

Dragoman = Callable[..., Any]
FAST = ("--beam", "1")
PAGE = "<html dir=rtl><p>وصل <b>الوفد</b> إلى موسكو.</p>"


def test_a_page_is_written_in_english(dragoman: Dragoman) -> None:
    Path("letter.ar.html").write_text(PAGE, encoding="utf-8")
    ran = dragoman("translate", "letter.ar.html", *FAST)
    assert ran.code == 0, ran.err
    assert "letter.po .html .en.txt .report.json .en.html" in ran.err
    folder = Path("out/letter")
    english = (folder / "letter.en.html").read_text(encoding="utf-8")
    assert english.startswith('<html lang="en" dir=ltr><p>')
    assert "</b>" in english
    assert (folder / "letter.source.html").read_text(encoding="utf-8") == PAGE
    assert dragoman("translate", "letter.ar.html", *FAST).code == 0
    assert (folder / "letter.en.html").read_text(encoding="utf-8") == english
    before = {path: path.read_bytes() for path in folder.iterdir()}

    Path("letter.ar.html").write_bytes(b"<p>\xff\xfe")
    assert "letter.ar.html" in dragoman("translate", "letter.ar.html", *FAST).error
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_what_is_refused(dragoman: Dragoman) -> None:
    Path("a.docx").write_bytes(b"PK\x03\x04 cut short")
    assert dragoman("translate", "a.docx").error == "a.docx: the DOCX file is broken or cut short"
    with Path("b.odt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert dragoman("translate", "b.odt").error == "b.odt: larger than 64 MB; cut it into parts"
    Path("c.html").write_text("<p>only English")
    assert "no Arabic text" in dragoman("translate", "c.html").error
    Path("d.html").write_text(PAGE, encoding="utf-8")
    assert (
        "--encoding is for plain text"
        in dragoman("translate", "d.html", "--encoding", "utf-8").error
    )
    assert not Path("out").exists()
