"""Documents in translation: taken, translated in the background, fetched, forgotten.

They lie in a folder that goes with the server, an hour at most. A document's segments are batched with those of
all other requests; how many documents are read and written at a time is bounded, because a page of a book takes
a hundred times its size of memory.
"""

import asyncio
import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from glossary.errors import GlossaryError
from translate.documents import FORMATS, bare_name, format_of
from translate.documents.carry import carry
from translate.errors import TranslateError
from translate.formats.text import read_text, write_english
from translate.segment import segment
from translate.serve.errors import Refusal, bad, busy, missing
from translate.serve.service import Service
from translate.types import Document, TranslationUnit

TEXT = ".txt"
KEPT = 3600.0  # seconds after which a document is forgotten
MOST = 100  # documents kept
AT_ONCE = 2  # documents read, translated and written at a time
Charge = Callable[[int], AbstractContextManager[None]]  # told the characters; raises Refusal
DocumentState = Literal["queued", "translating", "done", "error"]
_log = logging.getLogger(__name__)


def suffixes() -> list[str]:
    """Of the files that can be translated."""
    return [TEXT, *FORMATS]


@dataclass(slots=True, kw_only=True, eq=False)
class Sent:
    """A document as it was sent. `id` and `key` together are the right to it."""

    name: str
    owner: str
    glossaries: Sequence[str]
    charge: Charge
    id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    key: str = field(default_factory=lambda: secrets.token_hex(32).upper())
    state: DocumentState = "queued"
    error: str = ""
    characters: int = 0
    fetched: bool = False
    taken: float = field(default_factory=time.monotonic)

    @property
    def suffix(self) -> str:
        """Of its name, in small letters."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def english_name(self) -> str:
        """As the result is called: letter.en.docx."""
        return f"{bare_name(self.name)}.en{self.suffix}"


class Documents:
    """The documents of one server; on the event loop only."""

    def __init__(self, service: Service, folder: Path) -> None:
        self._service = service
        self._folder = folder
        self._sent: dict[str, Sent] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    def add(
        self, name: str, data: bytes, *, glossaries: Sequence[str], owner: str, charge: Charge
    ) -> Sent:
        """Take a document. Raises Refusal 400 for a kind that isn't read, 429 where too many are kept."""
        name = PurePosixPath(name.replace("\\", "/")).name
        sent = Sent(name=name, owner=owner, glossaries=glossaries, charge=charge)
        if sent.suffix not in suffixes():
            raise bad("Unsupported file type", f"there are {', '.join(suffixes())}")
        self._make_room()
        self._source(sent).write_bytes(data)
        self._sent[sent.id] = sent
        self._tasks[sent.id] = asyncio.create_task(self._run(sent))
        return sent

    def get(self, id: str, key: str, owner: str) -> Sent:
        """The document of this id and key. Raises Refusal 404."""
        sent = self._sent.get(id)
        if sent is None or sent.owner != owner or not _same(sent.key, key):
            raise missing("Document")
        return sent

    def by_link(self, link: str) -> Sent:
        """The document of `link`, which is its key: for those who fetch it by address alone."""
        found = next((sent for sent in self._sent.values() if _same(sent.key, link)), None)
        if found is None:
            raise missing("Document")
        return found

    async def finished(self, sent: Sent) -> None:
        """Wait until it is translated. Who stops waiting stops the translation. Raises Refusal 400."""
        await self._tasks[sent.id]
        if sent.state == "error":
            raise bad("Document can't be translated", sent.error)

    def result(self, sent: Sent) -> bytes:
        """The document in English. Raises Refusal 503 while it is in work, 400 where it failed."""
        if sent.state == "error":
            raise bad("Document can't be translated", sent.error)
        if sent.state != "done":
            raise Refusal(503, "Document not ready", "ask for its status until it is done")
        sent.fetched = True
        return self._english(sent).read_bytes()

    def forget(self, sent: Sent) -> None:
        """Stop and delete it."""
        self._sent.pop(sent.id, None)
        if task := self._tasks.pop(sent.id, None):
            task.cancel()
        self._source(sent).unlink(missing_ok=True)
        self._english(sent).unlink(missing_ok=True)

    async def close(self) -> None:
        """Stop and delete all."""
        tasks = list(self._tasks.values())
        for sent in list(self._sent.values()):
            self.forget(sent)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _make_room(self) -> None:
        """Forget what is old, and what failed or was fetched if there must be room."""
        now = time.monotonic()
        for sent in [one for one in self._sent.values() if one.taken < now - KEPT]:
            self.forget(sent)
        over = [one for one in self._sent.values() if one.fetched or one.state == "error"]
        for sent in over[: max(len(self._sent) - MOST + 1, 0)]:
            self.forget(sent)
        if len(self._sent) >= MOST:
            raise busy()

    async def _run(self, sent: Sent) -> None:
        try:
            async with self._turn:
                sent.state = "translating"
                await self._translate(sent)
            sent.state = "done"
        except asyncio.CancelledError:
            self.forget(sent)
            raise
        except Refusal as refusal:
            sent.error, sent.state = refusal.message, "error"
        except (TranslateError, GlossaryError) as error:
            sent.error, sent.state = str(error), "error"
        except Exception as error:
            _log.error("a document can't be translated: %s", type(error).__name__)
            sent.error, sent.state = "the server made a mistake", "error"
        _log.info("%s", json.dumps(_told(sent)))

    async def _translate(self, sent: Sent) -> None:
        translator = await self._service.translator(sent.glossaries, sent.owner)
        data = await asyncio.to_thread(self._source(sent).read_bytes)
        text = await asyncio.to_thread(_text, sent.name, data)
        sent.characters = len(text)
        with sent.charge(sent.characters):
            segments, after = await asyncio.to_thread(segment, text)
            units = await self._service.units(segments, translator)
            english = await asyncio.to_thread(_english, sent.name, data, units, after)
            await asyncio.to_thread(self._english(sent).write_bytes, english)
        self._source(sent).unlink(missing_ok=True)

    def _source(self, sent: Sent) -> Path:
        return self._folder / sent.id

    def _english(self, sent: Sent) -> Path:
        return self._folder / f"{sent.id}.en"


def _told(sent: Sent) -> dict[str, object]:
    """For the log: no name, no text."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "document": sent.suffix,
        "state": sent.state,
        "ms": round((time.monotonic() - sent.taken) * 1000),
        "key": sent.owner,
        "characters": sent.characters,
    }


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))


def _text(name: str, data: bytes) -> str:
    kind = format_of(Path(name))
    return kind.read(data, name).text if kind else read_text(data, encoding=None, path=name).text


def _english(name: str, data: bytes, units: Sequence[TranslationUnit], after: str) -> bytes:
    kind = format_of(Path(name))
    if kind is None:
        return write_english(Document(name=name, units=tuple(units), after=after)).encode()
    return kind.write(data, carry(kind.read(data, name).blocks, units, name))
