"""Tables and lists: their types, their cells, how they are asked."""

from datetime import date
from fractions import Fraction

import pytest
from tests.language.checking import assembled, policy, policy_text, problems

from jixiang.language import typed as t
from jixiang.language.types import BOOL, MONEY, MONTHS, NUMBER, TEXT, TITLES, code, ref

BOAT = t.Row(0, ref("渔船"))
KIND = t.Get(BOAT, "船型", code("船型"))
RATES = """
表:标准 按 船型

| 自         | 船型       | 钱    |
|------------|------------|-------|
| 2020-01-01 | 拖网、围网 | 500元 |
| 2021-01-01 | 其他       | 1 万元 |
"""


def table(text, rules="金额: 1 元"):
    found = assembled(policy_text(rules, tables=text))
    assert found.rulebook is not None, found.problems
    return next(iter(found.rulebook.tables.values()))


def told(text, rules="金额: 1 元"):
    return [(code_, message) for code_, message, _ in problems(rules, tables=text)]


def test_a_table_has_typed_keys_and_values():
    found = table(RATES)
    assert (found.document, found.name) == ("甲", "标准")
    assert found.keys == (("船型", code("船型")),)
    assert found.values == (("钱", MONEY),)
    assert found.rows == (
        t.TableRow(date(2020, 1, 1), None, (t.OneOf(("1", "2")),), (Fraction(50000),)),
        t.TableRow(date(2021, 1, 1), None, (t.Otherwise(),), (Fraction(1_000_000),)),
    )


def test_a_cell_of_a_table_is_looked_up_on_the_effective_date_or_on_the_day_behind_于():
    found = policy("金额: 标准[船型]", tables=RATES).amount
    assert found == t.Look("甲/标准", "钱", (KIND,), t.EffectiveDate(), MONEY)
    assert policy("金额: 标准[船型] 于 决定日", tables=RATES).amount.on == t.DecisionDate()


def test_a_code_may_be_the_key():
    assert policy("金额: 标准[拖网]", tables=RATES).amount.keys == (t.Constant("1", code("船型")),)


def test_keys_come_in_the_order_behind_按_and_ranges_are_closed():
    found = table(
        "表:标准 按 功率、船型\n\n| 船型 | 功率 | 钱 |\n|--|--|--|\n| 拖网 | 1 至 99 | 1元 |\n| 拖网 | 100 以上 | 2元 |\n"
    )
    assert [name for name, _ in found.keys] == ["功率", "船型"]
    assert [row.keys[0] for row in found.rows] == [t.Between(Fraction(1), Fraction(99)), t.Between(Fraction(100), None)]


def test_a_range_of_ordered_codes_is_all_the_codes_in_it():
    found = table("表:标准 按 渔证\n\n| 渔证 | 钱 |\n|--|--|\n| 中级 以上 | 1元 |\n")
    assert found.rows[0].keys == (t.OneOf(("B", "A")),)


@pytest.mark.parametrize(
    ("cells", "type_", "values"),
    [
        (("5 %", "0.1"), NUMBER, (Fraction(1, 20), Fraction(1, 10))),
        (("6 个月", "1 年"), MONTHS, (6, 12)),
        (("甲奖", "乙奖"), TEXT, ("甲奖", "乙奖")),
        (("甲奖、乙奖", "丙奖"), TITLES, (("甲奖", "乙奖"), ("丙奖",))),
        (("是", ""), BOOL, (True, None)),
    ],
)
def test_a_value_column_has_the_type_of_its_cells_and_an_empty_cell_is_missing(cells, type_, values):
    found = table(f"表:标准 按 船型\n\n| 船型 | 值 |\n|--|--|\n| 拖网 | {cells[0]} |\n| 围网 | {cells[1]} |\n")
    assert found.values == (("值", type_),)
    assert tuple(row.values[0] for row in found.rows) == values


def test_a_table_without_按_is_a_list():
    text = "表:名单\n\n| 自 | 至 | 船型 | 渔证 |\n|--|--|--|--|\n| 2020-01-01 | 2020-12-31 | 拖网 | 高级 |\n"
    found = policy("条件 在册: 船型、船东.渔证 属于 名单 于 决定日", tables=text).conditions[0].expr
    assert (found.table, found.on, len(found.keys)) == ("甲/名单", t.DecisionDate(), 2)
    assert table(text).values == ()


def test_a_table_with_values_also_serves_as_a_list_of_its_keys():
    found = policy("条件 在册: 船型 属于 标准\n金额: 1 元", tables=RATES).conditions[0].expr
    assert found == t.Listed("甲/标准", (KIND,), t.EffectiveDate())


def test_one_of_two_value_columns_is_named():
    text = "表:标准 按 船型\n\n| 船型 | 低 | 高 |\n|--|--|--|\n| 拖网 | 1元 | 2元 |\n"
    assert policy("金额: 标准[船型].高", tables=text).amount.column == "高"
    assert told(text, "金额: 标准[船型]")[0][0] == "table-column"
    assert told(text, "金额: 标准[船型].中")[0][0] == "table-column"


@pytest.mark.parametrize(
    ("rows", "code_"),
    [
        ("| 2020-01-01 | 2021-01-01 | 拖网 | 1元 |\n| 2020-01-01 | | 拖网、围网 | 2元 |", "table-row"),
        ("| 2021-01-01 | 2020-01-01 | 拖网 | 1元 |", "table-row"),
        ("| 去年 | | 拖网 | 1元 |", "bad-cell"),
        ("| | | 拖船 | 1元 |", "unknown-code"),
        ("| | | | 1元 |", "bad-cell"),
        ("| | | 拖网 | 1元 |\n| | | 围网 | 2 % |", "bad-cell"),
        ("| | | 拖网 至 围网 | 1元 |", "bad-cell"),
    ],
)
def test_a_row_that_cannot_be_right_is_an_error(rows, code_):
    text = f"表:标准 按 船型\n\n| 自 | 至 | 船型 | 钱 |\n|--|--|--|--|\n{rows}\n"
    assert told(text)[0][0] == code_


def test_a_later_自_takes_over_from_an_earlier_row():
    text = (
        "表:标准 按 船型\n\n| 自 | 船型 | 钱 |\n|--|--|--|\n| 2020-01-01 | 拖网 | 1元 |\n| 2021-01-01 | 拖网 | 2元 |\n"
    )
    assert len(table(text).rows) == 2


CROSSED = (
    "表:标准 按 等级、船型\n\n| 等级 | 船型 | 钱 |\n|--|--|--|\n| 初级 | 其他 | 1元 |\n| 其他 | 拖网、围网 | 2元 |\n"
)


def test_two_rows_that_leave_one_case_to_each_other_are_an_error():
    assert [code_ for code_, _ in told(CROSSED)] == ["table-row"]
    assert [code_ for code_, _ in told(CROSSED + "| 初级 | 围网 | 3元 |\n")] == ["table-row"]
    assert told(CROSSED + "| 初级 | 拖网、围网 | 3元 |\n") == []
    assert told(CROSSED + "| 初级 | 围网 | 3元 |\n| 初级 | 拖网 | 4元 |\n") == []


def test_of_many_ranges_those_that_overlap_are_told():
    rows = "".join(f"| {n * 10} 至 {n * 10 + 9} | {n}元 |\n" for n in range(400))
    text = f"表:标准 按 功率\n\n| 功率 | 钱 |\n|--|--|\n{rows}"
    assert told(text) == []
    assert len(told(f"{text}| 55 至 70 | 1元 |\n| 3999 以上 | 1元 |\n")) == 2


def test_a_value_missing_between_two_signs_is_an_error():
    assert [code_ for code_, _ in told("表:标准 按 船型\n\n| 船型 | 钱 |\n|--|--|\n| 拖网、 | 1元 |\n")] == ["bad-cell"]


def test_overlapping_ranges_are_an_error():
    text = "表:标准 按 功率\n\n| 功率 | 钱 |\n|--|--|\n| 1 至 10 | 1元 |\n| 10 以上 | 2元 |\n"
    assert [code_ for code_, _ in told(text)] == ["table-row"]


@pytest.mark.parametrize(
    ("rules", "code_"),
    [
        ("金额: 标准[船型, 功率]", "table-keys"),
        ("金额: 标准[功率]", "table-keys"),
        ("金额: 标难[船型]", "unknown-name"),
        ("金额: 标准", "unknown-name"),
        ("条件 甲: 船型、功率 属于 标准\n金额: 1 元", "table-keys"),
        ("条件 甲: 船型 属于 名册\n金额: 1 元", "unknown-name"),
    ],
)
def test_a_table_asked_wrongly_is_an_error(rules, code_):
    assert [found for found, _ in told(RATES, rules)] == [code_]


def test_a_column_that_按_names_must_be_there():
    assert told("表:标准 按 船形\n\n| 船型 | 钱 |\n|--|--|\n| 拖网 | 1元 |\n")[0][0] == "table-column"


def test_two_tables_of_one_name_are_an_error():
    assert told(RATES + RATES)[0][0] == "duplicate-name"
