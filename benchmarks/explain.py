"""python -m benchmarks.explain FACTS [SUBJECTS]: what it takes to explain one decision, in a process that has the rulebook and
what is kept open, as a portal has; pages that are not there are written first. Prints milliseconds as JSON.

`whole`: from the subject's key to the explanation, everything read included; `cpu`: what this thread has worked for it, whoever
else is busy; `explaining`: once more on the facts that were read then; `reading`: what is between the two. Random subjects, each
asked about once. Policies that are not about people are asked about a few subjects only.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from datetime import time as day_time
from functools import cache
from pathlib import Path
from time import perf_counter, thread_time

from benchmarks.by_hand.required import AS_OF
from benchmarks.pack import by_hand_city
from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.fits import about_people, does_it_fit, person_entity, what_fits
from jixiang.readings.kept_facts.one_subject import FactDesk
from jixiang.readings.kept_facts.one_subject_pages import open_pages, write_pages
from jixiang.readings.query import sql
from jixiang.readings.query.sql import col
from jixiang.readings.run.decide_city import cutoffs_by_entity, offer_facts
from jixiang.readings.run.request import Request
from jixiang.readings.world import Facts, World
from jixiang.tables.store import FactStore
from jixiang.values.month import Month

SUBJECTS, FEW = 200, 5
WARM = 20  # subjects that are asked about before, and not counted


def main() -> None:
    store, wanted = FactStore(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else SUBJECTS
    city = by_hand_city()
    assert city.rulebook is not None
    vocabulary, rulebook = city.vocabulary, city.rulebook
    writing, _ = took(lambda: write_pages(store, vocabulary, rulebook))
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
        "people": sorted(people),
        "policies": found,
        "all of a person": of_person(desk, people, pick(person_entity(vocabulary))),
        "all, typed in": typed_in_figures(rulebook, vocabulary, wanted),
    }


def typed_in_figures(rulebook: Rulebook, vocabulary: Vocabulary, times: int) -> Figures:
    found = [took(lambda: what_fits(rulebook, typed_in(vocabulary), AS_OF, "我")) for _ in range(times)]
    return {"whole": quantiles(whole for whole, _ in found), "cpu": quantiles(cpu for _, cpu in found)}


def typed_in(vocabulary: Vocabulary) -> World:
    """What somebody says of themselves: two years of contributions, a job, a certificate, a training, a course."""
    me = "我"
    world = World(vocabulary)
    world.put("人员", me, 性别="2", 出生日期=date(1990, 5, 1), 户籍性质="20", 退役军人=False)
    world.put("单位", "单位", 单位类型="10", 规模="3", 参保人数=40)
    world.put("用工", "用工", 职工=me, 单位="单位", 入职日期=date(2020, 9, 1), 参保日期=date(2020, 9, 10))
    world.put(
        "证书", "证书", 持证人=me, 职业="4-02-06-01", 等级="4", 发证日期=date(2021, 3, 1), 取得方式="1", 有效=True
    )
    world.put(
        "培训",
        "培训",
        学员=me,
        单位="单位",
        方式="3",
        开始日期=date(2021, 4, 1),
        结束日期=date(2021, 5, 1),
        证书="证书",
    )
    world.put(
        "线上学习", "学习", 学员=me, 单位="单位", 完成日期=date(2021, 5, 20), 有效课时=20, 考试成绩=90, 人脸核验="1"
    )
    for month in range(24):
        paid = Month.from_yyyymm(201906) + month
        for insurance in ("110", "210", "310"):
            said = {"参保人": me, "单位": "单位", "险种": insurance, "所属期": paid, "已到账": True}
            world.put("缴费", f"{paid} {insurance}", **said)
    return world


def picked(desk: FactDesk, entity: str, count: int) -> list[str]:
    known = desk.vocabulary.entities[entity]
    query = sql.select([col(known.key_column)], sql.table(f"raw_{known.table}", "r"))
    keys = desk.engine().fetch(query).column(0)
    places = random.Random(4).sample(range(len(keys)), min(count, len(keys)))
    return [keys[place].as_py() for place in places]


Took = tuple[float, float]  # milliseconds by the clock, and of this thread's work
Figures = dict[str, dict[str, float]]


def of_policy(desk: FactDesk, code: str, keys: Sequence[str]) -> Figures:
    def ask(facts: Facts, key: str) -> object:
        return does_it_fit(desk.rulebook, code, facts, AS_OF, key)

    return asked_twice(desk, [code], keys, ask)


def of_person(desk: FactDesk, codes: Sequence[str], keys: Sequence[str]) -> Figures:
    def ask(facts: Facts, key: str) -> object:
        return what_fits(desk.rulebook, facts, AS_OF, key, codes)

    return asked_twice(desk, codes, keys, ask)


def asked_twice(
    desk: FactDesk, codes: Sequence[str], keys: Sequence[str], ask: Callable[[Facts, str], object]
) -> Figures:
    pairs = []
    for key in keys:
        facts = desk.facts(codes)
        pairs.append((took(lambda: ask(facts, key)), took(lambda: ask(facts, key))))  # noqa: B023
    counted = pairs[min(WARM, len(pairs) // 2) :]
    return {
        "whole": quantiles(whole for (whole, _), _ in counted),
        "cpu": quantiles(cpu for (_, cpu), _ in counted),
        "explaining": quantiles(again for _, (again, _) in counted),
        "reading": quantiles(max(whole - again, 0.0) for (whole, _), (again, _) in counted),
    }


def quantiles(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(ordered[min(int(len(ordered) * part), len(ordered) - 1)], 3) for name, part in at.items()}


def took(ask: Callable[[], object]) -> Took:
    begun, worked = perf_counter(), thread_time()
    ask()
    return (perf_counter() - begun) * 1e3, (thread_time() - worked) * 1e3


if __name__ == "__main__":
    main()
