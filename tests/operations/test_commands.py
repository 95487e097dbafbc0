"""The commands as a person at a terminal meets them: what they do, what they say, what they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.operations.harbour import CITY, Rows, facts, known, write

from jixiang.operations.main import main


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return write(tmp_path / "facts", facts())


def decide(tmp_path: Path, port: Path, name: str, *more: str, as_of: str = "2021-06-30") -> Path:
    out = tmp_path / name
    assert main(["decide", "--city", str(CITY), "--facts", str(port), "--as-of", as_of, "--out", str(out), *more]) == 0
    return out


def outcomes(out: Path, code: str = "H1") -> dict[tuple[str, str], str]:
    rows = pq.read_table(out / code / "decisions.parquet").to_pylist()
    return {(row["subject"], row["period"]): row["outcome"] for row in rows}


def files(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*.parquet"))}


# check -----------------------------------------------------------------------------------------------------------


def test_check_says_that_documents_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--city", str(CITY)]) == 0
    assert "2 项政策,可以使用" in capsys.readouterr().out


def test_check_shows_every_error_with_its_place_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    policy = city / "policies" / "燃油补贴.md"
    policy.write_text(
        policy.read_text("utf-8").replace("受益人: 船东", "受益人: 船懂").replace("非 守规", "非 手规"), "utf-8"
    )
    assert main(["check", "--city", str(city)]) == 1
    shown = capsys.readouterr().out
    assert "policies/燃油补贴.md:" in shown and "船懂" in shown and "手规" in shown and "^" in shown
    assert main(["check", "--city", str(city), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)
    assert len([p for p in problems if p["severity"] == "error"]) == 2


def test_a_place_is_shown_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Terminals' libraries make a picture of `:100:`."""
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    policy = city / "policies" / "燃油补贴.md"
    text = policy.read_text("utf-8")
    lines = text[: text.index("非 守规")].count("\n")
    policy.write_text(
        text.replace("\n## 第一条", "\n" * (100 - lines) + "## 第一条", 1).replace("非 守规", "非 手规"), "utf-8"
    )
    assert main(["check", "--city", str(city)]) == 1
    assert "燃油补贴.md:100:" in capsys.readouterr().out


# decide ----------------------------------------------------------------------------------------------------------


def test_every_candidate_has_a_row_with_the_outcome_known_by_hand(tmp_path: Path, port: Path) -> None:
    found = outcomes(decide(tmp_path, port, "run"))
    assert found["B1", "2021-05"] == "granted"
    assert found["B2", "2021-03"] == "granted"  # the trips that came late are known by now
    assert found["B2", "2021-05"] == "unknown"  # how many trips is not known
    assert found["B1", "2021-06"] == "unknown"  # the extract ends with May
    assert len(found) == 12


def test_what_is_recorded_later_is_not_known(tmp_path: Path, port: Path) -> None:
    assert outcomes(decide(tmp_path, port, "run", as_of="2021-06-15"))["B2", "2021-03"] == "denied"


def test_the_same_facts_in_any_order_and_any_files_give_the_same_bytes(tmp_path: Path, port: Path) -> None:
    one = decide(tmp_path, port, "one")
    assert files(decide(tmp_path, port, "two")) == files(one)
    shuffled = write(tmp_path / "shuffled", facts(), seed=3, parts=3)
    assert files(decide(tmp_path, shuffled, "three")) == files(one)
    assert (tmp_path / "one" / "manifest.json").read_bytes() == (tmp_path / "two" / "manifest.json").read_bytes()


def test_running_again_on_what_stands_changes_nothing(tmp_path: Path, port: Path) -> None:
    one = decide(tmp_path, port, "one")
    again = decide(tmp_path, port, "again", "--standing", str(one))
    assert files(again) == files(one)


def test_a_late_record_cures_an_old_refusal_at_the_old_date(tmp_path: Path, port: Path) -> None:
    early = decide(tmp_path, port, "early", as_of="2021-06-15")
    later = decide(tmp_path, port, "later", "--standing", str(early))
    rows = pq.read_table(later / "H1" / "decisions.parquet").to_pylist()
    cured = next(r for r in rows if (r["subject"], r["period"]) == ("B2", "2021-03"))
    assert cured["outcome"] == "granted"
    assert str(cured["decision_date"]) == "2021-06-15"


def test_a_fact_taken_back_takes_the_grant_back(tmp_path: Path, port: Path) -> None:
    one = decide(tmp_path, port, "one")
    corrected: Rows = facts()
    corrected["voyage"].append(
        {"voyage_id": "B1-202104", "vessel_id": "B1", "month": 202104, **known("2021-07-03", retracted=True)}
    )
    july = decide(
        tmp_path, write(tmp_path / "corrected", corrected), "july", "--standing", str(one), as_of="2021-07-31"
    )
    before, after = outcomes(one), outcomes(july)
    assert (before["B1", "2021-04"], after["B1", "2021-04"]) == ("granted", "denied")
    assert {k: v for k, v in after.items() if v == "granted"}.keys() >= {("B1", "2021-05"), ("B2", "2021-03")}


def test_a_fund_that_is_too_small_queues_those_behind(tmp_path: Path, port: Path) -> None:
    funds = tmp_path / "funds.csv"
    funds.write_text("fund,year,ceiling_fen\n渔业资金,2021,250000\n", "utf-8")
    found = outcomes(decide(tmp_path, port, "run", "--funds", str(funds)))
    assert sorted(found.values()).count("granted") == 2
    assert "queued" in found.values()


BUDGET = """---
名称: 渔业资金办法
文种: 办法
施行: 2020-01-01
---
表:年度额度 按 资金、年度

| 资金     | 年度      | 额度    |
|----------|-----------|---------|
| 渔业资金 | 2021 年度 | 2500 元 |

表:拨付先后 按 政策

| 政策   | 顺位 |
|--------|------|
| {first} | 1    |
"""


@pytest.mark.parametrize(("first", "covered"), [("渔船燃油补贴", {"H1"}), ("燃油再补", {"H3"})])
def test_without_a_file_the_budget_document_says_how_much_there_is_and_whose_turn_comes_first(
    tmp_path: Path, port: Path, first: str, covered: set[str]
) -> None:
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    text = (city / "policies" / "燃油补贴.md").read_text("utf-8")
    other = text.replace("名称: 渔船燃油补贴", "名称: 燃油再补").replace("编号: H1", "编号: H3")
    (city / "policies" / "燃油再补.md").write_text(other, "utf-8")
    (city / "policies" / "资金办法.md").write_text(BUDGET.format(first=first), "utf-8")
    out = tmp_path / "run"
    call = ["decide", "--city", str(city), "--facts", str(port), "--as-of", "2021-06-30", "--out", str(out)]
    assert main(call) == 0
    rows = [r for h in ("H1", "H3") for r in pq.read_table(out / h / "decisions.parquet").to_pylist()]
    assert {r["policy"] for r in rows if r["outcome"] == "granted"} == covered
    assert any(r["outcome"] == "queued" for r in rows)


# explain ---------------------------------------------------------------------------------------------------------


def test_explain_says_what_was_decided(tmp_path: Path, port: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["explain", "--city", str(CITY), "--facts", str(port), "--as-of", "2021-06-30", "--policy", "渔船燃油补贴"]
    assert main([*call, "--subject", "B1", "--period", "2021-05", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["subject"], told["period"]) == ("granted", "B1", "2021-05")
    assert main([*call, "--subject", "B2", "--period", "2021-05"]) == 0
    assert "待核" in capsys.readouterr().out


# What is refused -------------------------------------------------------------------------------------------------

REFUSED = [
    (["check", "--city", "没有这个目录"], "不是城市目录"),
    (["decide", "--city", str(CITY), "--facts", "没有", "--as-of", "2021-06-30", "--out", "x"], "没有事实表的目录"),
    (
        ["decide", "--city", str(CITY), "--facts", ".", "--as-of", "2021-06-30", "--out", "x", "--policy", "渔补"],
        "没有政策",
    ),
    (
        ["decide", "--city", str(CITY), "--facts", ".", "--as-of", "2021-06-30", "--out", "x", "--standing", "."],
        "manifest.json",
    ),
    (
        ["explain", "--city", str(CITY), "--facts", ".", "--as-of", "2021-06-30", "--policy", "H1", "--subject", "B9"],
        "没有编号为",
    ),
]


def test_only_documents_that_can_be_read_are_formatted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = tmp_path / "strange.md"
    strange.write_bytes("名称".encode("gb18030"))
    for file, said in ((strange, "不是 UTF-8 编码"), (tmp_path / "none.md", "没有文件")):
        assert main(["format", "--city", str(CITY), str(file)]) == 1
        assert said in capsys.readouterr().err
    assert strange.read_bytes() == "名称".encode("gb18030")


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_it_refuses_with_a_way_out(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 1
    shown = capsys.readouterr().err
    assert said in shown and "请:" in shown


def test_a_date_that_is_none_is_refused_by_the_call_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["decide", "--facts", ".", "--out", "x", "--as-of", "2021-02-30"])
    assert stopped.value.code == 2
    assert "不是日期" in capsys.readouterr().err


def test_it_does_not_write_over_an_earlier_run(tmp_path: Path, port: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = decide(tmp_path, port, "run")
    again = ["decide", "--city", str(CITY), "--facts", str(port), "--as-of", "2021-06-30", "--out", str(out)]
    assert main(again) == 1
    assert "已经有东西" in capsys.readouterr().err


def test_a_run_for_an_earlier_day_than_the_last_is_refused(
    tmp_path: Path, port: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = decide(tmp_path, port, "run")
    call = [
        "decide",
        "--city",
        str(CITY),
        "--facts",
        str(port),
        "--as-of",
        "2021-05-31",
        "--out",
        str(tmp_path / "may"),
    ]
    assert main([*call, "--standing", str(out)]) == 1
    assert "只能往后走" in capsys.readouterr().err


def test_part_of_the_policies_does_not_go_on_from_a_run_of_all(
    tmp_path: Path, port: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = decide(tmp_path, port, "run")
    shutil.copytree(out / "H1", out / "H9")
    call = [
        "decide",
        "--city",
        str(CITY),
        "--facts",
        str(port),
        "--as-of",
        "2021-07-31",
        "--out",
        str(tmp_path / "july"),
    ]
    assert main([*call, "--standing", str(out)]) == 1
    assert "H9" in capsys.readouterr().err


def test_facts_of_the_wrong_form_are_shown_before_anything_is_decided(
    tmp_path: Path, port: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pq.write_table(pa.table({"fisher_id": ["甲"], "birth_date": ["1950-03-01"]}), port / "fisher" / "0.parquet")
    call = ["decide", "--city", str(CITY), "--facts", str(port), "--as-of", "2021-06-30", "--out", str(tmp_path / "o")]
    assert main(call) == 1
    shown = capsys.readouterr().err
    assert "birth_date" in shown and "事实表有错误" in shown


def test_a_funds_file_that_is_none_is_refused_with_its_line(
    tmp_path: Path, port: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    funds = tmp_path / "funds.csv"
    funds.write_text("fund,year,ceiling_fen\n渔业资金,2021,五万\n", "utf-8")
    call = ["decide", "--city", str(CITY), "--facts", str(port), "--as-of", "2021-06-30", "--out", str(tmp_path / "o")]
    assert main([*call, "--funds", str(funds)]) == 1
    assert "第 2 行" in capsys.readouterr().err


def test_a_data_file_that_is_not_as_it_was_written_stops_the_run(
    tmp_path: Path, port: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (port / "fisher" / "0.parquet").rename(port / "fisher" / "0-0123456789abcdef.parquet")
    call = ["decide", "--city", str(CITY), "--facts", str(port), "--as-of", "2021-06-30", "--out", str(tmp_path / "o")]
    assert main(call) == 1
    assert "0-0123456789abcdef" in capsys.readouterr().err and not (tmp_path / "o").exists()
