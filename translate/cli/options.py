"""Options that several commands share, and what they mean."""

from collections.abc import Sequence
from pathlib import Path

import click

from glossary.termbase import shipped_paths

glossary_option = click.option(
    "-g",
    "--glossary",
    multiple=True,
    metavar="PO",
    help="Use this termbase instead of the shipped ones; repeatable, earlier ones win; "
    "'default' adds the shipped ones.",
)
encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    help="Encoding of the text (default: UTF-8, else detected and said).",
)


def termbase_paths(glossary: Sequence[str]) -> list[Path]:
    """The files that `--glossary` names; without it the shipped ones."""
    paths: list[Path] = []
    for one in glossary or ("default",):
        paths += shipped_paths() if one == "default" else [Path(one)]
    return paths
