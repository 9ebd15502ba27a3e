"""From occurrences to English: number, read-only, forbidden."""

import csv
from pathlib import Path

import pytest

from glossary.types import Span, Term, TermMatch
from translate.constraints import constrain, within
from translate.types import Constraint

PLURALS = Path(__file__).parent.parent / "data/plurals.tsv"
with PLURALS.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t"))


def one(term: Term, surface: str, proclitics: tuple[str, ...] = ()) -> Constraint:
    span = Span(0, len(surface))
    return constrain([TermMatch(term=term, span=span, surface=surface, proclitics=proclitics)])[0]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["surface"])
def test_the_preferred_form_has_the_number_that_is_printed(row: dict[str, str]) -> None:
    term = Term(source=row["cited"], target="thing", kind=row["kind"])  # type: ignore[arg-type]
    forms = one(term, row["surface"], tuple(row["proclitics"].split())).forms
    assert forms[0] == ("things" if row["many"] == "yes" else "thing")
    assert "thing" in forms


def test_variants_count_too_but_not_first() -> None:
    made = one(Term(source="س", target="Kyiv", kind="place", variants=("Kiev",)), "س")
    assert (made.forms, made.variants) == (("Kyiv",), ("Kiev",))


def test_read_only_is_kept_as_cited_and_forbidden_only_forbids() -> None:
    kept = one(Term(source="iPhone", target="x", flags=frozenset({"read-only"})), "iPhone")
    assert kept.forms == ("iPhone",)
    only = one(Term(source="س", target="bad", flags=frozenset({"forbidden"})), "س")
    assert (only.forms, only.forbidden) == ((), ("bad",))


def test_within_moves_spans_and_drops_what_lies_outside() -> None:
    made = one(Term(source="س", target="x"), "سس")
    assert within([made], Span(0, 5)) == (made,)
    assert within([made], Span(1, 5)) == ()
