"""Which layout a file is in, and what is said where it is none."""

import pytest
from tests.imports.reading.files import CODES, COLUMNS, HEAD, NAMES, csv_bytes, opened, refused, taken

from jixiang.imports.kinds import Layout
from jixiang.imports.reading.refused import FileRefused

A = ("1", "甲", "2021-01-01", "5")


def problems(folder, head, *layouts, **more):
    with pytest.raises(FileRefused) as error:
        opened(folder, csv_bytes([A], head=head, encoding="gb18030"), *layouts, **more)
    return [(problem.code, problem.message) for problem in error.value.problems]


def test_c17_a_required_column_that_is_missing_is_named(tmp_path):
    assert problems(tmp_path, HEAD[1:]) == [("heading-missing", "缺少必要的列:按约定“系统导出”缺少 AAC002")]


def test_c17_a_renamed_column_is_missing_and_unknown_in_one_answer(tmp_path):
    assert problems(tmp_path, ("AAC147", *HEAD[1:])) == [
        ("heading-missing", "缺少必要的列:按约定“系统导出”缺少 AAC002"),
        ("heading-unknown", "有不认识的列:按约定“系统导出”多出 第 1 列“AAC147”"),
    ]


def test_c17_a_duplicated_column_is_refused(tmp_path):
    assert refused(tmp_path, csv_bytes([], head=(*HEAD, "AAC003"))) == ["heading-twice"]


def test_c17_reordered_columns_and_those_known_but_not_read_are_taken(tmp_path):
    content = csv_bytes([("备注", *reversed(A))], head=(" AAE013", *reversed(HEAD)))
    assert taken(tmp_path, content)[0] == [(2, tuple(reversed(A)))]


def test_c17_a_column_that_is_not_required_may_lack(tmp_path):
    source = opened(tmp_path, csv_bytes([("1", "x")], head=("AAC002", "AAE003")))
    (block, *_) = source.blocks()
    assert source.headings == ("AAC002", "AAE003")
    assert block.cells.column_names == ["AAC002", "AAE003"]


def test_c17_a_column_without_a_heading_has_to_be_empty(tmp_path):
    content = csv_bytes([(*A, ""), (*A, "多")], head=(*HEAD, ""))
    assert taken(tmp_path, content) == ([(2, A)], [(3, ("row-ragged",))], {})


def test_c17_no_layout_that_fits_says_of_each_what_lacks_and_what_is_too_much(tmp_path):
    codes = [code for code, _ in problems(tmp_path, ("AAC002", "XM"), CODES, NAMES)]
    assert codes == ["layout-unknown", "heading-missing", "heading-unknown", "heading-missing", "heading-unknown"]


def test_c17_two_layouts_that_fit_are_no_answer_until_one_is_chosen(tmp_path):
    twin = Layout("另一种", CODES.headings, money="分")
    content = csv_bytes([A])
    assert refused(tmp_path, content, CODES, twin) == ["layout-unknown"]
    assert opened(tmp_path, content, CODES, twin, chosen="另一种").layout is twin
    assert refused(tmp_path, content, CODES, chosen="没有") == ["layout-unknown"]


def test_c17_a_file_without_headings_is_refused_and_its_first_row_never_quoted(tmp_path):
    said = problems(tmp_path, ("329999199001010011", "张三丰", "2021", "5"), CODES, NAMES)
    assert said[0] == ("layout-unknown", "表头与任何一种约定都不符:这一行里没有一个认识的列名,像是缺少表头")
    assert not any("张三丰" in message or "329999" in message for _, message in said)


def test_c17_headings_in_the_encoding_of_another_layout_choose_that_layout(tmp_path):
    content = csv_bytes([A], head=tuple(COLUMNS), encoding="gb18030")
    assert opened(tmp_path, content, CODES, NAMES, Layout("同名", NAMES.headings)).layout is NAMES
