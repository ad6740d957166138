"""Engine × fault → what happens: measured here, and the very tables in docs/engines.md."""

import json
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import pytest

from tests.engines import faults
from tests.engines.helpers import FakeTime, ask, dispatcher, impatient, texts_of
from tests.engines.servers.deep import QUOTA
from tests.engines.services import SERVICES

DOCS = Path(__file__).parents[2] / "docs" / "engines.md"
TEXTS = [f"text {number}" for number in range(8)]
# In the order in which their columns stand; those that do the same all over share one.
KINDS = ["google", "libretranslate", "deepl", "microsoft", "baidu", "openai", "mymemory"]
FAULTS = {
    "429": faults.status(429),
    "429 with `Retry-After: 5`": faults.status(429, Retry_After="5"),
    "429 with `Retry-After: 86400`": faults.status(429, Retry_After="86400"),
    "500": faults.status(500),
    "503 as a web page": faults.html(503),
    "400": faults.status(400),
    "413, too large": faults.status(413),
    "403": faults.status(403),
    "404": faults.status(404),
    "a web page with 200": faults.html(),
    "an empty answer": faults.raw(""),
    "a text too few": faults.wrong_count(-1),
    "a text too many": faults.wrong_count(1),
    "no answer in time": faults.hang,
    "an answer that trickles": faults.trickle,
    "connection reset": faults.reset,
    "half an answer": faults.half_body,
}
SLOW = (faults.hang, faults.trickle)


def said(kind, **answer):
    """A sound JSON answer."""
    return kind, faults.raw(json.dumps(answer))


def quota(handler):
    handler.notice(200, QUOTA)


def cut_off(handler):
    handler.say('{"translations": [{"id": 1, "text": "', "length")


def refusal(handler):
    handler.say(None, refusal="I cannot help with that.")


OWN = {
    "its quota notice as the translation, with 200": ("mymemory", quota),
    "`error` with 200": said("libretranslate", error="Out of memory."),
    "no such key, as a 400": ("libretranslate", faults.status(400, '{"error": "Please contact us to get an API key"}')),
    "456, the account's quota": ("deepl", faults.status(456)),
    "400, tags that it cannot parse": ("deepl", faults.status(400, '{"message": "Tag handling parsing failed"}')),
    "54003 with 200, too often": said("baidu", error_code="54003", error_msg="Invalid Access Limit"),
    "54001 with 200, a wrong key": said("baidu", error_code="54001", error_msg="Invalid Sign"),
    "403001, the account's quota": ("microsoft", faults.status(403, '{"error": {"code": 403001, "message": "quota"}}')),
    "`insufficient_quota`, as a 429": (
        "openai",
        faults.status(429, '{"error": {"message": "no money", "code": "insufficient_quota"}}'),
    ),
    "an answer cut off (`finish_reason`)": ("openai", cut_off),
    "the model will not": ("openai", refusal),
    "prose instead of JSON": ("openai", lambda handler: handler.say("Here you are: 一, 二, 三")),
    "a response format that it lacks": (
        "openai",
        faults.status(400, '{"error": {"message": "response_format.type must be text"}}'),
    ),
}


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for service in SERVICES.values():
        for name, value in service.env.items():
            monkeypatch.setenv(name, value)


def run(kind, server):
    """One request's worth of texts, with the defaults."""
    time = FakeTime()
    dispatch = dispatcher(SERVICES[kind].engine(server, retries=4), time=time)
    answers = texts_of(ask(dispatch, TEXTS))
    return answers, time, dispatch.usage


def texts_in(asked):
    return sum(len(text.split("\n")) for text in asked.texts)


def once(kind, fault):
    """What happens after a single fault."""
    with SERVICES[kind].serve(faults=[fault]) as server:
        with impatient(server, 0.3, times=1) if fault in SLOW else nullcontext():
            answers, time, _ = run(kind, server)
        sizes = [texts_in(asked) for asked in server.requests]
    if len(sizes) == 1:
        assert answers == [None] * len(TEXTS)
        return "given up at once"
    if answers[0] is None:
        assert answers[1:] == [f"译{text}" for text in TEXTS[1:]]
        return "left to the next engine"
    assert answers == [f"译{text}" for text in TEXTS], "a single fault that is survived costs no text"
    if sizes[1] < sizes[0]:
        assert sizes == [8, 4, 4]
        return "asked again in halves"
    seconds = round(time.now, 3)
    return f"asked again after {seconds:g} s" if seconds else "asked again otherwise"


def always(kind, fault):
    """What happens if nothing ever succeeds."""
    with SERVICES[kind].serve(fault_when=lambda asked: fault) as server:
        with impatient(server, 0.2) if fault in SLOW else nullcontext():
            answers, time, usage = run(kind, server)
        assert answers == [None] * len(TEXTS)
        requests = len(server.requests)
        assert usage.requests == requests or kind == "openai"  # which asks for other formats by itself
        seconds = round(time.now, 3)
        waited = f" and {seconds:g} s of waiting" if seconds else ""
        return f"given up after {requests} request{'s' if requests > 1 else ''}{waited}"


def cell(kind, fault):
    first = once(kind, fault)
    return first if first == "given up at once" else f"{first}; {always(kind, fault)}"


def rows_of(name):
    """The rows of a table in the documentation, its head first."""
    text = DOCS.read_text(encoding="utf-8")
    start, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    lines = text[text.index(start) + len(start) : text.index(end)].splitlines()
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines]
    return [rows[0], *rows[2:]]


@pytest.fixture(scope="module")
def documented():
    """(fault, engine) → what the table says."""
    head, *rows = rows_of("faults")
    return {
        (row[0], kind): found
        for row in rows
        for kinds, found in zip(head[1:], row[1:], strict=True)
        for kind in kinds.replace("`", "").split(", ")
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FAULTS)
def test_what_happens_is_what_is_documented(kind, name, documented):
    assert documented[name, kind] == cell(kind, FAULTS[name])


@pytest.mark.parametrize("name", OWN)
def test_what_only_one_engine_does(name):
    kind, fault = OWN[name]
    assert [f"`{kind}`", name, cell(kind, fault)] in rows_of("own faults")


def test_the_tables_are_complete(documented):
    assert list(documented) == [(name, kind) for name in FAULTS for kind in KINDS]
    assert [(row[0], row[1]) for row in rows_of("own faults")[1:]] == [
        (f"`{kind}`", name) for name, (kind, _) in OWN.items()
    ]
    assert set(KINDS) == set(SERVICES)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def write():
    """Put what is measured into the documentation: `python -m tests.engines.test_faults`."""
    measured = {kind: tuple(cell(kind, fault) for fault in FAULTS.values()) for kind in KINDS}
    columns = {}
    for kind, cells in measured.items():
        columns.setdefault(cells, []).append(f"`{kind}`")
    head = ["fault", *(", ".join(kinds) for kinds in columns.values())]
    rows = [[name, *(cells[number] for cells in columns)] for number, name in enumerate(FAULTS)]
    own = [[f"`{kind}`", name, cell(kind, fault)] for name, (kind, fault) in OWN.items()]
    text = DOCS.read_text(encoding="utf-8")
    for name, made in (("faults", table(head, rows)), ("own faults", table(["engine", "fault", "what happens"], own))):
        start, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        before, rest = text[: text.index(start) + len(start)], text[text.index(end) :]
        text = before + made + rest
    DOCS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    with mock.patch.dict("os.environ", {name: value for one in SERVICES.values() for name, value in one.env.items()}):
        write()
