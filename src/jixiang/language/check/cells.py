"""Table cells as values: of parameter tables, of cases and of facts in cases."""

from __future__ import annotations

from fractions import Fraction

from jixiang.language import typed
from jixiang.language.check import kinds
from jixiang.language.check.literals import code_in, nearest_code, quantity
from jixiang.language.literals import read_literal
from jixiang.language.parts import Text
from jixiang.language.source import fold
from jixiang.language.surface import Literal_
from jixiang.language.types import BOOL, DATE, MONTH, TEXT, Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.values.month import Month
from jixiang.values.problem import Problem


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
            return tuple(title.strip() for title in text.split("、") if title.strip())
        case "text" | "ref":
            return _unquoted(text)
    constant = read_constant(cell)
    if constant is None or not kinds.agree(constant.type, type_):
        found = kinds.spoken(constant.type) if constant is not None else f"'{text}'"
        way = kinds.CELLS.get(type_.kind, "")
        return Problem("bad-cell", cell.place, f"这一格应当是{kinds.spoken(type_)},写的是{found}", way)
    return constant.value


def _unquoted(text: str) -> str:
    folded = fold(text)
    return text[1:-1] if len(folded) > 1 and folded[0] == folded[-1] == '"' else text


def _code(cell: Text, type_: Type, vocabulary: Vocabulary) -> typed.Value | Problem:
    codes = vocabulary.codes[type_.of]
    text = _unquoted(cell.text.strip())
    stored = code_in(codes, text)
    if stored is not None:
        return stored
    return Problem("unknown-code", cell.place, f"编码 '{codes.name}' 里没有 '{text}'", nearest_code(text, codes))
