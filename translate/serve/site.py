"""Everything one server works with, and what it asks of every caller."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from translate.pipeline import Translator
from translate.serve.batching import Batcher
from translate.serve.documents import Documents
from translate.serve.errors import QUOTA_EXCEEDED, Refusal, busy
from translate.serve.glossaries import Glossaries
from translate.serve.keys import Keyring, Usage
from translate.serve.limits import Limits
from translate.serve.metrics import Metrics
from translate.serve.service import Service

SAVE_SECONDS = 10.0  # usage reaches the disk so often, and when the server stops


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of a key, empty where none is asked for, and the characters it has a month."""

    name: str
    limit: int | None = None


@dataclass(slots=True, kw_only=True)
class Site:
    """One server's parts."""

    translator: Translator
    batcher: Batcher
    glossaries: Glossaries
    service: Service
    documents: Documents
    keys: Keyring
    usage: Usage
    metrics: Metrics
    limits: Limits
    stopping: bool = False
    in_flight: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def caller(self, token: str) -> Caller:
        """Whose key this is; anybody's request will do while there are no keys. Raises Refusal 403."""
        if not self.keys.required:
            return Caller("")
        key = self.keys.find(token)
        if key is None:
            raise Refusal(403, "Authorization failed", "give a key of this server")
        return Caller(key.name, key.limit)

    @contextlib.contextmanager
    def charged(self, caller: Caller, characters: int) -> Iterator[None]:
        """Count what is translated inside; what fails costs nothing. Raises Refusal 456 where it is more
        than the key has left."""
        used = self.usage.this_month(caller.name)
        if caller.limit is not None and used + characters > caller.limit:
            raise Refusal(
                QUOTA_EXCEEDED,
                "Quota exceeded",
                f"{used} of {caller.limit} characters of this month are used",
            )
        self.usage.add(caller.name, characters)
        try:
            yield
        except BaseException:
            self.usage.add(caller.name, -characters)
            raise
        self.metrics.translated(characters)

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the places for translations, for as long as it may take. Raises Refusal 429 where all
        are taken, 503 where time is up."""
        if self.in_flight >= self.limits.requests:
            raise busy()
        self.in_flight += 1
        self._idle.clear()
        try:
            async with asyncio.timeout(self.limits.seconds):
                yield
        except TimeoutError:
            raise Refusal(
                503,
                "Service unavailable",
                f"not translated within {self.limits.seconds:.0f} s; send less at once, or later",
            ) from None
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._idle.set()

    async def drain(self, seconds: float) -> None:
        """Take nothing new, and give what is in flight so long to finish."""
        self.stopping = True
        if self.in_flight:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), seconds)

    async def keep_saving(self) -> None:
        """Save usage now and then, until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            await asyncio.to_thread(self.usage.save)

    async def close(self) -> None:
        """End what works in the background."""
        await self.documents.close()
        await asyncio.to_thread(self.batcher.close)
        await asyncio.to_thread(self.usage.save)
