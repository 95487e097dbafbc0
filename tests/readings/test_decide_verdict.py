"""Verdicts: who is considered, what fails, what is unknown, what it is worth and which places it asks for."""

from dataclasses import replace
from datetime import date

import pytest
from tests.readings.small import (
    HOLDER,
    LEVEL,
    NO,
    PERSON,
    TODAY,
    UNKNOWN,
    YES,
    condition,
    const,
    mine,
    policy,
    rule,
    rulebook,
    world,
)

from jixiang.language import typed as t
from jixiang.language import types as ty
from jixiang.readings.decide import (
    ACCEPTANCE,
    AMOUNT,
    BENEFICIARY,
    EFFECTIVE,
    SUBJECT,
    NegativeAmount,
    candidates,
    claim,
    judge,
    judge_all,
    judge_policy,
)
from jixiang.readings.places import LAST
from jixiang.values.dates import FOREVER
from jixiang.values.month import Month

C = (64, 128, 256)  # the first conditions and rules, after six fixed bits


def verdict(*, made=None, rules=(), today=TODAY, overrides=None, **changes):
    stated = policy(**changes)
    found = judge(rulebook(stated, rules=rules), stated, made or world(), today, "甲", overrides=overrides)
    assert len(found) <= 1
    return found[0] if found else None


def test_all_conditions_hold():
    found = verdict(conditions=(condition("一", YES),))
    assert (found.outcome, found.failed, found.unknown, found.amount) == ("candidate", 0, 0, 150000)
    assert (found.beneficiary, found.effective_date, found.period, found.title) == ("张", date(2021, 3, 1), "", "")


@pytest.mark.parametrize(
    ("items", "outcome", "failed", "unknown"),
    [
        ((YES, NO, NO), "denied", C[1] | C[2], 0),
        ((UNKNOWN, NO, YES), "denied", C[1], C[0]),
        ((UNKNOWN, YES, UNKNOWN), "unknown", 0, C[0] | C[2]),
    ],
)
def test_any_false_denies_else_any_unknown_waits(items, outcome, failed, unknown):
    found = verdict(conditions=tuple(condition(str(n), item) for n, item in enumerate(items)))
    assert (found.outcome, found.failed, found.unknown) == (outcome, failed, unknown)
    assert (found.claimed_fen is None) == bool(failed)


@pytest.mark.parametrize(
    ("where", "unknown"),
    [(YES, 0), (UNKNOWN, SUBJECT), (NO, None)],
)
def test_who_lies_outside_the_object_gets_no_decision_at_all(where, unknown):
    found = verdict(where=where)
    assert (found and found.unknown) == unknown


@pytest.mark.parametrize(
    ("changes", "considered"),
    [
        ({}, True),
        ({"in_force_from": date(2021, 3, 1)}, True),
        ({"in_force_from": date(2021, 3, 2)}, False),
        ({"in_force_until": date(2021, 3, 1)}, False),
        ({"in_force_until": date(2021, 3, 2)}, True),
        ({"execution": t.Window(date(2021, 3, 1), date(2021, 3, 1))}, True),
        ({"execution": t.Window(date(2021, 1, 1), date(2021, 2, 28))}, False),
        ({"execution": t.Window(date(2021, 1, 1), date(2021, 2, 28), ((TODAY, date(2021, 3, 1)),))}, True),
        ({"execution": t.Window(date(2021, 1, 1), date(2021, 2, 28), ((date(2021, 7, 1), date(2021, 3, 1)),))}, False),
        ({"execution": t.Window(date(2021, 3, 1), FOREVER), "in_force_from": TODAY}, True),
        ({"execution": t.Window(date(2021, 3, 2), FOREVER), "in_force_from": TODAY}, False),
        ({"execution": t.Window(date(2021, 3, 1), FOREVER), "in_force_from": date(2021, 7, 1)}, False),
        ({"effective_date": const(date(2021, 7, 1))}, False),
        ({"effective_date": const(TODAY)}, True),
    ],
)
def test_the_effective_date_says_whether_a_version_speaks(changes, considered):
    assert (verdict(**changes) is not None) is considered


def test_a_missing_effective_date_waits_but_a_failed_condition_still_denies():
    nothing = {"effective_date": t.Constant(None, ty.DATE)}
    assert verdict(**nothing).unknown == EFFECTIVE
    assert verdict(**nothing).effective_date is None
    found = verdict(**nothing, conditions=(condition("一", NO),))
    assert (found.outcome, found.failed, found.unknown) == ("denied", C[0], EFFECTIVE)


def test_outside_the_acceptance_period_it_is_denied():
    span = t.Window(date(2021, 1, 1), date(2021, 6, 29))
    assert verdict(acceptance=span).failed == ACCEPTANCE
    assert verdict(acceptance=span, today=date(2021, 6, 29)).failed == 0
    assert verdict(acceptance=replace(span, extended=((TODAY, TODAY),))).failed == 0
    assert verdict(acceptance=replace(span, extended=((TODAY, TODAY),)), today=date(2021, 7, 1)).failed == ACCEPTANCE


@pytest.mark.parametrize(
    ("amount", "failed", "unknown", "claimed"),
    [
        (const(None, ty.MONEY), 0, AMOUNT, None),
        (t.Arithmetic("÷", const(101, ty.MONEY), const(2), ty.MONEY), 0, 0, 51),
        (t.Arithmetic("÷", const(1, ty.MONEY), const(3), ty.MONEY), AMOUNT, 0, None),
        (t.Arithmetic("-", const(5, ty.MONEY), const(5, ty.MONEY), ty.MONEY), AMOUNT, 0, None),
    ],
)
def test_amounts_are_rounded_once_and_nothing_is_nothing(amount, failed, unknown, claimed):
    found = verdict(amount=amount)
    assert (found.failed, found.unknown, found.claimed_fen, found.amount) == (failed, unknown, claimed, claimed)


def test_less_than_nothing_stops_the_run_unless_the_claim_fails_anyway():
    with pytest.raises(NegativeAmount, match=r"证书补贴.*甲"):
        verdict(amount=const(-100, ty.MONEY))
    assert verdict(amount=const(-100, ty.MONEY), conditions=(condition("一", NO),)).failed == C[0]


def test_a_missing_beneficiary_or_payee_waits():
    nobody = t.Constant(None, PERSON)
    assert verdict(beneficiary=nobody).unknown == BENEFICIARY
    assert verdict(payee=nobody).unknown == BENEFICIARY
    assert verdict(payee=nobody, conditions=(condition("一", NO),)).unknown == 0


def test_a_service_is_worth_one_in_selection_and_nothing_in_money():
    found = verdict(amount=const(0, ty.MONEY))
    assert (found.outcome, found.claimed_fen, found.amount) == ("candidate", 0, 1)


def titles(*names):
    return {"honour": True, "amount": t.Constant(names or None, ty.TITLES)}


def test_each_title_is_a_claim_of_its_own():
    once = rule("一次", "count", HOLDER, t.Title(), most=const(1))
    medal = rule("奖章", "count", HOLDER, most=const(1), when=t.Compare("=", t.Title(), const("奖章")))
    stated = policy(**titles("奖章", "能手"))
    found = judge(rulebook(stated, rules=(once, medal)), stated, world(), TODAY, "甲")
    assert [(v.title, v.claimed_fen, v.amount) for v in found] == [("奖章", 0, 1), ("能手", 0, 1)]
    assert [[place.key for place in v.places] for v in found] == [["张|奖章", "张"], ["张|能手"]]


def test_an_honour_that_is_not_granted_has_one_row():
    denied = verdict(**titles("奖章", "能手"), conditions=(condition("一", NO),))
    waits = verdict(**titles("奖章", "能手"), conditions=(condition("一", UNKNOWN),))
    unnamed = verdict(**titles())
    assert (denied.title, denied.failed, denied.claimed_fen) == ("", C[0], None)
    assert (waits.title, waits.unknown, waits.claimed_fen) == ("", C[0], 0)
    assert (unnamed.title, unnamed.unknown, unnamed.claimed_fen) == ("", AMOUNT, None)


def test_a_case_may_set_names_and_conditions():
    met = condition("一", t.Compare(">=", t.Named("月数", const(3)), const(12)))
    assert verdict(conditions=(met,)).failed == C[0]
    assert verdict(conditions=(met,), overrides={"月数": 12}).failed == 0
    assert verdict(conditions=(met,), overrides={"一": None}).unknown == C[0]
    assert verdict(overrides={"适用日": date(2020, 1, 1)}).effective_date == date(2020, 1, 1)


# Places ----------------------------------------------------------------------------------------------------------


def places(*rules, **changes):
    found = verdict(rules=rules, **changes)
    return found.unknown, [tuple(place) for place in found.places]


def test_a_key_is_written_as_text():
    keys = (HOLDER, mine("等级"), mine("发证日期"), const(True), const(1500, ty.MONEY), const("a|b\\"))
    third = t.Arithmetic("÷", const(4), const(6), ty.NUMBER)
    _, [place] = places(
        rule("限", "count", *keys, third, const(Month.parse("2021-03")), const(2021, ty.YEAR), most=const(1))
    )
    assert place[:3] == ("限", "count", "张|4|2021-03-01|是|1500|a\\|b\\\\|2/3|2021-03|2021")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"most": const(3), "per": "year"}, ("限", "count", "张|2021", 3, 0, False, 0, 0)),
        ({"most": const(3), "per": "month"}, ("限", "count", "张|2021-03", 3, 0, False, 0, 0)),
        ({"most": const(1), "per": t.Within_(months=60)}, ("限", "count", "张", 1, 0, False, 60, 0)),
        ({"most": const(1), "top_up": True}, ("限", "count", "张", 1, 0, True, 0, 0)),
        ({"most": t.Arithmetic("÷", const(7), const(2), ty.NUMBER)}, ("限", "count", "张", 3, 0, False, 0, 0)),
    ],
)
def test_the_places_that_a_limit_makes(changes, expected):
    assert places(rule("限", "count", HOLDER, **changes)) == (0, [expected])


def test_exclusions_and_ladders_have_no_limit():
    assert places(rule("斥", "exclude", HOLDER))[1] == [("斥", "exclude", "张", 0, 0, False, 0, 0)]
    assert places(rule("梯", "ladder", HOLDER, level=mine("等级")))[1] == [("梯", "ladder", "张", 0, 1, False, 0, 0)]


@pytest.mark.parametrize(
    "unclear",
    [
        rule("限", "count", t.Constant(None, PERSON), most=const(1)),
        rule("限", "count", HOLDER, most=const(None)),
        rule("限", "count", HOLDER, most=const(1), when=UNKNOWN),
        rule("限", "ladder", HOLDER, level=t.Constant(None, LEVEL)),
    ],
)
def test_an_unclear_rule_is_a_doubt_of_its_own_name(unclear):
    clear = rule("清", "count", HOLDER, most=const(1))
    unknown, asked = places(unclear, clear)
    assert (unknown, [place[0] for place in asked]) == (C[0], ["清"])


def test_a_rule_per_year_needs_the_effective_date():
    nothing = {"effective_date": t.Constant(None, ty.DATE)}
    assert places(rule("限", "count", HOLDER, most=const(1), per="year"), **nothing) == (EFFECTIVE | C[0], [])
    assert places(rule("限", "count", HOLDER, most=const(1), per=t.Within_(days=9)), **nothing) == (
        EFFECTIVE | C[0],
        [],
    )


def test_a_rule_that_does_not_apply_asks_for_nothing():
    assert places(rule("限", "count", HOLDER, most=const(1), when=NO)) == (0, [])
    other = replace(
        rule("限", "count", HOLDER, most=const(1)), bindings={("B9", "2030"): t.Binding((), None, None, None)}
    )
    assert places(other) == (0, [])


def test_the_rank_puts_smaller_first_and_missing_last():
    items = (
        t.OrderKey(mine("发证日期"), False, False),
        t.OrderKey(mine("等级"), True, False),
        t.OrderKey(mine("有效"), False, True),
        t.OrderKey(mine("有效"), False, False),
        t.OrderKey(mine("费用"), True, False),
    )
    assert verdict(order=items).rank == (date(2021, 3, 1).toordinal(), -1, 0, 1, LAST)


def test_a_claim_stands_in_its_familys_line():
    family = t.Family(("B9",), (), early=False, precedence={"A1": 0})
    made = claim(verdict(order=(t.OrderKey(const(7), True, False),)), family)
    assert (made.id, made.amount, made.event) == (("B9", "甲", "", ""), 150000, date(2021, 3, 1).toordinal())
    assert (made.rank, made.early, made.fund) == ((1, -7), False, "基金")


# Periods and versions --------------------------------------------------------------------------------------------

AT_PERIODS_END = t.Least((t.Part("last_day", t.Period(ty.MONTH), ty.DATE), t.DecisionDate()))


def test_each_period_that_has_begun_is_considered():
    monthly = policy(each="month", effective_date=AT_PERIODS_END, in_force_from=date(2021, 4, 15))
    assert [str(p) for _, p in candidates(rulebook(monthly), monthly, world(), date(2021, 6, 1))] == [
        "2021-04",
        "2021-05",
        "2021-06",
    ]
    found = judge_all(rulebook(monthly), world(), date(2021, 6, 1))
    assert [(v.period, v.effective_date) for v in found] == [
        ("2021-04", date(2021, 4, 30)),
        ("2021-05", date(2021, 5, 31)),
        ("2021-06", date(2021, 6, 1)),
    ]
    ended = replace(monthly, execution=t.Window(date(2021, 5, 1), date(2021, 5, 31)))
    assert [str(p) for _, p in candidates(rulebook(ended), ended, world(), TODAY)] == ["2021-05"]
    longer = replace(monthly, execution=t.Window(date(2021, 3, 1), date(2021, 3, 31), ((TODAY, date(2021, 5, 31)),)))
    assert [str(p) for _, p in candidates(rulebook(longer), longer, world(), TODAY)] == [
        "2021-03",
        "2021-04",
        "2021-05",
    ]
    assert [str(p) for _, p in candidates(rulebook(longer), longer, world(), date(2021, 6, 29))] == ["2021-03"]
    yearly = replace(monthly, each="year", in_force_from=date(2019, 12, 31))
    assert [p for _, p in candidates(rulebook(yearly), yearly, world(), TODAY)] == [2019, 2020, 2021]


def versions(condition=None, **changes):
    hands_over = ((condition, "旧"),) if condition else ()
    old = policy(version="旧", in_force_until=date(2021, 3, 1), amount=const(100, ty.MONEY))
    new = policy(version="新", in_force_from=date(2021, 3, 1), transitions=hands_over, **changes)
    return judge_policy(rulebook(old, new), "B9", world(("证书", "乙", {"发证日期": date(2021, 2, 28)})), TODAY)


@pytest.mark.parametrize(
    ("hands_over", "version", "unknown"),
    [(None, "新", 0), (YES, "旧", 0), (NO, "新", 0), (UNKNOWN, "新", 1 << 4)],
)
def test_for_whom_the_transition_holds_the_older_text_still_speaks(hands_over, version, unknown):
    older, newer = versions(hands_over)
    assert (older.subject, older.version) == ("乙", "旧")
    assert (newer.subject, newer.version, newer.unknown) == ("甲", version, unknown)


def test_of_a_missing_effective_date_only_the_version_in_force_speaks():
    old = policy(version="旧", in_force_until=date(2020, 1, 1))
    new, next_ = (
        policy(version="新", in_force_from=date(2020, 1, 1)),
        policy(version="次", in_force_from=date(2022, 1, 1)),
    )
    made = world()
    made.put("证书", "甲", 发证日期=None)
    [found] = judge_policy(rulebook(old, new, next_), "B9", made, TODAY)
    assert (found.version, found.unknown) == ("新", EFFECTIVE)


@pytest.mark.parametrize(
    ("each", "kind", "period", "considered"),
    [
        ("month", ty.MONTH, Month.parse("2021-06"), True),
        ("month", ty.MONTH, Month.parse("2021-07"), False),
        ("year", ty.YEAR, 2021, True),
        ("year", ty.YEAR, 2022, False),
    ],
)
def test_nothing_is_said_of_a_period_to_come(each, kind, period, considered):
    last_day = t.Least((t.Part("last_day", t.Period(kind), ty.DATE), t.DecisionDate()))
    stated = policy(each=each, effective_date=last_day)
    assert bool(judge(rulebook(stated), stated, world(), date(2021, 6, 30), "甲", period)) == considered
