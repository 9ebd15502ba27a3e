"""Files as they lie on the disk: plain, gzip or zstd, by their names."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from translate.batch.extras import needed
from translate.errors import FormatError

GZIP = (".gz",)
ZSTD = (".zst", ".zstd")
_BUFFER = 2**18


class Stream(NamedTuple):
    """Bytes without their compression, and how many of the file's own were read so far."""

    bytes: BinaryIO
    at: Callable[[], int]


@contextmanager
def opened(path: Path) -> Iterator[Stream]:
    """Read a file. Raises FormatError where it is damaged or cut off, not before everything up to there was read."""
    with path.open("rb") as file:
        try:
            yield Stream(_unpacked(file, path.suffix.lower()), file.tell)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise _damaged(path, error) from error
        except OSError as error:
            if error.errno is not None:  # the disk's, not the packing's
                raise
            raise _damaged(path, error) from error


@contextmanager
def packed(file: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    """What is written here goes into `file`, packed as the suffix says; always the same bytes for the same."""
    if suffix in GZIP:
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as packing:
            yield cast(BinaryIO, packing)
    elif suffix in ZSTD:
        with needed("zstd", extra="batch"):
            import pyarrow as pa
        with pa.CompressedOutputStream(pa.PythonFile(_Open(file), "w"), "zstd") as packing:
            yield packing
    else:
        yield file


def _unpacked(file: BinaryIO, suffix: str) -> BinaryIO:
    if suffix in GZIP:
        return cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=file, mode="rb"), _BUFFER))
    if suffix in ZSTD:
        with needed("zstd", extra="batch"):
            import pyarrow as pa
        packed = pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")
        return cast(BinaryIO, io.BufferedReader(packed, _BUFFER))
    return file


class _Open(io.RawIOBase):
    """A file that stays open when Arrow closes what it wrote through."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._file.write(data)


def _damaged(path: Path, error: Exception) -> FormatError:
    return FormatError(f"is damaged or cut off ({error}); get the file anew", path=str(path))
