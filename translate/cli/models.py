"""`dragoman models`: which checkpoints there are, what one is, which is the default."""

import json
from pathlib import Path

import click

from models.registry import default_name, known, resolve, use
from translate.cli.remarks import remark


@click.group()
def models() -> None:
    """List models, look at one, choose the default.

    \b
    Example:
      dragoman models use Helsinki-NLP/opus-mt-tc-big-ar-en
    """


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_models(as_json: bool) -> None:
    """Models worth knowing; * marks the default.

    \b
    Examples:
      dragoman models list
      dragoman models list --json
    """
    default = default_name()
    shown = known()
    for one in shown:
        place = str(one.where) if one.where else "not on this machine"
        if as_json:
            row = {
                "name": one.name,
                "parameters": one.params,
                "licence": one.licence,
                "note": one.note,
                "where": str(one.where) if one.where else None,
                "default": one.name == default,
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            mark = "*" if one.name == default else " "
            click.echo(f"{mark} {one.name}\t{one.params}\t{one.licence}\t{place}\n    {one.note}")
    if default not in {one.name for one in shown} and not as_json:
        click.echo(f"* {default}")


@models.command("info")
@click.argument("name", required=False)
def info(name: str | None) -> None:
    """What the model NAME is (default: the one in use).

    \b
    Examples:
      dragoman models info
      dragoman models info starter
    """
    checkpoint = resolve(name or default_name())
    card = checkpoint.card
    click.echo(f"name: {checkpoint.label}")
    click.echo(f"folder: {checkpoint.path}")
    click.echo(f"licence: {card.licence or 'not stated'}")
    click.echo(f"reads terms inside the source: {'yes' if card.inline_terms else 'no'}")
    click.echo(f"word alignment: {card.alignment}")
    click.echo(f"longest sentence: {checkpoint.max_positions} pieces")
    readme = Path(checkpoint.path) / "README.md"
    if readme.exists():
        click.echo(f"card: {readme}")


@models.command("use")
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
