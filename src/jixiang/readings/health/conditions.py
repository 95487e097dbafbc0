"""无人能享 and 多余条件: conditions that cannot hold together, and conditions that follow from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jixiang.language.typed import Condition, Policy
from jixiang.readings.health.ask import Asker
from jixiang.readings.health.claim import Claim
from jixiang.readings.health.finding import Example, Finding, Probe
from jixiang.readings.health.person import Tried
from jixiang.readings.health.space import Solver
from jixiang.readings.health.term import Z


@dataclass(frozen=True)
class Clause:
    """Something that must hold for a claim, by its name."""

    name: str
    holds: Z
    condition: Condition | None = None


def check_conditions(asker: Asker, policy: Policy) -> Iterator[Finding]:
    """Of one version. Where nobody can have it, no more is said of its conditions."""
    space = asker.question.space([policy])
    claim = Claim(space, asker.question.rulebook, policy)
    solver = asker.solver(space)
    clauses = _clauses(claim)
    found = solver.find([clause.holds for clause in clauses])
    if found is None:
        asker.give_up(policy, "有没有人能享受")
    if found is False:
        yield _nobody(asker, claim, solver, clauses)
        return
    for number, condition in enumerate(policy.conditions):
        if (finding := _follows(asker, claim, solver, number, condition)) is not None:
            yield finding


def _clauses(claim: Claim) -> list[Clause]:
    conditions = claim.policy.conditions
    stated = [Clause(c.name, truth.t, c) for c, truth in zip(conditions, claim.conditions, strict=True)]
    parts = [Clause(name, part) for name, part in claim.parts.items()]
    worth = claim.space.logic.all(claim.worth)
    return [*parts, *stated, Clause("金额", worth)]


def _nobody(asker: Asker, claim: Claim, solver: Solver, clauses: Sequence[Clause]) -> Finding:
    policy = claim.policy
    kept = [clauses[n] for n in solver.needed([clause.holds for clause in clauses], [])]
    names = "、".join(f"“{clause.name}”" for clause in kept)
    worst = next((c for c in reversed(kept) if c.condition is not None), kept[-1])
    others = [clause.holds for clause in clauses if clause is not worst]
    tried = asker.person(solver, claim, others)
    shown = tried is not None and tried.rows[0].result.outcome != "granted"
    place = worst.condition.place if worst.condition else asker.place(policy)
    together = f"{names} 不能同时成立" if len(kept) > 1 else f"{names} 永远不成立"
    return Finding(
        kind="无人能享",
        document=asker.label(policy),
        place=place,
        about=policy.name,
        text=f"没有人能享受: {together}",
        examples=(tried.example,) if tried is not None and shown else (),
        way_out=f"改其中一项;例子里的对象只差“{worst.name}”",
        probe=Probe(policy, passing="any"),
    )


def _follows(asker: Asker, claim: Claim, solver: Solver, number: int, condition: Condition) -> Finding | None:
    policy, logic = claim.policy, claim.space.logic
    others = [Clause(name, part) for name, part in claim.parts.items()]
    stated = zip(policy.conditions, claim.conditions, strict=True)
    others += [Clause(c.name, truth.t, c) for n, (c, truth) in enumerate(stated) if n != number]
    mine, every = claim.conditions[number], [t for n, t in enumerate(claim.conditions) if n != number]
    alone = logic.all([mine.f, *(logic.no_(one.f) for one in every)])
    fails = logic.no_(mine.t)
    unknown = logic.all([fails, *(one.t for one in every)])
    found = solver.find([*claim.considered, logic.any([alone, unknown])])
    if found is None:
        asker.give_up(policy, f"条件“{condition.name}”是不是多余")
    if found is not False:
        return None
    needed = [others[n] for n in solver.needed([clause.holds for clause in others], [fails])]
    names = "、".join(f"“{clause.name}”" for clause in needed)
    why = f"从{names}就能推出“{condition.name}”" if needed else f"“{condition.name}”对谁都成立"
    return Finding(
        kind="多余条件",
        document=asker.label(policy),
        place=condition.place,
        about=condition.name,
        text=f"{why}: 没有人只因为它不能享受",
        examples=_fails_with_others(asker, claim, solver, number, needed),
        way_out="删去它;本来要写得更严的,改严它",
        probe=Probe(policy, passing="any", failed=condition.name),
    )


def _fails_with_others(
    asker: Asker, claim: Claim, solver: Solver, number: int, needed: Sequence[Clause]
) -> tuple[Example, ...]:
    """Somebody who fails the condition, and so fails another, too; where nobody can fail it, somebody who has it all."""
    stated = {clause.name for clause in needed if clause.condition is not None}
    conditions = claim.policy.conditions
    for dropped in sorted(stated):
        kept = [t.t for n, t in enumerate(claim.conditions) if n != number and conditions[n].name != dropped]
        tried = asker.person(solver, claim, [*claim.considered, claim.conditions[number].f, *kept])
        wanted = {dropped, conditions[number].name}
        if tried is not None and wanted <= tried.rows[0].result.names:
            return (tried.example,)
    whole: Tried | None = asker.person(solver, claim, [*claim.holds, *claim.worth])
    return (whole.example,) if whole is not None and whole.rows[0].result.outcome == "granted" else ()
