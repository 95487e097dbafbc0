"""The budget is read off the documents: ceilings as on a day, turns by a policy's name."""

from datetime import date
from fractions import Fraction

from tests.language.checking import assembled, policy_text, tiny_vocabulary

from jixiang.readings.budget import Budget, read_budget

JUNE, AUGUST = date(2021, 6, 30), date(2021, 8, 31)
FRONT = "---\n名称: 资金办法\n文种: 办法\n施行: 2020-01-01\n---\n"
CEILINGS = """
表:年度额度 按 资金、年度

| 自         | 资金   | 年度               | 额度    |
|------------|--------|--------------------|---------|
| 2020-01-01 | 渔业款 | 2020 年度、2021 年度 | 10 万元 |
| 2021-07-01 | 渔业款 | 2021 年度          | 12 万元 |
"""
TURNS = """
表:拨付先后 按 政策

| 自         | 政策 | 顺位 |
|------------|------|------|
|            | 乙   | 2    |
| 2021-07-01 | 甲   | 1    |
"""


def budget(text: str, on: date, share: Fraction = Fraction(1)) -> Budget:
    found = assembled(policy_text(""), policy_text("", name="乙", code="P2"), FRONT + text)
    assert found.rulebook is not None, found.problems
    return read_budget(found.rulebook, tiny_vocabulary(), on, share)


def test_a_ceiling_is_the_row_in_force_on_the_day():
    assert budget(CEILINGS, JUNE).ceilings == {("渔业款", 2020): 10_000_000, ("渔业款", 2021): 10_000_000}
    assert budget(CEILINGS, AUGUST).ceilings == {("渔业款", 2020): 10_000_000, ("渔业款", 2021): 12_000_000}


def test_before_the_first_row_there_are_no_ceilings_and_without_a_table_neither():
    assert budget(CEILINGS, date(2019, 12, 31)).ceilings is None
    assert budget(TURNS, JUNE).ceilings is None


def test_a_share_is_rounded_down_to_the_fen():
    assert budget(CEILINGS, JUNE, Fraction(1, 3)).ceilings == {("渔业款", 2020): 3_333_333, ("渔业款", 2021): 3_333_333}


def test_turns_are_by_the_code_of_the_policy_that_is_named_and_dated_too():
    assert budget(TURNS, JUNE).turns == {"P2": 2}
    assert budget(TURNS, AUGUST).turns == {"P1": 1, "P2": 2}


def test_a_table_of_that_name_in_a_policy_is_not_the_budget():
    found = assembled(policy_text("", tables=CEILINGS))
    assert found.rulebook is not None
    assert read_budget(found.rulebook, tiny_vocabulary(), JUNE).ceilings is None


def test_a_policy_that_nobody_knows_is_told_with_what_is_near():
    text = FRONT + TURNS.replace("| 甲   |", "| 甲乙 |")
    found = assembled(policy_text(""), policy_text("", name="乙", code="P2"), text)
    [problem] = found.problems
    assert problem.message == "没有名为《甲乙》的政策,这个顺位不起作用"
    assert (problem.severity, problem.place.source.strip()[:4]) == ("warning", "| 20")
    assert problem.suggestion
