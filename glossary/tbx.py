"""TBX-Basic (ISO 30042:2019, version 3) in both its styles, DCA and DCT, in and out; version 2 (MARTIF) in.

An entry is a concept with an Arabic and an English section. What TBX-Basic has a data category for is written as
that; the rest (flags, proposed and retired, the sense, the irregular plural) as `projectSubset` values that
begin with `dragoman:`, which other tools keep. The table is in glossary/docs/tbx.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from glossary.errors import GlossaryError, TermbaseSyntaxError
from glossary.exchange import Imported
from glossary.files import write_atomic
from glossary.markup import (
    LANGUAGE,
    Element,
    MarkupError,
    block,
    child,
    children,
    escaped,
    name_of,
    parse,
    read_bytes,
    tag,
    text_of,
)
from glossary.types import FLAGS, KINDS, STATUSES, Flag, Kind, Term, TermStatus

Style = Literal["dca", "dct"]
STYLES: tuple[Style, ...] = ("dca", "dct")
NAMESPACE = "urn:iso:std:iso:30042:ed-2"
_OURS = "dragoman:"
_MODULES = {"min": "http://www.tbxinfo.net/ns/min", "basic": "http://www.tbxinfo.net/ns/basic"}
_CATEGORIES = {  # data category -> (element in DCA, module in DCT)
    "subjectField": ("descrip", "min"),
    "administrativeStatus": ("termNote", "min"),
    "partOfSpeech": ("termNote", "min"),
    "termType": ("termNote", "basic"),
    "projectSubset": ("admin", "basic"),
    "source": ("admin", "basic"),
}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_USABLE = ("preferred", "admitted", "")
_PREFERENCE = {"preferred": 0, "": 1, "admitted": 2, "superseded": 3, "deprecated": 4}
_STATUS_OF_TARGET: dict[TermStatus, str] = {
    "approved": "preferred",
    "proposed": "admitted",
    "retired": "superseded",
}


# Writing


def write_tbx(terms: Sequence[Term], path: Path | str, style: Style = "dca") -> None:
    """Write terms as TBX-Basic. Their order and everything in them but file and line is kept."""
    path = Path(path)
    if not terms:
        raise GlossaryError(
            f"{path}: no terms to write, and TBX must hold one; nothing was written"
        )
    write_atomic(path, format_tbx(terms, style))


def format_tbx(terms: Sequence[Term], style: Style) -> str:
    """The text of the file."""
    attributes = {"type": "TBX-Basic", "style": style, "xml:lang": "en", "xmlns": NAMESPACE}
    if style == "dct":
        attributes |= {f"xmlns:{name}": uri for name, uri in _MODULES.items()}
    made = tag("sourceDesc", {}, tag("p", {}, "Arabic-English termbase of Dragoman"))
    head = tag("tbxHeader", {}, tag("fileDesc", {}, made))
    concepts = [_concept(term, f"c{number}", style) for number, term in enumerate(terms, 1)]
    text = block("text", {}, [block("body", {}, concepts)])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{block("tbx", attributes, [head, text])}\n'


def _concept(term: Term, name: str, style: Style) -> str:
    parts = [_category("subjectField", term.kind, style)]
    if term.cite:
        parts.append(_category("source", term.cite, style))
    parts += [_category("projectSubset", _OURS + token, style) for token in _tokens(term)]
    parts += [tag("note", {}, escaped(line)) for line in term.note.split("\n") if term.note]
    speech = "adjective" if term.kind == "demonym" else "noun"
    arabic = [_term(term.source, "preferred", style, speech=speech)]
    arabic += [_term(v, "admitted", style, variant=True) for v in term.source_variants]
    english = [_term(term.target, _STATUS_OF_TARGET[term.status], style, speech=speech)]
    english += [_term(v, "admitted", style) for v in term.variants]
    if term.plural:
        english.append(_term(term.plural, "admitted", style, variant=True, subset="plural"))
    english += [_term(v, "deprecated", style) for v in term.forbidden]
    sections = [
        block("langSec", {"xml:lang": language}, forms)
        for language, forms in (("ar", arabic), ("en", english))
    ]
    return block("conceptEntry", {"id": name}, [*parts, *sections])


def _tokens(term: Term) -> Iterator[str]:
    """What TBX-Basic has no category for."""
    if term.status != "approved":
        yield f"status:{term.status}"
    yield from (f"flag:{flag}" for flag in FLAGS if flag in term.flags)
    if term.context:
        yield f"context:{term.context}"


def _term(
    text: str,
    status: str,
    style: Style,
    *,
    speech: str = "",
    variant: bool = False,
    subset: str = "",
) -> str:
    parts = [tag("term", {}, escaped(text))]
    if speech:
        parts.append(_category("partOfSpeech", speech, style))
    parts.append(_category("administrativeStatus", f"{status}Term-admn-sts", style))
    if variant:
        parts.append(_category("termType", "variant", style))
    if subset:
        parts.append(_category("projectSubset", _OURS + subset, style))
    return tag("termSec", {}, *parts)


def _category(name: str, value: str, style: Style) -> str:
    element, module = _CATEGORIES[name]
    if style == "dca":
        return tag(element, {"type": name}, escaped(value))
    return tag(f"{module}:{name}", {}, escaped(value))


# Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One term of a section."""

    text: str
    status: str = ""  # preferred, admitted, deprecated, superseded, or empty
    plural: bool = False


@dataclass(slots=True)
class _Reading:
    """Terms so far, and what was left out and why."""

    terms: dict[tuple[str, str], Term] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    concepts: int = 0
    renamed: int = 0

    def add(self, term: Term, name: str, subject: str) -> None:
        key = term.context, term.source
        before = self.terms.get(key)
        if before is not None:
            if before.target == term.target:
                self.left_out["they repeat another one"] += 1
                return
            context = next(
                c
                for c in (subject, name, f"{name}-{self.concepts}")
                if (c, term.source) not in self.terms
            )
            term = replace(term, context=context)
            self.renamed += 1
        self.terms[term.context, term.source] = term


def read_tbx(path: Path | str) -> Imported:
    """The concepts of a TBX that have both an Arabic and an English term, as terms; and what was left out."""
    path = Path(path)
    root = _root(path)
    reading = _Reading()
    for concept in root.iter("{*}conceptEntry", "{*}termEntry"):
        reading.concepts += 1
        _read_concept(concept, reading, str(path))
    return Imported(terms=list(reading.terms.values()), remarks=tuple(_remarks(reading)))


def _root(path: Path) -> Element:
    try:
        root = parse(read_bytes(path))
    except FileNotFoundError:
        raise TermbaseSyntaxError("no such file", path=str(path)) from None
    except OSError as error:
        raise TermbaseSyntaxError(f"can't be read: {error.strerror}", path=str(path)) from error
    except MarkupError as error:
        raise TermbaseSyntaxError(str(error), path=str(path), line=error.line) from error
    if name_of(root) not in ("tbx", "martif"):
        message = f"an XML file of {name_of(root)!r}, not TBX; export TBX-Basic from the other tool"
        raise TermbaseSyntaxError(message, path=str(path))
    return root


def _remarks(reading: _Reading) -> Iterator[str]:
    for why, count in sorted(reading.left_out.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{count} of {reading.concepts} concepts left out: {why}"
    if reading.renamed:
        yield (
            f"{reading.renamed} concepts have the Arabic of another one with another English; "
            "they got a context (subject field or id): keep one, or make the others variants"
        )


def _read_concept(concept: Element, reading: _Reading, path: str) -> None:
    arabic, english = _forms(concept, "ar"), _forms(concept, "en")
    tokens = [v.removeprefix(_OURS) for n, v in _own(concept) if v.startswith(_OURS)]
    said = dict(token.partition(":")[::2] for token in tokens)
    status = _known_status(said.get("status", ""))
    usable = [f for f in english if not f.plural and (f.status in _USABLE or _retired(f, status))]
    if not arabic or not english:
        lacks = (
            "Arabic nor English"
            if not arabic and not english
            else "Arabic"
            if not arabic
            else "English"
        )
        neither = "neither " if " nor " in lacks else "no "
        reading.left_out[f"{neither}{lacks} term"] += 1
        return
    sources = sorted(
        (f for f in arabic if f.status in _USABLE), key=lambda f: _PREFERENCE[f.status]
    )
    if not sources or not usable:
        reading.left_out["all terms of one language are deprecated"] += 1
        return
    targets = sorted(usable, key=lambda f: -_retired(f, status) or _PREFERENCE[f.status])
    if any(_CONTROL.search(form.text) for form in (*arabic, *english)):
        reading.left_out["a term has control characters"] += 1
        return
    subject = next((v for n, v in _own(concept) if n == "subjectField"), "")
    target = targets[0].text
    term = Term(
        source=sources[0].text,
        target=target,
        kind=_kind(subject),
        context=said.get("context", ""),
        variants=_others(targets[1:], target),
        forbidden=_others([f for f in english if f not in usable and not f.plural], target),
        plural=next((f.text for f in english if f.plural), ""),
        source_variants=_others(sources[1:], sources[0].text),
        status=status,
        flags=frozenset(_flags(tokens)),
        cite=next((v for n, v in _own(concept) if n == "source"), ""),
        note=_note(concept, subject),
        path=path,
        line=concept.sourceline or 0,
    )
    reading.add(term, concept.get("id") or f"concept {reading.concepts}", subject)


def _retired(form: _Form, status: TermStatus) -> bool:
    return status == "retired" and form.status == "superseded"


def _known_status(name: str) -> TermStatus:
    return next((status for status in STATUSES if status == name), "approved")


def _flags(tokens: Iterable[str]) -> Iterator[Flag]:
    return (flag for flag in FLAGS if f"flag:{flag}" in tokens)


def _kind(subject: str) -> Kind:
    return next((kind for kind in KINDS if kind == subject), "term")


def _others(forms: Iterable[_Form], first: str) -> tuple[str, ...]:
    return tuple(text for text in dict.fromkeys(f.text for f in forms) if text != first)


def _note(concept: Element, subject: str) -> str:
    """What people wrote: notes, and the definitions and subject field of other tools."""
    sections = list(children(concept, "langSec", "langSet"))
    terms = [term for section in sections for term in children(section, "termSec", "tig", "ntig")]
    holders = (concept, *sections, *terms)
    lines = [_one_line(text_of(n)) for holder in holders for n in children(holder, "note")]
    if subject and subject not in KINDS:
        lines.append(f"field: {subject}")
    for holder in holders:
        lines += [f"definition: {value}" for name, value in _own(holder) if name == "definition"]
    return "\n".join(_CONTROL.sub(" ", line) for line in lines).strip("\n")


def _one_line(note: str) -> str:
    """A note that another tool broke into lines and indented, as one; ours has a line each."""
    return " ".join(note.split()) if "\n" in note else note


def _forms(concept: Element, language: str) -> list[_Form]:
    """The terms of a language, whatever its country, in the order of the file."""
    forms = []
    for section in children(concept, "langSec", "langSet"):
        said = section.get(LANGUAGE) or section.get("lang") or ""
        if said.lower().replace("_", "-").split("-")[0] == language:
            forms += [
                f for e in children(section, "termSec", "tig", "ntig") if (f := _form(e)).text
            ]
    return forms


def _form(section: Element) -> _Form:
    """A `termSec`, or of version 2 a `tig`, or a `ntig` that holds both in a `termGrp`."""
    group = child(section, "termGrp")
    holders = [section] if group is None else [section, group]
    said = [pair for holder in holders for pair in _own(holder)]
    status = next((value for name, value in said if name == "administrativeStatus"), "")
    term = next((e for holder in holders for e in children(holder, "term")), None)
    return _Form(
        text=" ".join(text_of(term).split()),
        status=next((known for known in _PREFERENCE if known and status.startswith(known)), ""),
        plural=("projectSubset", f"{_OURS}plural") in said,
    )


def _own(element: Element) -> Iterator[tuple[str, str]]:
    """Data categories and values right in an element or in a group in it: DCA's by type, DCT's by name."""
    for inner in element:
        name = name_of(inner)
        if name.endswith("Grp") and name != "termGrp":
            yield from _own(inner)
        elif name not in ("langSec", "langSet", "termSec", "tig", "ntig", "term", "note"):
            yield inner.get("type") or name, " ".join(text_of(inner).split())
