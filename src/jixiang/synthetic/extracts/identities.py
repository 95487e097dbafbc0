"""Numbers, names and accounts for the people of a synthetic city, who have none in its facts.

The same for the same facts and seed, whichever day is extracted: a number holds its person's birth date and sex in an
area that is nobody's; no two people of one birth date share a name, so that only planted rows look like one person
twice. Lives in memory only and is never written beside the facts.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jixiang.synthetic.days import Column
from jixiang.synthetic.draws import Stream, chance, pick, stream
from jixiang.tables.store import FactStore

FILE = "identities.toml"
WEIGHTS = np.array([2 ** (17 - n) % 11 for n in range(17)])
CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
A_SEX_A_DAY = 500  # three digits, of which the last says the sex
NEVER = -(2**31)
Letters = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Identities:
    """`keys` are the person keys of the facts, sorted; the other columns go with them."""

    keys: pa.Array
    numbers: pa.Array = field(repr=False)
    names: pa.Array = field(repr=False)
    births: Column
    settings: Mapping[str, Any] = field(repr=False)

    @property
    def table(self) -> str:
        """The fact table whose rows are persons."""
        return str(self.settings["person"]["table"])

    def positions(self, keys: pa.Array) -> pa.Array:
        """Where each key is, null where it is empty or nobody's. Looks only at the stretch that the keys lie in."""
        ends = pc.min_max(keys).as_py()
        if ends["min"] is None:
            return pa.nulls(len(keys), pa.int32())
        low, high = bisect_left(_Texts(self.keys), ends["min"]), bisect_right(_Texts(self.keys), ends["max"])
        return pc.add(pc.index_in(keys, value_set=self.keys.slice(low, high - low)), pa.scalar(low, pa.int32()))

    def accounts(self, positions: pa.Array) -> pa.Array:
        """Card numbers with a right last digit (Luhn), of a bank that does not exist."""
        at = pc.fill_null(positions, 0).to_numpy(zero_copy_only=False).astype(np.int64)
        bank = str(self.settings["bank"])
        text = letters(bank, len(at), 19)
        write_digits(text, len(bank), 18 - len(bank), at)
        doubled = (text[:, 17::-2].astype(np.int64) - 48) * 2
        single = text[:, 16::-2].astype(np.int64) - 48
        total = np.where(doubled > 9, doubled - 9, doubled).sum(axis=1) + single.sum(axis=1)
        text[:, 18] = -total % 10 + 48
        return pc.if_else(pc.is_valid(positions), strings(text), pa.scalar(None, pa.string()))

    def by_key(self) -> dict[str, str]:
        """Person key → number: for tests, which compare what was imported with the truth."""
        return dict(zip(self.keys.to_pylist(), self.numbers.to_pylist(), strict=True))


class _Texts:
    """An Arrow column as a sequence that can be bisected."""

    def __init__(self, column: pa.Array) -> None:
        self.column = column

    def __len__(self) -> int:
        return len(self.column)

    def __getitem__(self, at: int) -> str:
        return str(self.column[at].as_py())


def read_settings(city_folder: Path) -> dict[str, Any]:
    return tomllib.loads((city_folder / FILE).read_text(encoding="utf-8"))


def give_identities(facts: Path, city_folder: Path, seed: int) -> Identities:
    """For everybody who was ever in the facts, also for those whose row was taken back later."""
    settings = read_settings(city_folder)
    keys, births, odd = _people(FactStore(facts), settings["person"])
    rng = stream(seed, "identities")
    births = _invented_births(rng, births)
    numbers = _numbers(rng, births, _known_or_drawn(rng, odd), str(settings["area"]))
    names = _names(rng, births, settings["names"])
    return Identities(keys, numbers, names, births, settings)


def _people(store: FactStore, columns: Mapping[str, str]) -> tuple[pa.Array, Column, Column]:
    """Every key once, in order, with the birth (days, or `NEVER`) and whether the number is odd (1, 0, −1)."""
    key = f"{columns['table']}_id"
    sex = columns.get("sex", "")  # a city may not know it
    wanted = [key, columns["birth"], *([sex] if sex else [])]
    tables = [pq.read_table(file, columns=wanted, partitioning=None) for file in store.files(columns["table"])]
    if not tables:
        return pa.array([], pa.string()), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int8)
    rows = pa.concat_tables(tables).combine_chunks()
    order = pc.sort_indices(rows[key])
    rows = rows.take(order)
    text = rows[key].combine_chunks()
    first = np.ones(len(text), dtype=bool)
    first[1:] = pc.not_equal(text[1:], text[:-1]).to_numpy(zero_copy_only=False)
    chosen = rows.filter(pa.array(first))
    births = pc.fill_null(chosen[columns["birth"]].cast(pa.int32()), NEVER).to_numpy()
    sexes = chosen[sex] if sex else pa.chunked_array([pa.nulls(len(chosen), pa.string())])
    odd = pc.equal(sexes, str(columns.get("odd", ""))).cast(pa.int8())
    return chosen[key].combine_chunks(), births.astype(np.int32), pc.fill_null(odd, -1).to_numpy().astype(np.int8)


def _invented_births(rng: Stream, births: Column) -> Column:
    """Whose birth date the facts lack has one all the same: somebody else's."""
    missing = np.flatnonzero(births == NEVER)
    known = births[births != NEVER]
    filled = births.copy()
    if len(missing):
        filled[missing] = known[rng.integers(0, len(known), len(missing))] if len(known) else 0
    return filled


def _known_or_drawn(rng: Stream, odd: Column) -> Column:
    return np.where(odd < 0, rng.integers(0, 2, len(odd)), odd).astype(np.int64)


def _numbers(rng: Stream, births: Column, odd: Column, area: str) -> pa.Array:
    """Within a birth date and sex the sequences are dealt in random order."""
    count = len(births)
    order = np.lexsort((rng.permutation(count), odd, births))
    begins = np.ones(count, dtype=bool)
    begins[1:] = (births[order][1:] != births[order][:-1]) | (odd[order][1:] != odd[order][:-1])
    at = np.arange(count)
    place = at - np.maximum.accumulate(np.where(begins, at, 0))
    if count and int(place.max()) >= A_SEX_A_DAY:
        raise ValueError("more people of one birth date than there are numbers")
    sequence = np.empty(count, dtype=np.int64)
    sequence[order] = 2 * place + odd[order]
    return strings(numbers_of(area, births, sequence))


def numbers_of(area: str, births: Column, sequences: Column) -> Letters:
    """Identity numbers as letters, one row a person: area, birth date, sequence, check character."""
    day = births.astype("datetime64[D]")
    months = day.astype("datetime64[M]").astype(np.int64)
    text = letters(area, len(births), 18)
    write_digits(text, 6, 4, months // 12 + 1970)
    write_digits(text, 10, 2, months % 12 + 1)
    write_digits(text, 12, 2, (day - day.astype("datetime64[M]")).astype(np.int64) + 1)
    write_digits(text, 14, 3, sequences)
    text[:, 17] = CHECKS[(text[:, :17].astype(np.int32) - 48) @ WEIGHTS % 11]
    return text


def _names(rng: Stream, births: Column, settings: Mapping[str, Any]) -> pa.Array:
    """Drawn by weight; whoever would be called like another of the same birth date is drawn again."""
    surnames = [name for name, _ in settings["surnames"]]
    weights = [float(weight) for _, weight in settings["surnames"]]
    given = sorted(set("".join(settings["given"].split())))
    drawn = _drawn(rng, weights, len(given), float(settings["single"]), len(births))
    base = len(surnames) * len(given) * (len(given) + 1)
    doubtful = np.arange(len(births))
    while len(doubtful):
        whole = (births.astype(np.int64) - NEVER) * base + drawn
        _, first = np.unique(whole, return_index=True)
        again = np.ones(len(births), dtype=bool)
        again[first] = False
        doubtful = np.flatnonzero(again)
        drawn[doubtful] = _drawn(rng, weights, len(given), 0.0, len(doubtful))
    rest, second = np.divmod(drawn, len(given) + 1)
    surname, first = np.divmod(rest, len(given))
    parts = ((surname, surnames), (first, given), (second, ["", *given]))
    return pc.binary_join_element_wise(*(pa.array(words, pa.string()).take(pa.array(at)) for at, words in parts), "")


def _drawn(rng: Stream, weights: list[float], given: int, single: float, count: int) -> Column:
    """Surname and one or two given characters as one number; 0 in the last place is no second one."""
    surname = pick(rng, weights, count).astype(np.int64)
    first, second = rng.integers(0, given, count), rng.integers(1, given + 1, count)
    return (surname * given + first) * (given + 1) + np.where(chance(rng, single, count), 0, second)


# Text of one width, digit by digit -------------------------------------------------------------------------------


def letters(prefix: str, count: int, width: int) -> Letters:
    text = np.empty((count, width), dtype=np.uint8)
    text[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    return text


def write_digits(text: Letters, start: int, width: int, numbers: npt.NDArray[np.integer[Any]]) -> None:
    rest = numbers.astype(np.uint64)
    for place in range(start + width - 1, start - 1, -1):
        tenth = rest // 10
        text[:, place] = rest - tenth * 10 + 48
        rest = tenth


def strings(text: Letters) -> pa.Array:
    count, width = text.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text)))
