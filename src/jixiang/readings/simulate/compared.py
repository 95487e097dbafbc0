"""The two sides side by side: which claims changed and how, and what it comes to by policy, month, fund and group.

Everything is counted by the engine over the decision files; only sums come back, and a few rows to show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language import typed as t
from jixiang.language.check.names import entities_of
from jixiang.language.typed import Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.breakdowns import Breakdown, group, titles
from jixiang.readings.query import sql
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.simulate.sides import Sides
from jixiang.tables.decisions import DECISIONS

FOLDER = Path(__file__).parent
SHOWN = 20  # rows that are shown one by one
MIXED = "受益人"  # of a policy whose beneficiaries are of several kinds


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is about, and of both sides how many grants and how many fen. `gained` and `lost` are grants that only
    one side has, `more` and `less` those whose amount differs."""

    name: tuple[str, ...]
    count_before: int
    count_after: int
    fen_before: int
    fen_after: int
    gained: int
    lost: int
    more: int
    less: int

    @property
    def fen(self) -> int:
        """What the draft costs more."""
        return self.fen_after - self.fen_before


@dataclass(frozen=True)
class People:
    """Those of one kind who get more, and less, in all: money, or where there is none, grants."""

    entity: str
    gaining: int
    gaining_fen: int
    losing: int
    losing_fen: int
    same: int


@dataclass(frozen=True)
class Way:
    """How claims of a policy changed, and how many."""

    policy: str
    before: str
    after: str
    count: int
    fen: int

    @property
    def of_a_grant(self) -> bool:
        """Does it change a grant, not only why there is none?"""
        return OUTCOMES["granted"] in (self.before[:2], self.after[:2])


@dataclass(frozen=True)
class Early:
    """A decision from before the reform that is not the same on both sides."""

    policy: str
    subject: str
    period: str
    effective_date: date | None
    before: str
    after: str
    fen_before: int
    fen_after: int


@dataclass(frozen=True)
class Compared:
    """`breakdowns`: title → its lines. `spent`: fund → month ('2021-03') → fen (before, after), by the day of the decision where a chain
    was run (`by_decision`), else by 适用日. `early`: some of the `early_count` decisions from before the reform that differ."""

    policies: tuple[Line, ...]
    funds: tuple[Line, ...]
    decided: tuple[Line, ...]
    effective: tuple[Line, ...]
    breakdowns: Mapping[str, tuple[Line, ...]]
    people: tuple[People, ...]
    ways: tuple[Way, ...]
    early: tuple[Early, ...]
    early_count: int
    spent: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)
    by_decision: bool = False

    @property
    def total(self) -> Line:
        numbers = [tuple(vars(line).values())[1:] for line in self.policies] or [(0,) * 8]
        return Line(("合计",), *(sum(column) for column in zip(*numbers, strict=True)))


def written(name: str) -> exp.Query:
    """A query that lies beside this module as commented SQL."""
    return sql.written(FOLDER / f"{name}.sql")


@dataclass(frozen=True)
class Comparison:
    """The engine offers the facts. `codes`: the policies of the draft's side; what else the side in force has decided is counted for its
    funds alone."""

    engine: Engine
    vocabulary: Vocabulary
    before: Rulebook
    after: Rulebook
    sides: Sides
    codes: tuple[str, ...]
    as_of: date

    def compare(
        self,
        breakdowns: Sequence[Breakdown],
        cutoffs: Mapping[str, date | None],
        offered: Offered,
        since: date | None,
        *,
        by_decision: bool,
    ) -> Compared:
        self._offer()
        for name in ("changes", "grants", "people"):
            self.engine.keep(name, written(name))
        early, count = self._early(since)
        month = "decision_month" if by_decision else "effective_month"
        return Compared(
            policies=self._lines("policy"),
            funds=self._lines("fund"),
            decided=self._lines("decision_month"),
            effective=self._lines("effective_month"),
            breakdowns=self._broken_down(breakdowns, cutoffs, offered),
            people=self._people(),
            ways=self._ways(),
            early=early,
            early_count=count,
            spent=self._spent(month),
            by_decision=by_decision,
        )

    # What both sides say -----------------------------------------------------------------------------------------

    def _offer(self) -> None:
        parts = []
        for side, folder in (("before", self.sides.before), ("after", self.sides.after)):
            files = [file for code in self.codes if (file := folder / code / "decisions.parquet").is_file()]
            self.engine.offer_files(f"{side}_decisions", [str(file) for file in files], DECISIONS)
            self.engine.offer(f"{side}_why", self._reasons(folder, side))
            parts.append(_said(side))
        self.engine.keep("said", sql.union_all(parts))
        self.engine.offer("policies", self._policies())

    def _reasons(self, folder: Path, side: str) -> pa.Table:
        """For each combination of bits that occurs the names it stands for: few, however many decisions there are."""
        columns = [col(name) for name in ("policy", "version", "failed", "unknown")]
        rows = self.engine.fetch(sql.select(columns, sql.table(f"{side}_decisions", "r"), group=columns)).to_pylist()
        bits = {code: _bits(folder, code) for code in {row["policy"] for row in rows}}
        for row in rows:
            named = bits[row["policy"]].get(row["version"], {})
            failed = [name for bit, name in named.items() if row["failed"] >> bit & 1]
            unknown = [name for bit, name in named.items() if row["unknown"] >> bit & 1]
            row["why_failed"], row["why_unknown"] = "、".join(failed), "、".join(unknown)
        kinds = dict.fromkeys(("policy", "version"), pa.string()) | dict.fromkeys(("failed", "unknown"), pa.int64())
        kinds |= dict.fromkeys(("why_failed", "why_unknown"), pa.string())
        return pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items())))

    def _policies(self) -> pa.Table:
        """Fund and kind of beneficiary of each version; '' is the newest."""
        rows = []
        for side, book in (("before", self.before), ("after", self.after)):
            for code, versions in book.policies.items():
                for label, version in (*((v.version, v) for v in versions), ("", versions[-1])):
                    row = {"side": side, "policy": code, "label": label, "fund": version.fund}
                    rows.append(row | {"entity": kind_of(version)})
        schema = pa.schema([(name, pa.string()) for name in ("side", "policy", "label", "fund", "entity")])
        return pa.Table.from_pylist(rows, schema=schema)

    # Sums --------------------------------------------------------------------------------------------------------

    def _lines(
        self, *by: str, joins: Sequence[exp.Join] = (), order: str = "", where: Sql = sql.TRUE
    ) -> tuple[Line, ...]:
        """The sums of `grants`, and of what is joined to it, by some columns; ordered by them, or by a number of the joined."""
        keys = [col(name, "c") if name == "called" else col(name) for name in by]
        shown = [*(sql.alias(key, f"k{n}") for n, key in enumerate(keys)), *_sums()]
        extra = [sql.alias(exp.Min(this=col(order, "c")), "place")] if order else []
        query = sql.select([*shown, *extra], sql.table("grants", "r"), joins=joins, where=where, group=keys)
        rows = self.engine.fetch(query).to_pylist()
        rows.sort(key=lambda row: (row.get("place", 0), *(str(row[f"k{n}"]) for n in range(len(by)))))
        return tuple(_line(tuple(row[f"k{n}"] or "" for n in range(len(by))), row) for row in rows)

    def _broken_down(
        self, breakdowns: Sequence[Breakdown], cutoffs: Mapping[str, date | None], offered: Offered
    ) -> dict[str, tuple[Line, ...]]:
        """By each breakdown, everybody as he was on the day of what he was granted."""
        wanted = {one.entity for one in breakdowns}
        asked = {}
        for number, entity in enumerate(sorted(wanted)):
            columns = [sql.alias(col("beneficiary"), "key"), sql.alias(col("effective_date"), "day")]
            group_by = [col("beneficiary"), col("effective_date")]
            mine = exp.In(this=col("entity"), expressions=[sql.text(entity), sql.text(MIXED)])
            asked[entity] = f"asked_{number}"
            self.engine.keep(asked[entity], sql.select(columns, sql.table("grants", "r"), where=mine, group=group_by))
        relations = group(
            self.engine, self.vocabulary, self.after, cutoffs, offered, breakdowns, asked, as_of=self.as_of
        )
        found = {}
        for title in titles(breakdowns):
            lines: dict[str, Line] = {}
            for one in (one for one in breakdowns if one.title == title):
                of = sql.and_([
                    sql.binary("=", col("key", "c"), col("beneficiary")), sql.binary("=", col("day", "c"), col("effective_date")),
                ])  # fmt: skip
                join = sql.join(sql.table(relations[title, one.entity], "c"), of, kind="INNER")
                mine = exp.In(this=col("entity"), expressions=[sql.text(one.entity), sql.text(MIXED)])
                for line in self._lines("called", joins=[join], order="place", where=mine):
                    lines[line.name[0]] = _added(lines[line.name[0]], line) if line.name[0] in lines else line
            if lines:
                found[title] = tuple(lines.values())
        return found

    def _people(self) -> tuple[People, ...]:
        more = sql.or_(
            [_above("fen_after", "fen_before"), sql.and_([_same("fen"), _above("count_after", "count_before")])]
        )
        less = sql.or_(
            [_above("fen_before", "fen_after"), sql.and_([_same("fen"), _above("count_before", "count_after")])]
        )
        gap = sql.binary("-", col("fen_after"), col("fen_before"))
        nothing = sql.number(0)
        columns = {
            "gaining": sql.count_rows(more),
            "gaining_fen": sql.coalesce(sql.filtered(exp.Sum(this=gap), more), nothing),
            "losing": sql.count_rows(less),
            "losing_fen": sql.coalesce(sql.filtered(exp.Sum(this=gap.copy()), less), nothing),
            "same": sql.count_rows(sql.and_([_same("fen"), _same("count")])),
        }
        shown = [col("entity"), *(sql.alias(sql.cast(c, "BIGINT"), n) for n, c in columns.items())]
        rows = self.engine.fetch(sql.select(shown, sql.table("people", "r"), group=[col("entity")])).to_pylist()
        return tuple(People(**row) for row in sorted(rows, key=lambda row: str(row["entity"])))

    def _ways(self) -> tuple[Way, ...]:
        """How claims changed, in each policy grants first, the most frequent first."""
        keys = [col(n) for n in ("policy", "outcome_before", "why_before", "outcome_after", "why_after", "change")]
        gap = exp.Sum(this=sql.binary("-", col("fen_after"), col("fen_before")))
        shown = [*keys, sql.alias(sql.count_rows(sql.TRUE), "count"), sql.alias(sql.cast(gap, "BIGINT"), "fen")]
        changed = sql.not_(exp.In(this=col("change"), expressions=[sql.text("same"), sql.text("none")]))
        rows = self.engine.fetch(sql.select(shown, sql.table("changes", "r"), where=changed, group=keys)).to_pylist()
        ways = [
            Way(
                row["policy"],
                said(row["outcome_before"], row["why_before"]),
                said(row["outcome_after"], row["why_after"], CHANGES.get(row["change"], "")),
                row["count"],
                row["fen"],
            )
            for row in rows
        ]
        return tuple(sorted(ways, key=lambda way: (way.policy, not way.of_a_grant, -way.count, way.before, way.after)))

    def _early(self, since: date | None) -> tuple[tuple[Early, ...], int]:
        """Decisions from before the reform that differ: they must not."""
        if since is None:
            return (), 0
        before = sql.or_([_dated("before", since), _dated("after", since)])
        where = sql.and_([col("differs"), sql.coalesce(before, sql.FALSE)])
        count = self.engine.fetch(
            sql.select([sql.alias(sql.count_rows(sql.TRUE), "n")], sql.table("changes", "r"), where=where)
        ).to_pylist()[0]["n"]
        rows = sql.select([sql.star()], sql.table("changes", "r"), where=where)
        ordered = rows.order_by(*(exp.column(n, quoted=True) for n in ("policy", "subject", "period", "title")))
        shown = tuple(
            Early(
                row["policy"],
                row["subject"],
                row["period"],
                row["effective_date_before"] or row["effective_date_after"],
                said(
                    row["outcome_before"],
                    row["why_before"],
                    _decided(row["granted_before"], row["decision_date_before"]),
                ),
                said(
                    row["outcome_after"], row["why_after"], _decided(row["granted_after"], row["decision_date_after"])
                ),
                row["fen_before"],
                row["fen_after"],
            )
            for row in self.engine.fetch(ordered.limit(SHOWN)).to_pylist()
        )
        return shown, count

    def _spent(self, month: str) -> dict[str, dict[str, tuple[int, int]]]:
        """By fund and month; policies that only the side in force has decided spend the same on both."""
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for line in self._lines("fund", month):
            found.setdefault(line.name[0], {})[line.name[1]] = (line.fen_before, line.fen_after)
        for fund, when, fen in self._others(month):
            was = found.setdefault(fund, {}).get(when, (0, 0))
            found[fund][when] = (was[0] + fen, was[1] + fen)
        return found

    def _others(self, month: str) -> list[tuple[str, str, int]]:
        folders = [f for f in sorted(self.sides.before.iterdir()) if (f / "decisions.parquet").is_file()]
        funds = {code: versions[-1].fund for code, versions in self.before.policies.items()}
        others = [f.name for f in folders if f.name not in self.codes and f.name in funds]
        rows = []
        files = [str(self.sides.before / code / "decisions.parquet") for code in others]
        self.engine.offer_files("other_decisions", files, DECISIONS)
        day = col("decision_date" if month == "decision_month" else "effective_date")
        text = sql.anonymous("STRFTIME", day, sql.text("%Y-%m"))
        stands = exp.In(this=col("outcome"), expressions=[sql.text("granted"), sql.text("queued")])
        total = sql.alias(sql.cast(exp.Sum(this=col("amount_fen")), "BIGINT"), "fen")
        query = sql.select(
            [col("policy"), sql.alias(text, "month"), total], sql.table("other_decisions", "r"), where=stands,
            group=[col("policy"), text],
        )  # fmt: skip
        for row in self.engine.fetch(query).to_pylist():
            rows.append((funds[row["policy"]], row["month"], row["fen"] or 0))
        return sorted(rows)


# Parts -----------------------------------------------------------------------------------------------------------

OUTCOMES = {"granted": "享受", "queued": "享受", "denied": "不享受", "unknown": "待核", "yielded": "让位"}
CHANGES = {"more": "金额增加", "less": "金额减少", "other": "金额不变,文本、日期或收款人不同"}


def said(outcome: str | None, why: str | None, more: str = "") -> str:
    if outcome is None:
        return "不考虑"
    shown = OUTCOMES[outcome]
    return f"{shown}: {why}" if why else f"{shown}({more})" if more else shown


def _decided(granted: bool, day: date | None) -> str:
    return f"{day} 决定" if granted else ""


def kind_of(policy: t.Policy) -> str:
    """What the beneficiaries of a policy are."""
    kinds = entities_of(policy.beneficiary)
    return next(iter(kinds)) if len(kinds) == 1 else MIXED


def _bits(folder: Path, code: str) -> dict[str, dict[int, str]]:
    content = json.loads((folder / code / "bits.json").read_text(encoding="utf-8"))["versions"]
    return {version: {bit["bit"]: bit["name"] for bit in bits} for version, bits in content.items()}


def _said(side: str) -> exp.Query:
    """One side's decisions with the names of their reasons. Who waits for money is granted."""
    stands = exp.In(this=col("outcome"), expressions=[sql.text("granted"), sql.text("queued")])
    denied, unclear = (sql.binary("=", col("outcome"), sql.text(name)) for name in ("denied", "unknown"))
    columns = {
        "side": sql.text(side),
        **{n: col(n) for n in ("policy", "subject", "period", "title")},
        "label": sql.anonymous("version_label", col("version")),
        "outcome": sql.case((stands, sql.text("granted")), otherwise=col("outcome")),
        "why": sql.case((denied, col("why_failed", "w")), (unclear, col("why_unknown", "w")), otherwise=sql.text("")),
        **{n: col(n) for n in ("decision_date", "effective_date", "beneficiary", "payee")},
        "fen": sql.case((stands.copy(), sql.coalesce(col("amount_fen"), sql.number(0))), otherwise=sql.number(0)),
        "granted": stands.copy(),
    }
    same = sql.and_([sql.binary("=", col(n, "w"), col(n)) for n in ("policy", "version", "failed", "unknown")])
    shown = [sql.alias(c, n) for n, c in columns.items()]
    joins = [sql.join(sql.table(f"{side}_why", "w"), same)]
    return sql.select(shown, sql.table(f"{side}_decisions", "r"), joins=joins)


def _sums() -> list[Sql]:
    sides = {side: sql.binary("=", col("side"), sql.text(side)) for side in ("before", "after")}

    def changed(side: str, change: str) -> Sql:
        return sql.count_rows(sql.and_([sides[side], sql.binary("=", col("change"), sql.text(change))]))

    found = {f"count_{side}": sql.count_rows(of) for side, of in sides.items()}
    found |= {
        f"fen_{side}": sql.coalesce(sql.filtered(exp.Sum(this=col("fen")), of), sql.number(0))
        for side, of in sides.items()
    }
    found |= {
        "gained": changed("after", "gained"),
        "lost": changed("before", "lost"),
        "more": changed("after", "more"),
        "less": changed("after", "less"),
    }
    return [sql.alias(sql.cast(value, "BIGINT"), name) for name, value in found.items()]


NUMBERS = ("count_before", "count_after", "fen_before", "fen_after", "gained", "lost", "more", "less")


def _line(name: tuple[str, ...], row: Mapping[str, int]) -> Line:
    return Line(name, *(row[column] for column in NUMBERS))


def _added(one: Line, other: Line) -> Line:
    return Line(one.name, *(getattr(one, n) + getattr(other, n) for n in NUMBERS))


def _above(one: str, other: str) -> Sql:
    return sql.binary(">", col(one), col(other))


def _same(what: str) -> Sql:
    return sql.binary("=", col(f"{what}_after"), col(f"{what}_before"))


def _dated(side: str, since: date) -> Sql:
    """Of one side: both its days lie before the reform."""
    days = [sql.binary("<", col(f"{name}_{side}"), sql.day(since)) for name in ("effective_date", "decision_date")]
    return sql.coalesce(sql.and_(days), sql.FALSE)
