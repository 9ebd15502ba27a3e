"""`dragoman translate`: which files it writes, with which terms, and what it never touches."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polib
import pytest

from glossary.match import Matcher
from glossary.termbase import Termbase
from translate.master import Master
from translate.memory.store import Memory
from translate.memory.types import MemoryUnit
from translate.review import Review, version
from translate.segment import segment

Dragoman = Callable[..., Any]
FAST = ("--beam", "1")
SUFFIXES = {
    "po": ".po",
    "html": ".html",
    "txt": ".en.txt",
    "json": ".report.json",
    "tsv": ".tsv",
    "jsonl": ".jsonl",
}
ARABIC_OR_LATIN = re.compile(r"[^\W_]|[\u064b-\u065f\u0670]")


def report(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("*.report.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def terms_of(made: dict[str, Any]) -> list[str]:
    return [v["term"] for s in made["segments"] for v in s["verdicts"]]


def test_a_file_becomes_four(dragoman: Dragoman, news: Path, own: Path) -> None:
    ran = dragoman("translate", news, "-g", own, *FAST)
    assert ran.code == 0, ran.err
    assert ran.out == ""
    assert "news: 6 segments, 25 words, 6 of 6 term occurrences as agreed" in ran.err
    folder = Path("out/news")
    assert {p.name for p in folder.iterdir()} == {
        "news.po", "news.html", "news.en.txt", "news.report.json",
    }  # fmt: skip
    english = (folder / "news.en.txt").read_text(encoding="utf-8")
    assert [bool(block) for block in english.split("\n")] == [
        bool(block) for block in news.read_text(encoding="utf-8").split("\n")
    ]
    assert "Hanna Maliar" in english
    page = (folder / "news.html").read_text(encoding="utf-8")
    assert "Hanna Maliar" in page
    assert not re.search(r"(?:src|href)=[\"'](?!data:|#)", page)


def test_the_report_is_as_specified(
    dragoman: Dragoman, tmp_path: Path, lines: list[str], own: Path
) -> None:
    text = "\n".join(lines[i] for i in (8, 9, 10, 11))
    (tmp_path / "four.ar.txt").write_text(text, encoding="utf-8")
    assert dragoman("translate", "four.ar.txt", "-f", "json", *FAST).code == 0
    made = report(Path("out/four"))
    assert made["model"].startswith("starter@")
    assert re.fullmatch(r"[0-9a-f]{12}", made["glossary"]["fingerprint"])
    segments, _ = segment(text)
    assert [(s["id"], s["paragraph"], s["kind"], s["source"]) for s in made["segments"]] == [
        (s.id, s.paragraph, s.kind, s.source) for s in segments
    ]
    for one in made["segments"]:
        assert {"target", "origin", "score", "alignment", "verdicts", "findings"} <= set(one)
        assert one["origin"] == "mt"
        assert one["score"] < 0
        assert all(len(link) == 2 for link in one["alignment"])
        for verdict in one["verdicts"]:
            check_verdict(verdict, one["source"], one["target"])
        spans = [v["target_span"] for v in one["verdicts"] if v["target_span"]]
        assert all(a[1] <= b[0] or b[1] <= a[0] for i, a in enumerate(spans) for b in spans[:i])
    summary = made["summary"]
    statuses = ("satisfied", "variant", "misplaced", "missing", "forbidden", "waived")
    assert {"occurrences", *statuses, "words", "seconds"} <= set(summary)
    assert sum(summary[s] for s in statuses) == summary["occurrences"] == len(terms_of(made))
    assert summary["occurrences"] >= 10
    assert summary["words"] == len(text.split())
    assert summary["seconds"] > 0


def check_verdict(verdict: dict[str, Any], source: str, target: str) -> None:
    """The surface is the whole printed words; a span lies in its text; `term` is a msgid."""
    start, end = verdict["source_span"]
    assert source[start:end] == verdict["surface"]
    assert not ARABIC_OR_LATIN.match(source[start - 1 : start])
    assert not ARABIC_OR_LATIN.match(source[end : end + 1])
    assert "\x04" not in verdict["term"]
    assert verdict["expected"]
    assert verdict["status"] in ("satisfied", "variant", "misplaced", "missing", "forbidden")
    if verdict["target_span"] is None:
        assert verdict["status"] == "missing"
        return
    start, end = verdict["target_span"]
    assert 0 <= start < end <= len(target)
    assert any(bare(form) in bare(target[start:end]) for form in verdict["expected"])


def bare(english: str) -> str:
    """Case, hyphens and apostrophes don't tell two renderings apart."""
    return re.sub(r"[\W_]+", "", english).casefold()


def test_the_whole_article_reported(article: Any) -> None:
    from translate.formats import WRITERS

    made = json.loads(WRITERS["json"].write(article.document))
    assert made["summary"]["occurrences"] >= 110
    terms = {t.source for t in Termbase.load(shipped()).terms}
    assert set(terms_of(made)) <= terms
    for one in made["segments"]:
        for verdict in one["verdicts"]:
            check_verdict(verdict, one["source"], one["target"])


def shipped() -> list[Path]:
    from glossary.termbase import shipped_paths

    return shipped_paths()


NAMES = {
    "article.ar.txt": "article",
    "news_ar.txt": "news",
    "cairo-ar-EG.txt": "cairo",
    "plain.txt": "plain",
    "dar.txt": "dar",
    "notes.text": "notes.text",
    "UPPER.AR.TXT": "UPPER",
    "ar.txt": "ar",
    ".txt": ".txt",
    "v1.2.ar.txt": "v1.2",
}


def test_a_folder_is_named_after_its_file(
    dragoman: Dragoman, tmp_path: Path, line: str, own: Path
) -> None:
    for name in NAMES:
        (tmp_path / name).write_text(line, encoding="utf-8")
    ran = dragoman("translate", *NAMES, "-o", "there", "-f", "txt", "-g", own, *FAST)
    assert ran.code == 0, ran.err
    found = {str(p.relative_to("there")) for p in Path("there").glob("**/*") if p.is_file()}
    assert found == {f"{name}/{name}.en.txt" for name in NAMES.values()}


def test_two_files_of_one_name_are_refused(dragoman: Dragoman, tmp_path: Path) -> None:
    for name in ("a.txt", "a.ar.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    ran = dragoman("translate", "a.txt", "a.ar.txt")
    assert ran.code == 2
    assert "both be written to 'a'" in ran.error


def test_standard_input_is_translated_to_standard_output(
    dragoman: Dragoman, line: str, own: Path
) -> None:
    ran = dragoman("translate", "-", "-g", own, *FAST, stdin=line.encode())
    assert ran.code == 0
    assert "Moscow" in ran.out
    assert len(ran.out.splitlines()) == 1
    assert not Path("out").exists()
    ran = dragoman("translate", "-", "-o", "there", "-g", own, *FAST, stdin=line.encode())
    assert (ran.code, ran.out) == (0, "")
    assert Path("there/stdin/stdin.po").exists()
    Path("-").write_text(line, encoding="utf-8")
    assert dragoman("translate", "./-", "-f", "txt", "-o", "x", "-g", own, *FAST).code == 0


def test_each_format_can_be_asked_for(dragoman: Dragoman, news: Path, own: Path) -> None:
    asked = [part for name in SUFFIXES for part in ("--format", name)]
    assert dragoman("translate", news, *asked, "-o", "all", "-g", own, *FAST).code == 0
    assert {p.name for p in Path("all/news").iterdir()} == {f"news{s}" for s in SUFFIXES.values()}
    assert dragoman("translate", news, "-f", "tsv", "-o", "one", "-g", own, *FAST).code == 0
    assert [p.name for p in Path("one/news").iterdir()] == ["news.tsv"]
    rows = Path("all/news/news.tsv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 7
    objects = Path("all/news/news.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(o) for o in objects] == report(Path("all/news"))["segments"]


# Terms


def test_a_glossary_replaces_the_shipped_ones(
    dragoman: Dragoman, tmp_path: Path, line: str
) -> None:
    (tmp_path / "one.txt").write_text(line, encoding="utf-8")
    moscow, russian = line.rstrip(".").split()[-1], line.split()[2].removeprefix("ال")
    house = tmp_path / "house.po"
    house.write_text(f'msgid "{moscow}"\nmsgstr "Moskva"\n', encoding="utf-8")

    def translated(*options: str | Path) -> dict[str, Any]:
        assert dragoman("translate", "one.txt", "-f", "json", *options, *FAST).code == 0
        return report(Path("out/one"))

    own, both = translated("-g", house), translated("-g", house, "-g", "default")
    shipped, none = translated(), translated("--no-glossary")
    turned = translated("-g", "default", "-g", house)
    assert terms_of(own) == [moscow]
    assert "Moskva" in own["segments"][0]["target"]
    assert {moscow, russian} <= set(terms_of(both))
    assert "Moskva" in both["segments"][0]["target"]
    assert terms_of(shipped) == terms_of(both)
    assert "Moscow" in shipped["segments"][0]["target"]
    assert "Moscow" in turned["segments"][0]["target"]
    assert terms_of(none) == []
    prints = [m["glossary"]["fingerprint"] for m in (own, both, shipped, none)]
    assert len(set(prints)) == 4
    assert turned["glossary"] == shipped["glossary"]


def test_strict_ends_with_three(dragoman: Dragoman, tmp_path: Path, line: str) -> None:
    (tmp_path / "one.txt").write_text(line, encoding="utf-8")
    moscow = line.rstrip(".").split()[-1]
    never = tmp_path / "never.po"
    never.write_text(f'#, forbidden\nmsgid "{moscow}"\nmsgstr "Moscow"\n', encoding="utf-8")
    ran = dragoman("translate", "one.txt", "-g", never, "--strict", *FAST)
    assert ran.code == 3
    assert ran.error.startswith("1 term occurrence(s) violated")
    assert Path("out/one/one.html").exists()
    ran = dragoman("translate", "one.txt", "-g", never, *FAST)
    assert ran.code == 0
    assert "0 of 1 term occurrences as agreed" in ran.err
    ran = dragoman("translate", "one.txt", "--no-glossary", "--strict", *FAST)
    assert ran.code == 0


def test_a_warning_of_a_termbase_is_one_line(dragoman: Dragoman, tmp_path: Path, line: str) -> None:
    (tmp_path / "one.txt").write_text(line, encoding="utf-8")
    (tmp_path / "odd.po").write_text('#. kind: planet\nmsgid "قمر"\nmsgstr "moon"\n', "utf-8")
    ran = dragoman("translate", "one.txt", "-g", "odd.po", "-f", "txt", *FAST)
    warnings = [w for w in ran.err.splitlines() if w.startswith("warning: ")]
    assert len(warnings) == 1
    assert "odd.po:2" in warnings[0]
    assert "planet" in warnings[0]


# A person's work


def test_a_rerun_keeps_what_a_person_did(dragoman: Dragoman, news: Path, own: Path) -> None:
    master = Path("out/news/news.po")
    assert dragoman("translate", news, "-g", own, *FAST).code == 0
    po = polib.pofile(str(master))
    assert [e.msgid for e in po] == [s.source for s in segment(news.read_text("utf-8"))[0]]
    assert all(e.fuzzy for e in po)
    before = {e.msgid: e.msgstr for e in po}
    po[0].flags.remove("fuzzy")  # approved as it stands
    po[1].msgstr = "Changed, and still fuzzy."
    po[2].flags.remove("fuzzy")
    po[2].msgstr = "Changed and approved: Kiev."
    po[3].tcomment = "ask the desk\nabout her title"
    po.metadata["Last-Translator"] = "Layla <layla@example.org>"
    po.save()

    # Someone adds a sentence at the top and deletes the last; everything else is translated again.
    text = news.read_text(encoding="utf-8")
    kept_lines = text.rstrip("\n").split("\n")
    news.write_text("\n".join([kept_lines[0] + " ثم", *kept_lines[:-1]]), encoding="utf-8")
    for _ in range(2):
        ran = dragoman("translate", news, "-g", own, *FAST)
        assert ran.code == 0, ran.err
        again = polib.pofile(str(master))
        now = {e.msgid: e for e in again if not e.obsolete}
        assert now[po[0].msgid].msgstr == before[po[0].msgid]
        assert not now[po[0].msgid].fuzzy
        assert now[po[1].msgid].msgstr == "Changed, and still fuzzy."
        assert now[po[1].msgid].fuzzy
        assert now[po[2].msgid].msgstr == "Changed and approved: Kiev."
        assert not now[po[2].msgid].fuzzy
        assert now[po[3].msgid].tcomment == "ask the desk\nabout her title"
        assert now[po[3].msgid].fuzzy
        assert now[po[4].msgid].msgstr == before[po[4].msgid]
        assert again.metadata["Last-Translator"] == "Layla <layla@example.org>"
        assert po[5].msgid not in now
    segments = {s["source"]: s for s in report(Path("out/news"))["segments"]}
    human = segments[po[2].msgid]
    assert (human["target"], human["origin"]) == ("Changed and approved: Kiev.", "human")
    assert [v["status"] for v in human["verdicts"]] == ["missing"]
    assert segments[po[4].msgid]["origin"] == "mt"
    assert "Changed and approved: Kiev." in Path("out/news/news.en.txt").read_text("utf-8")
    assert "5 of 6" in ran.err or "of 6 term occurrences" in ran.err


def test_a_rerun_keeps_cuts_and_other_versions(dragoman: Dragoman, news: Path, own: Path) -> None:
    assert dragoman("translate", news, "-g", own, *FAST).code == 0
    review = Review(Master(Path("out/news/news.po")), lambda: Matcher(()))
    name = review.document.units[1].segment.id
    review.split(name, 10, base=version(review.unit(name)))
    theirs = polib.pofile("out/news/news.po")
    review.edit(f"{name}.1", "Mine.", base=version(review.unit(f"{name}.1")))
    theirs[1].msgstr = "Theirs."
    theirs.save()
    before = [(u.segment, u.target, u.elsewhere, u.machine) for u in review.document.units]
    assert before[1][1:3] == ("Mine.", "Theirs.")
    ran = dragoman("translate", news, "-g", own, *FAST)
    assert ran.code == 0, ran.err
    after = Review(Master(Path("out/news/news.po")), lambda: Matcher(())).document
    assert [(u.segment, u.target, u.elsewhere, u.machine) for u in after.units] == before
    assert [s["id"] for s in report(Path("out/news"))["segments"]][1:3] == [
        f"{name}.1",
        f"{name}.2",
    ]


def test_a_master_with_windows_line_ends_is_kept(
    dragoman: Dragoman, tmp_path: Path, line: str, own: Path
) -> None:
    (tmp_path / "one.txt").write_text(line, encoding="utf-8")
    assert dragoman("translate", "one.txt", "-g", own, *FAST).code == 0
    master = Path("out/one/one.po")
    po = polib.pofile(str(master))
    po[0].msgstr = "Mine."
    po.save()
    master.write_bytes(b"\xef\xbb\xbf" + master.read_bytes().replace(b"\n", b"\r\n"))
    assert dragoman("translate", "one.txt", "-g", own, *FAST).code == 0
    assert polib.pofile(str(master))[0].msgstr == "Mine."


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda b: b.decode().encode("utf-16"), "not UTF-8"),
        (lambda b: b + b'msgid "open\n', "not a line of a PO file"),
    ],
)
def test_a_master_that_cannot_be_read_is_not_overwritten(
    dragoman: Dragoman,
    tmp_path: Path,
    line: str,
    own: Path,
    damage: Callable[[bytes], bytes],
    message: str,
) -> None:
    (tmp_path / "one.txt").write_text(line, encoding="utf-8")
    assert dragoman("translate", "one.txt", "-g", own, "-f", "po", *FAST).code == 0
    master = Path("out/one/one.po")
    master.write_bytes(damage(master.read_bytes()))
    before = master.read_bytes()
    ran = dragoman("translate", "one.txt", "-g", own, *FAST)
    assert ran.code == 1
    assert "one.po" in ran.error
    assert message in ran.error
    assert master.read_bytes() == before
    assert [p.name for p in master.parent.iterdir()] == ["one.po"]


# Encodings


def test_encodings_are_detected_and_said(
    dragoman: Dragoman, tmp_path: Path, line: str, own: Path
) -> None:
    ways = {
        "utf8": ("utf-8", None),
        "bom": ("utf-8-sig", None),
        "utf16": ("utf-16", None),
        "utf16le": ("utf-16-le", "utf-16-le"),
        "utf16be": ("utf-16-be", "utf-16-be"),
        "windows": ("cp1256", "windows-1256"),
    }
    for name, (encoding, _) in ways.items():
        (tmp_path / f"{name}.txt").write_bytes(line.encode(encoding))
    files = [f"{name}.txt" for name in ways]
    ran = dragoman("translate", *files, "-f", "json", "-g", own, *FAST)
    assert ran.code == 0, ran.err
    said = [one for one in ran.err.splitlines() if "read as" in one]
    assert said == [
        f"{name}.txt: read as {detected}; say otherwise with --encoding"
        for name, (_, detected) in ways.items()
        if detected
    ]
    sources = {report(Path(f"out/{name}"))["segments"][0]["source"] for name in ways}
    assert sources == {line}


def test_a_named_encoding_is_believed(
    dragoman: Dragoman, tmp_path: Path, line: str, own: Path
) -> None:
    (tmp_path / "one.txt").write_bytes(line.encode("iso-8859-6"))
    asked = ("translate", "one.txt", "-f", "json", "-g", own, *FAST)
    assert dragoman(*asked).code == 1
    ran = dragoman(*asked, "--encoding", "iso-8859-6")
    assert ran.code == 0
    assert "read as" not in ran.err
    assert report(Path("out/one"))["segments"][0]["source"] == line
    assert "byte 0" in dragoman(*asked, "--encoding", "utf-8").error
    assert "'klingon'" in dragoman(*asked, "--encoding", "klingon").error


# Errors


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere.txt"], 1, ["nowhere.txt", "no such file"]),
        (["."], 1, ["is a folder"]),
        (["empty.txt"], 1, ["empty.txt", "empty"]),
        (["latin.txt"], 1, ["latin.txt", "--encoding"]),
        (["binary.txt"], 1, ["binary.txt", "binary"]),
        (["word.txt"], 1, ["word.txt", "DOCX"]),
        (["good.txt", "-g", "nowhere.po"], 1, ["nowhere.po", "no such file"]),
        (["good.txt", "-g", "bad.po"], 1, ["bad.po:5"]),
        pytest.param(["good.txt", "-g", "open.po"], 1, ["open.po:5"]),
        (["good.txt", "-g", "two.po"], 1, ["two.po:4", "line 1"]),
        (["good.txt", "-g", "good.txt"], 1, ["good.txt"]),
        (["good.txt", "-m", "no-such-model"], 1, ["no-such-model", "starter", "folder"]),
        (["good.txt", "-m", "nobody/nothing"], 1, ["nobody/nothing", "hf download"]),
        (["good.txt", "-m", "."], 1, ["lacks config.json"]),
        (["good.txt", "--engine", "warp"], 2, ["warp", "ct2", "marian"]),
        (["good.txt", "-f", "tbx"], 2, ["holds terms", "export OUT/NAME --to tbx"]),
        (["good.txt", "-f", "pdf"], 1, ["'pdf'", "po, html, txt, json, tsv, jsonl"]),
        (["good.txt", "--beam", "0"], 2, ["--beam", "dragoman translate --help"]),
        (["good.txt", "--frobnicate"], 2, ["--frobnicate", "dragoman translate --help"]),
        (["good.txt", "--no-glossary", "-g", "default"], 2, ["contradict"]),
        (["good.txt", "-o", "empty.txt"], 2, ["empty.txt"]),
        ([], 2, ["FILE", "dragoman translate --help"]),
    ],
)
def test_an_error_is_one_line(
    dragoman: Dragoman, tmp_path: Path, line: str, arguments: list[str], code: int, words: list[str]
) -> None:
    entry = 'msgid "روسيا"\nmsgstr "{}"\n\n'
    files = {
        "empty.txt": b"",
        "latin.txt": "Déjà vu à Besançon, été".encode("latin-1"),
        "binary.txt": bytes(range(256)),
        "word.txt": b"PK\x03\x04 word/document.xml",
        "good.txt": line.encode(),
        "bad.po": (entry.format("Russia") + 'msgid "قمر"\nmgstr "moon"\n').encode(),
        "open.po": (entry.format("Russia") + 'msgid "قمر"\nmsgstr "moon\n').encode(),
        "two.po": (entry.format("Russia") + entry.format("Rus")).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    ran = dragoman("translate", *arguments)
    assert ran.code == code
    assert ran.out == ""
    for word in words:
        assert word in ran.error
    assert not Path("out").exists()


# Models


def test_the_stronger_model_is_mentioned_once(
    dragoman: Dragoman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, own: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "one.txt").write_text(line, encoding="utf-8")
    runs = [dragoman("translate", "one.txt", "-g", own, "-f", "txt", *FAST) for _ in range(3)]
    assert ["a stronger one is one command away" in r.err for r in runs] == [True, False, False]
    assert "dragoman models use Helsinki-NLP/opus-mt-tc-big-ar-en" in runs[0].err


def test_another_model_is_named_in_every_output(
    dragoman: Dragoman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, own: Path
) -> None:
    """The starter's files under another name and without its card: the same weights, converted already."""
    from models.registry import STARTER

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "house").mkdir()
    for file in STARTER.iterdir():
        if file.name != "README.md":
            (tmp_path / "house" / file.name).symlink_to(file)
    (tmp_path / "one.txt").write_text(line, encoding="utf-8")
    made = []
    for option in (("-m", "house"), ()):
        assert dragoman("models", "use", "house").code == 0
        ran = dragoman("translate", "one.txt", "-g", own, *option, *FAST)
        assert ran.code == 0, ran.err
        assert "stronger" not in ran.err
        made.append(report(Path("out/one"))["model"])
    label = made[0]
    assert made == [label, label]
    assert label.startswith("house@")
    for suffix in (".po", ".html", ".report.json"):
        assert label in Path(f"out/one/one{suffix}").read_text(encoding="utf-8")


# The translation memory


def test_a_known_segment_comes_from_the_memory(
    dragoman: Dragoman, news: Path, own: Path, line: str
) -> None:
    with Memory(Path("m.db")) as memory:
        memory.import_units([MemoryUnit(source=line, target="As it was approved.")])
    ran = dragoman("translate", news, "-g", own, "--memory", "m.db", "--beam", "1")
    assert ran.code == 0
    assert "news: 1 of the segments from the translation memory" in ran.err
    po = Path("out/news/news.po").read_text(encoding="utf-8")
    assert 'msgstr "As it was approved."' in po
    assert po.count("#. origin: memory") == 1
    ran = dragoman("translate", "-", "-g", own, "--memory", "m.db", stdin=line.encode())
    assert ran.out == "As it was approved.\n"
    ran = dragoman("translate", news, "-g", own, "--beam", "1", "--no-memory")
    assert "memory" not in ran.err
    assert "As it was approved." not in Path("out/news/news.po").read_text(encoding="utf-8")


def test_a_memory_that_cannot_be_used_is_named(dragoman: Dragoman, news: Path) -> None:
    Path("x.db").write_text("no database" * 500, encoding="utf-8")
    assert dragoman("translate", news, "--memory", "x.db").error.startswith("x.db: ")
    assert "none.db: no such" in dragoman("translate", news, "--memory", "none.db").error
    both = dragoman("translate", news, "--memory", "x.db", "--no-memory")
    assert (both.code, "contradict" in both.error) == (2, True)
    assert not Path("out").exists()
