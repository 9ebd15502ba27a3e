"""The matcher against a sheet annotated by reading, not by running the code.

The sheet: id, set (occ or trap), a sentence with ⟦surface¦msgid⟧ around every occurrence, a note.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from glossary.match import Matcher
from glossary.termbase import Termbase

DATA = Path(__file__).parents[1] / "data" / "matching"
MARKED = re.compile("⟦([^¦⟧]*)¦([^⟧]*)⟧")


@dataclass(frozen=True)
class Line:
    id: str
    text: str
    expected: frozenset[tuple[int, int, str]]  # start, end, msgid


def read_sheet() -> list[Line]:
    rows = (row.split("\t") for row in (DATA / "sheet.tsv").read_text("utf-8").splitlines())
    return [read_line(row[0], row[2]) for row in rows if row[1:2] in (["occ"], ["trap"])]


def read_line(name: str, marked: str) -> Line:
    text, expected, at = "", set(), 0
    for match in MARKED.finditer(marked):
        text += marked[at : match.start()]
        expected.add((len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        at = match.end()
    return Line(name, text + marked[at:], frozenset(expected))


@pytest.mark.skipif(not (DATA / "sheet.tsv").exists(), reason="no annotated sheet here")
def test_matches_agree_with_the_annotated_sheet():
    matcher = Matcher(Termbase.load([DATA / "terms.po"]).terms)
    hits = expected = found = 0
    for line in read_sheet():
        matched = {(m.span.start, m.span.end, m.term.source) for m in matcher.match(line.text)}
        hits += len(matched & line.expected)
        expected, found = expected + len(line.expected), found + len(matched)
        for start, end, source in sorted(matched ^ line.expected):
            what = "missed" if (start, end, source) in line.expected else "false"
            print(f"{line.id} {what}: {line.text[start:end]!r} as {source!r} in {line.text!r}")
    recall, precision = hits / expected, hits / found
    print(f"{expected} occurrences: recall {recall:.4f}, precision {precision:.4f}")
    assert recall >= 0.98
    assert precision >= 0.99
