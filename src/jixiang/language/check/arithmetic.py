"""+ − × ÷: exact, with units. × and ÷ drop the unit of a number; money × months ÷ months is money again."""

from __future__ import annotations

from typing import Literal

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.core import Context, check
from jixiang.language.types import MONEY, NUMBER, Kind, Type

COUNTED: tuple[Kind, ...] = ("number", "months", "days")


@check.register
def check_binary(node: surface.Binary, context: Context, expected: Type | None = None) -> typed.Expr | None:
    left, right = check(node.left, context), check(node.right, context)
    if left is None or right is None:
        return None
    if node.op in ("+", "-"):
        return _sum(node, left, right, context)
    type_ = _scaled(node.op, left.type, right.type)
    if type_ is None:
        verb = "乘以" if node.op == "×" else "除以"
        message = f"{kinds.spoken(left.type)}不能{verb}{kinds.spoken(right.type)}"
        context.wrong("type-mismatch", node.place, message, "金额只能乘以或除以数和时长,或者除以金额得到比率")
        return None
    return typed.Arithmetic(node.op, left, right, type_)


def _scaled(op: Literal["+", "-", "×", "÷"], left: Type, right: Type) -> Type | None:
    """The type of a product or a quotient."""
    if left.kind in COUNTED and right.kind in COUNTED:
        return NUMBER
    if left.kind == "money" and right.kind in COUNTED:
        return MONEY
    if op == "×" and left.kind in COUNTED and right.kind == "money":
        return MONEY
    if op == "÷" and left.kind == right.kind == "money":
        return NUMBER
    return None


def _sum(node: surface.Binary, left: typed.Expr, right: typed.Expr, context: Context) -> typed.Expr | None:
    verb = "加" if node.op == "+" else "减"
    match left.type.kind, right.type.kind:
        case ("date", "months" | "days") | ("month", "months"):
            return typed.Shift(left, right, 1 if node.op == "+" else -1)
        case "month", "days":
            context.wrong(
                "type-mismatch", node.place, f"月份不能{verb}天", "月份只能加减个月;要算天数先写 .首日 或 .末日"
            )
            return None
        case ("date", "date") | ("month", "month"):
            context.wrong(
                "type-mismatch",
                node.place,
                "两个日期不能相加减",
                "相隔的月数写 '整月数(早的日期, 晚的日期)',天数写 '天数(早的日期, 晚的日期)'",
            )
            return None
        case "date" | "month", "number":
            context.wrong("type-mismatch", node.place, f"日期不能{verb}没有单位的数", f"写明单位,如 '{verb} 12 个月'")
            return None
    if left.type.kind not in ("number", "money", "months", "days") or not kinds.agree(left.type, right.type):
        message = f"{kinds.spoken(left.type)}不能{verb}{kinds.spoken(right.type)}"
        mixed = {left.type.kind, right.type.kind}
        told = left.type.kind == right.type.kind or mixed in (
            {"number", "money"},
            {"months", "days"},
            {"number", "months"},
        )
        way = kinds.way_out(left.type, right.type) if told else f"{verb} 的两边要是同一类值"
        context.wrong("type-mismatch", node.place, message, way)
        return None
    type_ = left.type if left.type.unit or not right.type.unit else right.type
    return typed.Arithmetic(node.op, left, right, type_)
