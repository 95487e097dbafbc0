"""A vocabulary of two entities, enough to have a key, a reference, a code, a history and a cutoff."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa

from jixiang.language.types import BOOL, DATE, MONEY, MONTH, NUMBER, code, ref
from jixiang.language.vocabulary import Attribute, Code, CodeList, Entity, Vocabulary
from jixiang.tables.schema import FactTable, fact_tables

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
CONTRIBUTION = Entity(
    "缴费",
    "contribution",
    "缴费编号",
    "",
    (),
    {
        "参保人": Attribute("参保人", "person_id", ref("人员"), required=True),
        "险种": Attribute("险种", "insurance", code("险种"), required=True),
        "所属期": Attribute("所属期", "month", MONTH),
        "实缴金额": Attribute("实缴金额", "paid", MONEY),
        "人数": Attribute("人数", "people", NUMBER),
        "已到账": Attribute("已到账", "settled", BOOL),
    },
    time="所属期",
)
CODES = {
    "区县": CodeList("区县", "district", (Code("01", "东区"), Code("02", "西区"))),
    "险种": CodeList("险种", "insurance", (Code("110", "养老保险"), Code("210", "失业保险"))),
}
VOCABULARY = Vocabulary("小城", {"人员": PERSON, "缴费": CONTRIBUTION}, CODES)


def table(name: str) -> FactTable:
    return fact_tables(VOCABULARY)[name]


def rows(name: str, *given: dict[str, Any]) -> pa.Table:
    """Rows of a fact table; what is not given is empty, recorded on 1 January 2021."""
    usual = {"recorded_at": datetime(2021, 1, 1), "source": "测试", "source_row": 1, "retracted": False}
    schema = table(name).schema
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | usual | row for row in given], schema)


def paid(key: str, person: str, month: int, **more: Any) -> dict[str, Any]:
    return {"contribution_id": key, "person_id": person, "insurance": "210", "month": month, **more}


TODAY = date(2021, 6, 30)
