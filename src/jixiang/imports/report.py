"""The report of one import act, as a value: what was read, what became of every row, what is known now.

It goes to the terminal, into a workbook and as JSON into the ledger, so it holds counts, codes, headings, file names and
keys of facts, and never what a cell said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from typing import Any

LONG_NUMBER = re.compile(r"[0-9]{11,}[Xx]?")  # as long as a telephone number: in a file's name it may be somebody's
JUMP = 5.0  # points by which a column's share of empty cells may differ from last time


@dataclass(frozen=True, slots=True)
class FileCounts:
    """One file. read = accepted + refused + ignored, in rows.

    `refusals`, `ignorings` and `notes`: code → rows that it concerns. A row may be refused for several reasons, so the
    refusals may add up to more than `refused`. `first`: code → the first line that it concerns. `fault`: why the file as
    a whole was not read (or `file-known`), empty if it was.
    """

    name: str
    layout: str
    read: int = 0
    accepted: int = 0
    refused: int = 0
    ignored: int = 0
    refusals: Mapping[str, int] = field(default_factory=dict)
    ignorings: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, int] = field(default_factory=dict)
    fault: str = ""

    @property
    def balanced(self) -> bool:
        return self.read == self.accepted + self.refused + self.ignored


@dataclass(frozen=True, slots=True)
class TableCounts:
    """What became of the facts of one table. `entity` is its Chinese name."""

    table: str
    entity: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    confirmed: int = 0
    retracted: int = 0
    withheld: int = 0

    @property
    def written(self) -> int:
        """Rows appended: all but those that say what is known already."""
        return self.new + self.changed + self.confirmed + self.retracted + self.withheld


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far a table reaches. `newest`: the latest value of the attribute that says when a row happened, as it is
    written (2021-06 of months). `covers`: up to which day the rows are all there. `days` since then (since `newest`
    where that is not said) until the act."""

    table: str
    entity: str
    attribute: str
    newest: str = ""
    covers: date | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """How many of the rows that were not refused have nothing in a logical column, and how many had last time."""

    column: str
    empty: int
    rows: int
    last_empty: int = 0
    last_rows: int = 0

    @property
    def rate(self) -> float:
        """Per cent."""
        return 100 * self.empty / self.rows if self.rows else 0.0

    @property
    def last_rate(self) -> float | None:
        """Per cent; None if there was no last time."""
        return 100 * self.last_empty / self.last_rows if self.last_rows else None

    @property
    def jumped(self) -> bool:
        return self.last_rate is not None and bool(self.rows) and abs(self.rate - self.last_rate) > JUMP


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule of the city found: facts that cannot all be true. `keys`: a few of them, keys of `entity`."""

    rule: str  # the file's name
    name: str
    meaning: str
    entity: str
    count: int
    keys: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # beside each key, "" where the rule says nothing


@dataclass(frozen=True, slots=True)
class Compared:
    """This extract beside the last one of the kind, all acts of an extract day together. `stops`: confirmed or not."""

    last_extracted: date | None
    read: int
    accepted: int
    last_read: int
    last_accepted: int
    stops: tuple[str, ...] = ()

    @property
    def change(self) -> float | None:
        """By how many per cent more rows were accepted; None if there was no last time."""
        if self.last_extracted is None or not self.last_accepted:
            return None
        return 100 * (self.accepted - self.last_accepted) / self.last_accepted


@dataclass(frozen=True, slots=True)
class ActCounts:
    """An act in one line: what later ones of its kind are compared with. `accepted`: layout → rows.
    `missing`: logical column → rows without it, of the `missing_rows` that were looked at."""

    kind: str
    shape: str
    extracted: date
    received: datetime
    read: int
    refused: int
    ignored: int
    accepted: Mapping[str, int]
    missing: Mapping[str, int] = field(default_factory=dict)
    missing_rows: int = 0

    @property
    def accepted_rows(self) -> int:
        return sum(self.accepted.values())


@dataclass(frozen=True, kw_only=True)
class Report:
    """One act. `kind` is its code, `kind_name` the Chinese one. `stopped`: it waits for a person, nothing was written; else
    what `compared` says was confirmed. `returned`: names of the files with the refused rows, without any long number.
    `earlier`: acts of the kind before it, oldest first, as many as one wants to see.
    """

    kind: str
    kind_name: str
    shape: str
    source: str
    extracted: date
    received: datetime
    files: tuple[FileCounts, ...]
    stopped: bool = False
    returned: tuple[str, ...] = ()
    tables: tuple[TableCounts, ...] = ()
    persons_new: int = 0
    cases_opened: int = 0
    freshness: tuple[Freshness, ...] = ()
    compared: Compared | None = None
    missing: tuple[Missing, ...] = ()
    contradictions: tuple[Found, ...] = ()  # every rule that was tried, those that found nothing too
    earlier: tuple[ActCounts, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "returned", tuple(LONG_NUMBER.sub("…", name) for name in self.returned))

    @property
    def layouts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(file.layout for file in self.files if file.layout))

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files)

    @property
    def accepted(self) -> int:
        return sum(file.accepted for file in self.files)

    @property
    def refused(self) -> int:
        return sum(file.refused for file in self.files)

    @property
    def ignored(self) -> int:
        return sum(file.ignored for file in self.files)

    @property
    def contradicting(self) -> tuple[Found, ...]:
        return tuple(found for found in self.contradictions if found.count)

    @property
    def counts(self) -> ActCounts:
        """This act as later ones will see it."""
        accepted = {layout: sum(f.accepted for f in self.files if f.layout == layout) for layout in self.layouts}
        missing = {one.column: one.empty for one in self.missing}
        return ActCounts(
            self.kind, self.shape, self.extracted, self.received,
            self.read, self.refused, self.ignored, accepted, missing, max((one.rows for one in self.missing), default=0),
        )  # fmt: skip


def by_code(files: Iterable[FileCounts], what: str) -> dict[str, tuple[int, str, int]]:
    """Code → rows over all files, and the first file and line; most rows first. `what`: refusals, ignorings or notes."""
    found: dict[str, tuple[int, str, int]] = {}
    for file in files:
        counted: Mapping[str, int] = getattr(file, what)
        for code, count in counted.items():
            before = found.get(code)
            first = (file.name, file.first.get(code, 0)) if before is None else before[1:]
            found[code] = ((before[0] if before else 0) + count, *first)
    return dict(sorted(found.items(), key=lambda item: (-item[1][0], item[0])))


# As JSON ---------------------------------------------------------------------------------------------------------


def to_json(report: Report) -> dict[str, Any]:
    """Nothing but text, numbers, lists and objects; `from_json` gives the same report back."""
    plain: dict[str, Any] = _plain(report)
    return plain


def from_json(data: Mapping[str, Any]) -> Report:
    """What `to_json` gave. Raises KeyError, TypeError or ValueError for anything else."""
    given = dict(data)
    compared = given.get("compared")
    return Report(
        **{
            **given,
            "extracted": date.fromisoformat(given["extracted"]),
            "received": datetime.fromisoformat(given["received"]),
            "files": tuple(FileCounts(**one) for one in given["files"]),
            "returned": tuple(given["returned"]),
            "tables": tuple(TableCounts(**one) for one in given["tables"]),
            "freshness": tuple(Freshness(**{**one, "covers": _day(one["covers"])}) for one in given["freshness"]),
            "compared": compared and _compared(compared),
            "missing": tuple(Missing(**one) for one in given["missing"]),
            "contradictions": tuple(
                Found(**{**one, "keys": tuple(one["keys"]), "remarks": tuple(one["remarks"])})
                for one in given["contradictions"]
            ),
            "earlier": tuple(_counts(one) for one in given["earlier"]),
        }
    )


def _compared(given: Mapping[str, Any]) -> Compared:
    return Compared(**{**given, "last_extracted": _day(given["last_extracted"]), "stops": tuple(given["stops"])})


def _counts(given: Mapping[str, Any]) -> ActCounts:
    days = {"extracted": date.fromisoformat(given["extracted"]), "received": datetime.fromisoformat(given["received"])}
    return ActCounts(**{**given, **days})


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, date):  # and a moment is a date too
        return value.isoformat()
    return value
