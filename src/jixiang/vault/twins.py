"""Two numbers with one name and one birth date: perhaps one person with two numbers, for the desk to say.

Found by the blind index of name and birth date. Nothing is refused because of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations

from jixiang.vault.rows import NewName, Rows

MOST = 20  # a name and date that more numbers share is a placeholder: no further cases


class Twins:
    """Of one act, whose new numbers have rows from `first` on. `at_end`: there are no indexes yet, so all are looked for when
    the act is settled."""

    def __init__(self, rows: Rows, *, first: int, at: datetime, at_end: bool) -> None:
        self.opened = 0
        self._rows = rows
        self._first = first
        self._at = at.isoformat(sep=" ")
        self._at_end = at_end
        self._own: set[str] = set()

    def meet(self, names: Sequence[NewName], indexes: Sequence[bytes]) -> None:
        """These names are new, and already entered."""
        if self._at_end:
            return
        groups: dict[bytes, set[tuple[str, int]]] = defaultdict(set)
        for index, row, own in self._rows.bearers(sorted(set(indexes))):
            groups[index].add((own, row))
        for key in self._rows.keys("name-index")[1:]:
            older = self._rows.name_indexes(key.id, [(name.born, name.text) for name in names])
            newer = dict(zip(older, indexes, strict=True))
            for index, row, own in self._rows.bearers(sorted(newer)):
                groups[newer[index]].add((own, row))
        self._open(groups.values())

    def settle(self) -> set[str]:
        """The own keys of new numbers in cases opened."""
        if self._at_end:
            groups: dict[bytes, set[tuple[str, int]]] = defaultdict(set)
            for index, row, own in self._rows.connection.execute(
                "SELECT n.name_index, i.id, i.own FROM name n JOIN identity i ON i.id = n.identity"
                " WHERE n.name_index IN (SELECT name_index FROM name GROUP BY name_index HAVING count(*) > 1)"
            ):
                groups[index].add((own, row))
            self._open(groups.values())
        return self._own

    def _open(self, groups: Iterable[set[tuple[str, int]]]) -> None:
        for group in groups:
            for (one, row), (other, other_row) in combinations(sorted(group)[:MOST], 2):
                new = self._rows.connection.execute(
                    "INSERT OR IGNORE INTO desk_case (kind, identity, name_no, other, opened_at)"
                    " VALUES ('two-numbers', ?, -1, ?, ?)",
                    (row, other_row, self._at),
                ).rowcount
                if new:
                    self.opened += 1
                    self._own |= {own for own, number in ((one, row), (other, other_row)) if number >= self._first}
