"""Who may import whom. This table is the architecture; ARCHITECTURE.md only explains it.

A room is a module directly in one of the three packages, or a folder there with all that is in it. Every import in
every file counts, also inside functions and under TYPE_CHECKING. The command, on top, may import every room.
"""

import ast
import graphlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("glossary", "models", "translate")
TOP = "translate.cli"

MAY_IMPORT: dict[str, set[str]] = {
    "glossary": set(),
    "glossary.arabic": {"glossary.types"},
    "glossary.cldr": {"glossary.arabic", "glossary.types"},
    "glossary.compiled": {
        "glossary.files", "glossary.match", "glossary.termbase", "glossary.types",
    },
    "glossary.cues": {"glossary.types"},
    "glossary.edit": {"glossary.errors", "glossary.termbase", "glossary.types"},
    "glossary.english": {"glossary.types"},
    "glossary.errors": {"glossary.types"},
    "glossary.exchange": {"glossary.errors", "glossary.files", "glossary.types"},
    "glossary.files": set(),
    "glossary.licence": {
        "glossary.arabic", "glossary.morphology", "glossary.types", "glossary.words",
    },
    "glossary.lint": {"glossary.arabic", "glossary.termbase", "glossary.types", "glossary.words"},
    "glossary.markup": set(),
    "glossary.match": {
        "glossary.arabic", "glossary.licence", "glossary.morphology", "glossary.trie",
        "glossary.types",
    },
    "glossary.morphology": {"glossary.arabic"},
    "glossary.tagger": {"glossary.traits", "glossary.types"},
    "glossary.tbx": {
        "glossary.errors", "glossary.exchange", "glossary.files", "glossary.markup",
        "glossary.types",
    },
    "glossary.termbase": {"glossary.errors", "glossary.files", "glossary.types"},
    "glossary.traits": {
        "glossary.arabic", "glossary.cues", "glossary.match", "glossary.morphology",
        "glossary.types", "glossary.vocabulary",
    },
    "glossary.transliterate": {"glossary.arabic"},
    "glossary.trie": {"glossary.morphology"},
    "glossary.types": set(),
    "glossary.vocabulary": {"glossary.arabic", "glossary.morphology", "glossary.words"},
    "glossary.words": set(),
    "models": set(),
    "models.adapt": {
        "models.checkpoint", "models.convert", "models.data", "models.errors", "models.train",
        "models.training",
    },
    "models.checkpoint": {"glossary.files", "models.errors", "models.tokenizer", "models.weights"},
    "models.convert": {
        "models.checkpoint", "models.errors", "models.load", "models.marian_npz",
        "models.registry", "models.tokenizer",
    },
    "models.data": {
        "glossary.compiled", "glossary.english", "glossary.match", "glossary.types",
        "models.errors", "models.tokenizer", "models.training",
    },
    "models.describe": {"models.checkpoint", "models.convert", "models.weights"},
    "models.errors": set(),
    "models.hub": {"models.checkpoint", "models.errors", "models.weights"},
    "models.load": {"models.errors"},
    "models.marian_npz": {"models.checkpoint", "models.errors", "models.tokenizer"},
    "models.registry": {
        "glossary.files", "models.checkpoint", "models.errors", "models.hub",
        "models.weights",
    },
    "models.tokenizer": {"glossary.types", "models.errors"},
    "models.train": {"glossary.files", "models.errors", "models.load", "models.training"},
    "models.training": {
        "glossary.arabic", "glossary.files", "models.checkpoint", "models.errors",
        "models.load", "models.tokenizer",
    },
    "models.weights": {"models.errors"},
    "translate": {"translate.pipeline", "translate.types"},
    "translate.adherence": {"glossary.english", "glossary.types", "translate.types"},
    "translate.ahead": set(),
    "translate.align": {"glossary.arabic", "glossary.types", "translate.types"},
    "translate.checks": {"glossary.arabic", "glossary.types", "translate.types"},
    "translate.citing": {
        "glossary.arabic", "glossary.cues", "glossary.tagger", "glossary.traits",
        "glossary.transliterate", "glossary.vocabulary",
    },
    "translate.consensus": set(),
    "translate.consistency": {
        "glossary.arabic", "glossary.english", "glossary.match", "glossary.transliterate",
        "glossary.types", "translate.constraints", "translate.judge", "translate.mentions",
        "translate.types",
    },
    "translate.constraints": {
        "glossary.arabic", "glossary.english", "glossary.types", "translate.types",
    },
    "translate.difference": set(),
    "translate.documents": {
        "glossary.markup", "glossary.types", "translate.errors", "translate.formats",
        "translate.markup", "translate.office", "translate.segment", "translate.types",
    },
    "translate.effect": {
        "glossary.english", "glossary.match", "glossary.types", "translate.constraints",
        "translate.judge", "translate.types",
    },
    "translate.engines": {
        "models.checkpoint", "models.convert", "models.load", "models.tokenizer", "translate.errors",
    },
    "translate.errors": {"translate.types"},
    "translate.evaluate": {
        "glossary.english", "glossary.match", "glossary.termbase", "glossary.types",
        "translate.adherence", "translate.align", "translate.consistency",
        "translate.constraints", "translate.errors", "translate.types",
    },
    "translate.exchange": {"translate.errors", "translate.formats", "translate.types"},
    "translate.formats": {
        "glossary.files", "glossary.markup", "glossary.tbx", "glossary.types",
        "translate.errors", "translate.memory", "translate.office", "translate.types",
    },
    "translate.judge": {
        "glossary.english", "translate.adherence", "translate.checks", "translate.types",
    },
    "translate.markup": {"glossary.types", "translate.align", "translate.types"},
    "translate.master": {
        "glossary.files", "translate.documents", "translate.errors", "translate.formats",
        "translate.types",
    },
    "translate.memory": {
        "glossary.arabic", "glossary.files", "translate.difference", "translate.errors",
        "translate.types",
    },
    "translate.mend": {
        "glossary.english", "glossary.types", "translate.adherence", "translate.align",
        "translate.types",
    },
    "translate.mentions": {
        "glossary.match", "glossary.traits", "glossary.transliterate", "glossary.types",
        "translate.citing", "translate.rendering", "translate.runs", "translate.types",
    },
    "translate.office": {"glossary.markup", "translate.errors"},
    "translate.pipeline": {
        "glossary.compiled", "glossary.english", "glossary.match", "glossary.termbase",
        "glossary.types", "models.checkpoint", "models.registry", "models.tokenizer",
        "translate.adherence", "translate.ahead", "translate.align", "translate.consensus",
        "translate.constraints", "translate.engines", "translate.errors", "translate.judge",
        "translate.mend", "translate.segment", "translate.source", "translate.types",
    },
    "translate.proposal": {
        "glossary.arabic", "glossary.match", "glossary.morphology", "glossary.types",
        "glossary.words", "translate.types",
    },
    "translate.recall": {"translate.memory", "translate.pipeline", "translate.types"},
    "translate.rendering": {"glossary.types", "translate.types"},
    "translate.restructure": {"translate.types"},
    "translate.review": {
        "glossary.match", "translate.checks", "translate.constraints", "translate.errors",
        "translate.formats", "translate.judge", "translate.master", "translate.restructure",
        "translate.search", "translate.threeway", "translate.together", "translate.types",
    },
    "translate.runs": {
        "glossary.cldr", "glossary.cues", "glossary.tagger", "glossary.traits",
        "glossary.types", "glossary.vocabulary",
    },
    "translate.search": {"glossary.arabic", "glossary.types"},
    "translate.segment": {"translate.types"},
    "translate.source": {"glossary.types", "models.tokenizer"},
    "translate.suggest": {
        "glossary.arabic", "glossary.cldr", "glossary.cues", "glossary.match",
        "glossary.termbase", "glossary.transliterate", "glossary.types",
        "glossary.vocabulary", "translate.mentions", "translate.rendering",
        "translate.types",
    },
    "translate.threeway": {"translate.formats", "translate.restructure", "translate.types"},
    "translate.together": {"glossary.match", "translate.checks", "translate.types"},
    "translate.types": {"glossary.types"},
    "translate.unlisted": {
        "glossary.match", "glossary.termbase", "translate.mentions", "translate.suggest",
        "translate.types",
    },
    "translate.update": {
        "translate.documents", "translate.formats", "translate.master",
        "translate.pipeline", "translate.restructure", "translate.types",
    },
    "translate.workspace": {
        "glossary.compiled", "glossary.errors", "glossary.match", "glossary.termbase",
        "translate.adherence", "translate.constraints", "translate.documents",
        "translate.effect", "translate.errors", "translate.formats", "translate.judge",
        "translate.master", "translate.memory", "translate.pipeline", "translate.recall",
        "translate.review", "translate.types", "translate.unlisted", "translate.update",
    },
    "translate.web": {
        "glossary.arabic", "glossary.edit", "glossary.errors", "glossary.lint",
        "glossary.match", "glossary.termbase", "glossary.types", "models.errors",
        "models.registry", "translate.consistency", "translate.constraints",
        "translate.difference", "translate.documents", "translate.effect",
        "translate.errors", "translate.formats", "translate.master", "translate.proposal",
        "translate.review", "translate.search", "translate.suggest", "translate.types",
        "translate.workspace",
    },
    "translate.serve": {
        "glossary.compiled", "glossary.errors", "glossary.files", "glossary.markup",
        "glossary.termbase", "glossary.types", "translate.documents", "translate.errors",
        "translate.formats", "translate.markup", "translate.pipeline", "translate.segment",
        "translate.types", "translate.web",
    },
    "translate.batch": {
        "glossary.files", "glossary.termbase", "glossary.types", "translate.ahead",
        "translate.documents", "translate.errors", "translate.formats", "translate.markup",
        "translate.pipeline", "translate.segment", "translate.types",
    },
}  # fmt: skip

OWNERS: dict[str, set[str]] = {  # heavy or awkward libraries, and who alone may import them
    "babel": {"glossary.cldr"},
    "click": {"translate.cli"},
    "ctranslate2": {"models.convert", "translate.engines.ct2"},
    "eflomal": {"models.training.links"},
    "filelock": {"glossary.files", "models.convert"},
    "huggingface_hub": {"models.hub"},
    "jinja2": {"translate.formats.html", "translate.web.render"},
    "lxml": {"glossary.markup", "translate.documents", "translate.office"},
    "markdown_it": {"translate.documents.markdown"},
    "markupsafe": {"translate.web.printed", "translate.web.rows"},
    "polib": {
        "glossary.termbase", "models.training.pairs", "translate.documents.po", "translate.formats.po",
    },
    "prometheus_client": {"translate.serve.metrics"},
    "pyarrow": {"translate.batch"},
    "rapidfuzz": {"translate.memory.compare"},
    "ray": {"translate.batch.cluster"},
    "sacrebleu": {"translate.evaluate.scores"},
    "safetensors": {
        "models.marian_npz", "models.train", "models.training.deepen",
        "models.training.pack",
    },
    "sentencepiece": {"models.tokenizer", "models.training.new"},
    "starlette": {"translate.web", "translate.serve"},
    "torch": {"models.convert", "models.train", "models.training", "translate.engines.marian"},
    "tqdm": {"translate.cli.remarks"},
    "transformers": {
        "models.convert", "models.load", "models.training.new", "translate.engines.marian",
    },
    "uvicorn": {"translate.web.server"},
    "yaml": {"glossary.exchange", "models.checkpoint", "models.marian_npz"},
}  # fmt: skip
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


def ours(module: str) -> set[str]:
    return {name for name in imports(MODULES[module]) if name.split(".")[0] in PACKAGES}


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def within(module: str, places: set[str]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def test_every_room_is_in_the_table() -> None:
    assert {room(module) for module in MODULES} - {TOP} == set(MAY_IMPORT)


def test_rooms_have_no_cycle() -> None:
    graphlib.TopologicalSorter(MAY_IMPORT).prepare()


def test_modules_have_no_cycle() -> None:
    graphlib.TopologicalSorter({module: ours(module) for module in MODULES}).prepare()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_are_allowed(module: str) -> None:
    own = room(module)
    rooms = {room(name) for name in ours(module)} - {own}
    if own != TOP:
        assert rooms <= MAY_IMPORT[own], f"not allowed in {module}: {rooms - MAY_IMPORT[own]}"
    others = {name.split(".")[0] for name in imports(MODULES[module])}
    for name in others - set(PACKAGES) - set(sys.stdlib_module_names) - ANYWHERE:
        assert within(module, OWNERS.get(name, set())), f"{module} may not import {name}"


def test_nothing_stale_is_allowed() -> None:
    used: dict[str, set[str]] = {own: set() for own in MAY_IMPORT}
    for module in MODULES:
        if room(module) != TOP:
            used[room(module)] |= {room(name) for name in ours(module)}
    assert not {own: rest for own in MAY_IMPORT if (rest := MAY_IMPORT[own] - used[own])}
    free = {name.split(".")[0] for module in MODULES for name in imports(MODULES[module])}
    assert not set(OWNERS) - free
