"""LibreTranslate's interface."""

from typing import Any

import pytest

from tests.translate.serve.conftest import ARABIC, ENGLISH, Served


def test_a_text_as_json_and_as_a_form(served: Served) -> None:
    body = {"q": ARABIC, "source": "ar", "target": "en"}
    assert served.post("/translate", body).json() == {"translatedText": ENGLISH}
    assert served.post("/translate", data=body).json() == {"translatedText": ENGLISH}


def test_a_list_gets_a_list(served: Served) -> None:
    body = {"q": [ARABIC, "BBC"], "source": "auto", "target": "en", "alternatives": 2}
    answer = served.post("/translate", body).json()
    assert answer["translatedText"] == [ENGLISH, "BBC"]
    assert [one["language"] for one in answer["detectedLanguage"]] == ["ar", "en"]
    assert answer["alternatives"][1] == []
    assert 1 <= len(answer["alternatives"][0]) <= 2
    assert ENGLISH not in answer["alternatives"][0]


def test_html_keeps_its_tags(served: Served) -> None:
    body = {"q": "<p>زار <b>الوفد</b></p>", "source": "ar", "target": "en", "format": "html"}
    answer = served.post("/translate", body).json()
    assert answer["translatedText"] == "<p>Visited <b>delegation</b></p>"


@pytest.mark.parametrize(
    "wrong",
    [{"source": "de"}, {"target": "ar"}, {"q": None}, {"format": "md"}, {"alternatives": 99}],
)
def test_errors_have_libretranslates_shape(served: Served, wrong: dict[str, Any]) -> None:
    body = {"q": ARABIC, "source": "ar", "target": "en"} | wrong
    answer = served.post("/translate", body)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


def test_the_language_is_told_by_its_script(served: Served) -> None:
    (arabic,) = served.post("/detect", {"q": "قال BBC"}).json()
    (english,) = served.post("/detect", data={"q": "BBC"}).json()
    assert (arabic["language"], english["language"]) == ("ar", "en")
    assert 0 <= english["confidence"] <= arabic["confidence"] <= 100


def test_a_document_comes_back_by_its_address(served: Served) -> None:
    file = {"file": ("خبر.ar.txt", ARABIC.encode())}
    form = {"source": "ar", "target": "en"}
    address = served.post("/translate_file", data=form, files=file).json()["translatedFileUrl"]
    assert address.startswith(served.url + "/download_file/")
    answer = served.get(address.removeprefix(served.url))
    assert answer.text == ENGLISH
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    assert served.get("/download_file/0/a.txt").status_code == 404


def test_a_document_that_cannot_be_read_is_refused(served: Served) -> None:
    file = {"file": ("a.srt", ARABIC.encode())}
    answer = served.post("/translate_file", data={"source": "ar", "target": "en"}, files=file)
    assert answer.status_code == 400
    assert "time codes" in answer.json()["error"]


def test_what_the_server_offers(served: Served) -> None:
    assert served.get("/languages").json()[0]["code"] == "ar"
    settings = served.get("/frontend/settings").json()
    assert ".docx" in settings["supportedFilesFormat"]
    assert settings["keyRequired"] is False
