"""`jixiang figures` as a person at a terminal meets it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.operations.harbour import facts, write
from tests.readings.figures.port import GRANTED, TRIPS, city

from jixiang.operations.main import main


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    """The harbour's facts and a run of its policies, in `facts` and `run`."""
    pack = city(tmp_path, a=TRIPS, b=GRANTED)
    port = write(tmp_path / "facts", facts())
    words = [
        "decide",
        "--city",
        str(pack),
        "--facts",
        str(port),
        "--as-of",
        "2021-06-30",
        "--out",
        str(tmp_path / "run"),
    ]
    assert main(words) == 0
    return tmp_path


def figures(folder: Path, *more: str, as_of: str = "2021-06-30", pack: str = "city") -> int:
    given = ["--facts", str(folder / "facts"), "--decisions", str(folder / "run"), "--as-of", as_of]
    return main(["figures", "--city", str(folder / pack), *given, *more])


def cells(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path)["指标"]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_computed_stands_beside_published_and_how_below(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert figures(decided, "--scale", "0.1") == 0
    shown = capsys.readouterr().out
    lines = {line.split()[1]: line.split() for line in shown.splitlines() if line.startswith("│")}
    assert lines["出海"][5:12:2] == ["41", "41", "0", "+0.0%"]
    assert lines["享受补贴的月数"][5] == "9" and "达到" in lines["享受补贴的月数"]
    assert "  出海: 知道的航次相加 (公布于 2021-08 渔报)" in shown and "按规模折算" in shown


def test_the_workbook_holds_the_same(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = decided / "new" / "figures.xlsx"
    assert figures(decided, "--out", str(path)) == 0
    assert str(path) in capsys.readouterr().out
    heads, trips, granted = cells(path)
    assert heads[:5] == ["指标", "单位", "算出", "公布", "相差"]
    assert trips[:5] == ["出海", "次", 41, 410, -369] and trips[5] == pytest.approx(-0.9)
    assert granted[:5] == ["享受补贴的月数", "个", 9, 8, "达到"]
    assert trips[6:] == ["2021-08 渔报", "同比", "知道的航次相加"]


def test_decisions_of_another_day_are_refused(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert figures(decided, as_of="2021-05-31") == 1
    assert "2021-06-30 的决定" in capsys.readouterr().err


def test_a_measure_that_is_wrong_is_shown_beside_the_others(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (decided / "city" / "measures" / "b.sql").write_text("SELECT 1 AS value FROM voyage", encoding="utf-8")
    capsys.readouterr()
    assert figures(decided) == 1
    shown = capsys.readouterr().out
    assert "measures/b.sql" in shown and "41" in shown


def test_a_city_without_measures_is_told_where_they_go(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (decided / "city" / "measures").iterdir():
        path.unlink()
    assert figures(decided) == 1
    assert "measures" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_said(decided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert figures(decided, "--out", str(decided / "city")) == 1
    assert "写不了" in capsys.readouterr().err


@pytest.mark.parametrize("scale", ["0", "2", "十分之一", "1/3"])
def test_a_scale_that_is_none_is_refused(decided: Path, scale: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        figures(decided, "--scale", scale)
    assert "--scale" in capsys.readouterr().err
