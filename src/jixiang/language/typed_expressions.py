"""The expressions of the typed tree. See `typed` for what they have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from jixiang.language.types import BOOL, DATE, DAYS, MONTHS, TEXT, Type
from jixiang.language.vocabulary import Relation
from jixiang.values.month import Month

Value = date | Month | int | Fraction | bool | str | tuple[str, ...] | None
CompareOp = Literal["<", "<=", ">", ">=", "=", "≠"]
AggregateKind = Literal["exists", "count", "count_distinct", "sum", "average", "max", "min", "longest_run"]
PartKind = Literal["month", "year", "previous_month", "previous_year", "first_day", "last_day"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. date, Month, int (year), Fraction (number, or money in fen), int (months, days), bool, str (code as
    stored, text), tuple of str (titles). `value` None: a value that is missing."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class DecisionDate:
    """决定日"""

    type: Type = DATE


@dataclass(frozen=True, slots=True)
class EffectiveDate:
    """适用日 of the claim being decided. (Inside `X 于 D` and inside 定义 E.N the checker has already put the day there.)"""

    type: Type = DATE


@dataclass(frozen=True, slots=True)
class Period:
    """当期: a month or a year."""

    type: Type


@dataclass(frozen=True, slots=True)
class Row:
    """A row in sight. `binder` 0 is the 对象 (or the row of an entity definition's case); aggregates bind 1, 2, … by depth."""

    binder: int
    type: Type


@dataclass(frozen=True, slots=True)
class TheOne:
    """The only row of a single entity (全市)."""

    type: Type


@dataclass(frozen=True, slots=True)
class Get:
    """A stored attribute of a row (never one that varies). `of` is a ref. Missing when the ref or the cell is missing;
    an empty cell of an open-ended attribute reads as FOREVER except directly under `Known`."""

    of: Expr
    attribute: str
    type: Type


@dataclass(frozen=True, slots=True)
class GetOn:
    """An attribute that changes with time, as it was on a day: of the rows in force that day (valid_from ≤ day ≤ valid_to)
    the one with the latest valid_from. None in force: missing."""

    of: Expr
    attribute: str
    on: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Named:
    """A 定义 of this document, inlined: means exactly `expr`. Only a bare use (no 于 around it) is Named."""

    name: str
    expr: Expr

    @property
    def type(self) -> Type:
        return self.expr.type


@dataclass(frozen=True, slots=True)
class Dated:
    """A 参数: the value of the last step whose day is not after `on` (the first has no day). `on` missing: missing."""

    name: str
    steps: tuple[tuple[date | None, Constant], ...]
    on: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Look:
    """A table cell: `table` is a key of Rulebook.tables. Any missing key: missing. No row: missing."""

    table: str
    column: str
    keys: tuple[Expr, ...]
    on: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Listed:
    """Does a row of the list in force on `on` match? Any missing key, or a missing day: unknown."""

    table: str
    keys: tuple[Expr, ...]
    on: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Over the rows of `relation` of the row `of`, bound as Row(binder), for which `where` holds.

    `value` is None for exists and count. If `of` is missing, so is the aggregate. See docs/language.md for bounds.
    """

    kind: AggregateKind
    of: Expr
    relation: Relation
    binder: int
    value: Expr | None
    where: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Share:
    """均分: `money`, rounded half up to the fen, divided among the rows of `relation` of `of` for which `where` holds; the
    fen left over go to the first row in the relation's order. `of` is the row whose share this is; if it is not itself
    among the rows, or a `where` is unknown, the share is missing."""

    money: Expr
    of: Expr
    relation: Relation
    binder: int
    where: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """Both sides have the same kind. Codes with < <= > >= compare by the list's order (`Type.of`), refs, codes, texts and
    booleans with = and ≠ only."""

    op: CompareOp
    left: Expr
    right: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Member:
    """Is the item one of the constants? Never empty, none of them missing."""

    item: Expr
    options: tuple[Constant, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Expr, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Expr, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    item: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Known:
    """有 x: true or false, never unknown. An open-ended attribute with an empty cell is not known, also where a 定义 names
    it."""

    item: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class If:
    """An unknown condition makes it missing."""

    condition: Expr
    then: Expr
    otherwise: Expr

    @property
    def type(self) -> Type:
        return self.then.type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Exact. Division by zero is missing. Units are already checked."""

    op: Literal["+", "-", "×", "÷"]
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Shift:
    """A date ± months or days, a month ± months, a year is never shifted. `by` is an integer of kind months or days;
    `sign` is 1 or -1."""

    of: Expr
    by: Expr
    sign: Literal[1, -1]

    @property
    def type(self) -> Type:
        return self.of.type


@dataclass(frozen=True, slots=True)
class Part:
    """month: of a date. year: of a date or month. previous_month: of a date or month (a month). previous_year: of a date,
    month or year (a year). first_day, last_day: of a month or year (a date)."""

    kind: PartKind
    of: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Age:
    """年龄: whole years from `birth` to `on` (a number, unit 岁); missing before birth."""

    birth: Expr
    on: Expr
    type: Type = field(default=Type("number", unit="岁"))


@dataclass(frozen=True, slots=True)
class WholeMonths:
    """整月数(start, end): months"""

    start: Expr
    end: Expr
    type: Type = MONTHS


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """天数(start, end): days, both ends included; 0 if `end` is before `start`"""

    start: Expr
    end: Expr
    type: Type = DAYS


@dataclass(frozen=True, slots=True)
class Least:
    """较小, 较早. Any missing item: missing."""

    items: tuple[Expr, ...]

    @property
    def type(self) -> Type:
        return self.items[0].type


@dataclass(frozen=True, slots=True)
class Greatest:
    """较大, 较晚. Any missing item: missing."""

    items: tuple[Expr, ...]

    @property
    def type(self) -> Type:
        return self.items[0].type


@dataclass(frozen=True, slots=True)
class Round:
    """取整: to a multiple of `unit_fen`. half_up rounds a half away from zero; down and up are toward −∞ and +∞."""

    money: Expr
    unit_fen: int
    direction: Literal["half_up", "down", "up"]
    type: Type


@dataclass(frozen=True, slots=True)
class Granted:
    """金额 inside a 分期: what has been granted, in fen."""

    type: Type = Type("money")


@dataclass(frozen=True, slots=True)
class Remainder:
    """其余 inside a 分期: what has been granted less what the other stages have paid."""

    type: Type = Type("money")


@dataclass(frozen=True, slots=True)
class Title:
    """荣誉 inside a 上限 or 互斥 of an honour: the title being claimed."""

    type: Type = TEXT


Expr = (
    Constant
    | DecisionDate
    | EffectiveDate
    | Period
    | Row
    | TheOne
    | Get
    | GetOn
    | Named
    | Dated
    | Look
    | Listed
    | Aggregate
    | Share
    | Compare
    | Member
    | And
    | Or
    | Not
    | Known
    | If
    | Arithmetic
    | Shift
    | Part
    | Age
    | WholeMonths
    | DaysBetween
    | Least
    | Greatest
    | Round
    | Granted
    | Remainder
    | Title
)
