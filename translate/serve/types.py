"""The words of the server: what is wanted of some texts, and what became of them. Every interface maps to these."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from translate.types import Provenance, TranslationUnit

Markup = Literal["none", "html", "xml"]
Split = Literal["sentences", "nonewlines", "none"]
DEFAULT = "default"  # names the server's own termbases among glossaries
MOST_ALTERNATIVES = 5  # that may be asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """How XML is cut, by names of elements: left as they are, always a cut, never a cut; `outline` finds
    cuts by the structure."""

    ignored: frozenset[str] = frozenset()
    splitting: frozenset[str] = frozenset()
    joining: frozenset[str] = frozenset()
    outline: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Texts to translate as one request. `glossaries` are ids, earlier ones win."""

    texts: tuple[str, ...]
    glossaries: tuple[str, ...] = (DEFAULT,)
    markup: Markup = "none"
    split: Split = "sentences"
    tags: Tags = Tags()
    alternatives: int = 0  # other translations of each text, at most

    @property
    def characters(self) -> int:
        """Code points of all texts, markup included: what is billed."""
        return sum(map(len, self.texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One text in English. `arabic` is the share of its letters that are Arabic; where it is 0, the text
    stands as it was and there are no units."""

    text: str
    characters: int  # of the source
    arabic: float
    units: tuple[TranslationUnit, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A translation for each text, in order."""

    translations: Sequence[Translation]
    provenance: Provenance
