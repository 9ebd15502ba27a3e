"""Fine-tune a checkpoint on a person's translations, and take the result only where it is measurably better.

    outcome = adapt(checkpoint, pairs, out, translate=…, compare=…)

Two things go wrong in adapting a model to a small text: it learns the text by heart, and it forgets the rest
(catastrophic forgetting). Against the first, training stops when the loss on held-out pairs no longer falls.
Against the second, other sentences are mixed in with what the model itself made of them (self-distillation;
Li and Hoiem 2016, Kim and Rush 2016), at a low learning rate; and where general sentences still suffer, only
a share of what changed in the weights is taken (Wortsman et al. 2022).

The verdict is of translations, not of losses: held-out pairs that neither training nor stopping saw must gain,
beyond chance, and general sentences must not fall beyond a margin. Otherwise the outcome says so in figures
and nothing is written.
"""

import hashlib
import importlib.util
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from models.checkpoint import Card, Checkpoint, open_checkpoint, readme, write_card
from models.convert import forget
from models.data import Options, Prepared, Source, prepare
from models.errors import CheckpointError
from models.training.annotate import Annotation
from models.training.filters import Seen, sound
from models.training.pairs import NoPair, Text, read_pairs
from models.training.settings import Progress, Settings

GENERAL = Path(__file__).resolve().parent / "general.tsv"
FEWEST = 100  # pairs that adapting makes sense with
_TEST, _DEV = 200, 100  # pairs held out for the verdict and for choosing before it, at most
_SHARES = (1.0, 0.75, 0.5, 0.25)  # of what changed in the weights, tried in turn
_log = logging.getLogger(__name__)

Translate = Callable[
    [Path, Sequence[str]], list[str]
]  # a checkpoint's folder and sources to English


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """chrF (0 to 100) of the model before and after on `lines` sentences; p: could it be chance."""

    lines: int
    before: float
    after: float
    p: float

    @property
    def gain(self) -> float:
        """Points of chrF."""
        return self.after - self.before


Compare = Callable[
    [Sequence[str], Sequence[str], Sequence[str]], Comparison
]  # before, after, references


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """How a model is adapted, and what the result must show.

    A round is one pass over the memory. replay, terms: shares of general sentences and of bare terms among
    what is trained on. chance: p below which a gain counts. margin: points of chrF that general sentences may lose.
    """

    rounds: int = 5
    minutes: float = 15.0
    learning_rate: float = 1e-4
    warmup: int = 20
    batch_tokens: int = 2000
    replay: float = 0.3
    terms: float = 0.05
    chance: float = 0.05
    margin: float = 1.0
    seed: int = 1
    processes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Pairs to train on, to choose by, to judge by; no source is in two of them."""

    train: tuple[Text, ...]
    dev: tuple[Text, ...]
    test: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. `folder` is None where the model was refused, for the `reasons` given.

    dropped: pairs of the memory left out, by reason. rounds: the best one and how many were tried.
    share: of the change in the weights, what was judged.
    """

    folder: Path | None
    reasons: tuple[str, ...]
    domain: Comparison
    general: Comparison
    trained: int
    dropped: dict[str, int] = field(default_factory=dict)
    rounds: tuple[int, int] = (0, 0)
    share: float = 1.0
    minutes: float = 0.0


def adapt(
    start: Checkpoint,
    pairs: Iterable[Text | NoPair],
    out: Path,
    *,
    translate: Translate,
    compare: Compare,
    general: Path = GENERAL,
    terms: Sequence[Path] = (),
    bare_terms: Sequence[Text] = (),
    settings: Adaptation | None = None,
    report: Callable[[str], None] = _log.info,
) -> Outcome:
    """Adapt `start` to `pairs` and write the new checkpoint to `out`, if it is better.

    general: pairs of any other text; half is replayed, by two tenths the share of the change is chosen, three
    tenths are the general set. terms: termbases for inline annotation where the checkpoint reads it;
    bare_terms: their entries as pairs. Raises CheckpointError where there are too few pairs, or `out` exists.
    """
    settings = settings or Adaptation()
    if out.exists():
        raise CheckpointError("exists already; choose another folder", path=str(out))
    kept, dropped = usable(pairs)
    if len(kept) < FEWEST:
        raise CheckpointError(
            f"only {len(kept)} usable pairs; adapting needs at least {FEWEST}, and gains from a thousand up"
            + (f" (left out: {_counted(dropped)})" if dropped else "")
        )
    others, _ = usable(read_pairs(general))
    if len(others) < FEWEST:
        raise CheckpointError(
            f"only {len(others)} usable pairs of other text; to tell what is forgotten takes at least {FEWEST}",
            path=str(general),
        )
    own, other = split(kept), split(others, test=0.3, dev=0.2)
    with _workshop(out) as work:
        report(f"translating {len(other.train)} general sentences to replay")
        sources = [source for source, _ in other.train]
        replay = list(zip(sources, translate(start.path, sources), strict=True))
        parts = {"memory": own.train, "replay": replay, "terms": usable(bare_terms)[0]}
        for name, part in (
            ("test", own.test), ("general", (*other.dev, *other.test)), ("dev", own.dev),
        ):  # fmt: skip
            _write(work / f"{name}.tsv", part)
        prepared = _prepared(start, parts, terms, work, settings, report)
        trained = len(prepared.corpus)
        best, rounds, minutes = _train(start, prepared, work, settings, report)
        with ExitStack() as trials:

            def judge(folder: Path, pairs: Sequence[Text]) -> Comparison:
                sources, references = [s for s, _ in pairs], [t for _, t in pairs]
                before, after = translate(start.path, sources), translate(folder, sources)
                return compare(before, after, references)

            def general_gain(folder: Path) -> float:
                trials.enter_context(_on_trial(folder))
                return judge(folder, other.dev).gain

            report("choosing: translating other general sentences before and after")
            found, share = _largest_share(
                start.path, best, work, general_gain, settings.margin, report
            )
            report("judging: translating held-out and general sentences before and after")
            domain, beyond = judge(found, own.test), judge(found, other.test)
            reasons = verdict(domain, beyond, settings)
            outcome = Outcome(
                folder=None if reasons else out,
                reasons=reasons,
                domain=domain,
                general=beyond,
                trained=trained,
                dropped=dropped,
                rounds=rounds,
                share=share,
                minutes=minutes,
            )
            if not reasons:
                _write_card(found, start, out.name, outcome)
                found.rename(out)
    return outcome


def usable(pairs: Iterable[Text | NoPair]) -> tuple[list[Text], dict[str, int]]:
    """The cleaned pairs that training can use, each once, and why how many others can't be."""
    dropped = Counter[str]()
    return list(sound(pairs, dropped, Seen())), dict(dropped)


def split(pairs: Sequence[Text], *, test: float = 0.2, dev: float = 0.1) -> Split:
    """Hold out these shares of the pairs, at most 200 and 100.

    The same pairs are always held out, and more pairs change little: the order is by a hash of the source.
    """
    tests, devs = min(_TEST, int(len(pairs) * test)), min(_DEV, int(len(pairs) * dev))
    ordered = sorted(pairs, key=lambda pair: hashlib.sha256(pair[0].encode()).digest())
    parts: tuple[list[Text], list[Text], list[Text]] = ([], [], [])
    previous, at = "", 0
    for i, pair in enumerate(ordered):
        if pair[0] != previous:  # a source with several translations stays together
            at = 0 if i < tests else 1 if i < tests + devs else 2
        parts[at].append(pair)
        previous = pair[0]
    return Split(test=tuple(parts[0]), dev=tuple(parts[1]), train=tuple(parts[2]))


def verdict(domain: Comparison, general: Comparison, settings: Adaptation) -> tuple[str, ...]:
    """Why the adapted model isn't taken; empty where it is."""
    reasons = []
    if domain.gain <= 0 or domain.p >= settings.chance:
        reasons.append(
            f"chrF on {domain.lines} held-out pairs went from {domain.before:.1f} to "
            f"{domain.after:.1f} (p {domain.p:.3f}), which is no sure gain"
        )
    if general.gain < -settings.margin:
        reasons.append(
            f"chrF on {general.lines} general sentences fell from {general.before:.1f} to "
            f"{general.after:.1f}, more than {settings.margin:g}"
        )
    return tuple(reasons)


def _write_card(folder: Path, start: Checkpoint, name: str, outcome: Outcome) -> None:
    """README.md of the adapted checkpoint: what it is derived from, on what, with what effect."""
    card = Card(
        name=name,
        licence=start.card.licence or "other",
        inline_terms=start.card.inline_terms,
        alignment=start.card.alignment,
    )
    front = {
        "language": ["ar", "en"],
        "base_model": start.label,
        "tags": ["translation", "marian"],
    }
    text = readme(card, _told(start, name, outcome), front=front)
    (folder / "README.md").write_text(text, encoding="utf-8")
    write_card(folder, card)  # with the sha256 of its weights


def _told(start: Checkpoint, name: str, outcome: Outcome) -> str:
    domain, general = outcome.domain, outcome.general
    return f"""# {name}: {start.name}, adapted

Fine-tuned from `{start.label}` (weights sha256 `{start.sha256}`) on {date.today():%Y-%m-%d} with
`dragoman models adapt`. The licence is that of the model it began from; the texts it was adapted to may
restrict it further.

Data: {outcome.trained} pairs, replay and terms included; left out: {_counted(outcome.dropped) or "none"}.
Round {outcome.rounds[0]} of {outcome.rounds[1]} was the best; {outcome.minutes:.1f} minutes. Of the change in the
weights {outcome.share:.0%} was taken.

| chrF | lines | before | after | p |
|---|---|---|---|---|
| held-out pairs of the memory | {domain.lines} | {domain.before:.2f} | {domain.after:.2f} | {domain.p:.3f} |
| general sentences | {general.lines} | {general.before:.2f} | {general.after:.2f} | {general.p:.3f} |
"""


@contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """A folder beside `out` for all that is tried; it goes, whatever happens."""
    work = out.with_name(f".{out.name}.part")
    shutil.rmtree(work, ignore_errors=True)  # of a run that was killed
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _on_trial(candidate: Path) -> Iterator[None]:
    """What engines convert of it while this runs goes too, unless it is taken: moved to another place."""
    checkpoint = open_checkpoint(candidate)
    try:
        yield
    finally:
        if candidate.exists():
            forget(checkpoint)


def _prepared(
    start: Checkpoint,
    parts: Mapping[str, Sequence[Text]],
    terms: Sequence[Path],
    work: Path,
    settings: Adaptation,
    report: Callable[[str], None],
) -> Prepared:
    """What is trained on, each part with the weight that gives it its share of what is drawn."""
    shares = {"replay": settings.replay, "terms": settings.terms}
    shares["memory"] = 1 - sum(shares.values())
    sources = [
        Source(path=_write(work / f"{name}.tsv", part), weight=shares[name] / len(part) * 1000)
        for name, part in parts.items()
        if part
    ]
    guided = start.card.alignment == "guided"
    linked = importlib.util.find_spec("eflomal") is not None
    if guided and not linked:
        report("without eflomal word alignment isn't trained along (pip install 'dragoman[train]')")
    options = Options(
        evaluation=(work / "test.tsv", work / "general.tsv"),
        dev=work / "dev.tsv",
        terms=tuple(terms) if start.card.inline_terms else (),
        align=guided and linked,
    )
    return prepare(sources, start.path, work / "data", options=options, report=report)


def _write(path: Path, pairs: Sequence[Text]) -> Path:
    path.write_text("".join(f"{s}\t{t}\n" for s, t in pairs), encoding="utf-8", newline="\n")
    return path


def _train(
    start: Checkpoint,
    prepared: Prepared,
    work: Path,
    settings: Adaptation,
    report: Callable[[str], None],
) -> tuple[Path, tuple[int, int], float]:
    """Round after round while the dev loss falls. The best round's folder; which it was, and of how many; minutes."""
    from models.train import train

    corpus = prepared.corpus
    pieces = int(corpus.source_lengths.sum() + corpus.target_lengths.sum())
    steps = max(1, -(-pieces // settings.batch_tokens))
    losses: list[float] = []
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        report(f"round {len(losses) + 1} of at most {settings.rounds}: {progress.line()}")

    best, run = work / "best", work / "run"
    for number in range(1, settings.rounds + 1):
        asked = Settings(
            steps=steps * number,
            minutes=settings.minutes,
            learning_rate=settings.learning_rate,
            warmup=settings.warmup,
            decay=0.0,
            batch_tokens=settings.batch_tokens,
            annotation=Annotation() if start.card.inline_terms else Annotation(share=0.0),
            seed=settings.seed,
            processes=settings.processes,
            evaluate_minutes=settings.minutes * settings.rounds,  # only at the end of a round
        )
        folder = train(start.path, corpus, prepared.dev, run, asked, tell)
        loss = told[-1].dev_loss
        assert loss is not None  # it ends with one, where there are dev pairs
        losses.append(loss)
        if loss > min(losses):
            break
        shutil.rmtree(best, ignore_errors=True)
        shutil.copytree(folder, best)
        if told[-1].minutes >= settings.minutes:
            break
    return best, (losses.index(min(losses)) + 1, len(losses)), told[-1].minutes


def _largest_share(
    start: Path,
    tuned: Path,
    work: Path,
    general_gain: Callable[[Path], float],
    margin: float,
    report: Callable[[str], None],
) -> tuple[Path, float]:
    """The checkpoint with the most of the change that loses no more than `margin`, else the least; its share."""
    from models.training.interpolate import interpolate

    for share in _SHARES:
        folder = tuned
        if share < 1:
            folder = interpolate(start, tuned, share, work / f"share-{share:g}")
        gain = general_gain(folder)
        report(f"{share:.0%} of the change in the weights: general sentences {gain:+.1f} chrF")
        if gain >= -margin:
            break
    return folder, share


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in counts.items())
