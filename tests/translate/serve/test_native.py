"""The own interface."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from glossary.types import Term
from tests.translate.serve.conftest import ARABIC, ENGLISH, Served
from translate.serve.errors import Refusal


def test_everything_known_is_told(served: Served) -> None:
    answer = served.post("/v1/translate", {"texts": [f"{ARABIC} وعاد الوفد إلى كييف."]}).json()
    (one,) = answer["translations"]
    assert one["text"] == f"{ENGLISH} Returned delegation at Kyiv"
    assert [s["verdicts"][0]["status"] for s in one["segments"]] == ["satisfied", "satisfied"]
    for segment in one["segments"]:
        start, end = segment["verdicts"][0]["source_span"]
        assert segment["source"][start:end] == segment["verdicts"][0]["surface"]
    assert answer["model"].startswith("starter@")
    assert answer["engine"] == "fake"


def test_no_glossaries_enforce_nothing(served: Served) -> None:
    body = {"texts": ["كييف"], "glossaries": []}
    answer = served.post("/v1/translate", body).json()
    assert answer["translations"][0]["text"] == "Kiev"
    assert answer["translations"][0]["segments"][0]["verdicts"] == []


def test_a_glossary_keeps_all_its_fields(served: Served) -> None:
    term = {
        "source": "كييف",
        "target": "Kyjiw",
        "kind": "place",
        "variants": ["Kyiv"],
        "forbidden": ["Kiev"],
        "note": "house style",
    }
    made = served.post("/v1/glossaries", {"name": "mine", "terms": [term]})
    assert made.status_code == 201
    path = f"/v1/glossaries/{made.json()['id']}"
    assert served.get(path).json() == {"glossary": made.json(), "terms": [term]}
    answer = served.post("/v1/translate", {"texts": ["كييف"], "glossaries": [made.json()["id"]]})
    assert answer.json()["translations"][0]["text"] == "Kyjiw"
    renamed = served.ask("PATCH", path, json={"name": "ours"}).json()
    assert (renamed["name"], renamed["terms"]) == ("ours", 1)
    emptied = served.ask("PATCH", path, json={"terms": []}).json()
    assert (emptied["name"], emptied["terms"]) == ("ours", 0)
    assert served.ask("DELETE", path).status_code == 204


def test_what_is_refused_changes_nothing(served: Served) -> None:
    term = {"source": "كييف", "target": "Kyjiw"}
    made = served.post("/v1/glossaries", {"name": "mine", "terms": [term]}).json()
    path = f"/v1/glossaries/{made['id']}"
    before = served.get(path).json()
    wrong = {"name": " x", "terms": []}
    assert served.ask("PATCH", path, json=wrong).status_code == 400
    assert served.get(path).json() == before
    more = {"source_lang": "ar", "target_lang": "en", "entries": "موسكو\tMoskva"}
    wrong = {"name": " x", "dictionaries": [more]}
    assert served.ask("PATCH", f"/v3/glossaries/{made['id']}", json=wrong).status_code == 400
    assert served.get(path).json() == before


@pytest.mark.parametrize("id", ["none", "%00", "..", "a" * 300])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_no_id_leads_to_a_file(served: Served, method: str, id: str) -> None:
    body = {"json": {"name": "x"}} if method == "PATCH" else {}
    assert served.ask(method, f"/v1/glossaries/{id}", **body).status_code == 404


def test_one_that_is_deleted_while_it_is_changed_is_gone(served: Served) -> None:
    """Its entries alone would be a termbase of the operator's, for all to see."""
    glossaries = served.site.glossaries
    term = Term(source="كييف", target="Kyjiw")

    def deleted(id: str) -> None:
        glossaries.delete(id, "")

    def changed(id: str) -> None:
        with suppress(Refusal):
            glossaries.change(id, "", terms=(term,))

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            id = glossaries.create("mine", (term,), "").id
            both = [pool.submit(work, id) for work in (changed, deleted)]
            assert [one.result() for one in both] == [None, None]
    assert not list(served.folder.iterdir())


def test_a_termbase_of_the_operator_is_for_all_to_use(served: Served) -> None:
    served.folder.mkdir()
    (served.folder / "house.po").write_text('msgid "كييف"\nmsgstr "Kyjiw"\n', encoding="utf-8")
    (listed,) = served.get("/v1/glossaries").json()["glossaries"]
    assert (listed["id"], listed["shared"], listed["terms"]) == ("house", True, 1)
    answer = served.post("/v1/translate", {"texts": ["كييف"], "glossaries": ["house"]})
    assert answer.json()["translations"][0]["text"] == "Kyjiw"
    assert served.ask("DELETE", "/v1/glossaries/house").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"texts": None},
        {"texts": "one"},
        {"texts": []},
        {"glossaries": "house"},
        {"markup": "docx"},
        {"split": 1},
        {"alternatives": True},
        {"alternatives": 6},
        {"formality": "more"},
    ],
)
def test_nothing_is_dropped_in_silence(served: Served, wrong: dict[str, Any]) -> None:
    answer = served.post("/v1/translate", {"texts": [ARABIC]} | wrong)
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize("id", ["..", "%2e%2e%2fkeys", "default", ".hidden", "a" * 300])
def test_an_id_is_no_path(served: Served, id: str) -> None:
    assert served.get(f"/v1/glossaries/{id}").status_code == 404


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b"\xff", b'{"texts": ' + b"[" * 100_000, b'"texts"', b"null"]
)
def test_what_is_no_object_of_json_is_refused(served: Served, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert served.post("/v1/translate", content=body, headers=headers).status_code == 400


def test_other_kinds_of_bodies_are_refused(served: Served) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = served.post("/v1/translate", content=b"x", headers=headers)
    assert answer.status_code == 415
