"""DOCX (ECMA-376 WordprocessingML): paragraphs of the text, its notes, headers and footers.

A paragraph is rebuilt from its translation: runs that differ from most of it in formatting become runs again, where
alignment says. Arabic runs take their formatting from properties of their own (w:bCs, w:szCs), which English
doesn't look at: they are carried over to w:b, w:sz. The page is turned from right-to-left to left-to-right.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache, partial

from lxml import etree

from glossary.markup import namespace_of
from translate.documents.flow import Builder, Element, Flow, Handle, Piece, merged
from translate.markup import Block
from translate.office.package import Package, serialised
from translate.office.wordml import (
    SHELLS,
    THROUGH,
    child_of,
    is_on,
    name_of,
    text_parts,
    value_of,
)

_DROPPED = frozenset(["del", "moveFrom", "proofErr", "delText", "delInstrText", "instrText"])
_STARTS = {
    "bookmarkStart": "bookmarkEnd",
    "commentRangeStart": "commentRangeEnd",
    "permStart": "permEnd",
}
_ENDS = {end: start for start, end in _STARTS.items()}
_OURS = {"b": "bCs", "i": "iCs", "sz": "szCs"}  # what English reads -> what Arabic reads
_AFTER_LANG = frozenset(["eastAsianLayout", "specVanish", "oMath"])
_ARABIC = re.compile("[\u0600-\u08ff\ufb50-\ufefc]")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def read(data: bytes, path: str) -> list[Block]:
    """The paragraphs with Arabic in them."""
    package = Package(data, path, "DOCX")
    return [
        piece.block
        for name in text_parts(package, path)
        for paragraph in _paragraphs(package.root(name))
        for piece in paragraph.pieces
        if piece.is_arabic
    ]


def write(data: bytes, blocks: Sequence[Block]) -> bytes:
    """The document with these paragraphs, left to right and in English."""
    package = Package(data, "", "DOCX")
    rest, parts = iter(blocks), {}
    for name in text_parts(package, ""):
        root = package.root(name)
        for paragraph in list(_paragraphs(root)):
            paragraph.replace(rest)
        _turn(root, _right_to_left_styles(package))
        parts[name] = serialised(root)
    for name in package.names:
        if re.fullmatch(r"word/(styles|numbering)\.xml", name):
            root = package.root(name)
            _turn(root, frozenset())
            _default_language(root)
            parts[name] = serialised(root)
    return package.with_parts(parts)


# Paragraphs


@dataclass(frozen=True, slots=True)
class _Paragraph:
    element: Element
    flow: Flow
    pieces: list[Piece]

    def replace(self, blocks: Iterator[Block]) -> None:
        """Rebuild it, if anything in it is translated."""
        if not any(piece.is_arabic for piece in self.pieces):
            return
        for child in list(self.element):
            if name_of(child) != "pPr":
                self.element.remove(child)
        Builder(self.flow, self.element, _append_run, _shell).build(
            self.pieces, merged(self.pieces, blocks)
        )


def _paragraphs(root: Element) -> Iterator[_Paragraph]:
    for element in root.iter():
        if name_of(element) == "p":
            flow = Flow()
            _Reader(flow).children(element)
            yield _Paragraph(element, flow, flow.pieces())


class _Reader:
    """Tells a flow what is in a paragraph."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def children(self, element: Element) -> None:
        """All content of a paragraph, a link or the like; fields that begin and end in it are one."""
        run_on: list[Element] = []
        for child in element:
            name = name_of(child)
            if name in _DROPPED or name in (
                "pPr",
                "sdtPr",
                "sdtEndPr",
                "smartTagPr",
                "customXmlPr",
            ):
                continue
            if name == "r" and _tracks_field(child, run_on):
                run_on.append(child)
                continue
            if run_on:
                self._field(run_on)
                run_on = []
            if name in THROUGH or name == "sdtContent":
                self.children(child)
            elif name in SHELLS:
                self.flow.open(Handle("shell", child))
                self.children(child)
                self.flow.close()
            elif name == "r":
                self.run(child)
            elif name in _STARTS:
                self.flow.start(f"{name} {value_of(child, 'id')}", child)
            elif name in _ENDS:
                self.flow.end(f"{_ENDS[name]} {value_of(child, 'id')}", child)
            else:
                self.flow.object(child)
        if run_on:
            self._field(run_on)

    def _field(self, runs: Sequence[Element]) -> None:
        """Runs from a field's begin to its end, or to the end of the line."""
        whole = _depth(runs) == 0
        head = next((n for n, run in enumerate(runs) if _has(run, "separate")), None)
        if not whole or head is None or _depth(runs[1:-1], nested=True):
            for run in runs:
                self.run(run, keep_fields=True)
            return
        self.flow.open(Handle("field", tuple(runs[: head + 1]), (runs[-1],)))
        for run in runs[head + 1 : -1]:
            self.run(run, keep_fields=True)
        self.flow.close()

    def run(self, run: Element, *, keep_fields: bool = True) -> None:
        """The content of a run."""
        properties = child_of(run, "rPr")
        text = "".join(c.text or "" for c in run if name_of(c) == "t")
        style = _style(properties, bool(_ARABIC.search(text)))
        for child in list(run):
            name = name_of(child)
            if name == "t":
                self.flow.text(child.text or "", style)
            elif name == "noBreakHyphen":
                self.flow.text("-", style)
            elif name == "tab":
                self.flow.text(" ", style)
                self.flow.object(partial(_alone, run, child))
            elif name in ("br", "cr"):
                self.flow.stop(partial(_alone, run, child))
            elif name in ("rPr", "softHyphen", "lastRenderedPageBreak", "delText", "delInstrText"):
                pass
            else:
                self.flow.object(partial(_alone, run, child))


def _tracks_field(run: Element, before: Sequence[Element]) -> bool:
    """Whether the run begins a field or stands in one that is open."""
    return bool(before and _depth(before)) or _has(run, "begin")


def _has(run: Element, kind: str) -> bool:
    return any(name_of(c) == "fldChar" and value_of(c, "fldCharType") == kind for c in run)


def _depth(runs: Sequence[Element], *, nested: bool = False) -> int:
    """Fields open after these runs; with `nested`, fields that begin in them."""
    begins = sum(_has(run, "begin") for run in runs)
    return begins if nested else begins - sum(_has(run, "end") for run in runs)


def _alone(run: Element, child: Element) -> Element:
    """A run with nothing but this in it: the thing itself, since paragraphs may be in it, too."""
    alone = etree.Element(run.tag)
    properties = child_of(run, "rPr")
    if properties is not None:
        alone.append(deepcopy(properties))
    alone.append(child)
    return alone


def _style(properties: Element, arabic: bool) -> bytes | None:
    """A run's properties for English, written out, so that equal ones are equal."""
    if properties is None:
        return None
    return _english_style(etree.tostring(properties, with_tail=False), arabic)


@lru_cache(maxsize=4096)  # a document has few
def _english_style(properties: bytes, arabic: bool) -> bytes | None:
    ours = _parsed(properties)
    _turn_run(ours, arabic=arabic)
    for child in list(ours):
        if name_of(child) in ("lang", "rPrChange", "noProof", "ins", "del", "moveFrom", "moveTo"):
            ours.remove(child)
        elif name_of(child) == "rFonts":
            child.attrib.pop(f"{{{namespace_of(child)}}}hint", None)
            if not child.attrib:
                ours.remove(child)
    return etree.tostring(ours, method="c14n") if len(ours) else None


def _append_run(parent: Element, text: str, style: bytes | None) -> None:
    namespace = namespace_of(parent)
    run = etree.SubElement(parent, f"{{{namespace}}}r")
    properties = etree.SubElement(run, f"{{{namespace}}}rPr") if style is None else _parsed(style)
    run.append(properties)
    _set_language(properties)
    content = etree.SubElement(run, f"{{{namespace}}}t")
    content.text = text
    content.set(_SPACE, "preserve")


def _parsed(style: bytes) -> Element:
    return etree.fromstring(style, etree.XMLParser(resolve_entities=False, no_network=True))


def _shell(element: Element) -> tuple[Element, Element]:
    """A link or a control without its content, and where new content goes."""
    outer = etree.Element(element.tag, element.attrib, nsmap=element.nsmap)
    for child in element:
        if name_of(child) in ("sdtPr", "sdtEndPr"):
            outer.append(deepcopy(child))
    if name_of(element) != "sdt":
        return outer, outer
    return outer, etree.SubElement(outer, f"{{{namespace_of(element)}}}sdtContent")


# Direction and language


def _turn(root: Element, styles: frozenset[str]) -> None:
    """From right-to-left to left-to-right. `styles` are those of paragraphs that are right-to-left."""
    for element in list(root.iter()):
        name = name_of(element)
        if name == "pPr":
            _turn_paragraph(element, styles)
        elif name == "rPr":
            _turn_run(element, arabic=False)
        elif name in ("sectPr", "tblPr"):
            for child in list(element):
                if name_of(child) in ("bidi", "bidiVisual", "rtlGutter"):
                    element.remove(child)


def _turn_paragraph(properties: Element, styles: frozenset[str]) -> None:
    """In a right-to-left paragraph, left and right mean its begin and its end already."""
    bidi, jc, style = (child_of(properties, name) for name in ("bidi", "jc", "pStyle"))
    named = "" if style is None else value_of(style) or ""
    was_turned = is_on(bidi) if bidi is not None else named in styles
    if bidi is not None:
        properties.remove(bidi)
    if jc is not None and not was_turned and value_of(jc) == "right":
        jc.set(f"{{{namespace_of(jc)}}}val", "left")


def _turn_run(properties: Element, *, arabic: bool) -> None:
    turned = child_of(properties, "rtl")
    if is_on(turned) or arabic:
        for ours, theirs in _OURS.items():
            there, here = child_of(properties, theirs), child_of(properties, ours)
            if there is None and not is_on(turned):
                continue
            if here is not None:
                properties.remove(here)
            if there is not None:
                new = etree.Element(f"{{{namespace_of(there)}}}{ours}", there.attrib)
                there.addprevious(new)
    for name in ("rtl", "cs"):
        element = child_of(properties, name)
        if element is not None:
            properties.remove(element)


def _set_language(properties: Element) -> None:
    language = child_of(properties, "lang")
    if language is None:
        language = etree.Element(f"{{{namespace_of(properties)}}}lang")
        later = next((c for c in properties if name_of(c) in _AFTER_LANG), None)
        if later is None:
            properties.append(language)
        else:
            later.addprevious(language)
    language.set(f"{{{namespace_of(properties)}}}val", "en-US")


def _default_language(root: Element) -> None:
    for element in root.iter():
        if name_of(element) == "rPrDefault":
            properties = child_of(element, "rPr")
            if properties is not None:
                _set_language(properties)


def _right_to_left_styles(package: Package) -> frozenset[str]:
    """Names of paragraph styles that are right-to-left, by themselves or by what they are based on; "" for a
    paragraph without a style."""
    if "word/styles.xml" not in package.names:
        return frozenset()
    own: dict[str, bool | None] = {}
    based: dict[str, str] = {}
    normal = ""
    default = False
    for style in package.root("word/styles.xml").iter():
        if name_of(style) == "pPrDefault":
            properties = child_of(style, "pPr")
            default = properties is not None and is_on(child_of(properties, "bidi"))
        if name_of(style) != "style" or value_of(style, "type") != "paragraph":
            continue
        name, properties, base = (
            value_of(style, "styleId") or "",
            child_of(style, "pPr"),
            child_of(style, "basedOn"),
        )
        bidi = None if properties is None else child_of(properties, "bidi")
        own[name] = None if bidi is None else is_on(bidi)
        based[name] = "" if base is None else value_of(base) or ""
        if value_of(style, "default") in ("1", "true", "on"):
            normal = name

    def turned(name: str) -> bool:
        for _ in range(len(own) + 1):  # based on itself
            if name not in own:
                break
            mine = own[name]
            if mine is not None:
                return mine
            name = based[name]
        return default

    return frozenset(name for name in own if turned(name)) | (
        frozenset({""}) if turned(normal) else frozenset()
    )
