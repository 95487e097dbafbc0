"""What is said of an extract beside the last one: smaller, older, columns gone empty; and how fresh it is."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from tests.tables.small import CONTRIBUTION

from jixiang.imports.quality import FileTally, MissingTally, check_against_last, compare, freshness, missing_rates
from jixiang.imports.report import ActCounts
from jixiang.values.month import Month

RECEIVED = datetime(2021, 7, 2, 9, 30)


def act(day: int, missing: dict[str, int] | None = None, month: int = 6, **accepted: int) -> ActCounts:
    rows = sum(accepted.values())
    return ActCounts(
        "contributions", "nothing", date(2021, month, day), RECEIVED, rows, 0, 0, accepted, missing or {}, rows
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "stops"),
    [
        (act(30, 金保=600), ("extract-smaller",)),
        (act(30, 金保=666), ("extract-smaller",)),
        (act(30, 金保=667), ()),
        (act(30, 金保=5000), ()),
        (act(30, 税务=1), ()),  # another layout is another source
        (act(30, 税务=1, 金保=100), ("extract-smaller",)),
        (act(20, 金保=10), ("extract-older",)),  # nothing older is known to be smaller than
        (act(25, 金保=10), ()),  # of the same day: rows that were mended
    ],
    ids=str,
)
def test_an_extract_is_compared_with_the_day_before_of_its_layout(now: ActCounts, stops: tuple[str, ...]) -> None:
    assert check_against_last(now, [act(25, 金保=1000)]) == stops


def test_the_first_extract_has_nothing_to_be_compared_with() -> None:
    assert check_against_last(act(30, 金保=1), []) == ()
    compared = compare(act(30, 金保=1), [])
    assert (compared.last_extracted, compared.change, compared.stops) == (None, None, ())


def test_the_parts_of_an_extract_count_together() -> None:
    before = [act(31, month=5, 金保=500), act(31, month=5, 金保=500)]
    assert check_against_last(act(30, 金保=400), before) == ("extract-smaller",)
    assert check_against_last(act(30, 金保=300), [*before, act(30, 金保=400)]) == ()
    compared = compare(act(30, 金保=300), [*before, act(30, 金保=400)])
    assert (compared.accepted, compared.last_accepted, compared.change) == (700, 1000, -30.0)


def test_an_older_extract_is_compared_with_what_is_older_still() -> None:
    earlier = [act(30, 金保=10), act(31, month=1, 金保=1000)]
    assert check_against_last(act(31, month=3, 金保=100), earlier) == ("extract-older", "extract-smaller")


def test_other_kinds_and_shapes_are_not_looked_at() -> None:
    whole = ActCounts("contributions", "everything", date(2021, 5, 31), RECEIVED, 9000, 0, 0, {"金保": 9000})
    other = ActCounts("persons", "nothing", date(2021, 12, 31), RECEIVED, 9000, 0, 0, {"金保": 9000})
    assert check_against_last(act(30, 金保=1), [whole, other]) == ()


def test_empty_cells_are_counted_over_blocks_and_of_taken_rows_only() -> None:
    tally = MissingTally()
    tally.add({"金额": pa.array([1, None, 3]), "姓名": pa.array(["a", None, None])})
    tally.add({"金额": pa.array([None, None]), "姓名": pa.chunked_array([["b"], [None]])}, np.array([True, False]))
    assert (tally.rows, tally.empty) == (4, {"金额": 2, "姓名": 2})


def test_a_jump_of_more_than_five_points_is_flagged() -> None:
    earlier = [act(31, {"金额": 0, "日期": 20, "险种": 100}, month=5, 金保=1000)]
    tally = MissingTally(1000, {"金额": 50, "日期": 71, "险种": 20, "新列": 900})
    found = {one.column: one for one in missing_rates(tally, act(30, 金保=1000), earlier)}
    assert {column: one.jumped for column, one in found.items()} == {
        "金额": False, "日期": True, "险种": True, "新列": False,
    }  # fmt: skip
    assert (found["日期"].rate, found["日期"].last_rate) == (7.1, 2.0)
    assert found["新列"].last_rate is None


@pytest.mark.parametrize(
    ("newest", "covers", "said", "days"),
    [
        (Month.from_yyyymm(202106), date(2021, 5, 31), "2021-06", 32),
        (Month.from_yyyymm(202106), None, "2021-06", 2),
        (date(2021, 6, 25), None, "2021-06-25", 7),
        (None, None, "", None),
    ],
)
def test_freshness_is_counted_from_the_day_that_the_rows_are_all_there(newest, covers, said, days) -> None:
    fresh = freshness(CONTRIBUTION, newest, covers, RECEIVED)
    assert (fresh.entity, fresh.attribute, fresh.newest, fresh.days) == ("缴费", "所属期", said, days)


def test_a_file_is_balanced_whatever_becomes_of_its_rows() -> None:
    tally = FileTally("六月.csv", "金保")
    tally.rows(accepted=90, refused=8, ignored=2)
    tally.says("number-check", 8, 400)
    tally.says("number-check", 1, 17)
    tally.says("row-totals", 2, 101)
    tally.says("number-old", 3, 5)
    tally.says("month-form", 0, 1)
    tally.moved(4, refused=True)
    tally.says("row-conflict", 4, 33)
    tally.moved(1, refused=False)
    counts = tally.counts()
    assert counts.balanced
    assert (counts.read, counts.accepted, counts.refused, counts.ignored) == (100, 85, 12, 3)
    assert counts.refusals == {"number-check": 9, "row-conflict": 4}
    assert (counts.ignorings, counts.notes) == ({"row-totals": 2}, {"number-old": 3})
    assert counts.first["number-check"] == 17


def test_a_number_in_a_files_name_is_left_out() -> None:
    assert FileTally("某人329999199001020071.xlsx", "金保").counts().name == "某人….xlsx"
