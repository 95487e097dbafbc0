"""测算:一份草案与在用的办法,用同一份事实各决定一次,谁得谁失、花多少、资金够不够。"""

from __future__ import annotations

import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from jixiang.engines.engine import Engine
from jixiang.language.city import City, load_city
from jixiang.language.diagnostics import render
from jixiang.language.typed import Rulebook
from jixiang.operations.decide import facts, had_run, read_ceilings, refuse_faulty
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
from jixiang.readings.breakdowns import Breakdown, read_breakdowns, titles
from jixiang.readings.budget import read_budget
from jixiang.readings.run.decide_city import DamagedFacts, NegativeAmount, cutoffs_by_entity, offer_facts
from jixiang.readings.run.request import Ceilings, LaterRun, Request
from jixiang.readings.simulate import words
from jixiang.readings.simulate.compared import Compared, Comparison
from jixiang.readings.simulate.figures import figures
from jixiang.readings.simulate.forecast import Forecast, forecast
from jixiang.readings.simulate.overlay import differences, lay_over, read_draft
from jixiang.readings.simulate.report import cell, page
from jixiang.readings.simulate.scenario import Change, read_scenario
from jixiang.readings.simulate.sheets import sheets
from jixiang.readings.simulate.sides import Asked, Documents, OtherRun, Sides, decide_sides, month_ends
from jixiang.readings.simulate.touched import families, of_funds, touched
from jixiang.readings.simulate.workbook import write_workbook
from jixiang.tables.snapshot import hash_documents
from jixiang.tables.store import FactStore
from jixiang.values.problem import Problem

NOTES = """情景是一个 Markdown 文件,里面有一张表:
  | 文件 | 位置 | 原值 | 改为 | 自 |
  位置写 参数 最低月数 · 表 标准[四级].金额 · 列表 名单[焊工] · 文件头 资金;自 空着就是一直如此
草案是一个目录,放改好的文件:编号和版本相同的代替在用的,不同的是新版本或新政策
结果:0 测算好了;1 有错误,或者草案改变了它起算日以前的决定"""


LEFT = {"pack", "draft.diff", "_months", "before", "after"}  # of an attempt that was not finished
SHOWN = ("政策", "在用(件)", "草案(件)", "新享受", "不再享受", "增减(元)")


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    draft = parser.add_mutually_exclusive_group()
    draft.add_argument("--draft", type=Path, help="草案:放着改好的文件的目录")
    draft.add_argument("--scenario", type=Path, help="情景:写明改哪几格的 Markdown 文件")
    parser.add_argument("--facts", type=Path, required=True, help="事实表的目录")
    parser.add_argument("--as-of", type=day, required=True, help="决定日,例如 2021-06-30")
    parser.add_argument("--out", type=Path, required=True, help="测算写到哪个目录")
    parser.add_argument("--from", type=day, dest="first", help="从这一天所在的月起逐月运行,看每个月花多少")
    parser.add_argument("--since", "--自", type=day, help="改动从哪一天起;以前的决定应当不变。情景和新版本自己写明")
    parser.add_argument("--standing", type=Path, help="两边都接着哪一次运行(它的 --out)")
    parser.add_argument("--baseline", type=Path, help="在用一边取自这次运行,不重算;要是同一份事实、文件和决定日")
    parser.add_argument("--until-year-end", "--到年底", action="store_true", help="推算有关的各项资金到年底")
    parser.add_argument(
        "--funds", type=Path, help="资金上限:CSV 或 Parquet,列 fund, year, ceiling_fen;不写就按办法里的年度额度"
    )
    parser.add_argument(
        "--scale", type=_share, default=Fraction(1), help="城市只有几分之一时,办法里的额度也按几分之一算,如 0.01"
    )
    parser.add_argument("--no-kept", "--从原始行", dest="raw", action="store_true", help="不用备好的事实,从原始行读起")
    takes_engine(parser)


def _share(text: str) -> Fraction:
    try:
        found = Fraction(text)
    except ZeroDivisionError as error:
        raise ValueError(text) from error
    if not 0 < found <= 1:
        raise ValueError(text)
    return found


@dataclass(frozen=True)
class Draft:
    """What is proposed: the texts, since when, and how it is said."""

    title: str
    texts: dict[str, str]
    since: date | None
    changes: tuple[Change, ...] = ()


def run(given: Namespace) -> int:
    _make_room(given.out)
    city, before = checked_city(given.city)
    draft = _draft(given, city)
    breakdowns = _breakdowns(city)
    drafted, after = _drafted_city(city, draft, given.out)
    changed = touched(before, after)
    if not changed and read_budget(before, city.vocabulary, given.as_of) == read_budget(
        after, city.vocabulary, given.as_of
    ):
        raise Refused("草案没有改变任何一项政策的含义", "看看改的是不是没有政策用到的格子,或只改了文字")
    asked = _asked(given, city, before, after, changed)
    store = facts(given.facts)
    refuse_faulty(store, city)
    sides = _decide(given, asked, store, Documents(hash_documents(city.folder), hash_documents(drafted.folder)))
    compared = _compare(given, asked, store, sides, breakdowns, draft.since)
    found = words.Simulation(
        title=draft.title,
        city=city.vocabulary.name.removesuffix("事实词汇"),
        as_of=given.as_of,
        dates=asked.dates,
        since=draft.since,
        changed=draft.changes,
        documents=tuple(sorted(draft.texts)),
        touched=changed,
        drafted=asked.drafted,
        names={code: versions[-1].name for book in (before, after) for code, versions in book.policies.items()},
        compared=compared,
        forecasts=_forecasts(given, asked, compared, draft.since) if given.until_year_end else (),
        groups=_group_notes(breakdowns),
        taken=given.baseline,
    )
    _write(given.out, found)
    _show(given.out, found)
    return 1 if compared.early_count else 0


def _make_room(out: Path) -> None:
    """What an attempt left that was refused is in nobody's way; anything else is."""
    there = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if "draft.diff" in there and there <= LEFT:
        for name in there:
            path = out / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    elif there or (out.exists() and not out.is_dir()):
        raise Refused(f"{out} 里已经有东西", "换一个目录")


# The draft -------------------------------------------------------------------------------------------------------


def _draft(given: Namespace, city: City) -> Draft:
    if given.scenario is None and given.draft is None:
        raise Refused("没有写要测算什么", "写 --scenario 情景.md 或 --draft 目录")
    path: Path = given.scenario or given.draft
    if given.scenario is not None:
        if not path.is_file():
            raise Refused(f"没有情景文件 {path}", "写一个 Markdown 文件,样子见 jixiang simulate --help")
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Refused(f"{path} 不是 UTF-8 编码,中文会读错", "在编辑器里另存为,编码选 UTF-8") from error
        scenario = read_scenario(text, path.name, city)
        _refuse_wrong(scenario.problems, "情景有错误")
        return Draft(scenario.title, dict(scenario.texts), given.since or scenario.since, scenario.changes)
    if not path.is_dir():
        raise Refused(f"没有草案的目录 {path}", "把改好的文件放在一个目录里")
    texts, since = read_draft(city, path)
    if not texts:
        raise Refused(f"{path} 里没有与在用的不同的文件", "把改好的文件(.md)放进去")
    return Draft(path.resolve().name, texts, given.since or since)


def _breakdowns(city: City) -> tuple[Breakdown, ...]:
    found, problems = read_breakdowns(city)
    _refuse_wrong(problems, "分组有错误")
    return found


def _group_notes(breakdowns: Sequence[Breakdown]) -> dict[str, str]:
    mine = {title: [one for one in breakdowns if one.title == title] for title in titles(breakdowns)}
    return {
        title: words.group_note([one.entity for one in found], several=any(one.several for one in found))
        for title, found in mine.items()
    }


def _refuse_wrong(problems: Sequence[Problem], what: str) -> None:
    if problems:
        errors.print(render(problems, color=errors.is_terminal), markup=False)
    if any(problem.severity == "error" for problem in problems):
        raise Refused(what, "按上面的提示改好,再运行")


def _drafted_city(city: City, draft: Draft, out: Path) -> tuple[City, Rulebook]:
    """The draft as a pack in the folder of the simulation, checked like any other."""
    lay_over(city, draft.texts, out / "pack")
    (out / "draft.diff").write_text("\n".join([*differences(city, draft.texts), ""]), encoding="utf-8")
    drafted = load_city(out / "pack")
    if drafted.vocabulary != city.vocabulary:
        raise Refused("草案改了事实词汇,而事实还是原来的", "词汇改好、事实导入以后再测算政策")
    if drafted.rulebook is None:
        errors.print(render(drafted.errors, color=errors.is_terminal), markup=False)
        raise Refused("照草案改了以后,文件有错误", f"改好草案再运行;改后的文件在 {out / 'pack'}")
    return drafted, drafted.rulebook


# The two sides ---------------------------------------------------------------------------------------------------


def _asked(given: Namespace, city: City, before: Rulebook, after: Rulebook, changed: tuple[str, ...]) -> Asked:
    joined = families(before, after, changed or _refunded(city, given.as_of, before, after))
    wanted = of_funds(before, after, joined) if given.until_year_end else joined
    if given.first is not None and given.first > given.as_of:
        raise Refused(f"--from {given.first} 晚于 --as-of {given.as_of}", "把两个日期对调")
    if given.first is not None and given.baseline is not None:
        raise Refused("--baseline 只有一个决定日,不能与 --from 一起用", "去掉其中一个")
    return Asked(
        vocabulary=city.vocabulary,
        before=before,
        after=after,
        codes=tuple(code for code in wanted if code in before.policies),
        drafted=tuple(code for code in joined if code in after.policies),
        touched=changed,
        dates=(given.as_of,) if given.first is None else month_ends(given.first, given.as_of),
        standing=had_run(given.standing) if given.standing else None,
        raw=given.raw,
    )


def _refunded(city: City, on: date, before: Rulebook, after: Rulebook) -> tuple[str, ...]:
    """The policies of funds that have more or less money by the draft, for which nothing else is changed."""
    was, comes = (dict(read_budget(book, city.vocabulary, on).ceilings or {}) for book in (before, after))
    funds = {fund for fund, year in {*was, *comes} if was.get((fund, year)) != comes.get((fund, year))}
    return tuple(code for code, versions in before.policies.items() if versions[-1].fund in funds)


def _decide(given: Namespace, asked: Asked, store: FactStore, documents: Documents) -> Sides:
    def engine() -> AbstractContextManager[Engine]:
        return opened(_choice(given))

    with progress("测算") as shown:
        try:
            return decide_sides(
                engine, asked, store, given.out, documents,
                lambda what, done: moved(shown, what, done),
                had_run(given.baseline) if given.baseline else None,
            )  # fmt: skip
        except OtherRun as error:
            raise Refused(
                f"{given.baseline} 不能当作在用的一边: {error}", "去掉 --baseline,或换一次相同的运行"
            ) from error
        except LaterRun as error:
            raise Refused(str(error), "用更晚的 --from 和 --as-of,或更早的 --standing") from error
        except DamagedFacts as error:
            raise Refused(f"事实文件与写下时不同,不能再用: {error}", "从备份恢复这些文件,或重新导入") from error
        except NegativeAmount as error:
            raise Refused(str(error), "改好这项政策的金额,再运行") from error


def _choice(given: Namespace) -> Choice:
    return Choice(given.engine, given.master, given.shared, given.memory_mb)


def _compare(
    given: Namespace, asked: Asked, store: FactStore, sides: Sides, breakdowns: Sequence[Breakdown], since: date | None
) -> Compared:
    request = Request(asked.vocabulary, asked.after, asked.as_of, asked.drafted, raw=asked.raw)
    codes = tuple(sorted({*asked.drafted, *families(asked.before, asked.after, asked.touched)}))
    chained = len(asked.dates) > 1 or asked.standing is not None
    with opened(_choice(given)) as engine:
        offered, cutoffs = offer_facts(engine, request, store), cutoffs_by_entity(request, store)
        comparison = Comparison(engine, asked.vocabulary, asked.before, asked.after, sides, codes, asked.as_of)
        return comparison.compare(breakdowns, cutoffs, offered, since, by_decision=chained)


def _forecasts(given: Namespace, asked: Asked, compared: Compared, since: date | None) -> tuple[Forecast, ...]:
    sides = [_ceilings(given, asked, book) for book in (asked.before, asked.after)]
    books = (asked.before, asked.after)
    funds = {v.fund for book in books for code in asked.drafted for v in book.policies.get(code, ()) if v.fund}
    year = given.as_of.year
    return tuple(
        forecast(
            fund, compared.spent.get(fund, {}), given.as_of, since,
            (sides[0].get((fund, year)), sides[1].get((fund, year))), backlog=compared.by_decision,
        )
        for fund in sorted(funds)
    )  # fmt: skip


def _ceilings(given: Namespace, asked: Asked, book: Rulebook) -> Ceilings:
    if given.funds:
        return read_ceilings(given.funds)
    return read_budget(book, asked.vocabulary, asked.as_of, given.scale).ceilings or {}


# What is left behind ---------------------------------------------------------------------------------------------


def _write(out: Path, found: words.Simulation) -> None:
    (out / "charts").mkdir()
    drawn = dict(figures(found))
    for name, svg in drawn.items():
        (out / "charts" / f"{name.replace(' ', '-')}.svg").write_text(svg, encoding="utf-8")
    (out / "report.md").write_text(page(found, drawn), encoding="utf-8")
    write_workbook(out / "simulation.xlsx", found)


def _show(out: Path, found: words.Simulation) -> None:
    """The answer and the table of policies; the rest is on the page."""
    console.print(words.headline(found), markup=False)
    table = columns(f"测算:{found.title}", *SHOWN, numbers=SHOWN[1:])
    for row in next(sheet for sheet in sheets(found) if sheet.name == "政策").rows:
        table.add_row(*(cell(row[n], money=n == len(row) - 1) for n in (0, 1, 2, 3, 4, len(row) - 1)))
    console.print(table)
    for one in found.forecasts:
        console.print(f"{words.to_year_end(one)}。", markup=False)
    console.print(words.reform(found), markup=False)
    for early in found.compared.early:
        where = " ".join(part for part in (early.policy, early.subject, early.period) if part)
        console.print(f"  {where}  {early.before} → {early.after}", markup=False)
    console.print(
        f"写在 {out}: report.md、simulation.xlsx、charts、draft.diff、改好的文件 pack、两边的决定 before 和 after"
    )
