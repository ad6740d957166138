from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from urllib.request import urlopen

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import StoreError
from pipeline.publishing import publish
from pipeline.publishing.embedded import _one_condition_at_a_time
from pipeline.publishing.local import LocalStore

PARENT = """
import sys, time
from pipeline.publishing.local import LocalStore
try:
    with LocalStore() as store:
        print(store.pid, store.endpoint_url, store.website_url, flush=True)
        time.sleep(60)
except KeyboardInterrupt:
    print("stopped")
"""


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"  # ended; nobody has asked for its exit status yet


def is_closed(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) != 0


def start_parent() -> tuple[subprocess.Popen[str], int, str, str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    pid, endpoint, website = process.stdout.readline().split()
    return process, int(pid), endpoint, website


def test_a_published_site_is_served_and_gone_in_the_end(make_site: Callable[..., Path]) -> None:
    with LocalStore() as store:
        pid, endpoint, website = store.pid, store.endpoint_url, store.website_url
        publish(make_site(), store.settings(PublishSettings()))
        with urlopen(f"{website}/posts/one/") as page:
            assert b"one" in page.read()
    assert is_gone(pid)
    assert is_closed(endpoint)
    assert is_closed(website)
    assert store.pid == 0


def test_settings_lead_here_and_keep_the_rest() -> None:
    store = LocalStore(bucket="b")
    settings = store.settings(PublishSettings(target="s3://real", profile="work", concurrency=3), "blog")
    assert (settings.target, settings.profile, settings.concurrency) == ("s3://b/blog", "", 3)
    assert settings.endpoint_url.startswith("http://127.0.0.1:")


def test_the_log_is_kept_where_it_is_wanted(tmp_path: Path) -> None:
    with LocalStore(tmp_path / "data"):
        assert (tmp_path / "data/store.log").exists()


def test_two_can_run_at_once() -> None:
    with LocalStore() as one, LocalStore() as two:
        assert len({one.endpoint_url, two.endpoint_url, one.website_url, two.website_url}) == 4


def test_a_port_that_is_taken_is_one_clear_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        store = LocalStore(website_port=taken.getsockname()[1])
        with pytest.raises(StoreError, match=r"did not start.*in use"):
            store.start()
    assert store.pid == 0


def test_a_bucket_that_cannot_be_made_is_one_clear_message(local: LocalStore) -> None:
    with pytest.raises(StoreError, match="cannot be made"):
        local.create_bucket("X")


def test_no_account_reaches_the_servers_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "precious")
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "1")
    with LocalStore() as store:
        environment = Path(f"/proc/{store.pid}/environ").read_bytes()
    assert b"AWS_" not in environment
    assert b"MAX_KEYS" not in environment


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_however_its_parent_ends(how: signal.Signals) -> None:
    process, pid, endpoint, website = start_parent()
    process.send_signal(how)
    process.communicate()
    assert until(lambda: is_gone(pid) and is_closed(endpoint) and is_closed(website))


def test_it_ends_with_its_parent_though_a_sibling_holds_the_pipe() -> None:
    script = PARENT.replace("        print", "        import os; os.fork() or time.sleep(60)\n        print")
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    pid = int(process.stdout.readline().split()[0])
    process.kill()
    process.wait()
    ended = until(lambda: is_gone(pid))  # the sibling holds it three times as long
    os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    assert ended


def test_ctrl_c_stops_both_without_a_traceback() -> None:
    process, pid, endpoint, _ = start_parent()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (out, err, process.returncode) == ("stopped\n", "", 0)
    assert is_gone(pid)
    assert is_closed(endpoint)


def test_ctrl_c_sent_to_the_servers_process_is_left_to_the_parent() -> None:
    with LocalStore() as store:
        os.kill(store.pid, signal.SIGINT)
        assert not until(lambda: is_gone(store.pid), 0.5)
        assert not is_closed(store.endpoint_url)


def test_a_terminals_ctrl_c_does_not_reach_it_even_while_it_starts() -> None:
    with LocalStore() as store:
        assert os.getsid(store.pid) != os.getsid(0)


def test_of_writes_with_a_condition_one_is_looked_at_after_the_other():
    inside, most = 0, 0
    met = Barrier(2, timeout=60)

    def store(environ: dict[str, str], _: object) -> None:
        nonlocal inside, most
        if environ["REQUEST_METHOD"] == "GET" or "HTTP_IF_MATCH" not in environ:
            met.wait()  # raises where they come one by one
            return
        inside += 1
        most = max(most, inside)
        time.sleep(0.01)
        inside -= 1

    answer = _one_condition_at_a_time(store)
    requests = [{"REQUEST_METHOD": "PUT", "HTTP_IF_MATCH": '"1"'}] * 8
    requests += [{"REQUEST_METHOD": "PUT"}, {"REQUEST_METHOD": "GET", "HTTP_IF_MATCH": '"1"'}]
    with ThreadPoolExecutor(len(requests)) as pool:
        list(pool.map(lambda environ: answer(environ, None), requests))
    assert most == 1
