"""What a city gives to few: small numbers that do not vanish, and lists of exactly ten."""

from __future__ import annotations

from datetime import date

import polars as pl
from polars import col
from tests.synthetic.facts import PACK, SCALE, facts

from jixiang.synthetic.figures import read_figures

FIGURES, _ = read_figures(PACK / "figures.toml")
UPPER = ["1", "2"]


def test_four_lists_of_ten_have_one_first_author_each_in_every_edition():
    innovations, authors = facts("innovation"), facts("innovation_author")
    assert sorted(innovations["edition"].unique()) == [12, 13, 14]
    ten = innovations.filter(col("rank") <= 10)
    lists = ten.group_by("edition", "category").agg(col("rank").sort())
    assert lists.height == 12 and all(ranks.to_list() == list(range(1, 11)) for ranks in lists["rank"])
    firsts = ten.join(authors.filter(col("position") == 1), on="innovation_id")
    assert firsts.height == 120
    last = firsts.filter(col("edition") == 14)
    assert last.height == last["person_id"].n_unique() == 40 and last["published_on"].max() < date(2021, 6, 30)
    assert innovations["rank"].null_count() > 0
    sizes = authors.group_by("innovation_id").len()
    assert sizes.height == innovations.height and set(sizes["len"]) == {1, 2, 3, 4, 5}
    assert authors.select("innovation_id", "person_id").is_unique().all()


def test_no_author_has_won_a_contest_so_every_list_brings_ten_medals():
    won = facts("contest_entry").filter(col("rank") == 1)
    assert won.height > 50 and facts("innovation_author").join(won, on="person_id", how="semi").height == 0


def test_drills_come_to_half_a_million_a_year_and_half_of_that_by_midsummer():
    drills = facts("drill")
    for n, whole in enumerate(FIGURES["drills.attended"]):
        start, end = date(2019 + n // 2, 1 + n % 2 * 6, 1), date(2019 + n // 2, 6 + n % 2 * 6, 30 + n % 2)
        assert drills.filter(col("held_on").is_between(start, end))["attended"].sum() == round(whole * SCALE)
    years = FIGURES["drills.attended"]
    assert min(years[0] + years[1], years[2] + years[3]) >= 500_000 and years[4] >= 250_000


def test_studios_are_led_by_masters_who_work_there_and_are_reviewed_once_a_year():
    studios = facts("master_studio")
    assert studios.height >= 10 and studios["class"].drop_nulls().n_unique() == 3
    led = studios.join(facts("certificate"), left_on="leader_id", right_on="person_id")
    upper = led.filter(col("level").is_in(UPPER), col("issued_on") < col("opened_on"))["master_studio_id"].n_unique()
    assert 0.6 * studios.height < upper < studios.height
    there = studios.join(
        facts("employment"), left_on=["leader_id", "employer_id"], right_on=["person_id", "employer_id"]
    )
    assert there["master_studio_id"].n_unique() > 0.7 * studios.height
    reviews = facts("studio_review").join(studios, on="master_studio_id")
    assert set(reviews["result"].drop_nulls()) == {"1", "2"}
    yearly = reviews.select("master_studio_id", col("reviewed_on").dt.year())
    assert yearly.is_unique().all() and (reviews["reviewed_on"] > reviews["opened_on"]).all()


def test_chief_technicians_are_appointed_for_three_years_mostly_to_the_end():
    chiefs = facts("appointment")
    years = chiefs.group_by(col("appointed_from").dt.year()).len()
    assert years.height == 3 and (years["len"] >= 8).all()
    three = chiefs.filter(col("appointed_to") == col("appointed_from").dt.offset_by("3y").dt.offset_by("-1d"))
    assert 0.75 < three.height / chiefs.height <= 1
    assert 0 < chiefs["ended_on"].drop_nulls().len() < 0.3 * chiefs.height
    held = chiefs.join(facts("certificate"), on="person_id").filter(
        col("level").is_in(UPPER), col("issued_on") < col("appointed_from")
    )
    assert 0.7 * chiefs.height < held["appointment_id"].n_unique() < chiefs.height


def test_titles_are_awarded_every_year_to_some_chief_technicians_too():
    titles = facts("talent_title")
    assert titles.group_by("decided_on").len().height == 3 and titles["title"].drop_nulls().n_unique() == 2
    assert titles.join(facts("appointment"), on="person_id", how="semi").height > 0
    assert titles["person_id"].n_unique() < titles.height


def test_winners_go_on_to_higher_contests_of_the_same_event():
    contests = facts("contest")
    occupations = contests.group_by("event").agg(col("occupation").n_unique(), col("final_on").dt.year().n_unique())
    assert (occupations["occupation"] == 1).all() and (occupations["final_on"] == 1).all()
    assert contests.filter(col("event").is_duplicated())["class"].n_unique() > 2
    placed = facts("contest_entry").join(contests, on="contest_id").filter(col("rank") <= 3)
    city, higher = placed.filter(col("class") == "6"), placed.filter(col("class") != "6")
    both = city.join(higher, on=["person_id", "event"], suffix="_higher")
    entered = city.join(
        facts("contest_entry").join(contests.filter(col("class") != "6"), on="contest_id"), on=["person_id", "event"]
    )
    assert entered.height >= 3 and both.height >= 1
    teams = facts("contest_entry").select("contest_id", "person_id")
    assert teams.is_unique().all()


def test_hazards_and_foreign_trade_are_listed_for_some_firms():
    firms = facts("employer").join(facts("employer_industry").filter(col("valid_to").is_null()), on="employer_id")
    hazard = firms.filter("hazard_key")
    assert 0.5 < (hazard["industry"] == "C").mean() < 1
    assert 0.01 < firms["foreign_trade"].mean() < 0.15
    assert (
        set(firms.filter("foreign_trade")["industry"].drop_nulls())
        <= set(FIGURES["firms.foreign_trade"]) | neighbours()
    )


def neighbours() -> set[str]:
    """Industries that a firm may have had before its own."""
    return set(pl.Series(facts("employer_industry").filter(col("valid_to").is_not_null())["industry"]).drop_nulls())
