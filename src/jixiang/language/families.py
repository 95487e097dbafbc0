"""Which policies are decided in one line, and in what order: families, 取舍, 次序 and 《P》 在先."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise

from jixiang.language import surface, typed
from jixiang.language.bindings import Bound
from jixiang.language.check.core import Desk, bare
from jixiang.language.nearness import perhaps
from jixiang.language.surface_shape import shape
from jixiang.language.types import ref


def read_families(bound: list[Bound], rules: list[typed.Rule], desk: Desk) -> tuple[typed.Family, ...]:
    """The connected groups of policies, each with its rules and its order; a policy alone is a family of one."""
    groups = _connected({policy.policy.code for policy in bound}, rules)
    _check_named(bound, desk)
    _check_first(bound, desk)
    _check_funds(bound, desk)
    places = _places(bound, groups, desk)
    families = []
    for codes in groups:
        mine = [rule for rule in rules if any(code in codes for code, _ in rule.bindings)]
        members = [policy for policy in bound if policy.policy.code in codes]
        named = _named_apart(mine, members, desk)
        early = _early(mine, members, desk)
        _check_order(members, places, desk)
        families.append(typed.Family(codes, named, early, {code: places[code] for code in codes}))
        _warn_shared(families[-1], members, desk)
    return tuple(families)


def _connected(codes: set[str], rules: list[typed.Rule]) -> list[tuple[str, ...]]:
    group = {code: {code} for code in codes}
    for rule in rules:
        joined = set().union(*(group[code] for code, _ in rule.bindings))
        for code in joined:
            group[code] = joined
    return sorted({tuple(sorted(members)) for members in group.values()})


def _named_apart(rules: list[typed.Rule], members: list[Bound], desk: Desk) -> tuple[typed.Rule, ...]:
    """Names are unique in a family: of several with one name, each gets the code of the policy that states it."""
    count = Counter(rule.name for rule in rules)
    named = [replace(rule, name=f"{rule.name}（{rule.stated_in}）") if count[rule.name] > 1 else rule for rule in rules]
    again = Counter(rule.name for rule in named)
    taken = {c.name: policy.policy.name for policy in members for c in policy.policy.conditions}
    for rule in named:
        if again[rule.name] > 1:
            desk.note("duplicate-name", rule.place, f"有两条规则都叫 '{rule.name}'", "给其中一条换一个名字")
        elif rule.name in taken:
            message = f"'{rule.name}' 已经是《{taken[rule.name]}》里一个条件的名称"
            desk.note("duplicate-name", rule.place, message, "换一个名字,否则理由说不清是哪一个")
    return tuple(named)


# 取舍 ------------------------------------------------------------------------------------------------------------


def _picks(members: list[Bound]) -> list[tuple[str, surface.LimitStatement, str]]:
    """Every 取舍 that is written, its statement, and the name of the policy."""
    return [
        (part.statement.pick, part.statement, policy.policy.name)
        for policy in members
        for part in policy.scope.document.rules
        if isinstance(part.statement, surface.LimitStatement) and part.statement.pick
    ]


def _early(rules: list[typed.Rule], members: list[Bound], desk: Desk) -> bool:
    """先到先得, unless a rule of the family says 高额优先, or only 就高补差 is said."""
    said = _picks(members)
    first = next((item for item in said if item[0] == "先到先得"), None)
    other = next((item for item in said if item[0] == "高额优先"), None)
    if first is not None and other is not None:
        later, earlier = (first, other) if first[2] > other[2] else (other, first)
        message = f"《{earlier[2]}》写的是 {earlier[0]},这里写的是 {later[0]},而它们要排在一条队里"
        desk.note("pick-disagrees", later[1].place, message, "统一成一种取舍,或用 次序 写明谁在先")
    if other is not None:
        return False
    return first is not None or not any(rule.top_up for rule in rules)


def _warn_shared(family: typed.Family, members: list[Bound], desk: Desk) -> None:
    """A place that different beneficiaries compete for, and nobody wrote who comes first."""
    if _picks(members) or any(policy.policy.order for policy in members):
        return
    for rule in family.rules:
        for policy in members:
            binding = rule.bindings.get(policy.key)
            own = (bare(policy.policy.beneficiary), typed.Row(0, ref(policy.policy.entity)))
            if binding is not None and not any(bare(key) in own for key in binding.keys):
                message = f"《{policy.policy.name}》的不同受益人会共用 '{rule.name}' 的名额"
                way = "用 次序 写明谁在先,或在句末写 取舍"
                desk.note("shared-key", rule.place, message, way, "warning")


# 次序 ------------------------------------------------------------------------------------------------------------


def _stated(policy: Bound) -> surface.OrderStatement | None:
    for part in policy.scope.document.rules:
        if isinstance(part.statement, surface.OrderStatement):
            return part.statement
    return None


def _check_named(bound: list[Bound], desk: Desk) -> None:
    """Every 《P》 在先 names a policy that there is."""
    for policy in bound:
        stated = _stated(policy)
        for item in stated.items if stated is not None else ():
            named = item.policy
            if named is not None and not any(p.scope.front.is_called(named.text) for p in bound):
                way = perhaps(named.text, [p.policy.name for p in bound])
                message = f"没有名为《{named.text}》的政策,它的 在先 暂不起作用"
                desk.note("absent-document", named.place, message, way, "warning")


def _check_first(bound: list[Bound], desk: Desk) -> None:
    """《P》 在先 decides before all else, so it stands before all else."""
    for policy in bound:
        stated = _stated(policy)
        items = stated.items if stated is not None else ()
        for before, item in pairwise(items):
            if item.policy is not None and before.expr is not None:
                message = f"《{item.policy.text}》 在先 要写在 次序 的最前面: 先看政策,再看别的"
                desk.note("order-place", item.policy.place, message, f"写成 '次序: 《{item.policy.text}》 在先, …'")


def _own_items(policy: Bound) -> tuple[surface.OrderItem, ...]:
    stated = _stated(policy)
    return tuple(item for item in stated.items if item.expr is not None) if stated is not None else ()


def _places(bound: list[Bound], groups: list[tuple[str, ...]], desk: Desk) -> dict[str, int]:
    """Policy code → its place in every queue, its family's and its fund's. Who states no 次序 and is not named 在先 comes
    last."""
    codes = sorted({policy.policy.code for policy in bound})
    before = _before(bound, _queues(bound, groups))
    level = dict.fromkeys(codes, 0)
    for _ in codes:
        for one, other in before:
            level[other] = max(level[other], level[one] + 1)
    ring = [other for one, other in before if level[other] <= level[one]]
    if ring:
        place = next(s.place for policy in bound if policy.policy.code in ring and (s := _stated(policy)) is not None)
        desk.note("order-ring", place, "《…》 在先 绕成了圈", "去掉其中一处 在先")
    ordered = {p.policy.code for p in bound if _own_items(p)} | {code for pair in before for code in pair}
    last = max(level.values(), default=0) + 1
    return {code: level[code] if code in ordered or not ordered else last for code in codes}


def _queues(bound: list[Bound], groups: list[tuple[str, ...]]) -> dict[str, set[str]]:
    """Policy code → all that may stand in one queue with it: its family, and whom the same fund pays."""
    queue = {code: set(codes) for codes in groups for code in codes}
    for one in bound:
        same = {p.policy.code for p in bound if one.policy.fund and p.policy.fund == one.policy.fund}
        queue[one.policy.code] |= same
    return queue


def _check_order(members: list[Bound], places: dict[str, int], desk: Desk) -> None:
    """A family has one 次序; a 在先 may separate two."""
    for one, other in combinations([p for p in members if _own_items(p)], 2):
        if places[one.policy.code] == places[other.policy.code]:
            _check_same(one, other, desk)


def _before(bound: list[Bound], queues: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Pairs (first, second) from `《P》 在先`."""
    pairs: set[tuple[str, str]] = set()
    for policy in bound:
        mine, stated = policy.policy.code, _stated(policy)
        for item in stated.items if stated is not None else ():
            if item.policy is None:
                continue
            called = {p.policy.code for p in bound if p.scope.front.is_called(item.policy.text)}
            for first in called & queues[mine]:
                behind = queues[mine] if first == mine else {mine}
                pairs |= {(first, code) for code in behind if code != first}
    return sorted(pairs)


def _check_same(one: Bound, other: Bound, desk: Desk) -> None:
    mine, theirs = _stated(one), _stated(other)
    if mine is None or theirs is None or shape(_own_items(one)) == shape(_own_items(other)):
        return
    message = f"《{one.policy.name}》的 次序 与这里不同,而它们要排在一条队里"
    desk.note("order-disagrees", theirs.place, message, f"统一成一种次序,或写 '次序: 《{one.policy.name}》 在先, …'")


def _check_funds(bound: list[Bound], desk: Desk) -> None:
    """Documents of one fund queue together too: their 次序 must agree, or a 在先 must separate them."""
    funds: dict[str, list[Bound]] = {}
    for policy in bound:
        if policy.policy.fund and _own_items(policy):
            funds.setdefault(policy.policy.fund, []).append(policy)
    for members in funds.values():
        codes = {policy.policy.code for policy in members}
        before = _before(members, dict.fromkeys(codes, codes))
        for one, other in combinations(members, 2):
            pair = (one.policy.code, other.policy.code)
            if pair not in before and pair[::-1] not in before:
                _check_same(one, other, desk)
