"""Comparisons, 在 a 至 b, 在 a month, and 属于."""

from __future__ import annotations

from dataclasses import replace

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.core import Context, bare, check
from jixiang.language.check.definitions import inline_entity_definition
from jixiang.language.check.logic import day_of
from jixiang.language.check.lookups import find_table, keys_of, table_key
from jixiang.language.check.names import STATEMENT_WORDS, TITLE_NAME, entities_of, has, meanings, step
from jixiang.language.nearness import perhaps
from jixiang.language.types import BOOL, MONTH, YEAR, Type
from jixiang.values.problem import Place

ORDERING = ("<", "<=", ">", ">=")


@check.register
def check_comparison(node: surface.Comparison, context: Context, expected: Type | None = None) -> typed.Expr | None:
    left, right = _pair(node.left, node.right, context)
    if left is None or right is None:
        return None
    return compare(node.op, left, right, node.place, context, node.word)


def _pair(one: surface.Expr, other: surface.Expr, context: Context) -> tuple[typed.Expr | None, typed.Expr | None]:
    """Both sides; a side that is a word without a meaning of its own is read as a code of the other side's list."""
    if _may_be_code(one, context) and not _may_be_code(other, context):
        right = check(other, context)
        return (check(one, context, side(right)) if right is not None else None), right
    left = check(one, context)
    if left is None and _may_be_code(other, context):
        return None, None
    return left, check(other, context, side(left) if left is not None else None)


def _may_be_code(node: surface.Expr, context: Context) -> bool:
    if isinstance(node, surface.Literal_):
        return isinstance(node.value, str)
    return isinstance(node, surface.Path) and len(node.words) == 1 and not meanings(node.words[0], context)


def side(expr: typed.Expr) -> Type:
    """What a bare word on the other side may be."""
    return TITLE_NAME if isinstance(bare(expr), typed.Title) else expr.type


def compare(
    op: surface.CompareOp, left: typed.Expr, right: typed.Expr, place: Place, context: Context, word: str = ""
) -> typed.Expr | None:
    """The comparison, if the two can be compared so."""
    shown = word or op
    if not kinds.agree(left.type, right.type) or _of_two(left, right):
        message = f"{kinds.spoken(left.type)}不能与{kinds.spoken(right.type)}比较"
        context.wrong("type-mismatch", place, message, kinds.way_out(left.type, right.type))
        return None
    if op in ORDERING and not _has_order(left.type, context):
        message = f"{kinds.spoken(left.type)}没有高低先后,不能用 '{shown}' 比较"
        way = f"在词汇里给编码 '{left.type.of}' 写 由低到高,或" if left.type.kind == "code" else ""
        context.wrong("no-order", place, message, f"{way}用 为、不为 或 属于")
        return None
    if bare(left) == bare(right) and context.as_written:
        context.wrong("self-comparison", place, "自己与自己比较,结果总是一样", "行里的写 '其.…',正在认定的写 '本.…'")
        return None
    return typed.Compare(op, left, right)


def _of_two(left: typed.Expr, right: typed.Expr) -> bool:
    return left.type.kind == "ref" and len(entities_of(left) | entities_of(right)) > 1


def _has_order(type_: Type, context: Context) -> bool:
    return type_.ordered or (type_.kind == "code" and context.vocabulary.codes[type_.of].ordered)


# 在 --------------------------------------------------------------------------------------------------------------


@check.register
def check_within(node: surface.Within, context: Context, expected: Type | None = None) -> typed.Expr | None:
    value = check(node.value, context)
    hint = value.type if value is not None else None
    low = check(node.low, context, hint)
    high = check(node.high, context, hint) if node.high is not None else None
    if value is None or low is None or (node.high is not None and high is None):
        return None
    if high is None:
        return _inside(value, low, node, context)
    first = compare(">=", value, low, node.place, context, "在 … 至")
    last = compare("<=", value, high, node.place, context, "在 … 至") if first is not None else None
    return typed.And((first, last)) if first is not None and last is not None else None


def _inside(value: typed.Expr, span: typed.Expr, node: surface.Within, context: Context) -> typed.Expr | None:
    match value.type.kind, span.type.kind:
        case "date", "month":
            return typed.Compare("=", typed.Part("month", value, MONTH), span)
        case "date" | "month", "year":
            return typed.Compare("=", typed.Part("year", value, YEAR), span)
        case ("month", "month") | ("year", "year"):
            return compare("=", value, span, node.place, context, "在")
    if span.type.kind in ("month", "year"):
        message = f"{kinds.spoken(value.type)}不能在{kinds.spoken(span.type)}里"
        way = "在 前面写一个日期或月份"
    else:
        message = f"在 后面只有{kinds.spoken(span.type)}一个值"
        way = "写成 '在 … 至 …',或用 为"
    context.wrong("type-mismatch", node.place, message, way)
    return None


# 属于 ------------------------------------------------------------------------------------------------------------


@check.register
def check_membership(node: surface.Membership, context: Context, expected: Type | None = None) -> typed.Expr | None:
    if isinstance(node.domain, surface.SetOf):
        found = _in_set(node, node.domain, context)
    else:
        found = _in_domain(node, node.domain, context)
    return typed.Not(found) if found is not None and node.negated else found


def _in_set(node: surface.Membership, domain: surface.SetOf, context: Context) -> typed.Expr | None:
    if len(node.items) > 1:
        context.wrong("bad-membership", node.place, "几个值不能一起属于一个 { }", "分开写,或用一张名单")
        return None
    item = check(node.items[0], context)
    if item is None:
        return None
    options = [check(option, context, side(item)) for option in domain.items]
    tests: list[typed.Expr] = []
    for option, written in zip(options, domain.items, strict=True):
        test = compare("=", item, option, written.place, context, "属于") if option is not None else None
        if test is not None and test in tests:
            context.wrong("duplicate-name", written.place, "{ } 里有两个相同的值", "删去其中一个")
        if test is not None:
            tests.append(test)
    if len(tests) < len(options):
        return None
    constants = tuple(option for option in options if isinstance(option, typed.Constant))
    if len(constants) == len(options):
        return typed.Member(item, constants)
    return typed.Or(tuple(tests)) if len(tests) > 1 else tests[0]


def _in_domain(node: surface.Membership, domain: surface.Expr, context: Context) -> typed.Expr | None:
    inner = context
    if isinstance(domain, surface.AsOf):
        day = day_of(domain.day, context)
        if day is None:
            return None
        inner, domain = replace(context, on=day), domain.expr
    if not isinstance(domain, surface.Path) or len(domain.words) > 1:
        way = "写 { … }、一张名单的名称,或一个是否的定义"
        context.wrong("bad-membership", domain.place, "属于 后面不是一个名单、集合或身份", way)
        return None
    word = domain.words[0]
    tables = find_table(word.text, context.scope)
    group = _as_group(node, word, context)
    if tables and group:
        context.wrong("ambiguous-name", word.place, f"'{word.text}' 既是一张表,又是一个定义", "给其中一个换一个名字")
        return None
    if tables:
        return _listed(node, word, inner, context)
    if group:
        return _of_group(node, word, inner, context)
    _unknown_domain(node, word, context)
    return None


def _as_group(node: surface.Membership, word: surface.Word, context: Context) -> bool:
    if len(node.items) != 1:
        return False
    item = check(node.items[0], context.muted())
    return item is not None and has(item, word.text, context)


def _of_group(node: surface.Membership, word: surface.Word, inner: Context, context: Context) -> typed.Expr | None:
    item = check(node.items[0], context)
    if item is None:
        return None
    given = context.scope.entity_definition(item.type.of, word.text)
    if len(given) == 1 and len(entities_of(item)) == 1:
        found = inline_entity_definition(given[0], item, word, inner)
    else:
        found = step(item, word, inner)
    if found is not None and found.type != BOOL:
        message = f"'{word.text}' 是{kinds.spoken(found.type)},不是一种身份"
        context.wrong("bad-membership", word.place, message, "属于 后面要一个是否的定义或属性")
        return None
    return found


def _listed(node: surface.Membership, word: surface.Word, inner: Context, context: Context) -> typed.Expr | None:
    found = find_table(word.text, context.scope)
    if len(found) > 1:
        owners = "、".join(f"《{table.document}》" for table in found)
        context.wrong("ambiguous-name", word.place, f"{owners} 都有名为 '{word.text}' 的表", "引用 里只留一个")
        return None
    table = found[0]
    if len(node.items) != len(table.keys):
        columns = "、".join(name for name, _ in table.keys)
        context.wrong("table-keys", node.place, f"'{table.name}' 按 {columns} 列出,这里给了 {len(node.items)} 个值")
        return None
    keys = keys_of(node.items, table, context)
    if keys is None:
        return None
    if inner.on is None:
        context.wrong(
            "ring", word.place, f"适用日 里说到 '{word.text}',要写明看哪一天的", f"写成 '{word.text} 于 决定日'"
        )
        return None
    return typed.Listed(table_key(table), keys, inner.on)


def _unknown_domain(node: surface.Membership, word: surface.Word, context: Context) -> None:
    items = [check(item, context) for item in node.items]
    if any(item is None for item in items) or context.scope.is_lost(word.text):
        return
    first = items[0]
    entity = context.entity_of(first) if first is not None else None
    names = context.scope.tables_in_sight()
    if entity is not None:
        names |= context.scope.attributes_given(entity.name) | set(entity.attributes)
    if first is not None and first.type.kind == "code":
        codes = context.vocabulary.codes[first.type.of]
        if word.text in codes.by_name:
            way = f"写 '为 {word.text}' 或 '属于 {{{word.text}}}'"
            context.wrong("bad-membership", word.place, f"'{word.text}' 是一个编码,不是一张名单", way)
            return
    if word.text in STATEMENT_WORDS or meanings(word, context):
        way = "写 { … }、一张名单的名称,或一个是否的定义"
        context.wrong("bad-membership", word.place, f"'{word.text}' 不是一张名单,也不是一种身份", way)
        return
    way = context.elsewhere(word.text) or perhaps(word.text, names) or "名单所在的文件要写在文件头的 引用 里"
    context.wrong("unknown-name", word.place, f"没有名为 '{word.text}' 的名单或身份", way)
