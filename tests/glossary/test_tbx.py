"""TBX-Basic: a round trip that loses nothing, valid, and other tools' files read with a count."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary.errors import GlossaryError, TermbaseSyntaxError
from glossary.tbx import STYLES, format_tbx, read_tbx, write_tbx
from glossary.termbase import read_terms, shipped_paths
from glossary.types import FLAGS, KINDS, STATUSES, Term

SCHEMAS = Path(__file__).parents[2].parent / "shared" / "schemas" / "tbx-basic"
FULL = Term(
    source="كييف",
    target="Kyiv & <co>",
    kind="place",
    context='a "sense": two',
    variants=("Kiev City", "kyiv"),
    forbidden=("Kieff", "Kiev"),
    plural="Kyivs",
    source_variants=("كيف", "كييڤ"),
    status="retired",
    flags=frozenset(FLAGS),
    cite="x & y",
    note="line 1\nline <2> ]]> dragoman:flag:exact",
)
WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8).map(
    lambda t: " ".join(t.split()) or "x"
)
LISTS = st.lists(WORDS, max_size=3, unique=True)


def bare(terms):
    return [replace(term, path="", line=0) for term in terms]


@pytest.mark.parametrize("style", STYLES)
def test_round_trip_loses_nothing(tmp_path, style):
    terms = [FULL, Term(source="أ", target="a", status="proposed"), Term(source="ب", target="b")]
    write_tbx(terms, tmp_path / "x.tbx", style)
    read = read_tbx(tmp_path / "x.tbx")
    assert (bare(read.terms), read.remarks) == (terms, ())
    assert read.terms[1].line > read.terms[0].line > 1


@pytest.mark.parametrize("style", STYLES)
def test_the_shipped_termbases_come_back(tmp_path, style):
    terms = [term for path in shipped_paths() for term in read_terms(path)[:300]]
    write_tbx(terms, tmp_path / "x.tbx", style)
    assert bare(read_tbx(tmp_path / "x.tbx").terms) == bare(terms)


@given(
    texts=st.lists(WORDS, min_size=7, max_size=7, unique=True),
    others=LISTS,
    kind=st.sampled_from(KINDS),
    status=st.sampled_from(STATUSES),
    flags=st.frozensets(st.sampled_from(FLAGS)),
    style=st.sampled_from(STYLES),
)
@settings(max_examples=60)
def test_any_term_comes_back(tmp_path_factory, texts, others, kind, status, flags, style):
    source, target, plural, context, cite, note, bad = texts
    extra = tuple(t for t in others if t not in texts)
    term = Term(
        source=source, target=target, kind=kind, context=context, variants=extra, forbidden=(bad,),
        plural=plural, source_variants=extra, status=status, flags=flags, cite=cite, note=note,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tbx") / "x.tbx"
    write_tbx([term], path, style)
    assert bare(read_tbx(path).terms) == [term]


def test_statuses_say_to_others_what_may_be_used():
    text = format_tbx([FULL, replace(FULL, status="approved")], "dca")
    forms = re.findall(r"<term>(Kyiv|Kieff)\b[^/]*</term>.*?>(\w+)Term-admn-sts", text)
    assert forms == [
        ("Kyiv", "superseded"), ("Kieff", "deprecated"), ("Kyiv", "preferred"), ("Kieff", "deprecated"),
    ]  # fmt: skip


def test_values_are_those_of_the_official_rules():
    """What the Schematron of TBX-Basic lets stand, read off its rules, which want XPath 2."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the official schemas are not there ({SCHEMAS})")
    rules = (SCHEMAS / "TBX-Basic_DCA.sch").read_text(encoding="utf-8-sig")
    text = format_tbx([FULL, replace(FULL, kind="demonym", status="proposed")], "dca")
    for element in ("admin", "descrip", "termNote"):
        allowed = re.search(rf'context="tbx:{element}/@type">\s*<assert test="([^"]*)"', rules)
        assert allowed
        used = set(re.findall(rf'<{element} type="(\w+)"', text))
        assert used
        assert used <= set(re.findall(r"'([^']*)'", allowed[1]))
    for name in ("administrativeStatus", "partOfSpeech", "termType"):
        allowed = re.search(
            rf"context=\"tbx:termNote\[@type='{name}'\]\">\s*<assert test=\"([^\"]*)\"", rules
        )
        assert allowed
        assert set(re.findall(rf'type="{name}">([^<]*)<', text)) <= set(
            re.findall(r"'([^']*)'", allowed[1])
        )


@pytest.mark.parametrize("style", STYLES)
def test_elements_are_those_of_the_official_samples(style):
    """Every path of elements that is written stands in a valid sample too, but `projectSubset`."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the official schemas are not there ({SCHEMAS})")
    etree = pytest.importorskip("lxml.etree")
    sample = etree.parse(str(SCHEMAS / f"Example_Astronomy_{style.upper()}_VALID.tbx")).getroot()
    ours = etree.fromstring(format_tbx([FULL], style).encode())
    assert dict(ours.attrib) == dict(sample.attrib)
    tags = {e.tag for e in sample.iter() if isinstance(e.tag, str)}
    added = {e.tag.rpartition("}")[2] for e in ours.iter() if e.tag not in tags}
    assert added <= {"projectSubset", "source", "termType", "admin"}


# Other tools


def test_the_official_samples_have_no_arabic():
    if not SCHEMAS.is_dir():
        pytest.skip(f"the official schemas are not there ({SCHEMAS})")
    for style in STYLES:
        read = read_tbx(SCHEMAS / f"Example_Astronomy_{style.upper()}_VALID.tbx")
        assert read.terms == []
        assert read.remarks == (
            "39 of 45 concepts left out: no Arabic term",
            "6 of 45 concepts left out: neither Arabic nor English term",
        )


def test_the_official_samples_in_arabic(tmp_path):
    """The Spanish of the samples taken for Arabic: every concept in both languages is read, in both styles alike."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the official schemas are not there ({SCHEMAS})")
    read = []
    for style in STYLES:
        text = (SCHEMAS / f"Example_Astronomy_{style.upper()}_VALID.tbx").read_text("utf-8")
        path = tmp_path / "x.tbx"
        path.write_text(text.replace('xml:lang="es"', 'xml:lang="ar-EG"'), encoding="utf-8")
        read.append(read_tbx(path))
    dca, dct = read
    defined = [
        [[line for line in t.note.split("\n") if line.startswith("definition")] for t in one.terms]
        for one in read
    ]
    assert defined[0] == defined[1]  # the samples' other notes differ
    assert [replace(t, line=0, note="") for t in dca.terms] == [
        replace(t, line=0, note="") for t in dct.terms
    ]
    assert len(dca.terms) == 39
    first = dca.terms[0]
    assert (first.target, first.kind) == ("open cluster", "term")
    assert "field: General" in first.note
    assert "definition: A group of stars" in first.note


def test_tbx_2_of_translate_toolkit(data):
    """With a DOCTYPE, which only names a DTD."""
    read = read_tbx(data / "exchange" / "toolkit.tbx")
    assert [(t.source, t.target) for t in read.terms] == [
        ("موسكو", "Moscow"), ("الكرملين", "the Kremlin"), ("أسلحة", "weapons & <arms>"),
    ]  # fmt: skip
    assert read.remarks == ("1 of 4 concepts left out: no Arabic term",)


TBX2 = """<martif type="TBX" xml:lang="en"><text><body>{}</body></text></martif>"""


def read(tmp_path, concepts):
    path = tmp_path / "x.tbx"
    path.write_text(TBX2.format(concepts), encoding="utf-8")
    return read_tbx(path)


def test_groups_statuses_and_countries_of_tbx_2(tmp_path):
    got = read(
        tmp_path,
        """<termEntry id="t1"><descripGrp><descrip type="subjectField">place</descrip></descripGrp>
        <langSet xml:lang="AR-sa"><ntig><termGrp><term>كييف</term></termGrp></ntig></langSet>
        <langSet xml:lang="en_US"><tig><term>Kiev</term>
        <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
        <langSet xml:lang="en-GB"><ntig><termGrp><term> Kyiv
        City</term><termNote type="administrativeStatus">admittedTerm</termNote></termGrp></ntig>
        <tig><term><hi>Ky</hi>iv</term><termNote type="administrativeStatus">preferredTerm</termNote></tig>
        </langSet></termEntry>""",
    )
    (term,) = got.terms
    assert (term.source, term.target, term.kind) == ("كييف", "Kyiv", "place")
    assert (term.variants, term.forbidden) == (("Kyiv City",), ("Kiev",))


CONCEPT = (
    '<termEntry id="{0}"><langSet xml:lang="ar"><tig><term>{1}</term></tig></langSet>'
    '<langSet xml:lang="en"><tig><term>{2}</term>{3}</tig></langSet></termEntry>'
)
DEPRECATED = '<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>'


def test_homonyms_get_a_context_and_repetitions_go(tmp_path):
    got = read(
        tmp_path,
        CONCEPT.format("a", "عين", "eye", "")
        + CONCEPT.format("b", "عين", "spring", "")
        + CONCEPT.format("c", "عين", "eye", "")
        + CONCEPT.format("d", "قديم", "old", DEPRECATED),
    )
    assert [(t.target, t.context) for t in got.terms] == [("eye", ""), ("spring", "b")]
    assert got.remarks[:2] == (
        "1 of 4 concepts left out: all terms of one language are deprecated",
        "1 of 4 concepts left out: they repeat another one",
    )
    assert got.remarks[2].startswith("1 concepts have the Arabic of another one")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<tbx", "x.tbx:1: not well-formed XML"),
        ("<tmx/>", "x.tbx: an XML file of 'tmx', not TBX"),
        ('<!DOCTYPE tbx [<!ENTITY a "b">]><tbx/>', "x.tbx:1: the DOCTYPE declares entities"),
        ("PK\x03\x04", "looks like a zip archive"),
        ("", "the file is empty"),
    ],
)
def test_hostile_files(tmp_path, content, message):
    path = tmp_path / "x.tbx"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TermbaseSyntaxError, match=re.escape(message)):
        read_tbx(path)
    with pytest.raises(TermbaseSyntaxError, match="no such file"):
        read_tbx(tmp_path / "y.tbx")


def test_nothing_is_no_tbx(tmp_path):
    with pytest.raises(GlossaryError, match="no terms to write"):
        write_tbx([], tmp_path / "x.tbx")
    assert not (tmp_path / "x.tbx").exists()
