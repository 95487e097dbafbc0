"""B3 失业保险技能提升补贴: one row a certificate issued since 2017."""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import (
    THIS_MONTH,
    has_month,
    month_no,
    months_later,
    months_to,
    not_false,
    perhaps_later,
    there,
)


def judged(city: Sources) -> pl.LazyFrame:
    issued, level = pl.col("issued_on"), pl.col("level")
    insured = city.histories.person_months.lazy().select("person_id", "unemployment_months")
    asked = (
        city.facts.certificate.lazy()
        .filter(not_false(issued.is_between(date(2017, 1, 1), AS_OF)))
        .join(insured, on="person_id", how="left")
    )
    months, month = pl.col("unemployment_months").fill_null(0), month_no(issued)
    up_to_last_month = months_to(pl.lit(THIS_MONTH - 1, dtype=pl.Int64))
    price = pl.when(level == "5").then(100000).when(level == "4").then(150000).when(level == "3").then(200000)
    holds = pl.all_horizontal(
        # 适用日
        there(issued),
        # 参保满期: twelve different months up to last month, as asked on the day of the run
        (months & up_to_last_month).bitwise_count_ones() >= 12,
        # 取证当月参保
        has_month(months, month) | perhaps_later(month, city.covered),
        # 证书在期
        months_later(issued, 12) >= AS_OF,
        # 证书有效, 考核取得, 等级可补
        pl.col("valid"),
        pl.col("obtained_by") == "1",
        level.is_in(["5", "4", "3"]),
        # the keys of 同职业同等级一次 and 不补低级
        there(pl.col("occupation")),
        there(level),
    )
    return claims("B3", asked, holds, pl.when(issued.is_not_null()).then(price), subject="certificate_id")
