"""`python -m flows.server_process FD`: a Prefect server that ends when the process that started it does.

FD is a listening socket of the parent, so that the port outlives this process. The parent also holds the other end of
standard input, which closes with the parent, however that dies.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

__all__: list[str] = []


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us when it is done
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn

    config = uvicorn.Config(
        "prefect.server.api.server:create_app", factory=True, log_level="warning", timeout_graceful_shutdown=5
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
