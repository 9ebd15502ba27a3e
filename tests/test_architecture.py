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
        "glossary.arabic", "glossary.licence", "glossary.morphology", "glossary.types",
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
    "glossary.types": set(),
    "glossary.vocabulary": {"glossary.arabic", "glossary.morphology", "glossary.words"},
    "glossary.words": set(),
    "models": set(),
    "models.checkpoint": {"glossary.files", "models.errors", "models.tokenizer"},
    "models.convert": {"models.checkpoint", "models.errors", "models.tokenizer"},
    "models.errors": set(),
    "models.registry": {"glossary.files", "models.checkpoint", "models.errors"},
    "models.tokenizer": {"glossary.types", "models.errors"},
    "translate": {"translate.pipeline", "translate.types"},
    "translate.adherence": {"glossary.english", "glossary.types", "translate.types"},
    "translate.align": {"glossary.arabic", "glossary.types", "translate.types"},
    "translate.checks": {
        "translate.checks.base", "translate.checks.dates", "translate.checks.document",
        "translate.checks.negation", "translate.checks.numbers", "translate.checks.size",
        "translate.checks.typography", "translate.types",
    },
    "translate.checks.arabic_numbers": {"glossary.arabic", "translate.checks.numerals"},
    "translate.checks.base": {
        "glossary.arabic", "glossary.types", "translate.checks.arabic_numbers",
        "translate.checks.english_numbers", "translate.checks.numerals", "translate.types",
    },
    "translate.checks.dates": {
        "glossary.arabic", "glossary.types", "translate.checks.base",
        "translate.checks.numerals",
    },
    "translate.checks.document": {"glossary.arabic", "translate.checks.base", "translate.types"},
    "translate.checks.english_numbers": {"translate.checks.numerals"},
    "translate.checks.negation": {
        "glossary.arabic", "glossary.types", "translate.checks.base",
        "translate.checks.numerals",
    },
    "translate.checks.numbers": {
        "glossary.types", "translate.checks.arabic_numbers", "translate.checks.base",
        "translate.checks.dates", "translate.checks.numerals",
    },
    "translate.checks.numerals": set(),
    "translate.checks.size": {"glossary.arabic", "glossary.types", "translate.checks.base"},
    "translate.checks.typography": {"glossary.arabic", "glossary.types", "translate.checks.base"},
    "translate.citing": {
        "glossary.arabic", "glossary.cues", "glossary.tagger", "glossary.traits",
        "glossary.transliterate", "glossary.vocabulary",
    },
    "translate.consistency": {
        "glossary.arabic", "glossary.english", "glossary.match", "glossary.transliterate",
        "glossary.types", "translate.constraints", "translate.judge", "translate.mentions",
        "translate.types",
    },
    "translate.constraints": {
        "glossary.arabic", "glossary.english", "glossary.types", "translate.types",
    },
    "translate.documents": {"translate.documents.carry", "translate.errors", "translate.markup"},
    "translate.documents.carry": {
        "glossary.types", "translate.errors", "translate.markup", "translate.segment",
        "translate.types",
    },
    "translate.documents.docx": {
        "translate.documents.flow", "translate.documents.package", "translate.errors",
        "translate.markup",
    },
    "translate.documents.flow": {"translate.markup"},
    "translate.documents.html": {"translate.errors", "translate.markup"},
    "translate.documents.markdown": {
        "translate.errors", "translate.formats.text", "translate.markup",
    },
    "translate.documents.odt": {
        "translate.documents.flow", "translate.documents.package", "translate.errors",
        "translate.markup",
    },
    "translate.documents.package": {"glossary.markup", "translate.errors"},
    "translate.documents.po": {"translate.errors", "translate.formats.text", "translate.markup"},
    "translate.documents.subtitles": {
        "translate.errors", "translate.formats.text", "translate.markup",
    },
    "translate.effect": {
        "glossary.english", "glossary.match", "glossary.types", "translate.constraints",
        "translate.judge", "translate.types",
    },
    "translate.engines": {
        "models.checkpoint", "translate.engines.base", "translate.engines.ct2",
        "translate.engines.marian", "translate.errors",
    },
    "translate.engines.base": {"models.tokenizer", "translate.errors"},
    "translate.engines.ct2": {
        "models.checkpoint", "models.convert", "models.tokenizer", "translate.engines.base",
        "translate.errors",
    },
    "translate.engines.fake": {"models.tokenizer", "translate.engines.base", "translate.errors"},
    "translate.engines.marian": {"models.checkpoint", "models.tokenizer", "translate.engines.base"},
    "translate.errors": {"translate.types"},
    "translate.exchange": {
        "translate.errors", "translate.formats.po", "translate.formats.returned",
        "translate.types",
    },
    "translate.formats": {"translate.errors", "translate.types"},
    "translate.formats.html": {"glossary.types", "translate.formats.report", "translate.types"},
    "translate.formats.po": {"glossary.types", "translate.errors", "translate.types"},
    "translate.formats.report": {"glossary.types", "translate.formats.text", "translate.types"},
    "translate.formats.returned": {"translate.formats.po", "translate.types"},
    "translate.formats.returned_po": {
        "translate.errors", "translate.formats.po", "translate.formats.returned",
    },
    "translate.formats.tables": {
        "translate.errors", "translate.formats.report", "translate.formats.returned",
        "translate.types",
    },
    "translate.formats.text": {"glossary.files", "translate.errors", "translate.types"},
    "translate.formats.tmx": {"translate.errors", "translate.memory.types"},
    "translate.formats.xliff": {
        "glossary.markup", "glossary.types", "translate.errors",
        "translate.formats.returned", "translate.types",
    },
    "translate.formats.xliff12": {
        "glossary.markup", "translate.errors", "translate.formats.returned",
        "translate.formats.xliff", "translate.types",
    },
    "translate.judge": {
        "glossary.english", "translate.adherence", "translate.checks", "translate.types",
    },
    "translate.markup": {"glossary.types", "translate.align", "translate.types"},
    "translate.master": {
        "glossary.files", "translate.documents", "translate.documents.carry",
        "translate.errors", "translate.formats", "translate.formats.po",
        "translate.formats.report", "translate.formats.text", "translate.types",
    },
    "translate.memory": set(),
    "translate.memory.compare": {"translate.memory.types"},
    "translate.memory.database": {"glossary.files", "translate.errors"},
    "translate.memory.retrieval": set(),
    "translate.memory.store": {
        "glossary.arabic", "translate.errors", "translate.memory.compare",
        "translate.memory.database", "translate.memory.retrieval", "translate.memory.types",
        "translate.types",
    },
    "translate.memory.types": set(),
    "translate.mend": {
        "glossary.english", "glossary.types", "translate.adherence", "translate.align",
        "translate.types",
    },
    "translate.mentions": {
        "glossary.match", "glossary.traits", "glossary.transliterate", "glossary.types",
        "translate.citing", "translate.rendering", "translate.runs", "translate.types",
    },
    "translate.pipeline": {
        "glossary.compiled", "glossary.english", "glossary.match", "glossary.termbase",
        "glossary.types", "models.checkpoint", "models.registry", "models.tokenizer",
        "translate.adherence", "translate.align", "translate.constraints",
        "translate.engines", "translate.engines.base", "translate.errors",
        "translate.judge", "translate.mend", "translate.segment", "translate.source",
        "translate.types",
    },
    "translate.proposal": {
        "glossary.arabic", "glossary.match", "glossary.morphology", "glossary.types",
        "glossary.words", "translate.types",
    },
    "translate.recall": {"translate.memory.store", "translate.pipeline", "translate.types"},
    "translate.rendering": {"glossary.types", "translate.types"},
    "translate.restructure": {"translate.types"},
    "translate.review": {
        "glossary.match", "translate.constraints", "translate.errors",
        "translate.formats.po", "translate.formats.report", "translate.judge",
        "translate.master", "translate.restructure", "translate.search",
        "translate.threeway", "translate.types",
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
    "translate.threeway": {"translate.formats.po", "translate.restructure", "translate.types"},
    "translate.types": {"glossary.types"},
    "translate.update": {
        "translate.documents", "translate.formats.po", "translate.master",
        "translate.pipeline", "translate.restructure", "translate.types",
    },
    "translate.workspace": {
        "glossary.compiled", "glossary.errors", "glossary.match", "glossary.termbase",
        "translate.adherence", "translate.constraints", "translate.effect",
        "translate.errors", "translate.formats.po", "translate.judge", "translate.master",
        "translate.memory.store", "translate.memory.types", "translate.pipeline",
        "translate.recall", "translate.review", "translate.types", "translate.update",
    },
    "translate.cli": {
        "glossary.errors", "models.errors", "translate.cli.remarks", "translate.errors",
    },
    "translate.cli.__main__": {"translate.cli"},
    "translate.cli.checking": {
        "glossary.compiled", "glossary.match", "translate.checks", "translate.cli.options",
        "translate.cli.remarks", "translate.constraints", "translate.errors",
        "translate.formats.po", "translate.judge", "translate.master", "translate.types",
    },
    "translate.cli.completion": {"translate.cli"},
    "translate.cli.consistent": {
        "glossary.compiled", "glossary.types", "translate.cli.options",
        "translate.cli.remarks", "translate.consistency", "translate.errors",
        "translate.master", "translate.types",
    },
    "translate.cli.exchanging": {
        "glossary.compiled", "glossary.markup", "translate.cli.options",
        "translate.cli.remarks", "translate.errors", "translate.exchange",
        "translate.formats", "translate.formats.po", "translate.formats.text",
        "translate.master", "translate.review", "translate.types",
    },
    "translate.cli.memory": {
        "glossary.files", "translate.cli.options", "translate.cli.remarks",
        "translate.errors", "translate.formats.tmx", "translate.master",
        "translate.memory.store", "translate.memory.types", "translate.types",
    },
    "translate.cli.models": {"models.registry", "translate.cli.remarks"},
    "translate.cli.options": {"glossary.termbase"},
    "translate.cli.reading": {
        "translate.cli.remarks", "translate.documents", "translate.errors",
        "translate.formats.text",
    },
    "translate.cli.remarks": set(),
    "translate.cli.review": {
        "glossary.termbase", "translate.cli.options", "translate.cli.reading",
        "translate.cli.remarks", "translate.errors", "translate.memory.store",
        "translate.web.app", "translate.web.guard", "translate.web.jobs",
        "translate.web.printed", "translate.web.server", "translate.web.start",
        "translate.workspace",
    },
    "translate.cli.suggesting": {
        "glossary.compiled", "glossary.termbase", "translate.cli.options",
        "translate.cli.reading", "translate.cli.remarks", "translate.errors",
        "translate.master", "translate.pipeline", "translate.segment", "translate.suggest",
        "translate.types",
    },
    "translate.cli.term_exchange": {
        "glossary.exchange", "glossary.tbx", "glossary.termbase", "glossary.types",
        "translate.cli.options", "translate.cli.remarks", "translate.errors",
    },
    "translate.cli.terms": {
        "glossary.arabic", "glossary.compiled", "glossary.lint", "glossary.termbase",
        "glossary.types", "translate.cli.consistent", "translate.cli.options",
        "translate.cli.reading", "translate.cli.remarks", "translate.cli.suggesting",
        "translate.cli.term_exchange", "translate.errors",
    },
    "translate.cli.translating": {
        "translate.cli.options", "translate.cli.reading", "translate.cli.remarks",
        "translate.documents", "translate.errors", "translate.formats",
        "translate.formats.report", "translate.formats.text", "translate.master",
        "translate.memory.store", "translate.pipeline", "translate.recall",
        "translate.types", "translate.update",
    },
    "translate.web": set(),
    "translate.web.app": {
        "glossary.errors", "models.errors", "translate.errors", "translate.web.documents",
        "translate.web.guard", "translate.web.jobs", "translate.web.lists",
        "translate.web.render", "translate.web.start", "translate.web.terms",
        "translate.workspace",
    },
    "translate.web.difference": set(),
    "translate.web.documents": {
        "translate.formats", "translate.search", "translate.web.difference",
        "translate.web.guard", "translate.web.operations", "translate.web.printed",
        "translate.web.render", "translate.web.rows",
    },
    "translate.web.effects": {
        "glossary.edit", "glossary.errors", "glossary.match", "glossary.types",
        "models.errors", "translate.constraints", "translate.effect", "translate.errors",
        "translate.types", "translate.workspace",
    },
    "translate.web.guard": set(),
    "translate.web.jobs": {
        "glossary.errors", "models.errors", "translate.errors", "translate.workspace",
    },
    "translate.web.lists": {
        "glossary.types", "translate.consistency", "translate.suggest", "translate.types",
        "translate.web.printed", "translate.web.render", "translate.workspace",
    },
    "translate.web.operations": {
        "translate.errors", "translate.review", "translate.search", "translate.types",
        "translate.web.difference", "translate.web.printed", "translate.web.render",
        "translate.web.rows",
    },
    "translate.web.printed": {
        "translate.errors", "translate.review", "translate.types", "translate.web.render",
        "translate.web.rows", "translate.workspace",
    },
    "translate.web.render": set(),
    "translate.web.rows": {
        "glossary.types", "translate.formats.html", "translate.review", "translate.types",
    },
    "translate.web.server": {"translate.errors"},
    "translate.web.start": {
        "glossary.termbase", "models.errors", "models.registry", "translate.documents",
        "translate.errors", "translate.formats", "translate.formats.text",
        "translate.web.guard", "translate.web.jobs", "translate.web.printed",
        "translate.web.render", "translate.workspace",
    },
    "translate.web.terms": {
        "glossary.arabic", "glossary.edit", "glossary.errors", "glossary.lint",
        "glossary.match", "glossary.termbase", "glossary.types", "translate.proposal",
        "translate.review", "translate.types", "translate.web.difference",
        "translate.web.effects", "translate.web.printed", "translate.web.render",
        "translate.workspace",
    },
}  # fmt: skip

OWNERS: dict[str, set[str]] = {  # heavy or awkward libraries, and who alone may import them
    "babel": {"glossary.cldr"},
    "polib": {"glossary.termbase", "translate.documents.po", "translate.formats.po"},
    "torch": {"translate.engines.marian", "models.convert"},
    "transformers": {"translate.engines.marian", "models.convert"},
    "ctranslate2": {"translate.engines.ct2", "models.convert"},
    "sentencepiece": {"models.tokenizer"},
    "huggingface_hub": {"models.registry"},
    "jinja2": {"translate.formats.html", "translate.web.render"},
    "markupsafe": {"translate.web.printed", "translate.web.rows"},
    "starlette": {m for m in MAY_IMPORT if m.startswith("translate.web")},
    "uvicorn": {"translate.web.server"},
    "click": {m for m in MAY_IMPORT if m.startswith("translate.cli")},
    "markdown_it": {"translate.documents.markdown"},
    "rapidfuzz": {"translate.memory.compare"},
    "tqdm": {"translate.cli.remarks"},
    "filelock": {"glossary.files", "models.convert"},
    "lxml": {
        "glossary.markup",
        "translate.documents.docx",
        "translate.documents.odt",
        "translate.documents.package",
    },
    "yaml": {"glossary.exchange", "models.checkpoint"},
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
