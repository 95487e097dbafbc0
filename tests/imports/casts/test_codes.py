"""Codes and yes or no: only what is declared is known, and what is said of the others gives nobody away."""

import pyarrow as pa
import pytest
from tests.imports.casts.columns import BOOL, CODE, TODAY, cast, layout, one

from jixiang.imports import rows
from jixiang.imports.casts import cast_column


def details(texts, **spelling):
    found = cast_column(CODE, layout(**spelling), pa.array(texts), None, today=TODAY)
    return {mark.detail: mark.rows.tolist() for mark in found.marks}


def test_without_a_translation_the_names_of_the_list_and_its_codes_are_known():
    assert cast(CODE, ["养老保险", "210", " 210", "999"]) == (
        ["110", "210", "210", None],
        [[], [], [], ["code-unknown"]],
    )
    assert one(CODE, "210", rows.NUMBER) == ("210", [])


def test_a_translation_speaks_first_and_the_codes_of_the_list_stay_known():
    codes = {"险种": {"养老": "110", "失业": "210"}}
    assert cast(CODE, ["养老", "210"], codes=codes) == (["110", "210"], [[], []])
    assert one(CODE, "养老保险", codes=codes) == (None, ["code-unknown"])


def test_a_source_with_a_numbering_of_its_own_is_not_read_by_the_lists_codes():
    codes = {"险种": {"110": "210"}}
    assert cast(CODE, ["110", "210"], codes=codes) == (["210", None], [[], ["code-unknown"]])


def test_an_unknown_code_is_quoted_once_for_all_its_rows():
    assert details(["999", "110", "998", "999"]) == {"“999”": [0, 3], "“998”": [2]}


@pytest.mark.parametrize("text", ["329999199005171239", "1990-05-17 329999199005", "张三", "x" * 21, "12\u200b"])
def test_what_may_be_a_name_or_a_number_is_not_quoted(text):
    assert details([text]) == {"": [0]}


def test_a_code_nearly_spelled_right_is_quoted():
    assert details(["失业保险金"]) == {"“失业保险金”": [0]}


def test_thousands_of_unknown_codes_do_not_fill_the_report():
    assert len(details([f"x{n}" for n in range(5000)])) == 21


def test_yes_and_no_are_what_the_layout_says():
    assert cast(BOOL, ["是", "0", "", "真"]) == ([True, False, None, None], [[], [], [], ["bool-form"]])
    assert cast(BOOL, ["Y", "N", "是"], true=("Y",), false=("N",)) == ([True, False, None], [[], [], ["bool-form"]])
