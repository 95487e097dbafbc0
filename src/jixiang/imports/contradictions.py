"""Facts that cannot all be true: queries that the city's people write, one file each, run over what is known on a day.

`imports/contradictions/*.sql` of the city pack. A file begins with comments that give 名称, 说明 and 实体, then one
SELECT of `key` (and `subject`, `what` if it likes) from fact tables by their names, and `as_of` (one row, `day`). A rule
that is wrong is a problem with its place. It can read nothing but facts, and change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from jixiang.engines.duckdb import DuckDB
from jixiang.imports.quality_known import offer_known
from jixiang.imports.report import Found
from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.schema import CUTOFF, FactTable, fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.problem import Place, Problem

FOLDER = Path("imports") / "contradictions"
HEAD = re.compile(r"--\s*(名称|说明|实体)\s*[::]\s*(.*?)\s*$")
HEADS = ("名称", "说明", "实体")
AS_OF = "as_of"  # the relation that holds the day
SHOWN = 5  # keys that a report gives
RESULT = "found_"

CODE = "contradiction-rule"
# Functions that the parser has no name for, and that look at nothing but their arguments.
PLAIN = {"make_date", "age", "datesub", "date_sub", "last_day", "format", "printf", "list_value"}


@dataclass(frozen=True)
class Rule:
    """One query that finds contradictions. `tables`: the fact tables that it reads."""

    file: str
    name: str
    meaning: str
    entity: str
    query: exp.Query
    tables: frozenset[str]

    @property
    def code(self) -> str:
        return Path(self.file).stem


def find_contradictions(
    store: FactStore,
    vocabulary: Vocabulary,
    city_folder: Path,
    *,
    as_of: date,
    only_tables: Collection[str] | None = None,
    memory_mb: int | None = None,
) -> tuple[tuple[Found, ...], tuple[Problem, ...]]:
    """What every rule found, those that found nothing too, and the rules that cannot be run.

    `only_tables`: run the rules that read one of these. Facts are taken as known by the end of `as_of`.
    """
    rules, problems = read_rules(city_folder, vocabulary)
    wanted = [rule for rule in rules if only_tables is None or rule.tables & set(only_tables)]
    if not wanted:
        return (), tuple(problems)
    known = fact_tables(vocabulary)
    read = [table for name, table in known.items() if any(name in rule.tables for rule in wanted)]
    found = []
    with DuckDB(memory_mb=memory_mb) as engine:
        engine.offer(AS_OF, pa.table({"day": pa.array([as_of], pa.date32())}))
        offer_known(engine, store, read, as_of)
        for rule in wanted:
            try:
                found.append(_run(engine, rule))
            except duckdb.OutOfMemoryException as error:
                problems.append(_problem(rule.file, f"内存不够,没有查完: {_first_line(error)}", "给多一些 --memory-mb"))
            except duckdb.Error as error:
                problems.append(_problem(rule.file, f"查询不能运行: {_first_line(error)}", "请核对表名和列名"))
    return tuple(found), tuple(problems)


def _run(engine: DuckDB, rule: Rule) -> Found:
    name = f"{RESULT}{rule.code}"
    engine.keep(name, rule.query)
    table = exp.Table(this=exp.to_identifier(name, quoted=True))
    try:
        count = engine.fetch(exp.select(exp.Count(this=exp.Distinct(expressions=[exp.column("key")]))).from_(table))
        first = exp.select(exp.Star()).from_(table).order_by(exp.column("key")).limit(20 * SHOWN)
        shown: dict[str, str] = {}
        for row in engine.fetch(first).to_pylist():
            if row["key"] is not None:
                shown.setdefault(str(row["key"]), "" if row.get("what") is None else str(row["what"]))
    finally:
        engine.drop(name, kept=True)
    keys = list(shown)[:SHOWN]
    number = int(count.column(0)[0].as_py())
    remarks = tuple(shown[key] for key in keys)
    return Found(rule.code, rule.name, rule.meaning, rule.entity, number, tuple(keys), remarks)


# Reading the rules -----------------------------------------------------------------------------------------------


def read_rules(city_folder: Path, vocabulary: Vocabulary) -> tuple[list[Rule], list[Problem]]:
    """The city's rules by file name, and what is wrong in the others."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path in sorted((city_folder / FOLDER).glob("*.sql")):
        rule = _read(path, path.relative_to(city_folder).as_posix(), vocabulary)
        if isinstance(rule, Rule):
            rules.append(rule)
        else:
            problems.extend(rule)
    return rules, problems


def _read(path: Path, file: str, vocabulary: Vocabulary) -> Rule | list[Problem]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return [_problem(file, "文件读不出来", "请存成 UTF-8 文本")]
    heads = _heads(text)
    lacking = [head for head in HEADS if not heads.get(head)]
    if lacking:
        return [_problem(file, f"开头的注释里没有 {'、'.join(lacking)}", "写成 -- 名称: 死亡后仍有缴费")]
    if heads["实体"] not in vocabulary.entities:
        return [_problem(file, f"词汇里没有实体 '{heads['实体']}'", "写词汇里的中文名,如 人员")]
    query = _parsed(text, file)
    if isinstance(query, Problem):
        return [query]
    tables = {name: table for name, table in fact_tables(vocabulary).items() if name != CUTOFF}
    problems = list(_forbidden(query, file, tables))
    if problems:
        return problems
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    read = frozenset(table.name for table in query.find_all(exp.Table) if table.name not in own | {AS_OF})
    return Rule(file, heads["名称"], heads["说明"], heads["实体"], query, read)


def _heads(text: str) -> dict[str, str]:
    """What the comments before the query say."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("--"):
            break
        if match := HEAD.match(line.strip()):
            found.setdefault(match[1], match[2])
    return found


def _parsed(text: str, file: str) -> exp.Query | Problem:
    try:
        statements = [one for one in sqlglot.parse(text, dialect=DuckDB.dialect) if one is not None]
    except SqlglotError as error:
        return _problem(file, f"不是能读懂的 SQL: {_first_line(error)}", "请核对写法")
    if len(statements) != 1:
        return _problem(file, f"有 {len(statements)} 条语句", "一个文件只写一条 SELECT")
    query = statements[0]
    if not isinstance(query, exp.Select | exp.SetOperation):
        return _problem(file, "不是 SELECT", "只能查询,不能做别的")
    for node in query.walk():
        node.comments = None  # the engine puts its own text before a query
    return query


def _forbidden(query: exp.Query, file: str, tables: dict[str, FactTable]) -> Iterable[Problem]:
    """Whatever would reach beyond the facts: other statements, files, settings, functions that are not plain."""
    if any(with_.args.get("recursive") for with_ in query.find_all(exp.With)):
        yield _problem(file, "WITH RECURSIVE 可能没有尽头", "请用不递归的写法")
    if any(True for _ in query.find_all(exp.Into, exp.Command, exp.DDL, exp.DML, exp.Parameter, exp.Placeholder)):
        yield _problem(file, "里面有 SELECT 以外的语句或参数", "只能查询")
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    if taken := sorted(own & {*tables, AS_OF}):
        yield _problem(file, f"WITH 里的名称 {'、'.join(taken)} 是事实表的名称", "请换一个名称")
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db or table.catalog:
            yield _problem(file, f"不能从 {table.sql(DuckDB.dialect)} 读取", "只能读事实表")
        elif table.name not in {*tables, *own, AS_OF}:
            yield _problem(file, f"没有事实表 '{table.name}'", "表名见词汇;随时间变化的属性在 <表>_<列>")
    for function in query.find_all(exp.Anonymous, exp.ReadCSV, exp.ReadParquet):
        name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
        if name.lower() not in PLAIN:
            yield _problem(file, f"不能用函数 {name}", "请用普通的比较和日期函数")
    if "key" not in query.named_selects:
        yield _problem(file, "没有选出 key", "写成 SELECT x.contribution_id AS key")


def _problem(file: str, message: str, suggestion: str) -> Problem:
    return Problem(CODE, Place(file, 1), message, suggestion)


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0] if str(error).strip() else "没有说明"
