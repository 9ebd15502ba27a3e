"""A checkpoint into CTranslate2's form, and into Hugging Face's from Marian's own or another precision.

Every conversion is written beside its goal, compared with what it was made of, and renamed: a kill leaves
nothing that could be taken for a model (what a killed one left half-done, the next removes). Quantisation is
known to ruin some models silently (CTranslate2 #847, #1273); the comparison catches that.

The engines' conversion goes once into the user's cache, in a process of its own, `python -m models.convert`, so
that the caller never loads torch. That process holds a lock: two conversions at once are one.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import platformdirs

from models import marian_npz
from models.checkpoint import Checkpoint, open_checkpoint, write_card
from models.errors import CheckpointError
from models.registry import resolve
from models.tokenizer import END, Tokenizer

# Mean difference of a token's log-probability, float model against converted one. Measured on the starter:
# int8 0.01, float32 0.000005; float16, in which it is stored, 0.00001.
TOLERANCE = {"int8": 0.1, "float16": 0.005, "float32": 0.005}
Form = Literal["hf", "ct2"]
_MARK = "models.convert: "
_PROOF = "proof.json"  # beside the converted model
_SENTENCES = (
    "أعلن الرئيس أن بلاده ستشارك في المؤتمر الذي يعقد الأسبوع المقبل.",
    "وقالت الوزارة في بيان: «لم يصب أحد في الحادث، والتحقيق مستمر».",
    "ارتفعت أسعار النفط بنسبة 3.5 في المئة يوم الثلاثاء.",
    "القمة العربية في القاهرة",
)
_VOCABULARIES = ("vocab.json", "target_vocab.json", "tokenizer_config.json")
_TEXTS = ("source.spm", "target.spm", "README.md", "LICENSE")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proof:
    """A translation, in pieces, and its mean log-probability when the conversion was found good.

    A machine on which the same conversion scores it otherwise computes wrongly: int8 kernels are written at
    run time, and where memory can't be both written and executed they give nonsense without an error.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted model in the user's cache, and its size in bytes."""

    compute_type: str
    folder: Path
    size: int


def converted(checkpoint: Checkpoint, compute_type: str) -> Path:
    """The folder with the converted model; converts first where that was not done yet."""
    folder = _folder(checkpoint, compute_type)
    if (folder / "model.bin").is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder.parent, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise CheckpointError(
            "can't write here, where the converted model is to be kept; set XDG_CACHE_HOME to a "
            "folder that can be written, or use --engine marian, which needs no conversion",
            path=str(folder.parent),
        )
    _log.info("converting %s to CTranslate2 %s, once", checkpoint.label, compute_type)
    _run(checkpoint, compute_type)
    return folder


def proof(folder: Path) -> Proof | None:
    """What came with a converted model; None where it was converted before there were proofs."""
    path = folder / _PROOF
    if not path.is_file():
        return None
    held = json.loads(path.read_text(encoding="utf-8"))
    return Proof(tuple(held["source"]), tuple(held["target"]), held["score"])


def conversions(checkpoint: Checkpoint) -> list[Conversion]:
    """What the user's cache holds of the checkpoint, made by any version of CTranslate2."""
    found = sorted(_cache().glob(f"{checkpoint.digest}-*/model.bin"))
    return [
        Conversion(
            model.parent.name.split("-")[1],
            model.parent,
            sum(file.stat().st_size for file in model.parent.iterdir()),
        )
        for model in found
    ]


def forget(checkpoint: Checkpoint) -> None:
    """Remove what the user's cache holds of the checkpoint."""
    for one in conversions(checkpoint):
        shutil.rmtree(one.folder, ignore_errors=True)
        _lock(one.folder).unlink(missing_ok=True)


def write(source: str, folder: Path, *, form: Form = "hf", quantization: str | None = None) -> Path:
    """Write the model `source` (a folder or zip in Marian's own format, or what `resolve` takes) into `folder`.

    form: `hf`, Hugging Face's layout in safetensors, or `ct2`, CTranslate2's with its sentencepiece models.
    quantization: int8 (for ct2 alone), float16 or float32. None: int8 for ct2, as it is stored for hf.

    Raises CheckpointError where `folder` is there already, the model can't be converted, or what came out
    doesn't compute the same.
    """
    with _building(folder) as part, TemporaryDirectory(prefix="dragoman-") as temporary:
        if marian_npz.looks_like_npz(Path(source)):
            plain = Path(temporary) / folder.name
            _from_marian(Path(source), plain)
            checkpoint = open_checkpoint(plain)
        else:
            checkpoint = resolve(source)
        _log.info("converting %s", checkpoint.label)
        if form == "hf":
            _write_huggingface(checkpoint, part, quantization or "auto")
        else:
            _write_checked(checkpoint, quantization or "int8", part)
            _carry(checkpoint.path, part, _TEXTS)
    return folder


def _write_huggingface(checkpoint: Checkpoint, folder: Path, precision: str) -> None:
    import torch

    from models.load import load

    model = load(checkpoint.path, precision=precision)
    if not all(bool(torch.isfinite(weight).all()) for weight in model.parameters()):
        raise CheckpointError(
            f"has weights that {precision} can't hold; use --quantization float32",
            path=str(checkpoint.path),
        )
    model.save_pretrained(str(folder))
    _carry(checkpoint.path, folder, (*_VOCABULARIES, *_TEXTS))
    write_card(folder, checkpoint.card)


def _from_marian(source: Path, folder: Path) -> None:
    """Hugging Face's layout, compared with CTranslate2's own reading of the same weights."""
    with marian_npz.opened(source) as model:
        marian_npz.write_huggingface(model, folder)
        with TemporaryDirectory(prefix="dragoman-") as temporary:
            other = Path(temporary) / "ct2"
            _read_by_ctranslate2(model, other)
            _refuse_difference(
                open_checkpoint(folder), "float32", other, "it can't be converted safely"
            )


def _read_by_ctranslate2(model: marian_npz.NpzModel, folder: Path) -> None:
    from ctranslate2.converters import MarianConverter

    try:
        MarianConverter(str(model.weights), [str(model.vocabulary)] * 2).convert(str(folder))
    except (KeyError, ValueError) as error:
        raise CheckpointError(
            f"CTranslate2 reads it otherwise ({error}); it can't be checked and wasn't converted",
            path=str(model.weights),
        ) from error
    path = folder / "config.json"  # that converter lets the library add </s>; here the caller does
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(config | {"add_source_eos": False}), encoding="utf-8")


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """A path beside `folder`, which becomes `folder` when this ends well and is removed when it doesn't."""
    if folder.exists():
        raise CheckpointError("is there already; give another name, or remove it", path=str(folder))
    part = folder.with_name(f".dragoman-{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield part
        readable = part.stat().st_mode & 0o666  # safetensors writes for the owner alone
        for file in part.iterdir():
            file.chmod(readable)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _carry(source: Path, folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)


def _cache() -> Path:
    return platformdirs.user_cache_path("dragoman") / "ct2"


def _folder(checkpoint: Checkpoint, compute_type: str) -> Path:
    key = f"{checkpoint.digest}-{compute_type}-{version('ctranslate2')}"
    return _cache() / key


def _lock(folder: Path) -> Path:
    return folder.with_name(folder.name + ".lock")


def _run(checkpoint: Checkpoint, compute_type: str) -> None:
    # -P: a folder `models` in the user's working directory must not be taken for this package.
    command = [sys.executable, "-P", "-m", "models.convert", str(checkpoint.path), compute_type]
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"]
        said = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
        reason = said[0] if said else f"conversion failed: {lines[-1]}; try --engine marian"
        raise CheckpointError(reason, path=str(checkpoint.path))


def _convert(checkpoint: Checkpoint, compute_type: str) -> None:
    from filelock import FileLock

    folder = _folder(checkpoint, compute_type)
    with FileLock(_lock(folder)):
        if (folder / "model.bin").is_file():
            return
        shutil.rmtree(folder, ignore_errors=True)
        with _building(folder) as part:
            seen = _write_checked(checkpoint, compute_type, part)
            (part / _PROOF).write_text(
                json.dumps(asdict(seen), ensure_ascii=False) + "\n", encoding="utf-8"
            )


def _write_checked(checkpoint: Checkpoint, compute_type: str, folder: Path) -> Proof:
    _write_model(checkpoint, compute_type, folder)
    remedy = "--engine marian" if compute_type == "float32" else "--engine ct2-float32"
    return _refuse_difference(checkpoint, compute_type, folder, f"use {remedy}")


def _refuse_difference(
    checkpoint: Checkpoint, compute_type: str, folder: Path, remedy: str
) -> Proof:
    difference, seen = _compared(checkpoint, compute_type, folder)
    if not difference <= TOLERANCE[compute_type]:
        raise CheckpointError(
            f"converted to {compute_type} it differs from the float model by "
            f"{difference:.3f} in a token's mean log-probability (at most "
            f"{TOLERANCE[compute_type]} is good); {remedy}"
        )
    return seen


def _write_model(checkpoint: Checkpoint, compute_type: str, folder: Path) -> None:
    from ctranslate2.converters import TransformersConverter

    from models.load import loading

    tokenizer = Tokenizer(checkpoint.path)
    if tokenizer.vocab is not tokenizer.target_vocab:
        raise CheckpointError(
            "has separate vocabularies, which CTranslate2 can't convert; use --engine marian"
        )
    with loading(checkpoint.path), warnings.catch_warnings():
        # The converter also loads MarianTokenizer, whose normaliser is never called.
        warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
        TransformersConverter(str(checkpoint.path)).convert(str(folder), quantization=compute_type)


def _compared(checkpoint: Checkpoint, compute_type: str, folder: Path) -> tuple[float, Proof]:
    """Mean over the tokens of greedy float translations of |log p(float) - log p(converted)|; one of them."""
    import ctranslate2
    import torch

    from models.load import load

    tokenizer = Tokenizer(checkpoint.path)
    pieces = {index: piece for piece, index in tokenizer.target_vocab.items()}
    sources = [[p.piece for p in tokenizer.encode(s)] + [END] for s in _SENTENCES]
    model = load(checkpoint.path).eval()
    end, start = tokenizer.target_vocab[END], model.config.decoder_start_token_id
    targets, expected = [], []
    with torch.inference_mode():
        for source in sources:
            ids = torch.tensor([[tokenizer.vocab[p] for p in source]])
            output = model.generate(ids, num_beams=1, do_sample=False, max_length=48)[0].tolist()
            tokens = [i for i in output[1:] if i in pieces and i != end and pieces[i] != "<pad>"]
            logits = model(input_ids=ids, decoder_input_ids=torch.tensor([[start, *tokens]])).logits
            chosen = torch.tensor([[*tokens, end]])
            logits[..., start] = float("-inf")  # <pad>: CTranslate2 drops it from the vocabulary
            scores = logits.log_softmax(-1).gather(-1, chosen[..., None]).squeeze()
            expected.extend(scores.reshape(-1).tolist())
            targets.append([pieces[i] for i in tokens])
    # A CPU computes in float32 what is stored in float16.
    translator = ctranslate2.Translator(
        str(folder), compute_type="int8" if compute_type == "int8" else "float32"
    )
    scored = translator.score_batch(sources, targets, max_input_length=0)
    found = [value for result in scored for value in result.log_probs]
    difference = sum(abs(a - b) for a, b in zip(expected, found, strict=True)) / len(found)
    one = scored[0].log_probs
    return float(difference), Proof(tuple(sources[0]), tuple(targets[0]), sum(one) / len(one))


def main(arguments: list[str]) -> int:
    """`python -m models.convert FOLDER COMPUTE_TYPE`."""
    folder, compute_type = arguments
    try:
        _convert(open_checkpoint(Path(folder)), compute_type)
    except CheckpointError as error:
        message = str(error).removeprefix(f"{folder}: ")
        print(_MARK + message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
