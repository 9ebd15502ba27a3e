"""`dragoman batch`: files of millions of records; the same command again goes on where it was stopped."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glossary.files import locked
from translate.batch.formats import (
    FIELD,
    PART_RECORDS,
    SUFFIXES,
    Job,
    format_of,
)
from translate.cli.options import (
    Decoding,
    decoding_options,
    engine_option,
    glossary_option,
    model_option,
    termbase_paths,
    threads_option,
)
from translate.cli.remarks import meter, remark
from translate.errors import ConfigError, FormatError, UnknownFormat

if TYPE_CHECKING:
    from translate.batch.run import Executor, Finished
    from translate.pipeline import Translator
    from translate.types import Provenance

_HERE = "here"
_KINDS = f"{', '.join(SUFFIXES)}; packed also .gz, .zst"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="IN… OUT")
@click.option(
    "--field",
    default=FIELD,
    show_default=True,
    metavar="NAME",
    help="Field (JSONL) or column (Parquet) to translate.",
)
@glossary_option
@click.option("--no-glossary", is_flag=True, help="Enforce no terms.")
@model_option
@engine_option
@decoding_options
@click.option(
    "--part",
    default=PART_RECORDS,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="Records translated and saved together.",
)
@threads_option
@click.option(
    "--ray",
    is_flag=False,
    flag_value=_HERE,
    metavar="[ADDRESS]",
    help="Translate on this Ray cluster; without ADDRESS on RAY_ADDRESS, else on one started here.",
)
def batch(
    files: tuple[str, ...],
    field: str,
    glossary: tuple[str, ...],
    no_glossary: bool,
    model: str | None,
    engine: str,
    decoding: Decoding,
    part: int,
    threads: int | None,
    ray: str | None,
) -> None:
    """Translate files of many records: one record in, one record out, in order.

    \b
    .jsonl    the string in --field; the fields 'translation' and 'units' are added
    .parquet  the column --field; these two columns are added
    .txt      one record a line
    .po       messages without translation are filled in, fuzzy
    All but Parquet also packed: .gz, .zst.

    Of one IN, OUT is the file; of several, or of a folder, OUT is a folder with files of the same names.
    The same command again goes on after a kill, and leaves alone what is finished. Records that can't be
    translated are listed in OUT.bad.jsonl.

    \b
    Examples:
      dragoman batch news.jsonl news.en.jsonl
      dragoman batch corpus/ translated/ --field body
      dragoman batch corpus/ translated/ --ray=10.0.0.5:6379
    """
    if len(files) < 2:
        raise click.UsageError("name at least one IN, and OUT")
    if no_glossary and glossary:
        raise ConfigError("--no-glossary and --glossary contradict each other: give one of them")
    if ray and Path(ray).exists():
        raise ConfigError(f"--ray took {ray!r} for the address of a cluster; write --ray last")
    out = Path(files[-1])
    jobs = [
        Job(source=source.resolve(), target=target, format=kind, field=field, part_records=part)
        for source, target, kind in _pairs([Path(f) for f in files[:-1]], out)
    ]
    from translate.pipeline import Translator

    chosen: dict[str, Any] = {"model": model, "engine": engine, **decoding}
    translator = Translator(
        **chosen, glossary=() if no_glossary else termbase_paths(glossary), threads=threads
    )
    settings = _settings(translator.provenance, decoding, field=field, part=part)
    with locked(out):
        _run(jobs, settings, _executor(translator, chosen, threads, ray))


def _executor(
    translator: "Translator", chosen: Mapping[str, Any], threads: int | None, ray: str | None
) -> "Executor":
    if ray is None:
        from translate.batch.local import by_threads

        return partial(by_threads, translator=translator, threads=threads or os.cpu_count() or 1)
    from translate.batch.cluster import by_ray

    return partial(
        by_ray, address=None if ray == _HERE else ray, translator=translator, chosen=chosen
    )


def _run(jobs: Sequence[Job], settings: Mapping[str, str], executor: "Executor") -> None:
    from translate.batch.run import Finished, Kept, Resumed, run

    figures = _Figures(sum(_size(job) for job in jobs))
    with meter() as shown:
        for event in run(jobs, settings, executor):
            match event:
                case Kept(job=job):
                    figures.known += _size(job)
                    figures.passed += _size(job)
                    shown.say(
                        f"{job.target}: is there already, left alone; remove it to begin anew"
                    )
                case Resumed(job=job, records=records, at=at):
                    figures.known += at
                    shown.say(f"{job.target}: going on after {records} records")
                case Finished(job=job):
                    figures.passed += _size(job)
                    shown.say(_summary(event))
                case done:
                    figures.records += done.records
                    figures.words += done.words
                    shown.tell(figures.records, figures.words, figures.share(done.at))


@dataclass(slots=True)
class _Figures:
    """How far the run is: bytes of IN in all, done by earlier runs, in files that are through; what this run did."""

    total: int
    known: int = 0
    passed: int = 0
    records: int = 0
    words: int = 0

    def share(self, at: int) -> float:
        """Of this run's work, so many bytes into the present file."""
        return (self.passed + at - self.known) / max(self.total - self.known, 1)


def _size(job: Job) -> int:
    return job.source.stat().st_size


def _summary(finished: "Finished") -> str:
    job, bad = finished.job, finished.bad
    listed = f", {bad} of them bad: see {job.bad}" if bad else ""
    return f"{job.target}: {finished.records} records{listed}"


def _settings(
    provenance: "Provenance", decoding: Decoding, *, field: str, part: int
) -> dict[str, str]:
    """All that OUT depends on besides IN."""
    return {
        "model": provenance.model,
        "engine": provenance.engine,
        "termbase": provenance.glossary,
        "version": provenance.version,
        **{name: str(value) for name, value in decoding.items()},
        "field": field,
        "part": str(part),
    }


def _pairs(files: Sequence[Path], out: Path) -> list[tuple[Path, Path, str]]:
    """(IN, OUT, format) of each file."""
    missing = next((file for file in files if not file.exists()), None)
    if missing:
        raise FormatError("no such file or folder; check the name", path=str(missing))
    if len(files) == 1 and files[0].is_file() and not out.is_dir():
        found = [(files[0], out)]
        if format_of(out) != _format(files[0]):
            raise UnknownFormat(
                f"of {files[0].name} OUT is {_format(files[0])} too: name it so", path=str(out)
            )
    elif out.is_file():
        raise ConfigError(f"{out} is a file; of several IN, OUT is a folder")
    else:
        found = [pair for file in files for pair in _inside(file, out)]
    _refuse_clashes(found)
    return [(source, target, _format(source)) for source, target in found]


def _inside(file: Path, out: Path) -> list[tuple[Path, Path]]:
    """A file, or the files of a folder, and their places in OUT."""
    if file.is_file():
        return [(file, out / file.name)]
    if out.resolve().is_relative_to(file.resolve()):
        raise ConfigError(f"OUT ({out}) lies in {file}; name another folder")
    every = sorted(p for p in file.rglob("*") if p.is_file())
    known = [p for p in every if format_of(p)]
    if not known:
        raise FormatError(f"no file of a batch in it ({_KINDS})", path=str(file))
    if other := [p for p in every if not format_of(p)]:
        remark(f"{file}: left out files of other kinds: {len(other)}, such as {other[0].name}")
    return [(p, out / p.relative_to(file)) for p in known]


def _format(path: Path) -> str:
    kind = format_of(path)
    if kind is None:
        raise UnknownFormat(f"no kind of file that a batch reads ({_KINDS})", path=str(path))
    return kind


def _refuse_clashes(pairs: Sequence[tuple[Path, Path]]) -> None:
    sources = {source.resolve() for source, _ in pairs}
    seen: dict[str, Path] = {}
    for source, target in pairs:
        if target.resolve() in sources:
            raise ConfigError(f"{target} is IN and OUT; name another OUT")
        key = str(target).casefold()  # some file systems know no case
        if key in seen:
            raise ConfigError(
                f"{seen[key]} and {source} would both be written to {target}: rename one, or "
                "translate them with different OUT"
            )
        seen[key] = source
