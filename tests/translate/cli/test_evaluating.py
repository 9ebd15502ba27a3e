"""`dragoman models evaluate`: files against files, and a model against a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sacrebleu

Dragoman = Callable[..., Any]
N = 6


@pytest.fixture
def files(tmp_path: Path, data: Path) -> dict[str, str]:
    """The first lines of real news, their references, and two systems' outputs."""
    made = {}
    for name, origin in {
        "source": "flores-dev.ar",
        "reference": "flores-dev.en",
        "google": "flores-dev.google.en",
        "argos": "flores-dev.argos.en",
    }.items():
        lines = (data / "eval" / origin).read_text(encoding="utf-8").splitlines()[:N]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        made[name] = name
    return made


def texts(name: str) -> list[str]:
    return Path(name).read_text(encoding="utf-8").splitlines()


def test_a_file_is_measured(dragoman: Dragoman, files: dict[str, str]) -> None:
    ran = dragoman(
        "models", "evaluate", "--source", "source", "--reference", "reference",
        "--output", "google", "--against", "argos", "--worst", "1", "--json",
    )  # fmt: skip
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["lines"] == N
    bleu = sacrebleu.corpus_bleu(texts("google"), [texts("reference")]).score
    assert found["scores"][0]["value"] == pytest.approx(bleu)
    assert found["against"][0]["ours"] == pytest.approx(bleu)
    assert found["against"][0]["theirs"] < bleu
    assert found["terms"] is None
    assert found["worst"][0]["output"] == texts("google")[found["worst"][0]["line"] - 1]


def test_terms_and_domains_for_people(
    dragoman: Dragoman, files: dict[str, str], data: Path, tmp_path: Path
) -> None:
    (tmp_path / "labels").write_text("health\n" * 3 + "sport\n" * 3, encoding="utf-8")
    ran = dragoman(
        "models", "evaluate", "--source", "source", "--reference", "reference", "--output", "google",
        "-g", data / "eval/flores-names.po", "--domain", "labels", "--worst", "2",
    )  # fmt: skip
    assert ran.code == 0
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert ["domain", "lines", "BLEU", "chrF", "TER"] in rows
    assert [row[:2] for row in rows if row[0] in ("health", "sport")] == [
        ["health", "3"], ["sport", "3"],
    ]  # fmt: skip
    told = {row[0]: row[1:] for row in rows}
    assert int(told["occurrences"][0]) > 0
    assert "match:clitic|occ:distinct" in told["occurrences"][1]
    assert 0 <= float(told["rendered as agreed"][0]) <= 1
    assert ran.out.count("\nreference\t") == 2


def test_a_model_is_measured_and_its_output_kept(
    dragoman: Dragoman, files: dict[str, str], tmp_path: Path
) -> None:
    for name in ("source", "reference"):
        (tmp_path / name).write_text(texts(name)[0] + "\r\n", encoding="utf-8")
    ran = dragoman(
        "models", "evaluate", "--source", "source", "--reference", "reference",
        "--model", "starter", "--beam", "1", "-o", "kept", "--worst", "0",
    )  # fmt: skip
    assert ran.code == 0
    assert "translated by starter@" in ran.err
    assert len(texts("kept")) == 1
    again = dragoman(
        "models", "evaluate", "--source", "source", "--reference", "reference",
        "--output", "kept", "--worst", "0",
    )  # fmt: skip
    assert again.out == ran.out


@pytest.mark.parametrize("option", ["--reference", "--output", "--against", "--domain"])
def test_unequal_lengths_name_the_file_and_both_counts(
    dragoman: Dragoman, files: dict[str, str], tmp_path: Path, option: str
) -> None:
    (tmp_path / "short").write_text("one\ntwo", encoding="utf-8")
    given = {"--reference": "reference", "--output": "google", option: "short"}
    flat = [part for pair in given.items() for part in pair]
    ran = dragoman("models", "evaluate", "--source", "source", *flat)
    assert ran.code == 1
    assert ran.error == f"short: has 2 lines, but source has {N}: they go line by line"


def test_an_empty_file_is_an_error(dragoman: Dragoman, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("", encoding="utf-8")
    ran = dragoman("models", "evaluate", "--source", "empty", "--reference", "empty")
    assert ran.error.startswith("empty: the file is empty")


def test_a_finished_translation_needs_no_model(dragoman: Dragoman, files: dict[str, str]) -> None:
    ran = dragoman(
        "models", "evaluate", "--source", "source", "--reference", "reference",
        "--output", "google", "--model", "starter",
    )  # fmt: skip
    assert ran.code == 2
    assert "leave out --model" in ran.error
