"""A tiny kind with a main fact, a second one that many rows repeat and a history; and how an import of it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jixiang.imports.kinds import Cell, Column, Extracted, Fact, Key, Kind, Person, Shape
from jixiang.imports.settle import Authority, Coverage, Settlement, settle
from jixiang.imports.staging import Staging
from jixiang.imports.stating import state_all
from jixiang.language.types import DATE, MONEY, MONTH, TEXT, code, ref
from jixiang.language.vocabulary import Attribute, Entity, Vocabulary
from jixiang.tables.schema import META, fact_tables
from jixiang.tables.store import FactStore

FILE = 1_000_000_000

PERSON = Entity(
    "人员", "person", "人员编号", "", (), {"区县": Attribute("区县", "district", code("区县"), varies=True)}
)
EMPLOYER = Entity(
    "单位",
    "employer",
    "单位编号",
    "",
    (),
    {
        "名称": Attribute("名称", "title", TEXT),
        "等级": Attribute("等级", "grade", code("等级"), varies=True),
    },
)
PAYMENT = Entity(
    "缴费",
    "payment",
    "缴费编号",
    "",
    (),
    {
        "参保人": Attribute("参保人", "person_id", ref("人员"), required=True),
        "单位": Attribute("单位", "employer_id", ref("单位"), required=True),
        "所属期": Attribute("所属期", "month", MONTH, required=True),
        "金额": Attribute("金额", "paid", MONEY),
    },
)
TABLES = fact_tables(Vocabulary("小城", {"人员": PERSON, "单位": EMPLOYER, "缴费": PAYMENT}, {}))
COLUMNS = {
    "号码": Column("号码", TEXT, "number", required=True),
    "单位": Column("单位", TEXT, required=True),
    "所属期": Column("所属期", MONTH, required=True),
    "金额": Column("金额", MONEY),
    "名称": Column("名称", TEXT),
    "等级": Column("等级", code("等级")),
    "起": Column("起", DATE),
}
STORED = {"所属期": pa.int32(), "金额": pa.int64(), "起": pa.date32()}

MAIN = Fact(
    PAYMENT,
    TABLES["payment"],
    {"person_id": Person("号码"), "employer_id": Key(("单位",)), "month": Cell("所属期"), "paid": Cell("金额")},
    (Person("号码"), Key(("单位",)), Cell("所属期")),
    main=True,
)
FACTS = (
    MAIN,
    Fact(EMPLOYER, TABLES["employer"], {"title": Cell("名称")}, (Cell("单位"),), when="名称"),
    Fact(
        EMPLOYER,
        TABLES["employer_grade"],
        {"grade": Cell("等级"), "valid_from": Cell("起")},
        (Cell("单位"),),
        when="等级",
    ),
)
BY_EXTRACT = Fact(
    PERSON, TABLES["person_district"], {"district": Cell("等级"), "valid_from": Extracted()}, (Person("号码"),)
)


def kind(shape: Shape = "nothing", facts: Sequence[Fact] = FACTS, **more: Any) -> Kind:
    scope = ("month",) if shape == "scope" else ()
    return replace(Kind("payments", "缴费", "社保", COLUMNS, tuple(facts), (), shape, scope), **more)


@dataclass(frozen=True, order=True)
class Line:
    """One row of a file. `number` stands for a person: their own key."""

    number: str = "PA"
    firm: str = "F1"
    month: int = 202101
    paid: int | None = 100
    title: str | None = None
    grade: str | None = None
    since: int = 1

    def cell(self, column: str) -> Any:
        values = (self.number, self.firm, self.month, self.paid, self.title, self.grade, date(2021, 1, self.since))
        return dict(zip(COLUMNS, values, strict=True))[column]


class City:
    """Plain Parquet files as a store, and what the ledger would say of the imports before."""

    def __init__(self, folder: Path, kind: Kind, **staging: int) -> None:
        self.folder = folder
        self.kind = kind
        self.staging = staging
        self.files = 0
        self.acts: list[tuple[date, frozenset[tuple[Any, ...]]]] = []

    def store(self) -> FactStore:
        return FactStore(self.folder / "facts")

    def bring(self, day: int, lines: Iterable[Line], *, source: str | None = None) -> Settlement:
        """One import of one file, extracted on a day of January."""
        kind = self.kind if source is None else replace(self.kind, source=source)
        listed, extracted = list(lines), date(2021, 1, day)
        self.files += 1
        folder = self.folder / f"staging-{self.files}"
        folder.mkdir(parents=True)
        staging = Staging(folder, kind, **self.staging)
        self._stage(staging, kind, listed, extracted)
        settlement = settle(
            kind,
            staging,
            self.store(),
            extracted=extracted,
            received=datetime(2022, 1, 1),
            file=self.files,
            person="人员",
            authority=Authority(self._coverage(extracted, newer=True), self._coverage(extracted, newer=False)),
        )
        self._publish(settlement)
        self.acts.append((extracted, settlement.scope))
        return settlement

    def _stage(self, staging: Staging, kind: Kind, lines: list[Line], extracted: date) -> None:
        columns = {
            name: pa.array([line.cell(name) for line in lines], STORED.get(name, pa.string())) for name in COLUMNS
        }
        own = columns.pop("号码")
        rows = pa.array([self.files * FILE + n for n in range(1, len(lines) + 1)], pa.int64())
        stated = state_all(kind, columns, {"号码": (own, own)}, rows, extracted=extracted)
        for number, table in enumerate(stated.tables):
            staging.add(number, table)

    def _coverage(self, day: date, *, newer: bool) -> Coverage:
        scopes = [scope for other, scope in self.acts if (other > day if newer else other == day)]
        return Coverage(bool(scopes), frozenset().union(*scopes))

    def _publish(self, settlement: Settlement) -> None:
        for table in settlement.tables:
            for n, part in enumerate(settlement.parts(table.name)):
                path = self.folder / "facts" / table.name / f"{self.files:03d}-{n}.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(pa.concat_tables(part), path)

    def versions(self, table: str) -> list[dict[str, Any]]:
        found = self.store().read(table)
        return [] if found is None else found.to_pylist()

    def known(self, table: str) -> set[tuple[Any, ...]]:
        """The newest version of each key, without where and when it came from; what is retracted is not there."""
        newest: dict[Any, dict[str, Any]] = {}
        for row in sorted(self.versions(table), key=lambda row: (row["recorded_at"], row["source_row"], row["source"])):
            newest[tuple(row[name] for name in TABLES[table].key)] = row
        names = [name for name in TABLES[table].schema.names if name not in META.names]
        return {tuple(row[name] for name in names) for row in newest.values() if not row["retracted"]}

    def all_known(self) -> dict[str, set[tuple[Any, ...]]]:
        return {fact.table.name: self.known(fact.table.name) for fact in self.kind.facts}


def heard(settlement: Settlement) -> dict[str, list[int]]:
    """Code → the lines that hear it, of refused and of ignored rows."""
    return {
        code: [int(row) % FILE for row in rows.rows()]
        for code, rows in {**settlement.refused, **settlement.ignored}.items()
    }
