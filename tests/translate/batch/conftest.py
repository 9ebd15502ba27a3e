"""Batches without weights: the fake engine, small parts, two threads."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from translate.batch.formats import Job, format_of
from translate.batch.local import by_threads
from translate.batch.run import run
from translate.pipeline import Translator

SETTINGS = {"model": "fake", "--beam": "1"}

RunAll = Callable[..., list[Any]]


def job(source: Path, target: Path, *, field: str = "text", part_records: int = 3) -> Job:
    kind = format_of(source)
    assert kind
    return Job(source=source, target=target, format=kind, field=field, part_records=part_records)


def objects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


@pytest.fixture
def run_all(fake: Callable[..., Translator]) -> RunAll:
    """Everything that a run tells; with `stop` it is left after so many parts."""

    def do(jobs: Sequence[Job], *, stop: int | None = None, **settings: str) -> list[Any]:
        executor = partial(by_threads, translator=fake(), threads=2)
        events: Iterator[Any] = run(jobs, SETTINGS | settings, executor)
        told: list[Any] = []
        for event in events:
            told.append(event)
            if len(told) == stop:
                events.close()  # type: ignore[attr-defined]
                break
        return told

    return do


@pytest.fixture
def sentences(text: str) -> list[str]:
    """Short ones, with terms and without, and two that are empty or nearly so."""
    lines = [line for line in text.split("\n") if line]
    return [*lines, "", *reversed(lines), " ", *lines]
