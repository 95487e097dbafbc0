"""Whole runs, one after the other: everything that is written, column by column, by the engine and by the interpreter."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st
from tests.agreement.both import differences, live, somewhere
from tests.agreement.documents import Pack, Size, packs
from tests.agreement.examples import checked, examples
from tests.agreement.histories import Life, lives


@examples(0.25)
@given(packs(Size(conditions=2, deep=1)), lives(1), st.booleans())
def test_it_decides_as_the_interpreter_does(pack: Pack, life: Life, recorded: bool):
    agree(pack, life, recorded)


@examples(0.15)
@given(packs(Size(conditions=1, deep=1)), lives(3), st.booleans())
def test_it_goes_on_deciding_as_the_interpreter_does(pack: Pack, life: Life, recorded: bool):
    agree(pack, life, recorded)


def agree(pack: Pack, life: Life, recorded: bool) -> None:
    rulebook = checked(pack)
    with somewhere() as folder:
        for ran, day in zip(live(rulebook, life, folder, recorded=recorded), life.dates, strict=False):
            found = differences(ran)
            if found:
                note(f"in the run of {day}")
            assert not found
