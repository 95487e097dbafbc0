"""Values and expressions in the words of the documents, for people: 1,500 元, 12 个月, 四级, 持证人.出生日期.

Only spelling: nothing is evaluated here, and no document is ever written from it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.bounds import Bounds
from jixiang.readings.env import Result
from jixiang.values.dates import FOREVER

UNKNOWN = "不明"
NUMBER_WORDS = {"<": "少于", "<=": "不超过", ">": "超过", ">=": "不少于", "=": "为", "≠": "不为"}
TIME_WORDS = {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
LEVEL_WORDS = {"<": "低于", "<=": "不高于", ">": "高于", ">=": "不低于"}
FUNCTIONS = {
    "exists": "存在",
    "count": "计数",
    "count_distinct": "去重计数",
    "sum": "求和",
    "average": "平均",
    "max": "最大",
    "min": "最小",
    "longest_run": "最长连续",
}
PARTS = {
    "month": "当月",
    "year": "当年",
    "previous_month": "上月",
    "previous_year": "上年",
    "first_day": "首日",
    "last_day": "末日",
}


def say(value: Result, of: Type, vocabulary: Vocabulary) -> str:
    """A value with its unit; bounds as 至少, 至多 or 在 … 至 … 之间."""
    if not isinstance(value, Bounds):
        return UNKNOWN if value is None else _say(value, of, vocabulary)
    lo, hi = (None if end is None else _say(end, of, vocabulary) for end in (value.lo, value.hi))
    if lo is None and hi is None:
        return UNKNOWN
    if hi is None:
        return f"至少 {lo}"
    if lo is None:
        return f"至多 {hi}"
    return lo if lo == hi else f"{lo} 至 {hi} 之间"


def _say(value: Any, of: Type, vocabulary: Vocabulary) -> str:
    match of.kind:
        case "bool":
            return "是" if value else "否"
        case "money":
            return yuan(value)
        case "months":
            return f"{_number(value)} 个月"
        case "days":
            return f"{_number(value)} 天"
        case "year":
            return f"{value} 年度"
        case "code":
            return vocabulary.codes[of.of].names.get(value, str(value))
        case "ref":
            return f"{of.of} {value}"
        case "titles":
            return "、".join(value)
        case "number":
            unit = "个工作日" if of.unit == "工作日" else of.unit
            return f"{_number(value)} {unit}".strip() if of.unit or _whole(value) else _percent(value)
        case _:
            return "无截止" if value == FOREVER else str(value)


def yuan(fen: Fraction | int) -> str:
    """1,500 元; 6,666.67 元; a third of a fen shows as 约."""
    amount = Fraction(fen) / 100
    if _whole(amount):
        return f"{int(amount):,} 元"
    exact = _whole(Fraction(fen))
    return f"{'' if exact else '约 '}{Decimal(amount.numerator) / Decimal(amount.denominator):,.2f} 元"


def _whole(value: Fraction | int) -> bool:
    return Fraction(value).denominator == 1


def _number(value: Fraction | int) -> str:
    if _whole(value):
        return str(int(value))
    shown = f"{Decimal(value.numerator) / Decimal(value.denominator):.4f}".rstrip("0")
    return shown if Fraction(shown) == value else f"约 {shown}"


def _percent(value: Fraction) -> str:
    return f"{_number(value * 100)} %"


def spell(expr: t.Expr, vocabulary: Vocabulary) -> str:
    """An expression as a document would put it, near enough to be recognised."""
    match expr:
        case t.Constant(value, of):
            return say(Bounds(value, value) if of.ordered else value, of, vocabulary)  # type: ignore[arg-type]
        case t.DecisionDate():
            return "决定日"
        case t.EffectiveDate():
            return "适用日"
        case t.Period():
            return "当期"
        case t.Granted():
            return "金额"
        case t.Remainder():
            return "其余"
        case t.Title():
            return "荣誉"
        case t.Row(binder, of):
            return "其" if binder else of.of
        case t.TheOne(of):
            return of.of
        case t.Named(name, _) | t.Dated(name):
            return name
        case t.Get(of, attribute) | t.GetOn(of, attribute):
            return attribute if isinstance(of, t.Row) else f"{spell(of, vocabulary)}.{attribute}"
        case t.Look(table=table, keys=keys):
            return f"{plain(table)}[{_listed(keys, vocabulary)}]"
        case t.Aggregate() | t.Share():
            return _spell_rows(expr, vocabulary)
        case _ if expr.type.kind == "bool":
            return _spell_truth(expr, vocabulary)
        case _:
            return _spell_counted(expr, vocabulary)


def plain(table: str) -> str:
    """A table as its document calls it, without the document."""
    return table.rpartition("/")[2]


def named(name: str, value: str) -> str:
    """A name and its value, without saying one word twice: 单位 电子厂, 缴费月数 11 个月, 4."""
    return value if value == name or value.startswith(f"{name} ") else f"{name} {value}"


def _listed(items: tuple[t.Expr, ...], vocabulary: Vocabulary, between: str = ", ") -> str:
    return between.join(spell(item, vocabulary) for item in items)


def _spell_rows(expr: t.Aggregate | t.Share, vocabulary: Vocabulary) -> str:
    rows = expr.relation.name
    if not isinstance(expr.of, t.Row):
        rows = f"{spell(expr.of, vocabulary)}.{rows}"
    where = "" if expr.where == t.Constant(True, expr.where.type) else f" 其中 {spell(expr.where, vocabulary)}"
    if isinstance(expr, t.Share):
        return f"均分({spell(expr.money, vocabulary)}, {rows}{where})"
    column = "" if expr.value is None else f".{spell(expr.value, vocabulary)}"
    return f"{FUNCTIONS[expr.kind]}({rows}{column}{where})"


def _spell_truth(expr: t.Expr, vocabulary: Vocabulary) -> str:
    match expr:
        case t.Compare(op, left, right):
            return f"{spell(left, vocabulary)} {word(op, left.type)} {spell(right, vocabulary)}"
        case t.Member(item, options):
            return f"{spell(item, vocabulary)} 属于 {{{_listed(options, vocabulary, '、')}}}"
        case t.Listed(table, keys):
            return f"{_listed(keys, vocabulary, '、')} 属于 {plain(table)}"
        case t.And(items):
            return _listed(items, vocabulary, " 且 ")
        case t.Or(items):
            return f"({_listed(items, vocabulary, ' 或 ')})"
        case t.Not(item):
            return f"非 {spell(item, vocabulary)}"
        case t.Known(item):
            return f"有 {spell(item, vocabulary)}"
        case _:
            return _spell_counted(expr, vocabulary)


def word(op: t.CompareOp, of: Type) -> str:
    """The comparison as it is said of days, of levels and of numbers."""
    words = TIME_WORDS if of.kind in ("date", "month", "year") else LEVEL_WORDS if of.kind == "code" else NUMBER_WORDS
    return words.get(op, NUMBER_WORDS[op])


def _spell_counted(expr: t.Expr, vocabulary: Vocabulary) -> str:
    match expr:
        case t.Arithmetic(op, left, right):
            return f"{_inner(left, vocabulary)} {op} {_inner(right, vocabulary)}"
        case t.Shift(of, by, sign):
            return f"{spell(of, vocabulary)} {'加' if sign > 0 else '减'} {spell(by, vocabulary)}"
        case t.Part(kind, of):
            return f"{_inner(of, vocabulary)}.{PARTS[kind]}"
        case t.If(condition, then, otherwise):
            parts = (spell(part, vocabulary) for part in (condition, then, otherwise))
            return "若 {} 则 {} 否则 {}".format(*parts)
        case t.Age(birth, on):
            return f"年龄({_listed((birth, on), vocabulary)})"
        case t.WholeMonths(start, end):
            return f"整月数({_listed((start, end), vocabulary)})"
        case t.DaysBetween(start, end):
            return f"天数({_listed((start, end), vocabulary)})"
        case t.Least(items):
            return f"{_smaller(expr.type, '早', '小')}({_listed(items, vocabulary)})"
        case t.Greatest(items):
            return f"{_smaller(expr.type, '晚', '大')}({_listed(items, vocabulary)})"
        case t.Round(money, unit_fen, _):
            return f"取整({spell(money, vocabulary)}, {yuan(unit_fen)})"
        case _:
            return type(expr).__name__


def _smaller(of: Type, time: str, size: str) -> str:
    return f"较{time if of.kind in ('date', 'month', 'year') else size}"


def _inner(expr: t.Expr, vocabulary: Vocabulary) -> str:
    """Brackets where they are needed to read it back."""
    text = spell(expr, vocabulary)
    return f"({text})" if isinstance(expr, t.Arithmetic | t.Shift | t.If) else text
