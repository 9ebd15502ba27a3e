"""One evaluation put together."""

import pytest

from glossary.termbase import Termbase
from glossary.types import Term
from translate.errors import TranslateError
from translate.evaluate.report import evaluate

SOURCES = ["موسكو", "كييف", "باريس"]
REFERENCES = ["Moscow is cold", "Kyiv is green", "Paris is rich"]
OUTPUTS = ["Moscow is cold", "something else entirely", "Paris is"]


def test_worst_come_first_with_their_line() -> None:
    found = evaluate(SOURCES, OUTPUTS, REFERENCES, worst=2)
    assert [one.line for one in found.worst] == [2, 3]
    assert found.worst[0].output == OUTPUTS[1]
    assert found.worst[0].reference == REFERENCES[1]
    assert found.worst[0].chrf < found.worst[1].chrf


def test_what_is_not_asked_for_is_not_there() -> None:
    found = evaluate(SOURCES, OUTPUTS, REFERENCES)
    assert (found.terms, found.their_terms) == (None, None)
    assert (found.against, found.domains, found.worst) == ((), (), ())


def test_domains_are_scored_apart_in_their_order() -> None:
    found = evaluate(SOURCES, OUTPUTS, REFERENCES, labels=["b", "a", "b"])
    assert [(d.label, d.lines) for d in found.domains] == [("b", 2), ("a", 1)]
    alone = evaluate(SOURCES[1:2], OUTPUTS[1:2], REFERENCES[1:2])
    assert found.domains[1].scores == alone.scores


def test_terms_of_both_systems() -> None:
    termbase = Termbase(terms=(Term(source="موسكو", target="Moscow", kind="place"),))
    found = evaluate(
        SOURCES, OUTPUTS, REFERENCES, termbase=termbase, against=["Moscou", *OUTPUTS[1:]]
    )
    assert found.terms is not None
    assert found.their_terms is not None
    assert (found.terms.success, found.their_terms.success) == (1, 0)
    assert termbase.fingerprint in found.terms.signature


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"outputs": OUTPUTS[:2]}, "3 sources, but 2 outputs"),
        ({"references": REFERENCES * 2}, "3 sources, but 6 references"),
        ({"labels": ["a"]}, "3 sources, but 1 labels"),
    ],
)
def test_unequal_lengths_are_named(given: dict[str, list[str]], message: str) -> None:
    with pytest.raises(TranslateError, match=message):
        evaluate(
            SOURCES,
            given.get("outputs", OUTPUTS),
            given.get("references", REFERENCES),
            labels=given.get("labels"),
        )


def test_nothing_is_no_text() -> None:
    with pytest.raises(TranslateError, match="nothing to evaluate"):
        evaluate([], [], [])
