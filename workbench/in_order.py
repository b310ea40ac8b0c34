"""Work on several threads whose results come in the order of what they are of, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    threads: int,
    name: str,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """``work(item)`` of every item, on ``threads`` threads called ``name``; yields in order.

    Items are taken as they are needed, and at most twice as many as there are threads wait to be
    yielded, so memory does not grow with their number. ``cancelled`` is asked before each item;
    what was begun by then is yielded. Closing the iterator drops what waits.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, name) as pool:
        try:
            for item in items:
                if cancelled():
                    break
                waiting.append(pool.submit(work, item))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
