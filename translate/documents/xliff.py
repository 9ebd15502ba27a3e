"""XLIFF of other programs, 1.2 and 2.0 to 2.2: segments from Arabic without a translation get one.

Wanted are segments that may be translated and whose target is missing, empty or a copy of the source; a target
with other words is somebody's work and stays. Inline codes (`g`, `pc`, `x`, `ph` and the like) are marks, a code
that ends a range goes with the one that begins it. Where `seg-source` cuts a source of 1.2, each part of it is
translated alone, and the target is cut alike.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import partial

from lxml import etree

from glossary.markup import Element, child, children, name_of, namespace_of
from translate.documents.flow import Builder, Flow, Handle, merged
from translate.errors import FormatError
from translate.formats import xliff, xliff12
from translate.markup import Block

_RANGES = {"bx": "ex", "bpt": "ept", "sc": "ec", "sm": "em"}  # what begins one: what ends it
_BEGUN = {end: start for start, end in _RANGES.items()}
_ENDS = re.compile(r"([^\S\n]*).*?([^\S\n]*)", re.DOTALL)  # white space there, but for line ends
_PRESERVED = "{http://www.w3.org/XML/1998/namespace}space"
_LINE_END = "line-end"  # stands for one while a target is built


def read(data: bytes, path: str) -> list[Block]:
    """The lines of all segments that want a translation."""
    root = xliff.parsed(data, path, comments=True)
    parts = (part for holder in _wanting(root, path) for part in _parts(_original(holder)))
    blocks = [piece.block for part in parts for piece in _flow(part).pieces() if piece.is_arabic]
    if not blocks:
        raise FormatError(
            "no Arabic segment without a translation in it; nothing to translate", path=path
        )
    return blocks


def write(data: bytes, blocks: Sequence[Block]) -> bytes:
    """The file, of the same version, with these translations as targets; they want a review."""
    root, rest = xliff.parsed(data, "", comments=True), iter(blocks)
    for holder in _wanting(root, ""):
        for part in _parts(_target(holder)):
            _translate(part, rest)
    _say_english(root)
    written = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    assert isinstance(written, bytes)
    return written


# What is translated


def _wanting(root: Element, path: str) -> Iterator[Element]:
    """The trans-units of 1.2, the segments of 2, that want a translation."""
    for holder in list(_holders(root, path)):
        source = child(holder, "source")
        if source is None or not _may_be_translated(holder):
            continue
        done = _text(child(holder, "target")).strip()
        if done not in ("", _text(source).strip()):
            continue
        pieces = (p for part in _parts(_original(holder)) for p in _flow(part).pieces())
        if any(piece.is_arabic for piece in pieces):
            yield holder


def _holders(root: Element, path: str) -> Iterator[Element]:
    if _is_old(root):
        return iter(xliff12.units(root, path))
    return (one for unit in xliff.units(root, path) for one in children(unit, "segment"))


def _is_old(root: Element) -> bool:
    return bool(root.get("version", "").startswith("1."))


def _may_be_translated(holder: Element) -> bool:
    said = (e.get("translate") for e in (holder, *holder.iterancestors()) if e.get("translate"))
    return next(said, "yes") != "no"


def _original(holder: Element) -> Element:
    """What a target is made from: the source, as it is cut where it is cut."""
    cut = child(holder, "seg-source")
    return child(holder, "source") if cut is None else cut


def _parts(original: Element) -> list[Element]:
    """What is translated by itself: the segments that a `seg-source` has, or the whole."""
    cut = [e for e in original.iter() if name_of(e) == "mrk" and e.get("mtype") == "seg"]
    return cut or [original]


def _text(element: Element) -> str:
    return "" if element is None else "".join(element.itertext(etree.Element))


# One source


def _flow(part: Element) -> Flow:
    flow = Flow()
    _feed(flow, part, keeps_lines=_keeps_lines(part), inside=False)
    return flow


def _keeps_lines(part: Element) -> bool:
    said = (e.get(_PRESERVED) for e in (part, *part.iterancestors()) if e.get(_PRESERVED))
    return next(said, "") == "preserve"


def _feed(flow: Flow, element: Element, *, keeps_lines: bool, inside: bool) -> None:
    """Tell the flow what is in an element. No sentence runs through the end of a line, unless it is inside
    of an inline element, which can't be had twice."""

    def tell_text(text: str | None) -> None:
        first, *lines = (text or "").split("\n") if keeps_lines else [text or ""]
        flow.text(first)
        for line in lines:
            if inside:
                flow.text(" ")
                flow.object(_line_end)
            else:
                flow.stop(_line_end)
            flow.text(line)

    tell_text(element.text)
    for inner in element:
        if _is_span(inner):
            flow.open(Handle("shell", inner))
            _feed(flow, inner, keeps_lines=keeps_lines, inside=True)
            flow.close()
        else:
            _tell_code(flow, inner)
        tell_text(inner.tail)


def _line_end() -> Element:
    element = etree.Element(_LINE_END)
    element.text = "\n"
    return element


def _is_span(inner: Element) -> bool:
    """Whether the text in it is to be translated; what is protected is an object."""
    is_protected = inner.get("mtype") == "protected" or inner.get("translate") == "no"
    return name_of(inner) in ("g", "pc", "mrk") and not is_protected


def _tell_code(flow: Flow, inner: Element) -> None:
    name, made = name_of(inner), partial(_bare, inner)
    key = inner.get("startRef") or inner.get("rid") or inner.get("id") or ""
    if name in _RANGES:
        flow.start(f"{name} {key}", made)
    elif name in _BEGUN:
        flow.end(f"{_BEGUN[name]} {key}", made)
    else:
        flow.object(made)


def _bare(element: Element) -> Element:
    """The element without the text after it."""
    element.tail = None
    return element


# Its target


def _target(holder: Element) -> Element:
    """The target of a trans-unit or segment, with what is in the source, and what its state is to be."""
    original = _original(holder)
    target = child(holder, "target")
    if target is None:
        target = etree.Element(etree.QName(namespace_of(holder) or None, "target"))
        holder.insert(holder.index(original) + 1, target)
        target.tail, original.tail = original.tail, holder.text  # each in a line of its own
    target[:] = deepcopy(original)
    target.text = original.text
    if _PRESERVED in original.attrib:
        target.set(_PRESERVED, original.get(_PRESERVED))
    if name_of(holder) == "segment":
        holder.set("state", "translated")
        holder.attrib.pop("subState", None)
    else:
        target.set("state", "needs-review-translation")
        target.set("state-qualifier", "leveraged-mt")
        if holder.get("approved"):
            holder.set("approved", "no")
    return target


def _translate(part: Element, rest: Iterator[Block]) -> None:
    """Put the next translations in the place of what is in the part."""
    flow, space = _flow(part), _ENDS.fullmatch(_text(part))
    assert space
    pieces = flow.pieces()
    part.text = None
    for inner in list(part):
        part.remove(inner)
    _append_text(part, space[1])
    Builder(flow, part, _append_text, _shell).build(pieces, merged(pieces, rest))
    _append_text(part, space[2])
    etree.strip_tags(part, _LINE_END)


def _append_text(parent: Element, text: str, style: None = None) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _shell(element: Element) -> tuple[Element, Element]:
    outer = etree.Element(element.tag, element.attrib, nsmap=element.nsmap)
    return outer, outer


def _say_english(root: Element) -> None:
    """Where the file doesn't say the language of its targets."""
    if _is_old(root):
        for file in children(root, "file"):
            file.set("target-language", file.get("target-language") or "en")
    else:
        root.set("trgLang", root.get("trgLang") or "en")
