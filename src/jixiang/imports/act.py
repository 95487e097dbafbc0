"""One import: files of one kind and one extract day become facts together, or nothing happens.

Opens every file first, so that all that is wrong with all of them is said at once; then, alone in the home and inside one
transaction of the vault, takes their rows, settles them with what is known, gives back the refused ones, and publishes.
What stops an import for a person to confirm is said before anything is written. Reads no clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from jixiang.imports.contradictions import find_contradictions
from jixiang.imports.corrections import withdraw
from jixiang.imports.home import Home
from jixiang.imports.kind_layouts import TEMPLATE
from jixiang.imports.kinds import Kind
from jixiang.imports.ledger import LONG_NUMBER, NAMES_SPOKEN, NAMES_WITHDRAWN, Act, Ledger, ReceivedFile
from jixiang.imports.persons_of_rows import resolve
from jixiang.imports.publish import Addition, Reached, acting, nobody, publish
from jixiang.imports.quality import FileTally, compare, freshness, missing_rates
from jixiang.imports.reading.opening import open_file
from jixiang.imports.reading.refused import FileRefused
from jixiang.imports.reading.source import SourceFile
from jixiang.imports.report import ActCounts, Report, TableCounts, from_json, to_json
from jixiang.imports.returned import write_returned
from jixiang.imports.settle import Settlement, settle
from jixiang.imports.settle_rows import FILE, RowSet
from jixiang.imports.staging import Staging
from jixiang.imports.taking import TakenFile, Taking
from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.schema import FactTable, cutoff_table, fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.month import Month
from jixiang.values.problem import Problem
from jixiang.vault.matching import Matcher
from jixiang.vault.matching import Settled as Identified
from jixiang.vault.store import Vault

Progress: TypeAlias = Callable[[str, float], None]
EARLIER = 12  # acts of the kind that a report shows beside its own
DEFINING = ("keys.toml",)  # beside a kind's own file: what its mapping depends on


@dataclass(frozen=True)
class CityFiles:
    """A city pack, as far as an import needs it. `identity`: the entity whose rows are persons."""

    folder: Path
    vocabulary: Vocabulary
    identity: str


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be imported. `layout` names one, "" for the one that fits. `returned`: where refused rows go.

    `confirmed`: a person has seen what stops it. `check`: look for contradictions afterwards.
    """

    kind: Kind
    files: tuple[Path, ...]
    extracted: date
    received: datetime
    returned: Path
    layout: str = ""
    confirmed: bool = False
    check: bool = True


class Stopped(Exception):
    """Nothing was written: a person has to confirm what the report's `compared` says."""

    def __init__(self, report: Report) -> None:
        super().__init__("、".join(report.compared.stops if report.compared else ()))
        self.report = report


@dataclass(frozen=True)
class Imported:
    """`act`: its number in the ledger, 0 if there was nothing new. `refused`: file → line → the codes of the reasons.
    `problems`: rules of the city that could not be run."""

    report: Report
    act: int
    refused: Mapping[str, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)
    returned: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def import_files(
    home: Home, vault: Vault, city: CityFiles, order: Order, *, progress: Progress, reached: Reached = nobody
) -> Imported:
    """Raises FileRefused with everything that speaks against the files, Stopped, VaultRefused, Busy or Disagreement."""
    progress("打开文件", 0.0)
    opened = _open(order)
    with acting(home, vault, reached=reached) as ledger:
        order = replace(order, received=ledger.moment(order.received))
        fresh, known = _unknown(ledger, city, order, opened)
        if not fresh:
            return Imported(_report(order, known), 0)
        importing = _Importing(home, vault, city, order, ledger, progress, reached)
        imported = importing.run(fresh, known)
    if not order.check:
        return imported
    progress("查找矛盾", 0.95)
    written = [table.table for table in imported.report.tables if table.written]
    found, problems = find_contradictions(
        FactStore(home.facts), city.vocabulary, city.folder, as_of=order.received.date(), only_tables=written
    )
    return replace(imported, report=replace(imported.report, contradictions=found), problems=problems)


def _open(order: Order) -> list[SourceFile]:
    problems: list[Problem] = []
    opened: list[SourceFile] = []
    for path in order.files:
        try:
            opened.append(open_file(path, order.kind.layouts, columns=order.kind.columns, chosen=order.layout))
        except FileRefused as refused:
            problems += refused.problems
    if problems:
        raise FileRefused(*problems)
    return opened


def _unknown(
    ledger: Ledger, city: CityFiles, order: Order, opened: Sequence[SourceFile]
) -> tuple[list[SourceFile], list[FileTally]]:
    """The files that may say something new, and those of which all is known; of two with the same bytes the first."""
    definition = definition_of(city.folder, order.kind)
    fresh: dict[str, SourceFile] = {}
    known: list[FileTally] = []
    for source in opened:
        before = ledger.file_known(order.kind.code, order.extracted, source.sha256, definition)
        if before is None and source.sha256 not in fresh:
            fresh[source.sha256] = source
        else:
            known.append(FileTally(source.name, source.layout.name, fault="file-known"))
    return list(fresh.values()), known


def definition_of(city_folder: Path, kind: Kind) -> str:
    """By what a file of the kind is read: the hash of its mapping, of the keys, and of the vocabulary."""
    hashed = hashlib.sha256()
    paths = [city_folder / "imports" / name for name in (f"{kind.code}.toml", *DEFINING)]
    for path in (*paths, city_folder / "vocabulary.md"):
        hashed.update(path.read_bytes() + b"\0")
    return hashed.hexdigest()


@dataclass
class _Importing:
    """What one import works with while it runs."""

    home: Home
    vault: Vault
    city: CityFiles
    order: Order
    ledger: Ledger
    progress: Progress
    reached: Reached

    def run(self, fresh: Sequence[SourceFile], known: Sequence[FileTally]) -> Imported:
        first = self.ledger.next_file()
        files = [
            TakenFile(number, source, FileTally(source.name, source.layout.name))
            for number, source in enumerate(fresh, first)
        ]
        taking = self._take(files)
        identified = taking.matcher.settle()
        self._leave_out(files, taking, identified)
        self.reached("rows taken")
        settlement = self._settle(taking.staging, first)
        self.reached("rows settled")
        self._move(files, settlement)
        report = self._judge(files, known, taking, identified, settlement)
        if report.stopped:
            raise Stopped(report)
        returned = self._give_back(files)
        self.reached("rows given back")
        report = replace(report, returned=tuple(path.name for path in returned))
        act = self._publish(files, settlement, identified, report)
        return Imported(report, act, {file.source.name: file.reasons() for file in files}, returned)

    # Taking rows -----------------------------------------------------------------------------------------------

    def _take(self, files: Sequence[TakenFile]) -> Taking:
        order = self.order
        self.home.staging.mkdir(exist_ok=True)
        matcher = Matcher(self.vault, extracted=order.extracted, at=order.received, register=self._is_register())
        taking = Taking(
            order.kind, matcher, Staging(self.home.staging, order.kind), order.extracted, order.received.date()
        )
        for number, file in enumerate(files):
            for rows in taking.take(file):
                self.progress(f"读入 {file.source.name}: {rows:,} 行", 0.6 * number / len(files))
        return taking

    def _is_register(self) -> bool:
        """The register of persons confirms their names."""
        return self.order.kind.main.entity.name == self.city.identity

    def _leave_out(self, files: Sequence[TakenFile], taking: Taking, identified: Identified) -> None:
        """Rows about numbers of which it is not clear whose they are."""
        if identified.withheld:
            left_out = taking.staging.leave_out(self.city.identity, identified.withheld)
            for file in files:
                file.refuse(_lines(left_out, file), "person-two-names")
        if identified.two_numbers:
            twins = taking.staging.about(self.city.identity, identified.two_numbers)
            for file in files:
                lines = _lines(twins, file)
                file.tally.says("person-two-numbers", len(lines), lines[0] if lines else 0)

    # Settling --------------------------------------------------------------------------------------------------

    def _settle(self, staging: Staging, first: int) -> Settlement:
        order = self.order

        def shown(table: str, done: int, of: int) -> None:
            self.progress(f"比对 {table}", 0.6 + 0.2 * done / of)

        return settle(
            order.kind, staging, FactStore(self.home.facts), extracted=order.extracted, received=order.received,
            file=first, authority=self.ledger.authority(order.kind.code, order.extracted), person=self.city.identity,
            progress=shown,
        )  # fmt: skip

    def _move(self, files: Sequence[TakenFile], settlement: Settlement) -> None:
        for code, rows in settlement.refused.items():
            for file in files:
                file.refuse(_lines(rows, file), code)
        for code, rows in settlement.ignored.items():
            for file in files:
                file.ignore(_lines(rows, file), code)

    # Saying ----------------------------------------------------------------------------------------------------

    def _judge(
        self,
        files: Sequence[TakenFile],
        known: Sequence[FileTally],
        taking: Taking,
        identified: Identified,
        settlement: Settlement,
    ) -> Report:
        order = self.order
        again = [(order.extracted, file.source.sha256) for file in files]
        earlier = earlier_acts(self.ledger, order.kind.code, again)
        report = _report(order, [*(file.tally for file in files), *known])
        report = replace(
            report,
            tables=tuple(
                _counts(table.name, table.entity, settlement.counts[table.name]) for table in settlement.tables
            ),
            persons_new=identified.new_numbers,
            cases_opened=identified.new_cases,
            freshness=tuple(self._freshness(files, taking)),
            earlier=tuple(earlier[-EARLIER:]),
        )
        report = replace(report, missing=missing_rates(taking.missing, report.counts, earlier))
        compared = compare(report.counts, earlier)
        return replace(report, compared=compared, stopped=bool(compared.stops) and not order.confirmed)

    def _freshness(self, files: Sequence[TakenFile], taking: Taking) -> Iterable[Any]:
        for fact in self.order.kind.facts:
            if fact.table.name == fact.entity.table and fact.entity.time:
                covers = self._covered(files).get(fact.table.name)
                yield freshness(fact.entity, taking.newest.get(fact.table.name), covers, self.order.received)

    def _covered(self, files: Sequence[TakenFile]) -> dict[str, date]:
        """Table → up to which day this extract makes its rows complete. Rows that people filled in by hand are no extract."""
        if all(file.source.layout.name == TEMPLATE for file in files):
            return {}
        day = self.order.extracted
        over = (Month.of(day) - 1).last_day  # what belongs to the month of the extract may still come in
        return {table: day if until == "extracted" else over for table, until in self.order.kind.covers.items()}

    def _give_back(self, files: Sequence[TakenFile]) -> tuple[Path, ...]:
        found: list[Path | None] = []
        named: set[str] = set()
        for file in files:
            if file.tally.refused:
                self.order.returned.mkdir(parents=True, exist_ok=True)
                stem = LONG_NUMBER.sub("…", file.source.path.stem)
                stem = f"{file.number}_{stem}" if stem in named else stem  # two files of one name, of two folders
                named.add(stem)
                path = self.order.returned / f"退回_{stem}.xlsx"
                layout = file.source.layout
                found.append(write_returned(path, kind=self.order.kind, layout=layout, refusals=file.refusals()))
        return tuple(path for path in found if path is not None)

    # Publishing ------------------------------------------------------------------------------------------------

    def _publish(
        self, files: Sequence[TakenFile], settlement: Settlement, identified: Identified, report: Report
    ) -> int:
        order = self.order
        definition = definition_of(self.city.folder, order.kind)
        received = [_received(file, definition) for file in files]
        additions = [*self._additions(settlement, identified), *self._cutoffs(files)]
        act = Act(
            what="import", kind=order.kind.code, extracted=order.extracted, received_at=order.received,
            shape=order.kind.shape, scope=sorted(settlement.scope), files=received,
            counts={table.table: _fates(table) for table in report.tables}, report=to_json(report),
            names=NAMES_WITHDRAWN if identified.withdrawn else NAMES_SPOKEN if self._is_register() else 0,
        )  # fmt: skip
        self.progress("写入事实", 0.8)
        return publish(self.home, self.ledger, act, additions, reached=self.reached)

    def _additions(self, settlement: Settlement, identified: Identified) -> list[Addition]:
        """The facts of this import, whose they are by what the desk has decided; and what earlier ones have said of numbers
        of which it is no longer clear whose they are."""
        elsewhere = dict(
            self.vault.connection.execute("SELECT own, person FROM resolved JOIN identity ON id = identity")
        )
        parts: dict[str, list[Iterable[pa.Table]]] = {
            table.name: [self._resolved(part, table, elsewhere) for part in settlement.parts(table.name)]
            for table in settlement.tables
        }
        tables = fact_tables(self.city.vocabulary)
        if identified.withdrawn:
            taken = withdraw(
                FactStore(self.home.facts), tables.values(), self.city.identity, identified.withdrawn,
                received=self.order.received, folder=self.home.staging,
            )  # fmt: skip
            for name, rows in taken.items():
                parts.setdefault(name, []).append([rows])
        return [Addition(tables[name], listed, distinct=True) for name, listed in parts.items() if listed]

    def _resolved(self, part: Iterable[pa.Table], table: FactTable, persons: Mapping[str, str]) -> Iterator[pa.Table]:
        for rows in part:
            yield resolve(rows, table, self.city.identity, persons)

    def _cutoffs(self, files: Sequence[TakenFile]) -> Iterable[Addition]:
        known = read_cutoffs(FactStore(self.home.facts), self.order.received.date())
        further = {
            table: day for table, day in self._covered(files).items() if table not in known or known[table] < day
        }
        if further:
            rows = [
                {
                    "entity": table,
                    "covers_until": day,
                    "recorded_at": self.order.received,
                    "source": f"{self.order.kind.source}@{self.order.extracted}",
                    "source_row": n,
                    "retracted": False,
                }
                for n, (table, day) in enumerate(sorted(further.items()), 1)
            ]
            yield Addition(cutoff_table(), [[pa.Table.from_pylist(rows, cutoff_table().schema)]], distinct=True)


def earlier_acts(ledger: Ledger, kind: str, again: Iterable[tuple[date, str]] = ()) -> list[ActCounts]:
    """The imports of a kind so far, oldest first, without those of which every file was read once more later on.

    `again`: extract day and hash of the files that are being read now.
    """
    found: list[ActCounts] = []
    read = set(again)
    for act in reversed(list(ledger.acts(kind=kind))):
        files = {(act.extracted, file.sha256) for file in act.files if act.extracted}
        if files and files <= read:
            continue
        read |= files
        with suppress(KeyError, TypeError, ValueError):  # a report of another version is left out
            found.append(from_json(act.report).counts)
    return found[::-1]


def _report(order: Order, tallies: Iterable[FileTally]) -> Report:
    kind = order.kind
    return Report(
        kind=kind.code, kind_name=kind.name, shape=kind.shape, source=kind.source, extracted=order.extracted,
        received=order.received, files=tuple(tally.counts() for tally in tallies),
    )  # fmt: skip


def _counts(table: str, entity: str, counts: Any) -> TableCounts:
    return TableCounts(
        table, entity, counts.new, counts.changed, counts.unchanged, counts.confirmed, counts.retracted, counts.withheld
    )


def _fates(counts: TableCounts) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "confirmed", "retracted", "withheld")
    return {name: getattr(counts, name) for name in names}


def _received(file: TakenFile, definition: str) -> ReceivedFile:
    tally, source = file.tally, file.source
    return ReceivedFile(
        file.number, source.name, source.layout.name, source.sha256, source.path.stat().st_size,
        tally.read, tally.accepted, tally.refused, tally.ignored, definition,
    )  # fmt: skip


def _lines(rows: RowSet, file: TakenFile) -> list[int]:
    found = rows.rows()
    lines: list[int] = (found[found // FILE == file.number] % FILE).tolist()
    return lines
