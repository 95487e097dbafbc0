"""Every outcome of a run as decisions: one file set a policy, with what its bits stand for beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import FIXED_BITS, Policy, Rulebook, Stage
from jixiang.readings.query import sql
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.run.request import Request, version_text
from jixiang.readings.run.settle import Settling
from jixiang.readings.run.verdicts import KEY, Judged, structure
from jixiang.tables.decisions import DECISIONS, write_decisions


@dataclass(frozen=True)
class Writing:
    engine: DuckDB
    request: Request
    settling: Settling
    judged: list[Judged]

    def write(self, folder: Path, progress: Callable[[str], None]) -> None:
        for code in self.request.codes:
            progress(code)
            target = folder / code
            target.mkdir(parents=True, exist_ok=True)
            ordered = self.decisions(code).order_by(*(exp.column(name, quoted=True) for name in KEY))
            write_decisions(target / "decisions.parquet", self.engine.batches(ordered))
            write_bits(target, self.request.rulebook, code)

    def decisions(self, code: str) -> exp.Select:
        """All rows of one policy."""
        parts = [self._part(one) for one in self.judged if one.policy.code == code]
        parts.append(self._as_they_stood(code))
        union = exp.Subquery(this=sql.union_all(parts), alias=exp.TableAlias(this=exp.to_identifier("r")))
        return sql.select([col(name) for name in DECISIONS.names], union)

    def _part(self, one: Judged) -> exp.Query:
        """What one version's verdicts of one date become. The run's own date shows whoever is not shown by another."""
        policy, today = one.policy, self.request.as_of
        mine = sql.binary("=", col("day", "s"), sql.day(one.day))
        shown = sql.or_([sql.is_null(col("policy", "s")), mine]) if one.day == today else mine
        same = [sql.binary("=", col(n, "s"), col(n, "v")) for n in KEY[1:]]
        settled = sql.and_([sql.binary("=", col("policy", "s"), sql.text(policy.code)), *same])
        joins = [
            sql.join(sql.table("settled", "s"), settled),
            sql.join(sql.table("funded", "f"), _same_key("f", "s")),
            sql.join(sql.table("standing", "b"), _same_key("b", "s")),
        ]
        now = "v"
        if policy.stages and one.day != today:
            now = "n"
            later = next(j for j in self.judged if j.policy == policy and j.day == today)
            there = [sql.binary("=", col(n, "n"), col(n, "v")) for n in KEY[1:3]]
            joins.append(sql.join(sql.table(later.relation, "n"), sql.and_(there)))
            one_stage = later
        else:
            one_stage = one
        as_is = sql.and_([sql.known(col("policy", "b")), sql.not_(col("judged", "b"))])
        where = sql.and_([shown, sql.not_(sql.coalesce(as_is, sql.FALSE))])
        columns = self._columns(policy, one, _stages(one_stage, now, today=sql.day(today)))
        return sql.select(
            [sql.alias(c, n) for n, c in columns.items()], sql.table(one.relation, "v"), joins=joins, where=where
        )

    def _columns(self, policy: Policy, one: Judged, stages: Sql) -> dict[str, Sql]:
        money = self.settling.counts_money(policy.code)
        outcome, amount = col("outcome", "s"), col("amount", "s")
        granted = sql.binary("=", outcome, sql.text("granted"))
        covered = sql.binary(">=", col("funded_fen", "f"), amount) if money else sql.TRUE
        said = sql.case(
            (sql.and_([granted, covered]), sql.text("granted")),
            (granted, sql.text("queued")),
            (sql.known(outcome), outcome),
            (sql.binary("≠", col("failed", "v"), sql.number(0)), sql.text("denied")),
            otherwise=sql.text("unknown"),
        )
        nothing = sql.cast(sql.number(0), "BIGINT")
        return {
            "policy": sql.text(policy.code),
            **{n: col(n, "v") for n in KEY[1:]},
            "version": sql.text(version_text(policy)),
            "decision_date": sql.day(one.day),
            "effective_date": col("effective_date", "v"),
            "beneficiary": col("beneficiary", "v"),
            "payee": col("payee", "v"),
            "outcome": said,
            "on_hold": sql.coalesce(col("on_hold", "s"), sql.FALSE),
            "failed": col("failed", "v"),
            "unknown": col("unknown", "v"),
            "claimed_fen": col("claimed_fen", "v"),
            "amount_fen": sql.case((granted, amount if money else nothing)),
            "funded_fen": sql.case((granted, col("funded_fen", "f") if money else nothing)),
            "stages": sql.case((granted, stages)),
            "turn": col("turn", "s"),
            "places": sql.coalesce(
                col("places", "s"), _none_of("STRUCT(rule VARCHAR, key VARCHAR, limit BIGINT, holders VARCHAR[])[]")
            ),
        }

    def _as_they_stood(self, code: str) -> exp.Query:
        """Grants whose own text is no longer at hand: as the run before left them, but for the amount and the cover."""
        fresh = {"amount_fen": col("amount", "s"), "funded_fen": col("funded_fen", "f"), "outcome": sql.text("granted")}
        columns = [sql.alias(fresh.get(n, col(n, "b")), n) for n in DECISIONS.names]
        joins = [
            sql.join(sql.table("settled", "s"), _same_key("s", "b"), kind="INNER"),
            sql.join(sql.table("funded", "f"), _same_key("f", "b")),
        ]
        where = sql.and_([sql.binary("=", col("policy", "b"), sql.text(code)), sql.not_(col("judged", "b"))])
        return sql.select(columns, sql.table("standing", "b"), joins=joins, where=where)


def _none_of(type_: str) -> Sql:
    return sql.cast(exp.Array(expressions=[]), type_)


def _same_key(one: str, other: str) -> Sql:
    return sql.and_([sql.binary("=", col(n, one), col(n, other)) for n in KEY])


def _stages(judged: Judged, now: str, today: Sql) -> Sql:
    """The instalments as a list of (name, due_fen): each as `readings.stages` says, on what holds today."""
    stages, zero = judged.policy.stages, sql.number(0)
    type_ = "STRUCT(name VARCHAR, due_fen BIGINT)[]"
    if not stages:
        return sql.cast(sql.NULL, type_)
    amount = col("amount", "s")
    paid = [sql.anonymous("stage_paid", col("stages", "b"), sql.text(s.name)) for s in stages]
    when = [sql.coalesce(col(f"when_{n}", now), sql.FALSE) for n, _ in enumerate(stages)]
    due: dict[int, Sql] = {}
    for number, formula in enumerate(judged.verdicts.stage_amounts):
        if formula is not None:
            due[number] = sql.coalesce(paid[number], sql.case((when[number], _over(formula, now, amount))))
    for number, stage in enumerate(stages):
        others = zero
        for other, fen in due.items():
            if other != number:
                others = sql.binary("+", others, sql.coalesce(fen, zero))
        settles = judged.verdicts.stage_amounts[number] is None
        if settles:
            due[number] = sql.case((when[number], sql.binary("-", amount, others)), otherwise=paid[number])
        if stage.deadline is not None:
            late = sql.and_([_late(stage, number, now, today), sql.not_(when[number])])
            if not settles:
                late = sql.and_([late, sql.is_null(paid[number])])
            back = sql.binary("-", zero, others)
            due[number] = sql.case((late, back), otherwise=due[number])
    rows = [structure({"name": sql.text(s.name), "due_fen": sql.cast(due[n], "BIGINT")}) for n, s in enumerate(stages)]
    return sql.cast(exp.Array(expressions=rows), type_)


def _late(stage: Stage, number: int, now: str, today: Sql) -> Sql:
    return sql.binary(">", today, col(f"deadline_{number}", now))


def _over(formula: Sql, now: str, amount: Sql) -> Sql:
    """A stage's formula over the columns of the verdicts of today and the amount that was granted."""

    def placed(node: Sql) -> Sql:
        if isinstance(node, exp.Column):
            return amount.copy() if node.table == "g" else col(node.name, now)
        return node

    return formula.copy().transform(placed)


def write_bits(folder: Path, rulebook: Rulebook, code: str) -> None:
    """bits.json: per version what each bit of `failed` and `unknown` stands for, and in which article it is written."""
    versions = {}
    for policy in rulebook.policies[code]:
        articles = {c.name: c.article for c in policy.conditions} | {r.name: r.article for r in rulebook.rules_of(code)}
        names = rulebook.bits_of(policy)
        versions[version_text(policy)] = [
            {"bit": n, "name": name, "article": "" if name in FIXED_BITS else articles.get(name, "")}
            for n, name in enumerate(names)
        ]
    text = json.dumps({"policy": code, "versions": versions}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "bits.json").write_text(text + "\n", encoding="utf-8")
