"""Bank accounts of people, each with the name that it came with, so that the account of a wrong name is never paid to.

The newest extract speaks. Matching meets them block by block; nothing is shown here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.vault.columns import Hashes, Integers
from jixiang.vault.keys import Key
from jixiang.vault.names import canonical_account
from jixiang.vault.rows import Rows, chunks
from jixiang.vault.sealing import hmac_each

PIECE = 50_000  # few Python objects at a time


class Met(Protocol):
    """What a block's numbers and names turned out to be."""

    def rows_of(self, slots: Integers) -> tuple[list[int], list[str]]: ...

    def names_of(self, slots: Integers, hashes: Hashes) -> list[int]: ...


_Place: TypeAlias = tuple[int, int, bytes]  # identity, its name, index of the account


class _Account(NamedTuple):
    row: int
    own: str
    name: int
    text: str


class Accounts:
    """Of one act, whose extract is of `day` (yyyymmdd)."""

    def __init__(self, rows: Rows, day: int) -> None:
        self._rows = rows
        self._day = day

    def meet(self, met: Met, slots: Integers, hashes: Hashes, accounts: pa.Array) -> None:
        filled = np.flatnonzero(np.asarray(pc.is_valid(accounts)))
        encoded = accounts.take(pa.array(filled)).dictionary_encode()
        slots, hashes, codes = slots[filled], hashes[filled], np.asarray(encoded.indices)
        order = np.lexsort((codes, hashes, slots))
        columns = [column[order] for column in (slots, hashes, codes)]
        if not len(order):
            return
        begins = np.ones(len(order), dtype=np.bool_)
        begins[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
        first = order[begins]
        for some in (first[n : n + PIECE] for n in range(0, len(first), PIECE)):
            texts = encoded.dictionary.take(encoded.indices.take(pa.array(some))).to_pylist()
            each = zip(*met.rows_of(slots[some]), met.names_of(slots[some], hashes[some]), texts, strict=True)
            met_here = (_Account(row, own, name, canonical_account(text)) for row, own, name, text in each)
            self._enter(list(dict.fromkeys(one for one in met_here if one.text)))

    def _enter(self, accounts: Sequence[_Account]) -> None:
        """Those that are known are as new as this extract; the others are added."""
        known = self._known([one.row for one in accounts])
        older: list[_Place] = []
        new = dict(zip(accounts, self._places(self._rows.sealer.ring.current("account-index"), accounts), strict=True))
        for key in self._rows.keys("account-index"):
            current = key.id == self._rows.current("account-index")
            places = new if current else dict(zip(new, self._places(key, list(new)), strict=True))
            older += [place for place in places.values() if known.get(place, self._day) < self._day]
            new = {one: new[one] for one, place in places.items() if place not in known}
        self._rows.connection.executemany(
            f"UPDATE account SET newest = {self._day:d} WHERE identity = ? AND name_no = ? AND account_index = ?", older
        )
        self._add(new)

    def _known(self, rows: Iterable[int]) -> dict[_Place, int]:
        """The accounts of these identities, and how new they are."""
        found: dict[_Place, int] = {}
        for some in chunks(sorted(set(rows))):
            for row, name, index, newest in self._rows.connection.execute(
                "SELECT identity, name_no, account_index, newest FROM account"
                f" WHERE identity IN ({','.join('?' * len(some))})",
                some,
            ):
                found[row, name, index] = newest
        return found

    def _places(self, key: Key, accounts: Sequence[_Account]) -> Iterable[_Place]:
        indexes = hmac_each(key, [account_message(one.own, one.text) for one in accounts])
        return ((one.row, one.name, index) for one, index in zip(accounts, indexes, strict=True))

    def _add(self, accounts: Mapping[_Account, _Place]) -> None:
        """With the places that they have under the current key."""
        bound = [account_row(one.own, one.name) for one in accounts]
        sealed = self._rows.sealer.seal("account", [one.text.encode() for one in accounts], bound)
        index_key, account_key = self._rows.current("account-index"), self._rows.current("account")
        self._rows.insert(
            "INSERT INTO account (identity, name_no, index_key, account_index, account_key, account, newest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (row, name, index_key, index, account_key, text, self._day)
                for (row, name, index), text in zip(accounts.values(), sealed, strict=True)
            ],
        )


def account_row(own: str, name: int) -> bytes:
    """What a sealed account is bound to."""
    return f"{own}/{name}".encode()


def account_message(own: str, account: str) -> bytes:
    return f"{own}/{account}".encode()
