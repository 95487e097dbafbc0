"""A run reads what is kept, where that is what it asks for."""

from __future__ import annotations

from datetime import datetime

from jixiang.engines.duckdb import DuckDB
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.kept_facts.build import KEPT
from jixiang.readings.kept_facts.state import State, path_of, read_state
from jixiang.readings.offering import offer_table
from jixiang.readings.query.offered import Loads, Offered
from jixiang.tables.schema import CUTOFF, fact_tables
from jixiang.tables.store import FactStore


def offer_kept(engine: DuckDB, vocabulary: Vocabulary, store: FactStore, until: datetime) -> Offered | None:
    """Every fact table as `raw_<table>`, read from what is kept; None if nothing is, or it is of other facts or of what was
    known at another time. Of monthly facts the months are read; their rows are offered from the files, for rules that need them."""
    state = read_state(store)
    if state is None or not state.fits(store, vocabulary, until):
        return None
    engine.attach(path_of(store), KEPT)
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


def offered_by(state: State, vocabulary: Vocabulary, loads: dict[str, Loads]) -> Offered:
    by_table = {entity.table: entity.name for entity in vocabulary.entities.values()}
    return Offered(
        loads,
        frozenset((by_table[table], name) for table, names in state.filled.items() for name in names),
        {by_table[table]: span for table, span in state.spans().items()},
        frozenset(f"months_{table}" for table in state.months),
    )
