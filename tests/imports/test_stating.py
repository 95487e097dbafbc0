"""Typed columns become facts: keys made from the row's own cells, and nothing stated that is not there."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from jixiang.imports.kinds import Cell, Column, Constant, Extracted, Fact, Key, Kind, Person, Sum
from jixiang.imports.stating import state, state_all
from jixiang.language.types import BOOL, DATE, MONEY, MONTH, NUMBER, TEXT, code, ref
from jixiang.language.vocabulary import Attribute, Entity, Vocabulary
from jixiang.tables.schema import fact_tables

PERSON = Entity(
    "人员",
    "person",
    "人员编号",
    "",
    (),
    {
        "出生日期": Attribute("出生日期", "birth_date", DATE),
        "区县": Attribute("区县", "district", code("区县"), varies=True),
    },
)
CLASS = Entity("班级", "class", "班级编号", "", (), {"课程": Attribute("课程", "course", TEXT)})
TRAINING = Entity(
    "培训",
    "training",
    "培训编号",
    "",
    (),
    {
        "学员": Attribute("学员", "person_id", ref("人员"), required=True),
        "班级": Attribute("班级", "class_id", ref("班级")),
        "费用": Attribute("费用", "fee", MONEY),
        "方式": Attribute("方式", "mode", code("方式")),
        "合格": Attribute("合格", "passed", BOOL),
        "核对日": Attribute("核对日", "checked_on", DATE),
        "课时": Attribute("课时", "hours", NUMBER),
    },
)
TABLES = fact_tables(Vocabulary("小城", {"人员": PERSON, "班级": CLASS, "培训": TRAINING}, {}))
TYPES = {
    "号码": TEXT, "班号": TEXT, "届": NUMBER, "学费": MONEY, "书费": MONEY, "开班": DATE, "月": MONTH, "合格": BOOL,
    "课时": NUMBER, "区": code("区县"), "生日": DATE,
}  # fmt: skip
COLUMNS = {name: Column(name, type_, "number" if name == "号码" else "value") for name, type_ in TYPES.items()}
TRAIN = Fact(
    TRAINING,
    TABLES["training"],
    {
        "person_id": Person("号码"),
        "class_id": Key(("班号", "届")),
        "fee": Sum(("学费", "书费")),
        "mode": Constant("2"),
        "passed": Cell("合格"),
        "checked_on": Extracted(),
        "hours": Cell("课时"),
    },
    (Person("号码"), Cell("开班"), Cell("月")),
    main=True,
)
DAY = date(2021, 6, 30)
FULL = {
    "号码": "PA", "班号": "甲", "届": 3, "学费": 100, "书费": 20, "开班": date(2021, 3, 1), "月": 202103, "合格": True,
    "课时": 40, "区": "01", "生日": date(1990, 1, 1),
}  # fmt: skip
STORED = {
    "text": pa.string(), "code": pa.string(), "number": pa.int64(), "money": pa.int64(), "date": pa.date32(),
    "month": pa.int32(), "bool": pa.bool_(),
}  # fmt: skip


def kind(*facts):
    return Kind("trainings", "培训", "培训", COLUMNS, facts, ())


def stated(fact, *rows, person=None):
    """The table and the marks of one fact, over rows that differ from a full one as given."""
    columns, persons, numbers = given(*rows, person=person)
    return state(kind(fact), fact, columns, persons, numbers, extracted=DAY)


def given(*rows, person=None):
    full = [FULL | row for row in rows]
    columns = {
        name: pa.array([row[name] for row in full], STORED[type_.kind])
        for name, type_ in TYPES.items()
        if name != "号码"
    }
    own = pa.array([row["号码"] for row in full], pa.string())
    resolved = own if person is None else pa.array([person] * len(full))
    return columns, {"号码": (own, resolved)}, pa.array(range(1, len(full) + 1), pa.int64())


def keyed(*key, **cells):
    return replace(TRAIN, key=key or TRAIN.key, cells={**TRAIN.cells, **cells})


def keys(fact, *rows):
    return stated(fact, *rows)[0]["training_id"].to_pylist()


def test_it_states_every_kind_of_source():
    table, marks = stated(TRAIN, {})
    assert marks == ()
    assert table.to_pylist() == [
        {
            "training_id": "PA/2021-03-01/202103",
            "person_id": "PA",
            "class_id": "甲/3",
            "fee": 120,
            "mode": "2",
            "passed": True,
            "checked_on": DAY,
            "hours": 40,
            "_row": 1,
        }
    ]


def test_keys_hold_the_own_key_of_a_number_and_references_the_person():
    table, _ = stated(TRAIN, {}, person="PZ")
    assert table.select(["training_id", "person_id"]).to_pylist() == [
        {"training_id": "PA/2021-03-01/202103", "person_id": "PZ"}
    ]


def test_a_person_is_known_by_the_own_key():
    fact = Fact(PERSON, TABLES["person"], {"birth_date": Cell("生日")}, (Person("号码"),))
    table, _ = stated(fact, {}, person="PZ")
    assert table["person_id"].to_pylist() == ["PA"]


def test_a_reference_is_the_same_text_as_the_key_it_refers_to():
    fact = Fact(CLASS, TABLES["class"], {"course": Cell("班号")}, (Cell("班号"), Cell("届")))
    rows = [{"班号": "甲/乙\\"}, {"班号": " 甲 "}, {"班号": "\uff21"}]  # a letter of full width, a space
    own = stated(fact, *rows)[0]["class_id"].to_pylist()
    assert own == stated(TRAIN, *rows)[0]["class_id"].to_pylist() == ["甲\\/乙\\\\/3", "甲/3", "A/3"]


def test_parts_of_a_key_cannot_run_together():
    fact = keyed(Cell("班号"), Key(("班号",)))
    assert len({*keys(fact, {"班号": "a/a"}, {"班号": "a"}, {"班号": "a\\"})}) == 3


def test_every_type_of_part_has_its_text():
    fact = keyed(
        Person("号码"), Cell("合格"), Cell("课时"), Cell("区"), Extracted(), Constant("a/b"), Sum(("学费", "书费"))
    )
    assert keys(fact, {}, {"合格": False}) == ["PA/1/40/01/2021-06-30/a\\/b/120", "PA/0/40/01/2021-06-30/a\\/b/120"]


def test_amounts_that_are_all_empty_add_up_to_nothing():
    table, _ = stated(TRAIN, {"学费": None}, {"学费": None, "书费": None})
    assert table["fee"].to_pylist() == [20, None]


def test_a_reference_of_which_all_is_empty_is_empty():
    table, marks = stated(TRAIN, {"班号": None, "届": None})
    assert (table["class_id"].to_pylist(), marks) == ([None], ())


def test_a_reference_of_which_some_is_empty_refuses_the_row():
    table, (mark,) = stated(TRAIN, {}, {"班号": None}, {"届": None})
    assert table["_row"].to_pylist() == [1]
    assert (mark.code, mark.rows.tolist()) == ("key-partial", [1, 2])


def test_a_key_must_be_whole():
    table, (mark,) = stated(TRAIN, {"月": None}, {"号码": None}, {})
    assert table["_row"].to_pylist() == [3]
    assert (mark.code, mark.rows.tolist()) == ("key-partial", [0, 1])


def test_a_required_cell_must_not_be_empty():
    fact = replace(TRAIN, key=(Cell("班号"),))
    table, (mark,) = stated(fact, {"号码": None}, {})
    assert table["_row"].to_pylist() == [2]
    assert (mark.code, mark.column, mark.rows.tolist()) == ("cell-required", "号码", [0])


def test_it_states_nothing_where_a_column_is_empty():
    fact = replace(TRAIN, when="课时")
    table, marks = stated(fact, {"课时": None, "月": None}, {})
    assert (table["_row"].to_pylist(), marks) == ([2], ())
    assert stated(replace(TRAIN, when="号码"), {"号码": None}, {})[0]["_row"].to_pylist() == [2]


def test_a_history_has_the_key_of_its_entity_and_its_first_day():
    cells = {"district": Cell("区"), "valid_from": Extracted()}
    fact = Fact(PERSON, TABLES["person_district"], cells, (Person("号码"),))
    assert stated(fact, {})[0].to_pylist() == [
        {"person_id": "PA", "district": "01", "valid_from": DAY, "valid_to": None, "_row": 1}
    ]
    _, (mark,) = stated(replace(fact, cells={**cells, "valid_from": Cell("开班")}), {"开班": None})
    assert (mark.code, mark.column) == ("cell-required", "开班")


def test_a_row_that_one_fact_refuses_states_nothing():
    fact = Fact(CLASS, TABLES["class"], {}, (Cell("班号"),))
    columns, persons, rows = given({}, {"月": None})
    found = state_all(kind(TRAIN, fact), columns, persons, rows, extracted=DAY)
    assert [table["_row"].to_pylist() for table in found.tables] == [[1], [1]]
    assert [mark.code for mark in found.marks] == ["key-partial"]


@pytest.mark.parametrize("packed", ["chunked", "dictionary"])
def test_it_takes_columns_however_they_are_packed(packed):
    columns, persons, rows = given({}, {"班号": "乙"})
    plain = state(kind(TRAIN), TRAIN, columns, persons, rows, extracted=DAY)[0]
    if packed == "chunked":
        columns = {name: pa.chunked_array([array[:1], array[1:]]) for name, array in columns.items()}
    else:
        columns = {name: array.dictionary_encode() for name, array in columns.items()}
    assert state(kind(TRAIN), TRAIN, columns, persons, rows, extracted=DAY)[0].equals(plain)


def test_no_rows_state_nothing():
    table, marks = stated(TRAIN)
    assert (table.num_rows, marks) == (0, ())
