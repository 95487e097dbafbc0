"""Queries that a city's people write, one SELECT a file: what their first comments say, and that they read nothing but what they may.

What they may read are relations by their names; no files, no settings, no statements but a query. All that is wrong with a file
is a list of problems with its place. What a query is for is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from jixiang.engines.duckdb import DuckDB
from jixiang.values.problem import Place, Problem

HEAD = re.compile(r"--\s*(\w+)\s*[:\uff1a]\s*(.*?)\s*$")

# Functions that the parser has no name for, and that look at nothing but their arguments.
PLAIN = {"make_date", "age", "datesub", "date_sub", "last_day", "format", "printf", "list_value"}


@dataclass(frozen=True)
class Form:
    """What a file of its kind has to look like. `heads`: what its comments must say; `selects`: columns that it must give;
    `readable`: relations; `code`: of its problems. `example` and `names_are` help who wrote it otherwise."""

    code: str
    heads: tuple[str, ...]
    selects: tuple[str, ...]
    readable: Collection[str]
    example: str
    select_example: str
    names_are: str

    def problem(self, file: str, message: str, suggestion: str) -> Problem:
        return Problem(self.code, Place(file, 1), message, suggestion)


@dataclass(frozen=True)
class CityQuery:
    """`said`: head → what it says, those too that the form does not ask for, in order. `reads`: relations."""

    file: str
    said: Mapping[str, str]
    query: exp.Query
    reads: frozenset[str]


def read_query(path: Path, file: str, form: Form) -> CityQuery | list[Problem]:
    """The query in a file. `file` is how problems name it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return [form.problem(file, "文件读不出来", "请存成 UTF-8 文本")]
    said = _heads(text)
    lacking = [head for head in form.heads if not said.get(head)]
    if lacking:
        return [form.problem(file, f"开头的注释里没有 {'、'.join(lacking)}", form.example)]
    query = _parsed(text, file, form)
    if isinstance(query, Problem):
        return [query]
    problems = list(_forbidden(query, file, form))
    if problems:
        return problems
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    reads = frozenset(table.name for table in query.find_all(exp.Table) if table.name not in own)
    return CityQuery(file, said, query, reads)


def _heads(text: str) -> dict[str, str]:
    """What the comments before the query say."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("--"):
            break
        if match := HEAD.match(line.strip()):
            found.setdefault(match[1], match[2])
    return found


def _parsed(text: str, file: str, form: Form) -> exp.Query | Problem:
    try:
        statements = [one for one in sqlglot.parse(text, dialect=DuckDB.dialect) if one is not None]
    except SqlglotError as error:
        return form.problem(file, f"不是能读懂的 SQL: {first_line(error)}", "请核对写法")
    if len(statements) != 1:
        return form.problem(file, f"有 {len(statements)} 条语句", "一个文件只写一条 SELECT")
    query = statements[0]
    if not isinstance(query, exp.Select | exp.SetOperation):
        return form.problem(file, "不是 SELECT", "只能查询,不能做别的")
    for node in query.walk():
        node.comments = None  # the engine puts its own text before a query
    return query


def _forbidden(query: exp.Query, file: str, form: Form) -> Iterable[Problem]:
    """Whatever would reach beyond the facts: other statements, files, settings, functions that are not plain."""
    if any(with_.args.get("recursive") for with_ in query.find_all(exp.With)):
        yield form.problem(file, "WITH RECURSIVE 可能没有尽头", "请用不递归的写法")
    if any(True for _ in query.find_all(exp.Into, exp.Command, exp.DDL, exp.DML, exp.Parameter, exp.Placeholder)):
        yield form.problem(file, "里面有 SELECT 以外的语句或参数", "只能查询")
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    if taken := sorted(own & {*form.readable}):
        yield form.problem(file, f"WITH 里的名称 {'、'.join(taken)} 是表的名称", "请换一个名称")
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db or table.catalog:
            yield form.problem(file, f"不能从 {table.sql(DuckDB.dialect)} 读取", form.names_are)
        elif table.name not in {*form.readable, *own}:
            yield form.problem(file, f"没有表 '{table.name}'", form.names_are)
    for function in query.find_all(exp.Anonymous, exp.ReadCSV, exp.ReadParquet):
        name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
        if name.lower() not in PLAIN:
            yield form.problem(file, f"不能用函数 {name}", "请用普通的比较和日期函数")
    if lacking := [name for name in form.selects if name not in query.named_selects]:
        yield form.problem(file, f"没有选出 {'、'.join(lacking)}", form.select_example)


def first_line(error: Exception) -> str:
    """What an engine's error says, without its colours and its drawing."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0] if str(error).strip() else "没有说明"
