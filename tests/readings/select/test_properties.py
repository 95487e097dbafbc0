"""The properties of selection, of the implementation and of the model that it is held to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readings.select import model, properties, world
from tests.readings.select.world import (
    RULES,
    a_sure_fact,
    day,
    history,
    judge_with,
    seeds,
    some_ceilings,
    some_rules,
)

from jixiang.readings.select import Room, select

DECIDE = pytest.mark.parametrize("decide", [world.decide, model.decide], ids=["line", "model"])
histories, sure_histories = history(), history(a_sure_fact)


@DECIDE
@given(histories, some_rules, seeds, some_ceilings, st.booleans(), st.booleans())
def test_every_run_keeps_what_it_must(decide, versions, rules, seed, ceilings, early, ranked):
    properties.every_run(decide, versions, rules, seed, ceilings, early, ranked)


@DECIDE
@given(sure_histories, some_rules, seeds, seeds)
def test_the_order_of_facts_has_no_influence_on_who_qualifies(decide, versions, rules, a, b):
    properties.any_order_of_facts(decide, versions, rules, a, b)


@DECIDE
@given(sure_histories, seeds, seeds)
def test_one_cap_alone_grants_as_many_in_any_order(decide, versions, a, b):
    properties.any_order_of_facts(decide, versions, [RULES[0]], a, b)


@DECIDE
@given(sure_histories, seeds)
def test_top_up_pays_the_highest_whatever_came_first(decide, versions, seed):
    properties.top_up_pays_the_highest(decide, versions, seed)


@DECIDE
@given(st.lists(a_sure_fact, min_size=1, max_size=9), some_rules, st.integers(1, 5), st.integers(1, 5))
def test_first_come_is_the_same_however_runs_are_cut(decide, facts, rules, a, b):
    properties.first_come_is_the_same_however_runs_are_cut(decide, facts, rules, a, b)


@DECIDE
@given(sure_histories, some_rules, st.integers(0, 20), st.integers(0, 5), seeds)
def test_more_money_hurts_nobody(decide, versions, rules, ceiling, more, seed):
    properties.more_money_hurts_nobody(decide, versions, rules, ceiling, more, seed)


@given(sure_histories, some_rules, st.booleans())
def test_groups_that_share_no_place_may_be_decided_apart(versions, rules, early):
    own = [rule for rule in rules if "person" in rule.by]
    judge = judge_with({key: facts[-1] for key, facts in versions.items()}, own, early)
    claims = [claim for key in versions if (claim := judge(key, day(3)))]
    people = [{claim for claim in claims if versions[claim.id][-1].person == person} for person in "甲乙"]
    apart = [decided for person in people for decided in select(Room(), person)]
    assert dict(apart) == dict(select(Room(), claims))


@given(sure_histories, some_rules, st.booleans())
def test_who_yields_has_no_influence_on_the_others(versions, rules, early):
    judge = judge_with({key: facts[-1] for key, facts in versions.items()}, rules, early)
    claims = [claim for key in versions if (claim := judge(key, day(3)))]
    all_of_them = dict(select(Room(), claims))
    for loser in [claim for claim, fen in all_of_them.items() if not fen]:
        without = dict(select(Room(), [claim for claim in claims if claim != loser]))
        assert without == {claim: fen for claim, fen in all_of_them.items() if claim != loser}
