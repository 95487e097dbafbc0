"""Over many rows: 计数 求和 存在 …, and 均分. One to-many step, only here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.core import Context, check
from jixiang.language.check.logic import EVER, NEVER, condition, day_of, nothing_dated
from jixiang.language.check.names import head, meanings, names_of, step
from jixiang.language.nearness import perhaps
from jixiang.language.types import BOOL, MONEY, MONTHS, NUMBER, Type, ref
from jixiang.language.vocabulary import Entity, Relation

AGGREGATES: dict[str, typed.AggregateKind] = {
    "存在": "exists",
    "不存在": "exists",
    "计数": "count",
    "去重计数": "count_distinct",
    "求和": "sum",
    "平均": "average",
    "最大": "max",
    "最小": "min",
    "最晚": "max",
    "最早": "min",
    "最长连续": "longest_run",
}
WHOLE_ROWS = ("存在", "不存在", "计数")
ALLOWED = {
    "求和": ("number", "money"),
    "平均": ("number", "money"),
    "最大": ("number", "money", "months", "days"),
    "最小": ("number", "money", "months", "days"),
    "最早": ("date", "month", "year"),
    "最晚": ("date", "month", "year"),
    "最长连续": ("month",),
}
YES = typed.Constant(True, BOOL)


@dataclass(frozen=True)
class Rows:
    """The rows behind a to-many step, and the words behind it. `dated`: whose rows they are changes with time."""

    of: typed.Expr
    relation: Relation
    rest: tuple[surface.Word, ...]
    last: surface.Word
    dated: bool = False


def check_aggregate(node: surface.Call, context: Context) -> typed.Expr | None:
    """计数(rows 其中 …) and its like."""
    name = node.function.text
    if len(node.arguments) != 1:
        context.wrong("arguments", node.place, f"{name} 只要一个参数", f"写成 '{name}(… 其中 …)'")
        return None
    argument = node.arguments[0]
    rows = rows_of(argument.expr, node, context)
    if rows is None:
        return None
    inner, row = bound(rows, context)
    if _crosses_again(rows, inner):
        return None
    where = condition(argument.where, inner) if argument.where is not None else YES
    value = _value(name, argument.expr, rows, row, inner)
    if isinstance(argument.expr, surface.AsOf) and value is not False:
        _check_day(argument.expr, rows, value, row, inner)
    if where is None or value is False:
        return None
    result = _result(name, value, argument.expr, context)
    if result is None:
        return None
    found = typed.Aggregate(AGGREGATES[name], rows.of, rows.relation, inner.depth, value, where, result)
    return typed.Not(found) if name == "不存在" else found


def bound(rows: Rows, context: Context) -> tuple[Context, typed.Expr]:
    """The context after 其中, and the row that it binds."""
    row = typed.Row(context.depth + 1, ref(rows.relation.target))
    return replace(context, rows=(*context.rows, row), depth=context.depth + 1), row


def _value(
    name: str, node: surface.Expr, rows: Rows, row: typed.Expr, inner: Context
) -> typed.Expr | None | Literal[False]:
    """What is counted or added up of each row: None for the row itself, False when it is wrong."""
    if name in WHOLE_ROWS:
        if rows.rest:
            word = rows.rest[0]
            way = f"去掉 '.{word.text}';数不同的值用 去重计数,条件写在 其中 后面"
            inner.wrong("arguments", word.place, f"{name} 数的是行,不是 '{word.text}'", way)
            return False
        return None
    if not rows.rest:
        known = "、".join(names_of(row, inner))
        inner.wrong(
            "arguments", rows.last.place, f"{name} 要写明哪一个属性", f"如 '{rows.last.text}.{known.split('、')[0]}'"
        )
        return False
    if isinstance(node, surface.AsOf):
        day = day_of(node.day, inner)
        if day is None:
            return False
        inner = replace(inner, on=day)
    value = _behind(rows, row, inner)
    return value if value is not None else False


def _behind(rows: Rows, row: typed.Expr, inner: Context) -> typed.Expr | None:
    """What the words behind the rows say of one of them."""
    value: typed.Expr | None = row
    for word in rows.rest:
        value = step(value, word, inner) if value is not None else None
    return value


def _check_day(node: surface.AsOf, rows: Rows, value: typed.Expr | None, row: typed.Expr, inner: Context) -> None:
    """求和(甲.乙.丙 于 D): is there anything that is read on that day? The rows themselves do not change with time."""
    if rows.dated or day_of(node.day, inner) is None or inner.desk.muted:
        return
    if value is None or _behind(rows, row, replace(inner.muted(), on=NEVER)) == value:
        nothing_dated(node.place, inner)


def _crosses_again(rows: Rows, context: Context) -> bool:
    """Is there a second to-many step behind the first?"""
    entity: Entity | None = context.vocabulary.entities[rows.relation.target]
    for word in rows.rest:
        if entity is None:
            return False
        if word.text in entity.relations and word.text not in entity.attributes:
            way = f"里面那一层用 '定义 {entity.name}.…: …' 起一个名字"
            context.wrong("to-many", word.place, f"'{word.text}' 又有许多行,一次只能跨一层", way)
            return True
        attribute = entity.attributes.get(word.text)
        entity = context.vocabulary.entities.get(attribute.type.of) if attribute is not None else None
    return False


def _result(name: str, value: typed.Expr | None, node: surface.Expr, context: Context) -> Type | None:
    if value is None:
        return BOOL if name in ("存在", "不存在") else NUMBER
    kind = value.type.kind
    if name in ALLOWED and kind not in ALLOWED[name]:
        other = {"最大": "最晚", "最小": "最早", "最晚": "最大", "最早": "最小"}.get(name, "")
        way = f"用 {other}" if other and kind in ALLOWED[other] else f"{name} 要{_either(ALLOWED[name])}"
        context.wrong("type-mismatch", node.place, f"{name} 不能用在{kinds.spoken(value.type)}上", way)
        return None
    match name:
        case "去重计数":
            return MONTHS if kind == "month" else NUMBER
        case "最长连续":
            return MONTHS
    return value.type


def _either(allowed: tuple[str, ...]) -> str:
    return "、".join(name for kind, name in kinds.NAMES.items() if kind in allowed)


# Rows ------------------------------------------------------------------------------------------------------------


def rows_of(node: surface.Expr, call: surface.Call, context: Context) -> Rows | None:
    """The to-many step in a path."""
    if context.rows:
        way = f"里面那一层用 '定义 {context.rows[-1].type.of}.…: …' 起一个名字"
        context.wrong("nested", call.place, f"其中 里面不能再写 {call.function.text}", way)
        return None
    day = node.day if isinstance(node, surface.AsOf) else None
    node = node.expr if isinstance(node, surface.AsOf) else node
    if not isinstance(node, surface.Path):
        way = "写成 '人.缴费' 这样的路径,条件写在 其中 后面"
        context.wrong("not-rows", node.place, f"{call.function.text} 里要写一个有许多行的关系", way)
        return None
    return _walk(node, call, context) if day is None else _walk_on(node, day, call, context)


def _walk_on(node: surface.Path, day: surface.Expr, call: surface.Call, context: Context) -> Rows | None:
    """职工.单位.缴费 于 D: the rows of the firm he was with on that day."""
    found = _walk(node, call, replace(context, on=NEVER))
    if found is None or found == _walk(node, call, replace(context.muted(), on=EVER)):
        return found
    on = day_of(day, context)
    dated = _walk(node, call, replace(context, on=on)) if on is not None else None
    return replace(dated, dated=True) if dated is not None else None


def _walk(node: surface.Path, call: surface.Call, context: Context) -> Rows | None:
    first, *rest = node.words
    this = context.this
    if this is not None and first.text not in ("本", "其"):
        relation = _relation(this, first, context)
        if relation is not None and not meanings(first, context):
            return Rows(this, relation, tuple(rest), first)
    if not meanings(first, context):
        _unknown_rows(first, this, context)
        return None
    of = head(first, context)
    for position, word in enumerate(rest):
        if of is None:
            return None
        relation = _relation(of, word, context)
        if relation is not None:
            return Rows(of, relation, tuple(rest[position + 1 :]), word)
        entity = context.entity_of(of)
        if entity is not None and word.text not in names_of(of, context):
            _unknown_rows(word, of, context)
            return None
        of = step(of, word, context)
    if of is not None:
        _no_rows(node, of, call, context)
    return None


def _relation(of: typed.Expr, word: surface.Word, context: Context) -> Relation | None:
    entity = context.entity_of(of)
    return entity.relations.get(word.text) if entity is not None else None


def _unknown_rows(word: surface.Word, of: typed.Expr | None, context: Context) -> None:
    if of is None and context.without_subject:
        return
    names = names_of(of, context) if of is not None else set()
    if of is context.this:
        names |= context.scope.declared()
    if of is not None and word.text in context.vocabulary.entities:
        way = _ways_to(word.text, of, context) or perhaps(word.text, names)
    else:
        way = perhaps(word.text, names)
    owner = f"'{of.type.of}' " if of is not None and of.type.kind == "ref" else ""
    context.wrong("unknown-name", word.place, f"{owner}没有名为 '{word.text}' 的属性或关系", way)


def _ways_to(entity: str, of: typed.Expr, context: Context) -> str:
    """Is the entity one step further? 缴费 of a certificate is its holder's."""
    start = context.entity_of(of)
    ways = [
        f"{attribute.name}.{relation.name}"
        for attribute in (start.attributes.values() if start is not None else ())
        if attribute.type.kind == "ref"
        for relation in context.vocabulary.entities[attribute.type.of].relations.values()
        if relation.target == entity
    ]
    return f"是否为 '{ways[0]}'?" if len(ways) == 1 else f"可以写 {'、'.join(ways)}" if ways else ""


def _no_rows(node: surface.Path, of: typed.Expr, call: surface.Call, context: Context) -> None:
    entity = context.entity_of(of)
    many = "、".join(entity.relations) if entity is not None else ""
    way = f"后面加一个有许多行的关系: {many}" if many else "有没有这个值写 '有 …'"
    context.wrong("not-rows", node.place, f"{call.function.text} 里要有一个有许多行的关系", way)


# 均分 ------------------------------------------------------------------------------------------------------------


def check_share(node: surface.Call, context: Context) -> typed.Expr | None:
    """均分(money, rows 其中 …): this row's share."""
    if len(node.arguments) != 2 or node.arguments[0].where is not None:
        context.wrong("arguments", node.place, "均分 要两个参数", "写成 '均分(金额, 同队 其中 …)'")
        return None
    first, second = node.arguments
    money = check(first.expr, context)
    if money is not None and money.type != MONEY:
        context.wrong("type-mismatch", first.expr.place, f"均分 的是金额,写的却是{kinds.spoken(money.type)}")
        return None
    rows = rows_of(second.expr, node, context)
    if rows is None or money is None:
        return None
    if rows.rest or rows.relation.target != rows.of.type.of:
        way = "写同一种事实之间的关系,如 同队"
        context.wrong("arguments", second.expr.place, "均分 要在与本行同类的各行之间分", way)
        return None
    inner, row = bound(rows, context)
    where = condition(second.where, inner) if second.where is not None else YES
    if isinstance(second.expr, surface.AsOf):
        _check_day(second.expr, rows, None, row, inner)
    if where is None:
        return None
    return typed.Share(money, rows.of, rows.relation, inner.depth, where, MONEY)
