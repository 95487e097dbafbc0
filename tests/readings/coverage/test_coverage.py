"""Who should be reached and is not; who is entitled and not served; and what is wrong with what a city says of it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.operations.harbour import known
from tests.readings.coverage.pier import AS_OF, NEEDS, facts, pack, rows, write

from jixiang.language.city import load_city
from jixiang.operations.main import main
from jixiang.readings.coverage.needs import Needs, read_needs

ONLY = ["--policy", "H3"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The boats decided with money for one of them only, and one owner more whom nobody knows the birth of."""
    folder = tmp_path_factory.mktemp("quay")
    pack(folder)
    known_rows = rows()
    first = known("2020-01-05")
    known_rows["fisher"].append({"fisher_id": "O-DARK", "birth_date": None, "local": True, **first})
    launched = known_rows["vessel"][0]["launched_on"]
    for boat, owner in (("DARK", "O-DARK"), ("ALSO", "O-WELL")):
        known_rows["vessel"].append(
            {"vessel_id": boat, "owner_id": owner, "kind": "1", "launched_on": launched, **first}
        )
        for one in [v for v in known_rows["voyage"] if v["vessel_id"] == "WELL"]:
            known_rows["voyage"].append({**one, "vessel_id": boat, "voyage_id": f"{boat}-{one['month']}"})
    known_rows["vessel"].append({"vessel_id": "NEW", "owner_id": "O-WELL", "kind": "1", "launched_on": None, **first})
    write(folder / "facts", known_rows)
    (folder / "funds.csv").write_text("fund,year,ceiling_fen\n渔业资金,2021,10000\n", encoding="utf-8")
    words = ["--city", folder / "city", "--facts", folder / "facts", "--as-of", AS_OF, "--out", folder / "run"]
    assert main(["decide", *map(str, words), *ONLY, "--funds", str(folder / "funds.csv")]) == 0
    return folder


def coverage(folder: Path, *more: str, as_of: str = AS_OF) -> int:
    words = ["--city", folder / "city", "--facts", folder / "facts", "--decisions", folder / "run", "--as-of", as_of]
    return main(["coverage", *map(str, words), *more])


@pytest.fixture(scope="module")
def book(port: Path) -> openpyxl.Workbook:
    assert coverage(port, "--out", str(port / "coverage.xlsx"), "--svg", str(port / "svg")) == 0
    return openpyxl.load_workbook(port / "coverage.xlsx")


def table(book: openpyxl.Workbook, name: str) -> list[list[object]]:
    return [[cell.value or None if cell.value != 0 else 0 for cell in row] for row in book[name].iter_rows(min_row=5)]


def test_the_rates_are_of_those_that_are_known(book: openpyxl.Workbook) -> None:
    whole, entitled = table(book, "汇总")
    assert whole == ["应查尽查", 8, 8, 0, 1, 1]  # YEAR is too new; NEW may be or not: nobody knows when it was launched
    assert entitled == ["应补尽补", 2, 1, 1, 0.5, 1]


def test_who_waits_for_money_and_who_for_facts_is_told(book: openpyxl.Workbook) -> None:
    listed = table(book, "应补尽补名单")
    assert [row[0] for row in listed] == ["H3 WELL", "H3 DARK"]
    assert [row[3] for row in listed] == ["候补:等待资金", "待核:满六十"]
    assert ["H3 老船补贴", "满六十", 1, "渔民.出生日期"] in table(book, "待核的事实")


def test_groups_are_of_whose_it_is(book: openpyxl.Workbook) -> None:
    lines = {row[0]: row[1:] for row in table(book, "应查尽查按本港")}
    assert lines == {"是": [7, 7, 0, 1, 1], "否": [1, 1, 0, 1, 0]}
    assert {row[0]: row[1] for row in table(book, "应补尽补按单位")} == {"ALSO": 1, "WELL": 1, "DARK": 0}


def test_pictures_say_the_answer(book: openpyxl.Workbook, port: Path) -> None:
    drawn = {path.name: path.read_text("utf-8") for path in (port / "svg").iterdir()}
    assert "应补尽补:50.0% 已经有" in drawn["应补尽补-本港.svg"]
    assert "应查尽查:全部已经有" in drawn["应查尽查-本港.svg"]


def test_who_has_stopped_sailing_is_on_the_list(tmp_path: Path) -> None:
    pack(tmp_path)
    gone = rows()
    gone["voyage"] = [one for one in gone["voyage"] if one["vessel_id"] != "AGE" or one["month"] < 202103]
    write(tmp_path / "facts", gone)
    words = ["--city", tmp_path / "city", "--facts", tmp_path / "facts", "--as-of", AS_OF, "--out", tmp_path / "run"]
    assert main(["decide", *map(str, words), *ONLY]) == 0
    assert coverage(tmp_path, "--out", str(tmp_path / "c.xlsx")) == 0
    made = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert table(made, "应查尽查名单") == [["AGE", "O-AGE", None, "拖网船", "否", None]]
    assert "三个月没有守规出海" in str(made["应查尽查名单"]["A1"].value)


def test_a_run_of_another_day_is_refused(port: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage(port, as_of="2021-05-31") == 1
    assert f"--as-of {AS_OF}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('document = "应查渔船"', 'document = "应查鱼船"', "没有名为《应查鱼船》的定义文件"),
        ('served = "已查"', 'served = "已看"', "里没有 定义 渔船.已看"),
        ('should = "应查"', 'should = "吨位"', "不是是或否"),
        ('entity = "渔船"', 'entity = "汽船"', "没有名为 '汽船' 的事实"),
        ('person = "船东"', 'person = "船型"', "没有指向别处的属性 '船型'"),
        ('reasons = ["拖网船"]', 'reasons = ["老渔民认定.老渔民"]', "里没有 定义 渔船.老渔民"),
        ('title = "应查尽查"', 'name = "应查尽查"', "不认识 name"),
        ('should = "应查"', "", "没有写 should"),
        ('firm = "渔船"', 'firm = "车"', "没有名为 '车' 的事实"),
        ("[[need]]", "[[wish]]", "只写 firm 和 [[need]]"),
        ("[[need]]", "[[need", "不是 TOML"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = pack(tmp_path)
    assert old in NEEDS
    (path / "coverage.toml").write_text(NEEDS.replace(old, new, 1), encoding="utf-8")
    city = load_city(path)
    assert city.rulebook is not None
    needs, problems = read_needs(city, city.rulebook)
    assert needs == Needs() and said in problems[0].message


def test_a_city_that_wants_nothing_reached_still_has_its_entitled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = pack(tmp_path)
    (city / "coverage.toml").unlink()
    facts(tmp_path / "facts")
    words = ["--city", city, "--facts", tmp_path / "facts", "--as-of", AS_OF, "--out", tmp_path / "run"]
    assert main(["decide", *map(str, words), *ONLY]) == 0
    capsys.readouterr()
    assert coverage(tmp_path) == 0
    shown = capsys.readouterr().out
    assert "应补尽补" in shown and "应查尽查" not in shown
