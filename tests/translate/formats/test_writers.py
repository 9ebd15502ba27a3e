"""The contract of every writer, over the registry; and golden files, read before a change."""

import csv
import json
from contextlib import suppress
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.errors import UnknownFormat
from translate.formats import WRITERS, writer
from translate.formats.po import read_po
from translate.formats.report import read_report, report_summary
from translate.formats.tables import COLUMNS
from translate.types import Document

GOLDEN = {"po": "document.po", "html": "document.html", "txt": "document.en.txt"} | {
    name: f"document{WRITERS[name].suffix}" for name in ("json", "tsv", "jsonl", "xliff", "xliff12")
}


@pytest.mark.parametrize("name", WRITERS)
class TestContract:
    def test_is_pure(self, name: str, nasty: Document) -> None:
        assert writer(name).write(nasty) == writer(name).write(nasty)

    def test_is_utf8_with_unix_lines(self, name: str, nasty: Document) -> None:
        text = writer(name).write(nasty)
        text.encode("utf-8")
        assert "\r\n" not in text or name == "html"

    def test_golden(
        self, name: str, document: Document, data: Path, request: pytest.FixtureRequest
    ) -> None:
        text = writer(name).write(document)
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
    }


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UnknownFormat, match=r"no format 'docx'; there are po, html"):
        writer("docx")


def test_po_keeps_nasty_texts(nasty: Document) -> None:
    entries = read_po(writer("po").write(nasty), "x.po")
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
    text = writer("tsv").write(nasty)
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
    parser.feed(writer("html").write(nasty))
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
    units, after = read_report(writer("json").write(document))
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
