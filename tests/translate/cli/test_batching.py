"""`dragoman batch`: which files become which, and what is said."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from translate.cli import remarks
from translate.cli.batching import _Figures
from translate.cli.remarks import Meter

Dragoman = Callable[..., Any]
FAST = ("--beam", "1")


@pytest.fixture
def records(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "news.jsonl"
    lines = [line for line in text.split("\n") if line]
    path.write_text("".join(json.dumps({"n": n, "text": s}) + "\n" for n, s in enumerate(lines)))
    return path


def test_a_file_becomes_a_file(dragoman: Dragoman, records: Path, own: Path) -> None:
    ran = dragoman("batch", records, "out.jsonl", "-g", own, *FAST)
    assert (ran.code, ran.out) == (0, "")
    assert "out.jsonl: 5 records\n" in ran.err
    made = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [record["n"] for record in made] == [0, 1, 2, 3, 4]
    assert "Hanna Maliar" in made[2]["translation"]
    again = dragoman("batch", records, "out.jsonl", "-g", own, *FAST)
    assert (again.code, again.err) == (
        0, "out.jsonl: is there already, left alone; remove it to begin anew\n",
    )  # fmt: skip


def test_a_folder_becomes_a_folder(dragoman: Dragoman, tmp_path: Path, text: str) -> None:
    for name in ("a.txt", "deep/a.txt", "deep/b.csv"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("موسكو\n\xa0\n" if name != "a.txt" else "\n")
    ran = dragoman("batch", "in", "out", *FAST)
    assert ran.code == 0, ran.err
    assert "in: left out files of other kinds: 1, such as b.csv" in ran.err
    assert sorted(str(p) for p in Path("out").rglob("*.*")) == ["out/a.txt", "out/deep/a.txt"]
    assert Path("out/deep/a.txt").read_text().startswith("Moscow\n")
    assert Path("out/deep/a.txt").read_text().count("\n") == 2


def test_a_part_with_other_terms_is_refused(
    dragoman: Dragoman, records: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("translate.batch.run._Making.finish", lambda _: sys.exit(9))
        assert dragoman("batch", records, "out.jsonl", "-g", own, *FAST).code == 9
    ran = dragoman("batch", records, "out.jsonl", "--no-glossary", *FAST)
    assert "out.jsonl.partial: was begun with termbase" in ran.error
    assert "remove this folder to begin anew" in ran.error
    ran = dragoman("batch", records, "out.jsonl", "-g", own, *FAST)
    assert "out.jsonl: going on after 5 records\nout.jsonl: 5 records\n" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["news.jsonl"], "name at least one IN, and OUT"),
        (["gone.jsonl", "out.jsonl"], "gone.jsonl: no such file or folder"),
        (["news.jsonl", "out.txt"], "out.txt: of news.jsonl OUT is jsonl too"),
        (["news.jsonl", "news.jsonl"], "news.jsonl is IN and OUT"),
        (["news.jsonl", "."], "news.jsonl is IN and OUT"),
        (["news.jsonl", "a.txt", "news.jsonl"], "news.jsonl is a file"),
        (["news.jsonl", "sub/news.jsonl", "out"], "would both be written to out/news.jsonl"),
        (["sub", "sub/out"], "lies in sub"),
        (["empty", "out"], "empty: no file of a batch in it (.jsonl"),
        (["x.csv", "out"], "x.csv: no kind of file that a batch reads (.jsonl"),
        (["--ray", "news.jsonl", "a.txt", "out"], "--ray took 'news.jsonl' for the address"),
        (["news.jsonl", "out.jsonl", "-g", "x", "--no-glossary"], "contradict each other"),
    ],
)
def test_what_cannot_be(
    dragoman: Dragoman, records: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    for name in ("a.txt", "x.csv", "sub/news.jsonl", "empty/x.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    before = records.read_bytes()
    assert message in dragoman("batch", *arguments).error
    assert records.read_bytes() == before


@pytest.mark.parametrize(
    ("library", "arguments", "extra"),
    [
        ("pyarrow", ["a.parquet", "b.parquet"], "batch"),
        ("pyarrow", ["a.txt.zst", "b.txt"], "batch"),
        ("ray", ["news.jsonl", "out.jsonl", "--ray"], "ray"),
    ],
)
def test_a_library_that_is_not_there(
    dragoman: Dragoman,
    records: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    library: str,
    arguments: list[str],
    extra: str,
) -> None:
    (tmp_path / "a.parquet").touch()
    (tmp_path / "a.txt.zst").touch()
    for name in [m for m in sys.modules if m.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    error = dragoman("batch", *arguments, *FAST).error
    assert f"needs {library}, which is not installed" in error
    assert f"pip install 'dragoman[{extra}]'" in error


def test_help_loads_nothing_heavy() -> None:
    heavy = {"torch", "ctranslate2", "ray", "pyarrow", "transformers"}
    code = f"""
import sys
from translate.cli import main
try:
    main(["batch", "--help"])
finally:
    print(*({heavy} & set(sys.modules)), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "IN… OUT" in ran.stdout
    assert ran.stderr == "\n"


def test_the_time_left_counts_this_run_only() -> None:
    figures = _Figures(total=100, known=20, passed=10)  # of 10 done and 10 begun before
    assert figures.share(10) == 0
    assert figures.share(50) == 0.5
    figures.passed = 100
    assert figures.share(0) == 1


def test_the_meter(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([0.0, 30.0, 100.0, 130.0])
    monkeypatch.setattr(remarks.time, "perf_counter", lambda: next(clock))
    meter = Meter()
    meter.tell(1, 1, 0.1)  # too soon for a pipe
    meter.tell(12_345, 5_000, 0.25)
    meter.tell(20_000, 9_000, 0.3)
    assert capsys.readouterr().err == "12,345 records, 50 words/s, 0:05:00 left\n"


def test_the_meter_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with remarks.meter() as meter:
        meter.tell(1, 0, 0.0)
        meter.say("a.txt: 1 records")
    assert capsys.readouterr().err == (
        "\r1 records, 0 words/s\x1b[K" + "\r\x1b[Ka.txt: 1 records\n" + "\r\x1b[K"
    )
