"""A decision at the desk as an act: what the vault then says of a number, and all facts that follow from it, together.

Who decides and when are arguments. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from jixiang.imports.corrections import Move, Overlap, apply_moves, withdraw
from jixiang.imports.home import Home
from jixiang.imports.ledger import Act
from jixiang.imports.publish import Addition, Reached, acting, nobody, publish
from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.schema import FactTable, fact_tables
from jixiang.tables.store import FactStore
from jixiang.vault.desk import Moves, Verdict, decide, undo
from jixiang.vault.store import Vault


@dataclass(frozen=True)
class Decided:
    """`rows`: table → how many facts got a newer version. `overlaps`: what several numbers of one person have stated both.
    `sendable`: rows that were refused may be sent again."""

    act: int
    rows: Mapping[str, int]
    overlaps: tuple[Overlap, ...]
    sendable: bool


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A home with its vault open. `identity`: the entity whose rows are persons, in Chinese."""

    home: Home
    vault: Vault
    vocabulary: Vocabulary
    identity: str
    reached: Reached = nobody

    def decide(self, case: int, verdict: Verdict, *, by: str, at: datetime, note: str) -> Decided:
        """Raises VaultRefused where it cannot be, and changes nothing then."""
        said = {"case": case, "verdict": verdict, "by": by, "note": note}
        return self._act(lambda: decide(self.vault, case, verdict, by=by, at=at, note=note), said, at)

    def undo(self, case: int, *, by: str, at: datetime, note: str) -> Decided:
        said = {"case": case, "verdict": "undo", "by": by, "note": note}
        return self._act(lambda: undo(self.vault, case, by=by, at=at, note=note), said, at)

    def _act(self, decided: Callable[[], Moves], said: Mapping[str, object], at: datetime) -> Decided:
        with acting(self.home, self.vault, reached=self.reached) as ledger:
            received = ledger.moment(at)
            moves = decided()
            rows, overlaps = self._followed(moves, received)
            tables = fact_tables(self.vocabulary)
            additions = [Addition(tables[name], [[found]], distinct=True) for name, found in rows.items()]
            counts = {name: {"changed": found.num_rows} for name, found in rows.items()}
            act = Act(what="desk", received_at=received, counts=counts, report=said)
            number = publish(self.home, ledger, act, additions, reached=self.reached)
        written = {name: found.num_rows for name, found in rows.items()}
        return Decided(number, written, overlaps, bool(moves.sendable))

    def _followed(self, moves: Moves, received: datetime) -> tuple[dict[str, pa.Table], tuple[Overlap, ...]]:
        """A decision is about persons or about names, never about both."""
        store, tables = FactStore(self.home.facts), tuple[FactTable, ...](fact_tables(self.vocabulary).values())
        if moves.withdrawn:
            return withdraw(store, tables, self.identity, moves.withdrawn, received=received), ()
        if not moves.persons:
            return {}, ()
        found = apply_moves(store, tables, self.identity, [Move(*move) for move in moves.persons], received=received)
        return dict(found.rows), found.overlaps
