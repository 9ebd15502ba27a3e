"""Nothing that a person wrote is lost, whatever two processes and another program do to one document.

A model follows every word that a person typed (each is written once only, so it can be found again). A word may
go only when a person who saw it wrote something else there, or took it back.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import polib
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from glossary.match import Matcher
from glossary.termbase import Termbase
from translate.errors import Conflict, ReviewError
from translate.master import Master
from translate.review import Review, version
from translate.search import Search
from translate.segment import segment
from translate.types import Document, TranslationUnit

PIPELINE = Path(__file__).parents[1] / "data" / "pipeline"
TEXT = (PIPELINE / "text.ar.txt").read_text(encoding="utf-8")
MATCHER = Matcher(Termbase.load([PIPELINE / "terms.po"]).terms)
WORD = re.compile(r"\bw\d+\b")
ELSEWHERE = re.compile("^elsewhere: (.*)", re.M)

SIDES = st.sampled_from([0, 1])
ANY = st.integers(0, 1000)


def seen(document: Document) -> list[tuple[str, ...]]:
    return [
        (u.segment.id, u.segment.source, u.target, u.state, u.note, u.elsewhere, *sorted(u.ignored))
        for u in document.units
    ]


def words_of(units: tuple[TranslationUnit, ...]) -> set[str]:
    return set(WORD.findall("\n".join(f"{u.target}\n{u.note}\n{u.elsewhere}" for u in units)))


def words_in(po: polib.POFile) -> set[str]:
    return {
        word
        for e in po
        for text in (e.msgstr, e.tcomment, *ELSEWHERE.findall(e.comment))
        for word in WORD.findall(text)
    }


class Poedit:
    """Another program: it knows no lock, and saves what it loaded with what its user did."""

    def __init__(self, path: Path) -> None:
        self.po = polib.pofile(str(path))
        self.overwritten: set[str] = set()
        self.typed: set[str] = set()
        self.open = [e for e in self.po if not e.obsolete]

    def write(self, n: int, text: str) -> None:
        entry = self.open[n % len(self.open)]
        self.overwritten |= set(WORD.findall(entry.msgstr))
        self.typed |= set(WORD.findall(text))
        entry.msgstr = text

    def copy(self, n: int) -> None:
        if waiting := [i for i, e in enumerate(self.open) if ELSEWHERE.search(e.comment)]:
            at = waiting[n % len(waiting)]
            self.write(at, ELSEWHERE.findall(self.open[at].comment)[0])

    def note(self, n: int, text: str) -> None:
        entry = self.open[n % len(self.open)]
        self.typed |= set(WORD.findall(text))
        entry.tcomment = "\n".join(filter(None, [entry.tcomment, text]))

    def toggle(self, n: int) -> None:
        entry = self.open[n % len(self.open)]
        if entry.msgstr:
            entry.flags = [f for f in entry.flags if f != "fuzzy"] if entry.fuzzy else ["fuzzy"]


@settings(
    max_examples=40,
    stateful_step_count=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
class Together(RuleBasedStateMachine):
    @initialize()
    def translated(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "d" / "d.po"
        segments, after = segment(TEXT)
        units = tuple(
            TranslationUnit(
                segment=s, target=f"Machine {i} Moscow.", state="translated", score=-0.5
            )
            for i, s in enumerate(segments)
        )
        master = Master(self.path)
        document = Document(name="d", units=units, after=after)
        master.write(document)
        master.write_outputs(document, ["json"])
        self.reviews = [self.opened(), self.opened()]
        self.poedit = Poedit(self.path)
        self.alive: set[str] = set()
        self.count = 0

    def opened(self) -> Review:
        return Review(Master(self.path), lambda: MATCHER)

    def word(self) -> str:
        self.count += 1
        return f"w{self.count}"

    def pick(self, side: int, n: int) -> tuple[Review, TranslationUnit]:
        review = self.reviews[side]
        units = review.document.units
        return review, units[n % len(units)]

    def typed(self, review: Review, before: set[str]) -> None:
        """What went was seen by who made it go."""
        after = words_of(review.document.units)
        self.alive -= before - after
        self.alive |= after - before

    # Two people in two processes of ours

    @rule(side=SIDES, n=ANY, approve=st.booleans())
    def edit(self, side: int, n: int, approve: bool) -> None:
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        text = f"{self.word()} to Moscow {self.word()}"
        if approve:
            new = review.approve(unit.segment.id, base=version(unit), target=text)
        else:
            new = review.edit(unit.segment.id, text, base=version(unit))
        assert (new.target, new.note, new.elsewhere) == (text, unit.note, unit.elsewhere)
        assert new.kept
        self.typed(review, before)

    @rule(side=SIDES, n=ANY)
    def stale_edit(self, side: int, n: int) -> None:
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        review.edit(unit.segment.id, self.word(), base=version(unit))
        self.typed(review, before)
        with pytest.raises(Conflict) as caught:
            review.edit(unit.segment.id, "lost", base=version(unit))
        assert caught.value.unit == review.unit(unit.segment.id)

    @rule(side=SIDES, n=ANY, back=st.booleans())
    def approve(self, side: int, n: int, back: bool) -> None:
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        act = review.reopen if back else review.approve
        if unit.target:
            act(unit.segment.id, base=version(unit))
        assert words_of(review.document.units) == before

    @rule(side=SIDES, n=ANY)
    def back_to_the_machine(self, side: int, n: int) -> None:
        review, unit = self.pick(side, n)
        if unit.machine:
            before = words_of(review.document.units)
            assert not review.edit(unit.segment.id, unit.machine, base=version(unit)).kept
            self.typed(review, before)

    @rule(side=SIDES, n=ANY)
    def comment(self, side: int, n: int) -> None:
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        note = f"{unit.note}\n{self.word()}"
        review.comment(unit.segment.id, note, base=version(unit))
        self.typed(review, before)

    @rule(
        side=SIDES,
        n=ANY,
        check=st.sampled_from(["numbers", "dates"]),
        back=st.booleans(),
        in_step=st.booleans(),
    )
    def ignore(self, side: int, n: int, check: str, back: bool, in_step: bool) -> None:
        other = self.reviews[1 - side]
        if in_step:  # what the other process did is known here, so that it takes over what comes
            _ = other.document
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        act = review.heed if back else review.ignore
        new = act(unit.segment.id, check, base=version(unit))
        assert new.ignored == (unit.ignored - {check} if back else unit.ignored | {check})
        assert words_of(review.document.units) == before
        if in_step:
            assert other.unit(unit.segment.id).ignored == new.ignored

    @rule(side=SIDES, n=ANY, at=ANY)
    def split(self, side: int, n: int, at: int) -> None:
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        with suppress(ReviewError):
            review.split(unit.segment.id, at % len(unit.segment.source), base=version(unit))
        assert words_of(review.document.units) == before

    @rule(side=SIDES, n=ANY)
    def join(self, side: int, n: int) -> None:
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        with suppress(ReviewError):
            review.join(unit.segment.id, base=version(unit))
        assert words_of(review.document.units) == before

    @rule(side=SIDES, take=st.sampled_from(["mine", "elsewhere"]))
    def decide(self, side: int, take: str) -> None:
        review = self.reviews[side]
        before = words_of(review.document.units)
        for unit in review.document.units:
            if unit.elsewhere:
                review.decide(unit.segment.id, take=take)  # type: ignore[arg-type]
        assert not any(u.elsewhere for u in review.document.units)
        self.typed(review, before)

    @rule(side=SIDES, n=ANY)
    def type_the_same(self, side: int, n: int) -> None:
        """Then there is nothing to decide any more."""
        review = self.reviews[side]
        if waiting := [u for u in review.document.units if u.elsewhere]:
            unit = waiting[n % len(waiting)]
            before = words_of(review.document.units)
            new = review.edit(unit.segment.id, unit.elsewhere, base=version(unit))
            assert (new.target, new.elsewhere) == (unit.elsewhere, "")
            self.typed(review, before)

    @rule(side=SIDES, word=ANY)
    def replace(self, side: int, word: int) -> None:
        review = self.reviews[side]
        before = words_of(review.document.units)
        search = Search(target=f"w{word % (self.count + 1)}", whole_words=True)
        review.replace(search, self.word())
        self.typed(review, before)

    @rule(side=SIDES, n=ANY)
    def put(self, side: int, n: int) -> None:
        review, unit = self.pick(side, n)
        before = words_of(review.document.units)
        new = TranslationUnit(segment=unit.segment, target=f"Anew {n} Moscow", state="translated")
        assert bool(review.put([new], "anew")) != unit.kept
        assert words_of(review.document.units) == before

    @rule(side=SIDES, again=st.booleans())
    def undo(self, side: int, again: bool) -> None:
        review = self.reviews[side]
        before = words_of(review.document.units)
        try:
            _ = review.redo() if again else review.undo()
        except ReviewError:
            assert words_of(review.document.units) == before
        self.typed(review, before)

    @rule(side=SIDES)
    def kill(self, side: int) -> None:
        """What Poedit overwrote before we could look is gone with who knew of it."""
        dead = self.reviews[side]
        self.reviews[side] = self.opened()
        only_there = words_of(dead._document.units) - self.known()
        self.alive -= only_there

    def known(self) -> set[str]:
        there = words_in(polib.pofile(str(self.path))) if self.path.exists() else set()
        return there.union(
            *(words_of(r._document.units) for r in self.reviews),
            *(
                WORD.findall(f"{e.target}\n{e.note}\n{e.elsewhere}")
                for r in self.reviews
                for e in r._master.known.entries
            ),
        )

    @rule()
    def flush(self) -> None:
        self.reviews[0].flush()

    # Someone in another program

    @rule()
    def poedit_loads(self) -> None:
        self.poedit = Poedit(self.path)

    @rule(n=ANY)
    def poedit_writes(self, n: int) -> None:
        self.poedit.write(n, f"{self.word()} Moscow")

    @rule(n=ANY)
    def poedit_copies(self, n: int) -> None:
        """The other version, which it shows as a comment."""
        self.poedit.copy(n)

    @rule(n=ANY)
    def poedit_notes(self, n: int) -> None:
        self.poedit.note(n, self.word())

    @rule(n=ANY)
    def poedit_toggles(self, n: int) -> None:
        self.poedit.toggle(n)

    @rule()
    def poedit_saves(self) -> None:
        self.poedit.po.save(str(self.path))
        self.alive |= self.poedit.typed
        self.alive -= self.poedit.overwritten
        self.poedit.typed.clear()
        self.alive &= self.known()  # what no running process had read can't come back

    @rule()
    def deleted(self) -> None:
        self.path.unlink()
        self.alive &= self.known()
        assert seen(self.reviews[0].document)

    # What must hold

    @rule()
    def settle(self) -> None:
        one, two = self.reviews
        for review in (one, two, one):
            document = review.document
        assert seen(document) == seen(two.document) == seen(self.opened().document)
        for review in (one, two, self.opened()):
            check(review.document)
        found = words_in(polib.pofile(str(self.path)))
        assert self.alive <= found, f"lost: {self.alive - found}"
        assert words_of(document.units) <= found
        assert not [e.msgctxt for e in polib.pofile(str(self.path)) if "~" in e.msgctxt]

    def teardown(self) -> None:
        if hasattr(self, "reviews"):
            try:
                self.settle()
            finally:
                self.folder.cleanup()


def check(document: Document) -> None:
    text = "".join(u.segment.before + u.segment.source for u in document.units) + document.after
    assert text == TEXT
    assert len({u.segment.id for u in document.units}) == len(document.units)
    for unit in document.units:
        matches = MATCHER.match(unit.segment.source)
        assert [v.constraint.match for v in unit.verdicts] == list(matches)
        for span in (v.span for v in unit.verdicts):
            assert span is None or 0 <= span.start < span.end <= len(unit.target)


TestTogether = Together.TestCase


# Met by chance


@pytest.fixture
def together() -> Iterator[Together]:
    machine = Together()
    machine.translated()
    yield machine
    machine.teardown()


@pytest.mark.parametrize("in_step", [False, True])
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("spoil", [Together.deleted, Together.poedit_saves])
def test_a_persons_words_come_back_from_who_wrote_them(
    together: Together, spoil: Callable[[Together], None], back: bool, in_step: bool
) -> None:
    here, there = together.reviews
    together.stale_edit(side=1, n=0)
    spoil(together)  # as it was before the edit, or not at all
    together.ignore(side=0, n=0, check="numbers", back=back, in_step=in_step)
    assert words_of(here.document.units) == ({"w1"} if in_step else set())
    assert words_of(there.document.units) == words_of(here.document.units) == {"w1"}
    assert words_in(polib.pofile(str(together.path))) == {"w1"}


@pytest.mark.parametrize("in_step", [False, True])
@pytest.mark.parametrize("spoil", [Together.deleted, Together.poedit_saves])
def test_a_persons_cut_comes_back_from_who_made_it(
    together: Together, spoil: Callable[[Together], None], in_step: bool
) -> None:
    here, there = together.reviews
    uncut = [unit.segment.id for unit in here.document.units]
    together.split(side=1, n=0, at=8)
    spoil(together)
    together.ignore(side=0, n=0, check="numbers", back=False, in_step=in_step)
    cut = [f"{uncut[0]}.1", f"{uncut[0]}.2", *uncut[1:]]
    assert [unit.segment.id for unit in there.document.units] == cut
    assert [unit.segment.id for unit in here.document.units] == cut


@pytest.mark.parametrize("who", ["edits", "approves", "replaces", "cuts", "Poedit"])
def test_who_writes_what_the_other_did_has_decided(together: Together, who: str) -> None:
    """What stood in the view of who did it was another thing than in the file and in all other views."""
    together.poedit.write(0, "w1 Moscow")
    review, unit = together.pick(0, 0)
    text = "w1 Moscow w2" if who == "cuts" else "w2 Moscow"
    review.edit(unit.segment.id, text, base=version(unit))
    together.poedit.po.save(str(together.path))
    review, unit = together.pick(0, 0)
    assert (unit.target, unit.elsewhere) == (text, "w1 Moscow")
    if who == "edits":
        review.edit(unit.segment.id, "w1 Moscow", base=version(unit))
    elif who == "approves":
        review.approve(unit.segment.id, target="w1 Moscow", base=version(unit))
    elif who == "replaces":
        review.replace(Search(target="w2", whole_words=True), "w1")
    elif who == "cuts":
        review.split(unit.segment.id, 8, target_at=len("w1 Moscow"), base=version(unit))
    else:
        together.poedit_loads()
        together.poedit_copies(0)
        together.poedit_saves()
    for one in (review, together.reviews[1], together.opened()):
        first = one.document.units[0]
        assert (first.target, first.elsewhere) == ("w1 Moscow", "")
