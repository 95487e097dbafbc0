"""One decision, explained: every named value, every condition with its article, and how far off it was.

It asks the interpreter and adds nothing of its own: what it says is what was decided. No name and no identity number can
occur, for the facts hold none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from jixiang.language import typed as t
from jixiang.readings import decide
from jixiang.readings.bounds import Bounds
from jixiang.readings.decide import Period, Verdict, environment, judge_in
from jixiang.readings.env import Env
from jixiang.readings.evaluate import certain, evaluate, truth
from jixiang.readings.explanation import (
    ExplainedAmount,
    ExplainedCondition,
    ExplainedPlace,
    Explanation,
    NamedValue,
)
from jixiang.readings.look import speaking_row
from jixiang.readings.select import Asked
from jixiang.readings.shortfall import missing_facts, shortfalls
from jixiang.readings.tree import children, walk
from jixiang.readings.wording import say, spell, yuan
from jixiang.readings.world import Facts

ANSWERS = {True: "是", False: "否", None: "不明"}


def explain(
    rulebook: t.Rulebook,
    policy: t.Policy,
    world: Facts,
    decision_date: date,
    subject: str,
    period: Period = None,
    *,
    overrides: Mapping[str, t.Value] | None = None,
    selection: Mapping[str, Mapping[str, Any]] | None = None,
) -> Explanation:
    """Why one version of a policy says what it says of one subject.

    `selection`: for each title ("" unless 荣誉) what became of the claim: `outcome`, `amount_fen`, and `places` with
    `rule`, `holders` (in words, the beneficiary's own) and `others` (how many more).
    """
    env = environment(rulebook, policy, world, decision_date, subject, period, overrides)
    verdicts = judge_in(rulebook, policy, env)
    conditions = tuple(_condition(condition, env) for condition in policy.conditions)
    chosen = selection or {}
    return Explanation(
        policy=policy.code,
        name=policy.name,
        version=policy.version,
        entity=policy.entity,
        subject=subject,
        period="" if period is None else str(period),
        decision_date=str(decision_date),
        effective_date=str(env.effective_date or ""),
        beneficiary=certain(policy.beneficiary, env) or "",
        outcome=_outcome(verdicts, chosen),
        line="; ".join(_line(rulebook, policy, v, chosen.get(v.title), env) for v in verdicts)
        or "不在对象之内, 不作决定",
        near_miss=bool(verdicts) and _near(verdicts[0], conditions),
        values=tuple(_values(policy, env)),
        conditions=conditions,
        doubts=tuple(_doubts(rulebook, policy, verdicts, env)),
        amount=_amount(policy, verdicts, env),
        places=tuple(_places(rulebook, verdicts, chosen)),
    )


# Values and conditions -------------------------------------------------------------------------------------------


def _values(policy: t.Policy, env: Env) -> Iterator[NamedValue]:
    """The definitions as the document orders them, then parameters that are read on a day of their own (and then not as
    they were on 适用日, which nothing asks for)."""
    read = dict.fromkeys(node for expr in _read(policy) for node in walk(expr) if isinstance(node, t.Dated))
    names = {dated.name for dated in read}
    for definition in policy.definitions:
        if not isinstance(definition.expr, t.Dated):
            yield _named(definition.name, "定义", definition.expr, definition.article, env)
        elif definition.expr in read or definition.name not in names:
            yield _named(definition.name, "参数", definition.expr, definition.article, env)
    listed = {definition.expr for definition in policy.definitions}
    for dated in read:
        if dated not in listed:
            yield _named(dated.name, "参数", dated, policy.articles.get(dated.name, ""), env)


def _read(policy: t.Policy) -> Iterator[t.Expr]:
    """What is read for the verdict. A parameter as such (on 适用日) is not, unless something says so."""
    yield from (definition.expr for definition in policy.definitions if not isinstance(definition.expr, t.Dated))
    yield from (condition.expr for condition in policy.conditions)
    yield policy.amount


def _named(name: str, kind: str, expr: t.Expr, article: str, env: Env) -> NamedValue:
    spoken = expr if isinstance(expr, t.Dated) else t.Named(name, expr)
    value = say(evaluate(spoken, env), _chosen(expr, env).type, env.world.vocabulary)
    on = certain(expr.on, env) if isinstance(expr, t.Dated) else None
    return NamedValue(name, kind, value, article, "" if on is None else str(on), tuple(missing_facts(spoken, env)))


def _chosen(expr: t.Expr, env: Env) -> t.Expr:
    """若 may choose between rows of two entities: what is shown is of the one that was chosen."""
    match expr:
        case t.Named(expr=inner):
            return _chosen(inner, env)
        case t.If(condition=condition, then=then, otherwise=otherwise):
            return _chosen(otherwise if truth(condition, env) is False else then, env)
        case _:
            return expr


def _condition(condition: t.Condition, env: Env) -> ExplainedCondition:
    text = condition.text.removeprefix("条件").strip().removeprefix(condition.name).lstrip(":： ")
    if condition.name in env.overrides:
        answer = env.overrides[condition.name]
        said = ANSWERS[answer if isinstance(answer, bool) else None]
        return ExplainedCondition(condition.name, condition.article, text, said, ("直接给定",))
    answer = truth(condition.expr, env)
    short = shortfalls(condition.expr, env) if answer is False else []
    why = missing_facts(condition.expr, env) if answer is None else [reason.text for reason in short]
    return ExplainedCondition(
        condition.name,
        condition.article,
        text,
        ANSWERS[answer],
        tuple(why),
        any(reason.measured for reason in short),
    )


def _near(verdict: Verdict, conditions: tuple[ExplainedCondition, ...]) -> bool:
    """One condition away, and one can tell how far or what would have to be known."""
    unmet = [condition for condition in conditions if condition.answer != "是"]
    other = verdict.failed & ((1 << len(t.FIXED_BITS)) - 1)
    return len(unmet) == 1 and not other and (unmet[0].measured or unmet[0].answer == "不明")


def _doubts(rulebook: t.Rulebook, policy: t.Policy, verdicts: list[Verdict], env: Env) -> Iterator[str]:
    """What failed or is unknown besides the conditions."""
    if not verdicts:
        yield from _not_considered(rulebook, policy, env)
        return
    failed, unknown = verdicts[0].failed, verdicts[0].unknown
    if failed & decide.ACCEPTANCE and policy.acceptance:
        window, today = policy.acceptance, env.decision_date
        yield f"受理期为 {window.first} 至 {window.last_on(today)}, 决定日 {env.decision_date} 在外"
    if failed & decide.AMOUNT:
        yield "金额为 0 元"
    for bit, name, exprs in (
        (decide.SUBJECT, "对象", (policy.where,) if policy.where else ()),
        (decide.EFFECTIVE, "适用日", (policy.effective_date,)),
        (decide.TRANSITION, "过渡", tuple(condition for condition, _ in policy.transitions)),
        (decide.AMOUNT, "金额", (policy.amount,)),
        (decide.BENEFICIARY, "受益人", (policy.beneficiary, policy.payee)),
    ):
        if unknown & bit:
            yield _unknown(name, exprs, env)
    first = len(t.FIXED_BITS) + len(policy.conditions)
    for bit_number, rule in enumerate(rulebook.rules_of(policy.code), start=first):
        if any(verdict.unknown >> bit_number & 1 for verdict in verdicts):
            binding = rule.bindings[(policy.code, policy.version)]
            parts = (binding.when, *binding.keys, binding.most, binding.level)
            yield _unknown(rule.name, tuple(part for part in parts if part is not None), env)


def _unknown(name: str, exprs: tuple[t.Expr, ...], env: Env) -> str:
    facts = dict.fromkeys(fact for expr in exprs for fact in missing_facts(expr, env))
    return f"{name} 不明" + (f": {'; '.join(facts)}" if facts else "")


def _not_considered(rulebook: t.Rulebook, policy: t.Policy, env: Env) -> Iterator[str]:
    if policy.where is not None and truth(policy.where, env) is False:
        yield from (reason.text for reason in shortfalls(policy.where, env))
    elif env.effective_date is None or env.effective_date > env.decision_date:
        yield f"适用日 {env.effective_date or '不明'}, 决定日 {env.decision_date}"
    elif env.decision_date < policy.in_force_from:
        yield f"{policy.in_force_from} 起施行, 决定日 {env.decision_date} 还早"
    else:
        until = f"至 {policy.in_force_until} 前" if policy.in_force_until else "起"
        window, day = policy.execution, env.decision_date
        span = f"{window.first} 至 {window.last_on(day)}" if window else f"{policy.in_force_from} {until}"
        yield f"适用日 {env.effective_date} 不由这一版决定({span})"


# Amount, places and the sentence ---------------------------------------------------------------------------------


def _amount(policy: t.Policy, verdicts: list[Verdict], env: Env) -> ExplainedAmount | None:
    if decide.is_service(policy):
        return None
    found = evaluate(policy.amount, env)
    denied = not verdicts or verdicts[0].outcome == "denied"
    if denied and (found is None or (isinstance(found, Bounds) and not found.certain)):
        return None
    value = say(found, policy.amount.type, env.world.vocabulary)
    if verdicts and verdicts[0].claimed_fen and not policy.honour:
        value = yuan(verdicts[0].claimed_fen)
    steps = tuple(dict.fromkeys(_steps(policy.amount, env)))
    return ExplainedAmount(f"{spell(policy.amount, env.world.vocabulary)} = {value}", policy.amount_article, steps)


def _steps(expr: t.Expr, env: Env) -> Iterator[str]:
    """What was looked up on the way, in the branch that was taken."""
    words = env.world.vocabulary
    match expr:
        case t.If(condition, then, otherwise):
            holds = truth(condition, env)
            yield f"{spell(condition, words)}: {ANSWERS[holds]}"
            if holds is not None:
                yield from _steps(then if holds else otherwise, env)
            return
        case t.Named(name, inner):
            yield f"{name} = {say(evaluate(expr, env), expr.type, words)}"
            if name not in env.overrides:
                yield from _steps(inner, env)
            return
        case t.Dated(name, _, on):
            yield f"{name} = {say(evaluate(expr, env), expr.type, words)}(按 {certain(on, env) or '不明'})"
            return
        case t.Look():
            yield _looked_up(expr, env)
    for child in children(expr):
        yield from _steps(child, env)


def _looked_up(expr: t.Look, env: Env) -> str:
    """补贴标准[四级] = 1,500 元(自 2017-01-01 的一行)"""
    words, table = env.world.vocabulary, env.tables[expr.table]
    row = speaking_row(table, [certain(key, env) for key in expr.keys], certain(expr.on, env), env.world)
    keys = ", ".join(say(evaluate(key, env), key.type, words) for key in expr.keys)
    since = f"(自 {row.since} 的一行)" if row and row.since else ""
    if row is None:
        since = "(没有这一行)" if certain(expr.on, env) else "(看哪一天不明)"
    return f"{table.name}[{keys}] = {say(evaluate(expr, env), expr.type, words)}{since}"


def _places(
    rulebook: t.Rulebook, verdicts: list[Verdict], chosen: Mapping[str, Mapping[str, Any]]
) -> Iterator[ExplainedPlace]:
    for verdict in verdicts:
        rules = {rule.name: rule for rule in rulebook.rules_of(verdict.policy)}
        taken = {place["rule"]: place for place in chosen.get(verdict.title, {}).get("places") or ()}
        for asked in verdict.places:
            rule, held = rules[asked.rule], taken.get(asked.rule, {})
            yield ExplainedPlace(
                verdict.title,
                rule.name,
                rule.article,
                rule.text,
                limit(asked),
                asked.key,
                tuple(held.get("holders", ())),
                held.get("others", 0),
            )


def limit(asked: Asked) -> str:
    """What a place allows."""
    most = {
        "count": f"最多 {asked.most} 次",
        "months": f"最多 {asked.most} 个月",
        "money": f"最多 {yuan(asked.most)}",
        "exclude": "只享其一",
        "ladder": "不低于已享受的",
    }[asked.kind]
    span = f"{asked.span_months} 个月内" if asked.span_months else f"{asked.span_days} 天内" if asked.span_days else ""
    return span + most + (", 就高补差" if asked.top_up else "")


def _outcome(verdicts: list[Verdict], chosen: Mapping[str, Mapping[str, Any]]) -> str:
    if not verdicts:
        return "not_considered"
    outcomes = {chosen.get(verdict.title, {}).get("outcome", verdict.outcome) for verdict in verdicts}
    return outcomes.pop() if len(outcomes) == 1 else "mixed"


def _line(rulebook: t.Rulebook, policy: t.Policy, verdict: Verdict, chosen: Mapping[str, Any] | None, env: Env) -> str:
    bits = rulebook.bits_of(policy)
    match verdict.outcome:
        case "denied":
            return f"不享受: {names(bits, verdict.failed)}{_grounds(policy, names(bits, verdict.failed))}"
        case "unknown":
            return f"待核: {names(bits, verdict.unknown)}{_grounds(policy, names(bits, verdict.unknown))}"
    worth = verdict.title or ("服务" if decide.is_service(policy) else yuan(verdict.amount or 0))
    grounds = f" · 依据{policy.amount_article.split()[0]}" if policy.amount_article else ""
    match (chosen or {}).get("outcome"):
        case "yielded":
            full = "、".join(place["rule"] for place in (chosen or {}).get("places") or ())
            return f"已符合 {worth}, 让位" + (f": {full}" if full else "")
        case "queued":
            return f"候补 {worth}, 等待资金{grounds}"
        case "granted":
            return f"享受 {_granted(verdict, chosen or {}, worth)}{grounds}"
        case _:
            return f"已符合 {worth}{grounds}"


def _granted(verdict: Verdict, chosen: Mapping[str, Any], worth: str) -> str:
    granted = chosen.get("amount_fen")
    if granted is None or not verdict.claimed_fen or granted == verdict.claimed_fen:
        return worth
    return f"{yuan(granted)}(应得 {worth})"


def names(bits: tuple[str, ...], mask: int) -> str:
    """What the bits of a mask stand for."""
    return "、".join(name for bit, name in enumerate(bits) if mask >> bit & 1)


def _grounds(policy: t.Policy, named: str) -> str:
    articles = [c.article.split()[0] for c in policy.conditions if c.name in named.split("、") and c.article]
    return f" · 依据{'、'.join(dict.fromkeys(articles))}" if articles else ""
