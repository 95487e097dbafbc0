"""How each policy resolves a rule that binds it: its keys, its limit, its level.

`每 人员、职业、等级` is 持证人's in one policy and 学员's in another. A name is a 定义 or attribute of the bound policy, else
the one reference that its 对象 (or its 受益人) has to an entity or code list of that name, the nearest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from jixiang.language import surface, typed
from jixiang.language.check.core import Context, Desk, bare, check
from jixiang.language.check.logic import condition
from jixiang.language.check.names import meanings, step
from jixiang.language.check.scope import Definition, Found, Parameter, Scope
from jixiang.language.check.statements import root_context
from jixiang.values.problem import Place

REACH = 3  # how many to-one steps a key may be away


@dataclass(frozen=True)
class Bound:
    """One version of one policy, checked, and the document it came from."""

    scope: Scope
    policy: typed.Policy

    @property
    def key(self) -> tuple[str, str]:
        return self.policy.code, self.policy.version


class _Borrowed(Scope):
    """The bound policy's own names, with the parameters and tables of the document that states the rule."""

    def __init__(self, bound: Scope, stating: Scope) -> None:
        super().__init__(bound.document, bound.front, bound.subject)
        self.bound = bound
        self.stating = stating

    def definition(self, name: str) -> list[Found[Definition]]:
        return self.bound.definition(name)

    def entity_definition(self, entity: str, name: str) -> list[Found[Definition]]:
        return self.bound.entity_definition(entity, name) or self.stating.entity_definition(entity, name)

    def parameter(self, name: str) -> list[Found[Parameter]]:
        return self.stating.parameter(name)

    def table(self, name: str) -> list[Found[typed.Table]]:
        return self.stating.table(name)

    def declared(self) -> set[str]:
        return {*self.stating.parameters, *self.bound.definitions}

    def tables_in_sight(self) -> set[str]:
        return self.stating.tables_in_sight()


def bind(statement: surface.LimitStatement, stating: Scope, bound: Bound, desk: Desk) -> typed.Binding | None:
    """The rule as one policy resolves it; what cannot be resolved is noted at the statement."""
    scope = bound.scope if bound.scope is stating else _Borrowed(bound.scope, stating)
    quiet = replace(desk, problems=[], memo={})
    context = replace(root_context(bound.scope, quiet), scope=scope, words=_words(bound.policy))
    keys = [resolve_key(path, bound, context) for path in statement.keys]
    most = check(statement.most, context) if statement.most is not None else None
    when = condition(statement.when, context) if statement.when is not None else None
    level = resolve_key(statement.level, bound, context) if statement.level is not None else None
    _hand_over(quiet, desk, None if bound.scope is stating else bound.policy.name)
    if any(problem.severity == "error" for problem in quiet.problems):
        return None
    return typed.Binding(tuple(key for key in keys if key is not None), most, when, level)


def _words(policy: typed.Policy) -> dict[str, typed.Expr]:
    words = {"受益人": policy.beneficiary, "收款人": policy.payee}
    return {**words, "荣誉": typed.Title()} if policy.honour else words


def _hand_over(quiet: Desk, desk: Desk, policy: str | None) -> None:
    """Problems of a rule as another policy reads it say which one."""
    for problem in quiet.problems:
        other = policy is not None and f"《{policy}》" not in problem.message
        told = replace(problem, message=f"用在《{policy}》上: {problem.message}") if other else problem
        if told not in desk.problems:
            desk.problems.append(told)


def resolve_key(path: surface.Path, bound: Bound, context: Context) -> typed.Expr | None:
    """One name behind 每, as this policy means it."""
    first, *rest = path.words
    if meanings(first, context):
        return check(path, context)
    expr = _by_reference(first, bound, context)
    for word in rest:
        if expr is None:
            return None
        expr = step(expr, word, context)
    return expr


def _by_reference(word: surface.Word, bound: Bound, context: Context) -> typed.Expr | None:
    name = word.text
    found = _nearest(name, bound, context)
    if len(found) == 1:
        return next(iter(found.values()))
    policy = bound.policy
    if found:
        message = f"《{policy.name}》里 '{name}' 可以是 {'、'.join(found)}"
        way = f"在《{policy.name}》里写 '定义 {name}: {next(iter(found))}'"
    else:
        message = f"《{policy.name}》的对象 '{policy.entity}' 没有名为 '{name}' 的定义、属性或引用"
        near = _of_like_kind(name, context)
        way = f"在《{policy.name}》里写 '定义 {name}: {near or '…'}'"
    context.wrong("unresolved-key", word.place, message, way)
    return None


def _nearest(name: str, bound: Bound, context: Context) -> dict[str, typed.Expr]:
    """Spelling → expression of the references to an entity or code list of that name, at the smallest distance."""
    assert context.this is not None
    level: dict[str, typed.Expr] = {"": context.this}
    for reach in range(REACH):
        steps = [found for text, of in level.items() for found in _steps(text, of, context)]
        if reach == 0:
            steps.append(("受益人", bare(bound.policy.beneficiary)))
        hits = {text: expr for text, expr in steps if expr.type.kind in ("ref", "code") and expr.type.of == name}
        if hits:
            distinct: dict[typed.Expr, str] = {}
            for text, expr in hits.items():
                distinct.setdefault(expr, text)
            return {text: expr for expr, text in distinct.items()}
        level = {text: expr for text, expr in steps if expr.type.kind == "ref"}
    return {}


def _steps(text: str, of: typed.Expr, context: Context) -> Iterator[tuple[str, typed.Expr]]:
    entity = context.entity_of(of)
    for attribute in entity.attributes.values() if entity is not None else ():
        expr = step(of, surface.Word(attribute.name, Place("", 1)), context)
        if expr is not None:
            yield f"{text}.{attribute.name}" if text else attribute.name, expr


def _of_like_kind(name: str, context: Context) -> str:
    """The one attribute of the 对象 whose code list other entities call by this name: 等级 → 目标等级."""
    entities = context.vocabulary.entities.values()
    kinds = {e.attributes[name].type for e in entities if name in e.attributes}
    entity = context.entity_of(context.this) if context.this is not None else None
    same = [a.name for a in (entity.attributes.values() if entity is not None else ()) if a.type in kinds]
    return same[0] if len(same) == 1 and all(kind.kind == "code" for kind in kinds) else ""
