"""The libretranslate engine against a server that speaks its JSON API."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pipeline.errors import ConfigError, EngineBusy, EngineError
from pipeline.translation.engines.faults import EngineRefused
from pipeline.translation.engines.http import retry_after
from tests.engines import faults
from tests.engines.helpers import ask, dispatcher, real, texts_of
from tests.engines.servers import LibreTranslateServer


def translate(server, texts, target="zh-CN", **settings):
    engine, _ = real("libretranslate", **{"url": server.url, **settings})
    return engine.translate(texts, source=engine.language("en"), target=engine.language(target))


def test_one_json_request_for_a_list_of_texts():
    with LibreTranslateServer(str.upper) as server:
        assert translate(server, ["one", "two <1>x</1>"]) == ["ONE", "TWO <1>X</1>"]
    (asked,) = server.requests
    assert json.loads(asked.body) == {
        "q": ["one", "two <1>x</1>"], "source": "en", "target": "zh-Hans", "format": "text",
    }  # fmt: skip


@pytest.mark.parametrize("suffix", ["", "/", "/translate", "/translate/"])
def test_the_address_may_be_written_as_people_write_it(suffix):
    with LibreTranslateServer() as server:
        assert translate(server, ["one"], url=server.url + suffix) == ["译one"]


@pytest.mark.parametrize(
    ("languages", "tag", "code"),
    [
        (["en", "zh-Hans", "zh-Hant"], "zh-CN", "zh-Hans"),
        (["en", "zh-Hans", "zh-Hant"], "zh-TW", "zh-Hant"),
        (["en", "zh", "zt"], "zh-CN", "zh"),
        (["en", "zh", "zt"], "zh-Hant", "zt"),
        (["en", "pb", "pt"], "pt-BR", "pb"),
        (["en", "pt"], "pt-BR", "pt"),
        (["en", "pt-BR", "pt"], "pt-PT", "pt"),
        (None, "zh-CN", "zh"),
    ],
)
def test_the_servers_own_name_of_the_language(languages, tag, code):
    with LibreTranslateServer(languages=languages) as server:
        translate(server, ["one"], target=tag)
        assert server.requests[0].target == code


@pytest.mark.parametrize(
    ("languages", "tag"), [(["en", "zh"], "zh-TW"), (["en", "zt"], "zh-CN"), (["de", "zh"], "zh"), (["en"], "en")]
)
def test_a_pair_of_languages_that_the_server_lacks_is_refused_before_any_text_is_sent(languages, tag):
    with (
        LibreTranslateServer(languages=languages) as server,
        pytest.raises(EngineRefused, match=f"does not translate from en to .*knows {', '.join(sorted(languages))}"),
    ):
        translate(server, ["one"], target=tag)
    assert server.requests == []


@pytest.mark.parametrize(
    ("text", "answer", "wanted"),
    [
        ("Hello.", "你好。", "你好。"),
        ("Stop!", "停！", "停！"),
        ("Why?", "为什么？", "为什么？"),
        ("And so on.", "等等……", "等等……"),
        ("Hello.", "你好", "你好."),
        ("Version 2.", "版本 2.", "版本 2."),
        ("Hello", "你好。", "你好。"),
    ],
)
def test_the_stop_that_the_server_adds_is_taken_away(text, answer, wanted):
    with LibreTranslateServer(lambda _: answer) as server:
        assert translate(server, [text]) == [wanted]


def test_the_key_goes_into_the_body(monkeypatch, tmp_path):
    monkeypatch.setenv("LT_KEY", "abc")
    with LibreTranslateServer(key="abc") as server:
        assert translate(server, ["one"], api_key_env="LT_KEY") == ["译one"]
        assert "abc" not in server.requests[0].path + str(server.requests[0].headers)
        monkeypatch.delenv("LT_KEY")
        (tmp_path / "key").write_text("abc\n")
        monkeypatch.setenv("LT_KEY_FILE", str(tmp_path / "key"))
        assert translate(server, ["two"], api_key_env="LT_KEY") == ["译two"]


def test_a_key_that_is_not_there_is_a_clear_error(monkeypatch, tmp_path):
    monkeypatch.delenv("LT_KEY", raising=False)
    with pytest.raises(ConfigError, match="LT_KEY, which is empty"):
        real("libretranslate", url="http://127.0.0.1:9", api_key_env="LT_KEY")
    monkeypatch.setenv("LT_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="LT_KEY_FILE, cannot be read"):
        real("libretranslate", url="http://127.0.0.1:9", api_key_env="LT_KEY")


def test_a_server_that_wants_another_key_is_not_asked_again(monkeypatch):
    monkeypatch.setenv("LT_KEY", "wrong")
    with LibreTranslateServer(key="abc") as server:
        for settings in ({}, {"api_key_env": "LT_KEY"}):
            server.requests.clear()
            dispatch = dispatcher(real("libretranslate", url=server.url, **settings))
            answers = ask(dispatch, [f"text {number}" for number in range(200)])
            assert set(texts_of(answers)) == {None}
            assert "API key" in answers[0].error
            assert len(server.requests) == 1


def test_limits_that_only_the_server_knows_are_found_by_halving():
    with LibreTranslateServer(characters=100, batch=4) as server:
        texts = [f"a text of thirty characters, {number:2}" for number in range(20)]
        assert texts_of(ask(dispatcher(real("libretranslate", url=server.url)), texts)) == [f"译{t}" for t in texts]


def test_limits_can_be_configured():
    with LibreTranslateServer(characters=100) as server:
        texts = [f"a text of thirty characters, {number:2}" for number in range(20)]
        dispatch = dispatcher(real("libretranslate", url=server.url, max_characters=100))
        assert None not in texts_of(ask(dispatch, texts))
        assert len(server.requests) == 7


@pytest.mark.parametrize(
    "body",
    ["{}", "[]", "null", '{"translatedText": "one"}', '{"translatedText": [1]}', '{"translatedText": ["a","b"]}'],
)
def test_json_that_is_no_translation(body):
    with LibreTranslateServer(faults=[faults.raw(body)]) as server, pytest.raises(EngineError) as caught:
        translate(server, ["one"])
    assert not isinstance(caught.value, (EngineBusy, EngineRefused))


def test_an_error_with_status_200_is_told():
    fault = faults.raw('{"error": "Out of memory."}')
    with (
        LibreTranslateServer(faults=[fault]) as server,
        pytest.raises(EngineError, match=r"translations: Out of memory$"),
    ):
        translate(server, ["one"])


def test_a_redirection_is_not_followed_since_the_key_would_go_along():
    fault = faults.status(307, Location="http://127.0.0.1:9/")
    with LibreTranslateServer(faults=[fault]) as server, pytest.raises(EngineRefused, match="Put the final address"):
        translate(server, ["one"])


def test_another_web_server_is_not_taken_for_libretranslate():
    with LibreTranslateServer() as server, pytest.raises(EngineRefused, match=r"405.*Check its `url`"):
        translate(server, ["one"], url=f"{server.url}/somewhere")


def test_retry_after():
    soon = (datetime.now(UTC) + timedelta(seconds=30)).replace(microsecond=0)
    before = datetime.now(UTC)
    seconds = retry_after({"Retry-After": format_datetime(soon, usegmt=True)})
    assert max(0.0, (soon - datetime.now(UTC)).total_seconds()) <= seconds <= (soon - before).total_seconds()
    assert retry_after({"Retry-After": " 1.5 "}) == 1.5
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    for nonsense in ("", "soon", "-1", "1.2.3", "²"):
        assert retry_after({"Retry-After": nonsense}) is None
