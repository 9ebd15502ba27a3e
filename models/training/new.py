"""A new, untrained checkpoint: a vocabulary learnt from the data and random weights."""

import json
import logging
import random
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import CheckpointError
from models.tokenizer import END, PAD, RESERVED, UNKNOWN

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large: by default as the starter. `vocabulary`: pieces of both languages together, at most."""

    vocabulary: int = 20_000
    width: int = 384
    heads: int = 12
    feed_forward: int = 1536
    encoder_layers: int = 6
    decoder_layers: int = 3
    positions: int = 512


def create(
    folder: Path,
    texts: Iterable[str],
    *,
    plan: Plan | None = None,
    seed: int = 1,
    sentences: int = 1_000_000,
) -> Path:
    """Write a checkpoint with a joint vocabulary of `texts` (both sides; a sample of `sentences` of them).

    Pieces for inline terms are among it. Raises CheckpointError where there is too little text to learn from.
    """
    plan = plan or Plan()
    folder.mkdir(parents=True, exist_ok=True)
    pieces = _learn_pieces(folder, _sample(texts, sentences, seed), plan.vocabulary)
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    # Marian's order: `</s>` is 0, `<unk>` 1, padding last
    ordered = [END, UNKNOWN, *(p for p in pieces if p not in (END, UNKNOWN)), PAD]
    vocabulary = {piece: i for i, piece in enumerate(ordered)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    tokenizer = {
        "tokenizer_class": "MarianTokenizer", "source_lang": "ar", "target_lang": "en",
        "separate_vocabs": False, "model_max_length": plan.positions,
        "unk_token": UNKNOWN, "eos_token": END, "pad_token": PAD,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=1), encoding="utf-8")
    _write_model(folder, plan, len(ordered), seed)
    return folder


def _sample(texts: Iterable[str], count: int, seed: int) -> list[str]:
    """At most `count` of them, each as likely as the others (reservoir)."""
    drawn, chance = list[str](), random.Random(seed)
    for at, text in enumerate(texts):
        if at < count:
            drawn.append(text)
        elif (place := chance.randrange(at + 1)) < count:
            drawn[place] = text
    return drawn


def _learn_pieces(folder: Path, texts: Sequence[str], size: int) -> list[str]:
    import sentencepiece

    with tempfile.TemporaryDirectory(prefix="dragoman-") as name:
        text, prefix = Path(name) / "texts", Path(name) / "joint"
        text.write_text("\n".join(texts), encoding="utf-8")
        try:
            sentencepiece.SentencePieceTrainer.train(
                input=str(text),
                model_prefix=str(prefix),
                vocab_size=size,
                hard_vocab_limit=False,
                character_coverage=0.9995,
                eos_id=0,
                unk_id=1,
                bos_id=-1,
                pad_id=-1,
                user_defined_symbols=list(RESERVED),
                normalization_rule_name="nmt_nfkc",
                num_threads=1,
                minloglevel=2,
            )
        except (RuntimeError, OSError) as error:
            raise CheckpointError(
                f"{len(texts)} sentences are too few for a vocabulary of {size} pieces ({error}); give "
                "more data or a smaller --vocabulary"
            ) from error
        model = prefix.with_suffix(".model").read_bytes()
    (folder / "source.spm").write_bytes(model)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(i) for i in range(len(processor))]


def _write_model(folder: Path, plan: Plan, vocabulary: int, seed: int) -> None:
    import torch
    import transformers

    config = transformers.MarianConfig(
        vocab_size=vocabulary,
        decoder_vocab_size=vocabulary,
        d_model=plan.width,
        encoder_layers=plan.encoder_layers,
        decoder_layers=plan.decoder_layers,
        encoder_attention_heads=plan.heads,
        decoder_attention_heads=plan.heads,
        encoder_ffn_dim=plan.feed_forward,
        decoder_ffn_dim=plan.feed_forward,
        max_position_embeddings=plan.positions,
        activation_function="gelu",
        scale_embedding=True,
        pad_token_id=vocabulary - 1,
        decoder_start_token_id=vocabulary - 1,
        eos_token_id=0,
        bos_token_id=0,
        forced_eos_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = transformers.MarianMTModel(config)
        for name, weight in model.named_parameters():
            if weight.ndim == 2 and "embed_positions" not in name and "shared" not in name:
                torch.nn.init.xavier_uniform_(weight)  # what is drawn by default is too small
    model.generation_config = transformers.GenerationConfig(
        bad_words_ids=[[vocabulary - 1]], bos_token_id=0, eos_token_id=0, forced_eos_token_id=0,
        pad_token_id=vocabulary - 1, decoder_start_token_id=vocabulary - 1,
        max_length=plan.positions, num_beams=4,
    )  # fmt: skip
    model.save_pretrained(str(folder))
