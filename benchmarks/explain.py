"""python -m benchmarks.explain FACTS [SUBJECTS]: what it takes to explain one decision, in a process that has the rulebook and
what is kept open, as a portal has; pages that are not there are written first. Prints milliseconds as JSON.

`whole`: from the subject's key to the explanation, everything read included; `explaining`: once more on the facts that were read
then; `reading`: what is between the two. Random subjects, each asked about once. Policies that are not about people are asked
about a few subjects only.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from datetime import time as day_time
from functools import cache
from pathlib import Path
from time import perf_counter

from benchmarks.by_hand.required import AS_OF
from benchmarks.places import CITY
from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import load_city
from jixiang.language.typed import Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.fits import about_people, does_it_fit, person_entity, what_fits
from jixiang.readings.kept_facts.one_subject import FactDesk
from jixiang.readings.kept_facts.one_subject_pages import open_pages, write_pages
from jixiang.readings.query import sql
from jixiang.readings.query.sql import col
from jixiang.readings.run.decide_city import cutoffs_by_entity, offer_facts
from jixiang.readings.run.request import Request
from jixiang.tables.store import FactStore

SUBJECTS, FEW = 200, 5
WARM = 20  # subjects that are asked about before, and not counted


def main() -> None:
    store, wanted = FactStore(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else SUBJECTS
    city = load_city(CITY)
    if city.rulebook is None:
        raise SystemExit("\n".join(f"{p.place}: {p.message}" for p in city.errors))
    vocabulary, rulebook = city.vocabulary, city.rulebook
    writing = took(lambda: write_pages(store, vocabulary, rulebook))
    with DuckDB() as engine:
        desk = open_desk(engine, store, vocabulary, rulebook)
        found = {"writing pages": round(writing), **measure(desk, wanted)}
        json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


def open_desk(engine: DuckDB, store: FactStore, vocabulary: Vocabulary, rulebook: Rulebook) -> FactDesk:
    request = Request(vocabulary, rulebook, AS_OF, tuple(sorted(rulebook.policies)))
    offer_facts(engine, request, store)
    pages = open_pages(store, vocabulary, datetime.combine(AS_OF, day_time.max))
    return FactDesk(vocabulary, rulebook, AS_OF, cutoffs_by_entity(request, store), lambda: engine, pages)


def measure(desk: FactDesk, wanted: int) -> dict[str, object]:
    rulebook, vocabulary = desk.rulebook, desk.vocabulary
    people = about_people(rulebook, vocabulary)
    pick = cache(lambda entity: picked(desk, entity, wanted + WARM))
    found = {}
    for code in sorted(rulebook.policies):
        keys = pick(rulebook.policies[code][0].entity)
        found[code] = of_policy(desk, code, keys if code in people else keys[: FEW + 1])
    return {
        "pages": desk.pages is not None,
        "subjects": wanted,
        "policies": found,
        "all of a person": of_person(desk, people, pick(person_entity(vocabulary))),
    }


def picked(desk: FactDesk, entity: str, count: int) -> list[str]:
    known = desk.vocabulary.entities[entity]
    query = sql.select([col(known.key_column)], sql.table(f"raw_{known.table}", "r"))
    keys = desk.engine().fetch(query).column(0)
    places = random.Random(4).sample(range(len(keys)), min(count, len(keys)))
    return [keys[place].as_py() for place in places]


def of_policy(desk: FactDesk, code: str, keys: Sequence[str]) -> dict[str, dict[str, float]]:
    whole, explaining = [], []
    for key in keys:
        facts = desk.facts([code])
        ask = lambda: does_it_fit(desk.rulebook, code, facts, AS_OF, key)  # noqa: B023, E731
        whole.append(took(ask))
        explaining.append(took(ask))
    return summed_up(whole, explaining)


def of_person(desk: FactDesk, codes: Sequence[str], keys: Sequence[str]) -> dict[str, dict[str, float]]:
    whole, explaining = [], []
    for key in keys:
        facts = desk.facts(codes)
        ask = lambda: what_fits(desk.rulebook, facts, AS_OF, key, codes)  # noqa: B023, E731
        whole.append(took(ask))
        explaining.append(took(ask))
    return summed_up(whole, explaining)


def summed_up(whole: Sequence[float], explaining: Sequence[float]) -> dict[str, dict[str, float]]:
    after = min(WARM, len(whole) // 2)
    pairs = list(zip(whole, explaining, strict=True))[after:]
    return {
        "whole": quantiles(one for one, _ in pairs),
        "explaining": quantiles(other for _, other in pairs),
        "reading": quantiles(max(one - other, 0.0) for one, other in pairs),
    }


def quantiles(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(ordered[min(int(len(ordered) * part), len(ordered) - 1)], 3) for name, part in at.items()}


def took(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = perf_counter()
    ask()
    return (perf_counter() - begun) * 1e3


if __name__ == "__main__":
    main()
