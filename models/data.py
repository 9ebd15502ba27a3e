"""From files of sentence pairs to a corpus ready for training.

    prepared = prepare([Source(Path("news.tsv.xz"), weight=3.0)], checkpoint_folder, cache, options=Options(...))

Read, clean, filter, drop duplicates and whatever resembles an evaluation sentence, cut into pieces, find
terms, link words. Files are read as streams and only ids are kept. The result lies in `cache` under a digest
of everything that went into it, so the same call again starts at once. What was kept and dropped is counted
for each file and travels with the corpus, into the card of the model that is trained on it.
"""

import csv
import dataclasses
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from glossary.compiled import load as load_terms
from glossary.english import find_form, forms
from glossary.match import Matcher
from glossary.types import Span
from models.errors import CheckpointError
from models.tokenizer import Piece, Tokenizer
from models.training import corpus as store
from models.training.corpus import Corpus, Gathered, Hit, Lists
from models.training.count import Count
from models.training.filters import Guard, Seen, clean, sound
from models.training.links import align
from models.training.pairs import NoPair, read_pairs, read_sentences

VERSION = 1  # of what a prepared corpus holds: another one is prepared anew
_CHUNK = 5000  # pairs cut into pieces at a time
_HELD_OUT = 500  # pairs kept for the dev loss, at most, where no dev file is given
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of pairs. weight: how often one of its pairs is drawn, against a pair of weight 1."""

    path: Path
    weight: float = 1.0
    licence: str = ""
    origin: str = ""

    @property
    def name(self) -> str:
        """The file's name without its endings."""
        return self.path.name.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What preparing depends on beside the files.

    evaluation: files whose sentences must not be trained on (texts, one sentence a line, or pairs).
    dev: pairs for the dev loss, guarded in the same way; without it some are held out of the data.
    terms: termbases whose terms are looked for on both sides. align: find word links (needs eflomal).
    """

    evaluation: tuple[Path, ...] = ()
    dev: Path | None = None
    terms: tuple[Path, ...] = ()
    align: bool = True
    longest: int = 200  # pieces of a side


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A corpus, pairs for the dev loss, and what was counted. `path`: the file of the corpus in the cache."""

    corpus: Corpus
    dev: Corpus
    counts: tuple[Count, ...]
    path: Path


def read_sources(
    paths: Iterable[tuple[Path, float | None]], table: Path | None = None
) -> list[Source]:
    """Sources with weight, licence and origin from a table (TSV with a column `source`: the file's name
    without endings) where it has them; a weight given beside a path goes before the table's.
    """
    rows: dict[str, dict[str, str]] = {}
    if table is not None:
        with table.open(encoding="utf-8", newline="") as file:
            rows = {row.get("source", ""): row for row in csv.DictReader(file, delimiter="\t")}
        if list(rows) == [""]:
            raise CheckpointError("has no column `source`", path=str(table))
    found = []
    for path, weight in paths:
        row = rows.get(Source(path=path).name, {})
        try:
            listed = float(row.get("weight") or 1.0)
        except ValueError as error:
            raise CheckpointError(
                f"the weight of {path.name} is no number", path=str(table)
            ) from error
        found.append(
            Source(
                path=path,
                weight=listed if weight is None else weight,
                licence=row.get("licence", ""),
                origin=row.get("origin", ""),
            )
        )
    return found


def prepare(
    sources: Sequence[Source],
    checkpoint: Path,
    cache: Path,
    *,
    options: Options | None = None,
    report: Callable[[str], None] = _log.info,
) -> Prepared:
    """Prepare the sources for training the checkpoint in that folder (its vocabulary counts).

    `report` is told what is being done. Raises CheckpointError where a file can't be read or nothing is left.
    """
    options = options or Options()
    if not sources:
        raise CheckpointError("name at least one file of pairs to train on")
    path = cache / f"{_key(sources, checkpoint, options)}.npz"
    if not path.is_file():
        corpus, dev, counts = _prepare(sources, Tokenizer(checkpoint), options, report)
        notes = {"sources": [count.noted() for count in counts]}
        store.save(_dev_file(path), dev)
        store.save(path, corpus, notes=notes)
    return load(path)


def load(path: Path) -> Prepared:
    """What `prepare` left in a cache: `path` is the file of the corpus, the dev pairs lie beside it."""
    corpus, notes = store.load(path)
    dev, _ = store.load(_dev_file(path))
    counts = tuple(Count(**{**c, "dropped": Counter(c["dropped"])}) for c in notes["sources"])
    return Prepared(corpus=corpus, dev=dev, counts=counts, path=path)


def _dev_file(path: Path) -> Path:
    return path.with_suffix(".dev.npz")


def _key(sources: Sequence[Source], checkpoint: Path, options: Options) -> str:
    """A digest of everything that the result depends on."""
    files = [source.path for source in sources]
    files += [*options.evaluation, *options.terms, *([options.dev] if options.dev else [])]
    vocabulary = [checkpoint / name for name in ("source.spm", "target.spm", "vocab.json")]
    whole = hashlib.sha256(str(VERSION).encode())
    for file in [*files, *vocabulary]:
        with file.open("rb") as content:
            whole.update(hashlib.file_digest(content, "sha256").digest())
    chosen = [(s.name, s.weight, s.licence, s.origin) for s in sources]
    counted = [len(options.evaluation), len(options.terms), options.dev is not None]
    whole.update(json.dumps([chosen, counted, options.align, options.longest]).encode())
    return whole.hexdigest()[:16]


def _prepare(
    sources: Sequence[Source],
    tokenizer: Tokenizer,
    options: Options,
    report: Callable[[str], None],
) -> tuple[Corpus, Corpus, list[Count]]:
    guard = Guard(
        sentence
        for path in (*options.evaluation, *([options.dev] if options.dev else []))
        for sentence in read_sentences(path)
    )
    finder = _Finder(tokenizer, load_terms(options.terms)[1]) if options.terms else None
    seen, counts, gathered, held_out = Seen(), list[Count](), Gathered(), Gathered()
    for source in sources:
        count = Count(
            name=source.name, weight=source.weight, licence=source.licence, origin=source.origin
        )
        good = sound(read_pairs(source.path), count.dropped, seen, guard)
        while texts := list(islice(good, _CHUNK)):
            for text, pair in zip(texts, _cut(tokenizer, texts), strict=True):
                _take(text, pair, count, options, finder, gathered, held_out)
        counts.append(count)
        report(count.line())
    if not len(gathered):
        raise CheckpointError(
            "no pair is left to train on; what was dropped, and why: "
            + "; ".join(count.line() for count in counts)
        )
    if options.dev is not None:
        held_out = _dev(options.dev, tokenizer, options.longest)
    corpus = gathered.corpus()
    if options.align:
        report(f"linking the words of {len(corpus)} pairs")
        corpus = dataclasses.replace(corpus, **_linked(corpus))
    return corpus, held_out.corpus(), counts


def _cut(
    tokenizer: Tokenizer, texts: Sequence[tuple[str, str]]
) -> Iterable[tuple[list[int], list[int]]]:
    sources = tokenizer.ids([source for source, _ in texts])
    return zip(sources, tokenizer.ids([t for _, t in texts], target=True), strict=True)


def _take(
    text: tuple[str, str],
    pair: tuple[list[int], list[int]],
    count: Count,
    options: Options,
    finder: "_Finder | None",
    gathered: Gathered,
    held_out: Gathered,
) -> None:
    source, target = pair
    if not source or not target or max(len(source), len(target)) > options.longest:
        count.dropped["too many pieces"] += 1
        return
    count.kept += 1
    count.target_pieces += len(target)
    if options.dev is None and _is_held_out(text, len(held_out)):
        held_out.add(source, target)
        return
    hits = finder.hits(*text) if finder else ()
    gathered.add(source, target, weight=count.weight, hits=hits)


def _is_held_out(text: tuple[str, str], so_far: int) -> bool:
    """One pair in a hundred, always the same ones."""
    digest = hashlib.blake2b("\t".join(text).encode(), digest_size=4).digest()
    return so_far < _HELD_OUT and int.from_bytes(digest) % 100 == 0


def _dev(path: Path, tokenizer: Tokenizer, longest: int) -> Gathered:
    texts = [
        (clean(pair[0]), clean(pair[1]))
        for pair in read_pairs(path)
        if not isinstance(pair, NoPair)
    ]
    gathered = Gathered()
    for source, target in _cut(tokenizer, texts):
        if source and target and max(len(source), len(target)) <= longest:
            gathered.add(source, target)
    if not len(gathered):
        raise CheckpointError("has no pair that a dev loss could be measured on", path=str(path))
    return gathered


def _linked(corpus: Corpus) -> dict[str, Any]:
    links = Lists("H", width=2)
    for found in align(corpus):
        links.add(chain.from_iterable(found))
    return {"links": links.values, "links_at": links.offsets}


class _Finder:
    """Terms of termbases that a pair has on both sides."""

    def __init__(self, tokenizer: Tokenizer, matcher: Matcher) -> None:
        self._tokenizer, self._matcher = tokenizer, matcher

    def hits(self, source: str, target: str) -> list[Hit]:
        """Each term with the one place of its English; none where the English stands there twice or not at all."""
        found = []
        for match in self._matcher.match(source):
            places = {span for form in forms(match.term) for span in find_form(target, form)}
            widest = [
                s
                for s in places
                if not any(s != o and s.overlaps(o) and len(o) > len(s) for o in places)
            ]
            if len(widest) == 1:
                found.append((match.span, widest[0]))
        if not found:
            return []
        source_pieces = self._tokenizer.encode(source)
        target_pieces = self._tokenizer.pieces_of_target(target)
        ranges = [(_pieces(source_pieces, s), _pieces(target_pieces, t)) for s, t in found]
        return [Hit(*s, *t) for s, t in ranges if s and t]


def _pieces(pieces: Sequence[Piece], span: Span) -> tuple[int, int] | None:
    """The range of the pieces that make up a span exactly; None where its edges fall inside pieces."""
    touched = [i for i, piece in enumerate(pieces) if piece.span.overlaps(span)]
    if not touched:
        return None
    start, end = touched[0], touched[-1] + 1
    exact = pieces[start].span.start == span.start and pieces[end - 1].span.end == span.end
    return (start, end) if exact else None
