"""Codes and yes or no: what the layout translates, what a list calls by name, what is stored already.

Columns with few distinct values, so each distinct text is looked up once. A code that nobody knows is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jixiang.imports.casts.cells import Cells
from jixiang.language.vocabulary import CodeList

LONGEST_QUOTE = 20  # characters
QUOTED_AT_MOST = 20  # unknown codes of a block
LOOKED_AT_MOST = 200
LONG_NUMBER = re.compile("[0-9]{8}")


def codes(cells: Cells) -> pa.Array:
    """The stored codes. Raises ValueError for a column of codes without a list."""
    if cells.column.codes is None:
        raise ValueError(f"{cells.column.name} has no code list")
    known = known_codes(cells.column.codes, cells.layout.codes.get(cells.column.name))
    texts, index = _distinct(cells)
    stored = pa.array([known.get(text) for text in texts], pa.string())
    unknown = cells.filled & np.asarray(stored.is_null())[index] if len(texts) else cells.filled
    details = _details(texts, known)
    rows = np.flatnonzero(unknown)
    cells.mark_each("code-unknown", rows, [details[n] for n in index[rows]])
    return stored.take(pa.array(index, mask=~cells.filled))


def booleans(cells: Cells) -> pa.Array:
    said = dict.fromkeys(cells.layout.false, False) | dict.fromkeys(cells.layout.true, True)
    texts, index = _distinct(cells)
    stored = pa.array([said.get(text) for text in texts], pa.bool_())
    unknown = cells.filled & np.asarray(stored.is_null())[index] if len(texts) else cells.filled
    cells.mark("bool-form", unknown)
    return stored.take(pa.array(index, mask=~cells.filled))


def known_codes(list: CodeList, translated: Mapping[str, str] | None) -> dict[str, str]:
    """What may be written → what is stored.

    A source that gives other meanings to codes of the list has a numbering of its own: of such a source
    only what is translated is known.
    """
    own = {code: code for code in list.rank}
    if translated is None:
        return own | list.by_name
    if any(own.get(text, code) != code for text, code in translated.items()):
        return dict(translated)
    return own | dict(translated)


def _distinct(cells: Cells) -> tuple[list[str], npt.NDArray[np.int32]]:
    encoded = cells.texts.dictionary_encode()
    return encoded.dictionary.to_pylist(), np.asarray(encoded.indices)


def _details(texts: list[str], known: Mapping[str, str]) -> list[str]:
    """What is said of each text: itself if it looks like a code. In a column that slipped there may be names and
    numbers: what is not Latin is quoted only if it comes near a code that is known."""
    unknown = [n for n, text in enumerate(texts) if text not in known][:LOOKED_AT_MOST]
    telling = [n for n in unknown if _like_a_code(texts[n], known)][:QUOTED_AT_MOST]
    details = [""] * len(texts)
    for n in telling:
        details[n] = f"“{texts[n]}”"
    return details


def _like_a_code(text: str, known: Mapping[str, str]) -> bool:
    if not text.isprintable() or len(text) > LONGEST_QUOTE or LONG_NUMBER.search(text):
        return False
    return text.isascii() or bool(get_close_matches(text, known, 1, 0.5))
