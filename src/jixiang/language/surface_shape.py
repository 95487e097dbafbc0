"""What a surface tree says, without where it says it: for comparing two statements."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from jixiang.values.problem import Place


def shape(node: object) -> object:
    """A hashable value, equal for two trees that say the same in other places."""
    if isinstance(node, tuple):
        return tuple(shape(item) for item in node)
    if isinstance(node, Place) or not is_dataclass(node) or isinstance(node, type):
        return None if isinstance(node, Place) else node
    values = tuple(shape(getattr(node, field.name)) for field in fields(node) if field.name not in ("place", "word"))
    return (type(node).__name__, *values)
