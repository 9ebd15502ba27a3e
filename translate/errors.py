"""What can go wrong in translating. A message says what, where, and what to do.

TranslateError                       exit 1
  SegmentError(segment)
    EngineError > ConstraintUnsupported, InputTooLong
  FormatError(path, line) > UnknownFormat
  ConfigError(key)
  AdherenceError(verdicts)           exit 3, only under --strict
  ReviewError                        a change of a document under review that can't be made
    Conflict(unit), UnknownSegment(segment), UnknownDocument(name)
  Cancelled(name)
"""

from translate.types import TranslationUnit


class TranslateError(Exception):
    """Base of the translator's errors."""

    exit_code = 1


class SegmentError(TranslateError):
    """Something failed while translating one segment."""

    def __init__(self, message: str, *, segment: str = "") -> None:
        super().__init__(f"segment {segment}: {message}" if segment else message)
        self.segment = segment


class EngineError(SegmentError):
    """The engine could not decode."""


class ConstraintUnsupported(EngineError):
    """The engine can't honour a constraint it was given."""


class InputTooLong(EngineError):
    """A source is longer than the checkpoint can read."""


class FormatError(TranslateError):
    """A file could not be read as the format it claims to be."""

    def __init__(self, message: str, *, path: str = "", line: int = 0) -> None:
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(where + message)
        self.path, self.line = path, line


class UnknownFormat(FormatError):
    """No reader or writer of that name."""


class ConfigError(TranslateError):
    """A setting has a value that can't be used."""

    exit_code = 2


class AdherenceError(TranslateError):
    """Terms are violated and --strict was given."""

    exit_code = 3


class ReviewError(TranslateError):
    """A change that can't be made to the document as it stands."""


class Conflict(ReviewError):
    """Someone else changed the segment since the person began."""

    def __init__(self, unit: TranslationUnit) -> None:
        super().__init__(
            f"segment {unit.segment.id} was changed meanwhile; look at both versions and decide"
        )
        self.unit = unit  # as it stands now


class UnknownSegment(ReviewError):
    """No segment of that id: it was cut or joined, or never was."""

    def __init__(self, segment: str) -> None:
        super().__init__(f"there is no segment {segment} any more; load the document anew")
        self.segment = segment


class UnknownDocument(ReviewError):
    """No document of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no document {name!r}; translate a text of that name first")
        self.name = name


class Cancelled(TranslateError):
    """Stopped because a person asked for it; nothing was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"translating {name!r} was stopped; nothing was written")
