"""比较两次运行:谁的决定变了,多享受多少人,多花多少钱。

It reads decision files only: which documents and facts made them is in their manifests.
"""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jixiang.operations.decide import OUTCOMES, had_run
from jixiang.operations.terminal import Refused, columns, console
from jixiang.values.money import Money

KEY = ("policy", "subject", "period", "title")
SAID = ("version", "outcome", "failed", "unknown", "amount_fen")
SHOWN = 3  # of those whose decision changed, how many are named for each way in which it did
HEADINGS = (
    "政策",
    "对象",
    "当期",
    "荣誉",
    "原结果",
    "原理由",
    "原金额(元)",
    "新结果",
    "新理由",
    "新金额(元)",
    "增减(元)",
)


@dataclass(frozen=True)
class Said:
    """What one run says of a claim. `why`: the names that failed, else those that are unknown."""

    outcome: str
    why: str
    fen: int

    @property
    def text(self) -> str:
        money = f" {Money(self.fen)}" if self.fen else ""
        return self.outcome + (f": {self.why}" if self.why else "") + money


NOTHING = Said("没有决定", "", 0)


@dataclass(frozen=True)
class Change:
    """A claim that the two runs see differently."""

    key: tuple[str, ...]
    before: Said
    after: Said

    @property
    def way(self) -> str:
        if self.before.outcome != self.after.outcome:
            return f"{self.before.outcome} → {self.after.outcome}"
        return (
            f"{self.after.outcome}, 金额变了"
            if self.before.fen != self.after.fen
            else f"{self.after.outcome}, 理由变了"
        )


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("before", type=Path, help="先一次运行的 --out")
    parser.add_argument("after", type=Path, help="后一次运行的 --out")
    parser.add_argument("--policy", action="append", default=[], help="只比较这项政策,可写多次")
    parser.add_argument("--csv", type=Path, help="变了的决定逐件写进这个文件,可以用电子表格打开")


def run(given: Namespace) -> int:
    before, after = had_run(given.before), had_run(given.after)
    codes = _codes(before, after, given.policy)
    changes = {code: list(changed(before, after, code)) for code in codes}
    console.print(_summary(before, after, codes))
    for code in codes:
        _show(code, changes[code])
    if given.csv:
        write_csv(given.csv, (change for code in codes for change in changes[code]))
        console.print(f"变了的决定写在 {given.csv}")
    return 0


def _codes(before: Path, after: Path, wanted: Iterable[str]) -> list[str]:
    both = sorted({file.parent.name for folder in (before, after) for file in folder.glob("*/decisions.parquet")})
    for code in wanted:
        if code not in both:
            raise Refused(f"两次运行里都没有政策 '{code}'", f"可以写 {'、'.join(both)}")
    return list(wanted) or both


def changed(before: Path, after: Path, code: str) -> Iterator[Change]:
    """The claims of a policy whose outcome, reason or amount differ, ordered by key."""
    old, new = _read(before, code), _read(after, code)
    joined = old.join(new, keys=list(KEY), join_type="full outer", left_suffix="_old", right_suffix="_new")
    differs = pc.fill_null(pc.not_equal(joined["said_old"], joined["said_new"]), True)
    for row in joined.filter(differs).sort_by([(key, "ascending") for key in KEY]).to_pylist():
        yield Change(tuple(row[key] for key in KEY), *(_said(row[name]) for name in ("said_old", "said_new")))


def _read(folder: Path, code: str) -> pa.Table:
    """The keys, and what is said of each as one text, so that the two runs can be compared whatever their bits mean."""
    file = folder / code / "decisions.parquet"
    if not file.exists():
        return pa.table({name: pa.array([], pa.string()) for name in (*KEY, "said")})
    table = pq.read_table(file, columns=[*KEY, *SAID, "places"])
    names = json.loads((folder / code / "bits.json").read_text("utf-8"))["versions"]
    known: dict[tuple[Any, ...], str] = {}
    said = []
    rules = _full(table["outcome"], table["places"])
    for row in zip(rules, *(table[name].to_pylist() for name in SAID), strict=True):
        if row not in known:
            known[row] = _text(names, *row)
        said.append(known[row])
    return table.select(list(KEY)).append_column("said", pa.array(said, pa.string()))


def _full(outcomes: pa.ChunkedArray, places: pa.ChunkedArray) -> Iterator[str]:
    """Of a row that yields the rules whose places are full, else nothing."""
    for yields, place in zip(pc.equal(outcomes, "yielded").to_pylist(), places, strict=True):
        yield "、".join(held["rule"] for held in place.as_py() or ()) if yields else ""


def _text(
    names: dict[str, Any], rules: str, version: str, outcome: str, failed: int, unknown: int, fen: int | None
) -> str:
    mask = failed if outcome == "denied" else unknown if outcome == "unknown" else 0
    why = rules or "、".join(bit["name"] for bit in names.get(version, ()) if mask >> bit["bit"] & 1)
    return "|".join((outcome, str((fen or 0) if outcome in ("granted", "queued") else 0), why))


def _said(text: str | None) -> Said:
    if text is None:
        return NOTHING
    outcome, fen, why = text.split("|", 2)
    return Said(OUTCOMES[outcome], why, int(fen))


# What is shown ---------------------------------------------------------------------------------------------------


def _summary(before: Path, after: Path, codes: Iterable[str]) -> object:
    heads = ("编号", "原享受", "新享受", "增减", "原金额(元)", "新金额(元)", "增减(元)")
    table = columns(f"{before} 与 {after} 相比", *heads, numbers=heads[1:])
    found = {code: (*_granted(before, code), *_granted(after, code)) for code in codes}
    if len(found) > 1:
        found["合计"] = tuple(sum(numbers) for numbers in zip(*found.values(), strict=True))
    for name, (old, old_fen, new, new_fen) in found.items():
        fens = (_plain(old_fen), _plain(new_fen), _signed(_plain(new_fen - old_fen)))
        table.add_row(name, f"{old:,}", f"{new:,}", _signed(f"{new - old:,}"), *fens)
    return table


def _granted(folder: Path, code: str) -> tuple[int, int]:
    file = folder / code / "decisions.parquet"
    if not file.exists():
        return 0, 0
    rows = pq.read_table(file, columns=["amount_fen"], filters=[("outcome", "=", "granted")])
    return rows.num_rows, pc.sum(rows["amount_fen"]).as_py() or 0


def _plain(fen: int) -> str:
    return str(Money(fen)).removesuffix(" 元")


def _signed(number: str) -> str:
    return number if number.startswith("-") or number == "0" else f"+{number}"


def _show(code: str, changes: list[Change]) -> None:
    if not changes:
        return
    console.print(f"{code}: {len(changes):,} 件变了")
    ways = Counter(change.way for change in changes)
    for way, count in sorted(ways.items(), key=lambda item: (-item[1], item[0])):
        console.print(f"  {way}: {count:,} 件")
        for change in [change for change in changes if change.way == way][:SHOWN]:
            name = " ".join(part for part in change.key[1:] if part)
            console.print(f"    {name}  {change.before.text} → {change.after.text}", markup=False)


def write_csv(file: Path, changes: Iterable[Change]) -> None:
    """With the mark by which spreadsheets know UTF-8."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(HEADINGS)
        for change in changes:
            old, new = change.before, change.after
            yuan = [Decimal(fen) / 100 for fen in (old.fen, new.fen, new.fen - old.fen)]
            writer.writerow([*change.key, old.outcome, old.why, yuan[0], new.outcome, new.why, *yuan[1:]])
