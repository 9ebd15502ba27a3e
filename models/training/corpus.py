"""Sentence pairs as piece ids in flat arrays: what training reads, and all it needs to read.

Lists of different lengths lie end to end in one array; offsets say where each begins (as in CSR). Such arrays
take few bytes a piece and are read at once. Knows numpy and nothing else, so that
training runs where only torch and its like are installed.
"""

import hashlib
import io
import json
import lzma
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glossary.files import writing
from models.errors import CheckpointError

Ids = NDArray[np.unsignedinteger[Any]]


class Link(NamedTuple):
    """A source and a target piece that mean the same, counted from the start of the pair."""

    source: int
    target: int


class Hit(NamedTuple):
    """A term of a termbase found on both sides: half-open ranges of pieces, whole printed words."""

    source_start: int
    source_end: int
    target_start: int
    target_end: int


class Pair(NamedTuple):
    """One pair, `</s>` not included."""

    source: list[int]
    target: list[int]
    links: list[Link]
    hits: list[Hit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Pairs 0 … n-1. `*_at` hold n+1 offsets; `weight` says how often a pair is drawn, against the others.

    links: (k, 2) piece indices; hits: (k, 4) piece ranges; both empty where nobody looked for them.
    """

    source: Ids
    source_at: NDArray[np.int64]
    target: Ids
    target_at: NDArray[np.int64]
    weight: NDArray[np.float32]
    links: NDArray[np.uint16]
    links_at: NDArray[np.int64]
    hits: NDArray[np.uint16]
    hits_at: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.weight)

    def __getitem__(self, at: int) -> Pair:
        def part(values: NDArray[Any], offsets: NDArray[np.int64]) -> list[Any]:
            return list(values[offsets[at] : offsets[at + 1]].tolist())

        return Pair(
            part(self.source, self.source_at),
            part(self.target, self.target_at),
            [Link(*link) for link in part(self.links, self.links_at)],
            [Hit(*hit) for hit in part(self.hits, self.hits_at)],
        )

    @property
    def source_lengths(self) -> NDArray[np.int64]:
        """Pieces of each source, `</s>` not counted."""
        return np.diff(self.source_at)

    @property
    def target_lengths(self) -> NDArray[np.int64]:
        """Pieces of each target, `</s>` not counted."""
        return np.diff(self.target_at)

    def digest(self) -> str:
        """16 hex digits of a hash of everything in it."""
        whole = hashlib.sha256()
        for field in fields(self):
            whole.update(np.ascontiguousarray(getattr(self, field.name)).view(np.uint8).data)
        return whole.hexdigest()[:16]


class Lists:
    """Lists of numbers end to end, as they come; of rows, where `width` numbers belong together."""

    def __init__(self, kind: str, *, width: int = 1) -> None:
        self._flat, self._ends, self._width = array(kind), array("q", [0]), width

    def add(self, numbers: Iterable[int]) -> None:
        """One list more."""
        self._flat.extend(numbers)
        self._ends.append(len(self._flat) // self._width)

    @property
    def values(self) -> NDArray[Any]:
        """(k,) numbers or (k, width) rows."""
        flat = np.array(self._flat, self._flat.typecode)
        return flat if self._width == 1 else flat.reshape(-1, self._width)

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where each list begins in `values`, and the end."""
        return np.array(self._ends, np.int64)


class Gathered:
    """Pairs as they come, a few bytes a piece, until they are a corpus."""

    def __init__(self) -> None:
        self._source, self._target = Lists("I"), Lists("I")
        self._links, self._hits = Lists("H", width=2), Lists("H", width=4)
        self._weights = array("f")

    def __len__(self) -> int:
        return len(self._weights)

    def add(
        self,
        source: Sequence[int],
        target: Sequence[int],
        *,
        weight: float = 1.0,
        links: Iterable[Link] = (),
        hits: Iterable[Hit] = (),
    ) -> None:
        """One pair more."""
        self._source.add(source)
        self._target.add(target)
        self._links.add(chain.from_iterable(links))
        self._hits.add(chain.from_iterable(hits))
        self._weights.append(weight)

    def corpus(self) -> Corpus:
        """All of them."""
        return Corpus(
            source=_narrow(self._source.values),
            source_at=self._source.offsets,
            target=_narrow(self._target.values),
            target_at=self._target.offsets,
            weight=np.array(self._weights, np.float32),
            links=self._links.values,
            links_at=self._links.offsets,
            hits=self._hits.values,
            hits_at=self._hits.offsets,
        )


def save(path: Path, corpus: Corpus, *, notes: dict[str, Any] | None = None) -> None:
    """Write one npz (compressed as .xz); `notes` (JSON) travel with it. Whole or not at all."""
    arrays = {field.name: getattr(corpus, field.name) for field in fields(corpus)}
    arrays["notes"] = np.array(json.dumps(notes or {}))
    with writing(path) as file:
        save_arrays(file, arrays, compressed=path.suffix == ".xz")


def load(path: Path) -> tuple[Corpus, dict[str, Any]]:
    """The corpus in an npz and its notes. Raises CheckpointError where it is none."""
    try:
        arrays = load_arrays(path)
        notes = json.loads(str(arrays.pop("notes")))
        return Corpus(**arrays), dict(notes)
    except (OSError, ValueError, KeyError, TypeError, EOFError, lzma.LZMAError) as error:
        raise CheckpointError(
            f"isn't a prepared corpus ({error}); prepare it again", path=str(path)
        ) from error


def save_arrays(file: BinaryIO, arrays: dict[str, NDArray[Any]], *, compressed: bool) -> None:
    """Arrays as npz into an open file, through xz where it is to travel."""
    if not compressed:
        np.savez(file, **arrays)  # type: ignore[arg-type]
        return
    with lzma.open(file, "wb", preset=6) as packed:
        np.savez(packed, **arrays)  # type: ignore[arg-type]


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """What `save_arrays` wrote."""
    content: Any = path
    if path.suffix == ".xz":
        with lzma.open(path) as packed:
            content = io.BytesIO(packed.read())
    with np.load(content, allow_pickle=False) as held:
        return {name: held[name] for name in held.files}


def _narrow(ids: Ids) -> Ids:
    return ids.astype(np.uint16) if not len(ids) or int(ids.max()) < 1 << 16 else ids
