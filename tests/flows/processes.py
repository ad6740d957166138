"""Real processes on free ports, and the little of a Prefect server's REST API that the tests ask."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress

import pytest
import requests


def poll(what, seconds=90.0):
    """The first truthy answer of `what()`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        if time.monotonic() > deadline:
            pytest.fail(f"not after {seconds} s: {what.__doc__ or what}")
        time.sleep(0.2)
    return answer


@contextmanager
def running(arguments, *, env, cwd, log, stop=signal.SIGINT):
    """A process in a group of its own; told to stop at the end, and killed with all its children if it does not."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            arguments, env=env, cwd=cwd, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
        if process.poll() is None:
            process.send_signal(stop)
            process.wait(timeout=30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Api:
    """The few calls of a Prefect server's REST API that the tests need."""

    def __init__(self, url):
        self.url = url

    def get(self, path):
        answer = requests.get(f"{self.url}{path}", timeout=30)
        answer.raise_for_status()
        return answer.json()

    def post(self, path, json):
        """503 is a database that is locked for the moment: Prefect's own client asks again, too."""

        def answered():
            answer = requests.post(f"{self.url}{path}", json=json, timeout=30)
            return [] if answer.status_code == 503 else [answer]  # a response that says no is falsy

        (answer,) = poll(answered)
        answer.raise_for_status()
        return answer.json()

    def healthy(self):
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def runs(self, deployment, **filters):
        return self.post("/flow_runs/filter", {"flow_runs": {"deployment_id": {"any_": [deployment]}, **filters}})

    def finished(self, run, seconds=90.0):
        """The state of a run, once it is final."""

        def final():
            state = self.get(f"/flow_runs/{run}")["state"]
            return state if state["type"] in ("COMPLETED", "FAILED", "CANCELLED", "CRASHED") else None

        return poll(final, seconds)


def prefect_env(home, api=""):
    """This process's environment with another home, and with the server to talk to where there is one."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    env |= {"PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", "NO_COLOR": "1"}
    return {**env, "PREFECT_API_URL": api} if api else env
