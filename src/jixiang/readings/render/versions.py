"""The versions of a document: when each speaks, and what changed from one to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from jixiang.language import surface as s
from jixiang.language.check.scope import Scope
from jixiang.language.parts import TablePart
from jixiang.language.typed import Window
from jixiang.readings.render import plain
from jixiang.readings.render.page import Block, Cell, Grid, Heading, Link, Prose, cell
from jixiang.readings.render.said import Saying

COMPARED = ("执行期", "受理期", "追溯", "资金", "办理", "公示", "类别", "依据", "引用")
DAYS = {"自", "至"}
Said = Mapping[tuple[str, str], str]  # (kind, name) → what it says


def of_versions(mine: Saying, versions: list[Scope]) -> tuple[Block, ...]:
    """All versions of a document, by 施行, and what this one changed. Nothing where there is only one."""
    if len(versions) < 2:
        return ()
    ordered = sorted(versions, key=_begins)
    rows = []
    for number, one in enumerate(ordered):
        follows = ordered[number + 1] if number + 1 < len(ordered) else None
        label = one.front.version or plain.day(_begins(one))
        name = cell(f"{label}（本页）") if one is mine.scope else cell(Link(label, mine.pages[one.front.label]))
        rows.append(
            (name, cell(in_force(one, follows)), cell(window(one.front.execution)), cell(window(one.front.acceptance)))
        )
    blocks: list[Block] = [Heading("各个版本", 2, "versions")]
    blocks.append(Grid("各个版本", ("版本", "施行", "执行期", "受理期"), tuple(rows), titled=False))
    if (at := ordered.index(mine.scope)) > 0:
        blocks += _changes(replace(mine, scope=ordered[at - 1]), mine)
    return tuple(blocks)


def in_force(one: Scope, follows: Scope | None) -> str:
    """From when to when a text speaks, in words."""
    if one.front.in_force_from is None:
        return ""
    ends = [
        day for day in (one.front.repealed_from, follows.front.in_force_from if follows else None) if day is not None
    ]
    until = f"到 {plain.day(min(ends) - timedelta(days=1))}" if ends else ""
    return plain.tidy(f"{plain.day(one.front.in_force_from)}起{until}")


def window(of: Window | None) -> str:
    """执行期 or 受理期 in words, with what lengthens it."""
    if of is None:
        return ""
    later = "".join(f"；{plain.day(since)}起作的决定，到 {plain.day(last)}" for since, last in of.extended)
    return f"{plain.day(of.first)}到 {plain.day(of.last)}{later}"


def _begins(one: Scope) -> date:
    return one.front.in_force_from or date.min


def _changes(older: Saying, newer: Saying) -> Iterator[Block]:
    label = older.scope.front.version or plain.day(_begins(older.scope))
    before, now = statements(older), statements(newer)
    keys = [*now, *(key for key in before if key not in now)]
    rows = [
        (cell(plain.tidy(" ".join(filter(None, key)))), _was(before, key), _was(now, key))
        for key in keys
        if before.get(key) != now.get(key)
    ]
    yield Heading(f"和上一个版本（{label}）比", 2, "changes")
    if rows:
        yield Grid(f"和上一个版本（{label}）比", ("内容", "原来", "现在"), tuple(rows), titled=False)
    else:
        yield Prose(("规则没有变化，只改了文字。",))


def _was(said: Said, key: tuple[str, str]) -> Cell:
    return cell(said.get(key, "没有这一条"))


def statements(saying: Saying) -> dict[tuple[str, str], str]:
    """What a document says to the machine, in plain words by what each is called: front matter, statements, table rows."""
    document = saying.scope.document
    found = {(key, ""): document.front[key].text.strip("[]") for key in COMPARED if key in document.front}
    times: Counter[tuple[str, str]] = Counter()
    for part in document.rules:
        kind, name = called(part.statement)
        times[kind, name] += 1
        number = times[kind, name]
        found[kind, name if number == 1 else f"{name} 之{number}"] = saying.item(part).text
    for table in document.tables:
        found |= {(f"表“{table.name.text}”", key): value for key, value in _rows(table)}
    return found


def called(statement: s.Statement) -> tuple[str, str]:
    """The head and the name of a statement."""
    match statement:
        case s.Subject():
            return "对象", ""
        case s.Role(role=role):
            return role, ""
        case s.Define(entity=entity, name=name):
            return "定义", f"{entity.text}.{name.text}" if entity else name.text
        case s.Parameter(name=name):
            return "参数", name.text
        case s.ConditionStatement(name=name):
            return "条件", name.text
        case s.Benefit(kind=kind):
            return kind, ""
        case s.Instalment(name=name):
            return "分期", name.text
        case s.LimitStatement(kind=limit, name=named):
            return limit, named.text if named else ""
        case s.OrderStatement():
            return "次序", ""
        case s.Transition():
            return "过渡", ""


def _rows(table: TablePart) -> Iterator[tuple[str, str]]:
    """Rows by their keys; where several have the same ones, by the day from which they hold too."""
    keys = {key.text for key in table.keys or ()}
    rows = [
        {head.text.strip(): one.text.strip() for head, one in zip(table.grid.header, row, strict=True)}
        for row in table.grid.rows
    ]
    named = ["，".join(text for head, text in row.items() if head in keys) for row in rows]
    for row, name in zip(rows, named, strict=True):
        days = "，".join(f"{head} {text}" for head, text in row.items() if head in DAYS and text)
        said = "，".join(text for head, text in row.items() if head not in keys | DAYS)
        alone = bool(keys) and named.count(name) == 1
        listed = name or "，".join(row[head] for head in row if head not in DAYS)
        yield (name, f"{said}（{days}）" if days else said) if alone else (f"{listed}，{days}", said or "在列")
