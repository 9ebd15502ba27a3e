"""Stopped and begun again: the same bytes, nothing twice, and nothing done under other conditions."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.translate.batch.conftest import SETTINGS, RunAll, job, objects
from translate.batch.formats import Job
from translate.batch.journal import Journal, line
from translate.batch.local import by_threads
from translate.batch.records import PART_BYTES, Outcome, Part, Record, parts
from translate.batch.run import Finished, Kept, Pending, Resumed, run
from translate.batch.work import Done
from translate.engines.base import Request
from translate.engines.fake import FakeEngine
from translate.errors import ConstraintUnsupported, EngineError, FormatError
from translate.pipeline import Translator

ROOT = Path(__file__).parents[3]


@pytest.fixture
def source(tmp_path: Path, sentences: Sequence[str]) -> Path:
    path = tmp_path / "in.txt"
    path.write_text("\n".join(sentences), encoding="utf-8")
    return path


def test_stopped_anywhere_it_goes_on(run_all: RunAll, tmp_path: Path, source: Path) -> None:
    run_all([job(source, tmp_path / "whole.txt")])
    whole = (tmp_path / "whole.txt").read_bytes()
    for stop in range(1, 7):
        out = tmp_path / f"out{stop}.txt"
        done = run_all([job(source, out)], stop=stop)
        assert not out.exists()
        rest = run_all([job(source, out)])
        assert isinstance(rest[0], Resumed)
        assert rest[0].records == min(3 * len(done), 17)
        assert [d.part for d in (*done, *rest) if isinstance(d, Done)] == list(range(6))
        assert out.read_bytes() == whole
        assert not (tmp_path / f"out{stop}.txt.partial").exists()


def test_what_is_finished_is_left_alone(run_all: RunAll, tmp_path: Path, source: Path) -> None:
    both = [job(source, tmp_path / "a.txt"), job(source, tmp_path / "b.txt")]
    (tmp_path / "a.txt").write_text("mine")
    told = run_all(both)
    assert told[0] == Kept(job=both[0])
    assert (tmp_path / "a.txt").read_text() == "mine"
    assert [type(event) for event in run_all(both)] == [Kept, Kept]


def test_other_settings_are_refused(run_all: RunAll, tmp_path: Path, source: Path) -> None:
    out = tmp_path / "out.txt"
    run_all([job(source, out)], stop=2)
    with pytest.raises(FormatError, match="begun with model fake, not model other; go on with"):
        run_all([job(source, out)], model="other")
    with pytest.raises(FormatError, match="begun with --new unset, not --new 1"):
        run_all([job(source, out)], **{"--new": "1"})
    assert isinstance(run_all([job(source, out)])[-1], Finished)


@pytest.mark.parametrize("keep", [1, 3, 6])
def test_another_in_is_refused(
    run_all: RunAll, tmp_path: Path, source: Path, sentences: Sequence[str], keep: int
) -> None:
    run_all([job(source, tmp_path / "out.txt")], stop=3)
    source.write_text("\n".join(sentences[:keep]), encoding="utf-8")
    with pytest.raises(FormatError, match="was changed since"):
        run_all([job(source, tmp_path / "out.txt")])
    source.write_text("\n".join(sentences), encoding="utf-8")
    assert isinstance(run_all([job(source, tmp_path / "out.txt")])[-1], Finished)


def test_an_in_that_changes_meanwhile_is_refused(
    tmp_path: Path, source: Path, fake: Callable[..., Translator]
) -> None:
    executor = partial(by_threads, translator=fake(), threads=2)
    events = run([job(source, tmp_path / "out.txt")], SETTINGS, executor)
    assert [next(events).last for _ in range(6)] == [False] * 5 + [True]
    with source.open("a", encoding="utf-8") as file:
        file.write("\nموسكو")
    with pytest.raises(FormatError, match="was changed since"):
        next(events)
    assert not (tmp_path / "out.txt").exists()


def test_two_of_one_out_are_refused(run_all: RunAll, tmp_path: Path, source: Path) -> None:
    run_all([job(source, tmp_path / "out.txt")], stop=2)
    (tmp_path / "out.txt").touch()
    with pytest.raises(FormatError, match=r"so is out\.txt\.partial"):
        run_all([job(source, tmp_path / "out.txt")])


def test_an_old_list_of_bad_records_goes(run_all: RunAll, tmp_path: Path, source: Path) -> None:
    (tmp_path / "out.txt.bad.jsonl").write_text("of an OUT that was removed")
    run_all([job(source, tmp_path / "out.txt")])
    assert not (tmp_path / "out.txt.bad.jsonl").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of itself")
@pytest.mark.parametrize("seeds", [(1, 4), pytest.param(range(5, 25), marks=pytest.mark.slow)])
def test_a_kill_at_any_moment(tmp_path: Path, seeds: Sequence[int]) -> None:
    """Real kills, at random moments and beside every operation on the disk."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.translate.batch.killing", tmp_path, *map(str, seeds)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    kills = [int(word) for word in ran.stdout.split()]
    assert len(kills) == len(seeds)
    assert min(kills) >= 1


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.binary(max_size=3))
def test_a_journal_is_what_is_whole_of_it(
    tmp_path_factory: pytest.TempPathFactory, where: int, torn: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "journal" / "journal"
    path.unlink(missing_ok=True)
    journal = Journal(path, {"a": "b"})
    journal.open()
    ends = [path.stat().st_size]
    for number in range(4):
        journal.append(
            line(f"d{number}", [Outcome(translation="é\u2028", bad="no" * (number % 2))])
        )
        ends.append(path.stat().st_size)
    cut = where % (ends[-1] + 1)
    path.write_bytes(path.read_bytes()[:cut] + torn)
    Journal(path, {"a": "b"}).open()
    whole = max(sum(end <= cut for end in ends) - 1, 0)
    assert [saved.digest for saved in journal.saved()] == [f"d{k}" for k in range(whole)]
    journal.append(line("next", []))
    assert [saved.digest for saved in journal.saved()][-1] == "next"


@given(
    st.lists(st.integers(0, PART_BYTES), max_size=12),
    st.integers(1, 5),
)
def test_parts(sizes: list[int], most: int) -> None:
    records = [Record(bytes(size), size, 0) for size in sizes]
    made = list(parts(records, most))
    assert [r for part in made for r in part.records] == records
    assert [part.number for part in made] == list(range(len(made)))
    assert [part.last for part in made] == [False] * (len(made) - 1) + [True]
    for part in made:
        assert len(part.records) <= most
        assert sum(r.length for r in part.records[:-1]) < PART_BYTES
    assert all(part.records for part in made[:-1])


def test_a_digest_tells_records_apart() -> None:
    cuts = [(None,), (b"",), (b"a", b"b"), (b"ab",), (b"a", b"", b"b"), (b"1 1 a",), ()]
    digests = [
        Part(number=0, records=tuple(Record(d, len(d or b""), 0) for d in cut), last=False).digest
        for cut in cuts
    ]
    assert len(set(digests)) == len(cuts)


class Endless(Job):
    """A file without end, which counts what was read of it."""

    read = 0

    def parts(self) -> Iterator[Part]:
        while True:
            yield Part(number=Endless.read, records=(Record(b"x", 1, 0),), last=False)
            Endless.read += 1


def test_no_more_is_read_than_is_worked_on(tmp_path: Path, fake: Callable[..., Translator]) -> None:
    endless = Endless(source=tmp_path, target=tmp_path, format="text")
    done = by_threads([Pending(job=endless)], translator=fake(), threads=3)
    for number in range(20):
        assert next(done).part == number
        assert Endless.read <= number + 6
    done.close()


def test_order_holds_whatever_takes_long(
    run_all: RunAll, tmp_path: Path, sentences: Sequence[str]
) -> None:
    chance = random.Random(3)
    lines = [" ".join(chance.choices(sentences[:5], k=chance.randrange(1, 9))) for _ in range(60)]
    (tmp_path / "in.txt").write_text("\n".join(lines), encoding="utf-8")
    run_all([job(tmp_path / "in.txt", tmp_path / "out.txt", part_records=1)])
    run_all([job(tmp_path / "in.txt", tmp_path / "one.txt", part_records=99)])
    assert (tmp_path / "out.txt").read_bytes() == (tmp_path / "one.txt").read_bytes()


def test_a_record_that_cannot_be_decoded_is_bad_alone(
    run_all: RunAll, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_all([job(source, tmp_path / "good.txt")])
    decode = FakeEngine.decode

    def picky(engine: FakeEngine, requests: Sequence[Request], **how: Any) -> Any:
        if any("ماليار" in "".join(request.tokens) for request in requests):
            raise ConstraintUnsupported("not that name")
        return decode(engine, requests, **how)

    monkeypatch.setattr(FakeEngine, "decode", picky)
    assert run_all([job(source, tmp_path / "out.txt")])[-1].bad == 3
    good = (tmp_path / "good.txt").read_bytes().split(b"\n")
    made = (tmp_path / "out.txt").read_bytes().split(b"\n")
    assert made == [b"" if b"Maliar" in line else line for line in good]
    assert [bad["reason"] for bad in objects(tmp_path / "out.txt.bad.jsonl")] == [
        "not that name"
    ] * 3


def test_an_engine_that_fails_stops_the_run(
    run_all: RunAll, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise EngineError("out of memory")

    monkeypatch.setattr(FakeEngine, "decode", fail)
    with pytest.raises(EngineError, match="out of memory"):
        run_all([job(source, tmp_path / "out.txt")])
    assert not (tmp_path / "out.txt").exists()
