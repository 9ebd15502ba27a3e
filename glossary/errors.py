"""What can go wrong with a termbase. A message says what, where, and what to do.

GlossaryError                        exit 1
  TermbaseSyntaxError(path, line)
  TermConflict(terms)
"""

from glossary.types import Term


class GlossaryError(Exception):
    """Base of the termbase's errors."""

    exit_code = 1


class TermbaseSyntaxError(GlossaryError):
    """A termbase file can't be read."""

    def __init__(self, message: str, *, path: str, line: int = 0) -> None:
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")
        self.path, self.line = path, line


class TermConflict(GlossaryError):
    """Two approved entries give one source in one context two targets."""

    def __init__(self, message: str, *, terms: tuple[Term, ...]) -> None:
        super().__init__(message)
        self.terms = terms
