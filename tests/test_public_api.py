"""What `translate` offers to Python, and that naming it costs nothing."""

import inspect
import subprocess
import sys
from pathlib import Path

import translate

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "transformers", "ctranslate2", "ray", "starlette", "huggingface_hub"}

IMPORTS = f"""
import sys
import translate, glossary, models
print(*sorted({HEAVY} & set(sys.modules)))
assert set(translate.__all__) <= set(vars(translate)) | {{"Translator"}}
"""


def test_the_names() -> None:
    assert translate.__all__ == ["Document", "Segment", "TranslationUnit", "Translator", "Verdict"]
    assert translate.__all__ == sorted(translate.__all__)
    ours = {
        name
        for name, value in vars(translate).items()
        if inspect.isclass(value) and value.__module__.startswith("translate.")
    }
    assert ours <= set(translate.__all__)
    for name in translate.__all__:
        assert (getattr(translate, name).__doc__ or "").strip()


def test_this_is_our_package() -> None:
    """translate-toolkit has a package of the same name."""
    assert translate.__file__ is not None
    assert Path(translate.__file__).resolve() == ROOT / "translate" / "__init__.py"


def test_another_name_is_an_attribute_error() -> None:
    assert not hasattr(translate, "Translater")


def test_importing_loads_nothing_heavy() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def test_parameters_are_keywords() -> None:
    """Their order may change; adding one breaks nobody."""
    parameters = inspect.signature(translate.Translator).parameters.values()
    assert [p.name for p in parameters] == [
        "model", "engine", "glossary", "beam_size", "inline", "mend", "threads",
        "length_penalty", "repetition_penalty", "no_repeat_ngram", "mbr",
    ]  # fmt: skip
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters)
    assert all(p.default is not p.empty for p in parameters)
