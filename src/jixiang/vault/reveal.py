"""Numbers, names and accounts in clear, for letters and bank files: each look is written down with who, when and why.

What is in doubt is not given out: a name that is contested, an account that came with a wrong name or beside another of
the same day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from jixiang.vault.accounts import account_row
from jixiang.vault.people import Identity, read_identity
from jixiang.vault.refusals import VaultRefused, refused
from jixiang.vault.store import Vault

Field: TypeAlias = Literal["number", "name", "account"]


def reveal(vault: Vault, person: str, field: Field, *, purpose: str, by: str, at: datetime) -> str:
    """One field of one person. Raises `VaultRefused`; a refused look is not written down, nothing was seen."""
    found = reveal_many(vault, [person], field, purpose=purpose, by=by, at=at)[person]
    if isinstance(found, VaultRefused):
        raise found
    return found


def reveal_many(
    vault: Vault, persons: Sequence[str], field: Field, *, purpose: str, by: str, at: datetime
) -> dict[str, str | VaultRefused]:
    """One field of many, each the text or why it is not given. Inside an open act it is part of that, else it is its own."""
    if not purpose.strip() or not by.strip():
        raise refused("reveal-why", "没有写明谁为什么查看", "请写明用途和经办人")
    if not vault.connection.in_transaction:
        with vault.act():
            return reveal_many(vault, persons, field, purpose=purpose, by=by, at=at)
    shown: dict[str, str | VaultRefused] = {}
    for person in persons:
        try:
            shown[person] = _read(vault, person, field)
        except VaultRefused as refusal:
            if refusal.problem.code in ("vault-tampered", "keys-lacking"):
                raise
            shown[person] = refusal
    vault.connection.executemany(
        "INSERT INTO revealed (person, field, purpose, by, at) VALUES (?, ?, ?, ?, ?)",
        [(p, field, purpose, by, at.isoformat(sep=" ")) for p, text in shown.items() if isinstance(text, str)],
    )
    return shown


def _read(vault: Vault, person: str, field: Field) -> str:
    identities = _identities(vault, person)
    first = identities[0]
    match field:
        case "number":
            return first.number
        case "name":
            return _name(first)
        case "account":
            return _account(vault, identities)


def _identities(vault: Vault, person: str) -> list[Identity]:
    """The person's own number first, then those that the desk has joined to it."""
    found = vault.connection.execute(
        "SELECT i.id, r.person FROM identity i LEFT JOIN resolved r ON r.identity = i.id WHERE i.own = ?", (person,)
    ).fetchone()
    if found is None:
        raise refused("person-unknown", "没有这个人员代号", "请核对人员代号")
    if found[1] is not None:
        raise refused("person-moved", f"这个人员代号已并入 {found[1]}", "请用合并后的人员代号")
    others = vault.connection.execute("SELECT identity FROM resolved WHERE person = ? ORDER BY identity", (person,))
    return [read_identity(vault, row) for row in [found[0], *(row for (row,) in others.fetchall())]]


def _name(identity: Identity) -> str:
    current = identity.standing.current
    if current is not None:
        return identity.names[current]
    if identity.names:
        raise refused("name-contested", "同一号码有几个姓名,尚未核实", "请先到人员核对处理")
    raise refused("name-unknown", "还没有姓名", "请导入带有姓名的数据")


def _account(vault: Vault, identities: Sequence[Identity]) -> str:
    """The account of the newest extract, of those that came with a name that stands, or with none."""
    newest: dict[int, set[str]] = {}
    for identity in identities:
        stands = identity.standing
        for no, key, sealed, day in vault.connection.execute(
            "SELECT name_no, account_key, account, newest FROM account WHERE identity = ?", (identity.row,)
        ):
            if not stands.contested and (no == -1 or no in stands.accepted):
                text = vault.sealer.open("account", key, sealed, account_row(identity.own, no))
                newest.setdefault(day, set()).add(text)
    if not newest:
        raise refused("account-unknown", "没有可用的账号", "请导入账号,或先核实姓名")
    latest = newest[max(newest)]
    if len(latest) > 1:
        raise refused("account-several", "同一天的数据里有几个账号", "请核对后重新导入较新的数据")
    return latest.pop()
