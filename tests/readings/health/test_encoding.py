"""What the solver makes of expressions is held to the interpreter: whom the one says to fail just this, the other denies for just this."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from jixiang.language.city import load_city
from jixiang.readings.health.ask import Asker
from jixiang.readings.health.claim import Claim, Question
from jixiang.readings.health.space import Solver
from jixiang.readings.health.term import Logic
from jixiang.values.dates import FOREVER, add_months, whole_months

CITY = load_city(Path(__file__).parents[3] / "cities" / "wuxi")
AS_OF = date(2021, 6, 30)
VERSIONS = [version for versions in CITY.rulebook.policies.values() for version in versions] if CITY.rulebook else []
DAYS = st.dates(date(1901, 1, 1), date(2099, 12, 31))
LOGIC = Logic()


@pytest.mark.parametrize("policy", VERSIONS, ids=lambda policy: f"{policy.code} {policy.version}")
def test_whom_one_condition_alone_shuts_out_the_interpreter_denies_for_it_alone(policy):
    asker = Asker(CITY, Question(CITY.vocabulary, CITY.rulebook, AS_OF), Fraction(1, 2))
    space = asker.question.space([policy])
    claim = Claim(space, CITY.rulebook, policy)
    space.close()
    solver = Solver(space)
    shown = 0
    for number, condition in enumerate(policy.conditions):
        others = [truth.t for n, truth in enumerate(claim.conditions) if n != number]
        wanted = [*claim.considered, claim.conditions[number].f, *others]
        model = solver.find(wanted, [z3.IsInt(real) for real in space.reals])
        tried = asker.show(claim, model) if model else None
        if tried is not None:
            shown += 1
            assert (tried.rows[0].result.outcome, tried.rows[0].result.names) == ("denied", {condition.name})
    assert shown * 2 >= len(policy.conditions)


def number(term):
    return z3.simplify(term).as_long()


def same(found, wanted):
    return (number(found.month), number(found.day)) == (wanted.year * 12 + wanted.month - 1, wanted.day)


@given(DAYS, st.integers(-600, 600))
@settings(max_examples=60)
def test_months_are_added_as_the_calendar_does(day, months):
    wanted = add_months(day, months)
    if date(1900, 1, 1) <= wanted <= date(2199, 12, 31):
        assert same(LOGIC.plus_months(LOGIC.day(day), LOGIC.integer(months)), wanted)


@given(DAYS, DAYS)
@settings(max_examples=60)
def test_whole_months_and_days_between_are_counted_as_the_calendar_does(start, end):
    one, other = LOGIC.day(start), LOGIC.day(end)
    assert number(LOGIC.whole_months(one, other)) == whole_months(start, end)
    assert number(LOGIC.ordinal(other) - LOGIC.ordinal(one)) == (end - start).days


def test_for_ever_stays_for_ever():
    assert same(LOGIC.plus_months(LOGIC.day(FOREVER), LOGIC.integer(12)), FOREVER)


@pytest.mark.parametrize("day", ["1900-02-28", "2000-02-29", "2020-02-29", "2021-02-28", "2100-02-28", "2021-04-30"])
def test_the_last_day_of_a_month_is_its_length(day):
    last = date.fromisoformat(day)
    assert (last + timedelta(days=1)).day == 1
    month = z3.Int("m", LOGIC.context)
    found = z3.substitute(LOGIC.length(month), (month, LOGIC.integer(last.year * 12 + last.month - 1)))
    assert number(found) == last.day
