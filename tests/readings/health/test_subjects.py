"""How many real subjects a finding touches: on facts that are few enough to count by hand."""

from datetime import date, datetime

from tests.readings.health.town import CONDITIONS, STANDARD, counted, document, town

KNOWN = {"recorded_at": datetime(2021, 1, 5), "source": "镇", "source_row": 1, "retracted": False}


def certificate(number, level="4", score=70, person="甲", trade="1", **more):
    facts = {"certificate_id": f"C{number}", "person_id": person, "level": level, "trade": trade, "score": score}
    return {**facts, "issued_on": date(2021, 3, 1), "balance": 0, "valid": True, **more, **KNOWN}


def people(*names):
    return [{"person_id": name, "birth_date": date(1990, 1, 1), "local": True, **KNOWN} for name in names]


FACTS = {
    "person": people("甲", "乙"),
    "certificate": [
        certificate(1, level="3", score=80),
        certificate(2, level="3", score=40),
        certificate(3, level="4", score=90, person="乙"),
        certificate(4, level="5", score=20, person="乙"),
        certificate(5, level="3", score=80, issued_on=date(2019, 3, 1)),  # before it was in force
    ],
}


def touched(tmp_path, *documents, facts=FACTS):
    return [(one.kind, one.touches) for one in counted(town(tmp_path, *documents), tmp_path / "facts", facts).findings]


def test_a_gap_touches_those_whose_amount_is_unknown_for_it(tmp_path):
    tables = STANDARD.replace("| 2020-01-01 | 三级 | 1500元 |\n", "")
    assert touched(tmp_path, document(tables=tables)) == [("表有缺口", 1)]


def test_what_nobody_can_have_touches_all_who_are_considered(tmp_path):
    assert touched(tmp_path, document(conditions=f"{CONDITIONS}\n条件 没考好: 成绩 低于 50 分")) == [("无人能享", 4)]


def test_a_superfluous_condition_touches_those_who_fail_it(tmp_path):
    assert touched(tmp_path, document(conditions=f"{CONDITIONS}\n条件 及格: 成绩 不少于 30 分")) == [("多余条件", 1)]


def test_a_leap_touches_those_who_stand_before_it(tmp_path):
    assert touched(tmp_path, document(tables=STANDARD.replace("1500元", "3000元"))) == [("数额跳升", 1)]


def test_double_payment_touches_each_thing_that_both_pay_for(tmp_path):
    again = document("T2", "再奖一次", amount="300 元", tables="")
    assert touched(tmp_path, document(), again) == [("重复给付", 2)]


def test_what_a_rule_keeps_apart_is_not_counted(tmp_path):
    again = document(
        "T2", "再奖一次", amount="300 元", tables="",
        more="上限 四级一次: 与《证书奖》合计 每 证书 最多 1 次 当 等级 为 四级",
    )  # fmt: skip
    assert touched(tmp_path, document(), again) == [("重复给付", 1)]


def test_a_training_and_its_certificate_are_found_by_the_certificate(tmp_path):
    facts = dict(FACTS)
    facts["training"] = [
        {"training_id": f"T{n}", "person_id": person, "course": "车", "trade": "1", "level": "3", "hours": 20,
         "ended_on": date(2021, 2, 1), "certificate_id": certificate_id, **KNOWN}
        for n, (person, certificate_id) in enumerate([("甲", "C1"), ("甲", "C2"), ("乙", "C1")])
    ]  # fmt: skip
    training = document(
        "T2", "培训补", amount="300 元", tables="", subject="培训", day="结束日期", receives="学员",
        conditions="条件 取证: 有 证书 且 证书.持证人 为 学员",
    )  # fmt: skip
    assert touched(tmp_path, document(), training, facts=facts) == [("重复给付", 1)]


def test_a_gap_between_versions_touches_those_whose_day_lies_in_it(tmp_path):
    first = document(front="版本: 一\n执行期: 2020-01-01 至 2020-06-30")
    facts = {**FACTS, "certificate": [*FACTS["certificate"], certificate(6, issued_on=date(2020, 8, 1), score=10)]}
    assert touched(tmp_path, first, document(front="版本: 二\n施行: 2020-09-01"), facts=facts) == [("版本断档", 1)]


def test_what_both_versions_claim_touches_those_whose_day_it_is(tmp_path):
    first = document(front="版本: 一\n执行期: 2020-01-01 至 2020-12-31")
    facts = {**FACTS, "certificate": [*FACTS["certificate"], certificate(6, issued_on=date(2020, 10, 1))]}
    assert touched(tmp_path, first, document(front="版本: 二\n施行: 2020-09-01"), facts=facts) == [("版本重叠", 1)]
