"""Numbers with several names inside an act: what stood before, what has come, what stands now.

Few numbers come here; all others never leave the flat arrays. It opens cases and decides none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from jixiang.vault.names import Claim, Standing, standing
from jixiang.vault.rows import KnownName, NewName, Rows

NOTHING_BEFORE = Standing(None, frozenset(), False)


@dataclass(slots=True)
class Doubt:
    """A number with several names, or with names that the desk has judged."""

    row: int
    own: str
    fresh: bool  # the number came in this act
    before: Standing  # when the act began
    names: list[KnownName]
    hashes: dict[int, int] = field(default_factory=dict)  # of names met in this act → no

    @property
    def claims(self) -> list[Claim]:
        return [name.claim for name in self.names]

    @property
    def now(self) -> Standing:
        return standing(self.claims)

    def accepts(self, name: int) -> bool:
        """Whether a row with this name (0: without one) may be taken.

        Rows without a name go by what stood when the act began, so that it does not matter where in the act they come;
        what is contested in the end is withheld as a whole.
        """
        if name == 0:
            return not self.before.contested
        return self.hashes[name] in self.now.accepted

    @property
    def withheld(self) -> bool:
        return self.now.contested

    @property
    def withdrawn(self) -> bool:
        """Whether earlier acts took rows that would not be taken now."""
        now = self.now
        lost = bool(self.before.accepted - now.accepted)
        return not self.fresh and (lost or (now.contested and not self.before.contested))


class Doubts:
    """All of an act, by slot."""

    def __init__(self, rows: Rows, *, register_day: int, at: datetime, most: int) -> None:
        self.rows = rows
        self.by_slot: dict[int, Doubt] = {}
        self.opened = 0
        self._register_day = register_day
        self._at = at.isoformat(sep=" ")
        self._most = most

    def __getitem__(self, slot: int) -> Doubt:
        return self.by_slot[slot]

    @property
    def too_many(self) -> bool:
        return self.opened > self._most

    def begin(self, slot: int, row: int, own: str, *, fresh: bool, before: Standing) -> Doubt:
        doubt = Doubt(row, own, fresh, before, self.rows.names_of(row))
        self.by_slot[slot] = doubt
        return doubt

    def meet(self, doubt: Doubt, name: int, born: bytes, text: str) -> NewName | None:
        """The number came with this name; the name as a new row if it is one."""
        if name in doubt.hashes:
            return None
        no = self._number_of(doubt, born, text)
        new = None
        if no is None:
            no = max((known.claim.no for known in doubt.names), default=-1) + 1
            new = NewName(doubt.row, doubt.own, no, born, text)
            index = self.rows.add_names([new], self._register_day)[0]
            claim = Claim(no, self._register_day)
            doubt.names.append(KnownName(claim, self.rows.current("name-index"), index))
            self._open_cases(doubt)
        elif self._register_day:
            self._register(doubt, no)
        doubt.hashes[name] = no
        return new

    def _number_of(self, doubt: Doubt, born: bytes, text: str) -> int | None:
        for key in {known.index_key for known in doubt.names}:
            index = self.rows.name_indexes(key, [(born, text)])[0]
            for known in doubt.names:
                if known.index_key == key and known.index == index:
                    return known.claim.no
        return None

    def _register(self, doubt: Doubt, no: int) -> None:
        self.rows.register([(doubt.row, no)], self._register_day)
        for n, known in enumerate(doubt.names):
            if known.claim.no == no:
                oldest = min(known.claim.registered or self._register_day, self._register_day)
                doubt.names[n] = replace(known, claim=replace(known.claim, registered=oldest))
        self._open_cases(doubt)

    def _open_cases(self, doubt: Doubt) -> None:
        """A case for each name that does not stand and that the desk has not judged."""
        accepted = doubt.now.accepted
        for claim in doubt.claims:
            if claim.verdict is None and claim.no not in accepted:
                self.opened += self.rows.connection.execute(
                    "INSERT OR IGNORE INTO desk_case (kind, identity, name_no, opened_at) VALUES ('two-names', ?, ?, ?)",
                    (doubt.row, claim.no, self._at),
                ).rowcount
