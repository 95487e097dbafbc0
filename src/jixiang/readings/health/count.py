"""How many real subjects a finding touches, by the production engine: each finding is one more policy, and all are one plan.

Whom a version considers, who fails and who passes is what the engine says of the facts of a day, whether or not 受理期 has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlglot import exp

from jixiang.engines.engine import Engine, Progress
from jixiang.language import typed as t
from jixiang.language.typed import Binding, Condition, Family, Policy, Rule, Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.health.finding import Finding, Probe
from jixiang.readings.query import sql
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import plan
from jixiang.readings.query.sql import Sql, col
from jixiang.values.problem import Place

TEST, THING = "体检", "体检:同一事项"


@dataclass(frozen=True)
class Known:
    """The facts as the engine offers them on a day."""

    as_of: date
    cutoffs: Mapping[str, date | None]
    offered: Offered


@dataclass
class _Asked:
    """The policies that were made up, by finding."""

    rulebook: Rulebook
    policies: dict[str, tuple[Policy, ...]] = field(default_factory=dict)
    families: list[Family] = field(default_factory=list)
    wanted: list[Policy] = field(default_factory=list)

    def ask(self, code: str, policy: Policy, tests: Sequence[t.Expr], rules: tuple[Rule, ...] = ()) -> Policy:
        nowhere = Place("", 1)
        more = tuple(Condition(f"{TEST}{n}", test, "", "", nowhere) for n, test in enumerate(tests))
        asked = replace(
            policy,
            code=code,
            conditions=policy.conditions + more,
            acceptance=None,
            stages=(),
            order=(),
            lookback_months=None,
        )
        versions = self.rulebook.policies[policy.code]
        same = [asked if v.version == policy.version else replace(v, code=code) for v in versions]
        within = any(v.version == policy.version and v.in_force_from == policy.in_force_from for v in versions)
        self.policies[code] = tuple(same) if within else (asked,)
        self.wanted.append(asked)
        if not rules:
            self.families.append(Family((code,), (), True, {}))
        return asked


def count(
    engine: Engine, vocabulary: Vocabulary, rulebook: Rulebook, findings: Sequence[Finding], known: Known,
    progress: Progress | None = None,
) -> list[Finding]:  # fmt: skip
    """The findings with the number of subjects in the facts whom each touches."""
    asked, made = _Asked(rulebook), dict[int, tuple[Policy, ...]]()
    for number, finding in enumerate(findings):
        if finding.probe is not None:
            made[number] = _ask(asked, finding.probe, f"H{number:03d}")
    if not made:
        return list(findings)
    whole = replace(rulebook, policies=asked.policies, families=tuple(asked.families))
    planned = plan(
        vocabulary, whole, asked.wanted, decision_date=known.as_of, known_on=known.as_of, cutoffs=known.cutoffs,
        offered=known.offered,
    )  # fmt: skip
    engine.run(planned.steps, progress)
    relation = {one.policy.code: one.relation for one in planned.verdicts}
    counted = []
    for number, finding in enumerate(findings):
        if number in made and finding.probe is not None:
            query = _query(whole, finding.probe, made[number], relation)
            finding = replace(finding, touches=int(engine.fetch(query).to_pylist()[0]["n"]))
        counted.append(finding)
    for step in reversed(planned.steps):
        engine.drop(step.name, kept=step.kept)
    return counted


def _ask(asked: _Asked, probe: Probe, code: str) -> tuple[Policy, ...]:
    if probe.other is None or probe.same is None:
        return (asked.ask(code, probe.policy, probe.tests),)
    codes = f"{code}A", f"{code}B"
    both = (probe.policy, probe.other)
    keys = (probe.policy.beneficiary, *probe.same.left), (probe.other.beneficiary, *probe.same.right)
    bindings = {(c, p.version): Binding(k, None, None, None) for c, p, k in zip(codes, both, keys, strict=True)}
    thing = Rule(THING, "exclude", "", False, "", "", codes[0], bindings, Place("", 1))
    rules = (thing, *(_bound(rule, both, codes) for rule in _joint(asked.rulebook, both)))
    asked.families.append(Family(codes, rules, True, {}))
    return tuple(asked.ask(c, p, (), rules) for c, p in zip(codes, both, strict=True))


def _joint(rulebook: Rulebook, both: tuple[Policy, Policy]) -> list[Rule]:
    """The rules that may keep two claims apart."""
    return [
        rule
        for rule in rulebook.rules_of(both[0].code)
        if rule.kind in ("count", "exclude", "money") and all((p.code, p.version) in rule.bindings for p in both)
    ]


def _bound(rule: Rule, both: tuple[Policy, Policy], codes: tuple[str, str]) -> Rule:
    bindings = {(c, p.version): rule.bindings[p.code, p.version] for c, p in zip(codes, both, strict=True)}
    return replace(rule, bindings=bindings)


def _query(rulebook: Rulebook, probe: Probe, made: tuple[Policy, ...], relation: Mapping[str, str]) -> exp.Query:
    if len(made) == 2:
        return _twice(rulebook, made, relation)
    policy = made[0]
    bits = {name: 1 << n for n, name in enumerate(rulebook.bits_of(policy))}
    tests = sum(bits[f"{TEST}{n}"] for n in range(len(probe.tests)))
    conditions = sum(bits[condition.name] for condition in policy.conditions)
    match probe.passing:
        case "all":
            where = _clean()
        case "none":
            where = sql.and_([_none_of("failed", conditions), _none_of("unknown", tests)])
        case _:
            where = sql.and_([_none_of("failed", tests), _none_of("unknown", tests)])
    if probe.failed:
        where = sql.and_([where, sql.not_(_none_of("failed", bits[probe.failed]))])
    return _counted(
        sql.select([col("subject")], sql.table(relation[policy.code], "r"), where=where, group=[col("subject")])
    )


def _counted(rows: exp.Query) -> exp.Query:
    source = exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.to_identifier("r")))
    return sql.select([sql.alias(sql.count_rows(sql.TRUE), "n")], source)


def _none_of(column: str, mask: int) -> Sql:
    if not mask:
        return sql.TRUE
    return sql.binary("=", exp.BitwiseAnd(this=col(column), expression=sql.number(mask)), sql.number(0))


def _clean(source: str = "r") -> Sql:
    return sql.and_([sql.binary("=", col(name, source), sql.number(0)) for name in ("failed", "unknown")])


def _twice(rulebook: Rulebook, made: tuple[Policy, ...], relation: Mapping[str, str]) -> exp.Query:
    """The things for which both hold, and which no rule keeps apart: each once."""
    left, right = (relation[policy.code] for policy in made)
    rules = rulebook.rules_of(made[0].code)
    apart = []
    for place, rule in enumerate(rules[1:], 1):
        same = sql.binary("=", col(f"place_{place}"), col(f"place_{place}", "o"))
        single = (
            [sql.binary("<", col(f"most_{place}", s), sql.number(2)) for s in ("r", "o")]
            if rule.kind == "count"
            else []
        )
        apart.append(sql.coalesce(sql.and_([same, *single]), sql.FALSE))
    thing = col("place_0")
    on = sql.and_([sql.binary("=", thing, col("place_0", "o")), _clean("o")])
    joins = [sql.join(sql.table(right, "o"), on, kind="INNER")]
    where = sql.and_([_clean(), *([sql.not_(sql.or_(apart))] if apart else [])])
    return _counted(sql.select([thing], sql.table(left, "r"), joins=joins, where=where, group=[thing]))
