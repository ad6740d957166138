"""Many lines, a chain of engines, one answer each."""

import itertools
import random
import threading
import time as real_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError, EngineBusy, EngineError
from pipeline.translation.dispatch import Answer, Budget, EngineUsage, Estimate, Request
from pipeline.translation.engines import Capabilities
from pipeline.translation.engines.faults import EngineRefused, EngineTimeout
from pipeline.translation.journal import Journal
from tests.engines.helpers import FakeEngine, ask, dispatcher, raising, real, texts_of
from tests.engines.servers import GoogleServer, LibreTranslateServer


def test_answers_come_in_the_order_of_the_requests_and_each_text_is_asked_once():
    engine = FakeEngine(texts=3)
    answers = ask(dispatcher(engine), ["a", "b", "a", " a ", "", "  ", "c", "b", "d"])
    assert texts_of(answers) == ["译a", "译b", "译a", " 译a ", "", "  ", "译c", "译b", "译d"]
    assert engine.packs == [["a", "b", "c"], ["d"]]
    assert answers[0] == Answer("译a", "fake")
    assert answers[4] == Answer("", "")


def test_nothing_to_do_asks_nobody():
    assert ask(dispatcher(), []) == []
    assert ask(dispatcher(FakeEngine(raising(AssertionError()))), [" "]) == [Answer(" ", "")]


def test_without_an_engine_there_is_no_answer():
    (answer,) = ask(dispatcher(), ["a"])
    assert answer.text is None
    assert answer.error


@given(st.data())
def test_whatever_the_engine_does_no_answer_is_another_texts(data):
    texts = data.draw(st.lists(st.text("abc ", max_size=3), max_size=25))
    kinds = st.sampled_from(["", "", "more", "fewer", "busy", "error", "timeout", "empty", "type", "bug"])
    # Drawn beforehand: how often, and in which order, threads ask is never quite the same.
    faults = itertools.cycle(data.draw(st.lists(kinds, min_size=1, max_size=30)))

    def answer(asked):
        fault = next(faults)
        answers = [f"译{text}" for text in asked]
        match fault:
            case "more":
                return [*answers, "x"]
            case "fewer":
                return answers[1:]
            case "busy":
                raise EngineBusy("busy")
            case "error":
                raise EngineError("error")
            case "timeout":
                raise EngineTimeout("timeout")
            case "empty":
                return ["", *answers[1:]]
            case "type":
                return [None, *answers[1:]]
            case "bug":
                raise KeyError("bug")
        return answers

    engine = FakeEngine(answer, characters=20, texts=4)
    second = FakeEngine(lambda asked: [f"二{text}" for text in asked], name="second")
    answers = ask(dispatcher(engine, second), texts)
    for text, found in zip(texts, answers, strict=True):
        core = text.strip()
        wanted = f"译{core}" if found.engine == "fake" else f"二{core}" if core else ""
        assert found.text == text.replace(core, wanted) if core else found.text == text


class TestChain:
    def test_what_the_first_cannot_the_next_tries(self):
        first = FakeEngine(lambda texts: [text if text != "b" else "" for text in texts], name="first")
        second = FakeEngine(name="second")
        answers = ask(dispatcher(first, second), ["a", "b", "c"])
        assert [(answer.text, answer.engine) for answer in answers] == [
            ("a", "first"),
            ("译b", "second"),
            ("c", "first"),
        ]
        assert second.texts == ["b"]

    def test_a_text_too_long_for_the_first_goes_to_the_next_unasked(self):
        first, second = FakeEngine(name="first", characters=3), FakeEngine(name="second")
        assert [answer.engine for answer in ask(dispatcher(first, second), ["aaaa", "bbb"])] == ["second", "first"]
        assert first.texts == ["bbb"]

    def test_when_nobody_can_the_error_tells_of_everyone(self):
        chain = [FakeEngine(raising(EngineRefused(f"{name} is closed.")), name=name) for name in ("first", "second")]
        (answer,) = ask(dispatcher(*chain), ["a"])
        assert answer == Answer(None, "second", "first is closed. second is closed.")

    def test_usage_names_who_was_asked(self):
        first = FakeEngine(raising(EngineRefused("closed")), name="first")
        dispatch = dispatcher(first, FakeEngine(name="second"), FakeEngine(name="third"))
        assert dispatch.usage == EngineUsage("first")
        ask(dispatch, ["one", "two"])
        assert dispatch.usage == EngineUsage("first, second", requests=2, characters=6, retries=0)

    def test_a_language_that_an_engine_lacks_is_an_error_before_any_request(self):
        with GoogleServer() as server:
            with pytest.raises(ConfigError, match="`google` has no language `tlh`"):
                dispatcher(FakeEngine(), real("google", url=server.page), target="tlh")
            assert server.paths == []


class TestThreads:
    def test_order_and_identity_with_a_slow_server_that_reorders(self):
        chance, lock = random.Random(7), threading.Lock()
        arrived, held = itertools.count(1), []
        nine_at_once = threading.Event()

        def dawdle(asked):
            with lock:
                crowded = next(arrived) > 50  # by when more than eight are sent at once
                if crowded:
                    held.append(asked)  # none of them is answered before nine are there
                    if len(held) == 9:
                        nine_at_once.set()
            if crowded:
                nine_at_once.wait(60)
            real_time.sleep(chance.random() / 50)

        with GoogleServer(str.upper, fault_when=dawdle) as server:
            dispatch = dispatcher(real("google", url=server.page, concurrency=16, max_characters=100))
            texts = [f"segment number {number % 900}" for number in range(1000)]
            assert texts_of(ask(dispatch, texts)) == [text.upper() for text in texts]
            assert sorted(server.lines) == sorted(set(texts))
            assert nine_at_once.is_set()
            assert server.most_in_flight <= 16
            assert server.connections <= 16

    def test_a_thousand_segments_in_at_most_forty_requests(self):
        with GoogleServer() as server:
            texts = [f"Sentence {number}: {'and then some words ' * 5}".strip() for number in range(1000)]
            assert None not in texts_of(ask(dispatcher(real("google", url=server.page, concurrency=8)), texts))
            assert len(server.requests) <= 40

    def test_several_threads_share_a_dispatcher_and_its_limits(self):
        with LibreTranslateServer(str.upper, fault_when=lambda asked: real_time.sleep(0.002)) as server:
            dispatch = dispatcher(real("libretranslate", url=server.url, concurrency=3, max_characters=40))
            wrong = []

            def work(number):
                texts = [f"thread {number} text {turn}" for turn in range(40)]
                if texts_of(ask(dispatch, texts)) != [text.upper() for text in texts]:
                    wrong.append(number)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert wrong == []
            assert server.most_in_flight <= 3
            assert dispatch.usage.requests == len(server.requests)
            assert dispatch.usage.characters == sum(map(len, server.texts))

    def test_no_thread_is_left_behind(self):
        ours, together = set(), threading.Barrier(8)

        def answer(texts):
            if threading.current_thread() not in ours:
                ours.add(threading.current_thread())
                together.wait(60)
            return texts

        ask(dispatcher(FakeEngine(answer, texts=1), concurrency=8), [f"t{number}" for number in range(100)])
        assert len(ours) == 8
        for thread in ours:
            thread.join(60)
        assert not [thread for thread in ours if thread.is_alive()]


class TestProgress:
    def test_it_counts_requests_up_to_all_of_them(self):
        seen = []
        ask(
            dispatcher(FakeEngine(texts=2)),
            ["a", "b", "a", "", "c"],
            progress=lambda done, total: seen.append((done, total)),
        )
        assert seen == [(1, 5), (3, 5), (4, 5), (5, 5)]

    def test_what_nobody_could_translate_is_settled_too(self):
        seen = []
        engine = FakeEngine(raising(EngineRefused("no")))
        ask(dispatcher(engine), ["a", "b"], progress=lambda done, total: seen.append((done, total)))
        assert seen[-1] == (2, 2)

    def test_what_it_raises_ends_the_work(self, tmp_path):
        def stop(done, total):
            raise KeyboardInterrupt

        ended, workers = threading.Event(), set()

        def answer(texts):
            workers.add(threading.current_thread())
            if len(engine.packs) == 10:  # however fast it is, it is not through before the work has ended
                assert ended.wait(60)
            return texts

        engine = FakeEngine(answer, texts=1)
        with Journal(tmp_path) as journal, pytest.raises(KeyboardInterrupt):
            ask(dispatcher(engine, journal=journal), [f"t{number}" for number in range(1000)], progress=stop)
        ended.set()
        (worker,) = workers
        worker.join(60)
        assert not worker.is_alive()
        assert len(engine.packs) <= 10
        assert len(journal) >= 1


class TestJournal:
    def test_a_second_run_asks_nothing(self, tmp_path):
        texts = [f"t{number}" for number in range(50)]
        with Journal(tmp_path) as journal:
            first = ask(dispatcher(FakeEngine(), journal=journal), texts)
        with Journal(tmp_path) as journal:
            again = dispatcher(FakeEngine(raising(AssertionError())), journal=journal)
            assert again.estimate(map(Request, texts)) == Estimate(0, 0, 0)
            answers = ask(again, texts)
        assert texts_of(answers) == texts_of(first)
        assert all(answer.cached and answer.engine == "fake" for answer in answers)
        assert not any(answer.cached for answer in first)

    def test_another_language_or_server_is_asked(self, tmp_path):
        engine = FakeEngine()
        with Journal(tmp_path) as journal:
            ask(dispatcher(engine, journal=journal), ["a"])
            ask(dispatcher(engine, journal=journal, target="zh-TW"), ["a"])
            ask(dispatcher(engine, journal=journal, url="http://other"), ["a"])
            ask(dispatcher(engine, journal=journal, timeout=3.0, retries=1, requests_per_second=9.0), ["a"])
        assert engine.texts == ["a", "a", "a"]

    def test_what_the_second_engine_did_is_not_asked_of_the_first_again(self, tmp_path):
        first = FakeEngine(raising(EngineError("no")), name="first")
        with Journal(tmp_path) as journal:
            ask(dispatcher(first, FakeEngine(name="second"), journal=journal), ["a"])
            (answer,) = ask(dispatcher(first, FakeEngine(name="second"), journal=journal), ["a"])
        assert answer == Answer("译a", "second", cached=True)
        assert len(first.packs) == 1

    def test_failures_are_not_kept(self, tmp_path):
        with Journal(tmp_path) as journal:
            ask(dispatcher(FakeEngine(raising(EngineError("no"))), journal=journal), ["a"])
            assert len(journal) == 0


class ContextReader(FakeEngine):
    def translate_in_context(self, requests, *, source, target):
        self.packs.append([request.text for request in requests])
        return [f"{request.before}|{request.text}|{request.after}" for request in requests]


class TestContext:
    REQUESTS = [Request("a", "x", "y"), Request("a", "p", "q"), Request("a", "x", "y")]

    def test_an_engine_that_reads_context_is_asked_once_for_each(self, tmp_path):
        with Journal(tmp_path) as journal:
            engine = ContextReader()
            answers = dispatcher(engine, journal=journal).translate(self.REQUESTS)
            assert texts_of(answers) == ["x|a|y", "p|a|q", "x|a|y"]
            assert engine.packs == [["a", "a"]]
            assert dispatcher(engine, journal=journal).translate([Request("a", "x", "z")])[0].text == "x|a|z"

    def test_other_engines_do_not_care_what_stands_around(self, tmp_path):
        with Journal(tmp_path) as journal:
            engine = FakeEngine()
            assert texts_of(dispatcher(engine, journal=journal).translate(self.REQUESTS)) == ["译a"] * 3
            assert dispatcher(engine, journal=journal).translate([Request("a", "new")])[0].cached
            assert engine.packs == [["a"]]


def test_estimate():
    dispatch = dispatcher(FakeEngine(characters=10, texts=3))
    assert dispatch.estimate(map(Request, ["aaaa", "bbbb", "aaaa", " ", "cccc"])) == Estimate(3, 12, 2)
    assert dispatcher().estimate([Request("a")]) == Estimate(1, 1, 0)


class TestReasons:
    """Whoever looks at a draft with English in it wants to know why."""

    def test_they_are_told_once(self, caplog):
        engine = FakeEngine(lambda texts: [""] * len(texts) if texts[0] < "c" else texts, texts=1)
        dispatch = dispatcher(engine)
        ask(dispatch, ["a", "b", "a", "c"])
        ask(dispatch, ["a", "c"])
        assert [record.message for record in caplog.records] == [
            "3 texts were not translated: fake answered with an empty text."
        ]

    def test_nothing_is_told_twice_of_an_engine_that_is_left_alone(self, caplog):
        chain = [FakeEngine(raising(EngineRefused(f"{name} is closed.")), name=name) for name in ("first", "second")]
        ask(dispatcher(*chain), ["a", "b"])
        assert [record.message for record in caplog.records] == [
            f"The engine {name} is not asked again in this run: {name} is closed." for name in ("first", "second")
        ]

    def test_nothing_is_told_when_all_is_well(self, caplog):
        ask(dispatcher(FakeEngine()), ["a"])
        assert caplog.records == []


class TestMoney:
    def test_an_estimate_has_the_cost_if_there_is_a_price(self):
        dispatch = dispatcher(FakeEngine(), price=20.0, currency="EUR")
        requests = [Request("x" * 500), Request("y" * 500), Request("x" * 500)]
        assert dispatch.estimate(requests) == Estimate(2, 1000, 2, 0.02, "EUR")
        assert dispatcher(FakeEngine()).estimate(requests).cost is None

    def test_what_the_journal_knows_costs_nothing(self, tmp_path):
        with Journal(tmp_path) as journal:
            ask(dispatcher(FakeEngine(), journal=journal), ["a"])
            assert dispatcher(FakeEngine(), journal=journal, price=20.0).estimate([Request("a")]).cost == 0

    def test_usage_has_what_was_translated_by_the_engines_that_have_a_price(self):
        half = FakeEngine(lambda texts: [text if text != "bbb" else "" for text in texts], name="half", texts=1)
        chain = [(half, EngineSettings(price=10.0)), (FakeEngine(name="free"), EngineSettings())]
        dispatch = dispatcher(*chain)
        ask(dispatch, ["aa", "bbb", "cc"])
        assert dispatch.usage.cost == pytest.approx(10.0 * 4 / 1e6)
        assert dispatch.usage.currency == "USD"

    def test_two_currencies_are_not_added_up(self):
        chain = [(FakeEngine(name=name), EngineSettings(price=1.0, currency=name)) for name in ("EUR", "CNY")]
        assert dispatcher(*chain).usage.cost is None

    @pytest.mark.parametrize(
        ("one", "other", "sum_"),
        [
            ((1.0, "EUR"), (2.0, "EUR"), (3.0, "EUR")),
            ((1.0, "EUR"), (None, ""), (1.0, "EUR")),
            ((None, ""), (None, ""), (None, "")),
            ((1.0, "EUR"), (1.0, "USD"), (None, "")),
        ],
    )
    def test_usages_add_up(self, one, other, sum_):
        total = EngineUsage("a", 1, 2, 3, *one).plus(EngineUsage("b", 10, 20, 30, *other))
        assert total == EngineUsage("b", 11, 22, 33, *sum_)


class TestBudget:
    def test_the_first_lines_are_sent_and_the_rest_is_left(self, caplog):
        engine = FakeEngine()
        dispatch = dispatcher(engine, budget=Budget(10))
        answers = ask(dispatch, ["aaaa", "bbbb", "cccc", "dd", "aaaa", "e"])
        assert texts_of(answers) == ["译aaaa", "译bbbb", None, "译dd", "译aaaa", None]
        assert answers[2].error == "this run may send 10 characters to engines, and has."
        assert dispatch.usage.characters == 10
        assert texts_of(ask(dispatch, ["aaaa"])) == [None]
        assert len(caplog.records) == 1

    def test_what_could_not_be_translated_is_not_counted(self):
        engine = FakeEngine(raising(EngineError("no")))
        budget = Budget(10)
        ask(dispatcher(engine, budget=budget), ["aaaa", "bbbb"])
        assert budget.left == 10

    def test_what_the_journal_knows_is_not_counted(self, tmp_path):
        with Journal(tmp_path) as journal:
            ask(dispatcher(FakeEngine(), journal=journal), ["aaaa"])
            assert ask(dispatcher(FakeEngine(), journal=journal, budget=Budget(1)), ["aaaa"])[0].text == "译aaaa"

    def test_dispatchers_share_it(self):
        budget = Budget(5)
        assert ask(dispatcher(FakeEngine(), budget=budget), ["aaaa"])[0].text
        assert ask(dispatcher(FakeEngine(), budget=budget), ["aaaa"])[0].text is None
        assert ask(dispatcher(FakeEngine(), budget=budget), ["a"])[0].text

    def test_an_estimate_tells_what_is_held_back_and_takes_nothing(self):
        budget = Budget(9)
        dispatch = dispatcher(FakeEngine(), budget=budget, price=1e6)
        requests = [Request(text) for text in ("aaaa", "bbbb", "cccc", "d")]
        assert dispatch.estimate(requests) == Estimate(3, 9, 1, 9.0, "USD", held_back=1)
        assert budget.left == 9


def test_the_smaller_of_the_limits_counts():
    engine = FakeEngine(characters=10)
    ask(dispatcher(engine, max_characters=5), ["aa", "bb", "cc"])
    ask(dispatcher(engine, max_characters=50), ["dddd", "eeee", "ffff"])
    assert engine.packs == [["aa", "bb"], ["cc"], ["dddd", "eeee"], ["ffff"]]


def test_capabilities_name_what_survives():
    for kind in ("google", "pseudo", "libretranslate"):
        engine, _ = real(kind, url="http://127.0.0.1:9")
        assert isinstance(engine.capabilities, Capabilities)
        assert set(engine.capabilities.tags) == {"xml", "bracket"}
        assert engine.capabilities.needs_network == (kind != "pseudo")
