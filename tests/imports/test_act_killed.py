"""Killed at any point of an import, a decision of the desk or a rotation: the state before or the state after, never between."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.imports.port import JULY, Port, fisher, number, sailor, vessel, voyage

from jixiang.imports.publish import recover
from jixiang.operations.vault import renew
from jixiang.tables.head import read_head
from jixiang.vault.desk import journal
from jixiang.vault.keys import PURPOSES, ROTATED, load_ring
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.rotation import renew_keys

ANN, BEN, CAI, DAN = (number(n) for n in range(1, 5))
Act = Callable[[Port, Callable[[str], None]], None]


class Cut(Exception):
    """The act ends here."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Port:
    """A harbour with facts of every kind, doubts at the desk, and files that wait to be imported."""
    port = Port.new(tmp_path_factory.mktemp("before"))
    port.bring("fishers", fisher(ANN, "安", "6217999900001"), fisher(BEN, "安"))
    port.bring("vessels", vessel("甲", BEN, "安"))
    port.bring("voyages", voyage("甲", BEN, 1))
    port.bring("crew", sailor(BEN, "安", "甲", 1), sailor(CAI, "才", "甲", 1, 2), sailor(ANN, "俺", "甲", 1, 3))
    port.file(
        "vessels",
        vessel("甲", ANN, "安", power=100), vessel("乙", CAI, "财"), vessel("丙", DAN, "丹"), vessel("丁", "329999", "坏"),
        vessel("戊", BEN, "安"), vessel("戊", ANN, "安"),
        name="next.csv",
    )  # fmt: skip
    return port


def bring_next(port: Port, reached: Callable[[str], None]) -> None:
    """New, changed and withdrawn facts, a new person, a new case, refused rows."""
    port.bring("vessels", port.folder / "sent" / "next.csv", day=JULY, reached=reached)


def join(port: Port, reached: Callable[[str], None]) -> None:
    port.decide(1, "same-person", reached)


def rename(port: Port, reached: Callable[[str], None]) -> None:
    port.decide(2, "right-name", reached)


def rotate(port: Port, reached: Callable[[str], None]) -> None:
    renew(port.home, lambda stage, done, of: reached(f"{stage} {done}"))


ACTS: dict[str, Act] = {"import": bring_next, "same-person": join, "right-name": rename, "rotate": rotate}


def points(act: str, port: Port) -> list[str]:
    """Where an act may die."""
    found: list[str] = []
    ACTS[act](port, found.append)
    return found


def die_at(folder: Path, act: str, turn: int) -> None:
    count = iter(range(1000))

    def reached(point: str) -> None:
        if next(count) == turn:
            os.kill(os.getpid(), signal.SIGKILL)

    ACTS[act](Port(folder), reached)


def cut_at(turn: int) -> Callable[[str], None]:
    count = iter(range(1000))

    def reached(point: str) -> None:
        if next(count) == turn:
            raise Cut(point)

    return reached


def all_there_is(port: Port) -> dict[str, Any]:
    """Facts, people, the ledger, the desk's journal, and every file in the home but logs and side files."""
    with port.vault() as vault:
        entries = journal(vault)
    kept = (path.relative_to(port.home.folder) for path in port.home.folder.rglob("*") if path.is_file())
    return {
        "state": port.state(),
        "head": read_head(port.home.facts),
        "ledger": port.ledger(),
        "journal": entries,
        "left": {str(path) for path in kept if "_delta_log" not in path.parts and "sqlite-" not in path.name},
    }


def check(act: str, port: Port, before: dict[str, Any], after: dict[str, Any]) -> None:
    """As a reader finds it, after recovery, and once the act has been tried again."""
    assert port.facts() in (before["state"][0], after["state"][0])
    assert read_head(port.home.facts) in (before["head"], after["head"])
    with port.vault() as vault:
        recover(port.home, vault.connection)
    found = all_there_is(port)
    assert found in (before, after)
    with suppress(VaultRefused):  # that it is decided already
        ACTS[act](port, lambda point: None)
    assert all_there_is(port) == after


@pytest.fixture(scope="module")
def processes() -> Iterator[Any]:
    """Processes that are cheap to kill: each a copy of one that has imported everything and begun nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.imports.test_act_killed"])
    yield context


@pytest.mark.parametrize("act", ["import", "same-person", "right-name"])
def test_an_act_that_dies_anywhere_leaves_the_state_before_or_after(
    act: str, before: Port, tmp_path: Path, processes: Any
) -> None:
    """Killed at every point of an import; of the decisions, which share most of it, killed at some and cut at the others."""
    good = before.copy(tmp_path / "good")
    found = points(act, good)
    was, then = all_there_is(before), all_there_is(good)
    assert was != then and "committed" in found and found[-1] == "head moved"
    for turn in range(len(found)):
        port = before.copy(tmp_path / str(turn))
        if act == "import" or turn % 4 == 0:
            child = processes.Process(target=die_at, args=(port.folder, act, turn))
            child.start()
            child.join()
            assert child.exitcode == -signal.SIGKILL, found[turn]
        else:
            with pytest.raises(Cut):
                ACTS[act](port, cut_at(turn))
        check(act, port, was, then)


def test_an_import_dies_at_points_before_and_after_each_of_its_steps(before: Port, tmp_path: Path):
    found = points("import", before.copy(tmp_path))
    steps = ["recovered", "rows taken", "rows settled", "rows given back", "files written", "act recorded", "committed"]
    assert [point for point in found if point in steps] == steps and len(found) == len(set(found))
    tables = {"vessel", "vessel_power", "crew"}  # of crew something is withdrawn
    assert {point.split()[0] for point in found if point.endswith("written")} >= tables
    assert {point.split()[0] for point in found if point.endswith("entered")} == tables


def test_a_rotation_that_is_killed_goes_on_and_nobody_is_lost(before: Port, tmp_path: Path, processes: Any):
    found = points("rotate", before.copy(tmp_path / "good"))
    sent = before.folder / "sent" / "next.csv"
    was = before.state()
    old = {key.id for key in load_ring(before.home.ring).keys if key.purpose != "naming"}
    for turn in range(len(found)):
        port = before.copy(tmp_path / str(turn))
        child = processes.Process(target=die_at, args=(port.folder, "rotate", turn))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL, found[turn]
        assert port.state() == was
        rotate(port, lambda point: None)
        assert port.state() == was
        ring = load_ring(port.home.ring)
        assert not old & {key.id for key in ring.keys} and len(ring.keys) == 7
        with port.vault() as vault:
            assert {number for number, retired in vault.registered().items() if not retired} == {
                k.id for k in ring.keys
            }
        assert port.bring("crew", sailor(BEN, "安", "乙", 2), sailor(DAN, "丹", "乙", 2)).report.persons_new == 1
        assert json.loads((port.home.facts / "_head.json").read_text())["crew"] == 1 and sent.exists()


def test_a_rotation_that_died_before_the_vault_knew_of_its_keys_goes_on(before: Port, tmp_path: Path):
    port = before.copy(tmp_path)
    ring = renew_keys(port.home.ring, ROTATED, created=JULY)
    rotate(port, lambda point: None)
    newest = {ring.current(purpose).id for purpose in PURPOSES}
    assert {key.id for key in load_ring(port.home.ring).keys} == newest and port.state() == before.state()
