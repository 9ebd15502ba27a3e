"""The command, run in this process in an empty folder."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from translate.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line that a failed command says."""
        lines = self.err.splitlines()
        assert self.code in (1, 2, 3), self.err
        errors = [line for line in lines if line.startswith("error: ")]
        assert len(errors) == 1, self.err
        assert lines[-1] == errors[0]
        assert "Traceback" not in self.err
        return errors[0].removeprefix("error: ")


Dragoman = Callable[..., Ran]


class _Bytes(io.TextIOWrapper):
    """Standard input of given bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8")


@pytest.fixture
def dragoman(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Dragoman:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", _Bytes(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return Ran(stopped.value.code, said.out, said.err)

    return run


@pytest.fixture
def own(data: Path) -> Path:
    """A small termbase: Moscow, Kyiv, Hanna Maliar."""
    return data / "pipeline" / "terms.po"


@pytest.fixture
def news(tmp_path: Path, text: str) -> Path:
    """Six short segments, in the folder the command runs in."""
    path = tmp_path / "news.ar.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def line(text: str) -> str:
    """Arrived, delegation, Russian, at, Moscow."""
    return text.split("\n")[2].split(". ")[0] + "."
