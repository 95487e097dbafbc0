"""A run reads what is kept, where that is what it asks for."""

from __future__ import annotations

from datetime import datetime

import duckdb

from jixiang.engines.duckdb import DuckDB
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.kept_facts.build import KEPT
from jixiang.readings.kept_facts.state import STATE, State, path_of, state_from
from jixiang.readings.offering import offer_table
from jixiang.readings.query.offered import Loads, Offered
from jixiang.tables.schema import CUTOFF, fact_tables
from jixiang.tables.store import FactStore


def offer_kept(engine: DuckDB, vocabulary: Vocabulary, store: FactStore, until: datetime) -> Offered | None:
    """Every fact table as `raw_<table>`, read from what is kept; None if nothing is, or it is of other facts or of what was
    known at another time. Of monthly facts the months are read; their rows are offered from the files, for rules that need them."""
    state = _attached(engine, store, vocabulary, until)
    if state is None:
        return None
    loads: dict[str, Loads] = {}
    for name, table in fact_tables(vocabulary).items():
        if name == CUTOFF or name in state.months:
            if (found := offer_table(engine, table, store)) is not None:
                loads[name] = found
        else:
            engine.offer_attached(f"raw_{name}", KEPT, name)
        if name in state.months:
            engine.offer_attached(f"months_{name}", KEPT, f"months_{name}")
    return offered_by(state, vocabulary, loads)


def _attached(engine: DuckDB, store: FactStore, vocabulary: Vocabulary, until: datetime) -> State | None:
    """The file as it lies in its place now, and what that very file says of itself: another one may take its place at any time."""
    path = path_of(store)
    if not path.is_file():
        return None
    try:
        engine.attach(path, KEPT)
    except duckdb.Error:
        return None
    try:
        state = state_from(engine.execute(f'SELECT said FROM {KEPT}."{STATE}"'))
    except duckdb.Error:
        state = None
    if state is not None and state.fits(store, vocabulary, until):
        return state
    engine.execute(f"DETACH {KEPT}")
    return None


def offered_by(state: State, vocabulary: Vocabulary, loads: dict[str, Loads]) -> Offered:
    by_table = {entity.table: entity.name for entity in vocabulary.entities.values()}
    return Offered(
        loads,
        frozenset((by_table[table], name) for table, names in state.filled.items() for name in names),
        {by_table[table]: span for table, span in state.spans().items()},
        frozenset([*(f"months_{table}" for table in state.months), *(f"raw_{table}" for table in state.files)]),
    )
