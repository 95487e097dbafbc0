"""One subject's facts out of what is kept: every explanation is the one that the fact files give, word for word."""

import random
from argparse import ArgumentParser
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from tests.agreement.both import somewhere
from tests.agreement.documents import Size, packs
from tests.agreement.examples import checked, examples
from tests.agreement.histories import lives
from tests.agreement.storage import write_recorded
from tests.agreement.town import VOCABULARY

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import load_city
from jixiang.operations import explain as command
from jixiang.readings.decide import NegativeAmount
from jixiang.readings.fact_files import FactFiles
from jixiang.readings.fits import about_people, does_it_fit, subjects_of, what_fits
from jixiang.readings.kept_facts.build import build
from jixiang.readings.kept_facts.one_subject import FactDesk
from jixiang.readings.kept_facts.one_subject_asked import asked_by, told_by_months
from jixiang.readings.kept_facts.one_subject_pages import open_pages, write_pages
from jixiang.readings.offering import offer_facts
from jixiang.readings.world import World
from jixiang.synthetic.city import make_city
from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.month import Month

CITY = Path(__file__).parents[3] / "cities" / "wuxi"
AS_OF = date(2021, 6, 30)
UNTIL = datetime.combine(AS_OF, time.max)
SUBJECTS = 60  # of each policy


def nothing():
    raise AssertionError("the pages suffice")


@pytest.fixture(scope="module")
def city():
    return load_city(CITY)


@pytest.fixture(scope="module")
def store(tmp_path_factory, city):
    folder = tmp_path_factory.mktemp("city") / "facts"
    assert not make_city(folder, 0.002, 5, CITY, lambda what, done: None)
    build(FactStore(folder), city.vocabulary, UNTIL)
    write_pages(FactStore(folder), city.vocabulary, city.rulebook)
    return FactStore(folder)


@pytest.fixture(scope="module")
def cutoffs(store, city):
    by_table = read_cutoffs(store, AS_OF)
    return {entity.name: by_table.get(entity.table) for entity in city.vocabulary.entities.values()}


@pytest.fixture(scope="module")
def raw(store, city):
    """The fact files, once in memory, so that asking them hundreds of times takes no minute."""
    with DuckDB() as engine:
        for name, table in fact_tables(city.vocabulary).items():
            engine.offer(f"raw_{name}", store.read(name) or table.schema.empty_table())
        yield engine


@pytest.fixture(scope="module")
def desk(store, city, cutoffs, raw):
    pages = open_pages(store, city.vocabulary, UNTIL)
    assert pages is not None
    return FactDesk(city.vocabulary, city.rulebook, AS_OF, cutoffs, lambda: raw, pages)


def keys_of(store, entity, count):
    keys = sorted(set(store.read(entity.table).column(entity.key_column).to_pylist()))
    return random.Random(7).sample(keys, min(count, len(keys)))


@pytest.mark.parametrize("code", ["A1", "A4", "A7", "A8", "B3", "D1", "D2", "D4", "E3", "F1", "F2"])
def test_it_is_explained_in_the_words_that_the_files_give(code, city, store, cutoffs, raw, desk):
    entity = city.vocabulary.entities[city.rulebook.policies[code][0].entity]
    about_months = 0
    for key in keys_of(store, entity, SUBJECTS if code != "E3" else 15):
        facts = desk.facts([code])
        mine = does_it_fit(city.rulebook, code, facts, AS_OF, key)
        files = FactFiles(lambda: raw, city.vocabulary, AS_OF, cutoffs)
        assert mine == does_it_fit(city.rulebook, code, files, AS_OF, key)
        about_months += facts._made_up
    if code in ("B3", "E3"):
        assert (about_months > 0) == (code == "B3"), "months are read where they suffice, and only there"


def test_of_people_nothing_but_pages_is_read(city, store, cutoffs, desk):
    pages_only = replace(desk, engine=nothing)
    codes = about_people(city.rulebook, city.vocabulary)
    assert {"E3", "C2"}.isdisjoint(codes), "a firm is not its head's"
    asks_of_others = {"A6", "D2", "D4", "F2"}  # the same course, team, achievement, class
    codes = sorted(set(codes) - asks_of_others)
    assert len(codes) == 18
    for person in keys_of(store, city.vocabulary.entities["人员"], 200):
        what_fits(city.rulebook, pages_only.facts(codes), AS_OF, person, codes)


def test_policies_that_ask_for_amounts_read_rows(city, desk):
    monthly = ("缴费", "月报")
    assert told_by_months(city.vocabulary, city.rulebook, "B3", monthly) == {"缴费", "月报"}
    assert told_by_months(city.vocabulary, city.rulebook, "E3", monthly) == frozenset()
    assert desk.facts(["B3", "E3"]).by_month == frozenset()


def test_pages_are_of_what_policies_ask(city, store):
    asked = asked_by(city.vocabulary, city.rulebook)
    assert "person_district" not in asked.tables
    assert {"contribution", "employer_size", "education", "city_reserve_months"} <= asked.tables
    assert {"person", "employer", "employment", "certificate"} <= asked.by_key
    assert not asked.by_key & {"contribution", "membership", "unemployment"}
    names = {path.name.rpartition("-")[0] for path in (store.folder / "_kept" / "pages").iterdir()}
    assert {"months_contribution", "employment", "employment.employment_id", "education"} <= names
    assert not names & {"person_district", "unemployment.unemployment_id", "contribution"}


def test_the_command_says_the_same_with_pages_and_without(tmp_path, city, store, desk, capsys):
    entity = city.vocabulary.entities["线上学习"]
    for table in store.tables():
        (tmp_path / table).symlink_to(store.folder / table)
    said = set()
    for folder in (store.folder, tmp_path):
        parser = ArgumentParser()
        command.arguments(parser)
        keys = keys_of(store, entity, 50)
        denied = next(
            k for k in keys if does_it_fit(city.rulebook, "A8", desk.facts(["A8"]), AS_OF, k).outcome == "denied"
        )
        words = ["--facts", str(folder), "--as-of", str(AS_OF), "--policy", "A8", "--subject", denied]
        command.run(parser.parse_args([*words, "--city", str(CITY)]))
        said.add(capsys.readouterr().out)
    [one] = said
    assert "不享受" in one


def test_a_subject_that_is_not_there(city, desk):
    for entity in ("人员", "证书", "单位", "缴费"):
        assert desk.facts(["B3"]).row(entity, "无") is None
    assert what_fits(city.rulebook, desk.facts(["B3"]), AS_OF, "无", ["B3"]) == []
    relation = city.vocabulary.entities["人员"].relations["缴费"]
    assert list(desk.facts(["B3"]).related(relation, "无")) == []


def test_pages_of_other_facts_are_not_read(tmp_path, city, store):
    assert open_pages(FactStore(tmp_path), city.vocabulary, UNTIL) is None
    assert open_pages(store, city.vocabulary, datetime(2020, 1, 1)) is None


def test_pages_that_still_fit_are_not_written_again(city, store):
    folder = store.folder / "_kept" / "pages"
    (folder / "left-over.arrow").write_bytes(b"")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != "left-over.arrow"}
    write_pages(store, city.vocabulary, city.rulebook)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


# A month with two rows -------------------------------------------------------------------------------------------


def contributions(folder, rows):
    kinds = [("contribution_id", pa.string()), ("person_id", pa.string()), ("employer_id", pa.string())]
    kinds += [("insurance", pa.string()), ("month", pa.int32()), ("settled", pa.bool_())]
    listed = [dict(zip((name for name, _ in kinds), row, strict=True)) for row in rows]
    (folder / "contribution").mkdir()
    pq.write_table(pa.Table.from_pylist(listed, schema=pa.schema(kinds)), folder / "contribution" / "0.parquet")


def test_two_rows_of_one_month_are_two_rows(tmp_path, city):
    one = ("P1", "E1", "110", 202101, True)
    contributions(tmp_path, [("c1", *one), ("c2", *one), ("c3", "P2", "E1", "110", 202101, True)])
    store = FactStore(tmp_path)
    build(store, city.vocabulary, UNTIL)
    write_pages(store, city.vocabulary, city.rulebook)
    with DuckDB() as engine:
        offer_facts(engine, city.vocabulary, store)
        pages = open_pages(store, city.vocabulary, UNTIL)
        desk = FactDesk(city.vocabulary, city.rulebook, AS_OF, {}, lambda: engine, pages)
        relation = city.vocabulary.entities["人员"].relations["缴费"]
        assert list(desk.facts(["B3"]).related(relation, "P1")) == ["c1", "c2"]
        facts = desk.facts(["B3"])
        [made_up] = facts.related(relation, "P2")
        assert made_up != "c3"
        assert facts.row("缴费", made_up) == {
            "参保人": "P2", "单位": "E1", "险种": "110", "已到账": True, "所属期": Month.from_yyyymm(202101)
        }  # fmt: skip


# Random policies over random facts -------------------------------------------------------------------------------


def explanations(rulebook, facts, day):
    """Of every subject; an amount below nothing is as good an answer."""
    for code, versions in sorted(rulebook.policies.items()):
        for key in sorted(facts[0].rows.get(versions[0].entity, {})):
            said = []
            for one in (facts[0], facts[1]([code])):
                try:
                    said.append(does_it_fit(rulebook, code, one, day, key))
                except NegativeAmount as error:
                    said.append(str(error))
            yield said


@examples(0.25)
@given(packs(Size(conditions=4, deep=2)), lives(2))
def test_whatever_policies_ask_pages_say_what_the_facts_say(pack, life):
    rulebook, day, world = checked(pack), life.dates[-1], life.worlds[-1]
    with somewhere() as folder, DuckDB() as engine:
        store = write_recorded(folder, life.dates, life.worlds)
        until = datetime.combine(day, time.max)
        build(store, VOCABULARY, until)
        write_pages(store, VOCABULARY, rulebook)
        offer_facts(engine, VOCABULARY, store)
        pages = open_pages(store, VOCABULARY, until)
        desk = FactDesk(VOCABULARY, rulebook, day, world.cutoffs, lambda: engine, pages)
        for from_memory, from_pages in explanations(rulebook, (world, desk.facts), day):
            assert from_pages == from_memory


# Typed in --------------------------------------------------------------------------------------------------------


def test_facts_that_are_typed_in_need_nothing_stored(city):
    world = World(city.vocabulary)
    world.put("人员", "我", 出生日期=date(1990, 5, 1))
    world.put("证书", "我的证书", 持证人="我", 等级="4", 发证日期=date(2021, 3, 1), 取得方式="1", 有效=True)
    found = what_fits(city.rulebook, world, AS_OF, "我")
    assert {(one.policy, one.subject) for one in found} == {(p, "我的证书") for p in ("B2", "B3", "C1")}
    assert list(subjects_of(city.rulebook, world, "A4", "我")) == []
    assert does_it_fit(city.rulebook, "A1", world, AS_OF, "我", "1999-01") is None
