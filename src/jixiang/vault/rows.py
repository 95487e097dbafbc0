"""The rows of the vault as matching reads and writes them: many at a time, sealed on the way in.

Every statement runs inside the caller's act. It decides nothing: which name stands and what goes to the desk is said
elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from jixiang.vault.columns import Hashes, Integers
from jixiang.vault.keys import Key, Purpose
from jixiang.vault.names import Claim, canonical_name, tidy_name
from jixiang.vault.sealing import hmac_each
from jixiang.vault.store import Vault

AT_ONCE = 8000  # values in one IN (…)
TOGETHER = 100  # rows in one INSERT
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of a number: what it claims, and its blind index."""

    claim: Claim
    index_key: int
    index: bytes


@dataclass(frozen=True)
class Recalled:
    """Identities found: `place` is where the number was asked for.

    The arrays hold those with one name or none (`index_key` 0), which are nearly all; `others` are place, row, own key and
    names.
    """

    place: Integers
    row: Integers
    own: npt.NDArray[np.bytes_]
    index_key: Integers
    index: Hashes
    registered: Integers
    others: Sequence[tuple[int, int, str, list[KnownName]]]


class Rows:
    """The vault's tables inside one act."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.connection = vault.connection
        self.sealer = vault.sealer
        self.live = {number for number, retired in vault.registered().items() if not retired}

    def known(self, numbers: Sequence[bytes]) -> Iterator[Recalled]:
        """Those of these numbers that the vault has. Rows under an older key are found too."""
        left = list(range(len(numbers)))
        for key in self.keys("number-index"):
            digests = hmac_each(key, [numbers[n] for n in left])
            place = dict(zip(digests, left, strict=True))
            for some in chunks(sorted(digests)):
                rows = self.connection.execute(
                    "SELECT i.number_index, i.id, i.own, n.no, n.registered, n.verdict, n.decision, n.index_key, n.name_index"
                    " FROM identity i LEFT JOIN name n ON n.identity = i.id"
                    f" WHERE i.number_index IN ({_marks(some)})",
                    some,
                ).fetchall()
                if rows:
                    yield _recalled(rows, place)
                    for row in rows:
                        place.pop(row[0], None)
            left = list(place.values())
            if not left:
                return

    def add_identities(self, first: int, numbers: Sequence[bytes]) -> list[str]:
        """New rows from row number `first` on; their own keys."""
        owns = self.sealer.own_keys(numbers)
        index_key, number_key = self.current("number-index"), self.current("number")
        indexes = hmac_each(self.sealer.ring.current("number-index"), numbers)
        sealed = self.sealer.seal("number", numbers, [own.encode() for own in owns])
        self.insert(
            "INSERT INTO identity (id, own, index_key, number_index, number_key, number) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (row, own, index_key, index, number_key, text)
                for row, (own, index, text) in enumerate(zip(owns, indexes, sealed, strict=True), first)
            ],
        )
        return owns

    def add_names(self, names: Sequence[NewName], registered: int) -> list[bytes]:
        """New names; their indexes under the current key."""
        indexes = self.name_indexes(self.current("name-index"), [(name.born, name.text) for name in names])
        places = [name_row(name.own, name.no) for name in names]
        sealed = self.sealer.seal("name", [tidy_name(name.text).encode() for name in names], places)
        index_key, name_key = self.current("name-index"), self.current("name")
        self.insert(
            "INSERT INTO name (identity, no, index_key, name_index, name_key, name, registered) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (name.row, name.no, index_key, index, name_key, text, registered or None)
                for name, index, text in zip(names, indexes, sealed, strict=True)
            ],
        )
        return indexes

    def insert(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """A hundred rows a statement: half the time of one by one."""
        head, one = statement.split(" VALUES ")
        whole = len(rows) - len(rows) % TOGETHER
        many = f"{head} VALUES {', '.join([one] * TOGETHER)}"
        for n in range(0, whole, TOGETHER):
            self.connection.execute(many, [value for row in rows[n : n + TOGETHER] for value in row])
        self.connection.executemany(statement, rows[whole:])

    def names_of(self, row: int) -> list[KnownName]:
        rows = self.connection.execute(
            "SELECT no, registered, verdict, decision, index_key, name_index FROM name WHERE identity = ? ORDER BY no",
            (row,),
        )
        return [_known_name(*name) for name in rows]

    def register(self, rows: Iterable[tuple[int, int]], day: int) -> None:
        """The register had these names (identity row, no) on this day; the oldest day is kept."""
        self.connection.executemany(
            "UPDATE name SET registered = ?1 WHERE identity = ?2 AND no = ?3 AND (registered IS NULL OR registered > ?1)",
            ((day, row, no) for row, no in rows),
        )

    def name_indexes(self, key: int, names: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """The blind index of name and birth date. Of two names of one number it tells whether they are the same."""
        secret = self.sealer.ring.key(key)
        if secret is None:
            raise ValueError(f"no key {key}")
        return hmac_each(secret, [name_message(born, text) for born, text in names])

    def bearers(self, indexes: Sequence[bytes]) -> Iterator[tuple[bytes, int, str]]:
        """Index, identity row and own key of everyone with these indexes of name and birth date."""
        for some in chunks(indexes):
            yield from self.connection.execute(
                "SELECT n.name_index, i.id, i.own FROM name n JOIN identity i ON i.id = n.identity"
                f" WHERE n.name_index IN ({_marks(some)})",
                some,
            )

    def current(self, purpose: Purpose) -> int:
        return self.sealer.ring.current(purpose).id

    def keys(self, purpose: Purpose) -> list[Key]:
        """The keys of a purpose that rows may still be under, the newest first."""
        return [key for key in self.sealer.ring.of(purpose) if key.id in self.live]


class NewName(NamedTuple):
    row: int
    own: str
    no: int
    born: bytes
    text: str


def index_begins(indexes: Sequence[bytes]) -> Hashes:
    """The first eight bytes of each blind index, as a number."""
    return np.frombuffer(b"".join(indexes), dtype=">u8")[::4].astype(np.uint64)


def name_row(own: str, no: int) -> bytes:
    """What a sealed name is bound to."""
    return f"{own}/{no}".encode()


def name_message(born: bytes, text: str) -> bytes:
    return born + b"/" + canonical_name(text).encode()


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[n : n + AT_ONCE] for n in range(0, len(values), AT_ONCE))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _recalled(rows: Sequence[tuple[Any, ...]], place: Mapping[bytes, int]) -> Recalled:
    """Rows of the join of identities and names."""
    times = Counter(row[1] for row in rows)
    usual = [row for row in rows if times[row[1]] == 1 and row[5] is None]
    others: dict[int, tuple[int, int, str, list[KnownName]]] = {}
    for number_index, row, own, *name in rows:
        if times[row] > 1 or name[2] is not None:
            others.setdefault(row, (place[number_index], row, own, []))[3].append(_known_name(*name))
    return Recalled(
        np.array([place[row[0]] for row in usual], dtype=np.int64),
        np.array([row[1] for row in usual], dtype=np.int64),
        np.array([row[2] for row in usual], dtype="S17"),
        np.array([row[7] or 0 for row in usual], dtype=np.int64),
        index_begins([row[8] or bytes(32) for row in usual]),
        np.array([row[4] or 0 for row in usual], dtype=np.int64),
        list(others.values()),
    )


def _known_name(
    no: int, registered: int | None, verdict: str | None, decision: int | None, key: int, index: bytes
) -> KnownName:
    return KnownName(Claim(no, registered or 0, verdict, decision or 0), key, index)  # type: ignore[arg-type]
