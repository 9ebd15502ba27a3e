"""Options that several commands share, and what they mean."""

from collections.abc import Sequence
from pathlib import Path

import click

from glossary.termbase import default_paths

glossary_option = click.option(
    "-g",
    "--glossary",
    multiple=True,
    metavar="PO",
    help="Use this termbase instead of your own and the shipped ones; repeatable, earlier ones win; "
    "'default' adds those.",
)
encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    help="Encoding of the text (default: UTF-8, else detected and said).",
)
model_option = click.option(
    "-m",
    "--model",
    metavar="NAME",
    help="starter, a Hugging Face name, or a folder in Marian layout.",
)
engine_option = click.option(
    "--engine",
    default="ct2",
    show_default=True,
    metavar="NAME",
    help="ct2, ct2-float32 or marian (torch, the reference).",
)
threads_option = click.option(
    "--threads", type=click.IntRange(1, 256), help="Processor threads (default: all)."
)
memory_option = click.option(
    "--memory",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Use this translation memory (default: your own).",
)


def termbase_paths(glossary: Sequence[str]) -> list[Path]:
    """The files that `--glossary` names; without it the user's own termbase and the shipped ones."""
    paths: list[Path] = []
    for one in glossary or ("default",):
        paths += default_paths() if one == "default" else [Path(one)]
    return paths
