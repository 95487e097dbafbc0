"""Who studies beside work: exactly as many grants as were published, and later degrees apart from them."""

from __future__ import annotations

from datetime import date

import polars as pl
from polars import col
from tests.synthetic.facts import PACK, SCALE, facts

from jixiang.synthetic.figures import read_figures

FIGURES, _ = read_figures(PACK / "figures.toml")
INDUSTRY = FIGURES["union.study_industries"]


def enrolments() -> pl.DataFrame:
    return facts("enrolment").filter(col("level").is_in(FIGURES["union.study_granted"]))


def members_for_half_a_year() -> pl.DataFrame:
    joined = enrolments().join(facts("membership").drop("left_on"), on="person_id")
    left = facts("membership").select("membership_id", col("left_on").alias("withdrew_on"))
    joined = joined.join(left, on="membership_id")
    return joined.filter(
        col("joined_on").dt.offset_by("6mo") <= col("enrolled_on"),
        col("withdrew_on").is_null() | (col("withdrew_on") >= col("enrolled_on")),
    )


def in_industry() -> pl.DataFrame:
    jobs = enrolments().join(facts("employment"), on="person_id")
    jobs = jobs.filter(
        col("hired_on") <= col("enrolled_on"), col("left_on").is_null() | (col("left_on") >= col("enrolled_on"))
    )
    spans = facts("employer_industry").rename({"valid_from": "since", "valid_to": "until"})
    industry = jobs.join(spans, on="employer_id").filter(
        col("since") <= col("enrolled_on"), col("until").is_null() | (col("until") >= col("enrolled_on"))
    )
    return industry.filter(col("industry").is_in(INDUSTRY))


def test_grants_of_two_years_are_exactly_as_many_as_were_paid():
    """By what a grant asks, to the one: 2,857 at the whole city."""
    verified = enrolments().filter(col("verification") == "1", col("enrolled_on") < date(2021, 1, 1))
    fits = verified.join(members_for_half_a_year(), on="enrolment_id", how="semi")
    granted = fits.join(in_industry(), on="enrolment_id", how="semi")
    assert granted.height == round(2857 * SCALE) == granted["person_id"].n_unique()


def test_nobody_has_two_enrolments_and_every_reason_to_refuse_occurs():
    assert facts("enrolment")["person_id"].n_unique() == facts("enrolment").height
    everybody = enrolments()
    assert everybody.join(members_for_half_a_year(), on="enrolment_id", how="anti").height > 0
    assert everybody.join(in_industry(), on="enrolment_id", how="anti").height > 0
    assert (everybody["verification"] == "2").sum() > 0


def further_degrees() -> pl.DataFrame:
    """Degrees of people who hold an earlier one."""
    degrees = facts("education").drop_nulls("graduated_on")
    return degrees.filter(col("graduated_on") > col("graduated_on").min().over("person_id"))


def test_workers_take_further_degrees_mostly_where_hazards_ask_for_them():
    further = further_degrees().filter(col("graduated_on") >= date(2020, 5, 1))
    assert further.height >= 10
    jobs = further.join(facts("employment"), on="person_id").filter(
        col("hired_on") <= col("graduated_on"), col("left_on").is_null() | (col("left_on") >= col("graduated_on"))
    )
    hazard = jobs.join(facts("employer").filter("hazard_key"), on="employer_id")["education_id"].n_unique()
    assert further.height / 2 < hazard < further.height
    assert further.join(facts("enrolment"), on="person_id", how="semi").height == 0
    assert set(further["level"]) <= set(FIGURES["degrees.to"])


def test_workers_take_a_higher_degree_than_they_had():
    rank = {code: n for n, code in enumerate(("81", "71", "61", "41", "31", "21", "14", "11"))}
    degrees = facts("education").drop_nulls("graduated_on").sort("graduated_on")
    for levels in degrees.group_by("person_id").agg("level")["level"]:
        assert [rank[level] for level in levels] == sorted(rank[level] for level in levels)
