"""Work ahead of its turn: in order, never more than is held, and an error in its place."""

import threading
from operator import length_hint

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.ahead import ahead


@given(st.integers(0, 30), st.integers(1, 3), st.integers(1, 6))
def test_in_order_and_never_more_than_held(count: int, threads: int, held: int) -> None:
    items = iter(range(count))
    run = ahead(lambda n: n * n, items, threads=threads, held=held)
    for turn, found in enumerate(run):
        assert found == (turn, turn**2)
        assert count - length_hint(items) <= turn + held
    assert length_hint(items) == 0


def test_an_error_comes_in_its_turn_and_ends_it() -> None:
    def work(n: int) -> int:
        if n == 2:
            raise ValueError("two")
        return n

    run = ahead(work, range(9), threads=3, held=3)
    assert [next(run), next(run)] == [(0, 0), (1, 1)]
    with pytest.raises(ValueError, match="two"):
        next(run)


def test_who_stops_early_lets_nothing_more_begin() -> None:
    begun, go = [], threading.Event()

    def work(n: int) -> int:
        begun.append(n)
        if n:
            go.wait(5)
        return n

    run = ahead(work, range(9), threads=1, held=4)
    assert next(run) == (0, 0)
    go.set()
    run.close()
    assert len(begun) <= 4
