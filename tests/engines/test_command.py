"""A program on stdin and stdout as an engine."""

import gc
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines import command as room
from pipeline.translation.engines.command import CommandEngine
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused, EngineTimeout
from tests.engines.helpers import FakeTime, ask, dispatcher, texts_of

PROGRAM = str(Path(__file__).with_name("program.py"))


def command(*arguments, **settings):
    chosen = EngineSettings(
        command=[sys.executable, PROGRAM, *arguments], **{"timeout": 20.0, "retries": 2, **settings}
    )
    return CommandEngine("mine", chosen), chosen


def test_one_process_translates_everything(monkeypatch):
    monkeypatch.setattr(room, "_PATIENCE", 60.0)  # it ends by itself, however long it takes
    engine, settings = command(concurrency=4)
    texts = [f"text {number}" for number in range(300)]
    assert texts_of(ask(dispatcher((engine, settings)), texts)) == [f"zh-CN:{text}" for text in texts]
    process = engine._program._process
    assert engine.translate(["x"], source="en", target="de") == ["de:x"]
    assert engine._program._process is process
    del engine
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.01)
    assert process.poll() == 0


def test_no_program_is_a_clear_error():
    with pytest.raises(ConfigError, match="needs the program"):
        CommandEngine("mine", EngineSettings())
    with pytest.raises(EngineRefused, match=r"cannot be started: No such file.*Check `command`"):
        CommandEngine("mine", EngineSettings(command=["/no/such/program"])).translate(["x"], source="en", target="zh")


@pytest.mark.parametrize(
    ("mode", "error", "message"),
    [
        ("exit", EngineBusy, "ended without an answer"),
        ("hang", EngineTimeout, "did not answer within 0.5 s"),
        ("garbage", EngineError, "not a JSON object"),
        ("stale", EngineBusy, "answered another request"),
        ("error", EngineError, "mine: I will not say that"),
        ("busy", EngineBusy, "mine: warming up"),
        ("count", EngineError, "answered 1 texts with 2"),
        ("shape", EngineError, "without a list of `texts`"),
        ("dead", EngineBusy, "ended without an answer|has ended"),
    ],
)
def test_each_way_to_fail(mode, error, message):
    engine, _ = command(mode, timeout=0.5 if mode == "hang" else 20.0)
    with pytest.raises(error, match=message) as caught:
        engine.translate(["bad"], source="en", target="zh")
    assert type(caught.value) is error
    if mode not in {"dead", "hang"}:  # the next request is served, by a new process if need be
        assert engine.translate(["good"], source="en", target="zh") == ["zh:good"]


def test_an_answer_too_many_is_never_taken_for_the_next():
    engine, settings = command("twice", concurrency=1)
    assert engine.translate(["bad"], source="en", target="zh-CN") == ["zh-CN:bad"]
    lines, deadline = engine._program.lines, time.monotonic() + 60
    while lines.empty() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not lines.empty(), "the second line has not come"
    assert texts_of(ask(dispatcher((engine, settings)), ["two"])) == ["zh-CN:two"]


def test_a_program_that_dies_in_half_a_line_is_started_again(tmp_path):
    fake = FakeTime()
    engine, settings = command("exit once", str(tmp_path / "seen"))
    assert texts_of(ask(dispatcher((engine, settings), time=fake), ["good", "bad"])) == ["zh-CN:good", "zh-CN:bad"]
    assert fake.slept == [1]


def test_one_bad_text_does_not_spoil_the_others():
    engine, settings = command("error")
    answers = ask(dispatcher((engine, settings)), [f"t{number}" for number in range(20)] + ["bad"])
    assert [answer.text is None for answer in answers] == [False] * 20 + [True]
    assert answers[-1].error == "mine: I will not say that"


def test_the_program_ends_with_us():
    script = (
        "import sys\nfrom pipeline.config import EngineSettings\n"
        "from pipeline.translation.engines.command import CommandEngine\n"
        f"engine = CommandEngine('mine', EngineSettings(command=[sys.executable, {PROGRAM!r}]))\n"
        "engine.translate(['x'], source='en', target='zh')\n"
        "print(engine._program._process.pid, flush=True)\n"
        "import os; os.kill(os.getpid(), int(sys.argv[1])) if sys.argv[1:] else None\n"
    )
    for arguments in ([], ["9"]):
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True)
        deadline = time.monotonic() + 60
        while runs(int(done.stdout)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not runs(int(done.stdout))


def runs(number):
    """Whether there is a process of this number that has not ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # it may go while its file is read
        return False
