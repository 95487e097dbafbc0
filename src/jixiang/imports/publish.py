"""How an act becomes known, all of it or nothing: data files, the ledger's COMMIT, the tables' logs, the head.

1. Data files are written into the tables' folders and flushed to the disk. No log names them yet.
2. The act is entered in the ledger, with every file and the version that it makes of its table, and the open transaction
   of the vault's database is committed. **That is the commit point**: before it the act has not happened, after it it has.
3. The files are entered in each table's Delta log, as the ledger says.
4. The head moves on to the new versions. Readers see all tables of the act from here on, and none of them before.

An act that dies before 2 leaves files that nothing names; one that dies after it leaves steps 3 and 4 to whoever comes
next. `recover` sees to both, before every act or called alone. It never takes back what a log holds: where facts are newer than
the ledger, one of the two is not what belonged to the other, and it stops.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from sqlite3 import Connection
from typing import Protocol, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from jixiang.imports.home import Home
from jixiang.imports.ledger import Act, Ledger, Part
from jixiang.tables.head import read_head, sync, write_head
from jixiang.tables.schema import FactTable
from jixiang.tables.store import LOG, Written, register, write_part

Reached: TypeAlias = Callable[[str], None]  # told the name of every point at which an act may die
Rows: TypeAlias = Iterable[pa.RecordBatch | pa.Table]

OURS = {".parquet", ".draft", ".part"}  # what step 1 leaves in a table's folder, whole or not
DRAFTS = ("_commit_*", "*#*")  # what step 3 leaves in a log's, before an entry has its name


class Disagreement(RuntimeError):
    """Ledger and fact folder are not of one piece: one of them is an older copy, or files are missing."""


@dataclass(frozen=True)
class Addition:
    """Rows for one table, in the table's order, in parts that become a data file each. `distinct`: no key occurs twice."""

    table: FactTable
    parts: Sequence[Rows]
    distinct: bool = False


def nobody(point: str) -> None:
    """Whom an act tells how far it has come, when nobody asks."""


class Vault(Protocol):
    """The vault, as far as it matters here: one transaction. What it commits must be on the disk (synchronous = FULL): a
    ledger that the power takes back a little of would be older than the head."""

    @property
    def connection(self) -> Connection: ...
    def act(self) -> AbstractContextManager[object]: ...


@contextmanager
def acting(home: Home, vault: Vault, *, reached: Reached = nobody) -> Iterator[Ledger]:
    """One act: alone in the home, after recovery, inside one transaction of the vault's database, published at the end.

    Whatever is raised inside takes everything back. What is raised after the commit point takes nothing back: the act has
    happened, and whoever acts next makes it seen.
    """
    with home.alone():
        ledger = Ledger(vault.connection)
        _recover(home, ledger, reached)
        try:
            with vault.act():
                yield ledger
                reached("act done")
        except BaseException:
            with suppress(OSError):  # the next act sweeps too
                _sweep(home, ledger)
            raise
        reached("committed")
        _finish(home, ledger, reached)
        _sweep(home, ledger)


def publish(
    home: Home,
    ledger: Ledger,
    act: Act,
    additions: Sequence[Addition] = (),
    *,
    threads: int = 1,
    reached: Reached = nobody,
) -> int:
    """Writes the act's data files and enters it in the ledger; its number. Only inside `acting`, whose end commits it.

    `threads`: how many parts are drawn and written at a time, each in a thread of its own if more than one.
    """
    if not ledger.connection.in_transaction:
        raise ValueError("publish belongs inside acting")
    versions = ledger.versions()
    parts: list[Part] = []
    for addition in additions:
        parts += _write(home.facts, addition, versions.get(addition.table.name, -1) + 1, threads, reached)
    sync(home.facts)
    reached("files written")
    number = ledger.record(act, parts)
    reached("act recorded")
    return number


def recover(home: Home, connection: Connection, *, reached: Reached = nobody) -> None:
    """Finishes what was committed and removes what was not. Raises Busy, or Disagreement if it can not be trusted."""
    with home.alone():
        _recover(home, Ledger(connection), reached)


def _recover(home: Home, ledger: Ledger, reached: Reached) -> None:
    _finish(home, ledger, reached)
    _sweep(home, ledger)
    reached("recovered")


def _write(folder: Path, addition: Addition, version: int, threads: int, reached: Reached) -> list[Part]:
    """The data files of one table, on the disk. A table that gets no rows gets no version either."""
    table = addition.table
    place = folder / table.name
    label = f"{version:06d}" if addition.distinct else ""

    def one(number: int, part: Rows) -> Written | None:
        written = write_part(place, f"{version:06d}-{number:04d}", table, part, label)
        if written is not None:
            sync(place / written.name)
        reached(f"{table.name} part {number} written")
        return written

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            files = list(pool.map(one, range(len(addition.parts)), addition.parts))
    else:
        files = [one(number, part) for number, part in enumerate(addition.parts)]
    if place.is_dir():
        sync(place)
    return [Part(table.name, version, f.name, f.bytes, f.rows, f.sha256) for f in files if f is not None]


# After the commit point ---------------------------------------------------------------------------------------------


def _finish(home: Home, ledger: Ledger, reached: Reached) -> None:
    """Steps 3 and 4, as far as they are still to be done. Doing them again changes nothing."""
    versions = ledger.versions()
    head = read_head(home.facts) or {}
    _agree(home.facts, head, versions)
    for table, version in versions.items():
        if head.get(table, -1) < version:
            for number, parts in groupby(ledger.parts(table, after=head.get(table, -1)), lambda part: part.version):
                _enter(home.facts / table, number, tuple(parts))
                reached(f"{table} version {number} entered")
            for folder in (home.facts / table / LOG, home.facts / table):
                sync(folder)
    if head != versions or read_head(home.facts) is None:
        write_head(home.facts, versions)
        reached("head moved")


def _agree(facts: Path, head: dict[str, int], versions: dict[str, int]) -> None:
    """Refuses facts that the ledger knows nothing of: it may be yesterday's copy, and they may be all there is."""
    there = {entry.name for entry in facts.iterdir() if (entry / LOG).is_dir()} if facts.is_dir() else set()
    for table in sorted(there | set(head)):
        known = versions.get(table, -1)
        if head.get(table, -1) > known or _log(facts / table, known + 1).exists():
            raise Disagreement(f"{table} is newer than the ledger, which knows of version {known}")


def _enter(folder: Path, version: int, parts: Sequence[Part]) -> None:
    """Enters data files in the table's log as this version, unless they are."""
    log = _log(folder, version)
    if log.exists():
        if _entered(log) == {part.file for part in parts}:
            return
        log.unlink()  # cut off when the power failed; no head has named it yet
    missing = [p.file for p in parts if not _whole(folder / p.file, p.bytes)]
    if missing:
        raise Disagreement(f"{folder.name} lacks {', '.join(missing)}")
    schema = pq.read_schema(folder / parts[0].file)
    current = DeltaTable(str(folder)) if version else None
    if current is not None and current.version() != version - 1:
        raise Disagreement(f"{folder.name} is at version {current.version()}, not {version - 1}")
    actions = [Written(part.file, part.bytes, part.facts, part.sha256).action for part in parts]
    register(folder, current, schema, actions)
    sync(log)


def _log(folder: Path, version: int) -> Path:
    return folder / LOG / f"{version:020d}.json"


def _entered(log: Path) -> set[str]:
    """The data files that a version adds; none if the log can not be read."""
    try:
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    except ValueError:
        return set()
    return {line["add"]["path"] for line in lines if "add" in line}


def _whole(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _sweep(home: Home, ledger: Ledger) -> None:
    """Removes what no act has come to own: files of acts that died, and what was laid out for them."""
    shutil.rmtree(home.staging, ignore_errors=True)
    for folder in home.facts.iterdir():
        if not folder.is_dir():
            continue
        kept = {part.file for part in ledger.parts(folder.name)}
        for path in folder.iterdir():
            if path.suffix in OURS and path.name not in kept:
                path.unlink()
        for pattern in DRAFTS:
            for path in (folder / LOG).glob(pattern):
                path.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()
