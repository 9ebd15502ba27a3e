"""`dragoman models list`, `info`, `use`, `fetch` and `convert`: checkpoints as they are, wherever they lie."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.registry import Known, chosen, default_name, fetch, known, resolve, use
from translate.cli.remarks import remark

if TYPE_CHECKING:
    from models.checkpoint import Checkpoint
    from models.convert import Form
    from models.describe import Description


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_models(as_json: bool) -> None:
    """Show the models worth knowing and those in the hub's cache; * marks the default.

    \b
    Examples:
      dragoman models list
      dragoman models list --json
    """
    default = default_name()
    shown = known()
    if default not in {one.name for one in shown}:
        shown.append(chosen(default))
    for one in shown:
        if as_json:
            click.echo(json.dumps(_row(one, default), ensure_ascii=False))
        else:
            place = str(one.where) if one.where else "not on this machine"
            mark = "*" if one.name == default else " "
            click.echo(f"{mark} {one.name}\t{one.params}\t{one.licence}\t{place}\n    {one.note}")
        if one.problem:
            remark(f"warning: {one.problem}")


def _row(one: Known, default: str) -> dict[str, object]:
    return {
        "name": one.name,
        "parameters": one.params,
        "licence": one.licence,
        "note": one.note,
        "where": str(one.where) if one.where else None,
        "problem": one.problem,
        "default": one.name == default,
    }


@click.command("info")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def info(name: str | None, as_json: bool) -> None:
    """Show what the model NAME is (default: the one in use).

    \b
    Examples:
      dragoman models info
      dragoman models info starter --json
    """
    from models.describe import describe

    checkpoint = resolve(name or default_name())
    described = describe(checkpoint)
    if as_json:
        click.echo(json.dumps(_as_dict(checkpoint, described), ensure_ascii=False))
        return
    for what, fact in _facts(checkpoint, described):
        click.echo(f"{what}: {fact}")


def _facts(checkpoint: "Checkpoint", described: "Description") -> list[tuple[str, object]]:
    card, d = checkpoint.card, described
    readme = checkpoint.path / "README.md"
    return [
        ("name", checkpoint.label),
        ("folder", checkpoint.path),
        ("licence", card.licence or "not stated"),
        ("parameters", f"{d.parameters:,}"),
        (
            "architecture",
            f"{d.encoder_layers} encoder and {d.decoder_layers} decoder layers, width {d.width}, "
            f"{d.heads} heads, feed-forward {d.feed_forward}, {d.activation}",
        ),
        ("vocabulary", f"{d.vocabulary:,} pieces"),
        ("longest sentence", f"{checkpoint.max_positions} pieces"),
        ("reads terms inside the source", "yes" if card.inline_terms else "no"),
        ("word alignment", card.alignment),
        ("weights", f"{d.weights}, {d.size / 1e6:.1f} MB {d.precision}".rstrip()),
        (
            "sha256",
            f"{checkpoint.sha256} ({'as the card says' if card.sha256 else 'none in the card'})",
        ),
        *(
            (f"CTranslate2 {one.compute_type}", f"{one.folder}, {one.size / 1e6:.1f} MB")
            for one in d.conversions
        ),
        *([("card", readme)] if readme.exists() else []),
    ]


def _as_dict(checkpoint: "Checkpoint", described: "Description") -> dict[str, object]:
    card = checkpoint.card
    return {
        "name": checkpoint.name,
        "label": checkpoint.label,
        "folder": str(checkpoint.path),
        "licence": card.licence or None,
        "parameters": described.parameters,
        "architecture": {
            "encoder_layers": described.encoder_layers,
            "decoder_layers": described.decoder_layers,
            "width": described.width,
            "heads": described.heads,
            "feed_forward": described.feed_forward,
            "activation": described.activation,
        },
        "vocabulary": described.vocabulary,
        "max_positions": checkpoint.max_positions,
        "inline_terms": card.inline_terms,
        "alignment": card.alignment,
        "weights": described.weights,
        "bytes": described.size,
        "precision": described.precision or None,
        "sha256": checkpoint.sha256,
        "sha256_in_card": bool(card.sha256),
        "conversions": [
            {"compute_type": one.compute_type, "folder": str(one.folder), "bytes": one.size}
            for one in described.conversions
        ],
    }


@click.command("use")
@click.argument("name")
def use_model(name: str) -> None:
    """Make NAME the default from now on: starter, a Hugging Face name or a folder.

    \b
    Examples:
      dragoman models use Helsinki-NLP/opus-mt-tc-big-ar-en
      dragoman models use starter
    """
    checkpoint = use(name)
    remark(f"from now on: {checkpoint.label} ({checkpoint.path})")


@click.command("fetch")
@click.argument("name")
def fetch_model(name: str) -> None:
    """Bring the model NAME of the Hugging Face hub here, whole, checked and ready to translate offline.

    A download that was broken off goes on. HF_ENDPOINT names a mirror, HTTPS_PROXY a proxy, HF_HOME where
    models are kept. Printed is the model's label and its folder.

    \b
    Examples:
      dragoman models fetch Helsinki-NLP/opus-mt-ar-en
      dragoman models fetch opus-mt-tc-big-ar-en
    """
    from models.convert import converted

    checkpoint = fetch(name)
    converted(checkpoint, "int8")
    click.echo(f"{checkpoint.label}\t{checkpoint.path}")


@click.command("convert")
@click.argument("source")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "form",
    type=click.Choice(["hf", "ct2"]),
    default="hf",
    show_default=True,
    help="Hugging Face's layout, which Dragoman and transformers read, or CTranslate2's.",
)
@click.option(
    "--quantization",
    type=click.Choice(["int8", "float16", "float32"]),
    help="How weights are stored (default: for hf as they are, for ct2 int8).",
)
def convert(source: str, out: Path, form: "Form", quantization: str | None) -> None:
    """Write the model SOURCE into the new folder OUT, and prove that it computes the same.

    SOURCE is a folder or zip in Marian's own format, as OPUS-MT publishes them (.npz, vocab.yml, source.spm,
    target.spm), or a model as elsewhere: a name or a folder.

    \b
    Examples:
      dragoman models convert opus-2019-12-18.zip opus-mt-ar-en
      dragoman models convert opus-mt-ar-en opus-mt-ar-en-half --quantization float16
      dragoman models convert starter starter-ct2 --to ct2
    """
    from models.convert import write

    if form == "hf" and quantization == "int8":
        raise click.UsageError("--quantization int8 is for --to ct2; with hf: float16 or float32")
    click.echo(write(source, out, form=form, quantization=quantization))
