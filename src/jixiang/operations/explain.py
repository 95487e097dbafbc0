"""解释一个决定:每个数值、每个条件和它的条文,差多少,名额被谁占着。"""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City
from jixiang.language.typed import Policy, Rulebook
from jixiang.operations.decide import chosen, facts, had_run
from jixiang.operations.terminal import Refused, checked_city, console, day, moved, progress, show_json, takes_city
from jixiang.readings.decide import Period, judge
from jixiang.readings.explain import explain
from jixiang.readings.explanation import Explanation, as_data, render
from jixiang.readings.fact_files import FactFiles
from jixiang.readings.fits import speaking
from jixiang.readings.kept_facts.one_subject import FactDesk
from jixiang.readings.kept_facts.one_subject_pages import open_pages
from jixiang.readings.run.decide_city import cutoffs_by_entity, decide_city, offer_facts
from jixiang.readings.run.request import Request, whole_families
from jixiang.tables.store import FactStore
from jixiang.values.money import Money


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, required=True, help="事实表的目录")
    parser.add_argument("--as-of", type=day, required=True, help="决定日,例如 2021-06-30")
    parser.add_argument("--policy", required=True, help="政策的编号或名称")
    parser.add_argument("--subject", required=True, help="对象的编号,例如证书编号;compare --csv 写的表里有")
    parser.add_argument("--period", help="哪一期,例如 2020-08 或 2021;默认是最近的一期")
    parser.add_argument("--decisions", type=Path, help="已经写好的决定(decide 的 --out);没有就当场算出名额归谁")
    parser.add_argument("--json", action="store_true", help="用 JSON 输出同样的内容")


def run(given: Namespace) -> int:
    city, rulebook = checked_city(given.city)
    code = next(c for c in chosen_code(rulebook, given.policy))
    request = Request(city.vocabulary, rulebook, given.as_of, whole_families(rulebook, (code,)))
    store = facts(given.facts)
    with DuckDB() as engine:
        offer_facts(engine, request, store)
        desk = Desk(city, rulebook, request, store, engine, had_run(given.decisions) if given.decisions else None)
        found = desk.explain(code, given.subject, given.period)
    if given.json:
        show_json(as_data(found))
    else:
        console.print(render(found), markup=False)
    return 0


def chosen_code(rulebook: Rulebook, wanted: str) -> Iterator[str]:
    """The policy that a name or a code means."""
    known = {version.name: code for code, versions in rulebook.policies.items() for version in versions}
    if wanted in rulebook.policies:
        yield wanted
    elif wanted.strip("《》") in known:
        yield known[wanted.strip("《》")]
    else:
        chosen(rulebook, [wanted])  # refuses, and says which there are


@dataclass
class Desk:
    """Everything that is needed to answer for one subject. `decisions`: a run that is written; without one, the family of
    the policy is run when somebody's claim depends on others."""

    city: City
    rulebook: Rulebook
    request: Request
    store: FactStore
    engine: DuckDB
    decisions: Path | None = None

    def explain(self, code: str, subject: str, period_text: str | None = None) -> Explanation:
        today = self._decided_on(code, subject, period_text) or self.request.as_of
        world = self._facts.facts([code])
        policy, period = self._speaking(code, world, subject, period_text, today)
        verdicts = judge(self.rulebook, policy, world, today, subject, period)
        asks = any(v.outcome == "candidate" for v in verdicts)
        selection = self._selection(code, subject, "" if period is None else str(period)) if asks else None
        return explain(self.rulebook, policy, world, today, subject, period, selection=selection)

    @cached_property
    def _facts(self) -> FactDesk:
        """What is kept where it fits, the fact files otherwise: the words are the same either way."""
        until = datetime.combine(self.request.as_of, time.max)
        cutoffs = cutoffs_by_entity(self.request, self.store)
        pages = open_pages(self.store, self.city.vocabulary, until)
        return FactDesk(
            self.city.vocabulary, self.rulebook, self.request.as_of, cutoffs, lambda: self.engine, pages
        )  # fmt: skip

    def _decided_on(self, code: str, subject: str, period: str | None) -> date | None:
        """A grant is explained as of the date that it keeps; it may hold then and no longer today."""
        if self.decisions is None:
            return None
        wanted = [("subject", "=", subject), *([("period", "=", period)] if period else [])]
        rows = [r for r in _rows(self.decisions, code, wanted) if r["outcome"] in ("granted", "queued", "yielded")]
        return max((row["decision_date"] for row in rows), default=None) if period or len(rows) == 1 else None

    def _speaking(
        self, code: str, world: FactFiles, subject: str, wanted: str | None, today: date
    ) -> tuple[Policy, Period]:
        """The version and period that speak of the subject: the one that is asked for, else the latest considered."""
        policy = self.rulebook.policies[code][0]
        if world.row(policy.entity, subject) is None:
            raise Refused(
                f"没有编号为 '{subject}' 的{policy.entity}",
                "编号写在决定文件的 subject 列,或 jixiang compare --csv 写的表里",
            )
        found = speaking(self.rulebook, code, world, subject, wanted, today)
        if found is None:
            raise Refused(f"《{policy.name}》没有 '{wanted}' 这一期", "写成 2020-08 或 2021,并在执行期之内")
        return found

    def _selection(self, code: str, subject: str, period: str) -> Mapping[str, Mapping[str, Any]]:
        """What became of the claim, from a run that is written or from one made now."""
        if self.decisions is not None:
            return read_selection(self.decisions, code, subject, period)
        with (
            tempfile.TemporaryDirectory(prefix="jixiang-") as folder,
            DuckDB() as engine,
            progress("算出名额归谁") as shown,
        ):
            decide_city(
                engine, self.request, self.store, Path(folder),
                documents={}, progress=lambda what, done: moved(shown, what, done),
            )  # fmt: skip
            return read_selection(Path(folder), code, subject, period)


def read_selection(folder: Path, code: str, subject: str, period: str) -> dict[str, dict[str, Any]]:
    """For each title: outcome, amount, and who holds its places: the beneficiary's own in words, others as a count."""
    rows = _rows(folder, code, [("subject", "=", subject), ("period", "=", period)])
    return {row["title"]: _became(folder, row) for row in rows}


def _became(folder: Path, row: Mapping[str, Any]) -> dict[str, Any]:
    places = []
    for place in row["places"] or ():
        held = [decision for holder in place["holders"] for decision in _holder(folder, holder)]
        own = [_in_words(d) for d in held if d["beneficiary"] == row["beneficiary"]]
        places.append({"rule": place["rule"], "holders": own, "others": len(held) - len(own)})
    return {"outcome": row["outcome"], "amount_fen": row["amount_fen"], "places": places}


def _holder(folder: Path, holder: str) -> list[dict[str, Any]]:
    code, subject, period, title = holder.split("|", 3)
    return _rows(folder, code, [("subject", "=", subject), ("period", "=", period), ("title", "=", title)])


def _in_words(decision: Mapping[str, Any]) -> str:
    what = decision["title"] or (f"第 {decision['period']} 期" if decision["period"] else decision["subject"])
    money = f" {Money(decision['amount_fen'])}" if decision["amount_fen"] else ""
    return f"{decision['policy']} {what}{money} (适用日 {decision['effective_date']})"


def _rows(folder: Path, code: str, filters: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / code / "decisions.parquet", filters=filters).to_pylist()
    return found
