"""Bilingual DOCX (ECMA-376), for colleagues who review in a word processor: one table, one row a segment.

The first cell holds the segment's id and, in hidden text, the mark of the export: hidden text is what Word and
LibreOffice both keep. The columns English and Note come back, as if every tracked change were accepted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from glossary.markup import block, escaped, tag
from translate.formats.report import state_and_origin
from translate.formats.returned import Returned, hashed_lines, mark_of, read_mark, remarks_of
from translate.formats.xliff import decoded_id, encoded_id
from translate.office.package import Element, Package, packed
from translate.office.wordml import (
    SHELLS,
    THROUGH,
    W,
    child_of,
    name_of,
    parts_of,
    text_parts,
    value_of,
)
from translate.types import Document, Severity, TranslationUnit

HEADER = ("Segment", "Arabic", "English", "Note", "Remarks")
_WIDTHS = (1000, 5000, 5000, 1900, 2238)  # twentieths of a point; A4 across without its margins
_HOW = (
    "Change the English; say more in Note or in a comment. Tracked changes count as accepted. The other "
    "columns are for reading only."
)
_COLOURS: dict[Severity, str] = {"error": "B00020", "warning": "7A5200", "info": "505050"}

# What a run can't hold or LibreOffice uses for itself is written `‹U+0007›`, and so is a `‹` that would be read
# as the beginning of that. Not `_x0007_`, which is Office's own way: LibreOffice writes that otherwise than it reads.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufff0-\ufffc\ufffe\uffff]"
    r"|‹(?=U\+[0-9A-F]{4}›)"
)
_CODED = re.compile(r"‹U\+([0-9A-F]{4})›")

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
_TYPES = f"""{_XML}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="{_RELATIONSHIPS}"/>
<Override PartName="/word/document.xml" ContentType="{_KIND}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_KIND}.styles+xml"/>
<Override PartName="/word/settings.xml" ContentType="{_KIND}.settings+xml"/>
</Types>
"""
_ROOT = f"""{_XML}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>
</Relationships>
"""
_PARTS = f"""{_XML}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/settings" Target="settings.xml"/>
</Relationships>
"""
_SETTINGS = f"""{_XML}<w:settings xmlns:w="{W}"><w:compat>
<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
</w:compat></w:settings>
"""
_STYLES = f"""{_XML}<w:styles xmlns:w="{W}">
<w:docDefaults>
<w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>\
<w:sz w:val="20"/><w:szCs w:val="26"/><w:lang w:val="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
<w:pPrDefault><w:pPr><w:spacing w:before="40" w:after="40"/></w:pPr></w:pPrDefault>
</w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>\
<w:rPr><w:b/><w:bCs/><w:sz w:val="28"/><w:szCs w:val="32"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Small"><w:name w:val="Small"/><w:basedOn w:val="Normal"/>\
<w:rPr><w:color w:val="505050"/><w:sz w:val="16"/><w:szCs w:val="20"/></w:rPr></w:style>
</w:styles>
"""

_NO_PROOF = tag("w:noProof", {})
_HIDDEN = tag("w:vanish", {})
_ARABIC_FONT = tag("w:rFonts", {"w:hint": "cs"})
_RIGHT_TO_LEFT = tag("w:rtl", {}) + tag("w:lang", {"w:bidi": "ar-SA"})
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")
_LINE = {"w:val": "single", "w:sz": "4", "w:space": "0", "w:color": "B0B0B0"}
_PADDING = {"w:w": "100", "w:type": "dxa"}
_TABLE = tag(
    "w:tblPr",
    {},
    tag("w:tblW", {"w:w": str(sum(_WIDTHS)), "w:type": "dxa"}),
    tag("w:tblBorders", {}, *(tag(f"w:{side}", _LINE) for side in _BORDERS)),
    tag("w:tblLayout", {"w:type": "fixed"}),
    tag("w:tblCellMar", {}, *(tag(f"w:{side}", _PADDING) for side in ("left", "right"))),
)
_GRID = tag("w:tblGrid", {}, *(tag("w:gridCol", {"w:w": str(width)}) for width in _WIDTHS))
_MARGINS = {f"w:{side}": "850" for side in ("top", "right", "bottom", "left")}
_SECTION = tag(
    "w:sectPr",
    {},
    tag("w:pgSz", {"w:w": "16838", "w:h": "11906", "w:orient": "landscape"}),
    tag("w:pgMar", _MARGINS | {"w:header": "400", "w:footer": "400", "w:gutter": "0"}),
)
_BETWEEN = {"\t": tag("w:tab", {}), "\n": tag("w:br", {})}


def write_docx(document: Document) -> bytes:
    """The DOCX of a document."""
    return packed(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _ROOT,
            "word/_rels/document.xml.rels": _PARTS,
            "word/document.xml": _document(document),
            "word/settings.xml": _SETTINGS,
            "word/styles.xml": _STYLES,
        }
    )


def _document(document: Document) -> str:
    provenance = document.provenance
    made = {
        "model": provenance.model,
        "engine": provenance.engine,
        "termbase": provenance.glossary,
        "Dragoman": provenance.version,
    }
    by = ", ".join(f"{name} {value}" for name, value in made.items() if value)
    rows = [_header(), *map(_row, document.units)]
    body = [
        _paragraph(_run(document.name), style="Heading1"),
        _paragraph(_run(_HOW), style="Small"),
        _paragraph(_run(by), style="Small"),
        block("w:tbl", {}, [_TABLE, _GRID, *rows]),
        _paragraph(),  # Word wants one after a table
        _SECTION,
    ]
    root = {"xmlns:w": W}
    return _XML + block("w:document", root, [block("w:body", {}, body)]) + "\n"


def _row(unit: TranslationUnit) -> str:
    name, mark = encoded_id(unit.segment.id), str(mark_of(unit))
    cells = (
        _paragraph(_run(name, _NO_PROOF), _run(f" {mark}", _NO_PROOF, _HIDDEN), style="Small"),
        _paragraph(_run(unit.segment.source, _ARABIC_FONT, _RIGHT_TO_LEFT), right_to_left=True),
        _paragraph(_run(unit.target, tag("w:lang", {"w:val": "en-US"}))),
        _paragraph(_run(unit.note), style="Small"),
        "".join(_remarks(unit)),
    )
    return _table_row(cells, tag("w:cantSplit", {}))


def _remarks(unit: TranslationUnit) -> Iterator[str]:
    yield _paragraph(_run(state_and_origin(unit)), style="Small")
    for severity, line in remarks_of(unit):
        colour = tag("w:color", {"w:val": _COLOURS[severity]})
        yield _paragraph(_run(line, colour), style="Small")
    if unit.elsewhere:
        yield _paragraph(_run(f"another version, undecided: {unit.elsewhere}"), style="Small")


def _header() -> str:
    cells = [_paragraph(_run(name, tag("w:b", {})), style="Small") for name in HEADER]
    return _table_row(cells, tag("w:cantSplit", {}), tag("w:tblHeader", {}), fill="E8E8E8")


def _table_row(cells: Iterable[str], *properties: str, fill: str = "") -> str:
    shade = tag("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill}) if fill else ""
    row = [tag("w:trPr", {}, *properties)]
    for width, content in zip(_WIDTHS, cells, strict=True):
        size = tag("w:tcW", {"w:w": str(width), "w:type": "dxa"})
        row.append(tag("w:tc", {}, tag("w:tcPr", {}, size, shade), content))
    return block("w:tr", {}, row)


def _paragraph(*runs: str, style: str = "", right_to_left: bool = False) -> str:
    properties = tag("w:pStyle", {"w:val": style}) if style else ""
    properties += tag("w:bidi", {}) if right_to_left else ""
    return tag("w:p", {}, tag("w:pPr", {}, properties) if properties else "", *runs)


def _run(text: str, *properties: str) -> str:
    """Text as a run, none for none. `properties` are in the order of the schema."""
    if not text:
        return ""
    content = [
        _BETWEEN.get(piece) or tag("w:t", {"xml:space": "preserve"}, escaped(_coded(piece)))
        for piece in re.split("([\t\n])", text)
        if piece
    ]
    return tag("w:r", {}, tag("w:rPr", {}, *properties) if properties else "", *content)


def _coded(text: str) -> str:
    return _UNFIT.sub(lambda found: f"‹U+{ord(found[0]):04X}›", text)


def _decoded(text: str) -> str:
    return _CODED.sub(lambda found: chr(int(found[1], 16)), text)


# Reading

_HOLDERS = frozenset(["body", "tbl", "tr", "tc", "sdt", "sdtContent", "customXml"])
_CHARACTERS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
    "sym": "\ufffd",
}


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[str, ...]
    comments: tuple[str, ...]


def read_docx(data: bytes, path: str) -> tuple[Returned, ...]:
    """The rows of all tables but for headers and empty ones, in order. Raises FormatError."""
    package = Package(data, path, "DOCX")
    root = package.root(text_parts(package, path)[0])
    comments = _comments(package)
    rows = [_read_row(row, comments) for row in _within(root, "tr") if not _is_deleted(row, "trPr")]
    return tuple(
        _returned(row, number)
        for number, row in enumerate(rows, 1)
        if any(map(str.strip, row.cells)) and row.cells[:3] != HEADER[:3]
    )


def _read_row(row: Element, comments: Mapping[str, str]) -> _Row:
    named = (value_of(e, "id") or "" for e in row.iter() if name_of(e) == "commentReference")
    return _Row(
        cells=tuple(map(_text, _within(row, "tc"))),
        comments=tuple(comments[name] for name in named if name in comments),
    )


def _returned(row: _Row, number: int) -> Returned:
    first, source, target, note, *_ = (*row.cells, "", "", "", "")
    name, _, hidden = first.partition(" ")
    mark = read_mark(hidden)
    changed = mark is not None and hashed_lines(target) != mark.target
    return Returned(
        id=decoded_id(name),
        source=source,
        target=target,
        state="reviewed" if changed else None,
        note="\n".join([note, *row.comments]).strip("\n"),
        mark=mark,
        place=f"row {number}",
    )


def _comments(package: Package) -> dict[str, str]:
    """By id, who says what."""
    found = {}
    for part in parts_of(package, "comments"):
        for comment in package.root(part):
            author, text = value_of(comment, "author"), _text(comment)
            found[value_of(comment, "id") or ""] = f"{author}: {text}" if author else text
    return found


def _within(element: Element, name: str) -> Iterator[Element]:
    """The rows, cells or paragraphs in it, not those in one another."""
    for child in element:
        if name_of(child) == name:
            yield child
        elif name_of(child) in _HOLDERS:
            yield from _within(child, name)


def _is_deleted(element: Element, properties: str) -> bool:
    """Whether the row, or the end of a paragraph, is deleted by a tracked change."""
    found = child_of(element, properties)
    return found is not None and child_of(found, "del") is not None


def _text(element: Element) -> str:
    """The text of a cell or comment, a line each paragraph; empty ones round it are no part of it."""
    lines: list[str] = []
    goes_on = False
    for paragraph in _within(element, "p"):
        text = _decoded("".join(_inline(paragraph)))
        if goes_on:
            lines[-1] += text
        else:
            lines.append(text)
        properties = child_of(paragraph, "pPr")
        goes_on = properties is not None and _is_deleted(properties, "rPr")
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return "\n".join(lines)


def _inline(element: Element) -> Iterator[str]:
    for child in element:
        name = name_of(child)
        if name == "r":
            yield from map(_character, child)
        elif name in THROUGH or name in SHELLS or name == "sdtContent":
            yield from _inline(child)


def _character(child: Element) -> str:
    """What of a run is text. A character of a symbol font leaves a mark that something is missing."""
    name = name_of(child)
    if name == "t":
        return child.text or ""
    if name == "br" and value_of(child, "type") in ("page", "column"):
        return ""
    return _CHARACTERS.get(name, "")
