"""Sites to run the commands in, and two ways to run them: quickly in this process, and really in one of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.environment import forget

CONFIG = """\
[site]
title = "Test"
base_url = "https://example.org/blog"

[locales.en]
name = "English"

[locales.zh]
name = "简体中文"

[translation]
engine = "pseudo"

[publish]
target = "published"
"""
POST = """\
---
title: "Hello"
date: 2024-01-02
---

One sentence. Another one.

A second paragraph, with `code`.
"""


@dataclass(frozen=True)
class Result:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which has to be one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Site:
    """A directory, and commands that are run in it."""

    root: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    def run(self, *arguments: str) -> Result:
        """In this process. An exception that is no exit is a failure of the test."""
        result = CliRunner().invoke(main, list(arguments), catch_exceptions=False, prog_name="pipeline")
        return Result(result.exit_code, result.stdout, result.stderr)

    def ok(self, *arguments: str) -> Result:
        """As `run`; it has to end with 0."""
        result = self.run(*arguments)
        assert result.code == 0, result
        return result

    def spawn(self, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Result:
        """In a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            capture_output=True,
            cwd=cwd or self.root,
            env={**os.environ, **(env or {})},
            timeout=120,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing from outside: no settings, no AWS account."""
    forget(monkeypatch, "PIPELINE_", "AWS_")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A directory with nothing in it, and the working directory."""
    root = tmp_path / "site"
    root.mkdir()
    monkeypatch.chdir(root)
    return Site(root)


@pytest.fixture
def site(empty: Site) -> Site:
    """A site with one post that has no translation."""
    empty.write("pipeline.toml", CONFIG)
    empty.write("content/en/posts/hello.md", POST)
    return empty


@pytest.fixture
def translated(site: Site) -> Site:
    """The same, translated and approved."""
    site.ok("translate")
    site.ok("approve", "--all")
    return site


@pytest.fixture
def configured(site: Site) -> Callable[[str, str], None]:
    """Replaces a part of pipeline.toml."""

    def replace(old: str, new: str) -> None:
        text = site.read("pipeline.toml")
        assert old in text
        site.write("pipeline.toml", text.replace(old, new))

    return replace
