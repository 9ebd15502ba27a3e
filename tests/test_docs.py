"""What the documents claim is run: README's Python, its commands, its links, its make targets."""

import gzip
import json
import re
import shlex
from pathlib import Path

import pytest

from translate.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    p for p in ROOT.glob("**/*.md") if not set(p.parts) & {".venv", ".train", "out", "build"}
)
ARTICLE = ROOT / "tests/data/article/article.ar.txt"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    lines = [line.split("  #")[0].strip() for block in blocks("") for line in block.splitlines()]
    return [line for line in lines if line.startswith("dragoman ")]


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    exec(compile(code, "README.md", "exec"), {})
    said = capsys.readouterr().out
    assert "Vladimir Putin" in said
    assert "satisfied" in said


def test_the_commands_of_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = ARTICLE.read_text(encoding="utf-8").split("\n")
    Path("article.ar.txt").write_text(text[-1], encoding="utf-8")
    Path("terms.tsv").write_text("تلغرام\tTelegram\torg\n", encoding="utf-8")
    record = json.dumps({"text": text[0]})
    Path("corpus.jsonl.gz").write_bytes(gzip.compress(record.encode()))
    for command in commands():
        if command.startswith("dragoman serve"):  # until Ctrl-C: serve/test_server.py starts it
            continue
        if "terms import" in command:
            Path("house.po").unlink()
        with pytest.raises(SystemExit) as stopped:
            main(shlex.split(command)[1:])
        assert stopped.value.code == 0, command
    assert Path("out/article/article.html").exists()
    assert "Hanna Maliar" in Path("out/article/article.en.txt").read_text(encoding="utf-8")


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert named == ["article", "test"]
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (path.parent / target).exists(), target


def test_the_readme_fits_a_screen_or_two() -> None:
    assert len(README.splitlines()) <= 92
