"""Cases judged by the embedded engine, so that the query plan is held to them as the interpreter is.

Only verdicts come from the engine: whether all holds, what it is worth, which places are asked for. The line and the
stages are the same for both and live in `run`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.engines.engine import Engine
from jixiang.language.typed import Policy, Rule, Rulebook, Within_
from jixiang.readings.cases.case import Case
from jixiang.readings.cases.run import Results, run_with
from jixiang.readings.decide import Verdict
from jixiang.readings.run.request import Request
from jixiang.readings.run.small_world import offer_world
from jixiang.readings.run.verdicts import plan_of
from jixiang.readings.select import Asked
from jixiang.readings.world import World


def run_on_duckdb(cases: Sequence[Case]) -> list[Results]:
    """Each case by the embedded engine, one query plan for each block of cases and decision date."""
    with DuckDB() as engine:
        return run_with(partial(judge_on_duckdb, engine), cases)


def judge_on_duckdb(engine: Engine, rulebook: Rulebook, world: World, day: date) -> list[Verdict]:
    """Every verdict on the facts of a world, as the engine sees it. Leaves nothing behind but the facts."""
    known = offer_world(engine, world)
    request = Request(world.vocabulary, rulebook, day, tuple(sorted(rulebook.policies)))
    cutoffs = {name: world.cutoff(name) for name in world.vocabulary.entities}
    plan = plan_of(request, day, cutoffs, known)
    engine.run(plan.steps)
    found = []
    for one in plan.verdicts:
        rows = engine.fetch(exp.select("*").from_(exp.to_identifier(one.relation, quoted=True))).to_pylist()
        found += [_verdict(one.policy, rulebook.rules_of(one.policy.code), row) for row in rows]
    for step in reversed(plan.steps):
        engine.drop(step.name, kept=step.kept)
    return found


def _verdict(policy: Policy, rules: Sequence[Rule], row: dict[str, Any]) -> Verdict:
    return Verdict(
        policy=policy.code,
        version=policy.version,
        subject=row["subject"],
        period=row["period"],
        title=row["title"],
        effective_date=row["effective_date"],
        beneficiary=row["beneficiary"],
        payee=row["payee"],
        failed=row["failed"],
        unknown=row["unknown"],
        claimed_fen=row["claimed_fen"],
        amount=row["amount"],
        fund=policy.fund,
        rank=tuple(row[f"rank_{n}"] for n in range(len(policy.order))),
        places=tuple(_asked(rules, row)) if not row["failed"] else (),
    )


def _asked(rules: Sequence[Rule], row: dict[str, Any]) -> Iterator[Asked]:
    for n, rule in enumerate(rules):
        if row[f"place_{n}"] is not None:
            span = rule.per if isinstance(rule.per, Within_) else Within_()
            most, level = row.get(f"most_{n}") or 0, row.get(f"level_{n}") or 0
            yield Asked(rule.name, rule.kind, row[f"place_{n}"], most, level, rule.top_up, span.months, span.days)
