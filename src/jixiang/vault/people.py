"""One identity read back in clear: its number, its names and which of them stand. For the desk, letters and bank files.

Whoever calls this writes down why; see `reveal`. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jixiang.vault.names import Claim, Standing, standing
from jixiang.vault.rows import name_row
from jixiang.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Identity:
    row: int
    own: str
    number: str = field(repr=False)
    names: dict[int, str] = field(repr=False)
    claims: Sequence[Claim]

    @property
    def standing(self) -> Standing:
        return standing(self.claims)


def read_identity(vault: Vault, row: int) -> Identity:
    """Raises `VaultRefused` where what is stored was changed by another hand."""
    own, key, sealed = vault.connection.execute(
        "SELECT own, number_key, number FROM identity WHERE id = ?", (row,)
    ).fetchone()
    number = vault.sealer.open("number", key, sealed, own.encode())
    names, claims = {}, []
    for no, registered, verdict, decision, name_key, name in vault.connection.execute(
        "SELECT no, registered, verdict, decision, name_key, name FROM name WHERE identity = ? ORDER BY no", (row,)
    ):
        names[no] = vault.sealer.open("name", name_key, name, name_row(own, no))
        claims.append(Claim(no, registered or 0, verdict, decision or 0))
    return Identity(row, own, number, names, claims)


def claims_of(vault: Vault, row: int) -> list[Claim]:
    """What is known of an identity's names without opening them."""
    rows = vault.connection.execute("SELECT no, registered, verdict, decision FROM name WHERE identity = ?", (row,))
    return [Claim(no, registered or 0, verdict, decision or 0) for no, registered, verdict, decision in rows]
