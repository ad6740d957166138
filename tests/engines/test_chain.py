"""Several engines: who is asked for what, in which spelling, and what becomes of one that is left alone."""

import logging
import time as real_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import EngineSettings
from pipeline.errors import EngineBusy, EngineError
from pipeline.translation.dispatch import Answer, Request
from pipeline.translation.engines import Capabilities
from pipeline.translation.engines.faults import EngineRefused
from pipeline.translation.journal import Journal
from tests.engines.helpers import FakeEngine, FakeTime, ask, dispatcher, raising, texts_of


class Clocked(FakeEngine):
    """Takes a second for each request, and is out of order between two moments."""

    def __init__(self, time, name, *, broken=(0.0, 0.0), error=None, seconds=1.0, **rest):
        super().__init__(name=name, **rest)
        self.time, self.broken, self.seconds = time, broken, seconds
        self.error = error or EngineBusy("out of order")
        self.failures = 0
        self.before = lambda: None

    def translate(self, texts, *, source, target):
        self.before()
        self.time.now += self.seconds
        self.packs.append(list(texts))
        if self.broken[0] <= self.time.now < self.broken[1]:
            self.failures += 1
            raise self.error
        return [f"{self.name}:{text}" for text in texts]


TEXTS = [f"t{number:03}" for number in range(200)]


def taking_turns(first, second, time):
    """A dispatcher in which `second` lets no time pass while `first` is being tried, however slow a thread is at it."""
    dispatch = dispatcher(first, second, time=time, retries=0)
    breaker = dispatch._lanes[0].breaker

    def before():
        deadline = real_time.monotonic() + 60
        while breaker._trial:
            assert real_time.monotonic() < deadline, "the trial of the first engine never ended"
            real_time.sleep(0.0001)

    second.before = before
    return dispatch


class TestHalfOpen:
    def test_an_engine_that_has_come_to_itself_gets_its_work_back(self, caplog):
        caplog.set_level(logging.INFO, "pipeline")
        time = FakeTime()
        first = Clocked(time, "first", broken=(0, 60), texts=1)
        second = Clocked(time, "second", texts=1)
        answers = ask(taking_turns(first, second, time), TEXTS)
        names = [answer.engine for answer in answers]
        assert names.count("second") < 100
        assert names[-1] == "first"
        assert None not in texts_of(answers)
        told = [record.message for record in caplog.records]
        assert told == [
            "The engine first is left alone for a while: out of order",
            "The engine first answers again.",
        ]
        failed = len(first.packs) - names.count("first")
        assert failed <= 5, "three that open it, and a trial or two"

    def test_one_that_stays_broken_is_tried_less_and_less_and_nothing_is_lost(self, caplog):
        time = FakeTime()
        first = Clocked(time, "first", broken=(0, 1e9), texts=1)
        second = Clocked(time, "second", texts=1, seconds=10.0)
        answers = ask(taking_turns(first, second, time), TEXTS)
        assert {answer.engine for answer in answers} == {"second"}
        assert 5 <= len(first.packs) <= 10  # in half an hour
        assert len(caplog.records) == 1

    def test_one_that_refuses_is_not_tried_again(self):
        time = FakeTime()
        first = Clocked(time, "first", broken=(0, 1e9), error=EngineRefused("no"), texts=1)
        second = Clocked(time, "second", texts=1, seconds=10.0)
        ask(dispatcher(first, second, time=time), TEXTS)
        assert len(first.packs) == 1

    def test_it_is_tried_again_by_the_next_call_too(self):
        time = FakeTime()
        first = Clocked(time, "first", broken=(0, 20), texts=1)
        dispatch = dispatcher(first, time=time, retries=0)
        assert set(texts_of(ask(dispatch, TEXTS))) == {None}
        assert ask(dispatch, ["a"])[0].error == "out of order"
        time.now += 60
        assert texts_of(ask(dispatch, ["a", "b"])) == ["first:a", "first:b"]

    def test_nobody_waits_for_the_only_engine_there_is(self):
        time = FakeTime()
        ask(dispatcher(Clocked(time, "only", broken=(0, 1e9), texts=1), time=time, retries=0), TEXTS)
        assert time.now == 3

    def test_the_trial_fits_the_engine_that_is_tried(self):
        time = FakeTime()
        first = Clocked(time, "first", broken=(0, 20), texts=2)
        second = Clocked(time, "second", texts=50, seconds=40.0)
        answers = ask(dispatcher(first, second, time=time, retries=0), TEXTS)
        assert None not in texts_of(answers)
        assert {answer.engine for answer in answers} == {"first", "second"}
        assert max(map(len, first.packs)) == 2


class TestTurns:
    def test_what_an_engine_failed_at_is_packed_for_the_next(self):
        def fussy(texts):
            if any("bad" in text for text in texts):
                raise EngineError("I will not say that")
            return [f"first:{text}" for text in texts]

        first, second = FakeEngine(fussy, name="first", texts=50), FakeEngine(name="second", texts=50)
        texts = [f"{'bad' if number % 10 == 0 else 'good'} {number}" for number in range(100)]
        answers = ask(dispatcher(first, second), texts)
        assert [answer.engine for answer in answers] == ["second" if "bad" in text else "first" for text in texts]
        assert second.packs == [[text for text in texts if "bad" in text]]

    @given(st.data())
    def test_each_line_has_the_answer_to_itself_whatever_fails_and_whenever(self, data):
        time = FakeTime()
        moments = st.floats(0, 300)
        engines = []
        for name in ("first", "second", "third"):
            error = data.draw(st.sampled_from([EngineBusy("b"), EngineError("e"), EngineRefused("r"), KeyError("k")]))
            broken = (data.draw(moments), data.draw(moments))
            size = data.draw(st.integers(1, 5))
            engines.append(Clocked(time, name, broken=broken, error=error, texts=size, seconds=7.0))
        texts = data.draw(st.lists(st.sampled_from(TEXTS), max_size=60))
        answers = ask(dispatcher(*engines, time=time, retries=1), texts)
        for text, answer in zip(texts, answers, strict=True):
            assert answer.text in {None, f"{answer.engine}:{text}"}
            assert bool(answer.error) == (answer.text is None)
        asked = {text for engine in engines for pack in engine.packs for text in pack}
        for text, answer in zip(texts, answers, strict=True):
            # Where every engine is left alone, nobody is asked.
            assert text in asked or (answer.text is None and all(engine.failures for engine in engines))


class Spelt(FakeEngine):
    """Answers in capitals, and says which spellings it likes."""

    def __init__(self, name, *tags):
        super().__init__(lambda texts: [text.upper() for text in texts], name=name)
        self.capabilities = Capabilities(1000, 10, tags)


def both(text, **rest):
    return Request(text, forms=(("xml", f"<{text}>"), ("bracket", f"[{text}]")), **rest)


class TestSpellings:
    def test_each_engine_is_asked_in_the_spelling_that_it_likes_best(self):
        first, second = Spelt("first", "bracket", "xml"), Spelt("second", "xml")
        dispatch = dispatcher(first, second)
        assert dispatch.translate([both("a"), Request("plain")]) == [
            Answer("[A]", "first", spelling="bracket"),
            Answer("PLAIN", "first"),
        ]
        first.answer = raising(EngineRefused("closed"))
        assert dispatch.translate([both("b")]) == [Answer("<B>", "second", spelling="xml")]
        assert second.texts == ["<b>"]

    def test_what_could_not_be_used_is_asked_in_another_spelling_and_then_of_another_engine(self):
        dispatch = dispatcher(Spelt("first", "bracket", "xml"), Spelt("second", "xml"))
        refused, found = (), []
        while True:
            (answer,) = dispatch.translate([both("a", refused=refused)])
            if answer.text is None:
                break
            found.append((answer.engine, answer.spelling, answer.text))
            refused += ((answer.engine, answer.spelling),)
        assert found == [("first", "bracket", "[A]"), ("first", "xml", "<A>"), ("second", "xml", "<A>")]
        assert answer.error == "first has no other spelling of tags. second has no other spelling of tags."

    def test_a_text_without_forms_may_be_refused_too(self):
        dispatch = dispatcher(Spelt("first", "xml"), Spelt("second", "xml"))
        assert dispatch.translate([Request("a", refused=(("first", ""),))]) == [Answer("A", "second")]

    def test_the_journal_knows_the_spellings_apart(self, tmp_path):
        with Journal(tmp_path) as journal:
            engine = Spelt("first", "bracket", "xml")
            dispatcher(engine, journal=journal).translate([both("a")])
            again = dispatcher(engine, journal=journal)
            assert again.translate([both("a")]) == [Answer("[A]", "first", cached=True, spelling="bracket")]
            assert again.translate([both("a", refused=(("first", "bracket"),))])[0].text == "<A>"
            assert engine.texts == ["[a]", "<a>"]

    def test_blanks_around_stay_around(self):
        dispatch = dispatcher(Spelt("first", "xml"))
        line = Request(" a ", forms=(("xml", " <a> "),))
        assert dispatch.translate([line])[0].text == " <A> "

    def test_requests_are_packed_by_what_is_sent(self):
        engine = Spelt("first", "xml")
        engine.capabilities = Capabilities(10, 10, ("xml",))
        dispatcher(engine).translate([Request("a", forms=(("xml", "<" * 9),)), Request("b", forms=(("xml", ">" * 9),))])
        assert len(engine.packs) == 2


class Reader(Spelt):
    def translate_in_context(self, requests, *, source, target):
        self.packs.append([request.text for request in requests])
        return [f"{request.before}|{request.text}" for request in requests]


class TestContext:
    LINES = [Request("a", "x"), Request("a", "y"), Request("b", "x"), Request("a", "z")]

    def test_in_a_mixed_chain_one_that_reads_no_context_is_asked_once_for_each_text(self):
        plain = Spelt("plain", "xml")
        answers = dispatcher(plain, Reader("reader", "xml")).translate(self.LINES)
        assert texts_of(answers) == ["A", "A", "B", "A"]
        assert plain.texts == ["a", "b"]

    def test_where_it_fails_the_next_reads_the_context_of_each(self):
        plain, reader = FakeEngine(raising(EngineError("no")), name="plain"), Reader("reader", "xml")
        answers = dispatcher(plain, reader).translate(self.LINES)
        assert texts_of(answers) == ["x|a", "y|a", "x|b", "z|a"]
        assert plain.texts.count("a") <= 2  # together with b, and by itself

    def test_where_it_is_closed_too(self):
        plain, reader = FakeEngine(raising(EngineRefused("no")), name="plain"), Reader("reader", "xml")
        dispatch = dispatcher(plain, reader)
        assert texts_of(dispatch.translate(self.LINES)) == ["x|a", "y|a", "x|b", "z|a"]
        assert texts_of(dispatch.translate([Request("c", "1"), Request("c", "2")])) == ["1|c", "2|c"]

    def test_all_closed(self):
        chain = [FakeEngine(raising(EngineRefused("no.")), name="plain"), FakeEngine(raising(EngineRefused("never.")))]
        answers = dispatcher(*chain).translate(self.LINES)
        assert {(answer.text, answer.error) for answer in answers} == {(None, "no. never.")}


class Learner(FakeEngine):
    terms = None

    def use_terms(self, terms):
        self.terms = dict(terms)


class TestTerms:
    def test_they_are_told_before_the_first_request(self):
        engine = Learner()
        dispatcher(engine, terms={"Post": "文章"})
        assert engine.terms == {"Post": "文章"}
        silent = Learner()
        dispatcher(silent)
        assert silent.terms is None

    def test_other_terms_are_another_answer_where_they_occur(self, tmp_path):
        with Journal(tmp_path) as journal:
            texts = ["a POST", "an engine"]
            ask(dispatcher(Learner(), journal=journal, terms={"post": "文章"}), texts)
            engine = Learner()
            ask(dispatcher(engine, journal=journal, terms={"post": "帖子", "never": "x"}), texts)
            assert engine.texts == ["a POST"]

    def test_and_nothing_to_an_engine_that_is_not_told(self, tmp_path):
        with Journal(tmp_path) as journal:
            ask(dispatcher(FakeEngine(), journal=journal, terms={"post": "文章"}), ["a post"])
            engine = FakeEngine(raising(AssertionError()))
            assert ask(dispatcher(engine, journal=journal, terms={"post": "帖子"}), ["a post"])[0].cached


def test_another_fingerprint_is_another_answer(tmp_path):
    with Journal(tmp_path) as journal:
        for fingerprint, asked in (("one", 1), ("one", 0), ("two", 1)):
            engine = FakeEngine()
            engine.capabilities = Capabilities(1000, 10, ("xml",), fingerprint=fingerprint)
            ask(dispatcher(engine, journal=journal), ["a"])
            assert len(engine.packs) == asked


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_refused_engine_costs_the_next_one_nothing(concurrency):
    first = FakeEngine(raising(EngineRefused("no")), name="first", texts=1)
    second = FakeEngine(name="second", texts=1)
    settings = EngineSettings(concurrency=concurrency)
    answers = ask(dispatcher((first, settings), (second, settings)), TEXTS)
    assert texts_of(answers) == [f"译{text}" for text in TEXTS]
    assert len(first.packs) <= concurrency, "no more than were under way when it refused"
    assert sorted(second.texts) == TEXTS
