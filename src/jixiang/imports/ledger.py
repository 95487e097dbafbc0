"""The ledger of acts: what came in when, from which files, how many rows became of them, and which versions they made.

It lies in the vault's database, so that one COMMIT decides over persons, the ledger and (by the versions it names) the
fact tables. Rows are only ever added. Never holds a name or a number of a person, and never reads or writes a fact.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from jixiang.imports.kinds import Shape
from jixiang.imports.settle import Authority, Coverage
from jixiang.vault.store import statements

SCHEMA = Path(__file__).with_suffix(".sql")
LONG_NUMBER = re.compile(r"[0-9]{11,}[Xx]?")  # as long as a telephone number: it may be somebody's

What = Literal["import", "desk", "recovery"]
NAMES_SPOKEN, NAMES_WITHDRAWN = 1, 2  # what an act may mean for files that came before: see the schema


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file of an act. `number` is the file's in `_row`; `definition` a hash of the mapping that it was read by."""

    number: int
    name: str
    layout: str
    sha256: str
    bytes: int
    rows_read: int
    accepted: int
    refused: int
    ignored: int
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A data file that an act adds to a fact table, and the version that it belongs to."""

    table: str
    version: int
    file: str
    bytes: int
    facts: int
    sha256: str


@dataclass(frozen=True)
class Act:
    """One act. `id` is 0 until it is recorded. `kind`, `extracted`, `shape` and `scope` are an import's.

    `scope`: the values that the extract spoke for, of shape "scope", one text or number for each of the kind's columns.
    `counts`: table → what became of its facts → how many. `report` is JSON without personal data. `names`: it may let in
    rows that were refused for a name (NAMES_SPOKEN), or has withdrawn rows that were accepted (NAMES_WITHDRAWN).
    """

    what: What
    received_at: datetime
    kind: str = ""
    extracted: date | None = None
    shape: Shape = "nothing"
    scope: Collection[tuple[Any, ...]] = frozenset()
    files: Sequence[ReceivedFile] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    names: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Extract:
    """All that was received of one kind, of one extract day, in however many files and acts."""

    kind: str
    extracted: date
    files: int
    rows_read: int
    accepted: int
    refused: int
    ignored: int


class Ledger:
    """Reads and adds to the ledger; the caller begins and commits. The tables are made if they are not there."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        for statement in statements(SCHEMA.read_text(encoding="utf-8")):
            connection.execute(statement)

    # What there is ----------------------------------------------------------------------------------------------

    def next_file(self) -> int:
        """The number for the next file; those after it are free too."""
        return int(self._one("SELECT coalesce(max(id), 0) + 1 FROM ledger_file"))

    def moment(self, received: datetime) -> datetime:
        """When an act that is received now counts as received: after the one before, though the clock be set back."""
        last = self._one("SELECT max(received_at) FROM ledger_act")
        return received if last is None else max(received, datetime.fromisoformat(last) + timedelta(microseconds=1))

    def file_known(self, kind: str, extracted: date, sha256: str, definition: str = "") -> int | None:
        """The number of a file of these bytes that need not be read again; None if it may say something new.

        Where rows of it were refused, it may once the mapping has changed or names have been spoken of; and where rows
        have been withdrawn since, all of them must be looked at again.
        """
        known: int | None = self._one(
            "SELECT max(file.id) FROM ledger_file file WHERE kind = ? AND extracted = ? AND sha256 = ?"
            " AND (refused = 0 OR definition = ?) AND NOT EXISTS (SELECT 1 FROM ledger_act later"
            " WHERE later.id > file.act AND later.names >= iif(file.refused = 0, ?, ?))",
            (kind, extracted.isoformat(), sha256, definition, NAMES_WITHDRAWN, NAMES_SPOKEN),
        )
        return known

    def last(self, kind: str, *, layout: str | None = None, before: date | None = None) -> Extract | None:
        """The newest extract of a kind: of one layout, or older than a day, if that is given."""
        row = self.connection.execute(
            "SELECT extracted, count(*), sum(rows_read), sum(accepted), sum(refused), sum(ignored) FROM ledger_file"
            " WHERE kind = ? AND layout = coalesce(?, layout) AND extracted < coalesce(?, '9999-99-99')"
            " GROUP BY extracted ORDER BY extracted DESC LIMIT 1",
            (kind, layout, before.isoformat() if before else None),
        ).fetchone()
        return Extract(kind, date.fromisoformat(row[0]), *row[1:]) if row else None

    def authority(self, kind: str, extracted: date) -> Authority:
        """What other imports of a kind have spoken of: extracts newer than this day, and those of the same day."""
        return Authority(
            self._coverage(kind, "extracted > ?", extracted), self._coverage(kind, "extracted = ?", extracted)
        )

    def _coverage(self, kind: str, when: str, day: date) -> Coverage:
        given = (kind, day.isoformat())
        whole = self._one(f"SELECT count(*) FROM ledger_act WHERE kind = ? AND {when}", given)
        values = self.connection.execute(
            f"SELECT DISTINCT value FROM ledger_scope JOIN ledger_act ON act = id WHERE kind = ? AND {when}", given
        )
        return Coverage(bool(whole), frozenset(tuple(json.loads(value)) for (value,) in values))

    def versions(self, act: int | None = None) -> dict[str, int]:
        """Table → its version after an act, or after the last one."""
        return dict(
            self.connection.execute(
                "SELECT table_name, max(version) FROM ledger_version WHERE act <= coalesce(?, act) GROUP BY table_name",
                (act,),
            ).fetchall()
        )

    def parts(self, table: str, after: int = -1) -> Iterator[Part]:
        """The data files of a table that came after a version, in order."""
        rows = self.connection.execute(
            "SELECT version, file, bytes, facts, sha256 FROM ledger_part WHERE table_name = ? AND version > ?"
            " ORDER BY version, file",
            (table, after),
        )
        return (Part(table, *row) for row in rows.fetchall())

    def acts(self, *, kind: str | None = None, after: int = 0) -> Iterator[Act]:
        """Acts in order, as they were recorded."""
        rows = self.connection.execute(
            "SELECT id, what, kind, extracted, received_at, shape, names, report FROM ledger_act"
            " WHERE id > ? AND kind = coalesce(?, kind) ORDER BY id",
            (after, kind),
        )
        return (self._act(*row) for row in rows.fetchall())

    # Adding to it -----------------------------------------------------------------------------------------------

    def record(self, act: Act, parts: Sequence[Part] = ()) -> int:
        """Adds an act with its files, counts and the data files that it made; its number. Needs an open transaction."""
        number = int(self._one("SELECT coalesce(max(id), 0) + 1 FROM ledger_act"))
        extracted = act.extracted.isoformat() if act.extracted else None
        received = act.received_at.isoformat(timespec="microseconds")
        report = json.dumps(act.report, ensure_ascii=False, sort_keys=True)
        self._add("ledger_act", [(number, act.what, act.kind, extracted, received, act.shape, act.names, report)])
        self._add("ledger_scope", [(number, json.dumps(value, ensure_ascii=False)) for value in sorted(act.scope)])
        self._add_files(number, act)
        counts = [(number, table, what, n) for table, found in act.counts.items() for what, n in found.items()]
        self._add("ledger_count", sorted(counts))
        self._add("ledger_version", [(number, *made) for made in sorted({(p.table, p.version) for p in parts})])
        self._add("ledger_part", [(p.table, p.version, p.file, p.bytes, p.facts, p.sha256) for p in parts])
        return number

    def _add_files(self, number: int, act: Act) -> None:
        spoken = self._one("SELECT count(*) FROM ledger_act WHERE names > 0 AND id < ?", (number,))
        of_act = (act.kind, act.extracted.isoformat() if act.extracted else None)
        self._add(
            "ledger_file",
            [
                (
                    *(file.number, number, *of_act, LONG_NUMBER.sub("…", file.name), file.layout, file.definition),
                    *(spoken, file.sha256, file.bytes, file.rows_read, file.accepted, file.refused, file.ignored),
                )
                for file in act.files
            ],
        )

    def _add(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self.connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)

    # Reading ----------------------------------------------------------------------------------------------------

    def _one(self, query: str, given: Sequence[Any] = ()) -> Any:
        return self.connection.execute(query, given).fetchone()[0]

    def _act(
        self,
        number: int,
        what: What,
        kind: str,
        extracted: str | None,
        received: str,
        shape: Shape,
        names: int,
        report: str,
    ) -> Act:
        files = self.connection.execute(
            "SELECT id, name, layout, sha256, bytes, rows_read, accepted, refused, ignored, definition"
            " FROM ledger_file WHERE act = ? ORDER BY id",
            (number,),
        )
        scope = self.connection.execute("SELECT value FROM ledger_scope WHERE act = ? ORDER BY value", (number,))
        counts: dict[str, dict[str, int]] = {}
        counted = "SELECT table_name, what, facts FROM ledger_count WHERE act = ? ORDER BY table_name, what"
        for table, fate, n in self.connection.execute(counted, (number,)):
            counts.setdefault(table, {})[fate] = n
        return Act(
            what=what,
            received_at=datetime.fromisoformat(received),
            kind=kind,
            extracted=date.fromisoformat(extracted) if extracted else None,
            shape=shape,
            scope=frozenset(tuple(json.loads(value)) for (value,) in scope),
            files=tuple(ReceivedFile(*row) for row in files),
            counts=counts,
            report=json.loads(report),
            names=names,
            id=number,
        )
