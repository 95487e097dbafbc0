"""Every figure of a city beside what was published: counted from facts as known on a day and from the decisions of that day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb

from jixiang.engines.city_queries import first_line
from jixiang.engines.duckdb import DuckDB
from jixiang.imports.quality_known import offer_known
from jixiang.language.city import City
from jixiang.readings.figures.measures import CODE, Measure
from jixiang.readings.figures.relations import DECISION, offer_day, offer_decisions, offer_documents
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.problem import Place, Problem

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Figure:
    """`value` and `expected` in what the query counts: fen where the unit is 元. `lacking`: policies that were not decided,
    without which there is no value."""

    measure: Measure
    value: int | None
    expected: int | None
    lacking: tuple[str, ...] = ()

    @property
    def difference(self) -> int | None:
        """What is counted less what was published."""
        return None if self.value is None or self.expected is None else self.value - self.expected

    @property
    def reached(self) -> bool:
        """Where a least number was published: whether it is reached. Any more is no difference."""
        published = self.measure.published
        return published is not None and published.at_least and self.difference is not None and self.difference >= 0


def compute(
    city: City,
    measures: Iterable[Measure],
    store: FactStore,
    decisions: Path,
    *,
    decided: Collection[str],
    as_of: date,
    scale: Fraction | None = None,
    memory_mb: int | None = None,
    progress: Progress = lambda what, done: None,
) -> tuple[list[Figure], list[Problem]]:
    """The figures in order, and the measures whose query cannot be run. `decided`: the policies of the run in `decisions`.

    `scale`: of the city whose facts these are, for what was published of the whole one.
    """
    listed = list(measures)
    known = fact_tables(city.vocabulary)
    read = {name for measure in listed for name in measure.reads}
    figures: list[Figure] = []
    problems: list[Problem] = []
    with DuckDB(memory_mb=memory_mb) as engine:
        offer_day(engine, as_of)
        offer_documents(engine, city.documents)
        if DECISION in read:
            offer_decisions(engine, decisions)
        offer_known(engine, store, [table for name, table in known.items() if name in read], as_of)
        for number, measure in enumerate(listed):
            progress(measure.name, number / len(listed))
            lacking = tuple(code for code in measure.policies if code not in decided)
            value = None if lacking else _counted(engine, measure)
            if isinstance(value, Problem):
                problems.append(value)
            else:
                figures.append(Figure(measure, value, measure.expected(scale), lacking))
    return figures, problems


def _counted(engine: DuckDB, measure: Measure) -> int | None | Problem:
    """The one number that the query gives; None where it is missing."""
    try:
        rows = engine.fetch(measure.query)
    except duckdb.OutOfMemoryException as error:
        return _problem(measure, f"内存不够,没有算完: {first_line(error)}", "给多一些 --memory-mb")
    except duckdb.Error as error:
        return _problem(measure, f"查询不能运行: {first_line(error)}", "请核对表名和列名")
    if rows.num_rows != 1:
        return _problem(measure, f"查询给出 {rows.num_rows} 行,应当正好一行", "用 count(*)、sum(…) 合成一行")
    value = rows["value"][0].as_py()
    match value:
        case None:
            return None
        case bool():
            pass
        case int():
            return value
        case Decimal() if value == int(value):
            return int(value)
    return _problem(measure, f"value 是 {value},不是整数", "金额用分,平均数用 // 取整")


def _problem(measure: Measure, message: str, suggestion: str) -> Problem:
    return Problem(CODE, Place(measure.file, 1), message, suggestion)
