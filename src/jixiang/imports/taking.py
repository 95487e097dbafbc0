"""The rows of the files of one import, block by block: cast, matched to persons, stated as facts, staged.

What is wrong with a row is remembered by its line, never with its cells: the refused rows are read once more at the end,
so that however many files there are, only faults are held in memory. Nothing is compared with what is known here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.casts import cast_block
from jixiang.imports.faults import FAULTS
from jixiang.imports.kinds import Fact, Kind, Person
from jixiang.imports.quality import FileTally, MissingTally
from jixiang.imports.reading.ahead import ahead
from jixiang.imports.reading.refused import FileRefused, problem
from jixiang.imports.reading.source import SourceFile
from jixiang.imports.rows import Block, Cast, Mark, Positions, Refusal
from jixiang.imports.settle_rows import FILE
from jixiang.imports.staging import Staging
from jixiang.imports.stating import state_all
from jixiang.values.month import Month
from jixiang.vault.matching import Matcher

REFUSED_MOST = 500_000  # rows of one import; more is no list for a person but a file of another kind

Mask: TypeAlias = npt.NDArray[np.bool_]
Reason: TypeAlias = tuple[str, str, str]  # code, heading, detail


NOTHING = Block(pa.table({}), np.empty(0, np.int64))


@dataclass(frozen=True)
class _Read:
    """A block, cast; the rows that reading has refused since the block before; how many it has read so far."""

    block: Block
    casts: Mapping[str, Cast]
    refusals: Sequence[Refusal]
    rows: int


@dataclass
class TakenFile:
    """One file while it is read: its number in the ledger, what became of its rows, and why some are refused."""

    number: int
    source: SourceFile
    tally: FileTally
    faults: dict[int, list[Reason]] = field(default_factory=lambda: defaultdict(list))  # line → why
    unsplit: list[Refusal] = field(default_factory=list)  # rows that reading could not take apart

    def refusals(self) -> Iterator[Refusal]:
        """Every refused row as it stood, in order of lines."""
        again = (
            Refusal(
                row.file, row.line, row.cells,
                tuple(code for code, _, _ in self.faults[row.line]),
                tuple(heading for _, heading, _ in self.faults[row.line]),
                tuple(detail for _, _, detail in self.faults[row.line]),
            )
            for row in self.source.rows(set(self.faults))
        )  # fmt: skip
        yield from sorted([*self.unsplit, *again], key=lambda refusal: refusal.line)

    def reasons(self) -> dict[int, tuple[str, ...]]:
        """Line → the codes of why its row is refused."""
        split = {line: tuple(code for code, _, _ in found) for line, found in self.faults.items()}
        return dict(sorted((split | {refusal.line: refusal.reasons for refusal in self.unsplit}).items()))

    def refuse(self, lines: Iterable[int], code: str) -> None:
        """Rows that counted as accepted until they were seen beside others."""
        refused = sorted(set(lines) - self.faults.keys())
        for line in refused:
            self.faults[line].append((code, "", ""))
        self.tally.moved(len(refused), refused=True)
        self.tally.says(code, len(refused), refused[0] if refused else 0)

    def ignore(self, lines: Sequence[int], code: str) -> None:
        self.tally.moved(len(lines), refused=False)
        self.tally.says(code, len(lines), lines[0] if lines else 0)


@dataclass
class Taking:
    """`newest`: table → the latest value of the attribute that says when a row happened."""

    kind: Kind
    matcher: Matcher
    staging: Staging
    extracted: date
    today: date
    missing: MissingTally = field(default_factory=MissingTally)
    newest: dict[str, Any] = field(default_factory=dict)
    refused: int = 0

    def take(self, file: TakenFile) -> Iterator[int]:
        """All rows of a file; yields how many there were after each block. Raises FileRefused."""
        for read in ahead(self._read(file.source)):
            self._block(file, read)
            self._drained(file, read.refusals)
            yield read.rows
        file.tally.rows(ignored=sum(file.source.ignored.values()))
        for code, count in file.source.ignored.items():
            file.tally.says(code, count, 0)

    def _read(self, source: SourceFile) -> Generator[_Read, None, None]:
        """Blocks with their casts, which look at nothing but the block. Ends with what was refused after the last one."""
        for block in source.blocks():
            casts = cast_block(self.kind, source.layout, block, today=self.today) if len(block.lines) else {}
            yield _Read(block, casts, source.drain(), source.read)
        yield _Read(NOTHING, {}, source.drain(), source.read)

    def _drained(self, file: TakenFile, refusals: Sequence[Refusal]) -> None:
        """Rows that reading itself has refused."""
        for refusal in refusals:
            file.unsplit.append(refusal)
            file.tally.rows(refused=1)
            for code in dict.fromkeys(refusal.reasons):
                file.tally.says(code, 1, refusal.line)
            self._count(file, 1)

    def _block(self, file: TakenFile, read: _Read) -> None:
        block, casts = read.block, read.casts
        size = len(block.lines)
        if not size:
            return
        marks = [mark for cast in casts.values() for mark in cast.marks]
        good = ~_refused(marks, size)
        persons, unclear = self._persons(casts, good)
        marks += unclear
        good &= ~_refused(unclear, size)
        kept = np.flatnonzero(good)
        marks += self._state(file, block, casts, persons, kept)
        good &= ~_refused(marks, size)
        file.tally.rows(accepted=int(good.sum()), refused=int(size - good.sum()))
        self._count(file, int(size - good.sum()))
        self.missing.add({name: cast.values for name, cast in casts.items()}, good)
        for mark in marks:
            self._remember(file, block, mark, good)

    def _persons(self, casts: Mapping[str, Cast], good: Mask) -> tuple[dict[str, pa.Array], list[Mark]]:
        """Column of numbers → the number's own key, row by row. Rows that are refused anyway introduce nobody."""
        found: dict[str, pa.Array] = {}
        marks: list[Mark] = []
        for person in _persons_of(self.kind.facts):
            numbers = pc.if_else(pa.array(good), casts[person.number].values, pa.scalar(None, pa.string()))
            names = casts[person.name].values if person.name else None
            accounts = casts[person.account].values if person.account else None
            matched = self.matcher.match(numbers, names, accounts)
            found[person.number] = matched.own
            if len(matched.two_names):
                marks.append(Mark("person-two-names", person.number, matched.two_names))
        return found, marks

    def _state(
        self, file: TakenFile, block: Block, casts: Mapping[str, Cast], persons: Mapping[str, pa.Array], kept: Positions
    ) -> list[Mark]:
        """Stages what the rows say; the rows that say too little."""
        at = pa.array(kept)
        whole = len(kept) == len(block.lines)
        columns = {name: cast.values if whole else cast.values.take(at) for name, cast in casts.items()}
        owns = {name: own if whole else own.take(at) for name, own in persons.items()}
        rows = pa.array(block.lines[kept] + file.number * FILE)
        stated = state_all(
            self.kind, columns, {name: (own, own) for name, own in owns.items()}, rows, extracted=self.extracted
        )
        for number, table in enumerate(stated.tables):
            self.staging.add(number, table)
            self._see(self.kind.facts[number], table)
        return [Mark(mark.code, mark.column, kept[mark.rows], mark.detail) for mark in stated.marks]

    def _see(self, fact: Fact, table: pa.Table) -> None:
        time = fact.entity.attributes.get(fact.entity.time)
        if time is None or time.column not in table.column_names or fact.table.name != fact.entity.table:
            return
        latest = pc.max(table[time.column]).as_py()
        if latest is not None:
            latest = Month.from_yyyymm(latest) if time.type.kind == "month" else latest
            before = self.newest.get(fact.table.name)
            self.newest[fact.table.name] = latest if before is None else max(before, latest)

    def _remember(self, file: TakenFile, block: Block, mark: Mark, good: Mask) -> None:
        """A fault goes with its rows; of notes only the count is kept."""
        lines = block.lines[mark.rows]
        if FAULTS[mark.code].weight != "row":
            rows = mark.rows[good[mark.rows]]
            file.tally.says(mark.code, len(rows), int(block.lines[rows[0]]) if len(rows) else 0)
            return
        heading = file.source.layout.headings.get(mark.column, mark.column)
        new = [line for line in lines.tolist() if all(code != mark.code for code, _, _ in file.faults.get(line, ()))]
        for line in lines.tolist():
            file.faults[line].append((mark.code, heading, mark.detail))
        file.tally.says(mark.code, len(new), min(new, default=0))

    def _count(self, file: TakenFile, more: int) -> None:
        self.refused += more
        if self.refused > REFUSED_MOST:
            raise FileRefused(problem("file-mostly-refused", file.source.name, f"已超过 {REFUSED_MOST:,} 行"))


def _refused(marks: Iterable[Mark], size: int) -> Mask:
    found = np.zeros(size, dtype=bool)
    for mark in marks:
        if FAULTS[mark.code].weight == "row":
            found[mark.rows] = True
    return found


def _persons_of(facts: Iterable[Fact]) -> list[Person]:
    """Whom the rows name, each number once, with the name and the account that some fact gives it."""
    found: dict[str, Person] = {}
    for fact in facts:
        for source in (*fact.key, *fact.cells.values()):
            if isinstance(source, Person):
                known = found.get(source.number, source)
                found[source.number] = Person(source.number, known.name or source.name, known.account or source.account)
    return list(found.values())
