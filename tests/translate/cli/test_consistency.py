"""`dragoman terms consistency`: the documents of folders, read together."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glossary.types import Span
from translate.master import Master
from translate.types import Alignment, Document, Segment, TranslationUnit

Dragoman = Callable[..., Any]
VETTEL = "فيتل"


def unit(number: int, source: str, target: str) -> TranslationUnit:
    """The Arabic word that stands second, aligned to what follows the first space of the English."""
    at, there = source.index(" ") + 1, target.index(" ") + 1
    alignment = Alignment(
        source_words=(Span(0, at - 1), Span(at, len(source))),
        target_words=(Span(0, there - 1), Span(there, len(target))),
        links=((0, 0), (1, 1)),
    )
    return TranslationUnit(
        segment=Segment(id=f"s{number}", source=source, kind="sentence", paragraph=number),
        target=target,
        state="translated",
        alignment=alignment,
    )


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(folder: str, *english: str, arabic: str = VETTEL) -> Path:
        name = Path(folder).name
        path = tmp_path / folder / f"{name}.po"
        path.parent.mkdir(parents=True)
        units = (unit(n, f"السائق {arabic}", f"driver {e}") for n, e in enumerate(english))
        document = Document(name=name, units=tuple(units))
        master = Master(path)
        master.write(document)
        master.write_outputs(document, ["json"])
        return path.parent

    return make


def test_a_name_in_two_documents(dragoman: Dragoman, write: Write, own: Path) -> None:
    write("out/one", "Vettel", "Vettel")
    write("out/two", "Vitel")
    ran = dragoman("terms", "consistency", "out", "-g", own)
    assert ran.code == 0
    assert ran.err == "2 documents, 1 rendered in different ways\n"
    assert ran.out.split("\n")[:4] == [
        f"{VETTEL}: 2 renderings in 3 places",
        "  Vettel: 2",
        "    one s0: driver [Vettel]",
        "    one s1: driver [Vettel]",
    ]
    assert "    two s0: driver [Vitel]\n" in ran.out


def test_the_command_it_prints_makes_the_term(dragoman: Dragoman, write: Write, own: Path) -> None:
    folder = write("out/one", "Vett'el", "Vit'el")
    ran = dragoman("terms", "consistency", folder, "-g", own)
    line = next(x for x in ran.out.splitlines() if x.strip().startswith("dragoman"))
    _, *arguments = shlex.split(line)
    assert arguments[:3] == ["terms", "add", VETTEL]
    assert arguments[3] in ("Vett'el", "Vit'el")
    assert dragoman(*arguments, "--to", "mine.po").code == 0
    assert dragoman("terms", "consistency", folder, "-g", "mine.po").code == 0


def test_one_rendering_is_nothing(dragoman: Dragoman, write: Write, own: Path) -> None:
    ran = dragoman("terms", "consistency", write("out/one", "Vettel", "Vettel"), "-g", own)
    assert (ran.code, ran.out, ran.err) == (0, "", "1 document, 0 rendered in different ways\n")


def test_json_has_all_places(dragoman: Dragoman, write: Write, own: Path) -> None:
    write("out/one", *["Vettel"] * 7, "Vitel")
    ran = dragoman("terms", "consistency", "out", "-g", own, "--json")
    (found,) = map(json.loads, ran.out.splitlines())
    assert (found["source"], found["term"]) == (VETTEL, False)
    assert [len(r["places"]) for r in found["renderings"]] == [7, 1]
    assert found["renderings"][1]["places"] == [
        {"document": "one", "segment": "s7", "source_span": [7, 11], "target_span": [7, 12]}
    ]
    assert "and 2 more" in dragoman("terms", "consistency", "out", "-g", own).out


def test_accepted_variants_only_when_asked_for(
    dragoman: Dragoman, write: Write, tmp_path: Path
) -> None:
    dragoman("terms", "add", VETTEL, "Vettel", "--variant", "Fettel", "--to", "mine.po")
    write("out/one", "Vettel", "Fettel")
    ran = dragoman("terms", "consistency", "out", "-g", "mine.po")
    assert ran.out == ""
    assert "1 more in several accepted ways" in ran.err
    ran = dragoman("terms", "consistency", "out", "-g", "mine.po", "--variants")
    assert "Fettel: 1 (accepted)" in ran.out


def test_two_documents_of_one_name_are_told_apart(
    dragoman: Dragoman, write: Write, own: Path
) -> None:
    write("a/one", "Vettel")
    write("b/one", "Vitel")
    ran = dragoman("terms", "consistency", "a", "b", "-g", own)
    assert str(Path("a/one")) in ran.out
    assert str(Path("b/one")) in ran.out


def test_a_folder_named_twice_counts_once(dragoman: Dragoman, write: Write, own: Path) -> None:
    write("out/one", "Vettel", "Vitel")
    ran = dragoman("terms", "consistency", "out", "out/one", "out/one/one.po", "-g", own)
    assert "2 renderings in 2 places" in ran.out


def test_what_a_terminal_would_obey_is_not_printed(
    dragoman: Dragoman, write: Write, own: Path
) -> None:
    folder = write("out/one", "Vettel\x1b[31m", "Vitel\u202e\u2028x")
    out = dragoman("terms", "consistency", folder, "-g", own).out
    assert not {"\x1b", "\u202e", "\u2028"} & set(out)


@pytest.mark.parametrize("given", ["nowhere", "."])
def test_nothing_to_read_is_an_error(dragoman: Dragoman, own: Path, given: str) -> None:
    ran = dragoman("terms", "consistency", given, "-g", own)
    assert ran.code == 1
    assert ran.error.startswith(f"{given}: ")
    assert "translate a text first" in ran.error
