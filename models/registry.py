"""From what a user calls a model to a checkpoint on this machine.

`starter` ships with the package; a folder is taken as it is; `org/name` (and bare `opus-mt-...`) is looked up
in the Hugging Face cache and downloaded only where it isn't there.
"""

import contextlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from glossary.files import write_atomic
from models.checkpoint import REQUIRED, WEIGHTS, Card, Checkpoint, open_checkpoint
from models.errors import CheckpointError

STARTER = Path(__file__).resolve().parent / "starter"
_FILES = (
    *REQUIRED,
    "target_vocab.json",
    "tokenizer_config.json",
    "generation_config.json",
    "README.md",
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A model worth knowing of. `where` is its folder on this machine, None where it isn't here yet."""

    name: str
    params: str
    licence: str
    note: str
    where: Path | None = None


_KNOWN = (
    Known(
        name="starter",
        params="25 M",
        licence="Apache-2.0",
        note="ships with Dragoman; small and fast; reads agreed terms inside the source",
    ),
    Known(
        name="Helsinki-NLP/opus-mt-ar-en",
        params="77 M",
        licence="Apache-2.0",
        note="OPUS-MT 2019; trained word alignment",
    ),
    Known(
        name="Helsinki-NLP/opus-mt-tc-big-ar-en",
        params="about 240 M",
        licence="CC-BY-4.0",
        note="OPUS-MT 2022; the best of the three, and the slowest; no trained word alignment",
    ),
)
# What those checkpoints' own cards, written for everyone, don't say to Dragoman.
_CARDS = {
    "Helsinki-NLP/opus-mt-ar-en": Card(licence="apache-2.0", alignment="guided"),
    "Helsinki-NLP/opus-mt-tc-big-ar-en": Card(licence="cc-by-4.0"),
}


def resolve(name_or_path: str) -> Checkpoint:
    """The checkpoint of that name; downloads it where it has to."""
    if name_or_path == "starter":
        return open_checkpoint(STARTER, name="starter")
    path = Path(name_or_path).expanduser()
    if name_or_path and path.is_dir():
        return open_checkpoint(path)
    name = _hub_name(name_or_path)
    if name is None:
        raise CheckpointError(
            f"no model of that name and no such folder; there are {', '.join(k.name for k in _KNOWN)}, "
            "any other Marian model of huggingface.co as org/name, or a folder",
            path=name_or_path,
        )
    short, card = name.rpartition("/")[2], _CARDS.get(name)
    cached = _cached(name)
    if cached is not None:
        # A download that broke off leaves a part of the files: go on with it below.
        with contextlib.suppress(CheckpointError):
            return open_checkpoint(cached, name=short, card=card)
    return open_checkpoint(_download(name), name=short, card=card)


def known() -> list[Known]:
    """The models to choose from, and where on this machine they are."""
    return [
        Known(
            name=k.name,
            params=k.params,
            licence=k.licence,
            note=k.note,
            where=STARTER if k.name == "starter" else _cached(k.name),
        )
        for k in _KNOWN
    ]


def default_name() -> str:
    """The model used where none is named: what `use` chose, else `starter`."""
    path = _choice_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "starter"
    try:
        name = json.loads(text)["model"]
    except (ValueError, TypeError, KeyError):
        name = None
    if not isinstance(name, str) or not name:
        raise CheckpointError(
            'should hold {"model": "NAME"}; delete the file, or choose with `dragoman models use`',
            path=str(path),
        )
    return name


def use(name_or_path: str) -> Checkpoint:
    """Make it the default from now on."""
    checkpoint = resolve(name_or_path)
    path = Path(name_or_path).expanduser()
    folder = name_or_path != "starter" and path.is_dir()
    name = str(path.absolute()) if folder else _hub_name(name_or_path) or name_or_path
    target = _choice_path()
    try:
        write_atomic(target, json.dumps({"model": name}) + "\n")
    except OSError as error:
        raise CheckpointError(
            f"can't keep the choice here ({error}); give --model on each run", path=str(target)
        ) from error
    return checkpoint


def _choice_path() -> Path:
    return platformdirs.user_config_path("dragoman") / "model.json"


def _hub_name(name: str) -> str | None:
    """`org/name`; None where it can't be one."""
    if name.startswith("opus-mt-") and "/" not in name:
        name = f"Helsinki-NLP/{name}"
    parts = name.split("/")
    fits = len(parts) == 2 and all(part and part[0].isalnum() for part in parts)
    return name if fits and not any(c.isspace() or c == "\\" for c in name) else None


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        found = snapshot_download(name, local_files_only=True, allow_patterns=[*_FILES, *WEIGHTS])
    except (OSError, ValueError, HFValidationError):  # not there, or not all of it
        return None
    return Path(str(found))


def _download(name: str) -> Path:
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    _log.info("downloading %s from huggingface.co", name)
    # The hub's library lets its HTTP library's errors through, and has changed that library twice; the
    # bases of its own error are those of the one in use.
    unreachable: tuple[Any, ...] = (OSError, ValueError, *HfHubHTTPError.__bases__)
    try:
        there = {file.rfilename for file in HfApi().model_info(name, timeout=10).siblings or ()}
        weights = next((file for file in WEIGHTS if file in there), WEIGHTS[0])
        return Path(str(snapshot_download(name, allow_patterns=[*_FILES, weights])))
    except RepositoryNotFoundError as error:
        raise CheckpointError(
            "no such model on huggingface.co; check the name", path=name
        ) from error
    except unreachable as error:
        short = name.rpartition("/")[2]
        raise CheckpointError(
            f"isn't on this machine and can't be downloaded ({type(error).__name__}). On a machine "
            f"with network: `hf download {name} --local-dir {short}`; copy the folder {short} here, "
            f"then: --model {short}",
            path=name,
        ) from error
