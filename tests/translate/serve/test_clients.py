"""Clients that others wrote: DeepL's library and its command, and LibreTranslate's library."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import deepl
import pytest
from deepl.api_data import MultilingualGlossaryDictionaryEntries as Dictionary
from libretranslatepy import LibreTranslateAPI

from tests.translate.documents.conftest import sample
from tests.translate.serve.conftest import ARABIC, ENGLISH, Serve, Served
from translate.documents import FORMATS
from translate.formats import writer
from translate.formats.returned import Returned
from translate.formats.xliff import read_xliff
from translate.formats.xliff12 import read_xliff12
from translate.pipeline import Translator
from translate.serve.keys import Keyring
from translate.types import Document, Segment, TranslationUnit


def client(served: Served, key: str = "any") -> deepl.DeepLClient:
    return deepl.DeepLClient(key, server_url=served.url)


def command(served: Served, *arguments: str | Path) -> str:
    """`python -m deepl`, its output."""
    run = subprocess.run(
        [sys.executable, "-m", "deepl", *map(str, arguments)],
        env={**os.environ, "DEEPL_SERVER_URL": served.url, "DEEPL_AUTH_KEY": "any"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return run.stdout


def test_texts_usage_and_languages(served: Served) -> None:
    ours = client(served)
    one, other = ours.translate_text([ARABIC, "BBC"], target_lang="EN-US", context="news")
    assert (one.text, one.detected_source_lang, one.billed_characters) == (ENGLISH, "AR", 20)
    assert (other.text, other.detected_source_lang) == ("BBC", "EN")
    assert ours.get_usage().character.count == len(ARABIC) + 3
    assert [one.code for one in ours.get_source_languages()] == ["AR"]
    assert [one.code for one in ours.get_target_languages()] == ["EN-GB", "EN-US"]
    (pair,) = ours.get_glossary_languages()
    assert (pair.source_lang, pair.target_lang) == ("ar", "en")


def test_every_option_of_the_client(served: Served) -> None:
    text = '<p>وصل <b>الوفد</b> إلى <k id="1">موسكو</k>.</p>'
    result = client(served).translate_text(
        text,
        source_lang="AR",
        target_lang="EN-GB",
        tag_handling="xml",
        ignore_tags=["k"],
        splitting_tags="p,q",
        non_splitting_tags="b",
        outline_detection=False,
        split_sentences="nonewlines",
        preserve_formatting=True,
        model_type="quality_optimized",
        extra_body_parameters={"dragoman": True},
    )
    assert result.text == '<p>Arrived <b>delegation</b> at <k id="1">موسكو</k>.</p>'


def test_errors_are_those_of_the_client(served: Served, tmp_path: Path) -> None:
    with pytest.raises(deepl.DeepLException, match="target_lang"):
        client(served).translate_text(ARABIC, target_lang="DE")
    with pytest.raises(deepl.GlossaryNotFoundException):
        client(served).get_glossary("0")
    ring = Keyring(tmp_path / "keys.json")
    small = ring.add("small", limit=5)
    with pytest.raises(deepl.AuthorizationException):
        client(served).translate_text(ARABIC, target_lang="EN-US")
    with pytest.raises(deepl.QuotaExceededException):
        client(served, small).translate_text(ARABIC, target_lang="EN-US")


def test_glossaries_of_version_2(served: Served) -> None:
    ours = client(served)
    made = ours.create_glossary("mine", "AR", "EN", {"كييف": "Kyjiw"})
    assert made.entry_count == 1
    assert ours.get_glossary_entries(made) == {"كييف": "Kyjiw"}
    assert [one.glossary_id for one in ours.list_glossaries()] == [made.glossary_id]
    result = ours.translate_text("كييف", source_lang="AR", target_lang="EN-US", glossary=made)
    assert result.text == "Kyjiw"
    ours.delete_glossary(made)
    assert ours.list_glossaries() == []


def test_glossaries_of_version_3(served: Served) -> None:
    ours = client(served)
    made = ours.create_multilingual_glossary("mine", [Dictionary("AR", "EN", {"كييف": "Kyjiw"})])
    result = ours.translate_text("كييف", source_lang="AR", target_lang="EN-US", glossary=made)
    assert result.text == "Kyjiw"
    more = Dictionary("AR", "EN", {"موسكو": "Moskva"})
    grown = ours.update_multilingual_glossary_dictionary(made, more)
    assert grown.dictionaries[0].entry_count == 2
    renamed = ours.update_multilingual_glossary_name(made, "ours")
    assert renamed.name == "ours"
    replaced = ours.replace_multilingual_glossary_dictionary(made, more)
    assert replaced.entry_count == 1
    entries = ours.get_multilingual_glossary_entries(made, "AR", "EN").dictionaries[0].entries
    assert "Moskva" in str(entries)
    assert [one.name for one in ours.list_multilingual_glossaries()] == ["ours"]
    ours.delete_multilingual_glossary_dictionary(made, source_lang="AR", target_lang="EN")
    assert ours.get_multilingual_glossary(made.glossary_id).dictionaries == []
    ours.delete_multilingual_glossary(made)


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client looks every 5 s whether a document is done; here sooner."""
    clock = SimpleNamespace(time=time.time, sleep=lambda seconds: time.sleep(0.05))
    monkeypatch.setattr("deepl.translator.time", clock)


@pytest.mark.usefixtures("_hasty")
def test_a_document_comes_back_in_its_format(served: Served, tmp_path: Path) -> None:
    source, target = tmp_path / "a.ar.srt", tmp_path / "a.en.srt"
    source.write_text("1\n00:00:01,000 --> 00:00:02,000\nزار الوفد\n", encoding="utf-8")
    status = client(served).translate_document_from_filepath(source, target, target_lang="EN-US")
    assert status.done
    assert status.billed_characters == len("زار الوفد")
    assert target.read_text(encoding="utf-8").endswith("\nVisited delegation\n")


@pytest.mark.usefixtures("_hasty")
def test_documents_of_every_kind(served: Served, tmp_path: Path) -> None:
    for suffix in sorted({".docx", ".odt", ".html", ".md", ".vtt", ".po", ".xlf"} & set(FORMATS)):
        source, target = tmp_path / f"nasty{suffix}", tmp_path / f"english{suffix}"
        source.write_bytes(sample(suffix))
        client(served).translate_document_from_filepath(source, target, target_lang="EN-US")
        assert target.read_bytes() not in (b"", source.read_bytes())


XLIFF: dict[str, Callable[[bytes, str], tuple[Returned, ...]]] = {
    "xliff": read_xliff,
    "xliff12": read_xliff12,
}


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize(("kind", "suffix"), [("xliff", ".xlf"), ("xliff12", ".xliff")])
def test_xliff_comes_back_in_its_version(
    served: Served, tmp_path: Path, kind: str, suffix: str
) -> None:
    texts = (ARABIC, ""), (ARABIC, "The delegation is there."), ("BBC", "")
    units = tuple(
        TranslationUnit(
            segment=Segment(id=f"u{n}", source=source, kind="sentence", paragraph=n),
            target=target,
            state="reviewed" if target else "initial",
            origin="human",
        )
        for n, (source, target) in enumerate(texts)
    )
    source, target = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    source.write_bytes(writer(kind).write(Document(name="a", units=units)))
    status = client(served).translate_document_from_filepath(source, target, target_lang="EN-US")
    assert status.billed_characters == len(ARABIC)
    returned = XLIFF[kind](target.read_bytes(), "b")
    assert [(one.id, one.source, one.target, one.state) for one in returned] == [
        ("u0", ARABIC, ENGLISH, "translated"),
        ("u1", ARABIC, "The delegation is there.", "reviewed"),
        ("u2", "BBC", "", None),
    ]


@pytest.mark.slow
def test_the_command(served: Served) -> None:
    assert command(served, "text", "--to", "EN-US", ARABIC).strip() == ENGLISH
    assert "20" in command(served, "usage")
    assert "AR" in command(served, "languages")


def test_libretranslates_library(served: Served) -> None:
    theirs = LibreTranslateAPI(served.url)
    assert theirs.translate(ARABIC, "ar", "en") == ENGLISH
    assert theirs.detect(ARABIC)[0]["language"] == "ar"
    assert theirs.languages()[0] == {"code": "ar", "name": "Arabic", "targets": ["en"]}


@pytest.mark.slow
def test_with_the_starter_a_glossary_is_enforced_and_proven(
    serve: Serve, translator: Translator
) -> None:
    served = serve(translator)
    ours = client(served)
    text = "وصل الرئيس الروسي فلاديمير بوتين إلى بيونغ يانغ."
    assert "Pyongyang" in ours.translate_text(text, target_lang="EN-US").text
    made = ours.create_glossary("mine", "AR", "EN", {"بيونغ يانغ": "Pjöngjang"})
    result = ours.translate_text(text, source_lang="AR", target_lang="EN-US", glossary=made)
    assert "Pjöngjang" in result.text
    assert "Vladimir Putin" in result.text, "the server's terms count behind the client's"
