"""The day that is told is the first on which the interpreter finds the condition true."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.readings import small
from tests.readings.small import HOLDER, VOCABULARY, const, its, mine, payments

from jixiang.language import typed as t
from jixiang.language import types as ty
from jixiang.readings.bounds import Bounds
from jixiang.readings.coverage.days import found
from jixiang.readings.coverage.parts import Part, parts_of
from jixiang.readings.decide import environment
from jixiang.readings.evaluate import evaluate, truth
from jixiang.values.dates import FOREVER
from jixiang.values.month import Month

NOW = t.DecisionDate()
BORN, ISSUED = mine("出生日期", HOLDER), mine("发证日期")


def parts(expr: t.Expr) -> tuple[Part, ...]:
    return parts_of(small.policy(), small.condition("条件", expr), VOCABULARY)


def told(expr: t.Expr, birth: date, issued: date, today: date = small.TODAY) -> date | None:
    """What is told of the only part, from the values that the interpreter gives."""
    (part,) = parts(expr)
    env = at(today, birth, issued, expr)
    sides = []
    for compare in part.compares:
        values = [evaluate(side, env) for side in (compare.left, compare.right)]
        sides.append(tuple(v if isinstance(v, Bounds) else Bounds(v, v) for v in values))
    needs = [v.value if isinstance(v := evaluate(need, env), Bounds) else v for need in part.way.needs]
    return found(part, sides, needs, today, VOCABULARY).day  # type: ignore[arg-type]


def at(today: date, birth: date, issued: date, expr: t.Expr):  # type: ignore[no-untyped-def]
    policy = small.policy(conditions=(small.condition("条件", expr),))
    world = small.world()
    world.put("人员", "张", 出生日期=birth)
    world.put("证书", "甲", 持证人="张", 发证日期=issued)
    return environment(small.rulebook(policy), policy, world, today, "甲")


def years(number: int) -> t.Constant:
    return const(number, ty.Type("number", unit="岁"))


CASES = {
    "age": t.Compare(">=", t.Age(BORN, NOW), years(16)),
    "older than": t.Compare(">", t.Age(BORN, NOW), years(16)),
    "the other way round": t.Compare("<=", years(16), t.Age(BORN, NOW)),
    "not younger": t.Not(t.Compare("<", t.Age(BORN, NOW), years(16))),
    "from a day on": t.Compare(">=", NOW, t.Shift(ISSUED, const(6, ty.MONTHS), 1)),
    "after a day": t.Compare(">", NOW, t.Shift(ISSUED, const(6, ty.MONTHS), 1)),
    "months passed": t.Compare(">=", t.WholeMonths(ISSUED, NOW), const(8, ty.MONTHS)),
    "more months": t.Compare(">", t.WholeMonths(ISSUED, NOW), const(8, ty.MONTHS)),
    "days passed": t.Compare(">=", t.DaysBetween(ISSUED, NOW), const(200, ty.DAYS)),
    "a month reached": t.Compare(">=", t.Part("month", NOW, ty.MONTH), const(Month.parse("2021-11"))),
    "a month over": t.Compare(">=", t.Part("previous_month", NOW, ty.MONTH), const(Month.parse("2021-11"))),
    "a year later": t.Compare(">", t.Part("year", NOW, ty.YEAR), const(2021, ty.YEAR)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("birth", "issued"),
    [(date(2005, 7, 1), date(2021, 1, 31)), (date(2006, 2, 28), date(2021, 6, 29)), (date(2008, 2, 29), date(2021, 5, 31))],
)  # fmt: skip
def test_that_day_it_holds_and_the_day_before_it_does_not(name: str, birth: date, issued: date) -> None:
    expr = CASES[name]
    assert truth(expr, at(small.TODAY, birth, issued, expr)) is False
    day = told(expr, birth, issued)
    assert day is not None and day > small.TODAY
    assert truth(expr, at(day, birth, issued, expr)) is True
    assert truth(expr, at(day - timedelta(days=1), birth, issued, expr)) is False


PAID_UP_TO = t.Compare("<=", its("所属期"), t.Part("previous_month", NOW, ty.MONTH))
WINDOW = t.Compare(">=", its("所属期"), t.Shift(t.Part("previous_month", NOW, ty.MONTH), const(11, ty.MONTHS), -1))
SETTLED = its("已到账")


def count(*where: t.Expr) -> t.Expr:
    return t.Compare(">=", payments("count_distinct", its("所属期"), t.And(where)), const(12))


@pytest.mark.parametrize(
    ("expr", "moves"),
    [
        (count(SETTLED, PAID_UP_TO), "paid"),
        (count(SETTLED, PAID_UP_TO, WINDOW), "other"),  # a month leaves the window for each that enters
        (count(SETTLED, t.Compare("=", its("所属期"), t.Part("month", ISSUED, ty.MONTH))), "facts"),
        (t.Compare("<=", NOW, t.Shift(ISSUED, const(12, ty.MONTHS), 1)), "late"),
        (t.Member(mine("等级"), (const("4", small.LEVEL),)), "still"),
        (payments("exists", where=t.Compare("=", its("所属期"), t.Part("month", ISSUED, ty.MONTH))), "facts"),
        (t.Known(mine("队伍")), "facts"),
        (t.Compare("<", t.Part("year", NOW, ty.YEAR), t.Part("year", ISSUED, ty.YEAR)), "late"),
    ],
)
def test_how_days_move_a_condition(expr: t.Expr, moves: str) -> None:
    assert [part.way.moves for part in parts(expr)] == [moves]


def test_missing_months_come_with_the_months_that_are_paid() -> None:
    (part,) = parts(count(SETTLED, PAID_UP_TO))
    for has, day in ((11, date(2021, 7, 1)), (7, date(2021, 11, 1)), (0, date(2022, 6, 1))):
        one = found(part, [(Bounds(has, has), Bounds(12, 12))], [], small.TODAY, VOCABULARY)
        assert (one.gap, one.day) == (12 - has, day)


def card_in_force(op: t.CompareOp) -> t.Expr:
    cards = VOCABULARY.entities["人员"].relations["证书"]
    where = (
        t.Compare(">=", NOW, its("发证日期", 1, "证书")),
        t.Compare(op, NOW, its("失效日期", 1, "证书")),
    )
    return t.Not(t.Aggregate("exists", HOLDER, cards, 1, None, t.And(where), ty.BOOL))


@pytest.mark.parametrize(("op", "day"), [("<=", date(2021, 9, 1)), ("<", date(2021, 8, 31))])
def test_a_stretch_is_over_the_day_after_its_last(op: t.CompareOp, day: date) -> None:
    (part,) = parts(card_in_force(op))
    assert part.way.moves == "ends"
    assert found(part, [], [date(2021, 8, 31)], small.TODAY, VOCABULARY).day == day
    assert found(part, [], [FOREVER], small.TODAY, VOCABULARY).day is None


def test_of_several_rows_the_nearest_is_measured() -> None:
    expr = payments(
        "exists", where=t.And((SETTLED, t.Compare(">=", ISSUED, t.Part("first_day", its("所属期"), ty.DATE))))
    )
    (part,) = parts(expr)
    assert part.nearest and [(c.op, c.right.kind) for c in part.compares if isinstance(c.right, t.Aggregate)] == [
        (">=", "min")
    ]
    short, best = date(2021, 3, 1), date(2021, 4, 1)
    one = found(part, [(Bounds(short, short), Bounds(best, best))], [], small.TODAY, VOCABULARY)
    assert one.short == "早了 31 天" and one.said.startswith("最接近的一条: 发证日期 2021-03-01")


def test_levels_are_told_in_levels() -> None:
    (part,) = parts(t.Compare(">=", mine("等级"), const("3", small.LEVEL)))
    one = found(part, [(Bounds("5", "5"), Bounds("3", "3"))], [], small.TODAY, VOCABULARY)
    assert one.short == "低 2 级" and one.gap == 2 and one.day is None


def test_what_either_of_two_would_do_is_measured_by_the_one_that_can_be() -> None:
    either = t.Or((t.Known(mine("队伍")), t.Compare(">=", mine("队序"), const(24))))
    (part,) = parts(either)
    assert part.expr == either and [c.op for c in part.compares] == [">="]
