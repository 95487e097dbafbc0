"""What a case is once it can be run: facts, a policy made fit for them, and what must come out. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from jixiang.language.typed import Policy, Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.decide import Period
from jixiang.readings.world import World
from jixiang.values.problem import Place

Outcome = Literal["granted", "denied", "unknown", "yielded", "queued", "not_considered"]
OUTCOMES: dict[str, Outcome] = {
    "享受": "granted",
    "不享受": "denied",
    "待核": "unknown",
    "让位": "yielded",
    "候补": "queued",
    "不考虑": "not_considered",
}
WORDS = {outcome: word for word, outcome in OUTCOMES.items()}
CHECKS = "应为"  # the code of the policy that holds what `应为 N` columns say


class City(Protocol):
    """All that cases need of a loaded city."""

    @property
    def vocabulary(self) -> Vocabulary: ...

    @property
    def rulebook(self) -> Rulebook: ...


@dataclass(frozen=True)
class Expected:
    """What a row must give; None is not said. `titles` and `stages` as the columns have them. `places`: of its cells."""

    outcome: Outcome | None = None
    names: frozenset[str] = frozenset()
    amount_fen: int | None = None
    titles: tuple[str, ...] | None = None
    stages: tuple[tuple[str, int | None], ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Elsewhere:
    """A grant under another policy, `name` as written in 《》. `fen` 0: not said. `code` and `rules`: whose it is, and the names of
    the rules that bind both, once they are looked up."""

    name: str
    fen: int
    place: Place
    code: str = ""
    rules: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CaseRow:
    """One row of a 案例 block. `held` and `held_fen`: 已享受, what stands before, in grants (or months) and in money.
    `elsewhere`: 别处已享受, what other policies have granted."""

    subject: str
    period: Period
    decision_date: date
    expected: Expected
    place: Place
    held: int = 0
    held_fen: int = 0
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class Case:
    """Rows of one name, decided together.

    `rulebook` holds the document's policy with what the case sets written into it as attributes of the 对象 (of the
    extended vocabulary of `world`), and a second policy `CHECKS` whose conditions are the `应为` columns. `policy` is
    None in a definition document. Keys begin with the name of the case, so worlds of one `sheet` may be put together.
    """

    name: str
    document: str
    sheet: str
    policy: Policy | None
    checks: Policy | None
    rulebook: Rulebook
    world: World
    rows: tuple[CaseRow, ...]


@dataclass(frozen=True)
class RowResult:
    """What came out. `wrong`: the `应为` columns that do not hold, or of which it is unknown."""

    outcome: Outcome | None
    names: frozenset[str] = frozenset()
    amount_fen: int | None = None
    titles: tuple[str, ...] = ()
    stages: tuple[tuple[str, int | None], ...] = ()
    wrong: tuple[str, ...] = ()
