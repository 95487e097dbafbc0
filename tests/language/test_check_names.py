"""What a name means."""

from datetime import date

from tests.language.checking import policy, problems, value, wrong

from jixiang.language import typed as t
from jixiang.language.types import BOOL, DATE, MONEY, MONTH, NUMBER, YEAR, Type, code, ref

BOAT = t.Row(0, ref("渔船"))
TODAY = t.EffectiveDate()
OWNER = t.Get(BOAT, "船东", ref("渔民"))
POWER = Type("number")


def test_a_bare_name_is_an_attribute_of_the_subject():
    assert value("下水日期") == t.Get(BOAT, "下水日期", DATE)


def test_the_name_of_the_subjects_entity_is_the_subject_itself():
    assert value("渔船.下水日期") == value("本.下水日期") == value("下水日期")


def test_a_path_steps_through_references():
    assert value("船东.出生日期") == value("船东 的 出生日期") == t.Get(OWNER, "出生日期", DATE)


def test_an_attribute_that_changes_is_read_on_the_effective_date():
    assert value("功率") == t.GetOn(BOAT, "功率", TODAY, POWER)


def test_an_attribute_that_changes_is_read_on_the_day_behind_于():
    assert value("功率 于 下水日期") == t.GetOn(BOAT, "功率", t.Get(BOAT, "下水日期", DATE), POWER)


def test_the_only_row_of_a_single_entity_is_spoken_of_by_its_name():
    assert value("全港.油价指数") == t.GetOn(t.TheOne(ref("全港")), "油价指数", TODAY, NUMBER)


def test_a_day_has_months_and_years():
    day = t.Get(BOAT, "下水日期", DATE)
    assert value("下水日期.当月") == t.Part("month", day, MONTH)
    assert value("下水日期.上年") == t.Part("previous_year", day, YEAR)
    assert value("下水日期.当月.末日") == t.Part("last_day", t.Part("month", day, MONTH), DATE)


def test_a_months_own_month_is_itself():
    assert value("下水日期.当月.当月") == value("下水日期.当月")


def test_a_definition_is_put_in_the_place_of_its_name():
    found = policy("定义 老: 决定日 晚于 下水日期\n条件 不老: 非 老")
    assert found.conditions[0].expr == t.Not(t.Named("老", found.definitions[0].expr))


def test_a_definition_read_on_another_day_is_not_named_and_all_in_it_is_read_on_that_day():
    found = policy("定义 大船: 功率 高于 100 且 适用日 晚于 下水日期\n条件 大: 大船 于 下水日期")
    day = t.Get(BOAT, "下水日期", DATE)
    power = t.GetOn(BOAT, "功率", day, POWER)
    assert found.conditions[0].expr == t.And((t.Compare(">", power, t.Constant(100, NUMBER)), t.Compare(">", day, day)))


def test_the_word_适用日_itself_is_not_moved_by_于():
    assert value("功率 于 适用日") == value("功率")


def test_a_parameter_carries_its_steps_and_the_day_on_which_it_is_read():
    found = policy("参数 线: 500 元; 自 2021-01-01 起 600 元\n条件 多: 100 元 少于 线 于 决定日")
    steps = ((None, t.Constant(50000, MONEY)), (date(2021, 1, 1), t.Constant(60000, MONEY)))
    assert found.conditions[0].expr.right == t.Dated("线", steps, t.DecisionDate(), MONEY)
    assert found.definitions[0].expr == t.Dated("线", steps, TODAY, MONEY)


def test_a_code_is_known_from_the_other_side():
    kind = t.Get(BOAT, "船型", code("船型"))
    same = t.Compare("=", kind, t.Constant("1", code("船型")))
    assert value("船型 为 拖网") == value('船型 为 "1"') == value('船型 为 "拖网"') == same


def test_a_code_may_stand_on_the_left():
    assert value("拖网 为 船型").left == t.Constant("1", code("船型"))


def test_a_code_that_the_list_lacks_is_an_error_with_a_way_out():
    assert wrong("船型 为 拖往")[2] == "是否为 '拖网'?"
    assert wrong('船型 为 "9"')[0] == "unknown-code"


def test_a_misspelt_name_is_met_with_the_name_it_was_meant_to_be():
    assert wrong("下水日起") == ("unknown-name", "没有名为 '下水日起' 的属性", "是否为 '下水日期'?")
    assert wrong("船东.出生曰期")[2] == "是否为 '出生日期'?"


def test_what_a_reference_of_the_subject_has_is_offered():
    assert wrong("出生日期") == ("unknown-name", "没有名为 '出生日期' 的属性", "是否为 '船东.出生日期'?")


def test_behind_其中_a_name_that_both_have_must_say_whose_it_is():
    found = wrong("存在(同船 其中 序号 为 1)", subject="船员")
    assert found[0] == "ambiguous-name"
    assert "'其.序号'" in found[2] and "'本.序号'" in found[2]


def test_其_is_the_row_and_本_the_one_being_decided():
    where = value("存在(同船 其中 其.序号 低于 本.序号)", subject="船员").where
    assert where.left == t.Get(t.Row(1, ref("船员")), "序号", NUMBER)
    assert where.right == t.Get(t.Row(0, ref("船员")), "序号", NUMBER)


def test_a_definition_and_an_attribute_of_the_row_with_one_name_are_ambiguous():
    found = problems("定义 守规: 决定日 晚于 下水日期\n条件 好: 存在(出海 其中 守规)")
    assert [code_ for code_, _, _ in found] == ["ambiguous-name"]


def test_a_definition_cannot_take_the_name_of_an_attribute_of_the_subject():
    assert problems("定义 船型: 1")[0][0] == "duplicate-name"


def test_comparing_a_thing_with_itself_is_an_error():
    assert wrong("船东 为 本.船东")[0] == "self-comparison"


def test_a_ring_of_definitions_is_an_error_told_once():
    found = problems("定义 甲: 乙 + 1\n定义 乙: 丙 + 1\n定义 丙: 甲 + 1")
    assert [code_ for code_, _, _ in found] == ["ring"]
    assert "甲 → 乙 → 丙 → 甲" in found[0][1]


def test_a_definition_that_is_wrong_is_told_once_however_often_it_is_used():
    found = problems("定义 甲: 下水日起\n定义 乙: 甲 + 1\n条件 丙: 甲 晚于 决定日\n条件 丁: 乙 为 1")
    assert [code_ for code_, _, _ in found] == ["unknown-name"]


def test_definitions_that_grow_without_end_are_stopped():
    doubling = "\n".join(["定义 名0: 功率", *(f"定义 名{n}: 名{n - 1} + 名{n - 1}" for n in range(1, 60))])
    towards = "\n".join([*(f"定义 名{n}: 名{n + 1} + 1" for n in range(700)), "定义 名700: 功率"])
    away = "\n".join(["定义 名0: 功率", *(f"定义 名{n}: 名{n - 1} + 1" for n in range(1, 700))])
    for rules in (doubling, towards, away):
        assert {code_ for code_, _, _ in problems(rules)} == {"too-large"}


def test_a_chain_of_definitions_read_on_days_is_checked_once_for_each_link():
    links = [f"定义 丁{n}: 丁{n - 1} 于 决定日" for n in range(1, 30)]
    found = problems("\n".join(["定义 丁0: 功率", *links]))
    assert {code_ for code_, _, _ in found} == {"nothing-dated"}


def test_a_condition_cannot_be_spoken_of():
    assert problems("条件 甲: 有 功率\n条件 乙: 非 甲")[0][2] == "把它的内容写成 定义,两处都用"


def test_the_beneficiary_may_be_spoken_of_by_its_role():
    found = policy("定义 生日: 受益人.出生日期\n条件 老: 有 生日")
    assert found.definitions[0].expr == t.Get(OWNER, "出生日期", DATE)


def test_an_open_end_is_not_known_also_under_the_name_of_a_definition():
    found = policy("定义 止: 报废日期\n条件 停: 有 止").conditions[0].expr
    assert found == t.Known(t.Named("止", t.Get(BOAT, "报废日期", DATE)))  # named: a case may set it


def test_a_relation_to_many_is_not_a_value():
    assert wrong("出海")[0] == "to-many"
    assert wrong("船东.渔船")[0] == "to-many"


def test_the_period_needs_每月_or_每年():
    assert wrong("当期")[0] == "no-period"
    assert value("当期", subject="渔船 每月") == t.Period(MONTH)
    assert value("当期.首日", subject="渔船 每年") == t.Part("first_day", t.Period(YEAR), DATE)


def test_the_effective_date_cannot_rest_on_things_read_on_it():
    found = problems("适用日: 若 功率 高于 100 则 下水日期 否则 报废日期\n金额: 1 元")
    assert [code_ for code_, _, _ in found] == ["ring"]


def test_于_around_what_never_changes_is_a_warning():
    assert wrong("下水日期 于 决定日")[0] == "nothing-dated"


def test_a_boolean_attribute_is_a_condition_by_itself():
    assert policy("条件 本地: 船东.本港户籍").conditions[0].expr == t.Get(OWNER, "本港户籍", BOOL)
