"""DeepL's interface: bodies, statuses, glossaries, documents."""

from typing import Any

import pytest

from tests.translate.serve.conftest import ARABIC, ENGLISH, Served
from tests.translate.web.conftest import until
from translate.serve.deepl import text_request
from translate.serve.errors import Refusal
from translate.serve.fields import Fields

TSV = "موسكو\tMoskva\n"


def asked(**values: Any) -> Any:
    return text_request(Fields(values={"text": [ARABIC], "target_lang": "EN-US", **values}), 50)


def test_texts_are_translated_in_order(served: Served) -> None:
    answer = served.post("/v2/translate", {"text": [ARABIC, "زار"], "target_lang": "EN-GB"})
    assert answer.status_code == 200
    assert answer.json()["translations"] == [
        {"detected_source_language": "AR", "text": ENGLISH, "billed_characters": len(ARABIC)},
        {"detected_source_language": "AR", "text": "Visited", "billed_characters": 3},
    ]


def test_a_form_is_as_good_as_json(served: Served) -> None:
    form = {"text": [ARABIC, "زار"], "target_lang": "en", "split_sentences": "0"}
    answer = served.post("/v2/translate", data=form)
    assert [one["text"] for one in answer.json()["translations"]] == [ENGLISH, "Visited"]


def test_a_form_may_hold_arabic_as_it_is(served: Served) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"target_lang=EN&text={ARABIC}".encode()
    told = served.ask("POST", "/v2/translate", content=body, headers=kind).json()
    assert [one["text"] for one in told["translations"]] == [ENGLISH]
    wrong = served.ask("POST", "/v2/translate", content=b"text=\xff", headers=kind)
    assert (wrong.status_code, wrong.json()["message"]) == (
        400,
        "Invalid form in the body of the request",
    )


def test_a_text_without_arabic_stays(served: Served) -> None:
    answer = served.post("/v2/translate", {"text": ["BBC, 2026!\n", ""], "target_lang": "EN-US"})
    assert [one["text"] for one in answer.json()["translations"]] == ["BBC, 2026!\n", ""]
    assert answer.json()["translations"][0]["detected_source_language"] == "EN"


def test_the_extension_tells_of_every_occurrence(served: Served) -> None:
    body = {"text": [ARABIC], "target_lang": "EN-US", "dragoman": True}
    told = served.post("/v2/translate", body).json()["translations"][0]["dragoman"]
    (segment,) = told["segments"]
    assert [v["status"] for v in segment["verdicts"]] == ["satisfied"]
    start, end = segment["verdicts"][0]["target_span"]
    assert segment["target"][start:end] == "Moscow"
    assert segment["alignment"]
    assert told["model"].startswith("starter@")


def test_tags_are_carried_over(served: Served) -> None:
    text = '<p>وصل <b>الوفد</b> إلى <x id="1"/> موسكو.</p>'
    body = {"text": [text], "target_lang": "EN-US", "tag_handling": "xml"}
    answer = served.post("/v2/translate", body).json()["translations"][0]["text"]
    assert answer == '<p>Arrived <b>delegation</b> at <x id="1"/> Moscow.</p>'


def test_broken_xml_is_refused(served: Served) -> None:
    body = {"text": ["<p>وصل"], "target_lang": "EN-US", "tag_handling": "xml"}
    answer = served.post("/v2/translate", body)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Tag handling parsing failed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"target_lang": "DE"},
        {"source_lang": "FR"},
        {"text": "one"},
        {"text": []},
        {"text": ["a"] * 51},
        {"text": [1]},
        {"text": ["\ud800"]},
        {"tag_handling": "docx"},
        {"split_sentences": "2"},
        {"formality": "more"},
        {"style_id": "x"},
        {"custom_instructions": ["be kind"]},
        {"translation_memory_id": "x"},
        {"ignore_tags": ["x"]},
        {"glossary_id": "x"},
        {"source_lang": "AR", "glossary_id": "x", "glossary_ids": ["y"]},
        {"source_lang": "AR", "glossary_ids": ["a", "b", "c", "d", "e", "f"]},
        {"outline_detection": "maybe"},
    ],
)
def test_what_is_not_supported_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        asked(**wrong)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("given", "split"),
    [
        ({}, "sentences"),
        ({"tag_handling": "html"}, "nonewlines"),
        ({"split_sentences": "0"}, "none"),
    ],
)
def test_sentences_are_split_as_deepl_would(given: dict[str, Any], split: str) -> None:
    assert asked(**given).wanted.split == split


def test_named_glossaries_come_before_the_servers() -> None:
    wanted = asked(source_lang="ar", glossary_ids=["one", "two"]).wanted
    assert wanted.glossaries == ("one", "two", "default")


def test_usage_counts_the_source(served: Served) -> None:
    served.post("/v2/translate", {"text": [ARABIC], "target_lang": "EN-US"})
    assert served.get("/v2/usage").json()["character_count"] == len(ARABIC)


def test_a_glossary_of_version_2_is_enforced(served: Served) -> None:
    body = {"name": "mine", "source_lang": "ar", "target_lang": "en", "entries": TSV}
    made = served.post("/v2/glossaries", body)
    assert made.status_code == 201
    glossary = made.json()
    assert (glossary["name"], glossary["entry_count"], glossary["ready"]) == ("mine", 1, True)
    assert served.get("/v2/glossaries").json() == {"glossaries": [glossary]}
    path = f"/v2/glossaries/{glossary['glossary_id']}"
    assert served.get(path).json() == glossary
    entries = served.get(f"{path}/entries")
    assert (entries.text, entries.headers["content-type"].split(";")[0]) == (
        TSV,
        "text/tab-separated-values",
    )
    body = {"text": [ARABIC], "source_lang": "AR", "target_lang": "EN-US", "glossary_id": glossary["glossary_id"]}  # fmt: skip
    answer = served.post("/v2/translate", body).json()
    assert "Moskva" in answer["translations"][0]["text"]
    assert served.ask("DELETE", path).status_code == 204
    assert served.get(path).status_code == 404
    assert served.post("/v2/translate", body).status_code == 404


def test_a_glossary_of_version_3_grows_and_is_replaced(served: Served) -> None:
    one = {"source_lang": "ar", "target_lang": "en", "entries": TSV, "entries_format": "tsv"}
    made = served.post("/v3/glossaries", {"name": "mine", "dictionaries": [one]})
    assert made.status_code == 201
    info = {"source_lang": "ar", "target_lang": "en", "entry_count": 1}
    assert made.json()["dictionaries"] == [info]
    path = f"/v3/glossaries/{made.json()['glossary_id']}"
    more = {"name": "ours", "dictionaries": [one | {"entries": "كييف,Kyjiw", "entries_format": "csv"}]}  # fmt: skip
    changed = served.ask("PATCH", path, json=more).json()
    assert (changed["name"], changed["dictionaries"][0]["entry_count"]) == ("ours", 2)
    pair = {"source_lang": "AR", "target_lang": "EN"}
    entries = served.get(f"{path}/entries", params=pair).json()["dictionaries"][0]["entries"]
    assert entries == "موسكو\tMoskva\nكييف\tKyjiw\n"
    replaced = served.ask("PUT", f"{path}/dictionaries", json=one | {"entries": "كييف\tKiev"})
    assert replaced.json() == info
    assert served.ask("DELETE", f"{path}/dictionaries", params=pair).status_code == 204
    assert served.get(path).json()["dictionaries"] == []
    assert served.ask("DELETE", path).status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        {"source_lang": "de"},
        {"entries": "موسكو"},
        {"entries": "موسكو\tMoscow\tplace"},
        {"entries": "موسكو\t"},
        {"entries": "موسكو\tMoscow\nموسكو\tMoskva"},
        {"entries": f"موسكو\t{'M' * 1025}"},
        {"entries": ""},
        {"entries_format": "tbx"},
        {"name": " "},
    ],
)
def test_glossaries_that_cannot_be_are_refused(served: Served, wrong: dict[str, str]) -> None:
    body = {"name": "mine", "source_lang": "ar", "target_lang": "en", "entries": TSV} | wrong
    assert served.post("/v2/glossaries", body).status_code == 400
    assert not list(served.folder.glob("*"))


def test_a_document_is_translated_in_the_background(served: Served) -> None:
    file = {"file": ("news.ar.html", "<p>زار <b>الوفد</b></p>".encode())}
    handle = served.post("/v2/document", data={"target_lang": "EN-US"}, files=file).json()
    path, key = f"/v2/document/{handle['document_id']}", {"document_key": handle["document_key"]}
    until(lambda: served.post(path, key).json()["status"] == "done")
    assert served.post(path, key).json()["billed_characters"] == len("زار الوفد")
    assert served.post(f"{path}/result", key).content == b"<p>Visited <b>delegation</b></p>"
    assert served.post(path, {"document_key": "0" * 64}).status_code == 404
    assert served.post("/v2/document/0", key).status_code == 404


def test_a_document_that_cannot_be_read_says_so(served: Served) -> None:
    file = {"file": ("letter.docx", b"no zip")}
    handle = served.post("/v2/document", data={"target_lang": "EN-US"}, files=file).json()
    path, key = f"/v2/document/{handle['document_id']}", {"document_key": handle["document_key"]}
    until(lambda: served.post(path, key).json()["status"] == "error")
    assert "broken" in served.post(path, key).json()["error_message"]
    assert served.post(f"{path}/result", key).status_code == 400


def test_a_document_in_work_is_not_ready(served: Served) -> None:
    served.engine.free.clear()
    file = {"file": ("a.txt", ARABIC.encode())}
    handle = served.post("/v2/document", data={"target_lang": "EN-US"}, files=file).json()
    path, key = f"/v2/document/{handle['document_id']}", {"document_key": handle["document_key"]}
    until(lambda: served.post(path, key).json()["status"] == "translating")
    answer = served.post(f"{path}/result", key)
    served.engine.free.set()
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


@pytest.mark.parametrize("name", ["picture.png", "noname", ""])
def test_other_kinds_of_files_are_refused(served: Served, name: str) -> None:
    file = {"file": (name or "x", ARABIC.encode())}
    answer = served.post("/v2/document", data={"target_lang": "EN-US"}, files=file)
    assert answer.status_code == 400


def test_languages(served: Served) -> None:
    assert served.get("/v2/languages").json() == [{"language": "AR", "name": "Arabic"}]
    targets = served.get("/v2/languages", params={"type": "target"}).json()
    assert [one["language"] for one in targets] == ["EN-GB", "EN-US"]
    assert served.get("/v2/glossary-language-pairs").json() == {
        "supported_languages": [{"source_lang": "ar", "target_lang": "en"}]
    }
