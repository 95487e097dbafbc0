"""版本断档 and 版本重叠: days between two versions of a policy on which neither speaks, and days that both claim.

The newer version's 施行 ends the older one; so two overlap where the older says itself that it goes on for longer, or where
the two tell 适用日 differently and both find a subject in their own time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from jixiang.language import typed as t
from jixiang.language.typed import Policy
from jixiang.language.types import DATE
from jixiang.readings.health.ask import NAME, Asker
from jixiang.readings.health.claim import Claim
from jixiang.readings.health.finding import Finding, Probe
from jixiang.readings.health.person import Writer

DAY = timedelta(days=1)


def check_versions(asker: Asker, code: str) -> Iterator[Finding]:
    versions = asker.question.rulebook.policies[code]
    for older, newer in pairwise(versions):
        last, first = said_to_end(asker, older), begins(newer)
        if last is not None and last + DAY < first:
            yield from _gap(asker, older, newer, last + DAY, first - DAY)
        elif last is None and newer.in_force_from < first:
            yield from _gap(asker, older, newer, newer.in_force_from, first - DAY)
        if last is not None and last >= first:
            yield from _both(asker, replace(older, in_force_until=last + DAY), newer, first, last)
        elif older.effective_date != newer.effective_date:
            yield from _both(asker, older, newer, None, None)


def said_to_end(asker: Asker, policy: Policy) -> date | None:
    """The last day that a version claims by its own words: before 废止, and within 执行期."""
    repealed = asker.city.scopes[policy.file].front.repealed_from
    ends = [repealed - DAY] if repealed is not None else []
    if policy.execution is not None:
        ends.append(max([policy.execution.last, *(last for _, last in policy.execution.extended)]))
    return min(ends, default=None)


def begins(policy: Policy) -> date:
    return policy.in_force_from if policy.execution is None else max(policy.in_force_from, policy.execution.first)


def _gap(asker: Asker, older: Policy, newer: Policy, first: date, last: date) -> Iterator[Finding]:
    """Somebody who would have it under the newer version, but for the day."""
    asked = replace(
        newer, in_force_from=first, in_force_until=last + DAY, execution=None, acceptance=None, transitions=()
    )
    rulebook = replace(asker.question.rulebook, policies={**asker.question.rulebook.policies, newer.code: (asked,)})
    space = asker.question.space([asked])
    claim = Claim(space, rulebook, asked)
    solver = asker.solver(space)
    if solver.find(claim.considered) is False:
        return
    likely = ([*claim.holds, *claim.worth], claim.holds, claim.considered)
    tried = next((one for wanted in likely if (one := asker.person(solver, claim, wanted)) is not None), None)
    shown = tried is not None and tried.rows[0].result.outcome == "not_considered"
    yield Finding(
        kind="版本断档",
        document=asker.label(newer),
        place=asker.front(newer, "执行期", "施行"),
        about=older.version,
        text=f"《{asker.label(older)}》到 {first - DAY} 为止,本文从 {last + DAY} 起:适用日在 {first} 至 {last} 的,哪个版本也不管",
        examples=(tried.example,) if tried is not None and shown else (),
        standing="确认" if shown else "未能确认",
        way_out="把本文的 施行、执行期 提早,或者把上一个版本的 废止、执行期 推后",
        probe=Probe(asked, passing="any"),
    )


def _both(asker: Asker, older: Policy, newer: Policy, first: date | None, last: date | None) -> Iterator[Finding]:
    versions = tuple(older if v.version == older.version else v for v in asker.question.rulebook.policies[older.code])
    rulebook = replace(asker.question.rulebook, policies={**asker.question.rulebook.policies, older.code: versions})
    if older.entity != newer.entity or older.each != newer.each:
        return
    space = asker.question.space([older, newer])
    one = Claim(space, rulebook, older)
    other = Claim(space, rulebook, newer, one.subject, period=one.period)
    solver = asker.solver(space)
    model = solver.find([*one.holds, *other.holds, *one.worth, *other.worth], other.liked(asker.question.as_of))
    model = model or solver.find([*one.considered, *other.considered], other.liked(asker.question.as_of))
    if model is None:
        asker.give_up(newer, f"与《{asker.label(older)}》有没有重叠")
    if not model:
        return
    writer = Writer(space, model)
    tried = [asker.show_all([(NAME, claim)], model, writer) for claim in (other, one)]
    when = f"{first} 至 {last}" if first is not None else "有的日子"
    until = (t.Compare("<=", newer.effective_date, t.Constant(last, DATE)),) if last is not None else ()
    found = [one for one in tried if one is not None]
    spoken = bool(found) and found[0].rows[0].result.outcome != "not_considered"
    yield Finding(
        kind="版本重叠",
        document=asker.label(newer),
        place=asker.front(newer, "施行", "执行期"),
        about=older.version,
        text=f"适用日在{when}的,《{asker.label(older)}》和本文都说归自己管;现在按本文办",
        examples=tuple(one.example for one in found),
        standing="确认" if spoken else "未能确认",
        way_out="把上一个版本的 废止、执行期 提早到本文施行以前;有人仍按上一个版本办的,写 过渡",
        probe=Probe(newer, tests=until, passing="any"),
    )
