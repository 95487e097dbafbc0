"""A home with two acts: the first brings in two tables, the second adds to them and begins two more."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.tables.small import VOCABULARY, paid, rows, table

from jixiang.imports.home import Home
from jixiang.imports.ledger import Act, ReceivedFile
from jixiang.imports.publish import Addition, acting, nobody, publish
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore

FIRST = {
    "contribution": rows("contribution", paid("P1/1", "P1", 202101), paid("P2/1", "P2", 202101)),
    "person": rows("person", {"person_id": "P1"}, {"person_id": "P2"}),
}
SECOND = {
    "contribution": rows("contribution", paid("P1/2", "P1", 202102), paid("P3/2", "P3", 202102)),
    "cutoff": rows("cutoff", {"entity": "contribution", "covers_until": date(2021, 2, 28)}),
    "person": rows("person", {"person_id": "P3"}),
    "person_district": rows("person_district", {"person_id": "P3", "valid_from": date(2021, 1, 1), "district": "01"}),
}


class SmallVault:
    """What stands for the vault here: one table beside the ledger."""

    def __init__(self, home: Home) -> None:
        self.connection = sqlite3.connect(home.vault, isolation_level=None, timeout=0)
        self.connection.execute("CREATE TABLE IF NOT EXISTS number (own TEXT PRIMARY KEY)")

    @contextmanager
    def act(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise


@contextmanager
def vault_of(home: Home) -> Iterator[SmallVault]:
    vault = SmallVault(home)
    try:
        yield vault
    finally:
        vault.connection.close()


def bring_in(home: Home, number: int, facts: dict[str, pa.Table], reached: Callable[[str], None] = nobody) -> None:
    """An act as an import does it: a file that is known brings nothing."""
    sha256 = f"{number:064}"
    home.create()
    with vault_of(home) as vault, acting(home, vault, reached=reached) as ledger:
        if ledger.file_known("缴费", date(2021, 6, 30), sha256):
            return
        home.staging.mkdir()
        (home.staging / "bucket").write_text("half done")
        for person in facts["person"]["person_id"].to_pylist():
            vault.connection.execute("INSERT INTO number VALUES (?)", (person,))
        reached("persons matched")
        file = ReceivedFile(number, f"{number}.csv", "", sha256, 9, 2, 2, 0, 0)
        act = Act("import", datetime(2021, 7, number), "缴费", date(2021, 6, 30), files=(file,))
        additions = [Addition(table(name), [[given.slice(0, 1)], [given.slice(1)]]) for name, given in facts.items()]
        publish(home, ledger, act, additions, reached=reached)


def die_at(home: Home, turn: int) -> None:
    """The second act, killed at one of its points, counted from 0."""
    count = iter(range(1000))

    def reached(point: str) -> None:
        if next(count) == turn:
            os.kill(os.getpid(), signal.SIGKILL)

    bring_in(home, 2, SECOND, reached)


def seen(home: Home) -> dict[str, Any]:
    """What a reader of the fact folder alone sees: the data files of every table, and the rows in them."""
    store = FactStore(home.facts)
    tables = fact_tables(VOCABULARY)
    return {name: (_files(store, name), store.read(name).to_pylist()) for name in tables if store.files(name)}


def _files(store: FactStore, table: str) -> dict[str, bytes]:
    return {Path(file).name: Path(file).read_bytes() for file in store.files(table)}


def left(home: Home) -> set[str]:
    """Every file in the home, the tables' logs and the databases' side files excepted."""
    kept = (path.relative_to(home.folder) for path in home.folder.rglob("*") if path.is_file())
    return {str(path) for path in kept if "_delta_log" not in path.parts and "sqlite-" not in path.name}
