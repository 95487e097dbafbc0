"""What must hold in every synthetic city: it fits the vocabulary, hangs together, and is the same for the same seed."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.synthetic.facts import LAST, PACK, city, facts, vocabulary

from jixiang.synthetic.city import make_city
from jixiang.tables.checks import check_facts
from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.credit_code import CreditCode

AS_OF = date(2021, 6, 30)


def quiet(stage: str, done: float) -> None:
    return None


def digests(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.parquet"))
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_it_fills_every_table_of_the_vocabulary_and_breaks_none_of_its_rules():
    assert set(city().tables()) == set(fact_tables(vocabulary()))
    assert check_facts(city(), vocabulary(), rows=True) == []
    assert all(city().rows(table) for table in city().tables())


def test_the_same_seed_and_scale_give_the_same_bytes_and_another_seed_others(tmp_path: Path):
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        make_city(tmp_path / name, 0.0003, seed, PACK, quiet)
    one, two, other = (digests(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two and len(one) > 25
    assert not set(one.values()) & set(other.values()) - {one[file] for file in one if file.split("/")[0] in SAME}


SAME = {"cutoff", "city", "city_reserve_months"}  # nothing is drawn for these


def test_a_village_of_a_thousand_works(tmp_path: Path):
    make_city(tmp_path / "v", 1000 / 7462135, 1, PACK, quiet)
    store = FactStore(tmp_path / "v")
    assert check_facts(store, vocabulary(), rows=True) == []
    assert 950 < store.rows("person") < 1050 and store.rows("contribution") > 5000 and store.rows("contest_entry") > 10


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_so_does_a_hamlet_whatever_its_firms_happen_to_do(tmp_path: Path, seed: int):
    make_city(tmp_path / "h", 500 / 7462135, seed, PACK, quiet)
    assert check_facts(FactStore(tmp_path / "h"), vocabulary(), rows=True) == []


def test_every_reference_leads_to_a_row():
    keys = {entity.name: set(facts(entity.table)[entity.key_column]) for entity in vocabulary().entities.values()}
    for table in fact_tables(vocabulary()).values():
        for column, type in table.columns.items():
            if type.kind == "ref":
                dangling = set(facts(table.name)[column].drop_nulls()) - keys[type.of]
                # a row that was later taken back may leave a reference to it, as in life
                assert len(dangling) <= 0.002 * len(keys[type.of]) + 1, (table.name, column, len(dangling))


def test_no_key_occurs_twice_where_files_promise_it():
    for name, table in fact_tables(vocabulary()).items():
        groups = city().distinct_groups(name)
        assert groups is not None or name == "cutoff"
        for group in groups or ():
            rows = pl.read_parquet(group, columns=list(table.key))
            assert rows.n_unique() == rows.height, name


def test_rows_of_one_person_lie_together():
    for name, table in fact_tables(vocabulary()).items():
        for file in city().files(name):
            rows = pl.read_parquet(file, columns=list(table.order))
            assert rows.equals(rows.sort(table.order)), name


def test_nothing_is_known_before_it_happened():
    for name, column in (("certificate", "issued_on"), ("unemployment", "cancelled_on"), ("person", "died_on")):
        rows = pl.read_parquet(city().files(name)).filter(pl.col(column) > date(2019, 2, 1))
        early = rows.filter(pl.col("recorded_at").dt.date() < pl.col(column))
        assert early.height <= 0.01 * rows.height  # the few that were recorded wrongly at first


def test_what_ended_later_is_still_open_on_the_day():
    then, now = facts("employment", AS_OF), facts("employment")
    ended_later = now.filter(pl.col("left_on") > date(2021, 7, 1))["employment_id"]
    open_then = then.filter(pl.col("employment_id").is_in(ended_later.implode()))
    assert ended_later.len() > 100 and open_then["left_on"].null_count() == open_then.height > 50


def test_a_run_at_the_end_of_june_has_contributions_up_to_may():
    cutoffs = read_cutoffs(city(), AS_OF)
    assert cutoffs["contribution"] == cutoffs["headcount"] == date(2021, 5, 31)
    assert cutoffs["certificate"] == cutoffs["training"] == AS_OF
    assert facts("contribution", AS_OF)["month"].max() == 202105


def test_some_facts_come_late_and_some_are_corrected_and_taken_back():
    rows = pl.read_parquet(city().files("contribution"))
    end_of_month = pl.date(pl.col("month") // 100, pl.col("month") % 100, 1).dt.month_end()
    late = rows.filter(pl.col("recorded_at").dt.date() - end_of_month > timedelta(days=25)).height
    assert 0.005 < late / rows.height < 0.05
    certificates = pl.read_parquet(city().files("certificate"))
    assert certificates["certificate_id"].n_unique() < certificates.height
    assert pl.read_parquet(city().files("education"))["retracted"].sum() > 0


def test_credit_codes_are_valid_and_belong_to_nobody():
    codes = facts("employer")["credit_code"].drop_nulls()
    assert codes.len() > 500 and codes.n_unique() == codes.len()
    assert {CreditCode(code).area for code in codes.head(300)} == {"329999"}


def test_progress_rises_to_one(tmp_path: Path):
    heard: list[tuple[str, float]] = []
    make_city(tmp_path / "c", 0.0002, 1, PACK, lambda stage, done: heard.append((stage, done)))
    done = [share for _, share in heard]
    assert done == sorted(done) and done[-1] == 1.0 and len({stage for stage, _ in heard}) > 4


def test_it_never_writes_over_a_city(tmp_path: Path):
    (tmp_path / "x").mkdir()
    with pytest.raises(FileExistsError):
        make_city(tmp_path, 0.001, 1, PACK, quiet)


def test_it_reports_every_problem_of_the_figures_and_writes_nothing(tmp_path: Path):
    pack = tmp_path / "pack"
    pack.mkdir()
    shutil.copy(PACK / "vocabulary.md", pack)
    text = (PACK / "figures.toml").read_text(encoding="utf-8")
    wrong = text.replace(
        '[people.count]\nvalue = 7462135\nsource = "S76"', '[people.count]\nvalue = 7462135\nsource = "S99"'
    )
    wrong = wrong.replace("320205 = 882387", "320299 = 882387").replace("[firms.count]", "[firms.counted]")
    (pack / "figures.toml").write_text(wrong, encoding="utf-8")
    problems = make_city(tmp_path / "out", 0.001, 1, pack, quiet)
    assert {problem.place.file for problem in problems} == {"figures.toml/people.count", "figures.toml/firms.count"}
    (pack / "figures.toml").write_text(text.replace("320205 = 882387", "320299 = 882387"), encoding="utf-8")
    (problem,) = make_city(tmp_path / "out", 0.001, 1, pack, quiet)
    assert "320299" in problem.message and "320205" in problem.suggestion
    assert not (tmp_path / "out").exists()


def test_a_city_without_figures_is_told_so(tmp_path: Path):
    shutil.copy(PACK / "vocabulary.md", tmp_path)
    problems = make_city(tmp_path / "out", 0.001, 1, tmp_path, quiet)
    assert problems[0].code == "no-figures"


def test_everything_is_recorded_on_or_after_the_first_day():
    for table in city().tables():
        assert pl.read_parquet(city().files(table), columns=["recorded_at"])["recorded_at"].min() >= datetime(
            2019, 1, 1
        )
    assert facts("person", LAST).height > 30_000
