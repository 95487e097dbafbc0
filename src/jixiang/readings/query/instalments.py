"""分期 of one policy version: what of each of its grants is due by now.

Read after it is settled who gets what: on the facts of today and the claim's own 适用日, with what was granted in sight.
A relation of grants holds subject, period, effective_date, granted_fen and `before` (the stages as the run before left
them); out of it comes one list (name, due_fen) a grant, each stage as `readings.stages` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.query import sql
from jixiang.readings.query import value as v
from jixiang.readings.query.expressions import Expressions
from jixiang.readings.query.frame import Frame
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.query.value import certain

TYPE = "STRUCT(name VARCHAR, due_fen BIGINT)[]"


@dataclass(frozen=True)
class Instalments:
    """`relation`: subject, period, stages."""

    policy: t.Policy
    relation: str
    query: Callable[[], exp.Query]


def instalments(expressions: Expressions, policy: t.Policy, name: str, grants: str) -> Instalments:
    """Compiles the stages of a version over a relation of its grants."""
    frame = _grants(expressions, policy, name, grants)
    due = _Due(expressions, policy, frame).stages()
    rows = [
        sql.structure({"name": sql.text(stage.name), "due_fen": sql.cast(fen, "BIGINT")})
        for stage, fen in zip(policy.stages, due, strict=True)
    ]
    listed = sql.cast(exp.Array(expressions=rows), TYPE)
    period = frame.in_base("period", col("period", "g"))

    def query() -> exp.Query:
        columns = {"subject": col("k0"), "period": period, "stages": listed}
        return sql.select([sql.alias(c, n) for n, c in columns.items()], sql.table(frame.top, "r"))

    return Instalments(policy, f"{name}_due", query)


def _grants(expressions: Expressions, policy: t.Policy, name: str, grants: str) -> Frame:
    """The grants as rows in sight, beside the facts of their subjects."""
    entity = expressions.vocabulary.entities[policy.entity]
    view = expressions.sources.fact(entity, (entity.key_column,))

    def base(frame: Frame) -> exp.Query:
        shown = [sql.alias(x, n) for n, x in frame.base_columns.items()]
        same = sql.binary("=", col(entity.key_column, "e"), col("subject", "g"))
        return sql.select(shown, sql.table(grants, "g"), joins=[sql.join(sql.table(view, "e"), same)])

    frame = Frame(f"{name}_g", 0, ("k0", "p0") if policy.each else ("k0",), base, entity=entity.name)
    frame.in_base("k0", col("subject", "g"))
    frame.memo[t.EffectiveDate()] = certain(frame.in_base("effective_date", col("effective_date", "g")))
    frame.memo[t.Granted()] = certain(frame.in_base("granted_fen", col("granted_fen", "g")))
    frame.in_base("before", col("before", "g"))
    if policy.each:
        frame.memo[t.Period(Type(policy.each))] = certain(frame.in_base("p0", _period(policy.each)))
    expressions.aggregates.frames.append(frame)
    return frame


def _period(each: str) -> Sql:
    """当期 from its text: a year, or a month as its count from year 0."""
    text = col("period", "g")
    if each == "year":
        return sql.cast(text, "BIGINT")
    year, month = (
        sql.cast(sql.anonymous("SUBSTRING", text, sql.number(start), sql.number(length)), "BIGINT")
        for start, length in ((1, 4), (6, 2))
    )
    return sql.binary("-", sql.binary("+", sql.binary("*", year, sql.number(12)), month), sql.number(1))


@dataclass(frozen=True)
class _Due:
    x: Expressions
    policy: t.Policy
    frame: Frame

    def stages(self) -> list[Sql]:
        """What is due of each stage in fen, in order; NULL is not yet. Below zero is owed back."""
        stages, granted = self.policy.stages, col("granted_fen")
        due = {n: self._falling_due(stage) for n, stage in enumerate(stages) if not settles(stage)}
        for number, stage in enumerate(stages):
            others = sql.number(0)
            for other, fen in due.items():
                if other != number:
                    others = sql.binary("+", others, sql.coalesce(fen, sql.number(0)))
            others = self.frame.let(others)
            if settles(stage):
                left = sql.binary("-", granted, others)
                due[number] = self._let(sql.case((self._when(stage), left), otherwise=self._paid(stage)))
            if stage.deadline is not None:
                back = sql.binary("-", sql.number(0), others)
                due[number] = self._let(sql.case((self._too_late(stage), back), otherwise=due[number]))
        return [due[number] for number in range(len(stages))]

    def _let(self, value: Sql) -> Sql:
        return self.frame.let(value)

    def _when(self, stage: t.Stage) -> Sql:
        """Unknown is not yet."""
        return sql.coalesce(self.x.boolean(stage.when, self.frame), sql.FALSE)

    def _paid(self, stage: t.Stage) -> Sql:
        return sql.anonymous("stage_paid", col("before"), sql.text(stage.name))

    def _falling_due(self, stage: t.Stage) -> Sql:
        """A stage once paid is not computed again."""
        fen = self._let(v.round_half_up(self.x.exact(stage.amount, self.frame).lo))
        return self._let(sql.coalesce(self._paid(stage), sql.case((self._when(stage), fen))))

    def _too_late(self, stage: t.Stage) -> Sql:
        """逾期追回: the deadline has passed and the condition does not hold. What was paid of a stage stays as it is."""
        assert stage.deadline is not None
        deadline = self.x.exact(stage.deadline, self.frame).plain
        passed = sql.coalesce(sql.binary(">", sql.day(self.x.sources.decision_date), deadline), sql.FALSE)
        late = [passed, sql.not_(self._when(stage))]
        if not settles(stage):
            late.append(sql.is_null(self._paid(stage)))
        return sql.and_(late)


def settles(stage: t.Stage) -> bool:
    """其余: what has been granted less what the other stages have paid."""
    return isinstance(stage.amount, t.Remainder)
