"""What decodes, by name."""

import os
from typing import TYPE_CHECKING

from translate.engines.base import Engine, Search
from translate.errors import ConfigError

if TYPE_CHECKING:
    from models.checkpoint import Checkpoint

ENGINES = {
    "ct2": "CTranslate2 int8, the fast default",
    "ct2-float32": "CTranslate2 in full precision",
    "marian": "transformers on torch, the reference",
}


def open_engine(
    name: str,
    checkpoint: "Checkpoint",
    threads: int | None = None,
    search: Search | None = None,
) -> Engine:
    """Load the checkpoint into the engine of that name; its libraries are imported only now."""
    if name in ("ct2", "ct2-float32"):
        from translate.engines.ct2 import CT2Engine

        compute_type = "float32" if name == "ct2-float32" else "int8"
        return CT2Engine(checkpoint, compute_type=compute_type, threads=threads, search=search)
    if name == "marian":
        # As in ct2: threads that wait must not spin. Read once, when torch is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from translate.engines.marian import MarianEngine

        return MarianEngine(checkpoint, threads=threads, search=search)
    raise ConfigError(f"--engine {name}: no such engine; there are {', '.join(ENGINES)}")
