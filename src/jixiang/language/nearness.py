"""Which known name did somebody mean? For the way out that a message offers: "是否为 '等级'?"."""

from __future__ import annotations

from collections.abc import Iterable

from jixiang.language.words import nearest, slips


def likely(word: str, names: Iterable[str]) -> str:
    """The name most like `word`; else the shortest one that holds it; else the longest one in it; else nothing. Of equals,
    the first by the alphabet."""
    known = sorted(name for name in set(names) if name != word)
    near = nearest(word, known)
    if near:
        return near
    holding = [(len(name), name) for name in known if len(word) >= 2 and word in name]
    if holding:
        return min(holding)[1]
    held = [(-len(name), name) for name in known if len(name) >= 2 and name in word]
    return min(held)[1] if held else ""


def is_one_of_many(word: str, names: Iterable[str]) -> bool:
    """Is the word as near to several names as to the nearest? (六级 is like every other 级.)"""
    known = [name for name in set(names) if name != word]
    best = nearest(word, sorted(known))
    return bool(best) and sum(slips(word, name) == slips(word, best) for name in known) > 1


def perhaps(word: str, names: Iterable[str]) -> str:
    """The likely name as a question, or nothing."""
    name = likely(word, names)
    return f"是否为 '{name}'?" if name else ""
