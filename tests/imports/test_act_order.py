"""What is known follows from what the extracts say, not from how they came.

Promised, for extracts in which every number comes with one name or with none: rows of a file in any order; an extract in one
file, in several files of one act, or in several acts; every act done again; the acts of all kinds and days in any order
(older ones confirmed): the known content of every fact table and the people of the vault are the same.

Also promised where a number came with two names, if the register is first or everything is sent once more at the end. Not
promised without that: a row that was refused before the register or the desk had spoken is not kept, and must be sent
again. Not compared: how often, when and by which file something was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports.port import Port, Row, fisher, number, sailor, vessel, voyage

DAYS = (date(2021, 5, 31), date(2021, 6, 30), date(2021, 7, 31))
PEOPLE = [number(n) for n in range(4)]
NAMES = ["安", "本", "才", "本"]  # two numbers with one name: a question for the desk, and no row the worse for it
BOATS = ["甲", "乙/1"]


@dataclass(frozen=True)
class Extract:
    kind: str
    day: date
    rows: tuple[Row, ...]


def fishers(who: int, local: bool, licence: str, since: int) -> Row:
    given = (licence, f"2021.01.{since:02}") if licence else ()
    return fisher(PEOPLE[who], NAMES[who], f"621799990000{who}", "1980.02.01", "本港" if local else "外港", *given)


who, boat, month = st.integers(0, 3), st.sampled_from(BOATS), st.integers(1, 2)
ROWS: dict[str, st.SearchStrategy[Row]] = {
    "fishers": st.builds(fishers, who, st.booleans(), st.sampled_from(["", "初级", "中级"]), st.integers(1, 2)),
    "vessels": st.builds(lambda b, w, p: vessel(b, PEOPLE[w], NAMES[w], power=p), boat, who, st.integers(90, 91)),
    "voyages": st.builds(lambda b, w, m, t: voyage(b, PEOPLE[w], m, t), boat, who, month, st.integers(4, 5)),
    "crew": st.builds(lambda w, b, m, p: sailor(PEOPLE[w], NAMES[w], b, m, p), who, boat, month, st.integers(1, 2)),
    "harbour": st.builds(lambda value, since: (value, f"2021-01-0{since}", ""), st.integers(1, 2), st.integers(1, 2)),
}


@st.composite
def extracts(draw: st.DrawFn) -> Extract:
    kind = draw(st.sampled_from(sorted(ROWS)))
    rows = draw(st.lists(ROWS[kind], min_size=1, max_size=5))
    return Extract(kind, draw(st.sampled_from(DAYS)), tuple(rows))


def in_pieces(extract: Extract, random: Random) -> list[Extract]:
    """The extract as several files."""
    cuts = sorted(random.randrange(len(extract.rows) + 1) for _ in range(random.randrange(3)))
    bounds = [0, *cuts, len(extract.rows)]
    pieces = [extract.rows[start:end] for start, end in pairwise(bounds)]
    return [replace(extract, rows=piece) for piece in pieces if piece]


def bring(port: Port, pieces: Iterable[Extract]) -> None:
    """Files of one kind and day, in one act."""
    listed = list(pieces)
    port.bring(listed[0].kind, *(port.file(piece.kind, *piece.rows) for piece in listed), day=listed[0].day)


def otherwise(port: Port, all_: Sequence[Extract], random: Random) -> None:
    """The same extracts: rows shuffled, in pieces together or apart, some again, and all in another order."""
    acts: list[list[Extract]] = []
    for extract in all_:
        rows = list(extract.rows)
        random.shuffle(rows)
        pieces = in_pieces(replace(extract, rows=tuple(rows)), random)
        acts += [pieces] if random.random() < 0.5 else [[piece] for piece in pieces]
    acts += [act for act in acts if random.random() < 0.3]
    random.shuffle(acts)
    for act in acts:
        bring(port, act)


def plainly(port: Port, all_: Sequence[Extract]) -> None:
    """Oldest first, an act for each kind and day."""
    for kind, day in sorted({(extract.kind, extract.day) for extract in all_}, key=lambda one: (one[1], one[0])):
        bring(port, [extract for extract in all_ if (extract.kind, extract.day) == (kind, day)])


@settings(max_examples=settings.default.max_examples // 10)
@given(st.lists(extracts(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_shuffled_split_repeated_and_reordered_imports_end_in_the_same_snapshot(
    tmp_path_factory: pytest.TempPathFactory, all_: list[Extract], random: Random
) -> None:
    one, other = (Port.new(tmp_path_factory.mktemp("port")) for _ in range(2))
    plainly(one, all_)
    otherwise(other, all_, random)
    assert other.state() == one.state()


@settings(max_examples=settings.default.max_examples // 20)
@given(st.lists(extracts(), min_size=1, max_size=3), st.randoms(use_true_random=False), st.integers(0, 3))
def test_with_two_names_of_a_number_all_is_the_same_once_everything_has_been_sent_again(
    tmp_path_factory: pytest.TempPathFactory, all_: list[Extract], random: Random, whose: int
) -> None:
    wrong = replace(all_[0], kind="crew", rows=(sailor(PEOPLE[whose], "误", "甲", 1), sailor(PEOPLE[0], "安", "甲", 2)))
    register = Extract("fishers", DAYS[1], tuple(fishers(n, True, "", 1) for n in range(4)))
    all_ = [*all_, wrong, register]
    one, other = (Port.new(tmp_path_factory.mktemp("port")) for _ in range(2))
    bring(one, [register])
    plainly(one, all_)
    otherwise(other, all_, random)
    plainly(other, all_)
    assert other.state() == one.state()


def test_files_in_one_act_and_each_in_an_act_of_its_own_come_to_the_same(tmp_path: Path):
    rows: list[Any] = [voyage("甲", PEOPLE[0], 1), voyage("甲", PEOPLE[0], 2), voyage("甲", PEOPLE[1], 2)]
    together, apart = Port.new(tmp_path / "together"), Port.new(tmp_path / "apart")
    together.bring("voyages", *(together.file("voyages", row) for row in rows))
    for row in rows:
        apart.bring("voyages", row)
    assert together.state() == apart.state() and len(together.known("voyage")) == 1
