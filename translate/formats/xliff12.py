"""XLIFF 1.2, which most tools read: one trans-unit a segment, one group a paragraph.

Nothing of a namespace of its own: some tools lose the declaration and then write files that aren't XML. The mark
of the export stands in `extradata`, occurrences of terms in context groups.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from glossary.markup import (
    UNWRITABLE,
    Element,
    block,
    child,
    children,
    escaped,
    name_of,
    namespace_of,
    tag,
    text_of,
)
from translate.errors import FormatError
from translate.formats.returned import Returned, mark_of, read_mark, remarks_of
from translate.formats.xliff import (
    OURS,
    Read,
    check_languages,
    decoded_id,
    encoded_id,
    occurrence,
    parsed,
    read_occurrence,
)
from translate.types import APPROVED, Document, Origin, Severity, State, TranslationUnit

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_TERM = f"{OURS}:term"  # begins the name of a context group that tells of an occurrence
_BY = "Dragoman"  # who wrote a note that no person wrote
_STATES: dict[State, str] = {
    "initial": "new",
    "translated": "needs-review-translation",
    "reviewed": "signed-off",
    "final": "final",
}
_QUALIFIERS: dict[Origin, str] = {"mt": "leveraged-mt", "memory": "leveraged-tm"}
_REVIEWED = ("signed-off", "reviewed", "x-reviewed")
_UNTRANSLATED = ("new", "needs-translation")
_PRIORITY: dict[Severity, str] = {"error": "1", "warning": "4", "info": "8"}
_PLACEHOLDER = re.compile(r"x-cp-([0-9A-F]{2,6})")


def write_xliff12(document: Document) -> str:
    """The XLIFF 1.2 of a document."""
    attributes = {
        "original": document.name or OURS,
        "source-language": "ar",
        "target-language": "en",
        "datatype": "plaintext",
        "tool-id": OURS,
        "xml:space": "preserve",
    }
    provenance = document.provenance
    tool = {"tool-id": OURS, "tool-name": _BY, "tool-version": provenance.version or None}
    made = [
        tag("note", {"from": _BY}, escaped(f"{name}: {value}"))
        for name in ("model", "engine", "glossary")
        if (value := getattr(provenance, name))
    ]
    head = block("header", {}, [tag("tool", tool), *made])
    body = block("body", {}, list(_paragraphs(document)))
    file = block("file", attributes, [head, body])
    root = {"xmlns": NAMESPACE, "version": "1.2"}
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{block("xliff", root, [file])}\n'


def _paragraphs(document: Document) -> Iterator[str]:
    seen: Counter[int] = Counter()
    for paragraph, units in groupby(document.units, key=lambda u: u.segment.paragraph):
        seen[paragraph] += 1
        again = f"-{seen[paragraph]}" if seen[paragraph] > 1 else ""
        attributes = {"id": f"p{paragraph + 1}{again}", "restype": "x-paragraph"}
        yield block("group", attributes, list(map(_unit, units)))


def _unit(unit: TranslationUnit) -> str:
    segment = unit.segment
    attributes = {
        "id": encoded_id(segment.id),
        "resname": segment.id,
        "restype": f"x-{segment.kind}",
        "approved": "yes" if unit.state in APPROVED else "no",
        "xml:space": "preserve",
        "extradata": f"{OURS} {mark_of(unit)}",
    }
    parts = [tag("source", {"xml:lang": "ar"}, _coded(segment.source))]
    if unit.target or unit.state != "initial":
        state = {
            "xml:lang": "en",
            "state": _written_state(unit),
            "state-qualifier": _QUALIFIERS.get(unit.origin),
        }
        parts.append(tag("target", state, _coded(unit.target)))
    parts += [*_notes(unit), *_alternatives(unit)]
    names = (f"{_TERM}-{encoded_id(segment.id)}-{n}" for n in range(1, len(unit.verdicts) + 1))
    parts += [_context(n, occurrence(v)) for n, v in zip(names, unit.verdicts, strict=True)]
    return block("trans-unit", attributes, parts)


def _written_state(unit: TranslationUnit) -> str:
    """The machine's own words want a review; a person's are a translation."""
    by_a_person = unit.state == "translated" and unit.origin == "human"
    return "translated" if by_a_person else _STATES[unit.state]


def _notes(unit: TranslationUnit) -> Iterator[str]:
    if unit.note:
        yield tag("note", {"from": "translator", "annotates": "target"}, escaped(unit.note))
    for severity, line in remarks_of(unit):
        attributes = {"from": _BY, "priority": _PRIORITY[severity], "annotates": "target"}
        yield tag("note", attributes, escaped(line))


def _alternatives(unit: TranslationUnit) -> Iterator[str]:
    for origin, text in (("machine", unit.machine), ("elsewhere", unit.elsewhere)):
        if text:
            target = tag("target", {"xml:lang": "en"}, _coded(text))
            attributes = {"origin": f"{OURS}:{origin}", "alttranstype": "proposal"}
            yield block("alt-trans", attributes, [target])


def _context(name: str, pairs: dict[str, str]) -> str:
    written = {key: value for key, value in pairs.items() if value}
    contexts = [tag("context", {"context-type": f"x-{k}"}, escaped(v)) for k, v in written.items()]
    return block("context-group", {"name": name, "purpose": "information"}, contexts)


def _coded(text: str) -> str:
    """Text with a placeholder for each character that XML can't hold."""
    out, at = [], 0
    for number, found in enumerate(UNWRITABLE.finditer(text), 1):
        code = f"{ord(found[0]):02X}"
        placeholder = {"id": f"c{number}", "ctype": f"x-cp-{code}", "equiv-text": f"U+{code}"}
        out += [escaped(text[at : found.start()]), tag("x", placeholder)]
        at = found.end()
    return "".join([*out, escaped(text[at:])])


# Reading


def read_xliff12(data: bytes, path: str) -> tuple[Returned, ...]:
    """The entries of an XLIFF 1.2 file, in order. Raises FormatError."""
    return tuple(map(_returned, units(parsed(data, path), path)))


def read_all12(data: bytes, path: str) -> tuple[Read, ...]:
    """The same with what `Returned` leaves out."""
    return tuple(map(_read, units(parsed(data, path), path)))


def units(root: Element, path: str) -> list[Element]:
    """The trans-units of an XLIFF 1.2. Raises FormatError for another version or other languages."""
    version = root.get("version", "")
    if not version.startswith("1."):
        raise FormatError(f"XLIFF of version {version or 'unknown'!r}, not 1.2", path=path)
    files = list(children(root, "file"))
    for file in files:
        check_languages(file.get("source-language", ""), file.get("target-language", ""), path)
    name = "{*}trans-unit" if namespace_of(root) else "trans-unit"
    return [unit for file in files for unit in file.iter(name)]


def _returned(unit: Element) -> Returned:
    target = child(unit, "target")
    text = _plain(target)
    mark = read_mark(unit.get("extradata", ""))
    state = _state(target.get("state", ""), unit.get("approved", "")) if text else None
    if state == "reviewed" and not target.get("state") and mark and mark.state == "final":
        state = "final"  # a tool that knows only `approved` lost the rest
    return Returned(
        id=decoded_id(unit.get("id", "")),
        source=_plain(child(unit, "source")),
        target=text,
        state=state,
        note="\n".join(_comments(unit)),
        mark=mark,
        place=f"line {unit.sourceline}",
    )


def _state(state: str, approved: str) -> State | None:
    """None where nothing is said: `new` is also what a tool leaves that knows no states."""
    if approved == "no" and state in ("final", *_REVIEWED):
        return "translated"
    if state == "final":
        return "final"
    if state in _REVIEWED or approved == "yes":
        return "reviewed"
    return None if not state or state in _UNTRANSLATED else "translated"


def _comments(unit: Element) -> Iterator[str]:
    for note in children(unit, "note"):
        if note.get("from", "") != _BY and (text := text_of(note).strip()):
            yield text


def _plain(element: Element) -> str:
    """The text in a source or target: placeholders and native codes have none of ours."""
    if element is None:
        return ""
    out = [element.text or ""]
    for inner in element:
        if found := _PLACEHOLDER.fullmatch(inner.get("ctype", "")):
            out.append(chr(int(found[1], 16)))
        elif name_of(inner) in ("g", "mrk"):
            out.append(_plain(inner))
        out.append(inner.tail or "")
    return "".join(out)


def _read(unit: Element) -> Read:
    group = re.match(r"p(\d+)", unit.getparent().get("id", ""))
    target = child(unit, "target")
    qualifier = target.get("state-qualifier") if target is not None else "leveraged-mt"
    origins = {written: origin for origin, written in _QUALIFIERS.items()}
    terms = [g for g in children(unit, "context-group") if g.get("name", "").startswith(_TERM)]
    return Read(
        returned=_returned(unit),
        paragraph=int(group[1]) - 1 if group else 0,
        kind=unit.get("restype", "").removeprefix("x-"),
        origin=origins.get(qualifier or "", "human"),
        machine=_alternative(unit, "machine"),
        elsewhere=_alternative(unit, "elsewhere"),
        occurrences=tuple(read_occurrence(_contexts(term)) for term in terms),
    )


def _contexts(group: Element) -> dict[str, str]:
    return {c.get("context-type", "").removeprefix("x-"): text_of(c) for c in group}


def _alternative(unit: Element, name: str) -> str:
    found = (a for a in children(unit, "alt-trans") if a.get("origin") == f"{OURS}:{name}")
    return next((_plain(child(a, "target")) for a in found), "")
