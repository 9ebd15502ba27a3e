"""How much a server takes."""

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is over a limit is refused, never cut."""

    body: int = MEGABYTE  # bytes of a request
    document: int = 20 * MEGABYTE  # bytes of a request that brings a document or a glossary
    texts: int = 50  # in one request, as at DeepL
    seconds: float = 60.0  # that a translation may take, waiting included
    requests: int = 256  # translations in flight; more are told to come back
