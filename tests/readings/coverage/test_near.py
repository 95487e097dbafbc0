"""One condition short: by how much, on which day it holds, and that it does hold on that day when it comes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.readings.coverage.pier import AS_OF, facts, pack

from jixiang.operations.main import main


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city, its facts and a run of the policy."""
    folder = tmp_path_factory.mktemp("pier")
    pack(folder)
    facts(folder / "facts")
    assert decide(folder, "facts", AS_OF, "run") == 0
    return folder


def decide(folder: Path, of: str, as_of: str, out: str) -> int:
    words = ["--city", folder / "city", "--facts", folder / of, "--as-of", as_of, "--out", folder / out]
    return main(["decide", *map(str, words), "--policy", "H3"])


def near(folder: Path, *more: str, of: str = "facts") -> int:
    words = ["--city", folder / "city", "--facts", folder / of, "--decisions", folder / "run"]
    return main(["near", *map(str, words), *more])


@pytest.fixture(scope="module")
def book(port: Path) -> openpyxl.Workbook:
    assert near(port, "--out", str(port / "near.xlsx")) == 0
    return openpyxl.load_workbook(port / "near.xlsx")


def table(book: openpyxl.Workbook, name: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book[name].iter_rows(min_row=5)]


def told(book: openpyxl.Workbook, boat: str) -> list[object]:
    """What is said of a boat: by how much, how, on which day, what fails then."""
    found = next(row for row in table(book, "明细") if row[2] == boat)
    day = found[7]
    return [found[5], str(found[6]).split(":")[0], str(day)[:10] if day else None, found[8] or None]


def test_each_is_told_by_how_much_and_from_which_day(book: openpyxl.Workbook) -> None:
    assert told(book, "AGE") == [
        "年龄(船东.出生日期, 决定日) 59 岁, 应不少于 60 岁, 还差 1 岁",
        "到这一天就符合",
        "2021-09-15",
        None,
    ]
    assert told(book, "MONTHS") == [
        "出海月数 3 个月, 应不少于 5 个月, 还差 2 个月",
        "每月继续缴费,到这一天符合",
        "2021-08-01",
        None,
    ]
    assert told(book, "YEAR")[1:] == ["到这一天就符合", "2021-10-31", None]
    assert str(told(book, "YEAR")[0]).endswith("早了 123 天")


def test_what_days_do_not_bring_is_told_as_such(book: openpyxl.Workbook) -> None:
    assert told(book, "LATE")[1:] == ["已过期", None, None]
    assert told(book, "KIND")[1:] == ["不会自己满足", None, None]
    assert told(book, "CLASH")[1:] == ["来不及", "2021-09-01", "不太旧"]


def test_who_has_it_is_no_near_miss(book: openpyxl.Workbook) -> None:
    assert "WELL" not in {row[2] for row in table(book, "明细")}


def test_the_summary_counts_who_gets_there_within_which_months(book: openpyxl.Workbook) -> None:
    lines = {row[1]: row[2:] for row in table(book, "汇总")}
    assert lines["满六十"] == [1, "还差 1 岁", 0, 1, 1, 0, 0, 0, 0, 0]
    assert lines["出海满月"] == [2, "还差 2 个月", 0, 1, 1, 0, 0, 1, 0, 0]
    assert lines["满一年"][2:6] == [0, 0, 1, 0]
    assert [row[1] for row in table(book, "汇总")][-2:] == ["不太旧", "拖网"]


def test_groups_are_of_the_day_of_the_decision(book: openpyxl.Workbook) -> None:
    assert table(book, "本港") == [["是", 5, 0, 1, 2, 0], ["否", 1, 0, 1, 1, 0]]


@pytest.mark.parametrize(
    ("boat", "day", "before", "months"),
    [("AGE", "2021-09-15", "2021-09-14", 0), ("YEAR", "2021-10-31", "2021-10-30", 0), ("MONTHS", "2021-08-01", "2021-07-31", 2)],
)  # fmt: skip
def test_decided_again_on_that_day_it_holds_and_not_the_day_before(
    port: Path, tmp_path: Path, boat: str, day: str, before: str, months: int
) -> None:
    facts(tmp_path / "later", months)
    (tmp_path / "city").symlink_to(port / "city")
    outcomes = []
    for number, as_of in enumerate((before, day)):
        assert decide(tmp_path, "later", as_of, f"run{number}") == 0
        found = pq.read_table(tmp_path / f"run{number}" / "H3" / "decisions.parquet").to_pylist()
        outcomes.append(next(row["outcome"] for row in found if row["subject"] == boat))
    assert outcomes == ["denied", "granted"]


def test_on_the_clashing_day_the_months_are_there_and_the_boat_is_too_old(port: Path, tmp_path: Path) -> None:
    facts(tmp_path / "later", 3)
    (tmp_path / "city").symlink_to(port / "city")
    assert decide(tmp_path, "later", "2021-09-01", "run") == 0
    found = pq.read_table(tmp_path / "run" / "H3" / "decisions.parquet").to_pylist()
    row = next(row for row in found if row["subject"] == "CLASH")
    assert row["outcome"] == "denied" and row["failed"] == 1 << 9


def test_a_run_of_other_facts_is_refused(port: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts(port / "others", 1)
    assert near(port, of="others") == 1
    said = capsys.readouterr().err
    assert "不是按" in said and "jixiang decide" in said


def test_what_there_is_not_is_refused_with_a_way_out(port: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--city", str(port / "city"), "--facts", str(port / "facts")]
    assert main(["near", *words, "--decisions", str(port / "no")]) == 1
    assert "manifest.json" in capsys.readouterr().err
    assert near(port, "--policy", "H9") == 1
    assert "H3 老船补贴" in capsys.readouterr().err
    assert near(port, "--policy", "H2") == 1
    assert "没有决定 H2" in capsys.readouterr().err
    assert near(port, "--as-of", "2021-07-31") == 1
    assert AS_OF in capsys.readouterr().err


def test_a_text_that_was_changed_since_is_refused(
    port: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = pack(tmp_path)
    path = city / "policies" / "老船补贴.md"
    path.write_text(path.read_text("utf-8").replace("100 元", "200 元"), encoding="utf-8")
    words = ["--facts", str(port / "facts"), "--decisions", str(port / "run")]
    assert main(["near", "--city", str(city), *words]) == 1
    assert "H3 的文件" in capsys.readouterr().err


def test_the_list_is_as_long_as_is_asked_and_the_counts_are_of_all(port: Path) -> None:
    path = port / "short.xlsx"
    assert near(port, "--out", str(path), "--most", "1") == 0
    made = openpyxl.load_workbook(path)
    assert [row[2] for row in table(made, "明细") if row[1] == "出海满月"] == ["MONTHS"]
    assert next(row[2] for row in table(made, "汇总") if row[1] == "出海满月") == 2


def test_that_day_is_a_date_in_the_workbook(book: openpyxl.Workbook) -> None:
    day = next(row[7] for row in table(book, "明细") if row[2] == "AGE")
    assert getattr(day, "date", lambda: day)() == date(2021, 9, 15)


def test_what_is_not_measured_is_explained_one_by_one_when_asked(port: Path) -> None:
    path = port / "explained.xlsx"
    assert near(port, "--out", str(path), "--explain", "2") == 0
    assert told(openpyxl.load_workbook(path), "KIND")[0] == "船型 围网, 应为 拖网"
