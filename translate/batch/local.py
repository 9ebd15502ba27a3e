"""Parts by threads of this process: the next is read and the last is written while others are decoded."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from translate.batch.run import Pending
from translate.batch.work import Done, translated
from translate.pipeline import Translator


def by_threads(
    pending: Sequence[Pending], *, translator: Translator, threads: int
) -> Iterator[Done]:
    """In order; at most twice as many parts as threads are held at a time."""
    window: deque[Future[Done]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="batch")
    try:
        for number, one in enumerate(pending):
            for part in one.parts():
                window.append(pool.submit(translated, number, one.job, part, translator))
                if len(window) >= 2 * threads:
                    yield window.popleft().result()
        while window:
            yield window.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
