"""What the run before left standing: its grants, paid or waiting, as the relation `standing`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language.typed import Policy
from jixiang.readings.query import sql
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.run.request import Request
from jixiang.tables.decisions import DECISIONS, decision_files


def offer_standing(engine: Engine, request: Request) -> None:
    """Leaves `standing` behind. `judged`: the text of a grant is still at hand, so that it can be judged again."""
    files = [] if request.standing is None else [str(f) for f in decision_files(request.standing)]
    engine.offer_files("decisions_before", files, DECISIONS)
    stands = exp.In(this=col("outcome"), expressions=[sql.text("granted"), sql.text("queued")])
    codes = exp.In(this=col("policy"), expressions=[sql.text(code) for code in request.codes])
    shown = [sql.star(), sql.alias(_at_hand(request.versions), "judged")]
    engine.keep("standing", sql.select(shown, sql.table("decisions_before", "r"), where=sql.and_([codes, stands])))


def _at_hand(versions: Iterable[Policy]) -> Sql:
    known = [sql.text(f"{policy.code}|{policy.version}") for policy in versions]
    label = sql.anonymous("version_label", col("version"))
    said = exp.DPipe(this=col("policy"), expression=sql.text("|"), safe=True)
    return exp.In(this=exp.DPipe(this=said, expression=label, safe=True), expressions=known)


def codes_that_stand(engine: Engine) -> frozenset[str]:
    """The policies of which anything stands: they are judged on all run dates."""
    found = engine.fetch(sql.select([col("policy")], sql.table("standing", "r"), group=[col("policy")]))
    return frozenset(found["policy"].to_pylist())


def runs_that_stand(engine: Engine) -> int:
    """The largest number of a run that accepted anything that stands; 0 if nothing does."""
    first = sql.anonymous("LIST_EXTRACT", col("turn"), sql.number(1))
    found = engine.fetch(sql.select([sql.alias(exp.Max(this=first), "run")], sql.table("standing", "r")))
    return found["run"].to_pylist()[0] or 0
