"""A checkpoint on disk: is it whole, what does its card promise, which exact weights is it.

The Hugging Face Marian layout: config.json, source.spm, target.spm, vocab.json, and weights in
model.safetensors or pytorch_model.bin. The card is README.md; what Dragoman must know stands in its YAML
front matter under `dragoman:`.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import platformdirs

from glossary.files import write_atomic
from models.errors import CheckpointError
from models.tokenizer import read_vocabularies
from models.weights import WEIGHTS, check_content, check_shards, check_weights, weights_file

Alignment = Literal["guided", "none"]
REQUIRED = ("config.json", "source.spm", "target.spm", "vocab.json")
_COUNTS = (
    "vocab_size", "d_model", "encoder_layers", "decoder_layers", "encoder_ffn_dim", "decoder_ffn_dim",
    "encoder_attention_heads", "decoder_attention_heads",
)  # fmt: skip
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a checkpoint was trained for.

    inline_terms: it reads `<t> source <r> target </t>` in the source. alignment: `guided` where head 0 of
    the last decoder layer was trained on word alignment. sha256: of the file with the weights, in hex;
    weights that have another aren't opened.
    """

    name: str = ""
    licence: str = ""
    inline_terms: bool = False
    alignment: Alignment = "none"
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A folder that was found whole.

    digest: the first 8 hex digits of its files' sha256. sha256: of the file with the weights, in hex.
    """

    path: Path
    name: str
    digest: str
    card: Card = Card()
    max_positions: int = 512  # longest source and target in pieces, `</s>` counted
    sha256: str = ""

    @property
    def label(self) -> str:
        """Name and digest, as every output cites it."""
        return f"{self.name}@{self.digest}"


def open_checkpoint(path: Path, *, name: str = "", card: Card | None = None) -> Checkpoint:
    """Check the folder and describe it. `card` serves where the folder's own says nothing to Dragoman.

    Raises CheckpointError where a file is missing, damaged, of another checkpoint, or not what the card says.
    """
    path = path.absolute()
    config = check_checkpoint(path)
    front = _front_matter(path / "README.md")
    own = _card(front, path / "README.md") or card or Card(licence=_licence(front))
    weights = weights_file(path)
    assert weights is not None
    hashes = _hashes(_identity(path, weights))
    if own.sha256 and own.sha256 != hashes[weights]:
        raise CheckpointError(
            f"isn't the file that {path / 'README.md'} describes (sha256 {hashes[weights]}, should be "
            f"{own.sha256}); copy both from where the checkpoint came from",
            path=str(weights),
        )
    return Checkpoint(
        path=path,
        name=name or own.name or path.name,
        digest=_digest(hashes),
        card=own,
        max_positions=int(config.get("max_position_embeddings", 512)),
        sha256=hashes[weights],
    )


def check_checkpoint(path: Path) -> dict[str, Any]:
    """Raise CheckpointError where the folder isn't a whole checkpoint; else what its config.json holds."""
    if not path.is_dir():
        raise CheckpointError(
            "no such folder; name a folder with a Marian checkpoint", path=str(path)
        )
    missing = [name for name in REQUIRED if not (path / name).is_file()]
    weights = weights_file(path)
    if weights is None:
        if any(path.glob("*.npz")):
            raise CheckpointError(
                "holds a model in Marian's own format; convert it first: `dragoman models convert "
                f"{path.name} OUT`, then --model OUT",
                path=str(path),
            )
        check_shards(path)
        missing.append(" or ".join(WEIGHTS))
    if missing or weights is None:
        raise CheckpointError(
            f"lacks {', '.join(missing)}; a Marian checkpoint in Hugging Face layout has "
            f"{', '.join(REQUIRED)} and its weights",
            path=str(path),
        )
    for file in _identity(path, weights):
        check_content(file)
    config = _read_config(path / "config.json")
    check_weights(weights, config)
    _check_vocabularies(path, config)
    return config


def read_card(folder: Path) -> Card | None:
    """The card in README.md; None where there is none or it has no `dragoman:` part."""
    path = folder / "README.md"
    return _card(_front_matter(path), path)


def write_card(folder: Path, card: Card) -> None:
    """Put the card into README.md, whose text and other front matter stay.

    The sha256 written is that of the weights in the folder, whatever `card` says.
    """
    path, weights = folder / "README.md", weights_file(folder)
    assert weights is not None
    text = path.read_text(encoding="utf-8") if path.is_file() else f"# {card.name or folder.name}\n"
    front, body = _front_matter(path), text.partition("\n---")[2].lstrip("\n")
    if not text.startswith("---\n"):
        body = text
    card = replace(card, sha256=_hashes([weights])[weights])
    write_atomic(path, readme(card, body, front=front))


def readme(card: Card, body: str, *, front: Mapping[str, Any]) -> str:
    """The text of a README.md: the card among its other front matter, then `body`."""
    import yaml

    ours = {
        **({"name": card.name} if card.name else {}),
        "inline_terms": card.inline_terms,
        "alignment": card.alignment,
        **({"sha256": card.sha256} if card.sha256 else {}),
    }
    stated = {"license": card.licence} if card.licence else {}
    header = yaml.safe_dump(
        {**front, **stated, "dragoman": ours}, sort_keys=False, allow_unicode=True
    )
    return f"---\n{header}---\n{body}"


def licence(folder: Path) -> str:
    """The licence that the front matter of README.md states, empty where it states none."""
    return _licence(_front_matter(folder / "README.md"))


def is_marian(folder: Path) -> bool:
    """Whether config.json says so; the rest of the folder may be anything."""
    try:
        _read_config(folder / "config.json")
    except CheckpointError:
        return False
    return True


def _front_matter(path: Path) -> dict[str, Any]:
    """What stands in YAML between the `---` at the top of the file; nothing where nothing does."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if not text.startswith("---\n"):
        return {}
    import yaml

    try:
        front = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise CheckpointError(f"the front matter isn't YAML: {said}", path=str(path)) from error
    return front if isinstance(front, dict) else {}


def _licence(front: Mapping[str, Any]) -> str:
    return str(front.get("license") or "")


def _card(front: dict[str, Any], path: Path) -> Card | None:
    ours = front.get("dragoman")
    if ours is None:
        return None
    fields = ours if isinstance(ours, dict) else {"alignment": ours}
    inline_terms, alignment = fields.get("inline_terms", False), fields.get("alignment", "none")
    sha256 = str(fields.get("sha256", ""))
    if (
        alignment not in get_args(Alignment)
        or not isinstance(inline_terms, bool)
        or (sha256 and not _SHA256.fullmatch(sha256))
    ):
        raise CheckpointError(
            "under `dragoman:`, alignment should be guided or none, inline_terms true or false, sha256 "
            "the weights' in 64 small hex digits",
            path=str(path),
        )
    return Card(
        name=str(fields.get("name", "")),
        licence=_licence(front),
        inline_terms=inline_terms,
        alignment=alignment,
        sha256=sha256,
    )


def _check_vocabularies(path: Path, config: dict[str, Any]) -> None:
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
    wrong = [name for name in _COUNTS if not isinstance(config.get(name), int)]
    if wrong:
        raise CheckpointError(
            f"{', '.join(wrong)} missing or no number; copy the file again", path=str(path)
        )
    return dict(config)


def _identity(folder: Path, weights: Path) -> list[Path]:
    """The files that make a checkpoint this one and no other."""
    names = [*REQUIRED, "target_vocab.json", "tokenizer_config.json"]
    return [*(folder / name for name in names if (folder / name).is_file()), weights]


def _digest(hashes: dict[Path, str]) -> str:
    whole = "".join(f"{file.name} {sha256}\n" for file, sha256 in hashes.items())
    return hashlib.sha256(whole.encode()).hexdigest()[:8]


def _hashes(files: Iterable[Path]) -> dict[Path, str]:
    """The files' sha256 in hex, in order; remembered as long as size and time of a file stay the same."""
    cache_path = platformdirs.user_cache_path("dragoman") / "digests.json"
    try:
        known = dict(json.loads(cache_path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        known = {}
    hashes, before = {}, dict(known)
    for file in files:
        state = file.stat()
        key = f"{file.resolve()}|{state.st_size}|{state.st_mtime_ns}"
        if key not in known:
            with file.open("rb") as content:
                known[key] = hashlib.file_digest(content, "sha256").hexdigest()
        hashes[file] = known[key]
    if known != before:
        with contextlib.suppress(OSError):  # only a cache: a start without it is a little slower
            write_atomic(cache_path, json.dumps(known, indent=0))
    return hashes
