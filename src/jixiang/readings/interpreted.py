"""A whole run done by the interpreter alone, for a small world: who gets what, in the form in which decisions are stored.

It is what a run over an engine is held to: every subject judged on every run date by `decide`, everything that asks for a
place given to `select` with nothing left out beforehand, and the outcome written row by row. Slow and plain on purpose;
never used for a city.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from jixiang.language.typed import Family, Policy, Rule, Rulebook, Within_
from jixiang.readings.decide import Verdict, claim, environment, is_service, judge_policy
from jixiang.readings.run.request import version_text
from jixiang.readings.select import Asked, Claim, ClaimId, Grant, Outcome, Standing, fund, redecide
from jixiang.readings.select.funds import NO_TURNS
from jixiang.readings.stages import stages_due
from jixiang.readings.world import Facts
from jixiang.tables.decisions import DECISIONS, KEY
from jixiang.values.dates import add_months
from jixiang.values.month import Month

LAST = 2**62  # the rank of a grant that nothing judges any more
NUMBERED = 5  # digits before a rule's name, so that names of two families never meet
Row = dict[str, Any]


def decide_interpreted(
    rulebook: Rulebook,
    world: Facts,
    *,
    as_of: date,
    codes: Iterable[str],
    run_dates: Iterable[date] = (),
    standing: pa.Table | None = None,
    ceilings: Mapping[tuple[str, int], int] | None = None,
    turns: Mapping[str, int] = NO_TURNS,
) -> pa.Table:
    """Decisions of whole families as of a date, with the columns of `DECISIONS`, ordered by key.

    `world` is what is known now. `run_dates` are the dates of the runs before, `standing` what the last of them decided;
    without them nothing stands. Raises decide.NegativeAmount.
    """
    dates = () if standing is None else tuple(run_dates)
    days = {*(day for day in dates if day < as_of), as_of}
    wanted = frozenset(codes)
    run = _Run.judged(_numbered(rulebook, wanted), world, days, wanted, _stood(standing, wanted))
    outcome = run.decided(len(dates) + 1)
    funded = fund(outcome.grants, ceilings, turns)
    rows = sorted(run.rows(outcome, funded), key=lambda row: tuple(row[name] for name in KEY))
    return pa.Table.from_pylist(rows, schema=DECISIONS)


def _stood(standing: pa.Table | None, codes: frozenset[str]) -> dict[ClaimId, Row]:
    """What the run before granted, whether its money was there or not."""
    rows = [] if standing is None else standing.to_pylist()
    stood = [row for row in rows if row["policy"] in codes and row["outcome"] in ("granted", "queued")]
    return {(row["policy"], row["subject"], row["period"], row["title"]): row for row in stood}


def _numbered(rulebook: Rulebook, codes: frozenset[str]) -> Rulebook:
    """The families of a run, their rules named so that no two of them share a name."""
    number, families = 0, []
    for family in rulebook.families:
        if codes & set(family.policies):
            rules = []
            for rule in family.rules:
                rules.append(replace(rule, name=f"{number:0{NUMBERED}d}{rule.name}"))
                number += 1
            families.append(replace(family, rules=tuple(rules)))
    return replace(rulebook, families=tuple(families))


@dataclass(frozen=True)
class _Run:
    """`verdicts`: by run date, the run's own last. `stood`: the grants of the run before, as stored."""

    rulebook: Rulebook
    world: Facts
    as_of: date
    verdicts: dict[date, dict[ClaimId, Verdict]]
    stood: dict[ClaimId, Row]

    @classmethod
    def judged(
        cls, rulebook: Rulebook, world: Facts, days: Iterable[date], codes: Iterable[str], stood: dict[ClaimId, Row]
    ) -> _Run:
        """Every policy judged on every date from which anything can follow."""
        verdicts: dict[date, dict[ClaimId, Verdict]] = {day: {} for day in sorted(days)}
        today = max(verdicts)
        standing = {key[0] for key in stood}
        for day, found in verdicts.items():
            for code in sorted(codes):
                if code in standing or any(reaches(p, day, today) for p in rulebook.policies[code]):
                    found.update((v.key, v) for v in judge_policy(rulebook, code, world, day))
        return cls(rulebook, world, today, verdicts, stood)

    # Verdicts ----------------------------------------------------------------------------------------------------

    def policy(self, verdict: Verdict) -> Policy:
        return next(p for p in self.rulebook.policies[verdict.policy] if p.version == verdict.version)

    def family(self, code: str) -> Family:
        return next(family for family in self.rulebook.families if code in family.policies)

    def claim(self, verdict: Verdict) -> Claim:
        """What selection decides on; titles and services need no money."""
        made = claim(verdict, self.family(verdict.policy))
        return made if pays(self.policy(verdict)) else made._replace(fund="")

    def at_hand(self, row: Row) -> bool:
        """Is the text that a grant was made under still there to judge it by?"""
        return any(p.version == row["version"].rpartition("·")[0] for p in self.rulebook.policies[row["policy"]])

    def verdict_on(self, key: ClaimId, day: date) -> Verdict | None:
        """What is said of a claim on a day. While it is unknown which titles there are, it is unknown of each."""
        found = self.verdicts.get(day, {})
        blank = found.get((*key[:3], ""))
        return found.get(key) or (blank if blank is not None and blank.outcome == "unknown" else None)

    def first(self, key: ClaimId) -> tuple[date, Claim] | None:
        """The first run date on which a claim holds: for what stands any, else no further back than 追溯 reaches."""
        for day, found in self.verdicts.items():
            verdict = found.get(key)
            if verdict is not None and verdict.outcome == "candidate":
                if key in self.stood or reaches(self.policy(verdict), day, self.as_of):
                    return day, self.claim(verdict)
        return None

    # Selection ---------------------------------------------------------------------------------------------------

    def decided(self, number: int) -> Outcome:
        """Everything that holds on some run date, in one go: there is nothing to be gained from looking first."""
        keys = {key for found in self.verdicts.values() for key in found}
        newcomers = [first for key in sorted(keys - self.stood.keys()) if (first := self.first(key)) is not None]
        last = max((row["turn"][0] for row in self.stood.values()), default=0)
        return redecide([self.judged_again(row) for row in self.stood.values()], newcomers, run=max(number, last + 1))

    def judged_again(self, row: Row) -> Standing:
        """A grant of the run before with its verdict of today, at its own date."""
        key = (row["policy"], row["subject"], row["period"], row["title"])
        verdict = self.verdict_on(key, row["decision_date"])
        if not self.at_hand(row):
            was = self.was(row, None)
            return Standing(was, was.claim)
        was = self.was(row, verdict)
        if verdict is None or verdict.outcome == "denied":
            return Standing(was, False, self.first(key))
        if verdict.outcome == "unknown":
            return Standing(was, None)
        return Standing(was, self.claim(verdict), self.first(key))

    def was(self, row: Row, verdict: Verdict | None) -> Grant:
        """A grant as stored. Titles and services are stored with no money and count one. Its turn in the fund's queue is
        as it is judged today."""
        rules = {rule.name[NUMBERED:]: rule for rule in self.rulebook.rules_of(row["policy"])}
        places = tuple(_asked(rules[p["rule"]], p) for p in row["places"] or () if p["rule"] in rules)
        family, money = self.family(row["policy"]), row["amount_fen"] > 0
        rank: tuple[int, ...] = (LAST,)
        fund = self.rulebook.policies[row["policy"]][-1].fund
        if verdict is not None:
            rank, fund = (family.precedence[verdict.policy], *verdict.rank), verdict.fund
        made = Claim(
            row["policy"], row["subject"], row["period"], row["title"],
            row["claimed_fen"] if money else 1,
            row["effective_date"].toordinal(),
            places,
            fund if money else "",
            rank,
            family.early,
        )  # fmt: skip
        return Grant(made, row["decision_date"], row["amount_fen"] or 1, tuple(row["turn"]), row["funded_fen"])

    # Rows --------------------------------------------------------------------------------------------------------

    def rows(self, outcome: Outcome, funded: Mapping[ClaimId, Grant]) -> Iterator[Row]:
        """Every claim that stands or yields at its own date; of all others what is said of them today."""
        for key, grant in funded.items():
            yield self.granted(grant, held=key in outcome.on_hold)
        for key, lost in outcome.yielded.items():
            row = self.said(self.verdicts[lost.decision_date][key], lost.decision_date)
            places = [_place(p.rule, p.key, p.limit, map("|".join, p.holders)) for p in lost.because]
            yield row | {"outcome": "yielded", "places": places}
        for key, verdict in self.verdicts[self.as_of].items():
            if key not in funded and key not in outcome.yielded:
                yield self.said(verdict, self.as_of)

    def said(self, verdict: Verdict, day: date) -> Row:
        """A verdict as a row, before it is known who gets it."""
        return {
            "policy": verdict.policy,
            "subject": verdict.subject,
            "period": verdict.period,
            "title": verdict.title,
            "version": version_text(self.policy(verdict)),
            "decision_date": day,
            "effective_date": verdict.effective_date,
            "beneficiary": verdict.beneficiary,
            "payee": verdict.payee,
            "outcome": verdict.outcome,
            "on_hold": False,
            "failed": verdict.failed,
            "unknown": verdict.unknown,
            "claimed_fen": verdict.claimed_fen,
            "amount_fen": None,
            "funded_fen": None,
            "stages": None,
            "turn": None,
            "places": [],
        }

    def granted(self, grant: Grant, *, held: bool) -> Row:
        """What stands: a grant on hold keeps all that it had, one whose text is gone keeps its whole row."""
        key, before = grant.claim.id, self.stood.get(grant.claim.id, {})
        verdict = self.verdict_on(key, grant.decision_date)
        money = before["amount_fen"] > 0 if held or verdict is None else pays(self.policy(verdict))
        given = {
            "outcome": "granted" if grant.funded >= grant.amount or not money else "queued",
            "amount_fen": grant.amount if money else 0,
            "funded_fen": grant.funded if money else 0,
        }
        if before and not self.at_hand(before):
            return before | given
        assert verdict is not None
        kept = ("title", "effective_date", "beneficiary", "payee", "claimed_fen")
        row = self.said(verdict, grant.decision_date) | ({name: before[name] for name in kept} if held else {})
        places = [_place(p.rule, p.key, p.most + p.level, ()) for p in grant.claim.places]
        turn = list(grant.turn)
        stages = self.stages(row, grant.amount, before)
        return row | given | {"on_hold": held, "turn": turn, "places": places, "stages": stages}

    def stages(self, row: Row, amount_fen: int, before: Row) -> list[Row] | None:
        """What of a grant is due by today: 适用日 stays the claim's own."""
        policy = next(p for p in self.rulebook.policies[row["policy"]] if version_text(p) == row["version"])
        if not policy.stages:
            return None
        env = environment(self.rulebook, policy, self.world, self.as_of, row["subject"], _period(policy, row["period"]))
        env = replace(env, effective_date=row["effective_date"])
        paid = {s["name"]: s["due_fen"] for s in before.get("stages") or () if s["due_fen"] is not None}
        return [{"name": name, "due_fen": fen} for name, fen in stages_due(policy, amount_fen, paid, env)]


def pays(policy: Policy) -> bool:
    """Is it money that is due, not a title or a service?"""
    return not policy.honour and not is_service(policy)


def reaches(policy: Policy, day: date, today: date) -> bool:
    """追溯: how far back a late fact may cure a refusal; unless it says so, to the first run."""
    return day == today or policy.lookback_months is None or add_months(day, policy.lookback_months) >= today


def _period(policy: Policy, text: str) -> Month | int | None:
    match policy.each:
        case "month":
            return Month.parse(text)
        case "year":
            return int(text)
    return None


def _asked(rule: Rule, place: Row) -> Asked:
    """A place as stored: under 先高后低 its limit is the level that is held."""
    ladder = rule.kind == "ladder"
    most, level = (0, place["limit"]) if ladder else (place["limit"], 0)
    span = rule.per if isinstance(rule.per, Within_) else Within_()
    return Asked(rule.name, rule.kind, place["key"], most, level, rule.top_up, span.months, span.days)


def _place(rule: str, key: str, limit: int, holders: Iterable[str]) -> Row:
    return {"rule": rule[NUMBERED:], "key": key, "limit": limit, "holders": list(holders)}
