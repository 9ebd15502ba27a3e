"""The wheel, installed away from the checkout: weights and termbases travel in it, nothing else does."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PACKAGES = ("glossary", "models", "translate")
LEFT_OUT = (".*", "out", "build", "dist", "*.egg-info", "__pycache__")


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of an earlier build is in it and the checkout stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
    isolation = ["--no-isolation"] if find_spec("setuptools") else []
    run(
        sys.executable, "-m", "build", "--wheel", *isolation, "--outdir", folder / "dist", tree,
        cwd=folder,
    )  # fmt: skip
    (made,) = (folder / "dist").iterdir()
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it; its dependencies are those of this one, by a .pth file.

    Lines of a .pth only add folders: the editable install of this environment isn't taken along.
    """
    folder = tmp_path_factory.mktemp("away") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / "bin" / "python" if os.name != "nt" else folder / "Scripts" / "python.exe"
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
        "--no-index", "--disable-pip-version-check", wheel,
        cwd=folder.parent,
    )  # fmt: skip
    (site,) = folder.glob("[Ll]ib/**/site-packages")
    here = sysconfig.get_path("purelib")
    (site / "dependencies.pth").write_text(f"{here}\n", encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def test_all_that_is_needed_is_in_it(names: set[str]) -> None:
    needed = {
        str(path.relative_to(ROOT).as_posix())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".po", ".j2", ".css", ".js", ".spm", ".json", ".safetensors"}
        or path.name == "py.typed"
    }
    assert needed <= names
    assert {"models/starter/model.safetensors", "models/starter/README.md"} <= names
    assert sum(name.startswith("glossary/po/") for name in names) >= 5
    assert {f"{package}/py.typed" for package in PACKAGES} <= names


def test_nothing_else_is_in_it(names: set[str]) -> None:
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)
    assert len(top) == len(PACKAGES) + 1
    assert not [n for n in names if "test" in n or "__pycache__" in n or "/." in n]


def test_it_is_small_enough_for_an_index(wheel: Path) -> None:
    assert wheel.stat().st_size < 100 * 2**20


def test_it_translates_the_article(environment: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    env = {"HOME": str(home), "HF_HUB_OFFLINE": "1"}
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        env[f"XDG_{name}_HOME"] = str(home / name.lower())
    where = "import glossary, models, translate as t; print(glossary.__file__, models.__file__, t.__file__, sep='\\n')"
    for file in run(environment, "-c", where, cwd=work, **env).splitlines():
        assert Path(file).is_relative_to(environment.parent.parent), file
    article = ROOT / "tests" / "data" / "article" / "article.ar.txt"
    command = environment.with_name("dragoman")
    run(command, "translate", article, cwd=work, **env)
    made = json.loads((work / "out/article/article.report.json").read_text(encoding="utf-8"))
    assert made["model"].startswith("starter@")
    summary = made["summary"]
    assert summary["occurrences"] >= 110
    assert summary["satisfied"] + summary["variant"] == summary["occurrences"]
    assert [p.name for p in work.iterdir()] == ["out"]
    listed = run(command, "terms", "list", cwd=work, **env).splitlines()
    assert len(listed) >= 3000
    assert str(environment.parent.parent) in listed[0]
