"""Judges every policy on every run date, and gives the claims one common form whatever their policy asks.

The relation `verdicts` holds all of them: the key, the day, whether all holds, the amount that counts in selection, which
fund it is of, what the queue needs, and the places asked for as one list. Each policy's own columns stay in the table of its plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from jixiang.engines.engine import Engine, Progress
from jixiang.language.typed import Policy
from jixiang.readings.query import sql
from jixiang.readings.query.judge import LAST, Verdicts, pays
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import Plan, Step, plan
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.run.request import Request, Rules
from jixiang.readings.run.standing import codes_that_stand
from jixiang.values.dates import add_months

KEY = ("policy", "subject", "period", "title")


@dataclass(frozen=True)
class Judged:
    """One policy version's verdicts on one run date."""

    verdicts: Verdicts
    relation: str
    day: date

    @property
    def policy(self) -> Policy:
        return self.verdicts.policy


@dataclass(frozen=True)
class Judging:
    """Every version's verdicts on every run date, and the plan of today's, whose steps still stand."""

    judged: list[Judged]
    today: Plan


def plan_of(
    request: Request,
    day: date,
    cutoffs: Mapping[str, date | None],
    offered: Offered,
    stands: frozenset[str] = frozenset(),
) -> Plan:
    """The plan that judges all policies of the run on one date, with what is known today. `stands`: the policies of which
    anything stands, to be judged on every date; of the others those that may still cure a refusal of that day."""
    versions = request.rulebook.policies
    wanted = {c for c in request.codes if c in stands or any(reaches(p, day, request.as_of) for p in versions[c])}
    return plan(
        request.vocabulary,
        request.rulebook,
        [p for p in request.versions if p.code in wanted],
        decision_date=day,
        known_on=request.as_of,
        cutoffs=cutoffs,
        offered=offered,
    )


def reaches(policy: Policy, day: date, today: date) -> bool:
    """追溯 says how far back a late fact may cure a refusal; unless it does, to the first run."""
    if policy.lookback_months is None or day == today:
        return True
    return add_months(day, policy.lookback_months) >= today


def judge_dates(
    engine: Engine, request: Request, rules: Rules, cutoffs: Mapping[str, date | None], offered: Offered,
    progress: Progress | None = None,
) -> Judging:  # fmt: skip
    """Runs one plan a date, the run's own last; needs `standing`, leaves `verdicts` behind."""
    found = []
    stands = codes_that_stand(engine)
    for day in request.earlier_dates():
        dated_plan = plan_of(request, day, cutoffs, offered, stands)
        engine.run(dated_plan.steps, progress)
        for one in dated_plan.verdicts:
            kept = f"{one.relation}_{day:%Y%m%d}"
            engine.keep(kept, sql.select([sql.star()], sql.table(one.relation, "r")))
            found.append(Judged(one, kept, day))
        forget(engine, dated_plan.steps)
    today = plan_of(request, request.as_of, cutoffs, offered, stands)
    engine.run(today.steps, progress)
    found += [Judged(one, one.relation, request.as_of) for one in today.verdicts]
    parts = [_common(request, rules, one) for one in found]
    engine.run([Step("verdicts", sql.union_all(parts), kept=True)])
    return Judging(found, today)


def forget(engine: Engine, steps: tuple[Step, ...]) -> None:
    """Views and tables of an earlier date, the last first."""
    for step in reversed(steps):
        engine.drop(step.name, kept=step.kept)


def _common(request: Request, rules: Rules, judged: Judged) -> exp.Query:
    policy, zero = judged.policy, sql.number(0)
    clean = sql.and_([sql.binary("=", col("failed"), zero), sql.binary("=", col("unknown"), zero)])
    columns = {
        "policy": sql.text(policy.code),
        "subject": col("subject"),
        "period": col("period"),
        "title": col("title"),
        "day": sql.day(judged.day),
        "reaches": sql.boolean(reaches(policy, judged.day, request.as_of)),
        "holds": clean,
        "failed": col("failed"),
        "fund": sql.text(policy.fund),
        "money": sql.boolean(pays(policy)),
        "amount": col("amount"),
        "event": col("effective_date"),
        "rank": rank_list(request, judged.verdicts),
        "asked": asked_list(rules, policy.code),
    }
    return sql.select([sql.alias(c, n) for n, c in columns.items()], sql.table(judged.relation, "r"))


def rank_list(request: Request, verdicts: Verdicts) -> Sql:
    """Where a claim stands before 取舍: the family's precedence, then 次序."""
    code = verdicts.policy.code
    family = next((f for f in request.families if code in f.policies), None)
    precedence = LAST if family is None else family.precedence.get(code, LAST)
    return sql.integer_list([sql.number(precedence), *(col(f"rank_{n}") for n in range(verdicts.ranks))])


def asked_list(rules: Rules, code: str) -> Sql:
    """The places asked for, as a list of (rule, key, most, level)."""
    places = []
    for number, rule in enumerate(rules.of[code]):
        place = {
            "rule": sql.cast(sql.number(rule), "BIGINT"),
            "key": col(f"place_{number}"),
            "most": sql.coalesce(col(f"most_{number}"), sql.cast(sql.number(0), "BIGINT")),
            "level": sql.coalesce(col(f"level_{number}"), sql.cast(sql.number(0), "BIGINT")),
        }
        places.append(sql.structure(place))
    empty = sql.cast(exp.Array(expressions=[]), "STRUCT(rule BIGINT, key VARCHAR, most BIGINT, level BIGINT)[]")
    return sql.anonymous("with_key", exp.Array(expressions=places)) if places else empty
