"""Models in Marian's own format, as OPUS-MT publishes them, into Hugging Face's layout.

A folder or zip holds the weights as .npz (with the options of the model as YAML under `special:model.yml`), one
vocabulary as YAML, source.spm and target.spm; decoder.yml says which file is which. Options and their meaning:
marian-nmt.github.io/docs/cmd/marian.

Marian multiplies from the left (x W), torch's Linear from the right, so matrices are transposed. `<pad>` is added
as the last piece, with zeros: Marian's decoder starts from a zero embedding, Hugging Face's from `<pad>`.
"""

import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from models.checkpoint import Card, write_card
from models.errors import CheckpointError
from models.tokenizer import END, PAD, UNKNOWN

Array = npt.NDArray[np.floating[Any]]
POSITIONS = 512  # sinusoids have no end, but OPUS-MT trains on no more than 500 pieces
_MATRIX = re.compile(r"_W[qkvo12]$")
_ACTIVATIONS = {
    "swish": "swish",
    "relu": "relu",
    "gelu": "quick_gelu",
}  # Marian's is x sigmoid(1.702 x)
# Options that change what is computed, and the values (the first is Marian's default) that Hugging Face's
# Marian computes.
_SUPPORTED: dict[str, tuple[object, ...]] = {
    "type": ("transformer",),
    "tied-embeddings-all": (True,),
    "transformer-preprocess": ("",),
    "transformer-postprocess": ("dan",),
    "transformer-postprocess-emb": ("d", ""),
    "transformer-postprocess-top": ("",),
    "transformer-decoder-autoreg": ("self-attention",),
    "transformer-ffn-activation": ("swish", "relu", "gelu"),
    "transformer-ffn-depth": (2,),
    "transformer-decoder-ffn-depth": (0, 2),
    "transformer-train-position-embeddings": (False,),
    "transformer-no-projection": (False,),
    "transformer-no-bias": (False,),
    "transformer-no-affine": (False,),
    "transformer-rnn-projection": (False,),
    "transformer-tied-layers": ([],),
    "transformer-pool": (False,),
    "lemma-dim-emb": (0,),
    "input-types": ([], ["sequence", "sequence"]),
}
_DEFAULTS_DIFFER = ("type", "tied-embeddings-all")  # Marian's defaults aren't what is supported


@dataclass(frozen=True, slots=True)
class NpzModel:
    """The files of a model in Marian's own format."""

    weights: Path
    vocabulary: Path
    source: Path
    target: Path

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.weights.parent


def looks_like_npz(path: Path) -> bool:
    """Whether it is a file, such as a zip, or a folder with an .npz and without config.json."""
    return path.is_file() or (
        path.is_dir() and not (path / "config.json").exists() and any(path.glob("*.npz"))
    )


@contextmanager
def opened(source: Path) -> Iterator[NpzModel]:
    """The files in the folder or zip `source`; those of a zip go when this ends. Raises CheckpointError."""
    if source.is_dir():
        yield _find(source)
        return
    with TemporaryDirectory(prefix="dragoman-") as temporary:
        try:
            with zipfile.ZipFile(source) as archive:
                archive.extractall(temporary)
        except (zipfile.BadZipFile, zlib.error) as error:
            raise CheckpointError(
                f"isn't a whole zip ({error}); get it again", path=str(source)
            ) from error
        found = [path.parent for path in Path(temporary).rglob("*.npz")]
        if not found:
            raise CheckpointError(
                "has no .npz in it; give OPUS-MT's zip, or the folder with the .npz and what belongs to it",
                path=str(source),
            )
        yield _find(found[0])


def write_huggingface(model: NpzModel, folder: Path) -> None:
    """Write the model into the new `folder` in Hugging Face's layout, card included.

    Weights keep their precision. Raises CheckpointError for what Hugging Face's Marian can't compute.
    """
    from safetensors.numpy import save_file

    weights = _read(model.weights)
    options = _options(weights, model.weights)
    _check_options(options, model.weights)
    vocabulary = _vocabulary(model.vocabulary)
    tensors = _tensors(weights, options, model.weights)
    rows, pieces = len(tensors["model.shared.weight"]) - 1, len(vocabulary)
    if rows != pieces:
        raise CheckpointError(
            f"has {pieces} pieces, {model.weights.name} embeddings for {rows}: they belong to different "
            "models; get both again",
            path=str(model.vocabulary),
        )
    vocabulary[PAD] = rows
    folder.mkdir(parents=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(model.source, folder / "source.spm")
    shutil.copyfile(model.target, folder / "target.spm")
    ends = {
        "bos_token_id": vocabulary[END], "eos_token_id": vocabulary[END], "pad_token_id": rows,
        "decoder_start_token_id": rows, "forced_eos_token_id": vocabulary[END],
    }  # fmt: skip
    _write_json(folder / "vocab.json", vocabulary)
    _write_json(folder / "config.json", _config(tensors, options) | ends)
    _write_json(
        folder / "generation_config.json",
        {"bad_words_ids": [[rows]], "max_length": POSITIONS, "num_beams": 4} | ends,
    )
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "MarianTokenizer", "separate_vocabs": False, "unk_token": UNKNOWN,
            "eos_token": END, "pad_token": PAD, "model_max_length": POSITIONS,
        },
    )  # fmt: skip
    _write_card(model, options, folder)


def _find(folder: Path) -> NpzModel:
    named = _decoder(folder)
    weights = named.get("models") or sorted(path.name for path in folder.glob("*.npz"))
    vocabularies = named.get("vocabs") or sorted(path.name for path in folder.glob("*.vocab.yml"))
    if len(weights) != 1:
        raise CheckpointError(
            f"has {len(weights)} models ({', '.join(map(str, weights))}); Dragoman converts one, not an "
            "ensemble: leave one in decoder.yml",
            path=str(folder),
        )
    # Only names are taken: an archive must not lead to files elsewhere.
    paths = [folder / Path(str(name)).name for name in (*weights, *vocabularies)]
    paths += [folder / "source.spm", folder / "target.spm"]
    missing = sorted({path.name for path in paths if not path.is_file()})
    if missing or not vocabularies:
        raise CheckpointError(
            f"lacks {', '.join(missing) or 'a vocabulary'}; Dragoman converts OPUS-MT's models with "
            "sentencepiece: an .npz, its .vocab.yml, source.spm, target.spm",
            path=str(folder),
        )
    if len({path.read_bytes() for path in paths[1:-2]}) > 1 or paths[1].suffix not in (
        ".yml",
        ".yaml",
    ):
        raise CheckpointError(
            f"vocabularies are {', '.join(map(str, vocabularies))}; Dragoman converts models with one "
            "vocabulary in YAML for both languages",
            path=str(folder),
        )
    return NpzModel(*paths[:2], *paths[-2:])


def _decoder(folder: Path) -> Mapping[str, Any]:
    path = folder / "decoder.yml"
    if not path.is_file():
        return {}
    named = _yaml(path.read_bytes(), path)
    return named if isinstance(named, dict) else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file, np.load(file) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(
            f"isn't a whole .npz ({error}); get it again", path=str(path)
        ) from error


def _options(weights: Mapping[str, Any], path: Path) -> dict[str, Any]:
    if "special:model.yml" not in weights:
        raise CheckpointError(
            "has no special:model.yml in it; Dragoman converts models of Marian 1.0 and newer",
            path=str(path),
        )
    options = _yaml(weights["special:model.yml"].tobytes().rstrip(b"\0"), path)
    numbers = ("dim-emb", "enc-depth", "dec-depth", "transformer-heads", "transformer-dim-ffn")
    if not isinstance(options, dict):
        raise CheckpointError("special:model.yml holds no options", path=str(path))
    if options.get("type") == "transformer":
        missing = [name for name in numbers if not isinstance(options.get(name), int)]
        if missing:
            raise CheckpointError(f"special:model.yml lacks {', '.join(missing)}", path=str(path))
    return options


def _check_options(options: Mapping[str, Any], path: Path) -> None:
    wrong = []
    for name, values in _SUPPORTED.items():
        default = None if name in _DEFAULTS_DIFFER else values[0]
        value = options.get(name, default)
        if value not in values:
            wrong.append(f"{name} is {value!r}, should be {' or '.join(map(repr, values))}")
    if wrong:
        raise CheckpointError(
            f"can't be converted, since Hugging Face's Marian can't compute it: {'; '.join(wrong)}",
            path=str(path),
        )


def _vocabulary(path: Path) -> dict[str, int]:
    import yaml

    # Everything as it is written: a piece like `on`, `null` or `1_0` is no truth value and no number.
    entries = _yaml(path.read_bytes(), path, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    vocabulary = {
        piece: int(number)
        for piece, number in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(number, str) and number.isascii() and number.isdigit()
    }
    if sorted(vocabulary.values()) != list(range(len(vocabulary))) or not vocabulary:
        raise CheckpointError(
            f"its {len(vocabulary)} pieces aren't numbered from 0 without a gap; get the file again",
            path=str(path),
        )
    if END not in vocabulary or UNKNOWN not in vocabulary or PAD in vocabulary:
        raise CheckpointError(
            f"should have {END} and {UNKNOWN}, and no {PAD}, which is added; this is no vocabulary of OPUS-MT's",
            path=str(path),
        )
    return dict(sorted(vocabulary.items(), key=lambda entry: entry[1]))


def _yaml(data: bytes, path: Path, loader: Any = None) -> Any:
    import yaml

    try:
        return yaml.load(data, loader or yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())
        raise CheckpointError(f"isn't YAML ({said}); get it again", path=str(path)) from error


def _tensors(
    weights: Mapping[str, Any], options: Mapping[str, Any], path: Path
) -> dict[str, Array]:
    names = _names(options)
    missing = [theirs for theirs in names.values() if theirs not in weights]
    known = {*names.values(), "decoder_ff_logit_out_b"}
    left = [name for name in weights if name not in known and not name.startswith("special:")]
    if missing or left:
        raise CheckpointError(
            "its tensors aren't those of its options: "
            + "; ".join(
                f"{what} {', '.join(sorted(some)[:4])}{', ...' if len(some) > 4 else ''}"
                for what, some in (("it lacks", missing), ("no place for", left))
                if some
            ),
            path=str(path),
        )
    tensors = {ours: _tensor(theirs, weights[theirs]) for ours, theirs in names.items()}
    embeddings = tensors["model.shared.weight"]
    bias = weights.get("decoder_ff_logit_out_b", np.zeros((1, len(embeddings)), embeddings.dtype))
    tensors["model.shared.weight"] = np.pad(embeddings, ((0, 1), (0, 0)))
    tensors["final_logits_bias"] = np.pad(bias, ((0, 0), (0, 1)))
    return tensors


def _tensor(name: str, array: Array) -> Array:
    if name == "Wemb":
        return array
    # safetensors writes the memory as it lies, not as it is seen.
    return np.ascontiguousarray(array.T) if _MATRIX.search(name) else array.reshape(-1)


def _names(options: Mapping[str, Any]) -> dict[str, str]:
    """Hugging Face's name of each tensor to Marian's."""
    names = {"model.shared.weight": "Wemb"}
    for side, depth in (("encoder", options["enc-depth"]), ("decoder", options["dec-depth"])):
        for layer in range(depth):
            ours, theirs = f"model.{side}.layers.{layer}", f"{side}_l{layer + 1}"
            names |= _attention(f"{ours}.self_attn", f"{theirs}_self")
            if side == "decoder":
                names |= _attention(f"{ours}.encoder_attn", f"{theirs}_context")
            for n in (1, 2):
                names[f"{ours}.fc{n}.weight"] = f"{theirs}_ffn_W{n}"
                names[f"{ours}.fc{n}.bias"] = f"{theirs}_ffn_b{n}"
            names |= _norm(f"{ours}.final_layer_norm", f"{theirs}_ffn_ffn")
    return names


def _attention(ours: str, theirs: str) -> dict[str, str]:
    names = _norm(f"{ours}_layer_norm", f"{theirs}_Wo")
    for letter, projection in (
        ("q", "q_proj"),
        ("k", "k_proj"),
        ("v", "v_proj"),
        ("o", "out_proj"),
    ):
        names[f"{ours}.{projection}.weight"] = f"{theirs}_W{letter}"
        names[f"{ours}.{projection}.bias"] = f"{theirs}_b{letter}"
    return names


def _norm(ours: str, theirs: str) -> dict[str, str]:
    return {f"{ours}.weight": f"{theirs}_ln_scale", f"{ours}.bias": f"{theirs}_ln_bias"}


def _config(tensors: Mapping[str, Array], options: Mapping[str, Any]) -> dict[str, Any]:
    embeddings = tensors["model.shared.weight"]
    inner = options["transformer-dim-ffn"]
    return {
        "model_type": "marian",
        "architectures": ["MarianMTModel"],
        "activation_function": _ACTIVATIONS[options.get("transformer-ffn-activation", "swish")],
        "d_model": options["dim-emb"],
        "vocab_size": len(embeddings),
        "decoder_vocab_size": len(embeddings),
        "encoder_layers": options["enc-depth"],
        "decoder_layers": options["dec-depth"],
        "encoder_attention_heads": options["transformer-heads"],
        "decoder_attention_heads": options["transformer-heads"],
        "encoder_ffn_dim": inner,
        "decoder_ffn_dim": options.get("transformer-decoder-dim-ffn") or inner,
        "max_position_embeddings": POSITIONS,
        "scale_embedding": True,
        "static_position_embeddings": True,
        "share_encoder_decoder_embeddings": True,
        "tie_word_embeddings": True,
        "is_encoder_decoder": True,
        "dtype": str(embeddings.dtype),
    }


def _write_card(model: NpzModel, options: Mapping[str, Any], folder: Path) -> None:
    licence, readme = model.folder / "LICENSE", model.folder / "README.md"
    if licence.is_file():
        shutil.copyfile(licence, folder / "LICENSE")
    said = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    name = model.weights.name
    text = f"# {name.partition('.npz')[0]}\n\nConverted by Dragoman {version('dragoman')} from {name}.\n\n{said}"
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    # OPUS-MT's name for models trained with guided alignment, in the last layer unless an option says otherwise.
    guided = "transformer-align" in name
    last = options.get("transformer-guided-alignment-layer", "last") in (
        "last",
        options["dec-depth"],
    )
    write_card(
        folder,
        Card(
            licence="see LICENSE" if licence.is_file() else "",
            alignment="guided" if guided and last else "none",
        ),
    )


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8", newline="\n")
