"""What Unicode CLDR calls countries, languages and currencies in Arabic and English, through babel."""

from functools import cache
from typing import NamedTuple

from babel import Locale

from glossary.arabic import fold_text
from glossary.types import Kind


class Named(NamedTuple):
    """The English and the kind of something that CLDR names."""

    english: str
    kind: Kind


@cache
def arabic_names() -> dict[str, Named]:
    """By folded Arabic name without article; of two things with one name, the country comes first."""
    ours, theirs = Locale("ar"), Locale("en")
    found: dict[str, Named] = {}
    tables: tuple[tuple[Kind, str], ...] = (
        ("place", "territories"), ("term", "currencies"), ("term", "languages"),
    )  # fmt: skip
    for kind, table in tables:
        english = getattr(theirs, table)
        for code, arabic in getattr(ours, table).items():
            if code in english and any("\u0621" <= c <= "\u064a" for c in arabic):
                written = _news(english[code]) if table == "currencies" else english[code]
                found.setdefault(fold_text(arabic).removeprefix("ال"), Named(written, kind))
    return found


def _news(currency: str) -> str:
    """Canadian dollar, euro: as newsrooms write it."""
    head, _, unit = currency.rpartition(" ")
    return f"{head} {unit.lower()}".strip()
