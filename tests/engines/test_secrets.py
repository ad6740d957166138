"""Whatever fails, a key is in nothing that a run says or writes, and in no address."""

import json
import logging
import os
import subprocess
import sys
import traceback
from contextlib import nullcontext

import pytest

from pipeline.errors import ConfigError
from pipeline.translation.journal import Journal
from tests.engines import faults
from tests.engines.helpers import ask, dispatcher, impatient, real
from tests.engines.services import ACCOUNT, KEY, SERVICES

KEYED = [kind for kind, service in SERVICES.items() if service.keyed]
# What a careless service may send back, wherever such services put their messages.
ECHO = json.dumps(
    {
        "error": {"message": f"cannot use {KEY} of {ACCOUNT} today", "code": KEY},
        "message": f"not {KEY}",
        "detail": KEY,
        "error_code": "54000",
        "error_msg": f"{KEY} {ACCOUNT}",
    }
)
PLAIN_ECHO = json.dumps({"error": f"cannot use {KEY} of {ACCOUNT} today", "error_code": 1, "error_msg": KEY})
FAULTS = {
    "none": None,
    "400": faults.status(400, ECHO),
    "400, plain": faults.status(400, PLAIN_ECHO),
    "401": faults.status(401, ECHO),
    "403": faults.status(403, PLAIN_ECHO),
    "404": faults.status(404, ECHO),
    "429": faults.status(429, ECHO),
    "456": faults.status(456, ECHO),
    "500": faults.status(500, PLAIN_ECHO),
    "200 with an error": faults.raw(ECHO),
    "200 with a plain error": faults.raw(PLAIN_ECHO),
    "200 with the key": faults.raw(KEY),
    "a list with the key": faults.raw(json.dumps([{"translations": KEY}, KEY])),
    "a redirection": faults.status(302, Location=f"http://127.0.0.1:9/?api_key={KEY}"),
    "a web page": faults.html(),
    "hang": faults.hang,
    "reset": faults.reset,
    "half": faults.half_body,
}


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for service in SERVICES.values():
        for name, value in service.env.items():
            monkeypatch.setenv(name, value)


def told_by(engine):
    """All that can be seen of the error of one request."""
    try:
        engine.translate(["one"], source=engine.language("en"), target=engine.language("zh-CN"))
    except Exception as error:
        chain, seen = error, []
        while chain is not None:
            seen.append(repr(chain) + str(vars(chain)))
            chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
        return "".join([*traceback.format_exception(error), *seen])
    return ""


@pytest.mark.parametrize("kind", KEYED)
@pytest.mark.parametrize("name", FAULTS)
def test_a_key_is_never_told(kind, name, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    service, fault = SERVICES[kind], FAULTS[name]
    with service.serve(fault_when=lambda asked: fault) as server, Journal(tmp_path) as journal:
        engine, settings = service.engine(server, retries=1)
        dispatch = dispatcher((engine, settings), journal=journal)
        with impatient(server, 0.3) if name == "hang" else nullcontext():
            answers = ask(dispatch, ["one", "two"])
            told = told_by(engine)
        assert server.requests
        paths = "".join(asked.path for asked in server.requests) + "".join(server.paths)
    output = capfd.readouterr()
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    seen = [repr(answers), told, repr(engine), repr(vars(engine)), repr(settings), repr(dispatch.usage), paths]
    everything = "".join([*seen, caplog.text, output.out, output.err, *written])
    assert not [secret for secret in service.env.values() if secret in everything]
    assert (fault is None) == (answers[0].text == "译one")


@pytest.mark.parametrize("kind", KEYED)
def test_a_key_does_not_follow_a_redirection(kind):
    service = SERVICES[kind]
    with service.serve() as other:
        elsewhere = faults.status(307, Location=other.url)
        with service.serve(faults=[elsewhere]) as server:
            engine, _ = service.engine(server)
            with pytest.raises(Exception, match="a redirection"):
                engine.translate(["one"], source=engine.language("en"), target=engine.language("zh"))
        assert other.paths == []


SITE = """
[translation]
engine = "{kind}"

[engines.{kind}]
url = "{url}"
retries = 0
{more}
"""


@pytest.mark.parametrize("kind", KEYED)
def test_a_run_of_the_command_that_fails_writes_no_key(kind, tmp_path):
    service = SERVICES[kind]
    with service.serve(fault_when=lambda asked: faults.status(500, ECHO)) as server:
        _, settings = service.engine(server)
        more = {**service.settings, "timeout": 60.0}
        text = SITE.format(
            kind=kind, url=settings.url, more="\n".join(f"{name} = {json.dumps(value)}" for name, value in more.items())
        )
        (tmp_path / "pipeline.toml").write_text(text, encoding="utf-8")
        post = tmp_path / "content" / "en" / "posts" / "one.md"
        post.parent.mkdir(parents=True)
        post.write_text("---\ntitle: One\n---\n\nA paragraph with `code`.\n\nAnother one.\n", encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "pipeline", "--root", str(tmp_path), "--verbose", "translate", "--json"],
            capture_output=True,
            text=True,
            env={**os.environ, **service.env},
            check=False,
        )
        assert server.requests, run.stderr
    assert run.returncode == 3, run.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(".pipeline" in path.parts for path in files)
    assert any("drafts" in path.parts for path in files)
    everything = run.stdout + run.stderr + "".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    assert "500" in run.stderr
    assert not [secret for secret in service.env.values() if secret in everything]


def test_a_password_in_an_address_is_never_told(caplog):
    caplog.set_level(logging.DEBUG)
    url = "http://user:pa55word@127.0.0.1:9"
    (answer,) = ask(dispatcher(real("libretranslate", url=url)), ["one"])
    assert "127.0.0.1" in answer.error
    with pytest.raises(ConfigError) as caught:
        real("libretranslate", url="ftp://user:pa55word@host")
    assert "pa55word" not in answer.error + str(caught.value) + caplog.text
