"""Every form of expression that a plan emits, over rows of edge values.

Expressions are built by what builds a plan's own, so that they stay what a plan says. Of each relation: its rows, and its
forms by name.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import product

import pyarrow as pa
from sqlglot import exp

from jixiang.language.types import Type
from jixiang.readings.query import bits, sql
from jixiang.readings.query import value as v
from jixiang.readings.query.bits import Span
from jixiang.readings.query.expressions import _part, _product, _rounded
from jixiang.readings.query.instalments import TYPE
from jixiang.readings.query.judge import key_text
from jixiang.readings.query.plan import Step
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.query.tally import not_false
from jixiang.readings.query.value import Bound, Value, certain
from jixiang.values.dates import DAWN, FOREVER

A, B, C = col("a"), col("b"), col("c")
ZERO = sql.number(0)
PLACES = "STRUCT(rule BIGINT, key VARCHAR, most BIGINT, level BIGINT)[]"

# Whole numbers and fractions -------------------------------------------------------------------------------------

WHOLE = [None, 0, 1, -1, 2, -2, 7, -7, 100, 2**31 - 1, 2**31, -(2**31), 2**53 + 1, -(2**53) - 1, 2**61, -(2**61)]
NUMBERS = pa.table(
    {
        "a": pa.array([a for a, _ in product(WHOLE, WHOLE)], pa.int64()),
        "b": pa.array([b for _, b in product(WHOLE, WHOLE)], pa.int64()),
        "c": pa.array([abs(b) or 3 if b is not None else None for _, b in product(WHOLE, WHOLE)], pa.int64()),
    }
)
NOT_NEGATIVE = sql.case((sql.binary(">=", A, ZERO), A), otherwise=v.minus(A))
FRACTION = Bound(sql.big(A), C)  # a/c, c above zero
WIDE = sql.binary("*", sql.big(A), sql.number(10**15 + 37))
SURE, WIDER = certain(A, C), Value(Bound(A), Bound(sql.case((sql.binary(">", A, B), A), otherwise=B)))
NUMBER_FORMS: dict[str, Sql] = {
    **{f"a {op} b": sql.binary(op, A, B) for op in ("<", "<=", ">", ">=", "=", "≠", "+", "-")},
    "a × b in 128 bits": v.times(A, B),
    "a × b × b in 128 bits, as far as they go": sql.case(
        (
            sql.and_([sql.binary("<", B, sql.number(2**32)), sql.binary(">", B, sql.number(-(2**32)))]),
            v.times(v.times(A, B), B),
        )
    ),
    "quotient": sql.binary("//", NOT_NEGATIVE, C),
    "remainder": sql.binary("%", NOT_NEGATIVE, C),
    "quotient of a small number": sql.binary("//", sql.cast(sql.number(7), "INT"), sql.number(2)),
    "quotient in 128 bits": sql.binary("//", v.times(NOT_NEGATIVE, sql.number(10**9 + 7)), C),
    "quotient above 64 bits": sql.binary("//", v.times(NOT_NEGATIVE, sql.number(10**12 + 39)), sql.number(2)),
    "remainder in 128 bits": sql.binary("%", v.times(NOT_NEGATIVE, sql.number(10**9 + 7)), C),
    "minus": v.minus(A),
    "absolute": sql.func("ABS", A),
    "floor": v.floor(FRACTION),
    "floor of 64 bits": v.floor(Bound(A, C)),
    "half up": v.round_half_up(FRACTION),
    "half up of halves": v.round_half_up(Bound(A, sql.number(2))),
    "down to a unit": _rounded(Bound(A), 1000, "down"),
    "up to a unit": _rounded(Bound(A, sql.number(3)), 100, "up"),
    "half up to a unit": _rounded(Bound(A, sql.number(3)), 100, "half_up"),
    "sum of fractions": v.add(FRACTION, Bound(B, sql.number(7)), "+").n,
    "product of fractions": v.multiply(Bound(A, sql.number(3)), Bound(sql.number(2), C)).n,
    "one by": v.inverse(Bound(A, C)).n,
    "one by, below": v.inverse(Bound(A, C)).d or ZERO,
    **{f"fraction {op} b": v.bound_compare(op, FRACTION, Bound(B)) for op in ("<", "<=", ">", ">=", "=", "≠")},
    **{f"bounds {op} b": v.compare(op, WIDER, certain(B)) for op in ("<", "<=", ">", ">=", "=", "≠")},
    "product of bounds": _product(Value(Bound(A), Bound(sql.binary("+", A, sql.number(1)))), certain(C)).hi.n,
    "where bounds meet": v.exactly(WIDER).lo.n,
    "smaller": sql.smaller(A, B),
    "coalesced": sql.coalesce(A, B),
    "coalesced with a constant": sql.coalesce(A, ZERO),
    "as text": sql.cast(A, "VARCHAR"),
    "wide as text": sql.cast(WIDE, "VARCHAR"),
    "wide back to 64 bits": sql.cast(sql.binary("//", v.times(NOT_NEGATIVE, sql.number(10)), sql.number(10)), "BIGINT"),
    "constants": exp.Array(expressions=[sql.cast(sql.number(n), "BIGINT") for n in (0, -1, 2**31, -(2**31), 2**62)]),
    "constant of 128 bits": sql.number(-(2**64)),
    "NULL": sql.cast(sql.NULL, "BIGINT"),
    "untyped NULL": sql.NULL,
    "list of whole numbers": sql.integer_list([A, ZERO, B]),
    "key of a fraction": key_text(FRACTION, Type("number")),
    "key of a whole number": key_text(Bound(A), Type("number")),
    "negative": exp.Neg(this=C.copy()),
}

# Days and months -------------------------------------------------------------------------------------------------

DAYS = [
    None, DAWN, date(4, 2, 29), date(1582, 10, 4), date(1582, 10, 15), date(1900, 2, 28), date(2000, 2, 29), date(2019, 1, 31),
    date(2019, 12, 31), date(2020, 1, 31), date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 31), date(2020, 12, 31),
    date(2021, 1, 1), date(2021, 6, 30), date(9999, 1, 1), date(9999, 11, 30), FOREVER,
]  # fmt: skip
STEPS = [None, 0, 1, -1, 2, -2, 11, 12, -12, 13, 29, 36, -37, 400, 119_999, -119_999, 3_000_000, -3_000_000]
SHIFTS = pa.table(
    {
        "a": pa.array([a for a, _ in product(DAYS, STEPS)], pa.date32()),
        "b": pa.array([b for _, b in product(DAYS, STEPS)], pa.int64()),
        "m": pa.array([None if a is None else a.year * 12 + a.month - 1 for a, _ in product(DAYS, STEPS)], pa.int64()),
    }
)
MONTH = col("m")
SHIFT_FORMS: dict[str, Sql] = {
    "days later": v.shift_days(A, B),
    "days before": v.shift_days(A, v.minus(B)),
    "months later": v.shift_months(A, B),
    "months before": v.shift_months(A, v.minus(B)),
    "month later, within the calendar": v.within_calendar(sql.binary("+", MONTH, B)),
    "next day": sql.case((sql.binary("<", A, sql.day(FOREVER)), sql.binary("+", A, sql.cast(sql.number(1), "INT")))),
    "day before": sql.case((sql.binary(">", A, sql.day(DAWN)), sql.binary("-", A, sql.cast(sql.number(1), "INT")))),
    "month": v.month_of(A),
    "day of the month": v.day_of_month(A),
    "days in the month": v.days_in(A),
    "first day of a month": v.first_day(MONTH),
    "last day of a month": v.last_day(MONTH),
    **{f"{part} of a day": _part(A, part, "date") for part in ("month", "previous_month", "year", "previous_year")},
    **{
        f"{part} of a month": _part(MONTH, part, "month")
        for part in ("month", "previous_month", "year", "previous_year", "first_day", "last_day")
    },
    **{
        f"{part} of a year": _part(sql.binary("//", MONTH, sql.number(12)), part, "year")
        for part in ("previous_year", "first_day", "last_day")
    },
    "month as text": sql.anonymous("STRFTIME", A, sql.text("%Y-%m")),
    "year as text": sql.cast(sql.anonymous("YEAR", A), "VARCHAR"),
    "key of a month": key_text(Bound(MONTH), Type("month")),
    "counted day": sql.binary("+", sql.binary("-", A, sql.day(date(1, 1, 1))), sql.number(1)),
    "ordinal": sql.anonymous("ordinal", A),
    "constant day": sql.day(date(2020, 2, 29)),
    "dawn": sql.day(DAWN),
    "open end": sql.coalesce(A, sql.day(FOREVER)),
    "no day": sql.cast(sql.NULL, "DATE"),
    "stored month": sql.binary(
        "-",
        sql.binary("+", sql.binary("*", sql.binary("//", MONTH, sql.number(100)), sql.number(12)), MONTH),
        sql.number(1),
    ),
}

SPANS = pa.table(
    {
        "a": pa.array([a for a, _ in product(DAYS, DAYS)], pa.date32()),
        "b": pa.array([b for _, b in product(DAYS, DAYS)], pa.date32()),
    }
)
LIVED = v.whole_months(A, B)
SPAN_FORMS: dict[str, Sql] = {
    "whole months": LIVED,
    "age": sql.case((sql.binary(">=", LIVED, ZERO), sql.binary("//", LIVED, sql.number(12)))),
    "later day": sql.case((sql.binary(">=", A, B), A), (sql.binary(">=", B, A), B)),
    "in force": sql.and_([sql.binary("<=", A, B), sql.binary("<=", B, sql.day(date(2020, 12, 31)))]),
    **{f"days {op}": sql.binary(op, A, B) for op in ("<", "<=", "=", "≠")},
}

RECORDED = [
    None, datetime(1, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999_999), datetime(2021, 6, 30, 23, 59, 59, 999_998),
    datetime(2021, 6, 30, 23, 59, 59, 999_999), datetime(2021, 7, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999),
]  # fmt: skip
MOMENTS = pa.table({"a": pa.array(RECORDED, pa.timestamp("us"))})
MOMENT_FORMS: dict[str, Sql] = {
    "known by the end of a day": sql.binary("<=", A, sql.cast(sql.text("2021-06-30 23:59:59.999999"), "TIMESTAMP")),
    "the moment itself": sql.cast(sql.text("2021-06-30 23:59:59.999999"), "TIMESTAMP"),
}

# Truth -----------------------------------------------------------------------------------------------------------

TRUTHS = [None, False, True]
LOGIC = pa.table(
    {
        "a": pa.array([a for a, _ in product(TRUTHS, TRUTHS)], pa.bool_()),
        "b": pa.array([b for _, b in product(TRUTHS, TRUTHS)], pa.bool_()),
    }
)
LOGIC_FORMS: dict[str, Sql] = {
    "and": sql.and_([A, B]),
    "or": sql.or_([A, B]),
    "not": sql.not_(A),
    "not and": sql.not_(sql.and_([A, B])),
    "missing": sql.is_null(A),
    "known": sql.known(A),
    "missing of a compound": sql.is_null(sql.or_([A, B])),
    "not false": not_false(A),
    "not true": sql.not_(sql.coalesce(A, sql.FALSE)),
    "case": sql.case((A, sql.number(1)), (sql.is_null(A), sql.number(2)), otherwise=ZERO),
    "case without an end": sql.case((A, sql.text("是")), (sql.not_(B), sql.text("否"))),
    "key": key_text(Bound(A), Type("bool")),
    "equal": sql.binary("=", A, B),
    "constants": exp.Array(expressions=[sql.TRUE, sql.FALSE]),
    "one of": exp.In(this=sql.case((A, sql.number(1)), (B, sql.number(2))), expressions=[sql.number(1), sql.NULL]),
}

# Text ------------------------------------------------------------------------------------------------------------

WORDS = [
    None, "", " ", "a", "a ", "B", "z", "é", "中文", "\uffff", "😀", "|", "\\", "a|b\\c", "\\|", "'", '"', "`", "${x}", "%s_", "\n",
    "\t\r", "\\n", "2021-03", "2020·abc", "·", "甲·乙·0123456789ab", "一\n·二\n",
]  # fmt: skip
TEXTS = pa.table(
    {
        "a": pa.array([a for a, _ in product(WORDS, WORDS)], pa.string()),
        "b": pa.array([b for _, b in product(WORDS, WORDS)], pa.string()),
    }
)
TEXT_FORMS: dict[str, Sql] = {
    **{f"a {op} b": sql.binary(op, A, B) for op in ("<", "<=", ">", ">=", "=", "≠")},
    "key": key_text(Bound(A), Type("text")),
    "glued": exp.DPipe(
        this=exp.DPipe(this=A.copy(), expression=sql.text("|"), safe=True), expression=B.copy(), safe=True
    ),
    "constants": exp.Array(expressions=[sql.text(word) for word in WORDS if word is not None]),
    "equal to each": exp.Array(expressions=[sql.binary("=", A, sql.text(word)) for word in WORDS if word is not None]),
    "one of": exp.In(this=A.copy(), expressions=[sql.text(word) for word in WORDS if word is not None]),
    "version": sql.anonymous("version_label", A),
    "year of a period": sql.case(
        (
            sql.binary("=", A, sql.text("2021-03")),
            sql.cast(sql.anonymous("SUBSTRING", A, sql.number(1), sql.number(4)), "BIGINT"),
        )
    ),
    "month of a period": sql.case(
        (
            sql.binary("=", A, sql.text("2021-03")),
            sql.cast(sql.anonymous("SUBSTRING", A, sql.number(6), sql.number(2)), "BIGINT"),
        )
    ),
    "structure": sql.structure({"name": A, "key": B}),
}

# Months as bits --------------------------------------------------------------------------------------------------

SETS = [
    0,
    1,
    2,
    3,
    5,
    0b1110111,
    1 << 59,
    (1 << 59) | 1,
    bits.FULL,
    bits.FULL - 1,
    bits.FULL >> 1,
    0x0F0F0F0F0F0F0F0,
    None,
]
MASKS = pa.table(
    {
        "a": pa.array([a for a, _ in product(SETS, SETS)], pa.int64()),
        "b": pa.array([b for _, b in product(SETS, SETS)], pa.int64()),
        "c": pa.array([n % 61 for n in range(len(SETS) ** 2)], pa.int64()),
        "m": pa.array([23_990 + n for n in range(len(SETS) ** 2)], pa.int64()),
    }
)
SPAN = Span.of(24_000, 24_110)
ONE = sql.cast(sql.number(1), "BIGINT")


def _window(block: int, *, missing: bool) -> Sql:
    return bits.Window(missing, [MONTH], [sql.binary("+", MONTH, sql.number(17))]).within(
        SPAN, block, lambda value: value
    )


MASK_FORMS: dict[str, Sql] = {
    "both": bits.both(A, B),
    "either": bits.any_of([A, B]),
    "how many": bits.count([A, B]),
    "shifted right": bits.shifted_right(A, C),
    "shifted left": bits.shifted_left(ONE, C),
    "shifted left, masked before": bits.shifted_left(bits.both(A, sql.number(255)), sql.number(48)),
    "bit of a month": bits.bit(MONTH, SPAN, 0),
    "bit of a month in the next block": bits.bit(MONTH, SPAN, 1),
    "window": _window(0, missing=True),
    "window in the next block": _window(1, missing=False),
}


def longest_in_a_row() -> list[Step]:
    """Months in a row in one block and across two, a level for every step, as frames lay them out."""
    there = sql.and_([sql.known(A), sql.known(B)])
    steps = [Step("level_0", sql.select([sql.star()], sql.table("masks", "r"), where=there), kept=False)]

    def let(value: Sql) -> Sql:
        below, name = steps[-1].name, f"l{len(steps)}"
        query = sql.select([sql.star(), sql.alias(value, name)], sql.table(below, "r"))
        steps.append(Step(f"level_{len(steps)}", query, kept=False))
        return col(name)

    one, two = bits.longest_run([A], let), bits.longest_run([A, B], let)
    shown = [A, B, sql.alias(one, "one"), sql.alias(two, "two")]
    return [*steps, Step("in_a_row", sql.select(shown, sql.table(steps[-1].name, "r")), kept=True)]


# Lists -----------------------------------------------------------------------------------------------------------

_PLACE = pa.struct([("rule", pa.int64()), ("key", pa.string()), ("most", pa.int64()), ("level", pa.int64())])
_STAGE = pa.struct([("name", pa.string()), ("due_fen", pa.int64())])
LISTS = pa.table(
    {
        "months": pa.array([[5, 3, 4, 9], [], None, [1], [-1, 0, 1, 24_000], [7, 8, 10, 11, 12]], pa.list_(pa.int64())),
        "places": pa.array(
            [
                [{"rule": 0, "key": "甲|乙", "most": 3, "level": 0}, {"rule": 1, "key": None, "most": 1, "level": 0}],
                [],
                None,
                [{"rule": 1, "key": "", "most": 0, "level": 5}],
                [{"rule": 1, "key": "b", "most": 2, "level": 0}, {"rule": 0, "key": "a", "most": 2, "level": 0}],
                [{"rule": 0, "key": None, "most": 2, "level": 0}],
            ],
            pa.list_(_PLACE),
        ),
        "stages": pa.array(
            [
                [{"name": "首期", "due_fen": 5}, {"name": "尾款", "due_fen": None}],
                [],
                None,
                [{"name": "尾款", "due_fen": -7}],
                [{"name": "首期", "due_fen": None}],
                [{"name": "首期", "due_fen": 0}, {"name": "尾款", "due_fen": 2**61}],
            ],
            pa.list_(_STAGE),
        ),
        "names": pa.array([["先", "后"]] * 6, pa.list_(pa.string())),
        "a": pa.array([1, 2, None, 4, 5, 6], pa.int64()),
    }
)
LIST_FORMS: dict[str, Sql] = {
    "longest run": sql.anonymous("LONGEST_RUN", col("months")),
    "length": sql.anonymous("LEN", col("months")),
    "first": sql.anonymous("LIST_EXTRACT", col("months"), sql.number(1)),
    "no key": sql.anonymous("with_key", col("places")),
    "named": sql.anonymous("named_places", col("places"), col("names")),
    "paid": sql.anonymous("stage_paid", col("stages"), sql.text("首期")),
    "stages": sql.cast(
        exp.Array(expressions=[sql.structure({"name": sql.text("首期"), "due_fen": sql.cast(A, "BIGINT")})]), TYPE
    ),
    "no stages": sql.cast(sql.NULL, TYPE),
    "no list": sql.cast(sql.NULL, "BIGINT[]"),
    "empty list of places": sql.cast(exp.Array(expressions=[]), PLACES),
    "list of places": sql.anonymous(
        "with_key",
        exp.Array(
            expressions=[
                sql.structure({"rule": ONE, "key": sql.cast(A, "VARCHAR"), "most": sql.coalesce(A, ONE), "level": ONE})
            ]
        ),
    ),
    "titles": sql.case(
        (sql.is_null(A), exp.Array(expressions=[sql.cast(sql.NULL, "VARCHAR")])),
        otherwise=exp.Array(expressions=[sql.text("甲"), sql.text("乙")]),
    ),
}

RELATIONS: dict[str, tuple[pa.Table, dict[str, Sql]]] = {
    "numbers": (NUMBERS, NUMBER_FORMS),
    "shifts": (SHIFTS, SHIFT_FORMS),
    "spans": (SPANS, SPAN_FORMS),
    "moments": (MOMENTS, MOMENT_FORMS),
    "logic": (LOGIC, LOGIC_FORMS),
    "texts": (TEXTS, TEXT_FORMS),
    "masks": (MASKS, MASK_FORMS),
    "lists": (LISTS, LIST_FORMS),
}
