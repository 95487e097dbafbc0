"""`jixiang vault`, `import`, `template`, `desk` and `changes` as a person at a terminal meets them: above all what they refuse."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from pathlib import Path

import pytest
from tests.imports.port import CITY, Row, csv_text, empty, fisher, number, sailor, vessel, voyage

from jixiang.operations.main import main

ANN, BEN = number(1), number(2)


class Terminal:
    """A folder to work in, with a home that has a vault, and what was said last."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.home, self.capsys = folder, folder / "home", capsys
        shutil.copytree(empty(), self.home)

    def says(self, *words: object) -> str:
        assert self.run(*words) == 0
        return self.out

    def refuses(self, *words: object) -> str:
        """What was said and what to do; always both."""
        before = self.bytes()
        assert self.run(*words) == 1
        assert re.search("不能继续: .+\n  请: .+", self.err) and self.bytes() == before
        return self.out + self.err

    def run(self, *words: object) -> int:
        city = [] if words[0] == "vault" else ["--city", str(CITY)]
        home = [] if words[0] in ("template", "changes") or "--home" in words else ["--home", str(self.home)]
        code = main([*map(str, words), *city, *home])
        said = self.capsys.readouterr()
        self.out, self.err = said.out, said.err
        return code

    def file(self, kind: str, *rows: Row, name: str = "") -> Path:
        path = self.folder / (name or f"{kind}_20210630.csv")
        path.write_bytes(csv_text(kind, rows))
        return path

    def bytes(self) -> dict[str, bytes]:
        """Everything in the home. What SQLite keeps beside an open database is gone once it is closed."""
        return {
            str(path): path.read_bytes() for path in self.home.rglob("*") if path.is_file() and path.name != ".lock"
        }


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, capsys)


# vault -----------------------------------------------------------------------------------------------------------


def test_a_vault_is_made_once_and_can_be_checked(terminal: Terminal):
    there = terminal.folder / "new"
    assert "丢失后身份信息再也读不出来" in terminal.says("vault", "create", "--home", there)
    assert "7 把在用, 0 把已停用" in terminal.says("vault", "check", "--home", there)
    assert "已经存在" in terminal.refuses("vault", "create", "--home", there)


def test_keys_are_renewed_and_what_came_before_is_known_and_found(terminal: Terminal):
    sent = terminal.file("fishers", fisher(ANN, "安"), fisher(BEN, "本"))
    terminal.says("import", "fishers", sent)
    old = (terminal.home / "keys.json").read_bytes()
    assert "2 个号码换到新密钥" in terminal.says("vault", "rotate")
    assert "7 把在用, 6 把已停用" in terminal.says("vault", "check")
    assert "没有读入新的行" in terminal.says("import", "fishers", sent)
    assert "新登记" not in terminal.says("import", "crew", terminal.file("crew", sailor(ANN, "安", "甲", 1)))
    (terminal.home / "keys.json").write_bytes(old)
    assert "密钥" in terminal.refuses("import", "fishers", sent)


@pytest.mark.parametrize("words", [("check",), ("rotate",)])
def test_without_a_vault_it_is_said_how_to_make_one(words: tuple[str], terminal: Terminal):
    nowhere = terminal.folder / "nowhere"
    assert f"jixiang vault create --home {nowhere}" in terminal.refuses("vault", *words, "--home", nowhere)
    sent = terminal.file("fishers", fisher(ANN, "安"))
    assert "jixiang vault create" in terminal.refuses("import", "fishers", sent, "--home", nowhere)
    assert "jixiang vault create" in terminal.refuses("desk", "--home", nowhere)
    assert not nowhere.exists()


@pytest.mark.parametrize("how", ["missing", "damaged", "cut off", "foreign", "open", "one key exchanged"])
def test_without_the_right_keys_nothing_begins(how: str, terminal: Terminal):
    terminal.says("import", "fishers", terminal.file("fishers", fisher(ANN, "安"), fisher(BEN, "安")))
    ring = terminal.home / "keys.json"
    text = ring.read_text()
    match how:
        case "missing":
            ring.unlink()
        case "damaged":
            ring.write_text(text.replace('"format": 1', '"format": one'))
        case "cut off":
            ring.write_text(text[:-200])
        case "foreign":
            terminal.says("vault", "create", "--home", terminal.folder / "other")
            ring.write_bytes((terminal.folder / "other" / "keys.json").read_bytes())
        case "open":
            ring.chmod(0o644)
        case _:
            known = json.loads(text)
            known["keys"][3]["key"], known["keys"][4]["key"] = known["keys"][4]["key"], known["keys"][3]["key"]
            ring.write_text(json.dumps(known))
    sent = terminal.file("fishers", fisher(ANN, "安", "", "1980.02.01", "外港"), name="f_20210731.csv")
    for words in (
        ("import", "fishers", sent), ("desk",), ("desk", "decide", 1, "同一人", "--by", "李", "--note", "核对"),
        ("desk", "show", 1, "--by", "李", "--note", "核对"), ("vault", "check"), ("vault", "rotate"),
    ):  # fmt: skip
        said = terminal.refuses(*words)
        assert "密钥" in said and ANN not in said


# import ----------------------------------------------------------------------------------------------------------


def test_what_became_of_every_row_is_said(terminal: Terminal):
    rows = [fisher(ANN, "安"), fisher(ANN, "安"), fisher(BEN, "本", "", "1980.2.30"), fisher(BEN, "=本")]
    report = terminal.folder / "报告.xlsx"
    said = terminal.says("import", "渔民", terminal.file("fishers", *rows), "--report", report)
    assert "读入 4 行" in said and "接受 1" in said and "退回 2" in said and "略过 1" in said
    assert "退回_fishers_20210630.xlsx" in said and report.is_file()
    assert (terminal.home / "returned" / "退回_fishers_20210630.xlsx").is_file()


def test_two_files_of_one_name_get_their_refused_rows_back_apart(terminal: Terminal):
    (terminal.folder / "other").mkdir()
    one = terminal.file("fishers", fisher(ANN, "=安"))
    other = terminal.file("fishers", fisher(BEN, "=本"), name=f"other/{one.name}")
    terminal.says("import", "fishers", one, other)
    assert len(list((terminal.home / "returned").iterdir())) == 2


def test_a_kind_that_there_is_not_lists_those_there_are(terminal: Terminal):
    for words in (("import", "fish", terminal.file("fishers", fisher(ANN, "安"))), ("template", "fish")):
        said = terminal.refuses(*words)
        assert "没有“fish”这一类文件" in said and "fishers 渔民" in said and "crew 船员名单" in said


def test_the_day_of_an_extract_must_be_known(terminal: Terminal):
    for name in ("渔民.csv", "渔民_20210230.csv", "渔民20210630.csv"):
        said = terminal.refuses("import", "fishers", terminal.file("fishers", fisher(ANN, "安"), name=name))
        assert "不知道这份数据截至哪一天" in said and "--extracted" in said
    two = [terminal.file("fishers", fisher(ANN, "安"), name=f"f_2021063{n}.csv") for n in (0, 1)]
    one = terminal.file("fishers", fisher(ANN, "安"), name="f_20210531.csv")
    assert "不知道" in terminal.refuses("import", "fishers", two[0], one)
    assert "读入 1 行" in terminal.says("import", "fishers", two[1], "--extracted", "2021-06-30")


def test_files_that_are_not_there_are_named_all_of_them(terminal: Terminal):
    said = terminal.refuses("import", "fishers", terminal.folder / "a.csv", terminal.folder / "b.csv")
    assert "a.csv" in said and "b.csv" in said


def test_a_file_that_can_not_be_taken_shows_where_and_why_and_nothing_is_imported(terminal: Terminal):
    good = terminal.file("crew", sailor(ANN, "安", "甲", 1))
    bad = terminal.folder / "bad_20210630.csv"
    bad.write_text("船员证件号,船员,所在舟,出海月份,排序\n", encoding="utf-8")
    empty_ = terminal.folder / "empty_20210630.csv"
    empty_.touch()
    said = terminal.refuses("import", "crew", good, bad, empty_)
    assert "bad_20210630.csv:1:" in said and "所在舟" in said and "所在船" in said
    assert "empty_20210630.csv" in said and "文件是空的" in said
    assert "没有这种" in terminal.refuses("import", "crew", bad, "--layout", "没有这种")


def test_while_another_act_is_under_way_nothing_begins(terminal: Terminal):
    sent = terminal.file("fishers", fisher(ANN, "安"))
    with (terminal.home / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "正在进行" in terminal.refuses("import", "fishers", sent)
        assert "正在进行" in terminal.refuses("vault", "rotate")


def test_c24_an_older_or_much_smaller_extract_stops_until_it_is_confirmed(terminal: Terminal):
    terminal.says("import", "voyages", terminal.file("voyages", *(voyage("甲", ANN, m) for m in range(1, 7))))
    smaller = terminal.file("voyages", voyage("甲", ANN, 1), name="v_20210731.csv")
    older = terminal.file("voyages", *(voyage("甲", ANN, m) for m in range(1, 7)), name="v_20210531.csv")
    assert "三分之一" in terminal.refuses("import", "voyages", smaller)
    assert "旧" in terminal.refuses("import", "voyages", older)
    said = terminal.refuses("import", "voyages", smaller)
    assert "--confirm" in said and "什么都没有写" in said
    assert "读入 1 行" in terminal.says("import", "voyages", smaller, "--confirm")
    assert "读入 6 行" in terminal.says("import", "voyages", older, "--confirm")


# template --------------------------------------------------------------------------------------------------------


def test_a_template_is_written_and_never_over_something(terminal: Terminal):
    there = terminal.folder / "模板" / "船员.xlsx"
    assert str(there) in terminal.says("template", "船员名单", "--out", there)
    assert "已经存在" in terminal.refuses("template", "crew", "--out", there)


# desk ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def doubts(terminal: Terminal) -> Terminal:
    terminal.says("import", "fishers", terminal.file("fishers", fisher(ANN, "安"), fisher(BEN, "安")))
    terminal.says("import", "vessels", terminal.file("vessels", vessel("甲", BEN, "安"), vessel("乙", ANN, "俺")))
    return terminal


def test_the_desk_lists_masked_decides_and_takes_back(doubts: Terminal):
    listed = doubts.says("desk")
    assert "2 件" in listed and "329999********" in listed and ANN not in listed and "安*" not in listed.split("俺")[0]
    assert ANN in doubts.says("desk", "show", 1, "--by", "李", "--note", "核对")
    assert "fisher: 1 件" in doubts.says("desk", "decide", 1, "同一人", "--by", "李", "--note", "同一人")
    assert "可以再发送" in doubts.says("desk", "decide", 2, "曾用名", "--by", "李", "--note", "改过名")
    assert "0 件" in doubts.says("desk") and "2 件" in doubts.says("desk", "--decided")
    assert "接受 2" in doubts.says("import", "vessels", doubts.folder / "vessels_20210630.csv")
    assert "已撤销" in doubts.says("desk", "undo", 1, "--by", "李", "--note", "看错了")
    journal = doubts.says("desk", "journal")
    assert "撤销第 1 号决定" in journal and "看错了" in journal


def test_the_desk_refuses_what_it_can_not_do(doubts: Terminal):
    who = ("--by", "李", "--note", "核对")
    assert "谁、为什么" in doubts.refuses("desk", "decide", 1, "同一人")
    assert "没有结论" in doubts.refuses("desk", "decide", 1, "不知道", *who)
    assert "没有结论" in doubts.refuses("desk", "decide", 1, *who)
    said = doubts.refuses("desk", "decide", 1, "曾用名", *who)
    assert "同一人" in said and "same-person" not in said
    assert "第 9 号" in doubts.refuses("desk", "decide", 9, "同一人", *who)
    assert "没有可以撤销" in doubts.refuses("desk", "undo", 1, *who)
    doubts.says("desk", "decide", 1, "同一人", *who)
    assert "已有结论" in doubts.refuses("desk", "decide", 1, "两个人", *who)


# changes ---------------------------------------------------------------------------------------------------------


def test_changes_say_whose_facts_have_changed_and_refuse_what_is_no_run(doubts: Terminal):
    facts = ("--facts", doubts.home / "facts")
    assert "渔船" in doubts.says("changes", *facts, "--since", "2021-01-01")
    doubts.refuses("changes", *facts, "--since-run", doubts.folder / "nowhere")
    doubts.refuses("changes", "--facts", doubts.folder / "nowhere", "--since", "2021-01-01")
    doubts.refuses("changes", *facts, "--since", "2021-01-01", "--out", doubts.home)
