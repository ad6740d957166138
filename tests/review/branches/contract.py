"""GitHub's own OpenAPI description, from npm: what it says of a request and of an answer, and examples by it."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

from tests.needed import lacking, program

PACKAGE, VERSION = "@octokit/openapi", "23.0.2"
OPERATIONS = [
    ("get", "/repos/{owner}/{repo}/pulls"),
    ("post", "/repos/{owner}/{repo}/pulls"),
    ("get", "/repos/{owner}/{repo}/pulls/{pull_number}"),
    ("patch", "/repos/{owner}/{repo}/pulls/{pull_number}"),
    ("get", "/repos/{owner}/{repo}/pulls/{pull_number}/comments"),
    ("post", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"),
    ("post", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers"),
    ("post", "/repos/{owner}/{repo}/issues/{issue_number}/labels"),
    ("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments"),
]
_KEPT = Path(sys.prefix) / "tools" / f"octokit-openapi-{VERSION}.json"


def described() -> dict[str, Any]:
    """The operations that we use, with every schema they refer to; fetched once and kept beside the environment."""
    _KEPT.parent.mkdir(parents=True, exist_ok=True)
    with _KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _KEPT.exists():
            _fetch()
    return json.loads(_KEPT.read_text())


def _fetch() -> None:
    npm = program("npm")
    with tempfile.TemporaryDirectory() as directory:
        command = [npm, "pack", "--silent", "--pack-destination", directory, f"{PACKAGE}@{VERSION}"]
        try:
            done = subprocess.run(command, capture_output=True, cwd=directory, timeout=240)
        except subprocess.TimeoutExpired:
            lacking("npm does not answer")
        packed = next(Path(directory).glob("*.tgz"), None)
        if done.returncode or packed is None:
            lacking(f"{PACKAGE} cannot be fetched: {done.stderr.decode()[-200:]}")
        with tarfile.open(packed) as archive:
            member = archive.extractfile("package/generated/api.github.com.json")
            assert member is not None
            whole = json.load(member)
    temporary = _KEPT.with_suffix(".part")
    temporary.write_text(json.dumps(_trimmed(whole)))
    temporary.replace(_KEPT)


def _trimmed(whole: dict[str, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for method, path in OPERATIONS:
        paths.setdefault(path, {})[method] = whole["paths"][path][method]
    kept: dict[str, Any] = {"paths": paths, "components": {}}
    todo = [paths]
    while todo:
        for ref in set(re.findall(r'"\$ref": "#/components/([^"]+)"', json.dumps(todo.pop()))):
            kind, name = ref.split("/")
            found = whole["components"][kind][name]
            if name not in kept["components"].setdefault(kind, {}):
                kept["components"][kind][name] = found
                todo.append(found)
    return kept


class Contract:
    """Checks what goes over the wire, and remembers which operations did."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.components = _as_json_schema(description["components"])
        self.paths = _as_json_schema(description["paths"])
        self.used: set[tuple[str, str]] = set()
        self.faults: list[str] = []

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template, operations in self.paths.items():
            if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path) and method in operations:
                self.used.add((method, template))
                return operations[method]
        return None

    def request(self, method: str, path: str, query: str, body: Any) -> None:
        operation = self.operation(method, path)
        if operation is None:
            self.faults.append(f"GitHub has no {method} {path} among those that we use")
            return
        known = {p["name"]: p for p in map(self._resolved, operation.get("parameters", [])) if p["in"] == "query"}
        for name, value in parse_qsl(query):
            if name not in known:
                self.faults.append(f"{method} {path}: there is no parameter {name}")
                continue
            schema = known[name]["schema"]
            self._check(schema, int(value) if schema.get("type") == "integer" else value, f"{method} {path}?{name}")
        if path.endswith("/labels") and isinstance(body, list):
            body = {"labels": body}  # “You can also pass an array of labels directly”, the schema leaves out
        if "requestBody" in operation and body is not None:
            content = self._resolved(operation["requestBody"])["content"]["application/json"]
            self._check(content["schema"], body, f"{method} {path}")
            unknown = set(body) - set(content["schema"].get("properties", body))
            if unknown:
                self.faults.append(f"{method} {path}: nobody reads {unknown}")

    def answer(self, method: str, path: str, status: int, body: Any) -> None:
        schema = self.schema(method, path, status)
        if schema is None:
            self.faults.append(f"{method} {path} never answers {status}")
        else:
            self._check(schema, body, f"answer of {method} {path}")

    def schema(self, method: str, path: str, status: int) -> dict[str, Any] | None:
        operation = self.operation(method, path)
        found = operation and operation["responses"].get(str(status))
        return self._resolved(found)["content"]["application/json"]["schema"] if found else None

    def example(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """The least that satisfies a schema."""
        schema = self._resolved(schema)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return self.example(schema[key][0], depth)
        if "allOf" in schema:
            parts = [self.example(part, depth) for part in schema["allOf"]]
            return {k: v for part in parts for k, v in part.items()} if isinstance(parts[0], dict) else parts[0]
        kind = schema.get("type")
        if isinstance(kind, list) and "null" in kind:
            return None
        if "enum" in schema:
            return schema["enum"][0]
        if kind == "object" or "properties" in schema:
            properties = schema.get("properties", {})
            return {name: self.example(properties.get(name, {}), depth + 1) for name in schema.get("required", [])}
        plain = {"array": [], "integer": 1, "number": 1, "boolean": False}
        if kind in plain:
            return plain[kind]
        return {"date-time": "2026-01-01T00:00:00Z", "uri": "https://example.org/x"}.get(schema.get("format", ""), "x")

    def _resolved(self, one: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in one:
            _, _, kind, name = one["$ref"].split("/")
            one = self.components[kind][name]
        return one

    def _check(self, schema: dict[str, Any], value: Any, where: str) -> None:
        validator = Draft202012Validator({**schema, "components": self.components})
        self.faults += [f"{where}: {e.json_path}: {e.message[:300]}" for e in validator.iter_errors(value)]


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it."""
    if isinstance(node, list):
        return [_as_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: _as_json_schema(value) for key, value in node.items() if key not in ("nullable", "example", "examples")
    }
    if node.get("nullable") is True:
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
            if "enum" in made:
                made["enum"] = [*made["enum"], None]
        else:
            made = {"anyOf": [{"type": "null"}, made]}
    return made
