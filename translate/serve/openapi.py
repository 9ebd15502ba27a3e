"""The description of all addresses (OpenAPI 3.1). Kept by hand, and held to the routes by a test."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, get_args

from glossary.types import KINDS
from translate.serve import deepl, native
from translate.serve.documents import DocumentState
from translate.serve.limits import Limits
from translate.serve.types import MOST_ALTERNATIVES
from translate.types import Origin, SegmentKind, Severity, State, Status

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SPAN: Schema = {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}
_FLAG: Schema = {"enum": [True, False, 0, 1, "0", "1", "true", "false", None]}
_NAMES: Schema = {"type": ["string", "array", "null"], "items": _TEXT}
_SOURCE: Schema = {"type": ["string", "null"], "pattern": "^([Aa][Rr])?$"}
_TARGET: Schema = {"type": "string", "pattern": "^[Ee][Nn](-([Uu][Ss]|[Gg][Bb]))?$"}
_ALTERNATIVES: Schema = {
    "type": ["integer", "null"],
    "minimum": 0,
    "maximum": MOST_ALTERNATIVES,
}
_EDGE = "[^\\s\\u0000-\\u001f\\u007f-\\u009f]"
_INNER = "[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*"
_LINE: Schema = {"type": "string", "pattern": f"^{_EDGE}({_INNER}{_EDGE})?$"}
_PAIR: Schema = {
    "source_lang": {"type": "string", "pattern": "^[Aa][Rr]$"},
    "target_lang": {"type": "string", "pattern": "^[Ee][Nn]$"},
}
_STATUSES = {
    400: "What is asked for is not understood, or isn't there to be had",
    403: "No key, an unknown one, or not the caller's to change",
    404: "Not there, or not the caller's",
    413: "Larger than the server takes",
    415: "Neither JSON nor a form",
    429: "Too many requests; Retry-After says when to try again",
    456: "The key's characters of this month are used up",
    500: "The server made a mistake",
    503: "Stopping, or not translated in time; Retry-After says when to try again",
}
_READING = (403, 500, 503)
_WRITING = (400, 403, 413, 415, 500, 503)
_TRANSLATING = (*_WRITING, 429, 456)


def description(limits: Limits) -> Schema:
    """The whole description of a server with these limits."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dragoman",
            "version": version("dragoman"),
            "summary": "Arabic into English with agreed names and terms",
            "description": "Three interfaces over one translator: the own one (v1), DeepL's (v2, v3) and "
            "LibreTranslate's. Spans are [start, end) in code points.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            **_operations(),
            **_native(limits),
            **_deepl(limits),
            **_deepl_glossaries(),
            **_libretranslate(limits),
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "DeepL-Auth-Key KEY, or Bearer KEY",
                }
            },
        },
        "security": [{}, {"key": []}],
    }


# How an operation is put together


def _object(
    properties: Mapping[str, Schema], *required: str, closed: bool = False, **more: Any
) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties), **more}
    if required:
        schema["required"] = list(required)
    if closed:
        schema["additionalProperties"] = False
    return schema


def _list(items: Schema, **bounds: int) -> Schema:
    return {"type": "array", "items": items, **bounds}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _body(content: Schema, *, required: bool = True) -> Schema:
    return {"required": required, "content": content}


def _operation(
    summary: str,
    result: Schema | None,
    *,
    errors: tuple[int, ...] = _READING,
    body: Schema | None = None,
    parameters: tuple[Schema, ...] = (),
    status: int = 200,
    error: str = "Error",
) -> Schema:
    good: Schema = {"description": summary}
    if result is not None:
        good["content"] = result
    responses = {str(status): good}
    for number in sorted(errors):
        responses[str(number)] = {
            "description": _STATUSES[number],
            "content": _json(_ref(error)),
        }
    operation: Schema = {"summary": summary, "responses": responses}
    if body is not None:
        operation["requestBody"] = body
    if parameters:
        operation["parameters"] = list(parameters)
    return operation


def _path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


def _query(name: str, schema: Schema, *, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "schema": schema}


# The addresses


def _operations() -> Schema:
    document = _json({"type": "object"})
    return {
        "/health": {
            "get": _operation(
                "The process answers", _json(_object({"status": _TEXT})), errors=(403, 500)
            )
        },
        "/ready": {
            "get": _operation(
                "Translations would be served",
                _json(_object({"status": _TEXT, "model": _TEXT}, "status", "model")),
            )
        },
        "/metrics": {
            "get": _operation("Figures for Prometheus", {"text/plain": {"schema": _TEXT}})
        },
        "/openapi.json": {"get": _operation("This description", document)},
        "/spec": {"get": _operation("This description", document)},
    }


def _native(limits: Limits) -> Schema:
    terms = {"terms": _list(_ref("Term"))}
    name = {**_LINE, "type": ["string", "null"]}
    changed = _object({"name": name, "terms": {"anyOf": [terms["terms"], {"type": "null"}]}}, closed=True)  # fmt: skip
    return {
        "/v1/translate": {
            "post": _operation(
                "Translate texts",
                _json(_ref("Answer")),
                errors=(*_TRANSLATING, 404),
                body=_body(_json(_native_request(limits))),
            )
        },
        "/v1/glossaries": {
            "get": _operation(
                "All glossaries", _json(_object({"glossaries": _list(_ref("Glossary"))}))
            ),
            "post": _operation(
                "Make a glossary",
                _json(_ref("Glossary")),
                errors=_WRITING,
                status=201,
                body=_body(_json(_object({"name": _LINE, **terms}, "name", "terms", closed=True))),
            ),
        },
        "/v1/glossaries/{id}": {
            "get": _operation(
                "A glossary with its terms",
                _json(_object({"glossary": _ref("Glossary"), **terms}, "glossary", "terms")),
                errors=(*_READING, 404),
                parameters=(_path("id"),),
            ),
            "patch": _operation(
                "Give a glossary another name, or other terms",
                _json(_ref("Glossary")),
                errors=(*_WRITING, 404),
                parameters=(_path("id"),),
                body=_body(_json(changed), required=False),
            ),
            "delete": _operation(
                "Delete a glossary",
                None,
                errors=(*_READING, 404),
                parameters=(_path("id"),),
                status=204,
            ),
        },
    }


def _native_request(limits: Limits) -> Schema:
    return _object(
        {
            "texts": _list(_TEXT, minItems=1, maxItems=limits.texts),
            "glossaries": {
                "type": ["array", "null"],
                "items": _TEXT,
                "description": "Ids, earlier ones win; `default`: the server's termbases. An empty list "
                "enforces nothing",
            },
            "markup": {"enum": [*native.MARKUPS, None]},
            "split": {"enum": [*native.SPLITS, None]},
            "alternatives": _ALTERNATIVES,
        },
        "texts",
        closed=True,
    )


def _deepl(limits: Limits) -> Schema:
    texts = _list(_TEXT, minItems=1, maxItems=limits.texts)
    options: dict[str, Schema] = {
        "target_lang": _TARGET,
        "source_lang": _SOURCE,
        "context": {},
        "split_sentences": {"enum": ["0", "1", "nonewlines", None]},
        "preserve_formatting": {},
        "formality": {"enum": ["default", "prefer_more", "prefer_less", None]},
        "tag_handling": {"enum": ["", "html", "xml", None]},
        "ignore_tags": _NAMES,
        "splitting_tags": _NAMES,
        "non_splitting_tags": _NAMES,
        "outline_detection": _FLAG,
        "glossary_id": _MAYBE,
        "glossary_ids": _NAMES,
        "show_billed_characters": {},
        "dragoman": {**_FLAG, "description": "Ask for verdicts and alignment, too"},
    }
    request = _object({"text": texts, **options}, "text", "target_lang")
    form = _object(
        {"text": {**texts, "type": ["string", "array"]}, "target_lang": _TARGET},
        "text",
        "target_lang",
    )
    document = _object(
        {
            "file": {"type": "string", "format": "binary"},
            "target_lang": _TARGET,
            "source_lang": {"type": "string", "pattern": "^([Aa][Rr])?$"},
            "filename": _TEXT,
            "glossary_id": _TEXT,
        },
        "file",
        "target_lang",
    )
    key = _body(_json(_object({"document_key": _TEXT}, "document_key")))
    handle = _object({"document_id": _TEXT, "document_key": _TEXT}, "document_id", "document_key")
    status = _object(
        {
            "document_id": _TEXT,
            "status": {"enum": list(get_args(DocumentState))},
            "billed_characters": _COUNT,
            "error_message": _TEXT,
        },
        "document_id",
        "status",
    )
    return {
        "/v2/translate": {
            "post": _operation(
                "Translate texts (DeepL)",
                _json(_ref("DeepLAnswer")),
                errors=(*_TRANSLATING, 404),
                body=_body(
                    {**_json(request), "application/x-www-form-urlencoded": {"schema": form}}
                ),
            )
        },
        "/v2/languages": {
            "get": _operation(
                "Languages (DeepL)",
                _json(_list(_object({"language": _TEXT, "name": _TEXT}, "language", "name"))),
                errors=_WRITING,
                parameters=(_query("type", {"enum": list(deepl.LANGUAGES)}),),
            )
        },
        "/v2/usage": {
            "get": _operation(
                "Characters of this month (DeepL)",
                _json(_object({"character_count": _COUNT, "character_limit": _COUNT})),
            )
        },
        "/v2/document": {
            "post": _operation(
                "Send a document (DeepL)",
                _json(handle),
                errors=(*_TRANSLATING, 404),
                body=_body({"multipart/form-data": {"schema": document}}),
            )
        },
        "/v2/document/{id}": {
            "post": _operation(
                "How far a document is (DeepL)",
                _json(status),
                errors=(*_WRITING, 404),
                parameters=(_path("id"),),
                body=key,
            )
        },
        "/v2/document/{id}/result": {
            "post": _operation(
                "The document in English (DeepL)",
                {"application/octet-stream": {"schema": {}}},
                errors=(*_WRITING, 404),
                parameters=(_path("id"),),
                body=key,
            )
        },
    }


def _deepl_glossaries() -> Schema:
    id = (_path("id"),)
    pair = (
        _query("source_lang", _PAIR["source_lang"], required=True),
        _query("target_lang", _PAIR["target_lang"], required=True),
    )
    entries = {
        **_PAIR,
        "entries": {"type": "string", "minLength": 1},
        "entries_format": {"enum": ["tsv", "csv", None]},
    }
    dictionary = _object(entries, "source_lang", "target_lang", "entries")
    dictionaries = _list(dictionary, minItems=1, maxItems=1)
    made = _object({"name": _LINE, **entries}, "name", "source_lang", "target_lang", "entries")
    both = _object({"name": _LINE, "dictionaries": dictionaries}, "name", "dictionaries")
    changed = _object({"name": _MAYBE, "dictionaries": {**dictionaries, "minItems": 0, "type": ["array", "null"]}})  # fmt: skip
    pairs = _object({"source_lang": _TEXT, "target_lang": _TEXT}, "source_lang", "target_lang")
    deleted = _operation(
        "Delete a glossary (DeepL)", None, errors=(*_READING, 404), parameters=id, status=204
    )
    writing = (*_WRITING, 404)
    return {
        "/v2/glossary-language-pairs": {
            "get": _operation(
                "Languages of glossaries (DeepL)",
                _json(_object({"supported_languages": _list(pairs)})),
            )
        },
        "/v2/glossaries": {
            "get": _operation(
                "All glossaries (DeepL)",
                _json(_object({"glossaries": _list(_ref("DeepLGlossary"))})),
            ),
            "post": _operation(
                "Make a glossary (DeepL)",
                _json(_ref("DeepLGlossary")),
                errors=_WRITING,
                body=_body(_json(made)),
                status=201,
            ),
        },
        "/v2/glossaries/{id}": {
            "get": _operation(
                "A glossary (DeepL)",
                _json(_ref("DeepLGlossary")),
                errors=(*_READING, 404),
                parameters=id,
            ),
            "delete": deleted,
        },
        "/v2/glossaries/{id}/entries": {
            "get": _operation(
                "Its entries (DeepL)",
                {"text/tab-separated-values": {"schema": _TEXT}},
                errors=(*_READING, 404),
                parameters=id,
            )
        },
        "/v3/glossaries": {
            "get": _operation(
                "All glossaries (DeepL 3)",
                _json(_object({"glossaries": _list(_ref("DeepLMultilingualGlossary"))})),
            ),
            "post": _operation(
                "Make a glossary (DeepL 3)",
                _json(_ref("DeepLMultilingualGlossary")),
                errors=_WRITING,
                body=_body(_json(both)),
                status=201,
            ),
        },
        "/v3/glossaries/{id}": {
            "get": _operation(
                "A glossary (DeepL 3)",
                _json(_ref("DeepLMultilingualGlossary")),
                errors=(*_READING, 404),
                parameters=id,
            ),
            "patch": _operation(
                "Give a glossary another name, or more entries (DeepL 3)",
                _json(_ref("DeepLMultilingualGlossary")),
                errors=writing,
                parameters=id,
                body=_body(_json(changed), required=False),
            ),
            "delete": deleted,
        },
        "/v3/glossaries/{id}/entries": {
            "get": _operation(
                "Entries of a dictionary (DeepL 3)",
                _json(_object({"dictionaries": _list(_object({"entries": _TEXT}, "entries"))})),
                errors=(*_READING, 400, 404),
                parameters=(*id, *pair),
            )
        },
        "/v3/glossaries/{id}/dictionaries": {
            "put": _operation(
                "Replace a dictionary (DeepL 3)",
                _json(_object({**_PAIR, "entry_count": _COUNT})),
                errors=writing,
                parameters=id,
                body=_body(_json(dictionary)),
            ),
            "delete": _operation(
                "Delete a dictionary (DeepL 3)",
                None,
                errors=(*_READING, 400, 404),
                parameters=(*id, *pair),
                status=204,
            ),
        },
    }


def _libretranslate(limits: Limits) -> Schema:
    languages = {
        "source": {"enum": ["ar", "auto"]},
        "target": {"enum": ["en"]},
        "api_key": _MAYBE,
    }
    text = {
        "q": {"type": ["string", "array"], "items": _TEXT, "maxItems": limits.texts},
        **languages,
        "format": {"enum": ["text", "html", None]},
        "alternatives": _ALTERNATIVES,
    }
    form = _object({"q": _TEXT, **languages, "api_key": _TEXT}, "q", "source", "target")
    request = _object(text, "q", "source", "target")
    question = _object({"q": _TEXT, "api_key": _MAYBE}, "q")
    file = {"file": {"type": "string", "format": "binary"}, **languages, "api_key": _TEXT}
    language = _object({"language": _TEXT, "confidence": {"type": "number"}})
    translated = _object(
        {
            "translatedText": {"type": ["string", "array"], "items": _TEXT},
            "detectedLanguage": {"anyOf": [language, _list(language)]},
            "alternatives": {"type": "array"},
        },
        "translatedText",
    )
    known = _object({"code": _TEXT, "name": _TEXT, "targets": _list(_TEXT)}, "code", "name")
    return {
        "/translate": {
            "post": _operation(
                "Translate texts (LibreTranslate)",
                _json(translated),
                errors=_TRANSLATING,
                error="LibreTranslateError",
                body=_body(
                    {**_json(request), "application/x-www-form-urlencoded": {"schema": form}}
                ),
            )
        },
        "/detect": {
            "post": _operation(
                "The language of a text (LibreTranslate)",
                _json(_list(language)),
                errors=_WRITING,
                error="LibreTranslateError",
                body=_body(_json(question)),
            )
        },
        "/languages": {
            "get": _operation(
                "Languages (LibreTranslate)", _json(_list(known)), error="LibreTranslateError"
            )
        },
        "/translate_file": {
            "post": _operation(
                "Translate a document (LibreTranslate)",
                _json(_object({"translatedFileUrl": _TEXT}, "translatedFileUrl")),
                errors=_TRANSLATING,
                error="LibreTranslateError",
                body=_body(
                    {"multipart/form-data": {"schema": _object(file, "file", "source", "target")}}
                ),
            )
        },
        "/download_file/{link}/{name}": {
            "get": _operation(
                "The document in English (LibreTranslate)",
                {"application/octet-stream": {"schema": {}}},
                errors=(*_READING, 404),
                error="LibreTranslateError",
                parameters=(_path("link"), _path("name")),
            )
        },
        "/frontend/settings": {
            "get": _operation(
                "What the server offers (LibreTranslate)",
                _json({"type": "object"}),
                error="LibreTranslateError",
            )
        },
    }


# What several addresses share


def _schemas() -> Schema:
    term: dict[str, Schema] = {
        "source": _LINE,
        "target": _LINE,
        "kind": {"enum": [*KINDS, None]},
        "variants": {"type": ["array", "null"], "items": _LINE, "description": "English that is right, too"},
        "forbidden": {"type": ["array", "null"], "items": _LINE, "description": "English that is wrong"},
        "note": {"type": ["string", "null"], "pattern": f"^({_EDGE}({_INNER}{_EDGE})?)?$"},
    }  # fmt: skip
    glossary = {
        "id": _TEXT,
        "name": _TEXT,
        "created": {"type": "string", "format": "date-time"},
        "terms": _COUNT,
        "shared": {"type": "boolean"},
    }
    version_2 = {
        "glossary_id": _TEXT,
        "name": _TEXT,
        "ready": {"type": "boolean"},
        "source_lang": _TEXT,
        "target_lang": _TEXT,
        "creation_time": {"type": "string", "format": "date-time"},
        "entry_count": _COUNT,
    }
    counted = _object({"source_lang": _TEXT, "target_lang": _TEXT, "entry_count": _COUNT})
    version_3 = {
        "glossary_id": _TEXT,
        "name": _TEXT,
        "dictionaries": _list(counted),
        "creation_time": {"type": "string", "format": "date-time"},
    }
    translation: dict[str, Schema] = {
        "detected_source_language": {"enum": ["AR", "EN"]},
        "text": _TEXT,
        "billed_characters": _COUNT,
    }
    extension = _object(
        {"model": _TEXT, "glossary": _TEXT, "segments": _list(_ref("Segment"))},
        "model",
        "glossary",
        "segments",
    )
    return {
        "Error": _object({"message": _TEXT, "detail": _TEXT}, "message"),
        "LibreTranslateError": _object({"error": _TEXT}, "error"),
        "Term": _object(term, "source", "target", closed=True),
        "Glossary": _object(glossary, *glossary),
        "DeepLGlossary": _object(version_2, *version_2),
        "DeepLMultilingualGlossary": _object(version_3, *version_3),
        "DeepLAnswer": _object(
            {"translations": _list(_object({**translation, "dragoman": extension}, *translation))},
            "translations",
        ),
        "Answer": _answer(),
        "Segment": _segment(),
        "Verdict": _verdict(),
        "Finding": _finding(),
    }


def _answer() -> Schema:
    one = {
        "text": _TEXT,
        "characters": _COUNT,
        "alternatives": _list(_TEXT),
        "segments": _list(_ref("Segment")),
    }
    answer = {
        **dict.fromkeys(("model", "engine", "glossary", "version"), _TEXT),
        "translations": _list(_object(one, *one)),
    }
    return _object(answer, *answer)


def _segment() -> Schema:
    segment = {
        "before": {**_TEXT, "description": "The text between this segment and the one before"},
        "id": _TEXT,
        "paragraph": _COUNT,
        "kind": {"enum": list(get_args(SegmentKind))},
        "source": _TEXT,
        "target": _TEXT,
        "state": {"enum": list(get_args(State))},
        "origin": {"enum": list(get_args(Origin))},
        "score": {"type": ["number", "null"], "description": "Mean log-probability of a token"},
        "alignment": _list({**_SPAN, "description": "Source word, target word"}),
        "source_words": _list(_SPAN),
        "target_words": _list(_SPAN),
        "verdicts": _list(_ref("Verdict")),
        "findings": _list(_ref("Finding")),
    }
    return _object(segment, *segment)


def _verdict() -> Schema:
    verdict = {
        "term": _TEXT,
        "kind": {"enum": list(KINDS)},
        "source_span": _SPAN,
        "surface": _TEXT,
        "status": {"enum": list(get_args(Status))},
        "expected": _list(_TEXT),
        "target_span": {"anyOf": [_SPAN, {"type": "null"}]},
    }
    return _object(verdict, *verdict)


def _finding() -> Schema:
    maybe = {"anyOf": [_SPAN, {"type": "null"}]}
    finding = {
        "check": _TEXT,
        "severity": {"enum": list(get_args(Severity))},
        "message": _TEXT,
        "source_span": maybe,
        "target_span": maybe,
    }
    return _object(finding, *finding)
