"""Which types go together, and how to say that two do not."""

from __future__ import annotations

from jixiang.language.types import Kind, Type

NAMES: dict[Kind, str] = {
    "date": "日期",
    "month": "月份",
    "year": "年度",
    "number": "数",
    "money": "金额",
    "months": "时长(个月)",
    "days": "时长(天)",
    "bool": "是否",
    "code": "编码",
    "text": "文本",
    "ref": "引用",
    "titles": "荣誉",
}
EXAMPLES: dict[Kind, str] = {
    "date": "日期要与日期比较,如 2021-01-01",
    "month": "月份要与月份比较,如 2021-01 或 决定日.当月",
    "year": "年度要与年度比较,如 2021 年度 或 决定日.当年",
    "number": "数要与数比较",
    "money": "金额要写单位,如 500 元",
    "months": "时长要写单位,如 12 个月",
    "days": "时长要写单位,如 30 天",
    "bool": "与 是 或 否 比较,或单独作为条件",
    "code": "编码要与编码的名称比较,如 等级 为 四级",
    "text": '文本要加引号,如 "甲"',
    "ref": "引用要与同一种事实的引用比较",
    "titles": "荣誉要与荣誉的名称比较",
}

UNITS: dict[Kind, str] = {"money": "元", "months": " 个月", "days": " 天"}  # what a bare number in a cell lacks
WANTED: dict[Kind, str] = {"bool": "写 是 或 否"}
CELLS: dict[Kind, str] = {
    "date": "写成 2021-01-01",
    "month": "写成 2021-01",
    "year": "写成 2021 年度",
    "number": "写一个数,如 12 或 5 %",
    "money": "写成 1500元",
    "months": "写成 12 个月",
    "days": "写成 30 天",
    "bool": "写 是 或 否",
}


def is_rate(name: str) -> bool:
    """Does the name promise a part of a whole?"""
    return any(word in name for word in ("率", "比例", "比重", "百分"))


def spoken(type_: Type) -> str:
    """The type as a person says it: 数(课时), 编码 技能等级, 人员."""
    match type_.kind:
        case "number":
            return f"数({type_.unit})" if type_.unit else "数"
        case "code":
            return f"编码 '{type_.of}'"
        case "ref":
            return f"一个 '{type_.of}'"
    return NAMES[type_.kind]


def agree(left: Type, right: Type) -> bool:
    """Can values of the two be compared, added, or stand in one column? A bare number goes with any unit."""
    if left.kind != right.kind or left.of != right.of:
        return False
    return left.unit == right.unit or not left.unit or not right.unit


def way_out(left: Type, right: Type) -> str:
    """What to write instead of comparing these two."""
    kinds = {left.kind, right.kind}
    if kinds == {"date", "month"}:
        return "日期加 '.当月' 才能与月份比较"
    if kinds == {"date", "year"} or kinds == {"month", "year"}:
        return "加 '.当年',或写 '在 2021 年度'"
    if kinds == {"months", "days"}:
        return "个月 与 天 不能混用,请统一成一种"
    if left.kind == right.kind == "number":
        return f"把单位统一成 '{left.unit}' 或 '{right.unit}'"
    if left.kind == right.kind == "code":
        return f"'{left.of}' 与 '{right.of}' 是两种编码"
    if left.kind == right.kind == "ref":
        return f"'{left.of}' 与 '{right.of}' 是两种事实"
    if kinds == {"number", "months"} or kinds == {"number", "days"}:
        return EXAMPLES["days" if "days" in kinds else "months"]
    if kinds == {"number", "money"}:
        return "金额要写单位,如 500 元"
    return EXAMPLES[left.kind]
