from __future__ import annotations

import errno
import json
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.imports.small_home import FIRST, SECOND, bring_in, die_at, left, seen, vault_of
from tests.tables.small import table

from jixiang.imports import publish as publishing
from jixiang.imports.home import Busy, ForeignFacts, Home
from jixiang.imports.ledger import Act, Ledger
from jixiang.imports.publish import Addition, Disagreement, acting, publish, recover
from jixiang.tables.head import HEAD, read_head, write_head
from jixiang.tables.store import LOG, FactStore

DESK = Act("desk", datetime(2021, 8, 1))
POINTS = 19  # at which the second act may die: test_it_dies_at_every_point_there_is holds this number


class Cut(Exception):
    """The act ends here."""


def cut_at(turn: int | str) -> Callable[[str], None]:
    """Ends an act at one of its points, by its place or its name."""
    count = iter(range(1000))

    def reached(point: str) -> None:
        if turn in (next(count), point):
            raise Cut(point)

    return reached


@pytest.fixture(scope="module")
def processes() -> Iterator[Any]:
    """Processes that are cheap to kill: each a copy of one that has imported everything and begun nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.imports.small_home"])
    yield context


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("before"))
    bring_in(home, 1, FIRST)
    return home


@pytest.fixture(scope="module")
def after(before: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = copy_of(before, tmp_path_factory.mktemp("after"))
    bring_in(home, 2, SECOND)
    return home


@pytest.fixture
def home(before: Home, tmp_path: Path) -> Home:
    return copy_of(before, tmp_path)


def copy_of(home: Home, folder: Path) -> Home:
    shutil.copytree(home.folder, folder, dirs_exist_ok=True)
    return Home(folder)


def persons(home: Home) -> int:
    with vault_of(home) as vault:
        return vault.connection.execute("SELECT count(*) FROM number").fetchone()[0]


def recovered(home: Home) -> None:
    with vault_of(home) as vault:
        recover(home, vault.connection)


def check_it_is_before_or_after(home: Home, before: Home, after: Home) -> None:
    """As a reader finds it, after recovery, and once the same files have been brought in again."""
    assert seen(home) in (seen(before), seen(after))
    recovered(home)
    state = before if persons(home) == 2 else after
    assert seen(home) == seen(state) and persons(home) == persons(state) and left(home) == left(state)
    bring_in(home, 2, SECOND)
    assert seen(home) == seen(after) and persons(home) == persons(after) and left(home) == left(after)


def test_it_dies_at_every_point_there_is(home: Home):
    points: list[str] = []
    bring_in(home, 2, SECOND, points.append)
    assert len(points) == len(set(points)) == POINTS
    assert points[0] == "recovered" and points[-1] == "head moved" and "committed" in points


@pytest.mark.parametrize("turn", range(POINTS))
def test_an_act_that_fails_leaves_the_state_before_or_after(turn: int, home: Home, before: Home, after: Home):
    with pytest.raises(Cut):
        bring_in(home, 2, SECOND, cut_at(turn))
    check_it_is_before_or_after(home, before, after)


@pytest.mark.parametrize("turn", range(POINTS))
def test_an_act_that_is_killed_leaves_the_state_before_or_after(turn, home, before, after, processes):
    child = processes.Process(target=die_at, args=(home, turn))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    check_it_is_before_or_after(home, before, after)


@pytest.mark.parametrize("turn", range(9, POINTS, 3))
def test_a_recovery_that_fails_as_well_is_made_up_for_by_the_next(turn: int, home: Home, before: Home, after: Home):
    with pytest.raises(Cut):
        bring_in(home, 2, SECOND, cut_at(turn))
    with vault_of(home) as vault:
        for again in range(8):
            try:
                recover(home, vault.connection, reached=cut_at(again))
                break
            except Cut:
                assert seen(home) in (seen(before), seen(after))
    check_it_is_before_or_after(home, before, after)


def test_a_full_disk_leaves_the_state_before(home: Home, before: Home):
    def rows() -> Iterator[pa.Table]:
        yield SECOND["contribution"]
        raise OSError(errno.ENOSPC, "no space left")

    with vault_of(home) as vault, pytest.raises(OSError, match="no space"), acting(home, vault) as ledger:
        additions = [Addition(table("person"), [[SECOND["person"]]]), Addition(table("contribution"), [rows()])]
        publish(home, ledger, DESK, additions)
    assert seen(home) == seen(before) and left(home) == left(before)
    with vault_of(home) as vault:
        assert [act.id for act in Ledger(vault.connection).acts()] == [1]


def test_a_disk_that_fills_up_after_the_commit_leaves_the_rest_to_the_next_act(home, before, after, monkeypatch):
    def full(*given: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="no space"):
        patch.setattr(publishing, "register", full)
        bring_in(home, 2, SECOND)
    assert seen(home) == seen(before)
    recovered(home)
    assert seen(home) == seen(after)


def test_a_log_that_a_power_cut_left_empty_is_written_again(home: Home, before: Home, after: Home):
    with pytest.raises(Cut):
        bring_in(home, 2, SECOND, cut_at("contribution version 1 entered"))
    (home.facts / "contribution" / LOG / f"{1:020}.json").write_text("")
    check_it_is_before_or_after(home, before, after)


def test_drafts_of_whoever_died_are_removed(home: Home, before: Home):
    place = home.facts / "person"
    drafts = [place / "000001-0000.draft.part", place / LOG / f"{1:020}.json#1", place / LOG / "_commit_a.json.tmp"]
    drafts += [home.facts / "new" / "000000-0000.draft", home.staging / "deep" / "bucket"]
    for path in drafts:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    assert seen(home) == seen(before)
    recovered(home)
    assert not any(path.exists() for path in drafts) and not (home.facts / "new").exists()
    assert seen(home) == seen(before) and left(home) == left(before)


def test_two_acts_at_once_are_not_possible(home: Home):
    with vault_of(home) as vault, vault_of(home) as other:
        with acting(home, vault):
            with pytest.raises(Busy), acting(home, other):
                raise AssertionError
            with pytest.raises(Busy):
                recover(home, other.connection)
        recover(home, other.connection)


def test_a_reader_who_has_begun_keeps_to_what_it_saw(home: Home, before: Home):
    store = FactStore(home.facts)
    assert store.tables() == ("contribution", "person")
    bring_in(home, 2, SECOND)
    assert store.rows("contribution") == 2 and store.files("cutoff") == ()
    assert FactStore(home.facts).rows("contribution") == 4


def test_facts_newer_than_the_ledger_are_kept_and_refused(home: Home, before: Home):
    bring_in(home, 2, SECOND)
    files = left(home)
    shutil.copy(before.vault, home.vault)
    with pytest.raises(Disagreement, match="newer than the ledger"):
        recovered(home)
    assert left(home) == files


def test_a_table_that_no_act_has_made_is_kept_and_refused(home: Home, tmp_path: Path):
    FactStore(tmp_path / "else").append(table("cutoff"), SECOND["cutoff"])
    shutil.copytree(tmp_path / "else" / "cutoff", home.facts / "cutoff")
    with pytest.raises(Disagreement, match="cutoff"):
        recovered(home)
    assert list((home.facts / "cutoff").glob("*.parquet"))


def test_a_committed_file_that_is_gone_is_said(home: Home):
    with pytest.raises(Cut):
        bring_in(home, 2, SECOND, cut_at("committed"))
    next((home.facts / "cutoff").glob("*.parquet")).unlink()
    with pytest.raises(Disagreement, match="cutoff lacks"):
        recovered(home)


def test_a_head_that_was_lost_is_written_again(home: Home, before: Home):
    (home.facts / HEAD).unlink()
    recovered(home)
    assert seen(home) == seen(before)


def test_a_home_does_not_take_over_facts_that_others_have_made(tmp_path: Path):
    FactStore(tmp_path / "facts").append(table("person"), FIRST["person"])
    with pytest.raises(ForeignFacts):
        Home(tmp_path).create()


def test_a_new_home_has_an_empty_head_and_its_keys_may_lie_elsewhere(tmp_path: Path):
    home = Home(tmp_path / "home", keys=tmp_path / "usb" / "keys.json")
    home.create()
    assert read_head(home.facts) == {} and not home.begun
    assert home.ring == tmp_path / "usb" / "keys.json" and Home(tmp_path).ring == tmp_path / "keys.json"


def test_a_table_without_new_rows_gets_no_version(home: Home):
    with vault_of(home) as vault, acting(home, vault) as ledger:
        publish(home, ledger, DESK, [Addition(table("cutoff"), [[SECOND["cutoff"].slice(0, 0)]])])
    assert read_head(home.facts) == {"contribution": 0, "person": 0}
    assert not (home.facts / "cutoff").exists()


def test_parts_may_be_written_side_by_side(home: Home):
    with vault_of(home) as vault, acting(home, vault) as ledger:
        parts = [[SECOND["contribution"].slice(n, 1)] for n in range(2)]
        publish(home, ledger, DESK, [Addition(table("contribution"), parts, distinct=True)], threads=2)
    assert FactStore(home.facts).rows("contribution") == 4 and len(FactStore(home.facts).files("contribution")) == 4


def test_publishing_outside_an_act_is_a_mistake(home: Home):
    with vault_of(home) as vault, pytest.raises(ValueError, match="acting"):
        publish(home, Ledger(vault.connection), DESK)


def test_the_log_says_what_the_ledger_says(after: Home):
    with vault_of(after) as vault:
        ledger = Ledger(vault.connection)
        for name, version in ledger.versions().items():
            logs = sorted((after.facts / name / LOG).glob("*.json"))
            assert [int(log.stem) for log in logs] == list(range(version + 1))
            added = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
            found = {(line["add"]["path"], line["add"]["size"]) for line in added if "add" in line}
            assert found == {(part.file, part.bytes) for part in ledger.parts(name)}


def test_a_head_ahead_of_the_ledger_is_refused(home: Home):
    write_head(home.facts, {"contribution": 5, "person": 0})
    with pytest.raises(Disagreement, match="contribution"):
        recovered(home)
