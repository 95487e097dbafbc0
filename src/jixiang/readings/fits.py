"""Does this fit me? One subject under one policy, or one person under all of them, on facts that are stored or typed in.

Says what would be decided before it is known who gets it when not all can. Never stores anything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jixiang.language.typed import Policy, Rulebook
from jixiang.language.vocabulary import Relation, Vocabulary
from jixiang.readings.decide import Period, candidates, judge
from jixiang.readings.explain import explain
from jixiang.readings.explanation import Explanation
from jixiang.readings.world import Facts


def does_it_fit(
    rulebook: Rulebook, code: str, facts: Facts, decision_date: date, subject: str, period: str | None = None
) -> Explanation | None:
    """What the version that speaks of the subject says of it, and why; of the latest period if none is given. None if there
    is no such period. `facts` may be what is stored, or a `World` made of what somebody typed in."""
    found = speaking(rulebook, code, facts, subject, period, decision_date)
    return None if found is None else explain(rulebook, found[0], facts, decision_date, subject, found[1])


def what_fits(
    rulebook: Rulebook, facts: Facts, decision_date: date, person: str, codes: Collection[str] | None = None
) -> list[Explanation]:
    """Every policy for a person: for each row of theirs that it can speak of, by policy, then by row. `codes`: these only."""
    return [
        found
        for code in sorted(rulebook.policies if codes is None else codes)
        for subject in subjects_of(rulebook, facts, code, person)
        if (found := does_it_fit(rulebook, code, facts, decision_date, subject)) is not None
    ]


def subjects_of(rulebook: Rulebook, facts: Facts, code: str, person: str) -> Sequence[str]:
    """The person, or the rows that belong to one, as a policy decides about persons or about such rows."""
    entity = rulebook.policies[code][0].entity
    people = person_entity(facts.vocabulary)
    if entity == people:
        return [person] if facts.row(entity, person) is not None else []
    ways = [way for way in _belongings(facts.vocabulary) if way.target == entity]
    return sorted({key for way in ways for key in facts.related(way, person)})


def about_people(rulebook: Rulebook, vocabulary: Vocabulary) -> list[str]:
    """The policies whose subjects can be found from a person."""
    found = {person_entity(vocabulary), *(way.target for way in _belongings(vocabulary))}
    return [code for code in sorted(rulebook.policies) if rulebook.policies[code][0].entity in found]


def _belongings(vocabulary: Vocabulary) -> list[Relation]:
    """To rows that are somebody's: such as cannot be without a person. A firm is not its head's."""
    ways = vocabulary.entities[person_entity(vocabulary)].relations.values()
    return [way for way in ways if all(_required(vocabulary, way.target, mine) for _, mine in way.pairs)]


def _required(vocabulary: Vocabulary, entity: str, attribute: str) -> bool:
    return vocabulary.entities[entity].attributes[attribute].required


def person_entity(vocabulary: Vocabulary) -> str:
    """The vocabulary names persons first."""
    return next(iter(vocabulary.entities))


def speaking(
    rulebook: Rulebook, code: str, facts: Facts, subject: str, wanted: str | None, today: date
) -> tuple[Policy, Period] | None:
    """The version and period that speak of the subject: the period that is asked for, else the latest considered; where none
    is, the newest there is. None if there is no such period."""
    fallback: tuple[Policy, Period] | None = None
    for policy in sorted(rulebook.policies[code], key=lambda p: p.in_force_from, reverse=True):
        for period in reversed(_periods(rulebook, policy, facts, subject, today)):
            if wanted is None or str(period) == wanted:
                fallback = fallback or (policy, period)
                if judge(rulebook, policy, facts, today, subject, period):
                    return policy, period
    return fallback


def _periods(rulebook: Rulebook, policy: Policy, facts: Facts, subject: str, today: date) -> list[Period]:
    return [period for _, period in candidates(rulebook, policy, _One(facts, subject), today)]


@dataclass
class _One:
    """Facts in which an entity has one row only, so that candidates are just that one's."""

    facts: Facts
    key: str

    def keys(self, entity: str) -> list[str]:
        return [self.key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.facts, name)
