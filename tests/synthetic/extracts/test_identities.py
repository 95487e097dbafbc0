"""Who the people of a synthetic city are: numbers that fit them, names that tell them apart, nobody real."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from tests.synthetic.extracts.made import SEED, people, village
from tests.synthetic.facts import PACK

from jixiang.synthetic.extracts.identities import give_identities
from jixiang.synthetic.extracts.strangers import Strangers
from jixiang.tables.store import FactStore
from jixiang.values.resident_id import ResidentId


def truth():
    rows = FactStore(village()).read("person").select(["person_id", "birth_date", "sex"]).to_pylist()
    return {row["person_id"]: row for row in rows}


def test_every_number_is_possible_belongs_to_nobody_and_fits_the_person():
    numbers, known = people().by_key(), truth()
    assert set(numbers) == set(known) and len(set(numbers.values())) == len(numbers)
    for key, number in numbers.items():
        resident = ResidentId(number)
        assert resident.area == "329999"
        assert known[key]["birth_date"] in (None, resident.birth_date)
        assert known[key]["sex"] in (None, resident.sex)


def test_no_two_people_of_one_birth_date_share_a_name():
    numbers, names = people().numbers.to_pylist(), people().names.to_pylist()
    born = Counter((name, number[6:14]) for number, name in zip(numbers, names, strict=True))
    assert set(born.values()) == {1}
    assert len(set(names)) < len(names), "names as such may well be shared"
    assert all("".join(names).encode("gbk")[:1] for _ in range(1))


def test_the_same_seed_names_everybody_alike_and_another_seed_does_not():
    again, other = give_identities(village(), PACK, SEED), give_identities(village(), PACK, SEED + 1)
    assert again.numbers == people().numbers and again.names == people().names
    assert other.names != people().names


def test_a_key_that_is_nobodys_has_no_place():
    keys = pa.array([people().keys[3].as_py(), None, "P", "Z9999999"])
    assert people().positions(keys).to_pylist() == [3, None, None, None]


def test_accounts_end_in_the_right_digit_and_no_bank_has_them():
    accounts = people().accounts(pa.array([0, 17, None, 4242], pa.int32())).to_pylist()
    assert accounts[2] is None
    for account in (accounts[0], accounts[1], accounts[3]):
        doubled = [int(c) * (2 if n % 2 else 1) for n, c in enumerate(reversed(account))]
        assert sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
        assert len(account) == 19 and account.startswith("99")


def test_neither_numbers_nor_names_show_in_what_is_printed():
    assert people().numbers[0].as_py() not in repr(people()) and people().names[0].as_py() not in repr(people())


def test_a_stranger_is_of_the_same_birth_date_and_sex_and_nobody_else():
    strangers, like = Strangers(people()), people().numbers[5].as_py()
    dealt = [strangers.number(like) for _ in range(20)]
    assert len(set(dealt)) == 20 and not set(dealt) & set(people().numbers.to_pylist())
    for number in dealt:
        assert ResidentId(number).birth_date == ResidentId(like).birth_date
        assert ResidentId(number).sex == ResidentId(like).sex
    names = [strangers.name() for _ in range(500)]
    assert len(set(names)) == 500 and not set(names) & set(people().names.to_pylist())
