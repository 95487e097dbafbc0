"""A8 线上培训补贴: one row a course finished since February 2020."""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import has_month, month_no, not_false, perhaps_later, there

CELLS = ("person_id", "employer_id", "course", "completed_on", "effective_hours", "score", "face_check")


def judged(city: Sources) -> pl.LazyFrame:
    completed, firm = pl.col("completed_on"), ["person_id", "employer_id"]
    worked = city.histories.person_employer.lazy().select(*firm, "unemployment_months")
    asked = (
        city.facts.newest("online_study", CELLS)
        .filter(not_false(completed.is_between(date(2020, 2, 1), min(date(2021, 12, 31), AS_OF))))
        .join(worked, on=firm, how="left")
    )
    month = month_no(completed)
    holds = pl.all_horizontal(
        # 适用日
        there(completed),
        # 课时够, 考试合格, 本人学习
        pl.col("effective_hours") >= 20,
        pl.col("score") >= 60,
        pl.col("face_check") == "1",
        # 在职
        has_month(pl.col("unemployment_months").fill_null(0), month) | perhaps_later(month, city.covered),
        # 受益人, and the key of 同一课程一次
        there(pl.col("employer_id")),
        there(pl.col("course")),
    )
    return claims("A8", asked, holds, 1000 * pl.col("effective_hours"), subject="online_study_id")
