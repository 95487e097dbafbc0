"""Words, symbols, numbers, dates, remarks; runs without spaces are taken apart."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.language.lexer import lex
from jixiang.language.literals import read_literal
from jixiang.language.source import Line, fold
from jixiang.language.tokens import spell
from jixiang.language.words import KEYWORDS, nearest, slips
from jixiang.values.month import Month
from jixiang.values.problem import Place

NAMES = frozenset(("缴费月数", "持证人", "出生日期", "有效", "人员", "失信", "加班工资", "标准", "每年限额", "等级"))


def lexed(text, names=NAMES):
    problems = []
    return lex(Line("t.md", 1, text), names, problems), problems


def pieces(text):
    return [(token.kind, token.text) for token in lexed(text)[0]]


def codes(text):
    return [problem.code for problem in lexed(text)[1]]


# Words


def test_a_word_is_a_keyword_only_when_the_whole_run_is_one():
    assert pieces("加班工资 加 为民路 为 或有事项") == [
        ("name", "加班工资"),
        ("keyword", "加"),
        ("name", "为民路"),
        ("keyword", "为"),
        ("name", "或有事项"),
    ]
    assert codes("加班工资 加 为民路 为 或有事项") == []


def test_a_name_may_hold_digits_and_underscores_behind_its_first_letter():
    assert pieces("甲2 A_1 _乙") == [("name", "甲2"), ("name", "A_1"), ("name", "_乙")]


def test_full_width_punctuation_is_half_width_punctuation():
    wide, narrow = "条件 甲：（乙，丙）［１］≧５％；“丁”", '条件 甲:(乙,丙)[1]≥5%;"丁"'
    assert pieces(wide) == pieces(narrow)
    assert len(fold(wide)) == len(wide)


def test_a_remark_runs_to_the_end_of_its_line():
    assert pieces("金额 注：一切 都; 可以 # 写") == [("keyword", "金额"), ("remark", "注：一切 都; 可以 # 写")]
    assert pieces("备注: 甲")[0] == ("name", "备注")


def test_document_names_and_texts_are_kept_as_written():
    tokens, problems = lexed("与《甲（试行）》 “乙，丙”")
    assert problems == []
    assert [token.value for token in tokens[1:]] == ["甲（试行）", "乙，丙"]


# Runs without spaces


@pytest.mark.parametrize(
    ("run", "spaced"),
    [
        ("缴费月数不少于12个月", "缴费月数 不少于 12 个月"),
        ("不少于12个月", "不少于 12 个月"),
        ("自2019-01-01起12个月", "自 2019-01-01 起 12 个月"),
        ("2021年6月30日起", "2021年6月30日 起"),
        ("持证人的出生日期", "持证人 的 出生日期"),
        ("每人员5年内最多3次", "每 人员 5 年内 最多 3 次"),
        ("不少于十二个月", "不少于 12 个月"),
        ("最多一次", "最多 1 次"),
        ("无失信且有效", "无 失信 且 有效"),
        ("加班工资加标准", "加班工资 加 标准"),
        ("每年限额为每年限额", "每年限额 为 每年限额"),
        ("满16周岁", "满 16 周岁"),
    ],
)
def test_a_run_is_taken_apart_by_the_names_and_keywords_in_force(run, spaced):
    tokens, problems = lexed(run)
    assert [(p.code, p.suggestion) for p in problems] == [("needs-spaces", spaced)]
    assert problems[0].place == Place("t.md", 1, 1, len(run), "", run)
    assert spell(tokens) == spaced
    assert lexed(spaced)[1] == []


@pytest.mark.parametrize("run", ["有效", "加班工资", "满意度", "未知名称", "缴费月数持证人", "为民路"])
def test_a_name_and_what_cannot_be_taken_apart_stay_whole(run):
    assert pieces(run) == [("name", run)]
    assert codes(run) == []


# Numbers and dates


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12 个月", Fraction(12), "个月"),
        ("12个月", Fraction(12), "个月"),
        ("2 年", Fraction(24), "个月"),
        ("1000元", Fraction(1000), "元"),
        ("5 万元", Fraction(50000), "元"),
        ("0.5 万元", Fraction(5000), "元"),
        ("5.5 %", Fraction(55, 1000), "%"),
        ("100％", Fraction(1), "%"),
        ("16 周岁", Fraction(16), "岁"),
        ("16 岁", Fraction(16), "岁"),
        ("30 日", Fraction(30), "天"),
        ("30 天", Fraction(30), "天"),
        ("5 个工作日", Fraction(5), "个工作日"),
        ("5 工作日", Fraction(5), "个工作日"),
        ("20 课时", Fraction(20), "课时"),
        ("30 人", Fraction(30), "人"),
        ("60 分", Fraction(60), "分"),
        ("3 次", Fraction(3), "次"),
        ("0.5", Fraction(1, 2), ""),
        ("2021 年度", 2021, "年度"),
        ("2021-06-30", date(2021, 6, 30), ""),
        ("2021年6月30日", date(2021, 6, 30), ""),
        ("2021 年 6 月 30 日", date(2021, 6, 30), ""),
        ("2021-06", Month.parse("2021-06"), ""),
        ("2021年6月", Month.parse("2021-06"), ""),
        ("6-18-01-07", "6-18-01-07", ""),
    ],
)
def test_it_reads_a_literal(text, value, unit):
    (token,), problems = lexed(text)
    assert (token.kind, token.value, token.unit, problems) == ("literal", value, unit, [])
    literal = read_literal(text, Place("t.md", 1))
    assert (literal.value, literal.unit) == (value, unit)


def test_a_span_of_years_is_no_quantity():
    (token,), problems = lexed("5 年内")
    assert (token.kind, token.value, token.unit, problems) == ("within", 5, "年", [])
    assert read_literal("5 年内", Place("t.md", 1)) is None


@pytest.mark.parametrize(
    ("text", "code", "suggestion", "value"),
    [
        ("2021-02-30", "no-such-date", "2021-02-28", date(2021, 2, 28)),
        ("2021-13-01", "no-such-date", "2021-12-01", date(2021, 12, 1)),
        ("0000-01-01", "no-such-date", "0001-01-01", date(1, 1, 1)),
        ("2021年2月30日", "no-such-date", "2021-02-28", date(2021, 2, 28)),
        ("2021/6/30", "date-form", "2021-06-30", date(2021, 6, 30)),
        ("2021.6.30", "date-form", "2021-06-30", date(2021, 6, 30)),
        ("2021-6-30", "date-form", "2021-06-30", date(2021, 6, 30)),
        ("2021-13", "no-such-month", "2021-12", Month.parse("2021-12")),
        ("2021-6", "date-form", "2021-06", Month.parse("2021-06")),
        ("1,000元", "thousands-separator", "1000 元", Fraction(1000)),
        ("2021年", "bare-year", "2021 年度", 2021),
        ("21 年度", "bad-year", "2021 年度", 21),
        ("十二个月", "number-in-words", "12 个月", Fraction(12)),
        ("一百零五元", "number-in-words", "105 元", Fraction(105)),
        ("1" * 40, "number-too-long", "0", Fraction(0)),
    ],
)
def test_a_literal_with_a_flaw_is_reported_and_understood(text, code, suggestion, value):
    (token,), (problem,) = lexed(text)
    assert (problem.code, problem.suggestion, token.value) == (code, suggestion, value)
    assert read_literal(text, Place("t.md", 1)) is None


@pytest.mark.parametrize(
    "text", ["", "四级", "12 个月起", "甲、乙", "1 至 3", "-", "- 甲", "-2021-06-30", '"', '"甲"乙"']
)
def test_what_is_no_literal_is_none(text):
    assert read_literal(text, Place("t.md", 1)) is None


def test_cells_may_hold_booleans_texts_and_amounts_below_zero():
    values = [read_literal(text, Place("t.md", 1)).value for text in ("是", "否", "“甲”", "-5000元", "－ 1")]
    assert values == [True, False, "甲", Fraction(-5000), Fraction(-1)]


# What is no token


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("甲。", "strange-character", "删去 '。'"),
        ("甲 # 说明", "hash-remark", "注: 说明"),
        ("@@", "strange-character", "删去 '@@'"),
        ("《甲 乙", "unclosed-quote", "《甲》"),
        ('"甲', "unclosed-quote", '"甲"'),
        ("《 》", "empty-name", "《文件名》"),
        ("甲 == 1", "other-notation", "="),
        ("甲 && 乙", "other-notation", "且"),
        ("1 ~ 2", "other-notation", "至"),
    ],
)
def test_a_strange_character_is_reported_once(text, code, suggestion):
    assert [(p.code, p.suggestion) for p in lexed(text)[1]][:1] == [(code, suggestion)]


@given(st.text(max_size=80))
def test_any_line_lexes_with_its_tokens_in_order(text):
    tokens, problems = lexed(text.replace("\n", " ").replace("\r", " "))
    ends = [0]
    for token in tokens:
        assert ends[-1] <= token.start < token.end <= len(text)
        ends.append(token.end)
    assert all(1 <= p.place.column <= len(text) for p in problems)


# Misspelt words


def test_slips_count_letters_wrong_missing_added_and_swapped():
    assert [slips("条件", other) for other in ("条件", "条侓", "件条", "条", "条件件", "对象")] == [0, 1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("条侓", "条件"),
        ("件条", "条件"),
        ("收益人", "受益人"),
        ("先高后底", "先高后低"),
        ("高额优选", "高额优先"),
        ("文章", ""),
    ],
)
def test_the_nearest_keyword_is_the_one_that_was_meant(word, meant):
    assert nearest(word, sorted(KEYWORDS)) == meant
