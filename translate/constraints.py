"""From term occurrences to what the target must show: the English forms that count for each.

Possessives need no form of their own: `find_form` takes the ending into the span. A constraint hangs on its source span, so that splitting a long segment carries it along.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from glossary.arabic import fold_text
from glossary.english import plurals
from glossary.types import Span, TermMatch
from translate.types import Constraint


def constrain(matches: Sequence[TermMatch]) -> tuple[Constraint, ...]:
    """One constraint an occurrence. A read-only term counts as it is cited; a forbidden entry only forbids."""
    return tuple(_constraint(m) for m in matches)


def _constraint(match: TermMatch) -> Constraint:
    term = match.term
    if "forbidden" in term.flags:
        return Constraint(match=match, forms=(), forbidden=(term.target, *term.forbidden))
    if "read-only" in term.flags:
        return Constraint(match=match, forms=(match.term.source,), forbidden=term.forbidden)
    single, many = (term.target,), plurals(term, term.target)
    preferred = many + single if many and _means_many(match) else single + many
    accepted = [f for v in term.variants for f in (v, *plurals(term, v)) if f not in preferred]
    return Constraint(
        match=match,
        forms=preferred,
        variants=tuple(dict.fromkeys(accepted)),
        forbidden=term.forbidden,
    )


_SOUND_PLURAL = re.compile("(?:ات|ون|ين|ان)$")
_BROKEN_PLURAL = re.compile(
    "ا..ا.|ا...ه|..ا..|..ا.ي.|..ا.|..و.|....?اء"  # أفعال أفعلة فعالل فعاليل فعّال فعول فعلاء, folded
)


def _means_many(match: TermMatch) -> bool:
    """Whether the printed noun shows a plural or dual: by its ending, or by the shape of a broken plural
    where it isn't the cited word. Names and weapons have no plural; an adjective of people or places has
    one English form whatever its number."""
    if match.term.kind != "term":
        return False
    head = _head(fold_text(match.surface), match.proclitics)
    cited = fold_text(match.term.source).split()[0].removeprefix("ال")
    if _SOUND_PLURAL.search(cited):
        return False
    if head.startswith(cited.rstrip("ه")):
        return bool(_SOUND_PLURAL.search(head)) or (cited.endswith("ه") and len(head) == 3)
    another_shape = len(head) != len(cited) or not _BROKEN_PLURAL.fullmatch(cited)
    return another_shape and bool(_BROKEN_PLURAL.fullmatch(head))


def _head(folded: str, proclitics: Sequence[str]) -> str:
    """The first printed word without clitics and article."""
    word = folded.split()[0]
    for clitic in proclitics:
        if clitic != "ال":
            word = word.removeprefix(clitic)
    return word.removeprefix("ال") if not word.startswith("لل") else word[1:]


def within(constraints: Sequence[Constraint], part: Span) -> tuple[Constraint, ...]:
    """The constraints that lie in `part` of their text, with spans counted from its start."""
    return tuple(
        _shift(c, -part.start)
        for c in constraints
        if part.start <= c.match.span.start and c.match.span.end <= part.end
    )


def _shift(constraint: Constraint, by: int) -> Constraint:
    span = constraint.match.span
    return replace(
        constraint, match=replace(constraint.match, span=Span(span.start + by, span.end + by))
    )
