"""The published numbers come out of the synthetic city, and people near every line are there."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars import col
from tests.synthetic.facts import PACK, SCALE, facts

from jixiang.synthetic.figures import read_figures

FIGURES, _ = read_figures(PACK / "figures.toml")
H1 = col("issued_on").is_between(date(2021, 1, 1), date(2021, 6, 30))


def whole(number: float) -> float:
    """A number of the small city for the whole one."""
    return number / SCALE


def test_figures_are_all_there_each_with_source_and_confidence():
    assert read_figures(PACK / "figures.toml")[1] == []


def test_people_by_sex_age_register_and_district():
    people = facts("person")
    assert whole(people.height) == pytest.approx(7_462_135, rel=0.001)
    assert (people["sex"] == "1").mean() == pytest.approx(0.5158, abs=0.01)
    assert people["local_register"].mean() == pytest.approx(0.682, abs=0.01)
    assert (people["birth_date"] < date(1960, 11, 1)).mean() == pytest.approx(0.198, abs=0.01)
    lived = facts("person_district").filter(col("valid_to").is_null())
    assert (lived["district"] == "320281").mean() == pytest.approx(1_779_515 / 7_462_135, abs=0.01)


def test_firms_by_size_and_large_ones_employ_a_quarter():
    sizes = facts("employer_size").filter(col("valid_to").is_null())
    share = sizes.group_by("size").len().with_columns(col("len") / sizes.height)
    shares = dict(share.select("size", "len").iter_rows())
    assert shares["4"] == pytest.approx(0.78, abs=0.02) and shares["3"] == pytest.approx(0.18, abs=0.02)
    heads = facts("headcount").filter(col("month") == 202012).join(sizes, on="employer_id")
    large = heads.filter(col("size") == "1")["insured_count"].sum() / heads["insured_count"].sum()
    assert large == pytest.approx(0.25, abs=0.05)


def test_two_to_three_million_are_insured_every_month():
    paid = facts("contribution").filter(col("insurance") == "210")
    by_month = paid.group_by("month").agg(col("person_id").n_unique())
    assert by_month.height == 36
    assert by_month["person_id"].min() / SCALE > 2_000_000 and by_month["person_id"].max() / SCALE < 2_900_000


MIDSUMMER = date(2021, 6, 30)


def test_subsidised_training_of_the_first_half_of_2021_to_the_one():
    """As known on its last day; each of six kinds is rounded by itself."""
    half = (date(2021, 1, 1), MIDSUMMER)
    trained = facts("training", MIDSUMMER).filter(col("started_on").is_between(*half)).height
    online = facts("online_study", MIDSUMMER).filter(col("completed_on").is_between(*half)).height
    assert trained + online == pytest.approx(700_600 * SCALE, abs=3)


def test_new_certificates_of_the_first_half_of_2021_to_the_one():
    new = facts("certificate", MIDSUMMER).filter(H1, col("valid"))
    assert new.height == round(33_900 * SCALE)
    assert new.filter(col("level") <= "3").height == round(13_600 * SCALE)
    before = facts("certificate").filter(col("issued_on").is_between(date(2020, 1, 1), date(2020, 6, 30)))
    assert new.filter(col("level") <= "3").height / before.filter(col("level") <= "3").height == pytest.approx(
        2.89, rel=0.3
    )


def test_elsewhere_certificates_are_cancelled_and_lack_cells_as_often_as_the_figures_say():
    older = facts("certificate").filter(col("issued_on") < date(2021, 1, 1))
    assert 0 < (~older["valid"]).mean() < 0.03
    assert facts("certificate")["level"].null_count() + facts("certificate")["valid"].null_count() > 0


def test_small_firms_owe_no_firms_share_in_the_months_of_relief():
    sizes = facts("employer_size").filter(col("valid_to").is_null()).select("employer_id", "size")
    firms = facts("employer").filter(col("employer_kind") == "10").select("employer_id").join(sizes, on="employer_id")
    rows = facts("contribution").filter(col("settled") & (col("insurance") == "210")).join(firms, on="employer_id")
    relief = rows.filter(col("month").is_between(202002, 202012) & col("size").is_in(["2", "3", "4"]))
    assert (relief["waived"] > 0).mean() > 0.97 and relief["paid"].mean() == pytest.approx(
        relief["due"].mean() / 2, rel=0.02
    )
    assert rows.filter(~col("month").is_between(202002, 202012))["waived"].sum() == 0
    assert (rows.filter(col("size") == "1", col("month") == 202010)["waived"] == 0).mean() > 0.9


def test_study_grants_are_as_many_as_were_paid():
    """Enrolments that meet what a grant asks: verified, at work in industry, a member for half a year."""
    members = facts("membership").filter(col("joined_on").dt.offset_by("6mo") <= date(2020, 9, 14))
    studied = facts("enrolment").filter(col("enrolled_on") < date(2021, 1, 1), col("verification") == "1")
    fitting = studied.join(members, on="person_id", how="semi")
    assert whole(fitting.height) == pytest.approx(2_857, rel=0.6) and studied.height > 2857 * SCALE


def test_contests_have_ranks_teams_and_coaches():
    contests, entries = facts("contest"), facts("contest_entry")
    finals = contests.filter(col("class") == "6")
    assert sorted(finals["edition"].unique()) == [12, 13, 14]
    assert finals.height == 3 * FIGURES["contests.trades"]
    placed = entries.join(finals, on="contest_id").filter(col("rank") <= 3)
    assert placed.height >= 0.97 * 3 * finals.height
    teams = entries.filter(col("team").is_not_null())
    assert set(teams["role"].unique()) == {"1", "2", "3"}
    assert teams.filter(col("role") == "1")["team_order"].unique().to_list() == [1]


def test_some_come_a_month_or_a_day_short():
    """Eleven of twelve months paid; a hiring the day after the registration was cancelled; a filing a day late."""
    rows = facts("contribution").filter(col("settled"), col("insurance") == "210", col("month") // 100 == 2020)
    months = rows.group_by("person_id").agg(col("month").n_unique())
    assert (months["month"] == 11).sum() > 50
    hired = facts("employment").filter(col("hired_on") >= date(2020, 1, 1)).select("person_id", "hired_on")
    registered = facts("unemployment").drop_nulls("cancelled_on").join(hired, on="person_id")
    apart = (registered["hired_on"] - registered["cancelled_on"]).dt.total_days()
    assert ((apart == 1) | (apart == 2)).sum() > 0 and (apart == 0).sum() > 0
    late = facts("apprenticeship").filter(col("filed_on") > col("started_on"))
    assert late.height > 0


def test_key_groups_begin_training_with_their_hiring():
    newly = facts("training").filter(col("mode") == "2").join(facts("employment"), on=["person_id", "employer_id"])
    newly = newly.filter((col("started_on") - col("hired_on")).dt.total_days().is_between(0, 25))
    registered = facts("unemployment").join(newly, on="person_id")
    in_group = registered.filter(
        col("hired_on") >= col("registered_on"),
        col("cancelled_on").is_null() | (col("hired_on") <= col("cancelled_on")),
    )
    assert in_group.height > 100


def test_facts_are_missing_about_as_often_as_the_figures_say():
    for table, column in (("certificate", "issued_on"), ("online_study", "score"), ("employment", "hired_on")):
        rate = FIGURES.rate("holes.rates", f"{table}.{column}")
        rows = facts(table)
        assert rows[column].null_count() / rows.height == pytest.approx(rate, rel=0.8), (table, column)


def test_registered_hardship_and_departures_use_many_codes():
    assert facts("hardship")["category"].n_unique() == 6
    reasons = dict(facts("departure").group_by("reason").len().iter_rows())
    assert {"01", "02", "03", "11", "12"} <= set(reasons) and reasons["11"] > reasons["12"]


def test_polars_reads_what_was_written():
    assert isinstance(facts("city"), pl.DataFrame) and facts("city")["city_id"].to_list() == [FIGURES["city.key"]]
