"""From what a user calls a model to a checkpoint on this machine.

`starter` ships with the package; a folder is taken as it is; `org/name` (and bare `opus-mt-...`) is looked up
in the Hugging Face cache and downloaded only where it isn't there.
"""

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from glossary.files import write_atomic
from models import hub
from models.checkpoint import (
    Card,
    Checkpoint,
    check_checkpoint,
    is_marian,
    licence,
    open_checkpoint,
)
from models.errors import CheckpointError, HubUnreachable
from models.weights import count_parameters

STARTER = Path(__file__).resolve().parent / "starter"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A model to choose. where: its folder on this machine, None where it isn't here yet. problem: what is
    wrong with what is here.
    """

    name: str
    params: str
    licence: str
    note: str
    where: Path | None = None
    problem: str = ""


_KNOWN = (
    Known(
        name="starter",
        params="33 M",
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
    name = _named(name_or_path)
    here = hub.cached(name)
    if here is not None:
        try:
            return _open(here, name)
        except CheckpointError as damage:  # the hub may mend it
            _log.warning("%s", damage)
    return _open(hub.download(name), name)


def fetch(name: str) -> Checkpoint:
    """Bring a model of the hub here, or what of it is missing or new; checked against the hub's checksums.

    Without a network it is what is here already, and a remark says so.
    """
    name = _named(name)
    try:
        folder = hub.download(name)
    except HubUnreachable:
        here = hub.cached(name)
        if here is None:
            raise
        folder = here
        _log.warning("%s: the hub can't be reached; taking what is on this machine", name)
    return _open(folder, name)


def known() -> list[Known]:
    """The models to choose from: those worth knowing, then all others in the hub's cache."""
    return [_located(one) for one in _KNOWN] + _others()


def chosen(name: str) -> Known:
    """A model that `known` doesn't have, such as a folder that `use` was given."""
    return _described(name, Path(name), "a folder of yours")


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


def _named(name: str) -> str:
    full = _hub_name(name)
    if full is None:
        raise CheckpointError(
            f"no model of that name and no such folder; there are {', '.join(k.name for k in _KNOWN)}, "
            "any other Marian model of huggingface.co as org/name, or a folder",
            path=name,
        )
    return full


def _located(one: Known) -> Known:
    where = STARTER if one.name == "starter" else hub.cached(one.name)
    try:
        if where is not None:
            check_checkpoint(where)
    except CheckpointError as damage:
        return replace(one, where=where, problem=str(damage))
    return replace(one, where=where)


def _others() -> list[Known]:
    names = [name for name in hub.cached_names() if name not in {one.name for one in _KNOWN}]
    found = [(name, hub.cached(name)) for name in names]
    return [
        _described(name, where, "in the hub's cache")
        for name, where in found
        if where and is_marian(where)
    ]


def _described(name: str, where: Path, note: str) -> Known:
    one = Known(name=name, params="?", licence="?", note=note, where=where)
    try:
        params = f"{count_parameters(check_checkpoint(where)) / 1e6:.0f} M"
        return replace(one, params=params, licence=licence(where) or "not stated")
    except CheckpointError as damage:
        return replace(one, problem=str(damage))


def _open(folder: Path, name: str) -> Checkpoint:
    return open_checkpoint(folder, name=name.rpartition("/")[2], card=_CARDS.get(name))
