"""Walking a typed tree without knowing its nodes. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import get_args

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
