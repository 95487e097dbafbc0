"""Whom the city has reached and whom it has not: of what it wants reached as of a day, and of those who are entitled.

Counted by the engine over all rows. Who is listed goes by a key; nobody has a name here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.breakdowns import UNCLEAR, Breakdown, titles
from jixiang.readings.coverage.near import World
from jixiang.readings.coverage.needs import Need, Needs
from jixiang.readings.query.columns import Asked
from jixiang.readings.run.request import version_text
from jixiang.readings.tree import walk
from jixiang.tables.decisions import DECISIONS

FACTS_MAX = 6  # facts that are named for a condition
SERVED, WAITING, HELD, UNKNOWN, YIELDED = "已享受", "候补", "暂停", "待核", "让位"


@dataclass(frozen=True)
class Count:
    """Of those who are `called` so: how many should be reached, how many of them are, and of how many more it is not known
    whether they should or are."""

    called: str
    should: int
    served: int
    unknown: int = 0

    @property
    def short(self) -> int:
        return self.should - self.served

    @property
    def rate(self) -> float | None:
        """The share that is reached; None where nobody should be."""
        return self.served / self.should if self.should else None


def lowest(counts: Iterable[Count]) -> Count | None:
    """The group that is reached least, of those that one knows who they are; the larger of two alike."""
    rated = [count for count in counts if count.rate is not None and count.called != UNCLEAR]
    return min(rated, key=lambda count: (count.rate or 0, -count.should), default=None)


@dataclass(frozen=True)
class Listed:
    """One who is not reached. `key` is a key of the facts."""

    key: str
    whose: str
    firm: str
    reason: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """One need, or all that is entitled: the whole, by group, by firm, by policy, and who is not reached."""

    title: str
    missing: str
    total: Count
    groups: Mapping[str, tuple[Count, ...]]
    firms: tuple[Count, ...]
    listed: tuple[Listed, ...]
    policies: tuple[Count, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """Why decisions of a policy are 待核: what is not known, of how many, and which facts it asks for."""

    policy: str
    name: str
    what: str
    count: int
    facts: tuple[str, ...]


# What the city wants reached -------------------------------------------------------------------------------------


def reach(world: World, needs: Needs, breakdowns: Sequence[Breakdown], most: int) -> list[Reached]:
    """Each need on the day, everybody judged. `most`: so many are listed one by one; all are counted."""
    asked = [_asked(world, number, need) for number, need in enumerate(needs.needs)]
    if asked:
        world.columns(asked)
    return [_reached(world, need, f"need_{number}", breakdowns, most) for number, need in enumerate(needs.needs)]


def _asked(world: World, number: int, need: Need) -> Asked:
    entity = world.vocabulary.entities[need.entity]
    world.engine.execute(
        f"CREATE TABLE need_{number}_keys AS SELECT DISTINCT \"{entity.key_column}\" AS key, DATE '{world.as_of}' AS day"
        f' FROM "raw_{entity.table}"'
    )
    row = t.Row(0, Type("ref", of=entity.name))
    columns: dict[str, t.Expr] = {"should": need.should, "served": need.served}
    columns |= {f"reason_{n}": expr for n, (_, expr) in enumerate(need.reasons)}
    for name, attribute in (("person", need.person), ("firm", need.firm)):
        if attribute:
            columns[name] = t.Get(row, attribute, entity.attributes[attribute].type)
    return Asked(f"need_{number}", need.entity, f"need_{number}_keys", columns)


def _reached(world: World, need: Need, table: str, breakdowns: Sequence[Breakdown], most: int) -> Reached:
    """The claims of a need in the form in which all are counted."""
    entity = world.vocabulary.entities[need.entity]
    whose = entity.attributes[need.person].type.of if need.person else need.entity
    reasons = "".join(f" WHEN reason_{n} THEN {_text(name)}" for n, (name, _) in enumerate(need.reasons))
    otherwise = _text(need.missing)
    reason = f"CASE{reasons} ELSE {otherwise} END" if reasons else otherwise
    world.engine.execute(
        f"CREATE TABLE {table}_claims AS SELECT '' AS policy, key, {'person' if need.person else 'key'} AS whose,"
        f" {_text(whose)} AS entity, day, coalesce({'firm' if need.firm else 'NULL'}, '') AS firm, {reason} AS reason,"
        " CASE WHEN should AND served THEN 'served' WHEN should AND NOT served THEN 'short'"
        " WHEN should IS NOT FALSE THEN 'unknown' END AS state"
        f" FROM {table} WHERE should IS NOT FALSE"
    )
    return _told(world, f"{table}_claims", need.title, need.missing, breakdowns, most)


def _text(said: str) -> str:
    return "'" + said.replace("'", "''") + "'"


# Who is entitled -------------------------------------------------------------------------------------------------


def entitled(
    world: World, run: Path, codes: Sequence[str], firm: str, breakdowns: Sequence[Breakdown], most: int
) -> tuple[Reached, tuple[Doubt, ...], int]:
    """Of the decisions: who is entitled and who of them is served; why others are not certain; and how many yield."""
    files = [str(file) for code in codes if (file := run / code / "decisions.parquet").is_file()]
    world.engine.offer_files("decided", files, DECISIONS)
    _offer_policies(world, codes)
    firms = _firms(world, codes, firm)
    doubts = _doubts(world, run, codes)
    world.engine.execute(
        "CREATE TABLE entitled_claims AS SELECT d.policy, d.subject || CASE WHEN d.period = '' THEN '' ELSE ' ' || d.period END"
        " || CASE WHEN d.title = '' THEN '' ELSE ' ' || d.title END AS key, d.beneficiary AS whose, p.entity,"
        " d.decision_date AS day, coalesce(f.firm, '') AS firm,"
        f" CASE WHEN outcome = 'queued' THEN '{WAITING}:等待资金' WHEN outcome = 'granted' THEN '{HELD}:事实变得不明'"
        f" ELSE '{UNKNOWN}:' || coalesce(w.said, '') END AS reason,"
        " CASE WHEN outcome = 'granted' AND NOT on_hold THEN 'served' WHEN outcome = 'unknown' THEN 'unknown'"
        " ELSE 'short' END AS state"
        " FROM decided d JOIN coverage_policies p ON p.policy = d.policy"
        f" LEFT JOIN {firms} f ON f.policy = d.policy AND f.key = d.subject"
        " LEFT JOIN doubts w ON w.policy = d.policy AND w.version = d.version AND w.mask = d.unknown"
        " WHERE outcome IN ('granted', 'queued', 'unknown')"
    )
    yielded = world.engine.execute("SELECT count(*) FROM decided WHERE outcome = 'yielded'")[0][0]
    found = _told(world, "entitled_claims", "应补尽补", "", breakdowns, most, by_policy=True)
    return found, doubts, int(str(yielded))


def _offer_policies(world: World, codes: Sequence[str]) -> None:
    rows = [(code, world.rulebook.policies[code][-1]) for code in codes]
    kinds = [policy.beneficiary.type.of for _, policy in rows]
    names = [f"{code} {policy.name}" for code, policy in rows]
    columns = {"policy": pa.array(codes, pa.string()), "entity": pa.array(kinds, pa.string())}
    world.engine.offer("coverage_policies", pa.table({**columns, "name": pa.array(names, pa.string())}))


def _firms(world: World, codes: Sequence[str], firm: str) -> str:
    """Which firm a subject belongs to: itself, or the first that it names."""
    parts = ["SELECT '' AS policy, '' AS key, '' AS firm WHERE FALSE"]
    asked = []
    for number, code in enumerate(codes):
        entity = world.vocabulary.entities[world.rulebook.policies[code][-1].entity]
        names = [name for name, one in entity.attributes.items() if one.type == Type("ref", of=firm) and not one.varies]
        if entity.name == firm:
            parts.append(f"SELECT DISTINCT policy, subject, subject FROM decided WHERE policy = {_text(code)}")
        elif names:
            source = f"firms_{number}_keys"
            world.engine.execute(
                f"CREATE TABLE {source} AS SELECT DISTINCT subject AS key, DATE '{world.as_of}' AS day FROM decided"
                f" WHERE policy = {_text(code)} AND outcome <> 'denied'"
            )
            row = t.Row(0, Type("ref", of=entity.name))
            expr = t.Get(row, names[0], entity.attributes[names[0]].type)
            asked.append(Asked(f"firms_{number}", entity.name, source, {"firm": expr}))
            parts.append(f"SELECT {_text(code)}, key, firm FROM firms_{number}")
    if asked:
        world.columns(asked)
    world.engine.execute(f"CREATE TABLE claim_firms AS {' UNION ALL '.join(parts)}")
    return "claim_firms"


def _doubts(world: World, run: Path, codes: Sequence[str]) -> tuple[Doubt, ...]:
    """Of each mask of unknown bits that occurs what it means; by policy and bit how many, and what it reads."""
    rows = world.engine.execute(
        "SELECT policy, version, unknown, count(*) FROM decided WHERE outcome = 'unknown' GROUP BY ALL ORDER BY ALL"
    )
    said: list[dict[str, Any]] = []
    counted: dict[tuple[str, str], int] = {}
    facts: dict[tuple[str, str], tuple[str, ...]] = {}
    for policy, version, mask, count in rows:
        code, bits = str(policy), int(str(mask))
        names = _bits(run, code).get(str(version), {})
        what = [name for bit, name in names.items() if bits >> bit & 1]
        said.append({"policy": code, "version": str(version), "mask": bits, "said": "、".join(what)})
        text = next((p for p in world.rulebook.policies[code] if version_text(p) == version), None)
        for name in what:
            counted[code, name] = counted.get((code, name), 0) + int(str(count))
            if text is not None:
                facts.setdefault((code, name), _facts(text, name))
    kinds = {"policy": pa.string(), "version": pa.string(), "mask": pa.int64(), "said": pa.string()}
    world.engine.offer("doubts", pa.Table.from_pylist(said, schema=pa.schema(list(kinds.items()))))
    return tuple(
        Doubt(code, world.rulebook.policies[code][-1].name, name, count, facts.get((code, name), ()))
        for (code, name), count in sorted(counted.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
        if code in codes
    )


def _bits(run: Path, code: str) -> dict[str, dict[int, str]]:
    versions = json.loads((run / code / "bits.json").read_text("utf-8"))["versions"]
    return {version: {bit["bit"]: bit["name"] for bit in bits} for version, bits in versions.items()}


def _facts(policy: t.Policy, name: str) -> tuple[str, ...]:
    """Which facts a condition reads, or what goes by the name of another bit."""
    exprs: tuple[t.Expr | None, ...] = tuple(c.expr for c in policy.conditions if c.name == name) or {
        "对象": (policy.where,),
        "适用日": (policy.effective_date,),
        "金额": (policy.amount,),
        "受益人": (policy.beneficiary, policy.payee),
    }.get(name, ())
    reads = [
        f"{node.of.type.of}.{node.attribute}"
        for expr in exprs
        if expr is not None
        for node in walk(expr)
        if isinstance(node, (t.Get, t.GetOn)) and node.type.kind != "ref"
    ]
    return tuple(dict.fromkeys(reads))[:FACTS_MAX]


# Counting --------------------------------------------------------------------------------------------------------

COUNTS = "count(*) FILTER (state <> 'unknown'), count(*) FILTER (state = 'served'), count(*) FILTER (state = 'unknown')"


def _told(
    world: World, claims: str, title: str, missing: str, breakdowns: Sequence[Breakdown], most: int, *,
    by_policy: bool = False,
) -> Reached:  # fmt: skip
    """`claims`: policy, key, whose (of which entity), day, firm, reason, state: served, short or unknown."""
    run = world.engine.execute
    relations = _grouped(world, claims, breakdowns)
    most_short = "ORDER BY count(*) FILTER (state = 'short') DESC, firm"
    firms = f"SELECT firm, {COUNTS} FROM {claims} WHERE firm <> '' GROUP BY firm {most_short} LIMIT {int(most)}"
    policies = f"SELECT p.name, {COUNTS} FROM {claims} c JOIN coverage_policies p ON p.policy = c.policy GROUP BY 1"
    return Reached(
        title=title,
        missing=missing,
        total=_count(("合计", *run(f"SELECT {COUNTS} FROM {claims}")[0])),
        groups={name: _groups(world, claims, name, breakdowns, relations) for name in titles(breakdowns)},
        firms=tuple(_count(row) for row in run(firms)),
        listed=tuple(_list(world, claims, breakdowns, relations, most)),
        policies=tuple(_count(row) for row in run(f"{policies} ORDER BY 1")) if by_policy else (),
    )


def _count(row: Sequence[object]) -> Count:
    return Count(str(row[0]), *(int(str(n)) for n in row[1:4]))


def _grouped(world: World, claims: str, breakdowns: Sequence[Breakdown]) -> dict[tuple[str, str], str]:
    """Relations of their own for these claims: a breakdown is answered for many sets of them, one after the other."""
    found = world.groups(breakdowns, claims, "whose", "day")
    own = {}
    for at, (key, name) in enumerate(found.items()):
        own[key] = f"{claims}_by_{at}"
        world.engine.execute(f'CREATE TABLE {own[key]} AS SELECT key, day, called, place FROM "{name}"')
    return own


def _groups(
    world: World, claims: str, title: str, breakdowns: Sequence[Breakdown], relations: Mapping[tuple[str, str], str]
) -> tuple[Count, ...]:
    parts = [
        f"SELECT g.called, g.place, c.state FROM {claims} c JOIN {relations[title, one.entity]} g"
        f" ON g.key = c.whose AND g.day = c.day WHERE c.entity = {_text(one.entity)}"
        for one in breakdowns
        if one.title == title and (title, one.entity) in relations
    ]
    if not parts:
        return ()
    rows = world.engine.execute(
        f"SELECT called, {COUNTS} FROM ({' UNION ALL '.join(parts)}) GROUP BY called ORDER BY min(place), called"
    )
    return tuple(_count(row) for row in rows)


def _list(
    world: World, claims: str, breakdowns: Sequence[Breakdown], relations: Mapping[tuple[str, str], str], most: int
) -> list[Listed]:
    """Who is not reached, and of whom that is not known: those that are certain first, then by reason."""
    groups = []
    for title in titles(breakdowns):
        mine = [
            (one.entity, relations[title, one.entity])
            for one in breakdowns
            if one.title == title and (title, one.entity) in relations
        ]
        said = [
            f"(SELECT string_agg(called, '、' ORDER BY place) FROM {name} g WHERE g.key = c.whose AND g.day = c.day"
            f" AND c.entity = {_text(entity)})"
            for entity, name in mine
        ]
        groups.append(f"coalesce({', '.join([*said, _text('')])})")
    world.engine.execute(
        f"CREATE TABLE {claims}_listed AS SELECT row_number() OVER () AS n, * FROM (SELECT * FROM {claims}"
        f" WHERE state <> 'served' ORDER BY state, policy, reason, key LIMIT {int(most)})"
    )
    name = "CASE WHEN policy = '' THEN '' ELSE policy || ' ' END || key"
    doubt = f"CASE WHEN state = 'unknown' AND policy = '' THEN '{UNKNOWN}' ELSE reason END"
    shown = ", ".join([name, "coalesce(whose, '')", "firm", doubt, *groups])
    rows = world.engine.execute(f"SELECT {shown} FROM {claims}_listed c ORDER BY n")
    return [Listed(str(r[0]), str(r[1]), str(r[2]), str(r[3]), tuple(str(one) for one in r[4:])) for r in rows]
