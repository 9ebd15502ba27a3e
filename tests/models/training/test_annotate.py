"""Inline terms: taking the annotations out gives the pair again, and links follow."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.tokenizer import SPACE, TERM_END, TERM_START, TERM_TARGET
from models.training.annotate import Annotation, Pieces, annotate, names_of
from models.training.corpus import Hit, Link, Pair

VOCABULARY = [
    "</s>", "<unk>", TERM_START, TERM_TARGET, TERM_END,
    *(f"{SPACE}{word}" for word in ("Kim", "Jong", "Un", "met", "the", "envoy", "a", "b", "c")),
    "s", "ly", ".", ",", f"{SPACE}(", "<pad>",
]  # fmt: skip
PIECES = Pieces.of(VOCABULARY)
ID = {piece: i for i, piece in enumerate(VOCABULARY)}
ALWAYS = Annotation(share=1.0, substituted=0.0, irrelevant=0.0)

sentences = st.lists(st.integers(5, len(VOCABULARY) - 2), min_size=1, max_size=24)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    source, target = draw(sentences), draw(sentences)
    link = st.builds(Link, st.integers(0, len(source) - 1), st.integers(0, len(target) - 1))
    links = sorted(set(draw(st.lists(link, max_size=30))))
    start, first = draw(st.integers(0, len(source) - 1)), draw(st.integers(0, len(target) - 1))
    hits = [Hit(start, start + 1, first, first + 1)] if draw(st.booleans()) else []
    return Pair(source, target, links, hits)


def plain(source: list[int]) -> tuple[list[int], dict[int, int], list[list[int]]]:
    """The source without annotations, the place in it of each piece that was there before, the English."""
    out: list[int] = []
    places: dict[int, int] = {}
    english: list[list[int]] = []
    inside = False
    for at, piece in enumerate(source):
        if piece == ID[TERM_START]:
            continue
        if piece == ID[TERM_TARGET]:
            inside = True
            english.append([])
        elif piece == ID[TERM_END]:
            inside = False
        elif inside:
            english[-1].append(piece)
        else:
            places[at] = len(out)
            out.append(piece)
    return out, places, english


@given(pair=pairs(), seed=st.integers(0, 10_000))
def test_without_the_annotations_it_is_the_pair_again(pair: Pair, seed: int) -> None:
    made = annotate(pair, PIECES, ALWAYS, np.random.default_rng(seed))
    source, places, english = plain(made.source)
    assert source == pair.source
    assert made.target == pair.target
    assert len(english) <= 3
    back = {Link(places[s], t) for s, t in made.links if s in places}
    assert back == set(pair.links)
    for (
        s,
        t,
    ) in made.links:  # what is written in the source is linked with where it is in the target
        if s not in places:
            assert made.source[s] == made.target[t]
    copied = sum(s not in places for s, _ in made.links)
    assert copied == sum(map(len, english))


@given(pair=pairs(), seed=st.integers(0, 10_000))
def test_substituted_english_stands_in_both(pair: Pair, seed: int) -> None:
    how = Annotation(share=1.0, substituted=1.0, irrelevant=0.0)
    other = [ID[f"{SPACE}Jong"], ID[f"{SPACE}Un"]]
    made = annotate(pair, PIECES, how, np.random.default_rng(seed), others=[other])
    source, places, english = plain(made.source)
    assert source == pair.source
    assert all(e == other for e in english)
    starts = sorted({t for s, t in made.links if s not in places})
    assert [made.target[t] for t in starts] == other * len(english)
    kept = {(pair.source[s], pair.target[t]) for s, t in pair.links}
    assert all((source[places[s]], made.target[t]) in kept for s, t in made.links if s in places)


@given(pair=pairs(), seed=st.integers(0, 10_000))
def test_an_irrelevant_annotation_leaves_the_reference(pair: Pair, seed: int) -> None:
    how = Annotation(share=1.0, substituted=0.0, irrelevant=1.0)
    made = annotate(pair, PIECES, how, np.random.default_rng(seed), others=[[ID[f"{SPACE}Kim"]]])
    source, places, _ = plain(made.source)
    assert (source, made.target) == (pair.source, pair.target)
    assert {Link(places[s], t) for s, t in made.links} == set(pair.links)


def test_names_and_hits_are_preferred_to_other_words() -> None:
    target = [ID[f"{SPACE}{w}"] for w in ("the", "envoy", "met", "Kim", "Jong", "Un")] + [ID["."]]
    pair = Pair(
        [9, 10, 11, 12, 13], target, [Link(i, j) for i, j in enumerate((1, 2, 3, 4, 5))], []
    )
    drawn = [annotate(pair, PIECES, ALWAYS, np.random.default_rng(i)) for i in range(200)]
    english = [e for made in drawn for e in plain(made.source)[2]]
    name = [ID[f"{SPACE}{w}"] for w in ("Kim", "Jong", "Un")]
    assert english.count(name) > 150
    assert names_of(target, PIECES) == [(3, 6)]
    hit = pair._replace(hits=[Hit(0, 1, 1, 2)])
    drawn = [annotate(hit, PIECES, ALWAYS, np.random.default_rng(i)) for i in range(200)]
    assert sum([ID[f"{SPACE}envoy"]] in plain(made.source)[2] for made in drawn) > 120


def test_the_share_is_kept_and_pairs_without_evidence_stay() -> None:
    pair = Pair([9, 10], [11, 12], [Link(0, 0), Link(1, 1)], [])
    random = np.random.default_rng(1)
    made = [annotate(pair, PIECES, Annotation(share=0.3), random) for _ in range(1000)]
    assert 250 < sum(m != pair for m in made) < 350
    alone = pair._replace(links=[])
    assert annotate(alone, PIECES, ALWAYS, random) is alone


def test_a_vocabulary_without_the_pieces_has_no_annotations() -> None:
    assert Pieces.of(["</s>", "<unk>", f"{SPACE}a"]) is None
