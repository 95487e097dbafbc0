"""The agreement test can fail: faults planted in the engine's road, one after the other, are each found.

Each is a mistake that somebody might make: a bound that is not included, what is unknown taken for false, the day that
an extract covers forgotten, the past read as today, a limit off by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlglot import exp
from tests.agreement.both import Ran, differences, run_engine, run_interpreter, somewhere, verdict_differences
from tests.agreement.compiled import compiled
from tests.agreement.documents import Pack, Size, packs
from tests.agreement.histories import Life, lives
from tests.agreement.storage import write_plain

from jixiang.language import typed as t
from jixiang.readings.query import aggregates, expressions, judge, sql, tally
from jixiang.readings.run import line
from jixiang.readings.select import Asked

TRIES = 400


class Found(Exception):
    """The two readings differ."""


def search(size: Size, differ: Callable[[Any, Life], bool]) -> None:
    """Looks through random documents and facts until the readings differ; raises Found."""

    @settings(
        max_examples=TRIES, database=None, derandomize=True, phases=(Phase.generate,), deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(packs(size), lives(1))
    def look(pack: Pack, life: Life) -> None:
        rulebook, _ = compiled(pack)
        if rulebook is not None and differ(rulebook, life):
            raise Found

    look()


def verdicts_differ(rulebook: Any, life: Life) -> bool:
    return bool(verdict_differences(rulebook, life.worlds[0], life.dates[0]))


def runs_differ(rulebook: Any, life: Life) -> bool:
    (world, *_), (day, *_) = life.worlds, life.dates
    with somewhere() as folder:
        decided = run_engine(
            rulebook, write_plain(folder / "facts", world), day, folder / "out", ceilings=life.ceilings
        )
        interpreted = run_interpreter(rulebook, world, day, ceilings=life.ceilings)
        return bool(differences(Ran(decided, interpreted, folder / "out")))


def at_least_is_more_than(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(sql._OPERATORS, ">=", exp.GT)


def an_unknown_row_does_not_count(patch: pytest.MonkeyPatch) -> None:
    for room in (aggregates, tally):
        patch.setattr(room, "not_false", lambda held: sql.coalesce(held, sql.FALSE))


def every_extract_is_complete(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(aggregates, "where_unseen", lambda *_: None)


def an_open_end_is_missing(patch: pytest.MonkeyPatch) -> None:
    asked = expressions.Expressions._attribute

    def without(self: Any, of: Any, name: str, frame: Any, *, open_end: bool) -> sql.Sql:
        return asked(self, of, name, frame, open_end=False)

    patch.setattr(expressions.Expressions, "_attribute", without)


def what_is_missing_goes_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judge, "LAST", -1)


def unknown_or_false_is_false(patch: pytest.MonkeyPatch) -> None:
    either = sql.or_
    patch.setattr(sql, "or_", lambda items: sql.coalesce(either(items), sql.FALSE))


def the_past_is_today(patch: pytest.MonkeyPatch) -> None:
    asked = expressions.Expressions._attribute_on

    def today(self: Any, of: Any, name: str, on: Any, frame: Any) -> sql.Sql:
        return asked(self, of, name, t.DecisionDate(), frame)

    patch.setattr(expressions.Expressions, "_attribute_on", today)


@pytest.mark.parametrize(
    "plant",
    [
        at_least_is_more_than,
        an_unknown_row_does_not_count,
        every_extract_is_complete,
        an_open_end_is_missing,
        what_is_missing_goes_first,
        unknown_or_false_is_false,
        the_past_is_today,
    ],
)
def test_a_fault_in_the_queries_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(Found):
        search(Size(conditions=5, deep=2), verdicts_differ)


def test_a_limit_off_by_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = line.Reader.asked

    def one_more(self: line.Reader, number: int, key: str, most: int, level: int) -> Asked:
        return asked(self, number, key, most + 1, level)

    monkeypatch.setattr(line.Reader, "asked", one_more)
    with pytest.raises(Found):
        search(Size(conditions=1, deep=1), runs_differ)


def test_without_a_fault_nothing_is_found() -> None:
    """The search itself does not make a difference where there is none."""

    @settings(max_examples=10, database=None, derandomize=True, phases=(Phase.generate,), deadline=None)
    @given(packs(Size(conditions=5, deep=2)), lives(1))
    def look(pack: Pack, life: Life) -> None:
        rulebook, _ = compiled(pack)
        assert rulebook is None or not verdicts_differ(rulebook, life)

    look()
