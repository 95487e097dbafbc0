"""Canaries: of who people are, nothing lies anywhere but in the sender's files, the rows given back, and sealed in the vault.

The engines are held to more than that: what they may spill into files of their own they are never given. SQLite never sees
a number, name or account but sealed; DuckDB never sees one at all.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import xlsxwriter
from tests.imports.canaries import ACCOUNTS, BROKEN, NAMES, NUMBERS, leaks, lying_in, values
from tests.imports.port import CITY, HEADINGS, csv_text, fisher, sailor, vessel, voyage

from jixiang.imports import publish as publishing
from jixiang.operations import desk, importing
from jixiang.operations.main import main
from jixiang.vault import store

OWL, WREN, JAY, LARK, BIRD, CROW, *_ = NUMBERS


class Watch:
    """A home in a folder, a folder for whatever is temporary, and everything that was seen where it should not be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home, self.sent, self.temporary = folder / "home", folder / "sent", folder / "temporary"
        for made in (self.sent, self.temporary):
            made.mkdir()
        self.seen: dict[str, set[str]] = {}
        self.points: list[str] = []

    def look(self, point: str = "") -> None:
        self.points.append(point)
        self.seen |= {f"{place} ({point})": what for place, what in lying_in(self.home, self.temporary).items()}

    def overhear(self, where: str, text: str) -> None:
        if found := leaks(text.encode()):
            self.seen[f"{where}: {text[:200]}"] = found

    def jixiang(self, *words: object) -> int:
        city = () if words[0] == "vault" else ("--city", CITY)
        return main([*map(str, words), "--home", str(self.home), *map(str, city)])

    def bring(self, kind: str, file: Path, day: str, *more: object) -> int:
        returned = self.folder / "returned"
        return self.jixiang("import", kind, file, "--extracted", day, "--returned", returned, "--confirm", *more)


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Watch:
    """Looks at every point of every act, listens to both engines, and keeps what is temporary."""
    watch = Watch(tmp_path)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "markdown_it")  # which tells of every line of every policy
    monkeypatch.setattr(tempfile, "tempdir", str(watch.temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(watch.temporary))
    monkeypatch.setattr(importing, "import_files", partial(importing.import_files, reached=watch.look))
    monkeypatch.setattr(desk, "Desk", partial(desk.Desk, reached=watch.look))
    listen_to_sqlite(watch, monkeypatch)
    listen_to_duckdb(watch, monkeypatch)
    return watch


def listen_to_sqlite(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements, with the values that are bound to them."""
    connect = sqlite3.connect

    def listening(*given: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*given, **more)
        connection.set_trace_callback(partial(watch.overhear, "SQLite"))
        return connection

    monkeypatch.setattr(store.sqlite3, "connect", listening)


def listen_to_duckdb(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are offered to it; the files that it reads itself are looked at as files."""
    connect = duckdb.connect

    class Listening:
        def __init__(self, *given: Any, **more: Any) -> None:
            self.real = connect(*given, **more)

        def __enter__(self) -> Listening:
            return self

        def __exit__(self, *given: Any) -> None:
            self.real.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def register(self, name: str, rows: Any) -> Any:
            if isinstance(rows, pa.RecordBatchReader):
                rows = rows.read_all()
            watch.overhear(f"DuckDB {name}", values(rows).decode())
            return self.real.register(name, rows)

        def execute(self, query: Any, *more: Any) -> Any:
            watch.overhear("DuckDB", str(query))
            return self.real.execute(query, *more)

    monkeypatch.setattr(duckdb, "connect", Listening)


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    """With a number where a number of a person should be, an error, and a formula that nobody has worked out."""
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for line, row in enumerate((HEADINGS["crew"], *rows)):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell)
    return path


def gbk(watch: Watch, name: str, kind: str, *rows: Any, more: bytes = b"") -> Path:
    path = watch.sent / name
    path.write_bytes(csv_text(kind, rows) + more)
    return path


def faulty_fishers(watch: Watch) -> Path:
    """Good rows, and one for every way in which a cell or a row of people can be wrong."""
    good = [fisher(n, name, a) for n, name, a in zip(NUMBERS[:3], NAMES[:3], ACCOUNTS, strict=True)]
    born = "1980.02.01"
    rows = [
        *good,
        fisher(WREN, NAMES[4], ACCOUNTS[0]),  # two names
        fisher(BIRD, NAMES[0]), fisher(CROW, NAMES[0], "", born, "外港"), fisher(CROW, NAMES[0]),  # two numbers; conflict
        fisher(BROKEN[0], NAMES[1]), fisher(LARK[:16], NAMES[1]), fisher(LARK[:8] + "Х" + LARK[9:], NAMES[1]),
        fisher(LARK, "=" + NAMES[3]), fisher(LARK, NAMES[3] + "\x07"), fisher(LARK, NAMES[3] * 40),
        fisher(LARK, NAMES[3], ACCOUNTS[2] + "Q"), fisher(LARK, NAMES[3], ACCOUNTS[2] * 4), fisher(LARK, ""),
        fisher(LARK, NAMES[3], "", NUMBERS[6]), fisher(LARK, NAMES[3], "", NAMES[5]), fisher(LARK, NAMES[3], "", "1980.2.30"),
        fisher(LARK, NAMES[3], "", born, NUMBERS[6]), fisher(LARK, NAMES[3], "", born, NAMES[5]),
        fisher(LARK, NAMES[3], "", born, "本港", NUMBERS[6], "2020.01.01"),
        fisher(LARK, NAMES[3], "", born, "本港", NAMES[5], "2020.01.01"),
        fisher(NAMES[5], LARK, ACCOUNTS[0]), fisher("", NAMES[5], NUMBERS[7]),  # columns that slipped
        (LARK, NAMES[3]), (LARK, NAMES[3], ACCOUNTS[0], born, "本港", "", "", NUMBERS[5], NAMES[5]),  # ragged
    ]  # fmt: skip
    line = "|".join(map(str, fisher(NUMBERS[7], NAMES[5], ACCOUNTS[1])))
    broken = line.encode("gbk").replace(b"1980", b"\xff\xff") + b"\r\n" + f'"{line}'.encode("gbk") + b"\r\n"
    return gbk(watch, f"fishers_{NUMBERS[7]}.csv", "fishers", *rows, more=broken)


def crew_in_excel(watch: Watch) -> Path:
    good = [sailor(JAY, NAMES[2], "甲", 1), sailor(OWL, NAMES[0], "甲", 1, 2)]
    bad: list[tuple[object, ...]] = [
        (float(LARK), NAMES[3], "甲", "2021年1月", 3), (f"{float(LARK):.5E}", NAMES[3], "甲", "2021年1月", 3),
        (LARK, f'="{NAMES[3]}"', "甲", "2021年1月", 3), (f"=A1&{LARK}", NAMES[3], "甲", "2021年1月", 3),
        (LARK, NAMES[3], "甲", NUMBERS[6], 4), (LARK, NAMES[3], "甲", "2021年1月", NUMBERS[6]),
        (LARK, NAMES[3], "甲", "2021年1月", NAMES[5]), (OWL, NAMES[5], "甲", "2021年1月", 1),
    ]  # fmt: skip
    return workbook(watch.sent / "crew.xlsx", *good, *bad)


def test_nothing_of_who_people_are_lies_anywhere(watch: Watch, caplog: Any, capfd: Any) -> None:
    assert watch.jixiang("vault", "create") == 0
    report = watch.temporary / "报告.xlsx"
    assert watch.bring("fishers", faulty_fishers(watch), "2021-05-31", "--report", report) == 0
    assert watch.bring("crew", crew_in_excel(watch), "2021-05-31", "--report", watch.temporary / "crew.xlsx") == 0
    boats = gbk(
        watch,
        "v.csv",
        "vessels",
        vessel("甲", OWL, NAMES[0]),
        vessel("乙", JAY, NAMES[5]),
        vessel("丙", BIRD, NAMES[0]),
    )
    assert watch.bring("vessels", boats, "2021-06-30") == 0
    trips = gbk(watch, "t.csv", "voyages", voyage("甲", OWL, 1), voyage("丙", BIRD, 1), voyage("乙", BROKEN[1], 1))
    assert watch.bring("voyages", trips, "2021-06-30") == 0
    assert watch.jixiang("desk", "list") == 0
    cases = sqlite3.connect(watch.home / "vault.sqlite").execute("SELECT id, kind FROM desk_case").fetchall()
    assert {kind for _, kind in cases} == {"two-names", "two-numbers"}
    for case, kind in cases:
        verdict = "同一人" if kind == "two-numbers" else "正确姓名"
        watch.jixiang("desk", "decide", case, verdict, "--by", "李审核", "--note", "已核对")
    assert watch.jixiang("desk", "undo", cases[0][0], "--by", "李审核", "--note", "看错了") == 0
    assert watch.jixiang("desk", "list", "--decided") == 0 and watch.jixiang("desk", "journal") == 0
    assert watch.jixiang("vault", "rotate") == 0 and watch.jixiang("vault", "check") == 0
    assert watch.bring("fishers", gbk(watch, "n.csv", "fishers", fisher(OWL, NAMES[0])), "2021-07-31") == 0
    facts = watch.home / "facts"
    out = watch.temporary / "run"
    decided = ["decide", "--city", str(CITY), "--facts", str(facts), "--as-of", "2099-12-31", "--out", str(out)]
    assert main(decided) == 0
    changed = ["changes", "--city", str(CITY), "--facts", str(facts), "--since", "2021-01-01"]
    assert main([*changed, "--out", str(watch.temporary / "changes")]) == 0
    watch.look("end")
    out_, err = capfd.readouterr()
    watch.overhear("output", out_ + err)
    watch.overhear("log", caplog.text)
    assert watch.seen == {}
    assert {"rows taken", "rows settled", "files written", "committed", "head moved", "decided"} <= set(watch.points)
    assert leaks(b"".join(path.read_bytes() for path in watch.sent.iterdir()))  # so there was something to find


def test_the_search_finds_what_it_is_to_find(tmp_path: Path, watch: Watch):
    (tmp_path / "leak").write_bytes(f"姓名:{NAMES[0]}".encode("gbk") + NUMBERS[1].encode("utf-16"))
    workbook(tmp_path / "leak.xlsx", (NUMBERS[2], "", "", "", ""))
    assert lying_in(tmp_path) == {"leak": {NUMBERS[1], NAMES[0]}, "leak.xlsx": {NUMBERS[2]}}
    with duckdb.connect() as con:
        con.register("rows", pa.table({"name": [NAMES[2]]}))
    store.sqlite3.connect(":memory:").execute("SELECT ?", (ACCOUNTS[0],))
    assert sorted(map(sorted, watch.seen.values())) == [[ACCOUNTS[0]], [NAMES[2]]]


# What fails -----------------------------------------------------------------------------------------------------------


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def full(*given: Any, **more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "write_part", full)
        yield


@contextmanager
def locked_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def failing(*given: Any, **more: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("jixiang.vault.rows.Rows.add_names", failing)
        yield


@contextmanager
def wrong_keys(monkeypatch: pytest.MonkeyPatch, watch: Watch) -> Iterator[None]:
    other = watch.folder / "other"
    main(["vault", "create", "--home", str(other)])
    ring = watch.home / "keys.json"
    kept = ring.read_bytes()
    ring.write_bytes((other / "keys.json").read_bytes())
    yield
    ring.write_bytes(kept)


Failing = Callable[..., Any]


@pytest.mark.parametrize("failing", [full_disk, locked_database, wrong_keys])
def test_what_fails_names_nobody(
    failing: Failing, watch: Watch, capfd: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watch.jixiang("vault", "create") == 0
    given = (monkeypatch, watch) if failing is wrong_keys else (monkeypatch,)
    said = ""
    with failing(*given):
        try:
            assert watch.bring("fishers", faulty_fishers(watch), "2021-05-31") == 1
        except Exception as error:
            said = "".join(traceback.format_exception(error))
    out, err = capfd.readouterr()
    assert "不能继续" in err and said == ""
    watch.overhear("said", said + out + err + caplog.text)
    watch.look()
    assert watch.seen == {}
