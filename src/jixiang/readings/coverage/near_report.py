"""What is told of near misses: by policy and condition, by group, and one by one the nearest of each condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jixiang.readings.breakdowns import Breakdown, titles
from jixiang.readings.coverage.near import FACTS, LATE, MISSED, OTHER, PAID, SOON, STATES, STILL, Miss, World
from jixiang.values.dates import add_months

SPANS = (1, 3, 6)  # months
HOW = {
    SOON: "到这一天就符合",
    PAID: "每月继续缴费,到这一天符合",
    FACTS: "看事实:要有新的记录",
    OTHER: "没有推算",
    MISSED: "来不及:到那一天别的条件不成立",
    LATE: "已过期",
    STILL: "不会自己满足",
}


@dataclass(frozen=True)
class Line:
    """How many are short by one condition. `short`: by how much the one in the middle is; of how many that is known, `measured`.
    `within`: who qualifies within so many months, each number with those before it; `later`: after that."""

    policy: str
    name: str
    version: str
    condition: str
    article: str
    count: int
    measured: int
    short: str
    within: tuple[int, ...]
    later: int
    states: Mapping[str, int]
    several: bool = False

    @property
    def reached(self) -> int:
        """How many days alone, or months paid, will bring there."""
        return self.states[SOON] + self.states[PAID]

    @property
    def called(self) -> str:
        """The policy, with the text that spoke where several do."""
        return f"{self.policy} {self.version}" if self.several else self.policy


@dataclass(frozen=True)
class Grouped:
    """The near misses of a group: rows, and how many of them qualify within so many months."""

    called: str
    count: int
    within: tuple[int, ...]
    facts: int


@dataclass(frozen=True)
class Detail:
    """One who is short. `groups`: by the breakdowns' titles."""

    policy: str
    condition: str
    subject: str
    period: str
    beneficiary: str
    said: str
    state: str
    due: date | None
    then: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Nearness:
    as_of: date
    lines: tuple[Line, ...]
    groups: Mapping[str, tuple[Grouped, ...]]
    details: tuple[Detail, ...]
    most: int


def report(world: World, misses: Sequence[Miss], breakdowns: Sequence[Breakdown], most: int) -> Nearness:
    """`most`: of each condition so many are told one by one, the nearest; all are counted."""
    lines = [_line(world, miss) for miss in misses]
    order = sorted(range(len(lines)), key=lambda n: (lines[n].reached == 0, lines[n].states[FACTS] == 0))
    _all(world, misses)
    relations = world.groups(breakdowns, "near_all", "beneficiary", "decision_date")
    details = [one for n in order for one in _details(world, misses[n], n, breakdowns, relations, most)]
    groups = {title: _groups(world, title, breakdowns, relations) for title in titles(breakdowns)}
    return Nearness(world.as_of, tuple(lines[n] for n in order), groups, tuple(details), most)


def _spans(world: World) -> str:
    """Counts of who qualifies within each span."""
    ends = [add_months(world.as_of, months) for months in SPANS]
    return ", ".join(f"count(*) FILTER (state IN ('{SOON}', '{PAID}') AND due <= DATE '{end}')" for end in ends)


def _line(world: World, miss: Miss) -> Line:
    run = world.engine.execute
    count, measured, middle, *within = run(
        f"SELECT count(*), count(gap), quantile_disc(gap, 0.5), {_spans(world)} FROM {miss.table}"
    )[0]
    found = {str(state): int(str(n)) for state, n in run(f"SELECT state, count(*) FROM {miss.table} GROUP BY state")}
    states = {state: found.get(state, 0) for state in STATES}
    short = run(f"SELECT min(short) FROM {miss.table} WHERE gap = {middle}")[0][0] if middle is not None else ""
    spans = tuple(int(str(n)) for n in within)
    return Line(
        policy=miss.policy.code,
        name=miss.policy.name,
        version=miss.policy.version,
        condition=miss.condition.name,
        article=miss.condition.article,
        count=int(str(count)),
        measured=int(str(measured)),
        short=str(short or ""),
        within=spans,
        later=states[SOON] + states[PAID] - spans[-1],
        states=states,
        several=len(world.rulebook.policies[miss.policy.code]) > 1,
    )


def _all(world: World, misses: Sequence[Miss]) -> None:
    """All rows, by whose they are, for the groups."""
    parts = [
        f"SELECT '{miss.policy.beneficiary.type.of}' AS entity, beneficiary, decision_date, due, state FROM {miss.table}"
        for miss in misses
    ] or ["SELECT '' AS entity, '' AS beneficiary, NULL::DATE AS decision_date, NULL::DATE AS due, '' AS state LIMIT 0"]
    world.engine.execute(f"CREATE TABLE near_all AS {' UNION ALL '.join(parts)}")


def _groups(
    world: World, title: str, breakdowns: Sequence[Breakdown], relations: Mapping[tuple[str, str], str]
) -> tuple[Grouped, ...]:
    parts = [
        f"SELECT g.called, g.place, n.due, n.state FROM near_all n JOIN {relations[title, one.entity]} g"
        f" ON g.key = n.beneficiary AND g.day = n.decision_date WHERE n.entity = '{one.entity}'"
        for one in breakdowns
        if one.title == title
    ]
    rows = world.engine.execute(
        f"SELECT called, count(*), count(*) FILTER (state = '{FACTS}'), {_spans(world)}"
        f" FROM ({' UNION ALL '.join(parts)}) GROUP BY called ORDER BY min(place), called"
    )
    return tuple(
        Grouped(str(called), int(str(count)), tuple(int(str(n)) for n in within), int(str(facts)))
        for called, count, facts, *within in rows
    )


def _details(
    world: World, miss: Miss, number: int, breakdowns: Sequence[Breakdown], relations: Mapping[tuple[str, str], str],
    most: int,
) -> list[Detail]:  # fmt: skip
    rank = " ".join(f"WHEN '{state}' THEN {n}" for n, state in enumerate(STATES))
    columns = 'subject, period, beneficiary, said, state, due, "then", decision_date'
    world.engine.execute(
        f"CREATE TABLE near_shown_{number} AS SELECT row_number() OVER () AS n, * FROM (SELECT {columns} FROM {miss.table}"
        f" ORDER BY CASE state {rank} END, due NULLS LAST, gap NULLS LAST, subject, period LIMIT {int(most)})"
    )
    entity = miss.policy.beneficiary.type.of
    groups, joins = [], []
    for place, title in enumerate(titles(breakdowns)):
        if (title, entity) not in relations:
            groups.append("''")
            continue
        groups.append(f"coalesce(g{place}.called, '')")
        joins.append(
            "LEFT JOIN (SELECT key, day, string_agg(called, '、' ORDER BY place) AS called FROM"
            f" {relations[title, entity]} GROUP BY key, day) g{place}"
            f" ON g{place}.key = d.beneficiary AND g{place}.day = d.decision_date"
        )
    shown = ", ".join(['subject, period, beneficiary, said, state, due, "then"', *groups])
    rows = world.engine.execute(f"SELECT {shown} FROM near_shown_{number} d {' '.join(joins)} ORDER BY n")
    return [
        Detail(
            miss.policy.code, miss.condition.name, str(row[0]), str(row[1]), str(row[2] or ""), str(row[3]), str(row[4]),
            row[5] if isinstance(row[5], date) else None, str(row[6]), tuple(str(one) for one in row[7:]),
        )
        for row in rows
    ]  # fmt: skip
