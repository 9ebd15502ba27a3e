"""How fast, how soon, how large: this program beside what it is built on, with the same weights and text.

    python -m tests.bench speed [--sentences N …] [--beam N …] [--only NAME …] [--argos PYTHON] [--long]

Lines of tests/data/eval/news-dev.ar, one segment each, translated with the starter on all cores:
  terms           the default, with a termbase of 100,000 terms (made as in tests.bench.match), enforced
  terms, checked  the same terms found and verified, nothing enforced: what the work around decoding costs
  plain           no termbase
  engine          translate.engines.ct2 alone: sources of one length share a batch (see there)
  ct2             raw CTranslate2, int8, batched as it likes, with sentencepiece on both sides
  transformers    generate of MarianMTModel, float32
  argos           Argos Translate with an .argosmodel made of the starter; every line is a paragraph

One process a measurement. *Ready*: from the start of the process until it could translate; *first segment*: until
the first line was translated; words (of the source) a second of the lines after that one, on the clock and a second of
the processors. Memory is the peak of the resident set. `--argos` names a Python that has argostranslate.
`--long` has 100,000 lines translated by `dragoman batch`, greedily, and prints memory as it goes.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

ROOT = Path(__file__).parents[2]
NEWS = ROOT / "tests" / "data" / "eval" / "news-dev.ar"
SYSTEMS = ("terms", "terms, checked", "plain", "engine", "ct2", "transformers", "argos")
TERMS = 100_000
LONG = 100_000
LOOK = 30.0  # seconds between looks at the memory
_RECORDS = re.compile(r"([\d,]+) records")
Translate = Callable[[Sequence[str]], object]
Measured = dict[str, Any]


# In the process that is measured


def _translator(folder: Path, beam: int, **options: Any) -> tuple[Translate, Any]:
    from translate.pipeline import Translator
    from translate.types import Segment

    translator = Translator(model="starter", beam_size=beam, **options)

    def translate(lines: Sequence[str]) -> object:
        return translator.translate_segments(
            [
                Segment(id=str(i), source=line, kind="sentence", paragraph=i)
                for i, line in enumerate(lines)
            ]
        )

    return translate, translator


def _terms(folder: Path, beam: int) -> tuple[Translate, Any]:
    return _translator(folder, beam, glossary=folder / "terms.po")


def _checked(folder: Path, beam: int) -> tuple[Translate, Any]:
    return _translator(folder, beam, glossary=folder / "terms.po", inline=False, mend=False)


def _plain(folder: Path, beam: int) -> tuple[Translate, Any]:
    return _translator(folder, beam, glossary=())


def _engine(folder: Path, beam: int) -> tuple[Translate, Any]:
    from models.registry import resolve
    from models.tokenizer import Tokenizer
    from translate.engines import open_engine
    from translate.engines.base import Request

    checkpoint = resolve("starter")
    tokenizer, engine = Tokenizer(checkpoint.path), open_engine("ct2", checkpoint)

    def translate(lines: Sequence[str]) -> object:
        pieces = [tuple(p.piece for p in tokenizer.encode(line)) for line in lines]
        decoded = engine.decode([Request(tokens=p) for p in pieces], beam_size=beam)
        return [tokenizer.decode(best[0].tokens).text for best in decoded]

    return translate, None


def _ct2(folder: Path, beam: int) -> tuple[Translate, Any]:
    import ctranslate2
    import sentencepiece

    source, target = (
        sentencepiece.SentencePieceProcessor(model_file=str(folder / "starter" / f"{side}.spm"))
        for side in ("source", "target")
    )
    model = ctranslate2.Translator(
        str(folder / "ct2"), inter_threads=len(os.sched_getaffinity(0)), intra_threads=1
    )

    def translate(lines: Sequence[str]) -> object:
        pieces = [[*source.encode(line, out_type=str), "</s>"] for line in lines]
        found = model.translate_batch(
            pieces, beam_size=beam, max_batch_size=1024, batch_type="tokens"
        )
        return [target.decode(result.hypotheses[0]) for result in found]

    return translate, None


def _transformers(folder: Path, beam: int) -> tuple[Translate, Any]:
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    tokenizer = MarianTokenizer.from_pretrained(folder / "starter")
    model = MarianMTModel.from_pretrained(folder / "starter").float().eval()

    def translate(lines: Sequence[str]) -> object:
        out = []
        by_length = sorted(lines, key=len)
        for at in range(0, len(by_length), 16):
            batch = tokenizer(by_length[at : at + 16], return_tensors="pt", padding=True)
            with torch.inference_mode():
                ids = model.generate(**batch, num_beams=beam, max_new_tokens=256)
            out += tokenizer.batch_decode(ids, skip_special_tokens=True)
        return out

    return translate, None


def _argos(folder: Path, beam: int) -> tuple[Translate, Any]:
    # Its sentence splitters need networks that can't be had offline; here every line is a sentence.
    for name in ("stanza", "minisbd"):
        sys.modules[name] = MagicMock()
    from argostranslate import package, settings, translate

    settings.inter_threads, settings.intra_threads = len(os.sched_getaffinity(0)), 1
    package.install_from_path(folder / "starter.argosmodel")
    arabic, english = (
        next(one for one in translate.get_installed_languages() if one.code == code)
        for code in ("ar", "en")
    )
    model = arabic.get_translation(english).underlying
    model.sentencizer = SimpleNamespace(split_sentences=str.splitlines)
    return lambda lines: [h.value for h in model.hypotheses("\n".join(lines), 1)], None


_OPEN = dict(
    zip(SYSTEMS, (_terms, _checked, _plain, _engine, _ct2, _transformers, _argos), strict=True)
)


def child(system: str, folder: Path, beam: int, count: int, born: float) -> None:
    """Measure one system in this process and print a JSON object."""
    lines = NEWS.read_text(encoding="utf-8").splitlines()[: count + 1]
    translate, translator = _OPEN[system](folder, beam)
    ready = time.time() - born
    translate(lines[:1])
    first = time.time() - born
    seconds, cpu = -time.perf_counter(), -time.process_time()
    translate(lines[1:])
    seconds, cpu = seconds + time.perf_counter(), cpu + time.process_time()
    words = sum(len(line.split()) for line in lines[1:])
    measured = {
        "ready": ready,
        "first": first,
        "words": words / seconds,
        "cpu": words / cpu,
        "memory": _peak(),
        "redecoded": translator.cost.redecoded if translator else None,
    }
    print(json.dumps(measured))


def _peak() -> float:
    """Peak resident set of this process in MiB; getrusage would count the parent's."""
    return _kept(Path("/proc/self/status").read_text(encoding="ascii"), "VmHWM:")


def _kept(status: str, name: str) -> float:
    """A line of /proc/PID/status in MiB; 0 where the process is ending."""
    return int(status.partition(name)[2].split()[0]) / 1024 if name in status else 0.0


# In the process that asks


def _prepare(folder: Path) -> None:
    """The termbase, the starter and its conversion, and a package for Argos, in a folder."""
    from glossary.compiled import load
    from glossary.termbase import Termbase, shipped_paths, write_terms
    from models.convert import converted
    from models.registry import resolve
    from tests.bench.match import names

    shipped = list(Termbase.load(shipped_paths()).terms)
    write_terms(folder / "terms.po", [*shipped, *names(TERMS - len(shipped))])
    load([folder / "terms.po"])
    checkpoint = resolve("starter")
    shutil.copytree(checkpoint.path, folder / "starter")
    shutil.copytree(converted(checkpoint, "int8"), folder / "ct2")
    _package(folder)


def _package(folder: Path) -> None:
    """An .argosmodel: CTranslate2's folder, a sentencepiece model and a description."""
    about = {
        "package_version": "1.0", "argos_version": "1.5",
        "from_code": "ar", "from_name": "Arabic", "to_code": "en", "to_name": "English",
    }  # fmt: skip
    with zipfile.ZipFile(folder / "starter.argosmodel", "w") as package:
        package.writestr("starter/metadata.json", json.dumps(about))
        package.write(folder / "starter" / "source.spm", "starter/sentencepiece.model")
        for file in (folder / "ct2").iterdir():
            if file.name != "config.json":
                package.write(file, f"starter/model/{file.name}")
        config = json.loads((folder / "ct2" / "config.json").read_text(encoding="utf-8"))
        package.writestr(
            "starter/model/config.json", json.dumps({**config, "add_source_eos": True})
        )


def _measure(python: str, system: str, folder: Path, beam: int, count: int) -> Measured:
    argos = {
        "ARGOS_PACKAGES_DIR": str(folder / "argos"),
        "ARGOS_BEAM_SIZE": str(beam),
        "XDG_DATA_HOME": str(folder / "argos-data"),
    }
    own = argos if system == "argos" else {}
    command = [python, "-m", "tests.bench.speed", system, str(folder), str(beam), str(count)]
    ran = subprocess.run(
        [*command, str(time.time())],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(f"{system}, beam {beam}, {count} sentences:\n{ran.stderr}")
    measured: Measured = json.loads(ran.stdout.splitlines()[-1])
    return measured


def _rows(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, int, int, Measured]]:
    """Raw CTranslate2 first: the others are measured against it."""
    systems = ["ct2", *(s for s in options.only if s != "ct2")]
    for beam in options.beam:
        for count in options.sentences:
            for system in systems:
                python = options.argos if system == "argos" else sys.executable
                if python:
                    yield system, beam, count, _measure(python, system, folder, beam, count)


def _long_run(folder: Path, count: int) -> None:
    """Translate `count` lines as a corpus is translated, greedily, and print speed and memory as it goes."""
    lines = NEWS.read_text(encoding="utf-8").splitlines()
    given = folder / "lines.txt"
    given.write_text("".join(lines[i % len(lines)] + "\n" for i in range(count)), encoding="utf-8")
    arguments = ["batch", "--beam", "1", "--model", "starter", str(given), str(folder / "out.txt")]
    command = [sys.executable, "-c", "from translate.cli import main; main()", *arguments]
    print("| s | records | RSS MiB | peak |\n|---|---|---|---|", flush=True)
    started = time.perf_counter()
    with (
        (folder / "told").open("w+b") as told,
        subprocess.Popen(command, cwd=ROOT, stderr=told) as run,
    ):
        while run.poll() is None:
            status = Path(f"/proc/{run.pid}/status").read_text(encoding="ascii")
            now, peak = (_kept(status, name) for name in ("VmRSS:", "VmHWM:"))
            done = _RECORDS.findall((folder / "told").read_text(encoding="utf-8"))
            seconds = time.perf_counter() - started
            print(
                f"| {seconds:.0f} | {done[-1] if done else 0} | {now:.0f} | {peak:.0f} |",
                flush=True,
            )
            with suppress(subprocess.TimeoutExpired):
                run.wait(LOOK)
    if run.returncode:
        raise SystemExit((folder / "told").read_text(encoding="utf-8"))
    words = sum(len(lines[i % len(lines)].split()) for i in range(count))
    seconds = time.perf_counter() - started
    print(f"\n{words:,} words in {seconds:.0f} s, {words / seconds:.0f} words/s")


def _table(options: argparse.Namespace, folder: Path) -> None:
    if "argos" in options.only and not options.argos:
        print("argos is left out: --argos names no Python that has it\n")
    print(
        "| system | beam | sentences | ready s | first segment s | words/s | × ct2 | words/CPU s "
        "| × ct2 | peak RSS MiB | re-decoded |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    base: Measured = {}
    for system, beam, count, row in _rows(options, folder):
        base = row if system == "ct2" else base
        again = "" if row["redecoded"] is None else row["redecoded"]
        print(
            f"| {system} | {beam} | {count} | {row['ready']:.2f} | {row['first']:.2f} "
            f"| {row['words']:.0f} | {row['words'] / base['words']:.2f} "
            f"| {row['cpu']:.0f} | {row['cpu'] / base['cpu']:.2f} "
            f"| {row['memory']:.0f} | {again} |",
            flush=True,
        )


def main(arguments: Sequence[str]) -> None:
    """Print the table, or with --long how memory goes."""
    parser = argparse.ArgumentParser(prog="tests.bench speed")
    parser.add_argument("--sentences", type=int, nargs="+", default=[1, 10, 300])
    parser.add_argument("--beam", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--argos", default="", metavar="PYTHON")
    parser.add_argument("--long", type=int, nargs="?", const=LONG, default=0, metavar="LINES")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _prepare(folder)
        if options.long:
            _long_run(folder, options.long)
        else:
            _table(options, folder)


if __name__ == "__main__":
    system, folder, beam, count, born = sys.argv[1:]
    child(system, Path(folder), int(beam), int(count), float(born))
