"""What a city counts: one file a figure, whose first comments say what it is, and whose query counts it.

`measures/*.sql` of the city pack, in order of their names. The query gives one row with a whole number, `value`: fen where 单位
is 元. It may read fact tables, `decision`, `document` and `as_of`, and change nothing. A file that is wrong is a list of
problems; the others count all the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from sqlglot import exp

from jixiang.engines.city_queries import CityQuery, Form, read_query
from jixiang.language.nearness import perhaps
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.figures.relations import AS_OF, DECISION, DOCUMENT
from jixiang.tables.schema import CUTOFF, fact_tables
from jixiang.values.problem import Problem

FOLDER = Path("measures")
CODE = "measure"
YUAN = "元"
HEADS = ("名称", "单位", "怎么算", "规模")
MORE = ("公布", "政策")
SCALES = {"同比": True, "不变": False}
PUBLISHED = re.compile(r"(\d[\d,]*(?:\.\d{1,2})?)\s*(以上)?\s*[,,]\s*(\d{4}-\d{2}(?:-\d{2})?)\s*[,,]\s*(\S.*)")


@dataclass(frozen=True)
class Published:
    """What was said of a figure: the number in its unit, when (a month or a day) and where. `at_least`: 以上."""

    number: Decimal
    at_least: bool
    when: str
    where: str


@dataclass(frozen=True)
class Measure:
    """One figure and its query. `proportional`: a city of a tenth of the people has a tenth of it. `policies`: whose decisions
    it counts; without them it cannot be known."""

    file: str
    name: str
    unit: str
    how: str
    proportional: bool
    published: Published | None
    policies: tuple[str, ...]
    query: exp.Query
    reads: frozenset[str]

    @property
    def code(self) -> str:
        return Path(self.file).stem

    @property
    def kind(self) -> Literal["money", "count"]:
        return "money" if self.unit == YUAN else "count"

    def expected(self, scale: Fraction | None) -> int | None:
        """The published number in what the query counts (fen, or one), for a city of that scale: half up to a whole one."""
        if self.published is None:
            return None
        number = Fraction(self.published.number) * (100 if self.kind == "money" else 1)
        if scale is not None and self.proportional:
            number *= scale
        return int(number + Fraction(1, 2))


def read_measures(
    city_folder: Path, vocabulary: Vocabulary, policies: Collection[str]
) -> tuple[list[Measure], list[Problem]]:
    """The city's figures by file name, and what is wrong in the others. `policies`: the codes that there are."""
    measures: list[Measure] = []
    problems: list[Problem] = []
    form = _form(vocabulary)
    for path in sorted((city_folder / FOLDER).glob("*.sql")):
        read = read_query(path, path.relative_to(city_folder).as_posix(), form)
        if isinstance(read, list):
            problems.extend(read)
            continue
        found, wrong = _measure(read, form, policies)
        measures.append(found)
        problems.extend(wrong)
    wrong_files = {problem.place.file for problem in problems}
    return [one for one in measures if one.file not in wrong_files], problems


def _measure(read: CityQuery, form: Form, policies: Collection[str]) -> tuple[Measure, list[Problem]]:
    said, problems = read.said, []
    for head in said:
        if head not in (*HEADS, *MORE):
            way = perhaps(head, (*HEADS, *MORE)) or f"开头的注释可以写 {'、'.join((*HEADS, *MORE))}"
            problems.append(form.problem(read.file, f"开头的注释里没有名为 '{head}' 的项", way))
    if said["规模"] not in SCALES:
        way = "全市的十分之一就有十分之一的写 同比;与城市大小无关的写 不变"
        problems.append(form.problem(read.file, f"规模 不能是 '{said['规模']}'", way))
    published = _published(said.get("公布", ""))
    if "公布" in said and published is None:
        way = "写成 -- 公布: 500000 以上, 2021-08, 在哪里公布"
        problems.append(form.problem(read.file, f"公布 '{said['公布']}' 读不懂", way))
    codes = tuple(code for code in re.split(r"[、,,\s]+", said.get("政策", "")) if code)
    problems += _of_policies(read, form, codes, policies)
    found = Measure(
        read.file, said["名称"], said["单位"], said["怎么算"], SCALES.get(said["规模"], False), published,
        codes, read.query, read.reads,
    )  # fmt: skip
    return found, problems


def _of_policies(read: CityQuery, form: Form, codes: tuple[str, ...], policies: Collection[str]) -> list[Problem]:
    """A count of decisions has to say of which policies, so that none is counted as nothing where it was not decided."""
    problems = [
        form.problem(read.file, f"没有编号为 '{code}' 的政策", perhaps(code, policies) or "写政策的编号,如 B3")
        for code in codes
        if code not in policies
    ]
    if (DECISION in read.reads) != bool(codes):
        message = f"读了 {DECISION},却没有写是哪些政策的决定" if not codes else f"写了 政策,却没有读 {DECISION}"
        way = "在开头的注释里加 -- 政策: A7、A8" if not codes else "去掉 政策 这一行"
        problems.append(form.problem(read.file, message, way))
    return problems


def _published(text: str) -> Published | None:
    match = PUBLISHED.fullmatch(text)
    if match is None:
        return None
    return Published(Decimal(match[1].replace(",", "")), bool(match[2]), match[3], match[4])


def _form(vocabulary: Vocabulary) -> Form:
    return Form(
        code=CODE,
        heads=HEADS,
        selects=("value",),
        readable={*fact_tables(vocabulary), AS_OF, DECISION, DOCUMENT} - {CUTOFF},
        example="写成 -- 名称: 补贴性培训人次",
        select_example="写成 SELECT count(*) AS value",
        names_are=f"可以读词汇里的事实表,和 {DECISION}(决定)、{DOCUMENT}(文件)、{AS_OF}(哪一天)",
    )
