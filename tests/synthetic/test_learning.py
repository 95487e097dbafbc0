"""Classes, projects, stoppages, courses off the job and founders: they hang together with the trainings."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars import col
from tests.synthetic.facts import PACK, SCALE, city, facts

from jixiang.synthetic.figures import read_figures

FIGURES, _ = read_figures(PACK / "figures.toml")
MODES = FIGURES["training.modes"]


def trainings(mode: str) -> pl.DataFrame:
    return facts("training").filter(col("mode") == MODES[mode])


def rosters() -> pl.DataFrame:
    """Trainings beside their class, whose columns end in `_class`."""
    return facts("training").join(facts("training_class"), on="training_class_id", suffix="_class")


def test_classes_and_projects_leave_the_number_of_trainings_as_it_was():
    for mode in MODES:
        assert trainings(mode).height == pytest.approx(sum(FIGURES[f"training.{mode}"]) * SCALE, rel=0.005, abs=3), mode


def test_a_training_begins_with_its_class_and_nobody_comes_to_more_than_was_planned():
    known = rosters().drop_nulls("started_on")
    assert (known["started_on"] == known["started_on_class"]).all()
    came = rosters().drop_nulls(["hours", "planned_hours"])
    assert (came["hours"] <= came["planned_hours"]).mean() > 0.999  # but for hours recorded wrongly at first
    seldom = (came["hours"] / came["planned_hours"] < 0.8).mean()
    assert 0.02 < seldom < 0.2
    filed = facts("training_class").drop_nulls("filed_on")
    early = ((filed["started_on"] - filed["filed_on"]).dt.total_days() >= 7).mean()
    assert 0.85 < early < 0.97


def test_classes_for_founders_are_mostly_of_the_usual_size_and_teach_one_module():
    classes = rosters().filter(col("mode") == MODES["startups"])
    sizes = classes.group_by("training_class_id").len()["len"]
    assert 0.4 < sizes.is_between(20, 30).mean() < 1
    modules = classes.group_by("training_class_id").agg(col("module").n_unique(), col("course").n_unique())
    assert (modules["module"] == 1).all() and (modules["course"] == 1).all()
    assert classes["module"].null_count() == 0
    assert rosters().filter(col("mode") == MODES["upskilling"])["module"].null_count() > 0


def test_projects_teach_key_groups_one_trade_each_mostly_in_time_by_their_provider():
    taught = trainings("projects").join(facts("training_project"), on="training_project_id", suffix="_project")
    assert taught.height == trainings("projects").height
    assert (taught["occupation"] == taught["occupation_project"]).all()
    assert 0.9 < (taught["provider_id"] == taught["provider_id_project"]).mean() <= 1
    in_time = taught.filter(col("started_on").is_between(col("started_on_project"), col("ended_on_project")))
    assert 0.85 < in_time.height / taught.height <= 1
    prices = facts("training_project")["price"].drop_nulls()
    assert prices.min() >= 80_000 and prices.max() <= 300_000
    assert (facts("training_project")["signed_on"] < facts("training_project")["started_on"]).all()
    registered = taught.join(facts("unemployment"), on="person_id").filter(
        col("registered_on") <= col("enrolled_on"),
        col("cancelled_on").is_null() | (col("cancelled_on") >= col("enrolled_on")),
    )
    assert registered["training_id"].n_unique() / taught.height > 0.35


def test_some_stopped_firms_trained_their_workers_meanwhile_and_some_are_still_stopped():
    stopped = facts("stoppage").drop_nulls("started_on")
    assert stopped.height == pytest.approx(FIGURES["stoppages.count"] * SCALE, rel=0.05)
    assert stopped["started_on"].min() >= date(2020, 2, 3)
    ended = stopped.drop_nulls("ended_on")
    assert (ended["ended_on"] >= ended["started_on"]).all() and ended.height < stopped.height
    assert 0.6 < 1 - stopped["pledged_on"].null_count() / stopped.height < 1
    meanwhile = stopped.join(trainings("work_based"), on="employer_id", suffix="_training").filter(
        col("started_on_training") >= col("started_on"),
        col("ended_on").is_null() | (col("started_on_training") <= col("ended_on")),
    )
    assert 0.4 < meanwhile["stoppage_id"].n_unique() / stopped.height < 0.95


def test_courses_off_the_job_are_for_people_without_work_many_of_them_in_hardship():
    off = trainings("catalogue").filter("off_job")
    assert off.height > 5 and trainings("upskilling")["off_job"].sum() == 0
    hardship = facts("hardship").join(off, on="person_id").filter(col("recognised_on") <= col("enrolled_on"))
    assert hardship["training_id"].n_unique() / off.height > 0.25
    days = facts("training").drop_nulls(["days", "started_on", "ended_on"])
    assert (days["days"] <= (days["ended_on"] - days["started_on"]).dt.total_days() + 1).all()
    assert trainings("work_based")["days"].null_count() == trainings("work_based").height


def test_some_graduates_found_a_firm_within_a_year():
    firms = facts("employer").rename({"legal_person_id": "person_id"})
    founded = trainings("startups").join(firms, on="person_id", suffix="_firm")
    days = (founded["founded_on"] - founded["ended_on"]).dt.total_days()
    assert days.is_between(1, 365).sum() >= 3


def test_most_contracts_last_a_year_and_some_do_not():
    jobs = facts("employment").drop_nulls("hired_on")
    year = col("hired_on").dt.offset_by("1y").dt.offset_by("-1d")
    assert 0.1 < jobs["contract_to"].null_count() / jobs.height < 0.3
    short = jobs.filter(col("contract_to") < year).height / jobs.height
    assert 0.08 < short < 0.25


def test_fees_are_those_of_the_level_or_nothing():
    fees = facts("certificate").drop_nulls(["fee", "level"])
    usual = pl.DataFrame(
        {
            "level": list(FIGURES["certificates.fees"]),
            "usual": [yuan * 100 for yuan in FIGURES["certificates.fees"].values()],
        }
    )
    priced = fees.join(usual, on="level")
    assert (priced["fee"] == priced["usual"]).mean() > 0.7
    assert 0.05 < (fees["fee"] == 0).mean() < 0.3 and facts("certificate")["fee"].null_count() > 0


def test_what_others_refer_to_is_known_when_they_are():
    """A class, a project, a studio and an innovation never come later than the rows that name them."""
    pairs = (
        ("training", "training_class"),
        ("training", "training_project"),
        ("studio_review", "master_studio"),
        ("innovation_author", "innovation"),
    )
    for child, parent in pairs:
        key = f"{parent}_id"
        first = [
            pl.read_parquet(city().files(table)).filter(~col("retracted")).group_by(*by).agg(col("recorded_at").min())
            for table, by in ((parent, (key,)), (child, (f"{child}_id", key)))
        ]
        both = first[1].join(first[0], on=key, suffix="_parent")
        assert both.height and (both["recorded_at_parent"] <= both["recorded_at"]).all(), child
