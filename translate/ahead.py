"""Work that threads do ahead of its turn, given in order. (Executor.map takes all items at once before Python 3.14.)"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(
    work: Callable[[Item], Made], items: Iterable[Item], *, threads: int, held: int
) -> Generator[tuple[Item, Made], None, None]:
    """Each item with what `work` makes of it. At most `held` are read and not given yet.

    What `work` raises comes in its turn; who stops early lets what has begun end, and nothing more begin.
    """
    waiting: deque[tuple[Item, Future[Made]]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="ahead")
    try:
        for item in items:
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) >= held:
                first, made = waiting.popleft()
                yield first, made.result()
        for first, made in waiting:
            yield first, made.result()
    finally:
        pool.shutdown(cancel_futures=True)
