"""Subtitles: times untouched, tags carried, lines of a length that can be read."""

import re

import pytest

from tests.translate.documents.conftest import sample, translated
from translate.documents import FORMATS
from translate.documents.subtitles import LINE
from translate.errors import FormatError

HEAD = "1\n00:00:01,000 --> 00:00:02,000\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("وصل <i>الوفد</i> أمس", "w1 <i>w2</i> w3"),
        ("وصل\nالوفد", "w1 w2"),
        ("- نعم\n- لا", "- w1\n- w1"),
        ("{\\an8}نعم", "{\\an8}w1"),
        ("<i>وصل\nالوفد", "<i>w1 w2</i>"),
        ("a < b نعم", "w1 w2 w3 w4"),
        ("123", "123"),
    ],
)
def test_cues(source: str, expected: str) -> None:
    if source == "123":
        source, expected = f"{source}\n\n2\n00:00:03,000 --> 00:00:04,000\nنعم", "123\n\n2\n00:00:03,000 --> 00:00:04,000\nw1"  # fmt: skip
    assert translated((HEAD + source).encode(), ".srt")[1].decode() == HEAD + expected


@pytest.mark.parametrize("suffix", [".srt", ".vtt"])
def test_times_and_everything_else_stay(suffix: str) -> None:
    old, new = sample(suffix).decode(), translated(sample(suffix), suffix)[1].decode()
    for pattern in (r"\d+:\d\d.*-->.*", r"(?m)^\d+\r?$", r"NOTE\n.*", r"STYLE\n.*", r"WEBVTT.*"):
        assert re.findall(pattern, new) == re.findall(pattern, old)
    assert new.count("\r\n") == new.count("\n") or suffix == ".vtt"
    for line in re.split(r"\r?\n", new):
        assert "-->" in line or len(re.sub(r"<.*?>|\{.*?\}", "", line)) <= LINE


def test_vtt() -> None:
    new = translated(sample(".vtt"), ".vtt")[1].decode()
    assert "<v مريم>w1 <c.yellow>w2</c> w3 w4 w5 <00:00:02.500>w6</v>" in new
    assert "<ruby>" in new
    assert "أول\n00:01.000" in new


def test_windows_1256_becomes_utf_8() -> None:
    data = (HEAD + "وصل الوفد إلى موسكو اليوم").encode("windows-1256")
    assert translated(data, ".srt")[1].decode() == HEAD + "w1 w2 w3 w4 w5"


def test_no_times() -> None:
    with pytest.raises(FormatError, match="time codes"):
        FORMATS[".srt"].read("نص فقط".encode(), "a.srt")


def test_many_cues_take_linear_time() -> None:
    cue = "00:00:01,000 --> 00:00:02,000\nنعم\n\n"
    assert len(translated((cue * 3000).encode(), ".srt")[0]) == 3000
