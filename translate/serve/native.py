"""The own interface, as bodies: everything known about a translation, and glossaries with all their fields."""

from collections.abc import Sequence
from typing import Any, cast, get_args

from glossary.types import KINDS, Kind, Term
from translate.formats.report import segment_object
from translate.serve.errors import bad
from translate.serve.fields import Fields
from translate.serve.glossaries import Glossary
from translate.serve.types import DEFAULT, MOST_ALTERNATIVES, Answer, Markup, Split, Wanted

MARKUPS: tuple[Markup, ...] = get_args(Markup)
SPLITS: tuple[Split, ...] = get_args(Split)
REQUEST = ("texts", "glossaries", "markup", "split", "alternatives")
TERM = ("source", "target", "kind", "variants", "forbidden", "note")


def request(fields: Fields, most: int) -> Wanted:
    """/v1/translate. An empty list of glossaries enforces nothing. Raises Refusal 400."""
    fields.only(*REQUEST)
    texts = fields.texts("texts")
    if not 1 <= len(texts) <= most:
        raise bad("Value for 'texts' not supported", f"from 1 to {most} texts")
    return Wanted(
        texts=texts,
        glossaries=fields.texts("glossaries") if fields.has("glossaries") else (DEFAULT,),
        markup=cast(Markup, fields.choice("markup", MARKUPS, "none")),
        split=cast(Split, fields.choice("split", SPLITS, "sentences")),
        alternatives=fields.number("alternatives", 0, least=0, most=MOST_ALTERNATIVES),
    )


def answer(made: Answer) -> dict[str, Any]:
    """The body of an answer to /v1/translate; spans are [start, end) in code points of a segment's text."""
    provenance = made.provenance
    return {
        "model": provenance.model,
        "engine": provenance.engine,
        "glossary": provenance.glossary,
        "version": provenance.version,
        "translations": [
            {
                "text": one.text,
                "characters": one.characters,
                "alternatives": list(one.alternatives),
                "segments": [segment_object(unit) for unit in one.units],
            }
            for one in made.translations
        ],
    }


def glossary(one: Glossary) -> dict[str, Any]:
    """A glossary without its terms. `shared`: the operator's."""
    return {
        "id": one.id,
        "name": one.name,
        "created": one.created.isoformat(),
        "terms": one.count,
        "shared": one.owner is None,
    }


def terms(fields: Fields) -> tuple[Term, ...]:
    """The terms of a glossary. Raises Refusal 400."""
    return tuple(map(_term, fields.objects("terms")))


def _term(fields: Fields) -> Term:
    fields.only(*TERM)
    return Term(
        source=fields.text("source"),
        target=fields.text("target"),
        kind=cast(Kind, fields.choice("kind", KINDS, "term")),
        variants=_list(fields, "variants"),
        forbidden=_list(fields, "forbidden"),
        note=fields.text("note", ""),
    )


def _list(fields: Fields, name: str) -> tuple[str, ...]:
    return fields.texts(name) if fields.has(name) else ()


def terms_body(found: Sequence[Term]) -> dict[str, Any]:
    """Terms as they are sent."""
    return {
        "terms": [
            {
                "source": term.source,
                "target": term.target,
                "kind": term.kind,
                "variants": list(term.variants),
                "forbidden": list(term.forbidden),
                "note": term.note,
            }
            for term in found
        ]
    }
