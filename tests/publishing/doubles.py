"""Stand-ins that can be told to fail: a store in memory, and an S3 server behind a proxy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal

from pipeline.errors import ConflictError
from pipeline.publishing.manifest import Entry, Past, Stamp, kept_path
from pipeline.publishing.stores import Listed, Stored


class MemoryStore:
    """Objects in a dictionary. `fault(operation, path)` may raise; `after(operation, path)` may look or meddle."""

    name = "memory"
    is_tree = False

    def __init__(self, history: Literal["versions", "links", "copies"] = "copies") -> None:
        self.history = history
        self.versions: dict[str, bytes] = {}
        self.objects: dict[str, bytes] = {}
        self.entries: dict[str, Entry] = {}
        self.log: list[tuple[str, str]] = []
        self.fault: Callable[[str, str], None] = lambda operation, path: None
        self.after: Callable[[str, str], None] = lambda operation, path: None
        self._lock = Lock()

    @property
    def requests(self) -> int:
        return len(self.log)

    def _begin(self, operation: str, path: str) -> None:
        with self._lock:
            self.log.append((operation, path))
        self.fault(operation, path)

    def read(self, path: str) -> Stored | None:
        self._begin("read", path)
        data = self.objects.get(path)
        return None if data is None else Stored(data, _version(data))

    def swap(self, path: str, data: bytes, *, expected: str | None) -> str:
        self._begin("swap", path)
        stored = self.objects.get(path)
        if (None if stored is None else _version(stored)) != expected:
            raise ConflictError("lost")
        self.objects[path] = data
        self.after("swap", path)
        return _version(data)

    def refuses_stale_writes(self) -> bool:
        return True

    def put(self, path: str, source: Path, entry: Entry) -> Stamp:
        self._begin("put", path)
        return self._store(path, source.read_bytes(), entry)

    def keep(self, path: str, copy: str, stamp: Stamp) -> bool:
        self._begin("keep", path)
        if path not in self.objects or _version(self.objects[path]) != stamp.etag:
            return False
        self.objects[copy] = self.objects[path]
        return True

    def restore(self, path: str, past: Past) -> Stamp:
        self._begin("restore", path)
        if past.kept:
            return self._store(path, self.objects[kept_path(past.entry)], past.entry)
        return self._store(path, self.versions[past.stamp.version], past.entry)

    def _store(self, path: str, data: bytes, entry: Entry) -> Stamp:
        self.objects[path] = data
        self.entries[path] = entry
        version = ""
        if self.history == "versions":
            with self._lock:
                version = str(len(self.versions))
                self.versions[version] = data
        self.after("put", path)
        return Stamp(_version(data), version)

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._begin("delete", path)
            self.objects.pop(path, None)
            self.after("delete", path)

    def listing(self) -> Iterable[Listed]:
        self._begin("list", "")
        there = [(path, data) for path, data in self.objects.items() if not path.startswith(".pipeline/")]
        return [Listed(path, len(data), _version(data)) for path, data in there]

    def close(self) -> None:
        self._begin("close", "")


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


DROP = (0, "")


def s3_error(status: int, code: str) -> tuple[int, str]:
    return status, f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no luck</Message></Error>"


class FaultyS3:
    """An S3 server that passes requests on to a real one, unless `rule(method, path)` has another answer."""

    def __init__(self, endpoint_url: str) -> None:
        self.rule: Callable[[str, str], tuple[int, str] | None] = lambda method, path: None
        self.seen: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.ignored: set[str] = set()  # names of headers that this server does not know
        self.unquoted = False  # compares If-Match as Ceph does: without the quotes
        host, _, port = endpoint_url.removeprefix("http://").partition(":")
        faulty, noting = self, Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with noting:  # each has its headers at the same place
                    faulty.seen.append((self.command, self.path))
                    faulty.headers.append({name.title(): value for name, value in self.headers.items()})
                answer = faulty.rule(self.command, self.path)
                if answer == DROP:
                    self.close_connection = True
                    return
                if answer:
                    self._say(answer[0], [("Content-Type", "application/xml")], answer[1].encode())
                    return
                connection = HTTPConnection(host, int(port))
                if faulty.unquoted and self.headers.get("If-Match", "").startswith('"'):
                    self._say(412, [], s3_error(412, "PreconditionFailed")[1].encode())
                    return
                unknown = {"expect", *faulty.ignored}
                headers = {name: value for name, value in self.headers.items() if name.lower() not in unknown}
                if faulty.unquoted and "If-Match" in headers:
                    headers["If-Match"] = f'"{headers["If-Match"]}"'
                connection.request(self.command, self.path, body, headers)
                found = connection.getresponse()
                kept = [(k, v) for k, v in found.getheaders() if k.lower() not in {"connection", "content-length"}]
                self._say(found.status, kept, found.read())
                connection.close()

            def _say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
                self.send_response(status)
                for name, value in [*headers, ("Content-Length", str(len(body)))]:
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
