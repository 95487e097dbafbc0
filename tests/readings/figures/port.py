"""The harbour with measures of its own, written by each test."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.operations.harbour import CITY

TRIPS = """-- 名称: 出海
-- 单位: 次
-- 公布: 410, 2021-08, 渔报
-- 怎么算: 知道的航次相加
-- 规模: 同比
SELECT sum(trips) AS value FROM voyage
"""
GRANTED = """-- 名称: 享受补贴的月数
-- 单位: 个
-- 公布: 8 以上, 2021-08-20, 渔报
-- 政策: H1
-- 怎么算: 决定是享受的
-- 规模: 不变
SELECT count(*) AS value FROM decision WHERE policy = 'H1' AND outcome = 'granted'
"""


def city(folder: Path, **measures: str) -> Path:
    """A copy of the harbour's pack with these measures."""
    made = folder / "city"
    shutil.copytree(CITY, made)
    (made / "measures").mkdir()
    for name, text in measures.items():
        (made / "measures" / f"{name}.sql").write_text(text, encoding="utf-8")
    return made
