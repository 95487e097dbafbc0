"""A plan's queries as Spark's SQL: the few forms that Spark writes or means otherwise, in two tables.

The plan stays as it is; of each query a copy is rewritten. What stands in neither table means the same on both engines. All
of it is said of ANSI mode, in which a number that does not fit stops the run; nothing is ever computed as a double.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import sqlglot
from sqlglot import exp

from jixiang.engines.spark_kinds import Kinds, kind_of

DIALECT = "spark"
WIDE = "DECIMAL(38, 0)"  # what a 128-bit integer becomes: its sums, products and remainders are exact

# A moment is local time here; TIMESTAMP would be one of some zone.
TYPES = {exp.DataType.Type.INT128: WIDE, exp.DataType.Type.TIMESTAMP: "TIMESTAMP_NTZ"}

_PLACE = "STRUCT<rule: BIGINT, key: STRING, most: BIGINT, level: BIGINT>"
_STAGE = "STRUCT<name: STRING, due_fen: BIGINT>"
_EPOCH = "CAST('1970-01-01' AS DATE)"

# What becomes what; `a`, `b` and `c` stand for the arguments. -------------------------------------------------------

FUNCTIONS: Mapping[str, str] = {
    # Parts of a date are BIGINT, as they are on the other engine: what is computed of them has the same room.
    "YEAR": "CAST(YEAR(a) AS BIGINT)",
    "MONTH": "CAST(MONTH(a) AS BIGINT)",
    "DAY": "CAST(DAY(a) AS BIGINT)",
    "MAKE_DATE": "MAKE_DATE(CAST(a AS INT), CAST(b AS INT), CAST(c AS INT))",
    # Days counted from 1 January of the year 1, which is 1.
    "ORDINAL": f"CAST(DATEDIFF(a, {_EPOCH}) AS BIGINT) + CAST(719163 AS BIGINT)",
    "LEN": "CAST(ARRAY_SIZE(a) AS BIGINT)",
    "LIST_EXTRACT": "GET(a, CAST(b AS INT) - 1)",
    "UNNEST": "EXPLODE(a)",
    # Euclid, as often as the largest numbers of 38 digits need it.
    "GCD": f"""AGGREGATE(SEQUENCE(1, 184), STRUCT(CAST(a AS {WIDE}) AS one, CAST(b AS {WIDE}) AS other),
        (s, step) -> CASE WHEN s.other = 0 THEN s ELSE STRUCT(s.other AS one, CAST(s.one % s.other AS {WIDE}) AS other) END,
        s -> s.one)""",
    # In order, the run that a month continues is one longer than that of the month before.
    "LONGEST_RUN": """COALESCE(AGGREGATE(ARRAY_SORT(CAST(a AS ARRAY<BIGINT>)),
        STRUCT(CAST(NULL AS BIGINT) AS last, CAST(0 AS BIGINT) AS run, CAST(0 AS BIGINT) AS best),
        (s, m) -> STRUCT(m AS last,
            CASE WHEN m = s.last + 1 THEN s.run + 1 ELSE CAST(1 AS BIGINT) END AS run,
            GREATEST(s.best, CASE WHEN m = s.last + 1 THEN s.run + 1 ELSE CAST(1 AS BIGINT) END) AS best),
        s -> s.best), CAST(0 AS BIGINT))""",
    "WITH_KEY": f"FILTER(CAST(a AS ARRAY<{_PLACE}>), place -> NOT place.key IS NULL)",
    "NAMED_PLACES": f"""TRANSFORM(CAST(a AS ARRAY<{_PLACE}>), place -> STRUCT(
        GET(CAST(b AS ARRAY<STRING>), CAST(place.rule AS INT)) AS rule, place.key AS key,
        place.most + place.level AS limit, CAST(ARRAY() AS ARRAY<STRING>) AS holders))""",
    "STAGE_PAID": f"""GET(FILTER(CAST(a AS ARRAY<{_STAGE}>),
        one -> one.name = CAST(b AS STRING) AND NOT one.due_fen IS NULL), 0).due_fen""",
    # \z is the end of the text; a dollar would also stand before a last line break.
    "VERSION_LABEL": r"REGEXP_REPLACE(CAST(a AS STRING), '·[^·]*\\z', '')",
}

# DIV gives 64 bits; the quotient of a multiple leaves nothing to round.
_WIDE_QUOTIENT = f"CAST((a - a % b) / b AS {WIDE})"
# `+` on dates goes round at the end of all days.
_DAY_MOVED = f"DATE_FROM_UNIX_DATE(DATEDIFF(a, {_EPOCH}) + CAST(b AS INT))"
_DAY_MOVED_BACK = f"DATE_FROM_UNIX_DATE(DATEDIFF(a, {_EPOCH}) - CAST(b AS INT))"
# The difference of dates is an interval.
_DAYS_BETWEEN = "CAST(DATEDIFF(a, b) AS BIGINT)"
# A shift drops bits, a product that overflows stops.
_SHIFTED_LEFT = "a * SHIFTLEFT(CAST(1 AS BIGINT), CAST(b AS INT))"
_SHIFTED_RIGHT = "SHIFTRIGHT(CAST(a AS BIGINT), CAST(b AS INT))"
# What is collected has no order of its own.
_IN_ORDER = "TRANSFORM(ARRAY_SORT(a), one -> one.item)"
_MONTH_TEXT = "DATE_FORMAT(a, 'yyyy-MM')"


def _named(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """A function that the tree library has no name for."""
    name = node.name.upper()
    if name == "STRFTIME":
        return _month_text(node)
    return _formed(FUNCTIONS[name], *node.expressions) if name in FUNCTIONS else node


def _month_text(node: exp.Expr) -> exp.Expr:
    """A month is all that a plan writes out."""
    day, form = node.expressions
    if form.name != "%Y-%m":
        raise ValueError(f"no form of dates on Spark for {form.name!r}")
    return _formed(_MONTH_TEXT, day)


def _quotient(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """DIV on integers; it gives 64 bits, so wider ones are divided as decimals."""
    assert isinstance(node, exp.Binary)
    if kind_of(node, kinds) == "wide":
        return _formed(_WIDE_QUOTIENT, node.left, node.right)
    return node


def _sum_of_days(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    assert isinstance(node, exp.Binary)
    if kind_of(node.left, kinds) != "date":
        return node
    if isinstance(node, exp.Add):
        return _formed(_DAY_MOVED, node.left, node.right)
    between = kind_of(node.right, kinds) == "date"
    return _formed(_DAYS_BETWEEN if between else _DAY_MOVED_BACK, node.left, node.right)


def _summed(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """In 128 bits, as on the other engine; the sum of BIGINT would be one itself."""
    return exp.Sum(this=exp.cast(_bare(node.this), WIDE, dialect=DIALECT))


def _shifted(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    assert isinstance(node, exp.Binary)
    form = _SHIFTED_LEFT if isinstance(node, exp.BitwiseLeftShift) else _SHIFTED_RIGHT
    return _formed(form, node.left, node.right)


def _cast(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    assert isinstance(node, exp.Cast)
    if node.to.this in TYPES:
        node.set("to", exp.DataType.build(TYPES[node.to.this], dialect=DIALECT))
    return node


def _collected(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """LIST(x ORDER BY y): pairs are collected, put in order, and x taken out of them again."""
    if not isinstance(node.this, exp.Order):
        return node
    order, item = node.this.expressions, node.this.this
    if any(one.args.get("desc") for one in order):
        raise ValueError("lists on Spark are in rising order only")
    members: dict[str, exp.Expr] = {}
    for n, one in enumerate(order):
        members[f"missing{n}"] = exp.Is(this=_bare(one.this), expression=exp.Null())  # what is missing comes last
        members[f"by{n}"] = one.this
    members["item"] = item
    pairs = exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(n), expression=m.copy()) for n, m in members.items()]
    )
    return _formed(_IN_ORDER, exp.ArrayAgg(this=pairs))


Change = Callable[[exp.Expr, Kinds], exp.Expr]
REWRITTEN: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Change], ...] = (
    (exp.Anonymous, _named),
    (exp.Cast, _cast),
    (exp.IntDiv, _quotient),
    ((exp.Add, exp.Sub), _sum_of_days),
    ((exp.BitwiseLeftShift, exp.BitwiseRightShift), _shifted),
    (exp.Sum, _summed),
    (exp.ArrayAgg, _collected),
)

# ------------------------------------------------------------------------------------------------------------------


def spark_text(query: exp.Query, kinds: Kinds) -> str:
    """The text of a query for Spark. `kinds`: of the relations it reads, the columns that are dates or 128 bits wide."""
    tree = query.copy()
    for node in reversed(list(tree.walk())):
        for form, change in REWRITTEN:
            if isinstance(node, form):
                changed = change(node, kinds)
                if changed is not node:
                    node.replace(changed)
                break
    return tree.sql(DIALECT, comments=False)


def _formed(form: str, *arguments: exp.Expr) -> exp.Expr:
    """A form with its arguments in place of the letters."""
    given = dict(zip("abc", (_bare(argument) for argument in arguments), strict=False))
    tree = _parsed(form).copy()
    root = exp.Paren(this=tree)
    for column in list(root.find_all(exp.Column)):
        if not column.table and column.name in given:
            column.replace(given[column.name].copy())
    return root if isinstance(tree, exp.Binary) else root.this


def _bare(value: exp.Expr) -> exp.Expr:
    simple = (exp.Column, exp.Literal, exp.Func, exp.Paren, exp.Null)
    return value if isinstance(value, simple) and not isinstance(value, exp.Binary) else exp.Paren(this=value.copy())


@cache
def _parsed(form: str) -> exp.Expr:
    return sqlglot.parse_one(form, read=DIALECT)
