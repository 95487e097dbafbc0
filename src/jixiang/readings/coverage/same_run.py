"""Is a run of these facts and of these texts? Only then can its rows be asked further."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from jixiang.readings.run.request import Request, version_text
from jixiang.tables.schema import fact_tables
from jixiang.tables.snapshot import read_manifest, take_snapshot
from jixiang.tables.store import FactStore


class OtherRun(ValueError):
    """The run is of other facts, or of other texts, or cannot be read."""


def decided_as_of(run: Path) -> date:
    """The day of a run. Raises OtherRun."""
    try:
        return read_manifest(run).as_of
    except (ValueError, KeyError) as error:
        raise OtherRun(str(error)) from error


def require_same(run: Path, request: Request, store: FactStore) -> None:
    """Raises OtherRun, saying what differs."""
    there = read_manifest(run)
    tables = fact_tables(request.vocabulary)
    now = take_snapshot(store, tables=tables, as_of=request.as_of, documents={}, run_dates=())
    if there.tables != now.tables or there.cutoffs != now.cutoffs:
        raise OtherRun(f"{run} 的决定不是按 {store.folder} 的事实作的")
    changed = [code for code in request.codes if not _texts(run, code) <= _known(request, code)]
    if changed:
        raise OtherRun(f"{'、'.join(changed)} 的文件在 {run} 这次运行以后改过")


def _texts(run: Path, code: str) -> set[str]:
    column = pq.read_table(run / code / "decisions.parquet", columns=["version"])["version"]
    return set(pc.unique(column).to_pylist())


def _known(request: Request, code: str) -> set[str]:
    return {version_text(version) for version in request.rulebook.policies[code]}
