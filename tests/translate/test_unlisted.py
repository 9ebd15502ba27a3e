"""Names that no term covers, as findings."""

from pathlib import Path

from glossary.match import Matcher
from glossary.termbase import Termbase
from glossary.types import Term
from translate.segment import segment
from translate.suggest import NAMES, suggest
from translate.types import Document, Finding, TranslationUnit
from translate.unlisted import CHECK, unlisted

TEXT = Path(__file__).parents[1] / "data/names/ukraine.ar.txt"


def document() -> Document:
    segments, after = segment(TEXT.read_text(encoding="utf-8"))
    units = tuple(TranslationUnit(segment=one) for one in segments)
    return Document(name="x", units=units, after=after)


def of(*terms: Term) -> dict[str, tuple[Finding, ...]]:
    return unlisted(document(), Termbase(terms=terms), Matcher(terms))


def test_each_suggested_name_is_found_once_where_it_is_mentioned_first() -> None:
    text = document()
    suggested = [s for s in suggest(text, Termbase(terms=()), Matcher(())) if s.kind in NAMES]
    found = of()
    assert sum(map(len, found.values())) == len(suggested) > 20
    order = {unit.segment.id: place for place, unit in enumerate(text.units)}
    for one in suggested:
        first = min(one.mentions, key=lambda m: (order[m.segment_id], m.span.start))
        spans = [f.source_span for f in found[first.segment_id]]
        assert spans.count(first.span) == 1
    sources = {unit.segment.id: unit.segment.source for unit in text.units}
    for name, findings in found.items():
        starts = [f.source_span.start for f in findings if f.source_span]
        assert starts == sorted(starts)
        assert all(f.source_span and f.source_span.end <= len(sources[name]) for f in findings)
        assert {(f.check, f.severity) for f in findings} == {(CHECK, "info")}
    assert any("mentioned" in f.message for findings in found.values() for f in findings)


def test_a_term_of_any_status_covers_a_name() -> None:
    without = [f.message for findings in of().values() for f in findings]
    name = without[0].removeprefix("no term for the name ").partition(",")[0]
    for status in ("approved", "proposed", "retired"):
        term = Term(source=name, target="X", kind="person", status=status)  # type: ignore[arg-type]
        found = [f.message for findings in of(term).values() for f in findings]
        assert without[0] not in found
