"""The typed tree: what a policy means. Every reading is a reading of this tree and none of them knows another.

Names are gone: definitions are inlined (`Named` keeps their names for explanations and cases), parameters, tables, lists
and attributes that change with time carry the day on which they are read (`on`). Nodes are immutable and compare by
structure, so equal expressions are computed once. Source positions live beside the tree, never in it.

Three values. Any expression may be *missing* (None, NULL). A missing boolean is *unknown*. Ordered values (dates, months,
years, numbers, money, durations) that come out of an incomplete set of rows are known only to lie *between two bounds*;
see docs/language.md for which operators keep bounds and which turn an uncertain value into a missing one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from jixiang.language.types import BOOL, DATE, MONTHS, TEXT, Type
from jixiang.language.vocabulary import Relation
from jixiang.values.month import Month
from jixiang.values.problem import Place

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
    """有 x: true or false, never unknown. An open-ended attribute with an empty cell is not known."""

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
    | Least
    | Greatest
    | Round
    | Granted
    | Remainder
    | Title
)


# Tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OneOf:
    """A key cell with one or several values (as typed values: stored codes, Fractions, …)."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A key cell with a range, both ends included; None is open."""

    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class Otherwise:
    """其他: matches where no row in force with a value or range in this column does, the other keys being equal."""


Cell = OneOf | Between | Otherwise


@dataclass(frozen=True, slots=True)
class TableRow:
    """`since` (自) and `until` (至), both included; None is open."""

    since: date | None
    until: date | None
    keys: tuple[Cell, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """A table or list. Which row speaks on a day: of the rows in force (since ≤ day ≤ until) whose key cells match, those
    with the fewest 其他, then the one with the latest `since`. A list has no value columns."""

    name: str
    document: str
    keys: tuple[tuple[str, Type], ...]
    values: tuple[tuple[str, Type], ...]
    rows: tuple[TableRow, ...]
    place: Place = field(default=Place("", 1), compare=False)


# Policies --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Definition:
    """A 定义, or 参数 (for explanations). `expr` is read on the claim's 适用日."""

    name: str
    expr: Expr
    article: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Condition:
    name: str
    expr: Expr
    article: str
    text: str  # as written, on one line
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Stage:
    """`amount` is an expression over Granted, or Remainder (then it is the settling stage)."""

    name: str
    amount: Expr
    when: Expr
    deadline: Expr | None
    article: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class OrderKey:
    """One item of 次序, as an expression of an ordered kind, a code of an ordered list, or a boolean (是 first if `first`)."""

    expr: Expr
    descending: bool
    first: bool


@dataclass(frozen=True)
class Policy:
    """One version of one policy.

    A subject is *considered* if 适用日 ≤ 决定日, 施行 ≤ 适用日 < the next version's 施行 (or 废止), and 适用日 lies in 执行期.
    `execution` and `acceptance` are inclusive. `lookback_months`: 追溯; None: to the first run.
    `transition`: (condition, version label) in order; for whom it holds, that older version speaks.
    """

    code: str
    name: str
    version: str  # label for people: 版本 if given, else the 施行 date
    hash: str  # over this document and all that it 引用s
    file: str
    category: str
    fund: str
    honour: bool
    entity: str
    each: Literal["", "month", "year"]
    where: Expr | None
    effective_date: Expr
    in_force_from: date
    in_force_until: date | None  # exclusive
    execution: tuple[date, date] | None
    acceptance: tuple[date, date] | None
    lookback_months: int | None
    beneficiary: Expr
    payee: Expr
    definitions: tuple[Definition, ...]
    conditions: tuple[Condition, ...]
    amount: Expr  # money; titles under 荣誉; Constant 0 for 服务
    amount_article: str
    stages: tuple[Stage, ...]
    transitions: tuple[tuple[Expr, str], ...]
    order: tuple[OrderKey, ...]
    articles: dict[str, str] = field(default_factory=dict, compare=False)  # name of a statement → its article


@dataclass(frozen=True)
class Binding:
    """How one version of one policy resolves a rule. `most` is None for an exclusion or a ladder, `level` only a ladder's."""

    keys: tuple[Expr, ...]
    most: Expr | None
    when: Expr | None
    level: Expr | None


@dataclass(frozen=True)
class Within_:
    """n 年内 / 个月内 / 天内: in any span of that length."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class Rule:
    """A 上限, 互斥 or 先高后低. It binds every policy in `bindings`, keyed by (policy code, version)."""

    name: str
    kind: Literal["count", "months", "money", "exclude", "ladder"]
    per: Literal["", "month", "year"] | Within_
    top_up: bool
    text: str
    article: str
    stated_in: str  # policy code
    bindings: dict[tuple[str, str], Binding]
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Family:
    """Policies linked by a rule, decided in one line. `early`: 先到先得, else 高额优先. `precedence`: policy code → position of
    its order group (《P》 在先); policies that state no 次序 come after those that do."""

    policies: tuple[str, ...]  # codes, sorted
    rules: tuple[Rule, ...]
    early: bool
    precedence: dict[str, int]


@dataclass(frozen=True)
class EntityDefinition:
    """定义 E.N of a definition document, for its cases: `expr` over Row(0) of `entity`, with EffectiveDate the day asked for."""

    entity: str
    name: str
    expr: Expr
    article: str
    place: Place = field(compare=False)


FIXED_BITS = ("受理期", "对象", "适用日", "金额", "过渡", "受益人")


@dataclass(frozen=True)
class Rulebook:
    """All documents of a city together.

    `policies`: code → versions by 施行. `families` partition the codes. `documents`: name → sha256 of each file.
    """

    policies: dict[str, tuple[Policy, ...]]
    families: tuple[Family, ...]
    tables: dict[str, Table]
    entity_definitions: dict[str, tuple[EntityDefinition, ...]]  # document name → its definitions
    documents: dict[str, str]
    process: dict[str, dict[str, Dated]] = field(default_factory=dict)  # 办法 document → its 参数

    def rules_of(self, code: str) -> tuple[Rule, ...]:
        """The rules that bind a policy, in the family's order."""
        return tuple(
            rule
            for family in self.families
            if code in family.policies
            for rule in family.rules
            if any(bound == code for bound, _ in rule.bindings)
        )

    def bits_of(self, policy: Policy) -> tuple[str, ...]:
        """What each bit of `failed` and `unknown` stands for: the fixed ones, the conditions, the rules."""
        return FIXED_BITS + tuple(c.name for c in policy.conditions) + tuple(r.name for r in self.rules_of(policy.code))
