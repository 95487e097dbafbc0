"""To the end of the year: by the seasons of earlier years, or evenly; the draft as it has done since it began."""

from __future__ import annotations

from datetime import date

import pytest

from jixiang.readings.simulate import words
from jixiang.readings.simulate.forecast import Forecast, forecast, whole_years

JUNE = date(2021, 6, 30)


def months(year: int, *fen: int) -> dict[str, tuple[int, int]]:
    return {f"{year}-{month:02d}": (one, one) for month, one in enumerate(fen, 1)}


def made(spent: dict[str, tuple[int, int]], since: date | None = None, ceiling: int | None = None) -> Forecast:
    return forecast("渔港", spent, JUNE, since, (ceiling, ceiling))


EVEN = months(2019, *[10] * 12)  # half of it by June
LATE = months(2020, *[10] * 6, *[30] * 6)  # a quarter by June
EARLY = months(2018, *[30] * 6, *[10] * 6)  # three quarters by June
NOW = months(2021, *[20] * 6)


def test_the_seasons_of_earlier_years_are_the_band_and_their_median_the_line() -> None:
    found = made(EARLY | EVEN | LATE | NOW)
    assert found.years == (2018, 2019, 2020)
    assert found.before.known == (20, 40, 60, 80, 100, 120)
    assert (found.before.end("low"), found.before.end(), found.before.end("high")) == (160, 240, 480)
    assert found.before.middle == (140, 160, 180, 200, 220, 240)
    assert found.after == found.before


def test_of_two_years_the_median_is_half_way() -> None:
    found = made(EVEN | LATE | NOW)
    assert (found.before.end("low"), found.before.end(), found.before.end("high")) == (240, 360, 480)


def test_without_a_whole_year_the_months_go_on_as_they_are() -> None:
    part = {month: fen for month, fen in LATE.items() if month >= "2020-07"}
    found = made(part | NOW)
    assert found.years == ()
    assert found.before.low == found.before.high == (140, 160, 180, 200, 220, 240)
    assert "中位数" in words.how_forecast(found)


def test_a_payment_once_a_year_does_not_go_on_each_month() -> None:
    found = made(months(2021, 1000, 10, 30, 20, 20, 20))
    ways = (found.before.end("low"), found.before.end(), found.before.end("high"))
    assert ways == (1100 + 6 * 10, 1100 + 6 * 20, 1100 + 1100)


def test_the_draft_differs_by_as_much_a_month_as_since_it_began() -> None:
    found = made(months(2021, 1000, 10, 20, 20, 20) | {"2021-06": (20, 26)}, since=date(2021, 6, 1))
    assert found.after is not None
    assert found.after.end() - found.before.end() == 7 * 6


def test_a_year_is_whole_if_spending_had_begun_by_its_january() -> None:
    assert whole_years({"2019-02": 1, "2020-05": 1, "2021-01": 1}, 2021) == (2020,)
    assert whole_years({"2019-01": 1, "2020-05": 0}, 2021) == (2019,)
    assert whole_years({"2019-01": 1, "2020-05": 1}, 2021, backlog=True) == (2020,)


def test_a_month_that_has_not_ended_is_not_counted() -> None:
    found = forecast("渔港", NOW, date(2021, 6, 29), None, (None, None))
    assert found.before.known == (20, 40, 60, 80, 100)
    assert len(found.before.middle) == 7


def test_the_draft_grows_as_it_has_done_since_it_began() -> None:
    spent = NOW | {"2021-05": (20, 30), "2021-06": (20, 30)}
    found = made(EVEN | spent, since=date(2021, 5, 1))
    assert found.after is not None
    assert found.after.known[-1] == 140
    assert found.after.end() == 140 + 120 * 3 // 2


def test_a_reform_that_has_not_begun_has_no_forecast() -> None:
    found = made(EVEN | NOW, since=date(2021, 7, 1))
    assert found.after is None
    assert "还没有开始" in words.how_forecast(found)


@pytest.mark.parametrize(
    ("ceiling", "said"),
    [
        (100, "6 月已经超过年度额度"),
        (150, "预计 8 月用完,最早 7 月"),
        (300, "还剩 1 元,但最早 10 月可能用完"),
        (48000, "还剩 478 元(475 元 至 478 元)"),
        (None, "没有年度额度可比"),
    ],
)
def test_when_the_money_is_gone_is_said_in_words(ceiling: int | None, said: str) -> None:
    assert said in words.to_year_end(made(EARLY | EVEN | LATE | NOW, ceiling=ceiling))


def test_money_is_said_in_the_unit_that_people_use() -> None:
    cases = {0: "0 元", 149: "1 元", 150: "2 元", 123456: "1,235 元", 1_000_000: "1 万元", 12_345_678: "12.3 万元"}
    assert {fen: words.money(fen) for fen in cases} == cases
    assert words.money(-123_456_789_00) == "-1.23 亿元"


def test_more_money_for_a_fund_is_said_with_both_ceilings() -> None:
    found = forecast("渔港", EVEN | NOW, JUNE, None, (20000, 30000))
    assert words.to_year_end(found) == "额度从 200 元 改为 300 元,按草案,渔港到年底预计还剩 298 元"
    assert words.to_year_end(forecast("渔港", EVEN | NOW, JUNE, None, (20000, 20000))).startswith("两边一样")
