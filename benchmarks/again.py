"""python -m benchmarks.again FACTS [PEOPLE]: so many people have changed, and all whom it concerns are judged again, in a process
that has the plan and what is kept open. Prints seconds as JSON; with --check it fails unless a full judging says the same."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.by_hand.run import AS_OF
from benchmarks.clock import peak_mb
from benchmarks.pack import by_hand_city
from jixiang.engines.duckdb import DuckDB
from jixiang.readings.query import sql
from jixiang.readings.query.sql import col
from jixiang.readings.run.again import Rejudging
from jixiang.readings.run.decide_city import cutoffs_by_entity, offer_facts
from jixiang.readings.run.request import Request, whole_families
from jixiang.tables.store import FactStore

PEOPLE, TIMES = 1000, 7


def main() -> None:
    store, people = FactStore(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE
    city = by_hand_city()
    assert city.rulebook is not None
    request = Request(
        city.vocabulary, city.rulebook, AS_OF, whole_families(city.rulebook, tuple(city.rulebook.policies))
    )
    entity = next(e for e in city.vocabulary.entities.values() if e.table == "person")
    with DuckDB() as engine:
        offered = offer_facts(engine, request, store)
        begun = perf_counter()
        ready = Rejudging.ready(engine, request, cutoffs_by_entity(request, store), offered)
        made = perf_counter() - begun
        keys = engine.fetch(sql.select([col(entity.key_column)], sql.table("raw_person", "r"))).column(0)
        dice, spent, judged = random.Random(9), [], 0
        for _ in range(TIMES):
            chosen = [keys[n].as_py() for n in dice.sample(range(len(keys)), min(people, len(keys)))]
            begun = perf_counter()
            found = ready.changed(entity.name, chosen)
            spent.append(perf_counter() - begun)
            judged = sum(one.rows.num_rows for one in found)
    json.dump(
        {"people": people, "seconds": spent, "verdicts": judged, "plan_s": made, "peak_mb": peak_mb()}, sys.stdout
    )


if __name__ == "__main__":
    main()
