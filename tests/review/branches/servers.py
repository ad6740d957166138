"""Forges on loopback: their API with what it remembers, and git over HTTP behind a login."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.review.branches.gitlab_names import faults

TOKEN = "a-token-that-nobody-may-see"


class ForgeServer:
    """Serves `bare` as /owner/name.git, to whoever has the token, and an API by `api`."""

    def __init__(self, bare: Path) -> None:
        self.bare = bare
        self.requests: list[tuple[str, str]] = []
        self.fail: Callable[[str, str], tuple[int, dict[str, str], Any] | None] = lambda method, path: None
        self.read_only = False

    def api(self, method: str, path: str, query: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        raise NotImplementedError

    def allowed(self, headers: Any) -> bool:
        return TOKEN in (headers.get("Authorization", ""), headers.get("PRIVATE-TOKEN", "")) or headers.get(
            "Authorization"
        ) in (f"token {TOKEN}", f"Bearer {TOKEN}")

    def __enter__(self) -> Self:
        forge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: Any) -> None:
                pass

            def _do(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                if parts.path.startswith("/owner/name.git"):
                    status, headers, answer = forge._git(self.command, parts.path, parts.query, self.headers, data)
                else:
                    status, headers, answer = forge._answer(self.command, parts.path, parts.query, self.headers, data)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _answer(
        self, method: str, path: str, query: str, headers: Any, data: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        self.requests.append((method, path))
        body = json.loads(data) if data else None
        refused = self.fail(method, path)
        if refused:
            status, extra, answer = refused
        elif not self.allowed(headers):
            status, extra, answer = 401, {}, {"message": "Bad credentials", "documentation_url": "x", "status": "401"}
        else:
            status, answer, extra = self.api(method, path, query, body)
        return status, {"Content-Type": "application/json", **extra}, json.dumps(answer).encode()

    def _git(self, method: str, path: str, query: str, headers: Any, data: bytes) -> tuple[int, dict[str, str], bytes]:
        login = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if login.split(":")[-1] != TOKEN:
            return 401, {"WWW-Authenticate": 'Basic realm="git"'}, b"no"
        if self.read_only and "receive-pack" in path + query:
            return 403, {}, b"no"
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.bare.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{self.bare.name}{path.removeprefix('/owner/name.git')}",
            "QUERY_STRING": query,
            "REQUEST_METHOD": method,
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
            "REMOTE_USER": "somebody",
        }
        done = subprocess.run(["git", "http-backend"], input=data, env=environment, capture_output=True, timeout=60)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        status = int(fields.pop("Status", "200").split()[0])
        return status, fields, answer

    def commit_of(self, branch: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.bare), "rev-parse", "--verify", "-q", f"refs/heads/{branch}"],
            capture_output=True,
            timeout=60,
        )
        return done.stdout.decode().strip()


class GitHubServer(ForgeServer):
    """What GitHub remembers of pull requests. Every request and answer is held against its description."""

    def __init__(self, bare: Path, contract: Any) -> None:
        super().__init__(bare)
        self.contract = contract
        self.pulls: dict[int, dict[str, Any]] = {}
        self.comments: list[tuple[int, str]] = []
        self.remarks: list[tuple[int, dict[str, Any]]] = []
        self.labels: dict[int, list[str]] = {}
        self.reviewers: dict[int, dict[str, Any]] = {}

    def api(self, method: str, path: str, query: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        path = path.removeprefix("/api/v3")
        self.contract.request(method.lower(), path, query, body)
        status, answer = self._route(method.lower(), path, parse_qs(query), body)
        self.contract.answer(method.lower(), path, status, answer)
        return status, answer, {}

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        parts = path.strip("/").split("/")[3:]  # behind repos/owner/name
        if parts == ["pulls"] and method == "get":
            return 200, self._list(query, path)
        if parts == ["pulls"]:
            return self._open(path, body)
        number = int(parts[1])
        if parts[0] == "pulls" and len(parts) == 2:
            if method == "patch":
                self.pulls[number].update({k: v for k, v in body.items() if k in ("title", "body", "state")})
            return 200, self._shaped(method, path, 200, self.pulls[number])
        if parts[2:] == ["comments"] and method == "get":
            schema = self.contract.schema("get", path, 200)["items"]
            return 200, [{**self.contract.example(schema), **one} for at, one in self.remarks if at == number]
        if parts[2:] == ["comments"]:
            self.comments.append((number, body["body"]))
            return 201, {**self._example(method, path, 201), "body": body["body"]}
        if parts[2:] == ["labels"]:
            self.labels[number] = body["labels"] if isinstance(body, dict) else body
            return 200, []
        if parts[2:] == ["requested_reviewers"]:
            self.reviewers[number] = body
            return 201, self._shaped(method, path, 201, self.pulls[number])
        if parts[2:] == ["reviews"]:
            self.remarks += [(number, {k: c[k] for k in ("path", "body", "line")}) for c in body["comments"]]
            return 200, self._example(method, path, 200)
        raise AssertionError(path)

    def _example(self, method: str, path: str, status: int) -> Any:
        return self.contract.example(self.contract.schema(method, path, status))

    def _shaped(self, method: str, path: str, status: int, pull: dict[str, Any]) -> Any:
        schema = self.contract.schema(method, path, status)
        return self._filled(schema.get("items", schema), pull)

    def _filled(self, schema: Any, pull: dict[str, Any]) -> Any:
        made = self.contract.example(schema)
        made |= {k: pull[k] for k in ("number", "title", "body", "state", "html_url", "url", "merged_at")}
        made["issue_url"] = pull["url"].replace("/pulls/", "/issues/")
        user = self.contract.example({"$ref": "#/components/schemas/simple-user"})
        for side, owner in (("head", pull["owner"]), ("base", "owner")):
            made[side] |= {"ref": pull[side], "sha": "0" * 40, "user": {**user, "login": owner}, "label": f"{owner}:x"}
        return made

    def _list(self, query: dict[str, list[str]], path: str) -> list[Any]:
        state, head = query.get("state", ["open"])[0], query.get("head", [""])[0]
        found = [
            pull
            for pull in self.pulls.values()
            if state in ("all", pull["state"]) and head in ("", f"{pull['owner']}:{pull['head']}")
        ]
        return [self._shaped("get", path, 200, pull) for pull in reversed(found)]

    def _open(self, path: str, body: Any) -> tuple[int, Any]:
        owner, _, branch = body["head"].rpartition(":")
        owner = owner or "owner"
        there = [p for p in self.pulls.values() if (p["owner"], p["head"], p["state"]) == (owner, branch, "open")]
        if there or not self.commit_of(branch):
            why = f"A pull request already exists for {owner}:{branch}." if there else "head is invalid"
            errors = [{"resource": "PullRequest", "code": "custom", "message": why}]
            return 422, {"message": "Validation Failed", "errors": errors, "documentation_url": "x"}
        assert len(body["body"]) <= 65536
        return 201, self._shaped("post", path, 201, self.add(branch, body["title"], body["body"], owner))

    def add(self, branch: str, title: str, text: str, owner: str = "owner") -> dict[str, Any]:
        number = len(self.pulls) + 1
        url = f"{self.url}/api/v3/repos/owner/name/pulls/{number}"
        self.pulls[number] = {
            "number": number, "title": title, "body": text, "state": "open", "merged_at": None, "owner": owner,
            "head": branch, "base": "main", "url": url, "html_url": f"{self.url}/owner/name/pull/{number}",
        }  # fmt: skip
        return self.pulls[number]


class GitLabServer(ForgeServer):
    """What GitLab remembers of merge requests."""

    def __init__(self, bare: Path) -> None:
        super().__init__(bare)
        self.merges: dict[int, dict[str, Any]] = {}
        self.notes: list[tuple[int, str]] = []
        self.discussions: list[tuple[int, dict[str, Any]]] = []
        self.protected = False
        self.faults: list[str] = []

    def api(self, method: str, path: str, query: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        path = path.removeprefix("/api/v4")
        self.faults += faults(method, path, query, body)
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if path == "/users":
            return 200, [{"id": 7, "username": asked["username"]}] if asked["username"] == "mei" else [], {}
        parts = path.strip("/").split("/")
        assert unquote(parts[1]) == "owner/name", path
        if parts[2:] == ["merge_requests"] and method == "GET":
            found = [
                one
                for one in self.merges.values()
                if asked["state"] in ("all", one["state"])
                and asked.get("source_branch") in (None, one["source_branch"])
            ]
            found.sort(key=lambda one: one["iid"], reverse=asked["sort"] == "desc")
            return 200, found, {"X-Page": "1", "X-Per-Page": "100"}
        if parts[2:] == ["merge_requests"]:
            if any(
                o["source_branch"] == body["source_branch"] and o["state"] == "opened" for o in self.merges.values()
            ):
                return 409, {"message": ["Another open merge request already exists for this source branch: !1"]}, {}
            return 201, self.add(body), {}
        number = int(parts[3])
        if method == "PUT":
            self.merges[number] |= {k: v for k, v in body.items() if k != "state_event"}
            if body.get("state_event") == "close":
                self.merges[number]["state"] = "closed"
            return 200, self.merges[number], {}
        if len(parts) == 4:
            head = self.commit_of(self.merges[number]["source_branch"])
            refs = {"base_sha": "1" * 40, "start_sha": "2" * 40, "head_sha": head}
            return 200, {**self.merges[number], "diff_refs": refs}, {}
        if parts[4] == "notes":
            self.notes.append((number, body["body"]))
            return 201, {"id": len(self.notes), "body": body["body"]}, {}
        if parts[4] == "discussions" and method == "GET":
            return 200, [{"id": "d", "notes": [one]} for at, one in self.discussions if at == number], {}
        assert parts[4] == "discussions", path
        self.discussions.append((number, body))
        return 201, {"id": "d", "notes": [body]}, {}

    def add(self, body: dict[str, Any], project: int = 1) -> dict[str, Any]:
        number = len(self.merges) + 1
        self.merges[number] = {
            **body, "id": number * 10, "iid": number, "state": "opened", "source_project_id": project,
            "target_project_id": 1, "web_url": f"{self.url}/owner/name/-/merge_requests/{number}",
        }  # fmt: skip
        return self.merges[number]
