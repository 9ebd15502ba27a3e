"""Which stored sources may be like a new one, without looking at all of them.

A source is indexed by its folded words, a short one also by the trigrams of its words, since one letter more or
less leaves no word of a heading as it was. Looked up are the rarest features of the new source; the sources that
share most of them are compared letter by letter. Recall and time: tests/bench/README.md.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from itertools import chain

SHORT = 6  # words, up to which trigrams are indexed
_MARGIN = 3  # words that a new source may have more than a short one like it
# For words, and again for trigrams:
_RAREST = 16  # features looked up, at most
_SURELY = 3  # of them whatever they cost
_POSTINGS = 15_000  # stored sources looked at, at most
_LONGEST = 10_000  # of one feature: the newest
_CANDIDATES = 300  # sources compared letter by letter

_GAP = re.compile(r"[\W_]+")


def features(folded: str, short: int = SHORT) -> set[str]:
    """What a source is indexed by. A word has no `_`, a trigram begins with one."""
    words = [word for word in _GAP.split(folded) if word]
    found = set(words)
    if len(words) <= short:
        for word in words:
            framed = f"_{word}_"
            found.update(f"_{framed[at : at + 3]}" for at in range(len(framed) - 2))
    return found


class Index:
    """The two tables of features. The caller sees to transactions and threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._counted: Counter[str] = Counter()

    def add(self, number: int, folded: str) -> None:
        """Index a source; `flush` before the transaction ends."""
        found = features(folded)
        self._counted.update(found)
        self._connection.execute(
            "INSERT INTO featured (rowid, features) VALUES (?, ?)", (number, " ".join(found))
        )

    def remove(self, number: int, folded: str) -> None:
        """Take a source out; `flush` before the transaction ends."""
        found = features(folded)
        self._counted.subtract(found)
        self._connection.execute(
            "INSERT INTO featured (featured, rowid, features) VALUES ('delete', ?, ?)",
            (number, " ".join(found)),
        )

    def flush(self) -> None:
        """Write how many sources have each feature."""
        self._connection.executemany(
            "INSERT INTO feature VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET sources = sources + excluded.sources",
            sorted(self._counted.items()),
        )
        self._counted.clear()

    def forget(self) -> None:
        """After a transaction that was rolled back."""
        self._counted.clear()

    def candidates(self, folded: str) -> set[int]:
        """Ids of the stored sources that share most of the rarest words, and of the rarest trigrams."""
        counts = sorted(self._counts(features(folded, short=SHORT + _MARGIN)))
        words = [pair for pair in counts if not pair[1].startswith("_")]
        trigrams = [pair for pair in counts if pair[1].startswith("_")]
        return self._sharing(words) | self._sharing(trigrams)

    def _sharing(self, rarest_first: list[tuple[int, str]]) -> set[int]:
        shared: Counter[int] = Counter()
        spent = 0
        for looked_up, (sources, feature) in enumerate(rarest_first[:_RAREST]):
            spent += min(sources, _LONGEST)
            if looked_up >= _SURELY and spent > _POSTINGS:
                break
            rows = self._connection.execute(
                "SELECT rowid FROM featured WHERE featured MATCH ? ORDER BY rowid DESC LIMIT ?",
                (f'"{feature}"', _LONGEST),
            )
            shared.update(chain.from_iterable(rows))
        return {number for number, _ in shared.most_common(_CANDIDATES)}

    def _counts(self, wanted: Iterable[str]) -> list[tuple[int, str]]:
        found = []
        for feature in wanted:
            row = self._connection.execute(
                "SELECT sources FROM feature WHERE feature = ? AND sources > 0", (feature,)
            ).fetchone()
            if row:
                found.append((row[0], feature))
        return found
