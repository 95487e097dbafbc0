"""Calls by name: the aggregates, and 年龄 整月数 天数 较小 较大 较早 较晚 取整."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.aggregates import AGGREGATES, check_aggregate, check_share
from jixiang.language.check.core import Context, check
from jixiang.language.check.logic import day_of
from jixiang.language.check.names import has, step
from jixiang.language.nearness import perhaps
from jixiang.language.types import DATE, MONEY, Type

SMALLEST = {"较小": ("number", "money", "months", "days"), "较早": ("date", "month", "year")}
LARGEST = {"较大": ("number", "money", "months", "days"), "较晚": ("date", "month", "year")}
FUNCTIONS = (*AGGREGATES, "均分", "年龄", "整月数", "天数", *SMALLEST, *LARGEST, "取整")
BIRTH = "出生日期"
UNITS_FEN = {"分": 1, "角": 10, "元": 100, "十元": 1_000, "百元": 10_000, "千元": 100_000, "万元": 1_000_000}
DIRECTIONS: dict[str, Literal["half_up", "down", "up"]] = {"四舍五入": "half_up", "向下": "down", "向上": "up"}


@check.register
def check_call(node: surface.Call, context: Context, expected: Type | None = None) -> typed.Expr | None:
    name = node.function.text
    if name in AGGREGATES:
        return check_aggregate(node, context)
    if name == "均分":
        return check_share(node, context)
    if name not in FUNCTIONS and name in context.scope.tables_in_sight():
        context.wrong("unknown-name", node.function.place, f"'{name}' 是一张表,查表用方括号", f"{name}[…]")
        return None
    if name not in FUNCTIONS:
        context.wrong("unknown-name", node.function.place, f"没有名为 '{name}' 的函数", perhaps(name, FUNCTIONS))
        return None
    for argument in node.arguments:
        if argument.where is not None:
            context.wrong("arguments", argument.where.place, f"{name} 里不能写 其中")
            return None
    arguments = [argument.expr for argument in node.arguments]
    match name:
        case "年龄":
            return _age(node, arguments, context)
        case "整月数":
            return _between(node, arguments, typed.WholeMonths, context)
        case "天数":
            return _between(node, arguments, typed.DaysBetween, context)
        case "取整":
            return _round(node, arguments, context)
    return _extreme(node, arguments, context, expected)


def _two(node: surface.Call, arguments: list[surface.Expr], form: str, context: Context) -> bool:
    if len(arguments) == 2:
        return True
    context.wrong("arguments", node.place, f"{node.function.text} 要两个参数", f"写成 '{form}'")
    return False


def _age(node: surface.Call, arguments: list[surface.Expr], context: Context) -> typed.Expr | None:
    if not _two(node, arguments, "年龄(人, 日期)", context):
        return None
    person, on = check(arguments[0], context), day_of(arguments[1], context)
    birth = person
    if person is not None and person.type.kind == "ref" and not has(person, BIRTH, context):
        _not_born(person, arguments[0], context)
        return None
    if person is not None and person.type.kind == "ref":
        birth = step(person, surface.Word(BIRTH, arguments[0].place), context)
    if birth is None or on is None:
        return None
    if birth.type != DATE:
        message = f"年龄 的第一个参数是{kinds.spoken(birth.type)}"
        context.wrong("type-mismatch", arguments[0].place, message, f"写一个人,或他的{BIRTH}")
        return None
    return typed.Age(birth, on)


def _not_born(thing: typed.Expr, node: surface.Expr, context: Context) -> None:
    """年龄 of a certificate: whose was meant?"""
    entity = context.entity_of(thing)
    people = [
        attribute.name
        for attribute in (entity.attributes.values() if entity is not None else ())
        if attribute.type.kind == "ref" and BIRTH in context.vocabulary.entities[attribute.type.of].attributes
    ]
    way = f"是否为 '{people[0]}'?" if len(people) == 1 else f"可以写 {'、'.join(people)}" if people else ""
    context.wrong("type-mismatch", node.place, f"年龄 要一个人,'{thing.type.of}' 没有{BIRTH}", way)


def _between(
    node: surface.Call,
    arguments: list[surface.Expr],
    form: type[typed.WholeMonths] | type[typed.DaysBetween],
    context: Context,
) -> typed.Expr | None:
    if not _two(node, arguments, f"{node.function.text}(早的日期, 晚的日期)", context):
        return None
    start, end = day_of(arguments[0], context), day_of(arguments[1], context)
    return form(start, end) if start is not None and end is not None else None


def _extreme(
    node: surface.Call, arguments: list[surface.Expr], context: Context, expected: Type | None
) -> typed.Expr | None:
    name = node.function.text
    if len(arguments) < 2:
        context.wrong("arguments", node.place, f"{name} 至少要两个参数", f"写成 '{name}(甲, 乙)'")
        return None
    items = [check(argument, context, expected) for argument in arguments]
    good = tuple(item for item in items if item is not None)
    if len(good) < len(items):
        return None
    allowed = {**SMALLEST, **LARGEST}[name]
    for item, written in zip(good, arguments, strict=True):
        if item.type.kind not in allowed:
            other = {"较小": "较早", "较早": "较小", "较大": "较晚", "较晚": "较大"}[name]
            message = f"{name} 不能用在{kinds.spoken(item.type)}上"
            way = f"用 {other}" if item.type.kind in {**SMALLEST, **LARGEST}[other] else ""
            context.wrong("type-mismatch", written.place, message, way)
            return None
        if not kinds.agree(item.type, good[0].type):
            message = f"{name} 的各项要是同一类值: {kinds.spoken(good[0].type)}和{kinds.spoken(item.type)}"
            context.wrong("type-mismatch", written.place, message, kinds.way_out(good[0].type, item.type))
            return None
    return typed.Least(good) if name in SMALLEST else typed.Greatest(good)


def _round(node: surface.Call, arguments: list[surface.Expr], context: Context) -> typed.Expr | None:
    if len(arguments) not in (2, 3):
        context.wrong("arguments", node.place, "取整 要金额、单位和方向", "写成 '取整(金额, 元, 向下)'")
        return None
    money = check(arguments[0], context)
    unit = _unit_fen(arguments[1])
    direction = DIRECTIONS.get(_word(arguments[2]) if len(arguments) == 3 else "四舍五入")
    if unit is None:
        context.wrong("arguments", arguments[1].place, "取整 的单位不认识", f"写 {'、'.join(UNITS_FEN)} 之一")
        return None
    if direction is None:
        context.wrong("arguments", arguments[2].place, "取整 的方向不认识", f"写 {'、'.join(DIRECTIONS)} 之一")
        return None
    if money is None:
        return None
    if money.type != MONEY:
        message = f"取整 的是金额,写的却是{kinds.spoken(money.type)}"
        context.wrong("type-mismatch", arguments[0].place, message)
        return None
    return typed.Round(money, unit, direction, MONEY)


def _word(node: surface.Expr) -> str:
    return node.words[0].text if isinstance(node, surface.Path) and len(node.words) == 1 else ""


def _unit_fen(node: surface.Expr) -> int | None:
    if isinstance(node, surface.Literal_) and node.unit == "元" and isinstance(node.value, Fraction | int):
        fen = Fraction(node.value) * 100
        return int(fen) if fen.denominator == 1 and fen > 0 else None
    return UNITS_FEN.get(_word(node))
