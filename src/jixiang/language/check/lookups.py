"""Tables spoken of in expressions: 补贴标准[等级], and the keys of 职业、等级 属于 补贴目录."""

from __future__ import annotations

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.core import Context, check
from jixiang.language.check.literals import code_in
from jixiang.language.check.names import attributes_of, meanings
from jixiang.language.check.scope import Scope
from jixiang.language.nearness import likely, perhaps
from jixiang.language.types import Type


def find_table(name: str, scope: Scope) -> list[typed.Table]:
    """The tables of that name in sight."""
    return [found.item for found in scope.table(name)]


def table_key(table: typed.Table) -> str:
    """The table's key in `Rulebook.tables`."""
    return f"{table.document}/{table.name}"


@check.register
def check_lookup(node: surface.TableLookup, context: Context, expected: Type | None = None) -> typed.Expr | None:
    table = _the_table(node, context)
    if table is None:
        return None
    if not table.values and len(node.keys) < len(table.keys):
        columns = "、".join(name for name, _ in table.keys[: len(node.keys)])
        way = f"表的前面写 '表:{table.name} 按 {columns}'"
        message = f"'{table.name}' 没有写按什么查,成了名单"
        context.wrong("table-keys", node.place, message, way)
        return None
    if len(node.keys) != len(table.keys):
        columns = "、".join(name for name, _ in table.keys)
        way = f"写成 '{table.name}[{', '.join(name for name, _ in table.keys)}]'"
        message = f"'{table.name}' 按 {columns} 查,这里给了 {len(node.keys)} 个值"
        context.wrong("table-keys", node.place, message, way)
        return None
    keys = keys_of(node.keys, table, context)
    column = _column(node, table, context)
    if keys is None or column is None:
        return None
    if context.on is None:
        way = f"写成 '{table.name}[…] 于 决定日'"
        context.wrong("ring", node.place, f"适用日 里查表 '{table.name}',要写明看哪一天的", way)
        return None
    return typed.Look(table_key(table), column[0], keys, context.on, column[1])


def _the_table(node: surface.TableLookup, context: Context) -> typed.Table | None:
    name = node.table.text
    found = find_table(name, context.scope)
    if len(found) == 1:
        return found[0]
    if found:
        owners = "、".join(f"《{table.document}》" for table in found)
        context.wrong("ambiguous-name", node.table.place, f"{owners} 都有名为 '{name}' 的表", "引用 里只留一个")
    elif not context.scope.is_lost(name):
        way = (
            context.elsewhere(name)
            or perhaps(name, context.scope.tables_in_sight())
            or f"表的前面要有一行 '表:{name} 按 …';写在别的文件里的,文件头要 引用 那个文件"
        )
        context.wrong("unknown-name", node.table.place, f"没有名为 '{name}' 的表", way)
    return None


def _column(node: surface.TableLookup, table: typed.Table, context: Context) -> tuple[str, Type] | None:
    names = [name for name, _ in table.values]
    if not names:
        way = f"写成 '… 属于 {table.name}'"
        context.wrong("table-column", node.place, f"'{table.name}' 是名单,没有可查的值", way)
        return None
    if node.column is None and len(names) == 1:
        return table.values[0]
    if node.column is None:
        way = f"写成 '{table.name}[…].{names[0]}'"
        context.wrong("table-column", node.place, f"'{table.name}' 有几列值: {'、'.join(names)}", way)
        return None
    for name, type_ in table.values:
        if name == node.column.text:
            return name, type_
    message = f"'{table.name}' 没有名为 '{node.column.text}' 的值列"
    context.wrong("table-column", node.column.place, message, perhaps(node.column.text, names))
    return None


def _meant_key(item: surface.Expr, type_: Type, context: Context) -> str | None:
    """For a word that means nothing here: the only attribute that goes with the column. Codes have near names of their own."""
    if not isinstance(item, surface.Path) or len(item.words) > 1 or type_.kind != "code":
        return None
    word = item.words[0].text
    codes = context.vocabulary.codes[type_.of]
    if meanings(item.words[0], context) or code_in(codes, word) or likely(word, codes.by_name):
        return None
    fit = attributes_of(type_, context)
    return fit[0] if len(fit) == 1 else None


def spelled(item: surface.Expr) -> str:
    return ".".join(word.text for word in item.words) if isinstance(item, surface.Path) else ""


def keys_of(items: tuple[surface.Expr, ...], table: typed.Table, context: Context) -> tuple[typed.Expr, ...] | None:
    """The keys of a look-up, each of its column's type."""
    keys: list[typed.Expr] = []
    for item, (name, type_) in zip(items, table.keys, strict=True):
        if (instead := _meant_key(item, type_, context)) is not None:
            context.wrong("unknown-name", item.place, f"没有名为 '{spelled(item)}' 的属性", f"是否为 '{instead}'?")
            continue
        key = check(item, context, type_)
        if key is not None and not kinds.agree(key.type, type_):
            message = f"'{table.name}' 的 '{name}' 列是{kinds.spoken(type_)},这里给的是{kinds.spoken(key.type)}"
            context.wrong("table-keys", item.place, message)
        elif key is not None:
            keys.append(key)
    return tuple(keys) if len(keys) == len(items) else None
