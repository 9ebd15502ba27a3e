"""PO of other programs: what wants a translation gets one, what a person wrote stays."""

import shutil
import subprocess

import polib
import pytest

from tests.translate.documents.conftest import sample, translated
from translate.documents import FORMATS
from translate.errors import FormatError


def test_the_nasty_file() -> None:
    file = polib.pofile(translated(sample(".po"), ".po")[1].decode())
    first, second, old, done, plural, english, _ = file
    assert first.msgstr == "w1 %s w2 %(place)s w3\n"
    assert second.msgstr == "w1 w2\n\n  w1 <b>w2</b> {0}\n"
    assert old.msgstr == "w1"
    assert old.fuzzy
    assert done.msgstr == "translated by a person"
    assert not done.fuzzy
    assert plural.msgstr_plural == {0: "%d w1", 1: "%d w1"}
    assert english.msgstr == ""
    assert file.metadata["Language"] == "en"


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed")
def test_msgfmt() -> None:
    made = translated(sample(".po"), ".po")[1]
    subprocess.run(["msgfmt", "-c", "-o", "/dev/null", "-"], input=made, check=True)


def test_what_is_no_po() -> None:
    for text in ("نص فقط", 'msgid "نص\nmsgstr'):
        with pytest.raises(FormatError, match="PO file"):
            FORMATS[".po"].read(text.encode(), "a.po")
