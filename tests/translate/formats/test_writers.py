"""The contract of every writer, over the registry; and golden files, read before a change."""

import csv
import json
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.tbx import read_tbx
from tests.translate.documents.conftest import part
from translate.errors import FormatError, UnknownFormat
from translate.formats import WRITERS, writer
from translate.formats.po import read_po
from translate.formats.report import read_report, report_summary
from translate.formats.tables import COLUMNS
from translate.types import Document

GOLDEN = (
    {"po": "document.po", "html": "document.html", "txt": "document.en.txt"}
    | {
        name: f"document{WRITERS[name].suffix}"
        for name in ("json", "tsv", "jsonl", "xliff", "xliff12", "tmx", "tbx")
    }
    | {"docx": "document.bilingual.docx.xml"}
)


def written(name: str, document: Document) -> bytes:
    """The file. A TBX must hold a term."""
    if name == "tbx" and not any(unit.verdicts for unit in document.units):
        pytest.skip("no terms: test_a_document_without_terms_is_no_tbx")
    return writer(name).write(document)


def texts(name: str, data: bytes) -> str:
    """What of a file is text."""
    return part(data, "word/document.xml") if name == "docx" else data.decode("utf-8")


@pytest.mark.parametrize("name", WRITERS)
class TestContract:
    def test_is_pure(self, name: str, nasty: Document) -> None:
        assert written(name, nasty) == written(name, nasty)

    def test_is_utf8_with_unix_lines(self, name: str, nasty: Document) -> None:
        text = texts(name, written(name, nasty))
        assert "\r\n" not in text or name == "html"

    def test_golden(
        self, name: str, document: Document, data: Path, request: pytest.FixtureRequest
    ) -> None:
        text = texts(name, writer(name).write(document))
        path = data / "golden" / GOLDEN[name]
        if request.config.getoption("--update-golden", default=False):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_bytes().decode("utf-8")


def test_suffixes_are_distinct() -> None:
    assert {name: w.suffix for name, w in WRITERS.items()} == {
        "po": ".po",
        "html": ".html",
        "txt": ".en.txt",
        "json": ".report.json",
        "tsv": ".tsv",
        "jsonl": ".jsonl",
        "xliff": ".xlf",
        "xliff12": ".12.xlf",
        "docx": ".bilingual.docx",
        "tmx": ".tmx",
        "tbx": ".tbx",
    }


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UnknownFormat, match=r"no format 'pdf'; there are po, html"):
        writer("pdf")


def test_half_a_surrogate_pair_is_an_error() -> None:
    with pytest.raises(FormatError, match="half of a surrogate pair at character 0"):
        writer("txt").write(Document(name="d", units=(), after="\ud800"))


def test_a_tbx_has_the_terms_that_occur_each_once(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "x.tbx"
    path.write_bytes(writer("tbx").write(document))
    occurring = [v.constraint.match.term for u in document.units for v in u.verdicts]
    read = read_tbx(path)
    assert [(t.source, t.target, t.kind, t.variants, t.forbidden) for t in read.terms] == [
        (t.source, t.target, t.kind, t.variants, t.forbidden) for t in dict.fromkeys(occurring)
    ]
    assert len(read.terms) == len(occurring)
    twice = replace(document, units=(*document.units, *document.units))
    assert writer("tbx").write(twice) == path.read_bytes()


def test_a_document_without_terms_is_no_tbx() -> None:
    with pytest.raises(FormatError, match="letter: no term of the termbases occurs in it"):
        writer("tbx").write(Document(name="letter", units=()))


def test_po_keeps_nasty_texts(nasty: Document) -> None:
    entries = read_po(writer("po").write(nasty).decode(), "x.po")
    assert [(e.id, e.source, e.target) for e in entries] == [
        (u.segment.id, u.segment.source, u.target) for u in nasty.units
    ]


def test_json_and_jsonl_hold_the_same(nasty: Document) -> None:
    report = json.loads(writer("json").write(nasty))
    lines = writer("jsonl").write(nasty).splitlines()
    assert [json.loads(line) for line in lines] == report["segments"]
    assert [s["source"] for s in report["segments"]] == [u.segment.source for u in nasty.units]
    assert list(report) == [
        "model",
        "engine",
        "version",
        "glossary",
        "after",
        "segments",
        "summary",
    ]
    assert report["summary"] == report_summary(nasty)


def test_tsv_unescapes_to_the_texts(nasty: Document) -> None:
    text = writer("tsv").write(nasty).decode()
    rows = list(csv.reader(StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert tuple(rows[0]) == COLUMNS
    assert len(text.splitlines()) == 1 + len(nasty.units)
    for row, unit in zip(rows[1:], nasty.units, strict=True):
        plain = row[3].replace("\\\\", "\0")
        plain = plain.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r")
        for c in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029):
            plain = plain.replace(f"\\u{c:04x}", chr(c))
        assert plain.replace("\0", "\\") == unit.segment.source
        assert row[5:7] == ["2", "1"]


def test_html_has_no_markup_of_the_document(nasty: Document) -> None:
    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__(convert_charrefs=True)
            self.tags: list[str] = []
            self.attributes: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.append(tag)
            self.attributes |= {name for name, _ in attrs}

    parser = Tags()
    parser.feed(writer("html").write(nasty).decode())
    assert parser.tags.count("script") == 1
    assert not {"img", "link", "iframe", "object", "form", "base"} & set(parser.tags)
    assert not {a for a in parser.attributes if a.startswith("on") or a in ("src", "srcset")}


def test_summary_counts_by_hand(document: Document) -> None:
    assert report_summary(document) == {
        "segments": 5,
        "occurrences": 7,
        "satisfied": 2,
        "variant": 1,
        "misplaced": 1,
        "missing": 1,
        "forbidden": 1,
        "waived": 1,
        "words": 2 + 10 + 7 + 6 + 5,
        "seconds": 1.5,
    }


# Reading a report again


def test_a_report_is_read_as_it_was_written(document: Document) -> None:
    units, after = read_report(writer("json").write(document).decode())
    assert after == document.after
    assert list(units) == [u.segment.id for u in document.units]
    for unit, read in zip(document.units, units.values(), strict=True):
        assert (read.source, read.target) == (unit.segment.source, unit.target)
        assert (read.before, read.alignment) == (unit.segment.before, unit.alignment)
        assert [(v.status, v.target_span) for v in read.verdicts] == [
            (v.status, v.span) for v in unit.verdicts
        ]
        assert [v.expected for v in read.verdicts] == [
            (*v.constraint.forms, *v.constraint.variants) for v in unit.verdicts
        ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.data())
def test_any_other_json_is_a_value_error(data: st.DataObject) -> None:
    """One thing in a good report replaced by anything."""
    span = {"source_span": [0, 1], "target_span": None, "expected": ["x"]}
    one = {"id": "a", "source": "س", "target": "t", "before": "", "alignment": [[0, 0]]}
    one |= {"source_words": [[0, 1]], "target_words": [[0, 1]]}
    one |= {"verdicts": [{"term": "س", "status": "missing", **span}]}
    report = {"segments": [one], "after": "\n"}
    places = [(report, k) for k in report] + [(one, k) for k in one]
    places += [(one["verdicts"][0], k) for k in one["verdicts"][0]]
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(JSON)
    with suppress(ValueError):
        units, after = read_report(json.dumps(report))
        after.encode()
        for unit in units.values():
            unit.before.encode()


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "x", '{"segments": 1}', "[" * 100_000, '{"segments": [], "after": "\\ud800"}',
     '{"segments": [{"id": "a", "source": "", "target": "", "before": "", "source_words": [[Infinity, 0]]}]}'],
)  # fmt: skip
def test_no_report_at_all_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_report(text)
