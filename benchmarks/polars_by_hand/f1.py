"""F1 求学圆梦行动学历提升补助: one row an enrolment since 2019 at vocational school, college or university."""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.a7 import steady
from benchmarks.polars_by_hand.facts import on_the_day
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import any_of, found, months_later, not_false, open_end, or_unknown, there

LEVELS = ("41", "31", "21")
INDUSTRIES = ("C", "D", "E", "G", "I")
BEFORE_ALL = date(1, 1, 1)


def judged(city: Sources) -> pl.LazyFrame:
    level, enrolled_on = pl.col("level"), pl.col("enrolled_on")
    enrolled = city.facts.enrolment.lazy().filter(
        not_false(level.is_in(LEVELS)), not_false(enrolled_on.is_between(date(2019, 1, 1), AS_OF))
    )
    asked = (
        enrolled.join(city.groups.person.lazy(), on="person_id", how="left")
        .join(city.histories.person_months.lazy().select("person_id", "settled_months"), on="person_id", how="left")
        .join(_members(city, enrolled), on="enrolment_id", how="left")
        .join(_industrial(city, enrolled), on="enrolment_id", how="left")
    )
    holds = pl.all_horizontal(
        # considered, 适用日
        or_unknown(level.is_in(LEVELS)),
        there(enrolled_on),
        # 会龄满半年
        found("membership", "a_member"),
        # 身份: migrant worker insured six months in a row of the last twelve, or industrial worker
        ((pl.col("household_kind") == "20") & steady(enrolled_on, city.covered)) | found("industrial", "in_industry"),
        # 学籍属实
        pl.col("verification") == "1",
        # the keys of 同一层次一次 and 不兼高危行业补助
        there(level),
    )
    return claims("F1", asked, holds, pl.lit(50000), subject="enrolment_id")


def _members(city: Sources, enrolled: pl.LazyFrame) -> pl.LazyFrame:
    """会龄满半年"""
    day, joined_on = pl.col("enrolled_on"), pl.col("joined_on")
    membership = city.facts.newest("membership", ["person_id", "joined_on", "left_on"])
    half_a_year = (day >= months_later(joined_on, 6)) & (day <= open_end(pl.col("left_on")))
    return (
        enrolled.join(membership, on="person_id")
        .group_by("enrolment_id")
        .agg(any_of(half_a_year).alias("a_member"))
        .with_columns(membership=pl.lit(True))
    )


def _industrial(city: Sources, enrolled: pl.LazyFrame) -> pl.LazyFrame:
    """Employed on the day by a firm that on that day belongs to one of five industries."""
    day = pl.col("enrolled_on")
    employed = (
        enrolled.select("enrolment_id", "person_id", "enrolled_on")
        .join(city.facts.employment.lazy().select("person_id", "employer_id", "hired_on", "left_on"), on="person_id")
        .join(city.facts.employer.lazy().select("employer_id", firm=pl.lit(True)), on="employer_id", how="left")
        .with_columns(day=day.fill_null(BEFORE_ALL))
    )
    placed = on_the_day(employed, city.facts.past("employer_industry", ["industry"]), "day")
    there_then = (day >= pl.col("hired_on")) & (day <= open_end(pl.col("left_on")))
    industrial = pl.when(pl.col("firm").is_not_null()).then(pl.col("industry").is_in(INDUSTRIES))
    return (
        placed.group_by("enrolment_id")
        .agg(any_of(there_then & industrial).alias("in_industry"))
        .with_columns(industrial=pl.lit(True))
    )
