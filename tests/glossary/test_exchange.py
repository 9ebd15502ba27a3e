import pytest

from glossary.errors import TermbaseSyntaxError
from glossary.exchange import read_deepl, read_opus_cat, read_tsv, write_deepl, write_tsv
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


# DeepL and OPUS-CAT

OPUS_CAT = """terms:
- source-pattern: موسكو
  match-source-lemma: false
  target-lemma: Moscow
  source-language-code: ar
  target-language-code: ar
  source-pattern-is-regex: false
  source-pattern-is-case-sensitive: true
  description: the capital
- source-pattern: F-16
  target-lemma: F-16 jet
  source-pattern-is-case-sensitive: true
- source-pattern: موسكو
  target-lemma: Moskva
- source-pattern: ا.*
  target-lemma: x
  source-pattern-is-regex: true
- source-pattern: Haus
  target-lemma: house
  source-language-code: de
- source-pattern: س
terminology-name: news
terminology-guid: 5c9b1a52-5f7e-4f44-8a10-0c3a2f4f9d11
global-terminology: false
"""


def test_a_termbase_of_opus_cat(tmp_path):
    path = tmp_path / "x.yml"
    path.write_text(OPUS_CAT, encoding="utf-8")
    read = read_opus_cat(path)
    assert [(t.source, t.target, set(t.flags), t.note) for t in read.terms] == [
        ("موسكو", "Moscow", set(), "the capital"),
        ("F-16", "F-16 jet", {"case-sensitive"}, ""),
    ]
    assert read.remarks == (
        "1 entries left out: an earlier one has their source",
        "1 entries left out: their source is a regular expression",
        "1 entries left out: they are of 'de', not Arabic",
        "1 entries left out: they have no source or no target",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [", "not YAML"),
        ("a: !!python/object:os.system x", "not YAML"),
        ("[" * 5000, "not YAML"),
        ("- a", "no list of terms"),
        ("terms: 1", "no list of terms"),
        ("", "no list of terms"),
    ],
)
def test_no_termbase_of_opus_cat(tmp_path, content, message):
    path = tmp_path / "x.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TermbaseSyntaxError, match=message):
        read_opus_cat(path)


def test_a_glossary_of_deepl(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        'موسكو,"Moscow, Russia",AR,EN-US\nHaus,house,de,en\nس,s\nس,s\n', encoding="utf-8"
    )
    read = read_deepl(path)
    assert [(t.source, t.target) for t in read.terms] == [("موسكو", "Moscow, Russia"), ("س", "s")]
    assert read.remarks == (
        "1 entries left out: they are de-en, not ar-en",
        "1 entries left out: they repeat another one",
    )
    path.write_text("موسكو\n", encoding="utf-8")
    with pytest.raises(TermbaseSyntaxError, match=r"x\.csv:1: not a source and a target"):
        read_deepl(path)


def test_what_deepl_takes(tmp_path):
    path = tmp_path / "x.tsv"
    terms = [
        Term(source="عين", target="eye", source_variants=("أعين", "عين")),
        Term(source="عين", target="spring", context="water"),
        Term(source="طويل", target="x" * 1025),
        Term(source="مقترح", target="y", status="proposed"),
    ]
    assert write_deepl(terms, path) == (
        2,
        (
            "1 entries left out: their source stands there with another target",
            "1 entries left out: they are longer than 1024 bytes",
            "1 entries left out: they are not approved",
        ),
    )
    assert path.read_text(encoding="utf-8") == "عين\teye\nأعين\teye\n"
