"""Compares what an import states with what is known, and says which rows to append and which rows of files to leave out.

**One thing said of a key.** An extract is all imports of one source and day, in whatever pieces they come. Where its rows
do not agree on a key it says nothing of it: the key is withheld, which is a retraction of that day, and the rows are refused
(`row-conflict`, or `row-withheld` where the other row came in an earlier import). The next extract may state it again.

**The newest extract speaks.** Of shape `nothing` and `register` for the keys that it has: what it repeats is appended again,
or an extract of a day between, coming late, could not know that it is outdated. Of `everything` and `scope` for all rows of
the main fact's table, or those with scope values that it has: what it lacks there is retracted, and an older extract is
ignored. Other tables that such a kind fills (histories, secondary facts) go by their keys alone; what is lacking there says nothing.

So what is known of a key depends only on what the extracts say of this key: never on the order, the pieces or the number
of times in which they came, nor on what is wrong with another fact of the same row.

`source` of a row is `name@day`. Whose a row is by a decision of the desk is not seen here: rows are compared as their files
stated them (`persons_of_rows`). Where kinds with different sources state one key, the later day speaks, then the later name; a key that is
taken back where it lacks must have one source. Nothing is written here but files in the staging folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa

from jixiang.imports.kinds import Kind, Person
from jixiang.imports.rows import Positions
from jixiang.imports.settle_buckets import Counts, Outcome, Reach, Settler, Terms
from jixiang.imports.settle_parts import Parts
from jixiang.imports.settle_rows import FILE, RowSet
from jixiang.imports.staging import Scope, Staging
from jixiang.imports.stating import named_columns
from jixiang.tables.schema import FactTable
from jixiang.tables.store import FactStore

Progress: TypeAlias = Callable[[str, int, int], None]  # what is done now, how many steps are done, of how many


@dataclass(frozen=True, slots=True)
class Coverage:
    """What imports have spoken of: `whole` if there was one at all, `scope` the values of the kind's scope they had."""

    whole: bool = False
    scope: Scope = frozenset()


@dataclass(frozen=True, slots=True)
class Authority:
    """`newer`: the imports of this kind with a later extract day; `same`: those before this one with the same day."""

    newer: Coverage = Coverage()
    same: Coverage = Coverage()


@dataclass(frozen=True)
class Settlement:
    """What an import comes to. `refused` and `ignored`: code → rows, each row in one of them at most. `counts`: table →
    what became of its keys. `scope`: the values of the kind's scope that the import had, for the imports after it.
    """

    tables: tuple[FactTable, ...]
    terms: Terms
    counts: Mapping[str, Counts]
    refused: Mapping[str, RowSet]
    ignored: Mapping[str, RowSet]
    scope: Scope
    outcomes: Mapping[str, tuple[Outcome, ...]] = field(repr=False)
    folder: Path
    memory_mb: int

    def parts(self, table: str) -> tuple[Iterator[pa.Table], ...]:
        """The rows to append to a table, each part in the table's order, to be read once; none if there are no rows. No key
        occurs twice in all of them."""
        fact_table = next(found for found in self.tables if found.name == table)
        return Parts(fact_table, self.outcomes[table], self.terms, self.folder, self.memory_mb).all()


def settle(
    kind: Kind,
    staging: Staging,
    store: FactStore,
    *,
    extracted: date,
    received: datetime,
    file: int,
    authority: Authority,
    person: str,
    progress: Progress | None = None,
    memory_mb: int = 1500,
) -> Settlement:
    """Settles all that is staged. `file`: the number of the import's first file, which no other import has. `received` is
    later than that of every import before, or the same where `file` is larger. `person`: the entity whose rows are persons,
    in Chinese; what is staged and what is appended names persons by the own key of the number that a file gave.
    """
    terms = Terms(extracted, received, kind.source, file * FILE, person)
    hearing = _Hearing(wanted=len(kind.facts) > 1)
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    spill = str(staging.folder / "spill")
    with duckdb.connect(config={"temp_directory": spill, "memory_limit": f"{memory_mb}MB"}) as con:
        con.execute("SET preserve_insertion_order = false")
        for table in staging.tables():
            reach = _reach(kind, staging.scope(), authority) if table.name == kind.main.table.name else Reach()
            single = sum(fact.table.name == table.name for fact in kind.facts) == 1
            settler = Settler(con, table, store, terms, reach, staging.folder, single=single)
            buckets = staging.buckets(table.name)
            found: list[Outcome] = []
            for number, bucket in enumerate(buckets):
                if progress:
                    progress(table.name, number, len(buckets))
                outcome, rows = settler.settle(bucket, live=hearing.wanted)
                found.append(outcome)
                hearing.add(rows)
            outcomes[table.name] = tuple(found)
    refused, ignored = hearing.verdicts()
    counts = {name: sum((outcome.counts for outcome in found), Counts()) for name, found in outcomes.items()}
    return Settlement(
        staging.tables(), terms, counts, refused, ignored, staging.scope(), outcomes, staging.folder, memory_mb
    )


def _reach(kind: Kind, scope: Scope, authority: Authority) -> Reach:
    match kind.shape:
        case "everything":
            return Reach(authority.newer.whole, authority.same.whole, True)
        case "scope":
            _require_in_key(kind)
            return Reach(authority.newer.scope, authority.same.scope, scope, kind.scope)
        case "nothing" | "register":
            return Reach()


def _require_in_key(kind: Kind) -> None:
    """A row that could move from one scope to another would be known in either, depending on which came last."""
    main = kind.main
    in_key = {column for source in main.key for column in named_columns(source)}
    for column in kind.scope:
        source = main.cells.get(column)
        if source is None or isinstance(source, Person) or not in_key.issuperset(named_columns(source)):
            raise ValueError(f"scope of {kind.code}: {column} does not belong to the key of {main.table.name}")


class _Hearing:
    """What the rows hear, over all their facts. `wanted`: rows state several facts, so that what is ignored in one may
    count in another."""

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self._rows = {code: RowSet() for code in ("row-conflict", "row-withheld", "row-duplicate", "row-older", "")}

    def add(self, rows: Mapping[str, Positions]) -> None:
        for code, numbers in rows.items():
            self._rows[code].add(numbers)

    def verdicts(self) -> tuple[dict[str, RowSet], dict[str, RowSet]]:
        """Refused and ignored. A row is refused if one of its facts is, and ignored if none of them counts."""
        conflict, withheld, duplicate, older, live = self._rows.values()
        withheld -= conflict
        for ignored in (duplicate, older):
            for other in (conflict, withheld, live):
                ignored -= other
        older -= duplicate
        refused = {"row-conflict": conflict, "row-withheld": withheld}
        ignored_too = {"row-duplicate": duplicate, "row-older": older}
        return (
            {code: rows for code, rows in refused.items() if len(rows)},
            {code: rows for code, rows in ignored_too.items() if len(rows)},
        )
