"""The bilingual DOCX: what colleagues do to it in a word processor, and what of it comes back."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translate.documents.conftest import NAMESPACE, TYPES, WORD, part, zipped
from tests.translate.formats.conftest import NASTY, _nasty
from translate.errors import FormatError
from translate.exchange import Outcome, applied
from translate.formats import writer
from translate.formats.docx import HEADER, read_docx, write_docx
from translate.office.wordml import STRICT
from translate.types import Document, Segment, TranslationUnit

OFFICE = shutil.which("soffice")
PANDOC = shutil.which("pandoc")
PDFTOTEXT = shutil.which("pdftotext")
MAIN = "word/document.xml"
B2 = "Moscow offered to send a North Korean astronaut to Pyongyang."
IN_B2 = f'<w:r><w:rPr><w:lang w:val="en-US"/></w:rPr><w:t xml:space="preserve">{B2}</w:t></w:r>'
Change = Callable[[str], str]


def changed(data: bytes, change: Change, **more: str) -> bytes:
    """The file with another main part, and further parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    new = change(parts[MAIN])
    assert new != parts[MAIN]
    return zipped({**parts, MAIN: new, **more})


def back(document: Document, change: Change, **more: str) -> tuple[Document, Outcome]:
    return applied(document, read_docx(changed(write_docx(document), change, **more), "x.docx"))


def rows(xml: str) -> list[str]:
    return re.findall(r"<w:tr>.*?</w:tr>", xml, re.DOTALL)


def english(document: Document, inner: str) -> tuple[str, Outcome]:
    """What b2 becomes with this in its English paragraph."""
    new, outcome = back(document, lambda xml: xml.replace(IN_B2, inner))
    return new.units[1].target, outcome


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_an_edit_is_a_persons_and_reviewed(document: Document) -> None:
    new, outcome = back(document, lambda xml: xml.replace(B2, "Moscow offered an astronaut."))
    unit = new.units[1]
    assert (unit.target, unit.origin, unit.state) == (
        "Moscow offered an astronaut.", "human", "reviewed",
    )  # fmt: skip
    assert unit.machine == B2
    assert outcome.taken == ("b2",)
    assert outcome.unchanged == ("a1", "c3", "d4", "e5")
    assert [u for u in new.units if u is not unit] == [
        u for u in document.units if u.segment.id != "b2"
    ]


def test_what_is_translated_first_there_is_taken(document: Document) -> None:
    empty = "<w:p></w:p></w:tc>"
    new, outcome = back(
        document, lambda xml: xml.replace(empty, f"<w:p>{run('No losses.')}</w:p></w:tc>")
    )
    assert outcome.taken == ("e5",)
    assert (new.units[4].target, new.units[4].state) == ("No losses.", "reviewed")


def test_approved_here_and_changed_there_is_undecided(document: Document) -> None:
    sent = changed(write_docx(document), lambda xml: xml.replace(B2, "Theirs."))
    here = replace(document.units[1], state="final")
    now = replace(document, units=(document.units[0], here, *document.units[2:]))
    new, outcome = applied(now, read_docx(sent, "x.docx"))
    assert outcome.undecided == ("b2",)
    assert (new.units[1].target, new.units[1].elsewhere) == (B2, "Theirs.")


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (run("Moscow ") + run("off", "<w:b/>") + "<w:proofErr w:type='spellStart'/>" + run("ered."), "Moscow offered."),
        ('<w:ins w:id="1" w:author="M">' + run("New. ") + "</w:ins>" + run("Old."), "New. Old."),
        (run("Kept.") + '<w:del w:id="1" w:author="M"><w:r><w:delText>Gone.</w:delText></w:r></w:del>', "Kept."),
        ('<w:moveFrom w:id="1">' + run("a") + "</w:moveFrom>" + run("b ") + '<w:moveTo w:id="2">' + run("a") + "</w:moveTo>", "b a"),
        (run("one") + "<w:r><w:br/></w:r>" + run("two") + "<w:r><w:tab/></w:r>" + run("three"), "one\ntwo\tthree"),
        (run("one") + '<w:r><w:br w:type="page"/></w:r>' + run(" two"), "one two"),
        (run("one") + "</w:p><w:p>" + run("two"), "one\ntwo"),
        ("</w:p><w:p>" + run("two") + "</w:p><w:p>", "two"),
        ('<w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>' + run("one ") + "</w:p><w:p>" + run("two"), "one two"),
        ("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:softHyphen/><w:t>eration</w:t></w:r>", "co\u2011op\u00aderation"),
        (run("see ") + "<w:hyperlink>" + run("here") + "</w:hyperlink>", "see here"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + run("in a control") + "</w:sdtContent></w:sdt>", "in a control"),
        (run("Good ") + '<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>', "Good \ufffd"),
        ("</w:p><w:tbl><w:tr><w:tc><w:p>" + run("nested") + "</w:p></w:tc></w:tr></w:tbl><w:p>", "nested"),
        (run("‹U+0007› &lt;b&gt;"), "\x07 <b>"),
    ],
)  # fmt: skip
def test_what_word_processors_write_is_read(document: Document, inner: str, text: str) -> None:
    assert english(document, inner) == (
        text,
        Outcome(taken=("b2",), unchanged=("a1", "c3", "d4", "e5")),
    )


def test_formatting_alone_is_no_change(document: Document) -> None:
    half = len(B2) // 2
    inner = run(B2[:half], "<w:b/>") + run(B2[half:], '<w:color w:val="FF0000"/>')
    assert english(document, inner)[1].unchanged == ("a1", "b2", "c3", "d4", "e5")


def test_an_emptied_cell_leaves_what_is_here(document: Document) -> None:
    target, outcome = english(document, "")
    assert (target, outcome.emptied) == (B2, ("b2",))


def test_rows_may_be_moved_deleted_and_added(document: Document) -> None:
    added = "<w:tr>" + "".join(
        f"<w:tc><w:p>{run(text)}</w:p></w:tc>" for text in ("", "جديد", "New", "")
    ) + "</w:tr>"  # fmt: skip
    blank = f"<w:tr>{'<w:tc><w:p/></w:tc>' * 5}</w:tr>"

    def change(xml: str) -> str:
        header, a1, b2, c3, _, e5 = rows(xml)
        struck = c3.replace("<w:cantSplit/>", '<w:cantSplit/><w:del w:id="1" w:author="M"/>')
        start, end = xml.index(header), xml.index(e5) + len(e5)
        return xml[:start] + header + e5 + b2 + added + a1 + blank + struck + xml[end:]

    new, outcome = back(document, change)
    assert new == document
    assert outcome.unchanged == ("a1", "b2", "e5")
    assert outcome.missing == ("c3", "d4")  # struck out as a tracked change; deleted
    assert [entry.shown for entry in outcome.unknown] == ["row 4 (جديد)"]


def test_a_row_copied_and_edited_is_told(document: Document) -> None:
    def change(xml: str) -> str:
        b2 = rows(xml)[2]
        return xml.replace(b2, b2 + b2.replace(B2, "Second version."))

    new, outcome = back(document, change)
    assert new == document
    assert [entry.target for entry in outcome.unknown] == ["Second version."]


def test_a_table_cut_in_two_is_read_whole(document: Document) -> None:
    new, outcome = back(
        document, lambda xml: xml.replace(rows(xml)[3], "</w:tbl><w:p/><w:tbl>" + rows(xml)[3])
    )
    assert new == document
    assert len(outcome.unchanged) == 5


def test_notes_and_comments_come_back(document: Document) -> None:
    comments = f"""<w:comments xmlns:w="{NAMESPACE}">
    <w:comment w:id="7" w:author="Mona"><w:p>{run("Is it ")}{run("Kyiv?")}</w:p><w:p>{run("Check.")}</w:p></w:comment>
    <w:comment w:id="8"><w:p>{run("nobody")}</w:p></w:comment></w:comments>"""
    types = TYPES.replace("/word/styles.xml", "/word/none.xml")
    assert f"{WORD}.comments+xml" in types

    def change(xml: str) -> str:
        mark = '<w:r><w:commentReference w:id="7"/></w:r><w:r><w:commentReference w:id="9"/></w:r>'
        xml = xml.replace(IN_B2, IN_B2 + mark)
        return xml.replace("checked by Mona", "checked by Mona, twice")

    more = {"word/comments.xml": comments, "[Content_Types].xml": types}
    new, outcome = back(document, change, **more)
    assert outcome.restated == ("a1", "b2")
    assert new.units[0].note == "checked by Mona, twice"
    assert new.units[1] == replace(document.units[1], note="Mona: Is it Kyiv?\nCheck.")
    again, _ = applied(new, read_docx(changed(write_docx(document), change, **more), "x"))
    assert again == new
    assert applied(new, read_docx(write_docx(new), "x"))[0] == new


def test_without_its_hidden_text_a_persons_work_is_safe(document: Document) -> None:
    """As Word's Document Inspector takes it away."""

    def change(xml: str) -> str:
        xml = re.sub(r"<w:r><w:rPr><w:noProof/><w:vanish/></w:rPr>.*?</w:r>", "", xml)
        return xml.replace(B2, "Machine's, edited.").replace("The Russian presidency", "Russia")

    new, outcome = back(document, change)
    assert (outcome.taken, outcome.undecided) == (("b2",), ("c3",))
    assert new.units[1].state == "translated"
    assert new.units[2].target == document.units[2].target


def test_a_strict_document_is_read(document: Document) -> None:
    new, outcome = back(document, lambda xml: xml.replace(NAMESPACE, STRICT).replace(B2, "Strict."))
    assert (new.units[1].target, outcome.taken) == ("Strict.", ("b2",))


@given(st.text(st.sampled_from("‹›U+0041\x01\n\t_x ") | st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    segment = Segment(id=text, source="س", kind="sentence", paragraph=0)
    unit = TranslationUnit(segment=segment, target=f"a{text}b", note=text)
    (entry,) = read_docx(write_docx(Document(name=text, units=(unit,))), "x")
    assert (entry.id, entry.target) == (text, unit.target)
    assert applied(Document(name="", units=(unit,)), [entry])[0].units == (unit,)


def test_bytes_are_the_same_at_any_time(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = write_docx(document)
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert write_docx(document) == before
    with zipfile.ZipFile(io.BytesIO(before)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.docx: the DOCX file is broken or cut short"),
        (b"PK\x03\x04", "x.docx: the DOCX file is broken or cut short"),
        (b"\xd0\xcf\x11\xe0", "protected by a password, or an old .doc file"),
        (zipped({"a": "b"}), r"has no \[Content_Types\].xml"),
        (zipped({"[Content_Types].xml": TYPES, MAIN: "<w:document>"}), "is broken: word/document.xml"),
        (
            zipped({"[Content_Types].xml": TYPES, MAIN: '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
            "DOCTYPE declares entities",
        ),
        (zipped({"[Content_Types].xml": TYPES, MAIN: " " * 40_000_000}), "which no document is"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        read_docx(data, "x.docx")
    assert "\n" not in str(caught.value)


# Other programs


def test_what_a_person_did_in_libreoffice(document: Document, data: Path) -> None:
    """See tests/data/exchange."""
    returned = (data / "exchange" / "libreoffice.docx").read_bytes()
    assert "<w:del " in part(returned, MAIN)
    new, outcome = applied(document, read_docx(returned, "libreoffice.docx"))
    assert outcome == Outcome(taken=("b2", "e5"), restated=("a1", "c3"), missing=("d4",))
    a1, b2, c3, d4, e5 = new.units
    assert b2.target == "Moscow offered a North Korean cosmonaut to Pyongyang."
    assert (b2.origin, b2.state, b2.machine) == ("human", "reviewed", B2)
    assert (e5.target, e5.state) == ("Without any losses.", "reviewed")
    note = "checked by Mona\nMona: Is this a quotation?"
    assert a1 == replace(document.units[0], note=note)
    assert c3 == replace(document.units[2], note="eleven?")
    assert d4 == document.units[3]


def through_office(data: bytes, folder: Path, *kinds: str) -> bytes:
    """What LibreOffice makes of it, converted to these kinds in turn."""
    path = folder / "a.docx"
    path.write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    for kind in kinds:
        out = folder / f"as-{kind}"
        subprocess.run(
            [str(OFFICE), "--headless", profile, "--convert-to", kind, "--outdir", out, path],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        path = out / f"a.{kind}"
    return path.read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kinds", [("docx",), ("odt", "docx")])
def test_ids_marks_and_texts_survive_libreoffice(
    document: Document, tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    nasty = [unit for name in NASTY for unit in _nasty(name).units]
    whole = replace(document, units=(*document.units, *nasty))
    saved = through_office(write_docx(whole), tmp_path, *kinds)
    entries = read_docx(saved, "a.docx")
    assert all(entry.mark for entry in entries)
    new, outcome = applied(whole, entries)
    assert new == whole
    assert outcome == Outcome(unchanged=tuple(u.segment.id for u in whole.units))
    edited = changed(saved, lambda xml: xml.replace(B2, "Edited there."))
    new, outcome = applied(whole, read_docx(edited, "a.docx"))
    assert (new.units[1].target, outcome.taken) == ("Edited there.", ("b2",))


@pytest.mark.slow
@pytest.mark.skipif(None in (OFFICE, PDFTOTEXT), reason="LibreOffice or Poppler is not installed")
def test_libreoffice_shows_no_mark(document: Document, tmp_path: Path) -> None:
    through_office(write_docx(document), tmp_path, "pdf")
    subprocess.run([str(PDFTOTEXT), tmp_path / "as-pdf" / "a.pdf", tmp_path / "a.txt"], check=True)
    shown = (tmp_path / "a.txt").read_text("utf-8")
    assert "North Korean astronaut" in shown
    assert "checked by Mona" in shown
    assert not re.search(r"[0-9a-f]{12}\.translated", shown)


@pytest.mark.slow
@pytest.mark.skipif(PANDOC is None, reason="Pandoc is not installed")
def test_pandoc_sees_one_table_with_a_header(document: Document, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(writer("docx").write(document))
    made = subprocess.run(
        [str(PANDOC), "a.docx", "-t", "html"],
        cwd=tmp_path, check=True, capture_output=True, timeout=60, text=True,
    ).stdout  # fmt: skip
    assert made.count("<table") == 1
    header = [re.sub("<.*?>", "", cell) for cell in re.findall(r"<th\b.*?</th>", made)]
    assert tuple(header) == HEADER
    assert made.count("<tr") == 6


def test_arabic_runs_from_the_right_and_the_page_is_across(document: Document) -> None:
    xml = part(write_docx(document), MAIN)
    for unit, row in zip(document.units, rows(xml)[1:], strict=True):
        cells = re.findall(r"<w:tc>.*?</w:tc>", row)
        assert unit.segment.source in cells[1]
        assert all(
            mark in cells[1] for mark in ("<w:bidi/>", "<w:rtl/>", 'w:hint="cs"', 'w:bidi="ar-SA"')
        )
        assert "<w:bidi/>" not in "".join(cells[:1] + cells[2:])
    assert re.search(r'<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>', xml)
    assert [("tblHeader" in row) for row in rows(xml)] == [True, *[False] * 5]
