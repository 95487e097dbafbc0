"""The statements of a document in plain words, each with what officials misread: dates, 于, 每年 beside 5 年内, orders of codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date

from jixiang.language import surface as s
from jixiang.language.check.scope import Parameter, Scope
from jixiang.language.parts import RulePart
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.render import plain
from jixiang.readings.render.page import Cell, Inline, Item, Link
from jixiang.readings.wording import spell
from jixiang.values.dates import add_days, add_months

PICKS = {
    "先到先得": "先作决定的算数",
    "高额优先": "一起办理、超过数量的,金额高的优先",
    "就高补差": "按高的算,已经给过低的就补差额",
}
SPAN_FROM = date(2020, 3, 1)  # of the example that shows what "any five years" are


@dataclass(frozen=True)
class Saying:
    """Says the statements of one document. `pages`: 名称 or label of a document → its page."""

    scope: Scope
    vocabulary: Vocabulary
    pages: dict[str, str]

    @property
    def entity(self) -> str:
        return self.scope.entity

    @property
    def columns(self) -> dict[str, str]:
        """What tables in sight with one column of values call it."""
        there = [table for scope in (*self.scope.quotes, self.scope) for table in scope.tables.values()]
        return {table.name: table.values[0][0] for table in there if len(table.values) == 1}

    def say(self, expr: s.Expr) -> str:
        return plain.said(expr, self.entity, self.columns)

    def item(self, part: RulePart) -> Item:
        """A statement, as what it is called and says."""
        found = self._item(part.statement)
        return replace(found, text=plain.tidy(found.text), details=tuple(map(_tidy, found.details)))

    def _item(self, statement: s.Statement) -> Item:
        match statement:
            case s.Subject() as subject:
                return self._subject(subject)
            case s.Role(role=role, expr=expr):
                return Item(role, "", self._role(role, expr), self._notes(expr))
            case s.Define(entity=None, name=name, expr=expr):
                return Item("算法", name.text, self.say(expr), self._notes(expr))
            case s.Define(entity=s.Word(text=entity), name=name, expr=expr):
                return Item("算法", f"{entity}的{name.text}", plain.said(expr, entity, self.columns), self._notes(expr))
            case s.Parameter(name=name):
                return Item("数值", name.text, self.steps(self.scope.parameters.get(name.text)))
            case s.ConditionStatement(name=name, expr=expr):
                return Item(
                    "条件",
                    name.text,
                    plain.sentence(expr, self.entity, self.columns),
                    (*self._meaning(expr), *self._notes(expr)),
                )
            case s.Benefit(kind=kind, expr=expr):
                return Item(kind, "", self.say(expr), self._notes(expr))
            case s.Instalment() as stage:
                return self._stage(stage)
            case s.LimitStatement() as limit:
                return self.limit(limit)
            case s.OrderStatement(items=items):
                return self._order(items)
            case s.Transition(condition=condition, version=version):
                text = f"{self.say(condition)}的,仍按"
                return Item(
                    "过渡", "", f"{text}《{version.text}》办理", (self._see(version.text), *self._notes(condition))
                )
        raise TypeError(f"no words for {type(statement).__name__}")

    def _subject(self, subject: s.Subject) -> Item:
        often = {"每月": ",每个月办一次", "每年": ",每年办一次"}.get(subject.each, "")
        text = f"按{subject.entity.text}逐条办理{often}"
        if subject.where is None:
            return Item("对象", "", text)
        text += f";只办{self.say(subject.where)}的,别的不作决定"
        return Item("对象", "", text, self._notes(subject.where))

    def _role(self, role: str, expr: s.Expr) -> str:
        what = self.say(expr)
        return {
            "适用日": f"按{what}那天有效的规定办",
            "受益人": f"给{what}",
            "收款人": f"付给{what}",
        }[role]

    def _stage(self, stage: s.Instalment) -> Item:
        when, amount = (self.say(part) for part in (stage.when, stage.amount))
        rest = {"其余": "还没有付的全部"}.get(amount, amount)
        text = f"在{when}以后,付{rest}"
        if stage.deadline is not None:
            text += f";到{self.say(stage.deadline)}还没有达到的,已付的追回"
        notes = [note for expr in (stage.when, stage.amount, stage.deadline) if expr for note in self._notes(expr)]
        return Item("分期", stage.name.text, text, tuple(notes))

    # 上限, 互斥, 先高后低, 次序

    def limit(self, said: s.LimitStatement) -> Item:
        """As the document says it that states it."""
        who = "、".join(f"同一{self.say(key)}" for key in said.keys)
        others = "".join(f"《{word.text}》" for word in said.policies)
        per = _per(said.per)
        match said.kind:
            case "上限":
                joint = f"本项和{others}合计" if others else ""
                text = f"{who}{per},{joint}{self._most(said.most)}"
            case "互斥":
                text = f"{who}{per},本项和{others}只能享受一项"
            case _:
                level = "级别" if said.level is None else self.say(said.level)
                text = f"{who}已经享受{level}较高的,不再享受{level}较低的{f'({others}一起算)' if others else ''}"
        if said.when is not None:
            text += f";只算{self.say(said.when)}的"
        if said.pick:
            text += f";{PICKS[said.pick]}"
        notes = [*self._spans(said), *(n for e in (said.most, said.when) if e for n in self._notes(e))]
        if said.policies:
            notes.append(("另见", *(self._link(word.text) for word in said.policies)))
        return Item(said.kind, said.name.text if said.name else "", plain.tidy(text), tuple(notes))

    def _most(self, most: s.Expr | None) -> str:
        if isinstance(most, s.Literal_):
            return f"最多 {plain.said(most)}"
        return "" if most is None else f"不超过{self.say(most)}"

    def _spans(self, said: s.LimitStatement) -> Iterator[Cell]:
        match said.per:
            case s.Per(word="每年"):
                yield ("每年是一个自然年,按每一笔的适用日归年",)
            case s.Per(word="每月"):
                yield ("每月是一个自然月",)
            case s.Per(number=n, unit=unit):
                until = (
                    add_days(SPAN_FROM, n) if unit == "天" else add_months(SPAN_FROM, n * (12 if unit == "年" else 1))
                )
                first, last = plain.day(SPAN_FROM), plain.day(add_days(until, -1))
                yield (f"任意连续的 {n} {unit}都算,例如 {first}到 {last};不是自然年",)
        if isinstance(said.most, s.Literal_) and said.most.unit == "个月":
            yield ("数的是不同的月份:一个月里有几笔也只算一个月",)

    def _order(self, items: tuple[s.OrderItem, ...]) -> Item:
        said, notes = [], []
        for one in items:
            if one.policy is not None:
                said.append(f"《{one.policy.text}》在先")
                notes.append(self._see(one.policy.text))
            elif one.expr is not None:
                how = {"从大到小": "从大到小", "在先": "的在先"}.get(one.direction, "从小到大、从早到晚")
                said.append(f"{self.say(one.expr)}{how}")
        return Item("先后", "", plain.tidy(f"名额或资金不够时,依次看:{';'.join(said)}"), tuple(notes))

    # What to know about it ---------------------------------------------------------------------------------------

    def _notes(self, expr: s.Expr) -> tuple[Cell, ...]:
        """Dated values that it names, where names of other documents stand, on which day a value is read, and orders."""
        found: list[Cell] = []
        for node in _walk(expr):
            match node:
                case s.AsOf(expr=of, day=on):
                    what, when = self.say(of), self.say(on)
                    found.append((f"“{what}”看{when}那天的,别的不受影响",))
                case s.Path(words=words):
                    found += self._named(words[0].text if len(words) == 1 else words[-1].text, len(words) == 1)
                case s.TableLookup(table=table):
                    found += self._elsewhere(table.text, "tables")
                case s.Comparison(op=op, right=s.Path(words=(word,))) if op not in ("=", "≠"):
                    found += self._ordered(word.text, op)
                case s.Junction(op="且", items=items) if any(isinstance(i, s.Negation) for i in items):
                    found.append(("“不是”只管紧跟着的一句",))
        return tuple(dict.fromkeys(found))

    def _meaning(self, expr: s.Expr) -> Iterator[Cell]:
        """Of a condition that is a mere name, what the vocabulary says of it."""
        entity = self.vocabulary.entities.get(self.entity)
        if isinstance(expr, s.Path) and len(expr.words) == 1 and entity is not None:
            attribute = entity.attributes.get(expr.words[0].text)
            if attribute is not None and attribute.meaning:
                yield (f"{attribute.name}:{attribute.meaning}",)

    def _named(self, name: str, alone: bool) -> Iterator[Cell]:
        if alone and (parameters := self.scope.parameter(name)):
            where = parameters[0]
            see = () if where.scope is self.scope else self._see(where.scope.front.label)
            yield (f"{name}:{self.steps(where.item)}", *see)
        elif alone and name in self.scope.tables_in_sight():
            yield from self._elsewhere(name, "tables")
        else:
            for quoted in self.scope.quotes:
                if any(given == name for _, given in quoted.entity_definitions):
                    yield (f"{name}:", *self._see(quoted.front.label))

    def _elsewhere(self, name: str, what: str) -> Iterator[Cell]:
        if name not in getattr(self.scope, what):
            for quoted in self.scope.quotes:
                if name in getattr(quoted, what):
                    yield (f"表“{name}”:", *self._see(quoted.front.label))

    def _ordered(self, name: str, op: str) -> Iterator[Cell]:
        lists = [codes for codes in self.vocabulary.codes.values() if codes.ordered and name in codes.by_name]
        for codes in lists[:1]:
            mine = codes.rank[codes.by_name[name]]
            holds = {"<": mine.__gt__, "<=": mine.__ge__, ">": mine.__lt__, ">=": mine.__le__}[op]
            names = [code.name for code in codes.codes if holds(codes.rank[code.value])]
            yield (f"按高低就是:{'、'.join(names) or '没有'}",)

    def _see(self, name: str) -> Cell:
        return ("见", self._link(name))

    def _link(self, name: str) -> Inline:
        """To the page of a document, if there is one."""
        return Link(f"《{name}》", self.pages[name]) if name in self.pages else f"《{name}》（还没有这份文件）"

    def steps(self, parameter: Parameter | None) -> str:
        """The values of a 参数 and the days from which they hold."""
        if parameter is None:
            return ""
        found = []
        for since, constant in parameter.steps:
            value = spell(constant, self.vocabulary)
            found.append(value if since is None else f"{plain.day(since)}起 {value}")
        return ";".join(found)


def _tidy(detail: Cell) -> Cell:
    return tuple(part if isinstance(part, Link) else plain.tidy(part) for part in detail)


def _per(per: s.Per | None) -> str:
    match per:
        case None:
            return ""
        case s.Per(word="每年"):
            return "每个自然年"
        case s.Per(word="每月"):
            return "每个月"
    return f"任意连续 {per.number} {per.unit}里"


def _walk(node: object) -> Iterator[object]:
    """An expression and all in it."""
    if isinstance(node, tuple):
        for one in node:
            yield from _walk(one)
    elif is_dataclass(node) and not isinstance(node, type):
        yield node
        for field in fields(node):
            if field.name != "place":
                yield from _walk(getattr(node, field.name))
