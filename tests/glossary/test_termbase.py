import re
import shutil
import subprocess

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary import compiled, termbase
from glossary.errors import GlossaryError, TermbaseSyntaxError, TermConflict
from glossary.termbase import Termbase, add, read_terms, remove, rewrite, shipped_paths, write_terms
from glossary.types import FLAGS, KINDS, Term

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
FULL = """
# a free note
#. kind: place
#. variant: Kiev
#. variant: Kyiv City
#. avoid: Kieff
#. ar: كيف
#. cite: cldr_babel: territories
#. weight: 3
#, case-sensitive, poetic
msgctxt "city"
msgid "كييف"
msgstr "Kyiv"
"""
PLAIN = """
msgid "موسكو"
msgstr ""
"Mos"
"cow \\"x\\""
"""


def po(tmp_path, *entries, name="a.po"):
    path = tmp_path / name
    path.write_text(HEADER + "".join(entries), encoding="utf-8", newline="\n")
    return path


def test_all_fields(tmp_path):
    term, other = read_terms(po(tmp_path, FULL, PLAIN))
    assert term == Term(
        source="كييف",
        target="Kyiv",
        kind="place",
        context="city",
        variants=("Kiev", "Kyiv City"),
        forbidden=("Kieff",),
        source_variants=("كيف",),
        flags=frozenset({"case-sensitive"}),
        cite="cldr_babel: territories",
        note="a free note",
        path=str(tmp_path / "a.po"),
        line=15,
    )
    assert (other.target, other.kind, other.line) == ('Moscow "x"', "term", 18)


def test_proposed_untranslated_and_unknown_kind(tmp_path):
    path = po(
        tmp_path,
        '\n#, fuzzy\nmsgid "أ"\nmsgstr "a"\n',
        '\nmsgid "ب"\nmsgstr ""\n',
        '\n#. kind: fish\nmsgid "ج"\nmsgstr "c"\n',
    )
    loaded = Termbase.load([path])
    assert [(t.source, t.status, t.kind) for t in loaded.terms] == [
        ("أ", "proposed", "term"),
        ("ج", "approved", "term"),
    ]
    assert len(loaded.warnings) == 2
    assert f"{path}:13: kind 'fish' is unknown" in loaded.warnings[1]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (HEADER + '\nmsgid "أ"\nmsgstr "a"\n\nmsgid "أ"\nmsgstr "a"\n', 8, "repeats line 5"),
        (HEADER + '\nmsgid ""\nmsgstr "a"\n', 5, "empty msgid"),
        (HEADER + '\nmsgid "أ\\n"\nmsgstr "a"\n', 5, "U+000A"),
        (HEADER + '\nmsgid "أ"\nmsgstr "a"b"\n', 6, "unescaped quote"),
        ("hello\n", 1, "not PO"),
        ("\xff".encode("latin-1"), 1, "not UTF-8"),
        (None, 0, "no such file"),
    ],
)
def test_errors_name_file_and_line(tmp_path, content, line, message):
    path = tmp_path / "bad.po"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TermbaseSyntaxError, match=re.escape(message)) as caught:
        read_terms(path)
    assert (caught.value.path, caught.value.line) == (str(path), line)


def test_two_targets_in_one_file_conflict(tmp_path):
    path = po(tmp_path, '\nmsgid "أ"\nmsgstr "a"\n\nmsgid "أ"\nmsgstr "b"\n')
    with pytest.raises(TermConflict, match=r"a\.po:8: .*repeats line 5") as caught:
        read_terms(path)
    assert [term.target for term in caught.value.terms] == ["a", "b"]


def test_a_context_parts_two_senses(tmp_path):
    path = po(tmp_path, FULL, FULL.replace("city", "band").replace("Kyiv", "Keef"))
    assert len(read_terms(path)) == 2


def test_the_earlier_file_wins(tmp_path):
    mine = po(tmp_path, '\nmsgid "أ"\nmsgstr "mine"\n', name="mine.po")
    theirs = po(tmp_path, '\nmsgid "أ"\nmsgstr "theirs"\n\nmsgid "ب"\nmsgstr "b"\n', name="z.po")
    assert [t.target for t in Termbase.load([mine, theirs]).terms] == ["mine", "b"]
    assert [t.target for t in Termbase.load([theirs, mine]).terms] == ["theirs", "b"]


def test_fingerprint_is_of_the_meaning(tmp_path):
    one, two = Term(source="أ", target="a"), Term(source="ب", target="b", note="n", line=4)
    prints = {
        Termbase(terms=terms).fingerprint
        for terms in [(one, two), (two, one), (one, Term(source="ب", target="b"))]
    }
    assert len(prints) == 1
    assert re.fullmatch("[0-9a-f]{12}", prints.pop())
    assert Termbase(terms=(one,)).fingerprint != Termbase(terms=(two,)).fingerprint


def test_add_and_remove_change_nothing_else(tmp_path):
    path = po(tmp_path, FULL, PLAIN)
    before = path.read_bytes()
    term = Term(
        source="لندن", target='Lon"don', kind="place", variants=("x",), context="c", note="n"
    )
    add(path, term)
    assert path.read_bytes().startswith(before)
    assert [t.source for t in read_terms(path)] == ["كييف", "موسكو", "لندن"]
    with pytest.raises(TermConflict, match="there already"):
        add(path, term)
    assert remove(path, "لندن", "c").variants == ("x",)
    assert path.read_bytes() == before
    remove(path, "كييف", "city")
    assert path.read_text(encoding="utf-8") == HEADER + PLAIN
    with pytest.raises(GlossaryError, match="no term"):
        remove(path, "كييف")
    assert [p.name for p in tmp_path.iterdir()] == ["a.po"]


def test_add_makes_a_file_and_keeps_windows_lines(tmp_path):
    path = tmp_path / "new" / "n.po"
    add(path, Term(source="أ", target="a"))
    assert [t.target for t in read_terms(path)] == ["a"]
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    add(path, Term(source="ب", target="b"))
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert len(read_terms(path)) == 2


def test_what_is_odd_goes_through_polib(tmp_path):
    odd = '\n#: file:3\nmsgid "أ"\nmsgstr "a"\n\n#~ msgid "ب"\n#~ msgstr "b"\n'
    assert [(t.source, t.line) for t in read_terms(po(tmp_path, odd))] == [("أ", 6)]


@pytest.mark.parametrize("path", shipped_paths(), ids=lambda path: path.stem)
def test_the_fast_reader_agrees_with_polib(path):
    text = path.read_text(encoding="utf-8")
    fast, slow = termbase._plain(text), termbase._through_polib(path, text)
    assert fast is not None
    assert [(*e[:3], list(e.fields), e.note, list(e.flags), e.line) for e in fast] == [
        (*e[:3], list(e.fields), e.note, list(e.flags), e.line) for e in slow
    ]


def test_a_rewritten_file_is_stable(tmp_path):
    path = po(tmp_path, FULL, PLAIN)
    terms = read_terms(path)
    rewrite(path)
    saved = path.read_bytes()
    rewrite(path)
    assert path.read_bytes() == saved
    assert b"#. weight: 3" in saved
    assert b"poetic" in saved
    assert [t.id for t in read_terms(path)] == [t.id for t in terms]


PRINTABLE = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
VALUE = st.text(PRINTABLE, min_size=1, max_size=20).map(str.strip).filter(bool)
LISTS = st.lists(VALUE, max_size=3).map(tuple)
ANY_TERM = st.builds(
    Term,
    source=VALUE,
    target=VALUE,
    kind=st.sampled_from(KINDS),
    context=st.just("") | VALUE,
    variants=LISTS,
    forbidden=LISTS,
    source_variants=LISTS,
    plural=st.just("") | VALUE,
    cite=st.just("") | VALUE,
    status=st.sampled_from(["approved", "proposed"]),
    flags=st.frozensets(st.sampled_from(FLAGS)),
)


@given(st.lists(ANY_TERM, max_size=4, unique_by=lambda term: term.id))
def test_what_is_written_is_read(tmp_path_factory, terms):
    path = tmp_path_factory.mktemp("po") / "t.po"
    write_terms(path, terms)
    first = path.read_bytes()
    read = read_terms(path)
    assert Termbase(terms=read).fingerprint == Termbase(terms=terms).fingerprint
    assert [term.cite for term in read] == [term.cite for term in terms]
    write_terms(path, read)
    assert path.read_bytes() == first
    assert [entry.msgid for entry in polib.pofile(str(path))] == [term.source for term in terms]


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
def test_msgfmt_accepts_what_is_written(tmp_path):
    path = po(tmp_path, FULL, PLAIN)
    add(path, Term(source="لندن", target="London", kind="place", flags=frozenset({"exact"})))
    for file in (path, *shipped_paths()):
        run = subprocess.run(
            ["msgfmt", "-c", "-o", "-", str(file)], capture_output=True, check=False
        )
        assert run.returncode == 0, run.stderr.decode()


def test_compiled_termbases_come_back_the_same(tmp_path):
    path = po(tmp_path, FULL, PLAIN)
    first, _ = compiled.load([path], cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").rglob("*.terms")
    again, matcher = compiled.load([path], cache=tmp_path / "cache")
    assert (list(again.terms), again.fingerprint) == (list(first.terms), first.fingerprint)
    assert again.terms[0:1] == (again.terms[0],)
    assert [m.surface for m in matcher.match("كييف وموسكو")] == ["كييف", "وموسكو"]
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    damaged, _ = compiled.load([path], cache=tmp_path / "cache")
    assert damaged.fingerprint == first.fingerprint
    path.write_text(path.read_text(encoding="utf-8").replace("Kyiv", "Kiew"), encoding="utf-8")
    changed, _ = compiled.load([path], cache=tmp_path / "cache")
    assert changed.terms[0].target == "Kiew"
