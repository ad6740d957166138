"""An S3 server and a website of one's own, on loopback, for as long as they are needed. No account, no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from select import select
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self
from urllib.parse import quote

from pipeline.errors import StoreError

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["LocalStore"]

_START = 60.0  # seconds
_LOG = "store.log"


class LocalStore:
    """Starts both servers in one process, which ends with this one, however this one ends.

    `data_dir` gets the process's log; without it there is none. The bucket is empty at first and gone in the end.
    """

    def __init__(self, data_dir: Path | None = None, *, bucket: str = "site", website_port: int = 0) -> None:
        """`bucket` is made and served as a website, on a free port if `website_port` is 0."""
        self.bucket = bucket
        self._data_dir = data_dir
        self._website_port = website_port
        self._process: subprocess.Popen[bytes] | None = None
        self._ports = {"s3": 0, "website": 0}

    @property
    def endpoint_url(self) -> str:
        """The address of the S3 API."""
        return f"http://127.0.0.1:{self._ports['s3']}"

    @property
    def website_url(self) -> str:
        """The address of the website, without a slash at its end."""
        return f"http://127.0.0.1:{self._ports['website']}"

    @property
    def pid(self) -> int:
        """The process that serves both; 0 if it is not running."""
        return self._process.pid if self._process else 0

    def settings(self, base: PublishSettings, prefix: str = "") -> PublishSettings:
        """`base`, but to be published here."""
        target = f"s3://{self.bucket}/{prefix}".rstrip("/")
        changes = {"target": target, "endpoint_url": self.endpoint_url, "region": "us-east-1", "profile": ""}
        return base.model_copy(update=changes)

    def create_bucket(self, name: str) -> None:
        """Make one more bucket, which the website does not show."""
        connection = HTTPConnection("127.0.0.1", self._ports["s3"], timeout=30)
        try:
            connection.request("PUT", f"/{quote(name)}", headers={"Content-Length": "0"})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            connection.close()
        if answer.status >= 300:
            raise StoreError(f"the bucket {name!r} cannot be made: {text}", remedy="Choose another name.")

    def start(self) -> Self:
        """Start the servers and wait until they answer; raises StoreError if they do not."""
        with self._log() as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "pipeline.publishing.embedded", self.bucket, str(self._website_port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(),
                start_new_session=True,  # a terminal's Ctrl-C is for this process alone
            )
            try:
                line = _first_line(self._process)
                if line is None:
                    log.seek(0)
                    raise _not_started(log.read().decode(errors="replace"))
            except BaseException:
                self.close()
                raise
        self._ports = json.loads(line)
        return self

    def wait(self) -> None:
        """Until the process ends, which it does not do by itself; Ctrl-C ends the waiting."""
        if self._process:
            self._process.wait()

    def close(self) -> None:
        """End the process; what is in the bucket is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.close()

    def _log(self) -> IO[bytes]:
        if self._data_dir is None:
            return tempfile.TemporaryFile()
        self._data_dir.mkdir(parents=True, exist_ok=True)
        return (self._data_dir / _LOG).open("w+b")


def _environment() -> dict[str, str]:
    """The environment of this process, without anything that concerns a real account or another moto."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    return {**kept, "MOTO_DISABLE_GLOBAL_CORS": "true"}


def _first_line(process: subprocess.Popen[bytes]) -> bytes | None:
    """What the process says when it is ready; None if it ended or took too long."""
    assert process.stdout is not None  # noqa: S101
    deadline = time.monotonic() + _START
    line = b""
    while not line.endswith(b"\n"):
        readable, _, _ = select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        received = os.read(process.stdout.fileno(), 4096) if readable else b""
        if not received:
            return None
        line += received
    return line


def _not_started(log: str) -> StoreError:
    last = log.strip().splitlines()[-1:] or ["it said nothing"]
    return StoreError(
        f"the local S3 server did not start: {last[0]}",
        remedy="Check that the program is installed whole (`pip check`) and that the port is free.",
    )
