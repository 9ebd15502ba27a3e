"""A checkpoint on disk: is it whole, what does its card promise, which exact weights is it.

The Hugging Face Marian layout: config.json, source.spm, target.spm, vocab.json, and weights in
model.safetensors or pytorch_model.bin. The card is README.md; what Dragoman must know stands in its YAML
front matter under `dragoman:`.
"""

import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import platformdirs

from glossary.files import write_atomic
from models.errors import CheckpointError
from models.tokenizer import read_vocabularies

Alignment = Literal["guided", "none"]
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
REQUIRED = ("config.json", "source.spm", "target.spm", "vocab.json")
_LFS = b"version https://git-lfs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a checkpoint was trained for.

    inline_terms: it reads `<t> source <r> target </t>` in the source. alignment: `guided` where head 0 of
    the last decoder layer was trained on word alignment.
    """

    name: str = ""
    licence: str = ""
    inline_terms: bool = False
    alignment: Alignment = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A folder that was found whole. `digest`: the first 8 hex digits of its files' sha256."""

    path: Path
    name: str
    digest: str
    card: Card = Card()
    max_positions: int = 512  # longest source and target in pieces, `</s>` counted

    @property
    def label(self) -> str:
        """Name and digest, as every output cites it."""
        return f"{self.name}@{self.digest}"


def open_checkpoint(path: Path, *, name: str = "", card: Card | None = None) -> Checkpoint:
    """Check the folder and describe it. `card` serves where the folder's own says nothing to Dragoman."""
    path = path.absolute()
    config = _validate(path)
    own = read_card(path)
    own = own if own is not None else card if card is not None else Card()
    return Checkpoint(
        path=path,
        name=name or own.name or path.name,
        digest=_digest(path),
        card=own,
        max_positions=int(config.get("max_position_embeddings", 512)),
    )


def read_card(folder: Path) -> Card | None:
    """The card in README.md; None where there is none or it has no `dragoman:` part."""
    path = folder / "README.md"
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.startswith("---\n"):
        return None
    import yaml

    try:
        front = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError as error:
        raise CheckpointError(f"the front matter isn't YAML: {error}", path=str(path)) from error
    ours = front.get("dragoman") if isinstance(front, dict) else None
    if ours is None:
        return None
    alignment = ours.get("alignment", "none") if isinstance(ours, dict) else ours
    if alignment not in get_args(Alignment) or not isinstance(
        ours.get("inline_terms", False), bool
    ):
        raise CheckpointError(
            "under `dragoman:`, alignment should be guided or none, inline_terms true or false",
            path=str(path),
        )
    return Card(
        name=str(ours.get("name", "")),
        licence=str(front.get("license", "")),
        inline_terms=ours.get("inline_terms", False),
        alignment=alignment,
    )


def weights_file(folder: Path) -> Path | None:
    """The file with the weights, safetensors before pickle."""
    return next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)


def _validate(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        raise CheckpointError(
            "no such folder; name a folder with a Marian checkpoint", path=str(path)
        )
    missing = [name for name in REQUIRED if not (path / name).is_file()]
    weights = weights_file(path)
    if weights is None:
        missing.append(" or ".join(WEIGHTS))
    if missing or weights is None:
        raise CheckpointError(
            f"lacks {', '.join(missing)}; a Marian checkpoint in Hugging Face layout has "
            f"{', '.join(REQUIRED)} and its weights",
            path=str(path),
        )
    with weights.open("rb") as file:
        if file.read(len(_LFS)) == _LFS:
            raise CheckpointError(
                "is a Git LFS pointer, not the weights; run `git lfs pull` where it came from, "
                "then copy it again",
                path=str(weights),
            )
    config = _read_config(path / "config.json")
    source, target = read_vocabularies(path)
    for vocab, size in (
        (source, config["vocab_size"]),
        (target, config.get("decoder_vocab_size") or config["vocab_size"]),
    ):
        if max(vocab.values()) >= size:
            raise CheckpointError(
                f"the vocabulary has ids up to {max(vocab.values())}, but config.json says "
                f"{size} pieces: they belong to different checkpoints; copy all files from one",
                path=str(path),
            )
    return config


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"can't read it ({error}); copy the file again", path=str(path)
        ) from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != "marian":
        raise CheckpointError(
            f"model_type is {kind!r}; Dragoman reads Marian checkpoints, such as "
            "Helsinki-NLP/opus-mt-ar-en",
            path=str(path),
        )
    if not isinstance(config.get("vocab_size"), int):
        raise CheckpointError(
            "vocab_size is missing or no number; copy the file again", path=str(path)
        )
    return dict(config)


def _digest(folder: Path) -> str:
    names = [*REQUIRED, "target_vocab.json", "tokenizer_config.json"]
    files = [folder / name for name in names if (folder / name).is_file()]
    weights = weights_file(folder)
    assert weights is not None
    cache_path = platformdirs.user_cache_path("dragoman") / "digests.json"
    try:
        known = dict(json.loads(cache_path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        known = {}
    whole, before = hashlib.sha256(), dict(known)
    for file in [*files, weights]:
        state = file.stat()
        key = f"{file.resolve()}|{state.st_size}|{state.st_mtime_ns}"
        if key not in known:
            with file.open("rb") as content:
                known[key] = hashlib.file_digest(content, "sha256").hexdigest()
        whole.update(f"{file.name} {known[key]}\n".encode())
    if known != before:
        with contextlib.suppress(OSError):  # only a cache: a start without it is a little slower
            write_atomic(cache_path, json.dumps(known, indent=0))
    return whole.hexdigest()[:8]
