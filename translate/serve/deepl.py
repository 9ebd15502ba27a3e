"""DeepL's interface (versions 2 and 3), as bodies: from the fields of a request to what is wanted, and from what
was made to the body of an answer. Shapes as DeepL's documentation and its Python client have them.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glossary.types import Term
from translate.formats.report import segment_object
from translate.serve.errors import bad
from translate.serve.fields import Fields
from translate.serve.glossaries import Glossary
from translate.serve.types import DEFAULT, Answer, Markup, Split, Tags, Translation, Wanted

LANGUAGES = {
    "source": [{"language": "AR", "name": "Arabic"}],
    "target": [
        {"language": "EN-GB", "name": "English (British)", "supports_formality": False},
        {"language": "EN-US", "name": "English (American)", "supports_formality": False},
    ],
}
PAIRS = {"supported_languages": [{"source_lang": "ar", "target_lang": "en"}]}
UNLIMITED = 10**12  # what DeepL says of accounts without a limit
GLOSSARIES = 5  # that one request may name
_TARGETS = ("EN", "EN-US", "EN-GB")
_SPLITS: Mapping[str, Split] = {"1": "sentences", "0": "none", "nonewlines": "nonewlines"}
_MARKUPS: Mapping[str, Markup] = {"": "none", "html": "html", "xml": "xml"}
_UNSUPPORTED = {
    "style_id": "there are no style rules here",
    "custom_instructions": "the model takes no instructions",
    "translation_memory_id": "there are no translation memories here",
}
_FORMALITIES = ("default", "prefer_more", "prefer_less")


@dataclass(frozen=True, slots=True)
class TextRequest:
    """/v2/translate: what is wanted, and what is to be said beside the text."""

    wanted: Wanted
    verdicts: bool  # our extension: field `dragoman`


def text_request(fields: Fields, most: int) -> TextRequest:
    """Raises Refusal 400 for what isn't supported. `context`, `preserve_formatting`, `model_type` and unknown
    fields change nothing."""
    texts = fields.texts("text")
    if not 1 <= len(texts) <= most:
        raise bad("Value for 'text' not supported", f"from 1 to {most} texts")
    _check_languages(fields)
    markup = _MARKUPS[fields.choice("tag_handling", tuple(_MARKUPS), "")]
    split = fields.choice(
        "split_sentences", tuple(_SPLITS), "nonewlines" if markup == "html" else "1"
    )
    wanted = Wanted(
        texts=texts,
        glossaries=glossaries(fields),
        markup=markup,
        split=_SPLITS[split],
        tags=_tags(fields, markup),
    )
    return TextRequest(wanted, fields.flag("dragoman"))


def _tags(fields: Fields, markup: Markup) -> Tags:
    names = {name: fields.names(name) for name in ("ignore_tags", "splitting_tags", "non_splitting_tags")}  # fmt: skip
    if markup != "xml":
        fields.refuse(
            dict.fromkeys(
                (name for name, given in names.items() if given), "it needs tag_handling=xml"
            )
        )
    return Tags(
        ignored=frozenset(names["ignore_tags"]),
        splitting=frozenset(names["splitting_tags"]),
        joining=frozenset(names["non_splitting_tags"]),
        outline=fields.flag("outline_detection", default=True),
    )


def _check_languages(fields: Fields) -> None:
    fields.refuse(_UNSUPPORTED)
    fields.choice("formality", _FORMALITIES, "default")
    source = fields.optional("source_lang")
    if source and source.upper() != "AR":
        raise bad("Value for 'source_lang' not supported", "AR, or leave it out")
    if fields.text("target_lang").upper() not in _TARGETS:
        raise bad("Value for 'target_lang' not supported", ", ".join(_TARGETS))


def glossaries(fields: Fields) -> tuple[str, ...]:
    """The glossaries a request names come before the server's own termbases."""
    one, several = fields.optional("glossary_id"), fields.names("glossary_ids")
    if one and several:
        raise bad("Value for 'glossary_ids' not supported", "not beside 'glossary_id'")
    if len(several) > GLOSSARIES:
        raise bad("Value for 'glossary_ids' not supported", f"at most {GLOSSARIES}")
    named = (one,) if one else several
    if named and not fields.optional("source_lang"):
        raise bad("Parameter 'source_lang' not specified", "a glossary needs it")
    return tuple(dict.fromkeys((*named, DEFAULT)))


def document_glossaries(fields: Fields, name: str) -> tuple[str, ...]:
    """/v2/document: which glossaries count. Raises Refusal 400 for what isn't supported."""
    _check_languages(fields)
    wanted = fields.optional("output_format")
    if wanted and not name.lower().endswith(f".{wanted.lower()}"):
        raise bad("Value for 'output_format' not supported", "a document keeps its format")
    return glossaries(fields)


def translations(asked: TextRequest, answer: Answer) -> dict[str, Any]:
    """The body of an answer to /v2/translate."""
    return {"translations": [_translation(one, asked, answer) for one in answer.translations]}


def _translation(one: Translation, asked: TextRequest, answer: Answer) -> dict[str, Any]:
    body: dict[str, Any] = {
        "detected_source_language": "AR" if one.arabic else "EN",
        "text": one.text,
        "billed_characters": one.characters,
    }
    if asked.verdicts:
        body["dragoman"] = {
            "model": answer.provenance.model,
            "glossary": answer.provenance.glossary,
            "segments": [segment_object(unit) for unit in one.units],
        }
    return body


def usage(used: int, limit: int | None) -> dict[str, int]:
    """The body of an answer to /v2/usage: characters of this month."""
    return {"character_count": used, "character_limit": UNLIMITED if limit is None else limit}


# Glossaries


@dataclass(frozen=True, slots=True, kw_only=True)
class GlossaryChange:
    """What a request says about a glossary; None: nothing about that."""

    name: str | None = None
    terms: tuple[Term, ...] | None = None


def glossary_request(fields: Fields) -> GlossaryChange:
    """/v2/glossaries: a name and entries in one pair of languages."""
    return GlossaryChange(name=fields.text("name"), terms=dictionary(fields))


def dictionaries_request(fields: Fields, *, required: bool) -> GlossaryChange:
    """/v3/glossaries: a name and dictionaries, of which there can be one here. All `required` to make a
    glossary, none to change one."""
    name = fields.text("name") if required else fields.optional("name")
    if not required and not fields.has("dictionaries"):
        return GlossaryChange(name=name)
    listed = fields.objects("dictionaries")
    if len(listed) > 1:
        raise bad("Value for 'dictionaries' not supported", "one dictionary, from AR to EN")
    return GlossaryChange(name=name, terms=tuple(t for one in listed for t in dictionary(one)))


def dictionary(fields: Fields) -> tuple[Term, ...]:
    """The entries of a dictionary from Arabic to English, as TSV or CSV."""
    pair(fields)
    kind = fields.choice("entries_format", ("tsv", "csv"), "tsv")
    text = fields.text("entries")
    rows = csv.reader(io.StringIO(text)) if kind == "csv" else (line.split("\t") for line in _lines(text))  # fmt: skip
    return tuple(_entry(number, row) for number, row in enumerate(rows, 1) if any(row))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _entry(number: int, row: Sequence[str]) -> Term:
    if len(row) != 2:
        raise bad(f"Invalid glossary entry {number}", "a line is a source and a target")
    return Term(source=row[0].strip(), target=row[1].strip())


def pair(fields: Fields) -> None:
    """Refuse languages for which there are no glossaries."""
    languages = [fields.text(name).lower() for name in ("source_lang", "target_lang")]
    if languages != ["ar", "en"]:
        raise bad("Unsupported glossary source and target language pair", "AR to EN")


def glossary(one: Glossary) -> dict[str, Any]:
    """A glossary as version 2 shows it."""
    return {
        "glossary_id": one.id,
        "name": one.name,
        "ready": True,
        "source_lang": "ar",
        "target_lang": "en",
        "creation_time": one.created.isoformat(),
        "entry_count": one.count,
    }


def multilingual(one: Glossary) -> dict[str, Any]:
    """A glossary as version 3 shows it; without entries it has no dictionary."""
    return {
        "glossary_id": one.id,
        "name": one.name,
        "dictionaries": [dictionary_info(one)] if one.count else [],
        "creation_time": one.created.isoformat(),
    }


def dictionary_info(one: Glossary) -> dict[str, Any]:
    """A dictionary without its entries."""
    return {"source_lang": "ar", "target_lang": "en", "entry_count": one.count}


def entries(terms: Sequence[Term]) -> str:
    """Terms as TSV."""
    return "".join(f"{term.source}\t{term.target}\n" for term in terms)


def dictionaries(terms: Sequence[Term]) -> dict[str, Any]:
    """The body of an answer to /v3/glossaries/ID/entries."""
    one = {"source_lang": "ar", "target_lang": "en", "entries": entries(terms), "entries_format": "tsv"}  # fmt: skip
    return {"dictionaries": [one]}
