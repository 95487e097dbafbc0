"""The fund's queue is strict: who is covered stays covered, and nobody overtakes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readings.select import model

from jixiang.readings.select import Claim, Grant, fund


def granted(
    name: str, amount: int, event: int = 1, funded: int = 0, *, of: str = "F", year: int = 2021, rank=()
) -> Grant:
    return Grant(Claim("P", name, "", "", amount, event, (), of, rank), date(year, 6, 30), amount, (1,), funded)


def covered(ceilings, *grants: Grant) -> dict[str, int]:
    return {key[1]: g.funded for key, g in fund({g.claim.id: g for g in grants}, ceilings).items() if g.funded}


@pytest.mark.parametrize(
    ("ceiling", "expected"), [(10, {}), (11, {"a": 11}), (20, {"a": 11}), (21, {"a": 11, "b": 10})]
)
def test_nobody_overtakes(ceiling, expected):
    """Else 11 instead of 10 would cost b his grant."""
    assert covered({("F", 2021): ceiling}, granted("a", 11, 1), granted("b", 10, 2)) == expected


def test_without_ceilings_all_is_covered():
    assert covered(None, granted("a", 11), granted("b", 10, of="")) == {"a": 11, "b": 10}


def test_the_budgets_turns_come_before_all_else_and_who_is_not_named_comes_last():
    early, late = granted("a", 10, 1), granted("b", 10, 2)
    late = late._replace(claim=late.claim._replace(policy="Q"))
    grants = {g.claim.id: g for g in (early, late)}

    def paid(turns: dict[str, int]) -> set[str]:
        return {key[1] for key, g in fund(grants, {("F", 2021): 10}, turns).items() if g.funded}

    assert (paid({}), paid({"Q": 2, "P": 2}), paid({"Q": 2}), paid({"P": 2, "Q": 1})) == ({"a"}, {"a"}, {"b"}, {"b"})


def test_no_fund_is_no_limit_and_a_fund_not_named_has_nothing():
    assert covered({("F", 2021): 5}, granted("a", 11, of=""), granted("b", 1, of="G"), granted("c", 5)) == {
        "a": 11,
        "c": 5,
    }


def test_who_is_covered_stays_covered_though_another_comes_first():
    assert covered({("F", 2021): 5}, granted("a", 5, 9, funded=5), granted("b", 5, 1)) == {"a": 5}


def test_what_was_cut_is_covered_no_further_than_it_is_due():
    assert covered({("F", 2021): 9}, granted("a", 3, funded=5), granted("b", 6, 2)) == {"a": 3, "b": 6}


def test_each_year_has_its_own_ceiling():
    ceilings = {("F", 2020): 5, ("F", 2021): 1}
    assert covered(ceilings, granted("a", 5, year=2020), granted("b", 5), granted("c", 1, 2)) == {"a": 5}


def test_the_rank_comes_before_date_and_day():
    assert covered({("F", 2021): 5}, granted("a", 5, 1, rank=(2,)), granted("b", 5, 2, rank=(1,))) == {"b": 5}


grants = st.lists(
    st.builds(
        lambda name, amount, event, funded, of, year: granted(
            name, amount, event, min(funded, amount), of=of, year=year
        ),
        st.sampled_from("abcdefgh"),
        st.integers(1, 9),
        st.integers(1, 3),
        st.sampled_from([0, 0, 0, 2, 9]),
        st.sampled_from(["F", "G", ""]),
        st.sampled_from([2020, 2021]),
    ),
    unique_by=lambda grant: grant.claim.id,
).map(lambda grants: {grant.claim.id: grant for grant in grants})
ceilings = st.dictionaries(st.tuples(st.sampled_from("FG"), st.sampled_from([2020, 2021])), st.integers(0, 30))


@given(grants, ceilings)
def test_it_covers_as_the_model_does(grants, ceilings):
    assert fund(grants, ceilings) == model.fund(grants, ceilings)


@given(grants, ceilings, st.integers(0, 9))
def test_more_money_costs_nobody_his_cover(grants, ceilings, more):
    poor, rich = fund(grants, ceilings), fund(grants, {purse: fen + more for purse, fen in ceilings.items()})
    assert all(rich[key].funded >= grant.funded for key, grant in poor.items())


@given(grants, ceilings)
def test_it_changes_nothing_when_run_again(grants, ceilings):
    once = fund(grants, ceilings)
    assert fund(once, ceilings) == once
