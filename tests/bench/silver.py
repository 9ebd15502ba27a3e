"""Silver labels: which Arabic words of a parallel text are names, told by the capitals of their English.

Input is a file of aligned pairs, a line each: source, Arabic, English, links (`3-4`: fourth word of the Arabic to fifth
of the English, words being what spaces part). A run of capitals in mid-sentence is a name, titles of office
and days aside; the Arabic words aligned to it are its Arabic. What the termbase has counts too.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from glossary.arabic import fold_text
from glossary.match import Matcher
from glossary.tagger import BEGINS, DEMONYM, GOES_ON, OUTSIDE
from glossary.traits import Token, tokenise
from glossary.transliterate import sounds_like
from glossary.types import TermMatch
from glossary.vocabulary import plainness

DATA = Path(__file__).parent.parent / "data"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words(
    """
    President Minister Ministers Premier King Queen Prince Princess Sheikh Sheikha Sultan Emir
    Chancellor Secretary Secretary-General Gen Lt Col Colonel Brig Brigadier Maj Capt Captain Adm
    Admiral Sgt Dr Mr Mrs Ms Prof Professor Sen Senator Rep Gov Governor Ambassador Ayatollah Imam
    Pope Judge Chairman Chairwoman Chief Director Deputy Mayor Speaker Commander Spokesman
    Spokesperson Spokeswoman Envoy Coach Sir Lord Lady Representative Congressman Highness Majesty
    Excellency Engineer Eng Cardinal Bishop Archbishop Patriarch Hajj Marshal Lieutenant Maj-Gen
    Undersecretary Premier Saint St Caliph Emperor Mufti Minister-designate
    """
)
_MODIFY = _words("Former Acting Prime Crown Vice First Late His Her Their Field Grand The")
_CALENDAR = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June
    July August September October November December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov
    Dec Mon Tue Wed Thu Fri Sat Sun I I'm I've I'd I'll Mondays Fridays Thursdays Saturdays
    """
)
_SMALL = _words("of the for de al bin von van del la el ibn")
_BODIES = _words(
    """
    Ministry Council Company Corporation Bank University Party Organization Association Agency
    Authority Committee Commission Union League Cup Club FC United Court Center Centre Institute
    Fund Forum Festival Prize Award Awards Group Exchange Foundation Federation Front Movement
    Department Office Parliament Congress Senate House Army Forces Police Navy Guard Assembly
    Olympics Games Championship Tournament Open Airlines Airways Conference Summit Museum
    Newspaper Times Post Motors Holding Brigades State Service Bureau Administration College
    School Hospital Academy Society Initiative Program Project Championships Masters Championship
    Staff Command Investments Properties Insurance Telecom Inc Co Ltd Corp Network TV Channel
    Magazine Championship Index
    """
)
_PLACES = _words(
    """
    City River Sea Province Island Islands Mountain Mountains Street Airport Governorate Gulf
    Strait Peninsula Valley Bridge Road Square Park Lake Ocean Desert Coast Bay Mosque Palace
    Stadium Port Republic Kingdom Emirates States Hills Heights East West Canal Cape Mount
    District Zone Region Village
    """
)
_SAYING = _words("said says added told explained stressed noted scored announced won called stated")
_NISBA = re.compile("(?:[وف]?[بلك]?ال|لل|[وف])?.{2,}?(?:ي|يه|يين|يون|يات)")
_DEMONYMIC = re.compile("(?:ian|ean|ese|ish|can|ic|ist|ite|lic)s?$")
_EDGE = re.compile(r"^\W+|(?:['’]s?)?\W*$")


class Labelled(NamedTuple):
    """A sentence of silver. `spans` are (first, last inclusive, kind or empty) of its names."""

    tokens: list[Token]
    tags: list[int]
    spans: list[tuple[int, int, str]]


class _English(NamedTuple):
    core: str
    capital: bool
    run: int  # number of the run of capitals, -1 for none


def excluded() -> set[str]:
    """Folded sentences of every text that something is measured on."""
    held = set()
    paths = [*(DATA / "names").glob("*.ar.txt"), *(DATA / "eval").glob("*.ar")]
    for path in [*paths, *(DATA / "article").glob("*.ar.txt")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            held |= {_key(line)} | {_key(part) for part in re.split(r"(?<=[.!?؟])\s+", line)}
    return held - {""}


def _key(text: str) -> str:
    return "".join(re.findall("[\u0621-\u064a]+", fold_text(text)))


class Silver:
    """Labels pairs; reads the whole file first, to know how the English writes each word."""

    def __init__(self, path: Path, matcher: Matcher, demonyms: frozenset[str]) -> None:
        held = excluded()
        long = [key for key in held if len(key) > 40]
        grams = {key[at : at + 40] for key in long for at in range(len(key) - 39)}
        self._rows = []
        self.left_out = 0
        for line in path.read_text(encoding="utf-8").splitlines():
            row = line.split("\t")
            key = _key(row[1])
            if key in held or any(key[at : at + 40] in grams for at in range(0, len(key) - 39)):
                self.left_out += 1
            else:
                self._rows.append(row)
        self._matcher = matcher
        self._demonyms = demonyms
        self._small: Counter[str] = Counter()
        self._capital: Counter[str] = Counter()
        for row in self._rows:
            words = row[2].split()
            for at, word in enumerate(words):
                core = _EDGE.sub("", word)
                if core and not _opens(words, at):
                    (self._capital if core[0].isupper() else self._small)[core.lower()] += 1

    def __iter__(self) -> Iterator[Labelled]:
        for _, arabic, english, links in self._rows:
            matches = self._matcher.match(arabic)
            tokens = tokenise(arabic, matches)
            if tokens:
                yield self._labelled(arabic, english, links, tokens, matches)

    def _is_capital(self, words: Sequence[str], at: int, core: str) -> bool:
        """Whether the word has a capital that no start of a sentence explains."""
        if not core or not core[0].isupper() or core in _CALENDAR:
            return False
        if not _opens(words, at):
            return True
        small, capital = self._small[core.lower()], self._capital[core.lower()]
        if small + capital:
            share = small / (small + capital)
            following = _EDGE.sub("", words[at + 1]) if at + 1 < len(words) else ""
            return share < 0.1 or (share < 0.8 and following[:1].isupper())
        return True

    def _english(self, text: str) -> list[_English]:
        words = text.split()
        cores = [_EDGE.sub("", word) for word in words]
        capital = [self._is_capital(words, at, core) for at, core in enumerate(cores)]
        for at, core in enumerate(cores):
            bare = core.rstrip(".")
            if capital[at] and (
                bare in _TITLES or (bare == "General" and not _is_body(cores, at + 1))
            ):
                self._drop_title(cores, capital, at)
        runs, run, last = [-1] * len(words), -1, -9
        for at in range(len(words)):
            if not capital[at]:
                continue
            between = range(last + 1, at)
            joined = last >= 0 and all(cores[b] in _SMALL for b in between)
            if not joined or any(map(self._ends, words[last:at])):
                run += 1
            for b in range(last + 1, at) if joined and runs[last] == run else ():
                runs[b] = run
            runs[at], last = run, at
        return [_English(c, k, r) for c, k, r in zip(cores, capital, runs, strict=True)]

    def _ends(self, word: str) -> bool:
        """Whether a run of capitals can't go on after this word."""
        if re.fullmatch(r"(?:[A-Z]\.)+|[A-Z]\.", word):
            return False
        possessive = re.search(r"['’]s?$", word) and not self._also_small(_EDGE.sub("", word))
        return bool(possessive or re.search(r"[,;:.!?\"”)]$", word))

    def _drop_title(self, cores: Sequence[str], capital: list[bool], at: int) -> None:
        capital[at] = False
        back = at - 1
        while (
            back >= 0
            and capital[back]
            and (cores[back] in _MODIFY or self._also_small(cores[back]))
        ):
            capital[back] = False
            back -= 1
        on = at + 1
        while on < len(cores) and (
            cores[on] in ("of", "the", "for", "and") or self._also_small(cores[on])
        ):
            if capital[on] and not (on > at + 1 or cores[on] in ("General", "Minister", "Marshal")):
                break
            capital[on] = False
            on += 1

    def _also_small(self, core: str) -> bool:
        small = self._small[core.lower()]
        return small > 0.3 * (small + self._capital[core.lower()])

    def _labelled(
        self,
        arabic: str,
        english: str,
        links: str,
        tokens: list[Token],
        matches: Sequence[TermMatch],
    ) -> Labelled:
        theirs = self._english(english)
        aligned: dict[int, list[int]] = defaultdict(list)
        for link in links.split():
            a, b = link.split("-")
            aligned[int(a)].append(int(b))
        starts = [m.start() for m in re.finditer(r"\S+", arabic)]
        runs, demonym, word = [], [], -1
        for token in tokens:
            while word + 1 < len(starts) and starts[word + 1] <= token.span.start:
                word += 1
            own = [theirs[t] for t in aligned[word]]
            content = [
                e
                for e in own
                if e.core
                and e.core not in _SMALL
                and e.core not in ("a", "an", "in", "and", "by", "to")
            ]
            named = [e for e in content if e.capital]
            run = (
                Counter(e.run for e in named).most_common(1)[0][0]
                if len(named) * 2 > len(content)
                else -1
            )
            if (
                not content
                and own
                and (held := {e.run for e in own if e.run >= 0})
                and len(held) == 1
            ):
                run = -2 - min(held)  # of the: only between words of the run
            if run >= 0 and plainness(token.folded) == "function":
                run = -1
            runs.append(run)
            demonym.append(
                token.kind == "demonym"
                or (
                    run >= 0
                    and bool(_NISBA.fullmatch(token.folded))
                    and all(self._is_demonym(e.core) for e in named)
                )
            )
        tags = self._tags(tokens, runs, demonym, matches)
        spans = [(a, b, self._kind(tokens, a, b, runs, theirs)) for a, b in _spans(tags)]
        for at, (first, last, kind) in enumerate(spans):
            after = last + 1  # the Dutch ministry is one name, as Dutch Justice Ministry is
            if kind != "org" or last == first or tags[after : after + 1] != [DEMONYM]:
                continue
            if tokens[after].gap == " " and tokens[after].folded.startswith("ال"):
                tags[after] = GOES_ON
                spans[at] = first, after, kind
        return Labelled(tokens, tags, spans)

    def _is_demonym(self, core: str) -> bool:
        return core.removesuffix("s") in self._demonyms or bool(_DEMONYMIC.search(core))

    def _tags(
        self,
        tokens: list[Token],
        runs: list[int],
        demonym: list[bool],
        matches: Sequence[TermMatch],
    ) -> list[int]:
        tags = [OUTSIDE] * len(tokens)
        for at, run in enumerate(runs):
            if run < 0:
                continue
            before = at - 1
            while before >= 0 and runs[before] == -2 - run and at - before < 3:
                before -= 1
            if (
                before >= 0
                and runs[before] == run
                and tags[before] in (BEGINS, GOES_ON)
                and all(token.gap in (" ", "-") for token in tokens[before + 1 : at + 1])
            ):
                tags[before + 1 : at + 1] = [GOES_ON] * (at - before)
            else:
                tags[at] = DEMONYM if demonym[at] else BEGINS
        for match in matches:
            inside = [n for n, t in enumerate(tokens) if t.span.overlaps(match.span)]
            if not inside or match.term.kind == "term":
                continue
            if match.term.kind == "demonym":
                for n in inside:
                    tags[n] = DEMONYM if tags[n] in (OUTSIDE, DEMONYM) else tags[n]
            elif all(tags[n] in (OUTSIDE, DEMONYM) for n in inside):
                tags[inside[0]] = BEGINS
                for n in inside[1:]:
                    tags[n] = GOES_ON
        for at, tag in enumerate(tags):
            if tag == GOES_ON and (at == 0 or tags[at - 1] in (OUTSIDE, DEMONYM)):
                tags[at] = BEGINS
        return tags

    def _kind(
        self, tokens: list[Token], first: int, last: int, runs: list[int], theirs: list[_English]
    ) -> str:
        """person, place or org where it is plain; empty elsewhere."""
        kinds = {t.kind for t in tokens[first : last + 1]}
        if len(kinds) == 1 and (kind := next(iter(kinds))) in ("person", "place", "org"):
            return kind
        at = [n for n, e in enumerate(theirs) if e.run >= 0 and e.run in runs[first : last + 1]]
        if not at:
            return ""
        words = [theirs[n].core for n in at]
        if _BODIES & {*words}:
            return "org"
        if _PLACES & {*words}:
            return "place"
        before = [theirs[n].core for n in range(max(0, at[0] - 2), at[0])]
        after = theirs[at[-1] + 1].core if at[-1] + 1 < len(theirs) else ""
        if before and (
            before[-1].rstrip(".") in _TITLES or before[-1].lower() in _SAYING or after in _SAYING
        ):
            return "person"
        if before and before[-1] in ("in", "near", "towns", "town", "village", "from"):
            return "place"
        if before and before[-1] == "of" and before[0] in ("city", "town", "village", "province"):
            return "place"
        return ""


def _is_body(cores: Sequence[str], at: int) -> bool:
    return at < len(cores) and cores[at] in _BODIES


def _spans(tags: Sequence[int]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for at, tag in enumerate(tags):
        if tag == BEGINS:
            out.append((at, at))
        elif tag == GOES_ON:
            out[-1] = (out[-1][0], at)
    return out


def _opens(words: Sequence[str], at: int) -> bool:
    """Whether a sentence, or a quotation, starts at the word."""
    if at == 0 or words[at][:1] in "\"“'‘":
        return True
    before = words[at - 1].rstrip("\"”’')")
    if before.endswith((":", "!", "?", "-", "–", "—")):
        return True
    return (
        before.endswith(".")
        and len(before) > 4
        and "." not in before[:-1]
        and not before[0].isupper()
    )


# Conjunctions and prepositions


def clitics(path: Path) -> Iterator[tuple[list[Token], int, bool]]:
    """Words that begin as و ف ب ل ك do and are names, and whether that letter is no part of the name: told by the
    sound of the English, and for و, which has none, by its first letter and the word before."""
    for line in path.read_text(encoding="utf-8").splitlines():
        _, arabic, english, links = line.split("\t")
        words, theirs = arabic.split(), english.split()
        aligned: dict[int, list[int]] = defaultdict(list)
        for link in links.split():
            a, b = link.split("-")
            aligned[int(a)].append(int(b))
        tokens: list[Token] = []
        for at, word in enumerate(words):
            folded = fold_text(_EDGE.sub("", word))
            if not folded or folded[0] not in "وفبلك" or len(folded) < 4:
                continue
            if folded[1:3] in ("ال", "لل") or folded[2:4] == "ال" or folded.startswith("لل"):
                continue
            own = [t for t in aligned[at] if theirs[t][:1].isupper() and not _opens(theirs, t)]
            label = _attached(folded, theirs, own[0]) if own else None
            if label is None:
                continue
            tokens = tokens or tokenise(arabic, ())
            start = sum(map(len, words[:at])) + at
            for n, token in enumerate(tokens):
                if start <= token.span.start < start + len(word) and token.folded == folded:
                    yield tokens, n, label


def _attached(folded: str, theirs: Sequence[str], at: int) -> bool | None:
    core, before = _EDGE.sub("", theirs[at]), theirs[at - 1] if at else ""
    if core in _CALENDAR or core.rstrip(".") in _TITLES:
        return None
    if folded[0] == "و":
        if core[0] in "WVOU":
            return False if before != "and" else None
        return True if before == "and" or before.endswith(",") else None
    whole, rest = sounds_like(folded, core), sounds_like(folded[1:], core)
    return None if abs(whole - rest) < 0.1 or max(whole, rest) < 0.6 else rest > whole
