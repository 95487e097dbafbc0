"""Rotation of keys: every row is sealed and indexed anew under the newest key of its purpose, some rows a transaction.

Killed anywhere, a second call goes on: new keys are in the ring's file before any row needs them, old keys are retired only
when no row uses them. Lookups try both meanwhile. The naming key is never rotated: it makes the ids in the fact files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from jixiang.vault.accounts import account_message, account_row
from jixiang.vault.keys import ROTATED, KeyRing, Purpose, load_ring
from jixiang.vault.rows import name_message, name_row
from jixiang.vault.sealing import hmac_each
from jixiang.vault.store import Vault

Stage: TypeAlias = Literal["sealing", "sealed", "retiring", "retired"]
Progress: TypeAlias = Callable[[Stage, int, int], None]  # stage, rows done, rows in all

BATCH = 20_000
COLUMNS: dict[Purpose, tuple[str, str]] = {
    "number": ("identity", "number_key"),
    "number-index": ("identity", "index_key"),
    "name": ("name", "name_key"),
    "name-index": ("name", "index_key"),
    "account": ("account", "account_key"),
    "account-index": ("account", "index_key"),
}


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many numbers were gone through, and the keys that nothing needs any more."""

    rows: int
    retired: tuple[int, ...]


def renew_keys(path: Path, purposes: Collection[Purpose], *, created: date) -> KeyRing:
    """New keys in the ring's file. The first step; open the vault with what it gives back."""
    ring = load_ring(path).renewed(purposes, created=created)
    ring.save(path)
    return ring


def unfinished(vault: Vault) -> tuple[Purpose, ...]:
    """The purposes with more than one key that is not retired: a rotation of them has begun, or has yet to."""
    live = {number for number, retired in vault.registered().items() if not retired}
    return tuple(p for p in ROTATED if sum(key.id in live for key in vault.ring.of(p)) > 1)


def rotate(vault: Vault, purposes: Collection[Purpose], progress: Progress, *, batch: int = BATCH) -> Rotated:
    """Brings every row under the newest keys of these purposes and retires the older ones. Begins where it stopped."""
    keys = {purpose: vault.ring.current(purpose).id for purpose in unfinished(vault) if purpose in purposes}
    if not keys:
        return Rotated(0, ())
    (total,) = vault.connection.execute("SELECT coalesce(max(id), 0) FROM identity").fetchone()
    done = _begun(vault, keys.values())
    while done < total:
        with vault.act():
            progress("sealing", done, total)
            done = _seal_some(vault, keys, done, done + batch)
        progress("sealed", min(done, total), total)
    with vault.act():
        progress("retiring", total, total)
        retired = _retire(vault, keys)
    vault.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    progress("retired", total, total)
    return Rotated(total, retired)


def forget_retired(vault: Vault, path: Path) -> KeyRing:
    """Takes the retired keys out of the ring's file. Backups of the vault from before need the old file."""
    ring = load_ring(path)
    known = vault.registered()
    smaller = ring.without([key.id for key in ring.keys if known.get(key.id)])
    smaller.save(path)
    return smaller


def _begun(vault: Vault, keys: Collection[int]) -> int:
    reached = dict(vault.connection.execute("SELECT key_id, identity FROM rotation"))
    return min((reached.get(key, 0) for key in keys), default=0)


def _seal_some(vault: Vault, keys: dict[Purpose, int], after: int, until: int) -> int:
    """One batch of identities with their names and accounts."""
    bounds = (after, until)
    rows = vault.connection.execute(
        "SELECT id, own, number_key, number FROM identity WHERE id > ? AND id <= ?", bounds
    ).fetchall()
    owns = {row: own for row, own, _, _ in rows}
    if {"number", "number-index", "name-index"} & keys.keys():
        numbers = {
            row: vault.sealer.open("number", key, sealed, own.encode()).encode() for row, own, key, sealed in rows
        }
        _seal_numbers(vault, keys, owns, numbers)
        born = {row: number[6:14] for row, number in numbers.items()}
    else:
        born = {}
    if {"name", "name-index"} & keys.keys():
        _seal_names(vault, keys, owns, born, bounds)
    if {"account", "account-index"} & keys.keys():
        _seal_accounts(vault, keys, owns, bounds)
    vault.connection.executemany(
        "INSERT INTO rotation VALUES (?1, ?2) ON CONFLICT (key_id) DO UPDATE SET identity = max(identity, ?2)",
        [(key, until) for key in keys.values()],
    )
    return until


def _seal_numbers(vault: Vault, keys: dict[Purpose, int], owns: dict[int, str], numbers: dict[int, bytes]) -> None:
    texts = list(numbers.values())
    if key := keys.get("number"):
        sealed = vault.sealer.seal("number", texts, [owns[row].encode() for row in numbers])
        _update(vault, "UPDATE identity SET number_key = ?, number = ? WHERE id = ?", key, sealed, list(numbers))
    if key := keys.get("number-index"):
        indexes = hmac_each(vault.ring.current("number-index"), texts)
        _update(vault, "UPDATE identity SET index_key = ?, number_index = ? WHERE id = ?", key, indexes, list(numbers))


def _seal_names(
    vault: Vault, keys: dict[Purpose, int], owns: dict[int, str], born: dict[int, bytes], bounds: tuple[int, int]
) -> None:
    rows = vault.connection.execute(
        "SELECT identity, no, name_key, name FROM name WHERE identity > ? AND identity <= ?", bounds
    ).fetchall()
    places = [(row, no) for row, no, _, _ in rows]
    bound = [name_row(owns[row], no) for row, no in places]
    texts = [vault.sealer.open("name", key, sealed, to) for (_, _, key, sealed), to in zip(rows, bound, strict=True)]
    if key := keys.get("name"):
        sealed = vault.sealer.seal("name", [text.encode() for text in texts], bound)
        _update(vault, "UPDATE name SET name_key = ?, name = ? WHERE identity = ? AND no = ?", key, sealed, places)
    if key := keys.get("name-index"):
        messages = [name_message(born[row], text) for (row, _), text in zip(places, texts, strict=True)]
        indexes = hmac_each(vault.ring.current("name-index"), messages)
        statement = "UPDATE name SET index_key = ?, name_index = ? WHERE identity = ? AND no = ?"
        _update(vault, statement, key, indexes, places)


def _seal_accounts(vault: Vault, keys: dict[Purpose, int], owns: dict[int, str], bounds: tuple[int, int]) -> None:
    rows = vault.connection.execute(
        "SELECT identity, name_no, account_index, account_key, account FROM account WHERE identity > ? AND identity <= ?",
        bounds,
    ).fetchall()
    places = [tuple(row[:3]) for row in rows]
    bound = [account_row(owns[row], no) for row, no, _ in places]
    texts = [vault.sealer.open("account", row[3], row[4], to) for row, to in zip(rows, bound, strict=True)]
    where = "WHERE identity = ? AND name_no = ? AND account_index = ?"
    if key := keys.get("account"):
        sealed = vault.sealer.seal("account", [text.encode() for text in texts], bound)
        _update(vault, f"UPDATE account SET account_key = ?, account = ? {where}", key, sealed, places)
    if key := keys.get("account-index"):
        messages = [account_message(owns[row], text) for (row, _, _), text in zip(places, texts, strict=True)]
        indexes = hmac_each(vault.ring.current("account-index"), messages)
        _update(vault, f"UPDATE account SET index_key = ?, account_index = ? {where}", key, indexes, places)


def _update(vault: Vault, statement: str, key: int, values: Sequence[bytes], places: Sequence[object]) -> None:
    rows = (
        (key, value, *(place if isinstance(place, tuple) else (place,)))
        for value, place in zip(values, places, strict=True)
    )
    vault.connection.executemany(statement, rows)


def _retire(vault: Vault, keys: dict[Purpose, int]) -> tuple[int, ...]:
    """Keys that no row uses any more. A row that still does (it can not be) keeps its key alive."""
    retired: list[int] = []
    for purpose, current in keys.items():
        table, column = COLUMNS[purpose]
        used = {row[0] for row in vault.connection.execute(f"SELECT DISTINCT {column} FROM {table}")}
        old = [
            row[0]
            for row in vault.connection.execute(
                "SELECT id FROM vault_key WHERE purpose = ? AND id <> ? AND retired = 0", (purpose, current)
            )
            if row[0] not in used
        ]
        vault.connection.executemany("UPDATE vault_key SET retired = 1 WHERE id = ?", [(number,) for number in old])
        retired += old
        vault.connection.execute("DELETE FROM rotation WHERE key_id = ?", (current,))
    return tuple(sorted(retired))
