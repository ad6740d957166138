"""A second S3 server, written by others than the first: localstack, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import time
import venv
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket
from types import TracebackType
from typing import Self

from tests.needed import lacking

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".pipeline" / "localstack"
PACKAGES = Path(__file__).with_suffix(".txt")  # of all that go together with it, which is few
INSTALL, START = 300.0, 120.0  # seconds


def installed() -> Path:
    """The environment's Python; made if it is not there, which takes less than a minute."""
    python = HOME / "bin" / "python"
    if not (HOME / ".ready").exists():
        venv.create(HOME, with_pip=True, clear=True)
        install = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
            "-r",
            PACKAGES,
        ]
        done = subprocess.run(install, capture_output=True, text=True, timeout=INSTALL)
        if done.returncode:
            lacking(f"localstack cannot be installed: {done.stderr.strip().splitlines()[-1]}")
        (HOME / ".ready").touch()
    return python


class Localstack:
    """Serves S3 on a free port of loopback, for as long as it is needed."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def create_bucket(self, name: str) -> None:
        assert self._ask("PUT", f"/{name}") == 200

    def __enter__(self) -> Self:
        python = installed()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        environment |= {
            "GATEWAY_SERVER": "hypercorn",
            "GATEWAY_LISTEN": f"127.0.0.1:{self._port}",
            "SERVICES": "s3",
            "STRICT_SERVICE_LOADING": "1",
            "EAGER_SERVICE_LOADING": "1",
            "LOCALSTACK_VOLUME_DIR": str(self._scratch),
            "FILESYSTEM_ROOT": str(self._scratch),
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DNS_ADDRESS": "0",
        }
        log = (self._scratch / "log").open("wb")
        command = [str(python), "-m", "localstack.runtime.main"]
        self._process = subprocess.Popen(command, env=environment, cwd=self._scratch, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + START
        while self._ask("GET", "/_localstack/health") != 200:
            if time.monotonic() > deadline or self._process.poll() is not None:
                self._process.kill()
                raise RuntimeError((self._scratch / "log").read_text()[-3000:])
            time.sleep(0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, method: str, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            credential = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request"
            connection.request(method, path, headers={"Authorization": credential, "Content-Length": "0"})
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()
