"""What the memory knows stands for what the model would say: not decoded, judged, still to be approved."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from translate.master import Master
from translate.memory.store import Memory
from translate.memory.types import MemoryUnit, Place
from translate.pipeline import Translator
from translate.recall import recall
from translate.review import version
from translate.segment import segment
from translate.update import update
from translate.workspace import Workspace

Make = Callable[..., Translator]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory(tmp_path / "memory.db") as opened:
        yield opened


def test_a_known_segment_is_not_decoded_but_judged(fake: Make, text: str, memory: Memory) -> None:
    segments, _ = segment(text)
    memory.import_units([MemoryUnit(source=segments[2].source, target="Back to Kiev it went.")])
    translator = fake()
    plain = fake().translate(text).units
    units = translator.translate(text, keep=lambda s: recall(memory, s)).units
    known = units[2]
    assert (known.target, known.origin, known.state, known.note, known.score) == (
        "Back to Kiev it went.", "memory", "translated", "", None,
    )  # fmt: skip
    assert [v.status for v in known.verdicts] == ["missing"]
    assert translator.cost.decoded == len(units) - 1
    assert [u for u in units if u is not known] == [u for u in plain if u != plain[2]]


def test_only_what_is_printed_the_same_counts(text: str, memory: Memory) -> None:
    segments, _ = segment(text)
    source = segments[1].source
    memory.import_units(
        [
            MemoryUnit(source=source.replace("إ", "ا"), target="another spelling"),
            MemoryUnit(source=source + " و", target="fuzzy"),
        ]
    )
    assert recall(memory, segments) == {}


def test_neighbours_decide_between_two_translations(text: str, memory: Memory) -> None:
    segments, _ = segment(text)
    before, one, after = (s.source for s in segments[:3])
    place = Place(document="d", before=before, after=after)
    memory.import_units(
        [MemoryUnit(source=one, target="here", places=(place,)), MemoryUnit(source=one, target="x")]
    )
    assert recall(memory, segments)[segments[1].id].target == "here"


def test_a_person_goes_before_the_memory_and_the_memory_before_the_model(
    fake: Make, text: str, memory: Memory, tmp_path: Path
) -> None:
    segments, _ = segment(text)
    memory.import_units(MemoryUnit(source=s.source, target=f"known {s.id}") for s in segments[1:3])
    master = Master(tmp_path / "doc" / "doc.po")
    first = update(master, text, fake(), recall=lambda s: recall(memory, s))
    assert [u.origin for u in first.units[:4]] == ["mt", "memory", "memory", "mt"]
    po = master.path.read_text(encoding="utf-8")
    assert po.count("#. origin: memory") == 2
    assert po.count("#, fuzzy") == len(segments)
    entry = f'msgstr "known {segments[1].id}"'
    assert entry in po
    master.path.write_text(po.replace(entry, 'msgstr "mine"'), encoding="utf-8")

    again = update(master, text, fake(), recall=lambda s: recall(memory, s))
    assert (again.units[1].target, again.units[1].origin) == ("mine", "human")
    assert (again.units[2].origin, again.units[2].state) == ("memory", "translated")

    without = update(master, text, fake())
    assert [u.origin for u in without.units[:4]] == ["mt", "human", "mt", "mt"]


# In a workspace


@pytest.fixture
def workspace(tmp_path: Path, data: Path) -> Iterator[Workspace]:
    out = tmp_path / "out"
    shutil.copytree(data / "review" / "article", out / "article")
    terms = tmp_path / "terms.po"
    shutil.copy(data / "pipeline" / "terms.po", terms)
    made = Workspace(out=out, termbases=[terms], memory=tmp_path / "memory.db")
    yield made
    made.close()


def targets(workspace: Workspace) -> list[str]:
    assert workspace.memory
    return [unit.target for unit in workspace.memory.export_units()]


def test_what_is_approved_is_remembered_until_it_is_no_longer(workspace: Workspace) -> None:
    review = workspace.open("article")
    unit = review.document.units[1]
    name = unit.segment.id
    approved = review.approve(name, base=version(unit), target="As approved.")
    assert targets(workspace) == ["As approved."]
    (best, *_) = workspace.recalled(review, name)
    assert (best.percent, best.kind, best.document) == (101, "context", "article")
    review.undo()
    assert targets(workspace) == []
    review.redo()
    assert targets(workspace) == ["As approved."]
    corrected = review.edit(name, "Corrected.", base=version(approved))
    assert targets(workspace) == []
    review.approve(name, base=version(corrected))
    assert targets(workspace) == ["Corrected."]
    review.rejudge()
    assert workspace.memory
    assert [u.used for u in workspace.memory.export_units()] == [1]


def test_what_another_program_approves_is_remembered(workspace: Workspace) -> None:
    review = workspace.open("article")
    text = review.path.read_text(encoding="utf-8")
    review.path.write_text(text.replace("#, fuzzy\n", "", 1), encoding="utf-8")
    approved = [u.target for u in review.document.units if u.state == "reviewed"]
    assert len(approved) == 1
    assert targets(workspace) == approved


def test_a_memory_that_is_broken_stops_nobodys_work(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "memory.db").write_text("no database" * 500, encoding="utf-8")
    review = workspace.open("article")
    unit = review.document.units[0]
    assert review.approve(unit.segment.id, base=version(unit)).state == "reviewed"
    assert "state: reviewed" in review.path.read_text(encoding="utf-8")


def test_without_a_memory_nothing_is_recalled(workspace: Workspace) -> None:
    bare = Workspace(out=workspace.out, termbases=workspace.termbases)
    assert bare.memory is None
    review = bare.open("article")
    assert bare.recalled(review, review.document.units[0].segment.id) == []
