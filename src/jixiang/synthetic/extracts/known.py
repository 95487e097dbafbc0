"""The rows of a fact table as known on a day, and beside each the cells that its file row needs from other tables.

Read in stretches of the table's order, so that a hundred million rows take the memory of a few million. Knows tables and
traces; neither numbers nor names of people ever come here, since a query may spill to disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.synthetic.extracts.backwards import Hop, Route, Trace
from jixiang.tables.schema import FactTable
from jixiang.tables.store import FactStore

STRETCH = 2_000_000
REPEATED = "repeated"


class Known:
    """What was known at the end of `extracted`; with `since` only rows of which something became known after it."""

    def __init__(
        self,
        engine: DuckDB,
        store: FactStore,
        tables: Mapping[str, FactTable],
        extracted: date,
        since: date | None,
    ) -> None:
        self.engine, self.store, self.tables = engine, store, tables
        self.extracted, self.since = extracted, since
        self._kept: dict[str, set[str]] = {}
        for name, table in tables.items():
            engine.offer_files(f"raw_{name}", store.files(name), table.schema)

    def stretches(self, route: Route) -> Iterator[pa.Table]:
        """The rows of a kind's main fact, in order; a column a trace, named by `alias`, and `repeated`: not the first
        row under its natural key."""
        main = route.kind.main.table
        traces = route.traces()
        joined = _joins(traces)
        for hop, needed in _needed(route, joined).items():
            self._keep(hop, needed)
        for low, high in self._cuts(main):
            rows = self.engine.fetch(self._query(main, route, traces, joined, low, high))
            if len(rows):
                yield rows

    def _cuts(self, table: FactTable) -> Iterator[tuple[str | None, str | None]]:
        """Stretches of the first column by which the rows lie, read off the files' footers."""
        starts = sorted(start for file in self.store.files(table.name) for start in _row_groups(file, table.order[0]))
        edges: list[str] = []
        rows = 0
        for first, count in starts:
            rows += count
            if rows > STRETCH and (not edges or first > edges[-1]):
                edges.append(first)
                rows = 0
        yield from zip([None, *edges], [*edges, None], strict=True)

    def _keep(self, hop: Hop, columns: set[str]) -> None:
        """The other table as known, one row a key."""
        name = _name(hop)
        wanted = columns | {hop.key}
        if wanted <= self._kept.get(name, set()):
            return
        wanted |= self._kept.get(name, set())
        table = self.tables[hop.table]
        query = self._newest(table)
        if len(table.key) > 1:
            began = exp.LTE(this=_column("valid_from"), expression=_day(self.extracted))
            query = _first(exp.select("*").from_(query.subquery("n")).where(began), [hop.key], ["valid_from"])
        if hop.lasting:
            query = query.where(exp.Is(this=_column("valid_to"), expression=exp.Null()))
        self.engine.keep(name, exp.select(*(_column(c) for c in sorted(wanted))).from_(query.subquery("k")))
        self._kept[name] = wanted

    def _newest(self, table: FactTable, *conditions: exp.Expression) -> exp.Select:
        """Of the rows with one key the newest, unless it is retracted."""
        until = exp.LT(this=_column("recorded_at"), expression=_moment(self.extracted + timedelta(days=1)))
        rows = exp.select("*").from_(exp.table_(f"raw_{table.name}", quoted=True)).where(until, *conditions)
        newest = _first(rows, table.key, ["recorded_at", "source_row", "source"])
        return exp.select("*").from_(newest.subquery("v")).where(exp.Not(this=_column("retracted")))

    def _query(
        self,
        main: FactTable,
        route: Route,
        traces: tuple[Trace, ...],
        joined: Mapping[tuple[Hop, ...], str],
        low: str | None,
        high: str | None,
    ) -> exp.Select:
        by = _column(main.order[0])
        bounds: list[exp.Expression] = []
        if low is not None:
            bounds.append(exp.GTE(this=by, expression=exp.Literal.string(low)))
        if high is not None:
            bounds.append(exp.LT(this=by, expression=exp.Literal.string(high)))
        rows = self._newest(main, *bounds)
        for column, value in route.constants.items():
            text = exp.cast(_column(column), "VARCHAR")
            rows = rows.where(exp.EQ(this=text, expression=exp.Literal.string(value)))
        if self.since is not None:
            after = _moment(self.since + timedelta(days=1))
            rows = rows.where(exp.GTE(this=_column("recorded_at"), expression=after))
        query = exp.select().from_(rows.subquery("m"))
        for hops, name in joined.items():
            before = joined[hops[:-1]] if hops[:-1] else "m"
            on = exp.EQ(this=_column(hops[-1].key, name), expression=_column(hops[-1].column, before))
            source = exp.table_(_name(hops[-1]), quoted=True).as_(name, quoted=True)
            query = query.join(source, on=on, join_type="left")
        values = {trace: _column(trace.column, joined[trace.hops] if trace.hops else "m") for trace in traces}
        key = [values[trace].copy() for trace in route.key]
        again = exp.GT(this=_place(key, [_column(main.key[0], "m")], desc=False), expression=exp.Literal.number(1))
        query = query.select(*(values[t].as_(alias(traces, t), quoted=True) for t in traces), again.as_(REPEATED))
        return query.order_by(*(_column(c, "m") for c in main.order))


def alias(traces: tuple[Trace, ...], trace: Trace) -> str:
    """The column of a stretch that a trace is in; those of one cell share its value, not its name."""
    return f"v{traces.index(trace)}"


def _name(hop: Hop) -> str:
    return f"lasting_{hop.table}" if hop.lasting else f"known_{hop.table}"


def _joins(traces: Iterable[Trace]) -> dict[tuple[Hop, ...], str]:
    """Every way that a trace takes, and those it begins with, each with a name."""
    ways = sorted({t.hops[:n] for t in traces for n in range(1, len(t.hops) + 1)}, key=lambda way: (len(way), str(way)))
    return {way: f"j{n}" for n, way in enumerate(ways)}


def _needed(route: Route, joined: Iterable[tuple[Hop, ...]]) -> dict[Hop, set[str]]:
    """What is read of the table at the end of each hop."""
    found: dict[Hop, set[str]] = {}
    for way in joined:
        columns = found.setdefault(way[-1], set())
        columns |= {trace.column for trace in route.traces() if trace.hops == way}
        columns |= {
            longer[len(way)].column for longer in joined if len(longer) > len(way) and longer[: len(way)] == way
        }
    return found


def _row_groups(file: str, column: str) -> Iterator[tuple[str, int]]:
    meta = pq.read_metadata(file)
    at = meta.schema.names.index(column)
    for number in range(meta.num_row_groups):
        group = meta.row_group(number)
        stats = group.column(at).statistics
        yield str(stats.min) if stats is not None and stats.has_min_max else "", group.num_rows


def _first(rows: exp.Select, key: Iterable[str], latest: Iterable[str]) -> exp.Select:
    """One row a key: the last by those columns."""
    place = _place([_column(c) for c in key], [_column(c) for c in latest], desc=True)
    ranked = exp.select("*", place.as_("_place")).from_(rows.subquery("r"))
    chosen = exp.EQ(this=_column("_place"), expression=exp.Literal.number(1))
    return exp.select(exp.Star(except_=[exp.to_identifier("_place")])).from_(ranked.subquery("q")).where(chosen)


def _place(key: list[exp.Column], by: list[exp.Column], *, desc: bool) -> exp.Window:
    order = exp.Order(expressions=[exp.Ordered(this=column, desc=desc, nulls_first=False) for column in by])
    return exp.Window(this=exp.RowNumber(), partition_by=list(key), order=order)


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _day(day: date) -> exp.Expression:
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")


def _moment(day: date) -> exp.Expression:
    return exp.cast(exp.Literal.string(datetime.combine(day, time.min).isoformat(" ")), "TIMESTAMP")
