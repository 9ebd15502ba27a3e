"""Training: it learns, it goes on where it stopped, and what it writes everybody reads."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import ctranslate2
import pytest
import torch
import transformers
from safetensors.torch import load_file

from models.checkpoint import Card, open_checkpoint, read_card
from models.convert import _write_model
from models.errors import CheckpointError
from models.tokenizer import END, Tokenizer
from models.train import train
from models.training.annotate import Annotation
from models.training.card import card_text
from models.training.corpus import Corpus, Gathered, save
from models.training.settings import Progress, Settings
from tests.models.training.conftest import digits, encoded

ROOT = Path(__file__).parents[3]
QUICK = Settings(
    steps=12,
    warmup=2,
    batch_tokens=500,
    processes=1,
    precision="float32",
    report_seconds=0,
    evaluate_minutes=0,
)


class Killed(Exception):
    """Stands for a kill: nothing after it runs."""


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def changed(settings: Settings, **values: object) -> Settings:
    held = json.loads(settings.to_json()) | values
    return Settings.from_json(json.dumps(held))


@pytest.fixture(scope="session")
def trained(
    untrained: Path, copying: Corpus, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Progress]]:
    settings = Settings(
        steps=200, learning_rate=1e-2, warmup=40, batch_tokens=800, dropout=0.0, smoothing=0.0, processes=1,
        annotation=Annotation(share=0.0), precision="float32", report_seconds=1,
    )  # fmt: skip
    told: list[Progress] = []
    dev = encoded(untrained, digits(40, seed=2))
    out = tmp_path_factory.mktemp("trained")
    return train(untrained, copying, dev, out, settings, told.append), told


def greedy(folder: Path, sources: list[str]) -> list[list[str]]:
    """What transformers decodes."""
    tokenizer = Tokenizer(folder)
    names = {i: piece for piece, i in tokenizer.target_vocab.items()}
    model = transformers.MarianMTModel.from_pretrained(str(folder), dtype=torch.float32)
    out = []
    for source in sources:
        ids = torch.tensor([[*tokenizer.ids([source])[0], tokenizer.vocab[END]]])
        made = model.generate(ids, num_beams=1, do_sample=False, max_length=20)[0].tolist()
        out.append([names[i] for i in made[1:] if names[i] != END])
    return out


def test_it_learns_to_copy_digits_to_perfection(trained: tuple[Path, list[Progress]]) -> None:
    folder, told = trained
    tokenizer = Tokenizer(folder)
    unseen = digits(30, seed=3)
    made = [tokenizer.decode(tokens).text for tokens in greedy(folder, [s for s, _ in unseen])]
    assert made == [target for _, target in unseen]
    assert told[-1].dev_loss is not None
    assert told[-1].dev_loss < 0.05
    assert told[-1].step == 200
    assert told[-1].minutes_left == 0


def test_attention_learns_the_links(trained: tuple[Path, list[Progress]]) -> None:
    assert trained[1][-1].guide < 0.2


def test_ctranslate2_decodes_the_same_as_transformers(
    trained: tuple[Path, list[Progress]], tmp_path: Path
) -> None:
    folder, _ = trained
    checkpoint = open_checkpoint(folder)
    _write_model(checkpoint, "float32", tmp_path / "ct2")
    sources = [source for source, _ in digits(20, seed=4)] + ["٧"]
    tokenizer = Tokenizer(folder)
    pieces = [[p.piece for p in tokenizer.encode(s)] + [END] for s in sources]
    translator = ctranslate2.Translator(str(tmp_path / "ct2"), compute_type="float32")
    made = translator.translate_batch(pieces, beam_size=1, max_decoding_length=19)
    assert [result.hypotheses[0] for result in made] == greedy(folder, sources)


def test_the_decoder_begins_with_a_zero_vector(trained: tuple[Path, list[Progress]]) -> None:
    folder, _ = trained
    pad = json.loads((folder / "config.json").read_text())["pad_token_id"]
    embedding = weights(folder)["model.shared.weight"]
    assert not embedding[pad].any()
    assert embedding[:pad].any(1).all()


@pytest.mark.parametrize("killed_at", [1, 7])
def test_a_resumed_run_ends_in_the_weights_of_an_uninterrupted_one(
    untrained: Path, copying: Corpus, tmp_path: Path, killed_at: int
) -> None:
    whole = train(untrained, copying, None, tmp_path / "whole", QUICK)

    def kill(progress: Progress) -> None:
        if progress.step > killed_at:  # after the saving of the step before
            raise Killed

    with pytest.raises(Killed):
        train(untrained, copying, None, tmp_path / "parts", QUICK, kill)
    parts = train(untrained, copying, None, tmp_path / "parts", QUICK)
    expected, resumed = weights(whole), weights(parts)
    assert all(torch.equal(resumed[name], expected[name]) for name in expected)
    steps = [
        json.loads(row)["step"] for row in (tmp_path / "parts/log.jsonl").read_text().splitlines()
    ]
    assert steps == sorted(set(steps))
    assert steps[-1] == 12


def test_a_finished_run_stays_and_goes_on_with_a_larger_budget(
    untrained: Path, copying: Corpus, tmp_path: Path
) -> None:
    told: list[Progress] = []
    train(untrained, copying, None, tmp_path, changed(QUICK, steps=3))
    train(untrained, copying, None, tmp_path, changed(QUICK, steps=3), told.append)
    assert [p.step for p in told] == [3]
    train(untrained, copying, None, tmp_path, changed(QUICK, steps=5), told.append)
    assert told[-1].step == 5


def test_other_settings_in_the_same_folder_are_refused(
    untrained: Path, copying: Corpus, tmp_path: Path
) -> None:
    train(untrained, copying, None, tmp_path, changed(QUICK, steps=1))
    with pytest.raises(CheckpointError, match=r"dropout 0.1, now 0.2.*another folder"):
        train(untrained, copying, None, tmp_path, changed(QUICK, dropout=0.2))


def test_new_data_may_join_a_run(untrained: Path, copying: Corpus, tmp_path: Path) -> None:
    train(untrained, copying, None, tmp_path, changed(QUICK, steps=2))
    more = encoded(untrained, digits(50, seed=9))
    told: list[Progress] = []
    train(untrained, more, None, tmp_path, changed(QUICK, steps=4), told.append)
    assert told[-1].step == 4


def test_others_may_read_what_was_trained(untrained: Path, copying: Corpus, tmp_path: Path) -> None:
    folder = train(untrained, copying, None, tmp_path, changed(QUICK, steps=1))
    assert len({file.stat().st_mode for file in folder.iterdir()}) == 1


def test_a_start_that_was_cut_short_is_named(
    untrained: Path, copying: Corpus, tmp_path: Path
) -> None:
    start = Path(shutil.copytree(untrained, tmp_path / "start"))
    old = start / "pytorch_model.bin"  # as torch wrote them before 1.6
    torch.save(weights(start), old, _use_new_zipfile_serialization=False)
    (start / "model.safetensors").unlink()
    whole = old.read_bytes()
    for size in (1, 30, len(whole) - 4000):
        old.write_bytes(whole[:size])
        with pytest.raises(CheckpointError, match="start: can't be loaded as a Marian checkpoint"):
            train(start, copying, None, tmp_path / "run", QUICK)


def test_nothing_to_train_on_is_said(untrained: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not one pair"):
        train(untrained, Gathered().corpus(), None, tmp_path, QUICK)


def test_a_loss_that_is_no_number_ends_the_run(
    untrained: Path, copying: Corpus, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match="lower the learning rate"):
        train(untrained, copying, None, tmp_path, changed(QUICK, learning_rate=float("inf")))


def test_the_card_is_written_with_each_checkpoint(
    untrained: Path, copying: Corpus, tmp_path: Path
) -> None:
    folder = train(
        untrained, copying, None, tmp_path, changed(QUICK, steps=2),
        describe=lambda progress: f"# After {progress.step} steps\n",
    )  # fmt: skip
    assert (folder / "README.md").read_text(encoding="utf-8") == "# After 2 steps\n"
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")
    assert Settings.from_json((tmp_path / "settings.json").read_text()).steps == 2


@pytest.mark.parametrize("name", ["News: 2026", "no", "#1"])
def test_a_card_holds_any_name(tmp_path: Path, name: str) -> None:
    at = Progress(
        step=1, tokens=1, minutes=1, minutes_left=0, tokens_per_second=1, loss=1, guide=0, learning_rate=0
    )  # fmt: skip
    card = Card(name=name, licence="CC0-1.0", alignment="guided")
    text = card_text(card, "starter", QUICK, [], at)
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert read_card(tmp_path) == card
    assert f"\n---\n# {name}\n\nArabic to English" in text


@pytest.mark.slow
def test_processes_share_the_weights(untrained: Path, copying: Corpus, tmp_path: Path) -> None:
    told: list[Progress] = []
    settings = changed(QUICK, steps=200, processes=2, report_seconds=0.2, evaluate_minutes=10)
    train(untrained, copying, encoded(untrained, digits(20, 5)), tmp_path, settings, told.append)
    assert 200 <= told[-1].step <= 202  # each process may end the step that it is in
    assert told[-1].dev_loss is not None
    assert told[-1].dev_loss < 3.0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_real_kill_leaves_what_can_be_gone_on_with(
    untrained: Path, copying: Corpus, tmp_path: Path, number: int
) -> None:
    save(tmp_path / "data.npz", copying)
    settings = changed(QUICK, steps=100_000)
    (tmp_path / "settings.json").write_text(settings.to_json())
    run = (
        "import sys; from pathlib import Path; from models.train import train;"
        "from models.training.corpus import load; from models.training.settings import Settings;"
        "at = Path(sys.argv[1]); train(Path(sys.argv[2]), load(at / 'data.npz')[0], None, at / 'run',"
        "Settings.from_json((at / 'settings.json').read_text()))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", run, str(tmp_path), str(untrained)], cwd=ROOT, stderr=subprocess.DEVNULL
    )  # fmt: skip
    until = time.monotonic() + 120
    while time.monotonic() < until and not (tmp_path / "run/model/model.safetensors").is_file():
        time.sleep(0.1)
    os.kill(process.pid, number)
    process.wait(60)
    saved = int(torch.load(tmp_path / "run/state.pt")["memory"]["counts"][0])
    open_checkpoint(tmp_path / "run/model")
    told: list[Progress] = []
    train(
        untrained, copying, None, tmp_path / "run", changed(settings, steps=saved + 2), told.append
    )
    assert told[0].step == saved + 1
    assert told[-1].step == saved + 2
