"""A1 以工代训补贴(新吸纳重点群体): one row an employment and month in which the person is trained there."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.facts import blacklisted, on_the_day
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import (
    THIS_MONTH,
    found,
    has_month,
    months_later,
    or_unknown,
    perhaps_later,
    there,
)


def judged(city: Sources) -> pl.LazyFrame:
    birth, sex = pl.col("birth_date"), pl.col("sex")
    person = city.groups.person.lazy().select(
        "person_id",
        of_age=months_later(birth, 192),
        pension=pl.when(sex == "1").then(months_later(birth, 720)).when(sex == "2").then(months_later(birth, 600)),
    )
    firms = ["person_id", "employer_id"]
    worked = city.histories.person_employer.lazy().select(*firms, "unemployment_months")
    asked = (
        _months(city)
        .join(city.facts.employer.lazy().with_columns(firm=pl.lit(True)), on="employer_id", how="left")
        .join(blacklisted(city.facts), on="employer_id", how="left")
        .join(city.groups.key_group.lazy(), left_on="employment_id", right_on="id", how="left")
        .join(person, on="person_id", how="left")
        .join(worked, on=firms, how="left")
    )
    return claims("A1", asked, _holds(city.covered), pl.lit(50000), subject="employment_id", period=pl.col("period"))


def _holds(covered: int) -> pl.Expr:
    n, last_day = pl.col("n"), pl.col("last_day")
    insured = has_month(pl.col("unemployment_months").fill_null(0), n)
    return pl.all_horizontal(
        # considered: unknown where the hiring or the training has no day
        or_unknown(pl.col("since").is_not_null() & has_month(pl.col("months"), n)),
        # 中小微
        pl.col("employer_kind").is_in(["10", "20"]) & pl.col("size").is_in(["2", "3", "4"]),
        # 无失信
        ~found("blacklist", "listed"),
        # 重点群体
        found("key_group", "belongs"),
        # 适龄: 16 by the end of the month, and not yet of pension age (60 for men, 50 for women)
        (pl.col("of_age") <= last_day) & (last_day < pl.col("pension")),
        # 非法人代表
        pl.col("person_id") != pl.col("legal_person_id"),
        # 当月参保
        insured | perhaps_later(n, covered),
        # 单位人月: the limit must be known
        there(pl.when(pl.col("firm").is_not_null()).then(pl.col("insured_count"))),
    )


def _months(city: Sources) -> pl.LazyFrame:
    """The considered months of each employment, with the size and the headcount of the firm at their ends."""
    hired = city.groups.hired.lazy()
    months = hired.join(_calendar(), how="cross").filter(has_month(pl.col("considered"), pl.col("n")))
    sized = on_the_day(months, city.facts.past("employer_size", ["size"]), "day")
    return on_the_day(sized, city.facts.past("employer_insured_count", ["insured_count"]), "day")


def _calendar() -> pl.LazyFrame:
    """The months from January 2020 to that of the run."""
    numbers = range(12, THIS_MONTH + 1)
    starts = [date(2019 + n // 12, n % 12 + 1, 1) for n in range(12, THIS_MONTH + 2)]
    ends = [start - timedelta(days=1) for start in starts[1:]]
    columns = {
        "n": pl.Series(numbers, dtype=pl.Int64),
        "period": [f"{start:%Y-%m}" for start in starts[:-1]],
        "last_day": ends,
        "day": [min(end, AS_OF) for end in ends],
    }
    return pl.LazyFrame(columns)
