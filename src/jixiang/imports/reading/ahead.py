"""Makes what comes next while what came last is used: reading runs ahead of those who work with what was read.

In order, a few items at most, and what goes wrong shows where it would have without this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
END: Final = object()


def ahead(items: Generator[T, None, None], most: int = 2) -> Iterator[T]:
    """The items, drawn in a thread of their own. Whoever stops early waits for the item that is being made."""
    coming: deque[Future[T | object]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        try:
            coming.extend(pool.submit(next, items, END) for _ in range(most))
            while (item := coming.popleft().result()) is not END:
                coming.append(pool.submit(next, items, END))
                yield item  # type: ignore[misc]
        finally:
            pool.shutdown(cancel_futures=True)
            items.close()
