"""分期: what of a grant is due now. Each stage falls due when its condition holds; what is unknown is not yet due.

A stage once paid is not computed again; the remainder (其余) settles it. Nothing here pays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jixiang.language.typed import Policy, Remainder, Stage
from jixiang.readings.bounds import half_up
from jixiang.readings.env import Env
from jixiang.readings.evaluate import certain, truth


def stages_due(
    policy: Policy, granted_fen: int, paid_before: Mapping[str, int], env: Env
) -> list[tuple[str, int | None]]:
    """Each stage with what is due in fen, in order; None is not yet. Below zero is owed back.

    `env` is the claim's (`decide.environment`), on today's decision date; `paid_before` is what was due of each stage
    when it was paid.
    """
    env = replace(env, granted=granted_fen)
    due: dict[str, int | None] = {s.name: _due(s, paid_before, env) for s in policy.stages if not settles(s)}
    for stage in policy.stages:
        others = sum(fen or 0 for name, fen in due.items() if name != stage.name)
        if settles(stage):
            due[stage.name] = _settled(stage, granted_fen - others, paid_before, env)
        if stage.name not in paid_before or settles(stage):
            due[stage.name] = -others if _too_late(stage, env) else due[stage.name]
    return [(stage.name, due[stage.name]) for stage in policy.stages]


def settles(stage: Stage) -> bool:
    """其余: what has been granted less what the other stages have paid."""
    return isinstance(stage.amount, Remainder)


def _due(stage: Stage, paid_before: Mapping[str, int], env: Env) -> int | None:
    if stage.name in paid_before:
        return paid_before[stage.name]
    fen = certain(stage.amount, env) if truth(stage.when, env) is True else None
    return None if fen is None else half_up(fen)


def _settled(stage: Stage, left_fen: int, paid_before: Mapping[str, int], env: Env) -> int | None:
    """Computed again each time its condition holds; while it does not, what was paid stays as it is."""
    holds = truth(stage.when, replace(env, remainder=left_fen)) is True
    return left_fen if holds else paid_before.get(stage.name)


def _too_late(stage: Stage, env: Env) -> bool:
    """逾期追回: the deadline has passed and the condition does not hold."""
    deadline = None if stage.deadline is None else certain(stage.deadline, env)
    return deadline is not None and env.decision_date > deadline and truth(stage.when, env) is not True
