"""Canaries: nothing that anybody may find of the vault holds a number, a name or an account."""

import logging
import traceback

import pytest
from tests.vault.cast import JULY, NOON, bring, fresh, number

from jixiang.vault.desk import decide, list_cases
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.rotation import rotate

NUMBERS = [number(n) for n in (901, 902, 903)]
NAMES = ["欧阳雀鸣", "诸葛金丝", "Canary Bird"]
ACCOUNTS = ["6217998877665544332", "6217112233445566778", "6217000011112222333"]
ROWS = list(zip(NUMBERS, NAMES, ACCOUNTS, strict=True))


def spellings(text):
    """A text as it might lie in a file, also without its spaces or in parts."""
    parts = {text, text.replace(" ", "").upper(), text[6:17]} if text[0].isdigit() else {text, text.upper()}
    return {part.encode(code) for part in parts for code in ("utf-8", "utf-16-le", "utf-16-be", "gbk")}


def leaks(blob):
    return [text for text in (*NUMBERS, *NAMES, *ACCOUNTS) if any(form in blob for form in spellings(text))]


def lying_around(folder):
    return {file.name: found for file in folder.rglob("*") if file.is_file() and (found := leaks(file.read_bytes()))}


def test_the_search_finds_what_it_is_to_find(tmp_path):
    (tmp_path / "leak").write_bytes("姓名:欧阳雀鸣".encode("gbk") + NUMBERS[1].encode("utf-16"))
    assert lying_around(tmp_path) == {"leak": [NUMBERS[1], NAMES[0]]}


def test_no_file_of_the_vault_holds_a_canary(tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with fresh(tmp_path) as vault:
        matched, settled = bring(vault, ROWS)
        assert lying_around(tmp_path) == {}  # with the write-ahead log
        bring(vault, [(NUMBERS[0], NAMES[1]), (NUMBERS[2], NAMES[2], ACCOUNTS[0])], day=JULY)
        cases = list(list_cases(vault))
        with vault.act():
            decide(vault, cases[0].id, "former-name", by="甲", at=NOON, note="已核对")
            assert lying_around(tmp_path) == {}
        rotate(vault, ["number", "name"], lambda *_: None)
        names = {file.name.removeprefix(vault.path.name) for file in tmp_path.iterdir()}
        assert names >= {"", "-wal"}
        assert lying_around(tmp_path) == {}
        assert leaks(repr((vault, matched, settled, cases)).encode()) == []
    assert lying_around(tmp_path) == {}
    out, err = capfd.readouterr()
    assert leaks((caplog.text + out + err).encode()) == []


def test_no_refusal_quotes_a_canary(tmp_path):
    with fresh(tmp_path) as vault:
        bring(vault, ROWS)
        vault.connection.execute("UPDATE name SET name = zeroblob(40)")
        with pytest.raises(VaultRefused) as caught:
            list(bring(vault, [(n, name) for n, name in zip(NUMBERS, NAMES[::-1], strict=True)]) and list_cases(vault))
        assert caught.value.problem.code == "vault-tampered"
        assert leaks("".join(traceback.format_exception(caught.value)).encode()) == []
