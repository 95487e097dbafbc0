"""Running cases: verdicts from the interpreter or from an engine, then the same line and the same stages for both.

An engine need only judge: `run_with(judge)` takes a function of the shape of `decide.judge_all`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from jixiang.language.typed import Policy, Rulebook
from jixiang.readings.bounds import half_up
from jixiang.readings.cases.case import CHECKS, Case, CaseRow, Outcome, RowResult
from jixiang.readings.decide import Verdict, claim, environment, is_service, judge
from jixiang.readings.env import Env
from jixiang.readings.evaluate import certain
from jixiang.readings.select import Asked, Claim, Room, select
from jixiang.readings.stages import settles, stages_due
from jixiang.readings.world import World

Judge = Callable[[Rulebook, World, date], Iterable[Verdict]]
Results = tuple[RowResult, ...]
Granted = dict[tuple[str, str, str, str], int]


def run_interpreted(cases: Sequence[Case]) -> list[Results]:
    """Each case by the interpreter, row by row."""
    return [settle(case, [v for row in case.rows for v in _judged(case, row)]) for case in cases]


def _judged(case: Case, row: CaseRow) -> Iterable[Verdict]:
    for policy in (case.policy, case.checks):
        if policy is not None:
            yield from judge(case.rulebook, policy, case.world, row.decision_date, row.subject, row.period)


def run_with(judge_all: Judge, cases: Sequence[Case]) -> list[Results]:
    """Each case by an engine that judges a whole world: once for each block of cases and decision date."""
    verdicts: list[list[Verdict]] = [[] for _ in cases]
    for (_, day), members in _batches(cases).items():
        world = together([cases[n].world for n in members])
        found = list(judge_all(cases[members[0]].rulebook, world, day))
        for n in members:
            mine = {(row.subject, row.period) for row in cases[n].rows if row.decision_date == day}
            texts = {(subject, "" if period is None else str(period)) for subject, period in mine}
            verdicts[n] += [verdict for verdict in found if verdict.key[1:3] in texts]
    return [settle(case, found) for case, found in zip(cases, verdicts, strict=True)]


def _batches(cases: Sequence[Case]) -> dict[tuple[str, date], list[int]]:
    found: dict[tuple[str, date], list[int]] = {}
    for n, case in enumerate(cases):
        for day in sorted({row.decision_date for row in case.rows}):
            found.setdefault((case.sheet, day), []).append(n)
    return found


def together(worlds: Sequence[World]) -> World:
    """Worlds of one block of cases as one: their keys differ."""
    whole = World(worlds[0].vocabulary)
    for world in worlds:
        for entity, rows in world.rows.items():
            whole.rows.setdefault(entity, {}).update(rows)
        for attribute, histories in world.histories.items():
            whole.histories.setdefault(attribute, {}).update(histories)
    return whole


# Who gets it -----------------------------------------------------------------------------------------------------


def settle(case: Case, verdicts: Sequence[Verdict]) -> Results:
    """What becomes of each row: day by day, what was granted before stands. `verdicts` may hold others, too."""
    room, granted, yielded = Room(), dict[tuple[str, str, str, str], int](), dict[tuple[str, str, str, str], Claim]()
    for day in sorted({row.decision_date for row in case.rows}):
        rows = [row for row in case.rows if row.decision_date == day]
        candidates = [(row, v) for row in rows for v in _of(case, row, verdicts) if v.outcome == "candidate"]
        _stand(room, case, candidates)
        claims = {made.id: made for _, v in candidates for made in (_claim(case, v),) if made.id not in granted}
        for made, fen in select(room, claims.values()):
            if fen:
                granted[made.id] = fen
            else:
                yielded[made.id] = made
    full = {id_: frozenset(f.rule for f in room.full(made)) for id_, made in yielded.items()}
    return tuple(_result(case, row, verdicts, granted, full) for row in case.rows)


def _of(case: Case, row: CaseRow, verdicts: Sequence[Verdict], code: str = "") -> list[Verdict]:
    """What the case's own version says of a row."""
    wanted = code or (case.policy.code if case.policy else "")
    version = case.policy.version if case.policy else ""
    period = "" if row.period is None else str(row.period)
    return sorted(
        {v for v in verdicts if v.key[:3] == (wanted, row.subject, period) and v.version == version},
        key=lambda v: v.key,
    )


def _claim(case: Case, verdict: Verdict) -> Claim:
    return claim(verdict, next(family for family in case.rulebook.families if verdict.policy in family.policies))


def _stand(room: Room, case: Case, candidates: Sequence[tuple[CaseRow, Verdict]]) -> None:
    """已享受: grants that stand already in the places that a row asks for. Rows that ask for one place share it."""
    held: dict[tuple[str, str], tuple[Claim, Asked, int, int]] = {}
    for row, verdict in candidates:
        for asked in verdict.places:
            count, fen = _held(case, row, asked)
            before = held.get(asked.place)
            most = (max(count, before[2]), max(fen, before[3])) if before else (count, fen)
            held[asked.place] = (_claim(case, verdict), asked, *most)
    for made, asked, count, fen in held.values():
        for n in range(count):
            room.take(_earlier(made, asked, n), 1)
        if fen:
            room.take(_earlier(made, asked, count), fen)
    for made, fen in _elsewhere(case, candidates):
        room.take(made, fen)


def _elsewhere(case: Case, candidates: Sequence[tuple[CaseRow, Verdict]]) -> Iterator[tuple[Claim, int]]:
    """别处已享受: one grant of another policy in each place that both ask for; without an amount it is worth as much as is
    asked here."""
    seen = set[tuple[str, tuple[str, str]]]()
    for row, verdict in candidates:
        made = _claim(case, verdict)
        for other in row.elsewhere:
            for asked in verdict.places:
                if asked.rule in other.rules and (other.code, asked.place) not in seen:
                    seen.add((other.code, asked.place))
                    subject = f"别处已享受|{asked.rule}|{asked.key}"
                    yield made._replace(policy=other.code, subject=subject, places=(asked,)), other.fen or made.amount


def _held(case: Case, row: CaseRow, asked: Asked) -> tuple[int, int]:
    """How many grants and how much money 已享受 puts into a place. A number counts the grants of *other* periods, so it says
    nothing of a limit for each period; of a policy in stages the money is what its stages have paid."""
    policy = case.policy
    rule = next(rule for rule in case.rulebook.rules_of(policy.code) if rule.name == asked.rule) if policy else None
    other_periods = policy is not None and rule is not None and policy.each != "" and rule.per == policy.each
    counts = asked.kind in ("count", "months") and not other_periods
    pays = policy is not None and not policy.stages and (asked.kind == "money" or asked.top_up)
    return row.held if counts else 0, row.held_fen if pays else 0


def _earlier(like: Claim, asked: Asked, n: int) -> Claim:
    return like._replace(subject=f"已享受|{asked.rule}|{asked.key}|{n}", period=f"早{n}", places=(asked,))


# What became of a row --------------------------------------------------------------------------------------------


def _result(
    case: Case,
    row: CaseRow,
    verdicts: Sequence[Verdict],
    granted: Granted,
    full: dict[tuple[str, str, str, str], frozenset[str]],
) -> RowResult:
    mine = _of(case, row, verdicts)
    wrong = _wrong(case, row, verdicts)
    if case.policy is None:
        return RowResult(None, wrong=wrong)
    bits = case.rulebook.bits_of(case.policy)
    got = [verdict for verdict in mine if verdict.key in granted]
    if got:
        fen = sum(granted[verdict.key] for verdict in got)
        titles = tuple(verdict.title for verdict in got if verdict.title)
        money = None if case.policy.honour or is_service(case.policy) else fen
        return RowResult("granted", frozenset(), money, titles, _stages(case, case.policy, row, fen), wrong)
    blocked = frozenset[str]().union(*(full.get(verdict.key, frozenset()) for verdict in mine))
    if blocked:
        claimed = mine[0].claimed_fen
        return RowResult("yielded", blocked, claimed, wrong=wrong)
    failed = frozenset(name for v in mine for name in _names(bits, v.failed))
    unknown = frozenset(name for v in mine for name in _names(bits, v.unknown))
    outcome: Outcome = "denied" if failed else "unknown" if unknown else "not_considered"
    return RowResult(outcome, failed or unknown, wrong=wrong)


def _names(bits: Sequence[str], mask: int) -> list[str]:
    return [name for bit, name in enumerate(bits) if mask >> bit & 1]


def _wrong(case: Case, row: CaseRow, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    if case.checks is None:
        return ()
    bits = case.rulebook.bits_of(case.checks)
    found = _of(case, row, verdicts, CHECKS)
    if not found:
        return tuple(condition.name for condition in case.checks.conditions)
    stated = {condition.name for condition in case.checks.conditions}
    return tuple(name for name in _names(bits, found[0].failed | found[0].unknown) if name in stated)


def _stages(case: Case, policy: Policy, row: CaseRow, granted_fen: int) -> tuple[tuple[str, int | None], ...]:
    paid = _paid_before(case, policy, row, granted_fen)
    return tuple(stages_due(policy, granted_fen, paid, _env(case, policy, row))) if policy.stages else ()


def _paid_before(case: Case, policy: Policy, row: CaseRow, granted_fen: int) -> dict[str, int]:
    """已享受 in money fills the stages in order; the last takes what is left."""
    stages = [stage for stage in policy.stages if not settles(stage)]
    left, paid, env = row.held_fen, dict[str, int](), _env(case, policy, row, granted_fen)
    for n, stage in enumerate(stages):
        if left:
            worth = certain(stage.amount, env)
            paid[stage.name] = left if worth is None or n == len(stages) - 1 else min(left, half_up(worth))
            left -= paid[stage.name]
    return paid


def _env(case: Case, policy: Policy, row: CaseRow, granted_fen: int | None = None) -> Env:
    env = environment(case.rulebook, policy, case.world, row.decision_date, row.subject, row.period)
    return replace(env, granted=granted_fen)
