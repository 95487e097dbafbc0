"""What Excel lets a person type into a column of a template: pick lists, and formulas for what is kept as text.

A kindness to whoever types; pasted cells pass it by, so the import checks everything again and relies on none of this.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from jixiang.imports.casts.accounts import LEAST_DIGITS, MOST_DIGITS
from jixiang.imports.casts.bounds import TODAY
from jixiang.imports.casts.texts import LONGEST_NAME, LONGEST_TEXT
from jixiang.imports.kinds import Column
from jixiang.imports.template_words import Words, is_credit_code

MOST = 999_999_999_999


def validation_of(column: Column, words: Words, place: int, pick: str) -> dict[str, Any]:
    """XlsxWriter's options; `pick` is the range of the column's pick list, `place` the position of the column from 0."""
    check = _check(column, xl_rowcol_to_cell(1, place), pick)
    message = f"{words.form}。{words.bounds}".rstrip("。")
    return {**check, "ignore_blank": True, "error_title": f"{words.name[:20]}填得不对", "error_message": message[:250]}


def _check(column: Column, cell: str, pick: str) -> dict[str, Any]:
    match column.role:
        case "number":
            return _custom(f"OR(LEN({cell})=18,LEN({cell})=15)")
        case "name":
            return _length(1, LONGEST_NAME)
        case "account":
            return _length(LEAST_DIGITS, MOST_DIGITS)
    if is_credit_code(column):
        return _length(18, 18)
    match column.type.kind:
        case "code":
            return {"validate": "list", "source": pick}
        case "bool":
            return {"validate": "list", "source": ["是", "否"]}
        case "date":
            return _custom(_date(column, cell))
        case "month":
            return _custom(_month(cell))
        case "year":
            return _length(4, 4)
        case "money":
            return _between("decimal", column)
        case "number" | "months" | "days":
            return _between("integer", column)
    return _length(0, LONGEST_TEXT)


def _custom(formula: str) -> dict[str, Any]:
    return {"validate": "custom", "value": f"={formula}"}


def _length(least: int, most: int) -> dict[str, Any]:
    return {"validate": "length", "criteria": "between", "minimum": least, "maximum": most}


def _between(kind: str, column: Column) -> dict[str, Any]:
    low, high = _numbers(column)
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


def _numbers(column: Column) -> tuple[float, float]:
    """As they are typed: amounts in yuan."""
    attribute = column.attribute
    signed = attribute is not None and attribute.signed
    low, high = (attribute.low, attribute.high) if attribute is not None else ("", "")
    return float(low) if low else (-MOST if signed else 0), float(high) if high else MOST


def _date(column: Column, cell: str) -> str:
    """Text of ten characters that is a day within the bounds."""
    attribute = column.attribute
    parts = [f"LEN({cell})=10", f'MID({cell},5,1)="-"', f'MID({cell},8,1)="-"', f"ISNUMBER(DATEVALUE({cell}))"]
    if attribute is not None and attribute.low:
        parts.append(f"{cell}>={_day(attribute.low)}")
    if attribute is not None and attribute.high:
        parts.append(f"{cell}<={_day(attribute.high)}")
    return f"AND({','.join(parts)})"


def _day(bound: str) -> str:
    """As a text of the same form, so that texts are compared."""
    return 'TEXT(TODAY(),"yyyy-mm-dd")' if bound == TODAY else f'"{bound}"'


def _month(cell: str) -> str:
    month = f"VALUE(RIGHT({cell},2))"
    return f"AND(LEN({cell})=6,ISNUMBER(VALUE({cell})),VALUE(LEFT({cell},4))>=1900,{month}>=1,{month}<=12)"
