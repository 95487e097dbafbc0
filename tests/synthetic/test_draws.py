from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jixiang.synthetic.draws import apportion, sample, stream


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=9))
def test_apportioned_parts_add_up_and_follow_the_weights(total: int, weights: list[float]):
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part - total * weight / sum(weights)) < 1 + 1e-6 for part, weight in zip(parts, weights, strict=True)
    )


@given(st.integers(0, 50), st.integers(0, 60), st.integers(0, 9))
def test_a_sample_has_different_members_and_none_of_no_weight(size: int, count: int, seed: int):
    among, weights = np.arange(size, dtype=np.int32) + 100, (np.arange(size) % 3).astype(float)
    drawn = sample(stream(seed, "test"), among, count, weights)
    assert len(set(drawn.tolist())) == len(drawn) == min(count, int((weights > 0).sum()))
    assert all(weights[member - 100] > 0 for member in drawn)
