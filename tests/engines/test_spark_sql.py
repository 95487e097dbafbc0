"""What a plan's trees become for Spark, form by form. That the two mean the same is tested on a cluster: tests/cluster."""

import pytest
import sqlglot
from sqlglot import exp

from jixiang.engines.spark_kinds import kind_of
from jixiang.engines.spark_sql import spark_text

KINDS = {"t": {"d": "date", "e": "date", "w": "wide"}, "u": {"x": "wide"}}


def query(text):
    return sqlglot.parse_one(text, read="duckdb")


def form(text):
    return spark_text(query(f"SELECT {text} FROM t AS r"), KINDS).removeprefix("SELECT ").removesuffix(" FROM t AS r")


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("r.x + 1 < r.y", "r.x + 1 < r.y"),
        ("CASE WHEN r.x IS NULL THEN 1 END", "CASE WHEN r.x IS NULL THEN 1 END"),
        ("r.x // r.y", "r.x DIV r.y"),
        ("r.w // r.y", "CAST((r.w - r.w % r.y) / r.y AS DECIMAL(38, 0))"),
        ("CAST(r.x AS INT128) * r.y", "CAST(r.x AS DECIMAL(38, 0)) * r.y"),
        ("r.x - r.y", "r.x - r.y"),
        ("r.d - r.e", "CAST(DATEDIFF(r.d, r.e) AS BIGINT)"),
        ("r.d - CAST(1 AS INT)", "DATE_FROM_UNIX_DATE(DATEDIFF(r.d, CAST('1970-01-01' AS DATE)) - CAST(CAST(1 AS INT) AS INT))"),
        ("LAST_DAY(r.d) - CAST(1 AS INT)",
         "DATE_FROM_UNIX_DATE(DATEDIFF(LAST_DAY(r.d), CAST('1970-01-01' AS DATE)) - CAST(CAST(1 AS INT) AS INT))"),
        ("SUM(r.x) FILTER (WHERE r.y)", "SUM(CAST(r.x AS DECIMAL(38, 0))) FILTER(WHERE r.y)"),
        ("r.x << 3", "(r.x * SHIFTLEFT(CAST(1 AS BIGINT), CAST(3 AS INT)))"),
        ("r.x >> r.y", "(SHIFTRIGHT(CAST(r.x AS BIGINT), CAST(r.y AS INT)))"),
        ("(r.x & 3) | r.y", "(r.x & 3) | r.y"),
        ("BIT_COUNT(r.x)", "BIT_COUNT(r.x)"),
        ("with_key(r.x)", "FILTER(CAST(r.x AS ARRAY<STRUCT<rule: BIGINT, key: STRING, most: BIGINT, level: BIGINT>>), "
         "place -> NOT place.key IS NULL)"),
        ("'a\\b''c'", r"'a\\b\'c'"),
    ],
)  # fmt: skip
def test_a_form_becomes(said, becomes):
    assert form(said) == becomes


def test_functions_that_a_plan_names_without_knowing_them_are_found_by_name():
    year = exp.Anonymous(this="YEAR", expressions=[exp.column("d", "r")])
    month = exp.Anonymous(this="STRFTIME", expressions=[exp.column("d", "r"), exp.Literal.string("%Y-%m")])
    assert spark_text(exp.select(year, month), {}) == "SELECT CAST(YEAR(r.d) AS BIGINT), DATE_FORMAT(r.d, 'yyyy-MM')"


def test_what_has_been_rewritten_is_still_known_to_be_a_date():
    first = exp.Anonymous(this="MAKE_DATE", expressions=[exp.Literal.number(n) for n in (2020, 2, 1)])
    one = exp.cast(exp.Literal.number(1), "INT")
    day_before = exp.Sub(this=first, expression=one)
    between = exp.Sub(this=exp.Paren(this=day_before), expression=exp.column("d", "r"))
    text = spark_text(exp.select(between).from_("t AS r"), KINDS)
    assert text.startswith("SELECT CAST(DATEDIFF((DATE_FROM_UNIX_DATE(DATEDIFF(MAKE_DATE(")


def test_another_form_of_dates_is_not_guessed_at():
    other = exp.Anonymous(this="STRFTIME", expressions=[exp.column("d", "r"), exp.Literal.string("%d.%m.%Y")])
    with pytest.raises(ValueError, match="form of dates"):
        spark_text(exp.select(other), {})


def test_a_list_that_falls_is_not_made_to_rise():
    with pytest.raises(ValueError, match="rising"):
        form("LIST(r.x ORDER BY r.y DESC)")


def test_a_list_is_put_in_order_with_what_is_missing_last():
    assert form("LIST(r.x ORDER BY r.y)") == (
        "TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(r.y IS NULL AS missing0, r.y AS by0, r.x AS item))), one -> one.item)"
    )


def test_missing_values_come_last_in_windows_and_in_order():
    text = spark_text(query("SELECT ROW_NUMBER() OVER (ORDER BY x) AS n FROM t ORDER BY y, z DESC"), {})
    assert text == "SELECT ROW_NUMBER() OVER (ORDER BY x NULLS LAST) AS n FROM t ORDER BY y NULLS LAST, z DESC"


def test_the_plans_own_tree_stays_as_it_is():
    tree = query("SELECT r.x // 2, SUM(r.w) OVER (PARTITION BY r.d - r.e) FROM t AS r")
    before = tree.copy()
    spark_text(tree, KINDS)
    assert tree == before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("r.w", "wide"), ("r.d", "date"), ("r.x", ""), ("j.x", "wide"), ("-r.w", "wide"), ("(r.x + r.w)", "wide"),
        ("CASE WHEN r.x THEN r.y ELSE r.w END", "wide"), ("COALESCE(r.x, r.d)", "date"), ("CAST(r.w AS BIGINT)", ""),
        ("MAX(r.d) FILTER (WHERE r.x)", "date"), ("LEAD(r.d) OVER (ORDER BY r.x)", "date"), ("SUM(r.x)", "wide"),
        ("COUNT(*)", ""), ("r.d - r.e", ""), ("r.d - r.x", "date"), ("unknown.w", ""),
    ],
)  # fmt: skip
def test_kinds_follow_from_relations_and_forms(text, kind):
    tree = query(f"SELECT {text} FROM t AS r LEFT JOIN u AS j ON TRUE")
    assert kind_of(tree.expressions[0], KINDS) == kind
