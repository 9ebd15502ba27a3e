"""Requests share batches; none waits for another's end, and none spoils another."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from glossary.match import Matcher
from glossary.termbase import Termbase
from glossary.types import Term
from tests.translate.serve.conftest import HeldEngine
from tests.translate.web.conftest import until
from translate.pipeline import Translator
from translate.serve.batching import Batcher
from translate.types import Segment, TranslationUnit

Make = Callable[..., Batcher]


def segments(*sources: str) -> list[Segment]:
    return [
        Segment(id=str(n), source=source, kind="sentence", paragraph=0)
        for n, source in enumerate(sources)
    ]


@pytest.fixture
def batcher(held: Translator) -> Iterator[Make]:
    made: list[Batcher] = []

    def make(**options: object) -> Batcher:
        made.append(Batcher(held, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()
        assert not one.alive


def blocking(
    batcher: Batcher, translator: Translator, engine: HeldEngine
) -> "Future[list[TranslationUnit]]":
    """A request in work until `engine.free` is set, so that others wait together."""
    engine.free.clear()
    first = batcher.submit(segments("زار"), translator)
    assert engine.entered.wait(30)
    return first


def test_units_come_in_order(batcher: Make, held: Translator) -> None:
    units = batcher(tokens=4).submit(segments("زار", "الوفد", "موسكو", "عاد"), held).result(30)
    assert [unit.target for unit in units] == ["Visited", "delegation", "Moscow", "Returned"]


def test_nothing_is_nothing(batcher: Make, held: Translator) -> None:
    assert batcher().submit([], held).result(0) == []


def test_requests_that_wait_together_share_a_batch(
    batcher: Make, held: Translator, engine: HeldEngine
) -> None:
    shared = batcher()
    first = blocking(shared, held, engine)
    others = [shared.submit(segments("الوفد"), held) for _ in range(3)]
    engine.free.set()
    assert [one.result(30)[0].target for one in (first, *others)] == [
        "Visited",
        *["delegation"] * 3,
    ]
    assert [len(call) for call in engine.calls] == [1, 3]


def test_a_sentence_does_not_wait_for_a_document(
    batcher: Make, held: Translator, engine: HeldEngine
) -> None:
    shared = batcher(tokens=8, latency=0)
    engine.free.clear()
    document = shared.submit(segments(*["الوفد"] * 200), held)
    assert engine.entered.wait(30)
    sentence = shared.submit(segments("زار"), held)
    sentence.add_done_callback(lambda _: engine.free.clear())
    engine.free.set()
    assert sentence.result(30)[0].target == "Visited"
    assert not document.done()
    engine.free.set()
    assert len(document.result(30)) == 200


def test_each_request_has_its_own_terms(
    batcher: Make, held: Translator, engine: HeldEngine
) -> None:
    termbase = Termbase(terms=(Term(source="كييف", target="Kyjiw"),))
    other = held.with_terms(termbase, Matcher(termbase.terms))
    shared = batcher()
    blocked = blocking(shared, held, engine)
    futures = [shared.submit(segments("كييف"), one) for one in (held, other)]
    engine.free.set()
    assert [one.result(30)[0].target for one in futures] == ["Kyiv", "Kyjiw"]
    assert [len(call) for call in engine.calls[:2]] == [1, 2]
    assert blocked.result(30)


def test_a_failure_is_only_of_the_request_that_fails(
    batcher: Make, held: Translator, engine: HeldEngine
) -> None:
    shared = batcher()
    blocked = blocking(shared, held, engine)
    good = shared.submit(segments("زار", "الوفد"), held)
    broken = shared.submit(segments("زار", "كسر"), held)
    engine.free.set()
    assert [unit.target for unit in good.result(30)] == ["Visited", "delegation"]
    with pytest.raises(ValueError, match="كسر"):
        broken.result(30)
    assert blocked.result(30)
    assert shared.alive


def test_who_gives_up_frees_what_waits(batcher: Make, held: Translator, engine: HeldEngine) -> None:
    shared = batcher(tokens=8)
    engine.free.clear()
    document = shared.submit(segments(*["الوفد"] * 100), held)
    assert engine.entered.wait(30)
    assert document.cancel()
    engine.free.set()
    assert shared.submit(segments("زار"), held).result(30)[0].target == "Visited"
    until(lambda: shared.waiting == 0)
    assert sum(len(call) for call in engine.calls) < 50


def test_closing_gives_up_what_waits(batcher: Make, held: Translator, engine: HeldEngine) -> None:
    closed = batcher(tokens=1)
    engine.free.clear()
    waiting = closed.submit(segments(*["زار"] * 3), held)
    assert engine.entered.wait(30)
    closing = threading.Thread(target=closed.close)
    closing.start()
    until(waiting.cancelled)
    engine.free.set()
    closing.join(30)
    with pytest.raises(RuntimeError, match="closed"):
        closed.submit(segments("زار"), held)


def test_workers_share_one_request(batcher: Make, held: Translator) -> None:
    units = batcher(tokens=4, workers=4).submit(segments(*["زار", "الوفد"] * 100), held).result(30)
    assert [unit.target for unit in units] == ["Visited", "delegation"] * 100


def test_what_failed_takes_no_more_batches(
    batcher: Make, held: Translator, engine: HeldEngine
) -> None:
    shared = batcher(tokens=4)
    broken = shared.submit(segments("كسر", *["الوفد"] * 100), held)
    with pytest.raises(ValueError, match="كسر"):
        broken.result(30)
    until(lambda: shared.waiting == 0)
    assert sum(len(call) for call in engine.calls) < 50
