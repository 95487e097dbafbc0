"""The test of agreement can fail: each fault planted in the engine's road is found, and without it nothing is.

The examples are the ones that the other tests draw, by their numbers, so that a fault is found at once.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.agreement.both import differences, live, somewhere, verdict_differences
from tests.agreement.compiled import compiled
from tests.agreement.documents import Size, a_pack
from tests.agreement.faults import RUNS, VERDICTS, Fault
from tests.agreement.histories import a_life

TRIES_MAX = 150
PLAIN = Size(policies=2, conditions=4, deep=2)
CROWDED = Size(policies=2, conditions=1, deep=0, crowded=True)


@pytest.mark.parametrize("fault", VERDICTS, ids=str)
def test_a_fault_in_the_queries_is_found(fault: Fault, monkeypatch: pytest.MonkeyPatch):
    assert found(fault, monkeypatch, verdicts_differ), f"no example shows it: {fault.plant.__doc__}"


@pytest.mark.parametrize("fault", RUNS, ids=str)
def test_a_fault_in_the_runs_is_found(fault: Fault, monkeypatch: pytest.MonkeyPatch):
    assert found(fault, monkeypatch, runs_differ), f"no example shows it: {fault.plant.__doc__}"


def found(fault: Fault, patch: pytest.MonkeyPatch, differ: Callable[[int], bool]) -> int:
    """The first example that shows the fault and does not differ without it; 0 if none of those tried does."""
    for seed in (fault.seed, *range(1, TRIES_MAX)):
        with patch.context() as planted:
            fault.plant(planted)
            shown = differ(seed)
        if shown:
            assert not differ(seed), "the two differ without the fault"
            return seed
    return 0


def verdicts_differ(seed: int) -> bool:
    rulebook, _ = compiled(a_pack(seed, PLAIN))
    life = a_life(seed, 1, 5)
    return rulebook is not None and bool(verdict_differences(rulebook, life.worlds[0], life.dates[0]))


def runs_differ(seed: int) -> bool:
    rulebook, _ = compiled(a_pack(seed, CROWDED))
    if rulebook is None:
        return False
    with somewhere() as folder:
        return any(differences(ran) for ran in live([rulebook], a_life(seed, 3, 7, True), folder, recorded=True))
