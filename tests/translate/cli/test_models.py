"""`dragoman models`, with a configuration of this test's own."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.registry import STARTER, resolve

Dragoman = Callable[..., Any]


@pytest.fixture(autouse=True)
def _configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The starter's files in a folder of another name, without its card."""
    folder = tmp_path / "house"
    folder.mkdir()
    for file in STARTER.iterdir():
        if file.name != "README.md":
            (folder / file.name).symlink_to(file)
    return folder


def test_list_marks_the_default(dragoman: Dragoman) -> None:
    ran = dragoman("models", "list")
    assert ran.code == 0
    first = ran.out.splitlines()[0]
    assert first.startswith("* starter\t")
    assert str(STARTER) in first
    assert ran.out.count("not on this machine") == 2
    rows = [json.loads(line) for line in dragoman("models", "list", "--json").out.splitlines()]
    assert [r["name"] for r in rows] == [
        "starter", "Helsinki-NLP/opus-mt-ar-en", "Helsinki-NLP/opus-mt-tc-big-ar-en",
    ]  # fmt: skip
    assert [r["default"] for r in rows] == [True, False, False]
    assert [bool(r["where"]) for r in rows] == [True, False, False]
    assert all(r["licence"] and r["parameters"] and r["note"] for r in rows)


def test_list_has_what_the_hubs_cache_holds_and_what_is_wrong_with_it(
    dragoman: Dragoman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    folder = tmp_path / "hub" / "models--house--news"
    shutil.copytree(STARTER, folder / "snapshots" / "0a1b2c")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("0a1b2c")
    ran = dragoman("models", "list")
    assert ran.err == ""
    shown = next(line for line in ran.out.splitlines() if "house/news" in line)
    assert shown == f"  house/news\t33 M\tapache-2.0\t{folder / 'snapshots' / '0a1b2c'}"
    (folder / "snapshots" / "0a1b2c" / "model.safetensors").write_bytes(b"cut")
    ran = dragoman("models", "list")
    assert "house/news" in ran.out
    assert ran.err.startswith("warning: ")
    assert "model.safetensors" in ran.err
    rows = [json.loads(line) for line in dragoman("models", "list", "--json").out.splitlines()]
    assert [bool(row["problem"]) for row in rows] == [False, False, False, True]


def test_info_describes_a_model(dragoman: Dragoman, house: Path) -> None:
    ran = dragoman("models", "info")
    assert ran.code == 0
    told = dict(line.split(": ", 1) for line in ran.out.splitlines())
    assert told["name"].startswith("starter@")
    assert told["folder"] == str(STARTER)
    assert told["licence"] == "apache-2.0"
    assert told["parameters"] == "33,116,928"
    assert told["architecture"] == (
        "9 encoder and 4 decoder layers, width 384, 12 heads, feed-forward 1536, gelu"
    )
    assert told["vocabulary"] == "20,001 pieces"
    assert told["reads terms inside the source"] == "yes"
    assert told["word alignment"] == "guided"
    with (STARTER / "model.safetensors").open("rb") as weights:
        sha256 = hashlib.file_digest(weights, "sha256").hexdigest()
    assert told["sha256"] == f"{sha256} (as the card says)"
    assert ran.out == dragoman("models", "info", "starter").out
    other = dragoman("models", "info", house).out
    assert "name: house@" in other
    assert "licence: not stated" in other
    assert "source: no" in other
    assert f"sha256: {sha256} (none in the card)" in other


def test_info_as_json(dragoman: Dragoman) -> None:
    told = json.loads(dragoman("models", "info", "starter", "--json").out)
    assert told["label"] == f"starter@{told['label'].rpartition('@')[2]}"
    assert told["architecture"]["decoder_layers"] == 4
    assert (told["parameters"], told["precision"], told["inline_terms"]) == (33116928, "F16", True)
    assert told["bytes"] == (STARTER / "model.safetensors").stat().st_size


def test_info_says_where_conversions_lie(
    dragoman: Dragoman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    digest = resolve("starter").digest
    assert json.loads(dragoman("models", "info", "--json").out)["conversions"] == []
    folder = tmp_path / "cache" / "dragoman" / "ct2" / f"{digest}-int8-4.8.5"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(bytes(2_000_000))
    (folder.parent / "00000000-int8-4.8.5").mkdir()
    assert f"CTranslate2 int8: {folder}, 2.0 MB\n" in dragoman("models", "info").out
    told = json.loads(dragoman("models", "info", "--json").out)["conversions"]
    assert told == [{"compute_type": "int8", "folder": str(folder), "bytes": 2_000_000}]


def test_weights_that_the_card_does_not_mean_are_an_error(dragoman: Dragoman, house: Path) -> None:
    (house / "README.md").write_text(f"---\ndragoman:\n  sha256: {32 * 'ab'}\n---\n")
    said = dragoman("models", "info", house).error
    assert str(house / "model.safetensors") in said
    assert str(house / "README.md") in said


def test_use_lasts(dragoman: Dragoman, house: Path, tmp_path: Path) -> None:
    ran = dragoman("models", "use", "house")
    assert ran.code == 0
    assert "from now on: house@" in ran.err
    assert dragoman("models", "info").out.startswith("name: house@")
    shown = dragoman("models", "list").out.splitlines()[-2:]
    assert shown == [f"* {house}\t33 M\tnot stated\t{house}", "    a folder of yours"]
    rows = [json.loads(row) for row in dragoman("models", "list", "--json").out.splitlines()]
    assert [row["name"] for row in rows if row["default"]] == [str(house)]
    assert dragoman("models", "use", "starter").code == 0
    assert dragoman("models", "info").out.startswith("name: starter@")
    assert [p.name for p in (tmp_path / "config").rglob("*.json")] == ["model.json"]


@pytest.mark.parametrize("name", ["no-such-model", "nobody/nothing", "."])
def test_what_is_not_there_is_not_used(dragoman: Dragoman, name: str) -> None:
    assert dragoman("models", "use", name).code == 1
    assert dragoman("models", "info").out.startswith("name: starter@")


def test_a_damaged_choice_is_one_line(dragoman: Dragoman, tmp_path: Path) -> None:
    path = tmp_path / "config" / "dragoman" / "model.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert str(path) in dragoman("models", "info").error
    assert "models use" in dragoman("models", "list").error
    assert dragoman("models", "use", "starter").code == 0
    assert dragoman("models", "info").code == 0


def test_convert_refuses_before_it_works(dragoman: Dragoman, house: Path, tmp_path: Path) -> None:
    assert "is there already" in dragoman("models", "convert", "starter", house).error
    ran = dragoman("models", "convert", "starter", tmp_path / "out", "--quantization", "int8")
    assert ran.code == 2
    assert "--to ct2" in ran.error
    assert "no model of that name" in dragoman("models", "convert", "nonsense", "out").error
    (tmp_path / "not.zip").write_bytes(b"PK\x05\x06" + bytes(18))  # a zip with nothing in it
    assert "has no .npz" in dragoman("models", "convert", tmp_path / "not.zip", "out").error
    (tmp_path / "not.zip").write_bytes(b"<html>404</html>")
    assert "isn't a whole zip" in dragoman("models", "convert", tmp_path / "not.zip", "out").error
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.slow
def test_convert_writes_a_model_that_translates(
    dragoman: Dragoman, tmp_path: Path, line: str
) -> None:
    ran = dragoman("models", "convert", "starter", "single", "--quantization", "float32")
    assert (ran.code, ran.out) == (0, "single\n")
    assert "converting starter@" in ran.err
    told = json.loads(dragoman("models", "info", "single", "--json").out)
    assert (told["precision"], told["sha256_in_card"]) == ("F32", True)
    outputs = {
        dragoman("translate", "-", "--model", model, "--engine", "marian", stdin=line.encode()).out
        for model in ("single", "starter")
    }
    assert len(outputs) == 1
    assert dragoman("models", "convert", "starter", "fast", "--to", "ct2").code == 0
    assert {"model.bin", "source.spm", "target.spm", "README.md"} <= {
        p.name for p in (tmp_path / "fast").iterdir()
    }


def test_fetch_offline_explains(dragoman: Dragoman) -> None:
    said = dragoman("models", "fetch", "nobody/nothing").error
    assert "hf download nobody/nothing" in said
    assert "no model of that name" in dragoman("models", "fetch", "starter").error
