"""`dragoman models train`: a model of one's own, from pairs."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.cli.remarks import remark

if TYPE_CHECKING:
    from models.data import Prepared
    from models.training.settings import Settings

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("train")
@click.option(
    "--data",
    "data",
    multiple=True,
    required=True,
    metavar="FILE[=WEIGHT]",
    help="Pairs: .tsv (Arabic, English), .jsonl, .tmx or .po, also .gz or .xz; repeatable. WEIGHT: how "
    "often one of its pairs is drawn, against others.",
)
@click.option("--sources", type=_FILE, help="TSV with columns source, weight, licence, origin.")
@click.option("--dev", type=_FILE, help="Pairs for the dev loss (default: some are held out).")
@click.option(
    "--eval",
    "evaluation",
    multiple=True,
    type=_FILE,
    help="Evaluation sentences that nothing like them may be trained on; repeatable.",
)
@click.option(
    "-g",
    "--glossary",
    multiple=True,
    type=_FILE,
    metavar="PO",
    help="Termbase whose terms, found in the pairs, are practised inline; repeatable.",
)
@click.option(
    "--start",
    default="starter",
    show_default=True,
    metavar="NAME",
    help="starter, a folder, a Hugging Face name, or new.",
)
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the run; the same command again goes on.",
)
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Budget in minutes.")
@click.option("--steps", type=click.IntRange(1), help="Budget in updates.")
@click.option(
    "--learning-rate", type=click.FloatRange(0, min_open=True), default=6e-4, show_default=True
)
@click.option("--warmup", type=click.IntRange(0), default=400, show_default=True, help="Updates.")
@click.option(
    "--decay",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Part of the budget, at its end, over which the learning rate falls to 0.",
)
@click.option(
    "--batch-tokens",
    type=click.IntRange(100),
    default=6000,
    show_default=True,
    help="Padded pieces of both sides.",
)
@click.option(
    "--guide",
    type=click.FloatRange(0),
    default=0.2,
    show_default=True,
    help="Weight of guided alignment; 0 needs no eflomal.",
)
@click.option(
    "--inline-terms",
    "share",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    help="Share of pairs with terms written into the source.",
)
@click.option(
    "--dropout",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="More of it for many passes over little data.",
)
@click.option(
    "--consistency",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="R-Drop: weight of two drawings of dropout predicting alike; twice the work a pair.",
)
@click.option(
    "--splitting",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Sub-word regularisation: share of pieces cut in two, in half of the pairs.",
)
@click.option(
    "--encoder-layers", type=click.IntRange(1), help="More than the start's: deepened by copies."
)
@click.option("--decoder-layers", type=click.IntRange(1), help="Likewise.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@click.option(
    "--processes", type=click.IntRange(0), default=0, help="On a processor (default: one a core)."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--vocabulary",
    type=click.IntRange(50),
    default=20_000,
    show_default=True,
    help="Pieces, with --start new.",
)
@click.option(
    "--name", default="", help="What outputs call the model (default: the folder's name)."
)
@click.option("--licence", default="", help="For the card (default: that of the start).")
@click.option(
    "--pack", "packed", type=click.Path(path_type=Path, file_okay=False),
    help="Don't train: pack the job into this folder, for `python -m models.train` elsewhere.",
)  # fmt: skip
def train_model(
    data: Sequence[str],
    sources: Path | None,
    dev: Path | None,
    evaluation: Sequence[Path],
    glossary: Sequence[Path],
    start: str,
    out: Path,
    vocabulary: int,
    name: str,
    licence: str,
    packed: Path | None,
    share: float,
    encoder_layers: int | None,
    decoder_layers: int | None,
    **given: float | str | None,
) -> None:
    """Train a model on pairs of sentences.

    \b
    Examples:
      dragoman models train --data house.tmx=3 --data news.tsv.xz --eval test.ar --minutes 120 -o run
      dragoman models train --data pairs.tsv --start new --guide 0 --steps 20000 -o run
    """
    from models.data import Options, prepare, read_sources
    from models.training.annotate import Annotation
    from models.training.settings import Settings

    if not given["minutes"] and not given["steps"]:
        raise click.UsageError("give a budget: --minutes, --steps or both")
    settings = Settings(annotation=Annotation(share=share), **given)  # type: ignore[arg-type]
    pairs = read_sources([_file_and_weight(one) for one in data], sources)
    checkpoint, begun = _start(start, out, [p.path for p in pairs], vocabulary, settings.seed)
    if encoder_layers or decoder_layers:
        from models.training.deepen import deepen

        checkpoint = deepen(
            checkpoint, out / "start", encoder_layers=encoder_layers, decoder_layers=decoder_layers
        )
    if not evaluation and dev is None:
        remark("no --eval given: nothing keeps evaluation sentences out of the data")
    options = Options(
        evaluation=tuple(evaluation), dev=dev, terms=tuple(glossary), align=settings.guide > 0
    )
    prepared = prepare(pairs, checkpoint, out / "data", options=options, report=remark)
    remark(f"{len(prepared.corpus)} pairs to train on, {len(prepared.dev)} for the dev loss")
    if packed is not None:
        from models.training.pack import pack

        size = pack(packed, prepared.corpus, prepared.dev, checkpoint, settings)
        remark(f"{size / 2**20:.0f} MB packed; there: python -m models.train {packed} OUT")
        return
    _train(checkpoint, prepared, out, settings, name or out.name, licence, start, new=begun)


def _train(
    checkpoint: Path,
    prepared: "Prepared",
    out: Path,
    settings: "Settings",
    name: str,
    licence: str,
    start: str,
    *,
    new: bool,
) -> None:
    from models.checkpoint import Card, open_checkpoint, read_card, write_card
    from models.tokenizer import TERM_START, read_vocabularies
    from models.train import train
    from models.training.card import card_of, card_text

    before = read_card(checkpoint) or Card()
    card = card_of(
        name,
        before,
        settings,
        licence=licence or before.licence,
        new=new,
        linked=len(prepared.corpus.links) > 0,
        pieces=TERM_START in read_vocabularies(checkpoint)[0],
    )
    folder = train(
        checkpoint,
        prepared.corpus,
        prepared.dev,
        out,
        settings,
        lambda progress: remark(progress.line()),
        describe=lambda progress: card_text(card, start, settings, prepared.counts, progress),
    )
    write_card(folder, card)
    remark(f"trained: {open_checkpoint(folder).label}; try it: dragoman translate -m {folder} TEXT")
    click.echo(folder)


def _file_and_weight(given: str) -> tuple[Path, float | None]:
    """`FILE` or `FILE=3.0`; a file whose own name ends so is taken as it is."""
    name, equals, weight = given.rpartition("=")
    if not equals or Path(given).is_file():
        path, number = Path(given), None
    else:
        try:
            path, number = Path(name), float(weight)
        except ValueError as error:
            raise click.UsageError(f"--data {given}: {weight!r} is no weight") from error
        if number <= 0:
            raise click.UsageError(f"--data {given}: a weight is more than 0")
    if not path.is_file():
        raise click.UsageError(f"--data {given}: no such file")
    return path, number


def _start(
    name: str, out: Path, files: Sequence[Path], vocabulary: int, seed: int
) -> tuple[Path, bool]:
    """The folder to start from, and whether it is a new model's."""
    if name != "new":
        from models.registry import resolve

        return resolve(name).path, False
    folder = out / "new"
    if not (folder / "model.safetensors").is_file():
        from models.training.new import Plan, create

        remark(f"learning a vocabulary of {vocabulary} pieces")
        create(folder, _texts(files), plan=Plan(vocabulary=vocabulary), seed=seed)
    return folder, True


def _texts(files: Sequence[Path]) -> Iterator[str]:
    from models.training.filters import clean
    from models.training.pairs import read_sentences

    for file in files:
        yield from map(clean, read_sentences(file))
