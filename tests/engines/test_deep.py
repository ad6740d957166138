"""What deep-translator's classes have in common once they are mended, each against a server of its protocol."""

import json
import threading
from contextlib import nullcontext

import deep_translator
import pytest

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError, EngineBusy, EngineError
from pipeline.translation.engines import engine_kinds, make_engine
from pipeline.translation.engines.faults import EngineRefused
from tests.engines import faults
from tests.engines.helpers import ask, dispatcher, impatient, real, texts_of
from tests.engines.servers import BaiduServer, GoogleServer, MicrosoftServer, MyMemoryServer
from tests.engines.servers.deep import QUOTA

SERVERS = {"google": GoogleServer, "mymemory": MyMemoryServer, "microsoft": MicrosoftServer, "baidu": BaiduServer}
KINDS = list(SERVERS)


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setenv("MICROSOFT_API_KEY", "microsoft-key")
    monkeypatch.setenv("BAIDU_APPID", "baidu-account")
    monkeypatch.setenv("BAIDU_APPKEY", "baidu-key")


def engine_of(kind, server, **settings):
    return real(kind, **{"url": server.url, "requests_per_second": 1000.0, **settings})


def translate(kind, server, texts, target="zh-CN", **settings):
    engine, _ = engine_of(kind, server, **settings)
    return engine.translate(texts, source=engine.language("en"), target=engine.language(target))


def test_every_class_of_the_library_is_an_engine_or_has_a_reason_why_not():
    for name in deep_translator.__all__:
        kind = name.removesuffix("Translator").lower()
        if kind == name.lower():
            continue
        if kind not in engine_kinds():
            with pytest.raises(ConfigError, match=f"`{kind}` cannot be used"):
                make_engine(kind, EngineSettings())


@pytest.mark.parametrize("kind", KINDS)
class TestAll:
    def test_texts_keep_their_order_and_their_blanks(self, kind):
        with SERVERS[kind](str.upper) as server:
            texts = [" one ", "two <1>three</1>\t", "four & “five”", "—", "", "six"]
            answers = texts_of(ask(dispatcher(engine_of(kind, server)), texts))
            assert answers == [text.upper() for text in texts]

    def test_what_is_the_same_in_both_languages(self, kind):
        with SERVERS[kind](lambda line: line) as server:
            for text in ("—", "→", "---", "1", "C++"):
                assert translate(kind, server, [text]) == [text]

    def test_the_path_of_the_address_may_be_left_out_or_not(self, kind):
        with SERVERS[kind]() as server:
            path = {"google": "/m", "mymemory": "/get", "microsoft": "/translate"}.get(kind, "/api/trans/vip/translate")
            for url in (server.url, f"{server.url}/", server.url + path):
                assert translate(kind, server, ["one"], url=url) == ["译one"]

    def test_connections_are_reused(self, kind):
        with SERVERS[kind]() as server:
            engine, _ = engine_of(kind, server)
            for number in range(10):
                engine.translate([f"text {number}"], source=engine.language("en"), target=engine.language("zh"))
            assert server.connections == 1

    def test_threads_never_get_each_others_answers(self, kind):
        with SERVERS[kind](str.upper) as server:
            engine, _ = engine_of(kind, server)
            source, target = engine.language("en"), engine.language("zh")
            wrong = []

            def work(number):
                for turn in range(25):
                    text = f"thread {number} turn {turn}"
                    if engine.translate([text], source=source, target=target) != [text.upper()]:
                        wrong.append(text)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert wrong == []
            assert len(server.requests) == 200

    def test_simplified_and_traditional(self, kind):
        engine, _ = real(kind)
        codes = {engine.language(tag) for tag in ("zh", "zh-CN", "zh-Hans", "zh-SG")}
        others = {engine.language(tag) for tag in ("zh-TW", "zh-HK", "zh-Hant")}
        assert len(codes) == len(others) == 1
        assert codes != others
        with pytest.raises(ConfigError):
            engine.language("zh-Latn")

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (faults.status(500), EngineBusy),
            (faults.html(503), EngineBusy),
            (faults.reset, EngineBusy),
            (faults.half_body, EngineBusy),
            (faults.hang, EngineBusy),
            (faults.html(), EngineError),
            (faults.raw(""), EngineError),
            (faults.raw("null"), EngineError),
            (faults.raw("[]"), EngineError),
            (faults.raw("{}"), EngineError),
            (faults.raw('{"responseData": null, "trans_result": [], "error": 1}'), EngineError),
            (faults.raw('[{"translations": []}]'), EngineError),
            (faults.raw('[{"translations": [{"text": 1}]}]'), EngineError),
            (faults.wrong_count(1), EngineError),
            (faults.wrong_count(-1), EngineError),
            (faults.status(400), EngineError),
            (faults.status(403), EngineRefused),
        ],
    )
    def test_nothing_raw_comes_through(self, kind, fault, error):
        with SERVERS[kind](faults=[fault]) as server:
            silent = impatient(server, 0.3) if fault is faults.hang else nullcontext()
            with silent, pytest.raises(EngineError) as caught:
                translate(kind, server, ["text"])
            assert isinstance(caught.value, error)
            assert len(server.requests) == 1

    def test_too_many_requests_carry_the_time_to_wait(self, kind):
        fault = faults.status(429, Retry_After="17")
        with SERVERS[kind](faults=[fault]) as server, pytest.raises(EngineBusy) as caught:
            translate(kind, server, ["text"])
        assert caught.value.retry_after == 17


class TestMyMemory:
    @pytest.mark.parametrize(
        ("tag", "code"),
        [("en", "en-GB"), ("en-US", "en-US"), ("fr", "fr-FR"), ("de", "de-DE"), ("pt-BR", "pt-BR"), ("pt", "pt-PT")],
    )
    def test_languages_have_a_region(self, tag, code):
        assert real("mymemory")[0].language(tag) == code

    @pytest.mark.parametrize(
        ("fault", "requests"),
        [
            (lambda handler: handler.notice("429", QUOTA), 1),
            (lambda handler: handler.notice(200, QUOTA), 1),
            (lambda handler: handler.notice(200, "译", quotaFinished=True), 1),
            (faults.status(429, QUOTA), 10),
        ],
    )
    def test_the_quota_notice_is_no_translation(self, fault, requests):
        with MyMemoryServer(fault_when=lambda asked: fault) as server:
            answers = ask(dispatcher(engine_of("mymemory", server)), ["one", "two"])
            assert texts_of(answers) == [None, None]
            assert len(server.requests) == requests

    def test_the_quota_notice_says_when_to_come_back(self):
        fault = lambda handler: handler.notice(200, QUOTA)  # noqa: E731
        with MyMemoryServer(faults=[fault]) as server, pytest.raises(EngineBusy) as caught:
            translate("mymemory", server, ["one"])
        assert caught.value.retry_after == 9 * 3600 + 57 * 60 + 2

    def test_a_notice_about_the_languages(self):
        fault = lambda handler: handler.notice("403", "'XX' IS AN INVALID TARGET LANGUAGE .")  # noqa: E731
        with MyMemoryServer(faults=[fault]) as server, pytest.raises(EngineRefused, match="invalid target language"):
            translate("mymemory", server, ["one"])

    def test_a_text_of_more_bytes_than_it_takes_costs_itself_alone(self):
        with MyMemoryServer() as server:
            answers = ask(dispatcher(engine_of("mymemory", server)), ["one", "’" * 200, "x" * 500, "two"])
            assert texts_of(answers) == ["译one", None, None, "译two"]
            assert "query length limit" in answers[1].error
            assert "499" in answers[2].error

    def test_something_similar_is_not_taken_for_the_translation(self):
        with MyMemoryServer(lambda text: "") as server, pytest.raises(EngineError, match="has no translation"):
            translate("mymemory", server, ["one"])

    def test_character_references_that_nobody_wrote(self):
        answers = {"a & b": "甲 &amp; 乙", "it's": "它&#39;s", "write &amp;": "写 &amp;", "x": "A &unknown; B"}
        with MyMemoryServer(answers.__getitem__) as server:
            found = [translate("mymemory", server, [text])[0] for text in answers]
            assert found == ["甲 & 乙", "它's", "写 &amp;", "A &unknown; B"]


class TestMicrosoft:
    def test_each_text_is_one_of_its_own(self):
        with MicrosoftServer(str.upper) as server:
            assert translate("microsoft", server, ["one", "two"]) == ["ONE", "TWO"]
            (asked,) = server.requests
            assert json.loads(asked.body) == [{"text": "one"}, {"text": "two"}]
            assert (asked.source, asked.target) == ("en", "zh-hans")
            assert "microsoft-key" not in "".join(server.paths)
            assert server.paths[0].startswith("/languages")

    def test_the_region_goes_along(self):
        with MicrosoftServer(region="westeurope") as server:
            assert translate("microsoft", server, ["one"], region="westeurope") == ["译one"]
            with pytest.raises(EngineRefused, match="because of its region"):
                translate("microsoft", server, ["one"])

    def test_a_language_that_it_lacks_is_refused_before_any_text_is_sent(self):
        with MicrosoftServer() as server:
            with pytest.raises(EngineRefused, match="does not translate from en to tlh"):
                translate("microsoft", server, ["one"], target="tlh")
            assert server.requests == []

    @pytest.mark.parametrize(
        ("code", "status", "message"), [(400036, 400, "Check the languages"), (403001, 403, "account's quota")]
    )
    def test_errors_that_have_a_code(self, code, status, message):
        fault = faults.status(status, json.dumps({"error": {"code": code, "message": "No."}}))
        with MicrosoftServer(faults=[fault]) as server, pytest.raises(EngineRefused, match=message):
            translate("microsoft", server, ["one"])

    def test_no_list_of_languages(self):
        with MicrosoftServer() as server, pytest.raises(EngineError, match="404"):
            translate("microsoft", server, ["one"], url=f"{server.url}/elsewhere/translate")

    def test_without_a_key(self, monkeypatch):
        monkeypatch.delenv("MICROSOFT_API_KEY")
        with pytest.raises(ConfigError, match="MICROSOFT_API_KEY, which is empty"):
            real("microsoft")


class TestBaidu:
    @pytest.mark.parametrize(("tag", "code"), [("ja", "jp"), ("ko", "kor"), ("fr", "fra"), ("de", "de"), ("en", "en")])
    def test_codes_of_its_own(self, tag, code):
        assert real("baidu")[0].language(tag) == code

    @pytest.mark.parametrize("tag", ["cht", "sk", "tlh"])
    def test_a_language_it_lacks(self, tag):
        with pytest.raises(ConfigError, match="has no language"):
            real("baidu")[0].language(tag)

    def test_the_text_goes_into_the_body_and_the_key_nowhere(self):
        with BaiduServer(lambda line: line[:3]) as server:
            text = "a long text " * 300
            assert translate("baidu", server, [text, "two"]) == ["a l ", "two"]
            (asked,) = server.requests
            assert asked.path == "/api/trans/vip/translate"
            assert "baidu-key" not in asked.path + asked.body + str(asked.headers)

    @pytest.mark.parametrize(
        ("code", "error"),
        [
            ("52001", EngineBusy),
            ("54003", EngineBusy),
            ("52003", EngineRefused),
            ("54001", EngineRefused),
            ("54004", EngineRefused),
            ("58001", EngineRefused),
            ("54006", EngineError),
        ],
    )
    def test_errors_come_with_status_200(self, code, error):
        fault = faults.raw(json.dumps({"error_code": code, "error_msg": "No: baidu-key baidu-account"}))
        with BaiduServer(faults=[fault]) as server, pytest.raises(error, match=rf"No: … … \({code}\)") as caught:
            translate("baidu", server, ["one"])
        assert type(caught.value) is error

    @pytest.mark.parametrize("missing", ["BAIDU_APPID", "BAIDU_APPKEY"])
    def test_without_an_account_or_a_key(self, monkeypatch, missing):
        monkeypatch.delenv(missing)
        with pytest.raises(ConfigError, match=f"{missing}, which is empty"):
            real("baidu")

    def test_the_account_may_be_in_another_variable(self, monkeypatch):
        monkeypatch.delenv("BAIDU_APPID")
        monkeypatch.setenv("MY_ACCOUNT", "baidu-account")
        with BaiduServer() as server:
            assert translate("baidu", server, ["one"], account_env="MY_ACCOUNT") == ["译one"]
