"""Rules that were considered and rejected, each planted in the code: the properties must find every one of them.

This is what shows that the properties can fail. (That they hold of the code as it is, the other tests say.)
"""

from dataclasses import replace
from functools import partial

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.readings.select import properties, test_agreement, test_contested, test_spans, world
from tests.readings.select.model import judged
from tests.readings.select.world import RULES, a_sure_fact, history, seeds, some_ceilings, some_rules

from jixiang.readings.select import Grant, Yielded, contest, funds, line, room, spans, steps

EVERY_RUN = (properties.every_run, history(), some_rules, seeds, some_ceilings, st.booleans(), st.booleans())
MORE_MONEY = (
    properties.more_money_hurts_nobody,
    history(a_sure_fact),
    some_rules,
    st.integers(0, 20),
    st.integers(0, 5),
    seeds,
)
AGREEMENT = (lambda _, *example: raw(test_agreement.test_it_decides_as_the_model_does)(*example), *EVERY_RUN[1:])
ANY_ORDER = (properties.any_order_of_facts, history(a_sure_fact), some_rules, seeds, seeds)


def survives(check, *arguments) -> bool:
    """Does the property hold for thousands of examples, always the same?"""
    tried = settings(
        max_examples=5000,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        tried(given(st.tuples(*arguments))(lambda values: check(*values)))()
    except AssertionError:
        return False
    return True


def killed_by(property_, decide=world.decide) -> bool:
    check, *arguments = property_
    return not survives(partial(check, decide), *arguments)


def with_rules(property_, *names):
    """The property on these rules only: a rare fault is found sooner."""
    rules = st.just([rule for rule in RULES if rule.name in names])
    return tuple(rules if part is some_rules else part for part in property_)


def raw(test):
    """The body of a property that is a test of its own."""
    return test.hypothesis.inner_test


# What stands -------------------------------------------------------------------------------------------------------


def test_making_bystanders_find_room_again_is_found(monkeypatch):
    """Acceptance order decides anew who keeps what."""
    monkeypatch.setattr(steps, "stays", lambda was, now: False)
    assert killed_by(EVERY_RUN)


def test_keeping_at_the_full_amount_is_found(monkeypatch):
    def keep_places(books, keep):
        for grant in keep:
            books.settle(grant._replace(amount=grant.claim.amount))

    monkeypatch.setattr(steps, "keep_places", keep_places)
    assert killed_by(EVERY_RUN)


def test_taking_back_what_is_unknown_is_found():
    def decide(state, on, ids, judge, ceilings=None):
        return world.decide(state, on, ids, lambda key, day: judge(key, day) or False, ceilings)

    assert killed_by(EVERY_RUN, decide)


def test_a_shrunken_top_up_that_just_stays_is_found(monkeypatch):
    monkeypatch.setattr(steps, "shrank_beside_top_up", lambda was, now: False)
    assert killed_by(with_rules(EVERY_RUN, "补差"))


def test_a_new_day_in_a_span_that_just_stays_is_found(monkeypatch):
    monkeypatch.setattr(steps, "seats", lambda claim: {asked.place for asked in claim.places})
    assert killed_by(EVERY_RUN)


def test_the_line_before_the_raise_is_found(monkeypatch):
    raised, lined = steps.raise_amounts, steps.line_up

    def line_up(books, line, run):
        losers = lined(books, line, run)
        raised(books)
        return losers

    monkeypatch.setattr(steps, "raise_amounts", lambda books: None)
    monkeypatch.setattr(steps, "line_up", line_up)
    assert killed_by(AGREEMENT)


# The line ----------------------------------------------------------------------------------------------------------


def test_amounts_as_claimed_instead_of_as_still_to_be_had_are_found(monkeypatch):
    def select(room, claims):
        for claim in sorted(claims, key=lambda claim: line.order(claim, claim.amount)):
            if now := room.offer(claim):
                room.take(claim, now)
            yield claim, now

    monkeypatch.setattr(steps, "select", select)
    assert killed_by(with_rules(AGREEMENT, "限额", "PQ", "QR"))


def test_reasons_of_the_moment_of_losing_are_found(monkeypatch):
    """They may name who has lost the place since, and change when run again."""
    yielded = {}

    def line_up(books, waiting, run):
        yielded.clear()
        for claim, fen in line.select(books.room, [claim for _, claim in waiting.values()]):
            day = waiting[claim.id][0]
            if fen:
                books.grants[claim.id] = Grant(claim, day, fen, line.turn_of(run, claim, fen))
                books.fallen.pop(claim.id, None)
            else:
                yielded[claim.id] = Yielded(claim, day, books.room.full(claim))
        return []

    def decide(state, on, ids, judge, ceilings=None):
        return replace(world.decide(state, on, ids, judge, ceilings), yielded=dict(yielded))

    monkeypatch.setattr(steps, "line_up", line_up)
    assert killed_by(EVERY_RUN, decide)


def test_a_freed_place_that_is_not_offered_to_who_yielded_is_found():
    def decide(state, on, ids, judge, ceilings=None):
        end = world.decide(state, on, [key for key in ids if key not in state.yielded], judge, ceilings)
        return replace(end, yielded={**state.yielded, **end.yielded})

    assert killed_by(EVERY_RUN, decide)


def test_judging_newcomers_on_the_day_of_the_run_only_is_found(monkeypatch):
    """Late facts could take away as of then, but never give as of then."""
    monkeypatch.setattr(world, "judged", lambda judge, key, dates: judged(judge, key, dates[-1:]))
    assert killed_by(ANY_ORDER)


# Places ------------------------------------------------------------------------------------------------------------


def test_a_span_that_only_looks_back_is_found(monkeypatch):
    def leaves(place, claim, asked):
        first, window = spans.first_sharing(place.days, claim.event, asked), room.Tally()
        for event, key in place.days[first:]:
            if event <= claim.event:
                window.count(place.holders[key])
        return window.leaves(claim, asked)

    monkeypatch.setattr(room.SpanPlace, "leaves", leaves)
    assert not survives(raw(test_spans.test_it_finds_room_where_a_search_through_every_day_does), test_spans.claims)
    assert killed_by(EVERY_RUN)


def test_months_counted_as_grants_are_found(monkeypatch):
    def held_by(claim, asked, fen):
        held = room_held_by(claim, asked, fen)
        return (fen, claim.id, claim.event) if asked.kind == "months" else held

    room_held_by = room.held_by
    monkeypatch.setattr(room, "held_by", held_by)
    assert killed_by(AGREEMENT)


def test_a_place_that_is_not_seen_to_be_contested_is_found(monkeypatch):
    """One too few in each kind: the limit itself is still allowed."""
    seen = contest._Wanted.contested

    def contested(place):
        place.least += 1
        return seen(place)

    monkeypatch.setattr(contest._Wanted, "contested", contested)
    check = raw(test_contested.test_a_line_of_the_contested_only_ends_as_a_line_of_all)
    assert not survives(check, history(), some_rules, seeds, st.booleans())


# The fund ----------------------------------------------------------------------------------------------------------


def test_overtaking_in_the_queue_is_found(monkeypatch):
    def fund(grants, ceilings):
        """Each that fits, one after the other."""
        out = dict(grants)
        for key in sorted(grants, key=lambda key: funds._place_in_queue(grants[key], {})):
            alone = {k: g for k, g in out.items() if g.funded or k == key}
            out |= funds.fund(alone, ceilings)
        return out

    monkeypatch.setattr(world, "fund", fund)
    assert killed_by(MORE_MONEY)


def test_cover_dealt_out_anew_is_found(monkeypatch):
    def fund(grants, ceilings):
        return funds.fund({key: grant._replace(funded=0) for key, grant in grants.items()}, ceilings)

    monkeypatch.setattr(world, "fund", fund)
    assert killed_by(EVERY_RUN)
