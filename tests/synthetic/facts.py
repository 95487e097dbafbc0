"""A small city made once a test session, and its facts as they stand on a day."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from jixiang.language.vocabulary import Vocabulary
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.synthetic.city import make_city
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore

PACK = Path(__file__).resolve().parents[2] / "cities" / "wuxi"
SCALE = 0.005
LAST = date(2030, 1, 1)


@cache
def city() -> FactStore:
    folder = Path(mkdtemp(prefix="jixiang-city-")) / "facts"
    assert make_city(folder, SCALE, 7, PACK, lambda stage, done: None) == []
    return FactStore(folder)


@cache
def vocabulary() -> Vocabulary:
    found, problems = read_vocabulary(PACK / "vocabulary.md")
    assert not problems
    return found


@cache
def facts(table: str, known_on: date = LAST) -> pl.DataFrame:
    """Of rows with one key the newest recorded by that day, unless it was retracted."""
    rows = pl.read_parquet(city().files(table))
    key = list(fact_tables(vocabulary())[table].key)
    known = rows.filter(pl.col("recorded_at").dt.date() <= known_on).sort("recorded_at", "source_row")
    newest = known.unique(key, keep="last", maintain_order=True)
    return newest.filter(~pl.col("retracted")).drop("recorded_at", "source", "source_row", "retracted")
