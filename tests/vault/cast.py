"""People who do not exist, a vault for them, and what it holds, read back in clear."""

import itertools
import tempfile
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pyarrow as pa

from jixiang.values.resident_id import synthetic
from jixiang.vault.keys import new_ring
from jixiang.vault.matching import Matcher
from jixiang.vault.names import canonical_name
from jixiang.vault.people import read_identity
from jixiang.vault.store import Vault

JUNE, JULY = date(2021, 6, 30), date(2021, 7, 31)
NOON = datetime(2021, 8, 1, 12)
BIRTH = date(1990, 5, 17)
counter = itertools.count()


def number(n, born=BIRTH):
    return synthetic(born, n).text


@cache
def made():
    """The file of an empty vault, and its ring."""
    with tempfile.TemporaryDirectory() as folder:
        path, ring = Path(folder) / "vault.sqlite", new_ring(created=JUNE)
        Vault.create(path, ring).close()
        return path.read_bytes(), ring


def fresh(folder):
    """An empty vault, that does not wait for the disk."""
    path = folder / f"vault-{next(counter)}.sqlite"
    path.touch(0o600)
    path.write_bytes(made()[0])
    vault = Vault.open(path, made()[1])
    vault.connection.execute("PRAGMA synchronous = OFF")
    return vault


def bring(vault, *blocks, day=JUNE, register=False):
    """One act: blocks of rows (number, name, account?); what was matched and what was settled."""
    with vault.act():
        matcher = Matcher(vault, extracted=day, at=NOON, register=register)
        matched = [match(matcher, rows) for rows in blocks]
        return matched, matcher.settle()


def match(matcher, rows):
    numbers, names, accounts = (
        pa.array([row[n] if n < len(row) else None for row in rows], pa.string()) for n in range(3)
    )
    return matcher.match(numbers, names, accounts)


def refused_rows(matched, settled):
    """Per block the positions that are refused in the end."""
    withheld = set(settled.withheld)
    return [
        sorted({*m.two_names.tolist(), *(n for n, own in enumerate(m.own.to_pylist()) if own in withheld)})
        for m in matched
    ]


def contents(vault):
    """number → names with what stands and what the register has, and the cases: nothing that depends on order."""
    rows = [row for (row,) in vault.connection.execute("SELECT id FROM identity")]
    people = [read_identity(vault, row) for row in rows]
    names = {
        p.number: {
            (canonical_name(p.names[c.no]), c.registered, c.verdict, c.no in p.standing.accepted) for c in p.claims
        }
        for p in people
    }
    own = {p.row: p.own for p in people}
    pairs = vault.connection.execute("SELECT identity, other FROM desk_case WHERE kind = 'two-numbers'")
    return names, {(own[one], own[other]) for one, other in pairs}
