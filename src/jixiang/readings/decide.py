"""Whether a subject is entitled, and to what: the verdict before it is known who gets it when not all can.

One subject, one policy, one decision date, plain Python. In order: is the subject considered; by which version; do all
conditions hold; what is it worth; which places does it ask for. Three values throughout: a missing fact makes a
condition unknown, never false. Selection and money follow in other rooms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from jixiang.language.typed import FIXED_BITS, Constant, Family, Policy, Rulebook, Value
from jixiang.readings.bounds import half_up
from jixiang.readings.env import Env
from jixiang.readings.evaluate import certain, truth
from jixiang.readings.places import asked_place, rank
from jixiang.readings.select import Asked, Claim
from jixiang.readings.world import Facts
from jixiang.values.month import Month

Period = Month | int | None
ACCEPTANCE, SUBJECT, EFFECTIVE, AMOUNT, TRANSITION, BENEFICIARY = (1 << n for n in range(len(FIXED_BITS)))


class NegativeAmount(Exception):
    """A policy computed less than nothing. The run stops: no default would be right."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one version of one policy says of one claim. The key is (policy, subject, period, title).

    `failed` and `unknown` are masks over `Rulebook.bits_of`. `claimed_fen` is what is claimed in money, `amount` what
    counts in selection (1 for a title or a service); both are None unless nothing failed and the amount is known.
    """

    policy: str
    version: str
    subject: str
    period: str
    title: str
    effective_date: date | None
    beneficiary: str | None
    payee: str | None
    failed: int
    unknown: int
    claimed_fen: int | None
    amount: int | None
    fund: str
    rank: tuple[int, ...]
    places: tuple[Asked, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.policy, self.subject, self.period, self.title

    @property
    def outcome(self) -> Literal["candidate", "denied", "unknown"]:
        """Before selection. Any false makes it denied, else any unknown makes it unknown."""
        return "denied" if self.failed else "unknown" if self.unknown else "candidate"


def judge_all(rulebook: Rulebook, world: Facts, decision_date: date) -> list[Verdict]:
    """Every verdict of every policy, by key."""
    return [v for code in sorted(rulebook.policies) for v in judge_policy(rulebook, code, world, decision_date)]


def judge_policy(rulebook: Rulebook, code: str, world: Facts, decision_date: date) -> list[Verdict]:
    """Every verdict of all versions of a policy, by key. One version speaks of each subject and period."""
    spoken: dict[tuple[str, str], list[Verdict]] = {}
    for policy in _newest_first(rulebook, code):
        for subject, period in candidates(rulebook, policy, world, decision_date):
            if verdicts := judge(rulebook, policy, world, decision_date, subject, period):
                spoken.setdefault(verdicts[0].key[1:3], verdicts)
    return sorted((v for verdicts in spoken.values() for v in verdicts), key=lambda v: v.key)


def candidates(rulebook: Rulebook, policy: Policy, world: Facts, decision_date: date) -> Iterator[tuple[str, Period]]:
    """Every row of the 对象 with every period that has begun and that the version can speak of."""
    periods = list(_periods(rulebook, policy, decision_date))
    return ((key, period) for key in world.keys(policy.entity) for period in periods)


def _periods(rulebook: Rulebook, policy: Policy, decision_date: date) -> Iterable[Period]:
    newer = [p for p in rulebook.policies[policy.code] if policy.version in (label for _, label in p.transitions)]
    spans = [
        (p.execution.first, p.execution.last_on(decision_date)) if p.execution else (p.in_force_from, decision_date)
        for p in (policy, *newer)
    ]
    start, end = min(first for first, _ in spans), min(decision_date, max(last for _, last in spans))
    match policy.each:
        case "":
            return [None]
        case "year":
            return range(start.year, end.year + 1)
        case "month":
            return (Month(index) for index in range(Month.of(start).index, Month.of(end).index + 1))


def environment(
    rulebook: Rulebook,
    policy: Policy,
    world: Facts,
    decision_date: date,
    subject: str,
    period: Period = None,
    overrides: Mapping[str, Value] | None = None,
) -> Env:
    """What is in sight when a version judges a subject; 适用日 is computed first, for all else may be read on it."""
    env = Env(world, rulebook.tables, decision_date, None, period, {0: subject}, overrides or {})
    day = env.overrides["适用日"] if "适用日" in env.overrides else certain(policy.effective_date, env)
    return replace(env, effective_date=day if isinstance(day, date) else None)


def judge(
    rulebook: Rulebook,
    policy: Policy,
    world: Facts,
    decision_date: date,
    subject: str,
    period: Period = None,
    overrides: Mapping[str, Value] | None = None,
) -> list[Verdict]:
    """What one version says: nothing if it does not consider the subject; one verdict, or one for each title.

    `overrides` set 定义, 参数 and 条件 by name. Raises NegativeAmount.
    """
    return judge_in(rulebook, policy, environment(rulebook, policy, world, decision_date, subject, period, overrides))


def judge_in(rulebook: Rulebook, policy: Policy, env: Env) -> list[Verdict]:
    """The same where the version's `environment` is there already."""
    doubts = _considered(rulebook, policy, env)
    if doubts is None:
        return []
    failed, unknown = _conditions(policy, env)
    if policy.acceptance and not policy.acceptance.holds(env.decision_date, env.decision_date):
        failed |= ACCEPTANCE
    blank = _blank(policy, env, failed, unknown | doubts)
    return [blank] if failed else _claims(rulebook, policy, blank, env)


# Is the subject considered? --------------------------------------------------------------------------------------


def _considered(rulebook: Rulebook, policy: Policy, env: Env) -> int | None:
    """What is unknown about it, as bits; None if the version has nothing to say of the subject."""
    if not _has_begun(env.period, env.decision_date):
        return None
    belongs = True if policy.where is None else truth(policy.where, env)
    if belongs is False:
        return None
    doubts = SUBJECT if belongs is None else 0
    if env.effective_date is None:
        return doubts | EFFECTIVE if _in_force_now(rulebook, policy, env.decision_date) else None
    speaks = _speaks(rulebook, policy, env, env.effective_date)
    if speaks is False or env.effective_date > env.decision_date:
        return None
    return doubts | (TRANSITION if speaks is None else 0)


def _has_begun(period: Period, decision_date: date) -> bool:
    """适用日 cannot tell: of a period to come, its last day gives way to 决定日 and would pass for today."""
    match period:
        case Month():
            return period.first_day <= decision_date
        case int():
            return period <= decision_date.year
        case _:
            return True


def _newest_first(rulebook: Rulebook, code: str) -> list[Policy]:
    return sorted(rulebook.policies[code], key=lambda policy: policy.in_force_from, reverse=True)


def _in_force_now(rulebook: Rulebook, policy: Policy, decision_date: date) -> bool:
    """Of a subject whose 适用日 is missing only the newest version that has begun speaks."""
    begun = [p for p in _newest_first(rulebook, policy.code) if p.in_force_from <= decision_date]
    return bool(begun) and begun[0].version == policy.version


def _in_time(policy: Policy, day: date, decision_date: date) -> bool:
    """In force, and in 执行期, which may begin before 施行. For whom the older text still speaks, the newer one's time counts."""
    if decision_date < policy.in_force_from or (policy.in_force_until is not None and day >= policy.in_force_until):
        return False
    return policy.execution.holds(day, decision_date) if policy.execution else policy.in_force_from <= day


def _speaks(rulebook: Rulebook, policy: Policy, env: Env, day: date) -> bool | None:
    """Whether this version's text applies on a day: in its own time unless it hands over to an older one, and in a newer
    version's time where that one hands over to it. None: it stays here, but 过渡 is unknown."""
    if _in_time(policy, day, env.decision_date):
        older = _hands_over(policy, env)
        return None if older is None else older == ""
    newer = [
        p for p in rulebook.policies[policy.code] if p.entity == policy.entity and _in_time(p, day, env.decision_date)
    ]
    subject, overrides = str(env.rows[0]), env.overrides
    return any(
        policy.version
        == _hands_over(p, environment(rulebook, p, env.world, env.decision_date, subject, env.period, overrides))
        for p in newer
    )


def _hands_over(policy: Policy, env: Env) -> str | None:
    """The older version that 过渡 names for this subject; "" if none, None if that is unknown."""
    for condition, version in policy.transitions:
        match truth(condition, env):
            case True:
                return version
            case None:
                return None
    return ""


# Do the conditions hold, and what is it worth? -------------------------------------------------------------------


def _conditions(policy: Policy, env: Env) -> tuple[int, int]:
    """Bits of the conditions that fail and of those that are unknown."""
    failed = unknown = 0
    for bit, condition in enumerate(policy.conditions, start=len(FIXED_BITS)):
        holds = env.overrides[condition.name] if condition.name in env.overrides else truth(condition.expr, env)
        failed |= (holds is False) << bit
        unknown |= (holds is None) << bit
    return failed, unknown


def _blank(policy: Policy, env: Env, failed: int, unknown: int) -> Verdict:
    """A verdict before its worth is known."""
    return Verdict(
        policy=policy.code,
        version=policy.version,
        subject=str(env.rows[0]),
        period="" if env.period is None else str(env.period),
        title="",
        effective_date=env.effective_date,
        beneficiary=certain(policy.beneficiary, env),
        payee=certain(policy.payee, env),
        failed=failed,
        unknown=unknown,
        claimed_fen=None,
        amount=None,
        fund=policy.fund,
        rank=rank(policy.order, env),
        places=(),
    )


def _claims(rulebook: Rulebook, policy: Policy, blank: Verdict, env: Env) -> list[Verdict]:
    """No condition failed: the amount, the beneficiary and the places. Each title under 荣誉 is a claim of its own."""
    if blank.beneficiary is None or blank.payee is None:
        blank = replace(blank, unknown=blank.unknown | BENEFICIARY)
    if policy.honour:
        titles = certain(policy.amount, env) or ()
        if blank.unknown or not titles:
            return [replace(blank, claimed_fen=0, amount=1) if titles else _amount_unknown(blank)]
        return [
            _placed(rulebook, policy, replace(blank, title=title, claimed_fen=0, amount=1), replace(env, title=title))
            for title in titles
        ]
    worth = _worth(policy, blank, env)
    return [worth if worth.failed else _placed(rulebook, policy, worth, env)]


def _worth(policy: Policy, blank: Verdict, env: Env) -> Verdict:
    if is_service(policy):
        return replace(blank, claimed_fen=0, amount=1)
    money = certain(policy.amount, env)
    if money is None:
        return _amount_unknown(blank)
    fen = half_up(money)
    if fen < 0:
        raise NegativeAmount(f"《{policy.name}》对 {policy.entity} {blank.subject} 算出 {fen} 分,小于零")
    return replace(blank, claimed_fen=fen, amount=fen) if fen else replace(blank, failed=blank.failed | AMOUNT)


def _amount_unknown(blank: Verdict) -> Verdict:
    return replace(blank, unknown=blank.unknown | AMOUNT)


def is_service(policy: Policy) -> bool:
    """服务: nothing is paid, so the tree holds the constant 0 for its amount."""
    return isinstance(policy.amount, Constant) and policy.amount.value == 0


def _placed(rulebook: Rulebook, policy: Policy, verdict: Verdict, env: Env) -> Verdict:
    """The places asked for under every rule that binds; a rule of which that is unknown is a doubt of its own."""
    places, unknown = [], verdict.unknown
    first = len(FIXED_BITS) + len(policy.conditions)
    for bit, rule in enumerate(rulebook.rules_of(policy.code), start=first):
        asked = asked_place(rule, policy, env)
        if isinstance(asked, Asked):
            places.append(asked)
        else:
            unknown |= asked << bit
    return replace(verdict, places=tuple(places), unknown=unknown)


def claim(verdict: Verdict, family: Family) -> Claim:
    """What selection decides on. Only of a candidate: it has an amount and a day."""
    if verdict.amount is None or verdict.effective_date is None:
        raise ValueError(f"{verdict.key} is no candidate")
    last = max(family.precedence.values(), default=-1) + 1
    return Claim(
        *verdict.key,
        amount=verdict.amount,
        event=verdict.effective_date.toordinal(),
        places=verdict.places,
        fund=verdict.fund,
        rank=(family.precedence.get(verdict.policy, last), *verdict.rank),
        early=family.early,
    )
