"""Expressions: recursive descent over the tokens of one statement.

Loosest first: 若…则…否则, 且 / 或, 非, comparison, sums, products, 于, and what stands alone. What can be understood in
spite of a mistake is (the problem is reported and the parse goes on); what cannot ends this statement and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from jixiang.language.cursor import Cursor
from jixiang.language.surface import (
    Argument,
    AsOf,
    Binary,
    Call,
    Choice,
    Comparison,
    Expr,
    Junction,
    Literal_,
    Membership,
    Negation,
    Path,
    Presence,
    SetOf,
    TableLookup,
    Within,
    Word,
)
from jixiang.language.tokens import Token, spell, stretch
from jixiang.language.words import ADDITIVE, COMPARISONS, MULTIPLICATIVE, PARTS_OF_TIME, SPEAKABLE_HEADS

_DEPTH_MAX = 30
_CHAIN_MAX = 60
_EXAMPLE_OWNERS = {
    "当月": "发证日期",
    "上月": "决定日",
    "当年": "决定日",
    "上年": "当期",
    "首日": "当期",
    "末日": "当期",
}


class Expressions(Cursor):
    """The expression part of the grammar. Each method reads one level and leaves the cursor behind it."""

    depth = 0

    def expression(self) -> Expr:
        self.mend_before()
        self.depth += 1
        if self.depth > _DEPTH_MAX:
            raise self.failure("too-deep", self.peek.place, "括号和层次太深,请用 '定义' 把里面的一部分单独取个名字")
        try:
            return self._choice() if self.peek.says("若") else self._joined()
        finally:
            self.depth -= 1

    def _choice(self) -> Expr:
        start = self.at
        self.next()
        condition = self.expression()
        self.expect("则", "'若 条件' 后面要写 '则 …'")
        then = self.expression()
        self.expect("否则", "'若 … 则 …' 后面要写 '否则 …':条件不成立时怎么办")
        return Choice(condition, then, self.expression(), self.since(start))

    def _joined(self) -> Expr:
        start = self.at
        items, starts, joints = [self._negation()], [start], list[Token]()
        while self.peek.says("且", "或"):
            joints.append(self.next())
            starts.append(self.at)
            items.append(self._negation())
        if not joints:
            return items[0]
        words = [joint.text for joint in joints]
        if "且" in words and "或" in words:
            return self._mixed(items, [*starts, self.at + 1], words)
        op = "且" if words[0] == "且" else "或"
        return Junction(op, tuple(items), self.since(start))  # type: ignore[arg-type]

    def _mixed(self, items: list[Expr], starts: list[int], words: list[str]) -> Expr:
        """且 and 或 side by side: nobody reads that the same way twice. Both bracketings are shown; 且 is taken to bind."""
        texts = [spell(self.tokens[a : b - 1]) for a, b in pairwise(starts)]
        both = " 还是 ".join(f"'{_bracketed(texts, words, inner)}'" for inner in ("且", "或"))
        place = self.since(starts[0])
        self.report("mixed-and-or", place, "'且' 和 '或' 混用时要用括号说清楚先后", both)
        groups: list[list[Expr]] = [[items[0]]]
        for word, item in zip(words, items[1:], strict=True):
            if word == "且":
                groups[-1].append(item)
            else:
                groups.append([item])
        ands = [group[0] if len(group) == 1 else Junction("且", tuple(group), place) for group in groups]
        return Junction("或", tuple(ands), place)

    def _negation(self) -> Expr:
        self.mend_before()
        if not self.peek.says("非"):
            return self._comparison()
        start = self.at
        self.next()
        self.depth += 1
        if self.depth > _DEPTH_MAX:
            raise self.failure("too-deep", self.peek.place, "'非' 写得太多了")
        inner = self._negation()
        self.depth -= 1
        return Negation(inner, self.since(start))

    def _comparison(self) -> Expr:
        start = self.at
        if sign := self.take("有", "无"):
            return Presence(self.sum(), sign.text == "无", self.since(start))
        left = self.sum()
        self.mend_is()
        if self.peek.says(*COMPARISONS):
            return self._compared(left, start)
        if self.take("在"):
            low = self.sum()
            high = self.sum() if self.take("至") else None
            return Within(left, low, high, self.since(start))
        items = self._listed(left)
        if word := self.take("属于", "不属于"):
            return Membership(tuple(items), self._domain(), word.text == "不属于", self.since(start))
        return left

    def _compared(self, left: Expr, start: int) -> Expr:
        parts: list[Expr] = []
        marks = [start]
        while self.peek.says(*COMPARISONS):
            word = self.next()
            marks.append(self.at)
            right = self.sum()
            place = stretch(self.tokens[marks[-2]], self.tokens[self.at - 1])
            parts.append(Comparison(COMPARISONS[word.text], word.text, left, right, place))
            left = right
        if len(parts) == 1:
            return parts[0]
        marks.append(self.at + 1)
        pairs = [spell(self.tokens[a : c - 1]) for a, c in zip(marks, marks[2:], strict=False)]
        self.report(
            "chained-comparison", self.since(start), "比较不能连着写,分成两个用 '且' 连起来", " 且 ".join(pairs)
        )
        return Junction("且", tuple(parts), self.since(start))

    def _listed(self, first: Expr) -> list[Expr]:
        """甲、乙 before 属于. Where no 属于 follows, the list belongs to somebody else and is left alone."""
        items, back = [first], self.at
        while self.take("、"):
            items.append(self.sum())
        if len(items) > 1 and not self.peek.says("属于", "不属于"):
            self.at = back
            return [first]
        return items

    def _domain(self) -> SetOf | Expr:
        if self.peek.says("("):
            self._set_in_round_brackets()
        if not self.peek.says("{"):
            return self._dated()
        start = self.at
        self.next()
        items = [self.sum()]
        while self.take("、", ","):
            items.append(self.sum())
        self.expect("}", "集合里的各项用 '、' 隔开,最后用 '}' 收尾")
        return SetOf(tuple(items), self.since(start))

    def _set_in_round_brackets(self) -> None:
        """属于 (五级、四级): reported, and read as the set it is."""
        end = next((n for n in range(self.at, len(self.tokens)) if self.tokens[n].says(")")), self.at)
        inside = self.tokens[self.at + 1 : end]
        plain = all(token.kind in ("name", "literal") or token.says("、", ",") for token in inside)
        if not plain or not any(token.says("、", ",") for token in inside):
            return
        place = stretch(self.peek, self.tokens[end])
        self.report("wrong-brackets", place, "几个值的集合用花括号", f"{{{spell(inside)}}}")
        for at, text in ((self.at, "{"), (end, "}")):
            self.tokens[at] = Token("symbol", text, self.tokens[at].line, self.tokens[at].start, self.tokens[at].end)

    def sum(self) -> Expr:
        return self._chain(ADDITIVE, self._product)

    def _product(self) -> Expr:
        return self._chain(MULTIPLICATIVE, self._dated)

    def _chain(self, signs: dict[str, str], operand: Callable[[], Expr]) -> Expr:
        start = self.at
        left = operand()
        count = 1
        while self.peek.says(*signs):
            sign = signs[self.next().text]
            count += 1
            if count > _CHAIN_MAX:
                raise self.failure("too-long", self.peek.place, "一句里的算式太长,请用 '定义' 分成几步")
            right = operand()
            left = Binary(sign, left, right, self.since(start))  # type: ignore[arg-type]
        return left

    def _dated(self) -> Expr:
        start = self.at
        expr = self._primary()
        if self.take("于"):
            expr = AsOf(expr, self._primary(), self.since(start))
            if self.peek.says("于"):
                raise self.failure("twice-dated", self.peek.place, "'于' 只能写一次:一个值只按一天读")
        return expr

    def _primary(self) -> Expr:
        token = self.peek
        expr = self._alone(token)
        self.mend()
        return expr

    def _alone(self, token: Token) -> Expr:
        """What stands alone: a literal, a path, a table look-up, a call, brackets."""
        if token.kind == "literal" and token.value is not None:
            self.next()
            return Literal_(token.value, token.unit, token.place)
        if token.says("是", "否"):
            self.next()
            return Literal_(token.text == "是", "", token.place)
        if token.says("("):
            self.next()
            inner = self.expression()
            self.expect(")", "左括号 '(' 没有右括号 ')' 收尾")
            return inner
        if token.kind == "name" or token.says(*SPEAKABLE_HEADS):
            return self._named()
        if token.says("若"):
            self.report(
                "if-needs-brackets", token.place, "式子中间的 '若 … 则 … 否则 …' 要用括号括起来", "(若 … 则 … 否则 …)"
            )
            return self.expression()
        raise self._not_a_value(token)

    def _named(self) -> Expr:
        start = self.at
        path = self.path()
        if self.peek.says("["):
            return self._lookup(path, start)
        if self.peek.says("("):
            return self._call(path, start)
        first = path.words[0]
        if first.text in PARTS_OF_TIME and first.text not in self.names:
            example = f"{_EXAMPLE_OWNERS[first.text]}.{first.text}"
            message = f"'{first.text}' 要说明是谁的{first.text},例如 {example}"
            self.report("bare-part", first.place, message, example)
        return path

    def path(self) -> Path:
        """甲.乙.丙 or 甲 的 乙"""
        start = self.at
        words = [self._word("这里要写名称")]
        while not self._ends_with_a_stop() and self.take(".", "的"):
            words.append(self._word("'.' 后面要写属性的名称"))
        return Path(tuple(words), self.since(start))

    def _ends_with_a_stop(self) -> bool:
        """A dot that ends the statement is no step; `finish` says what it is."""
        return self.peek.says(".") and self.ahead(1).kind == "end"

    def _word(self, wanted: str) -> Word:
        token = self.peek
        if token.kind == "literal" and self.tokens[self.at - 1].says("的"):
            place = stretch(self.tokens[self.at - 1], token)
            raise self.failure("missing-operator", place, f"'的 {token.text}' 要写成乘法", f"× {token.text}")
        if token.kind == "name" or token.says(*SPEAKABLE_HEADS):
            self.next()
            return Word(token.text, token.place)
        if token.kind == "keyword":
            raise self.failure("reserved-word", token.place, f"{wanted},而 '{token.text}' 是保留的词,不能当名称用")
        raise self.failure("missing-name", token.place, f"{wanted},{self.found(token)}")

    def _lookup(self, path: Path, start: int) -> Expr:
        table = self._single(path, "表的名称")
        self.next()
        keys = [self.expression()]
        while self.separator("]"):
            keys.append(self.expression())
        self.expect("]", "查表用 '[' 和 ']',几个关键列之间用 ','")
        column = None
        if not self._ends_with_a_stop() and self.take(".", "的"):
            column = self._word("'.' 后面要写表里的列名")
            if self.peek.says(".", "的"):
                raise self.failure("extra-step", self.peek.place, "查表只能取一列,列名后面不能再写 '.'")
        return TableLookup(table, tuple(keys), column, self.since(start))

    def _call(self, path: Path, start: int) -> Expr:
        function = self._single(path, "函数名")
        self.next()
        if self.peek.says(")"):
            raise self.failure("no-arguments", self.peek.place, f"'{function.text}' 的括号里要写内容")
        arguments = [self._argument()]
        while self.separator(")"):
            arguments.append(self._argument())
        self.expect(")", f"'{function.text}(' 没有右括号 ')' 收尾")
        return Call(function, tuple(arguments), self.since(start))

    def _argument(self) -> Argument:
        expr = self.expression()
        if self.peek.says(",") and self.ahead(1).says("其中"):
            comma = self.next()
            self.report("comma-before-where", stretch(comma, self.peek), "'其中' 前面不写逗号", "其中")
        where = self.expression() if self.take("其中") else None
        return Argument(expr, where)

    def separator(self, close: str) -> bool:
        """Another argument? 、 is reported and taken for a comma."""
        if self.take(","):
            return True
        if self.peek.says("、"):
            self.report("wrong-separator", self.peek.place, "这里各项之间用逗号 ','", ",")
            self.next()
            return True
        return False

    def _single(self, path: Path, what: str) -> Word:
        if len(path.words) > 1:
            raise self.failure("not-one-word", path.place, f"这里要写{what},不能带 '.'", path.words[-1].text)
        return path.words[0]

    def _not_a_value(self, token: Token) -> Exception:
        if token.kind == "within":
            return self.failure("misplaced-span", token.place, f"'{token.text}' 只能写在 '上限'、'互斥' 的 '每 …' 后面")
        if token.kind == "document":
            return self.failure("misplaced-document", token.place, "《…》 只能写在 '与'、'仍按' 后面或 '次序' 里")
        if token.says("{"):
            return self.failure("misplaced-set", token.place, "{ } 只能写在 '属于' 后面")
        if token.says("-", "减"):
            return self.failure("leading-minus", token.place, "式子不能以减号开头", "0 -")
        if token.kind == "end":
            return self.failure(
                "unfinished", token.place, f"这一句没有写完:{self.describe_before()}后面还要写名称或数值"
            )
        if token.kind == "keyword":
            message = f"这里要写名称或数值,却是 '{token.text}'(保留的词,不能当名称用)"
            return self.failure("value-expected", token.place, message)
        return self.failure("value-expected", token.place, f"这里要写名称或数值,{self.found(token)}")


def _bracketed(texts: Sequence[str], words: Sequence[str], inner: str) -> str:
    """The items joined by their words, with brackets around those that `inner` joins."""
    groups = [[texts[0]]]
    for word, text in zip(words, texts[1:], strict=True):
        if word == inner:
            groups[-1].append(text)
        else:
            groups.append([text])
    outer = "或" if inner == "且" else "且"
    return f" {outer} ".join(g[0] if len(g) == 1 else f"({f' {inner} '.join(g)})" for g in groups)
