"""Cut a text into blocks (paragraphs, headings) and these into segments, losing nothing.

Rules and small tables instead of a trained splitter: Arabic has no capital letters, newspapers
break the rules of punctuation in a dozen known ways, and an editor must be able to predict where a
sentence ends. In doubt a sentence is NOT ended: half a sentence translates worse than two
together.

The way: lines -> blocks (hard-wrapped lines joined) -> candidate ends (a run of . ! ؟ ؛ … with the
closing quotes and brackets that belong to it) -> one question to each candidate,
`_Block._ends_sentence`. Every step looks at a bounded piece of text, so the whole is linear in its
length.
"""

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import itemgetter
from typing import NamedTuple

from translate.types import Segment, SegmentKind

HEADING_WORDS = (
    12  # a longer block without closing punctuation is a sentence that lost its full stop
)
QUESTION_WORDS = 8  # the same for a heading that asks or exclaims
TITLE_WORDS = (
    6  # a quotation so short is a title or a cry: «من نحن؟ تحديات الهوية» is not cut inside
)
ASIDE_CHARS = 300  # nothing is cut inside round brackets, unless they run longer than this
SEMICOLON_WORDS = 8  # ؛ ends a sentence only after this many words ...
CLAUSE_WORDS = 4  # ... and before this many
WINDOW = 64  # how far to look back for the word before a full stop
WRAP_WIDTHS = range(40, 121)  # the line widths at which plain texts are hard-wrapped
WRAP_SLACK = 6  # a wide glyph or a counted vowel sign may break a line that much early

# Marks without width: bidi controls, zero-width space, byte order mark. They cling to punctuation.
_BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_INVISIBLE = "".join(map(chr, [*_BIDI, 0x200B, 0xFEFF]))
_VOWELS = "".join(map(chr, [*range(0x064B, 0x0653), 0x0670]))
_TATWEEL = "\N{ARABIC TATWEEL}"
_TERMINALS = ".!?؟؛…۔"
_ASKING = frozenset("!?؟")
_QUOTES = '«»“”"'
_CLOSING_BRACKETS = ")]}"
_CONTINUING = "،,;:)]}/-–—"  # what a sentence never begins with
_PROCLITICS = "وفبلك"  # one-letter words written onto the next one, a quotation mark between or not
_ARABIC = "\u0620-\u063f\u0641-\u064a\u0671-\u06d3"  # letters, for use inside [...]

_EDGE = re.compile(rf"[\s{_INVISIBLE}]*")  # what stands between segments
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ALNUM = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_][^\s«»“”\"()]*")  # from a letter or digit to the next space or quote
_BULLET = re.compile(r"[•●▪■□◦‣·*–—-]+\s+")  # a list mark is layout, not text
_TERMINAL = re.compile(rf"[{_TERMINALS}]")
_CLAUSE_EDGE = re.compile(r"[:«“\"]")
_CANDIDATE = re.compile(rf"[{_TERMINALS}][{_TERMINALS}{_INVISIBLE}]*")
_FOOTNOTE = re.compile(r"\[\d{1,3}\]")  # Wikipedia's [12] after a full stop
_NOTE = re.compile(r"\([^()\n]{1,40}\)[\s.]{0,4}$")  # a last "(فيديو)" or "(أ.ف.ب)" is no sentence
_FIRST_WORD = re.compile(rf"(?:[^\W\d_]|[{_VOWELS}{_TATWEEL}])+")
_TOKEN_EDGE = re.compile(r"[\s«»“”\"()\[\]،؛]")
_ARABIC_WORD = re.compile(rf"[{_ARABIC}{_VOWELS}{_TATWEEL}]{{3,}}")
_ARABIC_LETTER = re.compile(rf"[{_ARABIC}]")
_ACRONYM = re.compile(
    r"[وفبلك]?[^\W\d_](?:\.[^\W\d_])+"
)  # أ.ف.ب or U.S, without the last full stop
_LIST_NUMBER = re.compile(r"(?:^|[:.!؟؛])\s*\(?\d{1,3}$")
_NUMBER_UNIT = re.compile(r"\d\s*[مهغتسدق]$")  # metre, Hijri year, gram, o'clock ... after a number
_ADDRESS = re.compile(r"://|www\.|@")
# A block that closes a sentence, with its footnote, its quotation or a credit "(رويترز)" after
# the full stop.
_CLOSED = re.compile(
    rf"[{_TERMINALS}:،,](?:\[\d{{1,3}}\])?[\s{_INVISIBLE}{_QUOTES})\]}}]*$|\.\s*\([^()\n]{{1,40}}\)$"
)

# Only for looking words up, nothing folded leaves this module: hamza seats, final ya, vowels,
# tatweel.
_KEY = str.maketrans("أإآٱى", "ااااي", _VOWELS + _TATWEEL + _INVISIBLE)


def _table(words: str) -> frozenset[str]:
    return frozenset(words.translate(_KEY).split())


# Abbreviations of two letters that never end a sentence: titles with the conjunction (ود. = and
# Dr), أد = professor doctor, مج = volume, تح = edited by, صص = pages. Single letters and أ.ف.ب
# are known by shape.
_ABBREVIATIONS = _table("ود وأ وم أد وأد لد مج تح صص")
# "And so on" ends a sentence unless the next word leans on it.
_AND_SO_ON = _table("إلخ الخ")
_LEANING = _table(
    "في من إلى على عن مع التي الذي اللذين اللتين الذين اللواتي أو أم ثم حتى منذ خلال ضمن لدى عند "
    "بين كي"
)
_LATIN_ABBREVIATIONS = _table(
    "inc corp ltd co st mr mrs ms dr vs no jr sr gen col lt sgt prof fig al dept univ ed vol pp"
)
_BRANDS = _table("ياهو كاهوت")  # names written with an exclamation mark
# Verbs of saying. With و or ف before them they begin a sentence; bare after a quotation, they
# belong to it.
_SAYING = _table(
    "قال قالت قالوا قالا أضاف أضافت أضافوا تابع تابعت أكد أكدت أكدوا أوضح أوضحت أشار أشارت أشاروا "
    "ذكر ذكرت أعلن أعلنت رأى رأت شدد شددت أفاد أفادت نقل نقلت لفت لفتت اعتبر اعتبرت دعا دعت ختم "
    "ختمت زاد زادت كشف كشفت صرح صرحت تساءل تساءلت سأل سألت أجاب أجابت رد ردت حذر حذرت كتب كتبت "
    "علق علقت استطرد استطردت واصل واصلت أردف أردفت نفى نفت أعرب أعربت اتهم اتهمت انتقد انتقدت "
    "استدرك أبلغ أبلغت اختتم وصف وصفت صرخ صرخت هتف هتفت يقول تقول يقولون يضيف تضيف يؤكد تؤكد يرى "
    "ترى يتساءل تتساءل يوضح توضح يتابع تتابع يسأل تسأل"
)
# Words that plainly open a sentence: after … or ؟» or an acronym they decide that one has ended.
_OPENERS = _table(
    "ولكن ولكنه ولكنها بيد ولذلك ولذا أما وأما وقد فقد وكان وكانت وفي ومن وعلى وعن وبعد وبحسب "
    "وخلال وإذا ومع هكذا وهكذا وبذلك وجاء وجاءت ويأتي وتأتي ويشار ويذكر يذكر يشار وكما ولم ولن "
    "وليس وإلى وهذا وهذه وثمة وبينما وعندما ثانيا ثالثا رابعا خامسا وثانيا وثالثا"
)
# Clauses that stand alone after ؛ (what mostly follows it, "لتسهيل", "حيث", "نتيجة", is no
# sentence).
_CLAUSES = _table(
    "ولكن ولكنه ولكنها لكن لكنه لكنها بيد غير أما وأما لذلك ولذلك لذا ولذا وقد فقد إنه إنها إن وإن "
    "فإن فهو فهي كما ويجب يجب ثانيا ثالثا رابعا خامسا وثانيا وثالثا"
)


def segment(text: str) -> tuple[tuple[Segment, ...], str]:
    """Cut `text` into segments; the second value is the text after the last of them."""
    segments: list[Segment] = []
    names = _Names()
    done = 0
    for paragraph, block in enumerate(_judge_headings(_blocks(text))):
        for piece in block.pieces:
            start, end = block.start + piece.start, block.start + piece.end
            source = text[start:end]
            segments.append(
                Segment(
                    id=names.name(source),
                    source=source,
                    kind=piece.kind,
                    paragraph=paragraph,
                    before=text[done:start],
                )
            )
            done = end
    return tuple(segments), text[done:]


class _Names:
    """Ids out of the source alone: an edit elsewhere in the document leaves them as they are."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def name(self, source: str) -> str:
        normal = " ".join(source.split()).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(normal).hexdigest()[:8]
        self._seen[digest] += 1
        return digest if self._seen[digest] == 1 else f"{digest}-{self._seen[digest]}"


# Lines and blocks


class _Line(NamedTuple):
    start: int
    end: int
    after_blank: bool  # a blank line, a page or paragraph separator stands before it


class _Piece(NamedTuple):
    start: int
    end: int
    kind: SegmentKind


def _blocks(text: str) -> list["_Block"]:
    lines = list(_lines(text))
    wrapped = _wrapped_chunks(text, lines)
    blocks = []
    position = 0
    while position < len(lines):
        count = wrapped.get(position, 1)
        start, end = lines[position].start, lines[position + count - 1].end
        bullet = _BULLET.match(text, start, end)
        blocks.append(_Block(text[bullet.end() if bullet else start : end], end, joined=count > 1))
        position += count
    return blocks


def _lines(text: str) -> Iterator[_Line]:
    """Lines with a letter or digit, trimmed; all others are layout."""
    start, after_blank = 0, True
    breaks = [(m.start(), m.end()) for m in _BREAK.finditer(text)]
    for stop, following in [*breaks, (len(text), len(text))]:
        if _ALNUM.search(text, start, stop):
            first = _EDGE.match(text, start, stop)
            assert first is not None  # it can match nothing, but it always matches
            end = start + len(text[start:stop].rstrip(_EDGE_CHARACTERS))
            yield _Line(first.end(), end, after_blank)
            after_blank = False
        else:
            after_blank = True
        after_blank = after_blank or text[stop:following] in ("\f", "\u2029")
        start = following


_EDGE_CHARACTERS = _INVISIBLE + "".join(c for c in map(chr, range(0x3001)) if c.isspace())


def _wrapped_chunks(text: str, lines: list[_Line]) -> dict[int, int]:
    """Paragraphs of a hard-wrapped text: index of the first line -> number of lines.

    A width explains a line break when the next word would not have fitted. The widest line gives
    the width; a chunk of lines between blank ones is a paragraph when the width explains every
    break and the last line closes a sentence. The text counts as wrapped when enough of these
    breaks are amid a sentence.
    """
    printed = [text[line.start : line.end].translate(_KEY) for line in lines]
    width = max((len(line) for line in printed if " " in line), default=0)
    if width not in WRAP_WIDTHS:
        return {}
    starts = [i for i, line in enumerate(lines) if line.after_blank or i == 0]
    chunks, amid = {}, 0
    for first, after in pairwise([*starts, len(lines)]):
        chunk = printed[first:after]
        fits = (len(a) + 1 + len(b.split(None, 1)[0]) for a, b in pairwise(chunk))
        if len(chunk) > 1 and _CLOSED.search(chunk[-1]) and min(fits) > width - WRAP_SLACK:
            chunks[first] = len(chunk)
            amid += sum(not _CLOSED.search(line) for line in chunk[:-1])
    return chunks if amid >= (2 if len(starts) > 1 else 3) else {}


def _judge_headings(blocks: list["_Block"]) -> list["_Block"]:
    """A short question or exclamation between long paragraphs, or before the first, is a heading."""
    for number, block in enumerate(blocks[:-1]):
        before_ok = number == 0 or blocks[number - 1].is_long
        if block.may_be_heading and before_ok and blocks[number + 1].is_long:
            block.pieces = [_Piece(0, len(block.text), "heading")]
    return blocks


# Quotation marks and brackets


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Where quotations stand in a block; reversed marks are understood by their neighbours."""

    closing: frozenset[int]  # positions of closing quotation marks
    quotations: list[tuple[int, int]]  # the outermost, first and last character
    sealed: list[tuple[int, int]]  # short quotations and bracketed asides: not to be cut inside


def _pair(text: str) -> _Pairs:
    closing, quotations, asides = set(), [], []
    open_quotes: list[int] = []
    open_brackets: list[int] = []
    for mark in re.finditer(rf"[{_QUOTES}()]", text):
        at, character = mark.start(), mark.group()
        if character == "(":
            open_brackets.append(at)
        elif character == ")":
            if open_brackets:
                asides.append((open_brackets.pop(), at))
        elif _opens_quotation(text, at, bool(open_quotes)):
            open_quotes.append(at)
        else:
            closing.add(at)
            if open_quotes:
                quotations.append((open_quotes.pop(), at))
    sealed = [pair for pair in asides if pair[1] - pair[0] <= ASIDE_CHARS]
    sealed += [
        (first, last)
        for first, last in quotations
        if last - first < 16 * TITLE_WORDS and not _longer(text[first:last], TITLE_WORDS)
    ]
    return _Pairs(frozenset(closing), _outermost(quotations), _outermost(sealed))


def _opens_quotation(text: str, at: int, one_is_open: bool) -> bool:
    """Judge by the neighbours, then by the shape; a straight mark opens when none is open."""
    before = text[max(0, at - 4) : at].rstrip(_INVISIBLE)
    after = text[at + 1 : at + 5].lstrip(_INVISIBLE)
    stuck_after = bool(after) and bool(_ALNUM.match(after))
    free_before = (
        not before
        or before[-1].isspace()
        or before[-1] in f"([{{-–—/:،,{_TATWEEL}"
        or (before[-1] in _PROCLITICS and not _ALNUM.match(before[-2:-1] or " "))
    )
    if stuck_after and free_before:
        return True
    stuck_before = bool(before) and not before[-1].isspace() and before[-1] not in "([:،"
    free_after = not after or after[0].isspace() or after[0] in _CONTINUING
    if stuck_before and not stuck_after and (text[at] in '"»”' or free_after):
        return False
    return not one_is_open if text[at] == '"' else text[at] in "«“"


def _outermost(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pairs):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _holding(pairs: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """The pair that begins at or before `at` and ends at or after it."""
    index = bisect_right(pairs, at, key=itemgetter(0)) - 1
    return pairs[index] if index >= 0 and at <= pairs[index][1] else None


# Words


def _longer(text: str, words: int) -> bool:
    return len(list(islice(_WORD.finditer(text), words + 1))) > words


def _says(key: str) -> bool:
    """Whether the word is a verb of saying with its conjunction: وأضاف, فقال."""
    return key[:1] in ("و", "ف") and key[1:] in _SAYING


def _opens_sentence(key: str) -> bool:
    return key in _OPENERS or _says(key)


# Sentences


class _End(NamedTuple):
    """A place where a sentence may end, with what stands on both sides."""

    start: int  # of the sentence so far
    at: int  # of the first mark
    end: int  # after the last mark, quotes and brackets included
    following: int  # of the next character that is not layout
    mark: str
    spaced: bool
    token: str  # the word before
    next_character: str
    next_word: str  # as a key; empty where a digit, a quote or a bracket follows


class _Block:
    """A paragraph or heading, cut."""

    def __init__(self, text: str, end: int, *, joined: bool) -> None:
        self.text = text
        self.start = end - len(text)
        self.is_long = joined or _longer(text, HEADING_WORDS)
        self._pairs = _pair(text)
        spans = list(self._spans())
        closed = _CLOSED.search(text, max(0, len(text) - WINDOW))
        short = len(spans) == 1 and not self.is_long
        self.may_be_heading = bool(
            short and closed and closed.group()[0] in _ASKING and not _longer(text, QUESTION_WORDS)
        )
        if short and not closed:
            self.pieces = [_Piece(*spans[0], "heading")]
        else:
            self.pieces = [_Piece(*span, self._kind(*span)) for span in spans]

    def _kind(self, start: int, end: int) -> SegmentKind:
        last = len(self.text[:end].rstrip(_TERMINALS + _EDGE_CHARACTERS)) - 1
        quotation = _holding(self._pairs.quotations, start)
        return "quote" if quotation and last <= quotation[1] else "sentence"

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Sentences: every one has a letter or digit, what stands between them is white."""
        text = self.text
        start = resume = 0
        first_word = self._next_word(start)
        last_word = len(text) - next(i for i, c in enumerate(reversed(text)) if _ALNUM.match(c))
        for candidate in _CANDIDATE.finditer(text):
            if candidate.start() < max(first_word + 1, resume):
                continue
            end = resume = self._with_closers(candidate.end())
            if end >= last_word:
                break
            if self._ends_sentence(self._look(start, candidate.start(), end)):
                yield start, start + len(text[start:end].rstrip(_EDGE_CHARACTERS))
                start = self._after_layout(end)
                first_word = self._next_word(start)
        yield start, len(text)

    def _next_word(self, position: int) -> int:
        word = _ALNUM.search(self.text, position)
        return word.start() if word else len(self.text)

    def _after_layout(self, position: int) -> int:
        layout = _EDGE.match(self.text, position)
        return layout.end() if layout else position

    def _with_closers(self, end: int) -> int:
        """Take in what belongs to the mark: `.»`, `؟ "` if the quote closes, `.[12]`, `. .`"""
        text, size = self.text, len(self.text)
        while end < size:
            at = self._after_layout(end)
            if at >= size:
                break
            character = text[at]
            footnote = _FOOTNOTE.match(text, at) if at == end else None
            if footnote:
                end = footnote.end()
            elif character in _TERMINALS:
                if at + 1 < size and _ALNUM.match(text[at + 1]) and at > end:
                    break  # .NET
                end = at + 1
            elif at in self._pairs.closing or (character in _CLOSING_BRACKETS and at == end):
                end = at + 1
            else:
                break
        return end

    def _look(self, start: int, at: int, end: int) -> _End:
        text = self.text
        following = self._after_layout(end)
        before = text[max(start, at - WINDOW) : at].rstrip(_EDGE_CHARACTERS)
        token = _TOKEN_EDGE.split(before)[-1].translate(_KEY)
        word = _FIRST_WORD.match(text, following, following + WINDOW)
        return _End(
            start=start,
            at=at,
            end=end,
            following=following,
            mark=text[at:end].strip(_EDGE_CHARACTERS),
            spaced=text[end:following].strip(_INVISIBLE) != "",
            token=token,
            next_character=text[following],
            next_word=word.group().translate(_KEY) if word else "",
        )

    def _ends_sentence(self, here: _End) -> bool:
        sealed = _holding(self._pairs.sealed, here.end - 1)
        if here.next_character in _CONTINUING or (sealed and here.end - 1 < sealed[1]):
            return False
        if _NOTE.match(self.text, here.following):
            return False
        if here.at and self.text[here.at - 1] in "([":  # [...] is an omission, […]. ends one
            return here.mark[-1] in _TERMINALS
        if not here.spaced:
            return self._ends_unspaced(here)
        if _ASKING & set(here.mark):
            return self._ends_asking(here)
        if "؛" in here.mark:
            return self._ends_at_semicolon(here)
        if ".." in here.mark or "…" in here.mark:
            return _opens_sentence(here.next_word)
        return not self._abbreviates(here) and self._ends_quotation(here)

    def _ends_unspaced(self, here: _End) -> bool:
        """`كلمة.كلمة`: never in an address, a number, an acronym or a chain of dots."""
        if ".." in here.mark or "…" in here.mark or "." in here.token:
            return False
        if _ADDRESS.search(here.token):
            return False
        if "؛" in here.mark:
            return self._ends_at_semicolon(here)
        if _ASKING & set(here.mark) and here.mark[-1] in _TERMINALS:
            return bool(_ARABIC_LETTER.match(here.next_character))
        if here.token and len(here.token) < (2 if here.token.isascii() else 3):
            return False
        if here.next_character in "«“":
            return here.following not in self._pairs.closing
        word = _ARABIC_WORD.match(self.text, here.following)
        if not word or re.match(r"\.\w", self.text[word.end() : word.end() + 2]):
            return False
        return here.mark[-1] in _TERMINALS or _opens_sentence(here.next_word)

    def _ends_asking(self, here: _End) -> bool:
        """؟ and ! end a sentence; with a closing quote only if another plainly begins: «من أنا؟» للعقاد."""
        if here.token in _BRANDS:
            return False
        if (
            here.token
            and (here.token + here.next_character).isascii()
            and here.next_character.isalpha()
        ):
            return False  # AMP! Edition
        if here.mark[-1] in _TERMINALS:
            return True
        if here.mark[-1] in _CLOSING_BRACKETS:
            return False
        return here.next_character in _QUOTES or _opens_sentence(here.next_word)

    def _ends_at_semicolon(self, here: _End) -> bool:
        """؛ is a comma to most papers: it divides only clauses that could stand alone."""
        if here.next_word not in _CLAUSES and not _says(here.next_word):
            return False
        before = self.text[max(here.start, here.at - 20 * SEMICOLON_WORDS) : here.at]
        after = self.text[here.following : here.following + 20 * CLAUSE_WORDS]
        return _longer(_CLAUSE_EDGE.split(before)[-1], SEMICOLON_WORDS - 1) and _longer(
            _TERMINAL.split(after)[0], CLAUSE_WORDS - 1
        )

    def _ends_quotation(self, here: _End) -> bool:
        """`.»` ends a sentence unless its frame goes on: «…» قال الوزير. `.)` never does."""
        if here.mark[-1] in _TERMINALS or here.mark[-1] == "]":
            return True
        if here.mark[-1] in _CLOSING_BRACKETS:
            return False
        return here.next_word not in _SAYING and here.next_word not in _LEANING

    def _abbreviates(self, here: _End) -> bool:
        """Whether the full stop belongs to the word before it."""
        token, following = here.token, here.next_character
        if token.isdigit():
            return self._numbers_item(here) or (following.isdigit() and len(token) <= 3)
        if token and token.isascii():
            return self._abbreviates_latin(here)
        if _NUMBER_UNIT.search(self.text[max(0, here.at - 8) : here.at].translate(_KEY)):
            return here.next_word[:1] not in ("و", "ف") and not _opens_sentence(here.next_word)
        if len(token) == 1:
            return not _says(here.next_word)
        if _ACRONYM.fullmatch(token):
            return not _opens_sentence(here.next_word)
        if token in _AND_SO_ON:
            return here.next_word in _LEANING
        return token in _ABBREVIATIONS

    def _numbers_item(self, here: _End) -> bool:
        """`1.` at the start, after a colon or another sentence; `2.` where there was a `1.`"""
        if len(here.token) > 3:
            return False
        earlier = self.text[max(here.start, here.at - ASIDE_CHARS) : here.at]
        listed = rf"(?<!\d){int(here.token) - 1}\.\s"
        return bool(_LIST_NUMBER.search(earlier[-16:]) or re.search(listed, earlier))

    @staticmethod
    def _abbreviates_latin(here: _End) -> bool:
        """Never before a small Latin letter; before Arabic, `IE.` is an end, `Inc.` if one opens."""
        latin_follows = here.next_character.isascii() and here.next_character.isalpha()
        if latin_follows and here.next_character.islower():
            return True
        if len(here.token) == 1:
            return latin_follows
        if _ACRONYM.fullmatch(here.token) or here.token.lower() in _LATIN_ABBREVIATIONS:
            return latin_follows or not _opens_sentence(here.next_word)
        return False
