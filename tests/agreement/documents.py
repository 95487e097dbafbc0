"""Random documents: lists, definitions and policies that share limits, as their text."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from hypothesis import strategies as st
from tests.agreement.phrases import HOURS, KIND, LEVEL, PLAIN, Phrases, Shape, Sight, paths, refs
from tests.agreement.rules import Member, rules_of
from tests.agreement.tables import a_list, a_table
from tests.agreement.town import literals

from jixiang.language.types import BOOL, DATE, MONEY, MONTH, MONTHS, NUMBER, TEXT, YEAR, Type

SUBJECTS = ("证书", "人员", "培训", "缴费", "单位")
FUNDS = ("", "基金甲", "基金乙")
EXPLAINED = "```释明\n| 体检 | 对象 | 说明 |\n|---|---|---|\n| 多余条件 | 共用定义 | 有意为之 |\n```\n"
# Windows, and what lengthens them from a decision date on.
EXECUTED: Mapping[str, tuple[str, ...]] = {
    "2020-03-01 至 2020-12-31": ("", "", "; 自 2020-12-31 起 至 2021-06-30"),
    "2020-01-01 至 2021-06-30": ("",),
    "2019-07-01 至 2020-06-30": ("; 自 2020-12-31 起 至 2020-12-31; 自 2021-02-28 起 至 2022-01-01",),
}
ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "2020-01-01 至 2020-12-31": ("", "", "; 自 2021-06-30 起 至 2021-07-31"),
    "2020-07-01 至 2021-12-31": ("",),
    "2020-01-01 至 2020-06-30": ("; 自 2020-12-30 起 至 2020-12-30; 自 2021-02-28 起 至 2021-02-28",),
}
NAMED = ("量一", "量二", "或有数", "为民况")
KEYED: Mapping[str, tuple[Type, ...]] = {
    "钥甲": (LEVEL, KIND, TEXT, DATE, MONTH, NUMBER, BOOL, MONEY, YEAR, HOURS),
    "高低": (LEVEL, DATE, NUMBER, MONEY),
    "排头": (DATE, NUMBER, MONEY, LEVEL, MONTH),
}


@dataclass(frozen=True)
class Pack:
    """Documents by file name, and the codes of their policies."""

    files: dict[str, str]
    codes: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(f"=== {name}\n{text}" for name, text in self.files.items())


@dataclass(frozen=True)
class Common:
    """What the documents that policies 引用 offer them."""

    tables: tuple[Shape, ...]
    given: Mapping[tuple[str, str], Type]
    quotes: str


@dataclass(frozen=True)
class Whole:
    """What is alike in all policies: whom they are for, and the types of what they share limits by."""

    size: Size
    common: Common
    receiver: str
    keyed: Mapping[str, Type]


@dataclass(frozen=True)
class Size:
    """How much is drawn. `deep`: levels of an expression; `shared`: whether policies share limits; `crowded`: plain texts
    under which nearly everybody has a claim, and few are left without a rival."""

    policies: int = 3
    conditions: int = 3
    deep: int = 2
    shared: bool = True
    versions: bool = True
    crowded: bool = False


def packs(size: Size) -> st.SearchStrategy[Pack]:
    """A city's documents. All of one is made up from one number: choices by the thousand are no search space."""
    return st.integers(0, 2**48).map(lambda seed: a_pack(seed, size))


def a_pack(seed: int, size: Size) -> Pack:
    phrases = Phrases(random.Random(seed))
    files: dict[str, str] = {}
    common = _common(phrases, files, size)
    receiver = phrases.one(("人员", "人员", "单位"))
    subjects = [entity for entity in SUBJECTS if _receivers(entity, receiver)]
    if size.crowded:
        receiver, subjects = "人员", list(CROWDED)
    entities = [phrases.one(subjects) for _ in range(1 + phrases.up_to(size.policies - 1))]
    keyed = {
        name: phrases.one([of for of in types if of.kind != "code" or all(_has(e, of) for e in entities)])
        for name, types in KEYED.items()
    }
    whole = Whole(size, common, receiver, keyed)
    members = [_member(phrases, number, entity, whole) for number, entity in enumerate(entities)]
    stated = rules_of(phrases, members) if size.shared else {}
    orders = _orders(phrases, members) if size.shared else {}
    for member in members:
        for name, text in member.texts([*stated.get(member.code, ()), *orders.get(member.code, ())]):
            files[f"policies/{name}.md"] = text
    return Pack(files, tuple(member.code for member in members))


def front(**keys: str) -> str:
    lines = [f"{key}: {value}" for key, value in keys.items() if value]
    return "\n".join(["---", *lines, "---", ""])


def block(lines: Sequence[str]) -> str:
    return "\n".join(["```规则", *lines, "```", ""]) if lines else ""


# What policies quote ---------------------------------------------------------------------------------------------


def _common(phrases: Phrases, files: dict[str, str], size: Size) -> Common:
    tables: tuple[Shape, ...] = ()
    quotes = []
    if phrases.chance(2):
        shapes, texts = zip(*(a_list(phrases, "名单甲"), a_table(phrases, "标准甲")), strict=True)
        tables = tuple(shapes)
        files["lists/名单.md"] = front(名称="共用名单", 文种="列表") + "# 共用名单\n\n" + "\n".join(texts)
        quotes.append("《共用名单》")
    given: dict[tuple[str, str], Type] = {}
    if phrases.chance(2):
        lines = []
        for name in ("身份", "数额")[: 1 + phrases.chance(2)]:
            entity = phrases.one(("人员", "单位", "证书", "培训"))
            of = BOOL if name == "身份" else phrases.one((MONEY, DATE, NUMBER, MONTHS))
            sight = Sight(entity, of_entity=True, given=dict(given), tables=tables)
            lines.append(f"定义 {entity}.{name}: {phrases.value(of, sight, size.deep)}")
            given[entity, name] = of
        quote = "引用", "[《共用名单》]" if tables else ""
        files["definitions/定义.md"] = (
            front(**{"名称": "共用定义", "文种": phrases.one(("定义", "办法")), quote[0]: quote[1]})
            + "# 共用定义\n\n## 第一条\n\n"
            + block(lines)
            + phrases.one(("", EXPLAINED))
        )
        quotes.append("《共用定义》")
    return Common(tables, given, f"[{', '.join(quotes)}]" if quotes else "")


def _orders(phrases: Phrases, members: Sequence[Member]) -> dict[str, list[str]]:
    """One 次序 for all, so that no two of them can disagree; some say none, and one may put another first."""
    if not phrases.chance(2):
        return {}
    items = [f"排头{phrases.one(('', ' 从大到小'))}"]
    if phrases.chance(2):
        items.insert(0, f"标志{phrases.one((' 在先', ''))}")
    said = {m.code: items for m in members if phrases.chance(2)}
    if len(members) > 1 and phrases.chance(3):
        one, first = phrases.dice.sample(list(members), 2)
        said[one.code] = [f"《{first.name}》 在先", *said.get(one.code, ())]
    return {code: [f"次序: {', '.join(listed)}"] for code, listed in said.items()}


# Policies --------------------------------------------------------------------------------------------------------


def _member(phrases: Phrases, number: int, entity: str, whole: Whole) -> Member:
    code, name = f"P{number + 1}", f"政策{'甲乙丙丁戊'[number]}"
    kind = phrases.one(("金额", "金额", "金额", "荣誉", "服务"))
    each = phrases.one(("", "", "", "每月", "每年"))
    draft = _CrowdedDraft if whole.size.crowded else _Draft
    newest, older = draft(phrases, whole, kind, entity, each).text(), None
    if whole.size.versions and phrases.chance(3):
        older = draft(phrases, whole, kind, entity, each).text()
    keys = {"名称": name, "编号": code, "资金": phrases.one(FUNDS), "引用": whole.common.quotes}
    return Member(code, name, kind, entity, each, newest, older, _fronts(phrases, keys, older is not None))


def _fronts(phrases: Phrases, keys: dict[str, str], older: bool) -> tuple[dict[str, str], dict[str, str] | None]:
    start = phrases.one((date(2020, 1, 1), date(2019, 1, 1), date(2020, 7, 1), date(2020, 7, 1)))
    mine = keys | {"施行": start.isoformat()}
    before = None
    if older:
        before = keys | {"施行": "2018-06-01", "版本": "旧", "废止": phrases.one(("", "", "2021-01-01"))}
        before["资金"] = phrases.one((keys["资金"], keys["资金"], *FUNDS))
        if phrases.chance(4):
            before["执行期"] = "2018-01-01 至 2020-12-31"
    executed = [span for span in EXECUTED if not older or span >= start.isoformat()]
    if executed and phrases.chance(3):
        span = phrases.one(executed)
        mine["执行期"] = span + phrases.one(EXECUTED[span])
    if phrases.chance(4):
        span = phrases.one(list(ACCEPTED))
        mine["受理期"] = span + phrases.one(ACCEPTED[span])
    if phrases.chance(4):
        mine["废止"] = "2021-03-01"
    if phrases.chance(2):
        mine["追溯"] = phrases.one(("4 个月", "1 个月", "12 个月", "1 年"))
    return mine, before


@dataclass
class _Draft:
    """One version of one policy, statement after statement."""

    phrases: Phrases
    whole: Whole
    kind: str
    entity: str
    each: str
    lines: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def text(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The statements and the tables of the document."""
        p, deep, common = self.phrases, self.whole.size.deep, self.whole.common
        self.sight = Sight(self.entity, each=PERIODS[self.each], given=common.given, tables=common.tables)
        self._subject(deep)
        self._own_tables()
        self._parameters()
        self._effective_date()
        self.lines.append(f"受益人: {p.one(_receivers(self.entity, self.whole.receiver))}")
        if p.chance(3):
            self.lines.append(f"收款人: {p.one(_receivers(self.entity))}")
        self._definitions(deep)
        for number in range(p.up_to(self.whole.size.conditions)):
            self.lines.append(f"条件 况{'一二三四五六七八'[number]}: {self._condition(deep)}")
        self._benefit(deep)
        return tuple(self.lines), tuple(self.tables)

    def _subject(self, deep: int) -> None:
        p = self.phrases
        every = f" {self.each}" if self.each else ""
        where = f" 其中 {p.truth(self.sight, deep - 1)}" if p.chance(3) else ""
        self.lines.append(f"对象: {self.entity}{every}{where}")

    def _effective_date(self) -> None:
        if self.phrases.chance(2):
            undated = replace(self.sight, dated=False)
            self.lines.append(f"适用日: {self.phrases.value(DATE, undated, self.phrases.up_to(1))}")

    def _condition(self, deep: int) -> str:
        return self.phrases.truth(self.sight, deep)

    def _own_tables(self) -> None:
        if not self.phrases.chance(4):
            shape, text = a_table(self.phrases, "标准")
            self.tables.append(text)
            self.sight = replace(self.sight, tables=(*self.sight.tables, shape))

    def _parameters(self) -> None:
        p = self.phrases
        if not p.chance(2):
            return
        of = p.one((MONEY, NUMBER, MONTHS, DATE))
        steps = [p.one(literals(of))]
        for day in p.one(((), ("2020-07-01",), ("2020-07-01", "2021-02-28"))):
            steps.append(f"自 {day} 起 {p.one(literals(of))}")
        self.lines.append(f"参数 起点: {'; '.join(steps)}")
        self.sight = replace(self.sight, fixed={"起点": of})

    def _define(self, name: str, of: Type, deep: int) -> None:
        """Never a mere literal, or a comparison with it could be one of a thing with itself."""
        text = self.phrases.value(of, self.sight, deep)
        if text in literals(of):
            text = self.phrases.one(paths(self.sight, of) or [text])
        self.lines.append(f"定义 {name}: {text}")
        self.sight = replace(self.sight, names={**self.sight.names, name: of}, means={**self.sight.means, name: text})

    def _definitions(self, deep: int) -> None:
        p = self.phrases
        for name in NAMED[: p.up_to(2)]:
            self._define(name, p.one([of for of in PLAIN if of.kind != "code"]), deep)
        if not self.whole.size.shared:
            return
        for name, of in self.whole.keyed.items():
            self._define(name, of, 0 if of.kind == "code" or p.chance(2) else 1)
        self._define("标志", BOOL, 1)

    def _benefit(self, deep: int) -> None:
        match self.kind:
            case "服务":
                self.lines.append('服务: "上门一次"')
            case "荣誉":
                self._honour(deep)
            case _:
                self._money(deep)

    def _honour(self, deep: int) -> None:
        p = self.phrases
        ways = ['"先进"', f'若 {p.truth(self.sight, deep)} 则 "先进" 否则 "标兵"']
        shape, text = a_table(p, "荣誉表", titles=True)
        self.tables.append(text)
        keys = ", ".join(p.value(key, self.sight, 1) for key in shape.keys)
        ways += [f"荣誉表[{keys}]"] * 3
        self.lines.append(f"荣誉: {p.one(ways)}")

    def _money(self, deep: int) -> None:
        p = self.phrases
        looks = [table for table in self.sight.tables if any(of == MONEY for _, of in table.values)]
        if p.chance(4):
            amount = p.one([text for text in literals(MONEY) if text != "0 元"])
        elif looks and p.chance(2):
            amount = p.look(p.one(looks), MONEY, self.sight, 1)
        elif p.chance(3):
            amount = f"{p.one([*paths(self.sight, MONEY), '1.51 元'])} × {p.one(('50 %', '0.333', '150 %'))}"
        elif p.chance(6):
            amount = f"{p.one(('310 元', '1.51 元'))} × {self._days()} ÷ 天数(决定日.当月.首日, 决定日.当月.末日)"
        elif p.chance(12):
            amount = p.value(MONEY, self.sight, deep)
        else:
            amount = f"较大({p.value(MONEY, self.sight, deep)}, {p.one(('0 元', '1 元'))})"
        self.lines.append(f"金额: {amount}")
        if p.chance(3):
            self._stages()

    def _days(self) -> str:
        first, last = (self.phrases.value(DATE, self.sight, 1) for _ in range(2))
        return f"天数({first}, {last})"

    def _stages(self) -> None:
        p = self.phrases
        sight = replace(self.sight, words={"金额": MONEY})
        for name in ("首期", "二期")[: p.up_to(2)]:
            amount = (
                f"较大({p.value(MONEY, sight, 1)}, 0 元)"
                if p.chance(3)
                else f"金额 × {p.one(('50 %', '30 %', '0.333'))}"
            )
            self.lines.append(f"分期 {name}: {amount} 当 {p.truth(self.sight, 1)}{self._deadline()}")
        if p.chance(2):
            self.lines.append(f"分期 尾款: 其余 当 {p.truth(self.sight, 1)}{self._deadline()}")

    def _deadline(self) -> str:
        p = self.phrases
        return f"; 至迟 {p.value(DATE, self.sight, 1)}, 逾期 追回" if p.chance(3) else ""


# Of whom many are alike: the day, the money, what makes one entitled, and by what they share limits.
CROWDED = {
    "证书": ("发证日期", "费用", "有效", ("等级", "编组", "年度")),
    "培训": ("开课日期", "学费", "合格", ("目标等级", "机构", "课时")),
    "缴费": ("所属期.首日", "实缴", "已到账", ("险种", "单位", "所属期")),
}


class _CrowdedDraft(_Draft):
    """Claims that differ in little: a fact corrected moves one from place to place, to another day or another amount."""

    def _subject(self, deep: int) -> None:
        self.lines.append(f"对象: {self.entity}{f' {self.each}' if self.each else ''}")

    def _effective_date(self) -> None:
        day = CROWDED[self.entity][0]
        if ways := [day] * 3 * (not self.each) + ["决定日"] * self.phrases.up_to(1):
            self.lines.append(f"适用日: {self.phrases.one(ways)}")

    def _condition(self, deep: int) -> str:
        day, _, holds, _ = CROWDED[self.entity]
        span = self.phrases.one(("3 个月", "6 个月", "12 个月", "40 天"))
        return self.phrases.one((holds, holds, f"决定日 不晚于 {day} 加 {span}", f"决定日 不早于 {day} 加 {span}"))

    def _money(self, deep: int) -> None:
        money = CROWDED[self.entity][1]
        self.lines.append(
            f"金额: {self.phrases.one((money, money, f'较小({money}, 200 元)', f'{money} × 0.333', '200 元'))}"
        )
        if self.phrases.chance(4):
            self._stages()


PERIODS = {"": "", "每月": "month", "每年": "year"}


def _receivers(entity: str, of: str = "") -> list[str]:
    """Ways to who may be entitled or paid."""
    return [path for path in refs(Sight(entity), of) if path.count(".") <= 1]


def _has(entity: str, of: Type) -> bool:
    return bool(paths(Sight(entity), of))
