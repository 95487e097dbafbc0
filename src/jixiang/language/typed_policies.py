"""Tables, policies, rules and the rulebook: what expressions of the typed tree stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from jixiang.language.typed_expressions import Dated, Expr, Value
from jixiang.language.types import Type
from jixiang.values.problem import Place

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


@dataclass(frozen=True, slots=True)
class Window:
    """执行期 or 受理期: `first` to `last`, both included. `extended`: from a decision date on (the first of a pair) decisions
    read a later last day; both rise from pair to pair."""

    first: date
    last: date
    extended: tuple[tuple[date, date], ...] = ()

    def last_on(self, decision_date: date) -> date:
        """The last day as a decision of that date reads it."""
        reached = [last for since, last in self.extended if since <= decision_date]
        return reached[-1] if reached else self.last

    def holds(self, day: date, decision_date: date) -> bool:
        """Does a day lie in it, for a decision of that date?"""
        return self.first <= day <= self.last_on(decision_date)


@dataclass(frozen=True)
class Policy:
    """One version of one policy.

    A subject is *considered* if 适用日 ≤ 决定日, 施行 ≤ 决定日, 施行 ≤ 适用日 < the next version's 施行 (or 废止), and 适用日 lies in
    执行期. That of a policy's oldest version may begin before its 施行; then 适用日 may lie there too. `lookback_months`: 追溯;
    None: to the first run.
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
    execution: Window | None
    acceptance: Window | None
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


@dataclass(frozen=True)
class Explained:
    """One row of a 释明: why a finding of the health check is meant to be so. `document` by its label, `kind` and `about` as
    the check calls the finding. It means nothing to a run."""

    document: str
    kind: str
    about: str
    text: str
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
    explained: tuple[Explained, ...] = ()  # by document and line

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
