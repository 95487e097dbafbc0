"""Bank accounts of people, each with the name that it came with, so that the account of a wrong name is never paid to.

The newest extract speaks. Matching meets them block by block; nothing is shown here.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pyarrow as pa

from jixiang.vault.columns import Hashes, Integers
from jixiang.vault.names import canonical_account
from jixiang.vault.rows import Rows
from jixiang.vault.sealing import hmac_each


class Met(Protocol):
    """What a block's numbers and names turned out to be."""

    def row_of(self, slot: int) -> tuple[int, str]: ...

    def name_of(self, slot: int, name: int) -> int: ...


class Accounts:
    """Of one act, whose extract is of `day` (yyyymmdd)."""

    def __init__(self, rows: Rows, day: int) -> None:
        self._rows = rows
        self._day = day

    def meet(self, met: Met, slots: Integers, hashes: Hashes, accounts: pa.Array) -> None:
        encoded = accounts.dictionary_encode()
        canonical = [canonical_account(text) for text in encoded.dictionary.to_pylist()] + [""]
        codes = np.asarray(encoded.indices.fill_null(len(canonical) - 1), dtype=np.int64)
        pairs = sorted(set(zip(slots.tolist(), hashes.tolist(), codes.tolist(), strict=True)))
        for slot, name, code in pairs:
            if canonical[code]:
                row, own = met.row_of(slot)
                self._enter(row, own, met.name_of(slot, name), canonical[code])

    def _enter(self, row: int, own: str, name: int, account: str) -> None:
        connection = self._rows.connection
        message = account_message(own, account)
        for key in self._rows.keys("account-index"):
            index = hmac_each(key, [message])[0]
            known = connection.execute(
                "UPDATE account SET newest = max(newest, ?) WHERE identity = ? AND name_no = ? AND account_index = ?",
                (self._day, row, name, index),
            ).rowcount
            if known:
                return
        current = self._rows.sealer.ring.current("account-index")
        sealed = self._rows.sealer.seal("account", [account.encode()], [account_row(own, name)])[0]
        connection.execute(
            "INSERT INTO account (identity, name_no, index_key, account_index, account_key, account, newest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row, name, current.id, hmac_each(current, [message])[0], self._rows.current("account"), sealed, self._day),
        )


def account_row(own: str, name: int) -> bytes:
    """What a sealed account is bound to."""
    return f"{own}/{name}".encode()


def account_message(own: str, account: str) -> bytes:
    return f"{own}/{account}".encode()
