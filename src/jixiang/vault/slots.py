"""What an act remembers of the numbers it has met: a place for each in a few flat arrays, found by hashing.

Seventy bytes a number, so that a whole city fits; no Python object for each. It knows nothing of SQLite or keys.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jixiang.vault.columns import Integers

NAMELESS, ONE, MANY = range(3)  # names that a number is known with; MANY: several, or judged by the desk
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FIELDS: dict[str, str] = {
    "key": "i8",  # the number as an integer
    "row": "i8",  # its row in the vault
    "own": "S17",
    "hash": "u8",  # of its one name, 0 while not compared in this act
    "index": "u8",  # how the index of its one name begins, as the vault has it
    "index_key": "i4",
    "registered": "i4",
    "state": "u1",
    "named": "?",  # its first name came in this act
    "elsewhere": "?",  # speaks of another number's person
}


class Slots:
    """Arrays by name, `self["own"][slot]`; `find` and `add` by number."""

    def __init__(self) -> None:
        self.size = 0
        self._arrays = {name: np.zeros(1024, dtype=kind) for name, kind in _FIELDS.items()}
        self._table = np.full(4096, -1, dtype=np.int32)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._arrays[name]

    def find(self, keys: Integers) -> Integers:
        """The slot of each number, -1 where there is none."""
        slots = np.full(len(keys), -1, dtype=np.int64)
        asking, places = np.arange(len(keys)), self._places(keys)
        known = self._arrays["key"]
        while len(asking):
            there = self._table[places]
            hit = (there >= 0) & (known[there] == keys[asking])
            slots[asking[hit]] = there[hit]
            further = (there >= 0) & ~hit
            asking, places = asking[further], (places[further] + 1) & (len(self._table) - 1)
        return slots

    def add(self, keys: Integers) -> Integers:
        """Slots for numbers that have none; each may be there once."""
        slots = np.arange(self.size, self.size + len(keys))
        self._grow(self.size + len(keys))
        self._arrays["key"][slots] = keys
        self.size += len(keys)
        self._enter(slots)
        return slots

    def _enter(self, slots: Integers) -> None:
        places = self._places(self._arrays["key"][slots])
        while len(slots):
            free = self._table[places] < 0
            self._table[places[free]] = slots[free]
            lost = self._table[places] != slots
            slots, places = slots[lost], (places[lost] + 1) & (len(self._table) - 1)

    def _places(self, keys: Integers) -> Integers:
        shift = np.uint64(64 - (len(self._table).bit_length() - 1))
        return ((keys.astype(np.uint64) * _SPREAD) >> shift).astype(np.int64)

    def _grow(self, size: int) -> None:
        room = len(self._arrays["key"])
        if size > room:
            while room < size:
                room = room * 3 // 2
            for name, array in self._arrays.items():
                grown = np.zeros(room, dtype=array.dtype)
                grown[: self.size] = array[: self.size]
                self._arrays[name] = grown
        if 2 * size > len(self._table):
            self._table = np.full(1 << (2 * size).bit_length(), -1, dtype=np.int32)
            self._enter(np.arange(self.size))
