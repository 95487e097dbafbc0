"""What a template says of each column: what it means, how it is written, within which bounds, and an example.

Made from the vocabulary and the kind alone; the invented numbers of the examples can belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jixiang.imports.casts.bounds import TODAY
from jixiang.imports.kinds import Cell, Column, Fact, Key, Kind, Person, Sum
from jixiang.values import credit_code, resident_id

CREDIT_CODE = "GB 32100"

_ROLES = {
    "number": "公民身份号码,只进身份库",
    "name": "姓名,与号码一同核对,只进身份库",
    "account": "收款账号,只进身份库",
}
_ENDS = {"valid_from": "“{}”自这一天起", "valid_to": "“{}”到这一天为止,空着表示至今"}
_FORMS = {
    "date": "年-月-日,如 2021-06-30",
    "month": "六位数字,如 202106",
    "year": "四位数字,如 2021",
    "number": "整数,不写单位",
    "money": "以元计,最多两位小数,不写逗号和“元”",
    "months": "整数,几个月",
    "days": "整数,几天",
    "bool": "选“是”或“否”",
    "code": "从下拉单里选名称",
    "text": "文字",
    "number_": "18 位(旧号码 15 位),按文本填写",
    "name": "与证件一致",
    "account": "只写数字,按文本填写",
    "credit_code": "18 位,按文本填写",
}
_EXAMPLES = {
    "date": "2021-06-30",
    "month": "202106",
    "year": "2021",
    "number": "3",
    "money": "1500.00",
    "months": "12",
    "days": "30",
    "bool": "是",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Of one column."""

    name: str
    required: bool
    meaning: str
    form: str
    bounds: str
    example: str

    @property
    def note(self) -> str:
        """What is said on the heading."""
        lines = ("必填" if self.required else "可以留空", self.meaning, f"写法:{self.form}", self.bounds)
        return "\n".join(line for line in lines if line)


def words_of(kind: Kind, column: Column) -> Words:
    return Words(column.name, column.required, _meaning(kind, column), _form(column), _bounds(column), _example(column))


def _meaning(kind: Kind, column: Column) -> str:
    said = [_named(kind, column)]
    if column.attribute is not None:
        said += [column.attribute.meaning]
        if column.attribute.open_ended:
            said += ["空着表示至今"]
    said += [f"计入“{name}”" for name in _summed(kind, column)]
    said += [
        f"空着就不说这一行的“{fact.entity.name}”" for fact in kind.facts if fact.when == column.name and _whole(fact)
    ]
    return "。".join(dict.fromkeys(part.rstrip("。") for part in said if part))


def _named(kind: Kind, column: Column) -> str:
    """Whose number it is, which stretch begins or ends with it, what it refers to."""
    for fact in kind.facts:
        for name, source in fact.cells.items():
            attribute = next((a for a in fact.entity.attributes.values() if a.column == name), None)
            match source:
                case Cell(column.name) if name in _ENDS and not _whole(fact):
                    return _ENDS[name].format(_varying(fact))
                case Person() if attribute is not None and column.name in (source.number, source.name, source.account):
                    return f"{attribute.name}的{_ROLES[column.role]}"
                case Key() if attribute is not None and column.name in source.columns and column.name not in _own(fact):
                    return f"指明“{attribute.name}”"
    return _ROLES.get(column.role, "")


def _varying(fact: Fact) -> str:
    """The attribute of which the fact is a stretch."""
    return next(a.name for a in fact.entity.attributes.values() if a.varies and a.column in fact.cells)


def _own(fact: Fact) -> set[str]:
    return {source.column for source in fact.cells.values() if isinstance(source, Cell)}


def _whole(fact: Fact) -> bool:
    """Not a stretch of an attribute, whose date is plainly its own."""
    return fact.table.name == fact.entity.table


def _summed(kind: Kind, column: Column) -> list[str]:
    """The attributes that the column is one of several amounts of."""
    return [
        attribute.name
        for fact in kind.facts
        for attribute in fact.entity.attributes.values()
        if isinstance(source := fact.cells.get(attribute.column), Sum) and column.name in source.columns
    ]


def _form(column: Column) -> str:
    if column.role == "number":
        return _FORMS["number_"]
    if column.role != "value":
        return _FORMS[column.role]
    if is_credit_code(column):
        return _FORMS["credit_code"]
    unit = f",单位:{column.type.unit}" if column.type.unit else ""
    return _FORMS[column.type.kind] + unit


def is_credit_code(column: Column) -> bool:
    return column.attribute is not None and column.attribute.format == CREDIT_CODE


def _bounds(column: Column) -> str:
    attribute = column.attribute
    low, high = (attribute.low, attribute.high) if attribute is not None else ("", "")
    if column.type.kind in ("number", "money", "months", "days") and not (attribute and attribute.signed):
        low = low or "0"
    if low and high:
        return f"范围:{low} 至 {_spoken(high)}"
    if low:
        return f"范围:{low} 以上"
    return f"范围:{_spoken(high)} 以前" if high else ""


def _spoken(bound: str) -> str:
    return "今天" if bound == TODAY else bound


def _example(column: Column) -> str:
    if column.role == "number":
        return resident_id.synthetic(date(1990, 1, 1), 1).text
    if column.role == "name":
        return "某某"
    if column.role == "account":
        return "6200000000000000001"
    if is_credit_code(column):
        return credit_code.synthetic(1).text
    if column.codes is not None:
        return column.codes.codes[0].name
    return _EXAMPLES.get(column.type.kind, "")
