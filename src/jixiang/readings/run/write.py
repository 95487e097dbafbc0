"""Every outcome of a run as decisions: one file set a policy, with what its bits stand for beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language.typed import FIXED_BITS, Rulebook
from jixiang.readings.query import sql
from jixiang.readings.query.instalments import TYPE
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.run.request import Request, version_text
from jixiang.readings.run.verdicts import KEY, Judged
from jixiang.tables.decisions import DECISIONS, write_decisions


@dataclass(frozen=True)
class Writing:
    """Needs `settled`, `funded`, `standing` and `due`."""

    engine: Engine
    request: Request
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
        """All rows of one policy: what became of every claim, and of whoever has none what is said today."""
        mine = [one for one in self.judged if one.policy.code == code]
        parts = [self._claims(one) for one in mine]
        parts += [self._others(one) for one in mine if one.day == self.request.as_of]
        parts.append(self._as_they_stood(code))
        union = exp.Subquery(this=sql.union_all(parts), alias=exp.TableAlias(this=exp.to_identifier("r")))
        return sql.select([col(name) for name in DECISIONS.names], union)

    def _claims(self, one: Judged) -> exp.Query:
        """What stands or yields by one version's verdicts of one date. A grant on hold is shown as it stood, but for what
        is unknown now."""
        spoken = [sql.binary("=", col(mine, "v"), col(said, "s")) for mine, said in _SPOKEN.items()]
        due = [sql.binary("=", col(n, "d"), col(n, "s")) for n in KEY[:3]]
        joins = [
            sql.join(sql.table(one.relation, "v"), sql.and_(spoken), kind="INNER"),
            sql.join(sql.table("funded", "f"), _same_key("f", "s")),
            sql.join(sql.table("standing", "b"), _same_key("b", "s")),
            sql.join(sql.table("due", "d"), sql.and_(due)),
        ]
        where = sql.and_(
            [
                sql.binary("=", col("policy", "s"), sql.text(one.policy.code)),
                sql.binary("=", col("day", "s"), sql.day(one.day)),
                sql.binary("≠", col("state", "s"), sql.text("kept_as_is")),
            ]
        )
        granted, money = sql.binary("=", col("outcome", "s"), sql.text("granted")), col("money", "s")
        nothing = sql.cast(sql.number(0), "BIGINT")
        kept = {n: sql.case((col("on_hold", "s"), col(n, "b")), otherwise=col(n, "v")) for n in _KEPT}
        columns = self._said(one) | kept | {
            "title": col("title", "s"),
            "outcome": sql.case((granted, _covered()), otherwise=col("outcome", "s")),
            "on_hold": col("on_hold", "s"),
            "amount_fen": sql.case((sql.and_([granted, money]), col("amount", "s")), (granted, nothing)),
            "funded_fen": sql.case((sql.and_([granted, money]), col("funded_fen", "f")), (granted, nothing)),
            "stages": sql.case((granted, col("stages", "d"))),
            "turn": col("turn", "s"),
            "places": sql.coalesce(col("places", "s"), _none_of(_PLACES)),
        }  # fmt: skip
        return _shown(columns, sql.table("settled", "s"), joins, where)

    def _others(self, one: Judged) -> exp.Query:
        """Whoever has no claim: denied or unknown, by the verdicts of today."""
        same = [sql.binary("=", col(n, "s"), col(n, "v")) for n in KEY[1:]]
        settled = sql.and_([sql.binary("=", col("policy", "s"), sql.text(one.policy.code)), *same])
        failed = sql.binary("≠", col("failed", "v"), sql.number(0))
        columns = self._said(one) | {
            "outcome": sql.case((failed, sql.text("denied")), otherwise=sql.text("unknown")),
            "on_hold": sql.FALSE,
            "amount_fen": sql.cast(sql.NULL, "BIGINT"),
            "funded_fen": sql.cast(sql.NULL, "BIGINT"),
            "stages": sql.cast(sql.NULL, TYPE),
            "turn": sql.cast(sql.NULL, "BIGINT[]"),
            "places": _none_of(_PLACES),
        }
        joins = [sql.join(sql.table("settled", "s"), settled)]
        return _shown(columns, sql.table(one.relation, "v"), joins, sql.is_null(col("policy", "s")))

    def _said(self, one: Judged) -> dict[str, Sql]:
        """What a verdict says by itself."""
        return {
            "policy": sql.text(one.policy.code),
            **{n: col(n, "v") for n in KEY[1:]},
            "version": sql.text(version_text(one.policy)),
            "decision_date": sql.day(one.day),
            **{n: col(n, "v") for n in (*_KEPT, "failed", "unknown")},
        }

    def _as_they_stood(self, code: str) -> exp.Query:
        """Grants whose own text is no longer at hand: as the run before left them, but for the amount and the cover."""
        money = col("money", "s")
        fresh = {
            "outcome": _covered(),
            "amount_fen": sql.case((money, col("amount", "s")), otherwise=col("amount_fen", "b")),
            "funded_fen": sql.case((money, col("funded_fen", "f")), otherwise=col("funded_fen", "b")),
        }
        columns = {n: fresh.get(n, col(n, "b")) for n in DECISIONS.names}
        joins = [
            sql.join(sql.table("settled", "s"), _same_key("s", "b"), kind="INNER"),
            sql.join(sql.table("funded", "f"), _same_key("f", "b")),
        ]
        where = sql.and_([sql.binary("=", col("policy", "b"), sql.text(code)), sql.not_(col("judged", "b"))])
        return _shown(columns, sql.table("standing", "b"), joins, where)


_PLACES = "STRUCT(rule VARCHAR, key VARCHAR, limit BIGINT, holders VARCHAR[])[]"
_KEPT = ("effective_date", "beneficiary", "payee", "claimed_fen")
_SPOKEN = {"subject": "subject", "period": "period", "title": "spoken"}


def _shown(columns: dict[str, Sql], source: Sql, joins: list[exp.Join], where: Sql) -> exp.Query:
    shown = [sql.alias(columns[name], name) for name in DECISIONS.names]
    return sql.select(shown, source, joins=joins, where=where)


def _covered() -> Sql:
    """Granted, or waiting for the fund's money."""
    waits = sql.and_([col("money", "s"), sql.binary("<", col("funded_fen", "f"), col("amount", "s"))])
    return sql.case((waits, sql.text("queued")), otherwise=sql.text("granted"))


def _none_of(type_: str) -> Sql:
    return sql.cast(exp.Array(expressions=[]), type_)


def _same_key(one: str, other: str) -> Sql:
    return sql.and_([sql.binary("=", col(n, one), col(n, other)) for n in KEY])


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
