"""How many requests are under way at once."""

import threading
import time as real_time

from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.dispatch import Dispatcher, Request
from pipeline.translation.engines.window import Window
from tests.engines import faults
from tests.engines.helpers import real, texts_of
from tests.engines.servers import LibreTranslateServer


def test_it_starts_small_and_doubles_with_each_windowful_of_successes():
    window = Window(32)
    assert window.width == 8
    for _ in range(8):
        window.widen()
    assert window.width == 16
    for _ in range(100):
        window.widen()
    assert window.width == 32
    assert Window(3).width == 3


def test_a_refusal_halves_it_once_for_all_that_were_under_way_together():
    window = Window(16)
    for _ in range(12):
        window.widen()
    with window.slot() as one, window.slot() as two, window.slot() as three:
        assert [window.narrow(slot) for slot in (one, two, three)] == [True, False, False]
    assert window.width == 8
    with window.slot() as four:
        assert window.narrow(four)
    assert window.width == 4


def test_afterwards_it_grows_by_one_a_windowful():
    window = Window(16)
    with window.slot() as slot:
        window.narrow(slot)
    assert window.width == 4
    for _ in range(5):
        window.widen()
    assert window.width == 5


@given(st.integers(1, 64), st.lists(st.booleans(), max_size=200))
def test_it_stays_between_one_and_the_limit(most, events):
    window = Window(most)
    for good in events:
        with window.slot() as slot:
            if good:
                window.widen()
            else:
                window.narrow(slot)
        assert 1 <= window.width <= most


def test_no_more_than_its_width_are_under_way():
    window, inside, most = Window(3), [0], [0]
    lock, all_three = threading.Lock(), threading.Event()

    def work():
        for _ in range(30):
            with window.slot():
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    if inside[0] == 3:
                        all_three.set()
                if not all_three.wait(60):
                    all_three.set()  # once is enough: `most` tells
                real_time.sleep(0.0005)
                with lock:
                    inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 3


def test_a_service_that_takes_20_requests_a_second_gets_about_so_many():
    """Without `Retry-After`, with a burst of 5: nothing is lost, and few requests are refused."""
    lock, bucket = threading.Lock(), [5.0, real_time.monotonic()]

    def limit(asked):
        with lock:
            now = real_time.monotonic()
            bucket[0] = min(5.0, bucket[0] + (now - bucket[1]) * 20)
            bucket[1] = now
            if bucket[0] < 1:
                return faults.status(429)
            bucket[0] -= 1
            return None

    with LibreTranslateServer(fault_when=limit) as server:
        chain = [real("libretranslate", url=server.url, concurrency=16, max_characters=20)]
        dispatch = Dispatcher(chain, source="en", target="zh", random=lambda: 1.0)
        answers = dispatch.translate([Request(f"text number {number:04}") for number in range(40)])
    assert None not in texts_of(answers)
    # 8 to 14, as threads take turns; from 26 on where it is not learnt how many are taken.
    assert dispatch.usage.retries <= 20
