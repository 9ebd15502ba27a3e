"""XML of other tools, read without harm, and XML written: what XLIFF, TMX and TBX share.

A file is refused before it is parsed if it is too large, or declares entities (a bomb, or a way to other files).
No DTD is ever loaded. Only this module knows lxml.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

from lxml import etree

MAX_BYTES = 64 * 2**20
XML = "http://www.w3.org/XML/1998/namespace"
LANGUAGE = f"{{{XML}}}lang"

Element = Any  # of lxml, which has no types

# What XML 1.0 can't hold at all, half surrogate pairs included.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Written as references: markup, what a parser would change, and what editors take for the end of a line.
_TEXT = re.compile("[&<>\r\x7f-\x9f\u2028\u2029]")
_ATTRIBUTE = re.compile('[&<>"\t\n\r\x7f-\x9f\u2028\u2029]')
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_MAGICS = (
    (b"PK\x03\x04", "a zip archive; unpack it, and give the XML file in it"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"%PDF-", "a PDF file, not XML"),
)


class MarkupError(ValueError):
    """Not an XML file that can be read; `line` is 0 where none is to blame."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class _Enough(Exception):
    """The first element was reached: what can do harm stands before it."""


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of another tool, unless there are too many. Raises MarkupError and OSError."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise MarkupError(
            f"{size / 2**20:.0f} MB; more than {MAX_BYTES // 2**20} MB are not read: export it in parts"
        )
    return path.read_bytes()


def parse(data: bytes, *, comments: bool = False) -> Element:
    """The root element; without comments and processing instructions, unless `comments`. Raises MarkupError."""
    if len(data) > MAX_BYTES:
        raise MarkupError(f"more than {MAX_BYTES // 2**20} MB are not read: export it in parts")
    if not data.strip():
        raise MarkupError("the file is empty")
    for magic, what in _MAGICS:
        if data.startswith(magic):
            raise MarkupError(f"looks like {what}")
    _look_before(data)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False,
        attribute_defaults=False, remove_comments=not comments, remove_pis=not comments, huge_tree=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise MarkupError(f"not well-formed XML ({error.msg})", error.lineno or 0) from error
    except (ValueError, LookupError) as error:
        raise MarkupError(f"not XML that can be read ({error})") from error
    for entity in root.iter(etree.Entity):
        raise MarkupError(f"the entity {entity.text} is not defined", entity.sourceline or 0)
    return root


def _look_before(data: bytes) -> None:
    """Refuse entities and other declarations; a DOCTYPE that only names a DTD is let pass."""
    parser = expat.ParserCreate()

    def doctype(name: str, system: str | None, public: str | None, internal: bool) -> None:
        if internal:
            line = parser.CurrentLineNumber
            raise MarkupError(
                "the DOCTYPE declares entities or elements, which is not read; "
                "delete everything from <!DOCTYPE to its end",
                line,
            )

    def start(name: str, attributes: dict[str, str]) -> None:
        raise _Enough

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except _Enough:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, MarkupError):
            raise
        raise MarkupError(f"not well-formed XML ({error})", parser.CurrentLineNumber) from error


def name_of(element: Element) -> str:
    """The element's name without its namespace; empty for anything that is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace_of(element: Element) -> str:
    """The namespace of an element, empty if none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """Direct children of these names, whatever their namespace."""
    return (child for child in element if name_of(child) in names)


def child(element: Element, name: str) -> Element:
    """The first direct child of that name, or None."""
    return next(children(element, name), None)


def text_of(element: Element) -> str:
    """All text in an element; none in None."""
    return "" if element is None else "".join(element.itertext())


# Writing


def printable(text: str) -> str:
    """What XML can't hold replaced by a mark that something is missing."""
    return UNWRITABLE.sub("\ufffd", text)


def escaped(text: str) -> str:
    """Text as content of an element."""
    return _TEXT.sub(_reference, printable(text))


def _reference(found: re.Match[str]) -> str:
    character = found[0]
    return _NAMED.get(character) or f"&#x{ord(character):X};"


def tag(name: str, attributes: Mapping[str, str | None], *content: str) -> str:
    """An element; an attribute that is None is left out. `content` is markup already."""
    pairs = "".join(
        f' {key}="{_ATTRIBUTE.sub(_reference, printable(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(content)
    return f"<{name}{pairs}>{inner}</{name}>" if content else f"<{name}{pairs}/>"


def block(name: str, attributes: Mapping[str, str | None], content: list[str]) -> str:
    """An element that holds only elements, one a line and indented. Text in them is not touched: their own
    lines begin where they did."""
    inner = "".join(f"\n{line}" for line in content)
    return tag(name, attributes, f"{inner}\n")
