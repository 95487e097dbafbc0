"""What a case gives, and what is taken as met because it rests on facts that the case does not give.

The rule is static, so that a reader can see it: an attribute is given if it has a column (or a column in a 事实 block
about that row); rows of an entity are given if any 事实 block has some for the block of cases. A condition is taken apart
at its 且; a part is taken as met if an attribute that it reads is not given, or if it reads rows and none of them is given.
(If some are given, the others are none: in a case rows are complete.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from jixiang.language import typed as t
from jixiang.language.types import BOOL
from jixiang.readings.tree import children

TRUE = t.Constant(True, BOOL)


@dataclass(frozen=True)
class Given:
    """`paths`: attributes, as steps from the 对象. `entities`: whose rows there are."""

    entity: str
    paths: frozenset[tuple[str, ...]]
    entities: frozenset[str]

    def rests_on_more(self, expr: t.Expr) -> bool:
        """Does an expression need facts that the case does not give?"""
        leaves = list(_leaves(expr))
        rows = [leaf for leaf in leaves if isinstance(leaf, str)]
        unknown = any(leaf not in self.paths for leaf in leaves if not isinstance(leaf, str))
        none_given = bool(rows) and not any(row in self.entities or row == self.entity for row in rows)
        return unknown or none_given


def path_of(expr: t.Expr) -> tuple[str, ...] | None:
    """The steps from the 对象 to an attribute; () is the 对象 itself; None if it does not start there."""
    match expr:
        case t.Row(binder=0):
            return ()
        case t.Get(of, attribute) | t.GetOn(of, attribute):
            start = path_of(of)
            return None if start is None else (*start, attribute)
        case t.Named(expr=inner):
            return path_of(inner)
        case _:
            return None


def _leaves(expr: t.Expr) -> Iterator[tuple[str, ...] | str]:
    """The attributes that an expression reads, as paths, and the entities whose rows it reads, as names. Steps on the
    way count for nothing, and rows inside an aggregate are what their block says."""
    match expr:
        case t.Get(of, _) | t.GetOn(of, _):
            path = path_of(expr)
            if path is not None:
                yield path
            elif isinstance(of, t.TheOne):
                yield ("", of.type.of, expr.attribute)
            elif not _starts_at_row(of):
                yield from _leaves(of)
            if isinstance(expr, t.GetOn):
                yield from _leaves(expr.on)
        case t.Aggregate(of=of, relation=relation) | t.Share(of=of, relation=relation):
            yield relation.target
            inner = [child for child in children(expr) if child is not of]
            yield from (leaf for child in inner for leaf in _leaves(child))
        case _:
            for child in children(expr):
                yield from _leaves(child)


def _starts_at_row(expr: t.Expr) -> bool:
    while isinstance(expr, t.Get | t.GetOn):
        expr = expr.of
    return isinstance(expr, t.Row)


def parts(expr: t.Expr) -> Iterator[t.Expr]:
    """What stands between the 且 of a condition."""
    if isinstance(expr, t.And):
        for item in expr.items:
            yield from parts(item)
    else:
        yield expr


def together(items: list[t.Expr]) -> t.Expr:
    return items[0] if len(items) == 1 else t.And(tuple(items)) if items else TRUE


def as_given(expr: t.Expr, given: Given) -> t.Expr:
    """The condition without the parts that rest on facts the case does not give."""
    return together([part for part in parts(expr) if not given.rests_on_more(part)])


def bind_as_given(rule: t.Rule, given: Given, made_up: frozenset[tuple[str, ...]]) -> t.Rule:
    """The rule without the bindings that rest on facts the case does not give; a row made up for the case will do."""
    seen = replace(given, paths=given.paths | made_up)
    kept = {}
    for version, binding in rule.bindings.items():
        wanted = (*binding.keys, binding.most, binding.when, binding.level)
        if not any(seen.rests_on_more(expr) for expr in wanted if expr is not None):
            kept[version] = binding
    return replace(rule, bindings=kept)
