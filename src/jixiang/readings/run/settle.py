"""Who gets it: contested places found by the engine, the exact line for those only, then the fund's queue.

Leaves `settled` behind: one row a claim that stands or yields, with its decision date, amount, turn and places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language.typed import Policy
from jixiang.readings.query import sql
from jixiang.readings.run.line import Reader, collector_resting, settled_table
from jixiang.readings.run.request import Request, Rules
from jixiang.readings.run.standing import runs_that_stand
from jixiang.readings.run.verdicts import KEY
from jixiang.readings.select import Asked, Claim, Grant, Standing, redecide
from jixiang.readings.select.funds import LAST
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
    return sql.written(FOLDER / f"{name}.sql")


@dataclass(frozen=True)
class Settling:
    engine: Engine
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
            {
                "policy": code,
                "fund": self._newest(code).fund,
                "early": self._early(code),
                "run": self.number,
                "turn": self.request.turns.get(code, LAST),
            }
            for code in self.request.codes
        ]
        kinds = {
            "policy": pa.string(), "fund": pa.string(), "early": pa.bool_(), "run": pa.int64(), "turn": pa.int64(),
        }  # fmt: skip
        return pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items())))

    @cached_property
    def number(self) -> int:
        """This run's, larger than that of any which accepted what stands."""
        return max(len(self.request.run_dates_before()), runs_that_stand(self.engine)) + 1

    # The line ----------------------------------------------------------------------------------------------------

    def _decided(self) -> pa.Table:
        """The exact line over the claims in contested places."""
        with collector_resting():
            new = self._in_line("c.state = 'new'")
            newcomers = zip(new["day"].to_pylist(), self.reader.claims(new), strict=True)
            outcome = redecide(self._standing_in_line(), newcomers, run=self.number)
            return settled_table(outcome, SETTLED)

    def _standing_in_line(self) -> Iterator[Standing]:
        rows, first = self._in_line("c.state <> 'new'"), self.engine.fetch(_all("first_claims"))
        firsts = {c.id: (day, c) for day, c in zip(first["day"].to_pylist(), self.reader.claims(first), strict=True)}
        columns = zip(rows["state"].to_pylist(), rows["day"].to_pylist(), self.reader.claims(rows), strict=True)
        for (state, day, now), was in zip(columns, self._stood(rows), strict=True):
            match state:
                case "kept":
                    yield Standing(was, now, firsts.get(was.claim.id, (day, now)))
                case "held":
                    yield Standing(was, None)
                case "kept_as_is":
                    yield Standing(was, was.claim)
                case _:
                    yield Standing(was, False, (day, now))

    def _in_line(self, where: str) -> pa.Table:
        query = written("in_line")
        assert isinstance(query, exp.Select)
        return self.engine.fetch(query.where(where))

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.rules.rules, {code: self._early(code) for code in self.request.codes})

    def _stood(self, rows: pa.Table) -> Iterator[Grant]:
        """Grants as the run before left them. Titles and services are stored with no money and count one."""
        for row in rows.to_pylist():
            money = row["was_fen"] > 0
            numbers = {self.rules.rules[n].name: n for n in self.rules.of[row["policy"]]}
            places = tuple(
                self._stored(numbers[p["rule"]], p["key"], p["limit"])
                for p in row["was_places"] or ()
                if p["rule"] in numbers
            )
            claim = Claim(
                row["policy"], row["subject"], row["period"], row["title"],
                row["was_claimed"] if money else 1,
                row["was_event"].toordinal(),
                places,
                row["fund"],
                tuple(row["rank"]),
                self.reader.early[row["policy"]],
            )  # fmt: skip
            amount = row["was_fen"] if money else 1
            yield Grant(claim, row["was_day"], amount, tuple(row["was_turn"]), row["was_funded"])

    def _stored(self, number: int, key: str, limit: int) -> Asked:
        """A place as decisions show it: under 先高后低 the limit is the level."""
        ladder = self.rules.rules[number].kind == "ladder"
        return self.reader.asked(number, key, 0 if ladder else limit, limit if ladder else 0)

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
