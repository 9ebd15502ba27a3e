"""HTML: what stands between tags is translated, every other byte stays as it was, broken markup included.

The text is cut at tags by the rules of the HTML standard's tokenizer, as far as they matter here. What stands
between two block tags is a run; inline elements in it are marks. An element that goes on past the end of its run
is closed and opened again, as browsers do.
"""

import codecs
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape, unescape

from translate.errors import FormatError
from translate.markup import Block, Collector, TooDeep, rendered

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "base",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frame",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "input",
        "legend",
        "li",
        "link",
        "main",
        "menu",
        "meta",
        "nav",
        "noframes",
        "noscript",
        "ol",
        "optgroup",
        "option",
        "p",
        "search",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
VOIDS = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
RAW = frozenset(["script", "style", "textarea", "xmp", "noembed", "plaintext"])  # no tags in them
OPAQUE = frozenset(  # left as they are, with everything in them
    [
        "code",
        "kbd",
        "samp",
        "var",
        "svg",
        "math",
        "template",
        "iframe",
        "object",
        "video",
        "audio",
        "canvas",
        "pre",
        "listing",
        "map",
    ]
)
SOLID = frozenset(
    ["pre", "listing", "template", "textarea"]
)  # of these, what no sentence runs through
MOST_OPEN = 1000  # inline elements that go on from run to run
SPOKEN = ("alt", "title", "placeholder", "aria-label", "label")

_TOKEN = re.compile(
    r"""<!--(?:>|->|.*?(?:--!?>|\Z))                      # a comment
      | <!\[CDATA\[.*?(?:\]\]>|\Z)
      | <[!?][^>]*(?:>|\Z)                               # doctype, processing instruction
      | <(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)
        (?P<attributes>(?>[\s/]++|[^\s/>=][^\s/>=]*+(?>\s*+=\s*+(?>"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|))?+|=)*+)
        >
      | </?[a-zA-Z].*\Z                                  # a tag without an end: browsers drop it, too""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>"'][^\s>]*)))?"""
)
_ONCE = re.compile(  # attributes that an element opened again doesn't say again
    rf"""\s(?:id|{"|".join(SPOKEN)})\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*)""", re.IGNORECASE
)
_CHARSET = re.compile(rb"""<meta\b[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CSS = (
    (re.compile(r"(direction\s*:\s*)rtl\b", re.IGNORECASE), r"\1ltr"),
    (re.compile(r"(text-align\s*:\s*)right\b", re.IGNORECASE), r"\1left"),
)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    name: str = ""  # of an element, small letters; empty for comments and the like
    attributes: tuple[int, int] = (0, 0)
    closes: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the file where a block stands. `marks` are the tags to write at a mark's begin and end."""

    start: int
    end: int
    block: Block
    marks: dict[int, tuple[tuple[int, int] | str, str]] = field(default_factory=dict)
    before: str = ""  # tags to write before and after the block
    after: str = ""
    attribute: bool = False


def read(data: bytes, path: str) -> list[Block]:
    """The text between tags, and texts in attributes."""
    text, _, _ = _decoded(data, path)
    return [slot.block for slot in _Page(text).slots()]


def write(data: bytes, blocks: Sequence[Block]) -> bytes:
    """The page with these blocks, left to right and in English."""
    text, encoding, bom = _decoded(data, "")
    page = _Page(text)
    english = page.written(list(page.slots()), blocks)
    return bom + english.encode(encoding, "xmlcharrefreplace")


def _decoded(data: bytes, path: str) -> tuple[str, str, bytes]:
    bom, encoding = next(((b, e) for b, e in _BOMS if data.startswith(b)), (b"", ""))
    head = data[:4096]
    said = _XML_ENCODING.search(head) or _CHARSET.search(head)
    if not encoding and said:
        encoding = said[1].decode("ascii")
        encoding = "utf-8" if encoding.lower().startswith("utf-16") else encoding  # it can't be
    body = data.removeprefix(bom)
    try:
        text = body.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            line = body.count(b"\n", 0, error.start) + 1
            raise FormatError(
                f"byte {error.start} is not valid {encoding}, which the file says it is; save it as UTF-8",
                path=path,
                line=line,
            ) from error
        encoding, text = "windows-1256", body.decode("windows-1256", "replace")
        if len(re.findall("[\u0621-\u064a]", text)) < len(re.findall(r"[^\W\d_]", text)) / 4:
            raise FormatError("not UTF-8, and no charset is declared; save it as UTF-8", path=path) from error  # fmt: skip
    except (LookupError, ValueError) as error:
        raise FormatError(
            f"declares an unknown charset {encoding!r}; save it as UTF-8", path=path
        ) from error
    if not isinstance(text, str) or "\0" in text:
        raise FormatError("looks like a binary file, not HTML", path=path)
    return text, encoding or "utf-8", bom


class _Page:
    """A page cut into tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokenized())
        self.skips = self._opaque()
        self._ids = 0
        self._open: list[_Token] = []  # inline elements that are open where a run begins

    def _tokenized(self) -> Iterator[_Token]:
        text, at = self.text, 0
        while found := _TOKEN.search(text, at):
            at = found.end()
            name = (found["name"] or "").lower()
            if name in RAW and not found["close"]:
                close = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(text, at)
                if close is None:
                    yield _Token(found.start(), len(text))
                    return
                at = close.start()
            yield _Token(
                found.start(),
                found.end(),
                name,
                found.span("attributes") if name else (0, 0),
                bool(found["close"]),
            )

    def _opaque(self) -> dict[int, int]:
        """First token of what is left alone -> last token of it."""
        skips: dict[int, int] = {}
        open_: dict[str, list[int]] = {}
        for number, token in enumerate(self.tokens):
            name = token.name
            if not name or name in VOIDS or self._is_empty(token):
                continue
            if token.closes:
                if open_.get(name):
                    skips[open_[name].pop()] = number
            elif name in OPAQUE or name in RAW or self._untranslatable(token):
                open_.setdefault(name, []).append(number)
            elif open_.get(name):  # nested elements of the name that is waited for
                open_[name].append(number)
        return {a: b for a, b in skips.items() if self._leads(self.tokens[a])}

    def _leads(self, token: _Token) -> bool:
        return token.name in OPAQUE or token.name in RAW or self._untranslatable(token)

    def _is_empty(self, token: _Token) -> bool:
        return token.name in ("svg", "math") and self.text[token.end - 2] == "/"

    def _untranslatable(self, token: _Token) -> bool:
        if token.name in ("html", "body"):
            return False
        for name, start, end in self._attributes(token):
            value = self.text[start:end].lower()
            if (name == "translate" and value == "no") or (
                name == "class" and "notranslate" in value.split()
            ):
                return True
        return False

    def _attributes(self, token: _Token) -> Iterator[tuple[str, int, int]]:
        """(name, start and end of its value)."""
        if token.attributes[0] == token.attributes[1]:
            return
        for found in _ATTRIBUTE.finditer(self.text, *token.attributes):
            kind = next((k for k in ("double", "single", "bare") if found[k] is not None), None)
            start, end = found.span(kind) if kind else (found.end(), found.end())
            yield found["name"].lower(), start, end

    # What is translated

    def slots(self) -> Iterator[_Slot]:
        """All places with text, in one order for reading and writing."""
        run: list[_Token] = []
        start = number = 0
        while number <= len(self.tokens):
            token = self.tokens[number] if number < len(self.tokens) else None
            last = self.skips.get(number, number)
            solid = (
                token is None
                or token.name in BLOCKS
                or (token.name in SOLID and last > number)
                or (not token.name and token.end == len(self.text))  # nothing ends it
            )
            if solid:
                end = token.start if token else len(self.text)
                yield from self._run(start, end, run)
                run = []
            if token and last > number:
                end = self.tokens[last].end
                if not solid:
                    run.append(_Token(token.start, end))
                start = end if solid else start
            elif token:
                yield from self._spoken(token)
                if not solid:  # code without an end is only a tag
                    run.append(replace(token, name="") if token.name in OPAQUE else token)
                start = token.end if solid else start
            number = last + 1

    def _spoken(self, token: _Token) -> Iterator[_Slot]:
        if token.closes or not token.name:
            return
        attributes = {name: (start, end) for name, start, end in self._attributes(token)}
        spoken = [attributes[name] for name in SPOKEN if name in attributes]
        said = self.text[slice(*attributes.get("name", attributes.get("property", (0, 0))))].lower()
        if token.name == "meta" and said.rpartition(":")[2] in ("description", "title", "keywords"):
            spoken += [attributes["content"]] if "content" in attributes else []
        for start, end in sorted(spoken):
            collector = Collector()
            collector.text(unescape(self.text[start:end]))
            if collector.is_arabic:
                yield _Slot(start, end, collector.block(), attribute=True)

    def _run(self, start: int, end: int, tokens: Sequence[_Token]) -> Iterator[_Slot]:
        start, end, tokens, after = self._trimmed(start, end, tokens)
        inherited, closed = self._closed_here(tokens)
        collector = Collector()
        marks: dict[int, tuple[tuple[int, int] | str, str]] = {}
        stack: list[tuple[int, _Token]] = []

        def opened(token: _Token, again: bool) -> None:
            raw = (token.start, token.end)
            self._ids += 1
            marks[self._ids] = (self._again(token) if again else raw, f"</{token.name}>")
            collector.open(self._ids)
            stack.append((self._ids, token))

        def left(token: _Token) -> None:
            self._ids += 1
            marks[self._ids] = ((token.start, token.end), "")
            collector.point(self._ids)

        for token in closed:
            opened(token, again=True)
        at = start
        for token in tokens:
            collector.text(unescape(self.text[at : token.start]))
            at = token.end
            names = [one.name for _, one in stack]
            if not token.name or token.name in VOIDS or (token.closes and token.name not in names):
                left(token)
            elif not token.closes:
                opened(token, again=False)
            else:
                over = []
                while stack:
                    name, one = stack.pop()
                    collector.close(name)
                    if one.name == token.name:
                        break
                    over.append(one)
                for one in reversed(over):
                    opened(one, again=True)
        collector.text(unescape(self.text[at:end]))
        for name, _ in reversed(stack):
            collector.close(name)
        self._open = inherited + [token for _, token in stack]
        self._open, _ = self._closed_here(after)
        if len(self._open) > MOST_OPEN:
            raise TooDeep
        if not collector.is_arabic:
            return
        space = len(self.text[start:end]) - len(self.text[start:end].lstrip())
        trail = len(self.text[start:end]) - len(self.text[start:end].rstrip())
        yield _Slot(
            start + space,
            end - trail,
            collector.block(),
            marks,
            before="".join(f"</{token.name}>" for token in reversed(closed)),
            after="".join(self._again(token) for _, token in stack),
        )

    def _trimmed(
        self, start: int, end: int, tokens: Sequence[_Token]
    ) -> tuple[int, int, Sequence[_Token], Sequence[_Token]]:
        """Without tags at the edges that begin or end an element of several runs: they stay where they are."""
        opens: dict[str, list[int]] = {}
        ends: set[int] = set()
        for number, token in enumerate(tokens):
            if token.name and token.name not in VOIDS:
                if not token.closes:
                    opens.setdefault(token.name, []).append(number)
                elif opens.get(token.name):
                    opens[token.name].pop()
                else:
                    ends.add(number)
        begins = {number for numbers in opens.values() for number in numbers}
        first, last = 0, len(tokens)
        while (
            first < last and first in begins and not self.text[start : tokens[first].start].strip()
        ):
            self._open.append(tokens[first])
            start, first = tokens[first].end, first + 1
        while (
            last > first and last - 1 in ends and not self.text[tokens[last - 1].end : end].strip()
        ):
            end, last = tokens[last - 1].start, last - 1
        return start, end, tokens[first:last], tokens[last:]

    def _closed_here(self, tokens: Sequence[_Token]) -> tuple[list[_Token], list[_Token]]:
        """Of the elements open where the run begins, those that stay open and those that end in it."""
        depth: dict[str, int] = {}
        stay = list(self._open)
        closed: list[_Token] = []
        for token in tokens:
            if not token.name or token.name in VOIDS:
                continue
            if not token.closes:
                depth[token.name] = depth.get(token.name, 0) + 1
            elif depth.get(token.name):
                depth[token.name] -= 1
            else:
                at = next(
                    (k for k in range(len(stay) - 1, -1, -1) if stay[k].name == token.name), None
                )
                if at is not None:
                    closed = stay[at:] + closed
                    del stay[at:]
        return stay, closed

    def _again(self, token: _Token) -> str:
        return _ONCE.sub("", self.text[token.start : token.end])

    # Writing

    def written(self, slots: Sequence[_Slot], blocks: Sequence[Block]) -> str:
        """The text with blocks in their slots."""
        patches = dict(self._directions())
        for slot, block in zip(slots, blocks, strict=True):
            if slot.attribute:
                patches[slot.start, slot.end] = self._quoted(slot, block.text)
        runs: dict[tuple[int, int], str] = {}
        inner = _Patched(self.text, patches)
        for slot, block in zip(slots, blocks, strict=True):
            if not slot.attribute:
                runs[slot.start, slot.end] = self._rendered(slot, block, inner)
        places = sorted(runs)
        outside = {span: new for span, new in patches.items() if not _within(span, places)}
        return _Patched(self.text, outside | runs).between(0, len(self.text))

    def _quoted(self, slot: _Slot, text: str) -> str:
        quoted = escape(text, quote=True)
        bare = self.text[slot.start - 1] not in "\"'"
        return f'"{quoted}"' if bare else quoted

    def _rendered(self, slot: _Slot, block: Block, inner: "_Patched") -> str:
        parts = [slot.before]
        for event in rendered(block):
            if event.kind == "text":
                parts.append(escape(event.text, quote=False))
            else:
                first, last = slot.marks[event.id]
                piece = first if event.kind == "open" else last
                parts.append(piece if isinstance(piece, str) else inner.between(*piece))
        return "".join([*parts, slot.after])

    def _directions(self) -> Iterator[tuple[tuple[int, int], str]]:
        """Language and direction where they are said; on the root also where they are not."""
        number = 0
        while number < len(self.tokens):
            token = self.tokens[number]
            last = self.skips.get(number, number)
            if token.name == "style" and last > number:
                start, end = token.end, self.tokens[last].start
                yield (start, end), _left_to_right(self.text[start:end])
            elif last == number and token.name and not token.closes:
                yield from self._direction(token)
            number = last + 1

    def _direction(self, token: _Token) -> Iterator[tuple[tuple[int, int], str]]:
        names = set()
        for name, start, end in self._attributes(token):
            names.add(name)
            value = self.text[start:end].strip().lower()
            if name == "dir" and value in ("rtl", "auto"):
                yield (start, end), "ltr"
            elif name in ("lang", "xml:lang") and value.split("-")[0] in ("ar", "ara"):
                yield (start, end), "en"
            elif name == "align" and value == "right":
                yield (start, end), "left"
            elif name == "style" and (new := _left_to_right(self.text[start:end])) != self.text[start:end]:  # fmt: skip
                yield (start, end), new
        if token.name == "html":
            place = token.start + 1 + len(token.name)
            new = "".join(
                f' {name}="{value}"'
                for name, value in (("lang", "en"), ("dir", "ltr"))
                if name not in names
            )
            if new:
                yield (place, place), new


def _left_to_right(css: str) -> str:
    for pattern, new in _CSS:
        css = pattern.sub(new, css)
    return css


def _within(span: tuple[int, int], runs: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(runs, (span[0], len(runs) and runs[-1][1])) - 1
    return at >= 0 and span[1] <= runs[at][1] and runs[at][0] <= span[0]


class _Patched:
    """A text some pieces of which are replaced."""

    def __init__(self, text: str, patches: dict[tuple[int, int], str]) -> None:
        self.text = text
        self.patches = patches
        self.places = sorted(patches)

    def between(self, start: int, end: int) -> str:
        parts, at = [], start
        for number in range(bisect_left(self.places, (start, start)), len(self.places)):
            first, last = self.places[number]
            if first >= end:
                break
            parts += [self.text[at:first], self.patches[first, last]]
            at = last
        return "".join([*parts, self.text[at:end]])
