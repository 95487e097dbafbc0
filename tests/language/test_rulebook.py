"""All documents together: 引用, versions, rules that bind several policies, families."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.language.checking import assembled, policy_text

from jixiang.language import typed as t
from jixiang.language.types import DATE, Type, ref

TIMES = Type("number", unit="次")
EIGHTEEN = t.Constant(Fraction(18), Type("number", unit="岁"))


def book(*texts):
    found = assembled(*texts)
    assert found.rulebook is not None, found.problems
    return found.rulebook


def codes(*texts):
    return [problem.code for problem in assembled(*texts).problems]


def voyages(rules, **about):
    return policy_text(rules, **{"subject": "出海", "name": "乙", "code": "P2"} | about)


def version(rules, label, day, **about):
    front = f"版本: {label}\n"
    return policy_text(rules, front=front, **about).replace("施行: 2020-01-01", f"施行: {day}")


# Rules


def test_a_rule_of_one_policy_is_called_by_its_text_unless_it_has_a_name():
    rules = "上限: 每 渔民 每年 最多 3 次, 高额优先\n上限 一共: 每 渔民 最多 500 元"
    first, second = book(policy_text(rules)).families[0].rules
    assert (first.name, first.kind, first.per) == ("每 渔民 每年 最多 3 次", "count", "year")
    assert (second.name, second.kind, second.per) == ("一共", "money", "")
    assert first.bindings["P1", "2020-01-01"].most == t.Constant(Fraction(3), TIMES)


def test_each_policy_resolves_a_key_for_itself():
    rule = book(policy_text("上限: 与《乙》合计 每 渔民、渔船 最多 1 次"), voyages("")).families[0].rules[0]
    boat, voyage = t.Row(0, ref("渔船")), t.Row(0, ref("出海"))
    assert rule.bindings["P1", "2020-01-01"].keys == (t.Get(boat, "船东", ref("渔民")), boat)
    with_captain = t.Get(voyage, "船长", ref("渔民"))
    assert rule.bindings["P2", "2020-01-01"].keys == (with_captain, t.Get(voyage, "渔船", ref("渔船")))


def test_a_key_may_be_a_definition_of_that_name():
    rules = "定义 渔民: 渔船.船东\n上限: 每 渔民 最多 1 次"
    keys = book(voyages(rules)).families[0].rules[0].bindings["P2", "2020-01-01"].keys
    assert keys[0].name == "渔民"


def test_a_key_that_nothing_or_two_things_answer_to_is_an_error_that_asks_for_a_definition():
    found = assembled(policy_text("上限: 每 船员 最多 1 次")).problems[0]
    assert (found.code, found.suggestion) == ("unresolved-key", "在《甲》里写 '定义 船员: …'")
    two = policy_text("上限: 每 渔民 最多 1 次", subject="出海").replace("受益人: 船长", "受益人: 渔船.船东")
    assert codes(two) == ["unresolved-key"]


def test_the_limit_is_read_with_the_parameters_of_the_document_that_states_it():
    rules = "参数 次数: 2; 自 2021-01-01 起 3\n上限: 与《乙》合计 每 渔民 最多 次数"
    rule = book(policy_text(rules), voyages("参数 次数: 9")).families[0].rules[0]
    assert {binding.most.steps[0][1].value for binding in rule.bindings.values()} == {2}


def test_months_count_periods_and_need_them():
    assert book(policy_text("上限: 每 渔民 最多 6 个月", subject="渔船 每月")).families[0].rules[0].kind == "months"
    assert codes(policy_text("上限: 每 渔民 最多 6 个月")) == ["bad-limit"]


@pytest.mark.parametrize(
    ("per", "found"),
    [
        ("每月", "month"),
        ("5 年内", t.Within_(months=60)),
        ("6 个月内", t.Within_(months=6)),
        ("30 天内", t.Within_(days=30)),
    ],
)
def test_periods_of_a_rule(per, found):
    assert book(policy_text(f"上限: 每 渔民 {per} 最多 1 次")).families[0].rules[0].per == found


def test_a_rule_stated_twice_is_one_rule_if_it_agrees():
    both = (policy_text("上限: 与《乙》合计 每 渔民 最多 1 次"), voyages("上限 一次: 与《甲》合计 每 渔民 最多 1 次"))
    rules = book(*both).families[0].rules
    assert [(rule.name, rule.stated_in, sorted(rule.bindings)) for rule in rules] == [
        ("一次", "P1", [("P1", "2020-01-01"), ("P2", "2020-01-01")])
    ]


@pytest.mark.parametrize("other", ["最多 2 次", "最多 1 次, 高额优先"])
def test_a_rule_stated_twice_must_agree(other):
    assert "rule-disagrees" in codes(
        policy_text("上限: 与《乙》合计 每 渔民 最多 1 次"), voyages(f"上限: 与《甲》合计 每 渔民 {other}")
    )


def test_a_rule_stated_twice_may_leave_out_次():
    texts = (policy_text("上限: 与《乙》合计 每 渔民 最多 3 次"), voyages("上限: 与《甲》合计 每 渔民 最多 3"))
    assert len(book(*texts).families[0].rules) == 1


def test_all_policies_should_mean_the_same_kind_of_thing_by_a_key():
    texts = (policy_text("上限: 与《乙》合计 每 渔民 最多 3 次"), voyages("定义 渔民: 船长.出生日期"))
    problem = assembled(*texts).problems[-1]
    assert (problem.code, problem.severity) == ("keys-apart", "warning")
    assert problem.message == "'渔民' 在《甲》里是一个 '渔民',在《乙》里是日期,两边永远合不到一起"


def test_rules_of_one_name_in_a_family_get_the_code_of_their_policy():
    own = "上限: 每 渔民 最多 3 次\n"
    rules = book(policy_text(own + "互斥: 与《乙》 每 渔民 只享其一"), voyages(own)).families[0].rules
    assert [rule.name for rule in rules] == [
        "每 渔民 最多 3 次（P1）",
        "与《乙》 每 渔民 只享其一",
        "每 渔民 最多 3 次（P2）",
    ]


def test_a_document_that_the_pack_lacks_is_a_warning_and_binds_nobody():
    found = assembled(policy_text("互斥: 与《丙》 每 渔民 只享其一", front="引用: [《丁》]\n"))
    assert [(p.code, p.severity) for p in found.problems] == [("absent-document", "warning")] * 2
    assert list(found.rulebook.families[0].rules[0].bindings) == [("P1", "2020-01-01")]


def test_topping_up_is_for_one_claim_of_one_person():
    assert book(policy_text("上限: 每 渔民 最多 1 次, 就高补差")).families[0].rules[0].top_up
    assert codes(policy_text("上限: 每 渔民 最多 2 次, 就高补差")) == ["bad-top-up"]
    assert codes(policy_text("上限: 每 船型 最多 1 次, 就高补差")) == ["bad-top-up"]


def test_a_ladder_needs_an_order():
    found = book(policy_text("先高后低: 每 渔民 比 功率")).families[0].rules[0]
    assert (found.kind, found.bindings["P1", "2020-01-01"].level.attribute) == ("ladder", "功率")
    assert codes(policy_text("先高后低: 每 渔民 比 船型")) == ["no-order"]


def test_a_condition_and_a_rule_cannot_share_a_name():
    assert codes(policy_text("条件 一次: 有 功率\n上限 一次: 每 渔民 最多 1 次")) == ["duplicate-name"]


def test_a_key_that_different_people_share_should_say_who_comes_first():
    assert codes(policy_text("上限: 每 船型 最多 9 次")) == ["shared-key"]
    assert codes(policy_text("上限: 每 船型 最多 9 次, 先到先得")) == []
    assert codes(policy_text("上限: 每 船型 最多 9 次\n次序: 下水日期")) == []


# Families


def test_policies_joined_by_a_rule_are_a_family_and_the_others_are_alone():
    texts = (policy_text("互斥: 与《乙》 每 渔民 只享其一"), voyages(""), policy_text("", name="丙", code="P3"))
    assert [family.policies for family in book(*texts).families] == [("P1", "P2"), ("P3",)]


@pytest.mark.parametrize(
    ("first", "second", "early"),
    [
        ("", "", True),
        (", 先到先得", "", True),
        ("", ", 高额优先", False),
        (", 就高补差", "", False),
        (", 就高补差", ", 先到先得", True),
    ],
)
def test_a_family_takes_the_earlier_first_unless_it_says_otherwise(first, second, early):
    rules = f"互斥: 与《乙》 每 渔民 只享其一{first}\n上限: 每 渔民 最多 2 次{second}"
    assert book(policy_text(rules), voyages("")).families[0].early is early


def test_a_family_that_says_both_is_an_error():
    assert codes(
        policy_text("互斥: 与《乙》 每 渔民 只享其一, 先到先得"), voyages("上限: 每 渔民 最多 2 次, 高额优先")
    ) == ["pick-disagrees"]


def test_who_states_no_order_comes_last_and_在先_comes_first():
    linked = "互斥: 与《乙》《丙》 每 渔民 只享其一\n"
    texts = (policy_text(linked + "次序: 《丙》 在先, 下水日期"), voyages(""), policy_text("", name="丙", code="P3"))
    assert book(*texts).families[0].precedence == {"P3": 0, "P1": 1, "P2": 2}


def test_two_orders_in_one_family_are_an_error_unless_在先_separates_them():
    one = "互斥: 与《乙》 每 渔民 只享其一\n次序: 下水日期"
    assert codes(policy_text(one), voyages("次序: 月份")) == ["order-disagrees"]
    assert book(policy_text(one), voyages("次序: 《甲》 在先, 月份")).families[0].precedence == {"P1": 0, "P2": 1}


def test_two_orders_in_one_fund_are_an_error():
    fund = {"front": "资金: 甲资金\n"}
    assert codes(policy_text("次序: 下水日期", **fund), voyages("次序: 月份", **fund)) == ["order-disagrees"]


def test_in_a_fund_too_who_states_no_order_comes_last_and_在先_comes_first():
    fund = {"front": "资金: 甲资金\n"}
    texts = (
        policy_text("", **fund),
        voyages("次序: 月份", **fund),
        policy_text("次序: 《乙》 在先, 下水日期", name="丙", code="P3", **fund),
    )
    places = {code: at for family in book(*texts).families for code, at in family.precedence.items()}
    assert places["P2"] < places["P3"] < places["P1"]


def test_a_policy_that_goes_first_is_named_first():
    one = policy_text("互斥: 与《乙》 每 渔民 只享其一\n次序: 下水日期, 《乙》 在先")
    assert codes(one, voyages("")) == ["order-place"]


def test_在先_may_not_go_round_in_a_ring():
    one = policy_text("互斥: 与《乙》 每 渔民 只享其一\n次序: 《乙》 在先")
    assert "order-ring" in codes(one, voyages("次序: 《甲》 在先"))


# Versions and 引用


def test_a_version_ends_where_the_next_begins():
    texts = (version("", "2020", "2020-01-01"), version("", "2021", "2021-06-01"))
    first, second = book(*texts).policies["P1"]
    assert (first.version, first.in_force_until) == ("2020", date(2021, 6, 1))
    assert (second.version, second.in_force_until) == ("2021", None)


def test_a_rule_binds_all_versions_of_a_policy_it_names_and_only_its_own_of_the_stating_one():
    texts = (
        version("互斥: 与《乙》 每 渔民 只享其一", "2020", "2020-01-01"),
        version("", "2021", "2021-06-01"),
        version("", "2020", "2020-01-01", subject="出海", name="乙", code="P2"),
        version("", "2021", "2021-06-01", subject="出海", name="乙", code="P2"),
    )
    assert list(book(*texts).families[0].rules[0].bindings) == [("P1", "2020"), ("P2", "2020"), ("P2", "2021")]


def test_two_versions_may_state_one_rule_each_with_its_own_number():
    texts = (
        version("上限 次数: 每 渔民 最多 2 次", "2020", "2020-01-01"),
        version("上限 次数: 每 渔民 最多 3 次", "2021", "2021-06-01"),
    )
    rule = book(*texts).families[0].rules[0]
    assert [binding.most.value for binding in rule.bindings.values()] == [2, 3]


def test_what_two_versions_state_binds_the_others_each_from_its_day():
    texts = (
        version("上限 次数: 与《乙》合计 每 渔民 最多 3 次", "甲版", "2021-06-01"),
        version("上限 次数: 与《乙》合计 每 渔民 最多 2 次", "乙版", "2020-01-01"),
        voyages(""),
    )
    most = book(*texts).families[0].rules[0].bindings["P2", "2020-01-01"].most
    newer = t.Compare(">=", t.EffectiveDate(), t.Constant(date(2021, 6, 1), DATE))
    assert most == t.If(newer, t.Constant(Fraction(3), TIMES), t.Constant(Fraction(2), TIMES))


@pytest.mark.parametrize("subject", ["出海", "渔船 每月"])
def test_a_transition_leads_to_a_version_of_the_same_subject(subject):
    older = version("", "2020年版", "2020-01-01", subject=subject)
    newer = version("过渡: 下水日期 早于 2000-01-01 仍按《甲（2020年版）》", "2021年版", "2021-06-01")
    assert codes(older, newer) == ["bad-transition"]


def test_a_transition_names_the_older_version():
    older = version("", "2020年版", "2020-01-01")
    newer = version("过渡: 下水日期 早于 2000-01-01 仍按《甲（2020年版）》", "2021年版", "2021-06-01")
    assert book(older, newer).policies["P1"][1].transitions[0][1] == "2020年版"
    assert codes(newer) == ["absent-document"]
    assert codes(older, newer.replace("（2020年版）", "")) == ["bad-transition"]


def test_documents_that_quote_each_other_in_a_ring_are_an_error():
    texts = (policy_text("", front="引用: [《乙》]\n"), voyages("", front="引用: [《甲》]\n"))
    assert codes(*texts) == ["quote-ring"]


def test_the_hash_is_over_the_document_and_all_that_it_quotes():
    quoted = "---\n名称: 单\n文种: 列表\n---\n表:单\n\n| 船型 |\n|--|\n| 拖网 |\n"
    text = policy_text("", front="引用: [《单》]\n")
    before, after = book(text, quoted), book(text, quoted.replace("拖网", "围网"))
    assert before.policies["P1"][0].hash != after.policies["P1"][0].hash
    assert before.policies["P1"][0].hash == book(text, quoted).policies["P1"][0].hash
    assert set(before.documents) == {"甲", "单"}


def test_the_order_of_the_documents_has_no_influence():
    texts = (policy_text("互斥: 与《乙》 每 渔民 只享其一"), voyages("上限: 每 渔民 最多 2 次"))
    one, other = book(*texts), book(*texts[::-1])
    assert one.families == other.families
    assert {code: p[0].hash for code, p in one.policies.items()} == {c: p[0].hash for c, p in other.policies.items()}


@pytest.mark.parametrize(
    "other",
    [
        policy_text("", code="P9"),
        policy_text("", name="乙"),
        policy_text("", front="版本: 2020\n"),
    ],
)
def test_two_documents_that_claim_one_place_are_an_error(other):
    assert codes(policy_text(""), other) == ["duplicate-document"]


def test_a_quoted_name_with_several_versions_must_say_which():
    one = "---\n名称: 单\n版本: 2020\n施行: 2020-01-01\n文种: 列表\n---\n表:单\n\n| 船型 |\n|--|\n| 拖网 |\n"
    two = one.replace("2020", "2021")
    assert codes(policy_text("", front="引用: [《单》]\n"), one, two) == ["ambiguous-name"]
    found = book(policy_text("条件 甲: 船型 属于 单", front="引用: [《单（2021年版）》]\n"), one, two)
    assert found.policies["P1"][0].conditions[0].expr.table == "单（2021）/单"


# Other kinds of document


def test_entity_definitions_are_kept_by_document():
    text = "---\n名称: 老\n文种: 定义\n---\n```规则\n定义 渔民.成年: 年龄(本, 适用日) 满 18 周岁\n定义 渔民.大人: 成年\n```\n"
    first, second = book(text).entity_definitions["老"]
    assert (first.entity, first.name) == ("渔民", "成年")
    assert second.expr == t.Named("成年", first.expr)


def test_process_documents_set_what_the_vocabulary_names():
    text = "---\n名称: 办法\n文种: 办法\n---\n```规则\n参数 公示期: 5 天; 自 2021-01-01 起 7 天\n```\n"
    assert book(text).process["办法"]["公示期"].steps[1][1].value == 7
    assert codes(text.replace("公示期", "公示其")) == ["unknown-name"]
    days = book(text.replace("5 天; 自 2021-01-01 起 7 天", "5 个工作日")).process["办法"]["公示期"]
    assert days.type == Type("number", unit="工作日")
    assert codes(text.replace("5 天", "5 个工作日")) == ["mixed-types"]
    table = "\n表:退款其限 按 船型\n\n| 自 | 船型 | 天数 |\n|---|---|---|\n| 2020-01-01 | 拖网 | 3 |\n"
    assert codes(text + table) == ["unknown-name"]
    assert codes(text + table.replace("退款其限", "退款期限")) == []


def test_process_documents_define_what_others_read():
    text = "---\n名称: 办法\n文种: 办法\n---\n```规则\n定义 渔民.成年: 年龄(本, 适用日) 满 18 周岁\n```\n"
    rules = "条件 够大: 船东 属于 成年"
    found = book(text, policy_text(rules, front="引用: [《办法》]\n"))
    assert [one.name for one in found.entity_definitions["办法"]] == ["成年"]
    assert found.policies["P1"][0].conditions[0].expr == t.Compare(
        ">=",
        t.Age(t.Get(t.Get(t.Row(0, ref("渔船")), "船东", ref("渔民")), "出生日期", DATE), t.EffectiveDate()),
        EIGHTEEN,
    )
    assert codes(text.replace("渔民.成年", "成年").replace("本, 适用日", "决定日, 适用日")) == ["wrong-kind"]


def test_what_is_meant_to_be_so_is_kept_with_its_article_and_means_nothing_to_the_policy():
    fence = "## 第二条 说明\n\n```释明\n| 体检 | 对象 | 说明 |\n|---|---|---|\n| 数额跳升 | 500 | 起步价 |\n```\n"
    plain, explained = book(policy_text("")), book(policy_text("") + fence)
    assert plain.explained == ()
    (found,) = explained.explained
    assert (found.document, found.kind, found.about, found.text) == ("甲", "数额跳升", "500", "起步价")
    assert (found.article, found.place.line) == ("第二条 说明", 18)
    (mine,), (theirs,) = plain.policies["P1"], explained.policies["P1"]
    assert replace(mine, hash="") == replace(theirs, hash="")


@pytest.mark.parametrize("kind", ["列表", "定义", "办法"])
def test_a_document_that_is_no_policy_holds_no_policy_statements(kind):
    assert codes(f"---\n名称: 单\n文种: {kind}\n---\n```规则\n条件 甲: 是\n```\n") == ["wrong-kind"]


def test_more_conditions_and_rules_than_a_decision_has_bits_for_are_an_error():
    conditions = "\n".join(f"条件 甲{n}: 航次 不少于 {n} 次" for n in range(40))
    limits = "\n".join(f"上限 乙{n}: 每 渔船 {n + 1} 天内 最多 1 次" for n in range(20))
    assert "too-many" in codes(voyages(f"{conditions}\n{limits}"))
