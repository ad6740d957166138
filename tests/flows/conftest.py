"""A Prefect API shared by the session, a real server for the tests that serve, and scratch sites to run on."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from tests.flows.processes import Api, free_port, poll, prefect_env, running

ROOT = Path(__file__).parent.parent.parent

# Before anything imports Prefect: a home of its own, nothing sent anywhere, no logs between the dots.
_home = tempfile.TemporaryDirectory(prefix="prefect-home-")
os.environ |= {
    "DO_NOT_TRACK": "1",
    "PREFECT_HOME": _home.name,
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
}


@pytest.fixture(scope="session")
def prefect_api():
    """Flows called in this process report to a server of the session's own."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def site(tmp_path):
    """A small site: two English posts, one of which has a reviewed translation. Publishes to a directory."""
    root = tmp_path / "site"
    shutil.copytree(Path(__file__).parent / "site", root)
    return root


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A real `prefect server start` with a home of its own."""
    home = tmp_path_factory.mktemp("server")
    shutil.copy(ROOT / "prefect.toml", home)
    api = Api(f"http://127.0.0.1:{free_port()}/api")
    port = api.url.removesuffix("/api").rpartition(":")[2]
    env = prefect_env(home, api.url)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    log = home / "server.log"
    with running(command, env=env, cwd=home, log=log, stop=signal.SIGTERM) as process:
        poll(lambda: api.healthy() or process.poll() is not None, 120)
        assert process.poll() is None, log.read_text()
        yield api
