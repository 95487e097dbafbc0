"""The vault's one SQLite file: created, opened with the right keys or not at all, written in acts that happen as a whole.

Other rooms may keep tables of their own in the same file, so that one transaction covers both. Nothing is decrypted here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from jixiang.vault.keys import Key, KeyRing
from jixiang.vault.refusals import VaultRefused, refused
from jixiang.vault.sealing import Sealer, check_value

SCHEMA = Path(__file__).with_name("schema.sql")
CACHE_KIB = 256 * 1024
PATIENCE_MS = 5000
INDEXES = {  # dropped while an empty vault is filled, and built at the end: many times faster
    "identity_own": "CREATE UNIQUE INDEX IF NOT EXISTS identity_own ON identity (own)",
    "identity_number": "CREATE UNIQUE INDEX IF NOT EXISTS identity_number ON identity (number_index)",
    "name_birth": "CREATE INDEX IF NOT EXISTS name_birth ON name (name_index)",
}


class Vault:
    """An open vault. `connection` has no transactions of its own accord: write inside `act` only."""

    def __init__(self, path: Path, ring: KeyRing, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection
        self.sealer = Sealer(ring)

    def __repr__(self) -> str:
        return f"Vault({str(self.path)!r})"

    @property
    def ring(self) -> KeyRing:
        return self.sealer.ring

    @classmethod
    def create(cls, path: Path, ring: KeyRing, *, patience_ms: int = PATIENCE_MS) -> Vault:
        """A new vault for this ring. What an interrupted creation has left is begun again."""
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        connection = _connect(path, patience_ms)
        vault = cls(path, ring, connection)
        try:
            with vault._locked():
                if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'vault_ring'").fetchone():
                    raise refused("vault-exists", "人员库已经存在", "直接使用它,或换一个位置", file=path)
                for statement in statements(SCHEMA.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute("INSERT INTO vault_ring VALUES (?, 1)", (ring.id,))
                vault._register(ring.keys)
                vault.ensure_indexes()
        except BaseException:
            connection.close()
            raise
        return vault

    @classmethod
    def open(cls, path: Path, ring: KeyRing, *, patience_ms: int = PATIENCE_MS) -> Vault:
        """The vault, once every key that it needs is there and right. Nothing is written before that."""
        if not path.is_file():
            raise refused("vault-missing", "找不到人员库", "请指明位置,或从备份恢复", file=path)
        connection = _connect(path, patience_ms)
        vault = cls(path, ring, connection)
        try:
            vault._check_keys()
            if new := [key for key in ring.keys if key.id not in vault.registered()]:
                with vault._locked():
                    vault._register(new)
        except sqlite3.DatabaseError:
            connection.close()
            raise refused("vault-damaged", "人员库损坏,或不是人员库", "请从备份恢复", file=path) from None
        except BaseException:
            connection.close()
            raise
        return vault

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Vault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def act(self) -> Iterator[sqlite3.Connection]:
        """Everything inside happens, or nothing. Only one act at a time: another one is refused."""
        with self._locked() as connection:
            self._check_keys()
            yield connection
            self.ensure_indexes()

    def registered(self) -> dict[int, bool]:
        """The keys that this vault knows: id → whether it is retired."""
        return {row[0]: bool(row[1]) for row in self.connection.execute("SELECT id, retired FROM vault_key")}

    def ensure_indexes(self) -> None:
        for statement in INDEXES.values():
            self.connection.execute(statement)

    def drop_indexes(self) -> None:
        """Only inside an act, which builds them again at its end."""
        if not self.connection.in_transaction:
            raise ValueError("no act is open")
        for name in INDEXES:
            self.connection.execute(f"DROP INDEX IF EXISTS {name}")

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        if self.connection.in_transaction:
            raise ValueError("an act is open already")
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise refused("vault-busy", "另一次导入正在进行", "请等它结束后再试", file=self.path) from None
            raise
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def _register(self, keys: Iterable[Key]) -> None:
        rows = [(key.id, key.purpose, check_value(key)) for key in keys]
        self.connection.executemany("INSERT OR IGNORE INTO vault_key (id, purpose, proof) VALUES (?, ?, ?)", rows)

    def _check_keys(self) -> None:
        """Every key that may be needed is in the ring and is the one it says it is."""
        found = self.connection.execute("SELECT ring FROM vault_ring").fetchone()
        if found is None:
            raise refused("vault-damaged", "人员库损坏,或不是人员库", "请从备份恢复", file=self.path)
        if found[0] != self.ring.id:
            message = "密钥文件不是这个人员库的"
            raise refused("keys-wrong", message, "请换用建库时的密钥文件", file=self.path)
        for number, purpose, proof, retired in self.connection.execute(
            "SELECT id, purpose, proof, retired FROM vault_key"
        ):
            key = self.ring.key(number)
            if key is None and not retired:
                raise _lacking(number, self.path)
            if key is not None and (key.purpose != purpose or check_value(key) != proof):
                message = f"密钥文件里第 {number} 号密钥与人员库的不符"
                raise refused("keys-wrong", message, "密钥文件可能损坏,请从备份恢复", file=self.path)


def _lacking(number: int, path: Path) -> VaultRefused:
    return refused(
        "keys-lacking",
        f"密钥文件里没有第 {number} 号密钥",
        "密钥可能刚更换过,请重新打开;否则换用较新的密钥文件",
        file=path,
    )


def statements(script: str) -> Iterator[str]:
    """One by one: a whole script would commit the transaction that it is to be a part of."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _connect(path: Path, patience_ms: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=patience_ms / 1000)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    except sqlite3.DatabaseError:
        connection.close()
        raise refused("vault-damaged", "人员库损坏,或不是人员库", "请从备份恢复", file=path) from None
    return connection
