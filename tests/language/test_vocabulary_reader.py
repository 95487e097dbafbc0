"""The vocabulary as a document."""

from pathlib import Path

import pytest
from tests.language.checking import tiny_vocabulary

from jixiang.language.types import DATE, MONEY, MONTHS, Type, code, ref
from jixiang.language.vocabulary import Code, Relation
from jixiang.language.vocabulary_reader import read_vocabulary

WUXI = Path(__file__).parent.parent.parent / "cities" / "wuxi" / "vocabulary.md"
HEAD = "主键: 渔民编号 fisher_id · 来源: 渔政"
TABLE = "| 属性 | 列 | 类型 | 说明 |\n|--|--|--|--|\n"


def read(tmp_path, text):
    path = tmp_path / "vocabulary.md"
    path.write_text(text, encoding="utf-8")
    return read_vocabulary(path)


def fisher(tmp_path, rows, head=HEAD):
    return read(tmp_path, f"## 渔民 fisher\n一个人。\n{head}\n\n{TABLE}{rows}\n")


def test_an_entity_has_a_table_a_key_a_meaning_and_sources():
    entity = tiny_vocabulary().entities["渔船"]
    assert (entity.name, entity.table, entity.key, entity.key_column) == ("渔船", "vessel", "渔船编号", "vessel_id")
    assert (entity.meaning, entity.sources) == ("登记在渔港的每一条船。", ("渔政", "海事"))


def test_attributes_have_types_and_marks():
    boat, voyage = tiny_vocabulary().entities["渔船"], tiny_vocabulary().entities["出海"]
    assert boat.attributes["船东"].type == ref("渔民")
    assert boat.attributes["船东"].required
    assert boat.attributes["功率"].varies
    assert boat.attributes["功率"].low == "0"
    assert boat.attributes["报废日期"].open_ended
    assert voyage.attributes["航次"].type == Type("number", unit="次")
    assert (voyage.attributes["盈亏"].type, voyage.attributes["盈亏"].signed) == (MONEY, True)
    assert voyage.attributes["等级"].type == code("渔证等级")


def test_a_relation_is_declared_once_and_known_from_both_sides():
    vocabulary = tiny_vocabulary()
    assert vocabulary.entities["渔船"].relations["出海"] == Relation("出海", "渔船", "出海", (("", "渔船"),))
    crew = Relation("船员", "出海", "船员", (("", "出海"),), ("序号",))
    assert vocabulary.entities["出海"].relations["船员"] == crew


def test_peers_are_rows_that_agree_in_some_attributes():
    peers = Relation("同船", "船员", "船员", (("出海", "出海"),), ("序号",), True)
    assert tiny_vocabulary().entities["船员"].relations == {"同船": peers}
    assert "同船" not in tiny_vocabulary().entities["船员"].attributes


def test_code_lists_may_be_ordered_from_low_to_high():
    codes = tiny_vocabulary().codes
    assert codes["渔证等级"].codes[0] == Code("C", "初级")
    assert (codes["渔证等级"].ordered, codes["船型"].ordered) == (True, False)
    assert codes["渔证等级"].rank == {"C": 0, "B": 1, "A": 2}


def test_single_entities_cutoffs_and_process_names():
    vocabulary = tiny_vocabulary()
    assert vocabulary.entities["全港"].single
    assert vocabulary.entities["出海"].time == "月份"
    assert vocabulary.process_names == ("公示期", "退款期限", "年度额度", "拨付先后")


def test_wuxi_reads_without_a_problem():
    vocabulary, problems = read_vocabulary(WUXI)
    assert problems == []
    assert {"人员", "单位", "全市", "缴费", "参赛"} <= set(vocabulary.entities)
    assert vocabulary.entities["全市"].attributes["失业保险备付月数"].type == MONTHS


@pytest.mark.parametrize(
    ("row", "code_", "way_out"),
    [
        ("| 生日 | birth | 日其 | |", "vocabulary-type", "是否为 '日期'?"),
        ("| 生日 | birth | 日期, 空为今 | |", "vocabulary-type", "是否为 '空为至今'?"),
        ("| 生日 | 生日 | 日期 | |", "vocabulary-column", "小写英文字母"),
        ("| 生日 | | 日期 | |", "vocabulary-column", "小写英文字母"),
        ("| 级别 | level | 编码 级别 | |", "unknown-name", ""),
        ("| 父亲 | father_id | → 鱼民 | |", "unknown-name", "是否为 '渔民'?"),
        ("| 生日 | birth | 日期 | |\n| 生日 | born | 日期 | |", "duplicate-name", ""),
        ("| 生日 | birth | 日期 | |\n| 出生 | birth | 日期 | |", "duplicate-name", ""),
        ("| 父亲 | father_id | → 渔民, 反向 父亲 | |", "duplicate-name", ""),
        ("| 同乡 | | → 渔民 同 乡 | |", "unknown-name", ""),
        ("| 生日 | birth | | |", "vocabulary-row", ""),
        ("| 人数 | heads | 整数 头 | |", "vocabulary-type", ""),
    ],
)
def test_an_attribute_that_does_not_follow_the_form_is_placed_and_has_a_way_out(tmp_path, row, code_, way_out):
    _, problems = fisher(tmp_path, row)
    assert [problem.code for problem in problems] == [code_]
    assert way_out in problems[0].suggestion
    assert problems[0].place.line >= 7


@pytest.mark.parametrize(
    ("head", "code_"),
    [
        ("来源: 渔政", "vocabulary-key"),
        ("主键: 渔民编号 person_id · 来源: 渔政", "vocabulary-key"),
        (HEAD + " · 来历: 甲", "vocabulary-line"),
        (HEAD + " · 事实截止: 生曰", "vocabulary-line"),
    ],
)
def test_a_head_that_does_not_follow_the_form_is_an_error(tmp_path, head, code_):
    assert code_ in [problem.code for problem in fisher(tmp_path, "| 生日 | birth | 日期 | |", head)[1]]


def test_a_wrong_row_does_not_hide_the_others(tmp_path):
    vocabulary, problems = fisher(tmp_path, "| 生日 | birth | 日其 | |\n| 卒日 | died | 日期 | |")
    assert len(problems) == 1
    assert vocabulary.entities["渔民"].attributes["卒日"].type == DATE


@pytest.mark.parametrize(
    "text",
    [
        "## 编码 性别\n\n| 编码 | 名称 |\n|--|--|\n| 1 | 男 |\n",
        "## 编码 性别 sex, 由高到低\n\n| 编码 | 名称 |\n|--|--|\n| 1 | 男 |\n",
        "## 编码 性别 sex\n\n| 编码 | 名称 |\n|--|--|\n| 1 | |\n| 2 | 女 |\n",
        "## 编码 性别 sex\n\n| 编码 | 名称 |\n|--|--|\n| 1 | 男 |\n| 1 | 女 |\n",
        "## 编码 性别 sex\n",
    ],
)
def test_a_code_list_that_does_not_follow_the_form_is_an_error(tmp_path, text):
    assert len(read(tmp_path, text)[1]) == 1
