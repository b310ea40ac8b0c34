"""Work on several threads: its order, how much is in hand, and how it ends early."""

from __future__ import annotations

import threading
import time

import pytest

from workbench.in_order import in_order


def test_results_come_in_order_though_later_ones_are_done_first():
    def work(k):
        time.sleep(0.02 if k % 3 == 0 else 0.0)
        return k * k

    assert list(in_order(work, range(20), 3, "test")) == [k * k for k in range(20)]


def test_items_are_taken_as_results_are_wanted():
    taken = []

    def items():
        for k in range(100):
            taken.append(k)
            yield k

    results = in_order(lambda k: k, items(), 2, "test")
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert len(taken) <= 3 + 2 * 2
    results.close()
    assert len(taken) <= 3 + 2 * 2


def test_what_was_begun_is_yielded_once_cancelled():
    stop = threading.Event()
    found = []
    for k in in_order(lambda k: k, range(1000), 2, "test", stop.is_set):
        found.append(k)
        if k == 10:
            stop.set()
    assert found == list(range(len(found)))
    assert 11 <= len(found) <= 11 + 2 * 2 + 1


def test_an_error_is_raised_where_its_result_would_come():
    def work(k):
        if k == 2:
            raise ValueError("two")
        return k

    results = in_order(work, range(5), 2, "test")
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(results)
