"""`n 年内`: any span of that length, counted exactly; held to a search through every single day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readings.select import model

from jixiang.readings.select import Asked, Claim, Room, select

FIVE_YEARS = Asked("五年一次", "count", "甲", 1, span_months=60)
KINDS = ("count", "months", "money")


def claim(name: str, when: date, asked: Asked = FIVE_YEARS, amount: int = 1, period: str = "") -> Claim:
    return Claim("P", name, period, "", amount, when.toordinal(), (asked,))


@pytest.mark.parametrize(
    ("held", "wanted", "months", "days", "free"),
    [
        ("2020-03-01", "2025-02-28", 60, 0, False),  # the last day of the five years
        ("2020-03-01", "2025-03-01", 60, 0, True),
        ("2020-03-01", "2015-03-02", 60, 0, False),  # earlier, and decided later: the same span
        ("2020-03-01", "2015-03-01", 60, 0, True),
        ("2020-02-29", "2025-02-27", 60, 0, False),  # 29 February and five years is 28 February
        ("2020-02-29", "2025-02-28", 60, 0, True),
        ("2020-01-31", "2020-02-28", 1, 0, False),  # the month that lacks the day ends with its last
        ("2020-01-31", "2020-02-29", 1, 0, True),
        ("2020-01-01", "2020-01-30", 0, 30, False),
        ("2020-01-01", "2020-01-31", 0, 30, True),
        ("2020-01-01", "2020-01-01", 0, 1, False),
    ],
)
def test_a_span_ends_before_the_day_it_would_begin_again(held, wanted, months, days, free):
    asked, room = Asked("期内一次", "count", "甲", 1, span_months=months, span_days=days), Room()
    room.take(claim("a", date.fromisoformat(held), asked), 1)
    assert bool(room.offer(claim("b", date.fromisoformat(wanted), asked))) is free


def test_neighbours_on_both_sides_count_only_where_one_span_holds_all():
    twice, room = FIVE_YEARS._replace(most=2), Room()
    room.take(claim("a", date(2016, 1, 1), twice), 1)
    room.take(claim("c", date(2022, 1, 1), twice), 1)
    assert room.offer(claim("b", date(2019, 1, 1), twice))
    room.take(claim("d", date(2020, 6, 1), twice), 1)
    assert not room.offer(claim("b", date(2019, 1, 1), twice))


def test_a_full_span_names_only_who_shares_one_with_the_claim():
    room = Room()
    room.take(claim("a", date(2010, 1, 1)), 1)
    room.take(claim("b", date(2020, 1, 1)), 1)
    full = room.full(claim("c", date(2021, 1, 1)))
    assert [place.holders for place in full] == [(("P", "b", "", ""),)]


def test_a_top_up_in_a_span_exceeds_only_what_that_span_has_seen():
    """3 and 4 stand six years apart; the claim between them shares a span with each and never with both."""
    top_up, room = FIVE_YEARS._replace(top_up=True), Room()
    room.take(claim("a", date(2016, 1, 1), top_up, 3), 3)
    room.take(claim("b", date(2022, 1, 1), top_up, 4), 4)
    assert room.offer(claim("c", date(2019, 1, 1), top_up, 9)) == 5


asks = st.builds(
    Asked,
    st.just("期内"),
    st.shared(st.sampled_from(KINDS), key="kind"),
    st.just("甲"),
    st.integers(0, 4),
    st.just(0),
    st.shared(st.booleans(), key="top-up"),
    st.shared(st.integers(0, 3), key="months"),
    st.just(0),
).map(lambda asked: asked if asked.span_months else asked._replace(span_days=17))
dates = st.integers(0, 120).map(lambda n: date(2020, 1, 1).toordinal() + n)
a_claim = st.builds(
    lambda policy, subject, period, amount, event, asked: Claim(policy, subject, period, "", amount, event, (asked,)),
    st.sampled_from("PQ"),
    st.sampled_from("abcdef"),
    st.sampled_from("123"),
    st.integers(1, 4),
    dates,
    asks,
)
claims = st.lists(a_claim, unique_by=lambda claim: claim.id)


@given(claims)
def test_it_finds_room_where_a_search_through_every_day_does(claims):
    room, plain = Room(), model.Room()
    for one in claims:
        left = room.offer(one)
        assert left == plain.offer(one)
        assert room.full(one) == plain.full(one)
        if left:
            room.take(one, left)
            plain.take(one, left)
            assert room.left(one, one.places[0]) == plain.left(one, one.places[0])  # beside all others, as if not there


@given(claims)
def test_no_span_ever_holds_more_than_its_largest_limit(claims):
    granted = [(one, fen) for one, fen in select(Room(), claims) if fen]
    for start in {one.event for one, _ in granted}:
        end = model.span_end(start, granted[0][0].places[0])
        inside = [(one, fen) for one, fen in granted if start <= one.event < end]
        most = max(one.places[0].most for one, _ in inside)
        match inside[0][0].places[0]:
            case Asked(kind="money"):
                assert sum(fen for _, fen in inside) <= most
            case Asked(top_up=True):
                pass
            case Asked(kind="months"):
                assert len({one.period for one, _ in inside}) <= most
            case Asked(kind="count"):
                assert len(inside) <= most
