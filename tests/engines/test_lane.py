"""One engine in a run: retries, halves, and when it is left alone."""

import logging
import threading

import pytest

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError, EngineBusy, EngineError
from pipeline.translation.dispatch import Answer, Dispatcher, EngineUsage, Request
from pipeline.translation.engines.faults import EngineCrash, EngineRefused, EngineTimeout, EngineUnreachable
from pipeline.translation.engines.lane import Lane, Waits
from tests.engines.helpers import FakeEngine, FakeTime, ask, dispatcher, raising, real, texts_of


def failing(times, error, then=lambda texts: [f"译{text}" for text in texts]):
    left = [times]

    def answer(texts):
        if left[0]:
            left[0] -= 1
            raise error
        return then(texts)

    return answer


class TestRetries:
    def test_a_passing_fault_is_waited_out_longer_each_time(self):
        time = FakeTime()
        dispatch = dispatcher(FakeEngine(failing(3, EngineBusy("busy"))), time=time)
        assert texts_of(ask(dispatch, ["a"])) == ["译a"]
        assert time.slept == [1, 2, 4]
        assert dispatch.usage == EngineUsage("fake", requests=4, characters=1, retries=3)

    def test_chance_shortens_the_wait_by_up_to_a_half(self):
        time = FakeTime()
        settings = EngineSettings(concurrency=1)
        engine = FakeEngine(failing(2, EngineBusy("busy")))
        chance = {**time.waits, "random": lambda: 0.0}
        Dispatcher([(engine, settings)], source="en", target="zh", **chance).translate([Request("a")])
        assert time.slept == [0.5, 1]

    def test_the_engine_says_how_long_and_everybody_waits(self):
        time = FakeTime()
        dispatch = dispatcher(FakeEngine(failing(1, EngineBusy("busy", retry_after=9)), texts=1), time=time)
        assert texts_of(ask(dispatch, ["a", "b"])) == ["译a", "译b"]
        assert time.slept == [9.25]

    def test_while_one_request_waits_no_other_goes_out(self):
        time, sent = FakeTime(), []

        def answer(texts):
            sent.append((texts, time.now))
            if len(sent) == 1:
                raise EngineBusy("busy", retry_after=9)
            return texts

        def sleep(seconds):
            if len(sent) == 1 and not time.slept:
                time.sleep(0)
                lane.ask([Request("b")])  # as another thread would, while the first one sleeps
            time.sleep(seconds)

        waits = Waits(time.clock, sleep, lambda: 0.0)
        lane = Lane(FakeEngine(answer), EngineSettings(), "en", "zh", waits)
        assert lane.ask([Request("a")]).answers == ["a"]
        assert sent[:2] == [(["a"], 0), (["b"], 9)]

    def test_a_wait_of_hours_is_not_waited(self, caplog):
        time = FakeTime()
        engine = FakeEngine(raising(EngineBusy("come back tomorrow", retry_after=86400)), texts=1)
        assert texts_of(ask(dispatcher(engine, time=time), ["a", "b", "c"])) == [None] * 3
        assert time.slept == []
        assert engine.packs == [["a"]]

    def test_the_number_of_retries_is_configured(self):
        engine = FakeEngine(raising(EngineBusy("busy")))
        assert texts_of(ask(dispatcher(engine, retries=2), ["a"])) == [None]
        assert len(engine.packs) == 3

    def test_a_timeout_is_met_with_a_smaller_request(self):
        def slow(texts):
            if len(texts) > 2:
                raise EngineTimeout("slow")
            return [f"译{text}" for text in texts]

        engine = FakeEngine(slow)
        assert texts_of(ask(dispatcher(engine), list("abcde"))) == [f"译{text}" for text in "abcde"]
        assert [len(pack) for pack in engine.packs] == [5, 3, 2, 1, 2]

    def test_an_engine_that_breaks_down_twice_is_asked_for_less(self):
        def fragile(texts):
            if "bad" in texts:
                raise EngineCrash("500")
            return [f"译{text}" for text in texts]

        time = FakeTime()
        engine = FakeEngine(fragile, texts=100)
        texts = [*(f"t{number}" for number in range(20)), "bad", *(f"u{number}" for number in range(20))]
        answers = ask(dispatcher(engine, time=time), texts)
        assert [answer.text is None for answer in answers] == [text == "bad" for text in texts]
        assert time.slept[0] == 1

    def test_one_that_breaks_down_once_is_asked_for_the_same(self):
        engine = FakeEngine(failing(1, EngineCrash("500")))
        assert texts_of(ask(dispatcher(engine), ["a", "b"])) == ["译a", "译b"]
        assert engine.packs == [["a", "b"], ["a", "b"]]

    def test_a_text_that_breaks_the_engine_holds_up_nobody_else(self):
        time, sent = FakeTime(), []

        def answer(texts):
            sent.append((texts, time.now))
            if texts == ["bad"]:
                raise EngineCrash("500")
            return texts

        def sleep(seconds):
            if not time.slept:
                time.sleep(0)
                lane.ask([Request("b")])  # as another thread would, while the first one sleeps
            time.sleep(seconds)

        waits = Waits(time.clock, sleep, lambda: 0.0)
        lane = Lane(FakeEngine(answer), EngineSettings(), "en", "zh", waits)
        assert lane.ask([Request("bad")]).error == "500"
        assert sent[:2] == [(["bad"], 0), (["b"], 0)]

    def test_requests_per_second(self):
        time = FakeTime()
        ask(dispatcher(FakeEngine(texts=1), time=time, requests_per_second=2), list("abcde"))
        assert time.now == 2


class TestBisection:
    def test_one_text_that_spoils_its_request_is_isolated(self):
        engine = FakeEngine(lambda texts: ["x"] * (len(texts) + ("bad" in texts)), characters=1000, texts=64)
        texts = [f"t{number}" for number in range(63)]
        texts.insert(37, "bad")
        answers = ask(dispatcher(engine), texts)
        assert [answer.text is None for answer in answers] == [text == "bad" for text in texts]
        assert len(engine.packs) == 13
        assert "answered 1 texts with 2" in answers[37].error

    def test_a_limit_that_only_the_engine_knows_is_found(self):
        engine = FakeEngine(lambda texts: list(texts) if len(texts) < 4 else [], characters=9999, texts=500)
        texts = [f"t{number}" for number in range(400)]
        assert texts_of(ask(dispatcher(engine), texts)) == texts

    def test_an_engine_that_answers_nonsense_is_soon_left(self, caplog):
        engine = FakeEngine(lambda texts: ["x"] * (len(texts) + 1), characters=9999, texts=64)
        assert set(texts_of(ask(dispatcher(engine), [f"t{number}" for number in range(1000)]))) == {None}
        assert len(engine.packs) < 20

    def test_half_a_character_is_no_answer(self):
        answers = ask(dispatcher(FakeEngine(lambda texts: ["\ud83d"])), ["a"])
        assert answers[0].text is None


class TestBreaker:
    @pytest.mark.parametrize("error", [EngineRefused("a bad key"), ConfigError("a bad key")])
    def test_an_engine_that_refuses_is_asked_once_in_a_run_and_that_is_said_once(self, error, caplog):
        engine = FakeEngine(raising(error), texts=1)
        dispatch = dispatcher(engine)
        assert texts_of(ask(dispatch, list("abc"))) == [None] * 3
        assert ask(dispatch, ["d"])[0].error == "a bad key"
        assert len(engine.packs) == 1
        assert [(record.levelno, record.message) for record in caplog.records] == [
            (logging.WARNING, "The engine fake is not asked again in this run: a bad key")
        ]

    def test_requests_that_fail_together_say_it_once(self, caplog):
        together = threading.Barrier(4)

        def answer(texts):
            together.wait(60)  # if they do not come together, it raises what is told below instead
            raise EngineRefused("a bad key")

        assert texts_of(ask(dispatcher(FakeEngine(answer, texts=1), concurrency=4), list("abcd"))) == [None] * 4
        assert [record.message for record in caplog.records] == [
            "The engine fake is not asked again in this run: a bad key"
        ]

    def test_whoever_waits_for_the_place_of_one_that_is_refused_does_not_ask(self, monkeypatch):
        engine = FakeEngine(raising(EngineRefused("a bad key")))
        lane = Lane(engine, EngineSettings(concurrency=1), "en", "zh", Waits(**FakeTime().waits))
        outcomes, fail = [], lane.breaker.fail
        other = threading.Thread(target=lambda: outcomes.append(lane.ask([Request("b")])))

        def slow(*arguments):
            if not other.ident:
                other.start()
                other.join(0.1)  # it would be through, if the place were free
            return fail(*arguments)

        monkeypatch.setattr(lane.breaker, "fail", slow)
        assert lane.ask([Request("a")]).closed
        other.join(60)
        assert [outcome.closed for outcome in outcomes] == [True]
        assert engine.packs == [["a"]]

    def test_requests_that_fail_again_and_again_close_it(self, caplog):
        engine = FakeEngine(raising(EngineBusy("busy")), texts=1)
        assert texts_of(ask(dispatcher(engine, retries=1), list("abcdefgh"))) == [None] * 8
        assert engine.texts == ["a", "a", "b", "b", "c", "c"]
        assert len(caplog.records) == 1

    def test_successes_in_between_keep_it_open(self, caplog):
        def answer(texts):
            if texts[0].islower():
                raise EngineError("lower case is beneath me")
            return texts

        engine = FakeEngine(answer, texts=1)
        answers = ask(
            dispatcher(engine), [char for pair in zip("abcdefghijkl", "ABCDEFGHIJKL", strict=True) for char in pair]
        )
        assert texts_of(answers)[1::2] == list("ABCDEFGHIJKL")
        assert [record.message for record in caplog.records] == [
            "12 texts were not translated: lower case is beneath me"
        ]

    def test_a_bug_in_an_engine_fails_texts_and_shows_no_message_of_its(self):
        (answer,) = ask(dispatcher(FakeEngine(raising(RuntimeError("the key is 123")))), ["a"])
        assert answer == Answer(None, "fake", "fake failed with RuntimeError.")


class TestOffline:
    def test_without_a_network_an_engine_is_tried_for_a_second(self):
        time = FakeTime()
        engine = FakeEngine(raising(EngineUnreachable("no network")), texts=1)
        assert set(texts_of(ask(dispatcher(engine, time=time, retries=20), [f"t{n}" for n in range(50)]))) == {None}
        assert time.slept == [0.25, 0.5]

    def test_without_a_network_many_threads_take_no_longer(self):
        time = FakeTime()
        engine = FakeEngine(raising(EngineUnreachable("no network")), texts=1)
        assert set(texts_of(ask(dispatcher(engine, time=time, concurrency=8), [f"t{n}" for n in range(500)]))) == {None}
        assert time.now <= 8 * 1.0  # the fake clock adds up what eight threads sleep at once
        assert len(engine.packs) <= 8 * 3

    @pytest.mark.parametrize(
        ("kind", "url"),
        [
            ("libretranslate", "http://127.0.0.1:9"),
            ("google", "http://127.0.0.1:9/m"),
            ("google", "https://translate.invalid/m"),
            ("libretranslate", "https://translate.invalid"),
        ],
    )
    def test_real_engines_notice(self, kind, url):
        time = FakeTime()
        dispatch = dispatcher(real(kind, url=url, timeout=30.0, concurrency=4), time=time)
        answers = ask(dispatch, [f"{'x' * 900}{n}" for n in range(50)])
        assert set(texts_of(answers)) == {None}
        assert "cannot be reached" in answers[0].error
        assert set(time.slept) <= {0.25, 0.5}
        assert time.now <= 4 * 1.0  # the fake clock adds up what four threads sleep at once
        assert dispatch.usage.requests <= 4 * 3

    def test_a_connection_lost_on_the_way_is_given_more_time(self):
        time = FakeTime()
        lost = [EngineUnreachable("tunnel")] * 3

        def answer(texts):
            if texts == ["b"] and lost:
                raise lost.pop()
            return texts

        assert texts_of(ask(dispatcher(FakeEngine(answer, texts=1), time=time), list("abc"))) == list("abc")
        assert time.slept == [1, 2, 4]
