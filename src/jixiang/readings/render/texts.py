"""The articles of a document: the official text with its tables, and beside each what the machine does, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jixiang.language import surface as s
from jixiang.language.check.scope import Scope
from jixiang.language.parts import Document, TablePart
from jixiang.language.typed import Policy, Rule
from jixiang.readings.render import plain
from jixiang.readings.render.page import (
    Article,
    Block,
    Cell,
    Grid,
    Heading,
    Inline,
    Item,
    Link,
    Pairs,
    Prose,
    Said,
    cell,
)
from jixiang.readings.render.said import Saying
from jixiang.readings.render.worked import facts, worked

TABLE_ROW = re.compile(r"\s*\|")
FENCE = re.compile(r"`{3,}|~{3,}")
RULER = re.compile(r"[\s|:-]+\Z")


@dataclass(frozen=True)
class Parts:
    """What a document says, and its worked cases, which come last."""

    text: tuple[Block | Article, ...]
    cases: tuple[Block | Article, ...]


def articles(
    scope: Scope, saying: Saying, explained: Mapping[str, Sequence[tuple[str, str, str]]], stages: Sequence[str]
) -> Parts:
    """Article after article. One that holds cases only comes with the cases."""
    document = scope.document
    text: list[Block | Article] = []
    cases: list[Block | Article] = []
    for number, article in enumerate(document.articles):
        official: list[Block] = list(_official(document, number))
        beside: list[Block] = _beside(document, article.heading, saying, explained)
        tried = _cases(document, article.heading, frozenset(stages))
        heading = Heading(article.heading, max(2, article.level), _anchor(number))
        if article.level == 1 and not beside and not tried:
            text += official
        elif tried and not beside and not any(isinstance(block, Grid) for block in official):
            cases += [heading, *official, *tried]
        elif official or beside or tried:
            text.append(Article(heading, tuple(official), tuple(beside)))
            cases += tried
    if cases and not isinstance(cases[0], Heading):
        cases.insert(0, Heading("案例", 2, "cases"))
    return Parts(tuple(text), tuple(cases))


def _anchor(number: int) -> str:
    return f"a{number}"


def anchors(document: Document) -> dict[str, str]:
    """Article → where it stands on the page."""
    return {article.heading: _anchor(number) for number, article in enumerate(document.articles)}


def _official(document: Document, number: int) -> Iterator[Block]:
    """The text of an article in its order: paragraphs, tables where they stand; fences left out."""
    lines = document.text.split("\n")
    last = document.articles[number + 1].place.line - 1 if number + 1 < len(document.articles) else len(lines)
    tables = {part.name.place.line: part for part in document.tables}
    written: list[str] = []
    fence, in_table = "", False
    for at in range(document.articles[number].place.line + 1, last + 1):
        line = lines[at - 1].strip()
        mark = FENCE.match(line)
        if fence or mark:
            fence = "" if fence and line.startswith(fence) else fence or (mark[0] if mark else "")
        elif at in tables:
            yield from _prose(written)
            yield table_of(tables[at])
            in_table = True
        elif not (in_table and (not line or TABLE_ROW.match(line))):
            in_table = False
            written.append(line)
            continue
        yield from _prose(written)
    yield from _prose(written)


def _prose(written: list[str]) -> Iterator[Block]:
    """Paragraphs, and tables that stand among them; takes what it has said away."""
    text = "\n".join(written)
    written.clear()
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line for line in paragraph.splitlines() if line]
        if not lines or set(paragraph.strip()) <= set("-*_ \n"):
            continue
        if all(TABLE_ROW.match(line) for line in lines):
            rows = [[one.strip() for one in line.strip("|").split("|")] for line in lines if not RULER.match(line)]
            yield Grid("", tuple(rows[0]), tuple(tuple(cell(one) for one in row) for row in rows[1:]))
        else:
            yield Prose(("".join(lines),))


def table_of(part: TablePart) -> Grid:
    """A table as it is written; empty 自 and 至 are said."""
    open_ = {"自": "从来", "至": "未定"}
    by = f"（按{'、'.join(key.text for key in part.keys)}）" if part.keys else ""
    headings = tuple(text.text.strip() for text in part.grid.header)
    rows = tuple(
        tuple(cell(text.text.strip() or open_.get(head, "")) for head, text in zip(headings, row, strict=True))
        for row in part.grid.rows
    )
    return Grid(f"{part.name.text}{by}", headings, rows)


def _beside(
    document: Document, heading: str, saying: Saying, explained: Mapping[str, Sequence[tuple[str, str, str]]]
) -> list[Block]:
    items = [saying.item(part) for part in document.rules if part.article == heading]
    items += [Item("释明", f"{kind}：{about}", text) for kind, about, text in explained.get(heading, ())]
    return [Said(tuple(items))] if items else []


def _cases(document: Document, heading: str, stages: frozenset[str]) -> list[Block]:
    found: list[Block] = []
    for part in document.cases:
        if part.article == heading:
            found += worked(part, stages)
    found += [facts(part) for part in document.facts if part.article == heading]
    return found


# What it comes to ------------------------------------------------------------------------------------------------


def summary(scope: Scope, saying: Saying, policy: Policy, rules: Sequence[Rule]) -> Iterator[Block]:
    """To whom, what, on which conditions: each with the way to its article."""
    items = {type(part.statement): saying.item(part) for part in reversed(scope.document.rules)}
    rows: list[tuple[str, Cell]] = []
    if subject := items.get(s.Subject):
        rows.append(("办什么", cell(subject.text)))
    rows.append(("给谁", cell("，".join(dict.fromkeys(_roles(scope, saying))).removeprefix("给"))))
    if benefit := items.get(s.Benefit):
        rows.append(
            (
                "给多少" if benefit.kind == "金额" else benefit.kind,
                _with_place(benefit.text, policy.amount_article, scope),
            )
        )
    if policy.conditions:
        named = ((condition.name, condition.article) for condition in policy.conditions)
        rows.append(("要符合", _listed(named, scope)))
    mine = [(rule.name, rule.article if rule.place.file == policy.file else "") for rule in rules]
    if mine:
        rows.append(("次数和择一", _listed(mine, scope)))
    yield Heading("要点", 2, "summary")
    yield Pairs(tuple(rows))


def _roles(scope: Scope, saying: Saying) -> Iterator[str]:
    for part in scope.document.rules:
        if isinstance(part.statement, s.Role) and part.statement.role in ("受益人", "收款人"):
            yield saying.item(part).text


def _with_place(text: str, article: str, scope: Scope) -> Cell:
    at = anchors(scope.document).get(article)
    return cell(f"{text}（", Link(article, "", at), "）") if at else cell(text)


def _listed(named: Iterator[tuple[str, str]] | Sequence[tuple[str, str]], scope: Scope) -> Cell:
    """Names, each leading to its article; what stands in another document leads to that part of the page."""
    places = anchors(scope.document)
    found: list[Inline] = []
    for name, article in named:
        found += [*(["、"] if found else []), Link(plain.tidy(name), "", places.get(article, "elsewhere"))]
    return tuple(found)
