"""What of each grant is due by now, once it is settled who gets what. Leaves `due` behind: key and stages."""

from __future__ import annotations

from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language.typed import Policy
from jixiang.readings.query import sql
from jixiang.readings.query.instalments import TYPE
from jixiang.readings.query.plan import Step, due_plan
from jixiang.readings.query.sql import col
from jixiang.readings.run.request import Request
from jixiang.readings.run.verdicts import KEY, Judged, Judging, forget


def find_due(engine: Engine, request: Request, judging: Judging) -> None:
    """Only policies with 分期 are looked at, and of them only the grants."""
    versions = [policy for policy in request.versions if policy.stages]
    grants = [(policy, f"grants_{number}") for number, policy in enumerate(versions)]
    for policy, relation in grants:
        parts = [_grants(one) for one in judging.judged if one.policy == policy]
        engine.keep(relation, sql.union_all(parts))
    plan = due_plan(judging.today, grants)
    forget(engine, plan.replaced)
    engine.run(plan.steps)
    shown = ("subject", "period", "stages")
    parts = [
        sql.select([sql.alias(sql.text(one.policy.code), "policy"), *map(col, shown)], sql.table(one.relation, "r"))
        for one in plan.instalments
    ]
    engine.run([Step("due", sql.union_all(parts) if parts else _nothing(), kept=True)])


def _grants(judged: Judged) -> exp.Query:
    """The grants that one version's verdicts of one date have become; what is on hold keeps its own 适用日."""
    policy: Policy = judged.policy
    held = sql.case((col("on_hold", "s"), col("effective_date", "b")), otherwise=col("effective_date", "v"))
    columns = {
        "subject": col("subject", "s"),
        "period": col("period", "s"),
        "effective_date": held,
        "granted_fen": col("amount", "s"),
        "before": sql.cast(col("stages", "b"), TYPE),
    }
    spoken = [sql.binary("=", col(n, "v"), col(n, "s")) for n in ("subject", "period")]
    joins = [
        sql.join(sql.table(judged.relation, "v"), sql.and_(spoken), kind="INNER"),
        sql.join(sql.table("standing", "b"), sql.and_([sql.binary("=", col(n, "b"), col(n, "s")) for n in KEY])),
    ]
    where = sql.and_(
        [
            sql.binary("=", col("policy", "s"), sql.text(policy.code)),
            sql.binary("=", col("outcome", "s"), sql.text("granted")),
            sql.binary("=", col("day", "s"), sql.day(judged.day)),
            sql.binary("≠", col("state", "s"), sql.text("kept_as_is")),
        ]
    )
    return sql.select(
        [sql.alias(c, n) for n, c in columns.items()], sql.table("settled", "s"), joins=joins, where=where
    )


def _nothing() -> exp.Query:
    kinds = {"policy": "VARCHAR", "subject": "VARCHAR", "period": "VARCHAR", "stages": TYPE}
    empty = exp.Select(expressions=[sql.alias(sql.cast(sql.NULL, kind), name) for name, kind in kinds.items()])
    return empty.where("FALSE")
