"""WordprocessingML (ECMA-376 part 1), transitional or strict: elements by name, whatever their namespace is called."""

from functools import lru_cache

from glossary.markup import namespace_of
from translate.errors import FormatError
from translate.office.package import Element, Package

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
# Round runs: what means nothing for the text in it (insertions count as accepted), and what does.
THROUGH = frozenset(["ins", "moveTo", "smartTag", "customXml", "dir", "bdo"])
SHELLS = frozenset(["hyperlink", "fldSimple", "sdt"])
_TYPES = "[Content_Types].xml"
_TEXTS = ("main", "footnotes", "endnotes", "header", "footer")
_WORD = ("wordprocessingml", "word.document", "word.template")  # in content types


def text_parts(package: Package, path: str) -> list[str]:
    """Names of the parts with text, the main one first. Raises FormatError where there is none."""
    found = {kind: parts_of(package, kind) for kind in _TEXTS}
    if not found["main"]:
        raise FormatError("the DOCX file has no text part; is it another kind of file?", path=path)
    return [name for names in found.values() for name in names]


def parts_of(package: Package, kind: str) -> list[str]:
    """Names of the parts of a kind ("main", "comments", ...), by what the package says of them."""
    return sorted(
        name
        for override in package.root(_TYPES)
        if any(word in override.get("ContentType", "") for word in _WORD)
        and override.get("ContentType", "").endswith(f".{kind}+xml")
        and (name := override.get("PartName", "").lstrip("/")) in package.names
    )


def name_of(element: Element) -> str:
    """The element's name if it is one of WordprocessingML, else empty."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    namespace, _, name = tag[1:].rpartition("}")
    return name if namespace in (W, STRICT) else ""


def child_of(element: Element, name: str) -> Element:
    """The first direct child of that name, or None."""
    return next((child for child in element if name_of(child) == name), None)


def value_of(element: Element, name: str = "val") -> str | None:
    """An attribute, by default what the element says."""
    value = element.get(f"{{{namespace_of(element)}}}{name}")
    return None if value is None else str(value)


def is_on(element: Element) -> bool:
    """Whether a property (or None) is there and not switched off."""
    return element is not None and value_of(element) not in ("0", "false", "off")
