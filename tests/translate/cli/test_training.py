"""`dragoman models train`, from pairs to a checkpoint that opens."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from models.checkpoint import open_checkpoint
from models.registry import STARTER
from translate.cli.training import train_model


def run(*arguments: object) -> tuple[int, str, str]:
    made = CliRunner().invoke(train_model, [str(a) for a in arguments])
    return made.exit_code, made.stdout, made.stderr


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    rows = [
        (f"بلغ العدد {i} في مدينة القاهرة", f"The number reached {i} in the city")
        for i in range(300)
    ]
    path.write_text("".join(f"{a}\t{e}\n" for a, e in rows), encoding="utf-8")
    return path


def test_a_budget_is_needed(pairs: Path, tmp_path: Path) -> None:
    code, _, said = run("--data", pairs, "-o", tmp_path / "run")
    assert code == 2
    assert "--minutes, --steps or both" in said


@pytest.mark.parametrize(("given", "said"), [("nowhere.tsv", "no such file"), ("a=b", "no weight")])
def test_data_that_is_not_there(given: str, said: str, tmp_path: Path) -> None:
    code, _, text = run("--data", given, "--steps", 1, "-o", tmp_path)
    assert code == 2
    assert said in text


@pytest.mark.slow
def test_from_pairs_to_a_new_checkpoint(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = ["--start", "new", "--vocabulary", 150, "--guide", 0, "--processes", 1, "--steps", 2]
    code, printed, said = run("--data", f"{pairs}=2", *options, "--batch-tokens", 300, "-o", out)
    assert code == 0, said
    assert printed.strip() == str(out / "model")
    assert "pairs: 300 kept" in said
    made = open_checkpoint(out / "model")
    assert (made.card.name, made.card.inline_terms, made.card.alignment) == ("run", False, "none")
    assert "| pairs | 300 | 0 | 2 |" in (out / "model/README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_job_is_packed_instead(pairs: Path, tmp_path: Path) -> None:
    code, printed, said = run(
        "--data", pairs, "--guide", 0, "--steps", 2, "-o", tmp_path / "run", "--pack", tmp_path / "job"
    )  # fmt: skip
    assert (code, printed) == (0, "")
    assert "python -m models.train" in said
    packed = (tmp_path / "job/start/weights.npz.xz").stat().st_size
    assert packed < (STARTER / "model.safetensors").stat().st_size / 2
