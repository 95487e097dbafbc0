"""Walking and rebuilding a typed tree without knowing its nodes. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_args

from jixiang.language.typed import Expr

NODES = get_args(Expr)
KINDS = frozenset(NODES)


def children(expr: Expr) -> Iterator[Expr]:
    """The expressions directly inside one, in the order of its fields."""
    for name in _parts(type(expr)):  # type: ignore[arg-type]
        value = getattr(expr, name)
        for item in value if isinstance(value, tuple) else (value,):
            if type(item) in KINDS:
                yield item


@cache
def _parts(kind: type[Expr]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def walk(expr: Expr) -> Iterator[Expr]:
    """An expression and all that it is made of, outermost first."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def rebuild(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """The tree with every node for which `change` gives another one replaced; what it replaces is not looked into."""
    changed = change(expr)
    if changed is not None:
        return changed
    parts: dict[str, Any] = {}
    for field in fields(expr):
        value = getattr(expr, field.name)
        if isinstance(value, NODES):
            parts[field.name] = rebuild(value, change)
        elif isinstance(value, tuple):
            parts[field.name] = tuple(rebuild(item, change) if isinstance(item, NODES) else item for item in value)
    return replace(expr, **parts)
