"""Whom a row speaks of: the same people, refusals and cases whatever the order, the blocks and the acts."""

import itertools
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.cast import BIRTH, JULY, JUNE, NOON, bring, contents, fresh, match, number, refused_rows

from jixiang.vault import matching
from jixiang.vault.matching import Matcher
from jixiang.vault.refusals import VaultRefused

ONE, TWO, THREE = number(1), number(2), number(3, date(1985, 1, 2))


@pytest.fixture
def vault(tmp_path):
    with fresh(tmp_path) as vault:
        yield vault


def own_of(vault, text):
    return bring(vault, [(text,)])[0][0].own[0].as_py()


def test_a_row_without_a_number_is_about_nobody(vault):
    matched, settled = bring(vault, [(None, "张三"), (ONE, "张三"), (None,)])
    assert matched[0].own.is_valid().to_pylist() == [False, True, False]
    assert matched[0].person == matched[0].own
    assert settled.new_numbers == 1


def test_an_own_key_is_a_p_and_sixteen_characters_and_the_same_every_time(vault):
    first = own_of(vault, ONE)
    assert first[0] == "P"
    assert len(first) == 17
    assert own_of(vault, TWO) != first
    assert own_of(vault, ONE) == first


def test_a_name_may_come_later_than_its_number(vault):
    bring(vault, [(ONE,)])
    matched, settled = bring(vault, [(ONE, "张三"), (ONE,), (ONE, "张 三")])
    assert refused_rows(matched, settled) == [[]]
    assert contents(vault)[0] == {ONE: {("张三", 0, None, True)}}


def test_a_row_with_another_name_than_the_registers_is_refused_and_goes_to_the_desk(vault):
    bring(vault, [(ONE, "张三")], register=True)
    matched, settled = bring(vault, [(ONE, "李四"), (ONE, "张三"), (ONE,)], day=JULY)
    assert refused_rows(matched, settled) == [[0]]
    assert (settled.withheld, settled.withdrawn, settled.new_cases) == ((), (), 1)
    matched, settled = bring(vault, [(ONE, "李四")], day=JULY)
    assert refused_rows(matched, settled) == [[0]]
    assert settled.new_cases == 0


def test_a_number_that_comes_with_two_names_that_nobody_has_confirmed_is_withheld_as_a_whole(vault):
    matched, settled = bring(vault, [(ONE, "张三"), (TWO, "王五")], [(ONE, "李四"), (ONE,)])
    assert refused_rows(matched, settled) == [[0], [0, 1]]
    assert settled.withheld == (own_of(vault, ONE),)
    assert settled.withdrawn == ()  # no earlier act has stated anything
    assert settled.new_cases == 2


def test_what_an_earlier_act_stated_under_a_name_that_is_contested_now_is_to_be_withdrawn(vault):
    bring(vault, [(ONE, "张三")])
    matched, settled = bring(vault, [(ONE, "李四")])
    assert refused_rows(matched, settled) == [[0]]
    assert settled.withheld == settled.withdrawn == (own_of(vault, ONE),)
    matched, settled = bring(vault, [(ONE, "张三")])
    assert refused_rows(matched, settled) == [[0]]
    assert settled.withdrawn == ()


def test_the_register_overrules_a_name_that_nobody_has_confirmed(vault):
    bring(vault, [(ONE, "李四")])
    matched, settled = bring(vault, [(ONE, "张三")], register=True)
    assert refused_rows(matched, settled) == [[]]
    assert (settled.withheld, settled.withdrawn) == ((), (own_of(vault, ONE),))


def test_the_register_confirms_the_name_that_is_known(vault):
    bring(vault, [(ONE, "张三"), (TWO, "王五")])
    _, settled = bring(vault, [(ONE, "张三")], register=True)
    assert settled.withdrawn == ()
    assert contents(vault)[0][ONE] == {("张三", 20210630, None, True)}
    bring(vault, [(ONE, "张三")], register=True, day=date(2021, 5, 31))
    assert contents(vault)[0][ONE] == {("张三", 20210531, None, True)}


def test_one_name_and_birth_date_with_two_numbers_is_taken_and_goes_to_the_desk(vault):
    matched, settled = bring(vault, [(ONE, "张三"), (TWO, "张 三"), (THREE, "张三")])
    assert refused_rows(matched, settled) == [[]]
    assert set(settled.two_numbers) == {own_of(vault, ONE), own_of(vault, TWO)}
    assert settled.new_cases == 1
    matched, settled = bring(vault, [(number(4), "张三")])
    assert (settled.new_cases, settled.two_numbers) == (2, (own_of(vault, number(4)),))


def test_a_placeholder_that_many_numbers_share_does_not_flood_the_desk(vault):
    _, settled = bring(vault, [(number(n), "不详") for n in range(300)])
    assert settled.new_cases == 20 * 19 // 2


def test_a_misplaced_column_of_names_stops_the_act(vault):
    rows = [(number(n), f"某{chr(0x4E00 + n)}") for n in range(40)]
    bring(vault, rows, register=True)
    with pytest.raises(VaultRefused) as caught, vault.act():
        matcher = Matcher(vault, extracted=JULY, at=NOON, doubts_max=30)
        match(matcher, [(one[0], other[1]) for one, other in itertools.pairwise(rows)])
    assert caught.value.problem.code == "names-differ"


def test_matching_needs_an_act(vault):
    with pytest.raises(ValueError, match="act"):
        Matcher(vault, extracted=JUNE, at=NOON)


def test_columns_come_in_chunks_or_as_dictionaries_too(vault):
    with vault.act():
        matcher = Matcher(vault, extracted=JUNE, at=NOON)
        numbers, names = pa.chunked_array([[ONE, None], [TWO]]), pa.array(["张三", "王五", "张三"]).dictionary_encode()
        matched = matcher.match(numbers, names)
        assert matched.own.null_count == 1
        assert matcher.match(pa.array([], pa.string()), pa.array([], pa.string())).own.to_pylist() == []
        assert matcher.match(pa.array([None], pa.string())).own.to_pylist() == [None]
        assert matcher.match(pa.nulls(2), pa.nulls(2), pa.nulls(2)).own.to_pylist() == [None, None]
        assert matcher.match(numbers, pa.nulls(3)).own == matched.own.cast(pa.string())
        matcher.settle()


def test_many_people_are_found_again(vault, monkeypatch):
    monkeypatch.setattr(matching, "PIECE", 37)
    rows = [(number(n % 1000, date(1950 + n // 1000, 3, 4)), f"张{chr(0x4E00 + n)}") for n in range(3000)]
    (first,), settled = bring(vault, rows)
    assert (settled.new_numbers, settled.new_names, settled.new_cases) == (3000, 3000, 0)
    (second,), settled = bring(vault, rows[::-1])
    assert second.own.to_pylist() == first.own.to_pylist()[::-1]
    assert (settled.new_numbers, settled.new_names, len(second.two_names)) == (0, 0, 0)


# Whatever the order ------------------------------------------------------------------------------------------------

PEOPLE = st.sampled_from([ONE, TWO, number(4), THREE])
NAMES = st.sampled_from(["张三", "张 三", "李四", "LiNa", None])
ROWS = st.lists(st.tuples(PEOPLE, NAMES), min_size=1, max_size=10)


def in_blocks(rows, cuts):
    edges = [0, *sorted(cuts), len(rows)]
    return [rows[a:b] for a, b in itertools.pairwise(edges)]


def outcome(known, rows, blocks, *, register):
    """What became of each row, and of the vault."""
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder)) as vault:
        for earlier, confirmed in known:
            bring(vault, earlier, register=confirmed, day=date(2021, 5, 31))
        matched, settled = bring(vault, *blocks, register=register)
        bad = [n for block, m in zip(refused_rows(matched, settled), matched, strict=True) for n in _mask(block, m)]
        return (
            sorted(zip(map(str, itertools.chain(*blocks)), bad, strict=True)),
            contents(vault)[0],
            len(contents(vault)[1]),
            (len(settled.withheld), len(settled.withdrawn), len(settled.two_numbers), settled.new_cases),
        )


def _mask(block, matched):
    return [n in block for n in range(len(matched.own))]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(ROWS, st.booleans()), max_size=2), ROWS, st.data(), st.booleans(), st.lists(st.integers(0, 10))
)
def test_order_and_blocks_of_an_act_do_not_matter(known, rows, data, register, cuts):
    mixed = data.draw(st.permutations(rows))
    one = outcome(known, rows, [rows], register=register)
    other = outcome(known, mixed, in_blocks(mixed, [c for c in cuts if c <= len(rows)]), register=register)
    assert one == other


def standing_rows(acts):
    """The rows that nothing refused, withheld or withdrew, after all acts of one extract."""
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder)) as vault:
        stated = set()
        for rows in acts:
            matched, settled = bring(vault, rows)
            (bad,) = refused_rows(matched, settled)
            owns = matched[0].own.to_pylist()
            gone = {*settled.withheld, *settled.withdrawn}
            stated |= {(owns[n], row[0]) for n, row in enumerate(rows) if n not in bad}
            stated = {(own, row) for own, row in stated if own not in gone}
        held = contents(vault)
        return {row for _, row in stated}, held[0], len(held[1])


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data(), st.lists(st.integers(0, 10), max_size=3))
def test_one_extract_split_shuffled_and_repeated_ends_in_the_same_state(rows, data, cuts):
    mixed = data.draw(st.permutations(rows))
    acts = [act for act in in_blocks(mixed, [c for c in cuts if c <= len(rows)]) if act]
    repeated = data.draw(st.lists(st.sampled_from(acts), max_size=2))
    assert standing_rows([rows]) == standing_rows([*acts, *repeated])


def test_the_birth_date_of_the_cast_is_not_that_of_the_third():
    assert ONE[6:14] == TWO[6:14] == f"{BIRTH:%Y%m%d}" != THREE[6:14]
