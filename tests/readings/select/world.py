"""A tiny, very crowded city: facts that arrive late and are corrected, rules of every kind, and runs over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st
from tests.readings.select.model import Judge, State, judged

from jixiang.readings.select import Asked, Claim, ClaimId, Standing, fund, redecide
from jixiang.readings.select.claims import Kind

Decide = Callable[..., State]
END_OF_JANUARY = date(2020, 1, 29).toordinal()  # a leap year's end of January: where months differ most


@dataclass(frozen=True)
class Rule:
    """`most` of a claim is `most`, and where `own` one more for an odd level."""

    name: str
    kind: Kind
    by: str
    most: int = 0
    top_up: bool = False
    months: int = 0
    days: int = 0
    own: bool = False
    binds: str = "PQR"


@dataclass(frozen=True)
class Fact:
    person: str
    year: int
    trade: int
    level: int
    amounts: tuple[int, int]  # before / from day 5 (a dated parameter)
    frm: int
    to: int
    event: int
    known: bool = True


RULES = [
    Rule("每年n次", "count", "person year", 2),
    Rule("工种等级", "count", "person trade level", 1),
    Rule("限额", "money", "person year", 7),
    Rule("PQ", "exclude", "person trade", binds="PQ"),
    Rule("QR", "exclude", "person trade", binds="QR"),
    Rule("PR", "exclude", "person trade", binds="PR"),
    Rule("先高后低", "ladder", "person trade"),
    Rule("单位", "count", "year", 2),
    Rule("补差", "count", "person trade", 1, top_up=True),
    Rule("PQ补", "exclude", "person trade", top_up=True, binds="PQ"),
    Rule("各自n次", "count", "person", 1, own=True),
    Rule("月数", "months", "person", 2),
    Rule("各自月数", "months", "trade", 1, own=True),
    Rule("一月内", "count", "person", 1, months=1),
    Rule("各自三十日内", "count", "trade", 1, days=30, own=True),
    Rule("两月内月数", "months", "person", 1, months=2),
    Rule("三十日内限额", "money", "person", 6, days=30),
    Rule("一月内补差", "count", "person trade", 1, top_up=True, months=1),
]
PLAIN = RULES[:10]
IDS: list[ClaimId] = [(policy, str(n), f"2020-0{n + 1}", "") for policy in "PQR" for n in range(3)]


def day(n: int) -> date:
    return date(2020, 1, 1) + timedelta(n)


def places(fact: Fact, policy: str, rules: Iterable[Rule]) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            rule.name,
            rule.kind,
            "|".join(str(getattr(fact, part)) for part in rule.by.split()),
            rule.most + (rule.own and fact.level % 2),
            fact.level,
            rule.top_up,
            rule.months,
            rule.days,
        )
        for rule in rules
        if policy in rule.binds
    )


def judge_with(facts: dict[ClaimId, Fact], rules: list[Rule], early: bool = False, ranked: bool = False) -> Judge:
    def judge(key: ClaimId, on: date) -> Claim | bool | None:
        fact, number = facts.get(key), (on - day(0)).days
        if fact is None:
            return False
        if not fact.known:
            return None
        if not fact.frm <= number <= fact.to:
            return False
        money = "F" if key[0] != "R" else "G"
        amount = fact.amounts[number >= 5]
        rank = (fact.trade,) if ranked else ()
        return Claim(*key, amount, END_OF_JANUARY + fact.event, places(fact, key[0], rules), money, rank, early)

    return judge


def decide(state: State, on: date, ids: Iterable[ClaimId], judge: Judge, ceilings=None) -> State:
    """`redecide` and `fund` in the clothes of the model's `decide`."""
    dates = tuple(sorted({*state.dates, on}))
    standing = [
        Standing(grant, judge(key, grant.decision_date), judged(judge, key, dates))
        for key, grant in state.grants.items()
    ]
    newcomers = [hit for key in ids if key not in state.grants for hit in [judged(judge, key, dates)] if hit]
    out = redecide(standing, newcomers, run=state.run + 1)
    return State(state.run + 1, dates, fund(out.grants, ceilings), out.yielded, out.fallen, out.on_hold)


def play(
    decide: Decide,
    versions: dict[ClaimId, list[Fact]],
    rules: list[Rule],
    seed: int,
    ceilings=None,
    early=False,
    ranked=False,
    runs=9,
) -> list[tuple[State, dict[ClaimId, Fact], State]]:
    """Facts arrive in a random order that keeps each claim's own; after each batch a run. Before, facts, after."""
    todo = [key for key, facts in versions.items() for _ in facts]
    Random(seed).shuffle(todo)
    left, facts, state, steps = {key: list(v) for key, v in versions.items()}, {}, State(), []
    for number in range(1, runs + 1):
        for key in todo[(number - 1) * len(todo) // runs : number * len(todo) // runs]:
            facts = {**facts, key: left[key].pop(0)}
        before, state = state, decide(state, day(number), IDS, judge_with(facts, rules, early, ranked), ceilings)
        steps.append((before, facts, state))
    return steps


a_fact = st.builds(
    Fact,
    st.sampled_from("甲乙"),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 3),
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.integers(0, 3),
    st.integers(4, 9),
    st.sampled_from([0, 1, 2, 3, 30, 31, 32, 61]),
    st.sampled_from([True, True, True, False]),
)
a_sure_fact = a_fact.map(lambda fact: replace(fact, known=True))
some_rules = st.lists(st.sampled_from(RULES), min_size=1, max_size=8, unique=True)
some_plain_rules = st.lists(st.sampled_from(PLAIN), min_size=1, unique=True)
seeds = st.integers(0, 10**9)
some_ceilings = st.one_of(
    st.none(), st.fixed_dictionaries({("F", 2020): st.integers(0, 25), ("G", 2020): st.integers(0, 12)})
)


@st.composite
def history(draw: st.DrawFn, fact: st.SearchStrategy[Fact] = a_fact) -> dict[ClaimId, list[Fact]]:
    """Arrivals per claim; the last of each is the truth."""
    versions = {key: draw(st.lists(fact, max_size=3)) for key in IDS}
    return {key: facts for key, facts in versions.items() if facts}
