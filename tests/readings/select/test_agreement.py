"""The line and the model decide alike: every grant, amount, date, cover, reason and fall, after every run."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readings.select import model, world
from tests.readings.select.world import history, play, seeds, some_ceilings, some_rules


def said(state: model.State) -> tuple:
    """All but the form of a turn; of that, the order in which grants were accepted."""
    accepted = [key for key, _ in sorted(state.grants.items(), key=lambda item: (item[1].turn, item[0]))]
    grants = {key: grant._replace(turn=grant.turn[:1]) for key, grant in state.grants.items()}
    return state.dates, grants, accepted, state.yielded, state.fallen, state.on_hold


@settings(max_examples=max(300, settings.default.max_examples))
@given(history(), some_rules, seeds, some_ceilings, st.booleans(), st.booleans())
def test_it_decides_as_the_model_does(versions, rules, seed, ceilings, early, ranked):
    mine = play(world.decide, versions, rules, seed, ceilings, early, ranked)
    for (_, _, now), (_, _, theirs) in zip(
        mine, play(model.decide, versions, rules, seed, ceilings, early, ranked), strict=True
    ):
        assert said(now) == said(theirs)
