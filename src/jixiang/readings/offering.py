"""Fact tables become relations of an engine, with what is known of them before a plan is made."""

from __future__ import annotations

import pyarrow as pa

from jixiang.engines.engine import Engine
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.query.offered import Loads, Offered, look_over, monthly_columns
from jixiang.tables.footers import Footers, footers_of
from jixiang.tables.schema import META, FactTable, fact_tables
from jixiang.tables.store import FactStore


def offer_facts(engine: Engine, vocabulary: Vocabulary, store: FactStore) -> Offered:
    """Every fact table of the vocabulary as `raw_<table>`; one that is not there has no rows. Of tables that came in several
    loads also `later_<table>`: the rows of the loads after the first."""
    loads: dict[str, Loads] = {}
    footers: dict[str, Footers] = {}
    months = monthly_columns(vocabulary)
    for name, table in fact_tables(vocabulary).items():
        if (found := offer_table(engine, table, store)) is not None:
            loads[name] = found
        footers[name] = footers_of(store.files(name), [months[name]] if name in months else [])
    return look_over(vocabulary, loads, footers)


def offer_table(engine: Engine, table: FactTable, store: FactStore) -> Loads | None:
    """One of them; None if its rows do not say when they were recorded."""
    name, stated = table.name, pa.schema([field for field in table.schema if field.name not in META.names])
    engine.offer_files(f"raw_{name}", store.files(name), stated)
    if not store.has_meta(name):
        return None
    first, *later = store.distinct_groups(name) or ((),)
    if later:
        engine.offer_files(f"later_{name}", [file for load in later for file in load], stated)
    return "several" if later else "one" if first else "unknown"
