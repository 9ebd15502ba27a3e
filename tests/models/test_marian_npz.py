"""Marian's own format into Hugging Face's: the same logits, the same tokens by CTranslate2's own reading of it."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from models import marian_npz
from models.checkpoint import open_checkpoint
from models.convert import write
from models.errors import CheckpointError
from models.tokenizer import END, Tokenizer

LAYERS, WIDTH, HEADS, INNER = 2, 16, 2, 32
WEIGHTS = "opus.spm32k-spm32k.transformer-align.model1.npz.best-perplexity.npz"
VOCABULARY = "opus.spm32k-spm32k.vocab.yml"
OPTIONS = {
    "type": "transformer", "tied-embeddings-all": True, "tied-embeddings": False, "dim-emb": WIDTH,
    "enc-depth": LAYERS, "dec-depth": LAYERS, "transformer-heads": HEADS, "transformer-dim-ffn": INNER,
    "transformer-ffn-depth": 2, "transformer-ffn-activation": "swish", "transformer-preprocess": "",
    "transformer-postprocess": "dan", "transformer-postprocess-emb": "d", "transformer-no-projection": False,
    "transformer-decoder-autoreg": "self-attention", "transformer-tied-layers": [],
    "transformer-train-position-embeddings": False, "transformer-guided-alignment-layer": "last",
    "version": "v1.8.2 2111c28",
}  # fmt: skip
SENTENCES = ("وصل الرئيس إلى موسكو.", "قال إن الاتفاق وقع أمس.", "موسكو")


def marian(model: Any) -> dict[str, Any]:
    """The tensors of a Hugging Face Marian under Marian's names, without `<pad>`."""
    state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    tensors = {
        "Wemb": state["model.shared.weight"][:-1],
        "decoder_ff_logit_out_b": state["final_logits_bias"][:, :-1],
    }

    def take(name: str, ours: str, *, norm: bool = False) -> None:
        weight, bias = state[f"{ours}.weight"], state[f"{ours}.bias"][None]
        if norm:
            tensors[f"{name}_ln_scale"], tensors[f"{name}_ln_bias"] = weight[None], bias
        else:
            stem, _, letter = name.rpartition("_")
            tensors[f"{stem}_W{letter}"], tensors[f"{stem}_b{letter}"] = weight.T, bias

    for side, blocks in (
        ("encoder", {"self": "self_attn"}),
        ("decoder", {"self": "self_attn", "context": "encoder_attn"}),
    ):
        for n in range(LAYERS):
            ours, theirs = f"model.{side}.layers.{n}", f"{side}_l{n + 1}"
            for block, attention in blocks.items():
                for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
                    take(f"{theirs}_{block}_{part[0]}", f"{ours}.{attention}.{part}")
                take(f"{theirs}_{block}_Wo", f"{ours}.{attention}_layer_norm", norm=True)
            take(f"{theirs}_ffn_1", f"{ours}.fc1")
            take(f"{theirs}_ffn_2", f"{ours}.fc2")
            take(f"{theirs}_ffn_ffn", f"{ours}.final_layer_norm", norm=True)
    return tensors


def save(folder: Path, tensors: dict[str, Any], options: dict[str, Any]) -> None:
    text = np.frombuffer((yaml.safe_dump(options) + "\0").encode(), dtype=np.int8)
    np.savez(folder / WEIGHTS, **tensors, **{"special:model.yml": text})


@pytest.fixture(scope="module")
def model(toy: Path) -> Any:
    import torch
    import transformers

    config = transformers.MarianConfig.from_pretrained(str(toy))
    config.activation_function, config.max_position_embeddings = "swish", marian_npz.POSITIONS
    torch.manual_seed(2)
    model = transformers.MarianMTModel(config).eval()
    with torch.no_grad():  # nothing is zero or one by chance, as in a new model
        for tensor in model.parameters():
            if tensor.requires_grad:
                tensor.add_(torch.randn_like(tensor) * 0.2)
        model.final_logits_bias.copy_(torch.randn_like(model.final_logits_bias))
        model.model.shared.weight[-1] = 0
        model.final_logits_bias[0, -1] = 0
    return model


@pytest.fixture(scope="module")
def published(toy: Path, model: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a zip of OPUS-MT's holds."""
    folder = tmp_path_factory.mktemp("opus")
    save(folder, marian(model), OPTIONS)
    pieces = json.loads((toy / "vocab.json").read_text(encoding="utf-8"))
    del pieces["<pad>"]
    text = "".join(f"{json.dumps(p, ensure_ascii=False)}: {i}\n" for p, i in pieces.items())
    (folder / VOCABULARY).write_text(text, encoding="utf-8")
    for name in ("source.spm", "target.spm"):
        shutil.copy(toy / name, folder / name)
    (folder / "decoder.yml").write_text(
        yaml.safe_dump({"models": [WEIGHTS], "vocabs": [VOCABULARY] * 2, "relative-paths": True})
    )
    (folder / "README.md").write_text("# opus-2019-12-18.zip\n\n* dataset: opus\n")
    (folder / "LICENSE").write_text("Attribution 4.0 International\n")
    (folder / "preprocess.sh").write_text("#!/bin/sh\n")
    return folder


@pytest.fixture(scope="module")
def converted(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(str(published), tmp_path_factory.mktemp("hf") / "opus-mt-toy")


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copy"))


def edited(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The folder with its tensors changed."""
    with np.load(folder / WEIGHTS) as stored:
        tensors = dict(stored)
    change(tensors)
    np.savez(folder / WEIGHTS, **tensors)
    return folder


def test_the_logits_are_the_same(model: Any, converted: Path) -> None:
    import torch
    import transformers

    again = transformers.MarianMTModel.from_pretrained(str(converted)).eval()
    tokenizer = Tokenizer(converted)
    ids = torch.tensor([[tokenizer.vocab[p.piece] for p in tokenizer.encode(SENTENCES[0])] + [0]])
    start = torch.tensor([[model.config.pad_token_id, 5, 9, 23]])
    with torch.inference_mode():
        expected, found = (
            one(input_ids=ids, decoder_input_ids=start).logits for one in (model, again)
        )
    assert torch.equal(expected, found)
    assert again.config.decoder_start_token_id == model.config.decoder_start_token_id


def test_ctranslate2_gives_the_same_tokens_by_its_own_way(
    published: Path, converted: Path, tmp_path: Path
) -> None:
    import ctranslate2
    from ctranslate2.converters import OpusMTConverter

    OpusMTConverter(str(published)).convert(str(tmp_path / "direct"))
    write(str(converted), tmp_path / "ours", form="ct2", quantization="float32")
    tokenizer = Tokenizer(converted)
    sources = [[*(p.piece for p in tokenizer.encode(s)), END] for s in SENTENCES]
    direct, ours = (
        [
            result.hypotheses
            for result in ctranslate2.Translator(str(tmp_path / name)).translate_batch(
                # the direct one adds </s> by itself
                [source if name == "ours" else source[:-1] for source in sources],
                max_decoding_length=20,
            )
        ]
        for name in ("direct", "ours")
    )
    assert direct == ours
    assert all(any(hypothesis) for hypothesis in direct)


def test_as_it_is_it_cannot_be_opened_and_how_to_is_said(published: Path) -> None:
    with pytest.raises(CheckpointError, match="dragoman models convert"):
        open_checkpoint(published)


def test_the_checkpoint_has_a_card(converted: Path) -> None:
    checkpoint = open_checkpoint(converted)
    assert (checkpoint.name, checkpoint.card.alignment) == ("opus-mt-toy", "guided")
    assert checkpoint.card.sha256 == checkpoint.sha256
    assert checkpoint.card.licence == "see LICENSE"
    assert (converted / "LICENSE").read_text() == "Attribution 4.0 International\n"
    assert "* dataset: opus" in (converted / "README.md").read_text(encoding="utf-8")
    assert sorted(p.name for p in converted.parent.iterdir()) == ["opus-mt-toy"]


def test_a_model_without_guided_alignment_promises_none(copy: Path, tmp_path: Path) -> None:
    (copy / WEIGHTS).rename(copy / "opus.transformer.npz")
    (copy / "decoder.yml").unlink()
    folder = tmp_path / "plain"
    with marian_npz.opened(copy) as model:
        marian_npz.write_huggingface(model, folder)
    assert open_checkpoint(folder).card.alignment == "none"


def test_a_zip_is_as_good_as_its_folder(published: Path, converted: Path, tmp_path: Path) -> None:
    archive = tmp_path / "opus.zip"
    with zipfile.ZipFile(archive, "w") as whole:
        for file in published.iterdir():
            whole.write(file, file.name)
    assert marian_npz.looks_like_npz(archive)
    with marian_npz.opened(archive) as model:
        marian_npz.write_huggingface(model, tmp_path / "out")
    for name in ("model.safetensors", "vocab.json", "source.spm"):
        assert (tmp_path / "out" / name).read_bytes() == (converted / name).read_bytes()


def test_an_archive_leads_nowhere_else(copy: Path) -> None:
    (copy / "decoder.yml").write_text(
        yaml.safe_dump({"models": [WEIGHTS], "vocabs": ["/etc/hostname"]})
    )
    with pytest.raises(CheckpointError, match="lacks hostname"), marian_npz.opened(copy):
        pass


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("type", "s2s"), ("type", "amun"), ("tied-embeddings-all", False), ("transformer-preprocess", "n"),
        ("transformer-postprocess", "da"), ("transformer-postprocess-emb", "n"),
        ("transformer-decoder-autoreg", "rnn"), ("transformer-ffn-depth", 3),
        ("transformer-ffn-activation", "tanh"), ("transformer-train-position-embeddings", True),
        ("transformer-tied-layers", [1, 1]),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused(
    copy: Path, model: Any, option: str, value: object, tmp_path: Path
) -> None:
    save(copy, marian(model), OPTIONS | {option: value})
    with pytest.raises(CheckpointError, match=f"{option} is {value!r}".replace("[", r"\[")):
        write(str(copy), tmp_path / "out")
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("missing", ["type", "tied-embeddings-all", "dim-emb"])
def test_an_option_that_is_needed_is_asked_for(
    copy: Path, model: Any, missing: str, tmp_path: Path
) -> None:
    save(copy, marian(model), {k: v for k, v in OPTIONS.items() if k != missing})
    with pytest.raises(CheckpointError, match=missing):
        write(str(copy), tmp_path / "out")


def test_a_tensor_without_a_place_is_named(copy: Path, tmp_path: Path) -> None:
    edited(copy, lambda tensors: tensors.update(Wpos=np.zeros((9, WIDTH))))
    with pytest.raises(CheckpointError, match="no place for Wpos"):
        write(str(copy), tmp_path / "out")


def test_a_tensor_that_lacks_is_named(copy: Path, tmp_path: Path) -> None:
    edited(copy, lambda tensors: tensors.pop("decoder_l2_context_Wq"))
    with pytest.raises(CheckpointError, match="lacks decoder_l2_context_Wq"):
        write(str(copy), tmp_path / "out")


def test_a_vocabulary_of_another_model_is_refused(copy: Path, tmp_path: Path) -> None:
    with (copy / VOCABULARY).open("a", encoding="utf-8") as file:
        pieces = len((copy / VOCABULARY).read_text(encoding="utf-8").splitlines())
        file.write(f'"one more": {pieces}\n')
    with pytest.raises(CheckpointError, match="different models"):
        write(str(copy), tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (WEIGHTS, b"PK\x03\x04 cut", "whole .npz"),
        (VOCABULARY, b'"</s>": 0\n"<unk>": 1\n"a": 3\n', "without a gap"),
        (VOCABULARY, b'"a": 0\n"b": 1\n', "should have </s>"),
        (VOCABULARY, b'"</s>": 0\n"<unk', "isn't YAML"),
        ("decoder.yml", b"models: [a.npz, b.npz]", "not an ensemble"),
        ("decoder.yml", b"models: [opus.npz]", "lacks opus.npz"),
    ],
)
def test_a_damaged_file_is_named(
    copy: Path, name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    (copy / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=message) as raised:
        write(str(copy), tmp_path / "out")
    assert str(copy) in str(raised.value)


@pytest.mark.parametrize("name", ["source.spm", "target.spm", VOCABULARY])
def test_a_missing_file_is_named(copy: Path, name: str, tmp_path: Path) -> None:
    (copy / name).unlink()
    with pytest.raises(CheckpointError, match=f"lacks {name}"):
        write(str(copy), tmp_path / "out")


def test_pieces_that_yaml_takes_for_something_else_stay_pieces(tmp_path: Path) -> None:
    pieces = ["</s>", "<unk>", "on", "null", "~", "1_0", "0x1F", "1e3", "=", "<<", ">>ar<<", "'", '"', "\\", ": ", "#",
              "\u2581", "\u2581\u0648", "\u00a0", "\x85", "2024-01-01", ".", "-", "{", "&a"]  # fmt: skip
    path = tmp_path / "v.vocab.yml"
    path.write_text("".join(f"{json.dumps(p)}: {i}\n" for i, p in enumerate(pieces)), "utf-8")
    assert list(marian_npz._vocabulary(path)) == pieces
    plain = ["</s>", "<unk>", "on", "null", "~", "1_0", "0x1F", "1e3", ".inf", "no"]
    path.write_text("".join(f"{p}: {i}\n" for i, p in enumerate(plain)), "utf-8")
    assert list(marian_npz._vocabulary(path)) == plain


def test_a_wrong_mapping_would_be_caught(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = marian_npz._attention

    def swapped(ours: str, theirs: str) -> dict[str, str]:
        names = right(ours, theirs)
        one, other = f"{ours}.q_proj.weight", f"{ours}.v_proj.weight"
        return names | {one: names[other], other: names[one]}

    monkeypatch.setattr(marian_npz, "_attention", swapped)
    with pytest.raises(CheckpointError, match="differs from the float model"):
        write(str(published), tmp_path / "out")
    assert not list(tmp_path.iterdir())
