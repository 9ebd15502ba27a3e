"""Signs: quotation marks, brackets, spaces, and how the text ends."""

import re
from collections.abc import Iterator

from glossary.arabic import fold_text
from glossary.types import Span
from translate.checks.base import Pair, Place

_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = {close: open_ for open_, close in _OPEN.items()}
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"|”[^“”]*“")
_BRACKET = re.compile(r"[()\[\]{}]")
_LETTER = re.compile(r"\w")
_QUOTE = re.compile(r"[\"“”«»]")
_ANY_QUOTE = re.compile(r"[\"“”„«»]|``|''|(?<!\w)['‘]")
_LONG = 6  # quoted words from which on it is somebody's speech, not a name
_HEADING = 10  # words of a source that may do without a full stop
_SPACES = re.compile(r"\s(?:[^\S\n]+|(?=[,;!?.](?:\s|\Z))|\s*\Z)|\A\s+")
_QUESTION_WORDS = (
    "ما ماذا لماذا لم هل كيف كم من أين متى أي أية وما وهل وكيف وكم ولماذا فهل فكيف أليس وأين"
)
_INDIRECT = frozenset(
    ("whether", "if", "why", "how", "what", "which", "who", "whom", "when", "where")
)
_ASKING = frozenset(fold_text(_QUESTION_WORDS).split())
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|quot|amp|lt|gt|apos|nbsp);", re.IGNORECASE)
_TAIL = "\"'”’»)] \t\n\r\u00a0\u200e\u200f"


def brackets(pair: Pair) -> Iterator[Place]:
    """Brackets that don't pair though those of the source do, or that are lost."""
    ours, theirs = _unpaired(pair.source), _unpaired(pair.target)
    if theirs and not ours:
        yield Place(f"unbalanced: {pair.target[theirs[0]]}", None, Span(theirs[0], theirs[0] + 1))


def _unpaired(text: str) -> list[int]:
    """Offsets of brackets without a partner. `1)` and `:)` need none."""
    waiting: list[int] = []
    alone: list[int] = []
    for found in _BRACKET.finditer(text):
        at, char = found.start(), found[0]
        if char in _OPEN:
            waiting.append(at)
        elif char in _CLOSE:
            if waiting and text[waiting[-1]] == _CLOSE[char]:
                waiting.pop()
            elif not (at and (text[at - 1].isdigit() or text[at - 1] in ":;-")):
                alone.append(at)
    return sorted(waiting + alone)


def _quotes_pair(text: str) -> bool:
    straight = text.count('"')
    curly = text.count("“") == text.count("”") or (text.count("“") + text.count("”")) % 2 == 0
    return straight % 2 == 0 and curly and text.count("«") == text.count("»")


def quotes(pair: Pair) -> Iterator[Place]:
    """Quotation marks that don't pair though those of the source do."""
    if _quotes_pair(pair.target) or not _quotes_pair(pair.source):
        return
    last = [m.start() for m in _QUOTE.finditer(pair.target)][-1]
    yield Place(
        f"a quotation mark without its partner: {pair.target[last]}", None, Span(last, last + 1)
    )


def lost_quotes(pair: Pair) -> Iterator[Place]:
    """Speech in quotation marks that has none in the target. Names and titles may lose theirs."""
    if not _QUOTE.search(pair.source) or _ANY_QUOTE.search(pair.target):
        return
    for found in _QUOTED.finditer(pair.source):
        if len(found.group().split()) >= _LONG:
            yield Place(
                "the quotation has no quotation marks in the target",
                Span(found.start(), found.end()),
            )
            return


def entities(pair: Pair) -> Iterator[Place]:
    """Codes of HTML where a sign should stand."""
    for found in _ENTITY.finditer(pair.target):
        if found.group() not in pair.source:
            yield Place(f"a code of HTML: {found.group()}", None, Span(found.start(), found.end()))


def spaces(pair: Pair) -> Iterator[Place]:
    """Space at the ends, twice, or before a sign."""
    if not pair.target.strip():
        return
    edges = pair.source[:1].isspace() or pair.source[-1:].isspace()
    for found in _SPACES.finditer(pair.target):
        if edges and found.end() in (len(found.group()), len(pair.target)):
            continue  # as in the source
        where = (
            "at the beginning" if found.start() == 0
            else "at the end" if found.end() == len(pair.target)
            else "before a sign" if len(found.group()) == 1
            else "twice"
        )  # fmt: skip
        yield Place(f"space {where}", None, Span(found.start(), found.end()))


def ending(pair: Pair) -> Iterator[Place]:
    """A question that is none, or the other way round; a full stop lost or added."""
    ours, theirs = _last(pair.source), _last(pair.target)
    if not ours or not theirs:
        return
    at = len(pair.target.rstrip(_TAIL)) - 1
    asked, asks = ours in "؟?", theirs in "?؟"
    indirect = not _INDIRECT.isdisjoint(pair.target_list[1:])  # the first word asks itself
    if asked and not asks and not indirect and "?" not in pair.target and "؟" not in pair.target:
        place = len(pair.source.rstrip(_TAIL)) - 1
        yield Place(
            "the question mark of the source is lost", Span(place, place + 1), Span(at, at + 1)
        )
    elif asks and not asked and _ASKING.isdisjoint(pair.source_words) and "؟" not in pair.source:
        yield Place("a question mark that the source has not", None, Span(at, at + 1))


def full_stop(pair: Pair) -> Iterator[Place]:
    """The source ends in a full stop and the target in none, or the other way round."""
    ours, theirs = _last(pair.source), _last(pair.target)
    if not ours or not theirs:
        return
    at = len(pair.target.rstrip(_TAIL)) - 1
    if ours in ".…" and _LETTER.match(theirs):
        yield Place("no full stop at the end", None, Span(at, at + 1))
    elif theirs == "." and _LETTER.match(ours) and _is_heading(pair):
        yield Place("a full stop at the end that the source has not", None, Span(at, at + 1))
    elif ours in ":" and theirs in ".,":
        yield Place(f"the source ends in a colon, the target in {theirs}", None, Span(at, at + 1))


def _is_heading(pair: Pair) -> bool:
    """A short source without a stop, whose target doesn't end in an abbreviation (the U.S.)."""
    short = len(pair.source_list) <= _HEADING
    return short and not re.search(r"\b\w\.\w\.$", pair.target.rstrip(_TAIL))


def _last(text: str) -> str:
    rest = text.rstrip(_TAIL)
    return rest[-1] if rest else ""
