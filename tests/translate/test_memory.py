"""The translation memory: what goes in comes out, how alike it is, and a file that nothing breaks."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from glossary.arabic import fold_text
from translate.errors import FormatError, TranslateError
from translate.memory import database, retrieval, store
from translate.memory.compare import similarity
from translate.memory.store import Memory, memory_path
from translate.memory.types import MemoryMatch, MemoryUnit, Place
from translate.types import Origin, Segment, State, TranslationUnit

MOSCOW, KYIV, ARRIVED = "موسكو", "كييف", "وصل"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)

# Letters that fold, marks, digits of both kinds, punctuation, a character beyond the BMP.
words = st.text("ابتةهىيأإآؤئمركسلفون\u064e\u0651\u0640٣3a«»،.-😀", min_size=1, max_size=9)
sources = st.lists(words, min_size=1, max_size=12).map(" ".join)
targets = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    str.strip
)


def unit(
    source: str,
    target: str,
    name: str = "s1",
    *,
    state: State = "reviewed",
    origin: Origin = "human",
    note: str = "",
) -> TranslationUnit:
    segment = Segment(id=name, source=source, kind="sentence", paragraph=0)
    return TranslationUnit(segment=segment, target=target, state=state, origin=origin, note=note)


def stored(source: str, target: str, **more: object) -> MemoryUnit:
    return MemoryUnit(source=source, target=target, **more)  # type: ignore[arg-type]


def kinds(matches: Sequence[MemoryMatch]) -> list[tuple[int, str, str]]:
    return [(m.percent, m.kind, m.target) for m in matches]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def memory(path: Path) -> Iterator[Memory]:
    with Memory(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def sentences(lines: Sequence[str]) -> list[str]:
    """Of the article, long enough to be alike."""
    return [line for line in lines if len(line.split()) >= 6]


# What goes in comes out


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(pairs=st.dictionaries(sources, targets, min_size=1, max_size=8))
def test_what_was_added_is_found_exactly(pairs: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder, Memory(Path(folder) / "m.db") as memory:
        units = [unit(s, t, f"s{n}") for n, (s, t) in enumerate(pairs.items())]
        assert memory.add(units, "doc") == len(memory) == len(pairs)
        for source, target in pairs.items():
            best = memory.lookup(source)[0]
            assert (best.source, best.target, best.document) == (source, target, "doc")
            assert (best.percent, best.kind) == (100, "exact")
        assert memory.add(units, "doc") == 0


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(one=sources, other=sources, at_least=st.sampled_from([0.0, 0.5, 0.7, 0.9]))
def test_likeness_is_the_same_both_ways(one: str, other: str, at_least: float) -> None:
    """Where both are found: long sources have no trigrams, so that what is hardly alike may be missed."""
    with tempfile.TemporaryDirectory() as folder:
        percents = []
        for number, (a, b) in enumerate([(one, other), (other, one)]):
            with Memory(Path(folder) / f"{number}.db") as memory:
                memory.import_units([stored(a, "x")])
                percents.append([m.percent for m in memory.lookup(b, at_least=at_least)])
        assert percents[0] == percents[1] or not all(percents)


def test_only_the_approved_goes_in(memory: Memory) -> None:
    states: list[State] = ["initial", "translated", "reviewed", "final"]
    units = [unit(f"{MOSCOW} {n}", f"Moscow {n}", f"s{n}", state=s) for n, s in enumerate(states)]
    assert memory.add([*units, unit(KYIV, " ", "blank")], "doc") == 2
    assert [u.target for u in memory.export_units()] == ["Moscow 2", "Moscow 3"]


def test_only_the_named_segments_go_in(memory: Memory) -> None:
    units = [unit(MOSCOW, "Moscow", "a"), unit(KYIV, "Kyiv", "b"), unit(ARRIVED, "arrived", "c")]
    assert memory.add(units, "doc", only={"b"}) == 1
    (known,) = memory.export_units()
    assert known.places == (Place(document="doc", segment="b", before=MOSCOW, after=ARRIVED),)


def test_who_when_where_and_the_note_are_told(memory: Memory) -> None:
    memory.add([unit(MOSCOW, "Moscow", note="capital")], "report", who="Hanna")
    (match,) = memory.lookup(MOSCOW)
    assert (match.document, match.who, match.note) == ("report", "Hanna", "capital")
    assert match.when
    assert abs(datetime.now(UTC) - match.when) < timedelta(minutes=5)


# What kind of match


def test_another_spelling_is_99(memory: Memory) -> None:
    memory.add([unit("إيران", "Iran")], "doc")
    (match,) = memory.lookup("ايران")
    assert (match.percent, match.kind) == (99, "exact")
    assert [c.kind for c in match.difference] == ["deleted", "inserted"]
    assert memory.lookup("ايران", at_least=1) == []


def test_the_spelling_that_is_printed_comes_first(memory: Memory) -> None:
    memory.add([unit("إيران", "A", "a"), unit("ايران", "B", "b")], "doc")
    assert kinds(memory.lookup("ايران")) == [(100, "exact", "B"), (99, "exact", "A")]


def test_the_same_between_the_same_neighbours_is_101(memory: Memory) -> None:
    middle = [unit(MOSCOW, "Moscow", "b"), unit(MOSCOW, "of Moscow", "d")]
    memory.add(
        [unit(KYIV, "Kyiv", "a"), middle[0], unit(ARRIVED, "arrived", "c"), middle[1]], "doc"
    )
    assert kinds(memory.lookup(MOSCOW, before=KYIV, after=ARRIVED)) == [
        (101, "context", "Moscow"),
        (100, "exact", "of Moscow"),
    ]
    assert kinds(memory.lookup(MOSCOW, before=ARRIVED))[0] == (101, "context", "of Moscow")
    assert {m.percent for m in memory.lookup(MOSCOW)} == {100}
    assert {m.percent for m in memory.lookup(MOSCOW, before=KYIV)} == {100}


def test_every_context_of_a_translation_counts(memory: Memory) -> None:
    memory.add([unit(KYIV, "Kyiv", "a"), unit(MOSCOW, "Moscow", "b")], "one")
    memory.add([unit(ARRIVED, "arrived", "a"), unit(MOSCOW, "Moscow", "b")], "two")
    memory.add([unit("x", "x", "a"), unit(MOSCOW, "Muscovy", "b")], "three")
    for before in (KYIV, ARRIVED):
        assert memory.lookup(MOSCOW, before=before)[0].target == "Moscow"


def test_one_word_changed_is_fuzzy(memory: Memory, sentences: Sequence[str]) -> None:
    source = sentences[0]
    memory.add([unit(source, "whole sentence")], "doc")
    changed = " ".join([*source.split()[:-1], KYIV])
    (match,) = memory.lookup(changed)
    expected = int(100 * similarity(fold_text(source), fold_text(changed), 0))
    assert (match.kind, match.percent) == ("fuzzy", expected)
    assert 70 <= match.percent <= 98
    assert "".join(c.text for c in match.difference if c.kind == "inserted").strip() == KYIV


def test_what_differs_at_all_is_98_at_most(memory: Memory, sentences: Sequence[str]) -> None:
    long = " ".join(sentences[:4])
    memory.add([unit(long, "long")], "doc")
    assert memory.lookup(long + "!")[0].percent == 98


def test_the_newest_of_equals_comes_first_and_all_are_kept(memory: Memory) -> None:
    memory.import_units(
        stored(MOSCOW, target, changed=NOON + timedelta(days=days))
        for target, days in (("old", 0), ("new", 9), ("middle", 5))
    )
    assert [m.target for m in memory.lookup(MOSCOW)] == ["new", "middle", "old"]
    assert [m.target for m in memory.lookup(MOSCOW, limit=1)] == ["new"]


def test_limits(memory: Memory, sentences: Sequence[str]) -> None:
    base = sentences[0].split()
    memory.import_units(
        stored(" ".join([*base[:n], KYIV, *base[n + 1 :]]), str(n)) for n in range(6)
    )
    found = memory.lookup(sentences[0], limit=3, at_least=0.5)
    assert len(found) == 3
    assert [m.percent for m in found] == sorted((m.percent for m in found), reverse=True)
    assert memory.lookup(sentences[0], limit=0) == []
    assert memory.lookup(sentences[0], at_least=0.99) == []
    assert memory.lookup("") == memory.lookup("***") == []


def test_a_heading_with_another_letter_is_found(memory: Memory) -> None:
    """No word is the same, so that only trigrams can lead there."""
    memory.import_units([stored(f"{MOSCOW} {KYIV}", "Moscow, Kyiv")])
    assert memory.lookup(f"و{MOSCOW} و{KYIV}")[0].percent >= 75


def test_candidates_miss_next_to_nothing(memory: Memory, sentences: Sequence[str]) -> None:
    """Against a comparison with every source, changed in words and letters."""
    chance = random.Random(5)
    spare = " ".join(sentences).split()
    parts = [
        " ".join(words[at : at + size])
        for words in (line.split() for line in sentences)
        for size in (4, 8, 16)
        for at in range(0, max(len(words) - size, 1), 3)
    ]
    memory.import_units(stored(part, "x") for part in parts)
    there = found = 0
    for part in chance.sample(parts, 150):
        sought = " ".join(
            chance.choice([chance.choice(spare), "و" + w, w[1:]]) if chance.random() < 0.15 else w
            for w in part.split()
        )
        folded = fold_text(sought)
        alike = {
            p for p in set(parts) if Levenshtein.normalized_similarity(folded, fold_text(p)) >= 0.75
        }
        got = {m.source for m in memory.lookup(sought, limit=1000, at_least=0.75)}
        there, found = there + len(alike), found + len(alike & got)
        assert got <= alike
    assert there > 100
    assert found >= 0.99 * there


# Merging, correcting, removing


def test_the_same_again_only_adds_where_and_how_often(memory: Memory) -> None:
    for document in ("one", "two", "two"):
        memory.add([unit(MOSCOW, "Moscow", note=f"in {document}")], document, who=document)
    (known,) = memory.export_units()
    assert (known.used, [p.document for p in known.places]) == (2, ["one", "two"])
    assert known.notes == ("in one", "in two")
    assert (known.created_by, known.changed_by) == ("one", "two")
    assert memory.lookup(MOSCOW)[0].used == 2


def test_a_correction_takes_the_place_of_what_it_corrects(memory: Memory) -> None:
    memory.add([unit(MOSCOW, "Mosco")], "doc")
    memory.add([unit(MOSCOW, "Moscow")], "doc")
    assert [u.target for u in memory.export_units()] == ["Moscow"]


def test_a_correction_leaves_what_was_approved_elsewhere_too(memory: Memory) -> None:
    for document in ("one", "two"):
        memory.add([unit(MOSCOW, "Moskva")], document)
    memory.add([unit(MOSCOW, "Moscow")], "two")
    assert [(u.target, u.used) for u in memory.export_units()] == [("Moskva", 1), ("Moscow", 1)]


def test_a_correction_leaves_what_was_imported(memory: Memory) -> None:
    memory.import_units([stored(MOSCOW, "Moskva", used=3)])
    memory.add([unit(MOSCOW, "Moskva")], "doc")
    memory.add([unit(MOSCOW, "Moscow")], "doc")
    assert {(u.target, u.used) for u in memory.export_units()} == {("Moskva", 3), ("Moscow", 1)}


def test_what_is_no_longer_approved_is_withdrawn(memory: Memory) -> None:
    for document in ("one", "two"):
        memory.add([unit(MOSCOW, "Moscow", "a"), unit(f"{KYIV} {document}", "Kyiv", "b")], document)
    assert memory.withdraw("one", ["a", "b", "none"]) == 1
    assert [(u.target, u.used) for u in memory.export_units()] == [("Moscow", 1), ("Kyiv", 1)]
    assert memory.withdraw("two", ["a", "b"]) == 2
    assert len(memory) == 0


def test_removing(memory: Memory) -> None:
    memory.import_units([stored(MOSCOW, "a"), stored(MOSCOW, "b"), stored(KYIV, "c")])
    assert memory.remove(MOSCOW, "nothing") == 0
    assert memory.remove(MOSCOW, "a") == 1
    assert [m.target for m in memory.lookup(MOSCOW)] == ["b"]
    assert memory.remove(MOSCOW) == memory.remove(KYIV) == 1
    assert len(memory) == 0
    left = memory._connection.execute("SELECT sum(sources) FROM feature").fetchone()
    assert left == (0,)
    assert memory.lookup(MOSCOW + "و") == []


def test_info(memory: Memory) -> None:
    memory.import_units([stored(MOSCOW, "a", created=NOON), stored(MOSCOW, "b", changed=NOON)])
    memory.add([unit(KYIV, "Kyiv")], "doc")
    info = memory.info()
    assert (info.units, info.sources, info.documents, info.oldest) == (3, 2, 1, NOON)
    assert info.newest
    assert info.newest > NOON
    assert info.size > 0


# Import


def test_an_import_twice_changes_nothing(memory: Memory) -> None:
    units = [
        stored(MOSCOW, "Moscow", used=4, created=NOON, created_by="x", notes=("n",)),
        stored(MOSCOW, "Moscow", changed=NOON, changed_by="y", places=(Place(document="d"),)),
        stored(KYIV, "Kyiv"),
    ]
    assert memory.import_units(units) == 2
    once = list(memory.export_units())
    assert memory.import_units(units) == memory.import_units(once) == 0
    assert list(memory.export_units()) == once
    first = once[0]
    assert (first.used, first.created_by, first.changed_by, first.notes) == (4, "x", "y", ("n",))


def test_a_stopped_import_leaves_whole_units(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BATCH", 10)
    everything = [stored(f"{MOSCOW} {n}", str(n)) for n in range(35)]

    def stopped() -> Iterator[MemoryUnit]:
        yield from everything[:27]
        raise KeyboardInterrupt

    told: list[int] = []
    with Memory(path) as memory:
        with pytest.raises(KeyboardInterrupt):
            memory.import_units(stopped(), told.append)
        assert len(memory) == 20
        assert told == [10, 20]
        assert memory.lookup(f"{MOSCOW} 19")[0].percent == 100
        assert memory.import_units(everything) == 15
        assert len(memory) == 35
        _check(path)


def test_an_error_in_the_middle_of_a_batch_leaves_nothing_of_it(memory: Memory) -> None:
    with pytest.raises(TranslateError, match="surrogate"):
        memory.import_units([stored(MOSCOW, "Moscow"), stored(KYIV, "\ud800")])
    assert len(memory) == 0
    assert memory.lookup(MOSCOW) == []
    memory.import_units([stored(MOSCOW, "Moscow")])
    counted = memory._connection.execute("SELECT DISTINCT sources FROM feature").fetchall()
    assert counted == [(1,)]


def test_blank_units_are_left_out(memory: Memory) -> None:
    assert memory.import_units([stored(" ", "x"), stored(MOSCOW, "\n")]) == 0
    assert len(memory) == 0


def _check(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO featured (featured) VALUES ('integrity-check')")
    finally:
        connection.close()


# Threads and processes

_ADD = """
import sys
from pathlib import Path
from translate.memory.store import Memory
from translate.memory.types import MemoryUnit
path, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Memory(path) as memory:
    print("ready", flush=True)
    for n in range(count):
        units = [MemoryUnit(source=f"{who} {n}", target="x"), MemoryUnit(source=f"all {n}", target="y")]
        memory.import_units(units)
"""


def _adding(path: Path, who: str, count: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", _ADD, str(path), who, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_several_processes_write_and_one_reads(path: Path) -> None:
    """Also the making of the file, which they all begin with."""
    writers = [_adding(path, who, 15) for who in ("one", "two", "three")]
    with Memory(path) as memory:
        while any(writer.poll() is None for writer in writers):
            memory.lookup("all 3")
        for writer in writers:
            _, said = writer.communicate()
            assert writer.returncode == 0, said.decode()
        assert len(memory) == 4 * 15
        assert memory.lookup("two 7", at_least=1)[0].target == "x"
    _check(path)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_killed_writer_leaves_a_good_file(path: Path) -> None:
    writer = _adding(path, "one", 100_000)
    assert writer.stdout
    assert writer.stdout.readline() == b"ready\n"
    with Memory(path) as memory:
        while len(memory) < 6:
            pass
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
        pairs = len(memory)
        assert pairs % 2 == 0, "half of a transaction"
        memory.add([unit(MOSCOW, "Moscow")], "doc")
        assert memory.lookup(MOSCOW)[0].percent == 100
    _check(path)


def test_threads_share_one_memory(memory: Memory) -> None:
    failed: list[BaseException] = []

    def work(who: int) -> None:
        try:
            for n in range(20):
                source = f"{MOSCOW} {who} {n}"
                memory.add([unit(source, "x")], f"doc {who} {n}")
                assert memory.lookup(source, at_least=1)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(memory) == 80


def test_another_writer_is_waited_for_and_then_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.1)
    with Memory(path) as memory:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TranslateError, match=r"memory\.db: another process is writing"):
            memory.add([unit(MOSCOW, "Moscow")], "doc")
        assert memory.lookup(MOSCOW) == []
        other.execute("ROLLBACK")
        other.close()
        assert memory.add([unit(MOSCOW, "Moscow")], "doc") == 1


# The file


def _text(path: Path) -> None:
    path.write_text("this is no database\n" * 200, encoding="utf-8")


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE letters (text)")
    connection.commit()
    connection.close()


def _newer(path: Path) -> None:
    Memory(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _cut(path: Path) -> None:
    _filled(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _scribbled(path: Path) -> None:
    _filled(path)
    data = bytearray(path.read_bytes())
    for at in range(4096, len(data), 512):
        data[at : at + 64] = b"\xff" * 64
    path.write_bytes(data)


def _filled(path: Path) -> None:
    with Memory(path) as memory:
        memory.import_units(stored(f"{MOSCOW} {n}", str(n)) for n in range(2000))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_text, "not a translation memory, or a damaged one"),
        (_foreign, "a database of another program"),
        (_newer, "written by a newer Dragoman .version 99"),
        (_cut, "damaged"),
        (_scribbled, "damaged"),
        (Path.mkdir, "can't be used"),
    ],
    ids=["text", "foreign", "newer", "cut", "scribbled", "folder"],
)
def test_a_file_that_is_no_good_is_named_and_left_alone(
    path: Path, make: Callable[[Path], None], says: str
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else b""

    def use() -> None:
        with Memory(path) as memory:
            memory.lookup(f"{MOSCOW} 7")
            list(memory.export_units())
            memory.add([unit(KYIV, "Kyiv")], "doc")

    with pytest.raises(TranslateError, match=says) as raised:
        use()
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    if make in (_text, _foreign, _newer):
        assert isinstance(raised.value, FormatError)
        assert path.read_bytes() == before
        assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_an_older_file_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Memory(path) as memory:
        memory.add([unit(MOSCOW, "Moscow")], "doc")
    steps = [*database.MIGRATIONS, lambda c: c.execute("ALTER TABLE unit ADD COLUMN mood")]
    monkeypatch.setattr(database, "MIGRATIONS", tuple(steps))
    with Memory(path) as memory:
        assert memory._connection.execute("PRAGMA user_version").fetchone() == (2,)
        memory._connection.execute("SELECT mood FROM unit")
        assert memory.lookup(MOSCOW)[0].target == "Moscow"


def test_a_step_that_fails_leaves_the_older_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Memory(path).close()

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE unit ADD COLUMN mood")
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, fail))
        with pytest.raises(RuntimeError):
            Memory(path)
    with Memory(path) as memory, pytest.raises(sqlite3.OperationalError):
        memory._connection.execute("SELECT mood FROM unit")


def test_an_empty_file_becomes_a_memory(path: Path) -> None:
    path.touch()
    with Memory(path) as memory:
        assert len(memory) == 0


def test_the_users_own_memory_is_the_default() -> None:
    assert memory_path().name == "memory.db"
    with Memory() as memory:
        assert memory.path == memory_path()


def test_what_is_indexed_is_what_the_files_version_says() -> None:
    """Features are in every file there is: others need a new version and a step in MIGRATIONS."""
    assert len(database.MIGRATIONS) == 1
    assert retrieval.features(fold_text("إلى كييف ٣")) == {
        "3", "__3_", "الي", "__ال", "_الي", "_لي_", "كييف", "__كي", "_كيي", "_ييف", "_يف_",
    }  # fmt: skip
