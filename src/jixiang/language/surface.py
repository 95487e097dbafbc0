"""The surface tree: what a rule block says, as written. Names are not resolved here and nothing has a type yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from jixiang.values.month import Month
from jixiang.values.problem import Place

CompareOp = Literal["<", "<=", ">", ">=", "=", "≠"]
Pick = Literal["", "先到先得", "高额优先", "就高补差"]


@dataclass(frozen=True, slots=True)
class Word:
    """One name as written, and where."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Literal_:
    """A literal. `unit` is the word behind a number (元 万元 个月 天 人 次 课时 分 % 周岁 岁 …), normalised:
    元 for money (万元 already multiplied out; value in yuan), 个月, 天, 岁, 人, 次, 课时, 分, %; "" for a bare number.
    `年度` is a year, given as an int with unit "年度".
    """

    value: date | Month | Fraction | bool | str | int
    unit: str
    place: Place


@dataclass(frozen=True, slots=True)
class Path:
    """甲.乙.丙 or 甲 的 乙."""

    words: tuple[Word, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class TableLookup:
    """补贴标准[等级] or 补贴目录[职业, 等级].标准"""

    table: Word
    keys: tuple[Expr, ...]
    column: Word | None
    place: Place


@dataclass(frozen=True, slots=True)
class Argument:
    expr: Expr
    where: Expr | None


@dataclass(frozen=True, slots=True)
class Call:
    """求和(学员.培训.课时 其中 合格), 较早(a, b), 年龄(人, 日)"""

    function: Word
    arguments: tuple[Argument, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class AsOf:
    """X 于 D"""

    expr: Expr
    day: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Binary:
    """+ - × ÷ (加 减 乘 除以); `place` covers the whole."""

    op: Literal["+", "-", "×", "÷"]
    left: Expr
    right: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Comparison:
    """`word` is the operator as written (不少于, ≥, 早于 …), for messages and for reading aloud."""

    op: CompareOp
    word: str
    left: Expr
    right: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Within:
    """x 在 a 至 b (both ends included), or x 在 month/year (`high` is None)."""

    value: Expr
    low: Expr
    high: Expr | None
    place: Place


@dataclass(frozen=True, slots=True)
class Membership:
    """甲、乙 属于 domain. The domain is a set, or an expression (a list's name, a boolean definition, each maybe 于 D)."""

    items: tuple[Expr, ...]
    domain: SetOf | Expr
    negated: bool
    place: Place


@dataclass(frozen=True, slots=True)
class SetOf:
    items: tuple[Expr, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Presence:
    """有 x / 无 x"""

    expr: Expr
    negated: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Junction:
    """且 or 或 of two or more; the two are never mixed without brackets."""

    op: Literal["且", "或"]
    items: tuple[Expr, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Negation:
    """非 x"""

    expr: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Choice:
    """若 condition 则 then 否则 otherwise"""

    condition: Expr
    then: Expr
    otherwise: Expr
    place: Place


Expr = (
    Literal_
    | Path
    | TableLookup
    | Call
    | AsOf
    | Binary
    | Comparison
    | Within
    | Membership
    | Presence
    | Junction
    | Negation
    | Choice
)


# Statements ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    entity: Word
    each: Literal["", "每月", "每年"]
    where: Expr | None
    place: Place


@dataclass(frozen=True, slots=True)
class Role:
    """适用日, 受益人, 收款人: one expression under a fixed heading."""

    role: Literal["适用日", "受益人", "收款人"]
    expr: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Define:
    """定义 N: expr, or 定义 E.N: expr (`entity` set)."""

    entity: Word | None
    name: Word
    expr: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Parameter:
    """参数 N: v; 自 D 起 v; … The first value has no date."""

    name: Word
    steps: tuple[tuple[date | None, Expr], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ConditionStatement:
    name: Word
    expr: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Benefit:
    """金额, 荣誉 or 服务."""

    kind: Literal["金额", "荣誉", "服务"]
    expr: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Instalment:
    """分期 N: money 当 cond[; 至迟 D, 逾期 追回]"""

    name: Word
    amount: Expr
    when: Expr
    deadline: Expr | None
    place: Place


@dataclass(frozen=True, slots=True)
class Per:
    """每年, 每月, or n 年内 / n 个月内 / n 天内 (`number` and `unit`)."""

    word: Literal["每年", "每月", "内"]
    number: int = 0
    unit: Literal["", "年", "个月", "天"] = ""


@dataclass(frozen=True, slots=True)
class LimitStatement:
    """上限, 互斥 or 先高后低. `policies` are the names in 《》 (without them), with their places."""

    kind: Literal["上限", "互斥", "先高后低"]
    name: Word | None
    policies: tuple[Word, ...]
    keys: tuple[Path, ...]
    per: Per | None
    most: Expr | None
    when: Expr | None
    level: Path | None
    pick: Pick
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One item of 次序: an expression (with 从大到小 or 在先), or a policy that goes first (`policy`)."""

    expr: Expr | None
    policy: Word | None
    direction: Literal["", "从大到小", "在先"]


@dataclass(frozen=True, slots=True)
class OrderStatement:
    items: tuple[OrderItem, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Transition:
    """过渡: cond 仍按《version》"""

    condition: Expr
    version: Word
    place: Place


Statement = (
    Subject
    | Role
    | Define
    | Parameter
    | ConditionStatement
    | Benefit
    | Instalment
    | LimitStatement
    | OrderStatement
    | Transition
)
