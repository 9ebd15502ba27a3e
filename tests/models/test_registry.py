"""Names become checkpoints: the starter, a folder, the hub's cache; offline, the error says how to fetch."""

import shutil
from pathlib import Path

import platformdirs
import pytest

from models import registry
from models.errors import CheckpointError


@pytest.fixture
def hub(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub cache, offline, that holds opus-mt-ar-en."""
    import huggingface_hub.constants

    cache = tmp_path / "hub"
    repo = cache / "models--Helsinki-NLP--opus-mt-ar-en"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text("0a1b2c")
    shutil.copytree(toy, repo / "snapshots" / "0a1b2c")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return cache


def test_starter_is_the_default() -> None:
    assert registry.default_name() == "starter"
    assert registry.resolve("starter").name == "starter"


@pytest.mark.parametrize("name", ["opus-mt-ar-en", "Helsinki-NLP/opus-mt-ar-en"])
def test_a_name_is_found_in_the_cache_of_the_hub(hub: Path, name: str) -> None:
    checkpoint = registry.resolve(name)
    assert checkpoint.path.is_relative_to(hub)
    assert checkpoint.name == "opus-mt-ar-en"
    assert checkpoint.card.alignment == "guided"
    assert not checkpoint.card.inline_terms


def test_a_folder_is_taken_as_it_is(toy: Path) -> None:
    assert registry.resolve(str(toy)).path == toy


@pytest.mark.parametrize("name", ["opus-mt-tc-big-ar-en", "Helsinki-NLP/opus-mt-tc-big-ar-en"])
def test_what_cannot_be_downloaded_is_explained(hub: Path, name: str) -> None:
    with pytest.raises(CheckpointError, match="hf download Helsinki-NLP/opus-mt-tc-big-ar-en"):
        registry.resolve(name)


def test_a_broken_download_is_not_taken(hub: Path) -> None:
    next(hub.rglob("model.safetensors")).unlink()
    with pytest.raises(CheckpointError, match="hf download"):
        registry.resolve("opus-mt-ar-en")


@pytest.mark.parametrize("name", ["nonsense", "./no/folder", "/no/folder", "a b/c", ""])
def test_other_names_are_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(CheckpointError, match=r"no model of that name.*opus-mt-ar-en"):
        registry.resolve(name)


def test_known_says_what_is_here(hub: Path) -> None:
    where = {k.name: k.where for k in registry.known()}
    assert where["starter"] == registry.STARTER
    assert where["Helsinki-NLP/opus-mt-ar-en"] is not None
    assert where["Helsinki-NLP/opus-mt-tc-big-ar-en"] is None


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return platformdirs.user_config_path("dragoman") / "model.json"


def test_use_is_kept(hub: Path, toy: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.use("opus-mt-ar-en")
    assert registry.default_name() == "Helsinki-NLP/opus-mt-ar-en"
    monkeypatch.chdir(toy.parent)
    registry.use(toy.name)
    assert registry.default_name() == str(toy)
    registry.use("starter")
    assert registry.default_name() == "starter"
    assert [p.name for p in config.parent.iterdir()] == ["model.json"]


def test_use_refuses_what_does_not_resolve(config: Path) -> None:
    with pytest.raises(CheckpointError):
        registry.use("nonsense")
    assert not config.exists()


def test_a_spoilt_choice_is_an_error(config: Path) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("[]", encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"model\.json.*models use"):
        registry.default_name()
