"""Expressions and literals of a document in plain words: 缴费月数 不少于 12 个月 as a person would say it.

Reads the surface tree, in which names stand as they were written. Only wording: nothing is resolved or evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from jixiang.language import surface as s
from jixiang.values.month import Month

WORDS = {"<": "少于", "<=": "不超过", ">": "超过", ">=": "不少于", "=": "为", "≠": "不是"}
PARTS = {"上月": "上一个月", "上年": "上一年", "首日": "第一天", "末日": "最后一天"}
OVER = {
    "求和": "之和",
    "平均": "的平均数",
    "最大": "中最大的",
    "最小": "中最小的",
    "最早": "中最早的",
    "最晚": "中最晚的",
    "去重计数": "有几个不同的",
    "最长连续": "最长连续几个月",
    "计数": "有几条",
}
OF_TWO = {"较小": "较小的", "较大": "较大的", "较早": "较早的", "较晚": "较晚的"}


def said(node: s.Expr, entity: str = "", columns: Mapping[str, str] | None = None) -> str:
    """An expression of a policy about `entity`, as a part of a sentence. `columns`: what a table with one column of values
    calls it."""
    return tidy(Speaker(entity, columns or {}).say(node))


def sentence(node: s.Expr, entity: str = "", columns: Mapping[str, str] | None = None) -> str:
    """A condition. One that is a mere name is asked after."""
    text = said(node, entity, columns)
    return f"“{text}”为是" if isinstance(node, s.Path) else text


def day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def tidy(text: str) -> str:
    """Marks as they are printed; numbers stand off from words, but not from marks."""
    text = re.sub(r"(?<!\d),|,(?!\d)", "，", text).replace(";", "；").replace(":", "：")
    text = re.sub(r" +", " ", text).strip()
    return re.sub(r" ?([，。；：、（）“”《》]) ?", r"\1", text)


@dataclass(frozen=True)
class Speaker:
    """`entity`: what 本 is; `row`: what 其 is, after 其中."""

    entity: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    row: str = ""

    def say(self, node: s.Expr) -> str:
        match node:
            case s.Literal_():
                return literal(node)
            case s.Path():
                return self.path(node)
            case s.TableLookup(table=table, keys=keys, column=column):
                what = column.text if column else self.columns.get(table.text, "数")
                return f"表“{table.text}”里按{self.listed(keys)}查到的{what}"
            case s.Call():
                return self.call(node)
            case s.AsOf(expr=expr, day=on):
                return f"{self.say(expr)}（按{self.say(on)}）"
            case s.Binary(op=op, left=left, right=right):
                return self.reckoned(op, left, right)
            case s.Choice(condition=condition, then=then, otherwise=otherwise):
                return f"如果{self.say(condition)}，就是{self.say(then)}；否则是{self.say(otherwise)}"
            case _:
                return self.truth(node)

    def truth(self, node: s.Expr) -> str:
        match node:
            case s.Comparison(op=op, word=word, left=left, right=right):
                word = WORDS[op] if op == "≠" or not word.isalpha() else word
                return f"{self.say(left)}{word}{self.say(right)}"
            case s.Within(value=value, low=low, high=None):
                return f"{self.say(value)}在{self.say(low)}之内"
            case s.Within(value=value, low=low, high=high) if high is not None:
                return f"{self.say(value)}在{self.say(low)}到{self.say(high)}之间（两头都算）"
            case s.Membership():
                return self.member(node)
            case s.Presence(expr=expr, negated=negated):
                return f"{'没有' if negated else '有'}{self.say(expr)}"
            case s.Junction(op=op, items=items):
                return ("，并且" if op == "且" else "，或者").join(self.inside(item, op) for item in items)
            case s.Negation(expr=expr):
                return self.denied(expr)
        raise TypeError(f"no words for {type(node).__name__}")

    def inside(self, node: s.Expr, op: str) -> str:
        """One of several: in brackets where it would run into the next."""
        text = self.say(node)
        mixed = isinstance(node, s.Junction) and node.op != op
        long = (
            isinstance(node, s.Call)
            and isinstance(node.arguments[0].where, s.Junction)
            and node.function.text in ("存在", "不存在")
        )
        return f"（{text}）" if mixed or (long and self.row == "") else text

    def denied(self, node: s.Expr) -> str:
        if isinstance(node, s.Path):
            return f"不是“{self.say(node)}”"
        if isinstance(node, s.Call) and node.function.text == "存在":
            return self.call(replace(node, function=replace(node.function, text="不存在")))
        return f"并非（{self.say(node)}）"

    def member(self, node: s.Membership) -> str:
        who, no = self.listed(node.items), "不" if node.negated else ""
        if isinstance(node.domain, s.SetOf):
            options = self.listed(node.domain.items)
            if len(node.domain.items) == 1:
                return f"{who}{no}是{options}"
            return f"{who}{no}是{options}{'当中的任何一个' if no else '之一'}"
        match node.domain:
            case s.AsOf(expr=domain, day=when):
                return f"{who}{no}属于“{self.say(domain)}”（按{self.say(when)}）"
        return f"{who}{no}属于“{self.say(node.domain)}”"

    def reckoned(self, op: str, left: s.Expr, right: s.Expr) -> str:
        def part(node: s.Expr) -> str:
            text = self.say(node)
            loose = isinstance(node, s.Choice) or (isinstance(node, s.Binary) and node.op in "+-" and op in "×÷")
            return f"（{text}）" if loose else text

        word = {"+": "加", "-": "减", "×": " × ", "÷": " ÷ "}[op]
        return f"{part(left)}{word}{part(right)}"

    def listed(self, nodes: tuple[s.Expr, ...]) -> str:
        return "、".join(self.say(node).strip() for node in nodes)

    # Names -------------------------------------------------------------------------------------------------------

    def path(self, node: s.Path) -> str:
        words = [PARTS.get(word.text, word.text) for word in node.words]
        if words[0] == "其" and len(words) > 1:
            words[0] = f"这条{self.row or '记录'}"
        if words[0] == "本":
            words[0] = f"本{self.entity}"
        if len(words) == 1:
            return words[0]
        return f"{''.join(words[:-1])}的{words[-1]}"

    # Functions ---------------------------------------------------------------------------------------------------

    def call(self, node: s.Call) -> str:
        name, first = node.function.text, node.arguments[0]
        match name:
            case "存在" | "不存在":
                return self.exists(first, name == "存在")
            case "均分":
                return f"{self.say(first.expr)}由{self.of_rows(node.arguments[1], '')}平分"
            case _ if name in OVER:
                return self.of_rows(first, OVER[name])
        parts = [self.say(argument.expr) for argument in node.arguments]
        match name:
            case "年龄":
                return f"{parts[0]}在{parts[1]}的年龄"
            case "整月数":
                return f"从{parts[0]}到{parts[1]}的整月数"
            case "天数":
                return f"从{parts[0]}到{parts[1]}的天数（两头都算）"
            case "取整":
                return f"{parts[0]}（以{parts[1].strip()}为单位{parts[2] if len(parts) > 2 else '四舍五入'}）"
            case _ if name in OF_TWO:
                return f"{('和' if len(parts) == 2 else '、').join(parts)}当中{OF_TWO[name]}"
        return f"{name}（{'，'.join(parts)}）"

    def exists(self, argument: s.Argument, there: bool) -> str:
        rows = self.say(argument.expr)
        if argument.where is None:
            return f"{'有' if there else '没有'}{rows}"
        where = replace(self, row=_row(argument.expr, 1)).say(argument.where)
        return f"{rows}里{'有' if there else '没有'}这样的：{where}"

    def of_rows(self, argument: s.Argument, what: str) -> str:
        rows = self.say(argument.expr)
        if argument.where is None:
            return f"{rows}{what}"
        row = _row(argument.expr, 1 if what in ("", OVER["计数"]) else 2)
        return f"{rows}{what}（只算：{replace(self, row=row).say(argument.where)}）"


def _row(node: s.Expr, back: int) -> str:
    """The name of the rows that a path leads to."""
    if isinstance(node, s.Path):
        return node.words[-min(back, len(node.words))].text
    return ""


def literal(node: s.Literal_) -> str:
    match node.value:
        case bool():
            return "是" if node.value else "否"
        case date():
            return f" {day(node.value)}"
        case Month():
            return f" {node.value.year}年{node.value.month}月"
        case str():
            return node.value if re.fullmatch(r"[\d-]+", node.value) else f"“{node.value}”"
    value = Fraction(node.value)
    match node.unit:
        case "%":
            return f" {number(value * 100)}% "
        case "岁":
            return f" {number(value)} 周岁"
        case "年度":
            return f" {value} 年度"
    return f" {number(value)} {node.unit}"


def number(value: Fraction) -> str:
    """With thousands apart; a fraction as it was written."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{Decimal(value.numerator) / Decimal(value.denominator):,.6f}".rstrip("0")
