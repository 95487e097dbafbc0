"""A draft beside what is in force over the harbour's facts, with every number known by hand.

The trawler B1 sails five times in every month to May and gets 880 yuan for each (its owner is old); the netter B2 sails four times in
January to April and gets 800. Four trips are enough; five are not always made.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.operations.harbour import CITY, facts, write

from jixiang.operations.main import main

HEAD = "| 文件 | 位置 | 原值 | 改为 | 自 |\n|---|---|---|---|---|\n"
FIVE = "H1 | 参数 最低航次 | 4 次 | 5 次"
BREAKDOWNS = """
[[breakdown]]
title = "本港"
entity = "渔民"
value = "本港户籍"

[[breakdown]]
title = "年龄"
entity = "渔民"
quotes = ["老渔民认定"]
[breakdown.parts]
"老渔民" = "老渔民"
"""


class Port:
    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        shutil.copytree(CITY, folder / "city")
        (folder / "city" / "breakdowns.toml").write_text(BREAKDOWNS, encoding="utf-8")
        write(folder / "facts", facts())

    def scenario(self, *rows: str) -> Path:
        path = self.folder / f"scenario{self.count}.md"
        path.write_text("# 试一试\n\n" + HEAD + "".join(f"| {row} |\n" for row in rows), encoding="utf-8")
        return path

    def simulate(self, *words: object, as_of: str = "2021-06-30") -> tuple[int, Path]:
        self.count += 1
        out = self.folder / f"out{self.count}"
        call = [
            "simulate",
            "--city",
            self.folder / "city",
            "--facts",
            self.folder / "facts",
            "--as-of",
            as_of,
            "--out",
            out,
        ]
        return main([str(word) for word in (*call, *words)]), out

    def change(self, *rows: str, more: tuple[object, ...] = (), as_of: str = "2021-06-30") -> tuple[int, Path]:
        return self.simulate("--scenario", self.scenario(*rows), *more, as_of=as_of)


@pytest.fixture
def port(tmp_path: Path) -> Port:
    return Port(tmp_path)


def rows(out: Path, section: str) -> list[list[str]]:
    """The rows of a section's table on the page, without its headings."""
    text = (out / "report.md").read_text("utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


def grants(run: Path) -> dict[tuple[str, str], int]:
    table = pq.read_table(run / "H1" / "decisions.parquet").to_pylist()
    return {(row["subject"], row["period"]): row["amount_fen"] for row in table if row["outcome"] == "granted"}


# Who gains, who loses --------------------------------------------------------------------------------------------


def test_who_falls_out_is_counted_by_policy_person_month_and_group(
    port: Port, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = port.change(f"{FIVE} | 2021-03-01")
    assert code == 0
    assert rows(out, "按政策") == [["H1 渔船燃油补贴", "9", "7", "0", "2", "0", "0", "7,600", "6,000", "-1,600"]]
    assert rows(out, "谁得谁失") == [["渔民", "0", "0", "1", "-1,600", "-1,600", "1"]]
    months = {row[0]: row[-1] for row in rows(out, "按月份")}
    assert months == {"2021-01": "0", "2021-02": "0", "2021-03": "-800", "2021-04": "-800", "2021-05": "0"}
    assert [(row[0], row[-1]) for row in rows(out, "按年龄")] == [("老渔民", "0"), ("其他", "-1,600")]
    assert rows(out, "按资金") == [["渔业资金", "9", "7", "0", "2", "0", "0", "7,600", "6,000", "-1,600"]]
    assert rows(out, "决定怎样变的") == [["H1 渔船燃油补贴", "享受", "不享受: 常出海", "2", "-1,600"]]
    shown = capsys.readouterr().out
    assert "少花 1,600 元" in shown and "1 个人和单位少得" in shown
    assert set(grants(out / "before")) - set(grants(out / "after")) == {("B2", "2021-03"), ("B2", "2021-04")}


def test_who_comes_in_and_who_gets_more(port: Port) -> None:
    lower = "H1 | 参数 最低航次 | 4 次 | 3 次 | 2021-01-01"
    (port.folder / "facts" / "voyage").joinpath("0.parquet").unlink()
    changed = facts()
    next(row for row in changed["voyage"] if row["voyage_id"] == "B2-202101")["trips"] = 3
    write(port.folder / "facts", changed)
    _, out = port.change(lower, "H1 | 表 油补[拖网, 100 以上].标准 | 800 元 | 1000 元 | 2021-05-01")
    assert rows(out, "按政策") == [["H1 渔船燃油补贴", "8", "9", "1", "0", "1", "0", "6,800", "7,820", "1,020"]]
    assert rows(out, "谁得谁失") == [["渔民", "2", "1,020", "0", "0", "1,020", "0"]]
    assert rows(out, "决定怎样变的") == [
        ["H1 渔船燃油补贴", "不享受: 常出海", "享受", "1", "800"],
        ["H1 渔船燃油补贴", "享受", "享受(金额增加)", "1", "220"],
    ]


def test_a_new_policy_is_simulated_alone(port: Port) -> None:
    draft = port.folder / "draft"
    draft.mkdir()
    text = (CITY / "policies" / "安全出海奖.md").read_text("utf-8").replace("H2", "H3").replace("安全出海奖", "守规奖")
    subject = text.split("```规则")[0] + "```规则\n对象: 渔船\n受益人: 船东\n条件 已登记: 有 船型\n金额: 100 元\n```\n"
    (draft / "守规奖.md").write_text(subject, encoding="utf-8")
    code, out = port.simulate("--draft", draft)
    assert code == 0
    assert rows(out, "按政策") == [["H3 守规奖", "0", "2", "2", "0", "0", "0", "0", "200", "200"]]
    assert not (out / "before" / "H1").exists() and not (out / "after" / "H1").exists()


# Before the reform -----------------------------------------------------------------------------------------------


def test_a_reform_from_a_later_day_changes_nothing_before_it(port: Port, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = port.change(f"{FIVE} | 2021-04-01", more=("--from", "2021-01-01"))
    assert code == 0
    assert "两边逐件相同" in capsys.readouterr().out
    months = {row[0]: row[-1] for row in rows(out, "按月份")}
    assert months["2021-04"] == "-800" and months["2021-01"] == months["2021-02"] == months["2021-03"] == "0"
    dates = {
        (r["subject"], r["period"]): r["decision_date"]
        for r in pq.read_table(out / "before/H1/decisions.parquet").to_pylist()
    }
    assert str(dates["B1", "2021-03"]) == "2021-03-31"


def test_one_that_reaches_back_is_told_with_its_rows(port: Port, capsys: pytest.CaptureFixture[str]) -> None:
    more = ("--from", "2021-01-01", "--since", "2021-04-01")
    code, out = port.change(f"{FIVE} | ", more=more)
    assert code == 1
    assert "3 件适用日和决定日都在这以前的决定变了" in capsys.readouterr().out
    early = rows(out, "生效以前")
    days = {1: "2021-01-31", 2: "2021-02-28", 3: "2021-03-31"}
    assert [row[:4] for row in early] == [["H1", "B2", f"2021-0{n}", day] for n, day in days.items()]
    assert early[0][4:] == ["享受(2021-01-31 决定)", "不享受: 常出海", "800", "0"]


def test_a_reform_that_has_not_begun_changes_nothing_at_all(port: Port) -> None:
    code, out = port.change(f"{FIVE} | 2021-07-01", more=("--until-year-end",))
    assert code == 0
    assert rows(out, "按政策")[0][-1] == "0"
    assert "没有人多得或少得" in (out / "report.md").read_text("utf-8")
    assert "改动还没有开始" in (out / "report.md").read_text("utf-8")


# What is taken rather than done again ----------------------------------------------------------------------------


def test_months_that_were_run_stand_and_both_sides_stand_on_the_same(port: Port) -> None:
    """In May everything to April was granted; the reform cannot take it back, as no new version can."""
    shutil.copytree(port.folder / "city", port.folder / "same")
    city, port_facts = str(port.folder / "city"), str(port.folder / "facts")
    standing = str(port.folder / "may")
    call = ["decide", "--city", city, "--facts", port_facts, "--as-of", "2021-06-25", "--out", standing]
    assert main(call) == 0
    code, out = port.change(
        "H1 | 表 油补[拖网, 100 以上].标准 | 800 元 | 1000 元 | 2021-05-01", more=("--standing", standing)
    )
    assert code == 0
    assert grants(out / "before")["B1", "2021-05"] == 88000
    assert grants(out / "after")["B1", "2021-05"] == 110000


def test_a_run_of_the_same_can_be_the_side_in_force(port: Port, capsys: pytest.CaptureFixture[str]) -> None:
    city, port_facts, base = (str(port.folder / name) for name in ("city", "facts", "base"))
    assert main(["decide", "--city", city, "--facts", port_facts, "--as-of", "2021-06-30", "--out", base]) == 0
    row = f"{FIVE} | 2021-03-01"
    _, plain = port.change(row)
    code, taken = port.change(row, more=("--baseline", base))
    assert code == 0 and not (taken / "before").exists()
    assert rows(taken, "按政策") == rows(plain, "按政策")
    assert (taken / "after/H1/decisions.parquet").read_bytes() == (plain / "after/H1/decisions.parquet").read_bytes()
    code, _ = port.change(row, more=("--baseline", base), as_of="2021-06-29")
    assert code == 1
    assert "决定日不同" in capsys.readouterr().err
    (port.folder / "city" / "policies" / "燃油补贴.md").open("a", encoding="utf-8").write("\n一句话。\n")
    assert port.change(row, more=("--baseline", base))[0] == 1
    assert "政策文件不同" in capsys.readouterr().err


def test_the_draft_s_decisions_are_those_of_a_run_of_its_own(port: Port) -> None:
    """What is taken from the other side is what judging it again would give."""
    _, out = port.change("H1 | 表 油补[拖网, 100 以上].标准 | 800 元 | 1000 元 | 2021-03-01")
    own = port.folder / "own"
    call = ["decide", "--city", out / "pack", "--facts", port.folder / "facts", "--as-of", "2021-06-30", "--out", own]
    assert main([str(word) for word in call]) == 0
    for code in ("H1", "H2"):
        there = (own / code / "decisions.parquet").read_bytes()
        assert (out / "after" / code / "decisions.parquet").read_bytes() == there


# What is left behind ---------------------------------------------------------------------------------------------


def test_page_workbook_charts_and_documents_say_the_same(port: Port) -> None:
    _, out = port.change(f"{FIVE} | 2021-03-01", more=("--until-year-end",))
    for chart in (out / "charts").glob("*.svg"):
        assert ElementTree.fromstring(chart.read_text("utf-8")).get("role") == "img"
        assert f"charts/{chart.name}" in (out / "report.md").read_text("utf-8")
    assert {"政策.svg", "月份.svg", "年龄.svg", "预测-渔业资金.svg"} <= {f.name for f in (out / "charts").iterdir()}
    book = openpyxl.load_workbook(out / "simulation.xlsx")
    assert {"总览", "改了什么", "得失", "政策", "怎样变的", "月份", "年龄", "预测 渔业资金"} <= set(book.sheetnames)
    sheet = book["政策"]
    assert [cell.value for cell in sheet[5]] == ["H1 渔船燃油补贴", 9, 7, 0, 2, 0, 0, 7600, 6000, -1600]
    assert len(book["月份"]._charts) == len(book["预测 渔业资金"]._charts) == 1
    assert "自 2021-03-01 起 5 次" in (out / "draft.diff").read_text("utf-8")
    assert "自 2021-03-01 起 5 次" in (out / "pack/policies/燃油补贴.md").read_text("utf-8")
    assert not (out / "_months").exists()


def test_the_same_question_gives_the_same_page(port: Port) -> None:
    _, one = port.change(f"{FIVE} | 2021-03-01")
    _, other = port.change(f"{FIVE} | 2021-03-01")
    assert (one / "report.md").read_bytes() == (other / "report.md").read_bytes()
    assert (one / "charts/月份.svg").read_bytes() == (other / "charts/月份.svg").read_bytes()


# What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("H1 | 参数 最低航次 | 9 次 | 5 次 | 2021-03-01", "情景有错误"),
        ("H1 | 参数 最低航次 | 4 次 | 五只 | 2021-03-01", "照草案改了以后,文件有错误"),
        ("H1 | 文件头 类别 | 渔业 | 渔业类 | ", "没有改变任何一项政策的含义"),
    ],
)
def test_a_wrong_scenario_decides_nothing(port: Port, capsys: pytest.CaptureFixture[str], row: str, said: str) -> None:
    code, out = port.change(row)
    assert code == 1
    assert said in capsys.readouterr().err
    assert not (out / "before").exists()


def test_what_a_refused_attempt_left_is_in_nobodys_way(port: Port, capsys: pytest.CaptureFixture[str]) -> None:
    out, folder = port.folder / "again", ["--city", port.folder / "city", "--facts", port.folder / "facts"]
    call = ["simulate", *folder, "--as-of", "2021-06-30", "--out", out, "--scenario"]
    wrong, right = port.scenario("H1 | 参数 最低航次 | 4 次 | 五只 | 2021-03-01"), port.folder / "right.md"
    right.write_text(wrong.read_text("utf-8").replace("五只", "5 次"), encoding="utf-8")
    assert [main([str(word) for word in (*call, path)]) for path in (wrong, right, right)] == [1, 0, 1]
    assert "里已经有东西" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "没有写要测算什么"),
        (("--scenario", "没有.md"), "没有情景文件"),
        (("--draft", "没有"), "没有草案的目录"),
        (("--scenario", "SCENARIO", "--from", "2021-07-01"), "晚于 --as-of"),
        (("--scenario", "SCENARIO", "--standing", "没有"), "不是一次运行的结果"),
        (("--scenario", "SCENARIO", "--funds", "没有.csv", "--until-year-end"), "没有资金文件"),
    ],
)
def test_a_wrong_call_says_the_way_out(
    port: Port, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    path = port.scenario(f"{FIVE} | 2021-03-01")
    code, _ = port.simulate(*(path if word == "SCENARIO" else word for word in words))
    assert code == 1
    shown = capsys.readouterr().err
    assert said in shown and "请:" in shown
