"""A run that builds on the run before it decides what a run would that judges everybody on every date, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreement.amended import amended
from tests.agreement.both import somewhere
from tests.agreement.documents import Pack, Size, packs
from tests.agreement.examples import checked, examples
from tests.agreement.histories import Life, lives
from tests.agreement.twice import live_twice

from jixiang.language.typed import Rulebook
from jixiang.readings.run import before

CROWDED = Size(conditions=1, deep=0, crowded=True)


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch):
    """In a town of five it would nearly always be cheaper to judge all."""
    monkeypatch.setattr(before, "SHARE", 0)


@examples(0.05)
@given(packs(Size(conditions=2, deep=2)), lives(3, steady=True), st.booleans())
def test_it_decides_as_a_run_does_that_judges_everybody(pack: Pack, life: Life, appended: bool):
    same([checked(pack)], life, appended)


@examples(0.03)
@given(packs(CROWDED), lives(4, 7, crowded=True, steady=True), st.booleans())
def test_it_does_so_where_few_places_are_left(pack: Pack, life: Life, appended: bool):
    same([checked(pack)], life, appended)


@examples(0.03)
@given(packs(Size(conditions=2, deep=1)), lives(3), st.integers(0, 2**32))
def test_it_does_so_when_texts_and_extracts_change(pack: Pack, life: Life, seed: int):
    same([checked(pack), amended(pack, seed)], life, appended=True)


def same(rulebooks: list[Rulebook], life: Life, appended: bool) -> None:
    with somewhere() as folder:
        for twice in live_twice(rulebooks, life, folder, appended=appended):
            assert twice.building == twice.whole
