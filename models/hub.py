"""The Hugging Face hub and its cache on this machine: what is here, and how the rest comes here.

Mirror, proxy, token and cache are the hub library's own settings: HF_ENDPOINT, HTTPS_PROXY, HF_TOKEN, HF_HOME,
HF_HUB_OFFLINE. A connection that breaks off is continued inside the file; a download that was killed, with the
files that are not here yet.
"""

import logging
import sys
from pathlib import Path
from typing import Any

from models.checkpoint import REQUIRED
from models.errors import CheckpointError, HubUnreachable
from models.weights import WEIGHTS, weights_file

_FILES = (
    *REQUIRED,
    "target_vocab.json",
    "tokenizer_config.json",
    "generation_config.json",
    "README.md",
)
_log = logging.getLogger(__name__)


def cached(name: str) -> Path | None:
    """The folder of `org/name` in the cache; None where it isn't there, or not all of it."""
    from huggingface_hub import snapshot_download, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(name, "config.json")
        if not isinstance(config, str):
            return None
        weights = weights_file(Path(config).parent)
        wanted = [weights.name] if weights else WEIGHTS
        found = snapshot_download(name, local_files_only=True, allow_patterns=[*_FILES, *wanted])
    except (OSError, ValueError, HFValidationError):
        return None
    return Path(found)


def cached_names() -> list[str]:
    """`org/name` of every model of which the cache holds something, in order."""
    from huggingface_hub import constants

    folders = Path(constants.HF_HUB_CACHE).glob("models--*--*")
    return sorted("/".join(folder.name.split("--")[1:3]) for folder in folders)


def download(name: str) -> Path:
    """Bring `org/name` here, or what of it isn't here yet, and compare each file with the hub's checksum.

    Raises HubUnreachable; CheckpointError where there is no such model, or a file arrived damaged, which is
    then removed, so that the next try brings it anew.
    """
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if not sys.stderr.isatty():
        disable_progress_bars()
    _log.info("downloading %s from %s", name, constants.ENDPOINT)
    # The hub's library lets its HTTP library's errors through, and has changed that library twice; the
    # bases of its own error are those of the one in use.
    unreachable: tuple[Any, ...] = (OSError, ValueError, *HfHubHTTPError.__bases__)
    try:
        there = {file.rfilename for file in HfApi().model_info(name, timeout=10).siblings or ()}
        weights = next((file for file in WEIGHTS if file in there), WEIGHTS[0])
        folder = Path(snapshot_download(name, allow_patterns=[*_FILES, weights]))
        checked = HfApi().verify_repo_checksums(name)
    except RepositoryNotFoundError as error:
        raise CheckpointError(
            f"no such model on {constants.ENDPOINT}; check the name", path=name
        ) from error
    except unreachable as error:
        short = name.rpartition("/")[2]
        raise HubUnreachable(
            f"isn't whole on this machine and can't be downloaded ({type(error).__name__}). On a machine "
            f"with network: `hf download {name} --local-dir {short}`; copy the folder {short} here, "
            f"then: --model {short}",
            path=name,
        ) from error
    _refuse(folder, [one["path"] for one in checked.mismatches])
    return folder


def _refuse(folder: Path, damaged: list[str]) -> None:
    if not damaged:
        return
    for file in damaged:
        (folder / file).resolve().unlink()
        (folder / file).unlink(missing_ok=True)
    raise CheckpointError(
        f"{', '.join(damaged)} arrived damaged (not the checksum that the hub states) and was removed; "
        "try again",
        path=str(folder),
    )
