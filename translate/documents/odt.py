"""ODT (OpenDocument text): paragraphs and headings of the text, its notes, text boxes, headers and footers.

Spans that differ only in what nobody sees (LibreOffice cuts words at every edit) count as one. Arabic takes its
weight, slant and size from properties of its own, which English doesn't look at: they are carried over. Tracked
insertions are read, deletions dropped; comments stay as they are.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import partial

from lxml import etree

from translate.documents.flow import Builder, Element, Flow, Handle, Piece, merged
from translate.errors import FormatError
from translate.markup import Block
from translate.office.package import Package, serialised

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
TEXT, OFFICE, STYLE = (f"{{{_OASIS}:{name}:1.0}}" for name in ("text", "office", "style"))
FO = f"{{{_OASIS}:xsl-fo-compatible:1.0}}"
_PARAGRAPHS = frozenset({f"{TEXT}p", f"{TEXT}h"})
_APART = frozenset({f"{TEXT}tracked-changes", f"{OFFICE}annotation"})  # paragraphs there are none
_DROPPED = frozenset(
    f"{TEXT}{name}" for name in ("soft-page-break", "change", "change-start", "change-end")
)
_SHELLS = frozenset({f"{TEXT}a", f"{TEXT}ruby", f"{TEXT}ruby-base"})
_THROUGH = frozenset({f"{TEXT}meta", f"{TEXT}meta-field"})
_COMPLEX = (
    ("font-weight-complex", "font-weight"),
    ("font-style-complex", "font-style"),
    ("font-size-complex", "font-size"),
)
_TURNED = {"end": "start", "right": "left"}

Style = tuple[str, ...]  # names of the spans round a text


def read(data: bytes, path: str) -> list[Block]:
    """The paragraphs with Arabic in them."""
    package = _package(data, path)
    return [
        piece.block
        for name in _parts(package)
        for _, _, pieces in _paragraphs(package.root(name))
        for piece in pieces
        if piece.is_arabic
    ]


def write(data: bytes, blocks: Sequence[Block]) -> bytes:
    """The document with these paragraphs, left to right and in English."""
    package = _package(data, "")
    rest, parts = iter(blocks), {}
    for name in _parts(package):
        root = package.root(name)
        for element, flow, pieces in list(_paragraphs(root)):
            if any(piece.is_arabic for piece in pieces):
                _clear(element)
                Builder(flow, element, _append_text, _shell).build(pieces, merged(pieces, rest))
        _accept(root)
        _turn(root)
        parts[name] = serialised(root)
    return package.with_parts(parts)


def _package(data: bytes, path: str) -> Package:
    package = Package(data, path, "ODT")
    if "META-INF/manifest.xml" in package.names:
        manifest = package.root("META-INF/manifest.xml")
        if any(
            isinstance(e.tag, str) and e.tag.endswith("}encryption-data") for e in manifest.iter()
        ):
            raise FormatError(
                "the ODT file is protected by a password; open it and save it without", path=path
            )
    if package.root("content.xml").find(f"{OFFICE}body/{OFFICE}text") is None:
        raise FormatError("the ODT file holds no text document; is it another kind?", path=path)
    return package


def _parts(package: Package) -> list[str]:
    """The text first, then headers and footers, which stand with the styles."""
    return [name for name in ("content.xml", "styles.xml") if name in package.names]


def _paragraphs(root: Element) -> Iterator[tuple[Element, Flow, list[Piece]]]:
    styles = _same_styles(root)
    for element in list(root.iter(*_PARAGRAPHS)):
        if not any(outer.tag in _APART for outer in element.iterancestors()):
            flow = Flow()
            _content(element, flow, (), styles)
            yield element, flow, flow.pieces()


def _content(element: Element, flow: Flow, style: Style, styles: dict[str, str]) -> None:
    """Tell the flow what is in an element."""
    flow.text(element.text or "", style or None)
    for child in element:
        _child(child, flow, style, styles)
        flow.text(child.tail or "", style or None)


def _child(child: Element, flow: Flow, style: Style, styles: dict[str, str]) -> None:
    tag = child.tag
    if tag == f"{TEXT}span":
        named = child.get(f"{TEXT}style-name", "")
        same = styles.get(named, named)
        _content(child, flow, (*style, same) if same else style, styles)
    elif tag in _SHELLS:
        flow.open(Handle("shell", child))
        _content(child, flow, (), styles)
        flow.close()
    elif tag in _THROUGH:
        _content(child, flow, style, styles)
    elif tag == f"{TEXT}s":
        flow.text(" ", style or None)
    elif tag == f"{TEXT}tab":
        flow.text(" ", style or None)
        flow.object(partial(_bare, child))
    elif tag == f"{TEXT}line-break":
        flow.stop(partial(_bare, child))
    elif tag in _DROPPED:
        pass
    elif isinstance(tag, str) and tag.endswith(("-start", "-end")) and child.get(f"{TEXT}name"):
        tell = flow.start if tag.endswith("-start") else flow.end
        tell(tag.rpartition("-")[0] + child.get(f"{TEXT}name"), partial(_bare, child))
    elif tag == f"{OFFICE}annotation" and child.get(f"{OFFICE}name"):
        flow.start("annotation " + child.get(f"{OFFICE}name"), partial(_bare, child))
    elif tag == f"{OFFICE}annotation-end":
        flow.end("annotation " + child.get(f"{OFFICE}name", ""), partial(_bare, child))
    else:
        flow.object(partial(_bare, child))


def _bare(element: Element) -> Element:
    """The element without the text after it."""
    element.tail = None
    return element


def _clear(element: Element) -> None:
    element.text = None
    for child in list(element):
        tail, child.tail = child.tail, None
        element.remove(child)
        child.tail = tail  # read already; `_bare` takes it off


def _shell(element: Element) -> tuple[Element, Element]:
    outer = etree.Element(element.tag, element.attrib, nsmap=element.nsmap)
    return outer, outer


def _append_text(parent: Element, text: str, style: Style | None) -> None:
    for name in style or ():
        parent = etree.SubElement(parent, f"{TEXT}span", {f"{TEXT}style-name": name})
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _same_styles(root: Element) -> dict[str, str]:
    """Name of an automatic text style -> the first that looks the same in English; empty if like none."""
    first: dict[bytes, str] = {}
    names: dict[str, str] = {}
    for style in root.iter(f"{STYLE}style"):
        if style.get(f"{STYLE}family") != "text" or not _is_automatic(style):
            continue
        name = style.get(f"{STYLE}name", "")
        look = deepcopy(style)
        look.tail = None
        look.attrib.pop(f"{STYLE}name", None)
        for properties in list(look):
            _turn_text(properties)
            for key in list(properties.attrib):
                if "rsid" in key or "language" in key or "country" in key or "script" in key:
                    del properties.attrib[key]
            if not properties.attrib and not len(properties):
                look.remove(properties)
        plain = not len(look) and not look.get(f"{STYLE}parent-style-name")
        names[name] = "" if plain else first.setdefault(etree.tostring(look, method="c14n"), name)
    return names


def _is_automatic(style: Element) -> bool:
    parent = style.getparent()
    return parent is not None and parent.tag == f"{OFFICE}automatic-styles"


def _accept(root: Element) -> None:
    """What was deleted and who inserted what is left to the original."""
    for tag in (f"{TEXT}tracked-changes", *_DROPPED):
        for element in list(root.iter(tag)):
            parent, tail = element.getparent(), element.tail or ""
            before = element.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                parent.text = (parent.text or "") + tail
            parent.remove(element)


def _turn(root: Element) -> None:
    """From right-to-left to left-to-right."""
    for element in root.iter(f"{STYLE}*"):
        mode = element.get(f"{STYLE}writing-mode", "")
        if mode.startswith("rl"):
            element.set(f"{STYLE}writing-mode", "lr-tb")
        align = element.get(f"{FO}text-align")
        if align in _TURNED:
            element.set(f"{FO}text-align", _TURNED[align])
        if element.tag == f"{STYLE}text-properties":
            _turn_text(element)


def _turn_text(properties: Element) -> None:
    for theirs, ours in _COMPLEX:
        value = properties.get(f"{STYLE}{theirs}")
        if value is not None:
            properties.set(f"{FO}{ours}", value)
    if properties.get(f"{FO}language") or properties.get(f"{STYLE}language-complex"):
        properties.set(f"{FO}language", "en")
        properties.set(f"{FO}country", "US")
