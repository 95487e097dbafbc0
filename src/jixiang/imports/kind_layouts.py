"""Reads the [[layout]] tables of one kind: how each source writes its columns. And makes the layout of the template.

Two layouts between which a file's headings could not decide are a problem: an import never chooses by chance.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Literal, cast

from jixiang.imports.casts.calendar_forms import EXCEL, day_patterns, month_patterns
from jixiang.imports.kind_text import Spot, TomlText
from jixiang.imports.kinds import Column, Layout
from jixiang.language.vocabulary import CodeList

TEMPLATE = "模板"
TEMPLATE_SHEET = "数据"
DATE_FORMS = ("yyyymmdd", "yyyy-mm-dd", "yyyy/mm/dd", "yyyy/m/d", "yyyy.mm.dd", "yyyy年m月d日", EXCEL)  # for example
MONTH_FORMS = ("yyyymm", "yyyy-mm", "yyyy/mm", "yyyy/m", "yyyy.mm", "yyyy年m月", EXCEL)
ENCODINGS = ("utf-8", "gb18030", "gbk")
UNITS = ("元", "分", "万元")
BY_NAME = "名称"
LAYOUT_KEYS = (
    "name",
    "columns",
    "headings",
    "ignored",
    "encoding",
    "delimiter",
    "sheet",
    "dates",
    "months",
    "money",
    "true",
    "false",
    "empty",
    "totals",
    "codes",
)


def template_layout(columns: Mapping[str, Column]) -> Layout:
    """Every column under its own name, codes by their names, dates also as typed cells."""
    codes = {name: column.codes.by_name for name, column in columns.items() if column.codes}
    headings = {name: name for name in columns}
    return Layout(TEMPLATE, headings, sheet=TEMPLATE_SHEET, dates=("yyyy-mm-dd", EXCEL), codes=codes)


def read_layouts(text: TomlText, columns: Mapping[str, Column]) -> tuple[Layout, ...]:
    """Those of the file, then the template's."""
    tables = text.tables("layout")
    if not tables:
        text.wrong("no-layout", (), "没有写任何来源的列名", "加一段 [[layout]]")
    layouts = [_layout(text, table, ("layout", n), columns) for n, table in enumerate(tables)]
    names = [layout.name for layout in layouts]
    for n, name in enumerate(names):
        if name in names[:n] or name == TEMPLATE:
            text.wrong("twice", ("layout", n, "name"), f"'{name}' 已有同名的来源写法", "换一个名字")
    found = [*layouts, template_layout(columns)]
    for (m, one), (n, other) in combinations(enumerate(found), 2):
        if _undecided(one, other, columns):
            at = ("layout", n if n < len(layouts) else m, "name")
            message = f"凭表头分不清 '{one.name}' 与 '{other.name}'"
            text.wrong("layout-same", at, message, "至少让一个必填列的列名不同,或合成一段")
    return tuple(found)


def _undecided(one: Layout, other: Layout, columns: Mapping[str, Column]) -> bool:
    """Is there a row of headings that fits both?"""
    needed = {h for layout in (one, other) for name, h in layout.headings.items() if _needs(columns, name)}
    known = [{*layout.headings.values(), *layout.ignored} for layout in (one, other)]
    return bool(needed) and needed <= known[0] & known[1]


def _needs(columns: Mapping[str, Column], name: str) -> bool:
    return name in columns and columns[name].required


def _layout(text: TomlText, table: dict[str, Any], spot: Spot, columns: Mapping[str, Column]) -> Layout:
    text.check_keys(table, spot, LAYOUT_KEYS)
    name = text.text(table, "name", spot)
    if not name:
        text.wrong("no-name", spot, "来源的写法没有名字", '加 name = "…"')
    true, false = text.texts(table, "true", spot, ("是", "1")), text.texts(table, "false", spot, ("否", "0"))
    for value in sorted({*true} & {*false}):
        text.wrong("twice", (*spot, "false"), f"'{value}' 既是“是”又是“否”", "留一处", text=value)
    headings = _headings(text, table, spot, columns)
    return Layout(
        name,
        headings,
        encoding=_encoding(text, table, spot),
        delimiter=_delimiter(text, table, spot),
        sheet=text.text(table, "sheet", spot),
        dates=_forms(text, table, "dates", spot, DATE_FORMS, day_patterns),
        months=_forms(text, table, "months", spot, MONTH_FORMS, month_patterns),
        money=_money(text, table, spot),
        true=true,
        false=false,
        empty=_with_blank(text.texts(table, "empty", spot)),
        totals=text.texts(table, "totals", spot, ("合计", "总计")),
        codes=_codes(text, table, spot, columns, headings),
        ignored=_ignored(text, table, spot, headings),
    )


def _with_blank(texts: tuple[str, ...]) -> tuple[str, ...]:
    return ("", *(one for one in texts if one))


# Headings --------------------------------------------------------------------------------------------------------


def _headings(text: TomlText, table: dict[str, Any], spot: Spot, columns: Mapping[str, Column]) -> dict[str, str]:
    """Column → heading: `columns` are called by their own names, `headings` otherwise."""
    found: dict[str, str] = {}
    for name in text.texts(table, "columns", spot):
        _heading(text, (*spot, "columns"), name, name, columns, found)
    for name, heading in text.table(table, "headings", spot).items():
        at = (*spot, "headings", name)
        if not isinstance(heading, str) or not heading.strip():
            text.wrong("wrong-type", at, f"'{name}' 的列名应当是一段文字")
        else:
            _heading(text, at, name, heading.strip(), columns, found)
    for name, column in columns.items():
        if column.required and name not in found:
            text.wrong("layout-required", spot, f"必填的 '{name}' 在这种写法里没有列名", "写进 headings")
    return found


def _heading(
    text: TomlText, at: Spot, name: str, heading: str, columns: Mapping[str, Column], found: dict[str, str]
) -> None:
    if name not in columns:
        if name not in _mentioned(text):
            text.unknown(at, name, "列", columns, "unknown-column")
    elif name in found:
        text.wrong("twice", at, f"'{name}' 的列名写了两次", "留一处", text=name)
    elif heading in found.values():
        other = next(column for column, known in found.items() if known == heading)
        text.wrong("heading-twice", at, f"列名 '{heading}' 已经用于 '{other}'", "各用各的列名", text=heading)
    else:
        found[name] = heading


def _mentioned(text: TomlText) -> set[str]:
    """Every text in the facts as written: a column that a fault keeps from being used there is no fault here."""
    found: set[str] = set()
    waiting: list[object] = [text.content.get("fact")]
    while waiting:
        match waiting.pop():
            case dict() as table:
                waiting += table.values()
            case list() as items:
                waiting += items
            case str() as one:
                found.add(one)
    return found


def _ignored(text: TomlText, table: dict[str, Any], spot: Spot, headings: Mapping[str, str]) -> tuple[str, ...]:
    ignored = text.texts(table, "ignored", spot)
    for heading in ignored:
        if heading in headings.values():
            text.wrong("heading-twice", (*spot, "ignored"), f"'{heading}' 又写在 headings 里", "留一处", text=heading)
    return ignored


# Forms -----------------------------------------------------------------------------------------------------------


def _encoding(text: TomlText, table: dict[str, Any], spot: Spot) -> str:
    written = text.text(table, "encoding", spot, "utf-8").lower()
    if written not in ENCODINGS:
        text.unknown((*spot, "encoding"), written, "编码方式", ENCODINGS, "unknown-form")
        return "utf-8"
    return codecs.lookup(written).name


def _delimiter(text: TomlText, table: dict[str, Any], spot: Spot) -> str:
    written = text.text(table, "delimiter", spot, ",")
    if len(written) != 1 or written in "\"'\r\n" or written.isalnum():
        text.wrong("unknown-form", (*spot, "delimiter"), "分隔符应当是一个符号", '如 ","、"|"、"\\t"')
        return ","
    return written


def _money(text: TomlText, table: dict[str, Any], spot: Spot) -> Literal["元", "分", "万元"]:
    written = text.text(table, "money", spot, "元")
    if written not in UNITS:
        text.unknown((*spot, "money"), written, "金额单位", UNITS, "unknown-form")
        return "元"
    return cast(Literal["元", "分", "万元"], written)


def _forms(
    text: TomlText,
    table: dict[str, Any],
    key: str,
    spot: Spot,
    examples: tuple[str, ...],
    patterns: Callable[[str], object],
) -> tuple[str, ...]:
    """Any form that can be read; `examples` are what is offered instead, the default among them."""
    default = "yyyy-mm-dd" if key == "dates" else "yyyymm"
    forms = text.texts(table, key, spot, (default,))
    good = tuple(form for form in forms if form == EXCEL or _readable(form, patterns))
    for form in forms:
        if form not in good:
            text.unknown((*spot, key), form, "写法", examples, "unknown-form")
    return good


def _readable(form: str, patterns: Callable[[str], object]) -> bool:
    try:
        patterns(form)
    except ValueError:
        return False
    return True


# Codes -----------------------------------------------------------------------------------------------------------


def _codes(
    text: TomlText, table: dict[str, Any], spot: Spot, columns: Mapping[str, Column], headings: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Column → its value → what it is stored as. A column of which nothing is said holds the codes themselves."""
    found: dict[str, dict[str, str]] = {}
    for name, written in text.table(table, "codes", spot).items():
        at = (*spot, "codes", name)
        codes = columns[name].codes if name in headings else None
        if codes is None and name not in columns and name in _mentioned(text):
            continue
        if codes is None:
            text.unknown(at, name, "编码列", [c for c in headings if columns[c].codes], "unknown-column")
        else:
            found[name] = _translation(text, written, at, codes)
    return found


def _translation(text: TomlText, written: object, at: Spot, codes: CodeList) -> dict[str, str]:
    """The right side is a code, or its name."""
    if written == BY_NAME:
        return dict(codes.by_name)
    if not isinstance(written, dict) or not written:
        text.wrong("wrong-type", at, f"'{at[-1]}' 的译法应当是一张表", f'写成 {{ "来源的值" = "编码" }},或 "{BY_NAME}"')
        return {}
    found: dict[str, str] = {}
    for value, code in written.items():
        if not isinstance(code, str) or (code not in codes.names and code not in codes.by_name):
            text.unknown(
                (*at, value), str(code), f"'{codes.name}' 编码", [*codes.by_name, *codes.names], "unknown-code"
            )
        else:
            found[value] = code if code in codes.names else codes.by_name[code]
    return found
