"""A site that `pipeline up` serves, with its pages on a web server and an engine that can be shut."""

import datetime as dt
import shutil
import sys
import threading
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from tests.flows.processes import Api, free_port, poll, prefect_env, running

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
SILENCE = 60.0  # seconds until who asks an engine that does not answer gives up
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Gate:
    """An engine that answers until it is shut, and then lets everybody wait, for as long as they have patience."""

    def __init__(self):
        self.left, self.open, self.lock, self.overdue = None, threading.Event(), threading.Lock(), False
        self.open.set()

    def __call__(self, text):
        with self.lock:
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    self.open.clear()
        if not self.open.wait(SILENCE):
            self.overdue = True
        return f"译{text}"

    def shut_after(self, answers):
        with self.lock:
            self.left, self.overdue = answers, False

    def reopen(self):
        with self.lock:
            self.left = None
            self.open.set()
        assert not self.overdue, f"it was shut for more than {SILENCE} s: somebody went on without an answer"


def write_deployments(root):
    """Our prefect.yaml with a *republish* in half a day.

    One in the middle of a test would be a second publisher, and one that nobody ran when its time came is the next
    test's: a server that tests share keeps it.
    """
    flows = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    (republish,) = (entry for entry in flows["deployments"] if entry["name"] == "republish")
    (schedule,) = republish["schedules"]
    then = dt.datetime.now(ZoneInfo(schedule["timezone"])) + dt.timedelta(hours=12)
    then += dt.timedelta(hours=then.hour == 2)  # which is left out on the day when summer time begins
    schedule["cron"] = f"{then.minute} {then.hour} * * *"
    (root / "prefect.yaml").write_text(yaml.safe_dump(flows))


@contextmanager
def served_site(root, engine):
    """A small site whose pages are served where it says they are, and whose engine takes one text a request."""
    shutil.copytree(Path(__file__).parent / "site", root)
    (root / "published").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root / "published")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    config = root / "pipeline.toml"
    text = config.read_text().replace("http://localhost:8000", f"http://127.0.0.1:{server.server_port}")
    text = text.replace("http://127.0.0.1:9", engine.url).replace("retries = 0", "retries = 0\nconcurrency = 1")
    text = text.replace("timeout = 5.0", f"timeout = {SILENCE}\nmax_characters = 40")
    # The turn of a killed run is free again when its lease ends, a minute later; nobody shall wait for it here.
    config.write_text(text + "\n[prefect]\nengine_runs = 4\n")
    write_deployments(root)
    (root / "published").rmdir()
    yield root
    server.shutdown()
    server.server_close()
    thread.join()


class Up:
    """`pipeline up` on a port of its own; `process` is in a group of its own."""

    def __init__(self, site):
        self.site, self.port, self.log = site, free_port(), site.parent / "up.log"
        self.url = f"http://127.0.0.1:{self.port}"
        self.api = Api(f"{self.url}/api")

    @contextmanager
    def running(self):
        command = [sys.executable, "-m", "pipeline", "--root", str(self.site), "up", "--port", str(self.port)]
        env = prefect_env("/nonexistent") | {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}
        with running(command, env=env, cwd=self.site.parent, log=self.log) as self.process:

            def serving():
                """It serves its deployments."""
                return "Ctrl-C ends it" in self.log.read_text() or self.process.poll() is not None

            poll(serving, 150)
            assert self.process.poll() is None, self.log.read_text()
            poll(lambda: len(self.api.post("/deployments/filter", {})) == 6)
            yield self

    def deployment(self, name):
        return next(entry for entry in self.api.post("/deployments/filter", {}) if entry["name"] == name)

    def start(self, name, **options):
        """A run's id."""
        path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return self.api.post(path, {"parameters": {"options": options}})["id"]

    def runs(self, name):
        """Those of this name."""
        return self.api.post("/flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}}})

    def state(self, run):
        return self.api.get(f"/flow_runs/{run}")["state"]

    def reaches(self, run, *types):
        return poll(lambda: (state := self.state(run))["type"] in types and state, 240)

    def server_pid(self):
        """Of the child that is the server."""
        pid = self.process.pid
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # threads and children come and go
                for child in (thread / "children").read_text().split():
                    with suppress(OSError):
                        if b"flows.server_process" in Path("/proc", child, "cmdline").read_bytes():
                            return int(child)
        pytest.fail("there is no server")


def pid_of(file, text):
    """Of a process whose /proc/PID/`file` holds the text."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (process / file).read_bytes():
                return int(process.name)
        except OSError:
            continue
    pytest.fail(f"no process has {text}")


def pid_of_run(run):
    return pid_of("environ", f"PREFECT__FLOW_RUN_ID={run}")
