"""Marks carried over by alignment: none lost, nested as before, where the words say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.types import Span
from translate.align import words
from translate.markup import DEEPEST, Block, Collector, Mark, TooDeep, project, rendered
from translate.types import Alignment


def block_of(markup: str) -> Block:
    """`(` and `)` begin and end a mark, `*` is a point, `<` and `>` a loose mark."""
    collector, open_, number, loose = Collector(), [], 0, 0
    for character in markup:
        if character == "(":
            number += 1
            open_.append(number)
            collector.open(number)
        elif character == ")":
            collector.close(open_.pop())
        elif character == "*":
            number += 1
            collector.point(number)
        elif character == "<":
            number += 1
            loose = number
            collector.start(loose)
        elif character == ">":
            collector.end(loose)
        else:
            collector.text(character)
    return collector.block()


def shown(block: Block) -> str:
    points = {m.id for m in block.marks if not len(m.span) and not m.loose}
    loose = {m.id for m in block.marks if m.loose}
    out = []
    for event in rendered(block):
        if event.kind == "text":
            out.append(event.text)
        elif event.id in points:
            out.append("*" if event.kind == "open" else "")
        elif event.id in loose:
            out.append("<" if event.kind == "open" else ">")
        else:
            out.append("(" if event.kind == "open" else ")")
    return "".join(out)


def carried(markup: str, target: str, links: str | None = None) -> str:
    """`links`: "0-1 1-0", source word to target word; None for none."""
    block = block_of(markup)
    alignment = None
    if links is not None:
        pairs = tuple(tuple(map(int, pair.split("-"))) for pair in links.split())
        alignment = Alignment(
            source_words=words(block.text), target_words=words(target), links=pairs
        )
    return shown(Block(text=target, marks=project(block.marks, block.text, target, alignment)))


@pytest.mark.parametrize(
    ("source", "target", "links", "expected"),
    [
        ("a (b) c", "A C B", "0-0 1-2 2-1", "A C (B)"),
        ("(a b c)", "x y", "0-0", "(x y)"),
        ("(a b) c.", "The A B C.", "0-1 1-2 2-3 3-4", "(The A B) C."),
        ("a (b c.)", "A B C.", "0-0 1-1 2-2 3-3", "A (B C.)"),
        ("a (b) (c) d", "C B of A D", "0-3 1-1 2-0 3-4", "(C) (B) of A D"),
        ("a ((b) c) d", "A C B D", "0-0 1-2 2-1 3-3", "A (C (B)) D"),
        ("a (b)* c", "A B C", "0-0 1-1 2-2", "A (B)* C"),
        ("a b.*", "B A.", "0-1 1-0 2-2", "B A.*"),
        ("*a b", "B A", "0-1 1-0", "*B A"),
        ("a * b", "A B", "0-0 1-1", "A * B"),
        ("a* b c", "C B A", "0-2 1-1 2-0", "C B A*"),
        ("a (b) c", "A X C", "0-0 0-1 2-2", "A (X) C"),  # its word was dropped: never lost
        ("a (b) c", "A X Y B C", "0-0 1-1 1-3 2-4", "A (X Y B) C"),
        ("a b (c d) e f", "c x x x x x d", "2-0 0-1 0-2 1-3 4-4 5-5 3-6", "(c) x x x x x d"),
        ("w(ord) b", "Word B", "0-0 1-1", "(Word) B"),
        ("a <b (c> d)", "A B C D", "0-0 1-1 2-2 3-3", "A <B (C> D)"),
        ("(a) b", "", "", "*"),
    ],
)
def test_marks_follow_their_words(source: str, target: str, links: str, expected: str) -> None:
    assert carried(source, target, links) == expected


def test_without_alignment_by_place() -> None:
    assert carried("a (b) c d", "A B C D") == "A (B) C D"


def test_of_two_marks_on_one_word_none_is_lost() -> None:
    block = block_of("(a) (b)")
    alignment = Alignment(
        source_words=words("a b"), target_words=words("AB"), links=((0, 0), (1, 0))
    )
    marks = project(block.marks, "a b", "AB", alignment)
    assert sorted(mark.span.of("AB") for mark in marks) == ["", "AB"]


def test_white_space_is_squeezed_and_marks_know_their_place() -> None:
    block = block_of("  a \n ( b\tc )  d ")
    assert block.text == "a b c d"
    assert [m.span.of(block.text) for m in block.marks] == ["b c"]


def test_too_deep_is_refused() -> None:
    with pytest.raises(TooDeep):
        block_of("(" * (DEEPEST + 1))


MARKUP = st.recursive(
    st.sampled_from(["a", "bb ", " c", "*", ". ", " ", "«d»"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5).map("".join), inner.map(lambda text: f"({text})")
    ),
    max_leaves=20,
)


@given(
    markup=MARKUP,
    target=st.lists(st.sampled_from(["Aa", "b", ".", "“c”", "d-e"]), max_size=9).map(" ".join),
    pairs=st.none() | st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20),
    loose=st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_no_mark_is_lost_and_all_stay_nested(
    markup: str,
    target: str,
    pairs: list[tuple[int, int]] | None,
    loose: tuple[int, int],
) -> None:
    block = block_of(markup)
    ends = sorted(min(place, len(block.text)) for place in loose)
    marks = (*block.marks, Mark(id=-1, span=Span(*ends), loose=True))
    alignment = None
    if pairs is not None:
        alignment = Alignment(
            source_words=words(block.text), target_words=words(target), links=tuple(pairs)
        )
    new = project(marks, block.text, target, alignment)
    assert [(m.id, m.parent) for m in new] == [(m.id, m.parent) for m in marks]
    events = list(rendered(Block(text=target, marks=new)))
    assert "".join(e.text for e in events).replace(" ", "") == target.replace(" ", "")
    open_: list[int] = []
    parents = {m.id: m.parent for m in marks}
    for event in events:
        if event.kind == "text" or event.id == -1:
            continue
        if event.kind == "open":
            assert parents[event.id] == (open_[-1] if open_ else None)
            open_.append(event.id)
        else:
            assert open_.pop() == event.id
    assert not open_
    names = [e.id for e in events if e.kind == "open"]
    assert sorted(names) == sorted(m.id for m in marks)
