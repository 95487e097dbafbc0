"""Another city, with names of its own for everything, is written with no change in Python."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
from tests.synthetic.extracts.made import rows_of

from jixiang.imports.kind_reader import read_kinds
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.synthetic.extracts.identities import give_identities
from jixiang.synthetic.extracts.write import write_extracts
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.resident_id import ResidentId

TINY = Path(__file__).resolve().parents[2] / "cities" / "tiny"
IDENTITIES = """
area = "329999"
bank = "990099"
[person]
table = "fisher"
birth = "{birth}"
[names]
surnames = [["王", 1], ["李", 1]]
strangers = ["欧阳"]
given = "海波平安顺"
single = 0.2
"""


def test_its_people_get_numbers_and_its_files_their_own_headings(tmp_path: Path):
    city = tmp_path / "city"
    shutil.copytree(TINY, city)
    vocabulary, _ = read_vocabulary(city / "vocabulary.md")
    kinds, problems = read_kinds(city, vocabulary)
    assert not problems
    kind = kinds["fishers"]
    table = kind.main.table
    birth = next(column for column, type_ in table.columns.items() if type_.kind == "date")
    flag = next(column for column, type_ in table.columns.items() if type_.kind == "bool")
    text = IDENTITIES.format(birth=birth).replace('"fisher"', f'"{table.name}"')
    (city / "identities.toml").write_text(text)
    rows = [
        {table.key[0]: f"F{n}", birth: date(1970 + n, 5, 1), flag: bool(n % 2), "recorded_at": datetime(2020, 1, 1)}
        | {"source": "渔政", "source_row": n, "retracted": False}
        for n in range(9)
    ]
    FactStore(tmp_path / "facts").append(fact_tables(vocabulary)[table.name], pa.Table.from_pylist(rows, table.schema))
    planted = write_extracts(
        tmp_path / "facts",
        tmp_path / "out",
        city,
        extracted=date(2020, 6, 30),
        since=None,
        seed=1,
        faults=False,
        progress=lambda what, done: None,
    )
    assert not planted.problems
    numbers = give_identities(tmp_path / "facts", city, 1).by_key()
    layouts = {layout.name: layout for layout in kind.layouts}
    found = {}
    for file in planted.files:
        layout = layouts[file.layout]
        for _, cells in rows_of(tmp_path / "out" / file.file, layout):
            found[cells[layout.headings["身份证号"]]] = cells[layout.headings["姓名"]]
    assert set(found) == set(numbers.values()) and all(found.values())
    assert {ResidentId(number).birth_date for number in found} == {date(1970 + n, 5, 1) for n in range(9)}
    assert sum(file.rows for file in planted.files) == len(rows)
