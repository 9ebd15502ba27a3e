"""Which pieces of a pair mean the same: eflomal in both directions (Östling and Tiedemann 2016), then grow-diag.

Guided alignment needs this; training without it works, only that the model's attention is then no evidence of
where a term was rendered.
"""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

from models.errors import CheckpointError
from models.training.corpus import Corpus

Links = set[tuple[int, int]]
_ITERATIONS = (4, 4, 6)  # of the lexical, the HMM and the fertility model
_NEIGHBOURS = [step for step in product((-1, 0, 1), repeat=2) if step != (0, 0)]


def align(corpus: Corpus) -> Iterator[list[tuple[int, int]]]:
    """The links (source piece, target piece) of each pair. Takes minutes for a million pairs."""
    try:
        from eflomal import Aligner
    except ImportError as error:
        raise CheckpointError(
            "word links need eflomal: pip install 'dragoman[train]', or train without guided "
            "alignment (--guide 0)"
        ) from error
    with tempfile.TemporaryDirectory(prefix="dragoman-") as name:
        folder = Path(name)
        source, target, forward, reverse = (
            folder / part for part in ("source", "target", "forward", "reverse")
        )
        with source.open("w") as s, target.open("w") as t:
            for at in range(len(corpus)):
                pair = corpus[at]
                s.write(" ".join(map(str, pair.source)) + "\n")
                t.write(" ".join(map(str, pair.target)) + "\n")
        with source.open() as s, target.open() as t:
            Aligner(model=3, n_iterations=_ITERATIONS).align(
                s, t, links_filename_fwd=str(forward), links_filename_rev=str(reverse)
            )
        with forward.open() as f, reverse.open() as r:
            for one, other in zip(f, r, strict=True):
                yield sorted(grow_diagonal(_read(one), _read(other)))


def grow_diagonal(forward: Links, reverse: Links) -> Links:
    """What both directions have, and step by step its neighbours that one has, of pieces not linked yet.

    Koehn, Och and Marcu (2003), without the final step.
    """
    links = forward & reverse
    rest = (forward | reverse) - links
    sources, targets = {s for s, _ in links}, {t for _, t in links}
    grown = True
    while grown:
        grown = False
        for source, target in sorted(rest):
            free = source not in sources or target not in targets
            if free and any((source + i, target + j) in links for i, j in _NEIGHBOURS):
                links.add((source, target))
                rest.discard((source, target))
                sources.add(source)
                targets.add(target)
                grown = True
    return links


def _read(line: str) -> Links:
    numbers: Iterable[list[str]] = (link.split("-") for link in line.split())
    return {(int(source), int(target)) for source, target in numbers}
