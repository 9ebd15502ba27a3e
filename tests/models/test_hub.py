"""A model comes from the hub whole and checked, or not at all; what is here needs no network."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import hub as hub_of_models
from models import registry
from models.errors import CheckpointError, HubUnreachable
from tests.models.hub import COMMIT, Hub, serving

NAME = "Helsinki-NLP/opus-mt-toy"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return tmp_path / "hub"


@pytest.fixture
def hub(toy: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    import huggingface_hub.constants as constants

    with serving(Hub(toy, NAME)) as served:
        monkeypatch.setattr(constants, "ENDPOINT", served.url)
        template = served.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield served


def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)


def test_a_model_is_brought_here_and_then_needs_no_network(
    hub: Hub, toy: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = registry.fetch("opus-mt-toy")
    assert fetched.path.is_relative_to(cache)
    assert fetched.digest == registry.resolve(str(toy)).digest
    offline(monkeypatch)
    assert registry.resolve(NAME) == fetched


def test_fetching_again_brings_nothing_twice(hub: Hub) -> None:
    registry.fetch(NAME)
    hub.asked.clear()
    registry.fetch(NAME)
    assert hub.asked == []


def test_only_what_is_needed_is_brought(hub: Hub, toy: Path) -> None:
    hub.files |= {"pytorch_model.bin": b"x", "tf_model.h5": b"x", "rust_model.ot": b"x"}
    folder = registry.fetch(NAME).path
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in toy.iterdir())
    assert hub_of_models.cached(NAME) == folder


def test_a_connection_that_broke_off_is_continued_inside_the_file(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants as constants

    # The library goes on after the last whole chunk, and its own are larger than this model.
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)
    hub.broken = ["model.safetensors"]
    registry.fetch(NAME)
    whole = len(hub.files["model.safetensors"])
    ranges = [wanted for name, wanted in hub.asked if name == "model.safetensors"]
    assert ranges == ["", f"bytes={whole // 2 // 1000 * 1000}-"]


def test_a_download_that_was_stopped_goes_on_with_the_files_that_lack(
    hub: Hub, cache: Path
) -> None:
    registry.fetch(NAME)
    link = next(cache.rglob("model.safetensors"))
    link.resolve().unlink()
    link.unlink()
    assert hub_of_models.cached(NAME) is None
    hub.asked.clear()
    registry.resolve(NAME)
    assert [name for name, _ in hub.asked] == ["model.safetensors"]


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.json"])
def test_a_file_that_arrives_damaged_is_named_and_the_next_try_mends_it(
    hub: Hub, name: str
) -> None:
    hub.damaged = {name}
    with pytest.raises(CheckpointError, match=f"{name} arrived damaged"):
        registry.fetch(NAME)
    assert hub_of_models.cached(NAME) is None
    hub.damaged = set()
    registry.fetch(NAME)


def test_what_was_damaged_here_is_said_and_mended(
    hub: Hub, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    registry.fetch(NAME)
    weights = next(cache.rglob("model.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-9])
    with caplog.at_level(logging.WARNING), pytest.raises(CheckpointError, match="try again"):
        registry.resolve(NAME)
    assert "model.safetensors: has" in caplog.text
    registry.resolve(NAME)


def test_without_a_network_what_is_here_is_taken_and_that_is_said(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fetched = registry.fetch(NAME)
    offline(monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert registry.fetch(NAME) == fetched
    assert "can't be reached" in caplog.text


def test_without_a_network_what_lacks_is_explained(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(HubUnreachable, match=f"hf download {NAME} --local-dir opus-mt-toy"):
        registry.fetch(NAME)
    offline(monkeypatch)
    with pytest.raises(HubUnreachable, match=f"hf download {NAME}"):
        registry.resolve(NAME)


def test_a_name_that_the_hub_does_not_know_is_an_error_also_where_others_are_here(
    hub: Hub,
) -> None:
    registry.fetch(NAME)
    with pytest.raises(CheckpointError, match="no such model on http://127"):
        registry.fetch("Helsinki-NLP/opus-mt-xx-yy")


def test_every_marian_model_of_the_cache_is_known(hub: Hub, cache: Path) -> None:
    folder = registry.fetch(NAME).path
    other = cache / "models--google--bert" / "snapshots" / COMMIT
    shutil.copytree(folder, other)
    (other / "config.json").unlink()
    (other / "config.json").write_text('{"model_type": "bert"}')
    (other.parent.parent / "refs").mkdir()
    (other.parent.parent / "refs" / "main").write_text(COMMIT)
    (cache / "datasets--a--b").mkdir()
    shown = {one.name: one for one in registry.known()}
    assert "google/bert" not in shown
    assert (shown[NAME].where, shown[NAME].problem) == (folder, "")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    damaged = {one.name: one for one in registry.known()}[NAME]
    assert "model.safetensors" in damaged.problem


@pytest.mark.slow
def test_the_command_fetches_from_a_mirror_and_translates_offline(
    toy: Path, tmp_path: Path
) -> None:
    """The real command, HF_ENDPOINT as users set it; then the mirror is gone."""
    environment = {
        **os.environ,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_OFFLINE": "0",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }

    def dragoman(*arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "translate.cli", *arguments],
            env=environment, input=text, capture_output=True, encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip

    with serving(Hub(toy, NAME)) as served:
        served.broken = ["model.safetensors"]
        environment["HF_ENDPOINT"] = served.url
        ran = dragoman("models", "fetch", NAME)
    assert ran.returncode == 0, ran.stderr
    label, folder = ran.stdout.rstrip("\n").split("\t")
    assert label.startswith("opus-mt-toy@")
    assert Path(folder, "model.safetensors").is_file()
    assert f"downloading {NAME} from {served.url}" in ran.stderr
    ran = dragoman("translate", "-", "--model", NAME, text="موسكو\n")
    assert ran.returncode == 0, ran.stderr
    assert dragoman("models", "list").stdout.count(NAME) == 1
