"""Which person a row speaks of: numbers, names and accounts of a file against the vault, block by block.

A number is looked up, and compared with its names, once an act; after that a block of a million rows is a few passes over
flat arrays. New numbers are entered as they appear. What depends on the whole act is said at its end by `settle`, so that
the result never depends on the order of rows or blocks. It guesses nothing and decides no case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jixiang.vault.accounts import Accounts
from jixiang.vault.columns import Hashes, Integers, NameHashes, as_texts, number_keys
from jixiang.vault.doubts import NOTHING_BEFORE, Doubts
from jixiang.vault.names import Standing, standing
from jixiang.vault.refusals import refused
from jixiang.vault.rows import NewName, Recalled, Rows, index_begins
from jixiang.vault.slots import MANY, NAMELESS, ONE, Slots
from jixiang.vault.store import Vault
from jixiang.vault.twins import Twins

DOUBTS_MAX = 200_000
PIECE = 50_000
ONLY = Standing(0, frozenset({0}), False)
Numbers = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Matched:
    """Row by row, null where there is no number: the own key of the number, and the person that it speaks of.

    `two_names`: positions of rows whose number is known with another name; they are to be refused.
    """

    own: pa.Array
    person: pa.Array
    two_names: Integers


@dataclass(frozen=True)
class Settled:
    """What is known only when all rows of the act have been seen.

    `withheld`: own keys that came with two names of which none is confirmed: every row of this act about them is to be
    refused, as if it were in `two_names`. `withdrawn`: own keys about which earlier acts have stated what would be
    refused now: it is to be retracted. `two_numbers`: own keys, new in this act, that share name and birth date with another
    number; a note only. The counts are of this act.
    """

    withheld: tuple[str, ...]
    withdrawn: tuple[str, ...]
    two_numbers: tuple[str, ...]
    new_numbers: int
    new_names: int
    new_cases: int


class Matcher:
    """Matches the rows of one extract, inside `vault.act()`.

    `extracted`: the day of the extract. `register`: it is the register of persons, whose names are confirmed. With more than
    `doubts_max` new numbers with two names the act is refused: then it is the wrong column.
    """

    def __init__(
        self, vault: Vault, *, extracted: date, at: datetime, register: bool = False, doubts_max: int = DOUBTS_MAX
    ) -> None:
        if not vault.connection.in_transaction:
            raise ValueError("matching needs an open act")
        day = extracted.year * 10000 + extracted.month * 100 + extracted.day
        self._rows = Rows(vault)
        self._slots = Slots()
        self._hashes = NameHashes()
        self._register_day = day if register else 0
        self._doubts = Doubts(self._rows, register_day=self._register_day, at=at, most=doubts_max)
        self._accounts = Accounts(self._rows, day)
        self._first = self._next = _next_row(vault)
        self._names = 0
        self._elsewhere = dict(vault.connection.execute("SELECT identity, person FROM resolved"))
        self._filling = self._first == 1
        if self._filling:
            vault.drop_indexes()
        self._twins = Twins(self._rows, first=self._first, at=at, at_end=self._filling)

    def match(self, numbers: pa.Array, names: pa.Array | None = None, accounts: pa.Array | None = None) -> Matched:
        """Numbers are canonical, eighteen characters, or null. Names and accounts are as they were written."""
        keys, texts = number_keys(_flat(numbers))
        present = np.flatnonzero(keys >= 0)
        slots = self._meet_numbers(keys[present], texts)
        named = None if names is None else _flat(names).take(pa.array(present))
        hashes = np.zeros(len(present), dtype=np.uint64) if named is None else self._hashes.of(named)
        bad = self._meet_names(slots, hashes, named, texts)
        if accounts is not None:
            self._accounts.meet(self, slots, hashes, _flat(accounts).take(pa.array(present)))
        if self._doubts.too_many:
            raise refused(
                "names-differ", "太多号码与已知的姓名不符", "请核对姓名列和号码列是不是错位;确属如此请分批导入"
            )
        return self._matched(len(numbers), present, slots, present[bad])

    def settle(self) -> Settled:
        """Once, after the last block, in the same act."""
        self._rows.vault.ensure_indexes()
        doubts = self._doubts.by_slot.values()
        two_numbers = self._twins.settle()
        return Settled(
            withheld=tuple(sorted(doubt.own for doubt in doubts if doubt.withheld)),
            withdrawn=tuple(sorted(doubt.own for doubt in doubts if doubt.withdrawn)),
            two_numbers=tuple(sorted(two_numbers)),
            new_numbers=self._next - self._first,
            new_names=self._names,
            new_cases=self._doubts.opened + self._twins.opened,
        )

    def rows_of(self, slots: Integers) -> tuple[list[int], list[str]]:
        """Identity row and own key of each slot."""
        owns = b"".join(self._slots["own"][slots].tolist()).decode()
        return self._slots["row"][slots].tolist(), [owns[n : n + 17] for n in range(0, len(owns), 17)]

    def names_of(self, slots: Integers, hashes: Hashes) -> list[int]:
        """Which of its names each number came with, -1 for none."""
        names = np.where(hashes == 0, -1, 0)
        for n in np.flatnonzero((self._slots["state"][slots] == MANY) & (hashes != 0)):
            names[n] = self._doubts[int(slots[n])].hashes[int(hashes[n])]
        found: list[int] = names.tolist()
        return found

    # Numbers

    def _meet_numbers(self, keys: Integers, texts: Numbers) -> Integers:
        slots = self._slots.find(keys)
        missing = np.flatnonzero(slots < 0)
        if len(missing):
            new, first = np.unique(keys[missing], return_index=True)
            for some in _pieces(len(new)):
                self._enter(new[some], texts[missing[first[some]]])
            slots[missing] = self._slots.find(keys[missing])
        return slots

    def _enter(self, keys: Integers, texts: Numbers) -> None:
        """Numbers that this act has not met before: known to the vault, or new."""
        raw, width = texts.tobytes(), texts.shape[1]
        numbers = [raw[n : n + width] for n in range(0, len(raw), width)]
        slots = self._slots.add(keys)
        new = np.ones(len(numbers), dtype=np.bool_)
        if not self._filling:
            for recalled in self._rows.known(numbers):
                new[recalled.place] = False
                new[[other[0] for other in recalled.others]] = False
                self._recall(slots, recalled)
        places = np.flatnonzero(new)
        owns = self._rows.add_identities(self._next, [numbers[n] for n in places.tolist()])
        self._slots["row"][slots[places]] = np.arange(self._next, self._next + len(places))
        self._slots["own"][slots[places]] = np.array(owns, dtype="S17")
        self._next += len(places)

    def _recall(self, slots: Integers, recalled: Recalled) -> None:
        arrays, usual = self._slots, slots[recalled.place]
        arrays["row"][usual] = recalled.row
        arrays["own"][usual] = recalled.own
        arrays["state"][usual] = np.where(recalled.index_key == 0, NAMELESS, ONE)
        arrays["index"][usual] = recalled.index
        arrays["index_key"][usual] = recalled.index_key
        arrays["registered"][usual] = recalled.registered
        if self._elsewhere:
            arrays["elsewhere"][usual] = np.isin(recalled.row, list(self._elsewhere))
        for place, row, own, names in recalled.others:
            slot = int(slots[place])
            arrays["row"][slot], arrays["own"][slot], arrays["state"][slot] = row, own, MANY
            arrays["elsewhere"][slot] = row in self._elsewhere
            self._doubts.begin(slot, row, own, fresh=False, before=standing([name.claim for name in names]))

    # Names

    def _easy(self, slots: Integers, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Rows that need no further look: the name is the one known, or there is none to compare."""
        state = self._slots["state"][slots]
        same = (hashes == 0) | (hashes == self._slots["hash"][slots])
        easy: npt.NDArray[np.bool_] = ((state == ONE) & same) | ((state == NAMELESS) & (hashes == 0))
        return easy

    def _meet_names(self, slots: Integers, hashes: Hashes, names: pa.Array | None, texts: Numbers) -> Integers:
        """Takes note of the names, and gives back the positions of those that do not stand."""
        rest = np.flatnonzero(~self._easy(slots, hashes))
        if not len(rest):
            return rest
        first, inverse = _distinct(slots[rest], hashes[rest])
        first = rest[first]
        for some in _pieces(len(first)):
            pairs = _Pairs.of(slots, hashes, names, texts, first[some])
            self._first_names(pairs)
            self._compare(pairs)
            self._doubtful(pairs)
        wrong = np.zeros(len(first), dtype=np.bool_)
        for n in np.flatnonzero(~self._easy(slots[first], hashes[first])):
            wrong[n] = not self._doubts[int(slots[first[n]])].accepts(int(hashes[first[n]]))
        bad: Integers = rest[wrong[inverse]]
        return bad

    def _first_names(self, pairs: _Pairs) -> None:
        """The first name for numbers that had none."""
        bare = np.flatnonzero((self._slots["state"][pairs.slots] == NAMELESS) & (pairs.hashes != 0))
        slots, first = np.unique(pairs.slots[bare], return_index=True)
        if not len(slots):
            return
        chosen = bare[first]
        new = pairs.new_names(chosen, self._slots["row"][slots], self._slots["own"][slots])
        indexes = self._rows.add_names(new, self._register_day)
        self._slots["state"][slots] = ONE
        self._slots["hash"][slots] = pairs.hashes[chosen]
        self._slots["named"][slots] = True
        self._slots["registered"][slots] = self._register_day
        self._names += len(new)
        self._twins.meet(new, indexes)

    def _compare(self, pairs: _Pairs) -> None:
        """Names of numbers that are known with one name, which this act has not compared yet."""
        asking = (self._slots["state"][pairs.slots] == ONE) & (self._slots["hash"][pairs.slots] == 0)
        places = np.flatnonzero(asking & (pairs.hashes != 0))
        keys = self._slots["index_key"][pairs.slots[places]]
        for key in np.unique(keys):
            some = places[keys == key]
            indexes = self._rows.name_indexes(int(key), pairs.messages(some))
            same = some[index_begins(indexes) == self._slots["index"][pairs.slots[some]]]
            self._slots["hash"][pairs.slots[same]] = pairs.hashes[same]
            self._confirm(pairs.slots[same])

    def _confirm(self, slots: Integers) -> None:
        """The register has the name that is known."""
        known = self._slots["registered"][slots]
        if day := self._register_day:
            newer = slots[(known == 0) | (known > day)]
            self._rows.register(((int(row), 0) for row in self._slots["row"][newer]), day)
            self._slots["registered"][newer] = day

    def _doubtful(self, pairs: _Pairs) -> None:
        """Names that are not the one known."""
        new: list[NewName] = []
        for n in np.flatnonzero(~self._easy(pairs.slots, pairs.hashes) & (pairs.hashes != 0)):
            slot = int(pairs.slots[n])
            if self._slots["state"][slot] != MANY:
                self._begin_doubt(slot)
            name = self._doubts.meet(self._doubts[slot], int(pairs.hashes[n]), *pairs.message(int(n)))
            new += [name] if name else []
        self._names += len(new)
        if new:
            current = self._rows.current("name-index")
            self._twins.meet(new, self._rows.name_indexes(current, [(name.born, name.text) for name in new]))

    def _begin_doubt(self, slot: int) -> None:
        """A number with one name has come with another."""
        (row,), (own,) = self.rows_of(np.array([slot]))
        fresh = row >= self._first
        before = NOTHING_BEFORE if self._slots["named"][slot] else ONLY
        doubt = self._doubts.begin(slot, row, own, fresh=fresh, before=before)
        if known := int(self._slots["hash"][slot]):
            doubt.hashes[known] = 0
        self._slots["state"][slot] = MANY

    # Rows

    def _matched(self, size: int, present: Integers, slots: Integers, two_names: Integers) -> Matched:
        valid = np.zeros(size, dtype=np.bool_)
        valid[present] = True
        own = np.zeros(size, dtype="S17")
        own[present] = self._slots["own"][slots]
        person = own
        moved = np.flatnonzero(self._slots["elsewhere"][slots])
        if len(moved):
            person = own.copy()
            rows = self._slots["row"][slots[moved]].tolist()
            person[present[moved]] = np.array([self._elsewhere[row] for row in rows], dtype="S17")
        return Matched(as_texts(own, valid), as_texts(person, valid), two_names)


@dataclass(frozen=True)
class _Pairs:
    """The different pairs of number and name in a block."""

    slots: Integers
    hashes: Hashes
    texts: Sequence[str | None] = field(repr=False)
    born: Sequence[bytes] = field(repr=False)

    @classmethod
    def of(cls, slots: Integers, hashes: Hashes, names: pa.Array | None, texts: Numbers, rows: Integers) -> _Pairs:
        written = [None] * len(rows) if names is None else names.take(pa.array(rows)).to_pylist()
        raw = texts[rows, 6:14].tobytes()
        return cls(slots[rows], hashes[rows], written, [raw[n : n + 8] for n in range(0, len(raw), 8)])

    def message(self, n: int) -> tuple[bytes, str]:
        return self.born[n], self.texts[n] or ""

    def messages(self, places: Integers) -> list[tuple[bytes, str]]:
        return [(self.born[n], self.texts[n] or "") for n in places.tolist()]

    def new_names(self, places: Integers, rows: Integers, owns: npt.NDArray[np.bytes_]) -> list[NewName]:
        each = zip(rows.tolist(), owns.tolist(), places.tolist(), strict=True)
        return [NewName(row, own.decode(), 0, self.born[n], self.texts[n] or "") for row, own, n in each]


def _pieces(size: int) -> Iterator[slice]:
    """Few Python objects at a time."""
    return (slice(n, n + PIECE) for n in range(0, size, PIECE))


def _distinct(slots: Integers, hashes: Hashes) -> tuple[Integers, Integers]:
    """The first of each pair, and for every row which pair it is."""
    order = np.lexsort((hashes, slots))
    by_slot, by_hash = slots[order], hashes[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (by_slot[1:] != by_slot[:-1]) | (by_hash[1:] != by_hash[:-1])
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.cumsum(begins) - 1
    return order[begins], inverse


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode()
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array


def _next_row(vault: Vault) -> int:
    (last,) = vault.connection.execute("SELECT coalesce(max(id), 0) FROM identity").fetchone()
    return int(last) + 1
