"""When an engine is left alone, and when it is tried again."""

import math

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipeline.translation.engines.breaker import Breaker
from tests.engines.helpers import FakeTime


def opened(time):
    breaker = Breaker(time.clock)
    assert breaker.fail("free", 1, "broken")
    return breaker


def test_faults_that_are_the_engines_own_open_it():
    breaker = Breaker(FakeTime().clock)
    assert [breaker.fail("free", 1 / 3, "busy") for _ in range(3)] == [False, False, True]
    assert breaker.open
    assert breaker.reason == "busy"
    assert breaker.enter() == ""


def test_a_success_in_between_forgives():
    breaker = Breaker(FakeTime().clock)
    for _ in range(20):
        breaker.fail("free", 1 / 3, "busy")
        breaker.fail("free", 1 / 3, "busy")
        assert not breaker.succeed("free")
    assert not breaker.open


def test_one_request_tries_after_a_while_and_closes_it():
    time = FakeTime()
    breaker = opened(time)
    time.now = 29
    assert not breaker.ready
    time.now = 30
    assert breaker.ready
    assert [breaker.enter(), breaker.enter()] == ["trial", ""]
    assert not breaker.ready
    assert breaker.succeed("trial")
    assert [breaker.open, breaker.enter(), breaker.enter()] == [False, "free", "free"]


def test_a_trial_that_fails_keeps_it_open_for_twice_as_long_up_to_ten_minutes():
    time = FakeTime()
    breaker = opened(time)
    pauses = []
    for _ in range(7):
        start = time.now
        while not breaker.enter():
            time.now += 1
        pauses.append(time.now - start)
        assert not breaker.fail("trial", 0, "still")
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    assert breaker.reason == "still"


def test_what_the_engine_says_of_the_time_counts():
    time = FakeTime()
    breaker = Breaker(time.clock)
    breaker.fail("free", 1, "come back", 3600)
    time.now = 3599
    assert not breaker.ready
    time.now = 3600
    assert breaker.ready


def test_what_nobody_mends_meanwhile_is_not_tried_again():
    time = FakeTime()
    breaker = Breaker(time.clock)
    breaker.fail("free", 1, "bad key", math.inf)
    time.now = 1e9
    assert not breaker.ready


def test_requests_that_were_under_way_when_it_opened_change_nothing():
    time = FakeTime()
    breaker = opened(time)
    assert not breaker.succeed("free")
    assert not breaker.fail("free", 1, "late", math.inf)
    assert (breaker.open, breaker.reason) == (True, "broken")
    time.now = 30
    assert breaker.enter() == "trial"


class Machine(RuleBasedStateMachine):
    """Whatever happens, at most one request tries, and a closed breaker lets everybody pass."""

    def __init__(self):
        super().__init__()
        self.time = FakeTime()
        self.breaker = Breaker(self.time.clock)
        self.inside = []

    @rule()
    def enter(self):
        was_open, how = self.breaker.open, self.breaker.enter()
        assert was_open or how == "free"
        if how:
            self.inside.append(how)

    @rule(seconds=st.floats(0, 700))
    def pass_time(self, seconds):
        self.time.now += seconds

    @rule(index=st.integers(0, 9), weight=st.sampled_from([0, 1 / 6, 1 / 3, 1]), good=st.booleans())
    def leave(self, index, weight, good):
        if index < len(self.inside):
            how = self.inside.pop(index)
            if good:
                self.breaker.succeed(how)
            else:
                self.breaker.fail(how, weight, "fault")
            if how == "trial":
                assert self.breaker.open != good

    @invariant()
    def one_trial(self):
        assert self.inside.count("trial") <= 1
        assert not ("trial" in self.inside and self.breaker.ready)


Machine.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
TestMachine = Machine.TestCase
