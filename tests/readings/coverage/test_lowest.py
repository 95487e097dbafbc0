"""The group that is reached least: of those that one can go and look for."""

from jixiang.readings.coverage.reached import Count, lowest


def count(called: str, should: int, served: int) -> Count:
    return Count(called, should, served, 0)


def test_it_is_the_lowest_rate_and_of_two_alike_the_larger():
    found = lowest([count("东", 10, 9), count("西", 10, 5), count("南", 20, 10)])
    assert found is not None and found.called == "南"


def test_who_is_in_no_known_group_is_not_looked_for():
    found = lowest([count("东", 10, 9), count("不清楚", 10, 1), count("空", 0, 0)])
    assert found is not None and found.called == "东"
    assert lowest([count("不清楚", 10, 1)]) is None
