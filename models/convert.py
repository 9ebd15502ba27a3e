"""A checkpoint into CTranslate2's form, once, in the user's cache.

The work is done in a process of its own, `python -m models.convert`, so that the caller never loads torch.
That process holds a lock, writes beside the goal, compares with the float model, and renames: two
conversions at once are one, and a kill leaves nothing that could be taken for a model (what a killed one
left half-done, the next removes). Quantisation is known to ruin some models silently (CTranslate2 #847,
#1273); the comparison catches that.
"""

import logging
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from models.checkpoint import Checkpoint, open_checkpoint
from models.errors import CheckpointError
from models.tokenizer import END, Tokenizer

COMPUTE_TYPES = ("int8", "float32")
# Mean difference of a token's log-probability, float model against converted one. Measured on the starter:
# int8 0.021, float32 0.0003.
TOLERANCE = {"int8": 0.1, "float32": 0.005}
_MARK = "models.convert: "
_SENTENCES = (
    "أعلن الرئيس أن بلاده ستشارك في المؤتمر الذي يعقد الأسبوع المقبل.",
    "وقالت الوزارة في بيان: «لم يصب أحد في الحادث، والتحقيق مستمر».",
    "ارتفعت أسعار النفط بنسبة 3.5 في المئة يوم الثلاثاء.",
    "القمة العربية في القاهرة",
)
_log = logging.getLogger(__name__)


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


def _folder(checkpoint: Checkpoint, compute_type: str) -> Path:
    key = f"{checkpoint.digest}-{compute_type}-{version('ctranslate2')}"
    return platformdirs.user_cache_path("dragoman") / "ct2" / key


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
    part = folder.with_name(folder.name + ".part")
    with FileLock(folder.with_name(folder.name + ".lock")):
        if (folder / "model.bin").is_file():
            return
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _write_model(checkpoint, compute_type, part)
            difference = _difference(checkpoint, compute_type, part)
            if not difference <= TOLERANCE[compute_type]:
                raise CheckpointError(
                    f"converted to {compute_type} it differs from the float model by "
                    f"{difference:.3f} in a token's mean log-probability (at most "
                    f"{TOLERANCE[compute_type]} is good); use "
                    + ("--engine ct2-float32" if compute_type == "int8" else "--engine marian")
                )
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _write_model(checkpoint: Checkpoint, compute_type: str, folder: Path) -> None:
    from ctranslate2.converters import TransformersConverter

    tokenizer = Tokenizer(checkpoint.path)
    if tokenizer.vocab is not tokenizer.target_vocab:
        raise CheckpointError(
            "has separate vocabularies, which CTranslate2 can't convert; use --engine marian"
        )
    TransformersConverter(str(checkpoint.path)).convert(str(folder), quantization=compute_type)


def _difference(checkpoint: Checkpoint, compute_type: str, folder: Path) -> float:
    """Mean over the tokens of greedy float translations of |log p(float) - log p(converted)|."""
    import ctranslate2
    import torch
    import transformers

    tokenizer = Tokenizer(checkpoint.path)
    pieces = {index: piece for piece, index in tokenizer.target_vocab.items()}
    sources = [[p.piece for p in tokenizer.encode(s)] + [END] for s in _SENTENCES]
    model: Any = transformers.MarianMTModel.from_pretrained(
        str(checkpoint.path), dtype=torch.float32
    )
    model.eval()
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
    translator = ctranslate2.Translator(str(folder), compute_type=compute_type)
    scored = translator.score_batch(sources, targets, max_input_length=0)
    found = [value for result in scored for value in result.log_probs]
    return float(sum(abs(a - b) for a, b in zip(expected, found, strict=True)) / len(found))


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
