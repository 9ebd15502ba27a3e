"""A tiny Marian with random weights in the layout of OPUS-MT: two sentencepiece models, one joint vocabulary."""

import json
import shutil
from pathlib import Path

import pytest

ARTICLE = Path(__file__).parents[1] / "data" / "article" / "article.ar.txt"
ENGLISH = (
    "The president said on Tuesday that the two countries had signed an agreement.",
    "Officials did not comment; the ministry, however, published a statement.",
    "Oil prices rose by 3.5 percent after the meeting in Moscow was announced.",
    'He added: "We will continue to work with our partners in the region".',
)


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sentencepiece
    import torch
    import transformers

    folder = tmp_path_factory.mktemp("opus-mt-toy")
    english = folder / "english"
    english.write_text("\n".join(ENGLISH), encoding="utf-8")
    vocab = {"</s>": 0, "<unk>": 1}
    for name, corpus, size in (("source", ARTICLE, 300), ("target", english, 90)):
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus),
            model_prefix=str(folder / name),
            vocab_size=size,
            character_coverage=0.98,
            hard_vocab_limit=False,
            minloglevel=2,
        )
        (folder / f"{name}.model").rename(folder / f"{name}.spm")
        (folder / f"{name}.vocab").unlink()
        model = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{name}.spm"))
        for i in range(model.vocab_size()):
            vocab.setdefault(model.id_to_piece(i), len(vocab))
    english.unlink()
    vocab.pop("<s>")
    vocab = {piece: i for i, piece in enumerate(vocab)}
    vocab["<pad>"] = len(vocab)
    (folder / "vocab.json").write_text(json.dumps(vocab), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {"tokenizer_class": "MarianTokenizer", "source_lang": "ar", "target_lang": "en"}
        ),
        encoding="utf-8",
    )
    torch.manual_seed(1)
    pad = vocab["<pad>"]
    config = transformers.MarianConfig(
        vocab_size=len(vocab),
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        eos_token_id=0,
        bos_token_id=0,
        forced_eos_token_id=0,
        scale_embedding=True,
    )
    transformers.MarianMTModel(config).save_pretrained(str(folder))
    return folder


@pytest.fixture
def copy(toy: Path, tmp_path: Path) -> Path:
    """The toy, to be changed."""
    return Path(shutil.copytree(toy, tmp_path / "copy"))
