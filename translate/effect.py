"""What a change of terms would do to documents, before it is made. Pure: nothing is read, decoded or written.

A segment is affected if the constraints of its source differ. The machine's work would be translated anew, unless
it says what is wanted already; a person's stays as it is and only its verdicts change.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from glossary.english import respelt
from glossary.match import Matcher
from glossary.types import Span, Term
from translate.constraints import constrain
from translate.judge import proof
from translate.types import Constraint, TranslationUnit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is wanted at one place of the source, before and after; None where nothing is."""

    before: Constraint | None
    after: Constraint | None

    @property
    def span(self) -> Span:
        """The printed words in the source."""
        there = self.after or self.before
        assert there is not None
        return there.match.span


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A segment whose constraints differ; `verdicts` are those of its present target under the new terms."""

    unit: TranslationUnit
    changes: tuple[Change, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def complies(self) -> bool:
        """Whether the present target shows all that is newly wanted, and nothing is wanted no longer."""
        wanted = {change.after for change in self.changes}
        return None not in wanted and all(
            v.status == "satisfied" for v in self.verdicts if v.constraint in wanted
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The affected segments of one document, in order."""

    anew: tuple[Affected, ...] = ()  # the machine's: to be translated anew
    stay: tuple[Affected, ...] = ()  # the machine's: comply as they are
    kept: tuple[Affected, ...] = ()  # a person's: never touched

    def __len__(self) -> int:
        return len(self.anew) + len(self.stay) + len(self.kept)


def difference(before: Iterable[Term], after: Iterable[Term]) -> list[Term]:
    """The terms that only one of two termbases has: all that a change of matches can come from."""
    old, new = frozenset(before), frozenset(after)
    return [*(old - new), *(new - old)]


def effect(
    units: Sequence[TranslationUnit],
    before: Matcher,
    after: Matcher,
    changed: Collection[Term],
) -> Effect:
    """What becomes of the segments when the terms that `changed` come or go."""
    touched = Matcher(changed)
    groups: dict[str, list[Affected]] = {"anew": [], "stay": [], "kept": []}
    for unit in units:
        # Terms are matched independently of each other, so only their own occurrences can change a segment.
        if touched.match_all(unit.segment.source):
            one = _affected(unit, before, after)
            if one.changes:
                group = "kept" if unit.kept else "stay" if one.complies else "anew"
                groups[group].append(one)
    return Effect(**{name: tuple(found) for name, found in groups.items()})


def reworded(unit: TranslationUnit, after: Matcher) -> str | None:
    """The target with the newly agreed English in place of what was agreed before, every other word as it is.

    None where that can't be said without translating anew: occurrences came or went, the old English isn't
    known to stand anywhere, or the words around it would have to change too.
    """
    wanted = {c.match.span: c for c in constrain(after.match(unit.segment.source))}
    if wanted.keys() != {v.constraint.match.span for v in unit.verdicts}:
        return None
    edits: list[tuple[Span, str]] = []
    for verdict in unit.verdicts:
        new = wanted[verdict.constraint.match.span]
        if verdict.span is None or not new.forms:
            return None
        printed = verdict.span.of(unit.target)
        form = respelt(printed, new.forms)
        if _meaning(new) != _meaning(verdict.constraint) and form == printed:
            form = printed if printed in new.forms else _in_place_of(printed, verdict, new)
        if not _fits(unit.target, verdict.span, form):
            return None
        edits.append((verdict.span, form))
    target = unit.target
    for span, form in sorted(edits, key=lambda edit: edit[0], reverse=True):
        target = target[: span.start] + form + target[span.end :]
    return target


def _in_place_of(printed: str, verdict: Verdict, new: Constraint) -> str:
    """The new form that stands where the old one stood: plural for plural, possessive for possessive."""
    old = verdict.constraint
    ending = _POSSESSIVE.search(printed)
    bare = printed[: ending.start()] if ending else printed
    form = new.forms[0]
    if len(old.forms) == len(new.forms) and bare in old.forms:
        form = new.forms[old.forms.index(bare)]
    if bare[:1].isupper():
        form = form[0].upper() + form[1:]
    return form + (("'s" if len(ending[0]) == 1 else ending[0]) if ending else "")


def _fits(target: str, span: Span, form: str) -> bool:
    """Whether `a` or `an` before the words stays right."""
    before = _INDEFINITE.search(target[: span.start])
    vowel = form[:1].lower() in tuple("aeiou")
    return before is None or (before[1].lower() == "an") == vowel or form == span.of(target)


_POSSESSIVE = re.compile(r"['\u2019]s$|(?<=s)['\u2019]$")
_INDEFINITE = re.compile(r"\b(an?) $", re.IGNORECASE)


def _affected(unit: TranslationUnit, before: Matcher, after: Matcher) -> Affected:
    source = unit.segment.source
    old, new = (constrain(matcher.match(source)) for matcher in (before, after))
    was = {c.match.span: c for c in old}
    now = {c.match.span: c for c in new}
    changes = [
        Change(before=was.get(span), after=now.get(span))
        for span in sorted(was.keys() | now.keys())
        if _meaning(was.get(span)) != _meaning(now.get(span))
    ]
    verdicts = proof(new, source, unit.target)
    return Affected(unit=unit, changes=tuple(changes), verdicts=verdicts)


def _meaning(constraint: Constraint | None) -> object:
    """What counts of a constraint: where its term is written down does not."""
    return constraint and (
        constraint.forms,
        constraint.variants,
        constraint.forbidden,
        constraint.match.term.kind,
    )
