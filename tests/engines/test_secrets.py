"""Whatever fails, a key is in nothing that a run says or writes, and in no address."""

import logging
import traceback

import pytest

from pipeline.errors import ConfigError
from pipeline.translation.journal import Journal
from tests.engines import faults
from tests.engines.helpers import ask, dispatcher, real
from tests.engines.servers import LibreTranslateServer

KEY = "s3cret-KEY-0815"
ECHO = '{"error": "cannot use s3cret-KEY-0815 today"}'


@pytest.mark.parametrize(
    "fault",
    [
        None,
        faults.status(400, ECHO),
        faults.status(403, ECHO),
        faults.status(429, ECHO),
        faults.status(500, ECHO),
        faults.raw(ECHO),
        faults.raw(KEY),
        faults.status(302, Location=f"http://127.0.0.1:9/?api_key={KEY}"),
        faults.html(),
        faults.hang,
        faults.reset,
        faults.half_body,
    ],
)
def test_a_key_is_never_told(fault, monkeypatch, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("LT_KEY", KEY)
    with LibreTranslateServer(key=KEY, fault_when=lambda asked: fault) as server, Journal(tmp_path) as journal:
        engine, settings = real("libretranslate", url=server.url, api_key_env="LT_KEY", timeout=0.3, retries=1)
        dispatch = dispatcher((engine, settings), journal=journal)
        answers = ask(dispatch, ["one", "two"])
        try:
            engine.translate(["one"], source="en", target="zh-Hans")
            told = ""
        except Exception as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
        assert all(KEY in asked.body for asked in server.requests)
        for asked in server.requests:
            assert KEY not in asked.path + str(asked.headers)
    output = capfd.readouterr()
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    everything = [repr(answers), told, repr(engine), repr(vars(engine)), repr(settings), repr(dispatch.usage)]
    assert KEY not in "".join([*everything, caplog.text, output.out, output.err, *written])
    assert (fault is None) == (answers[0].text == "译one")


def test_a_password_in_an_address_is_never_told(caplog):
    caplog.set_level(logging.DEBUG)
    url = "http://user:pa55word@127.0.0.1:9"
    (answer,) = ask(dispatcher(real("libretranslate", url=url)), ["one"])
    assert "127.0.0.1" in answer.error
    with pytest.raises(ConfigError) as caught:
        real("libretranslate", url="ftp://user:pa55word@host")
    assert "pa55word" not in answer.error + str(caught.value) + caplog.text
