"""A checkpoint is whole or the error says what lacks."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models.checkpoint import Card, open_checkpoint, read_card, write_card
from models.errors import CheckpointError
from models.registry import STARTER


def test_the_starter_is_whole_and_has_a_card() -> None:
    starter = open_checkpoint(STARTER, name="starter")
    assert starter.card == Card(
        name="starter",
        licence="apache-2.0",
        inline_terms=True,
        alignment="guided",
        sha256=starter.sha256,
    )
    assert starter.label == f"starter@{starter.digest}"
    assert len(starter.digest) == 8
    assert starter.max_positions == 512


def test_the_starters_card_has_the_sha256_of_its_weights() -> None:
    stated = read_card(STARTER)
    assert stated is not None
    with (STARTER / "model.safetensors").open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    assert stated.sha256 == found, f"new weights: write `sha256: {found}` into starter/README.md"


def test_weights_that_the_card_does_not_mean_are_refused(copy: Path) -> None:
    write_card(copy, Card(name="toy"))
    assert open_checkpoint(copy).card.sha256 == open_checkpoint(copy).sha256
    weights = copy / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CheckpointError, match=r"model\.safetensors: isn't the file .*README\.md"):
        open_checkpoint(copy)


def test_a_card_is_written_into_what_was_there(copy: Path) -> None:
    readme = copy / "README.md"
    readme.write_text("---\nlanguage: [ar, en]\nlicense: mit\n---\n# Ours\n\nA --- B\n---\nend\n")
    card = Card(name="ours", inline_terms=True, alignment="guided")
    write_card(copy, card)
    write_card(copy, card)
    text = readme.read_text(encoding="utf-8")
    assert text.endswith("---\n# Ours\n\nA --- B\n---\nend\n")
    assert "language:" in text
    opened = open_checkpoint(copy)
    assert opened.card == replace(card, licence="mit", sha256=opened.sha256)


def test_a_licence_is_known_without_our_part(copy: Path) -> None:
    (copy / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n# Theirs\n")
    assert open_checkpoint(copy).card == Card(licence="cc-by-4.0")


def test_an_empty_licence_is_none(copy: Path) -> None:
    (copy / "README.md").write_text("---\nlicense:\n---\n# Theirs\n")
    assert open_checkpoint(copy).card == Card()


def test_the_digest_follows_the_content(copy: Path, toy: Path) -> None:
    assert open_checkpoint(copy).digest == open_checkpoint(toy).digest
    weights = copy / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert open_checkpoint(copy).digest != open_checkpoint(toy).digest


def test_the_digest_does_not_need_a_cache(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = open_checkpoint(copy).digest
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert open_checkpoint(copy).digest == expected


@pytest.mark.parametrize(
    "name", ["config.json", "source.spm", "target.spm", "vocab.json", "model.safetensors"]
)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(CheckpointError, match=f"lacks .*{name}"):
        open_checkpoint(copy)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such folder"):
        open_checkpoint(tmp_path / "nowhere")


def test_another_architecture_is_refused(copy: Path) -> None:
    (copy / "config.json").write_text('{"model_type": "bert", "vocab_size": 3}', encoding="utf-8")
    with pytest.raises(CheckpointError, match="model_type is 'bert'"):
        open_checkpoint(copy)


def test_a_vocabulary_of_another_checkpoint_is_refused(copy: Path) -> None:
    shutil.copy(STARTER / "vocab.json", copy / "vocab.json.new")
    (copy / "vocab.json.new").replace(copy / "vocab.json")
    with pytest.raises(CheckpointError, match="different checkpoints"):
        open_checkpoint(copy)


def test_card_without_our_part_is_no_card(tmp_path: Path) -> None:
    assert read_card(tmp_path) is None
    (tmp_path / "README.md").write_text("# Model\n", encoding="utf-8")
    assert read_card(tmp_path) is None
    (tmp_path / "README.md").write_text("---\nlanguage: [ar, en]\n---\nx", encoding="utf-8")
    assert read_card(tmp_path) is None


@pytest.mark.parametrize(
    "part", ["yes", "{alignment: perfect}", "{inline_terms: often}", "{sha256: 12ab}"]
)
def test_card_with_unknown_values_is_refused(tmp_path: Path, part: str) -> None:
    (tmp_path / "README.md").write_text(f"---\ndragoman: {part}\n---\n", encoding="utf-8")
    with pytest.raises(CheckpointError, match="dragoman"):
        read_card(tmp_path)


def test_the_own_card_goes_before_the_known_one(copy: Path) -> None:
    known = Card(alignment="guided")
    assert open_checkpoint(copy, card=known).card == known
    (copy / "README.md").write_text("---\ndragoman:\n  name: mine\n---\n", encoding="utf-8")
    opened = open_checkpoint(copy, card=known)
    assert (opened.card.alignment, opened.name) == ("none", "mine")


def test_positions_come_from_the_config(copy: Path) -> None:
    assert open_checkpoint(copy).max_positions == 64
    assert json.loads((copy / "config.json").read_text())["max_position_embeddings"] == 64
