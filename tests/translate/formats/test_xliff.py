"""XLIFF 2.1 and 1.2: exact round trips, valid, harmless to read, and read by programs that aren't ours."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary import markup
from translate.errors import FormatError
from translate.formats import writer
from translate.formats.returned import Returned, mark_of
from translate.formats.xliff import Read, decoded_id, encoded_id, read_all, read_xliff
from translate.formats.xliff12 import read_all12, read_xliff12
from translate.types import Document, Segment, State, TranslationUnit

SCHEMAS = Path(__file__).parents[3].parent / "shared" / "schemas" / "xliff-2"
TEXTS = st.text(max_size=40)  # half surrogate pairs and control characters too
READ: dict[str, Callable[[bytes, str], tuple[Returned, ...]]] = {
    "xliff": read_xliff,
    "xliff12": read_xliff12,
}
READ_ALL: dict[str, Callable[[bytes, str], tuple[Read, ...]]] = {
    "xliff": read_all,
    "xliff12": read_all12,
}
KINDS = pytest.mark.parametrize("kind", READ)


def data_of(kind: str, document: Document) -> bytes:
    return writer(kind).write(document)


def read(kind: str, text: str | bytes) -> tuple[Returned, ...]:
    return READ[kind](text if isinstance(text, bytes) else text.encode(), "x.xlf")


def unit(name: str = "a", **fields: Any) -> TranslationUnit:
    segment = Segment(id=name, source="س", kind="sentence", paragraph=0)
    return TranslationUnit(segment=segment, **fields)


def one(kind: str, **fields: Any) -> Returned:
    (returned,) = read(kind, data_of(kind, Document(name="d", units=(unit(**fields),))))
    return returned


@KINDS
def test_nasty_texts_come_back(kind: str, nasty: Document) -> None:
    returned = read(kind, data_of(kind, nasty))
    assert [(r.id, r.source, r.target) for r in returned] == [
        (u.segment.id, u.segment.source, u.target) for u in nasty.units
    ]
    assert [r.mark for r in returned] == list(map(mark_of, nasty.units))


@KINDS
@given(source=TEXTS, target=TEXTS, name=TEXTS)
@settings(max_examples=60)
def test_any_text_comes_back(kind: str, source: str, target: str, name: str) -> None:
    segment = Segment(id=name, source=source, kind="cell", paragraph=7)
    given_unit = TranslationUnit(segment=segment, target=target, state="translated", machine=target)
    (back,) = READ_ALL[kind](data_of(kind, Document(name=name, units=(given_unit,))), "")
    assert (back.returned.source, back.returned.target) == (source, target)
    assert (back.returned.id, back.machine, back.paragraph, back.kind) == (name, target, 7, "cell")


@given(TEXTS)
def test_ids_are_name_tokens(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]+", encoded_id(name))
    assert decoded_id(encoded_id(name)) == name


def test_ids_look_like_themselves() -> None:
    assert encoded_id("ab12.1+cd34~2") == "ab12.1_2B_cd34_7E_2"
    for foreign in ("tu_1", "_A_", "_FFFFFFF_", "_110000_", "tu"):
        assert decoded_id(foreign)


@KINDS
def test_everything_both_sides_can_express(kind: str, document: Document) -> None:
    first = replace(document.units[0], machine="a <machine>'s", elsewhere="else & where")
    document = replace(document, units=(first, *document.units[1:]))
    back = READ_ALL[kind](data_of(kind, document), "")
    for got, unit in zip(back, document.units, strict=True):
        assert (got.paragraph, got.kind) == (unit.segment.paragraph, unit.segment.kind)
        assert (got.machine, got.elsewhere) == (unit.machine, unit.elsewhere)
        assert got.origin == unit.origin
        assert got.returned.state == (unit.state if unit.target else None)
        assert got.returned.note == unit.note
        assert got.occurrences == tuple(
            (v.constraint.match.term.source, v.status, v.constraint.match.span, v.span)
            for v in unit.verdicts
        )


@KINDS
@pytest.mark.parametrize("state", ["translated", "reviewed", "final"])
def test_states_come_back(kind: str, state: State) -> None:
    assert one(kind, target="x", state=state).state == state


@pytest.mark.parametrize(
    ("attributes", "approved", "state"),
    [
        ("", "", None),
        ('state="new"', "", None),
        ('state="needs-translation"', ' approved="no"', None),
        ('state="translated"', "", "translated"),
        ('state="needs-adaptation"', "", "translated"),
        ('state="x-other"', "", "translated"),
        ('state="needs-review-translation"', ' approved="no"', "translated"),
        ('state="signed-off"', "", "reviewed"),
        ('state="final"', "", "final"),
        ('state="translated"', ' approved="yes"', "reviewed"),
        ("", ' approved="yes"', "reviewed"),
        ('state="final"', ' approved="no"', "translated"),
    ],
)
def test_states_of_12(attributes: str, approved: str, state: State | None) -> None:
    text = (
        '<xliff version="1.2"><file source-language="ar-SA" target-language="en-US"><body>'
        f'<trans-unit id="1"{approved}><source>س</source><target {attributes}>x</target>'
        "</trans-unit></body></file></xliff>"
    )
    assert read("xliff12", text)[0].state == state


def test_pieces_and_codes_of_other_tools_are_one_text() -> None:
    two = (
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="ar" trgLang="en">'
        '<file id="f"><unit id="u"><notes><note>seen</note></notes>'
        '<segment state="final"><source>أ <pc id="1">ب</pc></source><target>a <mrk id="m">b</mrk></target></segment>'
        "<ignorable><source> </source></ignorable>"
        '<segment state="reviewed"><source>ج<ph id="2"/></source><target>c<cp hex="0007"/></target></segment>'
        "</unit></file></xliff>"
    )
    (entry,) = read("xliff", two)
    assert (entry.source, entry.target, entry.state, entry.note) == (
        "أ ب ج", "a b c\x07", "reviewed", "seen",
    )  # fmt: skip
    one_two = (
        '<xliff version="1.2"><file source-language="ar" target-language="en"><body><group>'
        '<trans-unit id="u"><source>أ <g id="1">ب</g><x id="2"/></source><seg-source>no</seg-source>'
        '<target><mrk mtype="seg" mid="0">a</mrk> <mrk mtype="seg" mid="1">b</mrk><bpt id="3">{</bpt></target>'
        '<alt-trans><source>no</source><target>no</target></alt-trans><note from="Mona">seen</note>'
        "</trans-unit></group></body></file></xliff>"
    )
    (entry,) = read("xliff12", one_two)
    assert (entry.source, entry.target, entry.note) == ("أ ب", "a b", "seen")


BOMB = '<?xml version="1.0"?><!DOCTYPE xliff [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xliff>&b;</xliff>'
FILE = '<!DOCTYPE xliff [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff version="1.2">&a;</xliff>'
HOSTILE = {
    "bomb": (BOMB.encode(), "declares entities"),
    "external": (FILE.encode(), "declares entities"),
    "utf16-bomb": (
        BOMB.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"),
        "declares entities",
    ),
    "undefined": (
        b'<!DOCTYPE xliff SYSTEM "x.dtd"><xliff>&a;</xliff>',
        "entity &a; is not defined",
    ),
    "encoding": (b'<?xml version="1.0"?><xliff>\xff\xfe</xliff>', "not well-formed XML"),
    "unknown-encoding": (
        b'<?xml version="1.0" encoding="klingon"?><xliff/>',
        "not well-formed XML",
    ),
    "truncated": (
        b'<xliff version="1.2"><file><body><trans-unit id="1"><sou',
        "not well-formed XML",
    ),
    "deep": (b"<xliff>" + b"<g>" * 5000, "not well-formed XML"),
    "zip": (b"PK\x03\x04rest", "looks like a zip archive"),
    "gzip": (b"\x1f\x8brest", "looks like a gzip file"),
    "empty": (b" \n", "the file is empty"),
    "html": (b"<html/>", "an XML file of 'html', not XLIFF"),
    "nul": (b"\0" * 20, "not well-formed XML"),
}


@KINDS
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_line(kind: str, name: str) -> None:
    data, message = HOSTILE[name]
    with pytest.raises(FormatError, match=re.escape(message)) as caught:
        read(kind, data)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("x.xlf:")


@KINDS
def test_a_huge_file_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_BYTES", 2**20)
    with pytest.raises(FormatError, match="more than 1 MB are not read"):
        read(kind, b"<xliff>" + b" " * 2**20)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("xliff", '<xliff version="1.2"/>', "2.0 to 2.2 and 1.2 can be read"),
        ("xliff", '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en"/>',
         "a translation from 'en'"),
        ("xliff12", '<xliff version="2.1"/>', "not 1.2"),
        ("xliff12", '<xliff version="1.2"><file source-language="ar" target-language="fr"/></xliff>',
         "to 'fr'; Arabic to English is wanted"),
    ],
)  # fmt: skip
def test_other_versions_and_languages(kind: str, text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(kind, text)


# Programs that aren't ours


def tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed (package {package})")
    return found


def test_valid_by_the_schemas(document: Document, nasty: Document) -> None:
    """The schemas of core and modules together, which lxml checks."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the official schemas are not there ({SCHEMAS})")
    etree = pytest.importorskip("lxml.etree")
    modules = {"document": "xliff_core_2.0"} | {n: n for n in ("matches", "glossary", "metadata")}
    imports = "".join(
        f'<xs:import namespace="urn:oasis:names:tc:xliff:{name}:2.0" schemaLocation="{SCHEMAS}/{file}.xsd"/>'
        for name, file in modules.items()
    )
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    schema = etree.XMLSchema(etree.fromstring(f"{head}{imports}</xs:schema>"))
    first = replace(document.units[0], machine="x", elsewhere="y")
    for one_document in (document, replace(document, units=(first,)), nasty):
        schema.assertValid(etree.fromstring(data_of("xliff", one_document)))


@pytest.mark.slow
def test_valid_by_the_advanced_rules(document: Document, tmp_path: Path) -> None:
    """NVDL: the schemas again, and the Schematron rules of core and modules, by jing."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the official schemas are not there ({SCHEMAS})")
    jing = tool("jing", "jing")
    first = replace(document.units[0], machine="x", elsewhere="y")
    document = replace(document, units=(first, *document.units[1:]))
    path, rules = tmp_path / "x.xlf", SCHEMAS / "xliff_2_advanced_validation.nvdl"
    path.write_bytes(data_of("xliff", document))
    ran = subprocess.run([jing, rules, path], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    path.write_bytes(data_of("xliff", document).replace(b'ref="#s1"', b'ref="#s9"'))
    ran = subprocess.run([jing, rules, path], capture_output=True, text=True, check=False)
    assert "must point to a span of text" in ran.stdout  # the rules are looked at


TOOLKIT = """
import json, sys
from translate.storage import factory
units = [u for u in factory.getobject(sys.argv[1]).units if not u.isheader()]
print(json.dumps([[u.source, u.target or "", u.isapproved(), u.isfuzzy()] for u in units]))
"""


def test_read_by_translate_toolkit(document: Document, tmp_path: Path) -> None:
    """In its own process, outside of this folder: its package is called `translate` as well."""
    python = tool("/usr/bin/python3", "python3")
    path = tmp_path / "x.xlf"
    path.write_bytes(data_of("xliff12", document))
    ran = subprocess.run(
        [python, "-I", "-c", TOOLKIT, path],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    if "No module named" in ran.stderr:
        pytest.skip("translate-toolkit is not installed (package translate-toolkit)")
    assert ran.returncode == 0, ran.stderr
    for (source, target, approved, fuzzy), unit in zip(
        json.loads(ran.stdout), document.units, strict=True
    ):
        assert (source, target) == (unit.segment.source, unit.target)
        assert approved == (unit.state in ("reviewed", "final"))
        assert fuzzy == (unit.state == "translated")


def test_made_po_of_by_xliff2po(document: Document, tmp_path: Path) -> None:
    xliff2po = tool("xliff2po", "translate-toolkit")
    (tmp_path / "x.xlf").write_bytes(data_of("xliff12", document))
    subprocess.run(
        [xliff2po, "--progress=none", "x.xlf", "x.po"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    text = (tmp_path / "x.po").read_text(encoding="utf-8")
    fuzzy = sum(u.state == "translated" for u in document.units)
    assert text.count("#, fuzzy") == fuzzy + 1  # the header of a new PO too
    msgfmt = tool("msgfmt", "gettext")
    subprocess.run(
        [msgfmt, "-c", "-o", "/dev/null", "x.po"], cwd=tmp_path, check=True, capture_output=True
    )


@pytest.mark.slow
def test_translated_by_omegat(document: Document, tmp_path: Path) -> None:
    omegat = tool("omegat", "omegat")
    for name in ("source", "target", "omegat", "tm", "glossary", "dictionary", "home"):
        (tmp_path / name).mkdir()
    (tmp_path / "source" / "x.xlf").write_bytes(data_of("xliff12", document))
    folders = "".join(
        f"<{name}>__DEFAULT__</{name}>"
        for name in ("source_dir", "target_dir", "tm_dir", "glossary_dir", "dictionary_dir")
    )
    (tmp_path / "omegat.project").write_text(
        f'<omegat><project version="1.0">{folders}<source_lang>AR</source_lang><target_lang>EN</target_lang>'
        "<sentence_seg>false</sentence_seg></project></omegat>",
        encoding="utf-8",
    )
    ran = subprocess.run(
        [omegat, tmp_path, "--mode=console-translate", f"--config-dir={tmp_path}/home"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    written = tmp_path / "target" / "x.xlf"
    assert written.exists(), ran.stdout + ran.stderr
    assert read("xliff12", written.read_bytes()) == read("xliff12", data_of("xliff12", document))
