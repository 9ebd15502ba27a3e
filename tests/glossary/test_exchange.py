import pytest

from glossary.errors import TermbaseSyntaxError
from glossary.exchange import read_tsv, write_tsv
from glossary.types import Term

TERMS = [
    Term(source="روسيا", target="Russia", kind="place", variants=("RF", "Russian Federation")),
    Term(source='نظام "س"', target="system, x"),
]


@pytest.mark.parametrize("suffix", ["tsv", "csv"])
def test_what_is_written_is_read(tmp_path, suffix):
    path = tmp_path / f"terms.{suffix}"
    write_tsv(TERMS, path)
    read = read_tsv(path)
    assert [(t.source, t.target, t.kind, t.variants) for t in read] == [
        (t.source, t.target, t.kind, t.variants) for t in TERMS
    ]
    assert read[0].line == 2


def test_columns_may_be_named_left_out_or_absent(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("target\tsource\nRussia\tروسيا\n\n", encoding="utf-8")
    assert [(t.source, t.target) for t in read_tsv(path)] == [("روسيا", "Russia")]
    path.write_text("روسيا\tRussia\r\n", encoding="utf-8", newline="")
    assert read_tsv(path)[0].target == "Russia"
    path.write_bytes("روسيا\tRussia\n".encode("cp1256"))
    assert read_tsv(path, "cp1256")[0].source == "روسيا"


def test_unknown_kind_warns_and_is_a_term(tmp_path, caplog):
    path = tmp_path / "t.tsv"
    path.write_text("روسيا\tRussia\tcountry\n", encoding="utf-8")
    assert read_tsv(path)[0].kind == "term"
    assert "t.tsv:1: kind 'country' is unknown" in caplog.text


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("روسيا\tRussia\nكييف\n", 2, "no target"),
        ("\tRussia\n", 1, "no source"),
        ("a\tb\tterm\tv\tx\n", 1, "too many columns"),
    ],
)
def test_bad_lines_are_named(tmp_path, content, line, message):
    path = tmp_path / "t.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TermbaseSyntaxError, match=message) as caught:
        read_tsv(path)
    assert caught.value.line == line


def test_wrong_encoding_and_missing_file(tmp_path):
    path = tmp_path / "t.tsv"
    with pytest.raises(TermbaseSyntaxError, match="no such file"):
        read_tsv(path)
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(TermbaseSyntaxError, match="can't be read as utf-8"):
        read_tsv(path)
