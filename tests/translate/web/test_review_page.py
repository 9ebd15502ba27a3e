"""The review page without a browser: what is printed, what each operation answers, and its errors."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.translate.formats.conftest import NASTY, _nasty
from translate.formats.po import write_po
from translate.master import Master
from translate.memory.types import MemoryUnit
from translate.review import version
from translate.types import Document, Segment, TranslationUnit
from translate.web.app import application
from translate.web.rows import row
from translate.workspace import Workspace

FIRST, SECOND, FOURTH = "d9ffa88d", "334fc5a7", "da51c5eb"


class Client:
    """A page of ours, without a browser."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self.review = workspace.open(name)
        self.name = name
        app = application(workspace)
        self._http = TestClient(
            app, base_url="http://127.0.0.1", headers={"X-Dragoman-Token": app.state.token}
        )

    def get(self, path: str = "", **query: Any) -> Any:
        return self._http.get(f"/d/{self.name}{path}", params=query)

    def post(self, path: str, **form: Any) -> Any:
        return self._http.post(f"/d/{self.name}{path}", data={"since": "0"} | form)

    def do(self, id: str, operation: str, **form: Any) -> Any:
        form = {"base": version(self.review.unit(id))} | form
        return self.post(f"/s/{id}/{operation}", **form)

    def ids(self) -> list[str]:
        return [unit.segment.id for unit in self.review.document.units]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(out=tmp_path / "out", model="starter", threads=1)


@pytest.fixture
def client(workspace: Workspace, article: str) -> Client:
    return Client(workspace, article)


def rows_of(answer: Any) -> list[str]:
    return re.findall(r'<article [^>]*data-id="([^"]*)"', answer.text)


def data_of(answer: Any, name: str) -> str:
    found = re.search(rf'<div class="update"[^>]* data-{name}="([^"]*)"', answer.text)
    return html.unescape(found[1]) if found else ""


def test_the_page_has_every_segment_in_its_paragraph(client: Client) -> None:
    answer = client.get()
    assert answer.status_code == 200
    assert rows_of(answer) == client.ids()
    document = client.review.document
    assert answer.text.count('<section class="para"') == len(
        {unit.segment.paragraph for unit in document.units}
    )
    headings = sum(unit.segment.kind == "heading" for unit in document.units)
    assert headings
    assert answer.text.count('<h2 class="source" lang="ar" dir="rtl">') == headings
    for unit in document.units:
        assert html.escape(unit.segment.source, quote=False) in html.unescape(answer.text)
    assert 'aria-label="Segment 3 of 28, not reviewed"' in answer.text
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


def test_marks_are_where_the_verdicts_are(client: Client) -> None:
    unit = client.review.unit(FIRST)
    marks = json.loads(row(unit, 1, 28).marks)
    for verdict, (look, s0, s1, t0, t1) in zip(unit.verdicts, marks, strict=False):
        assert look == verdict.status
        assert unit.segment.source[s0:s1] == verdict.constraint.match.surface
        assert verdict.span is not None
        assert unit.target[t0:t1] == verdict.span.of(unit.target)


def test_approve_edits_and_approves_in_one_step(client: Client) -> None:
    target = client.review.unit(FIRST).target + " Twice."
    answer = client.do(FIRST, "approve", target=target)
    assert answer.status_code == 200
    assert data_of(answer, "said") == "approved: 9 of 9 terms agreed"
    assert rows_of(answer) == [FIRST]
    assert json.loads(data_of(answer, "counts"))["reviewed"] == 1
    assert 'aria-pressed="true"' in answer.text
    unit = client.review.unit(FIRST)
    assert (unit.target, unit.state, unit.origin) == (target, "reviewed", "human")
    assert client.post("/undo").status_code == 200
    assert client.review.unit(FIRST).state == "translated"


def test_edit_reopen_comment(client: Client) -> None:
    assert rows_of(client.do(FIRST, "edit", target="Nothing agreed.")) == [FIRST]
    flags = re.search(r'data-flags="([^"]*)"', client.get().text)
    assert flags
    assert set(flags[1].split()) >= {"changed", "unreviewed", "violated"}
    assert data_of(client.do(FIRST, "approve"), "said") == "approved: 0 of 9 terms agreed"
    assert data_of(client.do(FIRST, "reopen"), "said") == "reopened"
    assert client.review.unit(FIRST).state == "translated"
    noted = client.do(FIRST, "comment", note="  <b>who?</b>\nask  ")
    assert data_of(noted, "said") == "note saved"
    assert "&lt;b&gt;who?&lt;/b&gt;\nask" in noted.text
    assert client.review.unit(FIRST).note == "<b>who?</b>\nask"
    assert data_of(client.do(FIRST, "comment", note=" "), "said") == "note removed"


def test_a_stale_base_is_a_conflict_with_the_other_version(client: Client) -> None:
    stale = version(client.review.unit(FIRST))
    client.do(FIRST, "edit", target="Theirs.")
    for operation, form in (
        ("edit", {"target": "Mine."}),
        ("approve", {}),
        ("reopen", {}),
        ("comment", {"note": "x"}),
        ("split", {"at": 20}),
        ("join", {}),
    ):
        answer = client.do(FIRST, operation, base=stale, **form)
        assert answer.status_code == 409
        assert ">Theirs.</div>" in answer.text
        assert "changed meanwhile" in data_of(answer, "said")
    assert client.review.unit(FIRST).target == "Theirs."


def test_split_and_join_come_with_the_new_order(client: Client) -> None:
    unit = client.review.unit(FIRST)
    at, target_at = unit.segment.source.index("كما"), unit.target.index("and Kremlin")
    answer = client.do(FIRST, "split", at=at, target_at=target_at)
    first, second = f"{FIRST}.1", f"{FIRST}.2"
    assert [id for id, _ in json.loads(data_of(answer, "order"))] == client.ids()
    assert client.ids()[:2] == [first, second]
    assert {first, second} <= set(rows_of(answer))
    assert client.review.unit(second).target.startswith("and Kremlin")
    joined = client.do(first, "join")
    assert data_of(joined, "said") == "joined with the next"
    both = client.review.unit(client.ids()[0])
    assert both.segment.source == unit.segment.source
    assert both.target == unit.target
    assert data_of(client.post("/undo"), "said") == "undone: join"
    assert data_of(client.post("/undo"), "said") == "undone: split"
    assert client.ids()[0] == FIRST
    assert data_of(client.post("/redo"), "said") == "done again: split"


@pytest.mark.parametrize(
    ("path", "form", "status", "says"),
    [
        (f"/s/{FIRST}/split", {"at": "x"}, 422, "not a number"),
        (f"/s/{FIRST}/split", {"at": "-1"}, 422, "not a number"),
        (f"/s/{FIRST}/split", {"at": "0"}, 422, "one side"),
        (f"/s/{FIRST}/join", {}, 422, "another paragraph"),
        (f"/s/{FIRST}/edit", {}, 422, "the field"),
        (f"/s/{FIRST}/judge", {}, 422, "the field"),
        (f"/s/{FIRST}/approve", {"target": " "}, 422, "empty"),
        (f"/s/{FIRST}/decide", {"take": "both"}, 422, "neither"),
        ("/s/nothing/edit", {"target": "x", "base": "x"}, 404, "no segment"),
        (f"/s/{FIRST}/erase", {}, 404, "no such page"),
        ("/replace", {"target": "x"}, 422, "the field"),
        ("/undo", {"since": "now"}, 422, "not a number"),
    ],
)
def test_what_is_wrong_is_said(
    client: Client, path: str, form: dict[str, str], status: int, says: str
) -> None:
    base = version(client.review.unit(FIRST))
    before = client.review.document.units
    answer = client.post(path, **({"base": base} | form))
    assert answer.status_code == status
    assert says in html.unescape(answer.text)
    assert client.review.document.units == before


def test_an_unknown_document(client: Client) -> None:
    client.name = "nothing"
    assert client.get().status_code == 404
    assert client.get("/changes", since=0).status_code == 404


def test_the_poll_tells_what_others_changed(client: Client) -> None:
    revision = client.review.revision
    assert client.get("/changes", since=revision).status_code == 204
    client.review.edit(SECOND, "By another tab.", base=version(client.review.unit(SECOND)))
    answer = client.get("/changes", since=revision)
    assert rows_of(answer) == [SECOND]
    assert data_of(answer, "order") == ""
    assert client.get("/changes", since=int(data_of(answer, "revision"))).status_code == 204


def test_the_poll_takes_in_an_edit_of_the_file(client: Client) -> None:
    revision = client.review.revision
    path = client.review.path
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("These gifts are", "These presents are"), encoding="utf-8")
    answer = client.get("/changes", since=revision)
    assert rows_of(answer) == [SECOND]
    assert "These presents are" in answer.text
    assert "another program" in answer.text


def test_a_page_of_an_earlier_run_is_told_to_load_again(client: Client) -> None:
    client._http.headers["X-Dragoman-Token"] = "of an earlier run"
    assert client.get("/changes", since=0).status_code == 403


def test_two_versions_are_shown_to_choose_from(client: Client) -> None:
    path = client.review.path
    before = path.read_text(encoding="utf-8")
    client.do(SECOND, "edit", target="Mine.")
    path.write_text(before.replace("These gifts are", "Theirs are"), encoding="utf-8")
    page = client.get().text
    assert 'class="choice elsewhere"' in page
    assert "Theirs are a strong symbolic" in page
    answer = client.do(SECOND, "decide", take="elsewhere")
    assert "choice elsewhere" not in answer.text
    assert client.review.unit(SECOND).target.startswith("Theirs are")


def test_judging_saves_nothing(client: Client) -> None:
    before = client.review.document.units
    answer = client.post(f"/s/{FIRST}/judge", target="Putin met Kim Jong Un in 1999.")
    assert answer.status_code == 200
    assert "2 of 9 terms" in answer.text
    assert "suspiciously short" in answer.text
    assert '<li class="note missing"' in answer.text
    assert client.review.document.units == before


def test_finding_folds_the_arabic_and_reads_both_sides(client: Client) -> None:
    unit = client.review.unit("68baf3cd")
    found = client.get("/find", q="للانباء").json()
    ((start, end),), target = found["68baf3cd"]
    assert target == []
    assert unit.segment.source[start:end] == "للأنباء"
    assert FIRST in client.get("/find", q="putin").json()
    assert client.get("/find", q=" ").json() == {}


def test_replacing_is_previewed_chosen_and_one_step_of_undo(client: Client) -> None:
    form = {"target": "Pyongyang", "replacement": "P’yŏngyang", "source": "", "whole_words": "on"}
    client.do(FIRST, "approve")
    preview = client.post("/replace/preview", **form)
    hits = re.findall(r'name="ids" value="([^"]+)" checked', preview.text)
    assert {FIRST, SECOND} <= set(hits)
    assert re.search(r"<del>.*removed: .*Pyongyang.*</del><ins>.*P’yŏngyang.*</ins>", preview.text)
    assert "reviewed by a person" in preview.text
    before = client.review.document.units
    answer = client.post("/replace", **form, ids=hits[:2])
    assert data_of(answer, "said") == "replaced in 2 segments"
    assert set(rows_of(answer)) >= set(hits[:2])
    assert "P’yŏngyang" in client.review.unit(hits[0]).target
    assert [u.segment.source for u in client.review.document.units] == [
        u.segment.source for u in before
    ]
    assert data_of(client.post("/undo"), "said") == "undone: replace"
    assert [u.target for u in client.review.document.units] == [u.target for u in before]
    assert "never changed" in client.get("/replace").text
    assert "Not found" in client.post("/replace/preview", **(form | {"target": "xyzzy"})).text
    both = client.post("/replace/preview", **(form | {"source": "بيسكوف", "target": "Kim"}))
    assert re.findall(r'name="ids" value="([^"]+)"', both.text) == [FOURTH]


def test_a_finding_is_ignored_counted_and_shown_again(client: Client) -> None:
    wrong = client.review.unit(FIRST).target + " In 2031"
    answer = client.do(FIRST, "edit", target=wrong)
    assert 'data-do="ignore" data-check="numbers"' in answer.text
    answer = client.do(FIRST, "ignore", check="numbers")
    assert data_of(answer, "said") == "ignored here: numbers"
    assert rows_of(answer) == [FIRST]
    assert 'data-check="numbers" tabindex="-1" aria-label="Show numbers again"' in answer.text
    assert 'data-do="ignore" data-check="numbers"' not in answer.text
    assert json.loads(data_of(answer, "counts"))["ignored"] == 1
    assert "1 ignored" in client.post(f"/s/{FIRST}/judge", target=wrong).text
    assert data_of(answer, "undo") == "ignore numbers"
    answer = client.do(FIRST, "heed", check="numbers")
    assert json.loads(data_of(answer, "counts"))["ignored"] == 0
    assert 'data-do="ignore" data-check="numbers"' in answer.text
    assert client.do(FIRST, "ignore", check="<b>").status_code == 422
    assert client.do(FIRST, "ignore", check="numbers", base="old").status_code == 409


def test_what_another_segment_says_is_shown_in_this_one(client: Client) -> None:
    client.do(FIRST, "edit", target="Wholly the same words.")
    since = client.review.revision
    answer = client.do(FOURTH, "edit", target="Wholly the same words.", since=str(since))
    assert "the same target as segment d9ffa88d" in answer.text
    assert "the same target as" in client.post(f"/s/{FOURTH}/judge", target="Typing").text
    since = client.review.revision
    answer = client.do(FIRST, "edit", target="Other words.", since=str(since))
    assert rows_of(answer) == [FIRST, FOURTH]
    assert "the same target as" not in answer.text


def test_names_without_a_term_are_looked_for_apart(tmp_path: Path) -> None:
    source = "وصل زدنيك زيمان إلى روما"
    unit = TranslationUnit(
        segment=Segment(id="a", source=source, kind="sentence", paragraph=0),
        target="Zdenek Zeman arrived in Rome",
        state="translated",
    )
    path = tmp_path / "out" / "zeman" / "zeman.po"
    path.parent.mkdir(parents=True)
    Master(path).write(Document(name="zeman", units=(unit,)))
    client = Client(Workspace(out=tmp_path / "out"), "zeman")
    page = client.get().text
    assert " data-wants-names" in page
    assert "no term for" not in page
    assert client.get("/names").status_code == 204
    told = client.get("/changes", since="0")
    assert "no term for the name زدنيك زيمان" in told.text
    assert "data-wants-names" not in told.text
    assert client.get("/names").status_code == 204
    assert client.get("/changes", since=str(client.review.revision)).status_code == 204


def test_the_memory_is_offered_with_where_from_and_what_differs(
    tmp_path: Path, article: str
) -> None:
    with_memory = Workspace(out=tmp_path / "out", memory=tmp_path / "memory.db")
    client = Client(with_memory, article)
    assert " data-memory" in client.get().text
    assert "has nothing like this" in client.get(f"/s/{FIRST}/memory").text
    source = client.review.unit(FIRST).segment.source
    other = source.replace("فلاديمير بوتين", "كيم جونغ أون")
    assert with_memory.memory
    with_memory.memory.import_units(
        [
            MemoryUnit(source=source, target="<b>Exact</b>", created_by="Hanna", used=2),
            MemoryUnit(source=other, target="Like it", notes=("ask",)),
        ]
    )
    answer = client.get(f"/s/{FIRST}/memory").text
    assert answer.index("&lt;b&gt;Exact") < answer.index("Like it")
    assert 'data-target="&lt;b&gt;Exact&lt;/b&gt;"' in answer
    for said in ("100 %</b> same source", "Hanna", "approved 2 times", "source differs", "ask"):
        assert said in answer
    assert re.search(r"<del>.*removed: .*كيم", answer)
    assert re.search(r"<ins>.*added: .*فلاديمير", answer)
    assert client.get("/s/none/memory").status_code == 404


def test_without_a_memory_none_is_offered(client: Client) -> None:
    assert "data-memory" not in client.get().text
    assert "Memory (y)" not in client.get().text


def test_the_difference_is_said_in_words_too(client: Client) -> None:
    assert "was not changed" in client.get(f"/s/{FIRST}/diff").text
    target = client.review.unit(FIRST).target.replace("Russian President", "President")
    client.do(FIRST, "edit", target=target)
    shown = client.get(f"/s/{FIRST}/diff").text
    assert '<del><span class="visually-hidden">removed: </span>Russian ' in shown
    assert "<ins>" not in shown.partition('class="hint"')[0]


def test_alignment_and_alternatives(client: Client) -> None:
    target = client.review.unit(SECOND).target
    found = client.post(f"/s/{SECOND}/alignment", target=target).json()
    source_words, target_words = found["words"]
    pairs = {
        (
            client.review.unit(SECOND).segment.source[slice(*source_words[s])],
            target[slice(*target_words[t])],
        )
        for s, t in found["links"]
    }
    assert ("روسيا", "Russia") in pairs


def shown_again(page: str) -> list[str]:
    """The English boxes as a browser's parser reads them."""
    boxes = re.findall(r'<div class="box[^>]*>([^<]*)</div>', page)
    return [html.unescape(b.replace("\r\n", "\n").replace("\r", "\n")) for b in boxes]


@pytest.mark.parametrize("kind", NASTY)
def test_hostile_texts_are_data(tmp_path: Path, kind: str) -> None:
    nasty = _nasty(kind)
    folder = tmp_path / "out" / "nasty"
    folder.mkdir(parents=True)
    (folder / "nasty.po").write_text(write_po(nasty), encoding="utf-8", newline="\n")
    client = Client(Workspace(out=tmp_path / "out", model="starter"), "nasty")
    page = client.get().text
    units = client.review.document.units
    assert rows_of(client.get()) == [unit.segment.id for unit in units]
    want = [unit.target.replace("\0", "\ufffd") for unit in units]
    assert shown_again(page) == want
    for unit in units[:1]:
        hostile = f"{unit.target}<script>x</script>\"'"
        answer = client.do(unit.segment.id, "edit", target=hostile)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert client.review.unit(unit.segment.id).target == hostile
