"""What an explanation holds, and how it reads in words. It knows no policy and no fact; `explain` fills it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from jixiang.language.width import padded

ANSWER_WIDTH = 4  # of 不明, as wide as two Chinese characters


@dataclass(frozen=True)
class NamedValue:
    """A 定义 or 参数. `on` is the day it was read, where it is read on a day of its own; `missing` what was not known."""

    name: str
    kind: str
    value: str
    article: str = ""
    on: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExplainedCondition:
    """`answer` is 是, 否 or 不明; `why` the shortfalls of a 否 and the missing facts of a 不明."""

    name: str
    article: str
    text: str
    answer: str
    why: tuple[str, ...] = ()
    measured: bool = False


@dataclass(frozen=True)
class ExplainedAmount:
    """What is claimed, and the steps that led to it: which table row, which parameter."""

    text: str
    article: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class ExplainedPlace:
    """A place under a limit or exclusion: what it allows, and who has it. Others' grants show as a count only."""

    title: str
    rule: str
    article: str
    text: str
    limit: str
    key: str
    holders: tuple[str, ...] = ()
    others: int = 0


@dataclass(frozen=True)
class Explanation:
    """`outcome` as in decisions, or `candidate` before selection and `not_considered`; `line` says it in one sentence."""

    policy: str
    name: str
    version: str
    entity: str
    subject: str
    period: str
    decision_date: str
    effective_date: str
    beneficiary: str
    outcome: str
    line: str
    near_miss: bool
    values: tuple[NamedValue, ...]
    conditions: tuple[ExplainedCondition, ...]
    doubts: tuple[str, ...]
    amount: ExplainedAmount | None
    places: tuple[ExplainedPlace, ...]


def as_data(explanation: Explanation) -> dict[str, Any]:
    """For JSON."""
    return asdict(explanation)


def render(explanation: Explanation) -> str:
    """The result first, then each reason."""
    return "\n".join(_rendered(explanation)) + "\n"


def _rendered(e: Explanation) -> Iterator[str]:
    period = f" · 当期 {e.period}" if e.period else ""
    yield f"《{e.name}》(编号 {e.policy}, 版本 {e.version}) · {e.entity} {e.subject}{period}"
    yield f"{e.line}{'  (只差这一条)' if e.near_miss else ''}"
    yield f"决定日 {e.decision_date} · 适用日 {e.effective_date or '不明'}" + (
        f" · 受益人 {e.beneficiary}" * bool(e.beneficiary)
    )
    yield from (f"! {doubt}" for doubt in e.doubts)
    if e.conditions:
        yield "条件"
    for condition in e.conditions:
        article = f"  [{condition.article}]" if condition.article else ""
        yield f"  {padded(condition.answer, ANSWER_WIDTH)}  {condition.name}: {condition.text}{article}"
        yield from (f"      {why}" for why in condition.why)
    if e.values:
        yield "数值"
    for value in e.values:
        on = f"(按 {value.on})" if value.on else ""
        lacks = f" — {'; '.join(value.missing)}" if value.missing else ""
        yield f"  {value.name} = {value.value.removeprefix(value.name + ' ')}{on}{lacks}"
    if e.amount:
        yield f"金额  {e.amount.text}" + (f"  [{e.amount.article}]" if e.amount.article else "")
        yield from (f"  {step}" for step in e.amount.steps)
    if e.places:
        yield "限次与互斥"
    for place in e.places:
        title = f"{place.title}: " if place.title else ""
        held = "、".join([*place.holders, *([f"别的受益人 {place.others} 项"] if place.others else [])])
        text = f": {place.text}" if place.text else ""
        allows = "" if place.limit in place.text else f" ({place.limit})"
        yield f"  {title}{place.rule}{text}{allows}" + (f" — 已占: {held}" if held else "")
