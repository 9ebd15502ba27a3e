"""TMX: nothing both sides can express is lost, other programs read it, and bad files are one clear line."""

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translate.formats.conftest import NASTY
from translate.errors import FormatError
from translate.formats import writer
from translate.formats.tmx import Skipped, read_tmx, write_tmx
from translate.memory.store import Memory
from translate.memory.types import Extra, MemoryUnit, Place
from translate.types import Document

DTD = Path(__file__).parents[4] / "shared" / "schemas" / "tmx-1.4b" / "tmx14.dtd"
MOSCOW, KYIV, ARRIVED = "موسكو", "كييف", "وصل"
NOON = datetime(2024, 5, 1, 12, 30, 15, tzinfo=UTC)

_XML = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
    lambda c: c >= " " or c in "\t\n\r"
)
texts = st.text(_XML, max_size=12)
filled = texts.filter(str.strip)
dates = st.none() | st.datetimes(
    min_value=datetime(1000, 1, 1), max_value=datetime(9999, 1, 1), timezones=st.just(UTC)
).map(lambda date: date.replace(microsecond=0))
places = st.builds(Place, document=texts, segment=texts, before=texts, after=texts).filter(
    lambda place: any((place.document, place.segment, place.before, place.after))
)
extras = st.builds(
    Extra,
    where=st.sampled_from(["tu", "source", "target"]),
    kind=st.just("prop"),
    name=texts.map(lambda t: "x-mine" + t),
    text=texts,
) | st.builds(Extra, where=st.sampled_from(["source", "target"]), kind=st.just("note"), text=texts)
units = st.builds(
    MemoryUnit,
    source=filled,
    target=filled,
    id=texts,
    notes=st.lists(texts, max_size=2).map(tuple),
    places=st.lists(places, max_size=3).map(tuple),
    used=st.integers(1, 999),
    created=dates,
    created_by=texts,
    changed=dates,
    changed_by=texts,
    extras=st.lists(extras, max_size=3).map(
        lambda found: tuple(sorted(found, key=lambda e: ("target", "tu", "source").index(e.where)))
    ),
)

FULL = MemoryUnit(
    source=f"{ARRIVED} <{MOSCOW}> & \"'",
    target="Arrived\r\nin\tMoscow ]]>",
    id="42",
    notes=("first", "second\nline"),
    places=(
        Place(document="article", segment="p1s1", before=KYIV, after=MOSCOW),
        Place(document="", segment="p2s1", before=KYIV),
        Place(document="other", after="<seg>"),
    ),
    used=7,
    created=NOON,
    created_by="Hanna",
    changed=NOON.replace(year=2025),
    changed_by="<Peskov>",
    extras=(
        Extra(where="target", kind="prop", name="x-quality", text="good"),
        Extra(where="tu", kind="attribute", name="segtype", text="sentence"),
        Extra(where="tu", kind="prop", name="client", text="A & B"),
        Extra(where="source", kind="note", text="of the source"),
    ),
)


def written(*units: MemoryUnit) -> bytes:
    file = io.BytesIO()
    assert write_tmx(units, file, version="1.0") == len(units)
    return file.getvalue()


def read(path: Path, data: bytes) -> list[MemoryUnit]:
    path.write_bytes(data)
    return list(read_tmx(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.tmx"


def tmx(body: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<tmx version="1.4"><header/><body>{body}</body></tmx>'


def tu(source: str = MOSCOW, target: str = "Moscow", more: str = "", on: str = "") -> str:
    return (
        f'<tu{on}>{more}<tuv xml:lang="ar"><seg>{source}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{target}</seg></tuv></tu>'
    )


# Round trips


@given(unit=units)
def test_nothing_is_lost(tmp_path_factory: pytest.TempPathFactory, unit: MemoryUnit) -> None:
    path = tmp_path_factory.getbasetemp() / "property.tmx"
    assert read(path, written(unit)) == [unit]


def test_through_a_memory_and_back(tmp_path: Path, path: Path) -> None:
    several = [
        FULL,
        MemoryUnit(source=FULL.source, target="other"),
        MemoryUnit(source=KYIV, target="K"),
    ]
    path.write_bytes(written(*several))
    with Memory(tmp_path / "one.db") as one, Memory(tmp_path / "two.db") as two:
        assert one.import_units(read_tmx(path)) == 3
        data = written(*one.export_units())
        assert read(path, data) == several
        two.import_units(read_tmx(path))
        assert written(*two.export_units()) == data


@pytest.mark.parametrize("name", sorted(NASTY))
def test_nasty_texts(path: Path, name: str) -> None:
    """What XML can't hold (controls) goes, everything else stays."""
    nasty = NASTY[name]
    expected = "".join(c for c in nasty if c >= " " or c in "\t\n\r")
    unit = MemoryUnit(source=nasty, target=nasty, notes=(nasty,), id=nasty, created_by=nasty)
    (back,) = read(path, written(unit))
    assert {back.source, back.target, *back.notes, back.id, back.created_by} == {expected}


@pytest.mark.skipif(not DTD.exists(), reason=f"no {DTD}")
def test_valid_by_the_official_dtd() -> None:
    etree = pytest.importorskip("lxml.etree")
    dtd = etree.DTD(str(DTD))
    for several in ([], [FULL], [MemoryUnit(source=t, target=t) for t in NASTY.values()]):
        document = etree.fromstring(written(*several))
        assert dtd.validate(document), dtd.error_log.filter_from_errors()


_TOOLKIT = """
import json, sys
from translate.storage import tmx
file = tmx.tmxfile(open(sys.argv[1], "rb"), sourcelanguage="ar", targetlanguage="en")
print(json.dumps([[str(u.source), str(u.target), u.getnotes()] for u in file.units]))
"""


def debian_python(*code: str) -> "subprocess.CompletedProcess[str]":
    """Debian's own: translate-toolkit has a package `translate`, as we do."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    return subprocess.run(
        ["/usr/bin/python3", *code],
        capture_output=True, text=True, cwd="/", env=clean | {"PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip


def test_read_by_translate_toolkit(path: Path) -> None:
    if (
        not Path("/usr/bin/python3").exists()
        or debian_python("-c", "import translate.storage.tmx").returncode
    ):
        pytest.skip("Debian's translate-toolkit isn't installed")
    several = [
        MemoryUnit(source=f"{MOSCOW} <&> {n}", target=f"Moscow {n}", notes=("n",)) for n in "ab"
    ]
    path.write_bytes(written(*several))
    ran = debian_python("-c", _TOOLKIT, str(path))
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [[u.source, u.target, "n"] for u in several]


def test_written_by_translate_toolkit(tmp_path: Path, path: Path) -> None:
    if not Path("/usr/bin/po2tmx").exists():
        pytest.skip("Debian's translate-toolkit isn't installed")
    po = tmp_path / "x.po"
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        f'msgid "{MOSCOW} <&>"\nmsgstr "Moscow <&>"\n',
        encoding="utf-8",
    )
    ran = debian_python("/usr/bin/po2tmx", "--source-language=ar", "-l", "en", str(po), str(path))
    assert path.exists(), ran.stderr
    (unit,) = read_tmx(path)
    assert (unit.source, unit.target) == (f"{MOSCOW} <&>", "Moscow <&>")


# Files of other tools


def test_omegat(path: Path) -> None:
    """Who and when stand on the target, the place in props of other names, a DOCTYPE before it all."""
    body = (
        f'<tu><prop type="file">a.txt</prop><prop type="id">7</prop><prop type="prev">{KYIV}</prop>'
        f'<prop type="next">{ARRIVED}</prop><tuv xml:lang="AR-SA"><seg>{MOSCOW}</seg></tuv>'
        '<tuv xml:lang="EN-GB" changeid="me" changedate="20240501T123015Z" creationid="you" '
        'creationdate="20240501T123015Z"><seg>Moscow</seg></tuv></tu>'
    )
    (unit,) = read(path, tmx(body, '<!DOCTYPE tmx SYSTEM "tmx11.dtd">').encode())
    assert unit.places == (Place(document="a.txt", segment="7", before=KYIV, after=ARRIVED),)
    assert (unit.changed, unit.changed_by, unit.created, unit.created_by) == (
        NOON,
        "me",
        NOON,
        "you",
    )
    assert read(path, written(unit)) == [unit]


def test_memoq_and_trados(path: Path) -> None:
    """Contexts wrapped in an escaped seg; formatting codes, of which the words in between are kept."""
    more = '<prop type="x-context-pre">&lt;seg&gt;before&lt;/seg&gt;</prop><prop type="x-document">d</prop>'
    source = f'<bpt i="1" type="b">&lt;b&gt;</bpt>{MOSCOW}<ept i="1">&lt;/b&gt;</ept><ph>{{0}}</ph> <hi>x</hi>'
    skipped = Skipped()
    path.write_bytes(tmx(tu(source, more=more, on=' creationdate="20240501T123015Z"')).encode())
    (unit,) = read_tmx(path, skipped)
    assert (unit.source, unit.created) == (f"{MOSCOW} x", NOON)
    assert unit.places == (Place(document="d", before="before"),)
    assert (skipped.units, skipped.codes) == (0, 1)


def test_other_languages_and_several_targets(path: Path) -> None:
    body = (
        f'<tu tuid="1"><tuv xml:lang="fr"><seg>Moscou</seg></tuv><tuv lang="en-US"><seg>Moscow</seg></tuv>'
        f'<tuv xml:lang="ar"><seg>{MOSCOW}</seg></tuv><tuv xml:lang="en"><seg>Moskva</seg></tuv></tu>'
        f'<tu><tuv xml:lang="arz"><seg>x</seg></tuv><tuv xml:lang="en"><seg>y</seg></tuv></tu>'
    )
    skipped = Skipped()
    path.write_bytes(tmx(body).encode())
    assert [(u.id, u.target) for u in read_tmx(path, skipped)] == [("1", "Moscow"), ("1", "Moskva")]
    assert skipped.units == 1


def test_dates_that_are_none_are_kept_as_they_are(path: Path) -> None:
    (unit,) = read(path, tmx(tu(on=' creationdate="yesterday" usagecount="many"')).encode())
    assert (unit.created, unit.used) == (None, 1)
    assert b'creationdate="yesterday" ' in written(unit).replace(b">", b" ")
    assert read(path, written(unit)) == [unit]


def test_two_dates_of_one_unit_are_both_kept(path: Path) -> None:
    body = tu(on=' changedate="20200101T000000Z"').replace(
        '"en">', '"en" changedate="20240501T123015Z">'
    )
    (unit,) = read(path, tmx(body).encode())
    assert unit.changed == NOON
    assert read(path, written(unit)) == [unit]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1256", "iso-8859-6"])
def test_encodings(path: Path, encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = tmx(tu()).replace("?>", f' encoding="{declared}"?>')
    (unit,) = read(path, text.encode(encoding))
    assert unit.source == MOSCOW


# Hostile and broken files

_BOMB = '<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
_OUTSIDE = '<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BAD = {
    "bomb": (tmx(tu("&b;"), _BOMB), "entity 'a'"),
    "outside": (tmx(tu("&x;"), _OUTSIDE), "entity 'x'"),
    "parameter": (tmx(tu(), '<!DOCTYPE tmx [<!ENTITY % p SYSTEM "p.dtd"> %p;]>'), "entity 'p'"),
    "unknown entity": (tmx(tu("&nbsp;")), "undefined entity"),
    "skipped entity": (tmx(tu("&nbsp;"), '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'), "entity 'nbsp'"),
    "truncated": (tmx(tu() + tu())[:-30], "not well-formed"),
    "not tmx": ("<html><body/></html>", "outermost element is <html>"),
    "no xml": ("source,target\na,b\n", "not well-formed"),
    "empty": ("", "no element found"),
    "two roots": (tmx(tu()) + tmx(tu()), "junk after"),
    "deep": (tmx("<x>" * 100_000), "nested"),
    "control": (tmx(tu("\x01")), "not well-formed"),
    "encoding": (tmx(tu()).replace("?>", ' encoding="klingon"?>'), "encoding"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_files_are_one_line_with_the_place(path: Path, name: str) -> None:
    text, says = BAD[name]
    with pytest.raises(FormatError) as raised:
        read(path, text.encode())
    message = str(raised.value)
    assert says in message
    assert message.startswith(f"{path}:")
    assert "\n" not in message


def test_the_wrong_encoding(path: Path) -> None:
    with pytest.raises(FormatError, match="not well-formed"):
        read(path, tmx(tu()).encode("windows-1256"))


def _pieces(start: str, end: str) -> Iterator[bytes]:
    yield start.encode()
    for _ in range(100):
        yield b"a" * (1 << 20)
    yield end.encode()


HUGE = {
    "text": (tmx(tu("|")), "more than"),
    "attribute": (tmx(tu(on=' tuid="|"')), "more than"),
    "comment": (tmx("<!--|-->"), "more than"),
    "name": (tmx("<|/>"), "more than"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.parametrize("name", sorted(HUGE))
def test_a_hundred_megabytes_of_nothing_are_refused_early(path: Path, name: str) -> None:
    """Through a pipe: what isn't read need not be made."""
    text, says = HUGE[name]
    os.mkfifo(path)
    sent = 0

    def feed() -> None:
        nonlocal sent
        try:
            with path.open("wb") as file:
                for piece in _pieces(*text.split("|")):
                    sent += file.write(piece)
        except BrokenPipeError:
            pass

    feeding = threading.Thread(target=feed)
    feeding.start()
    with pytest.raises(FormatError, match=says):
        list(read_tmx(path))
    feeding.join()
    assert sent < 8 << 20


def test_a_long_file_is_read_in_little_memory(path: Path) -> None:
    """A hundred thousand units, of which none is held."""
    with path.open("wb") as file:
        many = (
            MemoryUnit(source=f"{MOSCOW} {n} " * 9, target="Moscow " * 9) for n in range(100_000)
        )
        write_tmx(many, file, version="1")
    code = (
        "import resource, sys; from pathlib import Path; from translate.formats.tmx import read_tmx\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "first = peak(); count = sum(1 for _ in read_tmx(Path(sys.argv[1]))); print(count, peak() - first)"
    )
    out = subprocess.check_output([sys.executable, "-c", code, str(path)], text=True)
    count, grown = map(int, out.split())
    assert count == 100_000
    assert grown < 16_000 * (1 if sys.platform != "darwin" else 1024)


# A document's segments


def test_a_documents_translated_segments_go_out(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "x.tmx"
    path.write_bytes(writer("tmx").write(document))
    units = list(read_tmx(path))
    said = [u for u in document.units if u.target]
    assert [(u.source, u.target) for u in units] == [(u.segment.source, u.target) for u in said]
    assert [u.extras[0].text for u in units] == ["final", "translated", "reviewed", "translated"]
    assert units[0].notes == ("checked by Mona",)
    (place,) = units[1].places
    assert (place.document, place.segment) == ("rifles", "b2")
    assert (place.before, place.after) == (units[0].source, units[2].source)


def test_what_a_memory_takes_of_a_document_goes_out_again(
    document: Document, tmp_path: Path
) -> None:
    path = tmp_path / "x.tmx"
    path.write_bytes(writer("tmx").write(document))
    with Memory(tmp_path / "m.db") as memory:
        assert memory.import_units(read_tmx(path)) == 4
        assert list(memory.export_units()) == list(read_tmx(path))
