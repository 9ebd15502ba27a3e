"""Options that several commands share, and what they mean."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

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


class Decoding(TypedDict):
    """What `decoding_options` asked for, as Translator takes it."""

    beam_size: int
    length_penalty: float
    repetition_penalty: float
    no_repeat_ngram: int
    mbr: int


_DECODING = (
    click.option(
        "--beam",
        "beam_size",
        default=4,
        show_default=True,
        type=click.IntRange(1, 16),
        help="Hypotheses kept while decoding; 1 is fastest.",
    ),
    click.option(
        "--length-penalty",
        default=1.0,
        show_default=True,
        type=click.FloatRange(0, 3),
        help="Above 1 longer translations, below it shorter ones.",
    ),
    click.option(
        "--repetition-penalty",
        default=1.0,
        show_default=True,
        type=click.FloatRange(1, 3),
        help="Above 1 words already written are less likely.",
    ),
    click.option(
        "--no-repeat-ngram",
        default=0,
        show_default=True,
        type=click.IntRange(0, 20),
        help="Never write so many pieces in a row twice; 0 allows it.",
    ),
    click.option(
        "--mbr",
        default=0,
        show_default=True,
        type=click.IntRange(0, 64),
        help="Of so many best translations take the one most like the others; 0 takes the likeliest.",
    ),
)


def decoding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How to decode; the command gets them together, as `decoding`."""

    @functools.wraps(command)
    def gathered(**given: Any) -> Any:
        decoding = {name: given.pop(name) for name in Decoding.__annotations__}
        return command(**given, decoding=decoding)

    for option in reversed(_DECODING):
        gathered = option(gathered)
    return gathered


def termbase_paths(glossary: Sequence[str]) -> list[Path]:
    """The files that `--glossary` names; without it the user's own termbase and the shipped ones."""
    paths: list[Path] = []
    for one in glossary or ("default",):
        paths += default_paths() if one == "default" else [Path(one)]
    return paths
