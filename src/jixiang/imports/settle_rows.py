"""Sets of rows of one import, by their numbers: a row is a line of a file, so a set is one bit map for each file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jixiang.imports.rows import Positions

FILE = 1_000_000_000  # the number of a row: that of its file × this + its line


class RowSet:
    """Rows as numbers; takes a byte for each line of a file, whatever the number of rows in it."""

    def __init__(self) -> None:
        self._lines: dict[int, npt.NDArray[np.bool_]] = {}

    def __len__(self) -> int:
        return sum(self.by_file().values())

    def __isub__(self, other: RowSet) -> RowSet:
        for file, there in other._lines.items():
            if file in self._lines:
                mine = self._lines[file]
                length = min(len(mine), len(there))
                mine[:length] &= ~there[:length]
        return self

    def add(self, rows: Positions) -> None:
        files = rows // FILE
        for file in np.unique(files).tolist():
            lines = rows[files == file] % FILE
            self._room(file, int(lines.max()) + 1)[lines] = True

    def has(self, rows: Positions) -> npt.NDArray[np.bool_]:
        """Row by row, whether it is one of them."""
        found = np.zeros(len(rows), np.bool_)
        files, lines = rows // FILE, rows % FILE
        for file, there in self._lines.items():
            mine = np.flatnonzero((files == file) & (lines < len(there)))
            found[mine] = there[lines[mine]]
        return found

    def by_file(self) -> dict[int, int]:
        """How many there are of each file that has some."""
        counts = {file: int(np.count_nonzero(lines)) for file, lines in sorted(self._lines.items())}
        return {file: count for file, count in counts.items() if count}

    def rows(self) -> Positions:
        """All of them, in order."""
        found = [np.flatnonzero(lines).astype(np.int64) + file * FILE for file, lines in sorted(self._lines.items())]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _room(self, file: int, length: int) -> npt.NDArray[np.bool_]:
        lines = self._lines.get(file)
        if lines is None or len(lines) < length:
            room = np.zeros(length if lines is None else max(length, len(lines) * 5 // 4), np.bool_)
            if lines is not None:
                room[: len(lines)] = lines
            self._lines[file] = lines = room
        return lines
