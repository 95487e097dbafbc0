"""The ring: made with care, kept with care, and refused with a reason wherever something is not as it should be."""

import json
from datetime import date

import pytest

from jixiang.vault.keys import PURPOSES, create_ring, load_ring, new_ring
from jixiang.vault.refusals import VaultRefused

DAY = date(2021, 6, 30)


def refusal(act, *arguments, **named):
    with pytest.raises(VaultRefused) as caught:
        act(*arguments, **named)
    assert caught.value.problem.suggestion
    return caught.value.problem.code


def test_a_ring_is_saved_for_its_owner_only_and_read_back(tmp_path):
    path = tmp_path / "keys.json"
    ring = create_ring(path, created=DAY)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_ring(path) == ring
    assert {key.purpose for key in ring.keys} == set(PURPOSES)
    assert all(len(key.secret) == 32 and key.created == DAY for key in ring.keys)


def test_no_two_keys_are_the_same():
    rings = [new_ring(created=DAY) for _ in range(3)]
    assert len({key.secret for ring in rings for key in ring.keys}) == 3 * len(PURPOSES)


def test_a_key_never_shows_itself():
    ring = new_ring(created=DAY)
    assert not [key for key in ring.keys if repr(key.secret)[2:-1] in repr(ring) or key.secret.hex() in repr(ring)]
    assert "secret" not in repr(ring)


def test_the_newest_key_of_a_purpose_writes_and_the_older_stay_until_they_are_dropped():
    ring = new_ring(created=DAY)
    renewed = ring.renewed(["name"], created=date(2022, 1, 1))
    assert renewed.current("name").id > ring.current("name").id
    assert renewed.of("name")[1] == ring.current("name")
    assert renewed.current("number") == ring.current("number")
    assert renewed.without([ring.current("name").id]).of("name") == renewed.of("name")[:1]


def test_a_key_in_use_is_not_dropped():
    ring = new_ring(created=DAY)
    with pytest.raises(ValueError, match="in use"):
        ring.without([ring.current("name").id])


def test_the_naming_key_is_never_renewed():
    assert refusal(new_ring(created=DAY).renewed, ["naming"], created=DAY) == "keys-naming"


def test_a_ring_is_never_written_over(tmp_path):
    create_ring(tmp_path / "keys.json", created=DAY)
    assert refusal(create_ring, tmp_path / "keys.json", created=DAY) == "keys-exist"


def test_a_missing_file_is_told(tmp_path):
    assert refusal(load_ring, tmp_path / "keys.json") == "keys-missing"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o601])
def test_a_file_that_others_may_open_is_refused(tmp_path, mode):
    path = tmp_path / "keys.json"
    create_ring(path, created=DAY)
    path.chmod(mode)
    assert refusal(load_ring, path) == "keys-open"


def without_naming(data):
    data["keys"] = [key for key in data["keys"] if key["purpose"] != "naming"]


def twice(data):
    data["keys"][1]["id"] = data["keys"][0]["id"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.pop("keys"),
        lambda data: data.update(format=9),
        lambda data: data["keys"][0].update(key="AAAA"),
        lambda data: data["keys"][0].update(key="*" * 44),
        lambda data: data["keys"][0].update(purpose="other"),
        lambda data: data["keys"][0].update(id=True),
        lambda data: data["keys"][0].update(created="yesterday"),
        lambda data: data.update(keys=[1]),
        without_naming,
        twice,
    ],
)
def test_a_damaged_ring_is_refused(tmp_path, damage):
    path = tmp_path / "keys.json"
    create_ring(path, created=DAY)
    data = json.loads(path.read_text())
    damage(data)
    path.write_text(json.dumps(data))
    assert refusal(load_ring, path) == "keys-damaged"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 100_000])
def test_what_is_no_ring_is_refused(tmp_path, content):
    path = tmp_path / "keys.json"
    path.touch(0o600)
    path.write_bytes(content)
    assert refusal(load_ring, path) == "keys-damaged"
