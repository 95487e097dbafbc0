"""Two runs side by side: what a changed document changes, in numbers, by name, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from tests.operations.harbour import CITY, facts, write

from jixiang.operations.call import in_chinese
from jixiang.operations.main import main


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`before`, and `after` the least number of trips was raised by one."""
    folder = tmp_path_factory.mktemp("runs")
    port, city = write(folder / "facts", facts()), folder / "city"
    shutil.copytree(CITY, city)
    for name in ("before", "after"):
        call = [
            "decide",
            "--city",
            str(city),
            "--facts",
            str(port),
            "--as-of",
            "2021-06-15",
            "--out",
            str(folder / name),
        ]
        assert main(call) == 0
        policy = city / "policies" / "燃油补贴.md"
        text = policy.read_text("utf-8")
        policy.write_text(text.replace("起 4 次", "起 5 次"), "utf-8")
    assert (folder / "city" / "policies" / "燃油补贴.md").read_text("utf-8").count("起 5 次") == 1
    return folder


def compare(runs: Path, *words: str) -> int:
    return main(["compare", str(runs / "before"), str(runs / "after"), *words])


def test_it_counts_what_changed_and_names_some(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(runs) == 0
    shown = capsys.readouterr().out
    assert "享受 → 不享受: 3 件" in shown
    assert "B2 2021-01  享受" in shown and "→ 不享受: 常出海" in shown
    assert "-3" in shown


def test_every_change_is_written_for_a_spreadsheet(runs: Path, tmp_path: Path) -> None:
    assert compare(runs, "--csv", str(tmp_path / "changes.csv")) == 0
    assert (tmp_path / "changes.csv").read_bytes().startswith("\ufeff".encode())
    with (tmp_path / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["对象"], row["当期"]) for row in rows] == [("B2", f"2021-0{n}") for n in (1, 2, 4)]
    assert {(row["原结果"], row["新结果"], row["新理由"]) for row in rows} == {("享受", "不享受", "常出海")}
    assert all(float(row["增减(元)"]) == -float(row["原金额(元)"]) < 0 for row in rows)


def test_a_run_beside_itself_has_no_changes(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(runs / "after"), str(runs / "after"), "--policy", "H1"]) == 0
    assert "件变了" not in capsys.readouterr().out


def test_what_is_no_run_and_what_is_no_policy_are_refused(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(runs), str(runs / "after")]) == 1
    assert "manifest.json" in capsys.readouterr().err
    assert compare(runs, "--policy", "H9") == 1
    assert "可以写" in capsys.readouterr().err


# The call itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [[], ["decide"], ["compare"], ["cases"]])
def test_help_is_in_the_language_of_its_readers(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*verb, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("用法: ")
    assert not any(word in shown for word in ("usage", "options:", "positional", "show this"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["decide"], "还要写 --facts, --as-of, --out"),
        (["cases", "--police", "B3"], "不认识 --police"),
        (["decide", "--facts"], "--facts 后面要写一个值"),
        (["chekc"], "没有 'chekc'"),
    ],
)
def test_a_wrong_call_is_told_in_chinese(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err
    assert in_chinese("something new") == "something new"
