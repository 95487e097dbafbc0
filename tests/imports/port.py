"""The harbour's files, written as its sources write them, and homes that take them in: the real vault, the real import.

Its people do not exist. What is compared between homes (`state`) never depends on when or whence something came.
"""

from __future__ import annotations

import csv
import io
import itertools
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.vault.cast import contents

from jixiang.imports.act import CityFiles, Imported, Order, import_files
from jixiang.imports.desk_act import Decided, Desk
from jixiang.imports.home import Home
from jixiang.imports.kinds import Kind
from jixiang.imports.ledger import Ledger
from jixiang.imports.publish import Reached, nobody
from jixiang.operations.home import city_imports
from jixiang.tables.schema import META, fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.resident_id import synthetic
from jixiang.vault.keys import create_ring, load_ring
from jixiang.vault.store import Vault

CITY = Path(__file__).parents[1] / "cities" / "tiny"
BIRTH = date(1980, 2, 1)
NOON = datetime(2021, 8, 1, 12)
JUNE, JULY = date(2021, 6, 30), date(2021, 7, 31)
HEADINGS = {
    "fishers": ("sfzhm", "xm", "btzh", "csrq", "hj", "yz", "yzrq"),
    "vessels": ("船名", "所有人证件号", "所有人", "作业方式", "建成日期", "报废日期", "主机功率", "检验日期"),
    "voyages": ("cmh", "czsfzh", "yf", "hc", "yfje", "yk", "sg", "dj"),
    "crew": ("船员证件号", "船员", "所在船", "出海月份", "排序"),
    "harbour": ("zs", "q", "至"),
}
ENCODINGS = {"fishers": "gbk", "voyages": "gb18030"}
Row = Sequence[Any]
counter = itertools.count(1)


def number(n: int, born: date = BIRTH) -> str:
    return synthetic(born, n).text


def fisher(n: str, name: str, account: str = "", born: str = "1980.02.01", local: str = "本港", *licence: str) -> Row:
    return (n, name, account, born, local, *(licence or ("", "")))


def vessel(title: str, owner: str, name: str, kind: str = "拖", power: int = 90, since: str = "2020年1月1日") -> Row:
    return (title, owner, name, kind, "2019年5月1日", "", power, since)


def voyage(title: str, captain: str, month: int, trips: object = 4, fuel: object = 5000) -> Row:
    return (title, captain, f"2021/{month}", trips, fuel, -100, "Y", "2")


def sailor(n: str, name: str, title: str, month: int, position: int = 1) -> Row:
    return (n, name, title, f"2021年{month}月", position)


def csv_text(kind: str, rows: Iterable[Row]) -> bytes:
    """As the source writes it: its encoding, its delimiter."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="|" if kind == "fishers" else ",", lineterminator="\r\n")
    writer.writerows([HEADINGS[kind], *rows])
    return text.getvalue().encode(ENCODINGS.get(kind, "utf-8"))


@cache
def city() -> CityFiles:
    return city_imports(CITY).files


@cache
def kinds() -> dict[str, Kind]:
    return city_imports(CITY).kinds


@cache
def empty() -> Path:
    """A home that nothing has come to yet; copied, because making keys and tables takes a while."""
    folder = Path(tempfile.mkdtemp(prefix="port-"))
    home = Home(folder)
    home.create()
    Vault.create(home.vault, create_ring(home.ring, created=JUNE)).close()
    return folder


@dataclass(frozen=True)
class Port:
    """A home, and beside it the folder of the files that came."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> Port:
        shutil.copytree(empty(), folder / "home")
        return cls(folder)

    def copy(self, folder: Path) -> Port:
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Port(folder)

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    def vault(self) -> Vault:
        """That does not wait for the disk: what is on it is the same."""
        vault = Vault.open(self.home.vault, load_ring(self.home.ring))
        vault.connection.execute("PRAGMA synchronous = OFF")
        return vault

    def file(self, kind: str, *rows: Row, name: str = "") -> Path:
        path = self.folder / "sent" / (name or f"{kind}-{next(counter)}.csv")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(csv_text(kind, rows))
        return path

    def bring(
        self, kind: str, *given: Row | Path, day: date = JUNE, confirmed: bool = True, reached: Reached = nobody
    ) -> Imported:
        """One act of files, or of rows that are one file. `confirmed`: nobody need be asked."""
        files = tuple(one for one in given if isinstance(one, Path))
        files = files or (self.file(kind, *given),)  # type: ignore[arg-type]
        order = Order(
            kind=kinds()[kind], files=files, extracted=day, received=NOON, returned=self.folder / "returned",
            confirmed=confirmed, check=False,
        )  # fmt: skip
        with self.vault() as vault:
            return import_files(self.home, vault, city(), order, progress=lambda what, done: None, reached=reached)

    def decide(self, case: int, verdict: str, reached: Reached = nobody) -> Decided:
        with self.vault() as vault:
            desk = Desk(
                home=self.home, vault=vault, vocabulary=city().vocabulary, identity=city().identity, reached=reached
            )
            return desk.decide(case, verdict, by="李审核", at=NOON, note="已核对")  # type: ignore[arg-type]

    def undo(self, case: int) -> Decided:
        with self.vault() as vault:
            desk = Desk(home=self.home, vault=vault, vocabulary=city().vocabulary, identity=city().identity)
            return desk.undo(case, by="李审核", at=NOON, note="看错了")

    # What is known ----------------------------------------------------------------------------------------------

    def versions(self, table: str) -> list[dict[str, Any]]:
        found = FactStore(self.home.facts).read(table)
        return [] if found is None else found.to_pylist()

    def known(self, table: str) -> set[tuple[Any, ...]]:
        """The newest row of each key, without where and when it came from; what is retracted is not there."""
        shape = fact_tables(city().vocabulary)[table]
        newest: dict[Any, dict[str, Any]] = {}
        for row in sorted(self.versions(table), key=lambda row: (row["recorded_at"], row["source_row"], row["source"])):
            newest[tuple(row[name] for name in shape.key)] = row
        names = [name for name in shape.schema.names if name not in META.names]
        return {tuple(row[name] for name in names) for row in newest.values() if not row["retracted"]}

    def facts(self) -> dict[str, set[tuple[Any, ...]]]:
        return {name: found for name in fact_tables(city().vocabulary) if (found := self.known(name))}

    def people(self) -> Any:
        with self.vault() as vault:
            return contents(vault)

    def state(self) -> Any:
        return self.facts(), self.people()

    def ledger(self) -> list[Any]:
        with closing(self.vault()) as vault:
            return list(Ledger(vault.connection).acts())


def heard(imported: Imported) -> dict[int, tuple[str, ...]]:
    """Line → why its row was refused, of an act of one file."""
    (found,) = imported.refused.values()
    return dict(found)
