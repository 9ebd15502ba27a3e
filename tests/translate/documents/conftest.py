"""Every format of the registry with a nasty sample, and a translation that can be read back."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from translate.align import words
from translate.documents import FORMATS
from translate.documents.carry import carry
from translate.markup import Block
from translate.segment import segment
from translate.types import Alignment, TranslationUnit

SAMPLES = Path(__file__).parents[2] / "data" / "documents"


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{WORD}.styles+xml"/>
<Override PartName="/word/comments.xml" ContentType="{WORD}.comments+xml"/>
<Override PartName="/word/footnotes.xml" ContentType="{WORD}.footnotes+xml"/></Types>"""
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
STYLES = f"""<w:styles xmlns:w="{NAMESPACE}"><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="ar-SA" w:bidi="ar-SA"/>
</w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>
<w:pPr><w:bidi/></w:pPr><w:rPr><w:rtl/></w:rPr></w:style></w:styles>"""
FOOTNOTES = f"""<w:footnotes xmlns:w="{NAMESPACE}"><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p>
</w:footnote><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> حاشية عن موسكو.</w:t></w:r></w:p>
</w:footnote></w:footnotes>"""
COMMENTS = f"""<w:comments xmlns:w="{NAMESPACE}"><w:comment w:id="1" w:author="A"><w:p><w:r><w:t>تعليق زميل</w:t></w:r></w:p>
</w:comment></w:comments>"""


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def docx(document: str, **more: str) -> bytes:
    kinds = ("styles", "footnotes", "comments")
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": RELS.format(
                f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>'
            ),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": RELS.format(
                f'<Relationship Id="rId9" Type="{RELATIONS}/hyperlink" Target="http://x/" TargetMode="External"/>'
                + "".join(
                    f'<Relationship Id="{k}" Type="{RELATIONS}/{k}" Target="{k}.xml"/>'
                    for k in kinds
                )
            ),
            "word/styles.xml": STYLES,
            "word/footnotes.xml": FOOTNOTES,
            "word/comments.xml": COMMENTS,
            **more,
        }
    )


ODT = "application/vnd.oasis.opendocument.text"
MANIFEST = f"""<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


def odt(content: str) -> bytes:
    return zipped({"mimetype": ODT, "content.xml": content, "META-INF/manifest.xml": MANIFEST})


def paragraph(inner: str) -> str:
    return (
        f'<w:document xmlns:w="{NAMESPACE}" xmlns:r="{RELATIONS}"><w:body><w:p>{inner}</w:p>'
        "</w:body></w:document>"
    )


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return package.read(name).decode()


def sample(suffix: str) -> bytes:
    if suffix == ".docx":
        return docx((SAMPLES / "nasty.docx.xml").read_text("utf-8"))
    if suffix == ".odt":
        return odt((SAMPLES / "nasty.odt.xml").read_text("utf-8"))
    return (SAMPLES / f"nasty{suffix}").read_bytes()


def mirrored(text: str) -> tuple[str, Alignment]:
    """The words in reverse, still Arabic, with their alignment."""
    ours = words(text)
    target = " ".join(word.of(text) for word in reversed(ours))
    links = tuple((len(ours) - 1 - j, j) for j in range(len(ours)))
    return target, Alignment(source_words=ours, target_words=words(target), links=links)


def numbered(text: str) -> tuple[str, Alignment | None]:
    """English with a word for a word."""
    return " ".join(f"w{n}" for n in range(1, len(text.split()) + 1)), None


def translated(
    data: bytes, suffix: str, how: Callable[[str], tuple[str, Alignment | None]] = numbered
) -> tuple[tuple[Block, ...], bytes]:
    """The blocks in the translation, and the file."""
    kind = FORMATS[suffix]
    source = kind.read(data, f"nasty{suffix}")
    segments, _ = segment(source.text)
    units = []
    for one in segments:
        target, alignment = how(one.source)
        units.append(TranslationUnit(segment=one, target=target, alignment=alignment))
    blocks = carry(source.blocks, units, "nasty")
    return blocks, kind.write(data, blocks)
