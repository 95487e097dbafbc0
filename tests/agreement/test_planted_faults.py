"""The test of agreement can fail: each of these faults, planted in the engine's side, is found, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.agreement.both import differences, live, somewhere, verdict_differences
from tests.agreement.compiled import compiled
from tests.agreement.documents import Size, a_pack
from tests.agreement.faults import RUNS, VERDICTS, Plant
from tests.agreement.histories import a_life

TRIES_MAX = 40
PLAIN = Size(policies=2, conditions=4, deep=2)
CROWDED = Size(policies=2, conditions=1, deep=0, crowded=True)


@pytest.mark.parametrize("plant", VERDICTS, ids=lambda plant: plant.__name__)
def test_a_fault_in_the_verdicts_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch):
    assert found(plant, monkeypatch, verdicts_differ)


@pytest.mark.parametrize("plant", RUNS, ids=lambda plant: plant.__name__)
def test_a_fault_in_the_runs_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch):
    assert found(plant, monkeypatch, runs_differ)


def found(plant: Plant, patch: pytest.MonkeyPatch, differ: Callable[[int], bool]) -> int:
    """The first example that shows the fault, and does not without it; 0 if none of them does."""
    for seed in range(1, TRIES_MAX):
        with patch.context() as planted:
            plant(planted)
            shown = differ(seed)
        if shown:
            assert not differ(seed), "the two differ without the fault"
            return seed
    return 0


def verdicts_differ(seed: int) -> bool:
    rulebook, _ = compiled(a_pack(seed, PLAIN))
    if rulebook is None:
        return False
    life = a_life(seed, 1, 5)
    return bool(verdict_differences(rulebook, life.worlds[0], life.dates[0]))


def runs_differ(seed: int) -> bool:
    rulebook, _ = compiled(a_pack(seed, CROWDED))
    if rulebook is None:
        return False
    with somewhere() as folder:
        return any(differences(ran) for ran in live([rulebook], a_life(seed, 3, 7, True), folder, recorded=True))
