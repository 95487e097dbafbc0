"""Some subjects judged again by the facts near them: the verdicts that they have when everybody is judged on all facts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.agreement.both import codes_of, somewhere
from tests.agreement.documents import Pack, Size, packs
from tests.agreement.examples import checked, examples
from tests.agreement.histories import Life, lives
from tests.agreement.storage import write_plain, write_recorded
from tests.agreement.town import VOCABULARY

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.readings.query import sql
from jixiang.readings.run.again import Found, Rejudging
from jixiang.readings.run.decide_city import cutoffs_by_entity, offer_facts
from jixiang.readings.run.request import Request
from jixiang.readings.run.verdicts import forget, plan_of

Rows = dict[tuple[str, str], list[dict[str, Any]]]


@examples(0.1)
@given(packs(Size(conditions=3, deep=2)), lives(2), st.booleans(), st.integers(0, 2**32))
def test_they_have_the_verdicts_that_they_have_among_all(pack: Pack, life: Life, recorded: bool, seed: int):
    rulebook, dice = checked(pack), random.Random(seed)
    with somewhere() as folder, DuckDB(threads=1) as engine:
        store = write_recorded(folder, life.dates, life.worlds) if recorded else write_plain(folder, life.worlds[-1])
        request = Request(VOCABULARY, rulebook, life.dates[-1], codes_of(rulebook))
        offered, cutoffs = offer_facts(engine, request, store), cutoffs_by_entity(request, store)
        every = judged(engine, plan_of(request, request.as_of, cutoffs, offered))
        rejudging = Rejudging.ready(engine, request, cutoffs, offered)
        for _ in range(2):
            only = {code: some(dice, keys) for code, keys in keys_of(rulebook, life).items()}
            same(rejudging.rejudge(only), every, only)


def keys_of(rulebook: Rulebook, life: Life) -> dict[str, list[str]]:
    return {code: list(life.worlds[-1].keys(p[0].entity)) for code, p in rulebook.policies.items()}


def some(dice: random.Random, keys: Sequence[str]) -> list[str]:
    return dice.sample(keys, dice.randint(0, min(2, len(keys))))


def judged(engine: DuckDB, plan: Any) -> Rows:
    engine.run(plan.steps)
    found = {(v.policy.code, v.policy.version): rows_of(engine, v.relation) for v in plan.verdicts}
    forget(engine, plan.steps)
    return found


def rows_of(engine: DuckDB, relation: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.fetch(sql.select([sql.star()], sql.table(relation, "r"))).to_pylist()
    return rows


def same(found: Sequence[Found], every: Rows, only: dict[str, list[str]]) -> None:
    again = {(one.policy.code, one.policy.version): one.rows.to_pylist() for one in found}
    for (code, version), rows in every.items():
        wanted = [row for row in rows if row["subject"] in only[code]]
        assert in_order(again.get((code, version), [])) == in_order(wanted)


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["subject"], row["period"], row["title"]))
