"""Items come in order, errors where they are, and nothing is left running when nobody listens any more."""

import threading

import pytest

from jixiang.imports.reading.ahead import ahead


def numbers(until, closed=None):
    try:
        yield from range(until)
        if until == 3:
            raise ValueError("after three")
    finally:
        if closed is not None:
            closed.append(threading.current_thread().name)


def test_all_items_come_in_order():
    assert list(ahead(numbers(50))) == list(range(50))
    assert list(ahead(numbers(0))) == []


def test_what_goes_wrong_shows_after_what_came_before_it():
    seen = []
    with pytest.raises(ValueError, match="after three"):
        for n in ahead(numbers(3)):
            seen.append(n)
    assert seen == [0, 1, 2]


def test_no_more_than_a_few_items_are_made_ahead():
    made = []

    def making():
        for n in range(50):
            made.append(n)
            yield n

    first = ahead(making(), most=2)
    assert next(first) == 0
    first.close()
    assert len(made) <= 3


def test_who_stops_early_leaves_no_thread_and_no_open_file():
    closed = []
    items = ahead(numbers(50, closed))
    assert next(items) == 0
    items.close()
    assert len(closed) == 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
