"""Who may import whom. This table is the architecture; ARCHITECTURE.md only explains it.

Every import in every file counts, also inside functions and under TYPE_CHECKING.
"""

import ast
import graphlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("glossary", "models", "translate")

MAY_IMPORT: dict[str, set[str]] = {
    "glossary": set(),
    "glossary.types": set(),
    "glossary.errors": {"glossary.types"},
    "glossary.arabic": {"glossary.types"},
    "glossary.english": {"glossary.types"},
    "glossary.termbase": {"glossary.arabic", "glossary.errors", "glossary.types"},
    "glossary.match": {"glossary.arabic", "glossary.termbase", "glossary.types"},
    "glossary.lint": {"glossary.arabic", "glossary.english", "glossary.termbase", "glossary.types"},
    "glossary.exchange": {"glossary.errors", "glossary.termbase", "glossary.types"},
    "models": set(),
    "models.errors": set(),
    "models.tokenizer": {"glossary.types", "models.errors"},
    "models.checkpoint": {"models.errors"},
    "models.registry": {"models.checkpoint", "models.errors"},
    "models.convert": {"models.checkpoint", "models.errors", "models.tokenizer"},
    "translate": {"translate.pipeline", "translate.types"},
    "translate.types": {"glossary.types"},
    "translate.errors": set(),
    "translate.segment": {"glossary.types", "translate.types"},
    "translate.source": {"glossary.types"},
    "translate.align": {"glossary.types", "translate.types"},
    "translate.constraints": {"glossary.english", "glossary.types", "translate.types"},
    "translate.adherence": {"glossary.english", "glossary.types", "translate.types"},
    "translate.mend": {"glossary.types", "translate.adherence", "translate.align", "translate.types"},
    "translate.checks": {"glossary.types", "translate.types"},
    "translate.engines": {
        "models.checkpoint", "translate.engines.base", "translate.engines.ct2",
        "translate.engines.fake", "translate.engines.marian", "translate.errors",
    },
    "translate.engines.base": set(),
    "translate.engines.fake": {"translate.engines.base", "translate.errors"},
    "translate.engines.ct2": {
        "models.checkpoint", "models.convert", "translate.engines.base", "translate.errors",
    },
    "translate.engines.marian": {
        "models.checkpoint", "models.errors", "translate.engines.base", "translate.errors",
    },
    "translate.formats": {
        "translate.errors", "translate.types", "translate.formats.html", "translate.formats.po",
        "translate.formats.report", "translate.formats.tables", "translate.formats.text",
    },
    "translate.formats.text": {"translate.errors", "translate.types"},
    "translate.formats.po": {"glossary.types", "translate.errors", "translate.types"},
    "translate.formats.report": {"glossary.types", "translate.types"},
    "translate.formats.tables": {"translate.formats.report", "translate.types"},
    "translate.formats.html": {"glossary.types", "translate.formats.report", "translate.types"},
    "translate.pipeline": {
        "glossary.match", "glossary.termbase", "glossary.types", "models.checkpoint",
        "models.registry", "models.tokenizer", "translate.adherence", "translate.align",
        "translate.checks", "translate.constraints", "translate.engines", "translate.engines.base",
        "translate.mend", "translate.segment", "translate.source", "translate.types",
    },
    "translate.cli": {
        "glossary.errors", "glossary.exchange", "glossary.lint", "glossary.match",
        "glossary.termbase", "glossary.types", "models.checkpoint", "models.errors",
        "models.registry", "translate.errors", "translate.formats", "translate.formats.po",
        "translate.formats.text", "translate.formats.report", "translate.pipeline", "translate.types",
    },
}  # fmt: skip

OWNERS: dict[str, set[str]] = {  # heavy or awkward libraries, and who alone may import them
    "polib": {"glossary.termbase", "translate.formats.po"},
    "torch": {"translate.engines.marian", "models.convert"},
    "transformers": {"translate.engines.marian", "models.convert"},
    "ctranslate2": {"translate.engines.ct2", "models.convert"},
    "sentencepiece": {"models.tokenizer"},
    "huggingface_hub": {"models.registry"},
    "ahocorasick_rs": {"glossary.match"},
    "jinja2": {"translate.formats.html"},
    "click": {"translate.cli"},
    "tqdm": {"translate.cli"},
    "filelock": {"models.convert"},
    "yaml": {"models.checkpoint"},
}
ANYWHERE = {"numpy", "platformdirs"}


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in MODULES else node.module
                for a in node.names
            }
    return names


MODULES = modules()


def test_every_module_is_in_the_table() -> None:
    assert set(MODULES) == set(MAY_IMPORT)


def test_the_table_has_no_cycle() -> None:
    graphlib.TopologicalSorter(MAY_IMPORT).prepare()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_are_allowed(module: str) -> None:
    names = imports(MODULES[module])
    ours = {n for n in names if n.split(".")[0] in PACKAGES}
    assert ours <= MAY_IMPORT[module], f"not allowed in {module}: {ours - MAY_IMPORT[module]}"
    for name in {n.split(".")[0] for n in names} - set(PACKAGES) - set(sys.stdlib_module_names):
        assert name in ANYWHERE or module in OWNERS.get(name, set()), (
            f"{module} may not import {name}"
        )


def test_nothing_stale_is_allowed() -> None:
    stale = {
        m: rest
        for m in MODULES
        if (rest := MAY_IMPORT[m] - {n for n in imports(MODULES[m]) if n.split(".")[0] in PACKAGES})
    }
    assert not stale
