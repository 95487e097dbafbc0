"""A hand-made city for the readings: three entities, a code list, and short spellings for typed trees."""

from __future__ import annotations

from datetime import date
from typing import Any

from jixiang.language import typed as t
from jixiang.language import types as ty
from jixiang.language.vocabulary import Attribute, Code, CodeList, Entity, Relation, Vocabulary
from jixiang.readings.decide import environment
from jixiang.readings.env import Env
from jixiang.readings.world import World
from jixiang.values.month import Month
from jixiang.values.problem import Place

NOWHERE = Place("", 1)
LEVEL, KIND = ty.code("等级"), ty.code("险种")
PERSON, CARD, PAID = ty.ref("人员"), ty.ref("证书"), ty.ref("缴费")


def _attributes(*listed: tuple[Any, ...]) -> dict[str, Attribute]:
    return {name: Attribute(name, name, of, **dict(more)) for name, of, *more in listed}


PAYMENTS = Relation("缴费", "人员", "缴费", (("", "参保人"),))
CARDS = Relation("证书", "人员", "证书", (("", "持证人"),))
TEAM = Relation("同队", "证书", "证书", (("队伍", "队伍"),), order=("队序",), with_self=True)

VOCABULARY = Vocabulary(
    "小城",
    {
        "人员": Entity(
            "人员",
            "person",
            "人员编号",
            "",
            (),
            _attributes(
                ("出生日期", ty.DATE),
                ("退役", ty.BOOL),
                ("人数", ty.NUMBER, ("varies", True)),
            ),
            {"缴费": PAYMENTS, "证书": CARDS},
        ),
        "证书": Entity(
            "证书",
            "certificate",
            "证书编号",
            "",
            (),
            _attributes(
                ("持证人", PERSON),
                ("等级", LEVEL),
                ("发证日期", ty.DATE),
                ("失效日期", ty.DATE, ("open_ended", True)),
                ("有效", ty.BOOL),
                ("费用", ty.MONEY),
                ("结余", ty.MONEY, ("signed", True)),
                ("队伍", ty.TEXT),
                ("队序", ty.NUMBER),
            ),
            {"同队": TEAM},
            time="发证日期",
        ),
        "缴费": Entity(
            "缴费",
            "contribution",
            "缴费编号",
            "",
            (),
            _attributes(
                ("参保人", PERSON),
                ("险种", KIND),
                ("所属期", ty.MONTH),
                ("已到账", ty.BOOL),
                ("实缴", ty.MONEY),
                ("结余", ty.MONEY, ("signed", True)),
            ),
            time="所属期",
        ),
        "全市": Entity("全市", "city", "城市编号", "", (), _attributes(("人口", ty.NUMBER)), single=True),
    },
    {
        "等级": CodeList(
            "等级", "level", tuple(Code(v, n) for v, n in zip("5432", "五四三二", strict=True)), ordered=True
        ),
        "险种": CodeList("险种", "kind", (Code("210", "失业"), Code("110", "养老"))),
    },
)

TODAY = date(2021, 6, 30)


def const(value: t.Value, of: ty.Type | None = None) -> t.Constant:
    return t.Constant(value, of or _type_of(value))


def _type_of(value: t.Value) -> ty.Type:
    match value:
        case bool():
            return ty.BOOL
        case date():
            return ty.DATE
        case Month():
            return ty.MONTH
        case str():
            return ty.TEXT
        case tuple():
            return ty.TITLES
        case _:
            return ty.NUMBER


UNKNOWN = const(None, ty.BOOL)
YES, NO = const(True), const(False)
ME = t.Row(0, CARD)
HOLDER = t.Get(ME, "持证人", PERSON)


def mine(attribute: str, of: t.Expr = ME) -> t.Get:
    return t.Get(of, attribute, VOCABULARY.entities[of.type.of].attributes[attribute].type)


def its(attribute: str, binder: int = 1, entity: str = "缴费") -> t.Get:
    return mine(attribute, t.Row(binder, ty.ref(entity)))


def payments(
    kind: t.AggregateKind, value: t.Expr | None = None, where: t.Expr = YES, of: t.Expr = HOLDER
) -> t.Aggregate:
    of_type = ty.BOOL if kind == "exists" else ty.MONTHS if kind == "longest_run" else ty.NUMBER
    if value is not None and kind in ("sum", "average", "max", "min"):
        of_type = value.type
    return t.Aggregate(kind, of, PAYMENTS, 1, value, where, of_type)


def world(*rows: tuple[str, str, dict[str, t.Value]], cutoffs: dict[str, date] | None = None) -> World:
    """A holder 张 with the card 甲, and more rows."""
    made = World(VOCABULARY, cutoffs=cutoffs or {})
    made.put("人员", "张")
    made.put("证书", "甲", 持证人="张", 等级="4", 发证日期=date(2021, 3, 1), 有效=True)
    for entity, key, attributes in rows:
        made.put(entity, key, **attributes)
    return made


def paid(key: str, month: str | None, settled: bool | None = True, person: str | None = "张", **more: t.Value) -> Any:
    when = None if month is None else Month.parse(month)
    return "缴费", key, {"参保人": person, "所属期": when, "已到账": settled, **more}


def condition(name: str, expr: t.Expr, text: str = "") -> t.Condition:
    return t.Condition(name, expr, "第一条", text, NOWHERE)


def policy(**changes: Any) -> t.Policy:
    """B9: for a card, on its day, for its holder: 1500 yuan."""
    fields: dict[str, Any] = {
        "code": "B9",
        "name": "证书补贴",
        "version": "2017-01-01",
        "hash": "",
        "file": "b9.md",
        "category": "",
        "fund": "基金",
        "honour": False,
        "entity": "证书",
        "each": "",
        "where": None,
        "effective_date": mine("发证日期"),
        "in_force_from": date(2017, 1, 1),
        "in_force_until": None,
        "execution": None,
        "acceptance": None,
        "lookback_months": None,
        "beneficiary": HOLDER,
        "payee": HOLDER,
        "definitions": (),
        "conditions": (),
        "amount": const(150000, ty.MONEY),
        "amount_article": "第二条",
        "stages": (),
        "transitions": (),
        "order": (),
    }
    return t.Policy(**{**fields, **changes})


def rulebook(*policies: t.Policy, rules: tuple[t.Rule, ...] = (), tables: tuple[t.Table, ...] = ()) -> t.Rulebook:
    codes = sorted({p.code for p in policies})
    versions = {c: tuple(sorted((p for p in policies if p.code == c), key=lambda p: p.in_force_from)) for c in codes}
    family = t.Family(tuple(codes), rules, True, {})
    return t.Rulebook(versions, (family,), {table.name: table for table in tables}, {}, {})


def rule(name: str, kind: Any, *keys: t.Expr, most: t.Expr | None = None, **changes: Any) -> t.Rule:
    """A rule that binds B9 as it stands."""
    binding = t.Binding(keys, most, changes.pop("when", None), changes.pop("level", None))
    fields: dict[str, Any] = {"per": "", "top_up": False, "text": "", "article": "第三条", "stated_in": "B9", **changes}
    return t.Rule(name=name, kind=kind, bindings={("B9", "2017-01-01"): binding}, place=NOWHERE, **fields)


def env(made: World | None = None, tables: tuple[t.Table, ...] = (), **changes: Any) -> Env:
    """What B9 sees when it judges card 甲 today."""
    return environment(rulebook(policy(), tables=tables), policy(), made or world(), TODAY, "甲", **changes)
