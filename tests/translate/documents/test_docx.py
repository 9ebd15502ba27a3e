"""DOCX: runs, links, notes and fields where alignment says; the page turned; what Word would not open refused."""

import io
import re
import zipfile

import pytest
from lxml import etree

from tests.translate.documents.conftest import (
    NAMESPACE,
    SAMPLES,
    docx,
    mirrored,
    paragraph,
    part,
    sample,
    translated,
    zipped,
)
from translate.documents import FORMATS
from translate.errors import FormatError


def xml_of(document: str) -> str:
    return part(translated(docx(document), ".docx")[1], "word/document.xml")


def shown(xml: str) -> str:
    """Text with what stands round it, short."""
    body = re.sub(
        r"<w:lang [^>]*/>|<w:rPr/>|<w:rPr></w:rPr>|<w:t xml:space=\"preserve\">|</?w:t>", "", xml
    )
    return re.sub(r"<w:r>(<w:rPr>(.*?)</w:rPr>)?(.*?)</w:r>", r"[\2\3]", body)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ("<w:r><w:t>وصل الو</w:t></w:r><w:r><w:t>فد</w:t></w:r>", "[w1 w2]"),
        (
            '<w:r><w:t xml:space="preserve">وصل </w:t></w:r><w:r><w:rPr><w:bCs/><w:rtl/></w:rPr><w:t>الوفد</w:t></w:r>'
            "<w:r><w:t> أمس</w:t></w:r>",
            "[w1 ][<w:b/><w:bCs/>w2][ w3]",
        ),
        (
            "<w:r><w:rPr><w:b/><w:rtl/></w:rPr><w:t>وصل</w:t></w:r>",  # bold for Latin letters only
            "[w1]",
        ),
        (
            '<w:r><w:rPr><w:sz w:val="20"/><w:szCs w:val="40"/><w:rtl/></w:rPr><w:t>وصل</w:t></w:r>',
            '[<w:sz w:val="40"/><w:szCs w:val="40"/>w1]',
        ),
        (
            '<w:hyperlink r:id="rId9"><w:r><w:t>وصل</w:t></w:r></w:hyperlink><w:r><w:t> أمس ثم</w:t></w:r>',
            '<w:hyperlink r:id="rId9">[w1]</w:hyperlink>[ w2 w3]',
        ),
        (
            "<w:ins><w:r><w:t>وصل</w:t></w:r></w:ins><w:del><w:r><w:delText>قديم</w:delText></w:r></w:del>",
            "[w1]",
        ),
        (
            '<w:r><w:t>وصل</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve"> أمس ثم</w:t></w:r>',
            '[w1][<w:footnoteReference w:id="2"/>][ w2 w3]',
        ),
        (
            "<w:r><w:t>وصل</w:t><w:br/><w:t>أمس</w:t></w:r>",
            "[w1][<w:br/>][w1]",
        ),
        (
            '<w:bookmarkStart w:id="0" w:name="x"/><w:r><w:t>وصل</w:t></w:r><w:bookmarkEnd w:id="0"/><w:r><w:t> أمس</w:t></w:r>',
            '<w:bookmarkStart w:id="0" w:name="x"/>[w1]<w:bookmarkEnd w:id="0"/>[ w2]',
        ),
    ],
)  # fmt: skip
def test_runs(runs: str, expected: str) -> None:
    assert re.search(r"<w:p>(.*)</w:p>", shown(xml_of(paragraph(runs))))[1] == expected  # type: ignore[index]


def test_the_nasty_document() -> None:
    data = sample(".docx")
    out = translated(data, ".docx")[1]
    document = part(out, "word/document.xml")
    assert not re.search("[\u0621-\u064a]", document)
    assert not re.search(r"<w:(bidi|rtl|bidiVisual|ins|del)[ />]", document)
    for kept in ("footnoteReference", "commentReference", "commentRangeStart", "commentRangeEnd", "bookmarkStart", "bookmarkEnd", "fldChar", "drawing", "tab", "br"):  # fmt: skip
        before = part(data, "word/document.xml")
        assert len(re.findall(rf"<w:{kept}[ />]", document)) == len(
            re.findall(rf"<w:{kept}[ />]", before)
        ), kept
    assert document.count("w1 w2</w:t></w:r></w:p></w:txbxContent>") == 2
    assert "تعليق زميل" in part(out, "word/comments.xml")
    assert "w1" in part(out, "word/footnotes.xml")
    assert "<w:bidi/>" not in part(out, "word/styles.xml")
    assert 'w:val="en-US"' in part(out, "word/styles.xml")


def test_order_of_a_field_stays() -> None:
    root = etree.fromstring(
        part(translated(sample(".docx"), ".docx", mirrored)[1], "word/document.xml").encode()
    )
    name = f"{{{NAMESPACE}}}"
    for one in root.iter(f"{name}p"):
        kinds = [f.get(f"{name}fldCharType") for f in one.iter(f"{name}fldChar")]
        assert kinds == ["begin", "separate", "end"] * (len(kinds) // 3)


@pytest.mark.parametrize(
    ("properties", "left"),
    [
        ("<w:bidi/><w:jc w:val='right'/>", "right"),  # its end, before and after
        ('<w:bidi w:val="0"/><w:jc w:val="right"/>', "left"),  # only looked like Arabic
        ("<w:jc w:val='right'/>", "right"),  # the default style is right-to-left
        ("<w:bidi/><w:jc w:val='center'/>", "center"),
    ],
)
def test_alignment(properties: str, left: str) -> None:
    out = xml_of(paragraph(f"<w:pPr>{properties}</w:pPr><w:r><w:t>نص</w:t></w:r>"))
    assert re.search('<w:jc w:val="(.*?)"', out)[1] == left  # type: ignore[index]


@pytest.mark.parametrize("name", ["pandoc.docx", "libreoffice.docx"])
def test_files_of_other_programs(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    out = translated(data, ".docx")[1]
    with pytest.raises(FormatError, match="no Arabic text"):
        FORMATS[".docx"].read(out, "x")
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(out)) as new:
        assert new.testzip() is None
        assert new.namelist() == old.namelist()
        for part_name in new.namelist():
            if part_name.endswith((".xml", ".rels")):
                etree.fromstring(new.read(part_name))


def refused(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        FORMATS[".docx"].read(data, "letter.docx")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_hostile_files() -> None:
    assert "would be" in refused(zipped({"word/document.xml": b"0" * 40_000_000}))
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document xmlns:w="w">&b;</w:document>'
    assert "DOCTYPE" in refused(docx(bomb))
    assert "password" in refused(b"\xd0\xcf\x11\xe0" + bytes(600))
    assert "no [Content_Types].xml" in refused(zipped({"a": b"x"}))
    assert "broken" in refused(docx("<w:document"))
    deep = "<w:smartTag>" * 400 + "<w:r><w:t>نص</w:t></w:r>" + "</w:smartTag>" * 400
    assert refused(docx(paragraph(deep)))
    flipped = bytearray(sample(".docx"))
    flipped[flipped.index(b"word/document.xml") + 200] ^= 0xFF
    assert refused(bytes(flipped))


def test_a_large_document() -> None:
    body = "<w:p><w:r><w:t>نص من كلمات</w:t></w:r></w:p>" * 3000
    document = f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>'
    assert len(translated(docx(document), ".docx")[0]) == 3001
