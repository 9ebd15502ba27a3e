"""The glossary over HTTP: table, dialog, checks, effect, saving, and files that change under the page."""

import json
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from glossary.termbase import add, read_terms, replace, shipped_paths
from glossary.types import Term
from tests.translate.web.conftest import Serve, Served
from translate.review import version
from translate.web.terms import _version
from translate.workspace import Workspace

MOSCOW, KYIV = "موسكو", "كييف"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.po"


@pytest.fixture
def served(serve: Serve, own: Path, tmp_path: Path) -> Served:
    termbases = [own, *shipped_paths()]
    return serve(Workspace(out=tmp_path / "out", model="starter", termbases=termbases))


def rows(text: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'class="entry".*?><bdi>(.*?)</bdi>', text)]


def fields(text: str) -> dict[str, str]:
    """What a browser would send of the dialog."""
    form = text[text.index('<form id="term"') :]
    out = {
        m[1]: unescape(m[2])
        for m in re.finditer(
            r'<input type="(?:hidden|text)"[^>]*? name="(\w+)" value="(.*?)"', form
        )
    }
    for name, body in re.findall(r'<textarea name="(\w+)".*?>(.*?)</textarea>', form, re.DOTALL):
        out[name] = unescape(body)
    for name, body in re.findall(r'<select name="(\w+)">(.*?)</select>', form, re.DOTALL):
        out[name] = unescape(re.search(r'value="([^"]*)" selected', body)[1])  # type: ignore[index]
    return out


def entry(served: Served, source: str, at: str = "") -> dict[str, str]:
    """The dialog's fields for an entry of the table."""
    term = served.workspace.glossary().termbase.find(source)
    assert term is not None
    where = {"path": term.path, "source": term.source, "context": term.context}
    answer = served.get(f"{at}/terms/edit", params=where)
    assert answer.status_code == 200, answer.text
    return fields(answer.text)


def effect(served: Served, form: dict[str, str], at: str = "") -> str:
    """The effect of a form, when all of it is known. The form learns which run it was."""
    answer = served.post(f"{at}/terms/effect", data=form)
    assert answer.status_code == 200, answer.text
    form["run"] = re.search(r'data-run="([^"]+)"', answer.text)[1]  # type: ignore[index]
    return follow(served, answer.text)


def follow(served: Served, text: str) -> str:
    end = time.monotonic() + 300  # the first one converts the model
    while (poll := re.search(r'data-poll="([^"]+)"', text)) and time.monotonic() < end:
        text = served.get(poll[1]).text
    return text


def save(served: Served, form: dict[str, str], at: str = "") -> str:
    answer = served.post(f"{at}/terms/save", data=form)
    assert answer.status_code == 200, answer.text
    return follow(served, answer.text)


# The table


def test_the_table_is_searched_in_both_languages(served: Served) -> None:
    everything = served.get("/terms").text
    assert len(rows(everything)) == 100
    assert "1 / " in everything
    assert rows(served.get("/terms", params={"q": "مُوسكو"}).text)[0] == "Moscow"
    assert rows(served.get("/terms", params={"q": "moscow"}).text)[0] == "Moscow"
    assert rows(served.get("/terms", params={"q": "no such term at all"}).text) == []
    kinds = served.get("/terms", params={"kind": "weapon"}).text
    assert '<td class="kind-cell">place' not in kinds
    last = served.get("/terms", params={"page": "9999"}).text
    assert 0 < len(rows(last)) <= 100
    fragment = served.get("/terms", headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert len(rows(fragment)) == 100


def test_a_document_shows_its_own_uses(served: Served, article: str) -> None:
    here = served.get(f"/d/{article}/terms", params={"here": "on", "q": MOSCOW}).text
    assert rows(here) == ["Moscow"]
    review = served.workspace.open(article)
    uses = [
        unit.segment.id
        for unit in review.document.units
        for verdict in unit.verdicts
        if verdict.constraint.match.term.source == MOSCOW
    ]
    assert re.findall(rf'href="/d/{article}#s-(\w+)"', here) == uses[:12]
    assert served.get("/d/nowhere/terms").status_code == 404


def test_thousands_of_terms_open_fast(served: Served, article: str) -> None:
    served.get(f"/d/{article}/terms")
    started = time.perf_counter()
    assert served.get(f"/d/{article}/terms").status_code == 200
    assert time.perf_counter() - started < 1


# The dialog


def test_a_selection_becomes_a_proposal(served: Served, article: str) -> None:
    unit = next(u for u in served.workspace.open(article).document.units if "ولموسكو" in
                u.segment.source or "لموسكو" in u.segment.source)  # fmt: skip
    at = unit.segment.source.index("موسكو") + 2
    where = {"segment": unit.segment.id, "side": "source", "start": at, "end": at + 1}
    form = fields(served.get(f"/d/{article}/terms/new", params=where).text)
    assert (form["source"], form["target"], form["kind"]) == (MOSCOW, "Moscow", "place")
    at = unit.target.index("Moscow") + 1
    where = {"segment": unit.segment.id, "side": "target", "start": at, "end": at + 1}
    assert fields(served.get(f"/d/{article}/terms/new", params=where).text)["source"] == MOSCOW
    for odd in ({"start": "9999999"}, {"start": "-1", "end": "x"}, {"side": "both"}):
        assert served.get(f"/d/{article}/terms/new", params=where | odd).status_code == 200
    assert served.get(f"/d/{article}/terms/new", params=where | {"segment": "no"}).is_error


def test_conflicts_are_shown_while_typing(served: Served, article: str, own: Path) -> None:
    def said(**form: str) -> str:
        return served.post(f"/d/{article}/terms/check", data={"kind": "place"} | form).text

    assert "another English is agreed" in said(source=MOSCOW, target="Moskva")
    assert "agreed already" in said(source="مُوسكو", target="Moscow")
    assert "Not found in this document" in said(source="ققققق", target="x")
    assert f"{MOSCOW}</button>" in said(source=f"ول{MOSCOW}", target="x")
    assert "invisible character" in said(source=f"{MOSCOW}\u200f", target="x")
    assert "is short" in said(source="كيم", target="Kim", kind="person")
    add(own, Term(source=MOSCOW, target="Moskva", kind="place"))
    assert "in this file already" in said(source=MOSCOW, target="Muscovy")
    assert said(source="", target="x").strip() == ""


# Effect and saving


def test_an_edit_of_a_shipped_term_translates_the_machines_segments_anew(
    served: Served, article: str, own: Path
) -> None:
    at, review = f"/d/{article}", served.workspace.open(article)
    with_moscow = [
        u for u in review.document.units
        if any(v.constraint.match.term.source == MOSCOW for v in u.verdicts)
    ]  # fmt: skip
    approved = review.approve(with_moscow[0].segment.id, base=version(with_moscow[0]))
    others = {u.segment.id: u for u in review.document.units}
    shipped = next(p for p in shipped_paths() if p.stem == "places").read_bytes()

    form = entry(served, MOSCOW, at) | {"target": "Muscovy"}
    seen = effect(served, form, at)
    assert f"<b>{len(with_moscow) - 1}</b> segments changed" in seen
    assert "<b>1</b> segment of a person’s stays" in seen
    assert "added: </span>Muscovy" in seen
    assert "removed: </span>Moscow" in seen
    assert not own.exists()  # looking writes nothing
    assert review.document.units == tuple(others.values())

    done = save(served, form, at)
    assert f"{len(with_moscow) - 1} segments changed" in done
    (term,) = read_terms(own)
    assert (term.source, term.target, term.kind) == (MOSCOW, "Muscovy", "place")
    now = {u.segment.id: u for u in review.document.units}
    assert now[approved.segment.id].target == approved.target
    assert now[approved.segment.id].state == "reviewed"
    assert "missing" in {v.status for v in now[approved.segment.id].verdicts}
    for unit in with_moscow[1:]:
        assert "Muscovy" in now[unit.segment.id].target
    untouched = others.keys() - {u.segment.id for u in with_moscow}
    assert all(now[id].target == others[id].target for id in untouched)
    assert next(p for p in shipped_paths() if p.stem == "places").read_bytes() == shipped
    # on disk too
    assert "Muscovy" in review.path.read_text(encoding="utf-8")
    # the same once more is refused: what was shown has been done
    assert served.post(f"{at}/terms/save", data=form).status_code in (409, 422)


@pytest.mark.slow
def test_propose_approve_retire_delete(served: Served, article: str, own: Path) -> None:
    at = f"/d/{article}"
    form = fields(served.get(f"{at}/terms/new").text)
    form |= {"source": "ختام القمة", "target": "close of the summit", "status": "proposed"}
    assert "No segment changes" in effect(served, form, at)
    save(served, form, at)
    assert [t.status for t in read_terms(own)] == ["proposed"]
    assert rows(served.get("/terms", params={"status": "proposed", "own": "on"}).text) == [
        "close of the summit"
    ]

    def decided(intent: str) -> dict[str, str]:
        (term,) = read_terms(own)
        where = {"path": term.path, "source": term.source, "context": "", "intent": intent}
        return fields(served.get(f"{at}/terms/edit", params=where).text)

    form = decided("approve")
    assert "close of the summit" in effect(served, form, at)
    save(served, form, at)
    assert [t.status for t in read_terms(own)] == ["approved"]
    form = decided("retire")
    effect(served, form, at)
    save(served, form, at)
    assert [t.status for t in read_terms(own)] == ["retired"]
    assert "#, fuzzy, retired" in own.read_text(encoding="utf-8")
    form = decided("delete")
    effect(served, form, at)
    save(served, form, at)
    assert read_terms(own) == []


def test_a_shipped_term_is_retired_in_ones_own_file(
    served: Served, article: str, own: Path
) -> None:
    at = f"/d/{article}"
    form = entry(served, KYIV, at) | {"status": "retired"}
    assert "changed" in effect(served, form, at)
    save(served, form, at)
    assert [(t.source, t.status) for t in read_terms(own)] == [(KYIV, "retired")]
    wanted = {v.constraint.match.term.source for u in served.workspace.open(article).document.units
              for v in u.verdicts}  # fmt: skip
    assert KYIV not in wanted
    deleted = entry(served, MOSCOW, at) | {"intent": "delete"}
    assert served.post(f"{at}/terms/effect", data=deleted).status_code == 422


@pytest.mark.slow
def test_other_documents_change_with_it_or_not(
    served: Served, article: str, own: Path, tmp_path: Path
) -> None:
    for name in ("second", "third"):
        folder = tmp_path / "out" / name
        folder.mkdir()
        master = (tmp_path / "out" / article / f"{article}.po").read_bytes()
        (folder / f"{name}.po").write_bytes(master)
    at = f"/d/{article}"
    form = entry(served, KYIV, at) | {"target": "Kiew"}
    seen = effect(served, form, at)
    assert 'aria-label="second"' in seen
    assert 'name="everywhere" checked' in seen
    save(served, form, at)
    texts = {
        name: " ".join(u.target for u in served.workspace.open(name).document.units)
        for name in (article, "second")
    }
    assert "Kiew" in texts[article]
    assert "Kiew" not in texts["second"]
    form = entry(served, KYIV, at) | {"target": "Kyjiw", "everywhere": "on"}
    effect(served, form, at)
    save(served, form, at)
    for name in (article, "second", "third"):
        assert "Kyjiw" in " ".join(u.target for u in served.workspace.open(name).document.units)


# Files that change under the page


@pytest.mark.slow
def test_an_entry_that_was_edited_meanwhile_is_never_overwritten(
    served: Served, article: str, own: Path
) -> None:
    term = add(own, Term(source=MOSCOW, target="Moskva", kind="place"))
    form = entry(served, MOSCOW) | {"target": "Muscovy"}
    effect(served, form)
    theirs = replace(own, Term(source=MOSCOW, target="Moskau", kind="place"), was=term)
    written = own.read_bytes()
    for what in ("effect", "save"):
        answer = served.post(f"/terms/{what}", data=form)
        assert answer.status_code == 409
        assert "edited this entry meanwhile" in answer.text
        assert "Moskau" in answer.text
    assert own.read_bytes() == written
    where = {"path": str(own), "source": MOSCOW, "context": "", "version": form["version"]}
    assert served.get("/terms/changes", params=where).json()["entry"] == "changed"
    form["version"] = _version(theirs)
    effect(served, form)
    save(served, form)
    assert [t.target for t in read_terms(own)] == ["Muscovy"]
    own.write_text('msgid ""\nmsgstr ""\n', encoding="utf-8")
    assert served.get("/terms/changes", params=where).json()["entry"] == "gone"


def test_a_broken_termbase_is_shown_and_the_last_good_one_stays(served: Served, own: Path) -> None:
    add(own, Term(source="قققق", target="Quux"))
    before = served.get("/terms/changes").json()
    assert rows(served.get("/terms", params={"q": "quux"}).text) == ["Quux"]
    own.write_text('msgid "قققق"\nmsgstr "Quux\n', encoding="utf-8")
    after = served.get("/terms/changes").json()
    assert after["state"] != before["state"]
    assert f"{own}:2" in after["error"]
    page = served.get("/terms", params={"q": "quux"}).text
    assert rows(page) == ["Quux"]
    assert "can’t be read" in page
    own.write_text('msgid "قققق"\nmsgstr "Corge"\n', encoding="utf-8")
    assert rows(served.get("/terms", params={"own": "on"}).text) == ["Corge"]
    assert served.get("/terms/changes").json()["error"] == ""


# Hostile and odd


def test_everything_is_escaped(served: Served, article: str, own: Path) -> None:
    add(own, Term(source=HOSTILE, target=HOSTILE, variants=(HOSTILE,), note=HOSTILE, kind="org"))
    for text in (
        served.get("/terms", params={"own": "on"}).text,
        served.get("/terms", params={"q": HOSTILE}).text,
        served.get("/terms/new", params={"source": HOSTILE, "target": HOSTILE}).text,
        served.get(
            "/terms/edit", params={"path": str(own), "source": HOSTILE, "only": HOSTILE}
        ).text,
        served.post("/terms/check", data={"source": HOSTILE, "target": HOSTILE}).text,
        served.post("/terms/effect", data={"source": HOSTILE + "x", "target": HOSTILE}).text,
    ):
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_what_a_form_cannot_say(served: Served, article: str, tmp_path: Path, own: Path) -> None:
    elsewhere = tmp_path / "elsewhere.po"
    good = {"source": "أ", "target": "a"}
    for form in (
        {"source": "أ", "target": " "},
        good | {"file": str(elsewhere)},
        good | {"file": str(shipped_paths()[0])},
    ):
        assert served.post("/terms/effect", data=form).status_code == 422
    assert served.post("/terms/save", data=good | {"run": "none"}).status_code == 422
    assert served.get("/terms/effect/none").status_code == 404
    assert served.get("/terms/edit", params={"path": "/etc/passwd"}).status_code == 404
    assert served.post("/terms/effect", data={"version": "x", "was_path": "/etc/passwd"} | good)
    assert not elsewhere.exists()
    assert not own.exists()


# Lists to make terms of


def test_marked_suggestions_become_proposals(
    serve: Serve, article: str, own: Path, tmp_path: Path
) -> None:
    served = serve(Workspace(out=tmp_path / "out", model="starter", termbases=[own]))
    page = served.get(f"/d/{article}/suggestions")
    assert page.status_code == 200
    offered = [json.loads(unescape(t)) for t in re.findall(r'data-term="(.*?)"', page.text)]
    assert offered
    marked: dict[str, Any] = {"terms": [json.dumps(one) for one in offered[:2]] + ["{}", "no"]}
    answer = served.post(f"/d/{article}/terms/propose", data=marked).text
    assert "2 terms added as proposed" in answer
    assert [(t.source, t.status) for t in read_terms(own)] == [
        (one["source"], "proposed") for one in offered[:2]
    ]
    again = served.post(f"/d/{article}/terms/propose", data=marked).text
    assert "there already" in unescape(again)


def test_consistency_offers_the_renderings(served: Served, article: str, own: Path) -> None:
    at, review = f"/d/{article}", served.workspace.open(article)
    assert "Nothing is rendered in more than one way" in served.get(f"{at}/consistency").text
    for unit in [u for u in review.document.units if "Peskov" in u.target][:1]:
        review.edit(unit.segment.id, unit.target.replace("Peskov", "Beskow"), base=version(unit))
    for query in ("", "?all=on"):
        assert served.get(f"{at}/consistency{query}").status_code == 200


def test_what_is_agreed_already_is_edited_with_all_it_has(served: Served, article: str) -> None:
    units = served.workspace.open(article).document.units
    unit = next(u for u in units if MOSCOW in u.segment.source)
    at = unit.segment.source.index(MOSCOW)
    where = {"segment": unit.segment.id, "side": "source", "start": at, "end": at + 5}
    text = served.get(f"/d/{article}/terms/new", params=where).text
    form = fields(text)
    assert "Edit a term" in text
    assert (form["was_source"], form["source"], form["target"]) == (MOSCOW, MOSCOW, "Moscow")
    only = {"path": form["was_path"], "source": form["was_source"], "only": "Moskau"}
    form = fields(served.get(f"/d/{article}/terms/edit", params=only).text)
    assert form["target"] == "Moskau"


@pytest.mark.parametrize(
    "marked",
    ["", "[1, 2]", '"x"', "[" * 100_000, '{"source": {"a": 1}, "target": "x"}', '{"source": ""}'],
)
def test_a_marked_term_that_is_none(served: Served, own: Path, marked: str) -> None:
    answer = served.post("/terms/propose", data={"terms": marked})
    assert answer.status_code == 200
    assert "0 terms added" in answer.text
    assert not own.exists()
