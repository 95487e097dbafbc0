"""A place in the tokens of one statement, and what to say when it is not what it should be."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from jixiang.language.literals import UNITS, UNITS_SAID_OTHERWISE
from jixiang.language.tokens import Token, spell, stretch
from jixiang.language.words import BOUND_BEHIND, CLAUSES, EXPRESSION_WORDS, FUNCTIONS, KEYWORDS, SAID_OTHERWISE, nearest
from jixiang.values.problem import Place, Problem

_AFTER_A_VALUE = tuple(
    word
    for word in (*EXPRESSION_WORDS, *CLAUSES, "×")
    if word not in ("若", "非", "有", "无", "是", "否", "逾期", "追回")
)


class Failure(Exception):
    """This statement cannot be understood. Caught where the statement began."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Cursor:
    """`tokens` holds no remarks and ends with an `end` token. `names` are the names in force."""

    def __init__(self, tokens: Sequence[Token], names: frozenset[str], problems: list[Problem]) -> None:
        last = tokens[-1]
        self.tokens = [*tokens, Token("end", "", last.line, last.end, last.end + 1)]
        self.names = names
        self.problems = problems
        self.at = 0

    @property
    def peek(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, steps: int) -> Token:
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def next(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def take(self, *texts: str) -> Token | None:
        """The next token, if it is one of these keywords or symbols."""
        return self.next() if self.peek.says(*texts) else None

    def since(self, start: int) -> Place:
        """The place from token `start` to the one before the cursor."""
        return stretch(self.tokens[start], self.tokens[max(start, self.at - 1)])

    def expect(self, text: str, otherwise: str = "") -> None:
        """Takes a keyword or symbol that must stand here; what was meant for it is reported and taken too."""
        token = self.peek
        if self.take(text):
            return
        if token.kind == "name" and self.meant(token.text, (text,)):
            self._mistaken(token, text)
            self.next()
            return
        self.explain_leftover()
        message = f"这里要写 '{text}',{self.found(token)}{f'。{otherwise}' if otherwise else ''}"
        raise self.failure("word-expected", token.place, message)

    def meant(self, word: str, choices: Sequence[str]) -> str:
        """Which of the choices a word was meant to be, "" if none."""
        said = SAID_OTHERWISE.get(word, "")
        return said if said in choices else nearest(word, choices)

    def mend(self) -> None:
        """After a value no name can stand: one that was meant for a word of the language is read as that."""
        token = self.peek
        if token.kind != "name":
            return
        before = self.tokens[self.at - 1]
        if _is_bare_number(before) and token.text in UNITS_SAID_OTHERWISE:
            raise self._unknown_unit(before, token)
        word = self.meant(token.text, _AFTER_A_VALUE)
        if word and token.text not in self.names:
            self._mistaken(token, word)
            kind = "keyword" if word in KEYWORDS else "symbol"
            self.tokens[self.at] = Token(kind, word, token.line, token.start, token.end)  # type: ignore[arg-type]

    def mend_before(self) -> None:
        """如果 for 若, 没有 for 无: a name that means nothing, before a value."""
        token = self.peek
        word = SAID_OTHERWISE.get(token.text, "")
        behind = self.ahead(1)
        if token.kind != "name" or token.text in self.names or word not in ("若", "非", "有", "无"):
            return
        if behind.kind in ("name", "literal") or behind.says("(", "有", "无", "非"):
            self._mistaken(token, word)
            self.tokens[self.at] = Token("keyword", word, token.line, token.start, token.end)

    def mend_is(self) -> None:
        """等级 是 四级: 是 is a value, 为 compares."""
        token, behind = self.peek, self.ahead(1)
        if token.says("是") and (behind.kind in ("name", "literal") or behind.says("是", "否")):
            self.report("misspelt-word", token.place, "比较相等用 '为',不用 '是'", "为")
            self.tokens[self.at] = Token("keyword", "为", token.line, token.start, token.end)

    def _mistaken(self, token: Token, word: str) -> None:
        self.report("misspelt-word", token.place, f"不认识 '{token.text}',这里是不是 '{word}'?", word)

    def finish(self) -> None:
        """Nothing may be left of the statement."""
        token = self.peek
        if token.kind == "end":
            return
        if self.ahead(1).kind == "end" and token.says(";", ",", ":", "、", "."):
            self.report("stray-punctuation", token.place, f"句末不写 '{token.text}'", f"删去 '{token.text}'")
            return
        self.explain_leftover()
        raise self.failure("leftover", token.place, f"多出了 {self.describe(token)},这一句到它前面已经完整了")

    def explain_leftover(self) -> None:
        """Raises the Failure that says why a value cannot be followed by what follows it here, if that is known."""
        before, token = self.tokens[self.at - 1] if self.at else self.peek, self.peek
        if _is_bare_number(before) and token.kind == "name" and token.text not in self.names:
            raise self._unknown_unit(before, token)
        if token.says("、"):
            raise self._misplaced_list()
        span = self.ahead(1) if token.says("起") else token
        if span.kind == "within" or (span is not token and span.kind == "literal"):
            length = span.text.removesuffix("内")
            message = "期限写成日期的比较:到哪一天为止"
            raise self.failure("span-in-words", stretch(token, span), message, f"决定日 不晚于 … 加 {length}")
        if before.kind == "name" and before.text in FUNCTIONS and token.kind == "name":
            message = f"'{before.text}' 后面的内容要用括号括起来"
            raise self.failure("needs-brackets", stretch(before, token), message, f"{before.text}(…)")
        if token.says("其中"):
            message = "'其中' 只能写在 存在、计数、求和 等的括号里"
            raise self.failure("misplaced-where", token.place, message, "存在(… 其中 …)")
        values = ("name", "literal", "within", "document")
        if token.kind not in values or before.kind not in values or before is token:
            return
        place = stretch(before, token)
        behind = self.ahead(1)
        if token.kind == "literal" and behind.text in BOUND_BEHIND:
            suggestion = f"{before.text} {BOUND_BEHIND[behind.text]} {token.text}"
            raise self.failure(
                "bound-behind", stretch(before, behind), f"不写 '{token.text} {behind.text}'", suggestion
            )
        if token.text in BOUND_BEHIND:
            message = f"不写 '{before.text} {token.text}',比较的词写在前面"
            raise self.failure("bound-behind", place, message, f"{BOUND_BEHIND[token.text]} {before.text}")
        message = f"'{before.text}' 和 '{token.text}' 之间少了一个词,例如 '为'、'不少于'、'且'"
        raise self.failure("missing-operator", place, message)

    def _misplaced_list(self) -> Failure:
        """等级 为 四级、三级"""
        start, end = self.at - 2, self.at
        operator = self.tokens[max(start, 0)]
        if start > 0 and operator.says("为", "=", "不为", "≠"):
            while self.tokens[end].says("、") and self.tokens[end + 1].kind in ("name", "literal"):
                end += 2
            verb = "属于" if operator.says("为", "=") else "不属于"
            place = stretch(operator, self.tokens[end - 1])
            suggestion = f"{verb} {{{self.spelled(start + 1, end)}}}"
            return self.failure(
                "misplaced-list", place, f"'{operator.text}' 后面只能有一个值;几个值里的一个用 '{verb}'", suggestion
            )
        message = "'、' 只能写在 '属于' 前面、{ } 里和 '每' 后面;并列的条件用 '且' 或 '或'"
        return self.failure("misplaced-list", self.peek.place, message)

    def _unknown_unit(self, number: Token, unit: Token) -> Failure:
        known = UNITS_SAID_OTHERWISE.get(unit.text) or nearest(unit.text, UNITS)
        message = f"不认识单位 '{unit.text}',可以用: {' '.join(unit for unit in UNITS if unit != '工作日')}"
        return self.failure("unknown-unit", stretch(number, unit), message, f"{number.text} {known}" if known else "")

    def describe(self, token: Token) -> str:
        return "句末" if token.kind == "end" else f"'{token.text}'"

    def found(self, token: Token) -> str:
        """The second half of "this was wanted, but …"."""
        return "却到了句末" if token.kind == "end" else f"却是 '{token.text}'"

    def describe_before(self) -> str:
        return f" '{self.tokens[self.at - 1].text}' " if self.at else ""

    def report(self, code: str, place: Place, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(code, place, message, suggestion))

    def failure(self, code: str, place: Place, message: str, suggestion: str = "") -> Failure:
        return Failure(Problem(code, place, message, suggestion))

    def check_brackets(self) -> None:
        """Every bracket has its partner; otherwise nothing inside can be trusted."""
        partner = {")": "(", "]": "[", "}": "{"}
        closing = {opened: closed for closed, opened in partner.items()}
        opened: list[Token] = []
        for token in self.tokens:
            if token.says(*closing):
                opened.append(token)
            elif token.says(*partner):
                if not opened:
                    raise self.failure(
                        "unbalanced-brackets", token.place, f"多了一个 '{token.text}',前面没有 '{partner[token.text]}'"
                    )
                if opened[-1].text != partner[token.text]:
                    wanted = closing[opened[-1].text]
                    message = f"'{opened[-1].text}' 要用 '{wanted}' 收尾,却是 '{token.text}'"
                    raise self.failure("unbalanced-brackets", token.place, message, wanted)
                opened.pop()
        if opened:
            wanted = closing[opened[-1].text]
            raise self.failure("unbalanced-brackets", opened[-1].place, f"'{opened[-1].text}' 没有 '{wanted}' 收尾")

    def spelled(self, start: int, end: int | None = None) -> str:
        """The tokens from `start` up to `end` as one line (to the last one unless said)."""
        return spell([token for token in self.tokens[start:end] if token.kind != "end"])


def _is_bare_number(token: Token) -> bool:
    return token.kind == "literal" and not token.unit and isinstance(token.value, Fraction)
