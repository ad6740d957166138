"""The journal: kept through anything, and never trusted when it should not be."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import EngineSettings
from pipeline.translation.engines import Request
from pipeline.translation.journal import Journal, answer_key, relevant
from tests.engines.servers import LibreTranslateServer
from tests.engines.servers.base import Asked

ROOT = Path(__file__).parents[2]


def filled(directory, answers):
    with Journal(directory) as journal:
        for key, text in answers.items():
            journal.add(key, text, "fake")
    return directory / "answers.jsonl"


def read(directory):
    with Journal(directory) as journal:
        return dict(journal._answers)


def test_answers_are_on_disk_as_soon_as_they_are_added(tmp_path):
    journal = Journal(tmp_path / "deep" / "journal")
    journal.add("k1", "一", "fake")
    assert read(tmp_path / "deep" / "journal") == {"k1": "一"}
    journal.close()


@given(
    texts=st.dictionaries(st.text("0123456789abcdef", min_size=1), st.text(st.characters(exclude_categories=["Cs"])))
)
def test_any_text_comes_back(texts, tmp_path_factory):
    directory = tmp_path_factory.mktemp("journal")
    filled(directory, texts)
    assert read(directory) == texts


@given(cut=st.integers(1, 200), text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_last_line_that_was_cut_anywhere_is_only_lost_itself(cut, text, tmp_path_factory):
    directory = tmp_path_factory.mktemp("journal")
    path = filled(directory, {"k1": "一", "k2": text})
    whole = path.read_bytes()
    start = whole.rindex(b"\n") + 1
    path.write_bytes(whole[: max(start, len(whole) - cut)])
    assert read(directory) == {"k1": "一"}
    filled(directory, {"k3": "三"})
    assert read(directory) == {"k1": "一", "k3": "三"}
    assert not list(directory.glob("*.set-aside"))


def flip(data):
    """A journal whose last answer is another than was written."""
    return data.replace("二".encode(), "三".encode())


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        lambda data: b"",
        lambda data: b"{}\n" + data,
        lambda data: data.replace(b'"version":1', b'"version":2'),
        lambda data: data + b"\nnot a line of ours",
        lambda data: data + b'\n{"key":"k4","text":"' + "四".encode() + b'"}',
        lambda data: data + b'\n{"key":"k4","engine":"fake","text":"x","sum":"1"}',
        lambda data: data + b"\n" + bytes(100),
        lambda data: data + b"\n[1]",
        lambda data: b"\xff\xfe" + data,
        lambda data: b"PK\x03\x04" + bytes(1000),
    ],
)
def test_a_damaged_or_foreign_journal_is_set_aside(damage, tmp_path, caplog):
    path = filled(tmp_path, {"k1": "一", "k2": "二"})
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    assert read(tmp_path) == {}
    assert (tmp_path / "answers.1.set-aside").read_bytes() == damaged
    assert "answers.1.set-aside" in caplog.text
    filled(tmp_path, {"k5": "五"})
    assert read(tmp_path) == {"k5": "五"}
    path.write_bytes(damaged)
    assert read(tmp_path) == {}
    assert (tmp_path / "answers.2.set-aside").exists()
    assert not list(tmp_path.glob(".*"))


def test_the_latest_answer_counts(tmp_path):
    filled(tmp_path, {"k1": "一"})
    filled(tmp_path, {"k1": "二"})
    assert read(tmp_path) == {"k1": "二"}


def test_a_place_that_cannot_be_written_is_a_warning(tmp_path, caplog):
    (tmp_path / "journal").write_text("in the way")
    with Journal(tmp_path / "journal") as journal:
        journal.add("k1", "一", "fake")
        assert journal.get("k1") == "一"
    assert "are not kept" in caplog.text


def test_a_full_disk_is_a_warning_said_once(tmp_path, caplog, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with Journal(tmp_path) as journal:
        monkeypatch.setattr(os, "write", full)
        journal.add("k1", "一", "fake")
        journal.add("k2", "二", "fake")
        assert journal.get("k2") == "二"
    assert caplog.text.count("No space left on device") == 1


def test_keys_tell_apart_what_changes_the_answer():
    languages = ("en", "zh-CN")
    variants = [
        answer_key("a", relevant(EngineSettings()), languages, Request("text")),
        answer_key("b", relevant(EngineSettings()), languages, Request("text")),
        answer_key("a", relevant(EngineSettings(url="http://x")), languages, Request("text")),
        answer_key("a", relevant(EngineSettings(kind="google")), languages, Request("text")),
        answer_key("a", relevant(EngineSettings(command=["x"])), languages, Request("text")),
        answer_key("a", relevant(EngineSettings()), ("en", "zh-TW"), Request("text")),
        answer_key("a", relevant(EngineSettings()), languages, Request("text", "before")),
        answer_key("a", relevant(EngineSettings()), languages, Request("text", "", "before")),
    ]
    assert len(set(variants)) == len(variants)
    same = EngineSettings(
        timeout=1.0, retries=1, concurrency=2, requests_per_second=1.0, max_characters=9, api_key_env="KEY"
    )
    assert answer_key("a", relevant(same), languages, Request("text")) == variants[0]


def test_processes_share_a_journal(tmp_path):
    script = (
        "import sys; from pathlib import Path; from pipeline.translation.journal import Journal\n"
        "with Journal(Path(sys.argv[1])) as journal:\n"
        "    for number in range(400):\n"
        "        journal.add(f'{sys.argv[2]}{number:x}', '译' * (number % 300), 'fake')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    processes = [subprocess.Popen([*command, letter]) for letter in "abc"]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert read(tmp_path) == {f"{letter}{n:x}": "译" * (n % 300) for letter in "abc" for n in range(400)}
    assert [path.name for path in tmp_path.iterdir()] == ["answers.jsonl"]


def test_threads_begin_one_together(tmp_path, caplog):
    """Each has a journal of its own in the same new directory."""
    for turn in range(30):
        directory, together = tmp_path / str(turn), threading.Barrier(4)

        def work(name, directory=directory, together=together):
            together.wait(60)
            filled(directory, {name: name})

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert read(directory) == {name: name for name in "abcd"}
    assert not caplog.records


DAY = 86_400


def lines(directory):
    return (directory / "answers.jsonl").read_bytes().count(b'{"key"')


def kept_at(directory, moment, count, *, size=10_000, first=0):
    with Journal(directory, now=lambda: moment) as journal:
        for number in range(first, first + count):
            journal.add(f"{number:040x}", "译" * (size // 3), "fake")


def opened(path):
    """How often this process has a file open."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            links.append(str(descriptor.readlink()))
    return links.count(str(path))


class TestPruning:
    def test_a_small_journal_is_left_as_it_is(self, tmp_path):
        kept_at(tmp_path, 0, 100)
        before = (tmp_path / "answers.jsonl").read_bytes()
        with Journal(tmp_path, now=lambda: 400 * DAY) as journal:
            assert len(journal) == 100
        assert (tmp_path / "answers.jsonl").read_bytes() == before

    def test_a_large_one_loses_what_is_a_month_old(self, tmp_path):
        kept_at(tmp_path, 0, 500)
        kept_at(tmp_path, 40 * DAY, 500, first=500)
        with Journal(tmp_path, now=lambda: 41 * DAY) as journal:
            assert len(journal) == 1000
            assert lines(tmp_path) == 500
            journal.add("new", "新", "fake")
        assert set(read(tmp_path)) == {*(f"{number:040x}" for number in range(500, 1000)), "new"}
        assert [path.name for path in tmp_path.iterdir()] == ["answers.jsonl"]

    def test_and_what_was_answered_anew(self, tmp_path):
        for _ in range(3):
            kept_at(tmp_path, 0, 400)
        with Journal(tmp_path, now=lambda: DAY) as journal:
            assert len(journal) == 400
            assert lines(tmp_path) == 400

    def test_and_the_oldest_when_it_is_still_too_large(self, tmp_path):
        kept_at(tmp_path, 0, 700, size=100_000)
        with Journal(tmp_path, now=lambda: DAY):
            assert 400 < lines(tmp_path) < 600
        assert f"{699:040x}" in read(tmp_path)
        assert f"{0:040x}" not in read(tmp_path)

    def test_it_is_not_written_anew_for_a_little(self, tmp_path):
        kept_at(tmp_path, 0, 100)
        kept_at(tmp_path, 40 * DAY, 900, first=100)
        with Journal(tmp_path, now=lambda: 41 * DAY):
            assert lines(tmp_path) == 1000

    def test_nobody_prunes_what_another_one_writes(self, tmp_path):
        kept_at(tmp_path, 0, 1000)
        moment = [DAY]
        with Journal(tmp_path, now=lambda: moment[0]) as other:
            moment[0] = 39 * DAY
            with Journal(tmp_path, now=lambda: 40 * DAY):
                assert lines(tmp_path) == 1000
            other.add("new", "新", "fake")
        with Journal(tmp_path, now=lambda: 40 * DAY) as journal:
            assert lines(tmp_path) == 1
            assert journal.get("new") == "新"

    def test_who_waits_while_another_one_prunes_writes_into_the_new_file(self, tmp_path):
        path = filled(tmp_path, {"k1": "一"})
        holder = os.open(path, os.O_WRONLY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        started = threading.Thread(target=filled, args=(tmp_path, {"k2": "二"}))
        started.start()
        deadline = time.monotonic() + 60
        while opened(path) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert opened(path) == 2, "it waits for the lock with the old file open"
        copy = path.with_name("copy")
        copy.write_bytes(path.read_bytes())
        copy.replace(path)
        os.close(holder)
        started.join()
        assert read(tmp_path) == {"k1": "一", "k2": "二"}

    def test_a_handful_of_damaged_ones_is_kept(self, tmp_path):
        for number in range(9):
            (tmp_path / "answers.jsonl").write_text(f"damaged {number}")
            os.utime(tmp_path / "answers.jsonl", (number, number))
            assert read(tmp_path) == {}
        found = {path.read_text() for path in tmp_path.glob("*.set-aside")}
        assert found == {f"damaged {number}" for number in range(4, 9)}


RUN = """
import json, sys
from pathlib import Path
from pipeline.config import EngineSettings
from pipeline.translation.dispatch import Dispatcher, Request
from pipeline.translation.engines import make_engine
from pipeline.translation.journal import Journal
settings = EngineSettings(url=sys.argv[2], max_characters=200, concurrency=2)
with Journal(Path(sys.argv[1])) as journal:
    chain = [(make_engine("libretranslate", settings), settings)]
    dispatch = Dispatcher(chain, source="en", target="zh-CN", journal=journal)
    answers = dispatch.translate([Request(f"segment number {number}") for number in range(1000)])
print(json.dumps([answer.text for answer in answers]))
"""


def test_after_kill_9_no_answer_is_paid_for_twice(tmp_path):
    served: list[Asked] = []
    held: list[Asked] = []

    def fifty_and_no_more(asked: Asked) -> None:
        with server.lock:
            (served if len(served) < 50 else held).append(asked)
        if asked in held:
            server.stopping.wait(60)

    with LibreTranslateServer(str.upper) as server:
        server.fault_when = fifty_and_no_more
        command = [sys.executable, "-c", RUN, str(tmp_path), server.url]
        run = subprocess.Popen(command, cwd=ROOT)
        path = tmp_path / "answers.jsonl"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(held) < 2:  # as many as the run has under way at once
            time.sleep(0.01)
        answered = [text for asked in served for text in asked.texts]
        while time.monotonic() < deadline and (path.read_bytes().count(b'"key"') if path.exists() else 0) < len(
            answered
        ):
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert len(served) == 50
        assert len(held) == 2
        assert 300 < len(answered) < 1000
        with path.open("ab") as file:
            file.write(b'\n{"key":"0123","engine":"li')  # as if the kill had hit a write
        server.fault_when = lambda asked: None
        server.requests.clear()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        assert json.loads(done.stdout) == [f"SEGMENT NUMBER {number}" for number in range(1000)]
        assert not set(answered) & set(server.texts)
        assert len(answered) + len(server.texts) == 1000
        server.requests.clear()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        assert server.requests == []
