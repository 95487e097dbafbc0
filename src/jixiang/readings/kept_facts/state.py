"""What a file of kept facts says of itself: of which facts, as known when, it was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.query.bits import Span
from jixiang.tables.schema import fact_tables
from jixiang.tables.snapshot import SIGNED
from jixiang.tables.store import FactStore

LAYOUT = 1  # of the file: another one is built anew
FOLDER, FILE = "_kept", "facts.duckdb"
STATE = "_state"  # the table that says all this


@dataclass(frozen=True)
class State:
    """`files`: table → the names of its data files. `until`: what was recorded by this instant is in it; `newest`: the last
    instant at which any of these files says that something was recorded (None: none says). `months`: table → its span."""

    layout: int
    vocabulary: str
    files: dict[str, tuple[str, ...]]
    until: datetime
    newest: datetime | None
    months: dict[str, tuple[int, int]]
    filled: dict[str, tuple[str, ...]]

    def text(self) -> str:
        return json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> State:
        found = json.loads(text)
        newest = found["newest"]
        return cls(
            found["layout"],
            found["vocabulary"],
            {table: tuple(files) for table, files in found["files"].items()},
            datetime.fromisoformat(found["until"]),
            None if newest is None else datetime.fromisoformat(newest),
            {table: (first, last) for table, (first, last) in found["months"].items()},
            {table: tuple(columns) for table, columns in found["filled"].items()},
        )

    def fits(self, store: FactStore, vocabulary: Vocabulary, until: datetime) -> bool:
        """May a run that asks for what was known by `until` read it? It may if nothing was recorded between."""
        same = (
            self.layout == LAYOUT
            and self.vocabulary == said_by(vocabulary)
            and self.files == files_of(store, vocabulary)
        )
        if not same or until == self.until:
            return same
        return self.newest is None or (until >= self.newest and self.until >= self.newest)

    def spans(self) -> dict[str, Span]:
        return {table: Span(first, last) for table, (first, last) in self.months.items()}


def path_of(store: FactStore) -> Path:
    return store.folder / FOLDER / FILE


def files_of(store: FactStore, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The data files by their names, which end in their hash; of plain Parquet also by their size and times of change: a copy may
    bring the time of its content along, but it cannot choose when it was put there."""
    return {table: tuple(map(named, store.files(table))) for table in fact_tables(vocabulary)}


def named(file: str) -> str:
    path = Path(file)
    if SIGNED.search(path.name):
        return path.name
    stat = path.stat()
    return f"{path.name}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ctime_ns}"


def said_by(vocabulary: Vocabulary) -> str:
    """All of a vocabulary on which it depends what is kept, and what is known of it, as a hash: its tables and columns, what
    they are called, of what kind they are, and which of them says when."""
    said: Mapping[str, object] = {
        "tables": {name: (t.key, t.order, str(t.schema)) for name, t in fact_tables(vocabulary).items()},
        "entities": {
            entity.table: (
                entity.name,
                entity.time,
                [(name, a.column, a.type.kind, a.varies) for name, a in entity.attributes.items()],
            )
            for entity in vocabulary.entities.values()
        },
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read_state(store: FactStore) -> State | None:
    """What the kept file says of itself; None if there is none that can be read."""
    path = path_of(store)
    return state_in(path) if path.is_file() else None


def state_in(path: Path) -> State | None:
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            return state_from(con.execute(f"SELECT said FROM {STATE}").fetchall())
    except duckdb.Error:
        return None


def state_from(rows: Sequence[Sequence[object]]) -> State | None:
    """From the rows of the table that says it."""
    try:
        return State.from_text(str(rows[0][0]))
    except (ValueError, KeyError, TypeError, IndexError):
        return None
