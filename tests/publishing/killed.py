"""Publishes over and over, is killed over and over, and looks each time at what a reader would see.

A program of its own: a process that has used the compiled client must not fork, and importing everything fifty times
would take minutes. Prints one JSON object; ends with 1 and a message if anything is not as it should be.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from pipeline.config import PublishSettings
from pipeline.publishing import publish
from pipeline.publishing.stores import Store
from pipeline.publishing.target import open_store

Site = dict[str, str]


def version(number: int) -> Site:
    """Pages are the list of what they link to; versions add, change and delete pages and assets."""
    asset = f"app.{number % 3:08x}a.css"
    posts = [f"p/{post}/index.html" for post in range(12) if (post + number) % 4]
    if number % 2:
        posts = posts[:6]
    return {
        asset: f"css {number % 3}",
        **dict.fromkeys(posts, asset if number % 3 else f"{asset} index.html"),
        "index.html": " ".join([asset, *posts]),
    }


def write(site: Site, directory: Path) -> Path:
    for path, text in site.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    return directory


def child(directory: Path, settings: PublishSettings) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        publish(directory, settings, allow_deletions=True, root=directory.parent)
        code = 0
    finally:
        os._exit(code)
    return 0


def whole(store: Store) -> str:
    """What a reader who starts at the home page finds missing; empty if nothing is."""
    waiting, seen = ["index.html"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        stored = store.read(path)
        if stored is None:
            return path
        if path.endswith(".html"):
            waiting += stored.data.decode().split()
    return ""


def warm_up(settings: PublishSettings, scratch: Path) -> None:
    """Read botocore's descriptions of the service once, and not in every child."""
    import botocore.loaders
    import obstore  # noqa: F401

    loader = botocore.loaders.create_loader()
    botocore.loaders.create_loader = lambda *_: loader  # type: ignore[assignment]
    open_store(settings, root=scratch, site=scratch / "none").close()


def main() -> None:
    settings = PublishSettings.model_validate_json(sys.argv[1])
    scratch, rounds, seed = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    warm_up(settings, scratch)
    chance = random.Random(seed)
    store = open_store(settings, root=scratch, site=scratch / "none")
    directories = [write(version(number), scratch / str(number)) for number in range(6)]
    began = time.monotonic()
    assert os.waitpid(child(directories[0], settings), 0)[1] == 0
    usual = time.monotonic() - began
    ends: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        pid = child(directories[number % 6], settings)
        time.sleep(chance.uniform(0, usual))
        os.kill(pid, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        ends["killed" if killed else "done before"] += 1
        usual *= 1.1 if killed else 0.7  # it need not take as long as the first, nor as long at all times
        if missing := whole(store):
            raise SystemExit(f"round {number}: a reader finds no {missing}")
        then = chance.choice([number % 6, (number - 1) % 6])  # finished, or set back to what it was
        if os.waitpid(child(directories[then], settings), 0)[1]:
            raise SystemExit(f"round {number}: it could not be finished")
        found = {item.path: store.read(item.path) for item in store.listing()}
        texts = {path: stored.data.decode() for path, stored in found.items() if stored}
        if texts != version(then):
            raise SystemExit(f"round {number}: {sorted(texts)} is not version {then}")
    print(json.dumps(ends))


if __name__ == "__main__":
    main()
