"""What the health check says: findings with their place, in plain words, with a counter-example. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from jixiang.language.typed import Explained, Expr, Policy
from jixiang.values.problem import Place

Kind = Literal[
    "无人能享",
    "多余条件",
    "表有缺口",
    "名单过期",
    "重复给付",
    "数额倒退",
    "数额跳升",
    "版本断档",
    "版本重叠",
    "释明落空",
]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
Standing = Literal["确认", "未能确认", "未定"]  # confirmed by the interpreter · not confirmed · the solver gave up


@dataclass(frozen=True)
class Example:
    """A counter-example as a 案例 block of a document: it can be pasted there, and passes."""

    document: str
    block: str


@dataclass(frozen=True)
class Same:
    """The same thing that two grants are for (`said`), as expressions of either policy."""

    said: str
    left: tuple[Expr, ...]
    right: tuple[Expr, ...]


@dataclass(frozen=True)
class Probe:
    """How to find the real subjects whom a finding touches: those whom a version considers, of whom all `tests` are true and
    `passing` holds: every condition and the amount (all), no condition fails (none), or nothing more (any). `failed`: a condition
    that they must have failed. Of two policies: both are due, and for the same thing."""

    policy: Policy
    tests: tuple[Expr, ...] = ()
    passing: Literal["all", "none", "any"] = "all"
    failed: str = ""
    other: Policy | None = None
    same: Same | None = None


@dataclass(frozen=True)
class Finding:
    """`about`: by what name a 释明 speaks of it. `touches`: how many real subjects, where facts were given."""

    kind: Kind
    document: str
    place: Place
    about: str
    text: str
    examples: tuple[Example, ...] = ()
    standing: Standing = "确认"
    way_out: str = ""
    touches: int | None = None
    explained: Explained | None = None
    parties: tuple[tuple[str, str], ...] = ()  # of two documents: label and name of each; a 释明 in either counts
    probe: Probe | None = field(default=None, compare=False, repr=False)

    @property
    def order(self) -> tuple[Any, ...]:
        return self.place.file, self.place.line, KINDS.index(self.kind), self.about, self.text

    @property
    def explanation(self) -> str:
        """The 释明 that would explain it, but for the reason."""
        return f"```释明\n| 体检 | 对象 | 说明 |\n|---|---|---|\n| {self.kind} | {self.about} | 为什么 |\n```"

    @property
    def alarm(self) -> bool:
        """Is there something to be done about it?"""
        return self.explained is None


@dataclass(frozen=True)
class Undecided:
    """A question that the solver gave up after its number of steps."""

    document: str
    question: str


@dataclass(frozen=True)
class Health:
    """`findings` in the order of documents and lines. `undecided`: what was asked and not found out."""

    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...] = ()

    @property
    def alarms(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.alarm)


def matches(explained: Explained, finding: Finding) -> bool:
    """Does a 释明 speak of a finding? Of two documents it may stand in either, and names the other."""
    about = explained.about.strip().strip("《》")
    if explained.kind != finding.kind:
        return False
    if not finding.parties:
        return (explained.document, about) == (finding.document, finding.about)
    here = [party for party in finding.parties if party[0] == explained.document]
    return bool(here) and any(about in party for party in finding.parties if party not in here)
