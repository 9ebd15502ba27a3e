"""Documents, termbases and a model in one place, from any thread."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import polib
import pytest

from glossary.errors import GlossaryError
from translate.adherence import violates
from translate.errors import Cancelled, TranslateError, UnknownDocument
from translate.pipeline import Translator
from translate.review import version
from translate.types import Alignment, TranslationUnit
from translate.workspace import Workspace

Make = Callable[..., Translator]
PIPELINE = Path(__file__).parents[1] / "data" / "pipeline"


@pytest.fixture
def terms_file(tmp_path: Path) -> Path:
    return Path(shutil.copy(PIPELINE / "terms.po", tmp_path / "terms.po"))


@pytest.fixture
def workspace(tmp_path: Path, terms_file: Path, fake: Make) -> Iterator[Workspace]:
    """With a fake engine behind it."""
    made = Workspace(out=tmp_path / "out", termbases=[terms_file])
    made._translators[None] = fake()
    yield made
    made.close()


def test_an_empty_folder(workspace: Workspace) -> None:
    assert workspace.documents() == []
    assert not workspace.out.exists()
    with pytest.raises(UnknownDocument, match="'news'"):
        workspace.open("news")


def test_documents_are_counted_and_the_newest_is_first(workspace: Workspace, text: str) -> None:
    one = workspace.create("one", text)
    workspace.create("two", text)
    unit = one.document.units[0]
    one.approve(unit.segment.id, base=version(unit))
    first, second = workspace.documents()
    assert (first.name, first.segments, first.reviewed) == ("one", 6, 1)
    assert (second.name, second.reviewed) == ("two", 0)
    assert (first.occurrences, first.agreed) == (6, 6)
    unit = one.document.units[1]
    one.edit(unit.segment.id, "nowhere", base=version(unit))
    assert (workspace.documents()[0].occurrences, workspace.documents()[0].agreed) == (6, 5)
    (workspace.out / "two" / "two.po").write_text("<<<<<<< HEAD\n")
    assert "not a line of a PO file" in workspace.documents()[0].error
    (workspace.out / "stray.po").write_text("")
    (workspace.out / "two" / "other.po").write_text("")
    assert [e.name for e in workspace.documents()] == ["two", "one"]


def test_a_master_from_outside(workspace: Workspace, text: str, tmp_path: Path) -> None:
    workspace.create("one", text)
    shutil.copytree(workspace.out / "one", tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "one.po").rename(tmp_path / "elsewhere" / "elsewhere.po")
    assert workspace.add(tmp_path / "elsewhere") == "elsewhere"
    assert workspace.add(tmp_path / "elsewhere" / "elsewhere.po") == "elsewhere"
    assert workspace.open("elsewhere").path == tmp_path / "elsewhere" / "elsewhere.po"
    assert {e.name for e in workspace.documents()} == {"one", "elsewhere"}
    assert workspace.add(workspace.out / "one") == "one"
    shutil.copy(workspace.out / "one" / "one.po", tmp_path / "one.po")
    with pytest.raises(TranslateError, match="another document 'one'"):
        workspace.add(tmp_path / "one.po")
    with pytest.raises(UnknownDocument):
        workspace.add(tmp_path / "none.po")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../one", "one/../one", "/etc/passwd", "a\\b", "a\0b", "a\nb", "\ud800", "x" * 300],
)  # fmt: skip
def test_a_name_leads_nowhere_else(workspace: Workspace, text: str, name: str) -> None:
    workspace.create("one", text)
    for act in (workspace.open, lambda n: workspace.create(n, text)):
        with pytest.raises(UnknownDocument):
            act(name)


@pytest.mark.parametrize("name", ["مقال", "a b", "a+b", "%2e%2e", "x" * 200, "a.po", "-rf"])
def test_any_other_name_will_do(workspace: Workspace, text: str, name: str) -> None:
    assert workspace.create(name, text).name == name
    assert workspace.open(name).name == name
    assert [e.name for e in workspace.documents()] == [name]


def test_one_review_a_document(workspace: Workspace, text: str) -> None:
    workspace.create("one", text)
    workspace._reviews.clear()
    with ThreadPoolExecutor(8) as pool:
        reviews = list(pool.map(lambda _: workspace.open("one"), range(16)))
    assert len({id(review) for review in reviews}) == 1


def test_a_changed_termbase_is_reloaded(workspace: Workspace, text: str, terms_file: Path) -> None:
    review = workspace.create("one", text)
    before = workspace.glossary()
    assert workspace.glossary() is before
    po = polib.pofile(str(terms_file))
    po.find("موسكو").msgstr = "Moskva"
    po.save()
    after = workspace.glossary()
    assert after.termbase.fingerprint != before.termbase.fingerprint
    statuses = [v.status for u in review.document.units for v in u.verdicts]
    assert statuses.count("missing") == 4
    names = [u.segment.id for u in review.document.units if any(map(violates, u.verdicts))]
    approved = review.unit(names[0])
    review.approve(names[0], base=version(approved))
    new = workspace.retranslate(review, names)
    assert [u.segment.id for u in new] == names[1:]
    assert "Moskva" in review.unit(names[1]).target
    assert review.unit(names[0]).target == approved.target


def test_a_broken_termbase_keeps_the_last_good_one(
    workspace: Workspace, text: str, terms_file: Path
) -> None:
    review = workspace.create("one", text)
    good, whole = workspace.glossary(), terms_file.read_bytes()
    terms_file.write_bytes(whole + b'msgid "open\n')
    assert workspace.glossary().termbase is good.termbase
    assert "terms.po" in workspace.glossary().error
    assert [v.status for u in review.document.units for v in u.verdicts] == ["satisfied"] * 6
    terms_file.write_bytes(whole)
    assert workspace.glossary().error == ""
    terms_file.unlink()  # one's own termbase may be missing: there are no terms then
    assert not workspace.glossary().termbase.terms
    terms_file.write_bytes(b'msgid "open\n')
    fresh = Workspace(out=workspace.out, termbases=[terms_file])
    with pytest.raises(GlossaryError):
        fresh.glossary()


def test_which_termbase_is_ones_own(tmp_path: Path, terms_file: Path) -> None:
    shipped = Workspace(out=tmp_path)
    assert shipped.own == shipped.termbases[0]
    assert not shipped.own.exists()
    assert len(shipped.glossary().termbase.terms) > 3000
    assert Workspace(out=tmp_path, termbases=[terms_file]).own == terms_file
    given = Workspace(out=tmp_path, termbases=shipped.termbases[1:])
    assert given.own == given.termbases[0] == shipped.own


def test_create_cancelled_writes_nothing(workspace: Workspace, text: str) -> None:
    told: list[int] = []
    with pytest.raises(Cancelled):
        workspace.create("one", text, progress=lambda *c: told.append(c[0]), cancelled=lambda: True)
    assert told == [0]
    assert not workspace.out.exists()
    assert workspace.create("one", text, cancelled=lambda: False).name == "one"


def test_create_again_keeps_a_persons_work(workspace: Workspace, text: str) -> None:
    review = workspace.create("one", text)
    first, second, *_ = (u.segment.id for u in review.document.units)
    review.edit(first, "mine", base=version(review.unit(first)))
    review.split(second, 9, base=version(review.unit(second)))
    before = [(u.segment.id, u.target, u.state) for u in review.document.units]
    assert workspace.create("one", text) is review
    assert [(u.segment.id, u.target, u.state) for u in review.document.units] == before
    workspace.create("one", text + "\nعاد.\n")
    after = [(u.segment.id, u.target, u.state) for u in review.document.units]
    assert after[:-1] == before
    assert review.document.units[-1].target == "returned."


def test_close_brings_the_files_up_to_date(workspace: Workspace, text: str) -> None:
    workspace.create("broken", text).path.write_text("<<<<<<< HEAD\n")
    review = workspace.create("one", text)
    name = review.document.units[0].segment.id
    review.edit(name, "A title of mine", base=version(review.unit(name)))
    workspace.close()
    assert "A title of mine" in (workspace.out / "one" / "one.html").read_text("utf-8")


# With the starter


def check(unit: TranslationUnit, found: Alignment) -> None:
    for spans, text in (
        (found.source_words, unit.segment.source),
        (found.target_words, unit.target),
    ):
        assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert all(a.end <= b.start for a, b in pairwise(spans))
    for s, t in found.links:
        assert s in range(len(found.source_words))
        assert t in range(len(found.target_words))


def test_alternatives_are_distinct_and_judged(
    tmp_path: Path, translator: Translator, terms_file: Path, text: str
) -> None:
    workspace = Workspace(out=tmp_path / "out", termbases=[terms_file])
    workspace._translators[None] = translator
    review = workspace.create("one", text)
    unit = review.document.units[1]
    found = workspace.alternatives(review, unit.segment.id, 4)
    assert 2 <= len(found) <= 4
    assert len({u.target for u in found}) == len(found)
    violated = [sum(map(violates, u.verdicts)) for u in found]
    assert violated == sorted(violated)
    for one in found:
        assert one.segment == unit.segment
        assert [v.constraint for v in one.verdicts] == [v.constraint for v in unit.verdicts]
        assert one.alignment
        check(one, one.alignment)
    assert review.unit(unit.segment.id) == unit


@pytest.mark.parametrize(
    "target", ["He came to Moscow, then.", "“Moscow”—…", "😀 \u0416", "a" * 3000, "", " "]
)
def test_aligned_stays_inside_of_its_texts(
    tmp_path: Path, translator: Translator, terms_file: Path, text: str, target: str
) -> None:
    workspace = Workspace(out=tmp_path / "out", termbases=[terms_file])
    workspace._translators[None] = translator
    review = workspace.create("one", "\n".join(text.split("\n")[2:3]))
    unit: Any = review.document.units[0]
    assert workspace.aligned(review, unit.segment.id) == unit.alignment
    found = workspace.aligned(review, unit.segment.id, target)
    if found:
        check(review.judged(unit.segment.id, target), found)
    assert found or not target.startswith("He")
