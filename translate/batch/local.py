"""Parts by threads of this process: the next is read and the last is written while others are decoded."""

from collections.abc import Iterator, Sequence

from translate.ahead import ahead
from translate.batch.records import Part
from translate.batch.run import Pending
from translate.batch.work import Done, translated
from translate.pipeline import Translator


def by_threads(
    pending: Sequence[Pending], *, translator: Translator, threads: int
) -> Iterator[Done]:
    """In order; at most twice as many parts as threads are held at a time."""

    def work(numbered: tuple[int, Part]) -> Done:
        number, part = numbered
        return translated(number, pending[number].job, part, translator)

    parts = ((number, part) for number, one in enumerate(pending) for part in one.parts())
    for _, done in ahead(work, parts, threads=threads, held=2 * threads):
        yield done
