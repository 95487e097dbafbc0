"""重复给付: two policies that pay one beneficiary for the same thing, with no 互斥 and no common 上限 in the way.

What the same thing is follows from the vocabulary alone (`sames`): a row, a row that both refer to, one person with the same
codes or the same text, one person in the same month. Rows that money goes to (a person, a firm) are no thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from jixiang.language import typed as t
from jixiang.language.typed import Expr, Policy, Rule, Rulebook, Within_
from jixiang.language.types import Type, ref
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.decide import is_service
from jixiang.readings.fits import person_entity
from jixiang.readings.health.ask import NAME, Asker
from jixiang.readings.health.claim import Claim, expressions, horizon
from jixiang.readings.health.finding import Finding, Probe, Same
from jixiang.readings.health.person import Tried, Writer
from jixiang.readings.health.term import Worth, Z
from jixiang.readings.tree import walk

CODES = 2  # so many lists of codes must agree to make one thing of two rows


def pairs(rulebook: Rulebook, chosen: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The policies that may pay for one thing; one of each pair is among those that are looked at."""
    paying = [code for code, versions in rulebook.policies.items() if any(_pays(v) for v in versions)]
    yield from (pair for pair in combinations(paying, 2) if set(pair) & set(chosen))


def _pays(policy: Policy) -> bool:
    return not policy.honour and not is_service(policy)


def check_pair(asker: Asker, one: str, other: str) -> Iterator[Finding]:
    """Of two policies: the first way in which any of their versions pay twice."""
    rulebook, vocabulary = asker.question.rulebook, asker.question.vocabulary
    parties = paid(rulebook)
    for left in rulebook.policies[one]:
        for right in rulebook.policies[other]:
            if not (_pays(left) and _pays(right)) or left.beneficiary.type != right.beneficiary.type:
                continue
            for same in sames(vocabulary, rulebook, parties, left, right):
                finding = _twice(asker, left, right, same)
                if finding is not None:
                    yield finding
                    return


# What is the same thing ----------------------------------------------------------------------------------------------


def paid(rulebook: Rulebook) -> frozenset[str]:
    """The entities that money goes to."""
    every = (version for versions in rulebook.policies.values() for version in versions)
    return frozenset(expr.type.of for version in every for expr in (version.beneficiary, version.payee))


def sames(
    vocabulary: Vocabulary, rulebook: Rulebook, parties: frozenset[str], left: Policy, right: Policy
) -> Iterator[Same]:
    """In which ways two claims may be for the same thing, the plainest first."""
    one, other = t.Row(0, ref(left.entity)), t.Row(0, ref(right.entity))
    period = t.Period(Type(left.each)) if left.each and left.each == right.each else None
    word = {"month": "同一个月", "year": "同一年"}.get(left.each, "") if period is not None else ""
    if left.entity == right.entity and (left.entity not in parties or period is not None or not left.each):
        also = (period,) if period is not None else ()
        yield Same(f"同一{left.entity}{word}", (one, *also), (other, *also))
    seen = read_of(rulebook, left), read_of(rulebook, right)
    mine, theirs = _rows(vocabulary, parties, left, seen[0]), _rows(vocabulary, parties, right, seen[1])
    people = _person(vocabulary, left), _person(vocabulary, right)
    for entity in [e for e in mine if e in theirs and not (e == left.entity == right.entity)]:
        if entity in (left.entity, right.entity):
            yield Same(f"同一{entity}", (mine[entity],), (theirs[entity],))
        elif people[0] is not None and people[1] is not None:
            yield Same(f"同一人同一{entity}", (people[0], mine[entity]), (people[1], theirs[entity]))
    if people[0] is None or people[1] is None or left.entity == right.entity:
        return
    marks = _marks(vocabulary, left, seen[0]), _marks(vocabulary, right, seen[1])
    yield from _same_marks(*marks, people[0], people[1])
    if period is not None and left.each == "month":
        yield Same("同一人同一个月", (people[0], period), (people[1], period))


def _same_marks(mine: dict[Type, Expr], theirs: dict[Type, Expr], one: Expr, other: Expr) -> Iterator[Same]:
    """One person with the same codes of several lists, or with the same text of one name."""
    both = [mark for mark in mine if mark in theirs]
    codes = [mark for mark in both if mark.kind == "code"]
    if len(codes) >= CODES:
        said = "、".join(mark.of for mark in codes)
        yield Same(f"同一人同一{said}", (one, *(mine[m] for m in codes)), (other, *(theirs[m] for m in codes)))
    for mark in both:
        if mark.kind == "text":
            yield Same(f"同一人同一{mark.of}", (one, mine[mark]), (other, theirs[mark]))


def read_of(rulebook: Rulebook, policy: Policy) -> frozenset[str]:
    """The attributes of its 对象 that a policy, or a rule that binds it, looks at: what it is concerned with."""
    bindings = [r.bindings.get((policy.code, policy.version)) for r in rulebook.rules_of(policy.code)]
    keys = [key for binding in bindings if binding is not None for key in binding.keys]
    nodes = [node for expr in (*expressions(policy), *keys) for node in walk(expr)]
    return frozenset(n.attribute for n in nodes if isinstance(n, t.Get) and n.of == t.Row(0, ref(policy.entity)))


def _rows(vocabulary: Vocabulary, parties: frozenset[str], policy: Policy, seen: frozenset[str]) -> dict[str, Expr]:
    """The row that a policy decides on and those that it refers to; not those that are paid."""
    row = t.Row(0, ref(policy.entity))
    found: dict[str, Expr] = {} if policy.entity in parties else {policy.entity: row}
    for attribute in vocabulary.entities[policy.entity].attributes.values():
        of = attribute.type
        if of.kind == "ref" and of.of not in parties and attribute.name in seen and attribute.column:
            found.setdefault(of.of, t.Get(row, attribute.name, of))
    return found


def _person(vocabulary: Vocabulary, policy: Policy) -> Expr | None:
    """Whom a row is about."""
    people, row = person_entity(vocabulary), t.Row(0, ref(policy.entity))
    if policy.entity == people:
        return row
    for attribute in vocabulary.entities[policy.entity].attributes.values():
        if attribute.type == ref(people) and attribute.column and not attribute.varies:
            return t.Get(row, attribute.name, attribute.type)
    return None


def _marks(vocabulary: Vocabulary, policy: Policy, seen: frozenset[str]) -> dict[Type, Expr]:
    """The codes and texts of a row, by list and by name."""
    row, found = t.Row(0, ref(policy.entity)), dict[Type, Expr]()
    for attribute in vocabulary.entities[policy.entity].attributes.values():
        if attribute.name not in seen or attribute.varies:
            continue
        if attribute.type.kind == "code":
            found.setdefault(attribute.type, t.Get(row, attribute.name, attribute.type))
        elif attribute.type.kind == "text" and not attribute.format:
            found[Type("text", of=attribute.name)] = t.Get(row, attribute.name, attribute.type)
    return found


# Are both paid? ------------------------------------------------------------------------------------------------------


def _twice(asker: Asker, left: Policy, right: Policy, same: Same) -> Finding | None:
    question = asker.question
    space = question.space([left, right])
    logic = space.logic
    one, later = Claim(space, question.rulebook, left), space.free_day("决定日")
    shares = left.entity == right.entity and same.said.startswith(f"同一{left.entity}")
    other = Claim(space, question.rulebook, right, subject=one.subject if shares else None, today=later)
    wanted = [*one.holds, *one.worth, *other.holds, *other.worth]
    wanted += [c.until(horizon(c.policy, question.as_of)) for c in (one, other)]
    agree = zip((left.beneficiary, *same.left), (right.beneficiary, *same.right), strict=True)
    wanted += [space.same(one.reader.read(a), other.reader.read(b)) for a, b in agree]
    rules = question.rulebook.rules_of(left.code)
    wanted += [logic.no_(_kept_apart(rule, one, other)) for rule in rules]
    solver = asker.solver(space)
    liked = [later.order == space.today.order, *one.liked(question.as_of)]
    model = solver.find(wanted, liked)
    if model is None:
        asker.give_up(left, f"与《{right.name}》是不是重复给付")
    if not model:
        return None
    writer = Writer(space, model)
    tried = [asker.show_all([(NAME, claim)], model, writer) for claim in (one, other)]
    return _finding(asker, (left, right), same, [t for t in tried if t is not None])


def _kept_apart(rule: Rule, one: Claim, other: Claim) -> Z:
    """Does a rule let only one of the two be granted (or cap the money of both)?"""
    logic = one.space.logic
    mine, theirs = (rule.bindings.get((c.policy.code, c.policy.version)) for c in (one, other))
    if mine is None or theirs is None or rule.kind not in ("count", "exclude", "money"):
        return logic.no
    agree = zip(mine.keys, theirs.keys, strict=True)
    parts = [one.space.same(one.reader.read(a), other.reader.read(b)) for a, b in agree]
    for claim, binding in ((one, mine), (other, theirs)):
        parts += [claim.reader.truth(binding.when).t] if binding.when is not None else []
        if rule.kind == "count" and binding.most is not None:
            parts.append(claim.reader.worth(binding.most).value < 2)
    first, second = (c.reader.effective for c in (one, other))
    if isinstance(first, Worth) and isinstance(second, Worth) and not isinstance(rule.per, Within_) and rule.per:
        months = first.value.month, second.value.month
        parts.append(months[0] == months[1] if rule.per == "month" else months[0] / 12 == months[1] / 12)
    return logic.all(parts)


def _finding(asker: Asker, both: tuple[Policy, Policy], same: Same, tried: list[Tried]) -> Finding:
    left, right = both
    paid_twice = len(tried) == 2 and all(one.rows[0].result.outcome == "granted" for one in tried)
    return Finding(
        kind="重复给付",
        document=asker.label(left),
        place=asker.place(left),
        about=right.name,
        text=f"同一{left.beneficiary.type.of}为{same.said},本文和《{asker.label(right)}》都可以享受,没有互斥或共同的上限",
        examples=tuple(one.example for one in tried) if paid_twice else (),
        standing="确认" if paid_twice else "未能确认",
        way_out=f"写一条互斥: 与《{right.name}》 每 … 只享其一,或共同的上限;本来就可以都享受的,写释明",
        parties=tuple((asker.label(p), p.name) for p in both),
        probe=Probe(left, other=right, same=same),
    )
