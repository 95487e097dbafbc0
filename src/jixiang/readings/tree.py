"""Walking and rebuilding a typed tree without knowing its nodes. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, get_args

from jixiang.language.typed import Expr

NODES = get_args(Expr)


def children(expr: Expr) -> Iterator[Expr]:
    """The expressions directly inside one, in the order of its fields."""
    for field in fields(expr):
        value = getattr(expr, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, NODES):
                yield item


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
