"""A copy of the master PO, or another bilingual PO, that comes back from Poedit, Weblate or a colleague."""

from translate.errors import FormatError
from translate.formats.po import read_saved
from translate.formats.returned import Returned


def read_returned_po(data: bytes, path: str) -> tuple[Returned, ...]:
    """The entries of the PO; obsolete ones are not of this document any more. Raises FormatError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError("not UTF-8; save the PO as UTF-8", path=path, line=line) from error
    return tuple(
        Returned(
            id=entry.id,
            source=entry.source,
            target=entry.target,
            state=entry.state if entry.target else None,
            note=entry.note,
            lineage=entry.lineage if entry.mt or entry.said("history") else (),
            place=f"line {entry.line}",
        )
        for entry in read_saved(text, path).entries
        if not entry.obsolete
    )
