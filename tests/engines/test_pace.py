"""Requests per second, and pauses that the engine asks for."""

from pipeline.translation.engines.pace import Pace
from tests.engines.helpers import FakeTime


def test_requests_are_spaced_out():
    time = FakeTime()
    pace = Pace(4, time.clock, time.sleep)
    moments = []
    for _ in range(9):
        pace.wait()
        moments.append(time.now)
    assert moments == [number / 4 for number in range(9)]


def test_idle_time_is_not_saved_up():
    time = FakeTime()
    pace = Pace(1, time.clock, time.sleep)
    pace.wait()
    time.sleep(100)
    pace.wait()
    pace.wait()
    assert time.now == 101


def test_without_a_limit_nobody_waits_but_for_a_pause():
    time = FakeTime()
    pace = Pace(0, time.clock, time.sleep)
    for _ in range(100):
        pace.wait()
    assert time.slept == []
    pace.pause(7)
    pace.pause(3)
    pace.wait()
    assert time.now == 7
