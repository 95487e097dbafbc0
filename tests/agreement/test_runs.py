"""Whole runs, one after the other: everything that is written, column by column, by the engine and by the interpreter."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, note
from hypothesis import strategies as st
from tests.agreement.amended import amended
from tests.agreement.both import differences, live, somewhere
from tests.agreement.documents import Pack, Size, packs
from tests.agreement.examples import checked, examples
from tests.agreement.histories import Life, lives

from jixiang.language.typed import Rulebook

CROWDED = Size(conditions=1, deep=0, crowded=True)


@examples(0.2)
@given(packs(Size(conditions=2, deep=1)), lives(2), st.booleans())
def test_it_decides_as_the_interpreter_does(pack: Pack, life: Life, recorded: bool):
    agree([checked(pack)], life, recorded)


@examples(0.15)
@given(packs(CROWDED), lives(3, 7, crowded=True), st.booleans())
def test_it_grants_and_takes_back_as_the_interpreter_does(pack: Pack, life: Life, recorded: bool):
    agree([checked(pack)], life, recorded)


@examples(0.1)
@given(packs(CROWDED), lives(3, 7, crowded=True), st.integers(0, 2**32))
def test_it_does_so_when_texts_change(pack: Pack, life: Life, seed: int):
    agree([checked(pack), amended(pack, seed)], life, recorded=True)


def agree(rulebooks: Sequence[Rulebook], life: Life, recorded: bool) -> None:
    with somewhere() as folder:
        for ran, day in zip(live(rulebooks, life, folder, recorded=recorded), life.dates, strict=False):
            if found := differences(ran):
                note(f"in the run of {day}")
            assert not found
