"""A decision at the desk as an act: what the vault then says of a number, and all facts that follow from it, together.

Who decides and when are arguments. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from jixiang.imports.corrections import Correction, Move, Overlap, apply_moves, withdraw
from jixiang.imports.home import Home
from jixiang.imports.ledger import NAMES_SPOKEN, NAMES_WITHDRAWN, Act
from jixiang.imports.publish import Reached, acting, nobody, publish
from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.schema import fact_tables
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
    memory_mb: int | None = None

    def decide(self, case: int, verdict: Verdict, *, by: str, at: datetime, note: str) -> Decided:
        """Raises VaultRefused where it cannot be, and changes nothing then."""
        said = {"case": case, "verdict": verdict, "by": by, "note": note}
        return self._act(lambda: decide(self.vault, case, verdict, by=by, at=at, note=note), said, at)

    def undo(self, case: int, *, by: str, at: datetime, note: str) -> Decided:
        said = {"case": case, "verdict": "undo", "by": by, "note": note}
        return self._act(lambda: undo(self.vault, case, by=by, at=at, note=note), said, at)

    def _act(self, decided: Callable[[], Moves], said: Mapping[str, object], at: datetime) -> Decided:
        """Entered in the ledger also if the facts stay as they are: rows that were refused may now be sent again."""
        with acting(self.home, self.vault, reached=self.reached) as ledger:
            received = ledger.moment(at)
            moves = decided()
            self.reached("decided")
            follows, what = self._followed(moves, received)
            act = Act(
                what="desk",
                received_at=received,
                counts={name: {what: rows.num_rows} for name, rows in follows.rows.items()},
                report={**said, "moves": moves.persons, "overlaps": [asdict(one) for one in follows.overlaps]},
                names=NAMES_WITHDRAWN if moves.withdrawn else NAMES_SPOKEN,
            )
            number = publish(self.home, ledger, act, follows.additions(), reached=self.reached)
        written = {name: rows.num_rows for name, rows in follows.rows.items()}
        return Decided(number, written, follows.overlaps, bool(moves.sendable))

    def _followed(self, moves: Moves, received: datetime) -> tuple[Correction, str]:
        """A decision is about persons or about names, never about both."""
        self.home.staging.mkdir(exist_ok=True)
        store, folder, tables = FactStore(self.home.facts), self.home.staging, fact_tables(self.vocabulary)
        if moves.withdrawn:
            owns = moves.withdrawn
            rows = withdraw(store, tables.values(), self.identity, owns, received=received, folder=folder)
            return Correction(rows, (), tables), "withdrawn"
        persons = [Move(*move) for move in moves.persons]
        return apply_moves(
            store, tables.values(), self.identity, persons, received=received, memory_mb=self.memory_mb, folder=folder
        ), "moved"
