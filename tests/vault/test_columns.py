"""Numbers and names as integers: the same for the same, others for others."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vault.cast import number

from jixiang.vault.columns import NameHashes, as_texts, number_keys
from jixiang.vault.names import canonical_name
from jixiang.vault.slots import Slots

NUMBERS = st.lists(st.none() | st.integers(0, 999).map(number), max_size=30)
NAMES = st.text("张三李·•・ ab䶮𬎆é\u0301ＡＺ", max_size=9) | st.none()


@given(NUMBERS, st.integers(0, 5), st.booleans())
def test_numbers_are_told_apart_and_nulls_have_none(numbers, skip, large):
    array = pa.array(numbers, pa.large_string() if large else pa.string())[skip:]
    keys, texts = number_keys(array)
    there = [n for n in numbers[skip:] if n is not None]
    assert [row.tobytes().decode() for row in texts] == there
    assert [None if key < 0 else key for key in keys] == [
        None if n is None else int(n[:17]) * 11 + (10 if n[17] == "X" else int(n[17])) for n in numbers[skip:]
    ]


@pytest.mark.parametrize(
    "wrong", ["", "12345678901234567", "3299991990051700１9", "32999919900517001x", "A" * 18, "1/3:56789012345678"]
)
def test_what_is_not_canonical_is_a_fault_of_the_caller_and_is_not_quoted(wrong):
    with pytest.raises(ValueError, match="canonical form") as caught:
        number_keys(pa.array([number(1), wrong]))
    assert not wrong or wrong not in str(caught.value)


@given(st.lists(NAMES, min_size=1, max_size=20), st.integers(0, 3))
def test_names_have_one_hash_just_where_their_canonical_forms_are_one(names, skip):
    hashes = NameHashes().of(pa.array(names, pa.string())[skip:]).tolist()
    canonical = [canonical_name(name or "") for name in names[skip:]]
    for one, first in zip(canonical, hashes, strict=True):
        for other, second in zip(canonical, hashes, strict=True):
            assert (one == other) == (first == second)
        assert (first == 0) == (one == "")


@given(st.lists(st.lists(st.integers(0, 300), max_size=40), max_size=12))
def test_every_number_keeps_its_slot(batches):
    slots, expected = Slots(), {}
    for batch in batches:
        new = np.array(sorted(set(batch) - expected.keys()), dtype=np.int64)
        expected |= dict(zip(new.tolist(), slots.add(new).tolist(), strict=True))
        asked = np.array(batch, dtype=np.int64)
        assert slots.find(asked).tolist() == [expected[n] for n in batch]
    assert slots.find(np.array([301, 2**62])).tolist() == [-1, -1]


def test_slots_grow():
    slots = Slots()
    keys = np.arange(50_000) * 11
    for part in np.array_split(keys, 7):
        slots.add(part)
    assert (slots.find(keys) == np.arange(50_000)).all()
    assert (slots.find(keys + 1) == -1).all()


def test_texts_are_made_without_a_copy_for_each():
    array = as_texts(np.array([b"ab", b"", b"cd"], dtype="S2"), np.array([True, False, True]))
    assert array.to_pylist() == ["ab", None, "cd"]
    array.validate(full=True)
