"""Real processes on free ports, and the little of a Prefect server's REST API that the tests ask."""

import datetime as dt
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
            process.wait(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


_KEPT = []


def free_port():
    """A port at which nobody listens. It is kept for whoever is told of it: nobody else is given it meanwhile."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: one of them may listen there, too
    kept.bind(("127.0.0.1", 0))
    _KEPT.append(kept)
    return kept.getsockname()[1]


class Api:
    """The few calls of a Prefect server's REST API that the tests need."""

    def __init__(self, url):
        self.url = url

    def get(self, path):
        return self._asked("GET", path)

    def post(self, path, json):
        return self._asked("POST", path, json)

    def patch(self, path, json):
        return self._asked("PATCH", path, json)

    def delete(self, path):
        return self._asked("DELETE", path)

    def _asked(self, method, path, json=None):
        """503 is a database that is locked for the moment: Prefect's own client asks again, too."""

        def answered():
            answer = requests.request(method, f"{self.url}{path}", json=json, timeout=30)
            return [] if answer.status_code == 503 else [answer]  # a response that says no is falsy

        (answer,) = poll(answered)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def healthy(self):
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def runs(self, deployment, **filters):
        return self.post("/flow_runs/filter", {"flow_runs": {"deployment_id": {"any_": [deployment]}, **filters}})

    def served(self, since):
        """The deployments by name, once a process that was started then has registered all, and asks for their runs.

        That they are there says nothing: a server that tests share keeps those of an earlier one.
        """

        def asked_for():
            """All six are registered, and their runs asked for."""
            found = {entry["name"]: entry for entry in self.post("/deployments/filter", {})}
            times = [entry[of] for entry in found.values() for of in ("updated", "last_polled")]
            fresh = all(time and dt.datetime.fromisoformat(time) > since for time in times)
            return found if fresh and len(found) == 6 else {}

        return poll(asked_for)

    def logs(self, run):
        """What a run has logged, to its last line: how it ended. That arrives a little after the run has ended."""

        def told():
            """The run's last line."""
            found = self.post("/logs/filter", {"logs": {"flow_run_id": {"any_": [run]}}})
            ended = [one for one in found if one["name"] == "prefect.flow_runs" and "Finished in" in one["message"]]
            return ended and found

        return poll(told)

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
