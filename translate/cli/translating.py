"""`dragoman translate`: read, translate, write; a rerun keeps what a person approved or edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from translate.cli.options import (
    Decoding,
    decoding_options,
    encoding_option,
    engine_option,
    glossary_option,
    memory_option,
    model_option,
    termbase_paths,
    threads_option,
)
from translate.cli.reading import read_document
from translate.cli.remarks import bar, first_time, remark
from translate.documents import Original, bare_name
from translate.errors import AdherenceError, ConfigError, FormatError
from translate.formats import WRITERS, writer
from translate.formats.report import report_summary
from translate.formats.text import write_english
from translate.master import Master
from translate.pipeline import Keep, Translator
from translate.types import Document
from translate.update import update

DEFAULT = ("po", "html", "txt", "json")
_OFFERED = [name for name in WRITERS if name != "tbx"]  # of terms: a text may have none


@dataclass(frozen=True, slots=True)
class _Job:
    given: str  # as named on the command line
    name: str


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…|-")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write into DIR/NAME/ (default: out).",
    metavar="DIR",
)
@glossary_option
@click.option("--no-glossary", is_flag=True, help="Enforce no terms.")
@model_option
@engine_option
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT",
    help=f"Write only these: {', '.join(_OFFERED)}; repeatable (default: {', '.join(DEFAULT)}).",
)
@memory_option
@click.option("--no-memory", is_flag=True, help="Translate everything anew.")
@encoding_option
@decoding_options
@threads_option
@click.option("--strict", is_flag=True, help="Exit with 3 if a term is violated.")
def translate(
    files: tuple[str, ...],
    out: Path | None,
    glossary: tuple[str, ...],
    no_glossary: bool,
    model: str | None,
    engine: str,
    formats: tuple[str, ...],
    path: Path | None,
    no_memory: bool,
    encoding: str | None,
    decoding: Decoding,
    threads: int | None,
    strict: bool,
) -> None:
    """Translate Arabic texts and documents into English with agreed names and terms.

    A FILE is plain text or a document (.docx .odt .html .md .srt .vtt .po .xlf); of a document, NAME.en.docx or
    the like is the English in the same format, written anew by every rerun and after every review.
    Each FILE gives DIR/NAME/ with NAME.po (the bilingual master, for Poedit or Weblate), NAME.html (side by
    side), NAME.en.txt and NAME.report.json. A rerun keeps what a person approved or edited in NAME.po.
    A segment that your translation memory has word for word is taken from there ('dragoman memory').
    '-' reads standard input and prints English.

    \b
    Examples:
      dragoman translate article.ar.txt
      dragoman translate letter.docx
      dragoman translate *.txt -o translated -g house.po -g default
      echo 'وصل الوفد إلى موسكو.' | dragoman translate -
      dragoman translate article.ar.txt --model Helsinki-NLP/opus-mt-ar-en
    """
    writers = _writers(formats)
    jobs = _jobs(files)
    texts = [read_document(job.given, encoding) for job in jobs]
    if no_glossary and glossary:
        raise ConfigError("--no-glossary and --glossary contradict each other: give one of them")
    if no_memory and path:
        raise ConfigError("--no-memory and --memory contradict each other: give one of them")
    recall = None if no_memory else _memory(path)
    translator = Translator(
        model=model,
        engine=engine,
        glossary=() if no_glossary else termbase_paths(glossary),
        **decoding,
        threads=threads,
    )
    violated = 0
    for job, (text, original) in zip(jobs, texts, strict=True):
        if job.given == "-" and out is None and not formats:
            document = translator.translate(text, name="stdin", keep=recall)
            click.echo(write_english(document).rstrip("\n"))
        else:
            document = _into_folder(
                translator, job, text, out or Path("out"), writers, recall, original
            )
        violated += _report(document, job)
    _advise(translator)
    if strict and violated:
        raise AdherenceError(f"{violated} term occurrence(s) violated; see the report")


def _memory(path: Path | None) -> Keep | None:
    """What the memory has of a text: of the one that was named, or of the user's own if there is one."""
    from translate.memory.store import Memory, memory_path

    own = memory_path()
    if path is None and not own.exists():
        return None
    if path and not path.exists():
        raise FormatError(
            "no such translation memory; fill one with 'dragoman memory add'", path=str(path)
        )
    from translate.recall import recall

    memory = Memory(path or own)
    click.get_current_context().call_on_close(memory.close)
    return lambda segments: recall(memory, segments)


def _report(document: Document, job: _Job) -> int:
    """Say on stderr how the terms fared; the number of violations."""
    counts = report_summary(document)
    agreed = counts["satisfied"] + counts["variant"] + counts["waived"]
    remark(
        f"{document.name}: {counts['segments']} segments, {counts['words']} words, "
        f"{agreed} of {counts['occurrences']} term occurrences as agreed, {document.seconds:.1f} s"
    )
    known = sum(unit.origin == "memory" for unit in document.units)
    if known:
        remark(f"{document.name}: {known} of the segments from the translation memory")
    return int(counts["occurrences"] - agreed)


def _into_folder(
    translator: Translator,
    job: _Job,
    text: str,
    out: Path,
    writers: Sequence[str],
    recall: Keep | None,
    original: Original | None,
) -> Document:
    folder = out / job.name
    with bar(job.name) as progress:
        document = update(
            Master(folder / f"{job.name}.po"),
            text,
            translator,
            formats=writers,
            recall=recall,
            progress=progress,
            original=original,
        )
    suffixes = [writer(w).suffix for w in writers]
    suffixes += [f".en{original.suffix}"] if original else []
    remark(f"{job.name}: wrote {folder / job.name}" + " ".join(suffixes))
    return document


def _writers(formats: Sequence[str]) -> list[str]:
    for name in formats:
        if writer(name) and name not in _OFFERED:
            raise ConfigError(f"-f {name}: holds terms; use `dragoman export OUT/NAME --to {name}`")
    return list(dict.fromkeys(formats or DEFAULT))


def _jobs(files: Sequence[str]) -> list[_Job]:
    jobs = [_Job(f, "stdin" if f == "-" else _name(Path(f))) for f in files]
    seen: dict[str, str] = {}
    for job in jobs:
        key = job.name.casefold()  # some file systems know no case
        if key in seen:
            raise ConfigError(
                f"{seen[key]} and {job.given} would both be written to '{job.name}': "
                "rename one or translate them with different -o"
            )
        seen[key] = job.given
    return jobs


def _name(path: Path) -> str:
    return bare_name(path.name) or path.name


def _advise(translator: Translator) -> None:
    """Say, once on this machine, that a stronger model is one command away."""
    if translator.checkpoint.name == "starter" and first_time("stronger-model"):
        remark(
            "note: this is the small starter model; a stronger one is one command away: "
            "dragoman models use Helsinki-NLP/opus-mt-tc-big-ar-en"
        )
