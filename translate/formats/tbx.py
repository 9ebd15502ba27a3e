"""The terms that occur in a document, as TBX-Basic for whoever translates or reviews it in another tool."""

from glossary.tbx import format_tbx
from translate.errors import FormatError
from translate.types import Document


def write_terms(document: Document) -> str:
    """The TBX of the terms that were matched, each once, in the order of the text. Raises FormatError."""
    found = dict.fromkeys(v.constraint.match.term for u in document.units for v in u.verdicts)
    if not found:
        raise FormatError(
            "no term of the termbases occurs in it, and TBX must hold one; nothing was written",
            path=document.name,
        )
    return format_tbx(list(found), "dca")
