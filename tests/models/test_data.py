"""Preparing pairs: every format is read, what is bad is dropped and counted, evaluation stays unseen."""

import gzip
import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from models import data
from models.data import Options, Source, prepare, read_sources
from models.errors import CheckpointError
from models.registry import STARTER
from models.tokenizer import Tokenizer
from models.training.filters import Guard, clean, objection
from models.training.links import grow_diagonal
from models.training.pairs import read_pairs

AR, EN = "وصل الوفد إلى موسكو.", "The delegation arrived in Moscow."
LONG_AR = "أعلن الرئيس أن بلاده ستشارك في المؤتمر الذي يعقد الأسبوع المقبل في القاهرة"
LONG_EN = "the president said that his country would take part in the conference next week in Cairo"
TMX = f"""<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header/><body>
<tu><tuv xml:lang="EN-us"><seg>{EN[:12]}<bpt i="1">&lt;b></bpt>{EN[12:]}</seg></tuv>
<tuv xml:lang="ar"><seg>{AR}</seg></tuv></tu>
<tu><tuv xml:lang="fr"><seg>x</seg></tuv><tuv xml:lang="ar"><seg>{AR}</seg></tuv></tu></body></tmx>"""
PO = f'msgid ""\nmsgstr ""\n\nmsgid "{AR}"\nmsgstr "{EN}"\n\n#, fuzzy\nmsgid "لا"\nmsgstr "No"\n'
NO_ALIGN = Options(align=False)


def write(path: Path, *pairs: tuple[str, str]) -> Path:
    path.write_text("".join(f"{a}\t{e}\n" for a, e in pairs), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.tsv", f"{AR}\t{EN}\tmore\nalone\n", "no second column"),
        ("a.jsonl", json.dumps({"ar": AR, "en": EN}) + '\n{"ar": 1}\n', "no source and target"),
        (
            "b.jsonl",
            json.dumps({"translation": {"ar": AR, "en": EN}}) + "\n[]\n",
            "no source and target",
        ),
        ("a.tmx", TMX, "not Arabic and English"),
        ("a.po", PO, "not approved"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".gz", ".xz"])
def test_every_format_is_read(
    tmp_path: Path, name: str, content: str, reason: str, ending: str
) -> None:
    packed = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}[ending](content.encode())
    path = tmp_path / (name + ending)
    path.write_bytes(packed)
    assert list(read_pairs(path)) == [(AR, EN), reason]


def test_each_english_of_a_unit_makes_a_pair(tmp_path: Path) -> None:
    spelt = "".join(
        f'<tuv xml:lang="{language}"><seg>{text}</seg></tuv>'
        for language, text in (("en-GB", "Colour"), ("ar", "لون"), ("en-US", "Color"), ("en", ""))
    )
    (tmp_path / "a.tmx").write_text(f"<tmx><tu>{spelt}</tu></tmx>", encoding="utf-8")
    assert list(read_pairs(tmp_path / "a.tmx")) == [("لون", "Colour"), ("لون", "Color")]


def test_a_unit_without_end_is_refused(tmp_path: Path) -> None:
    seg = f'<tuv xml:lang="en"><seg>{"a" * 400_000}</seg></tuv>'
    (tmp_path / "a.tmx").write_text(f"<tmx><tu>{3 * seg}</tu></tmx>", encoding="utf-8")
    with pytest.raises(CheckpointError, match="a unit of more than 1000000"):
        list(read_pairs(tmp_path / "a.tmx"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docx", b"", "can't tell what it is"),
        ("a.tsv", b"\xff\xfe\t", "can't be read"),
        ("a.jsonl", b"{", "can't be read"),
        ("a.tmx", b"<tmx><tu>", "not well-formed"),
        ("a.tmx", b'<!DOCTYPE t [<!ENTITY a "b">]><tmx/>', "declares entities"),
        (
            "a.tmx",
            b'<!DOCTYPE t SYSTEM "t.dtd"><tmx><tu><tuv><seg>a&nbsp;b',
            "entities, or uses such",
        ),
        ("a.tsv.xz", b"no xz", "can't be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=f"{name}.*{said}"):
        list(read_pairs(tmp_path / name))


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (AR, EN, None),
        ("", EN, "empty"),
        (AR, "", "empty"),
        (AR * 60, EN * 60, "too long"),
        (AR, EN * 5, "length ratio"),
        (EN, EN, "script"),
        (AR, AR, "script"),
        (AR, f"{EN} {AR[:4]}", "script"),
    ],
)
def test_objections(source: str, target: str, reason: str | None) -> None:
    assert objection(source, target) == reason


def test_cleaning() -> None:
    assert clean(" a &amp;  b\u00a0ﬁ\n") == "a & b fi"


def test_the_guard_knows_what_is_like_an_evaluation_sentence() -> None:
    guard = Guard([LONG_EN, LONG_AR, "Oil prices rose", ""])
    assert guard.knows(LONG_EN.upper())
    assert guard.knows(LONG_AR.replace("أ", "ا"))  # spelling is folded
    assert guard.knows(
        "Yesterday " + " ".join(LONG_EN.split()[:8]) + " or so they said in a long talk"
    )
    assert guard.knows(LONG_EN.replace("Cairo", "Rabat").replace("week", "month"))
    assert guard.knows("oil prices rose!")
    assert not guard.knows(" ".join(LONG_EN.split()[:6]) + " win the cup final on Saturday night")
    assert not guard.knows("Oil prices rose again on Monday after the meeting")
    assert not guard.knows("")


def test_bad_pairs_are_counted_by_reason(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.tsv", (AR, EN), (AR, EN), (LONG_AR, LONG_EN), (AR, ""), ("سعر النفط", "Oil price")
    )  # fmt: skip
    (tmp_path / "eval.en").write_text(LONG_EN, encoding="utf-8")
    (tmp_path / "dev.tsv").write_text("القمة العربية\tArab summit\n", encoding="utf-8")
    options = Options(align=False, evaluation=(tmp_path / "eval.en",), dev=tmp_path / "dev.tsv")
    made = prepare([Source(path=path, weight=2.0)], STARTER, tmp_path / "cache", options=options)
    (count,) = made.counts
    assert (count.name, count.kept) == ("a", 2)
    assert count.dropped == {"duplicate": 1, "like an evaluation sentence": 1, "empty": 1}
    assert made.corpus.weight.tolist() == [2.0, 2.0]
    tokenizer = Tokenizer(STARTER)
    assert made.corpus[0].source == [tokenizer.vocab[p.piece] for p in tokenizer.encode(AR)]
    assert made.corpus[1].target == [
        tokenizer.vocab[p] for p in tokenizer.encode_target("Oil price")
    ]
    assert len(made.dev) == 1


def test_the_same_again_is_taken_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(path=write(tmp_path / "a.tsv", (AR, EN)))
    first = prepare([source], STARTER, tmp_path / "cache", options=NO_ALIGN)
    monkeypatch.setattr(data, "_prepare", None)  # would raise
    again = prepare([source], STARTER, tmp_path / "cache", options=NO_ALIGN)
    assert again.path == first.path
    assert again.counts == first.counts
    assert again.corpus.digest() == first.corpus.digest()
    monkeypatch.undo()
    write(source.path, (AR, EN), ("سعر النفط", "Oil price"))
    assert prepare([source], STARTER, tmp_path / "cache", options=NO_ALIGN).path != first.path


def test_nothing_left_says_why(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="a: 0 kept; dropped: 1 script"):
        prepare(
            [Source(path=write(tmp_path / "a.tsv", (EN, EN)))], STARTER, tmp_path, options=NO_ALIGN
        )


def test_some_pairs_are_held_out_without_a_dev_file(tmp_path: Path) -> None:
    pairs = [
        (f"بلغ العدد {i} في المدينة", f"The number reached {i} in the city") for i in range(600)
    ]
    made = prepare(
        [Source(path=write(tmp_path / "a.tsv", *pairs))], STARTER, tmp_path, options=NO_ALIGN
    )
    assert len(made.corpus) + len(made.dev) == 600
    assert 0 < len(made.dev) < 20


def test_terms_of_a_termbase_are_found_on_both_sides(tmp_path: Path) -> None:
    (tmp_path / "t.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        '#. kind: place\nmsgid "موسكو"\nmsgstr "Moscow"\n',
        encoding="utf-8",
    )
    path = write(
        tmp_path / "a.tsv", ("سافر الوفد لموسكو.", EN), ("وصل إلى موسكو", "It arrived there")
    )
    options = Options(align=False, terms=(tmp_path / "t.po",))
    made = prepare([Source(path=path)], STARTER, tmp_path, options=options)
    tokenizer = Tokenizer(STARTER)
    names = {i: piece for piece, i in tokenizer.vocab.items()}
    pair = made.corpus[0]
    (hit,) = pair.hits
    source = "".join(names[i] for i in pair.source[hit.source_start : hit.source_end])
    target = "".join(names[i] for i in pair.target[hit.target_start : hit.target_end])
    assert (source, target) == ("▁لموسكو", "▁Moscow")
    assert made.corpus[1].hits == []


def test_weights_come_from_the_command_before_the_table(tmp_path: Path) -> None:
    table = tmp_path / "SOURCES.tsv"
    table.write_text("source\tweight\tlicence\na\t0.5\tCC0\nb\t4\tMIT\n", encoding="utf-8")
    made = read_sources(
        [(Path("x/a.tsv.xz"), None), (Path("b.tsv"), 2.0), (Path("c.tsv"), None)], table
    )
    assert [(s.weight, s.licence) for s in made] == [(0.5, "CC0"), (2.0, "MIT"), (1.0, "")]


def test_ids_are_the_pieces_of_encode() -> None:
    tokenizer = Tokenizer(STARTER)
    texts = [AR, EN, "a <t> b", ">>x<< y", "☃ مُحَمَّد ٣٫٥ ﷺ", ""]
    assert tokenizer.ids(texts) == [
        [tokenizer.vocab[p.piece] for p in tokenizer.encode(t)] for t in texts
    ]
    assert tokenizer.ids(texts, target=True) == [
        [tokenizer.target_vocab[p] for p in tokenizer.encode_target(t)] for t in texts
    ]


def test_grow_diagonal() -> None:
    forward, reverse = {(0, 0), (1, 1), (5, 0)}, {(0, 0), (1, 2), (0, 9)}
    assert grow_diagonal(forward, reverse) == {(0, 0), (1, 1), (1, 2)}
    assert grow_diagonal(set(), {(1, 1)}) == set()


def test_words_are_linked(tmp_path: Path) -> None:
    pytest.importorskip("eflomal")
    words = [("بيت", "house"), ("كتاب", "book"), ("قلم", "pen"), ("باب", "door"), ("بحر", "sea")]
    random = np.random.default_rng(1)
    drawn = [random.permutation(5)[:3].tolist() for _ in range(60)]
    pairs = [(" ".join(words[i][0] for i in d), " ".join(words[i][1] for i in d)) for d in drawn]
    made = prepare([Source(path=write(tmp_path / "a.tsv", *pairs))], STARTER, tmp_path)
    pair = made.corpus[3]
    assert {t for _, t in pair.links} == set(range(len(pair.target)))
    assert len(made.corpus.links_at) == len(made.corpus) + 1


def test_a_missing_eflomal_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "eflomal", None)
    with pytest.raises(CheckpointError, match=r"dragoman\[train\].*--guide 0"):
        prepare([Source(path=write(tmp_path / "a.tsv", (AR, EN)))], STARTER, tmp_path)
