"""Statements: one method for each row of the language's table of statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Literal

from jixiang.language.cursor import Failure
from jixiang.language.expressions import Expressions
from jixiang.language.surface import (
    Benefit,
    ConditionStatement,
    Define,
    Expr,
    Instalment,
    LimitStatement,
    OrderItem,
    OrderStatement,
    Parameter,
    Path,
    Per,
    Pick,
    Role,
    Statement,
    Subject,
    Transition,
    Word,
)
from jixiang.language.tokens import Token, spell, stretch
from jixiang.language.words import BUILT_IN_VALUES, HEADS, NAMED_HEADS, PICKS, nearest
from jixiang.values.month import Month
from jixiang.values.problem import Place

SHAPES = {
    "对象": "对象: 证书 [每月 / 每年] [其中 条件]",
    "适用日": "适用日: 发证日期",
    "受益人": "受益人: 持证人",
    "收款人": "收款人: 单位",
    "定义": "定义 名称: 式子",
    "参数": "参数 名称: 36 个月; 自 2019-01-01 起 12 个月",
    "条件": "条件 名称: 甲 不少于 乙",
    "金额": "金额: 式子",
    "荣誉": "荣誉: 式子",
    "服务": "服务: 式子",
    "分期": "分期 名称: 金额 × 50 % 当 条件 [; 至迟 日期, 逾期 追回]",
    "上限": "上限 [名称]: [与《甲》《乙》合计] 每 人员、职业 [每年 / 每月 / 5 年内] 最多 1 次 [当 条件] [, 高额优先]",
    "互斥": "互斥 [名称]: 与《甲》《乙》 每 人员 [每年 / 每月] 只享其一 [, 高额优先]",
    "先高后低": "先高后低 [名称]: [与《甲》合计] 每 人员、职业 比 等级",
    "次序": "次序: 式子 [从大到小 / 在先], 式子",
    "过渡": "过渡: 条件 仍按《名称(2020年版)》",
}
_FRONT_KEYS = (
    *("名称", "编号", "文号", "依据", "性质", "类别", "施行", "废止", "资金", "办理", "公示", "执行期", "受理期"),
    *("追溯", "引用", "版本", "文种"),
)
_EVERY = {"年": "每年", "月": "每月", "自然年": "每年", "年度": "每年", "个月": "每月"}


class Statements(Expressions):
    """Reads the one statement that its tokens hold."""

    def statement(self) -> Statement | None:
        """The statement, or None where it cannot be understood (and a problem says why)."""
        head = ""
        try:
            head = self._head()
            self.check_brackets()
            return self._rest(head)
        except Failure as failure:
            problem = failure.problem
            if not problem.suggestion and head:
                problem = replace(problem, message=f"{problem.message}。写法: {SHAPES[head]}")
            self.problems.append(problem)
            return None

    def _list_marker(self) -> None:
        """1. 条件 …, - 条件 …: reported and passed over."""
        begin = next((n for n in range(1, min(5, len(self.tokens))) if self.tokens[n].says(*HEADS)), 0)
        marker = self.tokens[:begin]
        if not marker or any(token.kind == "keyword" for token in marker):
            return
        if marker[0].kind == "literal" or marker[0].says("-", "*", "(") or len(marker) > 1:
            written = spell(marker)
            place = stretch(marker[0], marker[-1])
            self.report("list-marker", place, "规则的一句前面不写序号和符号", f"删去 '{written}'")
            self.at = begin

    def _head(self) -> str:
        self._list_marker()
        token = self.next()
        if token.says(*HEADS):
            return token.text
        for head in NAMED_HEADS:
            if token.kind == "name" and token.text.startswith(head):
                return self._split_head(token, head)
        meant = nearest(token.text, HEADS) if token.kind == "name" else ""
        if meant:
            self.report("unknown-statement", token.place, f"没有 '{token.text}' 这种语句,是不是 '{meant}'?", meant)
            return meant
        if token.text in _FRONT_KEYS:
            message = f"'{token.text}' 写在文件开头两行 --- 之间,不写在规则块里"
        elif token.text == "表":
            message = "'表:' 和它的表格写在规则块外面"
        else:
            message = f"没有 {self.describe(token)} 这种语句。一句话要以这些词开头: {' '.join(HEADS)};接着上一句的行要缩进两格"
        raise self.failure("unknown-statement", token.place, message)

    def _split_head(self, token: Token, head: str) -> str:
        """条件参保满期: the head and the name without a space."""
        cut = token.start + len(head)
        name = token.text[len(head) :]
        message = f"'{head}' 和名称之间要空一格"
        self.report("needs-spaces", token.place, message, f"{head} {name}")
        self.tokens.insert(self.at, Token("name", name, token.line, cut, token.end))
        return head

    def _rest(self, head: str) -> Statement:
        match head:
            case "对象":
                statement: Statement = self._subject()
            case "适用日":
                self._colon()
                statement = Role("适用日", self.expression(), self._whole)
            case "受益人" | "收款人":
                self._colon()
                statement = Role("受益人" if head == "受益人" else "收款人", self.path(), self._whole)
            case "定义":
                statement = self._define()
            case "参数":
                statement = self._parameter()
            case "条件":
                name = self._name(head)
                self._colon()
                statement = ConditionStatement(name, self.expression(), self._whole)
            case "金额" | "荣誉" | "服务":
                self._colon()
                statement = Benefit(head, self.expression(), self._whole)
            case "分期":
                statement = self._instalment()
            case "上限" | "互斥" | "先高后低":
                statement = self._limit(head)
            case "次序":
                statement = self._order()
            case _:
                statement = self._transition()
        self.finish()
        return statement

    @property
    def _whole(self) -> Place:
        return stretch(self.tokens[0], self.tokens[-2])

    def _colon(self) -> None:
        """The colon behind a head; a missing or wrong one is reported and taken as there."""
        token = self.peek
        if self.take(":"):
            return
        if token.says(";", ",", ".", "=", "为", "是", "、"):
            self.report("missing-colon", token.place, f"这里要写冒号 ':',却是 '{token.text}'", ":")
            self.next()
            return
        place = stretch(self.tokens[0], self.tokens[self.at - 1])
        self.report(
            "missing-colon", place, f"'{self.spelled(0, self.at)}' 后面少了冒号", f"{self.spelled(0, self.at)}:"
        )

    def _name(self, head: str) -> Word:
        """The name a statement gives. A name with a space in it is reported and joined."""
        token = self.peek
        if token.kind == "keyword":
            raise self.failure("reserved-word", token.place, f"'{token.text}' 是保留的词,不能当名称用")
        if token.kind == "literal":
            raise self.failure("bad-name", token.place, f"名称要以文字开头,不能是 '{token.text}'")
        if token.kind != "name":
            raise self.failure("missing-name", self.tokens[0].place, f"'{head}' 后面要写名称", f"{head} 名称:")
        self.next()
        if token.text in BUILT_IN_VALUES:
            self.report("reserved-word", token.place, f"'{token.text}' 已有固定的意思,不能另作名称")
        name, last = token.text, token
        while self.peek.kind == "name" and (self.ahead(1).says(":") or self.ahead(1).kind == "name"):
            last = self.next()
            name += last.text
        self._brackets_in_name(name)
        if last is not token:
            self.report("space-in-name", stretch(token, last), "名称中间不能有空格", name)
        return Word(name, stretch(token, last))

    def _brackets_in_name(self, name: str) -> None:
        """条件 证书有效(联网): reported, and the brackets left out."""
        behind = next((n for n in range(self.at, len(self.tokens)) if self.tokens[n].says(":")), 0)
        if self.peek.says("(") and behind and self.tokens[behind - 1].says(")"):
            place = stretch(self.peek, self.tokens[behind - 1])
            self.report("bad-name", place, "名称里不能有括号", f"{name}:")
            self.at = behind

    def _optional_name(self, head: str) -> Word | None:
        reserved = self.peek.kind == "keyword" and self.ahead(1).says(":")
        return self._name(head) if self.peek.kind == "name" or reserved else None

    def _subject(self) -> Subject:
        self._colon()
        token = self.peek
        if token.kind != "name":
            raise self.failure("missing-name", token.place, f"'对象' 后面要写是哪一种事实,{self.found(token)}")
        self.next()
        self._every_with_a_space()
        self.mend()
        each = self.take("每月", "每年")
        where = self.expression() if self.take("其中") else None
        text = each.text if each else ""
        return Subject(Word(token.text, token.place), text, where, self._whole)  # type: ignore[arg-type]

    def _define(self) -> Define:
        first = self._name("定义")
        if self.take(".", "的"):
            name = self._name("定义")
            self._colon()
            return Define(first, name, self.expression(), self._whole)
        self._colon()
        return Define(None, first, self.expression(), self._whole)

    def _parameter(self) -> Parameter:
        name = self._name("参数")
        self._colon()
        if self.peek.says("自"):
            start = self.at
            self._since_day()
            message = "参数的第一个值不写日期:它从文件施行之日起就是这个值"
            self.report("first-step-dated", self.since(start), message, f"删去 '{self.spelled(start, self.at)}'")
        steps: list[tuple[date | None, Expr]] = [(None, self.expression())]
        while self._another_step():
            day = self._since_day()
            steps.append((day, self.expression()))
        return Parameter(name, tuple(steps), self._whole)

    def _another_step(self) -> bool:
        if self.peek.says(";") and self.ahead(1).kind != "end":
            self.next()
            return True
        if self.peek.says(",", "、") and self.ahead(1).says("自"):
            self.report("wrong-separator", self.peek.place, "参数的各个值之间用分号 ';'", ";")
            self.next()
            return True
        if self.peek.says("自"):
            before = self.tokens[self.at - 1]
            self.report("wrong-separator", before.place, "参数的各个值之间用分号 ';'", f"{before.text};")
            return True
        return False

    def _since_day(self) -> date:
        """自 D 起"""
        self.expect("自", "参数的新值写成 '自 2019-01-01 起 12 个月'")
        token = self.peek
        if token.kind != "literal" or not isinstance(token.value, date):
            first = _first_day(token)
            raise self.failure("date-expected", token.place, f"'自' 后面要写一个日期,{self.found(token)}", first)
        self.next()
        if not self.take("起"):
            self.report("missing-word", token.place, "日期后面少了 '起'", f"{token.text} 起")
        return token.value

    def _instalment(self) -> Instalment:
        name = self._name("分期")
        self._colon()
        amount = self.expression()
        self.expect("当", "分期要说明什么时候到期")
        when = self.expression()
        deadline = None
        if self.peek.says(";", ",") and self.ahead(1).says("至迟"):
            if comma := self.take(","):
                self.report("wrong-separator", comma.place, "'至迟' 前面用分号 ';'", ";")
            self.take(";")
            self.next()
            deadline = self.expression()
            self.expect(",", "'至迟 日期' 后面要写 ', 逾期 追回'")
            self.expect("逾期", "'至迟 日期' 后面要写 ', 逾期 追回'")
            self.expect("追回", "'至迟 日期' 后面要写 ', 逾期 追回'")
        return Instalment(name, amount, when, deadline, self._whole)

    def _limit(self, head: str) -> LimitStatement:
        name = self._optional_name(head)
        self._colon()
        body = self.at
        early = self._early_period()
        policies = self._together(head)
        keys = self._keys()
        per = level = most = when = None
        pick: Pick = ""
        if head == "先高后低":
            self.expect("比", "先高后低要说明比的是什么")
            level = self.path()
        else:
            per = self._per() or early
            if head == "上限":
                most = self._most()
                when = self.expression() if self.take("当") else None
            else:
                self.expect("只享其一")
            pick = self._pick()
        text = self.spelled(body)
        kind: Literal["上限", "互斥", "先高后低"] = (
            "上限" if head == "上限" else "互斥" if head == "互斥" else "先高后低"
        )
        return LimitStatement(kind, name, policies, keys, per, most, when, level, pick, self._whole, text)

    def _early_period(self) -> Per | None:
        """每年 written before 每 人员: reported, and taken as if behind."""
        token = self.take("每年", "每月")
        if token is None:
            return None
        self.report("misplaced-period", token.place, f"'{token.text}' 写在 '每 人员' 后面", f"每 人员 {token.text}")
        return _per(token)

    def _together(self, head: str) -> tuple[Word, ...]:
        """[与《甲》《乙》合计] of a 上限, 与《甲》《乙》 of a 互斥."""
        if not self.take("与"):
            if self.peek.kind == "document":
                self.report("missing-word", self.peek.place, "文件名前面少了 '与'", f"与{self.peek.text}")
            elif head == "互斥":
                raise self.failure("missing-document", self.peek.place, "互斥要写明与哪些文件", "与《文件名》")
            else:
                return ()
        policies: list[Word] = []
        while self.peek.kind == "document" or (policies and self.peek.says("、", ",", "与")):
            token = self.next()
            if token.kind == "document":
                policies.append(Word(str(token.value), token.place))
            else:
                self.report("wrong-separator", token.place, "几个文件名连着写,中间不用符号", f"删去 '{token.text}'")
        if not policies:
            raise self.failure("missing-document", self.peek.place, "'与' 后面要写带 《》 的文件名", "《文件名》")
        if head == "互斥":
            if extra := self.take("合计"):
                self.report("extra-word", extra.place, "互斥不写 '合计'", "删去 '合计'")
        elif not self.take("合计"):
            last = self.tokens[self.at - 1]
            self.report("missing-word", last.place, "文件名后面少了 '合计'", f"{last.text}合计")
        return tuple(policies)

    def _keys(self) -> tuple[Path, ...]:
        if not self.take("每"):
            token = self.peek
            if token.kind != "name":
                self.expect("每", "要说明对谁限制,例如 '每 人员、职业'")
            if token.text.startswith("每"):
                self._glued_every(token)
            else:
                self.report("missing-word", token.place, f"'{token.text}' 前面少了 '每'", f"每 {token.text}")
        keys = [self.path()]
        while self.peek.says("、", ",") or (self.peek.says("且") and self.ahead(1).kind == "name"):
            token = self.next()
            if token.text != "、":
                self.report("wrong-separator", token.place, "'每' 后面的各项用顿号 '、' 隔开", "、")
            keys.append(self.path())
        self.mend()
        return tuple(keys)

    def _glued_every(self, token: Token) -> None:
        """每人: the name that begins like what stands behind 每 is taken for it."""
        rest = token.text[1:].lstrip("个名位")
        name = min(
            (name for name in self.names if rest and name.startswith(rest)), key=lambda n: (len(n), n), default=""
        )
        way = f"每 {name}" if name else "例如 '每 人员'"
        self.report("misspelt-word", token.place, f"不认识 '{token.text}':'每' 后面空一格,再写一个名称", way)
        self.tokens[self.at] = Token("name", name or rest, token.line, token.start, token.end)

    def _every_with_a_space(self) -> None:
        """每 年 for 每年."""
        every, unit = self.peek, self.ahead(1)
        if every.says("每") and unit.kind == "name" and unit.text in _EVERY:
            word = _EVERY[unit.text]
            self.report("misspelt-word", stretch(every, unit), f"'{every.text} {unit.text}' 连着写", word)
            self.tokens[self.at : self.at + 2] = [Token("keyword", word, every.line, every.start, unit.end)]

    def _per(self) -> Per | None:
        self._every_with_a_space()
        token = self.peek
        if token.says("每年", "每月") or token.kind == "within":
            return _per(self.next())
        return None

    def _most(self) -> Expr:
        token = self.peek
        if not self.take("最多"):
            if token.says("不超过", "不高于", "<=", "≤", "至"):
                self.report("misspelt-word", token.place, f"上限用 '最多',不用 '{token.text}'", "最多")
                self.next()
            elif token.kind in ("literal", "name"):
                self.report("missing-most", token.place, f"'{token.text}' 前面少了 '最多'", f"最多 {token.text}")
            else:
                self.expect("最多", "上限要写最多多少")
        return self.expression()

    def _pick(self) -> Pick:
        if not self.peek.says(",", ";") or self.ahead(1).kind == "end":
            return ""
        if semicolon := self.take(";"):
            self.report("wrong-separator", semicolon.place, "取舍前面用逗号 ','", ",")
        self.take(",")
        token = self.next()
        if not token.says(*PICKS):
            meant = self.meant(token.text, PICKS)
            message = f"逗号后面要写取舍 ({'、'.join(PICKS)}),{self.found(token)}"
            raise self.failure("unknown-pick", token.place, message, meant)
        return token.text  # type: ignore[return-value]

    def _order(self) -> OrderStatement:
        self._colon()
        items = [self._order_item()]
        while self.peek.says(",", "、") and self.ahead(1).kind != "end":
            token = self.next()
            if token.text == "、":
                self.report("wrong-separator", token.place, "次序的各项之间用逗号 ','", ",")
            items.append(self._order_item())
        return OrderStatement(tuple(items), self._whole)

    def _order_item(self) -> OrderItem:
        token = self.peek
        if token.kind == "document":
            self.next()
            self.expect("在先", "次序里的文件名后面要写 '在先'")
            return OrderItem(None, Word(str(token.value), token.place), "在先")
        expr = self.expression()
        word = self.take("从大到小", "在先")
        if word is None and self.peek.kind == "name" and self.peek.text == "从小到大":
            message = "不写 '从大到小' 就是从小到大"
            self.report("extra-word", self.peek.place, message, "删去 '从小到大'")
            self.next()
        return OrderItem(expr, None, word.text if word else "")  # type: ignore[arg-type]

    def _transition(self) -> Transition:
        self._colon()
        condition = self.expression()
        self.expect("仍按", "过渡要写明仍按哪个版本")
        token = self.next()
        if token.kind != "document":
            message = f"'仍按' 后面要写带 《》 的文件名,{self.found(token)}"
            raise self.failure("missing-document", token.place, message, "《文件名》")
        return Transition(condition, Word(str(token.value), token.place), self._whole)


def _per(token: Token) -> Per:
    if token.kind == "within" and isinstance(token.value, Fraction):
        return Per("内", int(token.value), token.unit)  # type: ignore[arg-type]
    return Per("每年" if token.text == "每年" else "每月")


def _first_day(token: Token) -> str:
    """The first day of the month or year that was written where a day should be."""
    if isinstance(token.value, Month):
        return token.value.first_day.isoformat()
    if token.unit == "年度" and isinstance(token.value, int):
        return f"{token.value:04d}-01-01"
    return ""
