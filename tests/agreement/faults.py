"""Faults to plant in the engine's road, each small enough to be somebody's honest mistake.

`seed`: an example that shows it, found by looking; where the examples have changed since, the test looks for another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from jixiang.language import typed as t
from jixiang.readings.query import aggregates, expressions, judge, plan, speaking, sql, tally
from jixiang.readings.query import value as v
from jixiang.readings.query.sql import Sql
from jixiang.readings.run import line, settle, verdicts
from jixiang.readings.select import Asked

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Fault:
    plant: Callable[[Patch], None]
    seed: int

    def __str__(self) -> str:
        return self.plant.__name__


# In the queries --------------------------------------------------------------------------------------------------


def at_least_is_more_than(patch: Patch) -> None:
    """不少于 12 个月 asks for 13."""
    patch.setitem(sql._OPERATORS, ">=", exp.GT)


def what_is_missing_fails(patch: Patch) -> None:
    """A comparison with a missing fact is false."""
    plain = expressions.Expressions.compared

    def compared(self: Any, *given: Any) -> Sql:
        return sql.coalesce(plain(self, *given), sql.FALSE)

    patch.setattr(expressions.Expressions, "compared", compared)


def unknown_or_false_is_false(patch: Patch) -> None:
    either = sql.or_
    patch.setattr(sql, "or_", lambda items: sql.coalesce(either(items), sql.FALSE))


def an_unknown_row_does_not_count(patch: Patch) -> None:
    """A row whose 其中 is unknown is left out."""
    for room in (aggregates, tally):
        patch.setattr(room, "not_false", lambda held: sql.coalesce(held, sql.FALSE))


def every_extract_is_complete(patch: Patch) -> None:
    """No row means none, also beyond 事实截止."""
    patch.setattr(aggregates, "where_unseen", lambda *given: None)


def an_open_end_is_missing(patch: Patch) -> None:
    """An empty 空为至今 date is unknown."""
    plain = expressions.Expressions._attribute

    def attribute(self: Any, of: Any, name: str, frame: Any, *, open_end: bool) -> Sql:
        return plain(self, of, name, frame, open_end=False)

    patch.setattr(expressions.Expressions, "_attribute", attribute)


def the_past_is_today(patch: Patch) -> None:
    """What changes with time is read on the decision date, whatever 于 says."""
    plain = expressions.Expressions._attribute_on

    def attribute_on(self: Any, of: Any, name: str, on: Any, frame: Any) -> Sql:
        return plain(self, of, name, t.DecisionDate(), frame)

    patch.setattr(expressions.Expressions, "_attribute_on", attribute_on)


def month_ends_run_over(patch: Patch) -> None:
    """31 January plus a month is 3 March."""

    def shifted(day: Sql, months: Sql) -> Sql:
        first = v.first_day(sql.binary("+", v.month_of(day), months))
        into = sql.cast(sql.binary("-", v.day_of_month(day), sql.number(1)), "INT")
        forever = sql.binary(">", v.month_of(day), sql.number(100_000))
        return sql.case((forever, day), otherwise=sql.binary("+", first, into))

    patch.setattr(v, "shift_months", shifted)


def the_last_day_is_left_out(patch: Patch) -> None:
    """天数 counts nights."""
    plain = v.days_between
    patch.setattr(v, "days_between", lambda start, end: sql.binary("-", plain(start, end), sql.number(1)))


def nobody_reaches_back(patch: Patch) -> None:
    """执行期 that begins before 施行 begins with it."""
    plain = judge._span

    def span(policy: Any, today: date) -> tuple[date, date]:
        low, high = plain(policy, today)
        return max(low, policy.in_force_from), high

    patch.setattr(judge, "_span", span)


def it_speaks_before_its_time(patch: Patch) -> None:
    """A policy that reaches back is applied before its 施行 too."""
    patch.setattr(judge, "_begun", lambda policy, today: True)


def _windows_read_on(patch: Patch, day: date) -> None:
    plain = t.Window.last_on
    patch.setattr(judge, "_last", lambda window, today: plain(window, day))


def nothing_is_extended(patch: Patch) -> None:
    """执行期 and 受理期 end where they first ended."""
    _windows_read_on(patch, date.min)


def it_was_always_extended(patch: Patch) -> None:
    """Decisions before an extension read it too."""
    _windows_read_on(patch, date.max)


def halves_are_dropped(patch: Patch) -> None:
    """Half a fen is rounded down."""
    patch.setattr(v, "round_half_up", v.floor)


def others_come_first(patch: Patch) -> None:
    """A row with 其他 goes before the row with the value itself."""
    plain = expressions._others
    patch.setattr(expressions, "_others", lambda row: -plain(row))


def nobody_hands_over(patch: Patch) -> None:
    """过渡 is not read."""
    patch.setattr(judge._Judge, "_handed", lambda self, policy, subjects: None)


def keys_run_together(patch: Patch) -> None:
    """What looks like the mark between the parts of a key is left as it is."""
    plain = judge.key_text

    def key_text(bound: Any, type_: Any) -> Sql:
        return sql.cast(bound.n, "VARCHAR") if type_.kind in ("ref", "text") else plain(bound, type_)

    patch.setattr(judge, "key_text", key_text)


VERDICTS = (
    Fault(at_least_is_more_than, 1),
    Fault(what_is_missing_fails, 1),
    Fault(unknown_or_false_is_false, 1),
    Fault(an_unknown_row_does_not_count, 1),
    Fault(every_extract_is_complete, 1),
    Fault(an_open_end_is_missing, 1),
    Fault(the_past_is_today, 1),
    Fault(month_ends_run_over, 478),
    Fault(the_last_day_is_left_out, 17),
    Fault(nobody_reaches_back, 12),
    Fault(it_speaks_before_its_time, 1),
    Fault(nothing_is_extended, 7),
    Fault(it_was_always_extended, 61),
    Fault(halves_are_dropped, 1),
    Fault(others_come_first, 87),
    Fault(nobody_hands_over, 4),
    Fault(keys_run_together, 57),
)

# In the runs -----------------------------------------------------------------------------------------------------


def _miswritten(patch: Patch, name: str, right: str, wrong: str) -> None:
    plain = settle.written

    def written(called: str) -> exp.Query:
        if called != name:
            return plain(called)
        text = (settle.FOLDER / f"{name}.sql").read_text(encoding="utf-8")
        assert right in text, f"{name}.sql says it otherwise now"
        tree = sqlglot.parse_one(text.replace(right, wrong), read="duckdb")
        assert isinstance(tree, exp.Query)
        return tree

    patch.setattr(settle, "written", written)


def the_past_is_judged_by_windows_of_today(patch: Patch) -> None:
    """An earlier run date, judged again, reads 执行期 and 受理期 as the run's own date does."""
    plain = judge.judged

    def judged(expressions: Any, policy: Any, *given: Any) -> Any:
        today = expressions.sources.known_on
        windows = (policy.execution, policy.acceptance)
        of_today = (w and t.Window(w.first, w.last_on(today)) for w in windows)
        return plain(
            expressions, replace(policy, **dict(zip(("execution", "acceptance"), of_today, strict=True))), *given
        )

    patch.setattr(plan, "judged", judged)


def a_limit_is_off_by_one(patch: Patch) -> None:
    """The line gives one more than a limit allows."""
    plain = line.Reader.asked

    def asked(self: Any, number: int, key: str, most: int, level: int) -> Asked:
        return plain(self, number, key, most + 1, level)

    patch.setattr(line.Reader, "asked", asked)


def one_too_many_is_no_contest(patch: Patch) -> None:
    """One more than a limit allows does not stand in the line."""
    _miswritten(patch, "contested", "COUNT(*) > MIN(a.place.most)", "COUNT(*) > MIN(a.place.most) + 1")


def order_is_not_read(patch: Patch) -> None:
    """The line goes by 取舍 alone."""
    patch.setattr(verdicts, "rank_list", lambda request, found: sql.integer_list([sql.number(0)]))


def refusals_are_cured_for_ever(patch: Patch) -> None:
    """追溯 is not read."""
    patch.setattr(verdicts, "reaches", lambda policy, day, today: True)


def unknown_takes_back(patch: Patch) -> None:
    """A grant whose facts have become unknown falls."""
    _miswritten(patch, "picks", "WHEN v.failed = 0 OR u.failed = 0 THEN 'held'", "WHEN FALSE THEN 'held'")


def claims_are_of_today(patch: Patch) -> None:
    """A claim is decided on the last run date on which it holds, not the first."""
    _miswritten(patch, "picks", "MIN(day) FILTER (WHERE reaches)", "MAX(day)")


def smaller_ones_overtake(patch: Patch) -> None:
    """What does not fit into the fund does not stop the queue."""
    _miswritten(patch, "queue", "q.needed <= r.fen", "q.amount_fen - q.covered <= r.fen")


def the_oldest_row_speaks(patch: Patch) -> None:
    """Of rows with one key it does not matter when they were recorded."""
    patch.setattr(speaking, "VERSION", ("source",))


RUNS = (
    Fault(the_past_is_judged_by_windows_of_today, 19),
    Fault(a_limit_is_off_by_one, 1),
    Fault(one_too_many_is_no_contest, 17),
    Fault(order_is_not_read, 1),
    Fault(refusals_are_cured_for_ever, 23),
    Fault(unknown_takes_back, 6),
    Fault(claims_are_of_today, 1),
    Fault(smaller_ones_overtake, 1),
    Fault(the_oldest_row_speaks, 1),
)
