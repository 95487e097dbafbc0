"""What a run is asked, and what stood before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

from jixiang.language.typed import Family, Policy, Rule, Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.snapshot import read_manifest

Ceilings = Mapping[tuple[str, int], int]


@dataclass(frozen=True)
class Request:
    """`codes`: the policies to decide, in whole families. `standing`: the folder of the run before. `ceilings`: (fund, year)
    → fen; None: every grant is covered. `turns`: policy → its turn in its fund's queue; who is not named comes last. `raw`:
    the rows as they came are read, whatever is kept ready; the decisions are the same. `known`: a run for an earlier date by
    what is known on this one; unless said, by what was known then."""

    vocabulary: Vocabulary
    rulebook: Rulebook
    as_of: date
    codes: tuple[str, ...]
    standing: Path | None = None
    ceilings: Ceilings | None = None
    raw: bool = False
    turns: Mapping[str, int] = field(default_factory=dict)
    known: date | None = None

    @property
    def known_on(self) -> date:
        """Up to which day records count."""
        return self.known or self.as_of

    @property
    def families(self) -> tuple[Family, ...]:
        return tuple(f for f in self.rulebook.families if set(f.policies) & set(self.codes))

    @property
    def versions(self) -> tuple[Policy, ...]:
        return tuple(version for code in self.codes for version in self.rulebook.policies[code])

    def run_dates_before(self) -> tuple[date, ...]:
        """The dates of all runs that led to what stands."""
        return () if self.standing is None else read_manifest(self.standing).run_dates

    def earlier_dates(self) -> tuple[date, ...]:
        """The run dates before this one."""
        return tuple(day for day in self.run_dates_before() if day < self.as_of)


class LaterRun(ValueError):
    """A run cannot be made for a date before one that was already run."""


def whole_families(rulebook: Rulebook, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The policies and all that share a limit or exclusion with them: half a family cannot be decided."""
    wanted = set(codes)
    joined = {code for f in rulebook.families if wanted & set(f.policies) for code in f.policies}
    return tuple(sorted(wanted | joined))


@dataclass(frozen=True)
class Rules:
    """All rules of a run, numbered across families; `of`: policy code → the numbers of those that bind it, in its order."""

    rules: tuple[Rule, ...]
    of: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def taken_from(cls, request: Request) -> Rules:
        rules = tuple(rule for family in request.families for rule in family.rules)
        number = {id(rule): n for n, rule in enumerate(rules)}
        return cls(rules, {c: tuple(number[id(r)] for r in request.rulebook.rules_of(c)) for c in request.codes})

    def table(self) -> pa.Table:
        spans = [not isinstance(rule.per, str) for rule in self.rules]
        columns = {
            "rule": list(range(len(self.rules))),
            "name": [rule.name for rule in self.rules],
            "kind": [rule.kind for rule in self.rules],
            "spans": spans,
        }
        kinds = {"rule": pa.int64(), "name": pa.string(), "kind": pa.string(), "spans": pa.bool_()}
        return pa.table(columns, schema=pa.schema(list(kinds.items())))

    def names(self) -> pa.Table:
        """By which number a policy's decisions speak of a rule by its name."""
        rows = [
            {"policy": code, "name": self.rules[n].name, "rule": n}
            for code, numbers in self.of.items()
            for n in numbers
        ]
        schema = pa.schema([("policy", pa.string()), ("name", pa.string()), ("rule", pa.int64())])
        return pa.Table.from_pylist(rows, schema=schema)


def version_text(policy: Policy) -> str:
    """How a decision names the text it was made under: the label, and the beginning of its hash."""
    return f"{policy.version}·{policy.hash[:12]}"
