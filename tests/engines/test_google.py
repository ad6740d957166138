"""The google engine against a server that speaks the page's protocol."""

import threading

import deep_translator
import pytest
import requests
from deep_translator.google import GoogleTranslator

from pipeline.errors import EngineBusy, EngineError
from pipeline.translation.engines.pool import Pool
from tests.engines import faults
from tests.engines.helpers import ask, dispatcher, real, texts_of
from tests.engines.servers import GoogleServer


def upper(text):
    return text.upper()


def translate(server, texts, **settings):
    engine, _ = real("google", url=server.page, **settings)
    return engine.translate(texts, source="en", target="zh-CN")


@pytest.mark.parametrize("break_", ["\n", "<br>", "<br/>", " <BR /> ", "\n\n"])
def test_texts_are_lines_of_one_request_however_the_page_breaks_lines(break_):
    with GoogleServer(upper, break_=break_) as server:
        assert translate(server, ["one", " two ", "", "three & <1>four</1>\t"]) == [
            "ONE", " TWO ", "", "THREE & <1>FOUR</1>\t",
        ]  # fmt: skip
    assert [(asked.source, asked.target, asked.texts) for asked in server.requests] == [
        ("en", "zh-CN", ["one\ntwo\nthree & <1>four</1>"])
    ]


@pytest.mark.parametrize("text", ["—", "→", "---", "1", "C++", "…  …"])
def test_what_is_the_same_in_both_languages(text):
    with GoogleServer(lambda line: line) as server:
        assert translate(server, [text]) == [text]
        assert translate(server, ["→", text]) == ["→", text]


def test_blank_texts_need_no_request():
    with GoogleServer() as server:
        assert translate(server, ["", "  "]) == ["", "  "]
    assert server.requests == []


def test_a_request_may_hold_4999_characters_and_never_more():
    with GoogleServer(lambda line: f"译{line[:3]}") as server:
        dispatch = dispatcher(real("google", url=server.page))
        assert texts_of(ask(dispatch, ["a" * 2499, "b" * 2499])) == ["译aaa", "译bbb"]
        assert len(server.requests) == 1
        assert None not in texts_of(ask(dispatch, ["c" * 2500, "d" * 2499, "e" * 4999]))
        assert [asked.texts[0][0] for asked in server.requests[1:]] == ["c", "d", "e"]
        answer = ask(dispatch, ["f" * 5000])[0]
    assert answer.text is None
    assert "4999" in answer.error


def test_an_address_that_is_too_long_is_halved():
    with GoogleServer(lambda line: f"译{line[:2]}") as server:
        texts = [f"{number}{'汉' * 700}" for number in range(6)]  # 38,000 bytes once they are quoted
        assert texts_of(ask(dispatcher(real("google", url=server.page)), texts)) == [f"译{text[:2]}" for text in texts]


def test_connections_are_reused():
    with GoogleServer() as server:
        engine, _ = real("google", url=server.page)
        for number in range(20):
            engine.translate([f"text {number}"], source="en", target="zh-CN")
        assert server.connections == 1


def test_what_is_lent_is_lent_to_one():
    pool = Pool(object)
    with pool.take() as first, pool.take() as second:
        assert first is not second
    with pool.take() as third:
        assert third in (first, second)
        with pool.take() as fourth:
            assert fourth in (first, second)
            assert fourth is not third


def test_threads_never_get_each_others_answers():
    with GoogleServer(upper) as server:
        engine, _ = real("google", url=server.page)
        wrong = []

        def work(number):
            for turn in range(40):
                text = f"thread {number} turn {turn}"
                if engine.translate([text], source="en", target="zh-CN") != [text.upper()]:
                    wrong.append(text)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_other_users_of_the_library_in_this_process_are_left_alone(monkeypatch):
    with GoogleServer(upper) as server:
        translate(server, ["ours"])
        theirs = GoogleTranslator(source="en", target="zh-CN")
        theirs._base_url = server.page
        assert theirs.translate("theirs") == "THEIRS"
        assert "multilingual-pipeline" in server.requests[0].headers["User-Agent"]
        assert "python-requests" in server.requests[1].headers["User-Agent"]
    assert deep_translator.google.requests.Session is requests.Session


def test_umlauts_without_a_declared_charset_are_utf8():
    page = '<div class="result-container">Größe</div>'
    with GoogleServer(faults=[faults.raw(page, "text/html")]) as server:
        assert translate(server, ["size"]) == ["Größe"]
    latin = faults.raw(page.encode("latin-1"), "text/html")
    with GoogleServer(faults=[latin]) as server, pytest.raises(EngineError, match="not utf-8"):
        translate(server, ["size"])


def test_a_page_without_a_translation_says_what_to_do():
    with GoogleServer(faults=[faults.html()]) as server, pytest.raises(EngineError, match="Open the address"):
        translate(server, ["text"])


def test_too_many_requests_carry_the_time_to_wait():
    with GoogleServer(faults=[faults.status(429, Retry_After="17")]) as server, pytest.raises(EngineBusy) as caught:
        translate(server, ["text"])
    assert caught.value.retry_after == 17
