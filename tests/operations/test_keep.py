"""`jixiang keep`, and who reads what it keeps: the decisions are the same, whatever is kept or has become of it."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from tests.imports.port import Port, csv_text, fisher, number, vessel
from tests.imports.port import voyage as voyage_sent
from tests.operations.harbour import CITY, facts, known, voyage, write

from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.operations import keep
from jixiang.operations.main import main
from jixiang.readings.kept_facts.advance import advance
from jixiang.readings.kept_facts.alone import alone
from jixiang.synthetic.city import make_city
from jixiang.tables.store import FactStore

BIG = Path(__file__).parents[2] / "cities" / "wuxi"
READY, RAW = "事实读自备好的事实", "事实读自原始行"


class Desk:
    """A folder with facts, and what was said last."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], city: Path = CITY) -> None:
        self.folder, self.facts, self.city, self.capsys, self.runs = folder, folder / "facts", city, capsys, 0

    @property
    def file(self) -> Path:
        return self.facts / "_kept" / "facts.duckdb"

    def keep(self, *more: object) -> str:
        assert self.call("keep", *more) == 0, self.said
        return self.said

    def refuses(self, *more: object) -> str:
        assert self.call("keep", *more) == 1
        assert "不能继续" in self.said and "请:" in self.said
        return self.said

    def call(self, verb: str, *more: object) -> int:
        code = main([verb, "--city", str(self.city), "--facts", str(self.facts), *map(str, more)])
        said = self.capsys.readouterr()
        self.said = said.out + said.err
        return code

    def decide(self, day: str, *more: object) -> tuple[Path, dict[str, bytes]]:
        """Where the decisions lie, and their bytes."""
        self.runs += 1
        out = self.folder / f"run{self.runs}"
        assert self.call("decide", "--as-of", day, "--out", out, *more) == 0, self.said
        return out, {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.glob("*/decisions*.parquet"))}


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    write(tmp_path / "facts", facts())
    return Desk(tmp_path, capsys)


def test_it_is_made_once_and_then_only_follows(desk: Desk) -> None:
    said = desk.keep()
    assert "新建" in said and "MB" in said and "备到 2021-06-20 00:00:00 为止" in said and "出海·月份史" in said
    assert "已是最新" in desk.keep()
    more = facts()
    more["voyage"] = [voyage("B1", 202106, 3, "2021-07-05")]
    later = write(desk.folder / "later", more)
    shutil.copy(later / "voyage" / "0.parquet", desk.facts / "voyage" / "1.parquet")
    said = desk.keep()
    assert "补上了变动" in said and "备到 2021-07-05" in said
    assert "逐行相同" in desk.keep("--check")
    assert "已去掉" in desk.keep("--remove") and not desk.file.exists()
    assert "没有备好的事实" in desk.keep("--remove")


def test_what_is_wrong_with_it_is_found_and_named(desk: Desk) -> None:
    assert "还没有备好的事实" in desk.refuses("--check")
    desk.keep()
    with duckdb.connect(str(desk.file)) as con:
        con.execute("DELETE FROM vessel WHERE vessel_id = 'B2'")
    said = desk.refuses("--check")
    assert "vessel" in said and "--remove" in said
    desk.keep("--remove")
    desk.keep()
    with duckdb.connect(str(desk.file)) as con:
        con.execute('UPDATE _state SET said = replace(said, \'"newest": "2021-06-20\', \'"newest": "2021-06-19\')')
    assert "说明不同" in desk.refuses("--check")


def test_a_check_of_what_is_behind_asks_to_follow_first(desk: Desk) -> None:
    desk.keep()
    os.utime(desk.facts / "vessel" / "0.parquet", ns=(1, 1))
    assert "又有变动" in desk.refuses("--check")


def test_facts_that_cannot_be_read_are_refused(desk: Desk) -> None:
    path = desk.facts / "vessel" / "0.parquet"
    path.write_bytes(b"no parquet")
    assert "不是完好的 Parquet 文件" in desk.refuses()
    desk.facts = desk.folder / "nowhere"
    assert "没有事实表的目录" in desk.refuses()


def test_a_file_that_is_not_as_it_was_written_is_not_taken_in(desk: Desk) -> None:
    (desk.facts / "fisher" / "0.parquet").rename(desk.facts / "fisher" / "0-0123456789abcdef.parquet")
    assert "0-0123456789abcdef" in desk.refuses() and not desk.file.exists()


def test_two_at_once_are_refused_with_a_way_out(desk: Desk) -> None:
    desk.keep()
    with (desk.file.parent / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for how in ((), ("--check",), ("--remove",)):
            assert "另一个 jixiang 正在备好" in desk.refuses(*how)


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
        (duckdb.IOException("IO Error: Could not write file"), "Could not write"),
        (duckdb.OutOfMemoryException("Out of Memory"), "--memory"),
        (duckdb.InternalException("INTERNAL Error: no"), "--remove"),
    ],
)
def test_what_stops_it_is_said_and_what_was_there_stays(
    failed: Exception, said: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.keep()
    before = desk.file.read_bytes()

    def fails(*given: object, **more: object) -> None:
        desk.file.with_suffix(".draft").write_bytes(b"half")
        raise failed

    monkeypatch.setattr(keep, "advance", fails)
    assert said in desk.refuses()
    assert desk.file.read_bytes() == before and {p.name for p in desk.file.parent.iterdir()} <= {
        ".lock", "pages", "facts.duckdb",
    }  # fmt: skip


# Decisions -------------------------------------------------------------------------------------------------------


def test_decide_says_what_it_read(desk: Desk) -> None:
    _, raw = desk.decide("2021-06-30")
    assert READY not in desk.said and RAW not in desk.said
    desk.keep()
    _, ready = desk.decide("2021-06-30")
    assert READY in desk.said and ready == raw
    _, audited = desk.decide("2021-06-30", "--从原始行")
    assert f"{RAW},按 --no-kept" in desk.said and audited == raw


def test_what_is_kept_is_read_on_days_between_which_nothing_was_recorded(desk: Desk) -> None:
    desk.keep()
    for day, read in (("2021-06-19", RAW), ("2021-06-20", READY), ("2021-06-30", READY), ("2023-01-01", READY)):
        _, ready = desk.decide(day)
        assert read in desk.said
        assert ready == desk.decide(day, "--no-kept")[1]
    desk.keep("--as-of", "2021-06-10")
    for day, read in (("2021-06-09", RAW), ("2021-06-10", READY), ("2021-06-11", RAW), ("2021-06-30", RAW)):
        _, ready = desk.decide(day)
        assert read in desk.said
        assert ready == desk.decide(day, "--no-kept")[1]


def replaced(desk: Desk) -> None:
    """Other content under the same name, of the same size as far as can be, with the time of the old."""
    path = desk.facts / "voyage" / "0.parquet"
    stat, rows = path.stat(), facts()
    for row in rows["voyage"]:
        row["trips"] = 0
    shutil.copy(write(desk.folder / "other", rows) / "voyage" / "0.parquet", path)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def vanished(desk: Desk) -> None:
    shutil.rmtree(desk.facts / "vessel_power")


def added(desk: Desk) -> None:
    rows = {"voyage": [{**voyage("B2", 202103, 0, "2021-06-25"), **known("2021-06-25", 2)}]}
    shutil.copy(write(desk.folder / "more", rows) / "voyage" / "0.parquet", desk.facts / "voyage" / "1.parquet")


def late(desk: Desk) -> None:
    """A file that came now, of rows that say they were recorded long ago: one of them older than what is known already."""
    rows = {
        "voyage": [
            {**voyage("B1", 202101, 0, "2021-01-05"), **known("2021-01-05")},
            {**voyage("B1", 202103, 0, "2021-04-06"), **known("2021-04-06")},
            {**voyage("B2", 202106, 9, "2021-03-01"), **known("2021-03-01")},
        ]
    }
    shutil.copy(write(desk.folder / "more", rows) / "voyage" / "0.parquet", desk.facts / "voyage" / "1.parquet")


def undated(desk: Desk) -> None:
    """A file that lies before the others and does not say when anything was recorded: now all rows are known always."""
    path = desk.facts / "voyage" / "0.parquet"
    rows = pq.read_table(path).drop_columns(["recorded_at", "source", "source_row", "retracted"]).slice(0, 1)
    path.rename(path.with_name("1.parquet"))
    pq.write_table(rows, path)


@pytest.mark.parametrize("change", [replaced, vanished, added, late, undated])
def test_facts_that_have_changed_are_read_themselves_until_it_has_followed(
    change: Callable[[Desk], None], desk: Desk
) -> None:
    desk.keep()
    change(desk)
    _, raw = desk.decide("2021-06-30", "--no-kept")
    _, behind = desk.decide("2021-06-30")
    assert RAW in desk.said and behind == raw
    desk.keep()
    _, ready = desk.decide("2021-06-30")
    assert READY in desk.said and ready == raw
    assert "逐行相同" in desk.keep("--check")


def test_what_was_kept_under_another_vocabulary_is_not_read(desk: Desk) -> None:
    """The same columns, and other words for them: a month of another column, a text that has become a code."""
    city = desk.folder / "city"
    shutil.copytree(CITY, city)
    desk.city = city
    desk.keep()
    path = city / "vocabulary.md"
    text = path.read_text("utf-8")
    assert "| 航次" in text
    path.write_text(text.replace("| 航次", "| 趟数"), "utf-8")
    for policy in city.rglob("*.md"):
        policy.write_text(policy.read_text("utf-8").replace("航次", "趟数"), "utf-8")
    desk.decide("2021-06-30")
    assert RAW in desk.said


def test_a_city_is_decided_alike_by_what_is_kept_and_by_its_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two runs, the second on top of the first, with what is kept made in between, and made of an older day."""
    assert not make_city(tmp_path / "facts", 0.002, 5, BIG, lambda what, done: None)
    desk = Desk(tmp_path, capsys, BIG)
    may, raw_may = desk.decide("2021-05-31")
    desk.keep("--as-of", "2021-05-31")
    _, ready_may = desk.decide("2021-05-31")
    assert READY in desk.said and ready_may == raw_may and any(raw_may.values())
    _, raw = desk.decide("2021-06-30", "--standing", may)
    assert RAW in desk.said
    desk.keep("--as-of", "2021-06-30")
    _, ready = desk.decide("2021-06-30", "--standing", may)
    assert READY in desk.said and ready == raw
    assert "逐行相同" in desk.keep("--check")


# Imports ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A home with three months of voyages."""
    port = Port.new(tmp_path)
    port.bring("fishers", fisher(number(1), "安"))
    port.bring("vessels", vessel("甲", number(1), "安"))
    port.bring("voyages", *(voyage_sent("甲", number(1), month) for month in (1, 2, 3)))
    desk = Desk(tmp_path, capsys)
    desk.facts = port.home.facts
    return desk


def send(desk: Desk, *months: int, trips: int = 4, day: str = "20210731") -> str:
    """Imports voyages; what is said."""
    path = desk.folder / f"voyages_{day}.csv"
    path.write_bytes(csv_text("voyages", [voyage_sent("甲", number(1), month, trips) for month in months]))
    words = ["import", "voyages", path, "--city", CITY, "--home", desk.facts.parent, "--confirm"]
    assert main([*map(str, words), "--received", "2021-08-02T09:00"]) == 0
    said = desk.capsys.readouterr()
    return said.out + said.err


def test_an_import_makes_nothing_unasked_and_what_there_is_follows(home: Desk) -> None:
    assert "备好" not in send(home, 1, 2, 3, 4) and not home.file.exists()
    home.keep()
    said = send(home, 1, 2, 3, 4, 5, trips=3, day="20210831")
    assert "备好的事实也补上了变动,用时" in said and "为止记下的事实" in said
    assert "逐行相同" in home.keep("--check")
    _, ready = home.decide("2021-09-30")
    assert READY in home.said and ready == home.decide("2021-09-30", "--no-kept")[1]


def test_an_import_stands_whatever_becomes_of_what_is_kept(home: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    home.keep()

    def fails(*given: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keep, "advance", fails)
    said = send(home, 1, 2, 3, 4)
    assert "没有补上这次的变动" in said and "事实已经导入" in said and "请: " in said and "jixiang keep" in said
    monkeypatch.undo()
    _, behind = home.decide("2021-09-30")
    assert RAW in home.said and behind == home.decide("2021-09-30", "--no-kept")[1]
    assert "补上了变动" in home.keep()


def test_killed_anywhere_it_is_as_it_was_or_as_it_will_be(home: Desk) -> None:
    """A child dies at every table, before the end, and just before the file takes its place."""
    home.keep()
    was = home.file.read_bytes()
    later = shutil.copytree(home.facts.parent, home.folder / "later")
    home.file.unlink()
    send(home, 1, 2, 3, 4)
    now = home.facts
    shutil.copytree(later / "facts" / "_kept", now / "_kept", dirs_exist_ok=True)
    _, raw = home.decide("2021-09-30", "--no-kept")
    points, processes = 0, multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.operations.test_keep"])
    for at in range(50):
        child = processes.Process(target=die, args=(now, at))
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        points += 1
        assert child.exitcode == -signal.SIGKILL and home.file.read_bytes() == was
    assert points > 4 and home.file.read_bytes() != was
    for content in (was, home.file.read_bytes()):
        home.file.write_bytes(content)
        (home.file.parent / "facts.draft.wal").write_bytes(b"left by somebody who was killed")
        assert home.decide("2021-09-30")[1] == raw
    assert "已是最新" in home.keep() and not list(home.file.parent.glob("*.draft*"))
    assert "逐行相同" in home.keep("--check")


def die(facts: Path, at: int) -> None:
    """Advances, and is killed when it has said so often what it does; the last point is the replacing of the file."""
    count = iter(range(1000))

    def heard(*said: object) -> None:
        if next(count) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    replace = os.replace
    os.replace = lambda *paths: (heard(), replace(*paths))[1]  # type: ignore[assignment,func-returns-value,method-assign]
    vocabulary, _ = read_vocabulary(CITY / "vocabulary.md")
    with alone(FactStore(facts)):
        advance(FactStore(facts), vocabulary, threads=1, progress=heard)
    os._exit(0)
