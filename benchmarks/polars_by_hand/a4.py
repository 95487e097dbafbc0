"""A4 企业新型学徒制培训补贴: one row an apprenticeship begun since October 2018."""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import (
    NO_END,
    months_later,
    not_false,
    open_end,
    there,
    towards_zero,
    whole_months,
)

CELLS = (
    "employer_id",
    "occupation",
    "target_level",
    "filed_on",
    "contract_from",
    "contract_to",
    "started_on",
    "planned_end_on",
    "ended_on",
)
WITH_TECHNICIANS = date(2021, 6, 1)


def judged(city: Sources) -> pl.LazyFrame:
    started, level = pl.col("started_on"), pl.col("target_level")
    technician = (level == "2") & (started >= WITH_TECHNICIANS)
    price = pl.when(level == "4").then(500000).when(level == "3").then(600000).when(technician).then(800000)
    planned, had = pl.col("planned"), pl.col("had")
    months = pl.when(planned.is_not_null() & had.is_not_null()).then(pl.min_horizontal(planned, had))
    end = pl.col("planned_end_on")
    asked = (
        city.facts.newest("apprenticeship", CELLS)
        .filter(not_false(started.is_between(date(2018, 10, 1), AS_OF)))
        .with_columns(
            planned=whole_months(started, end.dt.offset_by("1d")),
            had=whole_months(started, pl.col("ended_on").fill_null(end).dt.offset_by("1d")),
        )
        .with_columns(amount=towards_zero(price.cast(pl.Int64) * months * 2 + 12, 24))
        .join(city.facts.employer.lazy(), on="employer_id", how="left")
    )
    last = open_end(pl.col("contract_to"))
    day_after = pl.when(last == NO_END).then(last).otherwise(last + pl.duration(days=1))
    holds = pl.all_horizontal(
        # 适用日
        there(started),
        # 企业举办
        pl.col("employer_kind") == "10",
        # 合同满一年: the last day counts; no last day means no end
        months_later(pl.col("contract_from"), 12) <= day_after,
        # 先备案
        pl.col("filed_on") <= started,
        # 学制
        planned.is_between(12, 36),
        # 目标可培养
        pl.when(started.is_not_null()).then(level.is_in(["4", "3"]) | technician),
        # 金额, and the keys of 同职业同等级一次 and 同等级一次
        pl.col("amount") != 0,
        there(pl.col("occupation")),
        there(level),
    )
    return claims("A4", asked, holds, pl.col("amount"), subject="apprenticeship_id")
