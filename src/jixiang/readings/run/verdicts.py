"""Judges every policy on every run date, and gives the claims one common form whatever their policy asks.

The relation `verdicts` holds all of them: the key, the day, whether all holds, the amount that counts in selection, which
fund it is of, what the queue needs, and the places asked for as one list. Each policy's own columns stay in the table of its plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlglot import exp

from jixiang.engines.engine import Engine, Progress
from jixiang.language.typed import Policy
from jixiang.readings.query import sql
from jixiang.readings.query.judge import LAST, pays
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import Plan, Step, plan, to_do
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.run.before import Before, Holds
from jixiang.readings.run.kept import schema_of
from jixiang.readings.run.request import Request, Rules
from jixiang.readings.run.standing import codes_that_stand
from jixiang.values.dates import add_months

KEY = ("policy", "subject", "period", "title")


@dataclass(frozen=True)
class Judged:
    """One policy version's verdicts on one run date. `file`: where they lay before, if nobody was judged again."""

    policy: Policy
    relation: str
    day: date
    file: Path | None = None


@dataclass(frozen=True)
class Again:
    """How many subjects of a policy were judged again on an earlier date; None: all of them."""

    day: date
    code: str
    subjects: int | None


@dataclass(frozen=True)
class Judging:
    """Every version's verdicts on every run date, and the plan of today's, whose steps still stand."""

    judged: list[Judged]
    today: Plan
    again: list[Again]


def plan_of(
    request: Request,
    day: date,
    cutoffs: Mapping[str, date | None],
    offered: Offered,
    stands: frozenset[str] = frozenset(),
    *,
    only: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> Plan:
    """The plan that judges all policies of the run on one date, with what is known today. `stands`: the policies of which
    anything stands, to be judged on every date; of the others those that may still cure a refusal of that day. `only`: see
    `plan`; `without`: policies of which nobody is to be judged."""
    wanted = wanted_on(request, day, stands)
    return plan(
        request.vocabulary,
        request.rulebook,
        [p for p in request.versions if p.code in wanted and p.code not in without],
        decision_date=day,
        known_on=request.known_on,
        cutoffs=cutoffs,
        offered=offered,
        only=only,
    )


def wanted_on(request: Request, day: date, stands: frozenset[str]) -> frozenset[str]:
    """The policies that are judged on a date."""
    versions = request.rulebook.policies
    return frozenset(
        code for code in request.codes if code in stands or any(reaches(p, day, request.as_of) for p in versions[code])
    )


def reaches(policy: Policy, day: date, today: date) -> bool:
    """追溯 says how far back a late fact may cure a refusal; unless it does, to the first run."""
    if policy.lookback_months is None or day == today:
        return True
    return add_months(day, policy.lookback_months) >= today


def judge_dates(
    engine: Engine, request: Request, rules: Rules, cutoffs: Mapping[str, date | None], offered: Offered,
    progress: Progress | None = None, before: Before | None = None,
) -> Judging:  # fmt: skip
    """Runs one plan a date, the run's own last; needs `standing`, leaves `verdicts` behind. Of the verdicts of the run
    before (`before`) those that still hold are taken over."""
    dates = _Dates(engine, request, cutoffs, offered, codes_that_stand(engine), progress, before)
    for day in request.earlier_dates():
        dates.judge(day)
    today = dates.judge(request.as_of)
    parts = [_common(request, rules, one, all_rows=one.policy.code in dates.stands) for one in dates.judged]
    engine.run([Step("verdicts", sql.union_all(parts), kept=True)])
    return Judging(dates.judged, today, dates.again)


@dataclass
class _Dates:
    """Date after date, each policy as a whole or as far as its verdicts hold no longer. `standing`: the steps of the date
    before; what does not depend on the date is done once."""

    engine: Engine
    request: Request
    cutoffs: Mapping[str, date | None]
    offered: Offered
    stands: frozenset[str]
    progress: Progress | None
    before: Before | None
    judged: list[Judged] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    standing: tuple[Step, ...] = ()

    def judge(self, day: date) -> Plan:
        """The plan of a date, whose steps still stand. A policy all of whose verdicts hold is not in it; what of its grants is due
        is asked of the same facts all the same."""
        wanted, is_today = wanted_on(self.request, day, self.stands), day == self.request.as_of
        before = self.before
        holds = {c: h for c in sorted(wanted) if before is not None and (h := before.holds(day, c)) is not None}
        done = {code for code, one in holds.items() if not one.concerned}
        only = {code: one.relation for code, one in holds.items()}
        made = plan_of(self.request, day, self.cutoffs, self.offered, self.stands, only=only, without=done)
        if made.verdicts:
            self._run(made.steps)
        fresh = {(one.policy.code, one.policy.version): one.relation for one in made.verdicts}
        for code in sorted(wanted):
            self._take(day, code, fresh, holds)
        if not is_today or holds:
            self.again += [Again(day, c, holds[c].concerned if c in holds else None) for c in sorted(wanted)]
        return made

    def _take(self, day: date, code: str, fresh: Mapping[tuple[str, str], str], holds: Mapping[str, Holds]) -> None:
        """A policy's verdicts of a day: those that were judged now, and those that hold."""
        for policy in self.request.rulebook.policies[code]:
            judged = Judged(policy, fresh.get((code, policy.version), ""), day)
            if code in holds:
                judged = self._with_those_that_hold(judged, holds[code])
            elif day < self.request.as_of:
                self.engine.keep(self._name(judged), sql.select([sql.star()], sql.table(judged.relation, "r")))
                judged = replace(judged, relation=self._name(judged))
            self.judged.append(judged)

    def _run(self, wanted: Sequence[Step]) -> None:
        """What stands and is not wanted as it is goes first, to make room."""
        kept = {step.name for step in wanted if step.kept}
        steps = to_do(wanted, (step for step in self.standing if step.kept or step.name not in kept))
        stays = {step.name for step in wanted} - {step.name for step in steps}
        forget(self.engine, tuple(step for step in self.standing if step.name not in stays))
        self.engine.run(steps, self.progress)
        self.standing = (*(step for step in self.standing if step.name in stays), *steps)

    def _name(self, judged: Judged) -> str:
        place = self.request.rulebook.policies[judged.policy.code].index(judged.policy)
        return f"judged_{judged.policy.code.lower()}_{place}_{judged.day:%Y%m%d}"

    def _with_those_that_hold(self, judged: Judged, holds: Holds) -> Judged:
        """The verdicts of the run before, and in their place those that were judged now."""
        schema, file = schema_of(self.request, judged.policy), holds.files[judged.policy.version]
        before = f"{self._name(judged)}_before"
        self.engine.offer_files(before, [str(file)], schema)
        if not holds.concerned:
            return replace(judged, relation=before, file=file)
        columns = [col(column) for column in schema.names]
        concerned = sql.join(sql.table(holds.relation, "o"), sql.binary("=", col("key", "o"), col("subject")))
        still = sql.select(columns, sql.table(before, "r"), joins=[concerned], where=sql.is_null(col("key", "o")))
        now = sql.select(columns, sql.table(judged.relation, "r"))
        self.engine.keep(self._name(judged), sql.union_all([still, now]))
        return replace(judged, relation=self._name(judged))


def forget(engine: Engine, steps: tuple[Step, ...]) -> None:
    """Views and tables of an earlier date, the last first."""
    for step in reversed(steps):
        engine.drop(step.name, kept=step.kept)


def _common(request: Request, rules: Rules, judged: Judged, *, all_rows: bool) -> exp.Query:
    """`all_rows`: what does not hold is asked for as well, since something stands that it may end."""
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
        "rank": rank_list(request, policy),
        "asked": asked_list(rules, policy.code),
    }
    shown = [sql.alias(c, n) for n, c in columns.items()]
    return sql.select(shown, sql.table(judged.relation, "r"), where=sql.TRUE if all_rows else clean)


def rank_list(request: Request, policy: Policy) -> Sql:
    """Where a claim stands before 取舍: the family's precedence, then 次序."""
    family = next((f for f in request.families if policy.code in f.policies), None)
    precedence = LAST if family is None else family.precedence.get(policy.code, LAST)
    return sql.integer_list([sql.number(precedence), *(col(f"rank_{n}") for n in range(len(policy.order)))])


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
