"""What a surface tree says, without where it says it and which word it compares with: to tell if two say the same."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from jixiang.language.surface import Comparison
from jixiang.values.problem import Place


def shape(node: object) -> object:
    """A hashable value, equal for two trees that say the same in other places."""
    if isinstance(node, tuple):
        return tuple(shape(item) for item in node)
    if isinstance(node, Place) or not is_dataclass(node) or isinstance(node, type):
        return None if isinstance(node, Place) else node
    left_out = ("place", "word") if isinstance(node, Comparison) else ("place",)
    values = tuple(shape(getattr(node, field.name)) for field in fields(node) if field.name not in left_out)
    return (type(node).__name__, *values)
