"""What the heading of a column in a 案例 block means: a named value, a path, a condition, a stage, an expectation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jixiang.language.nearness import perhaps
from jixiang.language.parts import Text
from jixiang.language.source import fold
from jixiang.language.typed import Expr, Policy
from jixiang.language.types import BOOL, DATE, MONEY, MONTH, TITLES, YEAR, Type, ref
from jixiang.language.vocabulary import Vocabulary
from jixiang.values.problem import Problem

Kind = Literal["fixed", "set", "path", "single", "check", "stage"]
FIXED = ("案例", "决定日", "当期", "结果", "金额", "荣誉", "已享受", "别处已享受", "适用日")


@dataclass(frozen=True)
class Column:
    """`fixed`: one of FIXED. `set`: a 定义, 参数 or 条件 whose value the case gives. `path`: steps from the 对象; () is its own
    name. `single`: the only row of an entity, and its attribute. `check`: 应为 `name`. `stage`: what of it must be due."""

    kind: Kind
    name: str
    type: Type
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What a 案例 block can speak of: the 对象, its named values and conditions, its stages."""

    entity: str
    values: Mapping[str, Expr]
    conditions: frozenset[str]
    stages: frozenset[str]
    each: Literal["", "month", "year"] = ""

    @classmethod
    def of(cls, policy: Policy) -> Subject:
        return cls(
            policy.entity,
            {definition.name: definition.expr for definition in policy.definitions},
            frozenset(condition.name for condition in policy.conditions),
            frozenset(stage.name for stage in policy.stages),
            policy.each,
        )


def read_column(heading: Text, subject: Subject, vocabulary: Vocabulary) -> Column | Problem:
    """The meaning of a heading, or what is wrong with it."""
    name = fold(heading.text).strip()
    checked, _, rest = name.partition(" ")
    if checked == "应为" and rest:
        if rest in subject.conditions:
            return Column("check", rest, BOOL)
        if rest in subject.values:
            return Column("check", rest, subject.values[rest].type)
        way = perhaps(rest, [*subject.values, *subject.conditions])
        return Problem("case-column", heading.place, f"没有名为 '{rest}' 的定义或条件", way)
    known = _known(name, subject, vocabulary)
    if known is not None:
        return known
    entity = vocabulary.entities[subject.entity]
    names = [*FIXED, *subject.values, *subject.conditions, *subject.stages, *entity.attributes]
    message = f"'{name}' 不是定义、条件、分期,也不是 '{subject.entity}' 的属性"
    way = perhaps(name, names) or f"可以写 {'、'.join(dict.fromkeys(names))}"
    return Problem("case-column", heading.place, message, way)


def _known(name: str, subject: Subject, vocabulary: Vocabulary) -> Column | None:
    if name in FIXED and (name != "适用日" or name not in subject.values):
        return Column("fixed", name, _fixed_type(name, subject))
    if name in subject.stages:
        return Column("stage", name, MONEY)
    if name in subject.conditions:
        return Column("set", name, BOOL)
    if name in subject.values:
        return Column("set", name, subject.values[name].type)
    if name == subject.entity:
        return Column("path", name, ref(name))
    steps = tuple(step.strip() for step in name.replace(" 的 ", ".").split("."))
    found = path_type(steps, subject.entity, vocabulary)
    if found is not None:
        return Column("path", name, found, steps)
    single = vocabulary.entities.get(steps[0])
    if single and single.single and len(steps) == 2 and steps[1] in single.attributes:
        return Column("single", name, single.attributes[steps[1]].type, steps)
    return None


def _fixed_type(name: str, subject: Subject) -> Type:
    match name:
        case "决定日" | "适用日":
            return DATE
        case "当期":
            return YEAR if subject.each == "year" else MONTH
        case "荣誉":
            return TITLES
        case _:
            return MONEY


def path_type(steps: tuple[str, ...], entity: str, vocabulary: Vocabulary) -> Type | None:
    """The type at the end of a path, or None where a step is not an attribute."""
    found = ref(entity)
    for step in steps:
        attribute = vocabulary.entities[found.of].attributes.get(step) if found.kind == "ref" else None
        if attribute is None:
            return None
        found = attribute.type
    return found
