"""Numbers that speak of one person, worked out from the decisions that stand.

All numbers joined by `same-person` are one person, whose id is the smallest of their own keys. So the result depends on the
set of decisions, not on their order, and taking one back needs no memory of what was before.
"""

from __future__ import annotations

from typing import TypeAlias

from jixiang.vault.store import Vault

Move: TypeAlias = tuple[str, str, str]  # own key, from person, to person


def resettle(vault: Vault, one: int, other: int) -> list[Move]:
    """After a decision about these two identities: who speaks of another person than before."""
    touched = _was_joined(vault, one) | _was_joined(vault, other) | _group(vault, one) | _group(vault, other)
    moves = []
    for identity in sorted(touched):
        own = _own(vault, identity)
        person = min(_own(vault, member) for member in _group(vault, identity))
        before = _person(vault, identity) or own
        if person != before:
            vault.connection.execute("DELETE FROM resolved WHERE identity = ?", (identity,))
            if person != own:
                vault.connection.execute("INSERT INTO resolved VALUES (?, ?)", (identity, person))
            moves.append((own, before, person))
    return sorted(moves)


def joined(vault: Vault, one: int, other: int) -> bool:
    return other in _group(vault, one)


def contradiction(vault: Vault, one: int, other: int) -> int | None:
    """The case that says that two of those who would become one are different persons."""
    group = sorted(_group(vault, one) | _group(vault, other))
    for identity in group:
        for case, neighbour in _neighbours(vault, identity, "different-persons"):
            if neighbour in group:
                return case
    return None


def _group(vault: Vault, identity: int) -> set[int]:
    """The identity with all that the standing decisions join to it."""
    group, ahead = {identity}, [identity]
    while ahead:
        for _, neighbour in _neighbours(vault, ahead.pop(), "same-person"):
            if neighbour not in group:
                group.add(neighbour)
                ahead.append(neighbour)
    return group


def _neighbours(vault: Vault, identity: int, verdict: str) -> list[tuple[int, int]]:
    """Case and other identity of every standing decision with this verdict."""
    return vault.connection.execute(
        "SELECT c.id, CASE WHEN c.identity = ?1 THEN c.other ELSE c.identity END FROM desk_case c"
        " JOIN decision d ON d.case_id = c.id AND d.verdict = ?2"
        " AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.id)"
        " WHERE c.kind = 'two-numbers' AND (c.identity = ?1 OR c.other = ?1)",
        (identity, verdict),
    ).fetchall()


def _was_joined(vault: Vault, identity: int) -> set[int]:
    """All that spoke of the same person until now."""
    person = _person(vault, identity) or _own(vault, identity)
    rows = vault.connection.execute(
        "SELECT identity FROM resolved WHERE person = ?1 UNION SELECT id FROM identity WHERE own = ?1", (person,)
    )
    return {row[0] for row in rows}


def _own(vault: Vault, identity: int) -> str:
    (own,) = vault.connection.execute("SELECT own FROM identity WHERE id = ?", (identity,)).fetchone()
    return str(own)


def _person(vault: Vault, identity: int) -> str | None:
    row = vault.connection.execute("SELECT person FROM resolved WHERE identity = ?", (identity,)).fetchone()
    return None if row is None else str(row[0])
