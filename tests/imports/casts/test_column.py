"""A column of any type: nothing is lost, nothing is guessed, whatever was written. Held against a slow reading of a cell."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports.casts import columns
from tests.imports.casts.columns import TODAY, cast, layout

from jixiang.imports import rows
from jixiang.imports.casts import cast_block, cast_column
from jixiang.imports.faults import FAULTS
from jixiang.imports.kinds import Column, Kind, Layout
from jixiang.imports.rows import Block
from jixiang.language import types
from jixiang.values import credit_code, resident_id

SPELLING = {
    "dates": ("yyyymmdd", "yyyy/m/d", "yyyy年mm月dd日"),
    "months": ("yyyymm", "yyyy-m"),
    "empty": ("", "-", "无"),
}
EMPTY = ("", "-", "无")


# One cell, read slowly: the value, or None ------------------------------------------------------------------------


def slow_date(text):
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)|(\d{4})/(\d\d?)/(\d\d?)|(\d{4})年(\d\d)月(\d\d)日", text, re.ASCII)
    try:
        return (
            datetime.strptime(" ".join(part for part in match.groups() if part), "%Y %m %d").date() if match else None
        )
    except ValueError:
        return None


def slow_month(text):
    match = re.fullmatch(r"(\d{4})(\d\d)|(\d{4})-(\d\d?)", text, re.ASCII)
    year, month = (int(part) for part in match.groups() if part) if match else (0, 0)
    return year * 100 + month if year and 1 <= month <= 12 else None


def slow_money(text):
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return None
    fen = Decimal(text) * 100
    return int(fen) if fen == int(fen) and 0 <= fen < 2**63 else None


def slow_count(text):
    return int(text) if re.fullmatch(r"-?[0-9]+", text) and 0 <= int(text) < 2**63 else None


def slow_text(text):
    seen = [c for c in text if unicodedata.category(c) not in ("Cf", "Zs")]
    unsafe = text[0] in "=+-@＝＋－＠" or any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text)
    return None if unsafe or not seen or len(text) > 200 else text


def slow_name(text):
    folded = unicodedata.normalize("NFKC", text).strip()
    letters = any(unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Co", "Cn") for c in folded)
    unsafe = folded[:1] in tuple("=+-@") or any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in folded)
    return folded if letters and not unsafe and len(folded) <= 60 else None


def slow_number(text):
    number, _ = resident_id.parse(text, today=TODAY)
    return number.text if number else None


def slow_account(text):
    digits = resident_id.tidy(text)
    return digits if re.fullmatch("[0-9]{8,32}", digits) else None


def slow_firm(text):
    code, _ = credit_code.parse(text)
    return code.text if code else None


SLOW = {
    "date": (columns.DATE, slow_date),
    "month": (columns.MONTH, slow_month),
    "money": (columns.MONEY, slow_money),
    "count": (columns.COUNT, slow_count),
    "bool": (columns.BOOL, {"是": True, "1": True, "否": False, "0": False}.get),
    "code": (columns.CODE, {"110": "110", "210": "210", "养老保险": "110", "失业保险": "210"}.get),
    "text": (columns.TEXT, slow_text),
    "name": (columns.NAME, slow_name),
    "number": (columns.NUMBER, slow_number),
    "account": (columns.ACCOUNT, slow_account),
    "firm": (columns.FIRM, slow_firm),
    "certificate": (columns.CERTIFICATE, slow_text),
}

NUMBER = resident_id.synthetic(TODAY.replace(year=1990), 123).text
FIRM = credit_code.synthetic(12345).text
LIKELY = st.sampled_from(
    (
        *("20210630", "2021/6/30", "2021年06月30日", "2021/2/29", "202106", "2021-6", "#N/A"),
        *("1500.10", "-3.5", "1.005", "1,500.00", "1e400", "NaN", "12", "是", "否", "110", "失业保险"),
        *(NUMBER, NUMBER[:6] + NUMBER[8:17], FIRM, "6228480100000012", "3.2E+17", "张三"),
        *("=1+1", "-", "无", "", " ", "\t", "\u200b", "\u3000"),
    )
)
PIECES = st.text(st.sampled_from("0123456789.-/年月日XxＸ９０+=@, \t\n\u00a0\u3000\u200b是否张三¥Ee\x00"), max_size=24)
EDITED = st.builds(lambda a, b, n: a[:n] + b[:2] + a[n:], LIKELY, PIECES, st.integers(0, 20))
ANYTHING = st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=30)  # what all tables of Unicode know
TEXTS = st.lists(st.one_of(LIKELY, PIECES, EDITED, ANYTHING), max_size=12)


@pytest.mark.parametrize("kind", SLOW)
@settings(max_examples=150)
@given(texts=TEXTS)
def test_every_cell_is_cast_exactly_or_marked(kind, texts):
    column, slow = SLOW[kind]
    values, said = cast(column, texts, **SPELLING)
    for text, value, codes in zip(texts, values, said, strict=True):
        refused = [code for code in codes if FAULTS[code].weight == "row"]
        assert len(set(codes)) == len(codes)
        if text.strip() in EMPTY:
            assert (value, codes) == (None, [])
        elif text.strip() == "#N/A":
            assert (value, codes) == (None, ["cell-error"])
        elif slow in (slow_text, slow_name) and text.startswith(("\t", "\r")):
            assert (value, refused[0]) == (None, "cell-inject")
        elif "number-misplaced" in codes:  # a possible number where none belongs
            assert value is None and re.search("[0-9]{17}[0-9Xx]", text)
        else:
            assert value == slow(text.strip())
            assert bool(refused) == (value is None)


@pytest.mark.parametrize("kind", SLOW)
@settings(max_examples=40)
@given(texts=TEXTS, at=st.integers(0, 12), natures=st.lists(st.integers(0, 5), min_size=12, max_size=12))
def test_it_does_not_matter_where_a_block_begins(kind, texts, at, natures):
    column = SLOW[kind][0]
    natures = natures[: len(texts)]
    values, said = cast(column, texts, natures, **SPELLING)
    halves = [cast(column, texts[part], natures[part], **SPELLING) for part in (slice(at), slice(at, None))]
    assert halves[0][0] + halves[1][0] == values
    assert halves[0][1] + halves[1][1] == said
    sliced = pa.array(["x", *texts], pa.large_string())[1:]
    found = cast_column(column, layout(**SPELLING), sliced, np.array(natures, np.uint8), today=TODAY)
    assert found.values.to_pylist() == values


@pytest.mark.parametrize("kind", SLOW)
@settings(max_examples=40)
@given(texts=TEXTS, natures=st.lists(st.integers(0, 5), min_size=12, max_size=12))
def test_no_cell_of_a_workbook_is_lost_without_a_word(kind, texts, natures):
    column = SLOW[kind][0]
    values, said = cast(column, texts, natures[: len(texts)], **SPELLING)
    for text, value, codes, nature in zip(texts, values, said, natures, strict=False):
        refused = [code for code in codes if FAULTS[code].weight == "row"]
        empty = text.strip() in EMPTY and nature not in (rows.ERROR, rows.FORMULA)
        assert bool(refused) == (value is None and not empty)


@pytest.mark.parametrize("kind", SLOW)
def test_errors_and_formulas_without_a_value_are_refused_in_any_column(kind):
    values, said = cast(SLOW[kind][0], ["#N/A", "", ""], [rows.ERROR, rows.FORMULA, rows.TEXT])
    assert values == [None] * 3
    assert said == [["cell-error"], ["cell-formula"], []]
    assert cast(SLOW[kind][0], ["#DIV/0!"]) == ([None], [["cell-error"]])
    assert cast(SLOW[kind][0], ["#DIV/0!"], empty=("#DIV/0!",)) == ([None], [[]])


@pytest.mark.parametrize("kind", SLOW)
def test_a_required_cell_that_is_empty_is_refused(kind):
    column = SLOW[kind][0]
    required = Column(column.name, column.type, column.role, True, column.attribute, column.codes)
    values, said = cast(required, ["", " \u3000", None, "-", "x"], empty=("-",))
    assert values[:4] == [None] * 4
    assert said[:4] == [["cell-required"]] * 4
    assert "cell-required" not in said[4]


@pytest.mark.parametrize("kind", SLOW)
def test_a_column_without_rows_is_cast(kind):
    assert cast(SLOW[kind][0], []) == ([], [])


@pytest.mark.parametrize("column", [c for c, _ in SLOW.values()], ids=list(SLOW))
def test_no_detail_quotes_what_was_written_of_a_person(column):
    texts = [NUMBER, f"{NUMBER[:17]}?", f"{NUMBER[:6]} {NUMBER[6:]}", "张小三", "6228480100000012"]
    found = cast_column(column, layout(), pa.array(texts), None, today=TODAY)
    assert not any(text[:8] in mark.detail or text[-8:] in mark.detail for text in texts for mark in found.marks)


# Blocks -----------------------------------------------------------------------------------------------------------


def block_of(**cells):
    table = pa.table({heading: pa.chunked_array([[text] for text in texts]) for heading, texts in cells.items()})
    return Block(table, np.arange(table.num_rows) + 2)


KIND = Kind(
    "dues",
    "缴费",
    "社保征缴",
    {c.name: c for c in (columns.NUMBER, columns.MONTH, columns.MONEY, Column("天数", types.DAYS))},
    (),
    (),
)


def test_a_block_is_cast_by_the_headings_of_its_layout_and_what_is_absent_is_empty():
    spelled = Layout("导出", {"身份证号码": "AAC002", "所属期": "AAE003", "金额": "AAE480"})
    casts = cast_block(KIND, spelled, block_of(AAC002=[NUMBER, "1"], AAE003=["202106", "202107"]), today=TODAY)
    assert {name: found.values.to_pylist() for name, found in casts.items()} == {
        "身份证号码": [NUMBER, None],
        "所属期": [202106, 202107],
        "金额": [None, None],
        "天数": [None, None],
    }
    assert [(mark.code, mark.rows.tolist()) for mark in casts["身份证号码"].marks] == [("number-length", [1])]
    assert casts["天数"].values.type == pa.int32()


def test_a_required_column_that_a_file_lacks_refuses_every_row():
    needed = Column("金额", types.MONEY, required=True)
    kind = Kind("dues", "缴费", "社保征缴", {"金额": needed}, (), ())
    casts = cast_block(kind, Layout("导出", {"金额": "A"}), block_of(B=["1", "2"]), today=TODAY)
    assert [(mark.code, mark.rows.tolist()) for mark in casts["金额"].marks] == [("cell-required", [0, 1])]


def test_a_column_of_codes_without_a_list_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="has no code list"):
        cast(Column("险种", types.code("险种")), ["110"])
