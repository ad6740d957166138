"""Engine × fault → what happens: measured here, and the very table in docs/engines.md."""

from pathlib import Path

import pytest

from tests.engines import faults
from tests.engines.helpers import FakeTime, ask, dispatcher, real, texts_of
from tests.engines.servers import GoogleServer, LibreTranslateServer

DOCS = Path(__file__).parents[2] / "docs" / "engines.md"
BEGIN, END = "<!-- faults: begin -->\n", "<!-- faults: end -->\n"
TEXTS = [f"text {number}" for number in range(8)]
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


def server_for(kind, **rest):
    return GoogleServer(**rest) if kind == "google" else LibreTranslateServer(**rest)


def run(kind, server, timeout):
    """One request's worth of texts, with the defaults but for the timeout."""
    time = FakeTime()
    url = server.page if kind == "google" else server.url
    dispatch = dispatcher(real(kind, url=url, timeout=timeout, retries=4), time=time)
    answers = texts_of(ask(dispatch, TEXTS))
    return answers, time, dispatch.usage


def once(kind, fault):
    """What happens after a single fault."""
    with server_for(kind, faults=[fault]) as server:
        answers, time, _ = run(kind, server, 1.0 if fault in SLOW else 10.0)
        sizes = [len(asked.texts[0].split("\n") if kind == "google" else asked.texts) for asked in server.requests]
    if len(sizes) == 1:
        assert answers == [None] * len(TEXTS)
        return "given up at once"
    assert answers == [f"译{text}" for text in TEXTS], "a single fault that is survived costs no text"
    if sizes[1] < sizes[0]:
        assert sizes == [8, 4, 4]
        return "asked again in halves"
    assert sizes == [8, 8]
    return f"asked again after {time.now:g} s"


def always(kind, fault):
    """What happens if nothing ever succeeds."""
    with server_for(kind, fault_when=lambda asked: fault) as server:
        answers, time, usage = run(kind, server, 0.2 if fault in SLOW else 10.0)
        assert answers == [None] * len(TEXTS)
        assert usage.requests == len(server.requests)
        waited = f" and {time.now:g} s of waiting" if time.now else ""
        return f"given up after {usage.requests} request{'s' if usage.requests > 1 else ''}{waited}"


def cell(kind, fault):
    first = once(kind, fault)
    return first if first == "given up at once" else f"{first}; {always(kind, fault)}"


@pytest.fixture(scope="module")
def documented():
    text = DOCS.read_text(encoding="utf-8")
    table = text[text.index(BEGIN) + len(BEGIN) : text.index(END)]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {row[0]: dict(zip(("google", "libretranslate"), row[1:], strict=True)) for row in rows}


@pytest.mark.parametrize("kind", ["google", "libretranslate"])
@pytest.mark.parametrize("name", FAULTS)
def test_what_happens_is_what_is_documented(kind, name, documented):
    assert documented[name][kind] == cell(kind, FAULTS[name])


def test_the_table_is_complete(documented):
    assert list(documented) == list(FAULTS)


def write():
    """Put what is measured into the documentation: `python -m tests.engines.test_faults`."""
    rows = [f"| {name} | {cell('google', fault)} | {cell('libretranslate', fault)} |" for name, fault in FAULTS.items()]
    table = "\n".join(["| fault | google | libretranslate |", "| --- | --- | --- |", *rows]) + "\n"
    text = DOCS.read_text(encoding="utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    DOCS.write_text(text[:start] + table + text[end:], encoding="utf-8")


if __name__ == "__main__":
    write()
