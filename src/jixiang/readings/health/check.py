"""The whole check: every policy, every pair that may pay for one thing, every succession of versions; what is explained is said to be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from jixiang.language.city import City
from jixiang.language.typed import Explained, Rulebook
from jixiang.readings.health.amounts import check_amounts
from jixiang.readings.health.ask import Asker
from jixiang.readings.health.claim import Question
from jixiang.readings.health.conditions import check_conditions
from jixiang.readings.health.doubles import check_pair, pairs
from jixiang.readings.health.finding import KINDS, Finding, Health, matches
from jixiang.readings.health.lookups import check_lookups, last_day
from jixiang.readings.health.space import RLIMIT
from jixiang.readings.health.versions import check_versions

JUMP = Fraction(1, 2)
Progress = Callable[[str, float], None]
SINGLE = 0.5  # the share of the work that single policies are


def check_health(
    city: City,
    rulebook: Rulebook,
    as_of: date,
    codes: Collection[str] | None = None,
    *,
    jump: Fraction = JUMP,
    limit: int = RLIMIT,
    progress: Progress = lambda what, done: None,
) -> Health:
    """`codes`: the policies that are looked at, also beside the others; all unless said. `jump`: the share by which an amount
    may differ at one step; `limit`: the steps of one question to the solver. Reads no facts."""
    chosen = [code for code in rulebook.policies if codes is None or code in codes]
    asker = Asker(city, Question(city.vocabulary, rulebook, as_of), jump, limit)
    found: list[Finding] = []
    for number, code in enumerate(chosen):
        progress(code, SINGLE * number / len(chosen))
        found += _single(asker, code)
    both = list(pairs(rulebook, chosen))
    for number, (one, other) in enumerate(both):
        progress(f"{one} 和 {other}", SINGLE + (1 - SINGLE) * number / len(both))
        found += check_pair(asker, one, other)
    progress("完成", 1.0)
    explained = with_explanations(rulebook, found, as_of, whole=codes is None)
    undecided = sorted(set(asker.undecided), key=lambda one: (one.document, one.question))
    return Health(tuple(sorted(explained, key=lambda finding: finding.order)), tuple(undecided))


def _single(asker: Asker, code: str) -> list[Finding]:
    found: list[Finding] = []
    for policy in asker.question.rulebook.policies[code]:
        conditions = list(check_conditions(asker, policy))
        found += conditions
        if any(finding.kind == "无人能享" for finding in conditions):
            continue
        found += check_lookups(asker, policy)
        found += check_amounts(asker, policy)
    return [*found, *check_versions(asker, code)]


def with_explanations(rulebook: Rulebook, findings: Sequence[Finding], as_of: date, *, whole: bool) -> list[Finding]:
    """What a 释明 speaks of is explained. One that speaks of nothing is a finding, if everything was looked at; one of a kind
    that there is not is one anyhow. A table may be said to end before it has."""
    marked = []
    used = set()
    for finding in findings:
        said = next((one for one in rulebook.explained if matches(one, finding)), None)
        used |= {n for n, one in enumerate(rulebook.explained) if matches(one, finding)}
        marked.append(replace(finding, explained=said))
    for number, one in enumerate(rulebook.explained):
        strange = one.kind not in KINDS
        if number not in used and (whole or strange) and not _still_to_end(rulebook, one, as_of):
            why = f"没有“{one.kind}”这种体检结果" if strange else f"体检没有查到关于“{one.about}”的{one.kind}"
            way = f"可以写 {'、'.join(KINDS[:-1])}" if strange else "删去这条释明,或改对它的对象"
            marked.append(Finding("释明落空", one.document, one.place, one.about, f"释明落空: {why}", way_out=way))
    return marked


def _still_to_end(rulebook: Rulebook, explained: Explained, as_of: date) -> bool:
    named = [table for table in rulebook.tables.values() if table.name == explained.about.strip().strip("《》")]
    ends = [last for table in named if (last := last_day(table)) is not None]
    return explained.kind == "名单过期" and any(last >= as_of for last in ends)
