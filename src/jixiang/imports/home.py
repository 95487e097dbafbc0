"""A home: the folder in which a city's facts, the vault with its ledger, and what is half done have their places.

    facts/         the fact tables, and the head that says which of their versions are current
    vault.sqlite   who people are, and the ledger of acts: one database, so that one COMMIT decides over both
    keys.json      the vault's key ring, unless it is kept elsewhere
    .staging/      what an act has laid out so far; of no worth once the act is over
    .lock          held by whoever is at work, and let go by the system should it die

Never opens the vault or reads a fact.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jixiang.tables.head import HEAD, write_head


class Busy(RuntimeError):
    """Somebody else's act is under way in this home."""


class ForeignFacts(ValueError):
    """There are facts in this home that no act has put there."""


@dataclass(frozen=True)
class Home:
    """`keys`: where the key ring lies, if not in the home."""

    folder: Path
    keys: Path | None = None

    @property
    def facts(self) -> Path:
        return self.folder / "facts"

    @property
    def vault(self) -> Path:
        return self.folder / "vault.sqlite"

    @property
    def ring(self) -> Path:
        return self.keys or self.folder / "keys.json"

    @property
    def staging(self) -> Path:
        return self.folder / ".staging"

    @property
    def begun(self) -> bool:
        return self.vault.is_file()

    def create(self) -> None:
        """Makes the folders, and an empty head before there is any table. What is there stays.

        Facts that others have put there are refused: their past is in no ledger, so nothing could be settled with it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.facts.mkdir(exist_ok=True)
        if (self.facts / HEAD).exists() or self.begun:
            return
        if any(self.facts.iterdir()):
            raise ForeignFacts(f"{self.facts} holds facts that no import has put there")
        write_head(self.facts, {})

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else acts in this home meanwhile; whoever tries is refused with `Busy`. Reading goes on."""
        with (self.folder / ".lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy(f"an act is under way in {self.folder}") from error
            yield
