"""Columns of numbers and names as arrays of integers, so that millions of rows are compared without a Python object each.

Nothing here is kept or written; the integers live as long as an act.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.vault.names import canonical_name

Integers: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]

DIGITS = 18
_RECORD = np.dtype([("a", "<u8"), ("b", "<u8"), ("c", "u1"), ("d", "u1")])
_WORD = 8


def number_keys(numbers: pa.Array) -> tuple[Integers, npt.NDArray[np.uint8]]:
    """Each canonical number as one integer, -1 where it is null, and the bytes of those that are not.

    Raises ValueError for anything but eighteen characters: to bring numbers into their form is the caller's work.
    """
    present = np.asarray(pc.is_valid(numbers))
    data, offsets = _bytes(numbers.drop_null())
    if len(offsets) > 1 and (np.diff(offsets) != DIGITS).any():
        raise ValueError("a number is not in its canonical form")
    text = data[offsets[0] : offsets[-1]]
    record = text.view(_RECORD) if len(text) else np.empty(0, dtype=_RECORD)
    high, low = _eight(record["a"]), _eight(record["b"])
    digit, check = record["c"].astype(np.int64) - 48, record["d"].astype(np.int64) - 48
    check[check == ord("X") - 48] = 10
    if ((digit < 0) | (digit > 9) | (check < 0) | (check > 10)).any():
        raise ValueError("a number is not in its canonical form")
    keys = np.full(len(numbers), -1, dtype=np.int64)
    keys[present] = ((high * 10**9 + low * 10 + digit) * 11) + check
    return keys, text.reshape(-1, DIGITS)


def _eight(words: npt.NDArray[np.uint64]) -> Integers:
    """Eight digits that lie in one word, as a number."""
    word = words ^ np.uint64(0x3030303030303030)
    if ((((word + np.uint64(0x7676767676767676)) | word) & np.uint64(0x8080808080808080)) != 0).any():
        raise ValueError("a number is not in its canonical form")
    word = (word * np.uint64(10) + (word >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    word = (word * np.uint64(100) + (word >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    word = (word * np.uint64(10000) + (word >> np.uint64(32))) & np.uint64(0x00000000FFFFFFFF)
    return word.astype(np.int64)


class NameHashes:
    """Sixty-four bits for each name in its canonical form, 0 for none; other bits in every process."""

    def __init__(self) -> None:
        self._odd = [np.uint64(secrets.randbits(64) | 1) for _ in range(3)]
        self._secret = secrets.token_bytes(16)

    def of(self, names: pa.Array) -> Hashes:
        data, offsets = _bytes(names.fill_null(""))
        hashes = self._short(data, offsets)
        lengths = np.diff(offsets)
        rare = np.union1d(_unusual(data, offsets), np.flatnonzero(lengths > 2 * _WORD))
        if len(rare):
            encoded = names.take(pa.array(rare)).dictionary_encode()
            each = np.array([self._one(text) for text in encoded.dictionary.to_pylist()] + [0], dtype=np.uint64)
            hashes[rare] = each[np.asarray(encoded.indices.fill_null(len(each) - 1))]
        return hashes

    def _one(self, text: str) -> int:
        canonical = canonical_name(text).encode()
        if len(canonical) > 2 * _WORD:
            digest = hashlib.blake2b(canonical, key=self._secret, digest_size=_WORD).digest()
            return int.from_bytes(digest, "big") or 1
        data = np.frombuffer(canonical.ljust(1, b"\0"), dtype=np.uint8)
        return int(self._short(data, np.array([0, len(canonical)], dtype=np.int64))[0])

    def _short(self, data: npt.NDArray[np.uint8], offsets: Integers) -> Hashes:
        """Of up to sixteen bytes; what is longer is cut, and hashed in another way."""
        padded = np.concatenate([data, np.zeros(2 * _WORD, dtype=np.uint8)])
        words = np.ndarray(shape=(len(padded) - _WORD + 1,), dtype="<u8", buffer=padded, strides=(1,))
        starts, lengths = offsets[:-1], np.diff(offsets)
        masks = np.array([(1 << (8 * n)) - 1 for n in range(_WORD + 1)], dtype=np.uint64)
        first = words[starts] & masks[np.clip(lengths, 0, _WORD)]
        second = words[starts + _WORD] & masks[np.clip(lengths - _WORD, 0, _WORD)]
        mixed = _mix(first * self._odd[0]) ^ _mix(second * self._odd[1] + lengths.astype(np.uint64))
        mixed = _mix(mixed * self._odd[2]) | np.uint64(1)
        mixed[lengths == 0] = 0
        return mixed


def _mix(words: Hashes) -> Hashes:
    words = words ^ (words >> np.uint64(32))
    words = words * np.uint64(0x9E3779B97F4A7C15)
    return words ^ (words >> np.uint64(29))


def _unusual(data: npt.NDArray[np.uint8], offsets: Integers) -> Integers:
    """Texts with anything but the common Chinese characters, which are their own canonical form."""
    used = data[offsets[0] : offsets[-1]]
    odd = np.flatnonzero((used < 0x80) | (used >= 0xEA) | ((used >= 0xC0) & (used < 0xE4))) + offsets[0]
    return np.unique(np.searchsorted(offsets, odd, side="right") - 1)


def _bytes(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], Integers]:
    """The text of an array without nulls, and where each begins and ends."""
    texts = texts.cast(pa.large_string())
    _, offsets, data = texts.buffers()
    if not len(texts):
        return np.zeros(1, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    begins = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return (np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)), begins


def as_texts(texts: npt.NDArray[np.bytes_], valid: npt.NDArray[np.bool_]) -> pa.Array:
    """Strings that all have the same length, null where they are not valid, without a copy for each."""
    texts = np.ascontiguousarray(texts)
    offsets = np.arange(len(texts) + 1, dtype=np.int32) * np.int32(texts.dtype.itemsize)
    mask = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(texts)]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)
