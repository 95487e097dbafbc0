"""A city's files described as data: what the descriptions come to, and what is said of those that are wrong."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from tests.imports.kind_files import BAD, CITY, HERE, ROOT, TINY, kinds, read_beside_keys, said_about, vocabulary

from jixiang.imports.kind_columns import COLUMN_KEYS
from jixiang.imports.kind_facts import FACT_KEYS, FIELD_FORMS
from jixiang.imports.kind_keys import KEYS_KEYS
from jixiang.imports.kind_layouts import LAYOUT_KEYS
from jixiang.imports.kind_reader import KIND_KEYS, read_kinds
from jixiang.imports.kinds import Cell, Constant, Extracted, Key, Person, Sum
from jixiang.tables.schema import CUTOFF, fact_tables

# The city's files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", [CITY, TINY], ids=["city", "harbour"])
def test_every_table_of_the_vocabulary_is_filled_by_some_kind_and_every_column_too(city):
    tables = fact_tables(vocabulary(city))
    filled = {name: {*table.key} - {"valid_from"} for name, table in tables.items()}
    for kind in kinds(city).values():
        for fact in kind.facts:
            filled[fact.table.name] |= fact.cells.keys()
    lacking = {name: table.columns.keys() - filled[name] - {"valid_to"} for name, table in tables.items()}
    assert {name: columns for name, columns in lacking.items() if columns and name != CUTOFF} == {}


@pytest.mark.parametrize("city", [CITY, TINY], ids=["city", "harbour"])
def test_every_kind_has_the_template_as_its_last_layout_and_a_source_before_it(city):
    for kind in kinds(city).values():
        *sources, template = kind.layouts
        assert sources, kind.code
        assert (template.name, template.sheet, template.encoding) == ("模板", "数据", "utf-8")
        assert dict(template.headings) == {name: name for name in kind.columns}


@pytest.mark.parametrize("city", [CITY, TINY], ids=["city", "harbour"])
def test_a_fact_fills_only_columns_that_its_table_has_and_never_its_key(city):
    for kind in kinds(city).values():
        assert kind.main in kind.facts
        for fact in kind.facts:
            own = set(fact.table.key) - {"valid_from"}
            assert fact.cells.keys() <= fact.table.columns.keys() - own, (kind.code, fact.table.name)
            assert {*fact.table.required} <= fact.cells.keys()


@pytest.mark.parametrize("city", [CITY, TINY], ids=["city", "harbour"])
def test_every_column_that_a_fact_speaks_of_is_one_of_the_kind(city):
    for kind in kinds(city).values():
        for fact in kind.facts:
            named = {name for source in [*fact.cells.values(), *fact.key] for name in columns_of(source)}
            assert named <= kind.columns.keys()
            assert fact.when in {"", *kind.columns}


def columns_of(source):
    match source:
        case Cell(column):
            return [column]
        case Sum(columns) | Key(columns):
            return columns
        case Person(number, name, account):
            return [one for one in (number, name, account) if one]
        case Constant() | Extracted():
            return []


@pytest.mark.parametrize("city", [CITY, TINY], ids=["city", "harbour"])
def test_a_reference_is_made_of_the_same_values_as_the_key_of_what_it_refers_to(city):
    """Each part of a key is the text of one column, so a reference by the same columns is the same text."""
    stated = {}
    for kind in kinds(city).values():
        for fact in kind.facts:
            types = tuple(type_of(kind, source) for source in fact.key)
            assert stated.setdefault(fact.entity.name, types) == types
    for kind in kinds(city).values():
        for fact in kind.facts:
            for column, source in fact.cells.items():
                if isinstance(source, Key):
                    types = tuple(type_of(kind, Cell(name)) for name in source.columns)
                    assert types == stated[fact.table.columns[column].of], (kind.code, column)


def type_of(kind, source):
    names = columns_of(source)[:1]
    return kind.columns[names[0]].type if names else source


def test_the_three_styles_of_naming_and_the_encodings_all_occur():
    layouts = [layout for kind in kinds().values() for layout in kind.layouts[:-1]]
    first = {next(iter(layout.headings.values())) for layout in layouts}
    assert any(heading[0] in "ABY" and heading[1:3].isupper() for heading in first)
    assert any(heading.isascii() and heading.islower() for heading in first)
    assert any(not heading.isascii() for heading in first)
    assert {layout.encoding for layout in layouts} == {"utf-8", "gb18030"}
    assert len({form for layout in layouts for form in layout.dates}) >= 5
    assert {layout.money for layout in layouts} == {"元", "分"}
    for code in ("contributions", "persons", "certificates"):
        assert len(kinds()[code].layouts) == 4


# What a description comes to --------------------------------------------------------------------------------------


def test_contributions_are_added_up_and_named_by_person_employer_insurance_and_month():
    kind = kinds()["contributions"]
    fact = kind.main
    assert fact.key == (
        Person("参保人身份证号", "参保人姓名"),
        Cell("单位信用代码"),
        Cell("险种"),
        Cell("所属期"),
    )
    assert fact.cells["due"] == Sum(("单位应缴", "个人应缴"))
    assert fact.cells["employer_id"] == Key(("单位信用代码",))
    assert [column.name for column in kind.columns.values() if column.required] == [
        "参保人身份证号",
        "单位信用代码",
        "险种",
        "所属期",
    ]
    assert kind.columns["单位信用代码"].attribute.format == "GB 32100"
    assert kind.layouts[0].codes["险种"]["11"] == "110"
    assert kind.layouts[1].codes["险种"]["职工基本医疗保险"] == "310"
    assert kind.covers == {"contribution": "month"}


def test_a_history_has_the_key_of_its_entity_and_its_first_day():
    person, district = kinds()["persons"].facts
    assert district.table.name == "person_district"
    assert district.key == person.key == (Person("身份证号", "姓名", "银行账号"),)
    assert district.cells == {"district": Cell("常住区县"), "valid_from": Cell("迁入日期")}
    assert (district.when, district.main, person.main) == ("迁入日期", False, True)
    assert not kinds()["persons"].columns["迁入日期"].required


def test_one_row_states_a_contest_and_who_took_part_in_it():
    entry, contest = kinds()["contests"].facts
    assert entry.cells["contest_id"] == Key(("赛事", "届次", "级别", "职业"))
    assert contest.key == tuple(Cell(name) for name in ("赛事", "届次", "级别", "职业"))
    assert entry.key == (Person("选手身份证号", "选手姓名"), *contest.key, Cell("参赛角色"))
    assert (kinds()["contests"].shape, kinds()["contests"].scope) == ("scope", ("contest_id",))


def test_the_one_row_of_a_city_has_a_constant_key():
    history, city = kinds()["city_figures"].facts
    assert history.key == city.key == (Constant("320200"),)
    assert city.cells == {}


def test_a_key_that_holds_a_reference_is_taken_apart_to_its_last_column():
    crew = kinds(TINY)["crew"].main
    voyage = kinds(TINY)["voyages"].main
    assert voyage.key == (Cell("船名号"), Cell("月份"))
    assert crew.key == (Person("身份证号", "姓名"), Cell("船名号"), Cell("月份"))
    assert crew.cells["voyage_id"] == Key(("船名号", "月份"))


def test_an_identity_has_no_type_of_its_own_and_fills_no_fact():
    columns = kinds()["persons"].columns
    assert [columns[name].role for name in ("身份证号", "姓名", "银行账号")] == ["number", "name", "account"]
    for kind in kinds().values():
        for column in kind.columns.values():
            assert (column.role == "value") or (column.attribute is None and column.type.kind == "text")


# What is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_it_says_what_is_wrong_where_and_what_to_write_instead(path):
    expected = path.with_suffix(".expected")
    assert expected.exists(), "record it: python -m tests.imports.kind_files"
    assert said_about(path) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_file_with_a_mistake_gives_no_kind(path, tmp_path):
    found, problems = read_beside_keys(path, tmp_path)
    assert problems and path.stem not in found
    assert all(problem.severity == "error" and problem.message for problem in problems)


def test_no_expectation_is_left_without_its_file():
    assert [path.name for path in (HERE / "bad").glob("*.expected") if not path.with_suffix(".toml").exists()] == []


def test_a_city_without_keys_has_no_kinds_and_says_so(tmp_path):
    found, problems = read_kinds(tmp_path, vocabulary())
    assert (found, [problem.code for problem in problems]) == ({}, ["no-keys"])


def test_one_wrong_file_leaves_the_others_as_they_are(tmp_path):
    shutil.copytree(CITY / "imports", tmp_path / "imports")
    (tmp_path / "imports" / "members.toml").write_text("name = 3", encoding="utf-8")
    found, problems = read_kinds(tmp_path, vocabulary())
    assert found.keys() == kinds().keys() - {"members"}
    assert {problem.place.file for problem in problems} == {"imports/members.toml"}


def test_two_kinds_that_fill_one_table_differently_are_told_since_a_row_replaces_a_row(tmp_path):
    shutil.copytree(CITY / "imports", tmp_path / "imports")
    text = (CITY / "imports" / "education.toml").read_text(encoding="utf-8")
    fewer = text.replace('"学历证书号", "毕业日期"', '"学历证书号"').replace('"毕业日期" = "byrq"\n', "")
    (tmp_path / "imports" / "schools.toml").write_text(
        fewer.replace('name = "学历"', 'name = "学校"'), encoding="utf-8"
    )
    problems = read_kinds(tmp_path, vocabulary())[1]
    assert [(problem.code, problem.place.file) for problem in problems] == [("table-two-kinds", "imports/schools.toml")]


def test_two_kinds_of_one_name_are_told(tmp_path):
    shutil.copytree(CITY / "imports", tmp_path / "imports")
    shutil.copy(CITY / "imports" / "education.toml", tmp_path / "imports" / "education_again.toml")
    assert [problem.code for problem in read_kinds(tmp_path, vocabulary())[1]] == ["twice"]


EDITS = {
    "left out": lambda line: "",
    "without a value": lambda line: line.partition("=")[0] + "=" if "=" in line else line[1:],
    "a number": lambda line: line.partition("=")[0] + "= 5" if "=" in line else "[" + line,
    "an empty list": lambda line: line.partition("=")[0] + "= []" if "=" in line else line + "x",
    "an empty table": lambda line: line.partition("=")[0] + "= {}" if "=" in line else line.replace("[[", "["),
    "a list of numbers": lambda line: line.partition("=")[0] + "= [1, {}]" if "=" in line else line + line,
    "an empty text": lambda line: line.partition("=")[0] + '= ""' if "=" in line else line.upper(),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("name", ["keys", "contributions", "contests", "employers"])
def test_no_edit_of_a_line_is_more_than_a_problem(name, edit):
    lines = (CITY / "imports" / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        imports = Path(folder) / "imports"
        imports.mkdir()
        for known in ("keys", "contributions"):
            shutil.copy(CITY / "imports" / f"{known}.toml", imports)
        for number, line in enumerate(lines):
            if line.strip() and not line.startswith("#"):
                edited = [*lines[:number], edit(line), *lines[number + 1 :]]
                (imports / f"{name}.toml").write_text("\n".join(edited), encoding="utf-8")
                found, problems = read_kinds(Path(folder), vocabulary())
                assert name == "keys" or (name in found) != any(name in problem.place.file for problem in problems)


# The page ---------------------------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")


def test_the_page_speaks_of_every_key():
    known = {*KIND_KEYS, *KEYS_KEYS, *FACT_KEYS, *FIELD_FORMS, *LAYOUT_KEYS, *COLUMN_KEYS}
    words = {word for code in re.findall("`([^`\n]+)`", PAGE) for word in re.findall("[a-z]+", code)}
    assert known <= words, known - words


def test_the_example_of_the_page_is_a_kind_of_the_city(tmp_path):
    (example,) = re.findall("```toml\n(.*?)```", PAGE, re.DOTALL)
    imports = tmp_path / "imports"
    imports.mkdir()
    shutil.copy(CITY / "imports" / "keys.toml", imports)
    (imports / "school_rolls.toml").write_text(example, encoding="utf-8")
    found, problems = read_kinds(tmp_path, vocabulary())
    assert problems == []
    heading_row = re.search("^xsid,.*$", PAGE, re.MULTILINE)[0].split(",")
    layout = found["school_rolls"].layouts[0]
    assert {*layout.headings.values(), *layout.ignored} == {*heading_row}
