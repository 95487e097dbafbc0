"""The 类型 cell of the vocabulary: `编码 险种, 必填`, `日期, 1900-01-01 至 今日`, `→ 参赛 同 比赛、队伍, 含本行, 按 队序`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from jixiang.language.nearness import perhaps
from jixiang.language.types import BOOL, DATE, DAYS, MONEY, MONTH, MONTHS, TEXT, YEAR, Type, code, ref

PLAIN = {"日期": DATE, "月份": MONTH, "年度": YEAR, "金额": MONEY, "是否": BOOL, "文本": TEXT, "比率": Type("number")}
UNITS = ("", "人", "次", "课时", "分", "岁", "工作日")
BASES = (*PLAIN, "整数", "小数", "时长", "编码")


@dataclass(frozen=True)
class TypeCell:
    """What a 类型 cell says. `target` and `same` belong to a relation among rows of one kind (→ 参赛 同 比赛、队伍)."""

    type: Type
    varies: bool = False
    open_ended: bool = False
    signed: bool = False
    required: bool = False
    inverse: str = ""
    same: tuple[str, ...] = ()
    with_self: bool = False
    order: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    format: str = ""


def read_type_cell(text: str) -> TypeCell | str:
    """The cell's meaning, or a message that says what is wrong with it."""
    first, *rest = [part.strip() for part in re.split("[,，]", text)]
    cell = _base(first)
    for part in rest:
        if isinstance(cell, str):
            return cell
        cell = _modified(cell, part)
    return cell


def _base(text: str) -> TypeCell | str:
    if text in PLAIN:
        return TypeCell(PLAIN[text])
    if text.startswith("→"):
        target, _, same = text[1:].partition(" 同 ")
        return TypeCell(ref(target.strip()), same=_listed(same))
    word, _, behind = text.partition(" ")
    behind = behind.strip()
    match word:
        case "编码" if behind:
            return TypeCell(code(behind))
        case "整数" | "小数" if behind in UNITS:
            return TypeCell(Type("number", unit=behind))
        case "时长" if behind in ("个月", "天"):
            return TypeCell(MONTHS if behind == "个月" else DAYS)
    return f"不认识的类型 '{text}'。{perhaps(word, BASES)}"


def _modified(cell: TypeCell, part: str) -> TypeCell | str:
    match part.split():
        case ["随时间变化"]:
            return replace(cell, varies=True)
        case ["空为至今"]:
            return replace(cell, open_ended=True)
        case ["必填"]:
            return replace(cell, required=True)
        case ["可为负"]:
            return replace(cell, signed=True)
        case ["含本行"]:
            return replace(cell, with_self=True)
        case ["反向", name]:
            return replace(cell, inverse=name)
        case ["按", *names] if names:
            return replace(cell, order=_listed("".join(names)))
        case [low, "至", high]:
            return replace(cell, low=low, high=high)
        case [low, "以上"]:
            return replace(cell, low=low)
        case [high, "以下"]:
            return replace(cell, high=high)
    if cell.type == TEXT and part:
        return replace(cell, format=part)
    known = ("随时间变化", "空为至今", "必填", "可为负", "含本行", "反向", "按")
    return f"不认识的说明 '{part}'。{perhaps(part, known)}"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("、") if name.strip())
