"""Random well-typed expressions, as text.

One function a form. What may be spoken of is a `Sight`; each phrase stands in brackets unless it stands alone anyway, so
no precedence is needed. Ambiguous names are never written: the row after 其中 is always 其, the subject then always 本.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeVar

from tests.agreement.town import VOCABULARY, literals

from jixiang.language.types import (
    BOOL,
    DATE,
    DAYS,
    MONEY,
    MONTH,
    MONTHS,
    NUMBER,
    TEXT,
    YEAR,
    Kind,
    Type,
    code,
    ref,
)

T = TypeVar("T")
HOURS, PEOPLE, WORKDAYS = (Type("number", unit=unit) for unit in ("课时", "人", "工作日"))
LEVEL, KIND, DISTRICT = code("等级"), code("类型"), code("区县")
VALUES = (DATE, MONTH, YEAR, NUMBER, HOURS, WORKDAYS, MONEY, MONTHS, DAYS)
PLAIN = (*VALUES, BOOL, TEXT, LEVEL, KIND, DISTRICT)
SIGNS: dict[str, tuple[str, ...]] = {
    "date": ("早于", "晚于", "不早于", "不晚于", "为", "不为", ">=", "<"),
    "month": ("早于", "晚于", "不早于", "不晚于", "为", "不为"),
    "year": (">=", "<", "为", ">", "<=", "≠"),
    "number": ("不少于", "满", "超过", "少于", "不超过", "=", "≠"),
    "money": ("不低于", "高于", "低于", "不高于", "为", "不为"),
    "months": ("不少于", "满", "超过", "少于", "不超过", "为", "不为"),
    "days": ("≥", "≤", ">", "<", "=", "≠"),
    "code": ("不低于", "高于", "低于", "不高于", "为", "不为"),
    "other": ("为", "不为"),
}


@dataclass(frozen=True)
class Shape:
    """A table: its key columns' types, its value columns. Without value columns it is a list."""

    name: str
    keys: tuple[Type, ...]
    values: tuple[tuple[str, Type], ...] = ()


@dataclass(frozen=True)
class Sight:
    """What an expression may speak of. `row`: the entity after 其中. `dated`: whether dated things may go without 于
    (while 适用日 is being said they may not, nor may 适用日 itself). `names` are 定义 and 参数 (`fixed`: 参数 only, as inside
    定义 E.N), `given` what 定义 E.N adds to an entity, `words` what only some statements know,
    `means` the text of each 定义."""

    subject: str
    row: str = ""
    dated: bool = True
    each: str = ""
    of_entity: bool = False
    names: Mapping[str, Type] = field(default_factory=dict)
    fixed: Mapping[str, Type] = field(default_factory=dict)
    given: Mapping[tuple[str, str], Type] = field(default_factory=dict)
    tables: tuple[Shape, ...] = ()
    words: Mapping[str, Type] = field(default_factory=dict)
    means: Mapping[str, str] = field(default_factory=dict)

    def bare(self, text: str) -> str:
        """What a phrase is, where it is the mere name of a 定义: comparing a thing with itself is an error."""
        plain = text.removeprefix("本.")
        return self.bare(self.means[plain]) if plain in self.means else plain

    @property
    def known(self) -> Mapping[str, Type]:
        return self.fixed if self.of_entity else {**self.names, **self.fixed}


# What can be named -----------------------------------------------------------------------------------------------


@cache
def _steps(start: str, entity: str, reach: int) -> tuple[tuple[str, Type, bool], ...]:
    """Paths from a row: spelling, type, whether it changes with time."""
    found: list[tuple[str, Type, bool]] = []
    for attribute in VOCABULARY.entities[entity].attributes.values():
        path = f"{start}.{attribute.name}"
        found.append((path, attribute.type, attribute.varies))
        if attribute.type.kind == "ref" and reach > 1:
            found += _steps(path, attribute.type.of, reach - 1)
    return tuple(found)


@cache
def _rows(subject: str, row: str) -> tuple[tuple[str, Type, bool], ...]:
    """Everything that rows in sight lead to, themselves among it. The subject's own attributes go bare where they can."""
    roots = [("本", subject)] + ([("其", row)] if row else [])
    found = [(name, ref(entity), False) for name, entity in roots]
    for name, entity in reversed(roots):
        found += _steps(name, entity, 3)
    if not row:
        found = [(path.removeprefix("本."), of, varies) for path, of, varies in found]
    return (*found, *_steps("全市", "全市", 1))


def fits(of: Type, wanted: Type) -> bool:
    """A number without a unit goes with any."""
    return of.kind == wanted.kind and of.of == wanted.of and (of.unit in ("", wanted.unit) or not wanted.unit)


def exactly_fits(of: Type, wanted: Type) -> bool:
    """As `fits`, where the other side may have any unit: only a bare number is sure to go with it."""
    return of == wanted or (fits(of, wanted) and of.unit in ("", wanted.unit))


def paths(sight: Sight, wanted: Type) -> list[str]:
    """Everything of a type that has a name here."""
    found = [
        dated(sight, path) if varies else path
        for path, of, varies in _rows(sight.subject, sight.row)
        if exactly_fits(of, wanted)
    ]
    found += [dated(sight, name) for name, of in sight.known.items() if exactly_fits(of, wanted)]
    found += [word for word, of in sight.words.items() if exactly_fits(of, wanted)]
    for path, of, varies in _rows(sight.subject, sight.row):
        if of.kind == "ref" and not varies:
            found += [
                dated(sight, f"{path}.{name}")
                for (entity, name), given in sight.given.items()
                if entity == of.of and exactly_fits(given, wanted)
            ]
    return found


def dated(sight: Sight, text: str) -> str:
    """Read on 适用日; while that is being said, on 决定日."""
    return text if sight.dated else f"({text} 于 决定日)"


def refs(sight: Sight, entity: str = "") -> list[str]:
    return [p for p, of, _ in _rows(sight.subject, sight.row) if of.kind == "ref" and (not entity or of.of == entity)]


# Expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrases:
    """Makes expressions up. `deep` is how many levels a phrase may have below it."""

    dice: random.Random

    def one(self, choices: Sequence[T]) -> T:
        return self.dice.choice(choices)

    def chance(self, of: int) -> bool:
        """Once in `of` times."""
        return self.dice.randrange(of) == 0

    def up_to(self, most: int) -> int:
        return self.dice.randint(0, most)

    def value(self, of: Type, sight: Sight, deep: int) -> str:
        """An expression of a type."""
        named = paths(sight, of)
        simple = [lambda: self.one(named)] * (2 * bool(named))
        if of.kind != "ref":
            simple.append(lambda: self.one(literals(of)))
        if of.kind == "code":
            simple = simple[:-1] or simple
        if of == DATE:
            simple += [lambda: "决定日"] + ([lambda: "适用日"] if sight.dated else [])
        if of.kind in ("month", "year") and sight.each == of.kind and not sight.of_entity:
            simple += [lambda: "当期"] * 3
        forms = simple if deep <= 0 else [*simple, *self.forms(of, sight, deep - 1)]
        return self.one(forms)()

    def forms(self, of: Type, sight: Sight, deep: int) -> list[Callable[[], str]]:
        """The ways to make a value of a type out of others."""
        found: list[Callable[[], str]] = [lambda: self.choice(of, sight, deep)]
        match of.kind:
            case "date":
                found += [
                    lambda: self.shifted(of, sight, deep, (MONTHS, DAYS)),
                    lambda: self.extreme(of, sight, deep, ("较早", "较晚")),
                    lambda: f"{self.path_of(self.one((MONTH, YEAR)), sight)}.{self.one(('首日', '末日'))}",
                ]
            case "month":
                found += [
                    lambda: self.shifted(of, sight, deep, (MONTHS,)),
                    lambda: self.extreme(of, sight, deep, ("较早", "较晚")),
                    lambda: f"{self.path_of(DATE, sight)}.{self.one(('当月', '上月'))}",
                    lambda: f"{self.path_of(MONTH, sight)}.上月",
                ]
            case "year":
                found += [
                    lambda: self.extreme(of, sight, deep, ("较早", "较晚")),
                    lambda: f"{self.path_of(self.one((DATE, MONTH)), sight)}.{self.one(('当年', '上年'))}",
                ]
            case "number":
                found += [lambda: self.extreme(of, sight, deep, ("较小", "较大")), lambda: self.sum(of, sight, deep)]
                if not of.unit:
                    found += [
                        lambda: self.ratio(sight, deep),
                        lambda: self.ratio(sight, deep),
                        lambda: self.age(sight, deep),
                    ]
            case "money":
                found += [
                    lambda: self.extreme(of, sight, deep, ("较小", "较大")),
                    lambda: self.sum(of, sight, deep),
                    lambda: self.scaled(sight, deep),
                    lambda: self.scaled(sight, deep),
                    lambda: self.rounded(sight, deep),
                ]
                if not sight.row and sight.subject == "证书":
                    found.append(lambda: self.share(sight, deep))
            case "months" | "days":
                between = "整月数" if of == MONTHS else "天数"
                found += [
                    lambda: f"{between}({self.value(DATE, sight, deep)}, {self.value(DATE, sight, deep)})"
                ] * 2 + [
                    lambda: self.extreme(of, sight, deep, ("较小", "较大")),
                    lambda: self.sum(of, sight, deep),
                ]
            case "bool":
                return self.truths(sight, deep)
        if not sight.row and (rows := self.aggregates(of, sight, deep)):
            found += rows * 2
        if looks := [t for t in sight.tables if any(exactly_fits(v, of) for _, v in t.values)]:
            found += [lambda: self.look(self.one(looks), of, sight, deep)] * 5
        if sight.dated:
            found.append(lambda: self.on_day(of, sight, deep))
        return found

    def on_day(self, of: Type, sight: Sight, deep: int) -> str:
        """Read as it was on a day; a literal has no past."""
        text = self.value(of, sight, deep)
        return text if text in literals(of) else f"(({text}) 于 {self.grouped(DATE, sight, 0)})"

    def grouped(self, of: Type, sight: Sight, deep: int) -> str:
        """A value that may have something written behind it."""
        text = self.value(of, sight, deep)
        return text if text.isidentifier() else f"({text})"

    def path_of(self, of: Type, sight: Sight) -> str:
        """A name of a day, month or year, so that a step can follow."""
        named = [p for p in paths(sight, of) if "(" not in p]
        if sight.each == of.kind and not sight.of_entity:
            named = [*named, "当期", "当期"]
        return self.one([*named, {"date": "决定日", "month": "决定日.当月", "year": "决定日.当年"}[of.kind]])

    # Values ------------------------------------------------------------------------------------------------------

    def choice(self, of: Type, sight: Sight, deep: int) -> str:
        test = self.truth(sight, deep)
        return f"(若 {test} 则 {self.value(of, sight, deep)} 否则 {self.value(of, sight, deep)})"

    def shifted(self, of: Type, sight: Sight, deep: int, by: Sequence[Type]) -> str:
        return f"({self.value(of, sight, deep)} {self.one(('加', '减'))} {self.value(self.one(by), sight, deep)})"

    def extreme(self, of: Type, sight: Sight, deep: int, names: Sequence[str]) -> str:
        items = [self.value(of, sight, deep) for _ in range(2 + self.chance(4))]
        return f"{self.one(names)}({', '.join(items)})"

    def sum(self, of: Type, sight: Sight, deep: int) -> str:
        return f"({self.value(of, sight, deep)} {self.one(('+', '-'))} {self.value(of, sight, deep)})"

    def ratio(self, sight: Sight, deep: int) -> str:
        of = self.one((NUMBER, HOURS, WORKDAYS, MONTHS, DAYS, MONEY))
        other = MONEY if of == MONEY else self.one((NUMBER, MONTHS, of))
        sign = "÷" if of == MONEY else self.one(("÷", "×"))
        return f"({self.value(of, sight, deep)} {sign} {self.value(other, sight, deep)})"

    def scaled(self, sight: Sight, deep: int) -> str:
        factor = self.value(self.one((NUMBER, HOURS, MONTHS, DAYS)), sight, deep)
        return f"({self.value(MONEY, sight, deep)} {self.one(('×', '÷'))} {factor})"

    def age(self, sight: Sight, deep: int) -> str:
        people = refs(sight, "人员")
        who = self.one(people) if people and self.chance(2) else self.value(DATE, sight, deep)
        return f"(年龄({who}, {self.value(DATE, sight, deep)}) × 1)"

    def rounded(self, sight: Sight, deep: int) -> str:
        unit, way = self.one(("元", "10 元", "角", "0.5 元")), self.one(("四舍五入", "向下", "向上"))
        return f"取整({self.value(MONEY, sight, deep)}, {unit}, {way})"

    def share(self, sight: Sight, deep: int) -> str:
        where = self.where(replace(sight, row="证书"), deep)
        return f"均分({self.value(MONEY, sight, deep)}, 同组{where})"

    def look(self, table: Shape, of: Type, sight: Sight, deep: int) -> str:
        keys = ", ".join(self.value(key, sight, min(deep, 1)) for key in table.keys)
        columns = [name for name, value in table.values if exactly_fits(value, of)]
        column = f".{self.one(columns)}" if len(table.values) > 1 else ""
        return dated(sight, f"{table.name}[{keys}]{column}")

    # Sets of rows ------------------------------------------------------------------------------------------------

    def many(self, sight: Sight) -> list[tuple[str, str]]:
        """Ways to many rows, and what they are."""
        found = []
        for path, of, _ in _rows(sight.subject, ""):
            if of.kind == "ref":
                for name, relation in VOCABULARY.entities[of.of].relations.items():
                    found.append((name if path == "本" else f"{path}.{name}", relation.target))
        return found

    def where(self, sight: Sight, deep: int) -> str:
        return f" 其中 {self.truth(sight, max(deep, 1))}" if not self.chance(4) else ""

    def aggregates(self, of: Type, sight: Sight, deep: int) -> list[Callable[[], str]]:
        """Counts and extremes of a type over rows. What changes with time is read on some day."""
        ways = self.many(sight)
        if not ways:
            return []
        functions: dict[Kind, tuple[str, ...]] = {
            "date": ("最早", "最晚"),
            "month": ("最早", "最晚"),
            "year": ("最早", "最晚"),
            "number": ("求和", "平均", "最大", "最小"),
            "money": ("求和", "求和", "平均", "最大", "最小"),
            "months": ("最大", "最小"),
            "days": ("最大", "最小"),
        }
        found: list[Callable[[], str]] = []
        if of.kind in functions and any(self.cells(target, of, sight) for _, target in ways):
            found.append(lambda: self.over(self.one(functions[of.kind]), of, sight, deep))
        if of == NUMBER:
            found += [
                lambda: self.counted("计数", sight, deep),
                lambda: self.over("去重计数", self.one((DATE, TEXT, LEVEL, KIND, HOURS, BOOL)), sight, deep),
            ]
        if of == MONTHS:
            found += [lambda: self.over(self.one(("去重计数", "最长连续")), MONTH, sight, deep)] * 2
        return found

    def counted(self, name: str, sight: Sight, deep: int) -> str:
        way, target = self.one(self.many(sight))
        return f"{name}({way}{self.where(replace(sight, row=target), deep)})"

    def over(self, name: str, of: Type, sight: Sight, deep: int) -> str:
        ways = [(way, target) for way, target in self.many(sight) if self.cells(target, of, sight)]
        if not ways:
            return self.one(literals(MONTHS if of == MONTH else of if name != "去重计数" else NUMBER))
        way, target = self.one(ways)
        cell = self.one(self.cells(target, of, sight))
        return f"{name}({way}.{cell}{self.where(replace(sight, row=target), deep)})"

    def cells(self, target: str, of: Type, sight: Sight) -> list[str]:
        """What can be added up or compared of each row."""
        found = [
            path.removeprefix("其.")
            for path, kind, varies in _steps("其", target, 2)
            if kind == of and (sight.dated or not varies)
        ]
        given = [name for (entity, name), kind in sight.given.items() if entity == target and kind == of]
        return found + (given if sight.dated else [])

    # Truth -------------------------------------------------------------------------------------------------------

    def truth(self, sight: Sight, deep: int) -> str:
        return self.value(BOOL, sight, deep) if deep > 0 else self.compared(sight, 0)

    def truths(self, sight: Sight, deep: int) -> list[Callable[[], str]]:
        found = (
            [lambda: self.compared(sight, deep)] * 4
            + [lambda: self.window(sight)] * 3
            + [
                lambda: self.known(sight, deep),
                lambda: self.between(sight, deep),
                lambda: self.inside(sight, deep),
                lambda: self.member(sight, deep),
                lambda: self.joined(sight, deep),
                lambda: self.joined(sight, deep),
                lambda: f"(非 {self.truth(sight, deep)})",
                lambda: self.choice(BOOL, sight, deep),
                lambda: self.same(sight),
            ]
        )
        if sight.dated:
            found.append(lambda: self.on_day(BOOL, sight, deep))
        if not sight.row and self.many(sight):
            found += [lambda: self.counted(self.one(("存在", "不存在")), sight, deep)] * 3
        if lists := [table for table in sight.tables if not table.values]:
            found += [lambda: self.listed(self.one(lists), sight, deep)] * 2
        if groups := self.groups(sight):
            found += [lambda: self.of_group(self.one(groups), sight)] * 2
        return found

    def compared(self, sight: Sight, deep: int) -> str:
        of = self.one((*PLAIN, NUMBER, MONEY, DATE))
        if of.kind in ("code", "text", "bool"):
            named = paths(sight, of)
            if not named:
                return self.compared_with(self.one((DATE, MONEY)), sight, deep)
            left = self.one(named)
            signs = SIGNS["code"] if of == LEVEL else SIGNS["other"]
            others = [x for x in (*literals(of), *named) if sight.bare(x) != sight.bare(left)]
            return f"{left} {self.one(signs)} {self.one(others)}"
        return self.compared_with(of, sight, deep)

    def window(self, sight: Sight) -> str:
        """A day not later than so many months after another, as half of all policies say."""
        later, earlier = self.one([*paths(sight, DATE), "决定日"]), self.one(paths(sight, DATE) or ["决定日"])
        span = f"{self.one((1, 2, 3, 6, 12, 13))} {self.one(('个月', '个月', '天'))}"
        return f"({later} {self.one(('不晚于', '早于', '晚于', '不早于'))} {earlier} {self.one(('加', '减'))} {span})"

    def compared_with(self, of: Type, sight: Sight, deep: int) -> str:
        left, right = self.value(of, sight, deep), self.value(of, sight, deep)
        if sight.bare(left) == sight.bare(right):
            right = next(text for text in literals(of) if text != left)
        return f"{left} {self.one(SIGNS[of.kind])} {right}"

    def known(self, sight: Sight, deep: int) -> str:
        named = [path for of in PLAIN for path in paths(sight, of)] + refs(sight)
        of = self.one(VALUES)
        what = self.value(of, sight, deep) if self.chance(2) else self.one(named)
        return f"({self.one(('有', '无'))} {what})"

    def between(self, sight: Sight, deep: int) -> str:
        of = self.one(VALUES)
        item, low, high = (self.value(of, sight, deep) for _ in range(3))
        spare = [text for text in literals(of) if text != sight.bare(item)]
        low = spare[0] if sight.bare(low) == sight.bare(item) else low
        high = spare[1] if sight.bare(high) == sight.bare(item) else high
        return f"({item} 在 {low} 至 {high})"

    def inside(self, sight: Sight, deep: int) -> str:
        span = self.one((MONTH, YEAR))
        item = self.value(DATE if span == MONTH else self.one((DATE, MONTH)), sight, deep)
        return f"({item} 在 {self.value(span, sight, deep)})"

    def member(self, sight: Sight, deep: int) -> str:
        of = self.one(PLAIN)
        named = paths(sight, of)
        if not named or of == BOOL:
            return self.compared(sight, deep)
        item = self.one(named)
        every = [text for text in literals(of) if text != item]
        options = self.dice.sample(every, min(len(every), 1 + self.up_to(2)))
        return f"({item} {self.one(('属于', '不属于'))} {{{'、'.join(options)}}})"

    def joined(self, sight: Sight, deep: int) -> str:
        items = [self.truth(sight, deep) for _ in range(2 + self.chance(3))]
        return f"({self.one((' 且 ', ' 或 ')).join(items)})"

    def same(self, sight: Sight) -> str:
        """Two references to one kind of thing."""
        entity = self.one(("人员", "单位"))
        named = refs(sight, entity)
        if len(named) < 2:
            return f"(有 {self.one(refs(sight))})"
        left = self.one(named)
        return f"({left} {self.one(('为', '不为'))} {self.one([x for x in named if x != left])})"

    def listed(self, table: Shape, sight: Sight, deep: int) -> str:
        items = "、".join(self.value(key, sight, min(deep, 1)) for key in table.keys)
        on = f" 于 {self.grouped(DATE, sight, 0)}" if not sight.dated or self.chance(3) else ""
        return f"({items} {self.one(('属于', '不属于'))} {table.name}{on})"

    def groups(self, sight: Sight) -> list[tuple[str, str]]:
        """References and the boolean things that can be asked of them."""
        return [
            (path, name)
            for path, of, _ in _rows(sight.subject, sight.row)
            for (entity, name), given in sight.given.items()
            if of.kind == "ref" and of.of == entity and given == BOOL
        ]

    def of_group(self, group: tuple[str, str], sight: Sight) -> str:
        on = f" 于 {self.grouped(DATE, sight, 0)}" if not sight.dated or self.chance(2) else ""
        return f"({group[0]} 属于 {group[1]}{on})"
