"""Fixtures of all tests: no test touches the user's files, and goldens can be rewritten."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # a busy machine is no bug
settings.load_profile("steady")

DATA = Path(__file__).parent / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all workers of a run, so that a checkpoint is converted once."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "home"
    home.mkdir(exist_ok=True)
    return home


@pytest.fixture(scope="session", autouse=True)
def _isolated(_home: Path) -> object:
    """Cache, configuration and data of the user are a folder of this run (conversion happens once)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(_home))
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(_home / name.lower()))
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(_home / "hf"))
        yield


@pytest.fixture
def data() -> Path:
    return DATA
