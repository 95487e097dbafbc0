"""The change feed: whose facts are others now than they were for an earlier run.

Rows that came in since are compared with what was known before, key by key; what only repeats or confirms it concerns
nobody. A row concerns what it is about and everything that it refers to: a contribution its person and its employer, and
one that has moved from a person to another both of them. Whom that concerns in turn (the certificates of a person) is for
whoever knows the policies. Nothing is kept between calls, and no fact is changed.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.schema import CUTOFF, META, FactTable, fact_tables
from jixiang.tables.snapshot import Manifest
from jixiang.tables.store import FactStore

COMPARE = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
COMPARED = "CREATE OR REPLACE TEMP VIEW differing AS SELECT * FROM compared"
ALL_NEW = """CREATE OR REPLACE TEMP VIEW differing AS
    SELECT key, CASE WHEN false THEN content END AS before, content AS after, 'new' AS what FROM later WHERE NOT retracted"""
SUBJECTS = pa.schema(
    [
        ("subject", pa.string()),  # the key of a row of the entity
        ("table", pa.string()),  # the fact table that differs
        ("column", pa.string()),  # the column in which its rows name the subject
        ("what", pa.string()),  # new, changed or retracted
        ("facts", pa.int64()),  # how many of them
        ("example", pa.string()),  # the first of their keys, its parts joined by /
    ]
)

Since: TypeAlias = Manifest | Mapping[str, int] | datetime


@dataclass(frozen=True)
class Changes:
    """`subjects`: the table of an entity → who of it is concerned, and by what (see `SUBJECTS`), in order.

    `cutoffs`: table → the day it was complete up to, then and now. A cutoff that moved may concern everybody.
    """

    subjects: Mapping[str, pa.Table]
    cutoffs: Mapping[str, tuple[date | None, date | None]]


def changed_subjects(
    store: FactStore,
    vocabulary: Vocabulary,
    since: Since,
    *,
    until: datetime | None = None,
    entities: Collection[str] | None = None,
    memory_mb: int | None = None,
    folder: Path | None = None,
) -> Changes:
    """Who is concerned by what came in since a run (its manifest), since versions of the tables, or since an instant.

    `until`: what was recorded later does not count. `entities`: only these (by their tables) are asked for; a city has few
    persons and many contributions. `folder`: where the engine puts what exceeds memory.
    """
    comparison = Comparison(store, vocabulary, since, until)
    found: dict[str, list[pa.Table]] = defaultdict(list)
    with _engine(memory_mb, folder) as con:
        for table in comparison.tables.values():
            if not comparison.compare(con, table):
                continue
            for entity, column in subject_columns(table, vocabulary):
                if entities is None or entity in entities:
                    found[entity].append(_subjects(con, table, column))
        moved = _cutoffs(con) if comparison.compare(con, comparison.cutoff) else {}
    order = [(name, "ascending") for name in SUBJECTS.names]
    gathered = {entity: pa.concat_tables(parts).sort_by(order) for entity, parts in sorted(found.items())}
    return Changes({entity: rows for entity, rows in gathered.items() if rows.num_rows}, moved)


def changed_facts(
    store: FactStore,
    vocabulary: Vocabulary,
    table: str,
    since: Since,
    *,
    until: datetime | None = None,
    memory_mb: int | None = None,
    folder: Path | None = None,
) -> pa.Table:
    """What differs in one table: `key` (its parts joined by /), `what`, and the columns `before` and `after`, in order."""
    comparison = Comparison(store, vocabulary, since, until)
    with _engine(memory_mb, folder) as con:
        comparison.compare(con, comparison.every[table])
        query = exp.select(exp.alias_(_key_text(comparison.every[table]), "key"), "what", "before", "after")
        return con.sql(query.from_("differing").order_by("1").sql("duckdb")).to_arrow_table()


def changed_rows(
    store: FactStore,
    vocabulary: Vocabulary,
    columns: Mapping[str, Collection[str]],
    since: Since,
    *,
    until: datetime | None = None,
    rows_max: int | None = None,
    memory_mb: int | None = None,
    folder: Path | None = None,
) -> dict[str, pa.Table | None]:
    """What differs in some tables, as it was and as it is: `what`, and of each column asked for `before_<column>` and
    `after_<column>`, empty on the side on which there is no such row. Tables in which nothing differs are left out.

    None: more than `rows_max` rows differ, or the table's files do not all say when their rows were recorded, so that it can
    not be told which of them speak. Raises ValueError where a run has read files that are not part of these facts.
    """
    comparison = Comparison(store, vocabulary, since, until)
    found: dict[str, pa.Table | None] = {}
    with _engine(memory_mb, folder) as con:
        for name, asked in columns.items():
            if not _recorded_alike(store.files(name)):
                found[name] = None
            elif (
                not comparison.stands_still(name)
                and comparison.compare(con, comparison.every[name])
                and (count := _counted(con))
            ):
                wanted = rows_max is None or count <= rows_max
                found[name] = con.sql(_both_sides(asked).sql("duckdb")).to_arrow_table() if wanted else None
    return found


def _recorded_alike(files: Iterable[str]) -> bool:
    """Do all of a table's rows say when they were recorded, or none of them?"""
    says = set()
    for file in files:
        footer = pq.read_metadata(file)
        leaves = {footer.schema.column(n).path: n for n in range(footer.num_columns)}
        says.add("recorded_at" in leaves)
        for group in range(footer.num_row_groups) if "recorded_at" in leaves else ():
            statistics = footer.row_group(group).column(leaves["recorded_at"]).statistics
            says.add(statistics is not None and statistics.has_null_count and not statistics.null_count)
    return says in (set(), {True}, {False})


def _newest(file: str) -> datetime | None:
    """When the newest row of a file was recorded, long ago if no row says so; None if the footer does not tell."""
    footer = pq.read_metadata(file)
    leaves = {footer.schema.column(n).path: n for n in range(footer.num_columns)}
    if "recorded_at" not in leaves:
        return datetime.min
    newest = datetime.min
    for group in range(footer.num_row_groups):
        statistics = footer.row_group(group).column(leaves["recorded_at"]).statistics
        if statistics is None or not statistics.has_min_max:
            return None
        newest = max(newest, statistics.max)
    return newest


def _counted(con: duckdb.DuckDBPyConnection) -> int:
    (count,) = con.execute("SELECT count(*) FROM differing").fetchall()[0]
    return int(count)


def _both_sides(columns: Iterable[str]) -> exp.Select:
    sides = [
        exp.alias_(exp.column(exp.to_identifier(name, quoted=True), side), f"{side}_{name}", quoted=True)
        for name in columns
        for side in ("before", "after")
    ]
    return exp.select("what", *sides).from_("differing")


def subject_columns(table: FactTable, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Whom a row concerns: the table of an entity, and the column that holds its key."""
    entities = vocabulary.entities
    own = [(entities[table.entity].table, table.key[0])] if table.entity in entities else []
    refs = [(entities[type_.of].table, name) for name, type_ in table.columns.items() if type_.kind == "ref"]
    return list(dict.fromkeys([*own, *refs]))


@dataclass(frozen=True)
class Comparison:
    """Two states of the same facts: the files that each reads, and the instant up to which what they hold was known."""

    store: FactStore
    vocabulary: Vocabulary
    since: Since
    until: datetime | None = None

    @cached_property
    def every(self) -> dict[str, FactTable]:
        return fact_tables(self.vocabulary)

    @cached_property
    def tables(self) -> dict[str, FactTable]:
        return {name: table for name, table in self.every.items() if name != CUTOFF}

    @property
    def cutoff(self) -> FactTable:
        return self.every[CUTOFF]

    @property
    def then(self) -> datetime | None:
        match self.since:
            case datetime():
                return self.since
            case Manifest(as_of=as_of):
                return datetime.combine(as_of, time.max)
            case _:
                return None

    def earlier_files(self, table: str) -> tuple[str, ...]:
        """Raises ValueError where a run has read files that are not part of these facts: then nothing can be said."""
        match self.since:
            case datetime():
                return self.store.files(table)
            case Manifest(tables=tables):
                files = tuple(str(self.store.folder.absolute() / file.path) for file in tables.get(table, ()))
                if strange := sorted(set(files) - set(self.store.files(table))):
                    raise ValueError(f"the run has read {strange[0]}, which is no file of these facts")
                return files
            case versions:
                version = versions.get(table)
                return () if version is None else FactStore(self.store.folder, {table: version}).files(table)

    def stands_still(self, table: str) -> bool:
        """Do the footers of the files say that nothing has come in between? Asked of them, a large table need not be read."""
        files = self.store.files(table)
        if set(files) != set(self.earlier_files(table)):
            return False
        newest = [_newest(file) for file in files]
        return self.then is None or all(one is not None and one <= self.then for one in newest)

    def compare(self, con: duckdb.DuckDBPyConnection, table: FactTable) -> bool:
        """Leaves `differing` (key, before, after, what: see changes.sql); False if nothing has come in between, and so nothing differs."""
        earlier, later = self.earlier_files(table.name), self.store.files(table.name)
        added = [file for file in later if file not in set(earlier)]
        if not added and self.then is None:
            return False
        fresh = [_versions(con, table, added, until=self.until)]
        if self.then is not None:
            fresh.append(_versions(con, table, earlier, after=self.then, until=self.until))
        _view(con, "fresh", exp.union(*fresh, distinct=False) if len(fresh) > 1 else fresh[0])
        _view(con, "earlier", _versions(con, table, earlier, until=self.then))
        _view(con, "later", _versions(con, table, later, until=self.until))
        if not earlier and len(self.store.distinct_groups(table.name) or ()) == 1:
            con.execute(ALL_NEW)  # a first load has every key once: nothing to compare, and often too much to keep
        else:
            con.execute(COMPARE)
            con.execute(COMPARED)
        return True


# What it reads ------------------------------------------------------------------------------------------------------


@contextmanager
def _engine(memory_mb: int | None, folder: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="jixiang-", dir=folder) as spill, duckdb.connect() as con:
        con.execute(f"SET temp_directory = '{spill}'")
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET enable_progress_bar = false")
        if memory_mb is not None:
            con.execute(f"SET memory_limit = '{memory_mb}MB'")
        yield con


def _view(con: duckdb.DuckDBPyConnection, name: str, query: exp.Query) -> None:
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query.sql('duckdb')}")


def _versions(
    con: duckdb.DuckDBPyConnection,
    table: FactTable,
    files: Iterable[str],
    *,
    after: datetime | None = None,
    until: datetime | None = None,
) -> exp.Select:
    """All versions of all keys in these files, as changes.sql reads them. Rows without meta were known at all times."""
    rows, there = _rows(con, files)
    columns = {f.name: _stored(f) if f.name not in there else _column(f.name) for f in table.schema}
    key = columns[table.key[0]] if len(table.key) == 1 else _struct({name: columns[name] for name in table.key})
    content = _struct({name: column for name, column in columns.items() if name not in META.names})
    retracted = exp.func("COALESCE", columns["retracted"], exp.false())
    shown = {"key": key, "content": content, **{n: columns[n] for n in META.names}, "retracted": retracted}
    query = exp.select(*(exp.alias_(value.copy(), name) for name, value in shown.items())).from_(rows)
    recorded = columns["recorded_at"]
    if after is not None:
        query = query.where(exp.GT(this=recorded.copy(), expression=_instant(after)))
    if until is not None:
        always = exp.Is(this=recorded.copy(), expression=exp.Null())
        query = query.where(exp.or_(exp.LTE(this=recorded.copy(), expression=_instant(until)), always))
    return query


def _rows(con: duckdb.DuckDBPyConnection, files: Iterable[str]) -> tuple[exp.Expr, set[str]]:
    """What to read from, and the columns that it has. Without files a relation of no rows."""
    listed = [exp.Literal.string(file) for file in files]
    if not listed:
        none = exp.select(exp.alias_(exp.Null(), "none")).where(exp.false())
        return none.subquery("rows"), set()
    options = [exp.EQ(this=exp.column(name), expression=value) for name, value in (
        ("union_by_name", exp.true()), ("hive_partitioning", exp.false()),
    )]  # fmt: skip
    source = exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[exp.array(*listed), *options]))
    described = con.execute("DESCRIBE " + exp.select("*").from_(source).sql("duckdb")).fetchall()
    return source, {row[0] for row in described}


def _stored(field: pa.Field) -> exp.Expr:
    """An empty cell of the type that the column has elsewhere."""
    names = {pa.date32(): "DATE", pa.int32(): "INT", pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", pa.string(): "TEXT"}
    return exp.cast(exp.Null(), names.get(field.type, "TIMESTAMP"))


def _struct(columns: Mapping[str, exp.Expr]) -> exp.Expr:
    pairs = [exp.PropertyEQ(this=exp.to_identifier(n), expression=value.copy()) for n, value in columns.items()]
    return exp.Struct(expressions=pairs)


def _instant(value: datetime) -> exp.Expr:
    return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")


def _column(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True))


# What it gives ------------------------------------------------------------------------------------------------------


def _subjects(con: duckdb.DuckDBPyConnection, table: FactTable, column: str) -> pa.Table:
    """Whom the differing rows name in a column, before or after."""
    named = [exp.column(exp.to_identifier(column, quoted=True), state) for state in ("before", "after")]
    both = exp.Explode(this=exp.func("LIST_DISTINCT", exp.array(*named)))
    each = exp.select(exp.alias_(both, "subject"), exp.alias_(_key_text(table), "key"), "what").from_("differing")
    query = (
        exp.select(
            "subject",
            exp.alias_(exp.Literal.string(table.name), "table", quoted=True),
            exp.alias_(exp.Literal.string(column), "column", quoted=True),
            "what",
            exp.alias_(exp.Count(this=exp.Star()), "facts"),
            exp.alias_(exp.Min(this=exp.column("key")), "example"),
        )
        .from_(each.subquery("each"))
        .group_by("subject", "what")
    )
    return con.sql(query.sql("duckdb")).to_arrow_table().cast(SUBJECTS)


def _key_text(table: FactTable) -> exp.Expr:
    if len(table.key) == 1:
        return exp.column("key")
    parts = [exp.cast(exp.column(exp.to_identifier(name, quoted=True), "key"), "TEXT") for name in table.key]
    return exp.func("CONCAT_WS", exp.Literal.string("/"), *parts)


def _cutoffs(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[date | None, date | None]]:
    days = 'SELECT key, before."covers_until", after."covers_until" FROM differing ORDER BY key'
    return {table: (before, after) for table, before, after in con.execute(days).fetchall()}
