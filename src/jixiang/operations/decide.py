"""决定全市:按一个日期和那天知道的事实,给每个对象一个有理由的决定。"""

from __future__ import annotations

import csv
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jixiang.language.city import City
from jixiang.language.diagnostics import render
from jixiang.language.typed import Rulebook
from jixiang.operations.engines import Choice, opened, takes_engine
from jixiang.operations.terminal import (
    Refused,
    checked_city,
    columns,
    console,
    day,
    errors,
    moved,
    progress,
    takes_city,
)
from jixiang.readings.budget import read_budget
from jixiang.readings.kept_facts.state import path_of
from jixiang.readings.query.offered import Offered
from jixiang.readings.run.decide_city import DamagedFacts, NegativeAmount, decide_city
from jixiang.readings.run.request import Ceilings, LaterRun, Request, whole_families
from jixiang.readings.run.verdicts import Again
from jixiang.tables.checks import check_facts
from jixiang.tables.snapshot import Manifest, hash_documents
from jixiang.tables.store import FactStore
from jixiang.values.money import Money

OUTCOMES = {"granted": "享受", "queued": "候补", "denied": "不享受", "unknown": "待核", "yielded": "让位"}


NOTES = """结果:
  享受    条件全部成立,名额也有
  不享受  至少一个条件不成立
  待核    没有不成立的,但有事实还不知道
  让位    条件全部成立,名额已经给了别的一件
  候补    已经享受,等待资金"""


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, required=True, help="事实表的目录")
    parser.add_argument("--as-of", type=day, required=True, help="决定日,例如 2021-06-30")
    parser.add_argument("--out", type=Path, required=True, help="决定写到哪个目录")
    parser.add_argument("--standing", type=Path, help="上一次运行的 --out;没有就是第一次")
    parser.add_argument(
        "--funds", type=Path, help="资金上限:CSV 或 Parquet,列 fund, year, ceiling_fen;不写就按办法里的年度额度"
    )
    parser.add_argument("--policy", action="append", default=[], help="只决定这项政策(编号或名称),可写多次")
    takes_engine(parser)
    parser.add_argument(
        "--whole",
        "--从头",
        action="store_true",
        help="以往各决定日也把所有对象从头判断,不沿用上一次运行的判断;决定相同,用于核对",
    )
    parser.add_argument(
        "--no-kept",
        "--从原始行",
        dest="raw",
        action="store_true",
        help="不用备好的事实(jixiang keep),从原始行读起;决定相同,用于核对",
    )


def run(given: Namespace) -> int:
    city, rulebook = checked_city(given.city)
    codes = chosen(rulebook, given.policy)
    budget = read_budget(rulebook, city.vocabulary, given.as_of)
    ceilings = read_ceilings(given.funds) if given.funds else budget.ceilings
    standing = had_run(given.standing) if given.standing else None
    if standing is not None and (left := sorted(decided_in(standing) - set(codes))):
        raise Refused(
            f"上一次运行还决定了 {'、'.join(left)},这一次没有选上,它们的享受会从此断开",
            "去掉 --policy,把全部政策一起决定",
        )
    request = Request(city.vocabulary, rulebook, given.as_of, codes, standing, ceilings, given.raw, budget.turns)
    again: list[Again] = []
    engine = Choice(given.engine, given.master, given.shared, given.memory_mb)
    offered: list[Offered] = []
    store = facts(given.facts)
    manifest = decide(
        city, request, store, given.out, engine,
        whole=given.whole, told=again.extend, offers=offered.append,
    )  # fmt: skip
    console.print(summary(given.out, rulebook, codes, given.as_of))
    if again:
        console.print(judged_again(again))
    if (said := read_from(store, offered[0], raw=given.raw)) is not None:
        console.print(said)
    console.print(f"决定写在 {given.out},每项政策一个目录")
    console.print(f"快照 {manifest.id}")
    return 0


def read_from(store: FactStore, offered: Offered, *, raw: bool) -> str | None:
    """Whether what is kept ready was read; None where nothing is kept."""
    if offered.kept:
        return "事实读自备好的事实(jixiang keep)"
    if not path_of(store).is_file():
        return None
    return "事实读自原始行,按 --no-kept" if raw else "事实读自原始行: 备好的事实与这次要读的不符,可运行 jixiang keep"


def judged_again(again: Iterable[Again]) -> str:
    """How much of what the run before has judged had to be judged again."""
    listed = list(again)
    some = [one.subjects for one in listed if one.subjects is not None]
    whole = len(listed) - len(some)
    said = [f"{len(some)} 次只重新判断事实有变动的对象,共 {sum(some):,} 个"] if some else []
    said += [f"{whole} 次全部重新判断"] if whole else []
    days = len({one.day for one in listed})
    return f"上一次运行判断过的 {days} 个决定日,每项政策算一次: {';'.join(said)}"


def decide(
    city: City,
    request: Request,
    store: FactStore,
    out: Path,
    engine: Choice | None = None,
    *,
    whole: bool = False,
    told: Callable[[list[Again]], None] = lambda again: None,
    offers: Callable[[Offered], None] = lambda offered: None,
) -> Manifest:
    """The run, with progress; what stops it is said."""
    if out.exists() and any(out.iterdir()):
        raise Refused(f"{out} 里已经有东西", "换一个目录:每次运行的决定都要留着")
    refuse_faulty(store, city)
    with progress("决定全市") as shown, opened(engine or Choice()) as running:
        try:
            return decide_city(
                running, request, store, out,
                documents=hash_documents(city.folder),
                progress=lambda what, done: moved(shown, what, done),
                whole=whole,
                told=told,
                offers=offers,
            )  # fmt: skip
        except LaterRun as error:
            raise Refused(str(error), "用更晚的 --as-of") from error
        except DamagedFacts as error:
            raise Refused(f"事实文件与写下时不同,不能再用: {error}", "从备份恢复这些文件,或重新导入") from error
        except NegativeAmount as error:
            raise Refused(str(error), "改好这项政策的金额,再运行") from error


def refuse_faulty(store: FactStore, city: City) -> None:
    """Fact files that are not what the vocabulary says are found before anything is decided."""
    problems = check_facts(store, city.vocabulary)
    if any(problem.severity == "error" for problem in problems):
        errors.print(render(problems, color=errors.is_terminal), markup=False)
        raise Refused("事实表有错误", "按上面的提示改好,再运行")


def facts(folder: Path) -> FactStore:
    if not folder.is_dir():
        raise Refused(f"没有事实表的目录 {folder}", "先用 jixiang synth --out 造一座,或者指明导入后的目录")
    return FactStore(folder)


def had_run(folder: Path) -> Path:
    if not (folder / "manifest.json").exists():
        raise Refused(f"{folder} 不是一次运行的结果:里面没有 manifest.json", "写 jixiang decide 的 --out 那个目录")
    return folder


def decided_in(folder: Path) -> set[str]:
    """The policies of a run."""
    return {path.parent.name for path in folder.glob("*/decisions.parquet")}


def named(rulebook: Rulebook, wanted: Iterable[str]) -> list[str]:
    """The codes of policies that are called by code or name."""
    by_name = {version.name: code for code, versions in rulebook.policies.items() for version in versions}
    codes = []
    for name in wanted:
        code = name if name in rulebook.policies else by_name.get(name.strip("《》"))
        if code is None:
            raise Refused(
                f"没有政策 '{name}'",
                "可用的是: " + "、".join(f"{c} {v[-1].name}" for c, v in rulebook.policies.items()),
            )
        codes.append(code)
    return codes


def chosen(rulebook: Rulebook, wanted: Iterable[str]) -> tuple[str, ...]:
    """The codes that are meant, in whole families; without any, all."""
    codes = named(rulebook, wanted)
    every = whole_families(rulebook, tuple(codes) if codes else tuple(rulebook.policies))
    if codes and (joined := sorted(set(every) - set(codes))):
        console.print(f"一起决定: {'、'.join(joined)} (与所选政策共用上限或互斥)")
    return every


def read_ceilings(path: Path) -> Ceilings:
    """(fund, year) → fen. Refuses what is no such table, naming the line."""
    if not path.exists():
        raise Refused(f"没有资金文件 {path}", "CSV 的列是 fund, year, ceiling_fen")
    if path.suffix == ".parquet":
        rows = pq.read_table(path).to_pylist()
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    found: dict[tuple[str, int], int] = {}
    for number, row in enumerate(rows, 2):
        try:
            found[str(row["fund"]), int(row["year"])] = int(row["ceiling_fen"])
        except (KeyError, ValueError, TypeError) as error:
            raise Refused(
                f"{path} 第 {number} 行不是资金上限: {row}", "列是 fund, year, ceiling_fen;金额是整数分"
            ) from error
    return found


def summary(out: Path, rulebook: Rulebook, codes: Iterable[str], as_of: date) -> object:
    """How many were considered and what became of them, policy by policy."""
    heads = (
        "编号",
        "政策",
        "对象",
        *(OUTCOMES[o] for o in ("granted", "denied", "unknown", "yielded", "queued")),
        "金额(元)",
    )
    table = columns(f"截至 {as_of} 的决定", *heads, numbers=heads[2:])
    for code in codes:
        counted = counts(out / code / "decisions.parquet")
        numbers = [counted.get(o, (0, 0))[0] for o in ("granted", "denied", "unknown", "yielded", "queued")]
        fen = sum(amount for _, amount in counted.values())
        name = rulebook.policies[code][-1].name
        shown = "荣誉" if rulebook.policies[code][-1].honour else str(Money(fen)).removesuffix(" 元")
        table.add_row(code, name, f"{sum(n for n, _ in counted.values()):,}", *(f"{n:,}" for n in numbers), shown)
    return table


def counts(file: Path) -> dict[str, tuple[int, int]]:
    """Outcome → how many, and how much in fen."""
    rows = pq.read_table(file, columns=["outcome", "amount_fen"])
    grouped = pa.TableGroupBy(rows, "outcome").aggregate([("outcome", "count"), ("amount_fen", "sum")])
    return {
        r["outcome"]: (r["outcome_count"], r["amount_fen_sum"] or 0 if r["outcome"] in ("granted", "queued") else 0)
        for r in grouped.to_pylist()
    }
