"""One version of one policy becomes a table of verdicts: a row for every subject that is considered.

Columns: subject, period, title, effective_date, beneficiary, payee, failed, unknown, amount (1 under 荣誉 and 服务), claimed_fen,
rank_<i>, and for each rule that binds the policy place_<i>, most_<i>, level_<i> (NULL where it does not apply).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.query import sql
from jixiang.readings.query import value as v
from jixiang.readings.query.expressions import Expressions
from jixiang.readings.query.frame import Frame
from jixiang.readings.query.split import asking_rows, asks_rows, conjuncts, timeless
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.query.value import Bound, certain
from jixiang.readings.tree import rebuild
from jixiang.values.month import Month

LAST = 2**62  # the rank of what has none
FEW = 2  # periods: with more of them it is worth asking first who is concerned in any


@dataclass
class Verdicts:
    """The table, and how to speak of its columns."""

    policy: t.Policy
    relation: str
    frame: Frame
    query: Callable[[], exp.Query]
    rules: tuple[t.Rule, ...]
    ranks: int


def pays(policy: t.Policy) -> bool:
    """Is it money that is due? For 服务 the tree holds the constant 0."""
    service = isinstance(policy.amount, t.Constant) and policy.amount.value == 0
    return not policy.honour and not service


def judged(expressions: Expressions, policy: t.Policy, name: str, only: str | None = None) -> Verdicts:
    """Compiles a policy version; the steps are taken from the frames afterwards. `only`: a relation whose `key` names each
    subject to judge once; without one all are judged."""
    return _Judge(expressions, policy, name, only).verdicts()


class _Judge:
    def __init__(self, expressions: Expressions, policy: t.Policy, name: str, only: str | None = None) -> None:
        self.x = expressions
        self.policy = policy
        self.name = name
        self.only = only
        self.sources = expressions.sources
        self.today = self.sources.decision_date
        self.money = pays(policy)
        self.bits = {n: 1 << i for i, n in enumerate(t.FIXED_BITS)}

    def verdicts(self) -> Verdicts:
        subjects = self._subjects()
        frame = self._considered(subjects)
        failed, unknown = self._conditions(frame)
        amount = self._amount(frame)
        columns = self._standing(frame, failed, unknown, amount)
        rules = self.x.rulebook.rules_of(self.policy.code)

        def query() -> exp.Query:
            return sql.select([sql.alias(c, n) for n, c in columns.items()], sql.table(frame.top, "r"))

        return Verdicts(self.policy, f"{self.name}_verdicts", frame, query, rules, len(self.policy.order))

    # Who is considered -------------------------------------------------------------------------------------------

    def _subjects(self) -> Frame:
        entity = self.sources.vocabulary.entities[self.policy.entity]
        view = self.sources.fact(entity, (entity.key_column,))

        def base(frame: Frame) -> exp.Query:
            shown = [sql.alias(x, n) for n, x in frame.base_columns.items()]
            joins = []
            if self.only is not None:
                asked = sql.binary("=", col(entity.key_column, "e"), col("key", "o"))
                joins.append(sql.join(sql.table(self.only, "o"), asked, kind="INNER"))
            return sql.select(shown, sql.table(view, "e"), joins=joins)

        frame = Frame(f"{self.name}_s", 0, ("k0",), base, entity=entity.name)
        frame.in_base("k0", col(entity.key_column, "e"))
        self.x.aggregates.frames.append(frame)
        periods = self._periods()
        return frame if periods is None else self._each(frame, periods)

    def _each(self, subjects: Frame, periods: list[int]) -> Frame:
        """Each subject once a period. What is asked whatever the period is asked before: few of a city are left to repeat, and
        what takes other rows to answer is answered once for all periods of a subject."""
        if len(periods) > FEW:
            parts = [p for p in map(timeless, conjuncts(self.policy.where)) if p is not None]
            for name, rows in (("o", False), ("q", True)):
                asked = [part for part in parts if asks_rows(part) is rows]
                keep = [_not_false(subjects.let(self.x.boolean(part, subjects))) for part in asked]
                subjects = self._continued(subjects, name, keep) if keep else subjects
            for part in (p for condition in self.policy.conditions for p in asking_rows(condition.expr)):
                self.x.value(part, subjects)
        frame = subjects.repeated(f"{self.name}_e", sql.TRUE, _listed(periods, "p0", "p"), "p0")
        frame.memo[t.Period(self._period_type())] = certain(col("p0"))
        self.x.aggregates.frames.append(frame)
        return frame

    def _period_type(self) -> Type:
        return Type("month" if self.policy.each == "month" else "year")

    def _periods(self) -> list[int] | None:
        if not self.policy.each:
            return None
        spoken_by = (self.policy, *self._newer())
        within, today = _within_period(self.policy), self.today
        spans = [_span(p, today) if within else _periods_span(p, today) for p in spoken_by]
        first = min(low for low, _ in spans)
        last = min(self.today, max(high for _, high in spans))
        if self.policy.each == "year":
            return list(range(first.year, last.year + 1))
        return list(range(Month.of(first).index, Month.of(last).index + 1))

    def _newer(self) -> list[t.Policy]:
        """Newer versions that leave some of their subjects to this one."""
        versions = self.x.rulebook.policies[self.policy.code]
        mine = self.policy.version
        return [p for p in versions if p.version != mine and any(label == mine for _, label in p.transitions)]

    def _considered(self, subjects: Frame) -> Frame:
        """Those whose 其中 is not false and whose 适用日 is in time; what asks no other rows is asked first."""
        policy = self.policy
        effective = subjects.let(self.x.exact(policy.effective_date, subjects).plain)
        subjects.memo[t.EffectiveDate()] = certain(effective)
        parts = conjuncts(policy.where)
        alone = [p for p in parts if not asks_rows(p)]
        keep = [_not_false(subjects.let(self.x.boolean(part, subjects))) for part in alone]
        undated = sql.is_null(effective) if self._newest_begun() else sql.FALSE
        spoken = sql.or_([self._in_time(p, effective) for p in (policy, *self._newer())])
        begun = sql.binary("<=", effective, sql.day(self.today))
        keep.append(sql.or_([undated, sql.coalesce(sql.and_([begun, spoken]), sql.FALSE)]))
        near = self._continued(subjects, "n", keep)
        keep = [_not_false(near.let(self.x.boolean(part, near))) for part in parts if part not in alone]
        keep.append(sql.or_([sql.is_null(effective), sql.coalesce(self._spoken(near, effective), sql.FALSE)]))
        frame = self._continued(near, "c", keep) if keep != [sql.TRUE] else near
        self.effective = effective
        return frame

    def _continued(self, frame: Frame, name: str, keep: list[Sql]) -> Frame:
        further = frame.continued(f"{self.name}_{name}", sql.and_(keep))
        self.x.aggregates.frames.append(further)
        return further

    def _spoken(self, frame: Frame, effective: Sql) -> Sql:
        """Does this version speak of a subject: in its own time unless it hands over, or in a newer one's that does?"""
        self.handed = self._handed(self.policy, frame)
        stays = sql.TRUE if self.handed is None else sql.binary("<=", self.handed, sql.number(0))
        spoken = [sql.and_([self._in_time(self.policy, effective), stays])]
        for newer in self._newer():
            to = [n for n, (_, label) in enumerate(newer.transitions, 1) if label == self.policy.version]
            passed_on = self._handed(newer, frame) or sql.NULL
            mine = sql.or_([sql.binary("=", passed_on, sql.number(n)) for n in to])
            spoken.append(sql.and_([self._in_time(newer, effective), mine]))
        if len(spoken) == 1 and stays == sql.TRUE:
            return sql.TRUE
        return sql.or_(spoken)

    def _handed(self, policy: t.Policy, subjects: Frame) -> Sql | None:
        """Which 过渡 of a version holds for a subject: its number, 0 if that is unknown, -1 if none."""
        branches = []
        for number, (condition, _) in enumerate(policy.transitions, 1):
            holds = self.x.boolean(self._as_said_by(policy, condition), subjects)
            branches += [(holds, sql.number(number)), (sql.is_null(holds), sql.number(0))]
        return subjects.let(sql.case(*branches, otherwise=sql.number(-1))) if branches else None

    def _as_said_by(self, policy: t.Policy, expr: t.Expr) -> t.Expr:
        """What another version says of its 适用日, where that is not this one's."""
        if policy.effective_date == self.policy.effective_date:
            return expr
        return rebuild(expr, lambda node: policy.effective_date if isinstance(node, t.EffectiveDate) else None)

    def _newest_begun(self) -> bool:
        begun = [p for p in self.x.rulebook.policies[self.policy.code] if _begun(p, self.today)]
        return bool(begun) and max(begun, key=lambda p: p.in_force_from).version == self.policy.version

    def _in_time(self, policy: t.Policy, effective: Sql) -> Sql:
        if not _begun(policy, self.today):
            return sql.FALSE
        low, high = _span(policy, self.today)
        return sql.and_([sql.binary(">=", effective, sql.day(low)), sql.binary("<=", effective, sql.day(high))])

    # What holds --------------------------------------------------------------------------------------------------

    def _conditions(self, frame: Frame) -> tuple[Sql, Sql]:
        policy = self.policy
        failed: list[Sql] = []
        unknown: list[Sql] = [self._bit("适用日", sql.is_null(self.effective))]
        accepted = policy.acceptance
        if accepted and not accepted.first <= self.today <= _last(accepted, self.today):
            failed.append(sql.number(self.bits["受理期"]))
        if policy.where is not None:
            unknown.append(self._bit("对象", sql.is_null(self.x.boolean(policy.where, frame))))
        if self.handed is not None:
            unsure = sql.and_([sql.known(self.effective), sql.binary("=", self.handed, sql.number(0))])
            unknown.append(self._bit("过渡", unsure))
        for number, condition in enumerate(policy.conditions):
            bit = 1 << (len(t.FIXED_BITS) + number)
            holds = frame.let(self.x.boolean(condition.expr, frame))
            failed.append(sql.case((sql.not_(holds), sql.number(bit)), otherwise=sql.number(0)))
            unknown.append(sql.case((sql.is_null(holds), sql.number(bit)), otherwise=sql.number(0)))
        return frame.let(_total(failed)), frame.let(_total(unknown))

    def _bit(self, name: str, holds: Sql) -> Sql:
        return sql.case((holds, sql.number(self.bits[name])), otherwise=sql.number(0))

    def _amount(self, frame: Frame) -> Sql:
        """What is asked for, in whole fen; under 荣誉 one for each title, under 服务 one."""
        kind = self.policy.amount.type.kind
        if kind == "titles":
            titles = frame.let(self.x.value(self.policy.amount, frame).plain)
            empty = sql.or_([sql.is_null(titles), sql.binary("=", sql.anonymous("LEN", titles), sql.number(0))])
            none = exp.Array(expressions=[sql.cast(sql.NULL, "VARCHAR")])
            shown = sql.case((sql.or_([empty, self._refused(frame)]), none), otherwise=titles)
            frame.lay_out(frame.let(shown), "title")
            frame.memo[t.Title()] = certain(col("title"))
            return frame.let(sql.case((sql.not_(empty), sql.number(1))))
        if not self.money:
            return sql.number(1)
        return frame.let(v.round_half_up(self.x.exact(self.policy.amount, frame).lo))

    def _refused(self, frame: Frame) -> Sql:
        """A subject that fails or is unknown has one row, without titles."""
        bits = [sql.binary("≠", part, sql.number(0)) for part in self._conditions(frame)]
        receives = [self.x.exact(e, frame).plain for e in (self.policy.beneficiary, self.policy.payee)]
        return sql.or_([*bits, *(sql.is_null(one) for one in receives)])

    def _standing(self, frame: Frame, failed: Sql, unknown: Sql, amount: Sql) -> dict[str, Sql]:
        """The bits that follow from the amount, the one who receives, and the rules; then all columns of the verdict."""
        holds = sql.binary("=", failed, sql.number(0))
        beneficiary = self.x.exact(self.policy.beneficiary, frame).plain
        payee = self.x.exact(self.policy.payee, frame).plain
        worthless = sql.and_([holds, sql.binary("=", amount, sql.number(0))]) if self.money else sql.FALSE
        late = [
            self._bit("金额", sql.is_null(amount)),
            self._bit("受益人", sql.or_([sql.is_null(beneficiary), sql.is_null(payee)])),
        ]
        asked, open_ = self._places(frame)
        late.append(sql.case((worthless, sql.number(0)), otherwise=open_))
        unknown = frame.let(sql.binary("+", unknown, sql.case((holds, _total(late)), otherwise=sql.number(0))))
        holds = frame.let(sql.case((sql.and_([holds, worthless]), sql.FALSE), otherwise=holds))
        failed = sql.binary("+", failed, self._bit("金额", worthless))
        clean = sql.and_([holds, sql.binary("=", unknown, sql.number(0))])
        claimed = amount if self.money else sql.case((sql.known(amount), sql.number(0)))
        ranks = {f"rank_{n}": self._rank(key, frame) for n, key in enumerate(self.policy.order)}
        return {
            "subject": col("k0"),
            "period": self._period_text(),
            "title": sql.coalesce(col("title"), sql.text("")) if "title" in frame.level_of else sql.text(""),
            "effective_date": sql.cast(self.effective, "DATE"),
            "beneficiary": sql.cast(beneficiary, "VARCHAR"),
            "payee": sql.cast(payee, "VARCHAR"),
            "failed": sql.cast(failed, "BIGINT"),
            "unknown": sql.cast(unknown, "BIGINT"),
            "amount": sql.cast(sql.case((clean, amount)), "BIGINT"),
            "claimed_fen": sql.cast(sql.case((holds, claimed)), "BIGINT"),
            **{n: sql.cast(c, "BIGINT") for n, c in ranks.items()},
            **asked,
        }

    def _places(self, frame: Frame) -> tuple[dict[str, Sql], Sql]:
        """What is asked for under each rule, and the bits of the rules for which that is unknown."""
        asked: dict[str, Sql] = {}
        bits = []
        first = len(t.FIXED_BITS) + len(self.policy.conditions)
        for number, rule in enumerate(self.x.rulebook.rules_of(self.policy.code)):
            binding = rule.bindings.get((self.policy.code, self.policy.version))
            place, most, level, open_ = self._place(rule, binding, frame)
            bits.append(sql.case((open_, sql.number(1 << (first + number))), otherwise=sql.number(0)))
            asked |= {f"place_{number}": place, f"most_{number}": most, f"level_{number}": level}
        return asked, _total(bits)

    def _period_text(self) -> Sql:
        match self.policy.each:
            case "month":
                year = sql.cast(sql.binary("//", col("p0"), sql.number(12)), "VARCHAR")
                month = sql.binary("+", sql.binary("%", col("p0"), sql.number(12)), sql.number(1))
                return _glued([year, sql.text("-"), _two_digits(month)])
            case "year":
                return sql.cast(col("p0"), "VARCHAR")
        return sql.text("")

    # Places and order --------------------------------------------------------------------------------------------

    def _place(self, rule: t.Rule, binding: t.Binding | None, frame: Frame) -> tuple[Sql, Sql, Sql, Sql]:
        """Key, limit and level of the place that a claim asks for under a rule, and whether that is unknown."""
        nothing = (sql.cast(sql.NULL, "VARCHAR"), sql.cast(sql.NULL, "BIGINT"), sql.cast(sql.NULL, "BIGINT"))
        if binding is None:
            return *nothing, sql.FALSE
        applies = self.x.boolean(binding.when, frame) if binding.when is not None else sql.TRUE
        parts = [key_text(self.x.exact(k, frame).lo, k.type) for k in binding.keys]
        if rule.per == "year":
            parts.append(sql.cast(sql.anonymous("YEAR", self.effective), "VARCHAR"))
        elif rule.per == "month":
            parts.append(sql.anonymous("STRFTIME", self.effective, sql.text("%Y-%m")))
        key = frame.let(_glued(_between(parts, "|")))
        needed = [key, self.effective] if isinstance(rule.per, t.Within_) else [key]
        most, level = nothing[1], nothing[2]
        if binding.most is not None:
            most = frame.let(v.floor(self.x.exact(binding.most, frame).lo))
            needed.append(most)
        if binding.level is not None:
            level = frame.let(self._position(binding.level, frame))
            needed.append(level)
        missing = sql.or_([sql.is_null(n) for n in needed])
        claimed = sql.known(col("title")) if "title" in frame.level_of else sql.TRUE
        open_ = sql.and_([claimed, sql.or_([sql.is_null(applies), sql.and_([applies, missing])])])
        there = sql.and_([claimed, applies, sql.not_(missing)])
        shown = [sql.cast(sql.case((there, c)), k) for c, k in ((key, "VARCHAR"), (most, "BIGINT"), (level, "BIGINT"))]
        return shown[0], shown[1], shown[2], open_

    def _rank(self, key: t.OrderKey, frame: Frame) -> Sql:
        place = self._position(key.expr, frame)
        if key.expr.type.kind == "bool" and key.first:
            place = sql.binary("-", sql.number(1), place)
        return sql.coalesce(v.minus(place) if key.descending else place, sql.number(LAST))

    def _position(self, expr: t.Expr, frame: Frame) -> Sql:
        """Any value that has an order as an integer: days, months, codes by their list, numbers floored, 是 above 否."""
        exact = self.x.exact(expr, frame)
        match expr.type.kind:
            case "bool":
                return sql.case((exact.plain, sql.number(1)), (sql.not_(exact.plain), sql.number(0)))
            case "code":
                return self.x.rank(exact.plain, expr.type)
            case "date":
                epoch = sql.binary("-", exact.plain, sql.day(date(1, 1, 1)))
                return sql.binary("+", epoch, sql.number(1))
        return v.floor(exact.lo)


def key_text(bound: Bound, type_: Type) -> Sql:
    """A part of a place's key, as text; NULL if missing."""
    match type_.kind:
        case "month":
            month = sql.binary("+", sql.binary("%", bound.n, sql.number(12)), sql.number(1))
            year = sql.cast(sql.binary("//", bound.n, sql.number(12)), "VARCHAR")
            return _glued([year, sql.text("-"), _two_digits(month)])
        case "bool":
            return sql.case((bound.n, sql.text("是")), (sql.not_(bound.n), sql.text("否")))
        case "code" | "text" | "ref":
            slashes = sql.anonymous("REPLACE", bound.n, sql.text("\\"), sql.text("\\\\"))
            return sql.anonymous("REPLACE", slashes, sql.text("|"), sql.text("\\|"))
    if bound.d is None:
        return sql.cast(bound.n, "VARCHAR")
    common = sql.anonymous("GCD", sql.func("ABS", bound.n), bound.d)
    above, below = (sql.binary("//", sql.func("ABS", x), common) for x in (bound.n, bound.d))
    sign = sql.case((sql.binary("<", bound.n, sql.number(0)), sql.text("-")), otherwise=sql.text(""))
    fraction = sql.case(
        (sql.binary(">", below, sql.number(1)), _glued([sql.text("/"), sql.cast(below, "VARCHAR")])),
        otherwise=sql.text(""),
    )
    return _glued([sign, sql.cast(above, "VARCHAR"), fraction])


def _two_digits(number: Sql) -> Sql:
    padded = sql.case((sql.binary("<", number, sql.number(10)), sql.text("0")), otherwise=sql.text(""))
    return _glued([padded, sql.cast(number, "VARCHAR")])


def _between(parts: list[Sql], mark: str) -> list[Sql]:
    return [x for part in parts for x in (sql.text(mark), part)][1:]


def _glued(parts: Iterable[Sql]) -> Sql:
    """Texts end to end; NULL if any is."""
    tree: Sql | None = None
    for part in parts:
        if isinstance(part, exp.Null):
            return sql.NULL
        piece = (
            part.copy()
            if isinstance(part, (exp.Column, exp.Literal, exp.Cast, exp.Anonymous))
            else exp.Paren(this=part.copy())
        )
        tree = piece if tree is None else exp.DPipe(this=tree, expression=piece, safe=True)
    assert tree is not None
    return tree


def _total(parts: list[Sql]) -> Sql:
    tree = sql.number(0)
    for part in parts:
        if v.is_number(part, 0):
            continue
        tree = part if v.is_number(tree, 0) else sql.binary("+", tree, part)
    return tree


def _not_false(value: Sql) -> Sql:
    return (
        sql.TRUE
        if isinstance(value, exp.Null)
        else value
        if isinstance(value, exp.Boolean)
        else sql.coalesce(value, sql.TRUE)
    )


def _not_true(value: Sql) -> Sql:
    if isinstance(value, exp.Null):
        return sql.TRUE
    return sql.not_(value) if isinstance(value, exp.Boolean) else sql.not_(sql.coalesce(value, sql.FALSE))


def _begun(policy: t.Policy, today: date) -> bool:
    """A text that reaches back is applied from its 施行 on."""
    return policy.in_force_from <= today


def _last(window: t.Window, today: date) -> date:
    return window.last_on(today)


def _span(policy: t.Policy, today: date) -> tuple[date, date]:
    """The days on which a 适用日 may lie, for a decision of today."""
    low, high = policy.in_force_from, date(9999, 12, 31)
    if policy.in_force_until is not None:
        high = policy.in_force_until - timedelta(days=1)
    if policy.execution is not None:
        low, high = policy.execution.first, min(high, _last(policy.execution, today))
    return low, high


def _periods_span(policy: t.Policy, today: date) -> tuple[date, date]:
    """The days in whose periods a version may be asked. A text that has ended may still speak of a later 当期, by a 适用日
    that came before."""
    return _span(replace(policy, in_force_until=None), today)


def _within_period(policy: t.Policy) -> bool:
    """Does 适用日 lie in 当期, as it does unless it is said otherwise?"""
    match policy.effective_date:
        case t.Least(items=(t.Part(kind="last_day", of=t.Period()), t.DecisionDate())):
            return True
    return False


def _listed(numbers: list[int], name: str, as_: str) -> Sql:
    """A small relation of integers."""
    rows: list[exp.Query] = [exp.Select(expressions=[sql.alias(sql.number(n), name)]) for n in numbers]
    if not rows:
        rows = [exp.Select(expressions=[sql.alias(sql.number(0), name)]).where("FALSE")]
    return exp.Subquery(this=sql.union_all(rows), alias=exp.TableAlias(this=exp.to_identifier(as_)))
