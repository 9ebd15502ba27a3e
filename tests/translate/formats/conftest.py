"""Documents to write: a small one with every status, checked by hand, and nasty ones."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from glossary.types import Span, Term, TermMatch
from translate.types import (
    Alignment,
    Constraint,
    Document,
    Finding,
    Provenance,
    Segment,
    TranslationUnit,
    Verdict,
)

NASTY = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entities": "&amp; &lt;b&gt; ' \" {{ 7*7 }} {% if x %} ]]> --> </style>",
    "backslashes": r"C:\new\table \" \\ \x41 \u0041",
    "backslash-end": "ends in a backslash \\",
    "tabs": "a\tb\tc",
    "newlines": "first\nsecond\r\nthird\rfourth",
    "unicode-lines": "a\u2028b\u2029c\x85d\x1ce\x1df\x1eg\x0bh\x0ci",
    "bidi": "\u202eevil\u202c \u2067x\u2069 \u200fmark\u200e \ufeff",
    "controls": "bell\x07 escape\x1b delete\x7f",
    "po": 'msgid "x"\nmsgstr "y"\n#~ old\n# note',
    "formula": "=HYPERLINK(1) %s %(name)s {0}",
    "astral": "😀 𐎠 e\u0301 ـ ﻻ",
    "spaces": "  two  spaces  ",
}


def _span(text: str, part: str) -> Span | None:
    return Span(text.index(part), text.index(part) + len(part)) if part else None


def _words(text: str) -> tuple[Span, ...]:
    return tuple(Span(*m.span()) for m in re.finditer(r"\w+", text))


def _unit(row: dict[str, Any]) -> TranslationUnit:
    source, target = row["source"], row["target"]
    verdicts = []
    for term, kind, surface, english, status, found in row["terms"]:
        span = _span(source, surface)
        assert span
        variants = (found,) if status == "variant" else ()
        forbidden = (found,) if status == "forbidden" else ()
        entry = Term(source=term, target=english, kind=kind, variants=variants, forbidden=forbidden)
        match = TermMatch(term=entry, span=span, surface=surface)
        constraint = Constraint(
            match=match, forms=(english,), variants=variants, forbidden=forbidden
        )
        verdicts.append(Verdict(constraint=constraint, status=status, span=_span(target, found)))
    return TranslationUnit(
        segment=Segment(**{k: row[k] for k in ("id", "source", "kind", "paragraph", "before")}),
        target=target,
        state=row["state"],
        origin=row["origin"],
        score=row["score"],
        note=row["note"],
        alignment=Alignment(
            source_words=_words(source),
            target_words=_words(target),
            links=tuple((s, t) for s, t in row["links"]),
        )
        if row["links"]
        else None,
        verdicts=tuple(verdicts),
        findings=tuple(
            Finding(
                check=check,
                severity=severity,
                message=message,
                source_span=_span(source, there),
                target_span=_span(target, here),
            )
            for check, severity, message, there, here in row["findings"]
        ),
    )


@pytest.fixture
def document(data: Path) -> Document:
    """Every status, state and origin; with and without an alignment; one segment untranslated."""
    rows = json.loads((data / "golden" / "document.json").read_text(encoding="utf-8"))
    return Document(
        name=rows["name"],
        units=tuple(map(_unit, rows["segments"])),
        after=rows["after"],
        provenance=Provenance(
            model="starter@1a2b3c4d", engine="fake", glossary="5f0c9ad2", version="0.1.0"
        ),
        seconds=1.5,
    )


def _nasty(name: str) -> Document:
    text = NASTY[name]
    term = Term(source=text, target=text, note=text)
    whole = Span(0, len(text))
    constraint = Constraint(match=TermMatch(term=term, span=whole, surface=text), forms=(text,))
    units = tuple(
        TranslationUnit(
            segment=Segment(
                id=f"{name}-{i}", source=text, kind="sentence", paragraph=i // 2, before="\n" * i
            ),
            target=target,
            state="translated" if target else "initial",
            note=text,
            verdicts=(
                Verdict(constraint=constraint, status="missing"),
                Verdict(constraint=constraint, status="satisfied", span=whole if target else None),
            ),
            findings=(Finding(check=text, severity="info", message=text, source_span=whole),),
            alignment=Alignment(source_words=(whole,), target_words=(whole,), links=((0, 0),)),
        )
        for i, target in enumerate((text, "", text))
    )
    provenance = Provenance(model=text, engine=text, glossary=text, version=text)
    return Document(name=text, units=units, after=text, provenance=provenance)


@pytest.fixture(params=[*NASTY, "empty"])
def nasty(request: pytest.FixtureRequest) -> Document:
    if request.param == "empty":
        return Document(name="", units=())
    return _nasty(request.param)
