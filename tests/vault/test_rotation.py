"""New keys for old: nothing is lost, wherever it is killed, and people are found all the while."""

import os
import signal
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.cast import JUNE, NOON, bring, contents, number

from jixiang.vault.keys import ROTATED, create_ring, load_ring
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.reveal import reveal_many
from jixiang.vault.rotation import COLUMNS, forget_retired, renew_keys, rotate, unfinished
from jixiang.vault.store import Vault

ROWS = [(number(n), f"张{chr(0x4E00 + n)}", f"62170000{n:011d}") for n in range(23)]
KILLED = """
import os, signal, sys
from pathlib import Path
from jixiang.vault.keys import ROTATED, load_ring
from jixiang.vault.rotation import rotate
from jixiang.vault.store import Vault
home, at, seen = Path(sys.argv[1]), int(sys.argv[2]), []
def progress(stage, done, total):
    seen.append(stage)
    if len(seen) == at:
        os.kill(os.getpid(), signal.SIGKILL)
rotate(Vault.open(home / "vault.sqlite", load_ring(home / "keys.json")), ROTATED, progress, batch=5)
"""


def silent(stage, done, total):
    pass


def make(home, rows=ROWS):
    vault = Vault.create(home / "vault.sqlite", create_ring(home / "keys.json", created=JUNE))
    bring(vault, rows)
    return vault


def open_again(home):
    return Vault.open(home / "vault.sqlite", load_ring(home / "keys.json"))


def everything(vault):
    """All that the vault holds, in clear."""
    owns = [own for (own,) in vault.connection.execute("SELECT own FROM identity")]
    why = {"purpose": "核对", "by": "甲", "at": NOON}
    accounts = reveal_many(vault, owns, "account", **why)
    return contents(vault), {own: str(text) for own, text in accounts.items()}


def keys_in_use(vault):
    return {
        purpose: {row[0] for row in vault.connection.execute(f"SELECT DISTINCT {column} FROM {table}")}
        for purpose, (table, column) in COLUMNS.items()
    }


def test_after_a_rotation_every_row_is_under_the_new_keys_and_the_old_are_gone(tmp_path):
    with make(tmp_path) as vault:
        held, old = everything(vault), vault.ring
    ring = renew_keys(tmp_path / "keys.json", ROTATED, created=date(2022, 1, 1))
    with Vault.open(vault.path, ring) as vault:
        assert unfinished(vault) == ROTATED
        rotated = rotate(vault, ROTATED, silent, batch=7)
        assert everything(vault) == held
        assert keys_in_use(vault) == {purpose: {ring.current(purpose).id} for purpose in ROTATED}
        assert set(rotated.retired) == {key.id for key in old.keys if key.purpose != "naming"}
        assert unfinished(vault) == ()
        assert len(forget_retired(vault, tmp_path / "keys.json").keys) == len(old.keys)
    with open_again(tmp_path) as vault:
        assert everything(vault) == held
        assert bring(vault, ROWS)[1].new_numbers == 0
    with pytest.raises(VaultRefused):
        Vault.open(vault.path, old)


def test_nothing_is_done_twice(tmp_path):
    with make(tmp_path) as vault:
        before = vault.connection.execute("SELECT number, number_index FROM identity").fetchall()
        assert rotate(vault, ROTATED, silent).retired == ()
        assert vault.connection.execute("SELECT number, number_index FROM identity").fetchall() == before


@pytest.mark.parametrize("at", range(1, 13))
def test_killed_anywhere_and_begun_again_it_loses_nothing(tmp_path, at):
    with make(tmp_path) as vault:
        held = everything(vault)
    renew_keys(tmp_path / "keys.json", ROTATED, created=date(2022, 1, 1))
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(at)]
    source = str(Path(__file__).parents[2] / "src")
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": source}, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with open_again(tmp_path) as vault:
        assert everything(vault) == held
        _, settled = bring(vault, ROWS[::-1])  # an import between
        assert (settled.new_numbers, settled.new_names, settled.new_cases) == (0, 0, 0)
        stages = []
        rotate(vault, ROTATED, lambda stage, done, total: stages.append((stage, done)), batch=5)
        assert not stages or stages[0][1] >= min(5 * ((at - 1) // 2), 20)  # what was done is not done again
        assert (not stages) == (at == 12)
        assert everything(vault) == held
        assert unfinished(vault) == ()


def test_people_are_found_between_two_batches_and_new_ones_come_under_the_new_keys(tmp_path):
    make(tmp_path).close()
    ring = renew_keys(tmp_path / "keys.json", ROTATED, created=date(2022, 1, 1))
    new = iter(range(100, 200))

    def meanwhile(stage, done, total):
        if stage == "sealed":
            n = next(new)
            _, settled = bring(other, [*ROWS, (number(n), "张一")])
            assert settled.new_numbers == 1
            assert settled.new_cases == n - 99  # 张一 is among the first already, and in each of the new ones

    with Vault.open(tmp_path / "vault.sqlite", ring) as vault, open_again(tmp_path) as other:
        rotate(vault, ROTATED, meanwhile, batch=9)
        assert keys_in_use(vault) == {purpose: {ring.current(purpose).id} for purpose in ROTATED}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99), st.text(min_size=0, max_size=30)), max_size=8),
    st.sets(st.sampled_from(ROTATED)),
    st.integers(1, 9),
)
def test_every_plaintext_survives_any_rotation(people, purposes, batch):
    rows = [(number(n), name, name[:9]) for n, name in people]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with make(home, rows) as vault:
            held = everything(vault)
        ring = renew_keys(home / "keys.json", purposes, created=date(2022, 1, 1))
        with Vault.open(vault.path, ring) as vault:
            rotate(vault, ROTATED, silent, batch=batch)
            assert everything(vault) == held
            forget_retired(vault, home / "keys.json")
        with open_again(home) as vault:
            assert everything(vault) == held
            settled = bring(vault, rows)[1]
            assert (settled.new_numbers, settled.new_names) == (0, 0)
