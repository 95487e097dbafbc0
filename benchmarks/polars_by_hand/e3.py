"""E3 失业保险稳岗返还, the texts of 2020 (decided as of the last day of 2020) and 2021 (as of the day of the run): one row an
employer and year that paid unemployment insurance in the year before.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.facts import blacklisted, on_the_day
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import found, not_false, or_unknown

KINDS = ("10", "20", "30")
NATURAL = ("11", "12", "13", "14")  # reasons of a departure that do not count as dismissal
TEXTS = {
    "period": [2020, 2021],
    "day": [min(date(2020, 12, 31), AS_OF), min(date(2021, 12, 31), AS_OF)],
    "first_day": [date(2019, 1, 1), date(2020, 1, 1)],
    "last_day": [date(2019, 12, 31), date(2020, 12, 31)],
    "line": [55, 60],
    "small_share": [100, 60],
    "large_share": [50, 30],
}


def judged(city: Sources) -> pl.LazyFrame:
    by_year = ["employer_id", "period"]
    asked = (
        _on_their_days(city)
        .join(_headcounts(city), on=by_year, how="left")
        .join(_departures(city), on=by_year, how="left")
        .join(blacklisted(city.facts), on="employer_id", how="left")
        .with_columns(due=pl.when(pl.col("unsaid") == 0).then((pl.col("paid") * _share() * 2 + 100) // 200))
    )
    holds = pl.all_horizontal(
        # considered
        or_unknown(pl.col("employer_kind").is_in(KINDS)),
        # 少裁员
        _few_cut(),
        # 参保满年
        pl.col("months").bitwise_count_ones() >= 12,
        # 无失信
        ~found("blacklist", "listed"),
        # 基金可支撑
        pl.col("reserve_months") >= 12,
        # 金额
        pl.col("due") != 0,
    )
    period = pl.col("period").cast(pl.String)
    return claims("E3", asked, holds, pl.col("due"), subject="employer_id", period=period)


def _on_their_days(city: Sources) -> pl.LazyFrame:
    """The firms considered, with what they were on the days that the texts ask about."""
    facts = city.facts
    considered = (
        city.histories.employer_years()
        .filter(pl.col("months") != 0)
        .join(facts.employer.lazy().select("employer_id", "employer_kind"), on="employer_id")
        .filter(not_false(pl.col("employer_kind").is_in(KINDS)))
        .join(pl.LazyFrame(TEXTS), on="period")
    )
    counts = facts.past("employer_insured_count", ["insured_count"])
    opening = on_the_day(considered, counts.rename({"insured_count": "at_first"}), "first_day")
    closing = on_the_day(opening, counts.rename({"insured_count": "at_last"}), "last_day")
    sized = on_the_day(closing, facts.past("employer_size", ["size"]), "day")
    reserve = facts.past("city_reserve_months", ["reserve_months"], owner="city_id").drop("city_id")
    return on_the_day(sized, reserve, "day", owner=None)


def _headcounts(city: Sources) -> pl.LazyFrame:
    """Month-end headcounts of the year before."""
    month, count = pl.col("month"), pl.col("insured_count")
    return (
        city.facts.newest("headcount", ["employer_id", "month", "insured_count"])
        .filter(month.is_between(201901, 202012))
        .group_by("employer_id", (month.cast(pl.Int64) // 100 + 1).alias("period"))
        .agg(total=pl.when(count.count() == pl.len()).then(count.sum()), reports=pl.len().cast(pl.Int64))
    )


def _departures(city: Sources) -> pl.LazyFrame:
    """How many left in the year before for reasons that do not count as dismissal, at least and at most."""
    departed, natural = pl.col("departed_on"), pl.col("reason").is_in(NATURAL)
    return (
        city.facts.newest("departure", ["employer_id", "departed_on", "reason"])
        .filter(departed.is_between(date(2019, 1, 1), date(2020, 12, 31)))
        .group_by("employer_id", (departed.dt.year().cast(pl.Int64) + 1).alias("period"))
        .agg(
            least_natural=natural.fill_null(False).sum().cast(pl.Int64),
            most_natural=natural.fill_null(True).sum().cast(pl.Int64),
        )
    )


def _few_cut() -> pl.Expr:
    """The rate of dismissal is (first - last - natural) over the average headcount: compared in whole numbers, and between two
    bounds where a reason is not known. An average of nothing is unknown.
    """
    total, at_last = pl.col("total"), pl.col("at_last")
    line = pl.when(at_last <= 30).then(200).when(at_last > 30).then(pl.col("line"))
    allowed = line * pl.when(total != 0).then(total)

    def cut(natural: str) -> pl.Expr:
        return 1000 * pl.col("reports") * (pl.col("at_first") - at_last - pl.col(natural).fill_null(0))

    return pl.when(cut("least_natural") <= allowed).then(True).when(cut("most_natural") > allowed).then(False)


def _share() -> pl.Expr:
    kind, size = pl.col("employer_kind"), pl.col("size")
    small = ((kind == "10") & size.is_in(["2", "3", "4"])) | (kind == "20")
    large = ((kind == "10") & (size == "1")) | (kind == "30")
    return pl.when(small).then(pl.col("small_share")).when(large).then(pl.col("large_share"))
