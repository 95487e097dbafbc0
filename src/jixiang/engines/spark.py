"""The second engine: Spark, for a city or a province that one machine does not hold.

It runs the same plan and gives the same rows. Kept steps are written as Parquet into a folder that the driver and all workers
see, and read back, so that no query is larger than what stands between two of them; other steps are views.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from jixiang.engines.engine import Progress, Runnable
from jixiang.engines.spark_kinds import Kind
from jixiang.engines.spark_sql import spark_text
from jixiang.engines.spark_types import kinds_of, plain, spark_schema, without_void

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Spark:
    """One run's relations on a cluster. They are this engine's own: two engines on one session do not see each other's.

    `folder`: where kept steps are put, under a name of their own that is removed at the end; on a cluster of several machines
    it must be shared by all of them."""

    dialect = "spark"

    def __init__(self, session: SparkSession, *, folder: Path | None = None) -> None:
        self._session = session.newSession()
        self._folder = tempfile.TemporaryDirectory(prefix="jixiang-", dir=folder, ignore_cleanup_errors=True)
        self._kinds: dict[str, dict[str, Kind]] = {}
        self._tables: dict[str, Path] = {}
        self._written = 0

    def __enter__(self) -> Spark:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for name in list(self._kinds):
            self._session.catalog.dropTempView(name)
        self._folder.cleanup()

    def offer_files(self, name: str, files: Iterable[str], schema: pa.Schema) -> None:
        """A relation over Parquet files; without files, an empty one of this schema. Columns that no file has are NULL.

        Raises ValueError for a file that Spark would pass over, as it does where a name begins with `_` or a point."""
        listed = list(files)
        if hidden := [file for file in listed if Path(file).name.startswith(("_", "."))]:
            raise ValueError(f"Spark does not see files of such names: {hidden}")
        if not listed:
            self.offer(name, schema.empty_table())
            return
        held = pa.unify_schemas([pq.read_schema(file) for file in listed], promote_options="permissive")
        absent = [field for field in schema if field.name not in held.names]
        self._name(name, self._read([_literal_path(file) for file in listed], pa.schema([*held, *absent])))

    def offer(self, name: str, rows: pa.Table) -> None:
        """A table of rows made here."""
        path = self._next(name)
        path.mkdir()
        pq.write_table(rows, path / "0.parquet")
        self._replace(name, path, self._read([str(path)], rows.schema))

    def run(self, steps: Iterable[Runnable], progress: Progress | None = None) -> None:
        """Every step in order: a kept one as a table, the others as views."""
        listed = list(steps)
        for number, step in enumerate(listed):
            if progress:
                progress(step.name, number, len(listed))
            if step.kept:
                self.keep(step.name, step.query)
            else:
                self._name(step.name, self._frame(step.query))
        if progress and listed:
            progress("", len(listed), len(listed))

    def keep(self, name: str, query: exp.Query) -> None:
        """One more table, from a query."""
        path = self._next(name)
        frame = without_void(self._frame(query))
        frame.write.parquet(str(path))
        self._replace(name, path, self._session.read.schema(frame.schema).parquet(str(path)))

    def fetch(self, query: exp.Query) -> pa.Table:
        """The rows of a query, as Arrow."""
        return plain(without_void(self._frame(query)).toArrow())

    def batches(self, query: exp.Query, rows: int = 122_880) -> pa.RecordBatchReader:
        """The rows of a query, a batch at a time: the cluster writes them in order, and they are read file by file."""
        path = self._next("batches")
        frame = without_void(self._frame(query))
        frame.write.parquet(str(path))
        schema = plain(frame.limit(0).toArrow()).schema
        return pa.RecordBatchReader.from_batches(schema, _batches(path, schema, rows))

    def drop(self, name: str, *, kept: bool) -> None:
        """Forgets a table, or a view."""
        self._session.catalog.dropTempView(name)
        self._kinds.pop(name, None)
        if kept and (path := self._tables.pop(name, None)):
            shutil.rmtree(path)

    def _frame(self, query: exp.Query) -> DataFrame:
        return self._session.sql(spark_text(query, self._kinds))

    def _read(self, paths: list[str], schema: pa.Schema) -> DataFrame:
        reader = self._session.read.schema(spark_schema(schema)).option("recursiveFileLookup", "true")
        return reader.parquet(*paths)

    def _replace(self, name: str, path: Path, frame: DataFrame) -> None:
        """A table takes the place of the one before; whatever view still stood on that one is no longer to be asked."""
        before = self._tables.get(name)
        self._name(name, frame)
        self._tables[name] = path
        if before is not None:
            shutil.rmtree(before)

    def _name(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._kinds[name] = kinds_of(frame)

    def _next(self, name: str) -> Path:
        self._written += 1
        return Path(self._folder.name) / f"{self._written}-{name}"


def _batches(path: Path, schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    """The parts of an ordered result are numbered in its order."""
    for part in sorted(path.glob("part-*.parquet")):
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(batch_size=rows):
                yield from plain(pa.Table.from_batches([batch])).cast(schema).to_batches()
    shutil.rmtree(path)


def _literal_path(file: str) -> str:
    """Spark reads paths as patterns."""
    return "".join(f"\\{sign}" if sign in "\\*?[]{}" else sign for sign in file)
