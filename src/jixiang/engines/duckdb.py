"""The embedded engine: DuckDB, out of core, in bounded memory, with progress.

It offers fact tables as `raw_<table>`, runs steps in order and hands out results. What a step means is not its business.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa
from sqlglot import exp

from jixiang.engines.engine import Progress, Runnable

_PLACES = 'CAST(places AS STRUCT(rule BIGINT, "key" VARCHAR, most BIGINT, level BIGINT)[])'
_STAGES = "CAST(stages AS STRUCT(name VARCHAR, due_fen BIGINT)[])"

FUNCTIONS = (
    # The longest run of consecutive numbers in a list: in a run, the number less its place in order stays the same.
    """CREATE MACRO longest_run(months) AS CAST(coalesce(list_max(map_values(list_aggregate(
         list_transform(list_sort(CAST(months AS BIGINT[])), lambda month, place: month - place), 'histogram'))), 0) AS BIGINT)""",
    # The places of a list that have a key: those that a claim does ask for.
    f"CREATE MACRO with_key(places) AS list_filter({_PLACES}, lambda place: place.key IS NOT NULL)",
    # The same places under their rules' names, as decisions show them; a place has a limit or (先高后低) a level, never both.
    f"""CREATE MACRO named_places(places, names) AS list_transform({_PLACES}, lambda place: {{
         'rule': CAST(names AS VARCHAR[])[place.rule + 1], 'key': place.key, 'limit': place.most + place.level,
         'holders': CAST([] AS VARCHAR[])}})""",
    # What was due of a stage when it was paid; NULL if it was not.
    f"""CREATE MACRO stage_paid(stages, stage) AS list_filter({_STAGES},
         lambda one: one.name = CAST(stage AS VARCHAR) AND one.due_fen IS NOT NULL)[1].due_fen""",
    # The label of a version as decisions name it: what stands before the last point.
    "CREATE MACRO version_label(version) AS regexp_replace(CAST(version AS VARCHAR), '·[^·]*$', '')",
    # Days counted from 1 January of the year 1, which is 1.
    "CREATE MACRO ordinal(day) AS CAST(CAST(day AS DATE) - DATE '0001-01-01' AS BIGINT) + 1",
)

WORDS_MAX = 4000  # steps whose words are remembered


class DuckDB:
    """One run's tables, in memory; what exceeds the limit goes into a folder of its own, which is removed at the end. A file
    would hold them in half the space, but packing them takes longer than all that is asked of them. Not for sharing
    between threads."""

    dialect = "duckdb"

    def __init__(
        self,
        *,
        memory_mb: int | None = None,
        threads: int | None = None,
        folder: Path | None = None,
    ) -> None:
        self._views: dict[str, tuple[str, tuple[str, ...]]] = {}  # name → its text, what it reads
        self._words: dict[int, tuple[exp.Query, tuple[str, tuple[str, ...]]]] = {}  # by the query itself
        self._folder = tempfile.TemporaryDirectory(prefix="jixiang-", dir=folder)
        self._con = duckdb.connect()
        self._con.execute(f"SET temp_directory = '{self._folder.name}/spill'")
        self._con.execute("SET enable_progress_bar = false")
        self._con.execute("SET preserve_insertion_order = false")
        if memory_mb is not None:
            self._con.execute(f"SET memory_limit = '{memory_mb}MB'")
        if threads is not None:
            self._con.execute(f"SET threads = {threads}")
        for function in FUNCTIONS:
            self._con.execute(function)

    def __enter__(self) -> DuckDB:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._con.close()
        self._folder.cleanup()

    def offer_files(self, name: str, files: Iterable[str], schema: pa.Schema) -> None:
        """A relation over Parquet files; without files, an empty one of this schema. Columns that no file has are NULL."""
        listed = list(files)
        if not listed:
            self.offer(name, schema.empty_table())
            return
        quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in listed)
        source = f"read_parquet([{quoted}], union_by_name = true, hive_partitioning = false)"
        present = self._columns(source)
        absent = [f for f in schema if f.name not in present]
        extra = "".join(f', CAST(NULL AS {_type_name(f.type)}) AS "{f.name}"' for f in absent)
        self._con.execute(f'CREATE OR REPLACE VIEW "{name}" AS SELECT *{extra} FROM {source}')

    def _columns(self, source: str) -> set[str]:
        return {row[0] for row in self._con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}

    def offer(self, name: str, rows: pa.Table, *, within: str = "") -> None:
        """A table of rows made here. `within`: an attached file that it becomes part of."""
        self._con.register("_offered", rows)
        self._con.execute(f"CREATE OR REPLACE TABLE {_in(within, name)} AS SELECT * FROM _offered")
        self._con.unregister("_offered")

    def attach(self, path: Path, name: str, *, write: bool = False) -> None:
        """Tables of another file beside those of this run; they go by `name`."""
        quoted = str(path).replace("'", "''")
        self._con.execute(f"ATTACH '{quoted}' AS \"{name}\"{'' if write else ' (READ_ONLY)'}")

    def detach(self, name: str) -> None:
        """Everything written to an attached file is in it then."""
        self._con.execute(f'CHECKPOINT "{name}"')
        self._con.execute(f'DETACH "{name}"')

    def offer_attached(self, name: str, within: str, table: str) -> None:
        """A relation that reads a table of an attached file."""
        self._con.execute(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM {_in(within, table)}')

    def run(self, steps: Iterable[Runnable], progress: Progress | None = None) -> None:
        """Every step in order: a kept one as a table; the others are put into the queries that read them."""
        listed = list(steps)
        for number, step in enumerate(listed):
            if progress:
                progress(step.name, number, len(listed))
            words = self._in_words(step.query)
            if step.kept:
                self._con.execute(f'CREATE OR REPLACE TABLE "{step.name}" AS {self._with_views(*words)}')
                self._views.pop(step.name, None)  # of a plan before this one
            else:
                self._views[step.name] = words
        if progress and listed:
            progress("", len(listed), len(listed))

    def keep(self, name: str, query: exp.Query, *, within: str = "") -> None:
        """One more table, from a query. `within`: an attached file that it becomes part of."""
        self._con.execute(f"CREATE OR REPLACE TABLE {_in(within, name)} AS {self._text(query)}")

    def execute(self, text: str) -> list[tuple[object, ...]]:
        """A statement in this engine's own words; the rows that it gives."""
        return self._con.execute(text).fetchall()

    def fetch(self, query: exp.Query) -> pa.Table:
        """The rows of a query, as Arrow."""
        return self._con.sql(self._text(query)).to_arrow_table()

    def batches(self, query: exp.Query, rows: int = 122_880) -> pa.RecordBatchReader:
        """The rows of a query, a batch at a time."""
        return self._con.sql(self._text(query)).to_arrow_reader(rows)

    def drop(self, name: str, *, kept: bool) -> None:
        """Forgets a table, or a view."""
        if not kept:
            self._views.pop(name, None)
            return
        self._con.execute(f'DROP TABLE IF EXISTS "{name}"')

    def _text(self, query: exp.Query) -> str:
        """A query with the views that it reads, and those that they read, as its own. A database's views would be bound
        anew, with all they stand on, by every one made on top of them: with hundreds that takes longer than a small city."""
        return self._with_views(query.sql(self.dialect), _reads(query))

    def _in_words(self, query: exp.Query) -> tuple[str, tuple[str, ...]]:
        """A step's text and what it reads. A plan may be run many times: its steps are put into words once."""
        if id(query) not in self._words:
            if len(self._words) >= WORDS_MAX:
                self._words.clear()
            self._words[id(query)] = query, (query.sql(self.dialect), _reads(query))
        return self._words[id(query)][1]

    def _with_views(self, text: str, reads: Iterable[str]) -> str:
        needed: dict[str, None] = {}
        self._add_needed(reads, needed)
        if not needed:
            return text
        views = ", ".join(f'"{name}" AS NOT MATERIALIZED ({self._views[name][0]})' for name in needed)
        return f"WITH {views}, {text[5:]}" if text.startswith("WITH ") else f"WITH {views} {text}"

    def _add_needed(self, names: Iterable[str], needed: dict[str, None]) -> None:
        """Views, each after those that it reads."""
        for name in names:
            if name in self._views and name not in needed:
                self._add_needed(self._views[name][1], needed)
                needed[name] = None


def _in(within: str, name: str) -> str:
    return f'"{within}"."{name}"' if within else f'"{name}"'


def _reads(query: exp.Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source.name for source in query.find_all(exp.Table)))


def _type_name(type_: pa.DataType) -> str:
    names = {
        pa.date32(): "DATE",
        pa.int32(): "INTEGER",
        pa.int64(): "BIGINT",
        pa.bool_(): "BOOLEAN",
        pa.string(): "VARCHAR",
    }
    return names[type_]
