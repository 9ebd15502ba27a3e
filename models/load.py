"""A checkpoint's folder as transformers' model on torch, or an error that says what is wrong with it."""

import pickle
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import transformers

from models.errors import CheckpointError

# What transformers and torch raise for weights that only loading proves, such as an old pickle cut short.
_UNLOADABLE = (
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
    LookupError,
    struct.error,
    pickle.UnpicklingError,
)


def load(folder: Path, *, precision: str = "float32", attention: str | None = None) -> Any:
    """transformers' MarianMTModel with the weights in `folder`; `attention` is its attn_implementation.

    precision: one of torch's dtypes by name, or `auto` for that of the file. Raises CheckpointError where they
    can't be loaded.
    """
    with loading(folder):
        return transformers.MarianMTModel.from_pretrained(
            str(folder), dtype=precision, attn_implementation=attention, local_files_only=True
        )


@contextmanager
def loading(folder: Path) -> Iterator[None]:
    """What loading alone finds out, as a CheckpointError: an old pickle that was cut short, tensors of another model."""
    transformers.utils.logging.disable_progress_bar()  # loading takes a second, not worth two bars
    try:
        yield
    except _UNLOADABLE as error:
        said = " ".join(str(error).split())
        raise CheckpointError(
            f"can't be loaded as a Marian checkpoint ({said or type(error).__name__}); get its files again",
            path=str(folder),
        ) from error
