"""Every form of query that a plan or a written query has, over rows with gaps: joins, groups, windows, unions, order."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import sqlglot
from sqlglot import exp

from jixiang.readings.query import bits, sql
from jixiang.readings.query.aggregates import _same
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.query.tally import longest_run

ROWS = pa.table(
    {
        "id": pa.array(range(1, 13), pa.int64()),
        "k": pa.array(["甲", "甲", "甲", "甲", "乙", "乙", "乙", None, None, "丙", "丁", "丁"], pa.string()),
        "month": pa.array([5, 6, 8, 9, 1, None, 2, 4, 4, None, 24_000, 23_999], pa.int64()),
        "day": pa.array(
            [
                date(2020, 1, 31), date(2020, 1, 31), None, date(1, 1, 1), date(9999, 12, 31), None, date(2020, 2, 29),
                date(1999, 5, 1), None, None, date(2021, 6, 30), date(2021, 6, 30),
            ],
            pa.date32(),
        ),
        "fen": pa.array([2**62, 2**62, 2**62, -5, 0, None, 3, 1, 1, None, 7, 7], pa.int64()),
        "mask": pa.array([1, 2, None, 8, 0, 0, 1 << 59, None, None, 5, 6, 9], pa.int64()),
        "holds": pa.array([True, False, None, True, None, None, False, True, True, None, False, True], pa.bool_()),
    }
)  # fmt: skip
OTHERS = pa.table(
    {
        "k": pa.array(["甲", "乙", "乙", "戊", None], pa.string()),
        "since": pa.array([date(2020, 1, 1), date(1, 1, 1), date(2020, 2, 29), None, date(2020, 1, 1)], pa.date32()),
        "until": pa.array([date(9999, 12, 31), date(2020, 2, 28), None, None, date(9999, 12, 31)], pa.date32()),
        "n": pa.array([1, 2, 3, None, 5], pa.int64()),
    }
)
LISTED = pa.table(
    {
        "id": pa.array([1, 2, 3, 4], pa.int64()),
        "places": pa.array(
            [
                [{"rule": 2, "key": "a", "limit": 1}, {"rule": 1, "key": None, "limit": 2}],
                [],
                None,
                [{"rule": 3, "key": "b", "limit": None}],
            ],
            pa.list_(pa.struct([("rule", pa.int64()), ("key", pa.string()), ("limit", pa.int64())])),
        ),
        "turn": pa.array([[1, 2], [1], [2, 0, 5], [1, 2]], pa.list_(pa.int64())),
    }
)
TABLES = {"rows": ROWS, "others": OTHERS, "listed": LISTED}

R, O = sql.table("rows", "r"), sql.table("others", "o")
K = col("k")
SAME = _same(col("k", "o"), K)
HOLDS = col("holds")


def _columns(**named: Sql) -> list[Sql]:
    return [sql.alias(value, name) for name, value in named.items()]


def _number(partition: list[Sql], *order: tuple[Sql, bool]) -> Sql:
    listed = [exp.Ordered(this=value.copy(), desc=down, nulls_first=False) for value, down in order]
    return exp.Window(this=exp.RowNumber(), partition_by=partition, order=exp.Order(expressions=listed))


def _following(value: Sql) -> Sql:
    order = exp.Order(expressions=[exp.Ordered(this=value.copy(), nulls_first=False), exp.Ordered(this=col("id"))])
    return exp.Window(this=sql.func("LEAD", value), partition_by=[K.copy()], order=order)


COUNTED = {
    "rows": sql.count_rows(sql.TRUE),
    "sure": sql.count_rows(HOLDS),
    "doubt": sql.count_rows(sql.is_null(HOLDS)),
    "different": sql.filtered(exp.Count(this=exp.Distinct(expressions=[col("fen")])), sql.known(col("fen"))),
    "different_sure": sql.filtered(exp.Count(this=exp.Distinct(expressions=[col("month")])), HOLDS),
    "filled": exp.Count(this=col("fen")),
    "total": exp.Sum(this=col("fen")),
    "total_sure": sql.filtered(exp.Sum(this=col("fen")), HOLDS),
    "total_small": sql.cast(sql.filtered(exp.Sum(this=col("month")), HOLDS), "BIGINT"),
    "first": exp.Min(this=col("day")),
    "first_sure": sql.filtered(exp.Min(this=col("day")), HOLDS),
    "last": sql.filtered(exp.Max(this=col("day")), sql.coalesce(HOLDS, sql.TRUE)),
    "word": exp.Max(this=col("k")),
    "least": exp.Min(this=col("fen")),
    "run": longest_run(col("month"), sql.known(col("month"))),
    "run_sure": longest_run(col("month"), sql.and_([HOLDS, sql.known(col("month"))])),
    "months": bits.gathered(col("mask")),
    "months_sure": sql.filtered(bits.gathered(col("mask")), HOLDS),
}


def _having() -> exp.Query:
    again = sql.select([K], R, group=[K])
    again.set("having", exp.Having(this=sql.binary(">", sql.count_rows(sql.TRUE), sql.number(1))))
    return again


def _union(*, distinct: bool) -> exp.Query:
    parts = [sql.select([K, sql.alias(col("day"), "since")], R), sql.select([col("k", "o"), col("since", "o")], O)]
    return exp.Union(this=parts[0], expression=parts[1], distinct=True) if distinct else sql.union_all(parts)


def _mixed() -> exp.Query:
    """Parts of one column that are narrow, wide, NULL and constant."""
    values = [col("fen"), sql.big(col("fen")), sql.NULL, sql.number(1), sql.number(2**40)]
    return sql.union_all([sql.select(_columns(x=value), R) for value in values])


def written(text: str) -> exp.Query:
    tree = sqlglot.parse_one(text, read="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


QUERIES: dict[str, exp.Query] = {
    "groups": sql.select([K, *_columns(**COUNTED)], R, group=[K]),
    "one group": sql.select(_columns(**COUNTED), R),
    "a group of nothing": sql.select(_columns(**COUNTED), R, where=sql.FALSE),
    "having": _having(),
    "where": sql.select([sql.star()], R, where=HOLDS),
    "where not": sql.select([sql.star()], R, where=sql.not_(HOLDS)),
    "left join": sql.select([col("id"), col("n", "o")], R, joins=[sql.join(O, SAME)]),
    "inner join": sql.select([col("id"), col("n", "o")], R, joins=[sql.join(O, SAME, kind="INNER")]),
    "join of everything": sql.select([col("id"), col("n", "o")], R, joins=[sql.join(O, sql.TRUE)]),
    "cross join": sql.select([col("id"), col("n", "o")], R, joins=[sql.join(O, sql.TRUE, kind="INNER")]),
    "those that have none": sql.select([col("id")], R, joins=[sql.join(O, SAME)], where=sql.is_null(col("k", "o"))),
    "in force on a day": sql.select(
        [col("id"), col("n", "o")],
        R,
        joins=[
            sql.join(
                O,
                sql.and_(
                    [
                        SAME,
                        sql.binary("<=", col("since", "o"), col("day")),
                        sql.binary("<=", col("day"), col("until", "o")),
                    ]
                ),
            )
        ],
    ),
    "join or itself": sql.select(
        [col("id"), col("n", "o")],
        R,
        joins=[sql.join(O, sql.or_([SAME, sql.binary("=", col("id"), col("n", "o"))]), kind="INNER")],
    ),
    "beside one row": written("SELECT r.id, m.n FROM rows AS r CROSS JOIN (SELECT COUNT(*) AS n FROM others) AS m"),
    "full join": written(
        "SELECT COALESCE(r.k, o.k) AS k, r.id, o.n FROM rows AS r FULL OUTER JOIN others AS o ON r.k = o.k AND r.id < o.n + 3"
    ),
    "distinct": sql.select([K, col("day")], R).distinct(),
    "union": _union(distinct=True),
    "union all": _union(distinct=False),
    "union of widths": _mixed(),
    "rows of constants": sql.union_all([exp.Select(expressions=[sql.alias(sql.number(n), "p0")]) for n in (3, 1, 2)]),
    "no row of a constant": exp.Select(expressions=[sql.alias(sql.NULL, "p0")]).where("FALSE"),
    "newest": sql.select([K, col("id"), sql.alias(_number([K.copy()], (col("day"), True), (col("id"), True)), "n")], R),
    "in order": sql.select(
        [col("id"), sql.alias(_number([], (K, False), (col("day"), False), (col("id"), False)), "n")], R
    ),
    "following": sql.select([col("id"), sql.alias(_following(col("day")), "next")], R),
    "running total": written(
        """SELECT id, SUM(fen - 1) OVER (PARTITION BY k ORDER BY day, id ROWS UNBOUNDED PRECEDING) AS needed,
           MAX(fen) - SUM(fen) OVER (PARTITION BY k) AS room FROM rows WHERE fen IS NOT NULL GROUP BY id, fen, k, day"""
    ),
    "laid out": written("SELECT id, UNNEST(places) AS place FROM listed"),
    "laid out by the plan": sql.select(
        [col("id"), sql.alias(sql.anonymous("UNNEST", col("turn")), "item")], sql.table("listed", "r")
    ),
    "members": written(
        "SELECT a.id, a.place.rule AS rule, a.place.key AS key FROM (SELECT id, UNNEST(places) AS place FROM listed) AS a"
    ),
    "gathered in order": written(
        """SELECT LIST({'rule': b.place.rule, 'key': b.place.key} ORDER BY b.place.rule) AS asked
           FROM (SELECT id, UNNEST(places) AS place FROM listed) AS b"""
    ),
    "groups gathered in order": written(
        "SELECT k, LIST(id ORDER BY fen, id) AS ids FROM rows WHERE k IS NOT NULL GROUP BY k"
    ),
    "lists joined": written(
        "SELECT id, LIST_CONCAT(LIST_CONCAT([id], turn), [-id, 4611686018427387904]) AS turn FROM listed"
    ),
    "least and greatest": written("SELECT id, LEAST(fen, month) AS low, GREATEST(fen, month) AS high FROM rows"),
    "lists compared": written("SELECT a.id, b.id AS other, a.turn < b.turn AS less FROM listed AS a, listed AS b"),
    "text and NULL in one": written("SELECT id, CASE k WHEN '甲' THEN 1 WHEN '乙' THEN 2 ELSE 3 END AS n FROM rows"),
    "parts of a day": written("SELECT id, YEAR(day) AS year FROM rows"),
    "own names": written(
        "WITH own AS (SELECT k, id FROM rows) SELECT own.id, o.n FROM own JOIN others AS o ON o.k = own.k"
    ),
}

ORDERED: dict[str, exp.Query] = {
    "by text and day": written("SELECT id FROM rows ORDER BY k, day DESC, id"),
    "by list": written("SELECT id FROM listed ORDER BY turn, id"),
    "the first few": written("SELECT id FROM rows WHERE fen > 0 ORDER BY id LIMIT 3"),
}
