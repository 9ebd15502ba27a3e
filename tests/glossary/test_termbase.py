import dataclasses
import re
import shutil
import subprocess
import sys

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary import compiled, termbase
from glossary.errors import GlossaryError, TermbaseSyntaxError, TermConflict
from glossary.match import Matcher
from glossary.termbase import (
    Termbase,
    add,
    default_paths,
    own_path,
    read_terms,
    remove,
    replace,
    rewrite,
    same_entry,
    shipped_paths,
    write_terms,
)
from glossary.types import FLAGS, KINDS, STATUSES, Term

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
    status=st.sampled_from(STATUSES),
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


# Changing one entry

POEDIT = """# Translated at home.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"X-Generator: Poedit 3.4\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

# from the desk
#. kind: place
#. weight: 3
#: article.txt:12 article.txt:40
#, fuzzy, no-wrap
#| msgid "كيف"
msgctxt "city"
msgid "كييف"
msgstr "Kyiv"

#: article.txt:13
msgid "بنك"
msgid_plural "بنوك"
msgstr[0] "bank"
msgstr[1] "banks"
#. kind: org
msgid ""
"وكالة الأنباء "
"الفرنسية"
msgstr ""
"Agence "
"France-Presse"

#, fuzzy
#~ msgid "قديم"
#~ msgstr "old"
"""


def test_a_change_touches_its_entry_only(tmp_path):
    path = po(tmp_path, FULL, PLAIN)
    term, other = read_terms(path)
    kiev = replace(
        path, dataclasses.replace(term, target='Kyjiw "x"', forbidden=(), note=""), was=term
    )
    assert (kiev.target, kiev.forbidden, kiev.note, kiev.line) == ('Kyjiw "x"', (), "", 13)
    changed = FULL.replace('"Kyiv"', r'"Kyjiw \"x\""').replace("#. avoid: Kieff\n", "")
    order = ("#. cite: cldr_babel: territories", "#. weight: 3")
    assert (
        path.read_text(encoding="utf-8") == HEADER + changed.replace("# a free note\n", "") + PLAIN
    )
    assert all(line in path.read_text(encoding="utf-8") for line in order)
    back = replace(path, dataclasses.replace(kiev, status="retired"), was=kiev)
    assert "#, fuzzy, retired, case-sensitive, poetic" in path.read_text(encoding="utf-8")
    again = replace(path, term, was=back)
    assert path.read_text(encoding="utf-8") == HEADER + FULL + PLAIN
    assert again == term
    replace(path, dataclasses.replace(other, source="لندن", context="c"), was=other)
    assert path.read_text(encoding="utf-8") == HEADER + FULL + PLAIN.replace(
        'msgid "موسكو"', 'msgctxt "c"\nmsgid "لندن"'
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_files_saved_by_a_po_editor_are_edited_too(tmp_path, newline, bom):
    """References, previous and obsolete entries, plural forms, wrapped lines: all of it stays."""
    path = tmp_path / "p.po"
    text = bom + POEDIT.replace("\n", newline)
    path.write_bytes(text.encode())
    kyiv, agency = read_terms(path)
    approved = replace(path, dataclasses.replace(kyiv, status="approved"), was=kyiv)
    text = text.replace("#, fuzzy, no-wrap", "#, no-wrap")
    assert path.read_bytes().decode() == text
    replace(path, dataclasses.replace(approved, kind="org", variants=("K",)), was=approved)
    text = text.replace("#. kind: place", f"#. kind: org{newline}#. variant: K")
    assert path.read_bytes().decode() == text
    (_, agency) = read_terms(path)
    replace(path, dataclasses.replace(agency, target="AFP"), was=agency)
    text = text.replace(f'msgstr ""{newline}"Agence "{newline}"France-Presse"', 'msgstr "AFP"')
    assert path.read_bytes().decode() == text
    added = add(path, Term(source="لندن", target="London"))
    assert path.read_bytes().decode().startswith(text)
    remove(path, added.source)
    assert path.read_bytes().decode().rstrip() == text.rstrip()
    remove(path, "كييف", "city")
    assert [t.target for t in read_terms(path)] == ["AFP"]
    assert "from the desk" not in path.read_bytes().decode()
    assert "msgid_plural" in path.read_bytes().decode()
    remove(path, agency.source)
    assert "قديم" in path.read_bytes().decode()
    assert "msgid_plural" in path.read_bytes().decode()


def test_nobody_is_overwritten(tmp_path):
    path = po(tmp_path, FULL, PLAIN)
    term, other = read_terms(path)
    path.write_text(path.read_text(encoding="utf-8").replace('"Kyiv"', '"Kiew"'), encoding="utf-8")
    before = path.read_bytes()
    mine = dataclasses.replace(term, target="Kyjiw")
    with pytest.raises(
        TermConflict, match=r"a\.po:15: .*edited meanwhile \(now 'Kiew'\)"
    ) as caught:
        replace(path, mine, was=term)
    assert [t.target for t in caught.value.terms] == ["Kyiv", "Kiew"]
    with pytest.raises(TermConflict, match="meanwhile"):
        remove(path, term.source, term.context, was=term)
    with pytest.raises(TermConflict, match="there already"):
        replace(path, dataclasses.replace(other, source="كييف", context="city"), was=other)
    assert path.read_bytes() == before
    remove(path, "كييف", "city")
    with pytest.raises(TermConflict, match="deleted or renamed"):
        replace(path, mine, was=term)
    # an entry before it was cut: the line is another, the entry is the same
    assert replace(path, dataclasses.replace(other, target="M"), was=other).target == "M"


def test_what_a_line_cannot_hold_is_refused(tmp_path):
    path = po(tmp_path, FULL)
    (term,) = read_terms(path)
    before = path.read_bytes()
    for odd in (
        {"target": "a\nb"}, {"variants": (" a",)}, {"target": ""}, {"source": " "},
        {"forbidden": ("a\u2028b",)}, {"cite": "x\nmsgid"}, {"context": "\x04"}, {"variants": ("",)},
    ):  # fmt: skip
        with pytest.raises(TermbaseSyntaxError, match="can't be written"):
            replace(path, dataclasses.replace(term, **odd), was=term)
        with pytest.raises(TermbaseSyntaxError, match="can't be written"):
            add(path, Term(**{"source": "أ", "target": "a", **odd}))
    assert path.read_bytes() == before


def test_an_entry_cut_by_an_empty_line_is_left_to_a_po_editor(tmp_path):
    path = po(
        tmp_path, '\n#. kind: place\n\nmsgid "أ"\nmsgstr "a"\n\n#~ msgid "x"\n#~ msgstr "y"\n'
    )
    (term,) = read_terms(path)
    assert term.kind == "place"
    before = path.read_bytes()
    with pytest.raises(TermbaseSyntaxError, match="edit it in a PO editor"):
        replace(path, dataclasses.replace(term, target="b"), was=term)
    assert path.read_bytes() == before


TERMS = st.lists(ANY_TERM, min_size=1, max_size=4, unique_by=lambda term: term.id)
ODD = st.sampled_from(["", '\n#: a.txt:1\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'])
END = st.sampled_from(["", '\n#~ msgid "z"\n#~ msgstr "y"\n', "\n# a comment that is left\n"])


@settings(max_examples=40)
@given(TERMS, ANY_TERM, st.data(), ODD, END, st.booleans())
def test_add_replace_and_remove_leave_every_other_byte(
    tmp_path_factory, terms, new, data, odd, end, windows
):
    path = tmp_path_factory.mktemp("po") / "t.po"
    entries = [termbase.format_entry(term) for term in terms]
    if odd or end:
        entries = [f"#: x.txt:7\n{e}" if data.draw(st.booleans()) else e for e in entries]
    parts = [HEADER + odd, *("\n" + entry for entry in entries), end]
    parts = [part.replace("\n", "\r\n") if windows else part for part in parts]
    path.write_bytes("".join(parts).encode())
    try:
        read = read_terms(path)
    except TermbaseSyntaxError:
        return  # polib reads no comment after the last entry
    which = data.draw(st.integers(0, len(terms) - 1))
    try:
        now = replace(path, new, was=read[which])
    except TermConflict:
        assert any(t.id == new.id for n, t in enumerate(terms) if n != which)
        assert path.read_bytes() == "".join(parts).encode()
        return
    assert same_entry(now, new)
    before, after = "".join(parts[: which + 1]), "".join(parts[which + 2 :])
    written = path.read_bytes().decode()
    assert written.startswith(before)
    assert written.endswith(after)
    assert all(
        same_entry(t, new if n == which else terms[n]) for n, t in enumerate(read_terms(path))
    )
    again = replace(path, read[which], was=now)
    assert same_entry(again, read[which])
    other = dataclasses.replace(new, source=new.source + "x", context="another sense, surely")
    now = path.read_bytes()
    add(path, other)
    left = parts[-1].encode() if "left" in end else b""  # a comment at the end stays there
    assert path.read_bytes().startswith(now.removesuffix(left))
    assert path.read_bytes().endswith(left)
    assert same_entry(read_terms(path)[-1], other)
    remove(path, other.source, other.context)
    assert path.read_bytes().rstrip() == now.rstrip()
    remove(path, read[which].source, read[which].context)
    gone = path.read_bytes().decode()
    assert gone.startswith(before.rstrip())
    assert gone.endswith(after.lstrip())


WRITER = """
import sys
from pathlib import Path
from glossary.termbase import add
from glossary.types import Term
for n in range(12):
    add(Path(sys.argv[1]), Term(source=f"{sys.argv[2]}{n}", target="x"))
"""


def test_two_processes_lose_nothing(tmp_path):
    path = po(tmp_path, FULL)
    runs = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in ("أ", "ب")
    ]
    assert [run.wait() for run in runs] == [0, 0]
    assert len(read_terms(path)) == 1 + 24
    assert [p.name for p in tmp_path.iterdir()] == ["a.po"]


# Layers


def test_a_retired_entry_switches_a_later_one_off(tmp_path):
    mine = po(tmp_path, '\n#, fuzzy, retired\nmsgid "موسكو"\nmsgstr "Moskva"\n', name="mine.po")
    theirs = po(tmp_path, '\nmsgid "موسكو"\nmsgstr "Moscow"\n', name="z.po")
    loaded = Termbase.load([mine, theirs])
    assert [(t.target, t.status) for t in loaded.terms] == [("Moskva", "retired")]
    assert [t.target for t in loaded.masked] == ["Moscow"]
    for proposed in (False, True):
        assert not Matcher(loaded.terms, include_proposed=proposed).match("في موسكو")
    # who clears `fuzzy` in a PO editor has approved
    mine.write_text(mine.read_text("utf-8").replace("fuzzy, ", ""), encoding="utf-8")
    (term,) = Termbase.load([mine, theirs]).terms
    assert (term.target, term.status) == ("Moskva", "approved")


def test_a_proposal_decides_nothing(tmp_path):
    mine = po(tmp_path, '\n#, fuzzy\nmsgid "موسكو"\nmsgstr "Moskva"\n', name="mine.po")
    theirs = po(tmp_path, '\nmsgid "موسكو"\nmsgstr "Moscow"\n', name="z.po")
    loaded = Termbase.load([mine, theirs])
    assert [(t.target, t.status) for t in loaded.terms] == [
        ("Moskva", "proposed"), ("Moscow", "approved"),
    ]  # fmt: skip
    assert not loaded.masked
    assert loaded.find("موسكو").target == "Moscow"
    (match,) = Matcher(loaded.terms).match("في موسكو")
    assert match.term.target == "Moscow"


def test_a_termbase_changes_without_reading_files(tmp_path):
    mine = po(tmp_path, '\nmsgid "أ"\nmsgstr "mine"\n', name="mine.po")
    theirs = po(tmp_path, '\nmsgid "أ"\nmsgstr "theirs"\n\nmsgid "ب"\nmsgstr "b"\n', name="z.po")
    loaded = Termbase.load([mine, theirs])
    (own,) = [t for t in loaded.terms if t.target == "mine"]
    without = loaded.changed(without=[own])
    assert [t.target for t in without.terms] == ["theirs", "b"]
    retired = dataclasses.replace(own, status="retired")
    assert loaded.changed(without=[own], plus=[retired]).masked == loaded.masked
    new = Term(source="ب", target="B", path=str(mine))
    assert [t.target for t in loaded.changed(plus=[new]).terms] == ["mine", "B"]
    add(mine, new)
    assert Termbase.load([mine, theirs]).fingerprint == loaded.changed(plus=[new]).fingerprint


def test_ones_own_termbase_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert own_path() == tmp_path / "dragoman" / "terms.po"
    assert default_paths() == shipped_paths()
    add(own_path(), Term(source="أ", target="a"))
    assert default_paths() == [own_path(), *shipped_paths()]


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
def test_msgfmt_accepts_what_is_changed(tmp_path):
    path = tmp_path / "p.po"
    path.write_text(POEDIT.replace("msgstr[1]", "msgstr[1]"), encoding="utf-8")
    kyiv, agency = read_terms(path)
    replace(path, dataclasses.replace(kyiv, target='K"', status="retired", note="x"), was=kyiv)
    replace(path, dataclasses.replace(agency, context="c", plural="p"), was=agency)
    add(path, Term(source="لندن", target="London", status="retired"))
    empty = tmp_path / "empty.po"
    empty.write_text("\n", encoding="utf-8")
    add(empty, Term(source="لندن", target="London"))
    for file in (path, empty):
        run = subprocess.run(
            ["msgfmt", "-c", "-o", "-", str(file)], capture_output=True, check=False
        )
        assert run.returncode == 0, run.stderr.decode()


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
    later = po(tmp_path, FULL.replace('"Kyiv"', '"Kiew"'), name="z.po")
    first, _ = compiled.load([path, later], cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").rglob("*.terms")
    again, matcher = compiled.load([path, later], cache=tmp_path / "cache")
    assert [t.target for t in again.masked] == [t.target for t in first.masked] == ["Kiew"]
    assert (list(again.terms), again.fingerprint) == (list(first.terms), first.fingerprint)
    assert again.terms[0:1] == (again.terms[0],)
    assert [m.surface for m in matcher.match("كييف وموسكو")] == ["كييف", "وموسكو"]
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    damaged, _ = compiled.load([path, later], cache=tmp_path / "cache")
    assert damaged.fingerprint == first.fingerprint
    path.write_text(path.read_text(encoding="utf-8").replace("Kyiv", "Kyjiw"), encoding="utf-8")
    changed, _ = compiled.load([path, later], cache=tmp_path / "cache")
    assert changed.terms[0].target == "Kyjiw"
