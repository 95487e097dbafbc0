"""The vault opens with its own keys or not at all, and acts happen as a whole."""

import sqlite3
from dataclasses import replace

import pytest
from tests.vault.cast import JUNE, bring, contents, fresh, number

from jixiang.vault.keys import new_ring
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.sealing import Sealer
from jixiang.vault.store import Vault


def refusal(act, *arguments, **named):
    with pytest.raises(VaultRefused) as caught:
        act(*arguments, **named)
    assert caught.value.problem.suggestion
    return caught.value.problem.code


@pytest.fixture
def vault(tmp_path):
    with fresh(tmp_path) as vault:
        yield vault


def test_what_was_brought_is_there_when_it_is_opened_again(vault):
    bring(vault, [(number(1), "张三")])
    held = contents(vault)
    vault.close()
    with Vault.open(vault.path, vault.ring) as again:
        assert contents(again) == held


def test_it_is_for_its_owner_only(vault):
    bring(vault, [(number(1), "张三")])
    files = list(vault.path.parent.glob(vault.path.name + "*"))
    assert len(files) >= 2
    assert {file.stat().st_mode & 0o077 for file in files} == {0}


def test_another_ring_is_refused(vault):
    assert refusal(Vault.open, vault.path, new_ring(created=JUNE)) == "keys-wrong"


def test_a_ring_with_one_wrong_key_is_refused(vault):
    for n, key in enumerate(vault.ring.keys):
        keys = list(vault.ring.keys)
        keys[n] = replace(key, secret=bytes(32))
        assert refusal(Vault.open, vault.path, replace(vault.ring, keys=tuple(keys))) == "keys-wrong"


def test_a_ring_that_lacks_a_key_is_refused_and_nothing_is_written(vault):
    older = vault.ring
    newer = older.renewed(["name"], created=JUNE)
    Vault.open(vault.path, newer).close()
    assert refusal(Vault.open, vault.path, older) == "keys-lacking"
    assert refusal(bring, vault, [(number(1), "张三")]) == "keys-lacking"  # opened before the keys were renewed
    with Vault.open(vault.path, newer) as again:
        assert contents(again) == ({}, set())


def test_a_second_act_at_the_same_time_is_refused(vault):
    with Vault.open(vault.path, vault.ring, patience_ms=10) as other, vault.act():
        assert refusal(bring, other, [(number(1), "张三")]) == "vault-busy"
    bring(vault, [(number(1), "张三")])


def test_an_act_that_fails_leaves_nothing(vault):
    with pytest.raises(ZeroDivisionError), vault.act() as connection:
        connection.execute("CREATE TABLE ledger (id INTEGER)")
        vault.drop_indexes()
        raise ZeroDivisionError
    tables = {row[0] for row in vault.connection.execute("SELECT name FROM sqlite_schema")}
    assert "ledger" not in tables
    assert "identity_own" in tables


def test_other_tables_share_the_act(vault):
    with vault.act() as connection:
        connection.execute("CREATE TABLE ledger (id INTEGER)")
        connection.execute("INSERT INTO ledger VALUES (1)")
    assert vault.connection.execute("SELECT * FROM ledger").fetchall() == [(1,)]


def test_a_vault_is_never_made_over_another(vault):
    assert refusal(Vault.create, vault.path, vault.ring) == "vault-exists"


def test_an_interrupted_creation_is_begun_again(tmp_path):
    (tmp_path / "vault.sqlite").touch()
    Vault.create(tmp_path / "vault.sqlite", new_ring(created=JUNE)).close()


def test_missing_and_foreign_files_are_told(tmp_path):
    ring = new_ring(created=JUNE)
    assert refusal(Vault.open, tmp_path / "vault.sqlite", ring) == "vault-missing"
    (tmp_path / "text").write_text("序号,姓名\n" * 500)
    assert refusal(Vault.open, tmp_path / "text", ring) == "vault-damaged"
    sqlite3.connect(tmp_path / "other").execute("CREATE TABLE a (b)").connection.close()
    assert refusal(Vault.open, tmp_path / "other", ring) == "vault-damaged"


def test_neither_vault_nor_sealer_shows_a_key(vault):
    shown = repr(vault) + repr(vault.sealer) + repr(Sealer(vault.ring))
    assert not [key for key in vault.ring.keys if key.secret.hex() in shown or repr(key.secret) in shown]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO identity VALUES (1, 'P', 1, zeroblob(32), 1, zeroblob(46))",
        "INSERT INTO identity VALUES (1, '329999199005170019', 1, zeroblob(32), 1, zeroblob(46))",
        "INSERT INTO identity VALUES (1, 'PAAAAAAAAAAAAAAAA', 1, zeroblob(31), 1, zeroblob(46))",
        "INSERT INTO identity VALUES (1, 'PAAAAAAAAAAAAAAAA', 99, zeroblob(32), 1, zeroblob(46))",
        "INSERT INTO identity VALUES (1, 'PAAAAAAAAAAAAAAAA', 1, zeroblob(32), 1, '329999199005170019')",
        "INSERT INTO name (identity, no, index_key, name_index, name_key, name) VALUES (5, 0, 1, zeroblob(32), 1, zeroblob(40))",
        "INSERT INTO decision (case_id, verdict, by, at, note) VALUES (5, 'same-person', '', '', '')",
        "INSERT INTO desk_case (kind, identity, name_no, opened_at) VALUES ('two-numbers', 1, -1, '')",
    ],
)
def test_the_tables_refuse_what_cannot_be(vault, statement):
    with pytest.raises(sqlite3.IntegrityError), vault.act() as connection:
        connection.execute(statement)
