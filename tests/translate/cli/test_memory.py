"""`dragoman memory`: what was approved, from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from translate.formats.tmx import read_tmx
from translate.memory.store import Memory, memory_path
from translate.memory.types import MemoryUnit

Dragoman = Callable[..., Any]
MOSCOW, KYIV = "موسكو", "كييف"


@pytest.fixture
def reviewed(tmp_path: Path, data: Path) -> Path:
    """The folder of the reviewed article, with its first two segments approved."""
    folder = tmp_path / "out" / "article"
    folder.mkdir(parents=True)
    text = (data / "review" / "article" / "article.po").read_text(encoding="utf-8")
    (folder / "article.po").write_text(text.replace("#, fuzzy\n", "", 2), encoding="utf-8")
    return folder


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "m.db"
    with Memory(path) as memory:
        memory.import_units(
            [
                MemoryUnit(source=MOSCOW, target="Moscow", created_by="Hanna"),
                MemoryUnit(source=MOSCOW, target="Moskva"),
                MemoryUnit(source=f"{KYIV} {MOSCOW} {KYIV}", target="three"),
            ]
        )
    return path


def test_approved_segments_go_in_and_are_found(dragoman: Dragoman, reviewed: Path) -> None:
    ran = dragoman("memory", "add", reviewed, "--memory", "m.db")
    assert ran.code == 0
    assert "segments approved, 2 new in m.db" in ran.err
    with Memory(Path("m.db")) as memory:
        first, _ = memory.export_units()
    ran = dragoman("memory", "search", first.source, "--memory", "m.db", "--json")
    (found,) = map(json.loads, ran.out.splitlines())
    assert (found["percent"], found["kind"], found["target"]) == (100, "exact", first.target)
    assert found["document"] == "article"
    again = dragoman("memory", "add", reviewed / "article.po", "--memory", "m.db")
    assert "0 new" in again.err


def test_the_users_own_memory_is_the_default(dragoman: Dragoman, reviewed: Path) -> None:
    memory_path().unlink(missing_ok=True)
    try:
        assert dragoman("memory", "add", reviewed).code == 0
        assert dragoman("memory", "info").out.splitlines()[0] == f"file\t{memory_path()}"
    finally:
        memory_path().unlink(missing_ok=True)


def test_search_shows_the_difference(dragoman: Dragoman, filled: Path) -> None:
    ran = dragoman(
        "memory", "search", f"{KYIV} {MOSCOW} {MOSCOW}", "--memory", filled, "--at-least", "50"
    )
    (line,) = ran.out.splitlines()
    percent, shown, target, _ = line.split("\t")
    assert (shown, target) == (f"{KYIV} {MOSCOW} [-{KYIV}-]{{+{MOSCOW}+}}", "three")
    assert percent.endswith("%")
    ran = dragoman("memory", "search", "xyz", "--memory", filled)
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing like it by 70 %\n")


def test_export_and_import(dragoman: Dragoman, filled: Path) -> None:
    assert dragoman("memory", "export", "-o", "x.tmx", "--memory", filled).code == 0
    assert len(list(read_tmx(Path("x.tmx")))) == 3
    assert "--force" in dragoman("memory", "export", "-o", "x.tmx", "--memory", filled).error
    assert dragoman("memory", "export", "-o", "x.tmx", "--memory", filled, "--force").code == 0
    ran = dragoman("memory", "import", "x.tmx", "--memory", "new.db")
    assert (ran.code, ran.err) == (0, "x.tmx: 3 units, 3 new in new.db\n")
    assert "0 new" in dragoman("memory", "import", "x.tmx", "--memory", "new.db").err


def test_a_broken_import_takes_nothing_in(dragoman: Dragoman, filled: Path) -> None:
    dragoman("memory", "export", "-o", "x.tmx", "--memory", filled)
    data = Path("x.tmx").read_bytes()
    Path("x.tmx").write_bytes(data[:-20])
    ran = dragoman("memory", "import", "x.tmx", "--memory", "new.db")
    assert "x.tmx:" in ran.error
    assert "not well-formed" in ran.error
    assert not Path("new.db").exists()
    assert "no such file" in dragoman("memory", "import", "missing.tmx").error


def test_info(dragoman: Dragoman, filled: Path) -> None:
    ran = dragoman("memory", "info", "--memory", filled)
    facts = dict(line.split("\t") for line in ran.out.splitlines())
    assert (facts["units"], facts["sources"], facts["file"]) == ("3", "2", str(filled))


def test_remove(dragoman: Dragoman, filled: Path) -> None:
    ran = dragoman("memory", "remove", MOSCOW, "--target", "Moskva", "--memory", filled)
    assert ran.err == f"{filled}: removed 1 translation\n"
    assert "removed 1" in dragoman("memory", "remove", MOSCOW, "--memory", filled).err
    assert "no such source" in dragoman("memory", "remove", MOSCOW, "--memory", filled).error


@pytest.mark.parametrize(
    "command", [["search", "x"], ["info"], ["remove", "x"], ["export", "-o", "y"]]
)
def test_what_only_reads_makes_no_memory(dragoman: Dragoman, command: list[str]) -> None:
    ran = dragoman("memory", *command, "--memory", "none.db")
    assert "no translation memory there yet" in ran.error
    assert not Path("none.db").exists()
    assert not Path("y").exists()


def test_a_file_that_is_no_memory_is_named(dragoman: Dragoman, reviewed: Path) -> None:
    Path("x.db").write_text("no database" * 500, encoding="utf-8")
    for command in (["info"], ["search", MOSCOW], ["add", reviewed], ["export", "-o", "y"]):
        assert dragoman("memory", *command, "--memory", "x.db").error.startswith("x.db: ")
    assert Path("x.db").read_text(encoding="utf-8") == "no database" * 500
    assert not Path("y").exists()


def test_a_document_that_is_none_takes_nothing_in(dragoman: Dragoman, reviewed: Path) -> None:
    ran = dragoman("memory", "add", reviewed, "out/missing", "--memory", "m.db")
    assert "missing" in ran.error
    assert not Path("m.db").exists()
