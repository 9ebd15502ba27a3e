"""LibreTranslate's interface, as bodies: from the fields of a request to what is wanted, and from what was made to
the body of an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from translate.serve.errors import bad
from translate.serve.fields import Fields
from translate.serve.texts import arabic_share
from translate.serve.types import MOST_ALTERNATIVES, Answer, Markup, Wanted

LANGUAGES = [
    {"code": "ar", "name": "Arabic", "targets": ["en"]},
    {"code": "en", "name": "English", "targets": []},
]
_MARKUPS: dict[str, Markup] = {"text": "none", "html": "html"}


@dataclass(frozen=True, slots=True)
class TextRequest:
    """/translate: what is wanted, and the shape of the answer."""

    wanted: Wanted
    many: bool  # `q` was a list, and so is the answer
    detected: bool  # the source was `auto`


def text_request(fields: Fields, most: int) -> TextRequest:
    """Raises Refusal 400 for other languages."""
    detected = languages(fields)
    many = fields.typed and isinstance(fields.values.get("q"), list)
    texts = fields.texts("q") if many else (fields.text("q"),)
    if len(texts) > most:
        raise bad(f"Too many texts in q: at most {most}")
    wanted = Wanted(
        texts=texts,
        markup=_MARKUPS[fields.choice("format", tuple(_MARKUPS), "text")],
        alternatives=fields.number("alternatives", 0, least=0, most=MOST_ALTERNATIVES),
    )
    return TextRequest(wanted, many, detected)


def languages(fields: Fields) -> bool:
    """Whether the source is to be detected. Raises Refusal 400 for languages there aren't."""
    source, target = fields.text("source"), fields.text("target")
    if source not in ("ar", "auto"):
        raise bad(f"{source} is not supported", "source: ar or auto")
    if target != "en":
        raise bad(f"{target} is not supported", "target: en")
    return source == "auto"


def translations(asked: TextRequest, answer: Answer) -> dict[str, Any]:
    """The body of an answer to /translate."""
    found = answer.translations
    body: dict[str, Any] = {"translatedText": _shaped(asked, [one.text for one in found])}
    if asked.detected:
        body["detectedLanguage"] = _shaped(asked, [_detection(one.arabic) for one in found])
    if asked.wanted.alternatives:
        body["alternatives"] = _shaped(asked, [list(one.alternatives) for one in found])
    return body


def _shaped(asked: TextRequest, each: Sequence[Any]) -> Any:
    return list(each) if asked.many else each[0]


def detected(text: str) -> list[dict[str, Any]]:
    """The body of an answer to /detect: by script, for there are two languages here."""
    return [_detection(arabic_share(text))]


def _detection(arabic: float) -> dict[str, Any]:
    """Arabic as soon as there is some, since English stands in Arabic texts and not the other way."""
    if arabic:
        return {"language": "ar", "confidence": round(100 * max(arabic, 0.5), 1)}
    return {"language": "en", "confidence": 50.0}


def settings(*, keys: bool, characters: int, suffixes: Sequence[str]) -> dict[str, Any]:
    """The body of an answer to /frontend/settings."""
    return {
        "apiKeys": keys,
        "keyRequired": keys,
        "charLimit": characters,
        "frontendTimeout": 500,
        "suggestions": False,
        "filesTranslation": True,
        "supportedFilesFormat": list(suffixes),
        "language": {
            "source": {"code": "ar", "name": "Arabic"},
            "target": {"code": "en", "name": "English"},
        },
    }
