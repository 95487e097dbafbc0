"""上限, 互斥 and 先高后低 of all documents together: each rule once, with every policy that it binds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from jixiang.language import surface, typed
from jixiang.language.bindings import Bound, bind
from jixiang.language.check import kinds
from jixiang.language.check.core import Desk, bare
from jixiang.language.check.scope import Scope
from jixiang.language.nearness import perhaps
from jixiang.language.surface_shape import shape
from jixiang.language.types import DATE

RuleKind = Literal["count", "months", "money", "exclude", "ladder"]
RulePer = Literal["", "month", "year"] | typed.Within_
MANY = 100
KINDS: dict[str, RuleKind] = {"number": "count", "months": "months", "money": "money"}


@dataclass(frozen=True)
class Stated:
    """A rule as one document states it. `names` are the documents that it binds, the stating one among them."""

    statement: surface.LimitStatement
    by: Bound
    article: str
    names: frozenset[str]

    @property
    def identity(self) -> tuple[object, ...]:
        """What two statements of one rule have in common, however each names the other policies."""
        said = self.statement
        most = shape(said.most) if said.most is None else _unit_of(said)
        keys = tuple(shape(path) for path in said.keys)
        return said.kind, self.names, keys, said.per, most, shape(said.when), shape(said.level)


def _unit_of(said: surface.LimitStatement) -> str:
    return said.most.unit if isinstance(said.most, surface.Literal_) and said.most.unit not in ("次", "") else "次"


def read_limits(bound: list[Bound], scopes: list[Scope], desk: Desk) -> list[typed.Rule]:
    """All rules, in the order of the policy codes that state them."""
    stated = [one for policy in sorted(bound, key=lambda b: b.key) for one in _stated(policy, scopes, desk)]
    groups: dict[tuple[object, ...], list[Stated]] = {}
    for one in stated:
        groups.setdefault(one.identity, []).append(one)
    return [rule for group in groups.values() if (rule := _rule(group, bound, desk)) is not None]


def _stated(policy: Bound, scopes: list[Scope], desk: Desk) -> list[Stated]:
    found = []
    for part in policy.scope.document.rules:
        if isinstance(part.statement, surface.LimitStatement):
            names = {policy.policy.name} | {
                word.text for word in part.statement.policies if _is_policy(word, policy, scopes, desk)
            }
            found.append(Stated(part.statement, policy, part.article, frozenset(names)))
    return found


def _is_policy(word: surface.Word, policy: Bound, scopes: list[Scope], desk: Desk) -> bool:
    """May the document be bound? One that the pack lacks may (it is a warning); a list may not."""
    called = [scope for scope in scopes if scope.front.is_called(word.text)]
    if not called:
        known = [scope.front.name for scope in scopes if scope.front.kind == "政策"]
        way = perhaps(word.text, known) or "等有了这份文件,这条规则就会约束它;现在不用改"
        desk.note("absent-document", word.place, f"没有名为《{word.text}》的文件,这条规则暂不约束它", way, "warning")
    elif any(scope.front.kind != "政策" for scope in called):
        desk.note("not-a-policy", word.place, f"《{word.text}》不是政策,不能与它合计或互斥")
        return False
    elif policy.scope in called and word.text == policy.policy.name:
        desk.note("not-a-policy", word.place, f"《{word.text}》就是本文,不用写", "删去它的名称")
        return False
    return True


def _rule(group: list[Stated], bound: list[Bound], desk: Desk) -> typed.Rule | None:
    first = group[0]
    for other in group[1:]:
        if other.by.key == first.by.key and other.by.scope is not first.by.scope:
            return None  # a document that is there twice: that was said
        if other.by.key == first.by.key:
            desk.note("duplicate-rule", other.statement.place, "这条规则在本文里写了两次", "删去其中一条")
            return None
    if not _agree(group, desk):
        return None
    bindings = _bindings(group, bound, desk)
    if bindings is None or not bindings:
        return None
    said = first.statement
    named = next((one.statement.name.text for one in group if one.statement.name is not None), "")
    rule = typed.Rule(
        name=named or canonical(said),
        kind=_kind(said, bindings),
        per=_per(said),
        top_up=any(one.statement.pick == "就高补差" for one in group),
        text=said.text,
        article=first.article,
        stated_in=first.by.policy.code,
        bindings=bindings,
        place=said.place,
    )
    if isinstance(said.most, surface.Literal_) and rule.kind == "count" and not said.most.unit:
        _warn_bare(said.most, desk)
    return rule if _sound(rule, said, bound, desk) else None


def _warn_bare(most: surface.Literal_, desk: Desk) -> None:
    """最多 5000 counts grants; so many are hardly meant."""
    if isinstance(most.value, Fraction | int) and most.value >= MANY:
        number = f"{Fraction(most.value)}"
        message = f"'最多 {number}' 没有写单位,按 {number} 次算"
        desk.note("bare-limit", most.place, message, f"是金额就写 '{number} 元',是次数就写 '{number} 次'", "warning")


def canonical(said: surface.LimitStatement) -> str:
    """The rule's text without its head and without 取舍: what an unnamed rule is called."""
    text = said.text.replace("：", ":")
    body = text.partition(":")[2].strip() if ":" in text else text
    return body.removesuffix(said.pick).rstrip(" ,，") if said.pick else body


def _agree(group: list[Stated], desk: Desk) -> bool:
    """A rule stated twice says the same twice (a version may have its own number for itself)."""
    first = group[0]
    for other in group[1:]:
        names = {one.statement.name.text for one in (first, other) if one.statement.name is not None}
        picks = {one.statement.pick for one in (first, other)}
        same_policy = first.by.policy.code == other.by.policy.code
        alike = _most_said(first) == _most_said(other)
        if len(names) > 1 or len(picks) > 1 or not (alike or same_policy):
            message = f"这条规则在《{first.by.policy.name}》里也写了,两处说法不同: {first.statement.text}"
            desk.note("rule-disagrees", other.statement.place, message, "两处写成一样,或只留一处")
            return False
    return True


def _most_said(one: Stated) -> object:
    """What stands behind 最多: 3 次 and 3 say the same."""
    most = one.statement.most
    return shape(replace(most, unit="") if isinstance(most, surface.Literal_) and most.unit == "次" else most)


def _bindings(group: list[Stated], bound: list[Bound], desk: Desk) -> dict[tuple[str, str], typed.Binding] | None:
    """Every bound version; its own statement speaks before another's, and of those the first policy's."""
    found: dict[tuple[str, str], typed.Binding] = {}
    by: dict[tuple[str, str], Bound] = {}
    failed = False
    for one in sorted(group, key=lambda one: (one.by.policy.code, one.by.policy.in_force_from)):
        others = [b for b in bound if b.policy.code != one.by.policy.code and _is_named(b, one)]
        for policy in (one.by, *others):
            before = by.get(policy.key)
            if before is not None and policy is not one.by and before.policy.code != one.by.policy.code:
                continue
            binding = bind(one.statement, one.by.scope, policy, desk)
            failed = failed or binding is None
            if binding is not None:
                again = before is not None and policy is not one.by and before.key != policy.key
                found[policy.key] = _since(one.by, found[policy.key], binding) if again else binding
                by[policy.key] = one.by
    return None if failed else dict(sorted(found.items()))


def _since(version: Bound, before: typed.Binding, after: typed.Binding) -> typed.Binding:
    """A rule that two versions of another policy state: from the day of the newer one its number and its 当 hold."""
    day = typed.Constant(version.policy.in_force_from, DATE)

    def then(old: typed.Expr | None, new: typed.Expr | None) -> typed.Expr | None:
        if old is None or new is None or old == new:
            return new
        return typed.If(typed.Compare(">=", typed.EffectiveDate(), day), new, old)

    return replace(after, most=then(before.most, after.most), when=then(before.when, after.when))


def _is_named(policy: Bound, one: Stated) -> bool:
    return any(policy.scope.front.is_called(name) for name in one.names)


def _kind(said: surface.LimitStatement, bindings: dict[tuple[str, str], typed.Binding]) -> RuleKind:
    if said.kind != "上限":
        return "exclude" if said.kind == "互斥" else "ladder"
    most = next(iter(bindings.values())).most
    return KINDS.get(most.type.kind, "count") if most is not None else "count"


def _per(said: surface.LimitStatement) -> RulePer:
    match said.per:
        case None:
            return ""
        case surface.Per(word="每年"):
            return "year"
        case surface.Per(word="每月"):
            return "month"
        case surface.Per(number=number, unit="年"):
            return typed.Within_(months=12 * number)
        case surface.Per(number=number, unit="个月"):
            return typed.Within_(months=number)
        case surface.Per(number=number):
            return typed.Within_(days=number)


# What a rule must satisfy ----------------------------------------------------------------------------------------


def _sound(rule: typed.Rule, said: surface.LimitStatement, bound: list[Bound], desk: Desk) -> bool:
    by_key = {policy.key: policy for policy in bound}
    _warn_apart(rule, said, by_key, desk)
    good = all(_sound_for(rule, said, binding, by_key[key].policy, desk) for key, binding in rule.bindings.items())
    if good and rule.top_up:
        good = _may_top_up(rule, said, by_key, desk)
    return good


def _warn_apart(
    rule: typed.Rule, said: surface.LimitStatement, by_key: dict[tuple[str, str], Bound], desk: Desk
) -> None:
    """Do all policies mean the same kind of thing by a key? A person and his name would never be found to be one."""
    (first, binding), *others = rule.bindings.items()
    for key, other in others:
        for path, one, another in zip(said.keys, binding.keys, other.keys, strict=True):
            if not kinds.agree(one.type, another.type):
                said_of = {by_key[first].scope.front.label: one.type, by_key[key].scope.front.label: another.type}
                both = ",".join(f"在《{name}》里是{kinds.spoken(type_)}" for name, type_ in said_of.items())
                message = f"'{path.words[-1].text}' {both},两边永远合不到一起"
                desk.note("keys-apart", path.place, message, "用 定义 让各政策说的是同一种", "warning")


def _sound_for(
    rule: typed.Rule, said: surface.LimitStatement, binding: typed.Binding, policy: typed.Policy, desk: Desk
) -> bool:
    most, level = binding.most, binding.level
    if most is not None:
        if most.type.kind not in KINDS or most.type.unit not in ("", "次"):
            desk.note("bad-limit", said.place, "最多 后面要写次数、个月数或金额", "如 3 次、6 个月、5000 元")
            return False
        if KINDS[most.type.kind] != rule.kind:
            desk.note("bad-limit", said.place, f"这条上限在《{policy.name}》里是另一种数", "各政策要是同一种数")
            return False
    if rule.kind == "months" and not policy.each:
        message = f"最多几个月 数的是不同的 当期,《{policy.name}》的对象没有写 每月 或 每年"
        desk.note("bad-limit", said.place, message, "改写成次数,如 '最多 6 次'")
        return False
    if level is not None and not level.type.ordered:
        codes = desk.vocabulary.codes.get(level.type.of) if level.type.kind == "code" else None
        if codes is None or not codes.ordered:
            message = f"比 后面的{kinds.spoken(level.type)}分不出高低"
            desk.note("no-order", said.place, message, "写一个有高低的编码,如 等级")
            return False
    return True


def _may_top_up(
    rule: typed.Rule, said: surface.LimitStatement, by_key: dict[tuple[str, str], Bound], desk: Desk
) -> bool:
    for key, binding in rule.bindings.items():
        policy = by_key[key].policy
        if rule.kind != "exclude" and not (
            isinstance(binding.most, typed.Constant) and rule.kind == "count" and binding.most.value == 1
        ):
            desk.note("bad-top-up", said.place, "就高补差 只能用于 最多 1 次 或 只享其一", "改用 高额优先 或 先到先得")
            return False
        if bare(policy.beneficiary) not in [bare(expr) for expr in binding.keys]:
            message = f"就高补差 要补给同一个人,'每 …' 里却没有《{policy.name}》的受益人"
            desk.note("bad-top-up", said.place, message, "在 每 后面加上受益人,如 人员")
            return False
    return True
