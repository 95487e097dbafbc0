"""Who gets it: contested places found by the engine, the exact line for those only, then the fund's queue.

Leaves `settled` behind: one row a claim that stands or yields, with its decision date, amount, turn and places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Policy, Within_
from jixiang.readings.query import sql
from jixiang.readings.run.request import Request, Rules
from jixiang.readings.run.standing import runs_that_stand
from jixiang.readings.run.verdicts import KEY
from jixiang.readings.select import Asked, Claim, ClaimId, Grant, Outcome, Standing, redecide
from jixiang.tables.decisions import PLACE

FOLDER = Path(__file__).parent
SETTLED = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in KEY),
        ("day", pa.date32()),
        ("outcome", pa.string()),
        ("amount", pa.int64()),
        ("on_hold", pa.bool_()),
        ("turn", pa.list_(pa.int64())),
        ("places", pa.list_(PLACE)),
    ]
)


def written(name: str) -> exp.Query:
    """A query that lies beside this module as commented SQL."""
    tree = sqlglot.parse_one((FOLDER / f"{name}.sql").read_text(encoding="utf-8"), read="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


@dataclass(frozen=True)
class Settling:
    engine: DuckDB
    request: Request
    rules: Rules

    def settle(self) -> None:
        """The whole of it. Needs `standing` and `verdicts`; leaves `settled` and `funded`."""
        engine = self.engine
        engine.offer("rules", self.rules.table())
        engine.offer("rule_names", self.rules.names())
        engine.offer("policies", self._policies())
        first_run = not self.request.earlier_dates() and self.request.standing is None
        engine.keep("picks", written("picks_first" if first_run else "picks"))
        for name in ("claims", "first_claims", "contested", "line"):
            engine.keep(name, written(name))
        engine.offer("decided", self._decided())
        engine.keep("settled", written("settled"))
        engine.keep("granted", written("granted"))
        if self.request.ceilings is None:
            engine.keep("funded", written("covered_all"))
        else:
            engine.offer("ceilings", ceilings_table(self.request.ceilings))
            engine.keep("funded", written("queue"))

    def _policies(self) -> pa.Table:
        """What selection asks of a policy, one row each. `fund`: its newest, for grants that nothing judges any more."""
        rows = [
            {"policy": code, "fund": self._newest(code).fund, "early": self._early(code), "run": self.number}
            for code in self.request.codes
        ]
        kinds = {"policy": pa.string(), "fund": pa.string(), "early": pa.bool_(), "run": pa.int64()}
        return pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items())))

    @cached_property
    def number(self) -> int:
        """This run's, larger than that of any which accepted what stands."""
        return max(len(self.request.run_dates_before()), runs_that_stand(self.engine)) + 1

    # The line ----------------------------------------------------------------------------------------------------

    def _decided(self) -> pa.Table:
        """The exact line over the claims in contested places."""
        outcome = redecide(self._standing_in_line(), self._newcomers_in_line(), run=self.number)
        return pa.Table.from_pylist(list(_rows(outcome)), schema=SETTLED)

    def _newcomers_in_line(self) -> Iterator[tuple[date, Claim]]:
        for row in self._in_line():
            if row["state"] == "new":
                yield row["day"], self._claim(row)

    def _standing_in_line(self) -> Iterator[Standing]:
        firsts = {_id(row): (row["day"], self._claim(row)) for row in _dicts(self.engine.fetch(_all("first_claims")))}
        for row in self._in_line():
            if row["state"] == "new":
                continue
            was = self._was(row)
            match row["state"]:
                case "kept":
                    now = self._claim(row)
                    yield Standing(was, now, firsts.get(was.claim.id, (row["day"], now)))
                case "held":
                    yield Standing(was, None)
                case "kept_as_is":
                    yield Standing(was, was.claim)
                case _:
                    yield Standing(was, False, (row["day"], self._claim(row)))

    def _in_line(self) -> Iterable[dict[str, Any]]:
        return _dicts(self.engine.fetch(written("in_line")))

    def _claim(self, row: dict[str, Any]) -> Claim:
        return Claim(
            row["policy"], row["subject"], row["period"], row["title"],
            row["amount"],
            row["event"].toordinal(),
            tuple(self._asked(p["rule"], p["key"], p["most"], p["level"]) for p in row["asked"]),
            row["fund"],
            tuple(row["rank"]),
            self._early(row["policy"]),
        )  # fmt: skip

    def _was(self, row: dict[str, Any]) -> Grant:
        """A grant as the run before left it. Titles and services are stored with no money and count one."""
        money = row["was_fen"] > 0
        numbers = {rule.name: n for n in self.rules.of[row["policy"]] for rule in (self.rules.rules[n],)}
        places = tuple(
            self._stored(numbers[p["rule"]], p["key"], p["limit"]) for p in row["was_places"] or () if p["rule"] in numbers
        )
        claim = Claim(
            row["policy"], row["subject"], row["period"], row["title"],
            row["was_claimed"] if money else 1,
            row["was_event"].toordinal(),
            places,
            row["fund"],
            tuple(row["rank"]),
            self._early(row["policy"]),
        )  # fmt: skip
        return Grant(
            claim, row["was_day"], row["was_fen"] if money else 1, tuple(row["was_turn"]), row["was_funded"]
        )

    def _stored(self, number: int, key: str, limit: int) -> Asked:
        """A place as decisions show it: under 先高后低 the limit is the level."""
        ladder = self.rules.rules[number].kind == "ladder"
        return self._asked(number, key, 0 if ladder else limit, limit if ladder else 0)

    def _asked(self, number: int, key: str, most: int, level: int) -> Asked:
        rule = self.rules.rules[number]
        span = rule.per if isinstance(rule.per, Within_) else Within_()
        return Asked(f"{number:05d}{rule.name}", rule.kind, key, most, level, rule.top_up, span.months, span.days)

    def _newest(self, code: str) -> Policy:
        return self.request.rulebook.policies[code][-1]

    def _early(self, code: str) -> bool:
        return next((f.early for f in self.request.families if code in f.policies), True)


def ceilings_table(ceilings: Mapping[tuple[str, int], int]) -> pa.Table:
    rows = [{"fund": fund, "year": year, "ceiling_fen": fen} for (fund, year), fen in ceilings.items()]
    schema = pa.schema([("fund", pa.string()), ("year", pa.int64()), ("ceiling_fen", pa.int64())])
    return pa.Table.from_pylist(rows, schema=schema)


def _all(name: str) -> exp.Query:
    return sql.select([sql.star()], sql.table(name, "r"))


def _id(row: dict[str, Any]) -> ClaimId:
    return row["policy"], row["subject"], row["period"], row["title"]


def _dicts(table: pa.Table) -> Iterable[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=20_000):
        yield from batch.to_pylist()


def _rows(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for grant in outcome.grants.values():
        yield _row(grant.claim, grant.decision_date) | {
            "outcome": "granted",
            "amount": grant.amount,
            "on_hold": grant.claim.id in outcome.on_hold,
            "turn": list(grant.turn),
            "places": [_place(p.rule, p.key, p.most + p.level, ()) for p in grant.claim.places],
        }
    for lost in outcome.yielded.values():
        yield _row(lost.claim, lost.decision_date) | {
            "outcome": "yielded",
            "amount": None,
            "on_hold": False,
            "turn": None,
            "places": [_place(p.rule, p.key, p.limit, p.holders) for p in lost.because],
        }


def _row(claim: Claim, day: date) -> dict[str, Any]:
    return dict(zip(KEY, claim.id, strict=True)) | {"day": day}


def _place(rule: str, key: str, limit: int, holders: Iterable[ClaimId]) -> dict[str, Any]:
    return {"rule": rule[5:], "key": key, "limit": limit, "holders": ["|".join(h) for h in holders]}
