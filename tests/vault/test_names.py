"""When two names are the same, and which of several stand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.vault.names import Claim, canonical_account, canonical_name, masked_name, standing, tidy_name

VERDICTS = ("right-name", "new-name", "former-name", "wrong-name")


@pytest.mark.parametrize(
    "same",
    [
        ("张三", " 张 三 ", "张　三", "张\u200b三"),
        ("买买提·艾力", "买买提•艾力", "买买提‧艾力", "买买提・艾力", "买买提･艾力"),
        ("LI NA", "li na", "ＬＩ　ＮＡ", "LiNa"),
    ],
)
def test_these_are_one_name(same):
    assert len({canonical_name(name) for name in same}) == 1


def test_rare_characters_are_not_confused():
    assert canonical_name("王䶮") != canonical_name("王龑")
    assert canonical_name("王𬎆") != canonical_name("王?")


@given(st.text())
def test_a_tidied_name_is_compared_as_the_name_itself(text):
    assert canonical_name(tidy_name(text)) == canonical_name(text)


def test_an_account_is_compared_without_what_cards_print():
    assert canonical_account("6217 0000-1234 5678") == "6217000012345678"


def test_a_list_shows_the_family_name_only():
    assert [masked_name(name) for name in ("张三", "欧阳小明", "李", "")] == ["张*", "欧**", "*", "*"]


def stands(*claims):
    found = standing(claims)
    return found.current, set(found.accepted), found.contested


def test_an_only_name_stands_though_nobody_has_confirmed_it():
    assert stands(Claim(0)) == (0, {0}, False)


def test_of_two_names_that_nobody_has_confirmed_none_stands():
    assert stands(Claim(0), Claim(1)) == (None, set(), True)


def test_the_name_of_the_register_stands_against_others():
    assert stands(Claim(0), Claim(1, 20210630), Claim(2)) == (1, {1}, False)


def test_the_oldest_register_speaks_until_the_desk_does():
    assert stands(Claim(0, 20210731), Claim(1, 20210630)) == (1, {1}, False)
    assert stands(Claim(0, 20210630), Claim(1, 20210630)) == (None, set(), True)


def test_the_desk_may_say_that_a_name_is_the_new_one_or_the_right_one_or_a_former_or_a_wrong_one():
    known = Claim(0, 20210630)
    assert stands(known, Claim(1, 0, "new-name", 1)) == (1, {0, 1}, False)
    assert stands(known, Claim(1, 0, "right-name", 1)) == (1, {1}, False)
    assert stands(known, Claim(1, 0, "former-name", 1)) == (0, {0, 1}, False)
    assert stands(known, Claim(1, 0, "wrong-name", 1)) == (0, {0}, False)


def test_the_last_word_of_the_desk_is_current():
    assert stands(Claim(0, 0, "new-name", 2), Claim(1, 0, "new-name", 5), Claim(2)) == (1, {0, 1, 2}, False)


@st.composite
def some_claims(draw):
    decisions = iter(draw(st.permutations(range(1, 9))))
    verdicts = draw(st.lists(st.sampled_from((None, None, *VERDICTS)), max_size=5))
    days = st.sampled_from([0, 0, 20210630, 20210731])
    return [Claim(n, draw(days), v, next(decisions) if v else 0) for n, v in enumerate(verdicts)]


@given(some_claims(), st.randoms())
def test_what_stands_does_not_depend_on_the_order_of_names(claims, rng):
    mixed = list(claims)
    rng.shuffle(mixed)
    assert standing(mixed) == standing(claims)


@given(some_claims())
def test_what_is_current_is_accepted_and_a_wrong_name_never(claims):
    found = standing(claims)
    wrong = {c.no for c in claims if c.verdict == "wrong-name"}
    assert (found.current in found.accepted) == (found.current is not None)
    assert not wrong & found.accepted
    assert found.contested == (bool(claims) and found.current is None)


@given(some_claims())
def test_once_contested_another_unconfirmed_name_changes_nothing(claims):
    if standing(claims).contested and any(c.verdict is None and not c.registered for c in claims):
        more = [*claims, replace(Claim(len(claims)))]
        assert standing(more).contested
