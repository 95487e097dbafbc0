"""A7 就业重点群体职业培训补贴: one row a training of mode 定点培训."""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.groups import AT_A_SCHOOL
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import (
    NO_END,
    found,
    month_no,
    months_between,
    months_later,
    not_false,
    six_in_a_row,
    there,
)

ANEW = date(2021, 1, 1)  # carers are worth more from here on, and what is scarce too
CARER = "4-10-01-05"
# The catalogue: from, to, the levels, their trades.
CATALOGUE = (
    (
        date(2019, 8, 28),
        NO_END,
        "54321",
        "6-18-01-01 6-18-01-02 6-18-02-04 6-18-04-01 6-20-01-01 6-31-01-02 6-31-01-03",
    ),
    (date(2019, 8, 28), NO_END, "54321", "4-12-01-01 6-11-01-03 6-31-03-01 4-03-02-01"),
    (date(2019, 8, 28), NO_END, "5432", "6-22-02-01 6-29-03-03 6-25-02-05 4-10-01-05"),
    (date(2019, 8, 28), NO_END, "4321", "6-18-01-07"),
    (date(2019, 8, 28), NO_END, "543", "6-25-01-13 6-28-03-03 4-10-01-06"),
    (date(2019, 8, 28), NO_END, "432", "4-01-02-02"),
    (date(2019, 8, 28), date(2020, 12, 31), "543", "4-07-05-01"),
    (date(2020, 3, 1), NO_END, "543", "4-02-07-08 4-02-07-09 4-02-06-01 4-02-02-02"),
    (date(2020, 7, 1), NO_END, "4321", "6-30-99-00 6-31-01-10"),
    (date(2021, 1, 1), NO_END, "543", "4-02-07-10 4-04-05-05"),
)
SCARCE = (
    (date(2020, 1, 1), date(2021, 12, 31), "6-18-01-07 6-18-04-01"),
    (date(2020, 1, 1), NO_END, "6-18-02-04"),
    (date(2021, 1, 1), NO_END, "6-25-02-05 6-31-01-10 4-10-01-05"),
    (date(2022, 1, 1), NO_END, "4-04-05-05"),
)
WORTH = {"5": 100000, "4": 130000, "3": 180000, "2": 280000}  # fen a level; the highest is worth
HIGHEST = 360000
WORTH_OF_CARERS = {"5": 120000, "4": 160000, "3": 220000}
HIGHEST_OF_CARERS = 320000


def judged(city: Sources) -> pl.LazyFrame:
    asked = (
        _priced(city)
        .join(city.histories.person_months.lazy().select("person_id", "settled_months"), on="person_id", how="left")
        .join(city.groups.person.lazy(), on="person_id", how="left")
        .join(city.groups.key_group.lazy(), left_on="training_id", right_on="id", how="left")
        .join(city.groups.left_school.lazy(), left_on="training_id", right_on="id", how="left")
    )
    level, occupation = pl.col("level"), pl.col("occupation")
    holds = pl.all_horizontal(
        # 适用日
        there(pl.col("day")),
        # 重点群体: those of work-based training, school leavers, migrant workers insured six months in a row, veterans
        found("key_group", "belongs")
        | found("left_school", "school_belongs")
        | ((pl.col("household_kind") == "20") & steady(pl.col("enrolled_on"), city.covered))
        | pl.col("veteran"),
        # 适龄
        months_later(pl.col("birth_date"), 192) <= pl.col("enrolled_on"),
        # 已取证
        pl.col("certificate_id").is_not_null(),
        # 证书相符
        pl.col("holder") == pl.col("person_id"),
        pl.col("valid"),
        pl.col("c_occupation") == occupation,
        pl.col("c_level") == level,
        # 目录内
        pl.when(occupation.is_not_null() & level.is_not_null() & pl.col("day").is_not_null()).then(
            pl.col("catalogued")
        ),
        # 金额, 受益人 (the provider for free trainings), the keys of 同职业同等级一次 and 不兼项目制
        there(pl.col("amount")),
        there(pl.when(pl.col("free")).then(pl.col("provider_id")).when(~pl.col("free")).then(pl.col("person_id"))),
        there(occupation),
        there(level),
        there(pl.col("course")),
    )
    return claims("A7", asked, holds, pl.col("amount"), subject="training_id")


def steady(day: pl.Expr, covered: int) -> pl.Expr:
    """Insured six months in a row of the twelve before the month of a day; a month that the extract lacks leaves "too few" open."""
    last = month_no(day) - 1
    insured = pl.col("settled_months").fill_null(0) & months_between(last - 11, last)
    lacking = pl.when(last > covered).then(pl.lit(None, dtype=pl.Boolean)).otherwise(False)
    return pl.when(last.is_not_null()).then(six_in_a_row(insured)) | lacking


def _priced(city: Sources) -> pl.LazyFrame:
    level, occupation, day = pl.col("level"), pl.col("occupation"), pl.col("day")
    worth = level.replace_strict(WORTH, default=HIGHEST, return_dtype=pl.Int64)
    worth_of_carers = level.replace_strict(WORTH_OF_CARERS, default=HIGHEST_OF_CARERS, return_dtype=pl.Int64)
    price = pl.when((occupation == CARER) & (day >= ANEW)).then(worth_of_carers).otherwise(worth)
    in_force = day.is_between(pl.col("c_from"), pl.col("c_to"))
    catalogued = (in_force & pl.col("levels").str.contains(level, literal=True)).fill_null(False)
    scarce = (day.is_between(pl.col("s_from"), pl.col("s_to")) & (day >= ANEW)).fill_null(False)
    return (
        _dated(city)
        .join(_catalogue(), on="occupation", how="left")
        .join(_scarce(), on="occupation", how="left")
        .with_columns(catalogued=catalogued)
        .with_columns(
            amount=pl.when(pl.col("catalogued")).then(price * pl.when(scarce).then(130).otherwise(100) // 100)
        )
    )


def _dated(city: Sources) -> pl.LazyFrame:
    """A training counts on the day of its certificate; one without as if it were today."""
    certificate = city.facts.certificate.lazy().select(
        "certificate_id",
        "issued_on",
        "valid",
        pl.col("person_id").alias("holder"),
        pl.col("occupation").alias("c_occupation"),
        pl.col("level").alias("c_level"),
    )
    day = pl.when(pl.col("certificate_id").is_not_null()).then(pl.col("issued_on")).otherwise(pl.lit(AS_OF))
    return (
        city.facts.training.lazy()
        .filter(pl.col("mode") == AT_A_SCHOOL)
        .join(certificate, on="certificate_id", how="left")
        .with_columns(day=day)
        .filter(not_false(pl.col("day").is_between(date(2019, 8, 28), AS_OF)))
    )


def _catalogue() -> pl.LazyFrame:
    rows = [(trade, *row) for *row, trades in CATALOGUE for trade in trades.split()]
    return pl.LazyFrame(rows, schema=["occupation", "c_from", "c_to", "levels"], orient="row")


def _scarce() -> pl.LazyFrame:
    rows = [(trade, *row) for *row, trades in SCARCE for trade in trades.split()]
    return pl.LazyFrame(rows, schema=["occupation", "s_from", "s_to"], orient="row")
