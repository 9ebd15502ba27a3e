"""The check `unlisted-name`: names that a document mentions and no term covers, whatever the term's status.

What `suggest` is sure enough of, so that the page of suggestions and this check agree. A name is reported once,
where it is mentioned first.
"""

from glossary.match import Matcher
from glossary.termbase import Termbase
from translate.mentions import Mention
from translate.suggest import NAMES, Suggestion, suggest
from translate.types import Document, Finding

CHECK = "unlisted-name"


def unlisted(
    document: Document, termbase: Termbase, matcher: Matcher
) -> dict[str, tuple[Finding, ...]]:
    """The findings by the id of the segment. Takes some milliseconds a segment."""
    places = {unit.segment.id: place for place, unit in enumerate(document.units)}
    first = [
        (min(one.mentions, key=lambda m: (places[m.segment_id], m.span.start)), one)
        for one in suggest(document, termbase, matcher)
        if one.kind in NAMES
    ]
    found: dict[str, tuple[Finding, ...]] = {}
    for mention, suggestion in sorted(first, key=lambda pair: pair[0].span.start):
        findings = found.get(mention.segment_id, ())
        found[mention.segment_id] = (*findings, _finding(mention, suggestion))
    return found


def _finding(mention: Mention, suggestion: Suggestion) -> Finding:
    times = len(suggestion.mentions)
    often = f", mentioned {times} times" if times > 1 else ""
    return Finding(
        check=CHECK,
        severity="info",
        message=f"no term for the name {suggestion.source}{often}",
        source_span=mention.span,
        target_span=mention.target_span,
    )
