"""Who belonged to which group on a day: asked once for all policies that ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from benchmarks.polars_by_hand.facts import Facts
from benchmarks.polars_by_hand.words import (
    THIS_MONTH,
    any_of,
    found,
    month_no,
    months_between,
    months_later,
    months_to,
    not_false,
    open_end,
)

ON_THE_JOB, AT_A_SCHOOL = "2", "1"  # modes of training
COLLEGE, SCHOOL = ("31", "21", "14", "11"), ("71", "61")


@dataclass(frozen=True)
class Groups:
    """`hired`: the candidates of A1; `key_group`, `left_school`: for the id of an employment or training, whether the person
    `belongs`, with a mark of its own; `person`: those people of whom a policy asks.
    """

    hired: pl.DataFrame
    key_group: pl.DataFrame
    left_school: pl.DataFrame
    person: pl.DataFrame


def read_groups(facts: Facts) -> Groups:
    hired = _hired(facts).collect(engine="streaming")
    training = facts.training.lazy().filter(pl.col("mode") == AT_A_SCHOOL)
    of_trainings = training.select(pl.col("training_id").alias("id"), "person_id", pl.col("enrolled_on").alias("day"))
    of_hired = hired.lazy().select(pl.col("employment_id").alias("id"), "person_id", pl.col("since").alias("day"))
    asked = pl.concat([of_hired, of_trainings])
    people = pl.concat([asked.select("person_id"), facts.enrolment.lazy().select("person_id")]).unique()
    person = facts.newest("person", ["sex", "birth_date", "household_kind", "veteran"])
    key_group, left_school, known = pl.collect_all(
        [_key_group(facts, asked), _left_school(facts, of_trainings), person.join(people, on="person_id", how="semi")],
        engine="streaming",
    )
    return Groups(hired, key_group, left_school, known)


def _hired(facts: Facts) -> pl.LazyFrame:
    """Hired in or after 2020 (or nobody knows when), with the months of work-based training at that firm as a set; where a
    training has no first day, its months are in `perhaps`. A month is considered from that of the hiring to that of the leaving.
    """
    started, last = month_no(pl.col("started_on")), month_no(open_end(pl.col("ended_on")))
    trained = (
        facts.training.lazy()
        .filter(pl.col("mode") == ON_THE_JOB)
        .select(
            "person_id",
            "employer_id",
            months_between(started, last).alias("months"),
            pl.when(pl.col("started_on").is_null()).then(months_to(last)).otherwise(0).alias("perhaps"),
        )
        .group_by("person_id", "employer_id")
        .agg(pl.col("months", "perhaps").bitwise_or())
    )
    hired, insured = pl.col("hired_on"), pl.col("insured_from")
    since = pl.when(insured.is_null()).then(hired).when(hired.is_not_null()).then(pl.min_horizontal(hired, insured))
    considered = (
        (pl.col("months") | pl.col("perhaps"))
        & months_to(month_no(open_end(pl.col("left_on"))))
        & ~months_to(month_no(pl.col("since")).fill_null(0) - 1)
        & months_between(pl.lit(12, dtype=pl.Int64), pl.lit(THIS_MONTH, dtype=pl.Int64))
    )
    return (
        facts.employment.lazy()
        .join(trained, on=["person_id", "employer_id"])
        .with_columns(since=since)
        .filter(not_false(pl.col("since") >= date(2020, 1, 1)))
        .with_columns(considered=considered)
        .filter(pl.col("considered") != 0)
        .select("employment_id", "person_id", "employer_id", "since", "months", "considered")
    )


def _key_group(facts: Facts, asked: pl.LazyFrame) -> pl.LazyFrame:
    """Registered as unemployed, recognised as in hardship (zero-employment families included), graduated from college within
    24 months: any one of them makes a member of the groups of work-based training."""
    day = pl.col("day")
    unemployed = facts.newest("unemployment", ["person_id", "registered_on", "cancelled_on"])
    in_hardship = facts.newest("hardship", ["person_id", "recognised_on", "ended_on"])
    graduates = facts.newest("education", ["person_id", "level", "graduated_on"]).filter(pl.col("level").is_in(COLLEGE))
    graduated = pl.col("graduated_on")
    reasons = (
        (unemployed, (day >= pl.col("registered_on")) & (day <= open_end(pl.col("cancelled_on")))),
        (in_hardship, (day >= pl.col("recognised_on")) & (day <= open_end(pl.col("ended_on")))),
        (graduates, (day >= graduated) & (day <= months_later(graduated, 24))),
    )
    answers = [asked.join(rows, on="person_id").select("id", holds.alias("belongs")) for rows, holds in reasons]
    return pl.concat(answers).group_by("id").agg(any_of(pl.col("belongs"))).with_columns(key_group=pl.lit(True))


def _left_school(facts: Facts, asked: pl.LazyFrame) -> pl.LazyFrame:
    """Left school this year and went to no other."""
    day = pl.col("day")
    this_year = day.dt.truncate("1y")
    schooled = facts.newest("education", ["person_id", "level", "graduated_on"]).filter(pl.col("level").is_in(SCHOOL))
    graduated = _any_in(asked.join(schooled, on="person_id"), pl.col("graduated_on").is_between(this_year, day), "left")
    enrolled = _any_in(
        asked.join(facts.enrolment.lazy(), on="person_id"), pl.col("enrolled_on").is_between(this_year, day), "went_on"
    ).with_columns(elsewhere=pl.lit(True))
    return graduated.join(enrolled, on="id", how="left").select(
        "id",
        (pl.col("left") & ~found("elsewhere", "went_on")).alias("school_belongs"),
        pl.lit(True).alias("left_school"),
    )


def _any_in(rows: pl.LazyFrame, condition: pl.Expr, name: str) -> pl.LazyFrame:
    return rows.select("id", condition.alias(name)).group_by("id").agg(any_of(pl.col(name)))
