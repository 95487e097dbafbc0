"""The words the language itself owns, and which of them a misspelt word was meant to be.

A word is a keyword only when the whole run of letters is one; nothing here looks inside a name. Pure data and one
distance; whoever reports a mistake decides what to say about it.
"""

from __future__ import annotations

from collections.abc import Iterable

from jixiang.language.surface import CompareOp

COMPARISONS: dict[str, CompareOp] = {
    ">=": ">=",
    "≥": ">=",
    "不少于": ">=",
    "不低于": ">=",
    "满": ">=",
    "不早于": ">=",
    "<=": "<=",
    "≤": "<=",
    "不超过": "<=",
    "不高于": "<=",
    "不晚于": "<=",
    ">": ">",
    "超过": ">",
    "高于": ">",
    "晚于": ">",
    "<": "<",
    "少于": "<",
    "低于": "<",
    "早于": "<",
    "=": "=",
    "为": "=",
    "≠": "≠",
    "!=": "≠",
    "不为": "≠",
}
ADDITIVE = {"+": "+", "加": "+", "-": "-", "减": "-"}
MULTIPLICATIVE = {"×": "×", "*": "×", "乘": "×", "÷": "÷", "/": "÷", "除以": "÷"}

# Heads that may also be spoken of inside an expression: 分期 预拨: 金额 × 50 %, 每 人员、荣誉.
SPEAKABLE_HEADS = ("适用日", "受益人", "收款人", "金额", "荣誉", "服务")
HEADS = (
    "对象",
    "适用日",
    "受益人",
    "收款人",
    "定义",
    "参数",
    "条件",
    "金额",
    "荣誉",
    "服务",
    "分期",
    "上限",
    "互斥",
    "先高后低",
    "次序",
    "过渡",
)
NAMED_HEADS = ("定义", "参数", "条件", "分期", "上限", "互斥", "先高后低")

CLAUSES = (
    "其中",
    "自",
    "起",
    "当",
    "至迟",
    "逾期",
    "追回",
    "每",
    "最多",
    "只享其一",
    "比",
    "仍按",
    "每年",
    "每月",
    "与",
    "合计",
    "高额优先",
    "先到先得",
    "就高补差",
    "从大到小",
    "在先",
)
PICKS = ("高额优先", "先到先得", "就高补差")
EXPRESSION_WORDS = (
    *("若", "则", "否则", "且", "或", "非", "属于", "不属于", "在", "至", "有", "无", "于", "是", "否", "的"),
    *(word for word in (*COMPARISONS, *ADDITIVE, *MULTIPLICATIVE) if word.isalpha()),
)
KEYWORDS = frozenset((*HEADS, *CLAUSES, *EXPRESSION_WORDS))

BUILT_IN_VALUES = frozenset(("决定日", "当期", "本", "其", "其余", "全市"))
PARTS_OF_TIME = frozenset(("当月", "上月", "当年", "上年", "首日", "末日"))
FUNCTIONS = frozenset(
    (
        *("计数", "去重计数", "求和", "平均", "最大", "最小", "最早", "最晚", "存在", "不存在", "最长连续"),
        *("均分", "年龄", "整月数", "天数", "较小", "较大", "较早", "较晚", "取整"),
    )
)
ROUND_UNITS = frozenset(("十元", "百元", "千元"))  # of 取整: units, not amounts in words
OWN_WORDS = ROUND_UNITS | KEYWORDS | BUILT_IN_VALUES | PARTS_OF_TIME | FUNCTIONS

# What officials write behind a number, and the word that stands before it here.
BOUND_BEHIND = {
    "以上": "不少于",
    "及以上": "不少于",
    "以下": "不超过",
    "及以下": "不超过",
    "以内": "不超过",
    "之内": "不超过",
    "内": "不超过",
}
# What officials write instead, and the word the language has for it.
SAID_OTHERWISE = {
    "大于": "超过",
    "多于": "超过",
    "小于": "少于",
    "等于": "为",
    "不等于": "不为",
    "不是": "不为",
    "大于等于": "不少于",
    "大于或等于": "不少于",
    "不小于": "不少于",
    "至少": "不少于",
    "达到": "不少于",
    "小于等于": "不超过",
    "小于或等于": "不超过",
    "不大于": "不超过",
    "不多于": "不超过",
    "至多": "不超过",
    "并且": "且",
    "而且": "且",
    "同时": "且",
    "以及": "且",
    "和": "且",
    "and": "且",
    "AND": "且",
    "或者": "或",
    "或是": "或",
    "or": "或",
    "OR": "或",
    "not": "非",
    "NOT": "非",
    "如果": "若",
    "假如": "若",
    "若是": "若",
    "没有": "无",
    "并非": "非",
    "x": "×",
    "X": "×",
    "那么": "则",
    "否则的话": "否则",
    "属於": "属于",
    "包含于": "属于",
    "到": "至",
    "之": "的",
    "最高": "最多",
    "不得超过": "最多",
    "早於": "早于",
    "晚於": "晚于",
    "==": "=",
    "<>": "≠",
    "~": "至",
    "&": "且",
    "&&": "且",
    "|": "或",
    "||": "或",
    "!": "非",
}


def nearest(word: str, choices: Iterable[str]) -> str:
    """The one of `choices` that `word` was most likely meant to be; "" when none is near enough.

    Near is one slip (a letter wrong, missing, added, or two swapped) in a word of up to four letters, two in a longer
    one, with at least one letter in common. Of equals the one that holds the word or lies in it, then the one that shares
    most letters, then the first.
    """
    slips_max = 1 if len(word) <= 4 else 2
    best = ""
    best_score = (slips_max, True, 1)
    for choice in choices:
        shared = len(set(word) & set(choice))
        if abs(len(choice) - len(word)) > slips_max or not shared:
            continue
        score = (slips(word, choice), choice not in word and word not in choice, -shared)
        if score < best_score:
            best, best_score = choice, score
    return best


def slips(one: str, other: str) -> int:
    """How many single slips lead from one word to the other (edit distance; two neighbours swapped are one slip)."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, above = above, row
    return above[-1]
