"""Literals as typed constants, and names of codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from jixiang.language import surface, typed
from jixiang.language.check.core import Context, check
from jixiang.language.nearness import is_one_of_many, perhaps
from jixiang.language.types import BOOL, DATE, DAYS, MONEY, MONTH, MONTHS, NUMBER, TEXT, YEAR, Type
from jixiang.language.vocabulary import CodeList
from jixiang.values.month import Month
from jixiang.values.problem import Place


@check.register
def check_literal(node: surface.Literal_, context: Context, expected: Type | None = None) -> typed.Expr | None:
    match node.value:
        case bool():
            return typed.Constant(node.value, BOOL)
        case date():
            return typed.Constant(node.value, DATE)
        case Month():
            return typed.Constant(node.value, MONTH)
        case str():
            if expected is not None and expected.kind == "code":
                return code_constant(node.value, expected, context, node.place)
            return typed.Constant(node.value, TEXT)
    constant = quantity(Fraction(node.value), node.unit)
    if isinstance(constant, str):
        context.wrong("bad-literal", node.place, constant)
        return None
    return constant


def quantity(value: Fraction, unit: str) -> typed.Constant | str:
    """A number with the word behind it (5 % is 1/20 already); a message when the two do not go together."""
    match unit:
        case "元":
            return typed.Constant(value * 100, MONEY)
        case "%":
            return typed.Constant(value, NUMBER)
        case "个月" | "天" | "年度" | "个工作日" if value.denominator != 1:
            return f"{unit} 前面要写整数"
        case "个月":
            return typed.Constant(int(value), MONTHS)
        case "天":
            return typed.Constant(int(value), DAYS)
        case "年度":
            return typed.Constant(int(value), YEAR)
        case "个工作日":
            return typed.Constant(value, Type("number", unit="工作日"))
    return typed.Constant(value, Type("number", unit=unit))


def code_in(codes: CodeList, text: str) -> str | None:
    """The stored code that a text names, by its name or as stored."""
    return codes.by_name.get(text) or (text if text in codes.names else None)


def code_constant(text: str, type_: Type, context: Context, place: Place) -> typed.Expr | None:
    """A code of the list, or a note that the list lacks it."""
    codes = context.vocabulary.codes[type_.of]
    stored = code_in(codes, text)
    if stored is None:
        context.wrong("unknown-code", place, f"编码 '{codes.name}' 里没有 '{text}'", nearest_code(text, codes))
        return None
    return typed.Constant(stored, type_)


def nearest_code(text: str, codes: CodeList, others: Iterable[str] = ()) -> str:
    """Which code (or other name) was meant; the first codes where that cannot be told."""
    known = {*codes.by_name, *codes.names, *others}
    if is_one_of_many(text, known):
        return f"可以写 {some(codes)}"
    return perhaps(text, known) or f"可以写 {some(codes)}"


def some(codes: CodeList) -> str:
    """The first names of a code list, for a message."""
    names = [code.name for code in codes.codes]
    return "、".join(names[:6]) + ("…" if len(names) > 6 else "")
