"""Run a program and say what it took: seconds, CPU time and memory of all its processes together."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

POLL = 0.05
GENTLE = 20  # a look at the memory may take one part in so many of the time


@dataclass(frozen=True)
class Taken:
    """Wall seconds, seconds of CPU (user and system, of the program and all it started), MiB at the peak."""

    wall: float
    cpu: float
    peak: float


def run(
    command: Sequence[str | Path], root: Path, *, memory: bool = True, environment: Mapping[str, str] | None = None
) -> Taken:
    """Run `command` in `root`; what it says is shown if it fails.

    The memory is the sum of the processes' proportional set sizes (a shared page counts once), looked at every 50 ms,
    or less often where looking takes more than a twentieth of the time.
    """
    with Path(root, ".output").open("w+b") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        peaks = [0]
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks, ended))
        if memory:
            watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        if memory:
            watcher.join()
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(map(str, command))}:\n{output.read().decode(errors='replace')}")
    # A process that is over before the first look has its own mark of the most that it held.
    return Taken(wall, usage.ru_utime + usage.ru_stime, max(peaks[0], usage.ru_maxrss) / 1024)


def _watch(pid: int, peaks: list[int], ended: threading.Event) -> None:
    pause = POLL
    while not ended.wait(pause):
        before = time.thread_time()
        peaks[0] = max(peaks[0], sum(_proportional(one) for one in _family(pid)))
        pause = max(POLL, GENTLE * (time.thread_time() - before))


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:  # it has ended
            continue
    return found


def _proportional(pid: int) -> int:
    """KiB."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def machine() -> str:
    """The machine in general words."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Python {platform.python_version()}"
