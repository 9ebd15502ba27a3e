"""`dragoman terms`: the termbase from the command line, on files."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

Dragoman = Callable[..., Any]
FIELDS = {"line", "start", "end", "surface", "term", "proclitics", "enclitic"}


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def house(tmp_path: Path, own: Path) -> Path:
    path = tmp_path / "house.po"
    path.write_bytes(own.read_bytes())
    return path


# find


def test_find_gives_an_object_an_occurrence(dragoman: Dragoman, news: Path, own: Path) -> None:
    ran = dragoman("terms", "find", news, "-g", own, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = objects(ran.out)
    assert [f["line"] for f in found] == [3, 3, 4, 5, 5, 5]
    lines = news.read_text(encoding="utf-8").split("\n")
    for one in found:
        assert set(one) >= FIELDS
        assert lines[one["line"] - 1][one["start"] : one["end"]] == one["surface"]
    moscow = found[0]["term"]
    assert [f["term"] for f in found] == [moscow, found[1]["term"], found[2]["term"]] + [moscow] * 3
    assert [f["proclitics"] for f in found] == [[], [], [], [], ["و"], ["و", "ل"]]
    assert {f["enclitic"] for f in found} == {""}
    assert found[-1]["surface"] == "ول" + moscow


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_positions_are_code_points_of_the_line(
    dragoman: Dragoman, tmp_path: Path, own: Path, text: str, end: str, bom: str
) -> None:
    """Astral characters count once, a byte order mark and line ends not at all, U+2028 ends no line."""
    moscow = text.split("\n")[4].split()[2]
    rows = [f"😀𐎠 {moscow}", "", f"\u2028 ول{moscow}،", f"e\u0301 «{moscow}»"]
    (tmp_path / "x.txt").write_bytes((bom + end.join(rows) + end).encode())
    found = objects(dragoman("terms", "find", "x.txt", "-g", own, "--json").out)
    assert [(f["line"], f["start"], f["end"]) for f in found] == [
        (1, 3, 8), (3, 2, 9), (4, 4, 9),
    ]  # fmt: skip
    for one in found:
        assert rows[one["line"] - 1][one["start"] : one["end"]] == one["surface"]


def test_only_the_longest_is_found(
    dragoman: Dragoman, tmp_path: Path, news: Path, own: Path
) -> None:
    longer = tmp_path / "longer.po"
    longer.write_text('msgid "الوفد موسكو"\nmsgstr "the Moscow delegation"\n', encoding="utf-8")
    found = objects(dragoman("terms", "find", news, "-g", own, "-g", longer, "--json").out)
    last = [f for f in found if f["line"] == 5]
    assert [f["term"] for f in last] == ["الوفد موسكو", "موسكو", "موسكو"]
    spans = [(f["line"], f["start"], f["end"]) for f in found]
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))


def test_find_with_a_glossary_replaces_the_shipped_ones(
    dragoman: Dragoman, news: Path, own: Path
) -> None:
    def terms(*options: str | Path) -> set[str]:
        ran = dragoman("terms", "find", news, "--json", *options)
        assert ran.code == 0
        return {f["term"] for f in objects(ran.out)}

    mine, both, shipped = (
        terms("-g", own), terms("-g", own, "-g", "default"), terms("-g", "default"),
    )  # fmt: skip
    assert len(mine) == 3
    assert mine < both
    assert shipped == terms()
    assert shipped - mine == both - mine


def test_find_for_people(dragoman: Dragoman, news: Path, own: Path) -> None:
    ran = dragoman("terms", "find", "-", "-g", own, stdin=news.read_bytes())
    first = ran.out.splitlines()[0].split("\t")
    assert first[0] == "3:22"
    assert first[3] == "Moscow"


def test_find_says_a_detected_encoding(
    dragoman: Dragoman, tmp_path: Path, news: Path, own: Path
) -> None:
    (tmp_path / "old.txt").write_bytes(news.read_text(encoding="utf-8").encode("cp1256"))
    old = dragoman("terms", "find", "old.txt", "-g", own, "--json")
    assert "windows-1256" in old.err
    assert old.out == dragoman("terms", "find", news, "-g", own, "--json").out


def test_find_in_a_wrong_file_is_one_line(dragoman: Dragoman) -> None:
    assert "nowhere.txt" in dragoman("terms", "find", "nowhere.txt").error


# list


def test_list_filters(dragoman: Dragoman, house: Path, own: Path) -> None:
    rows = dragoman("terms", "list", "-g", own).out.splitlines()
    assert len(rows) == 3
    assert rows[0].split("\t")[1:] == ["Moscow", "place", f"{own}:10"]
    people = dragoman("terms", "list", "-g", own, "--kind", "person").out.splitlines()
    assert [r.split("\t")[1] for r in people] == ["Hanna Maliar"]
    for wanted in ("kyiv", "KYIV CITY", "كِييف"):
        (found,) = dragoman("terms", "list", "-g", own, "--search", wanted).out.splitlines()
        assert "\tKyiv\t" in found
    assert dragoman("terms", "list", "-g", own, "--proposed").out == ""
    assert dragoman("terms", "add", "أ", "B", "--to", house, "--proposed").code == 0
    proposed = objects(dragoman("terms", "list", "-g", house, "--proposed", "--json").out)
    assert [(p["source"], p["status"]) for p in proposed] == [("أ", "proposed")]
    (kyiv,) = objects(dragoman("terms", "list", "-g", own, "--search", "Kyiv", "--json").out)
    assert (kyiv["target"], kyiv["variants"], kyiv["line"]) == ("Kyiv", ["Kyiv City"], 15)
    assert len(dragoman("terms", "list").out.splitlines()) >= 3000
    assert dragoman("terms", "list", "--kind", "planet").code == 2


# add, remove


def test_add_then_remove_gives_the_file_back(dragoman: Dragoman, house: Path) -> None:
    before = house.read_bytes()
    ran = dragoman(
        "terms", "add", "تلغرام", "Telegram", "--kind", "org", "--variant", "Telegram Messenger",
        "--avoid", "Telegraph", "--ar", "تليغرام", "--to", house,
    )  # fmt: skip
    assert ran.code == 0
    assert "added" in ran.err
    after = house.read_bytes()
    assert after.startswith(before)
    (term,) = objects(dragoman("terms", "list", "-g", house, "--kind", "org", "--json").out)
    assert (term["source"], term["target"], term["variants"], term["avoid"], term["ar"]) == (
        "تلغرام", "Telegram", ["Telegram Messenger"], ["Telegraph"], ["تليغرام"],
    )  # fmt: skip
    assert "there already" in dragoman("terms", "add", "تلغرام", "TG", "--to", house).error
    assert house.read_bytes() == after
    assert dragoman("terms", "remove", "تلغرام", "--from", house).code == 0
    assert house.read_bytes() == before
    assert "no term" in dragoman("terms", "remove", "تلغرام", "--from", house).error


def test_without_a_file_ones_own_termbase_is_meant(
    dragoman: Dragoman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (shipped,) = [
        row for row in objects(dragoman("terms", "list", "--json").out)
        if row["source"] == "موسكو"
    ]  # fmt: skip
    added = dragoman("terms", "add", "موسكو", "Moskva", "--kind", "place")
    assert "your own termbase" in added.err
    own = tmp_path / "data" / "dragoman" / "terms.po"
    assert str(own) in added.err
    rows = [r for r in objects(dragoman("terms", "list", "--json").out) if r["source"] == "موسكو"]
    assert [(row["target"], row["path"]) for row in rows] == [("Moskva", str(own))]
    assert dragoman("terms", "remove", "موسكو").code == 0
    rows = [r for r in objects(dragoman("terms", "list", "--json").out) if r["source"] == "موسكو"]
    assert rows == [shipped]


def test_two_senses_are_told_apart_by_context(dragoman: Dragoman) -> None:
    for sense, english in (("country", "Mali"), ("adjective", "financial")):
        added = dragoman("terms", "add", "مالي", english, "--context", sense, "--to", "new.po")
        assert added.code == 0
    rows = objects(dragoman("terms", "list", "-g", "new.po", "--json").out)
    assert [(r["context"], r["target"]) for r in rows] == [
        ("country", "Mali"), ("adjective", "financial"),
    ]  # fmt: skip
    assert dragoman("terms", "remove", "مالي", "--from", "new.po").code == 1
    assert dragoman("terms", "remove", "مالي", "--context", "country", "--from", "new.po").code == 0
    assert len(dragoman("terms", "list", "-g", "new.po").out.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["add", " ", "Russia", "--to", "x.po"], 2, "empty"),
        (["add", "روسيا", "Russia", "--to", "x.po", "--kind", "planet"], 2, "planet"),
        (["add", "روسيا", "Russia", "--to", "broken.po"], 1, "broken.po"),
        (["remove", "روسيا", "--from", "nowhere.po"], 1, "nowhere.po"),
        (["lint", "nowhere.po"], 1, "nowhere.po"),
        (["list", "-g", "broken.po"], 1, "broken.po:2"),
        pytest.param(["list", "-g", "bare.po"], 1, "bare.po:2"),
        pytest.param(["lint", "cut.po"], 1, "cut.po:1"),
        (["export", "-g", "broken.po", "-o", "x.tsv"], 1, "broken.po:2"),
        (["import", "nowhere.tsv", "-o", "x.po"], 1, "nowhere.tsv"),
        (["import", "three.tsv", "-o", "x.po"], 1, "three.tsv:2"),
        (["import", "wide.tsv", "-o", "x.po"], 1, "wide.tsv:1"),
        (["import", "old.tsv", "-o", "x.po"], 1, "old.tsv"),
        (["import", "good.tsv", "-o", "broken.po"], 2, "--force"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_an_error_is_one_line(
    dragoman: Dragoman, tmp_path: Path, arguments: list[str], code: int, word: str
) -> None:
    files = {
        "broken.po": 'msgid "روسيا"\nmgstr "Russia"\n'.encode(),
        "bare.po": 'msgid "روسيا"\nmsgstr Russia\n'.encode(),
        "cut.po": 'msgid "روسيا"\n'.encode(),
        "three.tsv": "روسيا\tRussia\nموسكو\n".encode(),
        "wide.tsv": b"a\tb\tterm\tc\td\n",
        "old.tsv": "روسيا\tRussia\n".encode("cp1256"),
        "good.tsv": "روسيا\tRussia\n".encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    ran = dragoman("terms", *arguments)
    assert ran.code == code
    assert word in ran.error
    assert not Path("x.po").exists()
    assert Path("broken.po").read_bytes() == files["broken.po"]


# lint


def test_lint_ends_with_one_where_there_is_an_error(
    dragoman: Dragoman, tmp_path: Path, own: Path
) -> None:
    clean = dragoman("terms", "lint", own)
    assert (clean.code, clean.out) == (0, "")
    assert "3 terms in 1 files, 0 findings" in clean.err
    odd = tmp_path / "odd.po"
    odd.write_text(
        '#. kind: planet\nmsgid "المريخ"\nmsgstr "Mars"\n\nmsgid "زحل"\nmsgstr ""\n', "utf-8"
    )
    ran = dragoman("terms", "lint", odd)
    assert ran.code == 0
    assert [row.split(": ")[:2] for row in ran.out.splitlines()] == [
        [f"{odd}:2", "warning"], [f"{odd}:5", "warning"],
    ]  # fmt: skip
    assert "warning" not in ran.err  # told once, on stdout
    assert dragoman("terms", "lint", odd, "--strict").code == 1
    wrong = tmp_path / "wrong.po"
    wrong.write_text('msgid "Mars"\nmsgstr "المريخ"\n', encoding="utf-8")
    ran = dragoman("terms", "lint", wrong)
    assert ran.code == 1
    assert "error" in ran.out


def test_lint_leaves_later_commands_their_warnings(
    dragoman: Dragoman, tmp_path: Path, own: Path
) -> None:
    (tmp_path / "odd.po").write_text('#. kind: planet\nmsgid "قمر"\nmsgstr "moon"\n', "utf-8")
    assert dragoman("terms", "lint", "odd.po").err.count("planet") == 0
    assert dragoman("terms", "list", "-g", "odd.po").err.count("planet") == 1


# import, export


def test_import_makes_a_termbase(dragoman: Dragoman, tmp_path: Path) -> None:
    table = (
        "source\ttarget\tkind\tvariants\n"
        "القاهرة\tCairo\tplace\t\n"
        "\n"
        "حلف الناتو\tNATO\torg\tthe Alliance|Atlantic alliance\n"
        "زحل\tSaturn\tplanet\n"
        "اتفاق\tagreement\n"
    )
    (tmp_path / "terms.tsv").write_text(table, encoding="utf-8-sig")
    ran = dragoman("terms", "import", "terms.tsv", "-o", "house.po")
    assert ran.code == 0
    assert ran.err.splitlines()[0].startswith("warning: terms.tsv:5: kind 'planet' is unknown")
    assert ran.err.splitlines()[1:] == ["house.po: 4 terms"]
    rows = objects(dragoman("terms", "list", "-g", "house.po", "--json").out)
    assert [(r["target"], r["kind"], r["variants"]) for r in rows] == [
        ("Cairo", "place", []),
        ("NATO", "org", ["the Alliance", "Atlantic alliance"]),
        ("Saturn", "term", []),
        ("agreement", "term", []),
    ]


def test_import_refuses_two_targets_of_one_source(dragoman: Dragoman, tmp_path: Path) -> None:
    (tmp_path / "terms.tsv").write_text("روسيا\tRussia\nروسيا\tRus\n", encoding="utf-8")
    assert "terms.tsv:2" in dragoman("terms", "import", "terms.tsv", "-o", "house.po").error
    assert not Path("house.po").exists()


def test_import_without_a_header_and_over_an_old_file(dragoman: Dragoman, tmp_path: Path) -> None:
    (tmp_path / "terms.tsv").write_bytes("القاهرة\tCairo\r\n".encode())
    Path("house.po").write_text("mine", encoding="utf-8")
    assert dragoman("terms", "import", "terms.tsv", "-o", "house.po").code == 2
    assert Path("house.po").read_text(encoding="utf-8") == "mine"
    assert dragoman("terms", "import", "terms.tsv", "-o", "house.po", "--force").code == 0
    (row,) = objects(dragoman("terms", "list", "-g", "house.po", "--json").out)
    assert (row["target"], row["kind"]) == ("Cairo", "term")


def test_export_and_import_give_the_terms_back(dragoman: Dragoman, own: Path) -> None:
    assert dragoman("terms", "export", "-g", own, "-o", "terms.tsv").code == 0
    rows = Path("terms.tsv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "source\ttarget\tkind\tvariants"
    assert rows[2].split("\t")[1:] == ["Kyiv", "place", "Kyiv City"]
    assert dragoman("terms", "import", "terms.tsv", "-o", "back.po").code == 0

    def shown(path: str | Path) -> list[list[str]]:
        listed = dragoman("terms", "list", "-g", path).out.splitlines()
        return [row.split("\t")[:3] for row in listed]

    assert shown("back.po") == shown(own)
