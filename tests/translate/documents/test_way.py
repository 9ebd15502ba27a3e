"""A document from its file to its master and back: reruns, reviews, other originals."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glossary.match import Matcher
from tests.translate.documents.conftest import SAMPLES, sample
from tests.translate.documents.test_contract import SUFFIXES
from translate.documents import FORMATS, Original
from translate.errors import FormatError
from translate.master import Master
from translate.pipeline import Translator
from translate.review import Review, version
from translate.update import update

Make = Callable[..., Translator]


def translate(tmp_path: Path, fake: Make, suffix: str, data: bytes | None = None) -> Master:
    master = Master(tmp_path / "letter" / "letter.po")
    data = sample(suffix) if data is None else data
    text = FORMATS[suffix].read(data, "letter").text
    update(master, text, fake(), original=Original(suffix=suffix, data=data))
    return master


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_goes_all_the_way(suffix: str, tmp_path: Path, fake: Make) -> None:
    master = translate(tmp_path, fake, suffix)
    folder = master.path.parent
    assert (folder / f"letter.source{suffix}").read_bytes() == sample(suffix)
    english = (folder / f"letter.en{suffix}").read_bytes()
    document = master.read()
    assert len({unit.segment.paragraph for unit in document.units}) == len(
        FORMATS[suffix].read(sample(suffix), "x").blocks
    )
    master.write_outputs(document)  # from the disk alone, the same
    assert (folder / f"letter.en{suffix}").read_bytes() == english


def test_a_review_writes_the_document_anew(tmp_path: Path, fake: Make) -> None:
    master = translate(
        tmp_path, fake, ".html", "<p>وصل <b>الوفد</b>. ثم عاد.</p><p>نص</p>".encode()
    )
    review = Review(master, lambda: Matcher(()))
    first, *_ = review.document.units
    review.edit(first.segment.id, "The delegation came.", base=version(first))
    review.join(first.segment.id, base=version(review.unit(first.segment.id)))
    joined = review.document.units[0]
    review.approve(joined.segment.id, base=version(joined), target="It came & went.")
    review.flush()
    assert "It" in (master.path.parent / "letter.en.html").read_text()
    assert "came &amp;" in (master.path.parent / "letter.en.html").read_text().replace(
        "<b>", ""
    ).replace("</b>", "")
    again = translate(tmp_path, fake, ".html", "<p>وصل <b>الوفد</b>. ثم عاد.</p><p>نص</p>".encode())
    assert again.read().units[0].target == "It came & went."


def test_another_original_takes_the_place_of_the_first(tmp_path: Path, fake: Make) -> None:
    translate(tmp_path, fake, ".html", "<p>نص</p>".encode())
    master = translate(tmp_path, fake, ".md", "نص".encode())
    assert [p.name for p in master.path.parent.glob("*.source.*")] == ["letter.source.md"]
    update(master, "نص", fake())
    assert master.original() is None


def test_an_original_that_was_exchanged_is_told(tmp_path: Path, fake: Make) -> None:
    master = translate(tmp_path, fake, ".html", "<p>نص</p>".encode())
    (master.path.parent / "letter.source.html").write_text("<p>غيره")
    before = (master.path.parent / "letter.en.html").read_bytes()
    with pytest.raises(FormatError, match="another text"):
        master.write_outputs(master.read())
    assert (master.path.parent / "letter.en.html").read_bytes() == before


def test_bold_follows_its_word(tmp_path: Path, fake: Make) -> None:
    master = translate(tmp_path, fake, ".html", "<p>وصل <b>الوفد</b> إلى موسكو</p>".encode())
    assert "<b>delegation</b>" in (master.path.parent / "letter.en.html").read_text()


def test_a_real_file(tmp_path: Path, fake: Make) -> None:
    data = (SAMPLES / "libreoffice.docx").read_bytes()
    master = translate(tmp_path, fake, ".docx", data)
    assert (master.path.parent / "letter.en.docx").is_file()
