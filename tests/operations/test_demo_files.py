"""The demonstration's way of facts, at its smallest: a city written as extracts, imported, and compared with itself."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import sqlglot

from jixiang.engines.duckdb import DuckDB
from jixiang.imports.home import Home
from jixiang.imports.quality_known import offer_known
from jixiang.operations import vault
from jixiang.operations.demo_files import Checked, Rehearsal
from jixiang.operations.home import city_imports
from jixiang.synthetic.city import make_city
from jixiang.synthetic.extracts.write import write_extracts
from jixiang.tables.store import FactStore

CITY = Path("cities/wuxi")
DAY = date(2021, 6, 30)


def silent(what: str, done: float) -> None: ...


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    folder = tmp_path_factory.mktemp("demo")
    assert make_city(folder / "truth", 0.0008, 3, CITY, silent) == []
    planted = write_extracts(
        folder / "truth", folder / "extracts", CITY, extracted=DAY, seed=3, faults=True, each=1, progress=silent
    )
    assert planted.problems == ()
    home = Home(folder / "home")
    vault.create(home)
    imports = city_imports(CITY)
    return Rehearsal(
        city=imports, home=home, folder=folder / "extracts", planted=planted, received=datetime(2021, 6, 30, 20)
    )


@pytest.fixture(scope="module")
def imported(rehearsal: Rehearsal) -> list[Checked]:
    return list(rehearsal.run(silent))


def test_every_planted_fault_is_reported_and_no_other(rehearsal: Rehearsal, imported: list[Checked]) -> None:
    assert [line for checked in imported for line in checked.differences] == []
    assert sum(checked.planted for checked in imported) > 400
    codes = Counter(code for one in rehearsal.planted.expected for code in one.codes)
    assert {
        "number-check",
        "number-cell",
        "row-ragged",
        "row-conflict",
        "person-two-names",
        "cell-formula",
    } <= codes.keys()


def test_files_that_must_not_be_taken_are_refused_for_what_is_wrong_with_them(
    rehearsal: Rehearsal, imported: list[Checked]
) -> None:
    found = list(rehearsal.refuse())
    assert [difference for _, _, difference in found if difference] == []
    assert len(found) >= 15


def test_what_was_written_as_files_is_known_again(rehearsal: Rehearsal, imported: list[Checked]) -> None:
    """Rows without their keys, which are made anew: all of the truth but what no file can say, and what was planted on top.

    A row that another one contradicts still states its other facts, which nobody contradicts.
    """
    truth, now = known(rehearsal, rehearsal.folder.parent / "truth"), known(rehearsal, rehearsal.home.facts)
    differences = {}
    for code, kind in rehearsal.city.kinds.items():
        table = kind.main.table.name
        lost, more = (truth[table] - now[table]).total(), (now[table] - truth[table]).total()
        expected = sum(rehearsal.planted.left_out[code].values()), on_top(rehearsal, table)
        if (lost, more) != expected:
            differences[code] = (lost, more), expected
    assert differences == {}


def on_top(rehearsal: Rehearsal, table: str) -> int:
    """Rows of a table that only planted rows have stated."""
    kind_of = {file.file: file.kind for file in rehearsal.planted.files}
    planted = Counter((kind_of.get(one.file), code) for one in rehearsal.planted.expected for code in one.codes)
    found = 0
    for code, kind in rehearsal.city.kinds.items():
        if any(fact.table.name == table for fact in kind.facts):
            found += planted[code, "person-two-numbers"]
            found += 0 if kind.main.table.name == table else planted[code, "row-conflict"] // 2
    return found


def known(rehearsal: Rehearsal, facts: Path) -> dict[str, Counter[tuple[object, ...]]]:
    """Table → its rows as known that day, without keys and references."""
    found = {}
    tables = {kind.main.table.name: kind.main.table for kind in rehearsal.city.kinds.values()}
    with DuckDB() as engine:
        offer_known(engine, FactStore(facts), list(tables.values()), DAY)
        for name, table in tables.items():
            told = [c for c, type_ in table.columns.items() if type_.kind != "ref" and c != table.key[0]]
            rows: pa.Table = engine.fetch(
                sqlglot.exp.select(*(sqlglot.exp.column(c, quoted=True) for c in told)).from_(name)
            )
            found[name] = Counter(zip(*(rows[column].to_pylist() for column in rows.column_names), strict=True))
    return found
