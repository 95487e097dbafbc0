"""Statements and expressions: the tree of each form, and what is said about each mistake."""

from datetime import date
from fractions import Fraction

import pytest

from jixiang.language.parser import names_given, parse_expression, parse_literal, parse_rules
from jixiang.language.parts import Text
from jixiang.language.source import Line
from jixiang.language.surface import (
    Argument,
    AsOf,
    Benefit,
    Binary,
    Call,
    Choice,
    Comparison,
    Define,
    Instalment,
    Junction,
    LimitStatement,
    Literal_,
    Membership,
    Negation,
    OrderStatement,
    Parameter,
    Path,
    Per,
    Presence,
    Role,
    SetOf,
    Subject,
    TableLookup,
    Transition,
    Within,
)
from jixiang.values.problem import Place

NAMES = frozenset(("甲", "乙", "丙", "丁", "人员", "职业", "等级", "发证日期", "缴费月数", "有效", "失信", "持证人"))


def rules(text):
    lines = [Line("t.md", number, line) for number, line in enumerate(text.split("\n"), 1)]
    problems = []
    statements = [statement for statement, _ in parse_rules(lines, NAMES | names_given(lines), problems)]
    return statements, problems


def rule(text):
    (statement,), problems = rules(text)
    assert problems == []
    return statement


def expression(text):
    expr, problems = parse_expression(Text(text, Place("t.md", 1, 1, len(text), "", text)), NAMES)
    assert problems == []
    return expr


def shape(node):
    """An expression with every operator's reach shown in brackets."""
    match node:
        case Literal_(value=value, unit=unit):
            return f"{value}{unit}"
        case Path(words=words):
            return ".".join(word.text for word in words)
        case TableLookup():
            column = f".{node.column.text}" if node.column else ""
            return f"{node.table.text}[{','.join(map(shape, node.keys))}]{column}"
        case Call():
            return f"{node.function.text}({','.join(map(shape, node.arguments))})"
        case Argument(expr=expr, where=where):
            return shape(expr) + (f"|{shape(where)}" if where else "")
        case AsOf():
            return f"({shape(node.expr)} 于 {shape(node.day)})"
        case Binary() | Comparison():
            return f"({shape(node.left)} {node.op} {shape(node.right)})"
        case Within():
            return f"({shape(node.value)} 在 {shape(node.low)}{' ' + shape(node.high) if node.high else ''})"
        case Membership():
            return f"({','.join(map(shape, node.items))} {'不' * node.negated}属于 {shape(node.domain)})"
        case SetOf(items=items):
            return "{" + ",".join(map(shape, items)) + "}"
        case Presence():
            return f"({'无' if node.negated else '有'} {shape(node.expr)})"
        case Junction():
            return "(" + f" {node.op} ".join(map(shape, node.items)) + ")"
        case Negation():
            return f"(非 {shape(node.expr)})"
        case Choice():
            return f"(若 {shape(node.condition)} 则 {shape(node.then)} 否则 {shape(node.otherwise)})"


# Expressions


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("甲", "甲"),
        ("甲.乙 的 丙", "甲.乙.丙"),
        ("是", "True"),
        ("1 + 2 × 3 - 4", "((1 + (2 × 3)) - 4)"),
        ("甲 加 12 个月 减 乙 除以 丙 乘 2", "((甲 + 12个月) - ((乙 ÷ 丙) × 2))"),
        ("(1 + 2) * 3 / 4", "(((1 + 2) × 3) ÷ 4)"),
        ("甲 不少于 乙 于 丙", "(甲 >= (乙 于 丙))"),
        ("甲 于 丙 加 1", "((甲 于 丙) + 1)"),
        ("甲 且 非 乙 且 丙", "(甲 且 (非 乙) 且 丙)"),
        ("(甲 且 乙) 或 丙", "((甲 且 乙) 或 丙)"),
        ("非 (甲 或 乙)", "(非 (甲 或 乙))"),
        ("甲 在 乙 至 丙 加 6 个月", "(甲 在 乙 (丙 + 6个月))"),
        ("甲 在 2020 年度", "(甲 在 2020年度)"),
        ("甲 属于 {乙、丙,1}", "(甲 属于 {乙,丙,1})"),
        ("职业、等级 属于 甲 于 乙", "(职业,等级 属于 (甲 于 乙))"),
        ("甲 不属于 乙", "(甲 不属于 乙)"),
        ("有 甲 且 无 甲.乙", "((有 甲) 且 (无 甲.乙))"),
        ("若 甲 则 1 否则 若 乙 则 2 否则 3", "(若 甲 则 1 否则 (若 乙 则 2 否则 3))"),
        ("甲 × (若 乙 则 1 否则 2)", "(甲 × (若 乙 则 1 否则 2))"),
        ("丁[甲, 乙 加 1].丙", "丁[甲,(乙 + 1)].丙"),
        ("丁[甲]", "丁[甲]"),
        ("求和(甲.乙 其中 丙 且 丁, 1)", "求和(甲.乙|(丙 且 丁),1)"),
        ("适用日.当月", "适用日.当月"),
        ("金额 × 50 %", "(金额 × 1/2%)"),
    ],
)
def test_it_reads_an_expression(text, tree):
    assert shape(expression(text)) == tree


@pytest.mark.parametrize(
    ("words", "op"),
    [
        (">= ≥ 不少于 不低于 满 不早于 ≧ ＞＝", ">="),
        ("<= ≤ 不超过 不高于 不晚于", "<="),
        ("> 超过 高于 晚于 ＞", ">"),
        ("< 少于 低于 早于", "<"),
        ("= 为 ＝", "="),
        ("≠ 不为 !=", "≠"),
    ],
)
def test_it_knows_the_words_for_comparing(words, op):
    for word in words.split():
        assert expression(f"甲 {word} 1").op == op


def test_a_comparison_keeps_its_word_and_places_cover_the_whole():
    found = expression("甲 不少于 (乙 加 1)")
    assert found.word == "不少于"
    assert (found.place.column, found.place.length) == (1, 13)
    assert (found.right.place.column, found.right.place.length) == (8, 5)


def test_a_part_of_a_line_has_places_on_the_line():
    source = "| 案例 | 单位.规模 |"
    expr, _ = parse_expression(Text("单位.规模", Place("t.md", 7, 8, 5, "第一条", source)))
    assert expr.words[1].place == Place("t.md", 7, 11, 2, "第一条", source)


def test_an_expression_that_is_none_gives_nothing_and_says_why():
    for text in ("", "且", "甲 +", "(甲", "甲)", "甲 乙"):
        expr, problems = parse_expression(Text(text, Place("t.md", 1, 1, 1, "", text)), NAMES)
        assert expr is None and len(problems) == 1


def test_a_cell_is_a_literal_or_not():
    assert parse_literal("5 万元", Place("t.md", 1)).value == Fraction(50000)
    assert parse_literal("四级", Place("t.md", 1)) is None


# Statements


def test_it_reads_the_subject():
    subject = rule("对象: 甲 每月 其中 乙")
    assert isinstance(subject, Subject)
    assert (subject.entity.text, subject.each, shape(subject.where)) == ("甲", "每月", "乙")
    assert (rule("对象: 甲").each, rule("对象: 甲").where) == ("", None)


def test_it_reads_roles_and_benefits():
    assert [(type(r), shape(r.expr)) for r in (rule("适用日: 甲.乙"), rule("受益人: 甲"), rule("收款人: 甲.丙"))] == [
        (Role, "甲.乙"),
        (Role, "甲"),
        (Role, "甲.丙"),
    ]
    assert [(type(b), b.kind) for b in (rule("金额: 1 元"), rule("荣誉: 丁[甲]"), rule('服务: "上门"'))] == [
        (Benefit, "金额"),
        (Benefit, "荣誉"),
        (Benefit, "服务"),
    ]


def test_it_reads_definitions_of_the_subject_and_of_an_entity():
    own, others = rule("定义 戊: 甲 + 1"), rule("定义 人员.戊: 甲")
    assert isinstance(own, Define) and (own.entity, own.name.text) == (None, "戊")
    assert (others.entity.text, others.name.text) == ("人员", "戊")


def test_it_reads_a_dated_parameter():
    parameter = rule("参数 戊: 36 个月; 自 2019-01-01 起 12 个月；自 2021年1月1日 起 6 个月")
    assert isinstance(parameter, Parameter)
    assert [(day, shape(value)) for day, value in parameter.steps] == [
        (None, "36个月"),
        (date(2019, 1, 1), "12个月"),
        (date(2021, 1, 1), "6个月"),
    ]


def test_it_reads_instalments():
    plain, settled = (
        rule("分期 预拨: 金额 × 50 % 当 有 甲"),
        rule("分期 结算: 其余 当 甲; 至迟 乙 加 6 个月, 逾期 追回"),
    )
    assert isinstance(plain, Instalment) and plain.deadline is None
    assert (shape(settled.amount), shape(settled.when), shape(settled.deadline)) == ("其余", "甲", "(乙 + 6个月)")


def test_it_reads_a_limit():
    limit = rule("上限 戊: 与《甲》《乙（试行）》合计 每 人员、甲.职业 5 年内 最多 3 次 当 有效, 高额优先 注: 己")
    assert isinstance(limit, LimitStatement)
    assert (limit.kind, limit.name.text, [p.text for p in limit.policies]) == ("上限", "戊", ["甲", "乙（试行）"])
    assert [shape(key) for key in limit.keys] == ["人员", "甲.职业"]
    assert (limit.per, shape(limit.most), shape(limit.when), limit.pick) == (
        Per("内", 5, "年"),
        "3次",
        "有效",
        "高额优先",
    )
    assert limit.text == "与《甲》《乙（试行）》合计 每 人员、甲.职业 5 年内 最多 3 次 当 有效, 高额优先"
    assert limit.level is None


def test_it_reads_an_exclusion_and_a_ladder():
    exclusive = rule("互斥: 与《甲》《乙》 每 人员 每月 只享其一, 就高补差")
    assert (exclusive.kind, exclusive.name, exclusive.per, exclusive.most) == ("互斥", None, Per("每月"), None)
    assert (len(exclusive.policies), exclusive.pick) == (2, "就高补差")
    ladder = rule("先高后低: 与《甲》合计 每 人员、职业 比 等级")
    assert (ladder.kind, shape(ladder.level), ladder.per, ladder.pick) == ("先高后低", "等级", None, "")


def test_it_reads_order_and_transition():
    order = rule("次序: 《甲》 在先, 乙 在先, 丙 从大到小, 丁")
    assert isinstance(order, OrderStatement)
    assert [(i.policy and i.policy.text, i.expr and shape(i.expr), i.direction) for i in order.items] == [
        ("甲", None, "在先"),
        (None, "乙", "在先"),
        (None, "丙", "从大到小"),
        (None, "丁", ""),
    ]
    transition = rule("过渡: 甲 早于 2021-01-01 仍按《乙（2020年版）》")
    assert isinstance(transition, Transition) and transition.version.text == "乙（2020年版）"


def test_heads_may_be_spoken_of_in_expressions():
    assert shape(rule("上限: 每 人员、荣誉 最多 1 次 当 荣誉 不为 甲").keys[1]) == "荣誉"


# Lines


def test_a_statement_goes_on_in_indented_lines_past_blank_lines_and_remarks():
    statements, problems = rules("条件 戊: 甲\n  且 乙\n\n注: 说明\n  且 丙\n条件 己: 丁")
    assert problems == []
    assert [shape(s.expr) for s in statements] == ["(甲 且 乙 且 丙)", "丁"]


def test_a_block_may_be_indented_as_a_whole():
    statements, problems = rules("  条件 戊: 甲\n    且 乙\n  条件 己: 丁")
    assert (len(statements), problems) == (2, [])


def test_one_bad_statement_hides_no_other():
    statements, problems = rules("条件 戊: (甲\n条件 己: 乙\n条件 庚: 且\n条件 辛: 丙")
    assert [s.name.text for s in statements] == ["己", "辛"]
    assert [p.place.line for p in problems] == [1, 3]


def test_names_that_a_block_gives_are_read_first():
    lines = [
        Line("t.md", 1, t)
        for t in ("定义 人员.戊: 甲", "参数 己：1", "条件庚: 甲", "上限 辛: 每", "条件 为: 甲", "金额: 壬")
    ]
    assert names_given(lines) == {"人员", "戊", "己", "庚", "辛"}


# Mistakes: what is said, what is suggested, and whether the statement is still understood

MISTAKES = [
    ("条侓 戊: 甲", "unknown-statement", "条件", True),
    ("条件 戊 甲 为 乙", "missing-colon", "条件 戊:", True),
    ("条件 戊; 甲 为 乙", "missing-colon", ":", True),
    ("条件: 甲", "missing-name", "条件 名称:", False),
    ("条件 超过: 甲", "reserved-word", "", False),
    ("互斥 就高补差: 与《甲》 每 人员 只享其一", "reserved-word", "", False),
    ("条件 决定日: 甲", "reserved-word", "", True),
    ("条件 12个月: 甲", "bad-name", "", False),
    ("条件 戊 己: 甲", "space-in-name", "戊己", True),
    ("条件戊: 甲", "needs-spaces", "条件 戊", True),
    ("条件 戊: 缴费月数不少于12个月", "needs-spaces", "缴费月数 不少于 12 个月", True),
    ("条件 戊: 甲 且 乙 或 丙", "mixed-and-or", "'(甲 且 乙) 或 丙' 还是 '甲 且 (乙 或 丙)'", True),
    ("条件 戊: 1 < 甲 < 3", "chained-comparison", "1 < 甲 且 甲 < 3", True),
    ("条件 戊: 上月 为 甲", "bare-part", "决定日.上月", True),
    ("条件 戊: (甲 且 乙", "unbalanced-brackets", "", False),
    ("条件 戊: 甲)", "unbalanced-brackets", "", False),
    ("条件 戊: (甲]", "unbalanced-brackets", ")", False),
    ("条件 戊: 甲 大于 乙", "misspelt-word", "超过", True),
    ("条件 戊: 甲 并且 乙", "misspelt-word", "且", True),
    ("条件 戊: 甲 属於 乙", "misspelt-word", "属于", True),
    ("条件 戊: 甲 乙", "missing-operator", "", False),
    ("条件 戊: 甲 12 个月 以上", "bound-behind", "甲 不少于 12 个月", False),
    ("条件 戊: 甲 不少于 12 月", "unknown-unit", "12 个月", False),
    ("条件 戊: 甲、乙", "misplaced-list", "", False),
    ("条件 戊: 甲 为 乙、丙 且 丁", "misplaced-list", "属于 {乙、丙}", False),
    ("条件 戊: 甲 且", "unfinished", "", False),
    ("条件 戊: 且 甲", "value-expected", "", False),
    ("条件 戊: 甲;", "stray-punctuation", "删去 ';'", True),
    ("条件 戊: 甲.", "stray-punctuation", "删去 '.'", True),
    ("条件 戊: 发证日期 12个月内", "span-in-words", "决定日 不晚于 … 加 12 个月", False),
    ("条件 戊: 决定日 在 发证日期 起 12个月 以内", "span-in-words", "决定日 不晚于 … 加 12 个月", False),
    ("1. 条件 戊: 甲", "list-marker", "删去 '1.'", True),
    ("- 条件 戊: 甲", "list-marker", "删去 '-'", True),
    ("（一）条件 戊: 甲", "list-marker", "删去 '(一)'", True),
    ("条件 戊: 等级 是 四级", "misspelt-word", "为", True),
    ("条件 戊: 没有 等级", "misspelt-word", "无", True),
    ("金额: 如果 甲 则 1 元 否则 2 元", "misspelt-word", "若", True),
    ("条件 戊: 等级 属于 (四级、三级)", "wrong-brackets", "{四级、三级}", True),
    ("金额: 补贴标准[等级] 的 80%", "missing-operator", "× 80 %", False),
    ("金额: 甲 x 80%", "misspelt-word", "×", True),
    ("上限: 每人 最多 1 次", "misspelt-word", "每 人员", True),
    ("条件 戊: 甲.为", "reserved-word", "", False),
    ("条件 戊: 甲 于 乙 于 丙", "twice-dated", "", False),
    ("条件 戊: 求和(甲, 其中 乙) 为 1", "comma-before-where", "其中", True),
    ("条件 戊: 丁[甲、乙] 为 1", "wrong-separator", ",", True),
    ("条件 戊: 存在()", "no-arguments", "", False),
    ("条件 戊: {甲} 为 1", "misplaced-set", "", False),
    ("条件 戊: 甲 + 若 乙 则 1 否则 2", "if-needs-brackets", "(若 … 则 … 否则 …)", True),
    ("条件 戊: 若 甲 则 乙", "word-expected", "", False),
    ("条件 戊: 《甲》", "misplaced-document", "", False),
    ("条件 戊: 5 年内", "misplaced-span", "", False),
    ("条件 戊: -1 < 甲", "leading-minus", "0 -", False),
    ("条件 戊: 甲.丁[乙] 为 1", "not-one-word", "丁", False),
    ("条件 戊: 丁[乙].甲.丙", "extra-step", "", False),
    ("施行: 2021-01-01", "unknown-statement", "", False),
    ("表:丁 按 甲", "unknown-statement", "", False),
    ("对象: 12", "missing-name", "", False),
    ("对象: 甲 每 月", "misspelt-word", "每月", True),
    ("受益人: 1", "missing-name", "", False),
    ("参数 戊: 1; 自 2019-01 起 2", "date-expected", "2019-01-01", False),
    ("参数 戊: 1; 自 2019-01-01 2", "missing-word", "2019-01-01 起", True),
    ("参数 戊: 1, 自 2019-01-01 起 2", "wrong-separator", ";", True),
    ("参数 戊: 自 2019-01-01 起 2", "first-step-dated", "删去 '自 2019-01-01 起'", True),
    ("分期 戊: 金额", "word-expected", "", False),
    ("分期 戊: 金额 当 甲; 至迟 乙", "word-expected", "", False),
    ("上限: 每 人员 1 次", "missing-most", "最多 1 次", True),
    ("上限: 每 人员 不超过 1 次", "misspelt-word", "最多", True),
    ("上限: 人员 最多 1 次", "missing-word", "每 人员", True),
    ("上限: 每年 每 人员 最多 1 次", "misplaced-period", "每 人员 每年", True),
    ("上限: 每 人员,职业 最多 1 次", "wrong-separator", "、", True),
    ("上限: 与《甲》 每 人员 最多 1 次", "missing-word", "《甲》合计", True),
    ("上限: 《甲》合计 每 人员 最多 1 次", "missing-word", "与《甲》", True),
    ("上限: 与《甲》、《乙》合计 每 人员 最多 1 次", "wrong-separator", "删去 '、'", True),
    ("上限: 每 人员 最多 1 次, 高额优选", "unknown-pick", "高额优先", False),
    ("上限: 每 人员 最多 1 次; 高额优先", "wrong-separator", ",", True),
    ("互斥: 每 人员 只享其一", "missing-document", "与《文件名》", False),
    ("互斥: 与《甲》合计 每 人员 只享其一", "extra-word", "删去 '合计'", True),
    ("互斥: 与《甲》 每 人员 最多 1 次", "word-expected", "", False),
    ("先高后低: 每 人员 最多 1 次", "word-expected", "", False),
    ("次序: 甲 从小到大", "extra-word", "删去 '从小到大'", True),
    ("上限: 与《甲合计 每 人员 最多 1 次", "unclosed-quote", "《甲》", True),
    ("条件 戊: 甲 为 乙 # 见第三条", "hash-remark", "注: 见第三条", True),
    ("条件 戊: 甲 12个月以上", "bound-behind", "甲 不少于 12 个月", False),
    ("次序: 《甲》", "word-expected", "", False),
    ("过渡: 甲 仍按 乙", "missing-document", "《文件名》", False),
    ("条件 戊: " + "(" * 40 + "甲" + ")" * 40, "too-deep", "", False),
    ("条件 戊: " + "非 " * 40 + "甲", "too-deep", "", False),
    ("金额: " + "1 + " * 80 + "1", "too-long", "", False),
    ("金额: 求和(" + "甲, " * 2000 + "甲)", "too-long", "", False),
]


@pytest.mark.parametrize(("text", "code", "suggestion", "understood"), MISTAKES, ids=[m[0][:24] for m in MISTAKES])
def test_a_mistake_is_named_and_the_rest_goes_on(text, code, suggestion, understood):
    statements, problems = rules(f"{text}\n条件 己: 甲 为 乙")
    assert [(p.code, p.place.line) for p in problems] == [(code, 1)]
    assert problems[0].suggestion == suggestion
    assert len(statements) == 1 + understood


def test_an_indented_statement_is_its_own():
    statements, problems = rules("条件 戊: 甲\n  条件 己: 乙")
    assert [p.code for p in problems] == ["indented-statement"]
    assert len(statements) == 2


def test_a_line_that_can_only_go_on_is_joined():
    statements, problems = rules("条件 戊: 甲\n且 乙")
    assert [(p.code, p.suggestion) for p in problems] == [("continuation-not-indented", "  且")]
    assert shape(statements[0].expr) == "(甲 且 乙)"


def test_a_mistake_without_a_way_out_shows_how_the_statement_is_written():
    _, (problem,) = rules("互斥: 与《甲》 每 人员")
    assert "写法: 互斥 [名称]: 与《甲》《乙》 每 人员" in problem.message
