"""Faults to plant in what a run takes over from the run before: each leaves somebody out who must be judged again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jixiang.language import typed as t
from jixiang.readings import concern
from jixiang.readings.query.sql import Sql
from jixiang.readings.run import before, kept

Patch = pytest.MonkeyPatch


def who_refers_is_left_out(patch: Patch) -> None:
    """A firm's change concerns none of its people."""
    patch.setattr(concern.Concern, "_referring", lambda self, entity, attribute, keys: [])


def who_has_is_left_out(patch: Patch) -> None:
    """A contribution concerns nobody but itself."""
    patch.setattr(concern.Concern, "_having", lambda self, entity, relation, there: [])


def whose_it_was_is_left_out(patch: Patch) -> None:
    """A certificate that changed hands concerns its new holder only."""
    plain = concern.Concern._side
    patch.setattr(concern.Concern, "_side", lambda self, side, relation, there: plain(self, "after", relation, there))


def pasts_are_not_looked_at(patch: Patch) -> None:
    """What changes with time concerns nobody."""
    patch.setattr(concern._Tracer, "_past_cell", lambda self, places, name: ())


def the_city_concerns_nobody(patch: Patch) -> None:
    """The row that everybody sees has changed, and nobody is judged again."""
    patch.setattr(concern.Concern, "_any", lambda self, query: False)


def one_column_is_enough(patch: Patch) -> None:
    """Of the columns that are looked at only the first is compared."""
    plain = concern.Concern._differs

    def differs(self: Any, place: concern.Place, table: str) -> Sql:
        few = concern.Place(place.entity, {table: set(sorted(place.read[table])[:1])})
        return plain(self, few, table)

    patch.setattr(concern.Concern, "_differs", differs)


def limits_are_not_read(patch: Patch) -> None:
    """What only a rule looks at concerns nobody."""
    plain = concern.expressions_of

    def expressions_of(rulebook: t.Rulebook, policy: t.Policy) -> Iterator[t.Expr]:
        alone = t.Rulebook(rulebook.policies, (), rulebook.tables, {}, {})
        return plain(alone, policy)

    patch.setattr(concern, "expressions_of", expressions_of)


def conditions_are_not_read(patch: Patch) -> None:
    """What only a condition looks at concerns nobody."""
    plain = concern.expressions_of

    def expressions_of(rulebook: t.Rulebook, policy: t.Policy) -> Iterator[t.Expr]:
        stated = {condition.expr for condition in policy.conditions}
        return (expr for expr in plain(rulebook, policy) if expr not in stated)

    patch.setattr(concern, "expressions_of", expressions_of)


def extracts_never_reach_further(patch: Patch) -> None:
    """That 事实截止 has moved concerns nobody."""
    patch.setattr(before, "_seen", lambda covered, day: day)


def texts_never_change(patch: Patch) -> None:
    """What was judged by another text is taken over."""
    for room in (before, kept):
        patch.setattr(room, "mark_of", lambda request, code: code)
