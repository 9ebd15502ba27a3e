"""`dragoman export` and `dragoman apply`, on a folder that `dragoman translate` wrote."""

import io
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glossary.compiled import load
from glossary.termbase import Termbase, write_terms
from glossary.types import Term
from translate.cli import main
from translate.cli.exchanging import FORMATS
from translate.exchange import READERS
from translate.formats.po import read_saved
from translate.master import Master
from translate.review import Review

Dragoman = Callable[..., Any]


@pytest.fixture
def article(tmp_path: Path, data: Path) -> Path:
    """The example article in out/, as translated."""
    folder = tmp_path / "out" / "article"
    shutil.copytree(data / "review" / "article", folder)
    return folder


@pytest.fixture
def opened(article: Path, own: Path) -> Callable[[], Review]:
    """As an open review page sees it."""
    _, matcher = load([own])
    return lambda: Review(Master(article / "article.po"), lambda: matcher)


def po(folder: Path) -> str:
    return (folder / "article.po").read_text(encoding="utf-8")


def entries(folder: Path) -> list[Any]:
    return list(read_saved(po(folder), "").entries)


@pytest.mark.parametrize("kind", FORMATS)
def test_exports_every_format(dragoman: Dragoman, article: Path, own: Path, kind: str) -> None:
    before = po(article)
    ran = dragoman("export", article, "--to", kind, "-o", "x.out", "-g", own)
    assert (ran.code, ran.out, ran.err) == (0, "", f"x.out: article, 28 segments, as {kind}\n")
    assert po(article) == before


@pytest.mark.parametrize("kind", FORMATS)
def test_exports_to_standard_output(
    article: Path, own: Path, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = io.TextIOWrapper(io.BytesIO(), newline="")
    monkeypatch.setattr(sys, "stdout", out)
    for file in ("x.out", "-"):
        with pytest.raises(SystemExit) as stopped:
            main(["export", str(article), "--to", kind, "-o", file, "-g", str(own)])
        assert stopped.value.code == 0
    out.flush()
    assert out.buffer.getvalue() == Path("x.out").read_bytes()


def test_exports_beside_the_master(dragoman: Dragoman, article: Path, own: Path) -> None:
    assert dragoman("export", article / "article.po", "--to", "xliff", "-g", own).code == 0
    assert (article / "article.xlf").exists()


@pytest.mark.parametrize("kind", READERS)
def test_an_export_applied_untouched_changes_no_byte(
    dragoman: Dragoman, article: Path, own: Path, kind: str
) -> None:
    before = po(article)
    file = article / "article.po"
    if kind != "po":
        file = Path(f"x.{kind}" if kind in ("tsv", "docx") else f"{kind}.xlf")
        assert dragoman("export", article, "--to", kind, "-o", file, "-g", own).code == 0
    ran = dragoman("apply", file, article, "-g", own)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "0 segments changed, 0 with another state or note only, 28 the same\n"
    assert po(article) == before


@pytest.mark.parametrize("kind", ["xliff", "xliff12", "tsv"])
def test_edits_come_back(
    dragoman: Dragoman, article: Path, own: Path, opened: Callable[[], Review], kind: str
) -> None:
    page = opened()
    first, second = page.document.units[:2]
    file = Path("x.tsv" if kind == "tsv" else "x.xlf")
    dragoman("export", article, "--to", kind, "-o", file, "-g", own)
    text = file.read_text(encoding="utf-8")
    text = text.replace(first.target, "Edited elsewhere.").replace(second.segment.source, "غيره")
    file.write_text(text, encoding="utf-8")
    page.comment(page.document.units[2].segment.id, "seen", base=version(page, 2))

    dry = dragoman("apply", file, article, "-g", own, "--dry-run")
    assert dry.out.startswith("1 segment would be changed")
    ran = dragoman("apply", file, article, "-g", own)
    assert ran.code == 0
    assert ran.out == "1 segment changed, 0 with another state or note only, 26 the same\n"
    assert f"1 segment not in the file: left as they are ({second.segment.id})" in ran.err
    assert "1 segment of the file not in the document, so not taken" in ran.err

    shown = page.document.units  # the open page takes it in
    assert (shown[0].target, shown[0].origin, shown[0].state) == (
        "Edited elsewhere.", "human", "translated",
    )  # fmt: skip
    assert shown[0].machine == first.target
    assert shown[2].note == "seen"
    assert shown[1] == second
    assert "Edited elsewhere." in (article / "article.en.txt").read_text(encoding="utf-8")
    assert "Edited elsewhere." in (article / "article.report.json").read_text(encoding="utf-8")


def test_a_colleagues_word_file_comes_back(
    dragoman: Dragoman, article: Path, own: Path, opened: Callable[[], Review]
) -> None:
    first, second = opened().document.units[:2]
    dragoman("export", article, "--to", "docx", "-o", "x.docx", "-g", own)
    with zipfile.ZipFile("x.docx") as sent, zipfile.ZipFile("back.docx", "w") as returned:
        for name in sent.namelist():
            text = sent.read(name).decode().replace(first.target, "Edited in Word.")
            returned.writestr(name, text.replace(second.segment.source, "غيره"))
    ran = dragoman("apply", "back.docx", article, "-g", own)
    assert ran.code == 0
    assert ran.out == "1 segment changed, 0 with another state or note only, 26 the same\n"
    assert f"1 segment not in the file: left as they are ({second.segment.id})" in ran.err
    assert f"not in the document, so not taken ({second.segment.id} (غيره))" in ran.err
    unit = opened().document.units[0]
    assert (unit.target, unit.origin, unit.state) == ("Edited in Word.", "human", "reviewed")
    assert unit.machine == first.target
    assert "Edited in Word." in (article / "article.en.txt").read_text(encoding="utf-8")


def test_a_document_without_terms_is_no_tbx(dragoman: Dragoman, article: Path) -> None:
    Path("none.po").write_text('msgid ""\nmsgstr ""\n', encoding="utf-8")
    ran = dragoman("export", article, "--to", "tbx", "-o", "x.tbx", "-g", "none.po")
    assert ran.code == 1
    assert "no term of the termbases occurs in it" in ran.error
    assert not Path("x.tbx").exists()


def version(page: Review, at: int) -> str:
    from translate.review import version as version_of

    return version_of(page.document.units[at])


def test_what_changed_on_both_sides_is_left_to_decide(
    dragoman: Dragoman, article: Path, own: Path, opened: Callable[[], Review]
) -> None:
    page = opened()
    first = page.document.units[0]
    dragoman("export", article, "--to", "xliff12", "-o", "x.xlf", "-g", own)
    page.edit(first.segment.id, "Mine.", base=version(page, 0))
    text = Path("x.xlf").read_text(encoding="utf-8").replace(first.target, "Theirs.")
    Path("x.xlf").write_text(text, encoding="utf-8")
    ran = dragoman("apply", "x.xlf", article, "-g", own)
    assert "1 segment changed here and there: theirs is kept beside ours" in ran.err
    unit = page.document.units[0]
    assert (unit.target, unit.elsewhere) == ("Mine.", "Theirs.")
    page.decide(unit.segment.id, take="elsewhere")
    assert page.document.units[0].target == "Theirs."


def test_terms_are_judged_in_the_new_target(
    dragoman: Dragoman, article: Path, own: Path, opened: Callable[[], Review]
) -> None:
    unit = next(u for u in opened().document.units if u.verdicts)
    dragoman("export", article, "--to", "xliff", "-o", "x.xlf", "-g", own)
    text = Path("x.xlf").read_text(encoding="utf-8").replace(unit.target, "Nothing of it.")
    Path("x.xlf").write_text(text, encoding="utf-8")
    dragoman("apply", "x.xlf", article, "-g", own)
    entry = next(e for e in entries(article) if e.id == unit.segment.id)
    assert any(c.startswith("term: ") and c.endswith("missing") for c in entry.comments)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.xlf", b"PK\x03\x04", "x.xlf: looks like a zip archive"),
        (
            "x.xlf",
            b'<!DOCTYPE x [<!ENTITY a "b">]><xliff/>',
            "x.xlf:1: the DOCTYPE declares entities",
        ),
        ("x.xlf", b'<xliff version="1.2"/>', "x.xlf: holds no segments; nothing was changed"),
        ("x.tsv", b"source\ttarget\nx\ty\n", "its 1 segment fits nothing in"),
        ("x.docm", b"", "can't tell its format"),
        ("x.docx", b"PK\x03\x04", "x.docx: the DOCX file is broken or cut short"),
        ("x.po", b"\xff", "x.po:1: not UTF-8"),
    ],
)
def test_bad_files_touch_nothing(
    dragoman: Dragoman, article: Path, own: Path, name: str, content: bytes, message: str
) -> None:
    before = {p.name: p.read_bytes() for p in article.iterdir()}
    Path(name).write_bytes(content)
    ran = dragoman("apply", name, article, "-g", own)
    assert ran.code == 1
    assert message in ran.error
    assert {p.name: p.read_bytes() for p in article.iterdir()} == before


def test_100_megabytes_are_one_line(dragoman: Dragoman, article: Path) -> None:
    with Path("x.xlf").open("wb") as file:
        file.truncate(100 * 2**20)
    assert "100 MB; more than 64 MB are not read" in dragoman("apply", "x.xlf", article).error


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["apply", "nowhere.xlf", "out/article"], 1, "nowhere.xlf: no such file"),
        (["apply", "out", "out/article"], 1, "out: is a folder"),
        (["apply", "x.tsv", "out/other"], 1, "out/other: no such folder"),
        (["apply", "x.tsv", "out"], 1, "out: holds no out.po"),
        (["export", "out/article", "--to", "po"], 2, "'po' is not one of"),
        (["export", "out/article", "--to", "tsv", "-o", "out"], 2, "out is a folder"),
        (["export", "out/article", "--to", "tsv", "-o", "out/article/article.po"], 2, "the master"),
        (["export", "nowhere.po", "--to", "tsv"], 1, "nowhere.po: no such file"),
    ],
)
def test_errors_say_what_to_do(
    dragoman: Dragoman, article: Path, arguments: list[str], code: int, message: str
) -> None:
    Path("x.tsv").write_text("source\ttarget\nx\ty\n", encoding="utf-8")
    ran = dragoman(*arguments)
    assert ran.code == code
    assert message in ran.error


# Terms


def test_terms_to_tbx_and_back(dragoman: Dragoman, own: Path) -> None:
    for kind in ("tbx", "tbx-dct"):
        assert dragoman("terms", "export", "-g", own, "-o", "x.tbx", "--to", kind).code == 0
        ran = dragoman("terms", "import", "x.tbx", "-o", f"{kind}.po")
        assert (ran.code, ran.err) == (0, f"{kind}.po: 3 terms\n")
        assert Termbase.load([f"{kind}.po"]).fingerprint == Termbase.load([own]).fingerprint


def test_foreign_terms_are_counted(dragoman: Dragoman, data: Path) -> None:
    ran = dragoman("terms", "import", data / "exchange" / "toolkit.tbx", "-o", "x.po")
    assert ran.code == 0
    assert "1 of 4 concepts left out: no Arabic term" in ran.err
    assert [t.target for t in Termbase.load(["x.po"]).terms] == [
        "Moscow", "the Kremlin", "weapons & <arms>",
    ]  # fmt: skip


def test_terms_to_deepl_and_back(dragoman: Dragoman) -> None:
    write_terms(
        "h.po",
        [
            Term(source="س", target="S, “s”", source_variants=("ش",)),
            Term(source="ص", target="C", status="proposed"),
        ],
    )
    for name in ("x.tsv", "x.csv"):
        ran = dragoman("terms", "export", "-g", "h.po", "-o", name, "--to", "deepl")
        assert ran.err == f"{name}: 2 terms\n"
        dragoman("terms", "import", name, "--from", "deepl", "-o", "back.po", "--force")
        assert [(t.source, t.target) for t in Termbase.load(["back.po"]).terms] == [
            ("س", "S, “s”"), ("ش", "S, “s”"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "x.tbx", "-o", "y.po"], "x.tbx:1: not well-formed XML"),
        (["import", "x.yml", "-o", "y.po"], "x.yml: not a termbase of OPUS-CAT"),
        (["import", "de.csv", "--from", "deepl", "-o", "y.po"], "no terms from Arabic to English"),
        (["export", "-o", "x.yml"], "opus-cat can be read, not written"),
    ],
)
def test_term_errors(dragoman: Dragoman, arguments: list[str], message: str) -> None:
    Path("x.tbx").write_text("<tbx", encoding="utf-8")
    Path("x.yml").write_text("a: b", encoding="utf-8")
    Path("de.csv").write_text("Haus,house,de,en\n", encoding="utf-8")
    ran = dragoman("terms", *arguments)
    assert message in ran.error
    assert not Path("y.po").exists()
