"""Takes into the kept file what came since it was made, in one transaction: afterwards it is as if it had been built anew.

What was recorded since is newer than all that is kept, so of a table of rows the new versions replace the old ones, and the
raw rows need not be read. Months are ORed and sums added; of a row that was changed or retracted what it said before is taken
out first. A bit may go only where no other row of the group can be of that month, which the number of rows tells; else the
months of whoever it is are counted anew from the raw rows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.language.vocabulary import Entity, Vocabulary
from jixiang.readings.kept_facts.build import AT_ANY_TIME, KEPT, Progress, build, newest_of, state_of
from jixiang.readings.kept_facts.state import LAYOUT, STATE, State, named, path_of, read_state
from jixiang.readings.offering import offer_facts
from jixiang.readings.query import sql
from jixiang.readings.query.bits import Span
from jixiang.readings.query.months import all_columns, is_count, is_set, months_of, shared_attributes
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.speaking import read
from jixiang.readings.query.sql import col
from jixiang.tables.schema import CUTOFF, META, FactTable, fact_tables
from jixiang.tables.store import FactStore

NEWEST = "recorded_at DESC NULLS LAST, source_row DESC NULLS LAST, source DESC NULLS LAST"


def advance(
    store: FactStore,
    vocabulary: Vocabulary,
    until: datetime | None = None,
    *,
    memory_mb: int | None = None,
    threads: int | None = None,
    progress: Progress = lambda what, done: None,
) -> State:
    """Keeps what was known by `until` (None: all that is known): from what is kept already where that can be added to, else
    from the facts. The file is replaced at once, or not at all: whoever reads the one before goes on reading that. Whoever may
    not be the only writer holds `alone`."""
    before = read_state(store)
    if before is not None:
        path = path_of(store)
        with DuckDB(memory_mb=memory_mb, threads=threads, folder=path.parent) as engine:
            offered, newest = offer_facts(engine, vocabulary, store), newest_of(engine, store, vocabulary)
            state = state_of(store, vocabulary, offered, until or newest or AT_ANY_TIME, newest)
            if state == before:
                return state
            owned = all(owner_of(vocabulary.entities[name], offered) for name in offered.months)
            if owned and _continues(before, state, offered, store):
                draft = path.with_suffix(".draft")
                shutil.copyfile(path, draft)
                engine.attach(draft, KEPT, write=True)
                _Advance(engine, vocabulary, store, offered, before, state).run(progress)
                engine.detach(KEPT)
                os.replace(draft, path)
                return state
    return build(store, vocabulary, until, memory_mb=memory_mb, threads=threads, progress=progress)


def _continues(before: State, after: State, offered: Offered, store: FactStore) -> bool:
    """Were only files added, of rows that say when they were recorded, and is the time later, with every history beginning
    where it did?"""
    same = before.layout == LAYOUT and before.vocabulary == after.vocabulary and before.until <= after.until
    added = all(
        set(before.files.get(table, ())) <= set(files) and (table in offered.loads or before.files.get(table) == files)
        for table, files in after.files.items()
        if table != CUTOFF
    )
    starts = {table: first for table, (first, _) in before.months.items()}
    began = starts == {table: first for table, (first, _) in after.months.items()}
    return same and added and began and all(map(_dated, map(store.files, offered.loads)))


def _dated(files: Sequence[str]) -> bool:
    """Does every file say when its rows were recorded? Where only some do, what is known of a row may depend on the others."""
    return all("recorded_at" in pq.read_schema(file).names for file in files)


@dataclass(frozen=True)
class _Advance:
    engine: DuckDB
    vocabulary: Vocabulary
    store: FactStore
    offered: Offered
    before: State
    after: State

    def run(self, progress: Progress) -> None:
        tables = [t for name, t in fact_tables(self.vocabulary).items() if name != CUTOFF]
        said = pa.table({"said": [self.after.text()]})
        self.engine.offer("_state_after", said)
        self._do("BEGIN TRANSACTION")
        for number, table in enumerate(tables):
            progress(table.name, number / len(tables))
            self._table(table)
        self._do(f'CREATE OR REPLACE TABLE {KEPT}."{STATE}" AS SELECT * FROM _state_after')
        self._do("COMMIT")
        progress("", 1.0)

    def _do(self, text: str) -> list[tuple[object, ...]]:
        return self.engine.execute(text)

    def _table(self, table: FactTable) -> None:
        entity = next((e for e in self.vocabulary.entities.values() if e.table == table.name), None)
        monthly = entity is not None and table.name in self.after.months
        columns = "*"
        if monthly:
            assert entity is not None
            columns = _Months(self, table, entity).needed()
        if not self._fresh(table, columns):
            if monthly:
                assert entity is not None
                self._widen(entity)
            return
        if monthly:
            assert entity is not None
            self._widen(entity)
            _Months(self, table, entity).take_in()
        else:
            self._rows(table)

    def _fresh(self, table: FactTable, columns: str) -> bool:
        """Leaves `fresh` behind: all versions that came since. False if there are none."""
        if table.name not in self.offered.loads:
            return False
        old = set(self.before.files.get(table.name, ()))
        files = self.store.files(table.name)
        added = [file for file in files if named(file) not in old]
        earlier = [file for file in files if named(file) in old]
        parts = []
        if earlier:
            since = f"recorded_at > {_instant(self.before.until)} AND recorded_at <= {_instant(self.after.until)}"
            parts.append(f"SELECT {columns} FROM {_files(earlier)} WHERE {since}")
        if added:
            parts.append(f"SELECT {columns} FROM {_files(added)} WHERE recorded_at <= {_instant(self.after.until)}")
        if not parts:
            return False
        self._do(f"CREATE OR REPLACE TEMP TABLE fresh AS {' UNION ALL BY NAME '.join(parts)}")
        if not self._do("SELECT 1 FROM fresh LIMIT 1"):
            return False
        keys = _listed(table.key)
        self._do(f"CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT {keys} FROM fresh")
        late = self._do(f"SELECT 1 FROM fresh WHERE recorded_at <= {_instant(self.before.until)} LIMIT 1")
        source = f'"raw_{table.name}" SEMI JOIN touched USING ({keys})' if late else "fresh"
        known = f"recorded_at <= {_instant(self.after.until)}"
        self._do(
            f"CREATE OR REPLACE TEMP TABLE news AS SELECT * FROM (SELECT * FROM {source} WHERE {known} "
            f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {NEWEST}) = 1) WHERE retracted IS NOT TRUE"
        )
        return True

    def _rows(self, table: FactTable) -> None:
        """The touched keys' rows give way to what speaks of them now."""
        kept = f'{KEPT}."{table.name}"'
        same = " AND ".join(f'k."{key}" = t."{key}"' for key in table.key)
        self._do(f"DELETE FROM {kept} AS k USING touched AS t WHERE {same}")
        stated = [f.name for f in table.schema if f.name not in META.names]
        self._do(
            f"INSERT INTO {kept} ({_listed(stated)}) SELECT {_listed(stated)} FROM news ORDER BY {_listed(table.order)}"
        )

    def _widen(self, entity: Entity) -> None:
        """A history that has come into another year, or another block, has columns for it."""
        kept = f'{KEPT}."months_{entity.table}"'
        there = {row[0] for row in self._do(f"SELECT column_name FROM (DESCRIBE {kept})")}
        for column in all_columns(entity, self.after.spans()[entity.table]):
            if column not in there:
                counted = is_count(column)
                self._do(f'ALTER TABLE {kept} ADD COLUMN "{column}" BIGINT{" DEFAULT 0" if counted else ""}')


@dataclass(frozen=True)
class _Months:
    """The months of one entity take in `news` (what speaks now of the keys in `touched`)."""

    act: _Advance
    table: FactTable
    entity: Entity

    @property
    def shared(self) -> list[str]:
        return [self.entity.attributes[name].column for name in shared_attributes(self.entity)]

    @property
    def kept(self) -> str:
        return f'{KEPT}."months_{self.entity.table}"'

    def take_in(self) -> None:
        self._find_gone()
        if self._do("SELECT 1 FROM gone LIMIT 1"):
            self._take_out()
        self._add()

    def _do(self, text: str) -> list[tuple[object, ...]]:
        return self.act.engine.execute(text)

    def _same(self, one: str, other: str) -> str:
        return " AND ".join(f'{one}."{c}" IS NOT DISTINCT FROM {other}."{c}"' for c in self.shared)

    def _find_gone(self) -> None:
        """`gone`: what the touched keys said before. A file that came since may hold rows that were recorded long ago: those
        said nothing before."""
        (key,) = self.table.key
        known = f"recorded_at <= {_instant(self.act.before.until)}"
        old = set(self.act.before.files.get(self.table.name, ()))
        earlier = [file for file in self.act.store.files(self.table.name) if named(file) in old]
        self._do(
            f"CREATE OR REPLACE TEMP TABLE gone AS SELECT * FROM (SELECT {self.needed()} "
            f"FROM {_files(earlier) if earlier else '(SELECT * FROM fresh WHERE FALSE)'} "
            f'SEMI JOIN touched USING ("{key}") WHERE {known} '
            f'QUALIFY row_number() OVER (PARTITION BY "{key}" ORDER BY {NEWEST}) = 1) WHERE retracted IS NOT TRUE'
        )

    def _take_out(self) -> None:
        """What is gone is taken from its group; where two rows of a group may be of one month, its months are counted anew."""
        rows = " + ".join(f'k."n{year}"' for year in self._span.years)
        bits = " + ".join(f'bit_count(coalesce(k."m{block}", 0))' for block in range(self._span.blocks))
        self._do(f"CREATE OR REPLACE TEMP TABLE minus AS {self._grouped('gone')}")
        self._do(
            f"CREATE OR REPLACE TEMP TABLE changed AS SELECT {_listed(self.shared)} FROM minus AS g "
            f"SEMI JOIN (SELECT * FROM {self.kept} AS k WHERE {rows} <> {bits}) AS k ON {self._same('k', 'g')}"
        )
        if self._do("SELECT 1 FROM changed LIMIT 1"):
            self._count_anew()
            for rest in ("news", "minus"):
                self._do(
                    f"CREATE OR REPLACE TEMP TABLE {rest} AS SELECT n.* FROM {rest} AS n "
                    f"ANTI JOIN changed AS c ON {self._same('n', 'c')}"
                )
        sets = ", ".join(f'"{c}" = {_less(c)}' for c in self._of_years("gone"))
        self._do(f"UPDATE {self.kept} AS k SET {sets} FROM minus AS g WHERE {self._same('k', 'g')}")

    def _count_anew(self) -> None:
        """The groups in `changed`, from the raw rows of whoever they are of, and newer versions of those rows that are of others
        now: of several loads, what speaks for a key that occurs twice is no older than all loads after the first."""
        (key,), until = self.table.key, _instant(self.act.after.until)
        owner = owner_of(self.entity, self.act.offered)
        self._do(f'CREATE OR REPLACE TEMP TABLE owners AS SELECT DISTINCT "{owner}" FROM changed')
        raw, since = f'"raw_{self.table.name}"', ""
        if self.act.offered.loads[self.table.name] == "several":
            since = f'AND l.recorded_at >= (SELECT min(recorded_at) FROM "later_{self.table.name}")'
        self._do(
            f'CREATE OR REPLACE TEMP TABLE theirs AS SELECT {self.needed()} FROM {raw} SEMI JOIN owners USING ("{owner}") '
            f"WHERE recorded_at <= {until}"
        )
        if self.act.offered.loads[self.table.name] != "one":
            self._do(
                f'INSERT INTO theirs BY NAME SELECT {self.needed()} FROM {raw} AS l SEMI JOIN theirs AS t ON l."{key}" = t."{key}" '
                f'ANTI JOIN owners AS o ON l."{owner}" = o."{owner}" WHERE l.recorded_at <= {until} {since}'
            )
        self._do(
            f"CREATE OR REPLACE TEMP TABLE theirs AS SELECT * FROM (SELECT * FROM theirs QUALIFY row_number() OVER "
            f'(PARTITION BY "{key}" ORDER BY {NEWEST}) = 1) AS r WHERE retracted IS NOT TRUE '
            f"AND EXISTS (SELECT 1 FROM changed AS c WHERE {self._same('r', 'c')})"
        )
        self._do(f"DELETE FROM {self.kept} AS k USING changed AS c WHERE {self._same('k', 'c')}")
        self._do(f"INSERT INTO {self.kept} BY NAME {self._grouped('theirs')}")

    def _add(self) -> None:
        """What is new is ORed and added to what is there; a group of which nothing is left goes."""
        self._do(f"CREATE OR REPLACE TEMP TABLE plus AS {self._grouped('news')}")
        sets = ", ".join(f'"{c}" = {_more(c)}' for c in self._of_years("news"))
        self._do(f"UPDATE {self.kept} AS k SET {sets} FROM plus AS p WHERE {self._same('k', 'p')}")
        self._do(
            f"INSERT INTO {self.kept} BY NAME SELECT p.* FROM plus AS p "
            f"ANTI JOIN {self.kept} AS k ON {self._same('p', 'k')} ORDER BY {_listed(self.shared)}"
        )
        self._do(f"DELETE FROM {self.kept} WHERE {' AND '.join(f'n{year} = 0' for year in self._span.years)}")

    def _of_years(self, rows: str) -> list[str]:
        """The columns that these rows say anything about: all blocks, and the sums and numbers of their years."""
        month = self.entity.attributes[self.entity.time].column
        years = {str(year) for (year,) in self._do(f'SELECT DISTINCT "{month}" // 100 FROM {rows}')}
        return [c for c in self._columns() if is_set(c) or c[-4:] in years]

    @property
    def _span(self) -> Span:
        return self.act.after.spans()[self.entity.table]

    @property
    def stated(self) -> list[str]:
        """The columns that months are made of."""
        summed = [
            a.column for a in self.entity.attributes.values() if a.type.kind in ("number", "money") and not a.varies
        ]
        return [*self.shared, self.entity.attributes[self.entity.time].column, *summed]

    def needed(self) -> str:
        """And those that say which version speaks."""
        return _listed([*self.table.key, *self.stated, *META.names])

    def _columns(self) -> list[str]:
        return all_columns(self.entity, self.act.after.spans()[self.entity.table])

    def _grouped(self, relation: str) -> str:
        """The months of these rows, as `months_of` has them."""
        types = {a.column: a.type for a in self.entity.attributes.values()}
        shown = [sql.alias(read(col(name), types[name]), name) for name in self.stated]
        rows = exp.Subquery(
            this=sql.select(shown, sql.table(relation, "r")), alias=exp.TableAlias(this=exp.to_identifier("r"))
        )
        return months_of(self.entity, rows, self.shared, self._columns(), self._span).sql("duckdb")


def owner_of(entity: Entity, offered: Offered) -> str | None:
    """The column of a reference that every row has: who the rows are of."""
    for attribute in entity.attributes.values():
        if attribute.type.kind == "ref" and attribute.column and (entity.name, attribute.name) in offered.filled:
            return attribute.column
    return None


def _more(column: str) -> str:
    """A column of a group with that of `plus`. A sum of nothing is missing, and so is a block without a month."""
    k, p = f'k."{column}"', f'p."{column}"'
    return f"CASE WHEN {k} IS NULL THEN {p} WHEN {p} IS NULL THEN {k} ELSE {k} {'|' if is_set(column) else '+'} {p} END"


def _less(column: str) -> str:
    """A column of a group without that of `minus`."""
    k, g = f'k."{column}"', f'g."{column}"'
    if is_set(column):
        return f"nullif({k} & ~coalesce({g}, 0), 0)"
    if is_count(column):
        return f"{k} - {g}"
    name, _, year = column.rpartition("_s")
    said = f'"{name}_c{year}"'
    return f"CASE WHEN k.{said} > g.{said} THEN {k} - coalesce({g}, 0) END"


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _instant(value: datetime) -> str:
    return f"TIMESTAMP '{value.isoformat(sep=' ')}'"


def _files(files: Sequence[str]) -> str:
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{quoted}], union_by_name = true, hive_partitioning = false)"
