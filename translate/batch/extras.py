"""Libraries that only some batches need."""

from collections.abc import Iterator
from contextlib import contextmanager

from translate.errors import ConfigError


@contextmanager
def needed(what: str, *, extra: str) -> Iterator[None]:
    """Around an import: where the library is missing, says so and what to install."""
    try:
        yield
    except ImportError as error:
        raise ConfigError(
            f"{what} needs {error.name or 'a library'}, which is not installed; "
            f"install it with: pip install 'dragoman[{extra}]'"
        ) from error
