"""How large an expression is once its definitions are put in place.

A definition that uses another twice doubles it: thirty short lines can say more than any engine can run. The tree shares
its parts, so that each is measured once.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass

NODES_MAX = 20_000
DEPTH_MAX = 150


@dataclass(frozen=True, slots=True)
class Measured:
    """`node` is held, so that its id stays its own."""

    node: object
    nodes: int
    depth: int


def is_too_large(node: object, known: dict[int, Measured]) -> bool:
    found = measure(node, known)
    return found.nodes > NODES_MAX or found.depth > DEPTH_MAX


def measure(node: object, known: dict[int, Measured]) -> Measured:
    """Nodes and depth; `known` remembers parts measured before, by identity."""
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, tuple):
        parts = [measure(part, known) for part in node]
    elif is_dataclass(node):
        parts = [measure(getattr(node, field.name), known) for field in fields(node)]
    else:
        return Measured(node, 0, 0)
    found = Measured(node, 1 + sum(part.nodes for part in parts), 1 + max((part.depth for part in parts), default=0))
    known[id(node)] = found
    return found
