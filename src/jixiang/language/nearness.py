"""Which known name did somebody mean? For the way out that a message offers: "是否为 '等级'?"."""

from __future__ import annotations

from collections.abc import Iterable


def distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace, swap of neighbours) that turn one text into the other."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, above = above, row
    return above[-1]


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name most like `word`, or None if none is like it. Of equals the first in the order of the alphabet."""
    allowed = 1 if len(word) <= 3 else 2 if len(word) <= 6 else 3
    found = [
        (distance(word, name), name)
        for name in set(names)
        if name != word and abs(len(name) - len(word)) <= allowed
    ]
    close = [(steps, name) for steps, name in found if steps <= allowed and steps < len(word)]
    if close:
        return min(close)[1]
    holding = [(len(name), name) for name in set(names) if len(word) >= 2 and word in name and name != word]
    return min(holding)[1] if holding else None


def perhaps(word: str, names: Iterable[str]) -> str:
    """The nearest name as a question, or nothing."""
    name = nearest(word, names)
    return f"是否为 '{name}'?" if name else ""
