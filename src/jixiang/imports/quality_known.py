"""The facts as known on a day: views of fact tables under their own names, for queries that a city's people write.

Of the rows with one key the newest that was recorded by the end of the day speaks; if it is retracted, there is no such
row. Rows are not changed and not sorted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyarrow.parquet import read_metadata
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.tables.schema import FactTable
from jixiang.tables.store import FactStore


@dataclass(frozen=True)
class _Step:
    name: str
    query: exp.Query
    kept: bool = False


def offer_known(engine: DuckDB, store: FactStore, tables: Iterable[FactTable], as_of: date) -> None:
    """Every table becomes a relation of its own name, with the columns that state something."""
    for table in tables:
        raw = f"raw_{table.name}"
        engine.offer_files(raw, store.files(table.name), table.schema)
        if not store.files(table.name) or not store.has_meta(table.name):
            engine.run([_Step(table.name, _columns(table).from_(_named(raw)))])
            continue
        groups = store.distinct_groups(table.name)
        if groups is not None and len(groups) == 1:
            engine.run([_Step(table.name, _columns(table).from_(_named(raw)).where(_known(as_of), _stands()))])
            continue
        later = [file for group in (groups or ())[1:] for file in group]
        small = 2 * sum(read_metadata(file).num_rows for file in later) < store.rows(table.name)
        if later and small:
            engine.offer_files(f"later_{table.name}", later, table.schema)
        engine.run(_newest(table, raw, f"later_{table.name}" if later and small else None, as_of))


def _newest(table: FactTable, raw: str, later: str | None, as_of: date) -> list[_Step]:
    """Most keys have one row. Those that may have more (they occur in a later load, if those are small; else: more than
    once) are few: only they are put in order. They are told by a hash, which is smaller; that two keys may share one
    does no harm."""
    again = f"again_{table.name}"
    hashed = exp.Anonymous(this="hash", expressions=[_column(key) for key in table.key])
    often = exp.select(exp.alias_(hashed, "hashed")).from_(_named(later or raw)).where(_known(as_of)).group_by("1")
    if later is None:
        often = often.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
    same = exp.EQ(this=hashed.copy(), expression=_column("hashed"))
    once = _columns(table).from_(_named(raw)).where(_known(as_of), _stands())
    once = once.join(_named(again), join_type="anti", on=same)
    several = exp.select(exp.Star()).from_(_named(raw)).where(_known(as_of))
    several = several.join(_named(again), join_type="semi", on=same.copy())
    ranked = several.select(exp.alias_(_place(table), "place"))
    newest = _columns(table).from_(ranked.subquery("ranked"))
    newest = newest.where(exp.EQ(this=_column("place"), expression=exp.Literal.number(1)), _stands())
    return [_Step(again, often, kept=True), _Step(table.name, exp.union(once, newest, distinct=False))]


def _place(table: FactTable) -> exp.Window:
    """1 for the row of a key that speaks."""
    version = ("recorded_at", "source_row", "source")
    order = [exp.Ordered(this=_column(column), desc=True, nulls_first=False) for column in version]
    keys = [_column(key) for key in table.key]
    return exp.Window(this=exp.RowNumber(), partition_by=keys, order=exp.Order(expressions=order))


def _known(as_of: date) -> exp.Expression:
    end = exp.cast(exp.Literal.string(f"{as_of.isoformat()} 23:59:59.999999"), "TIMESTAMP")
    return exp.LTE(this=_column("recorded_at"), expression=end)


def _stands() -> exp.Expression:
    return exp.not_(exp.func("COALESCE", _column("retracted"), exp.false()))


def _columns(table: FactTable) -> exp.Select:
    return exp.select(*(_column(name) for name in table.columns))


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def _named(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))
