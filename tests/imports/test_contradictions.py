"""Facts that cannot all be true: what a rule finds, what it may not do, and each rule of the demonstration city."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.tables import small

from jixiang.imports.contradictions import FOLDER, find_contradictions, read_rules
from jixiang.imports.report import Found
from jixiang.language.vocabulary import Vocabulary
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.problem import Problem

CITY = Path(__file__).parents[2] / "cities" / "wuxi"
HEAD = "-- 名称: 重名\n-- 说明: 例\n-- 实体: 缴费\n"
LATER = "SELECT contribution_id AS key, 'x' AS what FROM contribution WHERE month > 202106"
TODAY = date(2021, 7, 1)


def city(folder: Path, **rules: str) -> Path:
    place = folder / "city" / FOLDER
    place.mkdir(parents=True)
    for name, text in rules.items():
        (place / f"{name}.sql").write_text(text if text.startswith("--") else HEAD + text, encoding="utf-8")
    return folder / "city"


def found(folder: Path, store: FactStore, **rules: str) -> tuple[Found, ...]:
    made, problems = find_contradictions(store, small.VOCABULARY, city(folder, **rules), as_of=TODAY)
    assert problems == ()
    return made


def wrong(folder: Path, rule: str) -> Problem:
    rules, problems = read_rules(city(folder, rule=rule), small.VOCABULARY)
    assert rules == []
    return problems[0]


def paid(store: FactStore, *rows: dict[str, Any]) -> FactStore:
    store.append(small.table("contribution"), small.rows("contribution", *rows))
    return store


# What a rule finds -----------------------------------------------------------------------------------------------


def test_a_rule_tells_how_many_facts_and_the_first_few_keys(tmp_path):
    store = paid(FactStore(tmp_path / "facts"), *(small.paid(f"C{n}", "P1", 202101 + n) for n in range(12)))
    (only,) = found(tmp_path, store, later=LATER)
    assert only == Found("later", "重名", "例", "缴费", 6, ("C10", "C11", "C6", "C7", "C8"), ("x",) * 5)


def test_a_fact_is_counted_once_however_often_a_rule_names_it(tmp_path):
    store = paid(FactStore(tmp_path / "facts"), small.paid("C1", "P1", 202107), small.paid("C2", "P1", 202107))
    twice = "SELECT a.contribution_id AS key FROM contribution a JOIN contribution b ON a.month = b.month"
    (only,) = found(tmp_path, store, twice=twice)
    assert (only.count, only.keys) == (2, ("C1", "C2"))


@pytest.mark.parametrize("promised", [True, False], ids=["distinct loads", "unknown loads"])
def test_the_newest_version_known_on_the_day_speaks(tmp_path, promised):
    store = FactStore(tmp_path / "facts")
    loads: list[list[dict[str, Any]]] = [
        [small.paid("C1", "P1", 202108), small.paid("C2", "P1", 202108), small.paid("C3", "P1", 202108)],
        [small.paid("C1", "P1", 202101, recorded_at=datetime(2021, 2, 1))],
        [small.paid("C2", "P1", 202108, recorded_at=datetime(2021, 3, 1), retracted=True)],
        [small.paid("C3", "P1", 202101, recorded_at=datetime(2021, 7, 2))],  # after the day
        [small.paid("C4", "P1", 202109, recorded_at=datetime(2021, 7, 1, 23, 59))],
        [small.paid("C5", "P1", 202109, recorded_at=datetime(2021, 7, 2))],
    ]
    for rows in loads:
        table = small.rows("contribution", *rows)
        store.append_sorted(small.table("contribution"), [table], distinct=promised)
    (only,) = found(tmp_path, store, later=LATER)
    assert only.keys == ("C3", "C4")


def test_tables_that_are_not_there_have_no_rows(tmp_path):
    (only,) = found(tmp_path, FactStore(tmp_path / "facts"), later=LATER)
    assert only.count == 0


def test_a_rule_may_use_histories_the_day_and_names_of_its_own(tmp_path):
    store = FactStore(tmp_path / "facts")
    lived = [{"person_id": "P1", "district": "01", "valid_from": date(2021, 1, n), "valid_to": None} for n in (1, 9)]
    store.append(small.table("person_district"), small.rows("person_district", *lived))
    rule = (
        "WITH open AS (SELECT person_id AS key FROM person_district, as_of WHERE valid_from < day) SELECT key FROM open"
    )
    (only,) = found(tmp_path, store, open=rule)
    assert (only.count, only.keys) == (1, ("P1",))


def test_only_rules_that_read_a_changed_table_run(tmp_path):
    folder = city(tmp_path, later=LATER, born="SELECT person_id AS key FROM person")
    for changed, expected in (({"person"}, ["born"]), ({"employer"}, []), (None, ["born", "later"])):
        made, _ = find_contradictions(
            FactStore(tmp_path / "facts"), small.VOCABULARY, folder, as_of=TODAY, only_tables=changed
        )
        assert [one.rule for one in made] == expected


def test_a_city_without_rules_has_no_contradictions(tmp_path):
    assert find_contradictions(FactStore(tmp_path), small.VOCABULARY, tmp_path, as_of=TODAY) == ((), ())


# What a rule may not do ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "SELECT 1 AS key FROM read_csv('/etc/passwd')",
        "SELECT 1 AS key FROM read_parquet('facts/*.parquet')",
        "SELECT 1 AS key FROM 'keys.json'",
        'SELECT 1 AS key FROM "keys.json"',
        "SELECT read_text('keys.json') AS key FROM person",
        "SELECT 1 AS key FROM read_blob('keys.json')",
        "SELECT 1 AS key FROM glob('*')",
        "SELECT getenv('HOME') AS key FROM person",
        "SELECT 1 AS key FROM query('SELECT 1')",
        "SELECT 1 AS key FROM duckdb_settings()",
        "SELECT 1 AS key FROM information_schema.tables",
        "SELECT 1 AS key FROM raw_person",
        "SELECT 1 AS key FROM range(100000000)",
        "SELECT person_id AS key FROM person WHERE sex = $1",
        "WITH RECURSIVE a AS (SELECT 1 AS key UNION ALL SELECT key + 1 FROM a) SELECT key FROM a",
        "WITH person AS (SELECT 1 AS key) SELECT key FROM person",
        "COPY person TO 'out.csv'",
        "ATTACH 'vault.sqlite' AS v",
        "PRAGMA database_list",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "LOAD sqlite",
        "CREATE TABLE a AS SELECT 1 AS key",
        "DELETE FROM person",
        "DROP TABLE person",
        "VALUES (1)",
        "SELECT person_id AS key FROM person; DROP TABLE person",
        "SELECT person_id FROM person",
        "SELECT person_id AS key FROM nobody",
        "SELECT person_id AS key FROM person WHERE (",
        "",
    ],
)
def test_it_refuses_whatever_is_no_query_of_facts(tmp_path, rule):
    problem = wrong(tmp_path, rule)
    assert problem.place.file == "imports/contradictions/rule.sql"
    assert problem.severity == "error"
    assert problem.suggestion


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("-- 名称: 甲\n-- 实体: 缴费\n", "说明"),
        ("-- 名称: 甲\n-- 说明: 例\n-- 实体: 船\n", "船"),
        ("-- 名称:\n-- 说明: 例\n-- 实体: 缴费\n", "名称"),
    ],
)
def test_a_rule_says_in_its_first_comments_what_it_is(tmp_path, head, said):
    assert said in wrong(tmp_path, head + LATER).message


def test_a_rule_that_is_no_text_is_a_problem(tmp_path):
    folder = city(tmp_path)
    (folder / FOLDER / "rule.sql").write_bytes(b"\xff\xfe")
    rules, problems = read_rules(folder, small.VOCABULARY)
    assert (rules, len(problems)) == ([], 1)


def test_a_rule_that_does_not_run_is_a_problem_and_the_others_run(tmp_path):
    folder = city(
        tmp_path, bad="SELECT birth AS key FROM contribution", good=LATER, odd="SELECT 'x'::INT AS key FROM person"
    )
    store = paid(FactStore(tmp_path / "facts"), small.paid("C1", "P1", 202107))
    made, problems = find_contradictions(store, small.VOCABULARY, folder, as_of=TODAY)
    assert [(one.rule, one.count) for one in made][:1] == [("good", 1)]
    assert problems[0].place.file == "imports/contradictions/bad.sql"
    assert "查询不能运行" in problems[0].message


# The demonstration city ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_vocabulary(CITY / "vocabulary.md")[0]


BORN, DIED, HIRED = date(1990, 5, 1), date(2021, 2, 11), date(2015, 3, 2)
PERSON = {"person_id": "P1", "birth_date": BORN}
FIRM = {"employer_id": "E1", "employer_kind": "10", "founded_on": date(2010, 6, 1)}
JOB = {"employment_id": "W1", "person_id": "P1", "employer_id": "E1", "hired_on": HIRED}
OTHER = {**JOB, "employment_id": "W2", "employer_id": "E2", "hired_on": date(2018, 1, 2)}
PAID = {"contribution_id": "C1", "person_id": "P1", "employer_id": "E1", "insurance": "210", "month": 202103}
CERTIFICATE = {"certificate_id": "Z1", "person_id": "P1", "issued_on": date(2020, 6, 1)}
TRAINING = {"training_id": "T1", "person_id": "P1", "started_on": date(2020, 3, 1), "ended_on": date(2020, 5, 31)}
CLASS = {"training_class_id": "K1", "started_on": date(2020, 3, 1)}
STOPPAGE = {"stoppage_id": "S1", "employer_id": "E1", "started_on": HIRED, "ended_on": HIRED}
PROJECT = {"training_project_id": "TP1", "provider_id": "E1", "started_on": HIRED, "ended_on": HIRED}
STUDIO = {"master_studio_id": "MS1", "employer_id": "E1", "opened_on": HIRED, "closed_on": HIRED}
REVIEW = {"studio_review_id": "SR1", "master_studio_id": "MS1", "reviewed_on": HIRED}
APPOINTMENT = {
    "appointment_id": "AP1", "person_id": "P1", "employer_id": "E1",
    "appointed_from": HIRED, "appointed_to": HIRED, "ended_on": HIRED,
}  # fmt: skip
AWARD = {"talent_title_id": "TA1", "person_id": "P1", "decided_on": HIRED, "revoked_on": HIRED}
AUTHOR = {"innovation_author_id": "IA1", "innovation_id": "I1", "person_id": "P1", "position": 1}
USUAL: dict[str, list[dict[str, Any]]] = {
    "person": [PERSON],
    "employer": [FIRM, {**FIRM, "employer_id": "E2"}],
    "employment": [{**JOB, "left_on": date(2018, 1, 2), "contract_to": HIRED}, OTHER],
    "contribution": [PAID],
    "certificate": [CERTIFICATE],
    "training": [{**TRAINING, "certificate_id": "Z1", "training_class_id": "K1", "days": 92}],
    "training_class": [CLASS],
    "stoppage": [STOPPAGE],
    "training_project": [{**PROJECT, "accepted_on": HIRED}],
    "master_studio": [STUDIO],
    "studio_review": [REVIEW],
    "appointment": [APPOINTMENT],
    "talent_title": [AWARD],
    "innovation_author": [AUTHOR, {**AUTHOR, "innovation_author_id": "IA2", "person_id": "P2", "position": 2}],
    "membership": [{"membership_id": "M1", "person_id": "P1", "joined_on": HIRED, "left_on": HIRED}],
    "apprenticeship": [
        {
            "apprenticeship_id": "A1",
            "person_id": "P1",
            "employer_id": "E1",
            "started_on": HIRED,
            "planned_end_on": HIRED,
        }
    ],
}
BEFORE = date(2015, 3, 1)
PLANTED: dict[str, tuple[dict[str, list[dict[str, Any]]], str]] = {
    "contribution_after_death": (
        {
            "person": [{**PERSON, "died_on": DIED}],
            "contribution": [{**PAID, "month": 202102}, {**PAID, "contribution_id": "C2"}],
        },
        "C2",
    ),
    "contribution_before_founding": (
        {"contribution": [{**PAID, "month": 201006}, {**PAID, "contribution_id": "C2", "month": 201005}]},
        "C2",
    ),
    "certificate_before_sixteen": (
        {
            "certificate": [
                {**CERTIFICATE, "issued_on": date(2006, 5, 1)},
                {**CERTIFICATE, "certificate_id": "Z2", "issued_on": date(2006, 4, 30)},
            ],
            "training": [],
        },
        "Z2",
    ),
    "employment_before_sixteen": ({"employment": [{**JOB, "hired_on": date(2006, 4, 30)}]}, "W1"),
    "employment_after_death": (
        {"person": [{**PERSON, "died_on": BEFORE}], "contribution": [], "employment": [JOB]},
        "W1",
    ),
    "employment_left_before_hired": ({"employment": [{**JOB, "left_on": BEFORE}]}, "W1"),
    "employment_two_at_once": ({"employment": [{**JOB, "left_on": date(2018, 1, 3)}, OTHER]}, "W2"),
    "training_ended_before_started": ({"training": [{**TRAINING, "ended_on": date(2020, 2, 29)}]}, "T1"),
    "training_certificate_too_early": (
        {"training": [{**TRAINING, "ended_on": date(2020, 6, 2), "certificate_id": "Z1"}]},
        "T1",
    ),
    "training_certificate_of_another": (
        {"training": [{**TRAINING, "person_id": "P2", "certificate_id": "Z1"}]},
        "T1",
    ),
    "apprenticeship_ended_before_started": (
        {"apprenticeship": [{**USUAL["apprenticeship"][0], "planned_end_on": BEFORE}]},
        "A1",
    ),
    "membership_left_before_joined": ({"membership": [{**USUAL["membership"][0], "left_on": BEFORE}]}, "M1"),
    "training_more_days_than_it_lasted": ({"training": [{**TRAINING, "days": 93}]}, "T1"),
    "training_before_class_started": (
        {"training": [{**TRAINING, "started_on": date(2020, 2, 29), "training_class_id": "K1"}]},
        "T1",
    ),
    "employment_contract_ended_before_hired": ({"employment": [{**JOB, "contract_to": BEFORE}]}, "W1"),
    "stoppage_ended_before_started": ({"stoppage": [{**STOPPAGE, "ended_on": BEFORE}]}, "S1"),
    "project_ended_before_started": ({"training_project": [{**PROJECT, "ended_on": BEFORE}]}, "TP1"),
    "project_accepted_before_started": ({"training_project": [{**PROJECT, "accepted_on": BEFORE}]}, "TP1"),
    "studio_closed_before_opened": ({"master_studio": [{**STUDIO, "closed_on": BEFORE}]}, "MS1"),
    "studio_reviewed_before_opened": ({"studio_review": [{**REVIEW, "reviewed_on": BEFORE}]}, "SR1"),
    "appointment_ended_before_it_began": ({"appointment": [{**APPOINTMENT, "ended_on": BEFORE}]}, "AP1"),
    "award_revoked_before_decided": ({"talent_title": [{**AWARD, "revoked_on": BEFORE}]}, "TA1"),
    "innovation_two_first_authors": (
        {"innovation_author": [AUTHOR, {**AUTHOR, "innovation_author_id": "IA2", "person_id": "P2"}]},
        "I1",
    ),
    "person_died_before_born": (
        {"person": [{**PERSON, "died_on": date(1990, 4, 30)}], "contribution": [], "employment": []},
        "P1",
    ),
}


def facts(folder: Path, vocabulary: Vocabulary, tables: dict[str, list[dict[str, Any]]]) -> FactStore:
    schemas = fact_tables(vocabulary)
    meta = {"recorded_at": datetime(2021, 4, 1), "source": "测试", "source_row": 1, "retracted": False}
    store = FactStore(folder)
    for name, rows in tables.items():
        schema = schemas[name].schema
        given = [dict.fromkeys(schema.names) | meta | row for row in rows]
        store.append(schemas[name], pa.Table.from_pylist(given, schema))
    return store


def test_the_citys_rules_can_be_read(vocabulary):
    rules, problems = read_rules(CITY, vocabulary)
    assert problems == []
    assert {rule.code for rule in rules} == PLANTED.keys()


@pytest.mark.parametrize("planted", [None, *PLANTED], ids=lambda name: name or "nothing")
def test_each_rule_finds_what_is_planted_for_it_and_no_other_does(tmp_path, vocabulary, planted):
    changes, key = PLANTED[planted] if planted else ({}, "")
    store = facts(tmp_path, vocabulary, {**USUAL, **changes})
    made, problems = find_contradictions(store, vocabulary, CITY, as_of=TODAY)
    assert problems == ()
    assert {one.rule: one.keys for one in made if one.count} == ({planted: (key,)} if planted else {})
    assert all(remark for one in made for remark in one.remarks)


def test_two_flexible_windows_are_no_two_employers(tmp_path, vocabulary):
    window = {**FIRM, "employer_kind": "90"}
    store = facts(
        tmp_path, vocabulary, {"employer": [window, {**FIRM, "employer_id": "E2"}], "employment": [JOB, OTHER]}
    )
    made, _ = find_contradictions(store, vocabulary, CITY, as_of=TODAY, only_tables={"employment"})
    assert [one.count for one in made if one.rule == "employment_two_at_once"] == [0]


def test_two_jobs_registered_on_one_day_are_a_declared_second_job(tmp_path, vocabulary):
    jobs = [JOB, {**OTHER, "hired_on": HIRED}]
    store = facts(tmp_path, vocabulary, {"employer": USUAL["employer"], "employment": jobs})
    made, _ = find_contradictions(store, vocabulary, CITY, as_of=TODAY, only_tables={"employment"})
    assert [one.count for one in made if one.rule == "employment_two_at_once"] == [0]
