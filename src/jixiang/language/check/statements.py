"""The statements of one policy as a typed `Policy`. Its 上限, 互斥 and 次序 between policies are the rulebook's."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeVar

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.cells import titles_of
from jixiang.language.check.core import Context, Desk, bare, check
from jixiang.language.check.definitions import entity_context
from jixiang.language.check.literals import nearest_code
from jixiang.language.check.logic import condition, day_of
from jixiang.language.check.scope import Found, Scope
from jixiang.language.nearness import perhaps
from jixiang.language.parts import RulePart
from jixiang.language.types import MONEY, MONTH, TITLES, YEAR, Type, ref

CONDITIONS_MAX = 40
EACH: dict[str, tuple[Literal["", "month", "year"], Type | None]] = {
    "": ("", None),
    "每月": ("month", MONTH),
    "每年": ("year", YEAR),
}
Kind = TypeVar("Kind")


def root_context(scope: Scope, desk: Desk) -> Context:
    """Where the expressions of a policy's own statements stand."""
    this = typed.Row(0, ref(scope.entity)) if scope.entity in desk.vocabulary.entities else None
    period = EACH[scope.subject.each][1] if scope.subject else None
    return Context(desk, scope, scope, this, period=period)


def check_policy(scope: Scope, desk: Desk, hash_: str) -> typed.Policy | None:
    """The policy, without rules and without an end; None when something that it needs is wrong."""
    return _PolicyChecker(scope, desk, hash_).check()


class _PolicyChecker:
    def __init__(self, scope: Scope, desk: Desk, hash_: str) -> None:
        self.scope = scope
        self.front = scope.front
        self.desk = desk
        self.hash = hash_
        self.context = root_context(scope, desk)
        self.articles: dict[str, str] = {}

    # The whole

    def check(self) -> typed.Policy | None:
        before = sum(problem.severity == "error" for problem in self.desk.problems)
        where = self._subject()
        effective = self._effective_date()
        beneficiary = self._role("受益人")
        payee = self._role("收款人") or beneficiary
        self.context = replace(self.context, words=_known({"受益人": beneficiary, "收款人": payee}))
        definitions = self._definitions()
        conditions = self._conditions()
        amount = self._benefit()
        stages = self._stages()
        transitions = self._transitions()
        order = self._order(amount)
        self._needed()
        after = sum(problem.severity == "error" for problem in self.desk.problems)
        if beneficiary is None or payee is None or effective is None or amount is None or after > before:
            return None
        if self.front.in_force_from is None:
            return None
        benefit = self._all(surface.Benefit)[0]
        return typed.Policy(
            code=self.front.code,
            name=self.front.name,
            version=self.front.version or self.front.in_force_from.isoformat(),
            hash=self.hash,
            file=self.scope.document.file,
            category=self.front.category,
            fund=self.front.fund,
            honour=benefit[0].kind == "荣誉",
            entity=self.scope.entity,
            each=EACH[self.scope.subject.each][0] if self.scope.subject else "",
            where=where,
            effective_date=effective,
            in_force_from=self.front.in_force_from,
            in_force_until=self.front.repealed_from,
            execution=self.front.execution,
            acceptance=self.front.acceptance,
            lookback_months=self.front.lookback_months,
            beneficiary=beneficiary,
            payee=payee,
            definitions=tuple(definitions),
            conditions=tuple(conditions),
            amount=amount,
            amount_article=benefit[1],
            stages=tuple(stages),
            transitions=tuple(transitions),
            order=tuple(order),
            articles=self.articles,
        )

    def _fund(self) -> None:
        """The funds of a city may be a code list; then money is of one of them."""
        funds = self.desk.vocabulary.codes.get("资金")
        if self.front.fund and funds is not None and self.front.fund not in funds.by_name:
            way = nearest_code(self.front.fund, funds)
            place = self.scope.document.front["资金"].place
            self.desk.note("unknown-fund", place, f"编码 '资金' 里没有 '{self.front.fund}'", way, "warning")

    def _all(self, kind: type[Kind]) -> list[tuple[Kind, str]]:
        return [(p.statement, p.article) for p in self.scope.document.rules if isinstance(p.statement, kind)]

    def _only(self, parts: list[tuple[Kind, str]], what: str) -> tuple[Kind, str] | None:
        for extra, _ in parts[1:]:
            place = extra.place  # type: ignore[attr-defined]
            self.desk.note("duplicate-statement", place, f"{what} 只能写一次", "删去多余的一条")
        if parts:
            self.articles[what] = parts[0][1]
        return parts[0] if parts else None

    def _needed(self) -> None:
        """What a policy cannot be without."""
        first = self.scope.document.first_line
        if not self.front.code:
            self.desk.note("missing-front", first, "文件头没有写 编号", "写 '编号: …',决定里用它称呼这项政策")
        if self.front.in_force_from is None and "施行" not in self.scope.document.front:
            if "执行期" not in self.scope.document.front:
                self.desk.note("missing-front", first, "文件头没有写 施行", "写 '施行: 2020-01-01' 或 '执行期: … 至 …'")
        self._fund()
        for heads, form in (
            (("对象",), "对象: 证书"),
            (("受益人",), "受益人: 持证人"),
            (("金额", "荣誉", "服务"), "金额: 500 元"),
        ):
            if not self._is_written(heads):
                self.desk.note("missing-statement", first, f"没有写 {heads[0]}", f"在规则里写 '{form}'")

    def _is_written(self, heads: tuple[str, ...]) -> bool:
        """Is there such a statement, be it one that could not be understood?"""
        return re.search(rf"^\s*(?:{'|'.join(heads)})\s*[:：]", self.scope.document.text, re.MULTILINE) is not None

    # 对象 and roles

    def _subject(self) -> typed.Expr | None:
        found = self._only(self._all(surface.Subject), "对象")
        if found is None:
            return None
        entity = found[0].entity
        if entity.text not in self.desk.vocabulary.entities:
            known = self.desk.vocabulary.entities
            way = perhaps(entity.text, known) or f"对象写词汇里的一种事实: {'、'.join(known)}"
            self.desk.note("unknown-name", entity.place, f"没有名为 '{entity.text}' 的事实", way)
            return None
        return condition(found[0].where, self.context) if found[0].where is not None else None

    def _effective_date(self) -> typed.Expr | None:
        roles = [(role, article) for role, article in self._all(surface.Role) if role.role == "适用日"]
        found = self._only(roles, "适用日")
        if found is not None:
            return day_of(found[0].expr, replace(self.context, on=None, effective=None))
        decision = typed.DecisionDate()
        if self.context.period is None:
            return decision
        return typed.Least((typed.Part("last_day", typed.Period(self.context.period), decision.type), decision))

    def _role(self, name: Literal["受益人", "收款人"]) -> typed.Expr | None:
        roles = [(role, article) for role, article in self._all(surface.Role) if role.role == name]
        found = self._only(roles, name)
        expr = check(found[0].expr, self.context) if found is not None else None
        if found is None or expr is None or expr.type.kind == "ref":
            return expr
        message = f"{name} 要是一个人或一家单位,写的却是{kinds.spoken(expr.type)}"
        self.desk.note("type-mismatch", found[0].expr.place, message, "写一个引用,如 持证人、单位")
        return None

    # Named things

    def _definitions(self) -> list[typed.Definition]:
        """Every 定义 of the 对象 and every 参数, in the order written."""
        found: list[typed.Definition] = []
        for part in self.scope.document.rules:
            match part.statement:
                case surface.Define(entity=None, name=name, expr=written):
                    expr = check(written, replace(self.context, inlining=self._mark("", name.text)))
                case surface.Define(entity=entity, name=name) if entity is not None:
                    expr = check_entity_definition(self.scope, entity.text, name.text, self.context)
                    if entity.text != self.scope.entity:
                        expr = None
                case surface.Parameter(name=name):
                    parameter = self.scope.parameters.get(name.text)
                    expr = parameter.on(typed.EffectiveDate()) if parameter is not None else None
                case _:
                    continue
            self.articles[name.text] = part.article
            if expr is not None:
                found.append(typed.Definition(name.text, expr, part.article, name.place))
        return found

    def _mark(self, entity: str, name: str) -> tuple[tuple[str, str, str], ...]:
        return ((self.scope.document.file, entity, name),)

    def _conditions(self) -> list[typed.Condition]:
        written = [
            (part.statement, part)
            for part in self.scope.document.rules
            if isinstance(part.statement, surface.ConditionStatement)
        ]
        if len(written) > CONDITIONS_MAX:
            place = written[CONDITIONS_MAX][0].place
            message = f"条件多于 {CONDITIONS_MAX} 条"
            self.desk.note("too-many", place, message, "用 定义 把几条合成一条")
        found = []
        for statement, part in written:
            name = statement.name
            self.articles[name.text] = part.article
            expr = condition(statement.expr, self.context)
            if expr is not None:
                found.append(typed.Condition(name.text, expr, part.article, part.text, name.place))
        return found

    # What is due

    def _benefit(self) -> typed.Expr | None:
        parts = self._all(surface.Benefit)
        for extra, _ in parts[1:]:
            message = f"第 {parts[0][0].place.line} 行已经写了 {parts[0][0].kind},不能再写一条 {extra.kind}"
            self.desk.note("duplicate-statement", extra.place, message, "金额、荣誉、服务 合起来只写一条")
        if not parts:
            return None
        benefit, article = parts[0]
        self.articles[benefit.kind] = article
        expr = check(benefit.expr, self.context)
        if expr is None:
            return None
        match benefit.kind, expr.type.kind:
            case ("金额", "money") if expr == typed.Constant(Fraction(0), MONEY):
                message = "金额 写的是 0 元,谁也得不到"
                self.desk.note("zero-amount", benefit.expr.place, message, "写明金额;不发钱的写 服务;停办的写 废止")
                return None
            case ("金额", "money") | ("荣誉", "titles"):
                return expr
            case "荣誉", "text":
                return self._titles(expr, benefit)
            case "服务", "text":
                return typed.Constant(Fraction(0), MONEY)
        wanted = {"金额": "金额,如 500 元", "荣誉": "荣誉的名称,或表里的一列荣誉", "服务": "加引号的文本"}[benefit.kind]
        message = f"{benefit.kind} 后面是{kinds.spoken(expr.type)}"
        self.desk.note("type-mismatch", benefit.expr.place, message, f"要写{wanted}")
        return None

    def _titles(self, expr: typed.Expr, benefit: surface.Benefit) -> typed.Expr | None:
        """A text as its titles (甲、乙 are two, as in a cell), also in the branches of a 若."""
        match bare(expr):
            case typed.Constant(value=str() as text) if titles := titles_of(text):
                self.desk.titles.update(titles)
                return typed.Constant(titles, TITLES)
            case typed.If(condition=test, then=then, otherwise=otherwise):
                one, other = self._titles(then, benefit), self._titles(otherwise, benefit)
                return typed.If(test, one, other) if one is not None and other is not None else None
            case plain if plain.type == TITLES:
                return plain
        way = "把表里这一列的名称写作 荣誉"
        self.desk.note("type-mismatch", benefit.expr.place, "这里要荣誉的名称,写的却是文本", way)
        return None

    def _stages(self) -> list[typed.Stage]:
        written = self._all(surface.Instalment)
        benefit = self._all(surface.Benefit)
        if written and benefit and benefit[0][0].kind != "金额":
            self.desk.note("wrong-stage", written[0][0].place, f"{benefit[0][0].kind} 不能分期", "删去 分期")
            return []
        found = []
        for position, (statement, article) in enumerate(written):
            self.articles[statement.name.text] = article
            stage = self._stage(statement, article, position == len(written) - 1)
            if stage is not None:
                found.append(stage)
        return found

    def _stage(self, statement: surface.Instalment, article: str, last: bool) -> typed.Stage | None:
        words = {**self.context.words, "金额": typed.Granted(), "其余": typed.Remainder()}
        amount = check(statement.amount, replace(self.context, words=words))
        when = condition(statement.when, self.context)
        deadline = day_of(statement.deadline, self.context) if statement.deadline is not None else None
        if amount is None or when is None or (statement.deadline is not None and deadline is None):
            return None
        if amount.type != MONEY:
            message = f"分期 '{statement.name.text}' 要写金额,写的却是{kinds.spoken(amount.type)}"
            self.desk.note("type-mismatch", statement.amount.place, message, "如 '金额 × 50 %' 或 '其余'")
            return None
        if _more_than_whole(amount):
            way = "百分数要写 %,如 '金额 × 50 %'"
            self.desk.note("wrong-stage", statement.amount.place, "这一期比全部金额还多", way)
            return None
        settles = _mentions_remainder(statement.amount)
        if settles and (amount != typed.Remainder() or not last):
            way = "其余 单独写在最后一条 分期 里"
            self.desk.note("wrong-stage", statement.amount.place, "其余 是减去前面各期后剩下的全部", way)
            return None
        return typed.Stage(statement.name.text, amount, when, deadline, article, statement.name.place)

    # Versions and order

    def _transitions(self) -> list[tuple[typed.Expr, str]]:
        """Conditions with the name of the version as written; the rulebook puts the label in its place."""
        found = []
        for statement, article in self._all(surface.Transition):
            self.articles["过渡"] = article
            test = condition(statement.condition, self.context)
            if test is not None:
                found.append((test, statement.version.text))
        return found

    def _order(self, amount: typed.Expr | None) -> list[typed.OrderKey]:
        found = self._only(self._all(surface.OrderStatement), "次序")
        context = replace(self.context, words=_known({**self.context.words, "金额": amount}))
        keys = [self._order_key(item, context) for item in (found[0].items if found else ()) if item.expr is not None]
        return [key for key in keys if key is not None]

    def _order_key(self, item: surface.OrderItem, context: Context) -> typed.OrderKey | None:
        assert item.expr is not None
        expr = check(item.expr, context)
        if expr is None:
            return None
        kind = expr.type.kind
        codes = self.desk.vocabulary.codes.get(expr.type.of) if kind == "code" else None
        if kind != "bool" and not expr.type.ordered and not (codes is not None and codes.ordered):
            message = f"{kinds.spoken(expr.type)}排不出先后"
            self.desk.note("no-order", item.expr.place, message, "写日期、数、金额、有高低的编码,或 '条件 在先'")
            return None
        if item.direction == "在先" and kind != "bool":
            way = "写 '从大到小',或写一个条件"
            self.desk.note("no-order", item.expr.place, f"在先 前面要一个条件,写的却是{kinds.spoken(expr.type)}", way)
            return None
        if item.direction == "从大到小" and kind == "bool":
            self.desk.note("no-order", item.expr.place, "条件没有大小", "写 '… 在先'")
            return None
        return typed.OrderKey(expr, item.direction == "从大到小", item.direction == "在先")


def check_entity_definition(scope: Scope, entity: str, name: str, context: Context) -> typed.Expr | None:
    """定义 E.N by itself, over Row(0) of E; on a document's own place if it is wrong."""
    definition = scope.entity_definitions.get((entity, name))
    if definition is None:
        return None
    inner = entity_context(Found(scope, definition), typed.Row(0, ref(entity)), context)
    mark = (scope.document.file, entity, name)
    return check(definition.statement.expr, replace(inner, inlining=(mark,)))


def _known(words: dict[str, typed.Expr | None]) -> dict[str, typed.Expr]:
    return {word: expr for word, expr in words.items() if expr is not None}


def _more_than_whole(amount: typed.Expr) -> bool:
    """金额 × 50"""
    match amount:
        case typed.Arithmetic(op="×", left=typed.Granted(), right=typed.Constant(value=times)):
            return isinstance(times, Fraction) and times > 1
    return False


def _mentions_remainder(node: object) -> bool:
    if isinstance(node, surface.Path):
        return any(word.text == "其余" for word in node.words)
    if isinstance(node, tuple):
        return any(_mentions_remainder(item) for item in node)
    if isinstance(node, RulePart) or not hasattr(node, "__dataclass_fields__"):
        return False
    return any(_mentions_remainder(getattr(node, name)) for name in node.__dataclass_fields__)
