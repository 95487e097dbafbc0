"""分期: half at the start, the rest on success, all back if the deadline passes without it."""

from datetime import date

import pytest
from tests.readings.small import NO, NOWHERE, UNKNOWN, YES, const, env, policy

from jixiang.language import typed as t
from jixiang.language import types as ty
from jixiang.readings.stages import stages_due

EARLY, LATE = const(date(2021, 6, 29)), const(date(2021, 6, 30))


def stage(name, amount, when, deadline=None):
    return t.Stage(name, amount, when, deadline, "", NOWHERE)


def half():
    return t.Arithmetic("÷", t.Granted(), const(2), ty.MONEY)


def due(begun, done, granted=1001, paid=None, deadline=None):
    stated = policy(stages=(stage("预拨", half(), begun), stage("结算", t.Remainder(), done, deadline)))
    return [fen for _, fen in stages_due(stated, granted, paid or {}, env())]


@pytest.mark.parametrize(
    ("begun", "done", "paid", "expected"),
    [
        (NO, NO, {}, [None, None]),
        (YES, NO, {}, [501, None]),
        (YES, UNKNOWN, {}, [501, None]),
        (UNKNOWN, YES, {}, [None, 1001]),
        (YES, YES, {}, [501, 500]),
        (YES, YES, {"预拨": 400}, [400, 601]),
        (NO, YES, {"预拨": 1200}, [1200, -199]),
        (NO, NO, {"预拨": 400}, [400, None]),
        (YES, YES, {"预拨": 501, "结算": 300}, [501, 500]),
        (YES, NO, {"预拨": 501, "结算": 300}, [501, 300]),
    ],
)
def test_a_stage_falls_due_when_its_condition_holds(begun, done, paid, expected):
    assert due(begun, done, paid=paid) == expected


def test_after_the_deadline_what_was_paid_is_owed_back():
    assert due(YES, NO, paid={"预拨": 501}, deadline=EARLY) == [501, -501]
    assert due(YES, UNKNOWN, paid={"预拨": 501}, deadline=EARLY) == [501, -501]
    assert due(YES, NO, paid={"预拨": 501}, deadline=LATE) == [501, None]
    assert due(YES, YES, paid={"预拨": 501}, deadline=EARLY) == [501, 500]
    assert due(YES, NO, paid={"预拨": 501}, deadline=t.Constant(None, ty.DATE)) == [501, None]


def test_a_stage_whose_amount_is_missing_is_not_yet_due():
    stated = policy(stages=(stage("预拨", const(None, ty.MONEY), YES), stage("结算", t.Remainder(), YES)))
    assert stages_due(stated, 1001, {}, env()) == [("预拨", None), ("结算", 1001)]
