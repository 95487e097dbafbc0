"""Table cells as values: of parameter tables, of cases and of facts in cases."""

from __future__ import annotations

import re
from fractions import Fraction

from jixiang.language import typed
from jixiang.language.check import kinds
from jixiang.language.check.literals import code_in, nearest_code, quantity
from jixiang.language.literals import meant, read_literal
from jixiang.language.parts import Text
from jixiang.language.source import fold
from jixiang.language.surface import Literal_
from jixiang.language.types import BOOL, DATE, MONTH, NUMBER, TEXT, Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.values.month import Month
from jixiang.values.problem import Problem

_MONTHS = re.compile(r"([0-9]{4}-[0-9]{2})[ ]*(?:~|-+|到|—+)[ ]*([0-9]{4}-[0-9]{2})")


def read_constant(cell: Text) -> typed.Constant | None:
    """A cell that says by itself what it is: a day, a month, an amount, a number, 是. None: a word."""
    literal = read_literal(cell.text, cell.place)
    return typed_literal(literal) if literal is not None else None


def typed_literal(literal: Literal_) -> typed.Constant | None:
    """A literal by itself; None when its unit does not go with it."""
    match literal.value:
        case bool():
            return typed.Constant(literal.value, BOOL)
        case str():
            return typed.Constant(literal.value, TEXT)
        case Month():
            return typed.Constant(literal.value, MONTH)
    if not isinstance(literal.value, int | Fraction):
        return typed.Constant(literal.value, DATE)
    found = quantity(Fraction(literal.value), literal.unit)
    return found if isinstance(found, typed.Constant) else None


def parse_cell(cell: Text, type_: Type, vocabulary: Vocabulary) -> typed.Value | Problem:
    """The cell's value as one of the type: a code as stored, titles as a tuple, a ref and a text as written.

    An empty cell is missing (None). What is not of the type is a Problem.
    """
    text = cell.text.strip()
    if not text:
        return None
    match type_.kind:
        case "code":
            return _code(cell, type_, vocabulary)
        case "titles":
            return titles_of(text)
        case "text" | "ref":
            return _unquoted(text)
    constant = read_constant(cell)
    if constant is None or not kinds.agree(constant.type, type_):
        message = f"这一格应当{kinds.WANTED.get(type_.kind, f'是{kinds.spoken(type_)}')},写的是 '{text}'"
        return Problem("bad-cell", cell.place, message, _way_out(cell, constant, type_))
    return constant.value


def read_meant(cell: Text) -> typed.Constant | None:
    """A cell as `read_constant` reads it, or what it probably says in another spelling."""
    return read_constant(cell) or read_constant(Text(meant(cell.text), cell.place))


def _way_out(cell: Text, found: typed.Constant | None, type_: Type) -> str:
    """The cell as it must be written, where that can be told; else an example."""
    span = _MONTHS.fullmatch(fold(cell.text).strip()) if type_.kind == "month" else None
    if span:
        return f"起止两个月写成 {span[1]} 至 {span[2]}"
    unit = kinds.UNITS.get(type_.kind, "")
    spelled = meant(cell.text)
    if unit and found is not None and found.type == NUMBER:
        spelled = f"{cell.text.strip()}{unit}"
    known = read_constant(Text(spelled, cell.place))
    if known is None or not kinds.agree(known.type, type_):
        return kinds.CELLS.get(type_.kind, "")
    return f"写成 {spelled.replace(' 元', '元')}"


def titles_of(text: str) -> tuple[str, ...]:
    """甲、乙 are two titles; one written twice is one."""
    return tuple(dict.fromkeys(title.strip() for title in text.split("、") if title.strip()))


def _unquoted(text: str) -> str:
    folded = fold(text)
    return text[1:-1] if len(folded) > 1 and folded[0] == folded[-1] == '"' else text


def _code(cell: Text, type_: Type, vocabulary: Vocabulary) -> typed.Value | Problem:
    codes = vocabulary.codes[type_.of]
    text = _unquoted(cell.text.strip())
    stored = code_in(codes, text)
    if stored is not None:
        return stored
    several = [piece.strip() for piece in re.split("[,;/]", fold(text))]
    way = f"几个值之间用顿号: {'、'.join(several)}" if all(code_in(codes, piece) for piece in several) else ""
    return Problem("unknown-code", cell.place, f"编码 '{codes.name}' 里没有 '{text}'", way or nearest_code(text, codes))
