"""What becomes of the rows of one import, case by case; `test_settle_order` asks that it be so in any order."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.parquet
import pytest
from tests.imports.settling import BY_EXTRACT, FACTS, FILE, MAIN, TABLES, City, Line, heard, kind

from jixiang.imports.persons_of_rows import resolve
from jixiang.imports.settle import Counts
from jixiang.imports.settle_rows import RowSet

A, B = Line(), Line("PB")
OTHER = replace(A, paid=200)


@pytest.fixture
def city(tmp_path):
    return City(tmp_path, kind())


def paid(city):
    return {(row[1], row[3]): row[4] for row in city.known("payment")}


# One import ------------------------------------------------------------------------------------------------------


def test_it_appends_what_is_new_with_when_it_came_and_from_where(city):
    settlement = city.bring(5, [A, B])
    assert settlement.counts["payment"] == Counts(new=2)
    first, second = city.versions("payment")
    assert (first["source"], first["source_row"], first["retracted"]) == ("社保@2021-01-05", FILE + 1, False)
    assert (first["payment_id"], second["source_row"]) == ("PA/F1/202101", FILE + 2)
    assert heard(settlement) == {}


def test_it_counts_a_repeated_row_once_and_ignores_the_others(city):
    settlement = city.bring(1, [A, B, A, A])
    assert heard(settlement) == {"row-duplicate": [3, 4]}
    assert settlement.counts["payment"] == Counts(new=2)
    assert [row["source_row"] % FILE for row in city.versions("payment")] == [1, 2]


def test_it_refuses_all_rows_of_a_key_that_do_not_agree_and_withholds_the_key(city):
    settlement = city.bring(1, [A, B, OTHER, A])
    assert heard(settlement) == {"row-conflict": [1, 3, 4]}
    assert settlement.counts["payment"] == Counts(new=1, withheld=1)
    assert paid(city) == {("PB", 202101): 100}


def test_it_does_not_ignore_a_row_that_repeats_the_main_fact_and_says_something_else_besides(city):
    settlement = city.bring(1, [A, replace(A, grade="A"), replace(A, grade="B", since=2), replace(A, grade="A")])
    assert heard(settlement) == {"row-duplicate": [4]}
    assert settlement.counts["employer_grade"] == Counts(new=2)


def test_it_lets_many_rows_repeat_a_fact_that_is_not_the_main_one(city):
    settlement = city.bring(1, [replace(A, title="甲"), replace(B, title="甲")])
    assert heard(settlement) == {}
    assert settlement.counts["employer"] == Counts(new=1)


def test_it_refuses_every_row_that_states_a_fact_differently_but_keeps_what_is_not_in_doubt(city):
    settlement = city.bring(1, [replace(A, title="甲"), replace(B, title="乙"), Line("PC", "F2", title="丙")])
    assert heard(settlement) == {"row-conflict": [1, 2]}
    assert city.known("employer") == {("F2", "丙")}
    assert len(paid(city)) == 3


def test_it_finds_a_conflict_over_what_the_rows_are_ordered_by(tmp_path):
    whose = replace(MAIN, key=(MAIN.key[1],))  # a key without the person
    settlement = City(tmp_path, kind(facts=[whose])).bring(1, [A, B])
    assert heard(settlement) == {"row-conflict": [1, 2]}


# Against what is known -------------------------------------------------------------------------------------------


def test_it_appends_what_changed_and_confirms_what_did_not(city):
    city.bring(1, [A, B])
    assert city.bring(2, [OTHER, B]).counts["payment"] == Counts(changed=1, confirmed=1)
    assert paid(city) == {("PA", 202101): 200, ("PB", 202101): 100}


def test_it_ignores_what_a_newer_extract_has_said(city):
    city.bring(2, [A])
    settlement = city.bring(1, [OTHER, B])
    assert heard(settlement) == {"row-older": [1]}
    assert settlement.counts["payment"] == Counts(new=1, older=1)


def test_it_writes_nothing_when_the_same_comes_again(city):
    city.bring(1, [A, B])
    assert city.bring(1, [B, A]).counts["payment"] == Counts(unchanged=2)
    assert len(city.versions("payment")) == 2


def test_it_withholds_what_two_imports_of_one_extract_state_differently(city):
    city.bring(1, [A, B])
    settlement = city.bring(1, [OTHER])
    assert heard(settlement) == {"row-withheld": [1]}
    assert settlement.counts["payment"] == Counts(withheld=1)
    assert heard(city.bring(1, [A])) == {"row-withheld": [1]}
    assert paid(city) == {("PB", 202101): 100}
    assert city.bring(2, [A]).counts["payment"] == Counts(new=1)


def test_it_compares_with_facts_that_came_without_a_day(city):
    (city.folder / "facts").mkdir()
    city.bring(1, [A])
    path = next((city.folder / "facts" / "payment").iterdir())
    table = pa.parquet.read_table(path)
    pa.parquet.write_table(table.set_column(table.schema.get_field_index("source"), "source", pa.array(["示例"])), path)
    assert city.bring(1, [OTHER]).counts["payment"] == Counts(changed=1)


def test_it_takes_the_larger_name_where_two_sources_say_something_of_one_day(tmp_path):
    known = []
    for n, order in enumerate([("甲局", "乙局"), ("乙局", "甲局")]):
        city = City(tmp_path / str(n), kind())
        for source in order:
            city.bring(1, [A if source == "甲局" else OTHER], source=source)
        known.append(paid(city))
    assert known[0] == known[1] == {("PA", 202101): 100}


def test_it_sees_rows_of_a_merged_number_as_their_file_stated_them(city):
    city.bring(1, [A, B])
    for path in (city.folder / "facts" / "payment").iterdir():
        stored = resolve(pa.parquet.read_table(path), TABLES["payment"], "人员", {"PA": "PB"})
        assert stored["person_id"].to_pylist() == ["PB", "PB"]
        pa.parquet.write_table(stored, path)
    assert city.bring(1, [A, B]).counts["payment"] == Counts(unchanged=2)


# What an extract leaves out --------------------------------------------------------------------------------------


def test_everything_takes_back_what_it_lacks_and_says_so_in_no_row_of_a_file(tmp_path):
    city = City(tmp_path, kind("everything"))
    city.bring(1, [A, B])
    assert city.bring(2, [B]).counts["payment"] == Counts(unchanged=1, retracted=1)
    last = city.versions("payment")[-1]
    assert (last["person_id"], last["retracted"], last["source_row"]) == ("PA", True, 2 * FILE)
    assert city.bring(3, []).counts["payment"] == Counts(retracted=1)


def test_everything_in_two_imports_takes_back_nothing_that_either_has(tmp_path):
    city = City(tmp_path, kind("everything"))
    city.bring(1, [A, B])
    city.bring(2, [A])
    assert city.bring(2, [B]).counts["payment"] == Counts(new=1)
    assert len(paid(city)) == 2


def test_everything_ignores_an_extract_older_than_the_newest(tmp_path):
    city = City(tmp_path, kind("everything"))
    city.bring(2, [A])
    assert heard(city.bring(1, [A, B])) == {"row-older": [1, 2]}


def test_everything_in_two_imports_withholds_what_the_second_states_differently(tmp_path):
    city = City(tmp_path, kind("everything"))
    city.bring(1, [A, B])
    city.bring(2, [A, B])
    assert heard(city.bring(2, [OTHER])) == {"row-withheld": [1]}
    assert paid(city) == {("PB", 202101): 100}


@pytest.mark.parametrize("late", [[], [A, OTHER]])
def test_everything_keeps_what_the_newest_extract_repeated_when_an_older_one_comes_late(tmp_path, late):
    city = City(tmp_path, kind("everything"))
    city.bring(1, [A])
    city.bring(3, [A])
    settlement = city.bring(2, late)
    assert settlement.counts["payment"] == Counts()
    assert heard(settlement) == ({"row-conflict": [1, 2]} if late else {})
    assert paid(city) == {("PA", 202101): 100}


def test_scope_takes_back_only_within_the_months_it_has(tmp_path):
    city = City(tmp_path, kind("scope"))
    february = replace(A, month=202102)
    city.bring(1, [A, B, february])
    settlement = city.bring(2, [B])
    assert settlement.counts["payment"] == Counts(unchanged=1, retracted=1)
    assert settlement.scope == frozenset({(202101,)})
    assert set(paid(city)) == {("PB", 202101), ("PA", 202102)}


def test_scope_must_be_part_of_the_key(tmp_path):
    loose = replace(MAIN, key=MAIN.key[:2])
    with pytest.raises(ValueError, match="month"):
        City(tmp_path, kind("scope", [loose])).bring(1, [A])


def test_other_sources_keep_what_an_extract_lacks(tmp_path):
    city = City(tmp_path, kind("everything"))
    city.bring(1, [A], source="别处")
    assert city.bring(2, [B]).counts["payment"] == Counts(new=1)


def test_histories_of_an_extract_that_says_everything_stay(tmp_path):
    city = City(tmp_path, kind("everything"))
    city.bring(1, [replace(A, grade="A")])
    city.bring(2, [A])
    assert city.known("employer_grade") == {("F1", "A", date(2021, 1, 1), None)}


# In pieces -------------------------------------------------------------------------------------------------------


def test_it_comes_to_the_same_in_many_buckets(tmp_path):
    people = [f"P{first}{second}" for first in "27AKZ" for second in "2AQZ"]
    lines = [Line(person, firm) for person in people for firm in ("F1", "F2")]
    again = [replace(line, paid=200) if n % 3 else line for n, line in enumerate(lines)][2:]
    known = []
    for name, sizes in (("whole", {}), ("split", {"held": 7, "bucket": 5})):
        city = City(tmp_path / name, kind("everything"), **sizes)
        city.bring(1, lines[:30] + lines[:3])
        city.bring(1, lines[30:])
        assert city.bring(2, again).counts["payment"].retracted == 2
        known.append(city.all_known())
        for path in sorted((city.folder / "facts" / "payment").iterdir()):
            keys = pa.parquet.read_table(path)["payment_id"].to_pylist()
            assert keys == sorted(keys)
    assert known[0] == known[1]


def test_a_history_by_the_day_of_the_extract_keeps_a_row_for_each(tmp_path):
    city = City(tmp_path, kind(facts=[*FACTS[:1], BY_EXTRACT]))
    for day, grade in ((2, "B"), (1, "A")):
        city.bring(day, [replace(A, grade=grade)])
    assert {row[1:3] for row in city.known("person_district")} == {("A", date(2021, 1, 1)), ("B", date(2021, 1, 2))}


def test_a_set_of_rows_is_counted_by_file():
    rows, others = RowSet(), RowSet()
    rows.add(pa.array([FILE + 3, 2 * FILE + 1, FILE + 9]).to_numpy())
    others.add(pa.array([FILE + 9, 3 * FILE + 1]).to_numpy())
    rows -= others
    assert rows.by_file() == {1: 1, 2: 1}
    assert rows.rows().tolist() == [FILE + 3, 2 * FILE + 1]
    assert len(rows) == 2
