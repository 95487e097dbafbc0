"""Dates, months and years: C15 of the specification. Only declared forms are read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.imports.casts.columns import DATE, MONTH, TODAY, cast, one

from jixiang.imports import rows
from jixiang.imports.casts.calendar_forms import day_patterns, month_patterns
from jixiang.imports.kinds import Column
from jixiang.language import types
from jixiang.language.vocabulary import Attribute

LEAP = date(2024, 2, 29)
FORMS = {
    "yyyymmdd": lambda d: f"{d:%Y%m%d}".zfill(8),
    "yyyy-mm-dd": lambda d: d.isoformat(),
    "yyyy/m/d": lambda d: f"{d.year:04}/{d.month}/{d.day}",
    "yyyy.m.d": lambda d: f"{d.year:04}.{d.month}.{d.day}",
    "yyyy年m月d日": lambda d: f"{d.year:04}年{d.month}月{d.day}日",
    "yyyy-mm-dd hh:mm:ss": lambda d: f"{d.isoformat()} 00:00:00",
}


@pytest.mark.parametrize(
    "text", ["45000", "20240229", "2023/2/29", "2024/2/29", "24-02-29", "2024-2-29", "２０２４-02-29", "29.02.2024"]
)
def test_c15_a_date_in_a_form_that_is_not_declared_is_refused(text):
    assert one(DATE, text) == (None, ["date-form"])


@pytest.mark.parametrize("form", FORMS)
def test_c15_a_date_is_read_by_the_form_that_is_declared_and_by_no_other(form):
    values, said = cast(DATE, [write(LEAP) for write in FORMS.values()], dates=(form,))
    assert values == [LEAP if other == form else None for other in FORMS]
    assert said == [[] if other == form else ["date-form"] for other in FORMS]


@pytest.mark.parametrize(
    "text", ["2023/2/29", "2023/13/1", "2023/0/1", "2023/4/31", "2023/4/0", "0000/1/1", "1900/2/29"]
)
def test_c15_a_day_that_never_was_is_refused_by_its_name(text):
    assert one(DATE, text, dates=("yyyy/m/d",)) == (None, ["date-impossible"])


def test_c15_a_date_of_a_workbook_is_taken_only_where_that_is_declared():
    assert one(DATE, "2024-02-29", rows.DATE) == (None, ["date-form"])
    assert one(DATE, "2024-02-29", rows.DATE, dates=("excel",)) == (LEAP, [])
    assert one(DATE, "2024-02-29", rows.TEXT, dates=("excel",)) == (None, ["date-form"])


def test_c15_a_number_in_a_workbook_is_a_date_only_with_exactly_eight_digits():
    texts = ["20240229", "45351", "2.0240229e+17", "20240229.5"]
    values, said = cast(DATE, texts, [rows.NUMBER] * 4, dates=("yyyymmdd", "excel"))
    assert values == [LEAP, None, None, None]
    assert said == [[], *[["date-form"]] * 3]


def test_c15_a_time_must_be_declared_and_be_midnight():
    form = "yyyy-mm-dd hh:mm:ss"
    assert one(DATE, "2021-06-30 00:00:00") == (None, ["date-form"])
    assert one(DATE, "2021-06-30 00:00:00", dates=(form,)) == (TODAY, [])
    assert one(DATE, "2021-06-30 00:00:01", dates=(form,)) == (None, ["date-form"])


def test_c15_months_follow_their_own_forms():
    assert one(MONTH, "202106") == (202106, [])
    assert one(MONTH, "202106", rows.NUMBER) == (202106, [])
    assert one(MONTH, "2021年6月", months=("yyyy年m月",)) == (202106, [])
    for text in ("202113", "202100", "000001", "2021-06", "20210601", "2106", "202106.5"):
        assert one(MONTH, text) == (None, ["month-form"])


def test_c15_a_month_that_a_workbook_holds_as_a_date_must_be_declared_and_be_the_first_of_one():
    assert one(MONTH, "2021-06-01", rows.DATE, months=("yyyymm", "excel")) == (202106, [])
    assert one(MONTH, "2021-06-15", rows.DATE, months=("yyyymm", "excel")) == (None, ["month-form"])
    assert one(MONTH, "2021-06-01", rows.DATE) == (None, ["month-form"])


@pytest.mark.parametrize("form", FORMS)
@given(days=st.lists(st.dates(), max_size=5))
def test_every_day_of_the_calendar_is_read_back(form, days):
    assert cast(DATE, [FORMS[form](day) for day in days], dates=(form,)) == (days, [[] for _ in days])


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_a_day_is_taken_exactly_if_the_calendar_has_it(year, month, day):
    try:
        real = date(year, month, day)
    except ValueError:
        real = None
    value, codes = one(DATE, f"{year:04}{month:02}{day:02}", dates=("yyyymmdd",))
    assert (value, codes) == (real, [] if real else ["date-impossible"])


def test_a_date_out_of_the_bounds_of_the_vocabulary_is_refused():
    birth = Attribute("出生日期", "birth_date", types.DATE, low="1900-01-01", high="今日")
    column = Column("出生日期", types.DATE, attribute=birth)
    tomorrow = TODAY + timedelta(1)
    values, said = cast(column, ["1899-12-31", "1900-01-01", TODAY.isoformat(), tomorrow.isoformat()])
    assert values == [None, date(1900, 1, 1), TODAY, None]
    assert said == [["value-bounds"], [], [], ["value-bounds"]]


def test_a_year_is_four_digits():
    column = Column("年度", types.YEAR)
    assert cast(column, ["2021", "21", "2021年", "0000"]) == ([2021, None, None, None], [[], *[["number-form"]] * 3])


@pytest.mark.parametrize("form", ["yy-mm-dd", "yyyymd", "yyyym-d", "dd/mm/yyyy", "yyyy", "mm-dd", ""])
def test_what_is_no_form_of_a_date_is_told_to_whoever_declared_it(form):
    with pytest.raises(ValueError, match="no form of a date"):
        day_patterns(form)


@pytest.mark.parametrize("form", ["yyyym", "yymm", "mmyyyy", "yyyy-mm-dd"])
def test_what_is_no_form_of_a_month_is_told_to_whoever_declared_it(form):
    with pytest.raises(ValueError, match="no form of a month"):
        month_patterns(form)
