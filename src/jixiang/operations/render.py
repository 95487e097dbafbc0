"""把每份文件写成一页:正式文本、白话说明、案例、各个版本;还可以写上一个人的情况。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import defaultdict
from datetime import datetime, time
from pathlib import Path
from types import ModuleType

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City
from jixiang.language.typed import Rulebook
from jixiang.operations.decide import facts
from jixiang.operations.explain import chosen_code
from jixiang.operations.terminal import Refused, checked_city, console, day, takes_city
from jixiang.readings.explanation import Explanation
from jixiang.readings.fits import does_it_fit, person_entity, what_fits
from jixiang.readings.kept_facts.one_subject import FactDesk
from jixiang.readings.kept_facts.one_subject_pages import open_pages
from jixiang.readings.render import html, markdown
from jixiang.readings.render.book import INDEX, Book
from jixiang.readings.run.decide_city import cutoffs_by_entity, offer_facts
from jixiang.readings.run.request import Request

WRITERS: dict[str, ModuleType] = {"md": markdown, "html": html}
SHOWN_MAX = 12  # rows of one person under one policy


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--out", type=Path, required=True, help="写到哪个目录;先写 index")
    parser.add_argument("--policy", action="append", default=[], help="只写这项政策(编号或名称);可以写几次")
    parser.add_argument("--format", choices=tuple(WRITERS), default="md", help="md(默认)或 html")
    parser.add_argument("--facts", type=Path, help="事实表的目录,与 --as-of 和 --person 或 --subject 一起用")
    parser.add_argument("--as-of", type=day, help="决定日,例如 2021-06-30")
    parser.add_argument("--person", help="写上这个人在每项政策下的情况(人员的编号)")
    parser.add_argument("--subject", help="写上这个对象在 --policy 下的情况(例如证书编号)")


def run(given: Namespace) -> int:
    city, rulebook = checked_city(given.city)
    codes = tuple(_code(city, rulebook, wanted) for wanted in given.policy)
    standings = _standings(given, city, rulebook, tuple(code for code in codes if code in rulebook.policies))
    writer = WRITERS[given.format]
    given.out.mkdir(parents=True, exist_ok=True)
    count = 0
    for page in Book(city, rulebook, standings).all_pages(codes):
        (given.out / f"{page.name}{writer.ENDING}").write_text(writer.write(page), encoding="utf-8")
        count += 1
    console.print(f"写了 {count} 页,从 {given.out / (INDEX + writer.ENDING)} 看起", markup=False)
    return 0


def _code(city: City, rulebook: Rulebook, wanted: str) -> str:
    """Of a policy, or of a 办法, which decides nothing but has its page."""
    fronts = [scope.front for scope in city.scopes.values() if scope.front.kind == "办法" and scope.front.code]
    found = next((f.code for f in fronts if wanted.strip("《》") in (f.code, f.name)), None)
    return found or next(chosen_code(rulebook, wanted))


def _standings(
    given: Namespace, city: City, rulebook: Rulebook, codes: tuple[str, ...]
) -> dict[str, list[Explanation]]:
    """How somebody stands, by policy code; the newest periods and rows of each."""
    if not (given.person or given.subject):
        return {}
    if given.facts is None or given.as_of is None:
        raise Refused("要写上一个人的情况,还要知道事实和日子", "加上 --facts 目录 --as-of 2021-06-30")
    if given.subject and len(codes) != 1:
        raise Refused("--subject 是一项政策的对象,要写明是哪一项", "加上一个 --policy,或改用 --person")
    wanted = codes or tuple(sorted(rulebook.policies))
    request = Request(city.vocabulary, rulebook, given.as_of, wanted)
    store = facts(given.facts)
    found: dict[str, list[Explanation]] = defaultdict(list)
    with DuckDB() as engine:
        offer_facts(engine, request, store)
        until = datetime.combine(given.as_of, time.max)
        cutoffs = cutoffs_by_entity(request, store)
        pages = open_pages(store, city.vocabulary, until)
        desk = FactDesk(city.vocabulary, rulebook, given.as_of, cutoffs, lambda: engine, pages)
        known = desk.facts(list(wanted))
        entity = rulebook.policies[wanted[0]][0].entity if given.subject else person_entity(city.vocabulary)
        if known.row(entity, given.subject or given.person) is None:
            raise Refused(f"没有编号为 '{given.subject or given.person}' 的{entity}", "编号写在事实表和决定文件里")
        if given.subject:
            one = does_it_fit(rulebook, wanted[0], known, given.as_of, given.subject)
            return {wanted[0]: [one]} if one is not None else {}
        for one in what_fits(rulebook, known, given.as_of, given.person, wanted):
            found[one.policy].append(one)
    return {code: many[-SHOWN_MAX:] for code, many in found.items()}
