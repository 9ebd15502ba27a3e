"""The programs that people open these files with read what is written."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.translate.documents.conftest import SAMPLES, sample, translated

OFFICE = shutil.which("soffice")
PANDOC = shutil.which("pandoc")


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("name", ["nasty.docx", "pandoc.docx", "libreoffice.docx", "nasty.odt", "pandoc.odt", "libreoffice.odt", "nasty.html"])  # fmt: skip
def test_libreoffice_opens_it(name: str, tmp_path: Path) -> None:
    suffix = Path(name).suffix
    data = sample(suffix) if name.startswith("nasty") else (SAMPLES / name).read_bytes()
    (tmp_path / f"a{suffix}").write_bytes(translated(data, suffix)[1])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [str(OFFICE), "--headless", profile, "--convert-to", "txt:Text", f"a{suffix}"],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = (tmp_path / "a.txt").read_text("utf-8-sig")
    assert "w1 w2 w3" in text


@pytest.mark.slow
@pytest.mark.skipif(PANDOC is None, reason="Pandoc is not installed")
@pytest.mark.parametrize("name", ["pandoc.docx", "pandoc.odt", "libreoffice.docx", "pandoc.md", "pandoc.html"])  # fmt: skip
def test_pandoc_sees_the_same_structure(name: str, tmp_path: Path) -> None:
    """What Pandoc makes of it, without words: the same tree of blocks, links, notes."""
    suffix = Path(name).suffix

    def structure(data: bytes) -> str:
        (tmp_path / f"a{suffix}").write_bytes(data)
        made = subprocess.run(
            [str(PANDOC), f"a{suffix}", "-t", "html"],
            cwd=tmp_path, check=True, capture_output=True, timeout=60, text=True,
        )  # fmt: skip
        import re

        tags = re.findall(
            r"</?(?:h\d|p|ul|ol|li|table|tr|td|th|blockquote|a|pre|section)\b", made.stdout
        )
        return " ".join(tags)

    data = (SAMPLES / name).read_bytes()
    assert structure(translated(data, suffix)[1]) == structure(data)
