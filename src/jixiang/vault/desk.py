"""The desk: what matching could not know, a person decides, with a reason, and can take back.

Everything that follows from decisions is worked out from those that stand, so that taking one back leaves exactly what the
others say, in whatever order they came. The journal is only added to. Lists show masked names and numbers; full ones are
shown with a purpose, which is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from jixiang.vault.merging import Move, contradiction, joined, resettle
from jixiang.vault.names import NameVerdict, masked_name, masked_number, standing
from jixiang.vault.people import Identity, claims_of, read_identity
from jixiang.vault.refusals import refused
from jixiang.vault.store import Vault

CaseKind: TypeAlias = Literal["two-names", "two-numbers"]
PersonVerdict: TypeAlias = Literal["same-person", "different-persons"]
Verdict: TypeAlias = PersonVerdict | NameVerdict
VERDICTS: dict[CaseKind, tuple[str, ...]] = {
    "two-names": get_args(NameVerdict),
    "two-numbers": get_args(PersonVerdict),
}


@dataclass(frozen=True, slots=True)
class DeskCase:
    """`own`, `numbers`: the one number, or the two. `names`: the name in question first, then the others of that number."""

    id: int
    kind: CaseKind
    own: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    opened_at: str
    verdict: Verdict | None
    decision: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the journal. `undoes` is the decision that it takes back."""

    id: int
    case: int
    verdict: str
    undoes: int | None
    by: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class Moves:
    """What the facts are to follow.

    `persons`: numbers that speak of another person now. `withdrawn`: own keys whose rows came with a name that no longer
    stands; `sendable`: own keys of which refused rows may be sent again.
    """

    persons: tuple[Move, ...] = ()
    withdrawn: tuple[str, ...] = ()
    sendable: tuple[str, ...] = ()


def list_cases(vault: Vault, *, decided: bool = False) -> Iterator[DeskCase]:
    """Masked, oldest first: those that wait, or those that are decided."""
    for (number,) in vault.connection.execute("SELECT id FROM desk_case ORDER BY id").fetchall():
        row = _case(vault, number)
        if (row.decision is not None) == decided and (decided or _waits(vault, row)):
            yield _shown(vault, row, masked=True)


def show_case(vault: Vault, case: int, *, purpose: str, by: str, at: datetime) -> DeskCase:
    """In full, for the person who decides it; written down. Inside `vault.act()`."""
    _in_act(vault)
    if not purpose.strip() or not by.strip():
        raise refused("reveal-why", "没有写明谁为什么查看", "请写明用途和经办人")
    shown = _shown(vault, _case(vault, case), masked=False)
    vault.connection.executemany(
        "INSERT INTO revealed (person, field, purpose, by, at) VALUES (?, ?, ?, ?, ?)",
        [(own, field, purpose, by, at.isoformat(sep=" ")) for own in shown.own for field in ("number", "name")],
    )
    return shown


def decide(vault: Vault, case: int, verdict: Verdict, *, by: str, at: datetime, note: str) -> Moves:
    """Inside `vault.act()`. Raises `VaultRefused` where it cannot be, and changes nothing then."""
    _in_act(vault)
    row = _case(vault, case)
    if verdict not in VERDICTS[row.kind]:
        raise refused("desk-verdict", "这个结论不适用于这类问题", f"可用的结论:{'、'.join(VERDICTS[row.kind])}")
    if row.decision is not None:
        raise refused("desk-decided", f"第 {case} 号问题已有结论", "要改变它,请先撤销原来的决定")
    if row.kind == "two-numbers":
        _check_pair(vault, row, verdict)
    number = _write(vault, case, verdict, None, by, at, note)
    return _follow(vault, row, verdict, number)


def undo(vault: Vault, case: int, *, by: str, at: datetime, note: str) -> Moves:
    """Takes back the decision on a case, which waits again. Inside `vault.act()`."""
    _in_act(vault)
    row = _case(vault, case)
    if row.decision is None:
        raise refused("desk-undecided", f"第 {case} 号问题没有可以撤销的决定", "请核对编号")
    _write(vault, case, "undo", row.decision, by, at, note)
    return _follow(vault, row, None, None)


def journal(vault: Vault, case: int | None = None) -> list[Entry]:
    """Everything that was decided and taken back, oldest first."""
    rows = vault.connection.execute(
        "SELECT id, case_id, verdict, undoes, by, at, note FROM decision WHERE ?1 IS NULL OR case_id = ?1 ORDER BY id",
        (case,),
    )
    return [Entry(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    kind: CaseKind
    identity: int
    name_no: int
    other: int
    opened_at: str
    decision: int | None
    verdict: Verdict | None


def _case(vault: Vault, number: int) -> _Row:
    row = vault.connection.execute(
        "SELECT c.id, c.kind, c.identity, c.name_no, coalesce(c.other, 0), c.opened_at, d.id, d.verdict FROM desk_case c"
        " LEFT JOIN decision d ON d.case_id = c.id AND d.verdict <> 'undo'"
        " AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.id) WHERE c.id = ?",
        (number,),
    ).fetchone()
    if row is None:
        raise refused("desk-unknown", f"没有第 {number} 号问题", "请核对编号")
    return _Row(*row)


def _waits(vault: Vault, row: _Row) -> bool:
    """A name that stands meanwhile, because the register has it, is no question any more."""
    return row.kind == "two-numbers" or row.name_no not in standing(claims_of(vault, row.identity)).accepted


def _shown(vault: Vault, row: _Row, *, masked: bool) -> DeskCase:
    identities = [read_identity(vault, n) for n in (row.identity, row.other) if n]
    names = [name for identity in identities for name in _names(identity, row.name_no)]
    numbers = [identity.number for identity in identities]
    if masked:
        names, numbers = [masked_name(n) for n in names], [masked_number(n) for n in numbers]
    own = tuple(identity.own for identity in identities)
    return DeskCase(row.id, row.kind, own, tuple(numbers), tuple(names), row.opened_at, row.verdict, row.decision)


def _names(identity: Identity, first: int) -> list[str]:
    """The name in question, then the others."""
    return [identity.names[no] for no in sorted(identity.names, key=lambda no: (no != first, no))]


def _check_pair(vault: Vault, row: _Row, verdict: Verdict) -> None:
    if verdict == "same-person":
        if other := contradiction(vault, row.identity, row.other):
            message = f"与第 {other} 号问题的结论(不同的人)矛盾"
            raise refused("desk-contradiction", message, "请先核对并撤销其中一个")
    elif joined(vault, row.identity, row.other):
        raise refused("desk-contradiction", "其他结论已经认定这两个号码是同一个人", "请先核对并撤销其中一个")


def _write(vault: Vault, case: int, verdict: str, undoes: int | None, by: str, at: datetime, note: str) -> int:
    if not by.strip() or not note.strip():
        raise refused("desk-why", "没有写明谁为什么这样决定", "请写明经办人和理由")
    (number,) = vault.connection.execute(
        "INSERT INTO decision (case_id, verdict, undoes, by, at, note) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (case, verdict, undoes, by, at.isoformat(sep=" "), note),
    ).fetchone()
    return int(number)


def _follow(vault: Vault, row: _Row, verdict: Verdict | None, decision: int | None) -> Moves:
    """Works out what stands now."""
    if row.kind == "two-numbers":
        return Moves(persons=tuple(resettle(vault, row.identity, row.other)))
    before = standing(claims_of(vault, row.identity))
    vault.connection.execute(
        "UPDATE name SET verdict = ?, decision = ? WHERE identity = ? AND no = ?",
        (verdict, decision, row.identity, row.name_no),
    )
    after = standing(claims_of(vault, row.identity))
    (own,) = vault.connection.execute("SELECT own FROM identity WHERE id = ?", (row.identity,)).fetchone()
    withdrawn = (own,) if before.accepted - after.accepted else ()
    return Moves(withdrawn=withdrawn, sendable=(own,) if after.accepted - before.accepted else ())


def _in_act(vault: Vault) -> None:
    if not vault.connection.in_transaction:
        raise ValueError("the desk decides inside an act")
