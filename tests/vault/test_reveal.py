"""In clear only with a purpose, and never what is in doubt."""

import sqlite3
from datetime import date

import pytest
from tests.vault.cast import JULY, JUNE, NOON, bring, fresh, number

from jixiang.vault.refusals import VaultRefused
from jixiang.vault.reveal import reveal, reveal_many

ONE, TWO = number(1), number(2)
CARD, OTHER = "6217000012345678901", "6217000098765432109"
WHY = {"purpose": "发放通知", "by": "经办甲", "at": NOON}


@pytest.fixture
def vault(tmp_path):
    with fresh(tmp_path) as vault:
        yield vault


def shown(vault, text, field):
    own = bring(vault, [(text,)])[0][0].own[0].as_py()
    try:
        return reveal(vault, own, field, **WHY)
    except VaultRefused as refusal:
        assert refusal.problem.suggestion
        return refusal.problem.code


def test_what_came_in_comes_out(vault):
    bring(vault, [(ONE, " 张 三 ", "6217 0000 1234 5678 901")])
    assert [shown(vault, ONE, field) for field in ("number", "name", "account")] == [ONE, "张三", CARD]


def test_every_look_is_written_down_and_stays(vault):
    bring(vault, [(ONE, "张三")])
    shown(vault, ONE, "name")
    assert vault.connection.execute("SELECT field, purpose, by, at FROM revealed").fetchall() == [
        ("name", "发放通知", "经办甲", "2021-08-01 12:00:00")
    ]
    for statement in ("DELETE FROM revealed", "UPDATE revealed SET by = 'x'"):
        with pytest.raises(sqlite3.IntegrityError):
            vault.connection.execute(statement)


@pytest.mark.parametrize("why", [{"purpose": " "}, {"by": ""}])
def test_without_a_reason_nothing_is_shown(vault, why):
    with pytest.raises(VaultRefused):
        reveal(vault, "P", "name", **{**WHY, **why})


def test_the_account_of_the_newest_extract_is_given_whatever_came_last(vault):
    bring(vault, [(ONE, "张三", OTHER)], day=JULY)
    bring(vault, [(ONE, "张三", CARD)], day=JUNE)
    assert shown(vault, ONE, "account") == OTHER
    bring(vault, [(ONE, "张三", CARD)], day=date(2021, 8, 31))
    assert shown(vault, ONE, "account") == CARD


def test_two_accounts_of_one_day_are_not_chosen_between(vault):
    bring(vault, [(ONE, "张三", OTHER), (ONE, "张三", CARD)])
    assert shown(vault, ONE, "account") == "account-several"


def test_the_account_of_a_wrong_name_is_never_given(vault):
    bring(vault, [(ONE, "张三", CARD)], register=True)
    bring(vault, [(ONE, "李四", OTHER)], day=JULY)
    assert shown(vault, ONE, "account") == CARD


def test_of_a_contested_number_neither_name_nor_account_is_given(vault):
    bring(vault, [(ONE, "张三", CARD), (ONE, "李四", OTHER), (ONE, None, CARD)])
    assert [shown(vault, ONE, field) for field in ("name", "account")] == ["name-contested", "account-unknown"]


def test_who_is_not_known_is_told(vault):
    bring(vault, [(ONE,)])
    assert [shown(vault, ONE, field) for field in ("name", "account")] == ["name-unknown", "account-unknown"]
    found = reveal_many(vault, ["PAAAAAAAAAAAAAAAA"], "name", **WHY)
    assert found["PAAAAAAAAAAAAAAAA"].problem.code == "person-unknown"


@pytest.mark.parametrize(
    "swap",
    [
        "UPDATE name SET name = (SELECT n.name FROM name n WHERE n.identity = 2) WHERE identity = 1",
        "UPDATE name SET name = CAST(substr(name, 1, 12) || x'00' || substr(name, 14) AS BLOB) WHERE identity = 1",
        "UPDATE name SET name_key = 1 WHERE identity = 1",
        "UPDATE identity SET number = (SELECT i.number FROM identity i WHERE i.id = 2) WHERE id = 1",
    ],
)
def test_a_row_that_another_hand_changed_is_refused(vault, swap):
    bring(vault, [(ONE, "张三"), (TWO, "李四")])
    vault.connection.execute(swap)
    assert shown(vault, ONE, "name") in ("vault-tampered", "keys-lacking")
    assert shown(vault, TWO, "name") == "李四"
