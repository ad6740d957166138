"""Requests per second, characters per minute, and pauses that the engine asks for."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.engines.pace import Pace
from tests.engines.helpers import FakeTime, ask, dispatcher, real, texts_of
from tests.engines.servers import BaiduServer


def moments(pace, time, sizes):
    found = []
    for size in sizes:
        pace.wait(size)
        found.append(time.now)
    return found


def test_requests_are_spaced_out():
    time = FakeTime()
    assert moments(Pace(4, 0, time.clock, time.sleep), time, [0] * 9) == [number / 4 for number in range(9)]


def test_idle_time_is_not_saved_up():
    time = FakeTime()
    pace = Pace(1, 0, time.clock, time.sleep)
    pace.wait()
    time.sleep(100)
    pace.wait()
    pace.wait()
    assert time.now == 101


def test_without_a_limit_nobody_waits_but_for_a_pause():
    time = FakeTime()
    pace = Pace(0, 0, time.clock, time.sleep)
    for _ in range(100):
        pace.wait(10**9)
    assert time.slept == []
    pace.refuse(7)
    pace.refuse(3)
    pace.wait()
    assert time.now == 7


def test_characters_per_minute():
    time = FakeTime()
    pace = Pace(0, 100, time.clock, time.sleep)
    assert moments(pace, time, [40, 60, 1, 99, 1, 500, 1]) == [0, 0, 60, 60, 120, 180, 240]


@given(st.lists(st.tuples(st.integers(0, 150), st.floats(0, 40)), max_size=40), st.sampled_from([0, 1, 5]))
def test_no_minute_has_more_than_the_limit_and_nobody_waits_for_nothing(requests, per_second):
    time = FakeTime()
    pace = Pace(per_second, 100, time.clock, time.sleep)
    sent = []
    for size, idle in requests:
        time.now += idle
        asked = time.now
        pace.wait(size)
        sent.append((time.now, size))
        recent = [count for moment, count in sent if moment + 60 > time.now]
        assert sum(recent) <= 100 or len([count for count in recent if count]) <= 1
        if time.now > asked and not per_second:  # a moment earlier it would have been too much
            before = [count for moment, count in sent[:-1] if moment + 60 >= time.now]
            assert sum(before) + size > 100


def test_threads_share_the_limit():
    time = FakeTime()
    found, own = [], threading.local()

    def clock():
        own.now = time.now  # afterwards another thread may have moved the clock on
        return own.now

    pace = Pace(0, 100, clock, time.sleep)

    def work():
        for _ in range(5):
            pace.wait(10)
            found.append(own.now)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([moment for moment in found if moment < 60]) == 10


def test_an_engine_has_limits_of_its_own(monkeypatch):
    monkeypatch.setenv("BAIDU_APPID", "baidu-account")
    monkeypatch.setenv("BAIDU_APPKEY", "baidu-key")
    with BaiduServer() as server:
        texts = [f"{number} {'x' * 3000}" for number in range(4)]
        for settings, seconds in (
            ({}, 3),
            ({"requests_per_second": 10.0}, 0.3),
            ({"characters_per_minute": 4000}, 180),
        ):
            time = FakeTime()
            answers = ask(dispatcher(real("baidu", url=server.url, **settings), time=time), texts)
            assert None not in texts_of(answers)
            assert round(time.now, 6) == seconds
