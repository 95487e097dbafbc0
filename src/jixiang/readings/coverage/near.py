"""Who is one condition short, by how much, and from which day on it holds if nothing else changes: for the whole city.

1. The rows are chosen by their bits: 不享受, one condition failed, nothing unknown.
2. The engine gives the two sides of what failed, for all of them; each combination that occurs is put into words once.
3. Where a day follows, all conditions of the policy are judged again on that day, with the facts as they are today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from jixiang.engines.duckdb import DuckDB
from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.bounds import Bounds
from jixiang.readings.breakdowns import Breakdown, group
from jixiang.readings.coverage import days
from jixiang.readings.coverage.parts import Part, decided_then, parts_of
from jixiang.readings.query.columns import Asked, columns_plan, side_columns
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.sources import Sources
from jixiang.readings.run.request import version_text
from jixiang.readings.tree import rebuild
from jixiang.tables.decisions import DECISIONS
from jixiang.values.month import Month

# What becomes of a near miss, in the order in which they are shown: what can still be reached comes first.
SOON, PAID, FACTS, OTHER, MISSED, LATE, STILL = "到期", "续缴", "看事实", "没有推算", "来不及", "已过期", "不会"
STATES = (SOON, PAID, FACTS, OTHER, MISSED, LATE, STILL)
BY_WAY = {"facts": FACTS, "other": OTHER, "late": LATE, "still": STILL}
CELLS = pa.schema(
    [("n", pa.int64()), ("said", pa.string()), ("short", pa.string()), ("gap", pa.float64()), ("due", pa.date32()),
     ("state", pa.string())]
)  # fmt: skip


@dataclass(frozen=True)
class Miss:
    """One condition of one version, of which somebody is short. `table`: its rows, see `near`."""

    policy: t.Policy
    condition: t.Condition
    parts: tuple[Part, ...]
    table: str
    period: Type | None


@dataclass(frozen=True)
class World:
    """The engine offers the facts as known on `as_of`."""

    engine: DuckDB
    vocabulary: Vocabulary
    rulebook: t.Rulebook
    cutoffs: Mapping[str, date | None]
    offered: Offered
    as_of: date

    def columns(self, asked: Sequence[Asked], *, later: bool = False) -> None:
        """`later`: of days to come, on which nothing more is known than today."""
        cutoffs = {} if later else self.cutoffs
        sources = Sources(self.vocabulary, self.rulebook, self.as_of, self.as_of, cutoffs, self.offered)
        steps = columns_plan(sources, tuple(asked))
        self.engine.run(steps)
        wanted = {one.relation for one in asked}
        for step in reversed([step for step in steps if step.name not in wanted]):
            self.engine.drop(step.name, kept=step.kept)

    def groups(self, breakdowns: Sequence[Breakdown], claims: str, whose: str, day: str) -> dict[tuple[str, str], str]:
        """By title and entity the relation that says to which group those of `claims` belong; `whose` and `day` are its columns."""
        asked = {}
        for number, entity in enumerate(dict.fromkeys(one.entity for one in breakdowns)):
            asked[entity] = f"{claims}_asked_{number}"
            self.engine.execute(
                f"CREATE TABLE {asked[entity]} AS SELECT DISTINCT {whose} AS key, {day} AS day FROM {claims}"
                f" WHERE entity = '{entity}' AND {whose} IS NOT NULL"
            )
        return group(
            self.engine, self.vocabulary, self.rulebook, self.cutoffs, self.offered, breakdowns, asked, as_of=self.as_of
        )


def near(world: World, run: Path, codes: Sequence[str]) -> list[Miss]:
    """Leaves a table for each condition that somebody is short of: subject, period, beneficiary, decision_date, said, short,
    gap, due, state, then (which condition no longer holds on the day)."""
    misses = list(_chosen(world, run, codes))
    _measure(world, misses)
    _judge_again(world, misses)
    return misses


def _chosen(world: World, run: Path, codes: Sequence[str]) -> Iterator[Miss]:
    files = [str(file) for code in codes if (file := run / code / "decisions.parquet").is_file()]
    engine = world.engine
    engine.offer_files("decided", files, DECISIONS)
    engine.execute(
        "CREATE TABLE near AS SELECT policy, version, failed, subject, period, beneficiary, decision_date FROM decided"
        f" WHERE outcome = 'denied' AND unknown = 0 AND bit_count(failed) = 1 AND failed >= {1 << len(t.FIXED_BITS)}"
    )
    _offer_periods(engine)
    there = set(engine.execute("SELECT DISTINCT policy, version, failed FROM near"))
    number = 0
    for code in codes:
        for policy in world.rulebook.policies[code]:
            for at, condition in enumerate(policy.conditions, len(t.FIXED_BITS)):
                key = code, version_text(policy), 1 << at
                if key not in there:
                    continue
                table = f"near_{number}"
                number += 1
                engine.execute(
                    f"CREATE TABLE {table}_rows AS SELECT subject AS key, decision_date AS day, n.period, p.number,"
                    " beneficiary FROM near n JOIN periods p ON p.period = n.period"
                    f" WHERE policy = {_text(code)} AND version = {_text(key[1])} AND failed = {key[2]}"
                )
                kind = Type(policy.each) if policy.each else None
                yield Miss(policy, condition, parts_of(policy, condition, world.vocabulary), table, kind)


def _offer_periods(engine: DuckDB) -> None:
    """当期 as decisions write it, and as a count of months or a year."""
    found = [str(row[0]) for row in engine.execute("SELECT DISTINCT period FROM near")]
    numbers = [(Month.parse(one).index if "-" in one else int(one)) if one else None for one in found]
    engine.offer("periods", pa.table({"period": pa.array(found, pa.string()), "number": pa.array(numbers, pa.int64())}))


def _text(said: str) -> str:
    return "'" + said.replace("'", "''") + "'"


# By how much -----------------------------------------------------------------------------------------------------


def _measure(world: World, misses: Sequence[Miss]) -> None:
    asked = []
    for miss in misses:
        _keys(world.engine, f"{miss.table}_asked", f"{miss.table}_rows", "day", miss.period)
        truths = {f"t{n}": _on_day(part.expr) for n, part in enumerate(miss.parts)}
        sides = {name: _on_day(expr) for name, expr, _ in _sides(miss)}
        entity, source = miss.policy.entity, f"{miss.table}_asked"
        asked.append(Asked(f"{miss.table}_sides", entity, source, truths, sides, miss.period))
    if asked:
        world.columns(asked)
    for miss in misses:
        _put_into_words(world, miss)


def _keys(engine: DuckDB, name: str, source: str, day: str, period: Type | None) -> None:
    more = ", number AS period" if period else ""
    engine.execute(
        f"CREATE TABLE {name} AS SELECT DISTINCT key, {day} AS day{more} FROM {source} WHERE {day} IS NOT NULL"
    )


def _on_day(expr: t.Expr) -> t.Expr:
    return rebuild(expr, lambda node: t.EffectiveDate() if isinstance(node, t.DecisionDate) else None)


def _sides(miss: Miss) -> Iterator[tuple[str, t.Expr, Type]]:
    """What is asked of the engine to measure the parts: names, expressions, kinds."""
    for n, part in enumerate(miss.parts):
        for m, compare in enumerate(part.compares):
            yield f"l{n}_{m}", compare.left, compare.left.type
            yield f"r{n}_{m}", compare.right, compare.right.type
        for m, need in enumerate(part.way.needs):
            yield f"n{n}_{m}", need, need.type


def _put_into_words(world: World, miss: Miss) -> None:
    """Each combination of values once; then every row with what is said of its own."""
    truths = [f"t{n}" for n in range(len(miss.parts))]
    kinds = {name: of for name, _, of in _sides(miss)}
    sides = {name: side_columns(name) for name in kinds}
    values = ["day", *truths, *(column for columns in sides.values() for column in columns)]
    engine = world.engine
    engine.execute(
        f"CREATE TABLE {miss.table}_kinds AS SELECT row_number() OVER () AS n, * FROM"
        f" (SELECT DISTINCT {', '.join(values)} FROM {miss.table}_sides)"
    )
    rows = []
    found_rows: list[tuple[Any, ...]] = engine.execute(f"SELECT n, {', '.join(values)} FROM {miss.table}_kinds")
    for n, *row in found_rows:
        cells = dict(zip(values, row, strict=True))
        seen = {name: _bounds(cells, columns, kinds[name]) for name, columns in sides.items()}
        found, state = _one(miss, [cells[name] for name in truths], seen, cells["day"], world.vocabulary)
        gap = None if found.gap is None else float(found.gap)
        rows.append(dict(zip(CELLS.names, (n, found.said, found.short, gap, found.day, state), strict=True)))
    engine.offer(f"{miss.table}_said", pa.Table.from_pylist(rows, schema=CELLS))
    same = " AND ".join(f"s.{value} IS NOT DISTINCT FROM k.{value}" for value in values)
    period = " AND s.period = r.number" if miss.period else ""
    engine.execute(
        f"CREATE TABLE {miss.table}_measured AS SELECT r.*, c.said, c.short, c.gap, c.due, c.state FROM {miss.table}_rows r"
        f" JOIN {miss.table}_sides s ON s.key = r.key AND s.day = r.day{period}"
        f" JOIN {miss.table}_kinds k ON {same} JOIN {miss.table}_said c ON c.n = k.n"
    )


def _bounds(cells: Mapping[str, Any], columns: Sequence[str], of: Type) -> Bounds:
    lo, lo_by, hi, hi_by = (cells[column] for column in columns)
    return Bounds(days.typed(lo, lo_by, of), days.typed(hi, hi_by, of))


def _one(
    miss: Miss, truths: Sequence[Any], seen: Mapping[str, Bounds], today: date, words: Vocabulary
) -> tuple[days.Found, str]:
    """What is said of a combination. Of several parts that fail the last day counts, and all must come by themselves."""
    founds = []
    for n, part in enumerate(miss.parts):
        if truths[n] is False:
            sides = [(seen[f"l{n}_{m}"], seen[f"r{n}_{m}"]) for m in range(len(part.compares))]
            needs = [seen[f"n{n}_{m}"].value for m in range(len(part.way.needs))]
            one = days.found(part, sides, needs, today, words)
            founds.append((one, _state(part, one, miss.policy, today)))
    if not founds:
        return days.Found("", "", None, None), FACTS
    state = max((state for _, state in founds), key=STATES.index)
    said = "; ".join(one.said for one, _ in founds if one.said)
    due = max((one.day for one, _ in founds if one.day is not None), default=None) if state in (SOON, PAID) else None
    alone = founds[0][0] if len(founds) == 1 else days.Found("", "", None, None)
    return days.Found(said, alone.short, alone.gap, due), state


def _state(part: Part, one: days.Found, policy: t.Policy, today: date) -> str:
    if one.day is None or one.day <= today:
        return FACTS if part.nearest or part.way.moves == "ends" else BY_WAY.get(part.way.moves, OTHER)
    if policy.acceptance is not None and not policy.acceptance.holds(one.day, one.day):
        return MISSED
    return PAID if part.way.moves == "paid" else SOON


# Once more on the day --------------------------------------------------------------------------------------------


def _judge_again(world: World, misses: Sequence[Miss]) -> None:
    """On the day that was found: does the condition hold, and do all others still? Of months that are still to be paid the
    condition itself cannot be asked."""
    asked = []
    for miss in misses:
        _keys(world.engine, f"{miss.table}_due", f"{miss.table}_measured", "due", miss.period)
        if world.engine.execute(f"SELECT count(*) FROM {miss.table}_due")[0][0]:
            truths = {f"c{n}": decided_then(miss.policy, c.expr) for n, c in enumerate(miss.policy.conditions)}
            entity, source = miss.policy.entity, f"{miss.table}_due"
            asked.append(Asked(f"{miss.table}_then", entity, source, truths, period=miss.period))
    if asked:
        world.columns(asked, later=True)
    then = {one.relation for one in asked}
    for miss in misses:
        _settle(world.engine, miss, f"{miss.table}_then" in then)


def _settle(engine: DuckDB, miss: Miss, asked: bool) -> None:
    """The table of a miss. A day on which another condition fails is no day; nor is one on which this one does not hold."""
    shown = "m.key AS subject, m.period, m.beneficiary, m.day AS decision_date, m.said, m.short, m.gap, m.due"
    source, broken, holds = f"{miss.table}_measured m", "''", "TRUE"
    if asked:
        period = " AND a.period = m.number" if miss.period else ""
        source += f" LEFT JOIN {miss.table}_then a ON a.key = m.key AND a.day = m.due{period}"
        names = [condition.name for condition in miss.policy.conditions]
        own = names.index(miss.condition.name)
        failing = [f"WHEN a.c{n} IS NOT TRUE THEN {_text(name)}" for n, name in enumerate(names) if n != own]
        broken = f"CASE WHEN m.due IS NULL THEN '' {' '.join(failing)} ELSE '' END"
        holds = f"(m.state <> '{SOON}' OR coalesce(a.c{own}, FALSE))"
    engine.execute(
        f"CREATE TABLE {miss.table} AS SELECT * EXCLUDE (holds, state), CASE WHEN \"then\" <> '' THEN '{MISSED}'"
        f" WHEN NOT holds THEN '{OTHER}' ELSE state END AS state"
        f' FROM (SELECT {shown}, m.state, {broken} AS "then", {holds} AS holds FROM {source})'
    )
