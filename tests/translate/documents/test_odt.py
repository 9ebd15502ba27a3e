"""ODT: spans, notes and links where alignment says; the page turned."""

import io
import re
import zipfile

import pytest
from lxml import etree

from tests.translate.documents.conftest import (
    MANIFEST,
    SAMPLES,
    mirrored,
    odt,
    part,
    sample,
    translated,
    zipped,
)
from translate.documents import FORMATS
from translate.errors import FormatError


def test_the_nasty_document() -> None:
    content = part(translated(sample(".odt"), ".odt")[1], "content.xml")
    assert [line for line in re.findall("[\u0621-\u064a ]{4,}", content) if line.strip()] == [
        "تعليق زميل"
    ]
    assert "deletion" not in content
    assert "text:change" not in content
    assert 'w1 <text:span text:style-name="T2">w2</text:span> w3 <text:a ' in content
    assert "w4</text:a><text:note " in content
    assert (
        '<text:bookmark-start text:name="top"/>w1 w2 w3<text:bookmark-end text:name="top"/>'
        in content
    )
    assert "<text:line-break/>w1 w2 w3" in content
    assert 'fo:text-align="start"' in content
    assert 'style:writing-mode="lr-tb"' in content
    assert 'fo:font-weight="bold"' in content
    assert "<draw:text-box><text:p>w1 w2</text:p></draw:text-box>" in content
    assert content.count("office:annotation-end") == 1


@pytest.mark.parametrize("name", ["pandoc.odt", "libreoffice.odt"])
@pytest.mark.parametrize("how", [None, mirrored])
def test_files_of_other_programs(name: str, how) -> None:  # type: ignore[no-untyped-def]
    data = (SAMPLES / name).read_bytes()
    out = translated(data, ".odt", how)[1] if how else translated(data, ".odt")[1]
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(out)) as new:
        assert new.namelist() == old.namelist()
        assert (
            new.infolist()[0].compress_type == zipfile.ZIP_STORED
        )  # the type, by which it is known
        assert new.testzip() is None
        for one in new.namelist():
            if one.endswith(".xml") and old.read(one):
                etree.fromstring(new.read(one))
    assert part(out, "content.xml").count("<text:note ") == part(data, "content.xml").count(
        "<text:note "
    )


def refused(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        FORMATS[".odt"].read(data, "letter.odt")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_refused() -> None:
    secret = MANIFEST.replace(
        "/></manifest:m", "><manifest:encryption-data/></manifest:file-entry></manifest:m"
    )
    assert "password" in refused(zipped({"content.xml": "x", "META-INF/manifest.xml": secret}))
    assert "no text document" in refused(odt("<x/>"))
    assert "DOCTYPE" in refused(odt('<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>'))
