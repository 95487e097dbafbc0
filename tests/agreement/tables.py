"""Random parameter tables and lists: single values, several, ranges, 其他, rows with 自 and 至."""

from __future__ import annotations

from collections.abc import Sequence

from tests.agreement.phrases import HOURS, KIND, LEVEL, Phrases, Shape

from jixiang.language.types import DATE, DAYS, MONEY, MONTHS, NUMBER, TITLES, Type

Divided = tuple[str, ...]
# A column's name, the type that the vocabulary or the cells give it, and ways to divide its values.
COLUMNS: tuple[tuple[str, Type, tuple[Divided, ...]], ...] = (
    ("等级", LEVEL, (("五级", "四级", "三级"), ("五级", "四级 以上"), ("五级 至 四级", "三级"), ("五级、三级", "其他"), ("四级", "其他"))),
    ("险种", KIND, (("甲类", "乙类", "丙类"), ("甲类、乙类", "其他"), ("甲类",))),
    ("课时", HOURS, (("0 至 2", "3 至 5", "7 以上"), ("3", "其他"), ("5 以下", "10 以上"), ("1、2", "3 以上"))),
    ("序号", NUMBER, (("0 至 2.5", "3 以上"), ("1", "2", "其他"), ("10 以下",))),
    ("档位", MONEY, (("100元 以下", "100.01元 以上"), ("0元", "其他"), ("200元 至 400元",))),
    ("起日", DATE, (("2020-01-01 至 2020-12-31", "2021-01-01 以上"), ("2020-06-30 以下", "其他"))),
    ("月数", MONTHS, (("3 个月 以下", "4 个月 至 12 个月"), ("1 个月", "其他"))),
)  # fmt: skip
CELLS: tuple[tuple[str, Type, tuple[str, ...]], ...] = (
    ("标准", MONEY, ("100元", "0元", "333.33元", "0.5元", "200元", "")),
    ("标准", NUMBER, ("1", "0", "2.5", "3", "")),
    ("标准", MONTHS, ("6 个月", "1 个月", "0 个月", "")),
    ("标准", DATE, ("2020-12-31", "2021-06-30", "2020-02-29", "")),
    ("标准", DAYS, ("30 天", "0 天", "")),
)
HONOURS = ("先进、标兵", "先进", "标兵、能手、先进", "能手", "")


def a_table(phrases: Phrases, name: str, *, titles: bool = False) -> tuple[Shape, str]:
    """A table by one or two keys, with one or two values (one column of titles)."""
    keys = _columns(phrases)
    if titles:
        values = [("荣誉", TITLES, HONOURS)]
    else:
        values = [phrases.one(CELLS)]
        if phrases.chance(3):
            values.append(("另计", MONEY, ("10元", "20元", "30.3元")))
    header, rows = _rows(phrases, keys)
    filled = [[*row, *(_cell(phrases, cells, first=n == 0) for _, _, cells in values)] for n, row in enumerate(rows)]
    text = _pipe([*header, *(v for v, _, _ in values)], filled)
    shape = Shape(name, tuple(of for _, of, _ in keys), tuple((v, of) for v, of, _ in values))
    return shape, f"表:{name} 按 {'、'.join(key for key, _, _ in keys)}\n\n{text}\n"


def _cell(phrases: Phrases, cells: Sequence[str], *, first: bool) -> str:
    return phrases.one([cell for cell in cells if cell] if first else cells)


def a_list(phrases: Phrases, name: str) -> tuple[Shape, str]:
    """A list: all its columns are keys."""
    keys = _columns(phrases)
    header, rows = _rows(phrases, keys)
    return Shape(name, tuple(of for _, of, _ in keys)), f"表:{name}\n\n{_pipe(header, rows)}\n"


def _columns(phrases: Phrases) -> list[tuple[str, Type, tuple[Divided, ...]]]:
    first = phrases.one(COLUMNS)
    if not phrases.chance(3):
        return [first]
    return [first, phrases.one([column for column in COLUMNS if column is not first])]


def _rows(phrases: Phrases, keys: list[tuple[str, Type, tuple[Divided, ...]]]) -> tuple[list[str], list[list[str]]]:
    """Rows of which no two speak of one case on the same 自."""
    sinces = phrases.one(
        (("",), ("2019-01-01",), ("2019-01-01", "2020-07-01"), ("2018-01-01", "2020-12-31", "2021-03-01"))
    )
    ends = phrases.one(((), (), ("2020-12-31", "")))
    rows = []
    for since in sinces:
        divided = [phrases.one(ways) for _, _, ways in keys]
        crossed = (
            sum("其他" in cells for cells in divided) > 1
        )  # 甲, 其他 and 其他, 乙 need a row for 甲, 乙 as long as they last
        for cells in _combined(divided):
            if crossed or not phrases.chance(5) or not rows:
                until = [phrases.one(ends) if since <= "2020-12-31" and not crossed else ""] if ends else []
                rows.append([since, *until, *cells])
    return ["自", *(["至"] if ends else []), *(name for name, _, _ in keys)], rows


def _combined(columns: list[Divided]) -> list[list[str]]:
    if not columns:
        return [[]]
    return [[cell, *rest] for cell in columns[0] for rest in _combined(columns[1:])]


def _pipe(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows])
