"""Prefect without a server of one's own: a temporary one on loopback, quiet, offline, and gone afterwards."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

__all__ = ["embedded_prefect", "leave"]

STARTUP_SECONDS = 120  # a busy machine passes Prefect's 20


@contextmanager
def embedded_prefect(home: Path) -> Iterator[None]:
    """Flows called in the `with` block report to a temporary server whose database is in `home`.

    Enter it before anything imports Prefect, which reads its settings once. A server named in the environment is left
    alone. Raises RuntimeError if the temporary one does not start.
    """
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ |= {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(home),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",  # what it was about to write when it is stopped is of no use
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(STARTUP_SECONDS),
    }
    from prefect.events.worker import EventsWorker
    from prefect.server.api.server import SubprocessASGIServer
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    server = SubprocessASGIServer()
    try:
        server.start(STARTUP_SECONDS)
        # Nobody watches this server for dead runs, and ending a heart's beat costs each run a second.
        with temporary_settings(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            yield
        logging.getLogger("EventsWorker").setLevel(logging.ERROR)  # it counts what it still has to send
        EventsWorker.drain_all()  # what is still queued would wait for a server that is gone
    finally:
        server.stop()


def leave(code: int) -> NoReturn:
    """End this process at once, after an interrupt.

    Prefect's threads are daemons. When one of them is inside a C++ library while the interpreter shuts down, the
    process aborts, and a Ctrl-C ends with a core dump.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
