"""The line is needed only where a place cannot hold all who want it: the same end, with far fewer in line."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.readings.select.model import judged
from tests.readings.select.world import IDS, a_sure_fact, day, history, judge_with, play, seeds, some_rules
from tests.readings.select.world import decide as line

from jixiang.readings.select import (
    Asked,
    Claim,
    Grant,
    Outcome,
    Room,
    Standing,
    contested,
    redecide,
    select,
    turn_of,
)

TODAY = date(2020, 1, 31)


def verdicts(before, facts, now, rules, early):
    """What a run was given."""
    judge = judge_with(facts, rules, early)
    standing = [
        Standing(grant, judge(key, grant.decision_date), judged(judge, key, now.dates))
        for key, grant in before.grants.items()
    ]
    others = [key for key in IDS if key not in before.grants]
    return standing, [hit for key in others if (hit := judged(judge, key, now.dates))]


def today(one: Standing) -> list[Claim]:
    """The claims that a standing grant may have at the end of the run; none if it falls for good."""
    if one.now is None:
        return [one.grant.claim]
    return [claim for claim in (one.now, one.first and one.first[1]) if claim]


def all_contested(standing, newcomers):
    claims = [claim for _, claim in newcomers] + [claim for one in standing for claim in today(one)[1:]]
    return contested(claims, [one.grant._replace(claim=today(one)[0]) for one in standing if today(one)])


def in_full(one: Standing, run: int) -> Grant:
    """What becomes of a standing grant that meets no contested place."""
    if one.now is None:
        return one.grant
    when, claim = (one.grant.decision_date, one.now) if one.now else one.first
    return one.grant._replace(claim=claim, decision_date=when, amount=claim.amount)


def by_contested_places_only(standing, newcomers, run) -> Outcome:
    scarce = all_contested(standing, newcomers)
    touches = lambda claim: any(asked.place in scarce for asked in claim.places)  # noqa: E731
    in_line = [one for one in standing if not today(one) or any(map(touches, today(one)))]
    out = redecide(in_line, [hit for hit in newcomers if touches(hit[1])], run=run)
    free = {one.grant.claim.id: in_full(one, run) for one in standing if one not in in_line}
    new = {
        claim.id: Grant(claim, when, claim.amount, turn_of(run, claim, claim.amount))
        for when, claim in newcomers
        if not touches(claim)
    }
    held = frozenset(one.grant.claim.id for one in standing if one.now is None)
    return out._replace(grants={**out.grants, **free, **new}, on_hold=held)


@given(history(), some_rules, seeds, st.booleans())
def test_a_line_of_the_contested_only_ends_as_a_line_of_all(versions, rules, seed, early):
    for before, facts, now in play(line, versions, rules, seed, None, early, runs=5):
        given_to = verdicts(before, facts, now, rules, early)
        assert by_contested_places_only(*given_to, run=now.run) == redecide(*given_to, run=now.run)


@given(history(a_sure_fact), some_rules, st.booleans(), st.randoms(use_true_random=False))
def test_who_meets_no_contested_place_is_granted_in_full_in_any_order(versions, rules, early, random):
    judge = judge_with({key: facts[-1] for key, facts in versions.items()}, rules, early)
    claims = [claim for key in versions if (claim := judge(key, day(3)))]
    scarce = contested(claims)
    shuffled = [claim._replace(rank=(random.randrange(9),)) for claim in claims]
    for claim, fen in select(Room(), shuffled):
        if not any(asked.place in scarce for asked in claim.places):
            assert fen == claim.amount


def wanted(*claims: Claim, standing: tuple[Grant, ...] = ()) -> bool:
    return bool(contested(claims, standing))


def claim(name: str, asked: Asked, amount: int = 5, period: str = "") -> Claim:
    return Claim(name[0], name, period, "", amount, 1, (asked,))


def test_it_knows_when_each_kind_is_contested():
    twice, thrice = Asked("次", "count", "甲", 2), Asked("次", "count", "甲", 3)
    assert not wanted(claim("a", twice), claim("b", thrice))
    assert not wanted(*(claim(name, thrice) for name in "abc"))
    assert wanted(claim("a", twice), claim("b", thrice), claim("c", thrice))  # the smallest limit asked for

    months = Asked("月", "months", "甲", 1)
    assert not wanted(claim("a", months, period="2020-01"), claim("b", months, period="2020-01"))
    assert wanted(claim("a", months, period="2020-01"), claim("b", months, period="2020-02"))

    money = Asked("额", "money", "甲", 10)
    assert not wanted(claim("a", money), claim("b", money))
    assert wanted(claim("a", money), claim("b", money, 6))
    assert wanted(claim("a", money, 11))

    exclusion = Asked("互斥", "exclude", "甲")
    assert not wanted(claim("Pa", exclusion), claim("Pb", exclusion))
    assert wanted(claim("Pa", exclusion), claim("Qa", exclusion))

    ladder = Asked("先高后低", "ladder", "甲", level=3)
    assert not wanted(claim("a", ladder))
    assert wanted(claim("a", ladder), claim("b", ladder))

    span = Asked("五年", "count", "甲", 9, span_months=60)
    assert not wanted(claim("a", span))
    assert wanted(claim("a", span), claim("b", span))


def test_what_stands_counts_in_full_as_it_may_be_raised():
    money = Asked("额", "money", "甲", 10)
    cut = Grant(claim("a", money, 6), TODAY, 2, (1,))
    assert wanted(claim("b", money, 5), standing=(cut,))
    assert not wanted(claim("b", money, 4), standing=(cut,))
    assert not wanted(claim("b", Asked("额", "money", "乙", 10), 5), standing=(cut,))


def test_nothing_is_contested_where_nobody_asks_for_a_place():
    assert contested([Claim("P", "a", "", "", 1, 1)]) == set()
