"""Drawing whole columns, the same for the same seed however the work is cut up.

Every stage has a stream of its own, named after what it draws, so that adding one stage does not move another.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from jixiang.synthetic.days import Column, Mask

Stream = np.random.Generator


def stream(seed: int, *names: object) -> Stream:
    """The stream of that name under that seed."""
    return np.random.Generator(np.random.PCG64([seed, *(crc32(str(name).encode()) for name in names)]))


def pick(rng: Stream, weights: Sequence[float] | npt.NDArray[np.float64], count: int) -> Column:
    """`count` positions, each drawn by weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    positions: Column = np.minimum(drawn, len(edges) - 1).astype(np.int32)
    return positions


def chance(rng: Stream, rate: float | npt.NDArray[np.float64], count: int) -> Mask:
    chosen: Mask = rng.random(count) < rate
    return chosen


def between(rng: Stream, low: int, high: int, count: int) -> Column:
    """Whole numbers from `low` to `high`, both included."""
    return rng.integers(low, high + 1, count, dtype=np.int32)


def waits(rng: Stream, mean: float | npt.NDArray[np.float64], count: int) -> Column:
    """Waiting times in days with that mean; capped at a century so that they can be added to days."""
    return np.minimum(rng.exponential(1.0, count) * mean, 36_500).astype(np.int32)


def sample(rng: Stream, among: Column, count: int, weights: npt.NDArray[np.float64] | None = None) -> Column:
    """`count` different ones of `among` (all, if there are fewer), in rising order; heavier ones are likelier."""
    usable = among if weights is None else among[weights > 0]
    count = min(count, len(usable))
    if count <= 0:
        return usable[:0]
    times = rng.exponential(1.0, len(among))
    if weights is not None:
        times = np.divide(times, weights, out=np.full(len(among), np.inf), where=weights > 0)
    chosen = np.argpartition(times, count - 1)[:count]
    return among[np.sort(chosen)]


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """`total` split by weight into whole numbers that add up to it, largest remainder first."""
    exact = np.asarray(weights, dtype=np.float64) * total / sum(weights)
    parts = np.floor(exact).astype(int)
    rest = np.argsort(parts - exact, kind="stable")[: total - parts.sum()]
    parts[rest] += 1
    return [int(part) for part in parts]
