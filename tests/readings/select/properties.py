"""What must hold of any way to decide (docs/selection.md, 5). Each asserts; `decide` is what is put to the test."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from tests.readings.select.model import Room, State, judged, order, windows
from tests.readings.select.world import IDS, RULES, Decide, Fact, Rule, day, judge_with, play

from jixiang.readings.select import Claim, ClaimId, Grant

Versions = dict[ClaimId, list[Fact]]


def every_run(
    decide: Decide, versions: Versions, rules: list[Rule], seed: int, ceilings, early: bool, ranked: bool
) -> None:
    was = None
    for before, facts, now in play(decide, versions, rules, seed, ceilings, early, ranked):
        judge = judge_with(facts, rules, early, ranked)
        is_the_same_in_any_order(decide, before, now, judge, ceilings)
        changes_nothing_when_run_again(decide, now, judge, ceilings)
        grants_no_more_than_claimed_and_only_what_holds(now, judge)
        keeps_every_limit(now, rules)
        wastes_nothing(now)
        if was:
            takes_nothing_from_a_claim_whose_own_verdict_stands(before, now, was, judge)
        if ceilings:
            keeps_the_ceilings(now, ceilings)
        was = judge


def is_the_same_in_any_order(decide, before, now, judge, ceilings) -> None:
    turned = replace(before, grants=dict(reversed(before.grants.items())))
    assert now == decide(turned, now.dates[-1], IDS[::-1], judge, ceilings)


def changes_nothing_when_run_again(decide, now, judge, ceilings) -> None:
    again = decide(now, now.dates[-1], IDS, judge, ceilings)
    assert (again.dates, again.grants, again.yielded) == (now.dates, now.grants, now.yielded) and not again.fallen


def grants_no_more_than_claimed_and_only_what_holds(now, judge) -> None:
    for key, grant in now.grants.items():
        assert 0 < grant.amount <= grant.claim.amount and 0 <= grant.funded <= grant.amount
        verdict = judge(key, grant.decision_date)
        assert verdict == grant.claim or (verdict is None and key in now.on_hold)


def room_of(grants: dict[ClaimId, Grant]) -> Room:
    room = Room()
    for grant in grants.values():
        room.take(grant.claim, grant.amount)
    return room


def keeps_every_limit(now: State, rules: list[Rule]) -> None:
    """In every span; a ladder binds newcomers only. A claim's *own* limit may be lowered by a correction of its facts, and
    a lowered limit takes nothing back: such rules are left to the model."""
    fixed = {rule.name for rule in rules if not rule.own}
    for (name, _), held in room_of(now.grants).held.items():
        for claim, asked, _ in held.values():
            for start, end in windows(claim.event, asked) if name in fixed else ():
                keeps_the_limit([one for one in held.values() if start <= one[0].event < end])


def keeps_the_limit(held) -> None:
    asked = held[0][1]
    if asked.top_up:
        whole = defaultdict(int)
        for claim, _, _ in held:
            whole[claim.policy if asked.kind == "exclude" else claim.id] += claim.amount
        assert sum(fen for _, _, fen in held) <= max(whole.values())
    elif asked.kind == "count":
        assert len(held) <= asked.most
    elif asked.kind == "months":
        assert len({claim.period for claim, _, _ in held}) <= asked.most
    elif asked.kind == "money":
        assert sum(fen for _, _, fen in held) <= asked.most
    elif asked.kind == "exclude":
        assert len({claim.policy for claim, _, _ in held}) <= 1


def wastes_nothing(now: State) -> None:
    """Nobody who yields would fit, and each says who holds the place."""
    room = room_of(now.grants)
    for lost in now.yielded.values():
        assert not room.offer(lost.claim)
        assert lost.because == room.full(lost.claim)
        assert lost.because and all(full.holders for full in lost.because)
        assert all(holder in now.grants for full in lost.because for holder in full.holders)


def takes_nothing_from_a_claim_whose_own_verdict_stands(before, now, was, judge) -> None:
    for key, grant in before.grants.items():
        verdict = judge(key, grant.decision_date)
        if verdict is None or verdict == was(key, grant.decision_date):
            kept = now.grants.get(key)
            assert kept and kept.amount >= grant.amount and kept.decision_date == grant.decision_date
            assert kept.funded >= grant.funded and kept.turn == grant.turn


def keeps_the_ceilings(now, ceilings) -> None:
    for fund, ceiling in ceilings.items():
        covered = (g.funded for g in now.grants.values() if (g.claim.fund, g.decision_date.year) == fund)
        assert sum(covered) <= ceiling


def any_order_of_facts(decide: Decide, versions: Versions, rules: list[Rule], a: int, b: int) -> None:
    """The same set qualifies; who has room beside all rivals is granted; one cap alone grants as many."""
    one, two = play(decide, versions, rules, a)[-1][2], play(decide, versions, rules, b)[-1][2]
    truth = judge_with({key: facts[-1] for key, facts in versions.items()}, rules)
    hits: dict[ClaimId, Claim] = {key: hit[1] for key in IDS if (hit := judged(truth, key, one.dates))}
    assert {*one.grants, *one.yielded} == set(hits) == {*two.grants, *two.yielded}
    for key in unrivalled(versions, hits):
        assert key in one.grants and key in two.grants
    if [(rule.kind, rule.top_up, rule.own, rule.days + rule.months) for rule in rules] == [("count", False, False, 0)]:
        assert grants_by_place(one) == grants_by_place(two)


def unrivalled(versions: Versions, hits: dict[ClaimId, Claim]) -> list[ClaimId]:
    """Whose places would hold all who want them, at their highest amounts."""
    most = {key: claim._replace(amount=max(versions[key][-1].amounts)) for key, claim in hits.items()}
    want = Room()
    for claim in most.values():
        want.take(claim, claim.amount)
    return [
        key
        for key, claim in most.items()
        if want.offer(claim) == claim.amount
        and all(asked.kind != "ladder" or len(want.held[asked.place]) == 1 for asked in claim.places)
    ]


def grants_by_place(state: State) -> list[tuple[str, str]]:
    return sorted(asked.place for grant in state.grants.values() for asked in grant.claim.places)


def top_up_pays_the_highest(decide: Decide, versions: Versions, seed: int) -> None:
    """就高补差 alone: whatever came first, the total of a key is its highest amount."""
    flat = {key: [replace(f, amounts=(f.amounts[0],) * 2) for f in facts] for key, facts in versions.items()}
    rules = [rule for rule in RULES if rule.name == "补差"]
    end = play(decide, flat, rules, seed)[-1][2]
    truth = judge_with({key: facts[-1] for key, facts in flat.items()}, rules)
    due, paid = defaultdict(int), defaultdict(int)
    for key in IDS:
        if hit := judged(truth, key, end.dates):
            for asked in hit[1].places:
                due[asked.place] = max(due[asked.place], hit[1].amount)
    for grant in end.grants.values():
        for asked in grant.claim.places:
            paid[asked.place] += grant.amount
    assert paid == due


def first_come_is_the_same_however_runs_are_cut(
    decide: Decide, facts: list[Fact], rules: list[Rule], a: int, b: int
) -> None:
    """先到先得, facts in time: a run each month, each quarter, or one for all, grant the same."""
    mine = {key: replace(f, amounts=(f.amounts[0],) * 2, frm=0, to=99) for key, f in zip(IDS, facts, strict=False)}
    base = judge_with(mine, rules, True)
    arrival = {key: n for n, key in enumerate(sorted(mine, key=lambda key: order(base(key, day(1)), 0)))}

    def end(step: int) -> dict[ClaimId, int]:
        state = State()
        for number in range(step - 1, len(mine) + step, step):
            seen = judge_with({key: f for key, f in mine.items() if arrival[key] <= number}, rules, True)
            dated = lambda key, _: (c := seen(key, day(1))) and c._replace(event=737000 + arrival[key])  # noqa: B023, E731
            state = decide(state, day(number), IDS, dated)
        return {key: grant.amount for key, grant in state.grants.items()}

    assert end(a) == end(b) == end(20)


def more_money_hurts_nobody(
    decide: Decide, versions: Versions, rules: list[Rule], ceiling: int, more: int, seed: int
) -> None:
    def covered(ceiling: int) -> dict[ClaimId, int]:
        ceilings = {("F", 2020): ceiling, ("G", 2020): ceiling}
        return {key: g.funded for key, g in play(decide, versions, rules, seed, ceilings, runs=1)[-1][2].grants.items()}

    poor, rich = covered(ceiling), covered(ceiling + more)
    assert poor.keys() == rich.keys() and all(rich[key] >= fen for key, fen in poor.items())
