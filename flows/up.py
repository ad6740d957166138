"""`pipeline up`: a Prefect server with its UI on loopback, and the flows served to it, until Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from flows.__main__ import LOGGED, deployments_of, serve
from flows.embedded import leave
from pipeline.config import load
from pipeline.errors import PipelineError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["main"]

STARTUP_SECONDS = 120
RESTART_SECONDS = 1.0  # until a server that died is started again


def main(root: Path, port: int = 4200) -> None:
    """Serve the deployments of `root`/prefect.yaml (or the shipped ones) until Ctrl-C, then end the process with 0.

    The server keeps its history in `root`/.pipeline/prefect-server. Raises ConfigError when `root` holds no site, and
    PipelineError when the server does not start, or another one runs there.
    """
    settings = load(root)
    root = settings.root
    home = settings.work / "prefect-server"
    _configure(home, port)
    try:
        with _interruptible(), _alone(home, f"http://127.0.0.1:{port}"), _server(home, port):
            from flows.orphans import crash_orphans

            for name in crash_orphans():
                click.echo(f"{name} was still marked as running: its process is gone, so it is Crashed now.")
            click.echo(f"Prefect UI: http://127.0.0.1:{port}/deployments")
            os.chdir(root)  # what a run calls `.`
            serve(deployments_of(root), settings)  # it returns when it is interrupted
    except KeyboardInterrupt:
        pass
    click.echo("Stopped. The history stays in .pipeline/prefect-server.")
    leave(0)


def _configure(home: Path, port: int) -> None:
    """Everything on loopback, nothing told to anybody. Must come before Prefect is imported."""
    os.environ |= {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        **LOGGED,
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }
    os.environ.setdefault("PREFECT_RUNNER_POLL_FREQUENCY", "2")


@contextmanager
def _alone(home: Path, address: str) -> Iterator[None]:
    """The only server with this history: another would set the runs of this one to Crashed, and start them once more.

    Raises PipelineError with the address of the one that is there.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a+", encoding="utf-8") as lock:
        try:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise PipelineError(
                f"`pipeline up` runs for this site already, at {lock.read()}.", remedy="Use that one, or end it first."
            ) from error
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield


@contextmanager
def _server(home: Path, port: int) -> Iterator[None]:
    """A server that answers, and is started again when it dies; its log is in `home`.

    This process holds the port: who calls while the server is away waits in line, and runs go on when it is back.
    """
    listener = _listening(port)
    running, stopped = [_started(home, listener)], threading.Event()

    def keep() -> None:
        while True:
            running[0].wait()
            if stopped.wait(RESTART_SECONDS):
                return
            click.echo(f"The Prefect server ended; it is started again. Its log is {home / 'server.log'}.", err=True)
            running[0] = _started(home, listener)

    keeper = threading.Thread(target=keep, daemon=True)
    try:
        click.echo("Starting a Prefect server …")
        _wait_until_healthy(running[0], home, port)
        keeper.start()
        yield
    finally:
        stopped.set()
        listener.close()
        _stop(running[0])


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=1024)
    except (OSError, OverflowError) as error:
        raise PipelineError(f"port {port} cannot be used: {error}.", remedy="Choose another with --port.") from error


def _started(home: Path, listener: socket.socket) -> subprocess.Popen[bytes]:
    with (home / "server.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.server_process", str(listener.fileno())],
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], home: Path, port: int) -> None:
    import httpx

    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise PipelineError("the Prefect server did not start.", remedy=f"Its log is {home / 'server.log'}.")


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends like Ctrl-C, and Ctrl-C works even where a shell's `&` turned it off."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Prefect's connection to a run that has just ended would be torn with a traceback.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
