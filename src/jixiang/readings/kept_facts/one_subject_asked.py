"""What policies ask of facts, read off the typed tree: which tables, which rows by their key, and whether months suffice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jixiang.language import typed as t
from jixiang.language.vocabulary import Entity, Vocabulary
from jixiang.readings.concern import expressions_of
from jixiang.readings.query.months import shared_attributes
from jixiang.readings.tree import children, walk


@dataclass(frozen=True)
class Asked:
    """`tables`: that anything is read of. `by_key`: those of them of which rows are looked up by their own key: subjects, and
    what attributes refer to."""

    tables: frozenset[str]
    by_key: frozenset[str]


def asked_by(vocabulary: Vocabulary, rulebook: t.Rulebook) -> Asked:
    """All policies together; the first entity, persons, always."""
    tables, by_key = set(), {next(iter(vocabulary.entities.values())).table}
    for code in rulebook.policies:
        by_key |= {vocabulary.entities[version.entity].table for version in rulebook.policies[code]}
        for node in (node for expr in _expressions(rulebook, code) for node in walk(expr)):
            if isinstance(node, t.Aggregate | t.Share):
                tables.add(vocabulary.entities[node.relation.target].table)
            elif isinstance(node, t.GetOn):
                entity = vocabulary.entities[node.of.type.of]
                tables.add(f"{entity.table}_{entity.attributes[node.attribute].column}")
            if node.type.kind == "ref" and not isinstance(node, t.Row):
                by_key.add(vocabulary.entities[node.type.of].table)
    return Asked(frozenset(tables | by_key), frozenset(by_key))


def told_by_months(vocabulary: Vocabulary, rulebook: t.Rulebook, code: str, entities: Iterable[str]) -> frozenset[str]:
    """Of entities whose months are kept, those of whose rows the versions of a policy ask only what months tell: references,
    codes, yes or no, and the month itself. Never which row it is, nor in which order rows come."""
    versions, asked = rulebook.policies[code], list(_expressions(rulebook, code))
    return frozenset(
        name
        for name in entities
        if all(version.entity != name for version in versions)
        and all(_told(expr, None, vocabulary.entities[name]) for expr in asked)
    )


def _expressions(rulebook: t.Rulebook, code: str) -> Iterator[t.Expr]:
    for version in rulebook.policies[code]:
        yield from expressions_of(rulebook, version)
        yield from (definition.expr for definition in version.definitions)


def _told(expr: t.Expr, around: t.Expr | None, entity: Entity) -> bool:
    known = {*shared_attributes(entity), entity.time}
    if expr.type.kind == "ref" and expr.type.of == entity.name:
        return isinstance(expr, t.Row) and isinstance(around, t.Get) and around.attribute in known
    if isinstance(expr, t.Aggregate | t.Share) and expr.relation.target == entity.name:
        targets = {target for _, target in expr.relation.pairs}
        if isinstance(expr, t.Share) or not targets <= set(shared_attributes(entity)):
            return False
    return all(_told(child, expr, entity) for child in children(expr))
