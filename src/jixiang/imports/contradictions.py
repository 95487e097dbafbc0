"""Facts that cannot all be true: queries that the city's people write, one file each, run over what is known on a day.

`imports/contradictions/*.sql` of the city pack. A file begins with comments that give 名称, 说明 and 实体, then one
SELECT of `key` (and `subject`, `what` if it likes) from fact tables by their names, and `as_of` (one row, `day`). A rule
that is wrong is a problem with its place. It can read nothing but facts, and change nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from jixiang.engines.city_queries import Form, first_line, read_query
from jixiang.engines.duckdb import DuckDB
from jixiang.imports.quality_known import offer_known
from jixiang.imports.report import Found
from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.schema import CUTOFF, fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.problem import Place, Problem

FOLDER = Path("imports") / "contradictions"
AS_OF = "as_of"  # the relation that holds the day
SHOWN = 5  # keys that a report gives
RESULT = "found_"

CODE = "contradiction-rule"


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
                problems.append(_problem(rule.file, f"内存不够,没有查完: {first_line(error)}", "给多一些 --memory-mb"))
            except duckdb.Error as error:
                problems.append(_problem(rule.file, f"查询不能运行: {first_line(error)}", "请核对表名和列名"))
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
    read = read_query(path, file, _form(vocabulary))
    if isinstance(read, list):
        return read
    said = read.said
    if said["实体"] not in vocabulary.entities:
        return [_problem(file, f"词汇里没有实体 '{said['实体']}'", "写词汇里的中文名,如 人员")]
    return Rule(file, said["名称"], said["说明"], said["实体"], read.query, read.reads - {AS_OF})


def _form(vocabulary: Vocabulary) -> Form:
    return Form(
        code=CODE,
        heads=("名称", "说明", "实体"),
        selects=("key",),
        readable={*fact_tables(vocabulary), AS_OF} - {CUTOFF},
        example="写成 -- 名称: 死亡后仍有缴费",
        select_example="写成 SELECT x.contribution_id AS key",
        names_are="表名见词汇;随时间变化的属性在 <表>_<列>",
    )


def _problem(file: str, message: str, suggestion: str) -> Problem:
    return Problem(CODE, Place(file, 1), message, suggestion)
