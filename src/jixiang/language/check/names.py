"""What a name means: the first word of a path, and each step behind it.

Order: a 定义, 参数 of this document or of one it 引用s; an attribute of the 对象 (or of the row after 其中); the only row
of a single entity. Two meanings are an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.core import Context, bare, check
from jixiang.language.check.definitions import inline_definition, inline_entity_definition
from jixiang.language.check.literals import code_in, nearest_code
from jixiang.language.check.scope import Parameter
from jixiang.language.nearness import perhaps
from jixiang.language.types import DATE, MONTH, TEXT, YEAR, Type, ref
from jixiang.language.vocabulary import Entity
from jixiang.language.words import FUNCTIONS
from jixiang.values.problem import Place

TITLE_NAME = Type("text", of="荣誉")
FIXED = ("决定日", "适用日", "当期", "本", "其")
STATEMENT_WORDS = {
    "金额": "金额 只能在 分期 和 次序 里说到",
    "其余": "其余 只能在 分期 里说到",
    "荣誉": "荣誉 只能在荣誉政策的 上限 和 互斥 里说到",
    "服务": "服务 不是一个值",
    "受益人": "这里不能说 受益人",
    "收款人": "这里不能说 收款人",
}
PARTS: dict[str, tuple[typed.PartKind, Type, tuple[str, ...]]] = {
    "当月": ("month", MONTH, ("date",)),
    "上月": ("previous_month", MONTH, ("date", "month")),
    "当年": ("year", YEAR, ("date", "month")),
    "上年": ("previous_year", YEAR, ("date", "month", "year")),
    "首日": ("first_day", DATE, ("month", "year")),
    "末日": ("last_day", DATE, ("month", "year")),
}
TODAY = {
    *("今天", "今日", "当日", "当天", "办理日", "办理日期", "当前日期", "审核日", "审核日期"),
    *("申请日", "申请日期", "申报日期", "受理日期", "受理日"),
}
SAME = {("当月", "month"), ("当年", "year")}  # a month's own month is itself


@dataclass(frozen=True)
class Meaning:
    """One thing that a word can mean here. `group` says which rule of the order finds it."""

    group: Literal["fixed", "document", "row", "subject", "city", "lost"]
    owner: str
    make: Callable[[], typed.Expr | None]


@check.register
def check_path(node: surface.Path, context: Context, expected: Type | None = None) -> typed.Expr | None:
    first, *rest = node.words
    if not rest and expected is not None:
        constant = name_of_constant(first, expected, context)
        if constant is not None:
            return constant
    expr = head(first, context, expected)
    for word in rest:
        if expr is None:
            return None
        expr = step(expr, word, context)
    return expr


def name_of_constant(word: surface.Word, expected: Type, context: Context) -> typed.Expr | None:
    """A code, or the name of a title, where the other side is one and the word means nothing else."""
    if expected == TITLE_NAME and word.text in context.desk.titles:
        return typed.Constant(word.text, TEXT) if not meanings(word, context) else None
    if expected.kind != "code":
        return None
    stored = code_in(context.vocabulary.codes[expected.of], word.text)
    return typed.Constant(stored, expected) if stored is not None and not meanings(word, context) else None


def head(word: surface.Word, context: Context, expected: Type | None = None) -> typed.Expr | None:
    """The first word of a path."""
    found = meanings(word, context)
    if expected is not None and expected.kind == "code" and found:
        if code_in(context.vocabulary.codes[expected.of], word.text) is not None:
            message = f"'{word.text}' 既是{found[0].owner},又是编码 '{expected.of}' 的名称"
            context.wrong("ambiguous-name", word.place, message, f'指编码时写成 "{word.text}"(加引号)')
            return None
    if len(found) > 1:
        _ambiguous(word, found, context)
        return None
    if not found:
        _unknown(word, context, expected)
        return None
    return found[0].make()


def meanings(word: surface.Word, context: Context) -> list[Meaning]:
    """Everything that a word can mean here, codes left out. The city's single entities count only if nothing else does."""
    fixed = _fixed(word, context)
    if fixed is not None:
        return [fixed]
    found = [*_documents(word, context), *_rows(word, context), *_subject(word, context)]
    if found:
        return found
    entity = context.vocabulary.entities.get(word.text)
    if entity is not None and entity.single:
        return [Meaning("city", "全市唯一的一行", lambda: typed.TheOne(ref(word.text)))]
    return [Meaning("lost", "写错了的名称", lambda: None)] if context.scope.is_lost(word.text) else []


def _fixed(word: surface.Word, context: Context) -> Meaning | None:
    name = word.text
    if name in context.words:
        return Meaning("fixed", "固定的词", lambda: context.words[name])
    if name in FIXED:
        return Meaning("fixed", "固定的词", lambda: _fixed_word(word, context))
    return None


def _fixed_word(word: surface.Word, context: Context) -> typed.Expr | None:
    match word.text:
        case "决定日":
            return typed.DecisionDate()
        case "适用日":
            if context.effective is None:
                context.wrong("ring", word.place, "适用日 不能由 适用日 自己算出", "改用事实里的日期,或用 决定日")
            return context.effective
        case "当期":
            if context.period is None:
                way = "在 对象 后面写 每月 或 每年,如 '对象: 用工 每月'"
                context.wrong("no-period", word.place, "对象 没有写 每月 或 每年,所以没有 当期", way)
                return None
            return typed.Period(context.period)
        case "其":
            if not context.rows:
                context.wrong("no-row", word.place, "'其' 只能写在 其中 后面", "指正在认定的这一个时写 '本'")
                return None
            return context.rows[-1]
    if context.this is None:
        context.wrong("no-subject", word.place, "这里没有正在认定的对象,不能写 '本'")
    return context.this


def _documents(word: surface.Word, context: Context) -> list[Meaning]:
    scope = context.scope
    found = [
        Meaning("document", f"《{p.scope.front.name}》的参数", lambda p=p: _parameter(p.item, word, context))  # type: ignore[misc]
        for p in scope.parameter(word.text)
    ]
    if not context.of_entity:
        found += [
            Meaning(
                "document",
                f"《{d.scope.front.name}》的定义",
                lambda d=d: inline_definition(d, word, context),  # type: ignore[misc]
            )
            for d in scope.definition(word.text)
        ]
    return found


def _parameter(parameter: Parameter, word: surface.Word, context: Context) -> typed.Expr | None:
    day = day_of_reading(word.text, word.place, context)
    return parameter.on(day) if day is not None else None


def day_of_reading(name: str, place: Place, context: Context) -> typed.Expr | None:
    """The day on which a dated thing is read here; noted when that would be the 适用日 which is just being said."""
    if context.on is None:
        message = f"适用日 里说到 '{name}',它随时间变化,要写明看哪一天的"
        context.wrong("ring", place, message, f"写成 '{name} 于 决定日'")
    return context.on


def _rows(word: surface.Word, context: Context) -> list[Meaning]:
    if not context.rows:
        return []
    row = context.rows[-1]
    if not has(row, word.text, context):
        return []
    return [Meaning("row", f"行里 '{row.type.of}' 的属性", lambda: step(row, word, context))]


def _subject(word: surface.Word, context: Context) -> list[Meaning]:
    this = context.this
    if this is None:
        return []
    found = []
    if word.text == this.type.of:
        found.append(Meaning("subject", "对象本身", lambda: this))
    if has(this, word.text, context):
        owner = f"正在认定的 '{this.type.of}' 的属性"
        found.append(Meaning("subject", owner, lambda: step(this, word, context)))
    return found


def has(of: typed.Expr, name: str, context: Context) -> bool:
    """Has the thing an attribute of that name, declared or given by a 定义 E.N in sight?"""
    entity = context.entity_of(of)
    if entity is None:
        return False
    return name in entity.attributes or bool(context.scope.entity_definition(entity.name, name))


def _ambiguous(word: surface.Word, found: list[Meaning], context: Context) -> None:
    groups = {meaning.group for meaning in found}
    own = {*context.scope.definitions, *context.scope.parameters}
    if groups == {"document", "subject"} and word.text in own:
        return  # told where the name is given
    owners = " 和 ".join(dict.fromkeys(meaning.owner for meaning in found))
    name = word.text
    if groups == {"row", "subject"}:
        way = f"写 '其.{name}'({context.rows[-1].type.of} 的)或 '本.{name}'(正在认定的)"
        if context.this is not None and name == context.this.type.of:
            way = f"写 '其.{name}'({context.rows[-1].type.of} 的)或 '本'(正在认定的)"
    elif "row" in groups:
        way = f"行里的写 '其.{name}';否则给定义换一个名字"
    else:
        way = f"换一个名字;指对象的属性时写 '本.{name}'"
    context.wrong("ambiguous-name", word.place, f"'{name}' 有两种意思: {owners}", way)


def _unknown(word: surface.Word, context: Context, expected: Type | None) -> None:
    name = word.text
    if name in STATEMENT_WORDS:
        context.wrong("unknown-name", word.place, STATEMENT_WORDS[name])
        return
    if context.without_subject:
        return
    if name in PARTS:
        return  # the parser has asked already: of what?
    if name in context.scope.tables_in_sight():
        way = f"查表写 '{name}[…]',名单写 '… 属于 {name}'"
        context.wrong("unknown-name", word.place, f"'{name}' 是一张表,不是一个值", way)
        return
    if name in context.scope.conditions:
        context.wrong("unknown-name", word.place, f"'{name}' 是一个条件,不能在别处说到", "把它的内容写成 定义,两处都用")
        return
    relation = _as_relation(name, context)
    if relation:
        context.wrong(
            "to-many", word.place, f"'{name}' 有许多行,只能写在 存在、计数、求和 等里面", f"写成 '存在({name} 其中 …)'"
        )
        return
    if name in context.vocabulary.entities:
        _entity_as_value(word, context)
        return
    known = names_in_sight(context, expected)
    if expected is not None and expected.kind == "code":
        codes = context.vocabulary.codes[expected.of]
        message = f"编码 '{codes.name}' 里没有 '{name}',也没有名为 '{name}' 的属性"
        context.wrong("unknown-name", word.place, message, nearest_code(name, codes, known))
        return
    lists = [codes.name for codes in context.vocabulary.codes.values() if name in codes.by_name]
    if len(lists) == 1:
        message = f"'{name}' 是编码 '{lists[0]}' 的名称,在这里看不出要与什么比较"
        context.wrong("unknown-name", word.place, message, f"写成 '… 为 {name}'")
        return
    way = context.elsewhere(name) or _usual(name) or _one_step_further(name, context) or perhaps(name, known)
    context.wrong("unknown-name", word.place, f"没有名为 '{name}' 的属性", way)


def _usual(name: str) -> str:
    """The way out for words that officials use and the language has in another form."""
    if name in FUNCTIONS:
        return "写成 '年龄(人, 日期)'" if name == "年龄" else f"写成 '{name}(…)'"
    return "是否为 '决定日'?" if name in TODAY else ""


def _one_step_further(name: str, context: Context) -> str:
    """The way out for what a reference has: 退役军人 of a certificate is its holder's."""
    owners = (*context.rows, *([context.this] if context.this is not None else []))
    ways = [
        f"{attribute.name}.{name}"
        for owner in owners
        for attribute in (context.entity_of(owner) or _NOTHING).attributes.values()
        if attribute.type.kind == "ref" and name in context.vocabulary.entities[attribute.type.of].attributes
    ]
    return f"是否为 '{ways[0]}'?" if len(ways) == 1 else f"可以写 {'、'.join(dict.fromkeys(ways))}" if ways else ""


def _as_relation(name: str, context: Context) -> bool:
    entity = context.entity_of(context.this) if context.this is not None else None
    return entity is not None and name in entity.relations


def attributes_of(type_: Type, context: Context) -> list[str]:
    """The attributes of that type which the 对象 or a row in sight has."""
    return [
        attribute.name
        for owner in (*context.rows, *([context.this] if context.this is not None else []))
        for attribute in (context.entity_of(owner) or _NOTHING).attributes.values()
        if attribute.type == type_
    ]


def _entity_as_value(word: surface.Word, context: Context) -> None:
    refs = attributes_of(ref(word.text), context)
    way = f"是否为 '{refs[0]}'?" if len(refs) == 1 else f"可以写 {'、'.join(refs)}" if refs else ""
    context.wrong("unknown-name", word.place, f"'{word.text}' 是一种事实,不是这里的一个值", way)


_NOTHING = Entity("", "", "", "", (), {})


def names_in_sight(context: Context, expected: Type | None = None) -> set[str]:
    """All names that could stand here, for suggestions."""
    names = {*FIXED, *context.words, *context.scope.declared()}
    for owner in (*context.rows, *([context.this] if context.this is not None else [])):
        names |= names_of(owner, context)
    names |= {entity.name for entity in context.vocabulary.entities.values() if entity.single}
    if expected == TITLE_NAME:
        names |= context.desk.titles
    return names


def names_of(of: typed.Expr, context: Context) -> set[str]:
    """Names that can be a step behind a ref."""
    entity = context.entity_of(of)
    if entity is None:
        return set()
    return {*entity.attributes, *entity.relations, *context.scope.attributes_given(entity.name)}


# Steps -----------------------------------------------------------------------------------------------------------


def step(of: typed.Expr, word: surface.Word, context: Context) -> typed.Expr | None:
    """`of`.word: an attribute of a row, or a part of a day, month or year."""
    if of.type.kind != "ref":
        return _part(of, word, context)
    entity = context.entity_of(of)
    if entity is None or _mixed(of):
        way = "先用 若 … 则 … 分开说"
        context.wrong("mixed-ref", word.place, f"前面可能是不同的事实,不能再取 '{word.text}'", way)
        return None
    if word.text in entity.attributes:
        return _attribute(of, entity, word, context)
    given = context.scope.entity_definition(entity.name, word.text)
    if len(given) > 1:
        owners = "、".join(f"《{found.scope.front.name}》" for found in given)
        context.wrong("ambiguous-name", word.place, f"{owners} 都给 '{entity.name}' 定义了 '{word.text}'")
        return None
    if given:
        return inline_entity_definition(given[0], of, word, context)
    if of == context.this and not context.of_entity and context.scope.definition(word.text):
        return inline_definition(context.scope.definition(word.text)[0], word, context)
    if word.text in entity.relations:
        way = f"写在 存在(…)、计数(…)、求和(…) 里面,如 '存在(….{word.text} 其中 …)'"
        context.wrong("to-many", word.place, f"'{word.text}' 有许多行,不能当作一个值", way)
        return None
    known = names_of(of, context)
    way = context.elsewhere(word.text) or _usual(word.text) or perhaps(word.text, known)
    context.wrong("unknown-name", word.place, f"'{entity.name}' 没有名为 '{word.text}' 的属性", way)
    return None


def _attribute(of: typed.Expr, entity: Entity, word: surface.Word, context: Context) -> typed.Expr | None:
    attribute = entity.attributes[word.text]
    if not attribute.varies:
        return typed.Get(of, attribute.name, attribute.type)
    day = day_of_reading(attribute.name, word.place, context)
    return typed.GetOn(of, attribute.name, day, attribute.type) if day is not None else None


def _part(of: typed.Expr, word: surface.Word, context: Context) -> typed.Expr | None:
    kind = of.type.kind
    if (word.text, kind) in SAME:
        return of
    part = PARTS.get(word.text)
    if part is not None and kind in part[2]:
        return typed.Part(part[0], of, part[1])
    if part is not None and kind == "date":
        way = f"写 '.当月.{word.text}' 或 '.当年.{word.text}'"
    elif kind in ("date", "month", "year"):
        way = perhaps(word.text, PARTS) or "日期后面可以写 " + "、".join(PARTS)
    else:
        way = ""
    context.wrong("no-such-part", word.place, f"{kinds.spoken(of.type)} 后面不能写 '.{word.text}'", way)
    return None


def _mixed(of: typed.Expr) -> bool:
    return len(entities_of(of)) > 1


def entities_of(expr: typed.Expr) -> set[str]:
    """The entities that a ref may be of: 若 … 则 机构 否则 学员 may be two."""
    plain = bare(expr)
    if isinstance(plain, typed.If):
        return entities_of(plain.then) | entities_of(plain.otherwise)
    return {plain.type.of}
