"""The process behind LocalStore: moto's S3 server and a website in front of it. It ends when its parent does."""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from http.client import HTTPConnection
from threading import Lock, Thread
from typing import Any

__all__ = ["main"]


def main() -> None:
    """Start both servers, write their ports to standard output as one line of JSON, wait for the parent's end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes this process's input
    parent = os.getppid()
    arguments = argparse.ArgumentParser()
    arguments.add_argument("bucket")
    arguments.add_argument("port", type=int)
    options = arguments.parse_args()
    s3 = _start_s3(options.bucket)
    website = _start_website(s3, options.bucket, options.port)
    sys.stdout.write(json.dumps({"s3": s3, "website": website}) + "\n")
    sys.stdout.flush()
    _wait_for_end_of(parent)
    os._exit(0)  # nothing is worth keeping, and no thread need be waited for


def _start_s3(bucket: str) -> int:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    class Quiet(MotoRequestHandler):
        def log_request(self, *_: object) -> None:
            """The terminal belongs to the parent."""

    application = _one_condition_at_a_time(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("PUT", f"/{bucket}", headers={"Content-Length": "0"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"the bucket {bucket!r} cannot be made: {answer.read().decode(errors='replace')}")
    connection.close()
    return int(server.port)


def _one_condition_at_a_time(application: Callable[..., Any]) -> Callable[..., Any]:
    """The same, but for writes that have a condition: moto looks whether that holds, and writes only then."""
    lock = Lock()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        has_condition = environ.keys() & {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"}
        with lock if has_condition and environ["REQUEST_METHOD"] in {"PUT", "POST"} else nullcontext():
            return application(environ, start)

    return answer


def _start_website(s3: int, bucket: str, port: int) -> int:
    from pipeline.publishing.website import Website

    website = Website(("127.0.0.1", s3), bucket, port)
    Thread(target=website.serve_forever, daemon=True).start()
    return int(website.server_address[1])


def _wait_for_end_of(parent: int) -> None:
    """Until standard input is closed; or the parent is gone, and another of its children keeps that open."""
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], 1.0)
        if readable and not os.read(sys.stdin.fileno(), 1024):
            return


if __name__ == "__main__":
    main()
