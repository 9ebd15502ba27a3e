"""XLIFF 2.1 (ISO 21720), also read as 2.0 and 2.2: one unit a segment, one group a paragraph.

A unit holds one segment, because notes, metadata and matches belong to units. Sources and targets are plain
text without inline marks, so that every tool shows them clean: where terms stand is told in the metadata
module, what is agreed for them in the glossary module, what the machine had written in the matches module.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from glossary.markup import (
    UNWRITABLE,
    Element,
    MarkupError,
    block,
    child,
    children,
    escaped,
    name_of,
    namespace_of,
    parse,
    tag,
    text_of,
)
from glossary.types import Span
from translate.errors import FormatError
from translate.formats.returned import (
    STATES,
    Returned,
    mark_of,
    read_mark,
    read_state,
    remarks_of,
)
from translate.types import Document, Severity, State, TranslationUnit, Verdict

NAMESPACE = "urn:oasis:names:tc:xliff:document:2."  # 0, which 2.1 shares, or 2
OURS = "dragoman"  # our prefix of categories, types and substates
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MODULES = {
    "xmlns": "urn:oasis:names:tc:xliff:document:2.0",
    "xmlns:gls": "urn:oasis:names:tc:xliff:glossary:2.0",
    "xmlns:mda": "urn:oasis:names:tc:xliff:metadata:2.0",
    "xmlns:mtc": "urn:oasis:names:tc:xliff:matches:2.0",
}
_PRIORITY: dict[Severity, str] = {"error": "1", "warning": "4", "info": "8"}
_OUTSIDE = re.compile("[^A-Za-z0-9.-]")  # of the letters that an id is written in as they are
_EMPTY = "_none_"  # an empty id, written
_CODED = re.compile("_([0-9A-F]{1,6})_")


def write_xliff(document: Document) -> str:
    """The XLIFF 2.1 of a document."""
    files = _paragraphs(document)
    attributes = {
        "id": "f1",
        "original": document.name or OURS,
        "canResegment": "no",
        "srcDir": "rtl",
        "trgDir": "ltr",
        "xml:space": "preserve",
    }
    provenance = document.provenance
    made = {n: getattr(provenance, n) for n in ("model", "engine", "glossary", "version")}
    head = _metadata(block("mda:metaGroup", {"category": OURS}, _metas(made)))
    empty = [] if files else [_nothing()]
    body = block("file", attributes, [head, *files, *empty])
    root = {**_MODULES, "version": "2.1", "srcLang": "ar", "trgLang": "en"}
    return _DECLARATION + block("xliff", root, [body]) + "\n"


def _nothing() -> str:
    """A file must have a unit, and a unit a segment."""
    return tag("unit", {"id": "empty", "translate": "no"}, "<segment><source/></segment>")


def _paragraphs(document: Document) -> list[str]:
    seen: Counter[int] = Counter()
    out = []
    for paragraph, units in groupby(document.units, key=lambda u: u.segment.paragraph):
        seen[paragraph] += 1
        again = f"-{seen[paragraph]}" if seen[paragraph] > 1 else ""
        attributes = {"id": f"p{paragraph + 1}{again}", "type": f"{OURS}:paragraph"}
        out.append(block("group", attributes, list(map(_unit, units))))
    return out


def _unit(unit: TranslationUnit) -> str:
    segment = unit.segment
    attributes = {
        "id": encoded_id(segment.id),
        "name": segment.id,
        "type": f"{OURS}:{segment.kind}",
    }
    parts = [*_matches(unit), *_glossary(unit), _unit_metadata(unit), *_notes(unit)]
    state = {"id": "s1", "state": unit.state, "subState": f"{OURS}:{unit.origin}"}
    pair = [tag("source", {}, _coded(segment.source))]
    if unit.target or unit.state != "initial":
        pair.append(tag("target", {}, _coded(unit.target)))
    return block("unit", attributes, [*parts, block("segment", state, pair)])


def _matches(unit: TranslationUnit) -> Iterator[str]:
    source = tag("source", {}, _coded(unit.segment.source))
    found = []
    for text, attributes in (
        (unit.machine, {"type": "mt", "origin": "Dragoman"}),
        (unit.elsewhere, {"type": "other", "subType": f"{OURS}:elsewhere"}),
    ):
        if text:
            target = tag("target", {}, _coded(text))
            found.append(block("mtc:match", {"ref": "#s1", **attributes}, [source, target]))
    if found:
        yield block("mtc:matches", {}, found)


def _glossary(unit: TranslationUnit) -> Iterator[str]:
    """What is agreed, once a term."""
    terms = dict.fromkeys(v.constraint.match.term for v in unit.verdicts)
    entries = [
        block(
            "gls:glossEntry",
            {"ref": "#s1"},
            [
                tag("gls:term", {"source": term.cite or None}, escaped(term.source)),
                *(
                    tag("gls:translation", {}, escaped(english))
                    for english in (term.target, *term.variants)
                ),
            ],
        )
        for term in terms
        if term.target
    ]
    if entries:
        yield block("gls:glossary", {}, entries)


def _unit_metadata(unit: TranslationUnit) -> str:
    score = "" if unit.score is None else f"{unit.score:.3f}"
    groups = [
        block(
            "mda:metaGroup",
            {"category": f"{OURS}:segment"},
            _metas({"mark": str(mark_of(unit)), "score": score}),
        )
    ]
    groups += [
        block("mda:metaGroup", {"category": f"{OURS}:term"}, _metas(occurrence(verdict)))
        for verdict in unit.verdicts
    ]
    return _metadata(*groups)


def occurrence(verdict: Verdict) -> dict[str, str]:
    """One occurrence of a term with its verdict, in words and numbers: spans are code points."""
    match = verdict.constraint.match
    return {
        "term": match.term.source,
        "agreed": match.term.target,
        "kind": match.term.kind,
        "status": verdict.status,
        "source-span": f"{match.span.start}-{match.span.end}",
        "target-span": f"{verdict.span.start}-{verdict.span.end}" if verdict.span else "",
    }


def _metadata(*groups: str) -> str:
    return block("mda:metadata", {}, list(groups))


def _metas(pairs: dict[str, str]) -> list[str]:
    written = {key: value for key, value in pairs.items() if value}
    return [tag("mda:meta", {"type": key}, escaped(v)) for key, v in written.items()] or [
        tag("mda:meta", {"type": "none"}, "")
    ]


def _notes(unit: TranslationUnit) -> Iterator[str]:
    notes = []
    if unit.note:
        notes.append(tag("note", {"category": "comment"}, escaped(unit.note)))
    for severity, line in remarks_of(unit):
        attributes = {"category": f"{OURS}:{severity}", "priority": _PRIORITY[severity]}
        notes.append(tag("note", attributes, escaped(line)))
    if notes:
        yield block("notes", {}, notes)


def _coded(text: str) -> str:
    """Text for source and target, where what XML can't hold has an element."""
    out, at = [], 0
    for found in UNWRITABLE.finditer(text):
        out += [escaped(text[at : found.start()]), tag("cp", {"hex": f"{ord(found[0]):04X}"})]
        at = found.end()
    return "".join([*out, escaped(text[at:])])


def encoded_id(name: str) -> str:
    """An id in the letters of an XML name token, `+` as `_2B_`; `decoded_id` gives it back."""
    return _OUTSIDE.sub(lambda m: f"_{ord(m[0]):X}_", name) or _EMPTY


def decoded_id(written: str) -> str:
    """The id that was encoded, or what another tool wrote as it is."""
    if written == _EMPTY:
        return ""
    try:
        plain = _CODED.sub(lambda m: chr(int(m[1], 16)), written)
    except (ValueError, OverflowError):
        return written
    return plain if encoded_id(plain) == written else written


# Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Everything that this project's XLIFF says of a unit, for those who want more than `Returned`."""

    returned: Returned
    paragraph: int
    kind: str
    origin: str
    machine: str
    elsewhere: str
    occurrences: tuple[tuple[str, str, Span, Span | None], ...]  # term, status, there, here


def parsed(data: bytes, path: str, *, comments: bool = False) -> Element:
    """The root of an XLIFF of any version; `comments` as `parse` has it. Raises FormatError."""
    try:
        root = parse(data, comments=comments)
    except MarkupError as error:
        raise FormatError(str(error), path=path, line=error.line) from error
    if name_of(root) != "xliff":
        raise FormatError(
            f"an XML file of {name_of(root)!r}, not XLIFF; export XLIFF from the other tool",
            path=path,
        )
    return root


def read_xliff(data: bytes, path: str) -> tuple[Returned, ...]:
    """The entries of an XLIFF 2 file, in order. Raises FormatError."""
    return tuple(_returned(unit) for unit in units(parsed(data, path), path))


def read_all(data: bytes, path: str) -> tuple[Read, ...]:
    """The same with what `Returned` leaves out."""
    return tuple(map(_read, units(parsed(data, path), path)))


def units(root: Element, path: str) -> list[Element]:
    """The units with segments of an XLIFF 2. Raises FormatError for another version or other languages."""
    version = root.get("version", "")
    if not namespace_of(root).startswith(NAMESPACE) or not version.startswith("2."):
        raise FormatError(
            f"XLIFF of version {version or 'unknown'!r}, in the namespace {namespace_of(root)!r}: "
            "2.0 to 2.2 and 1.2 can be read",
            path=path,
        )
    check_languages(root.get("srcLang", ""), root.get("trgLang", ""), path)
    placeholder = ("empty", "no")  # of a document without segments
    return [
        unit
        for unit in root.iter(f"{{{namespace_of(root)}}}unit")
        if child(unit, "segment") is not None
        and (unit.get("id"), unit.get("translate")) != placeholder
    ]


def check_languages(source: str, target: str, path: str) -> None:
    """Refuse a file of another pair of languages; one that doesn't say is believed."""
    for said, wanted in ((source, "ar"), (target, "en")):
        if said and said.lower().replace("_", "-").split("-")[0] != wanted:
            raise FormatError(
                f"a translation from {source!r} to {target!r}; Arabic to English is wanted",
                path=path,
            )


def _returned(unit: Element) -> Returned:
    """A tool may have cut the segment in several, though told not to: the pieces are one again."""
    parts = list(children(unit, "segment", "ignorable"))
    segments = [part for part in parts if name_of(part) == "segment"]
    targets = [child(segment, "target") for segment in segments]
    whole = all(target is not None for target in targets)
    pieces = [(plain(child(p, "source")), child(p, "target")) for p in parts]
    target = "".join(source if t is None else plain(t) for source, t in pieces) if whole else ""
    return Returned(
        id=decoded_id(unit.get("id", "")),
        source="".join(source for source, _ in pieces),
        target=target,
        state=_state(segments) if target else None,
        note="\n".join(_comments(unit)),
        mark=read_mark(_meta(unit, "mark")),
        place=f"line {unit.sourceline}",
    )


def _state(segments: Iterable[Element]) -> State | None:
    """The least of them. `initial` is also what a tool leaves that knows no states."""
    states = [read_state(segment.get("state", "initial")) or "initial" for segment in segments]
    least = min(states, key=STATES.index)
    return None if least == "initial" else least


def _comments(unit: Element) -> Iterator[str]:
    for note in children(child(unit, "notes") if child(unit, "notes") is not None else (), "note"):
        if not note.get("category", "").startswith(f"{OURS}:") and (text := text_of(note).strip()):
            yield text


def _meta(unit: Element, name: str) -> str:
    return next((text_of(m) for m in _metas_of(unit) if m.get("type") == name), "")


def _metas_of(unit: Element) -> Iterator[Element]:
    for metadata in children(unit, "metadata"):
        yield from (e for e in metadata.iter() if name_of(e) == "meta")


def plain(element: Element) -> str:
    """The text in a source or target: inline codes have none, spans keep theirs."""
    if element is None:
        return ""
    out = [element.text or ""]
    for inner in element:
        if name_of(inner) == "cp":
            out.append(_character(inner.get("hex", "")))
        elif name_of(inner) in ("pc", "mrk"):
            out.append(plain(inner))
        out.append(inner.tail or "")
    return "".join(out)


def _character(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _read(unit: Element) -> Read:
    segment = child(unit, "segment")
    matches = [m for holder in children(unit, "matches") for m in children(holder, "match")]
    group = re.match(r"p(\d+)", unit.getparent().get("id", ""))
    return Read(
        returned=_returned(unit),
        paragraph=int(group[1]) - 1 if group else 0,
        kind=unit.get("type", "").partition(":")[2],
        origin=segment.get("subState", "").partition(":")[2],
        machine=next((plain(child(m, "target")) for m in matches if m.get("type") == "mt"), ""),
        elsewhere=next((plain(child(m, "target")) for m in matches if m.get("subType")), ""),
        occurrences=tuple(_occurrences(unit)),
    )


def _occurrences(unit: Element) -> Iterator[tuple[str, str, Span, Span | None]]:
    for metadata in children(unit, "metadata"):
        for group in children(metadata, "metaGroup"):
            if group.get("category") == f"{OURS}:term":
                said = {meta.get("type"): text_of(meta) for meta in group}
                yield read_occurrence(said)


def read_occurrence(said: dict[str, str]) -> tuple[str, str, Span, Span | None]:
    """What `occurrence` wrote: term, status, span in the source, span in the target."""
    there = said.get("target-span", "")
    return said["term"], said["status"], _span(said["source-span"]), _span(there) if there else None


def _span(written: str) -> Span:
    start, _, end = written.partition("-")
    return Span(int(start), int(end))
