"""A request that is not served: its status, in HTTP's and DeepL's meaning, and what the client is told."""

from collections.abc import Mapping

QUOTA_EXCEEDED = 456  # DeepL's: the key's characters of this month are used up
RETRY_SECONDS = 2  # what a refused client is asked to wait: a few batches


class Refusal(Exception):
    """`message` says what is wrong, `detail` what to do about it."""

    def __init__(self, status: int, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.detail = status, message, detail

    @property
    def headers(self) -> Mapping[str, str]:
        """For an answer that a later try may better."""
        return {"Retry-After": str(RETRY_SECONDS)} if self.status in (429, 503) else {}


def bad(message: str, detail: str = "") -> Refusal:
    """The request can't be understood, or asks for what there isn't."""
    return Refusal(400, message, detail)


def missing(what: str) -> Refusal:
    """Not there, or not this caller's: the two are not told apart."""
    return Refusal(404, f"{what} not found")


def busy() -> Refusal:
    """As many requests are in flight as the server takes."""
    return Refusal(429, "Too many requests", "the server is busy; try again in a moment")


def stopping() -> Refusal:
    """Finishing what it has, taking nothing new."""
    return Refusal(503, "Service unavailable", "the server is stopping; try again in a moment")
