"""What a first translation of a thousand posts costs us, beside a memory of a hundred thousand segments.

    python benchmarks/translate.py [--posts 1000] [--memory 100000] [--json FILE]

The engine is a LibreTranslate server on loopback, in a process of its own, that answers at once: so our CPU time holds
all that we do for a segment, requests included, and nothing of what an engine does. CPU time is of our process alone
(user and system, all threads), by phase of the main thread; what its threads do while they ask is a phase of its own.
Afterwards some posts are approved and edited, and what the server is sent then is counted. Exit 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from translate_posts import Writer, chinese, english

from pipeline.config import Settings, load
from pipeline.content import Library, finish_pending, read_posts, write_pair
from pipeline.markdown import Unit, parse_units
from pipeline.translation import ask, draft, finish, run, translate
from pipeline.translation.dispatch import Dispatcher
from pipeline.translation.document import Document
from pipeline.translation.known import known_memory
from pipeline.translation.memory import Memory

ROOT = Path(__file__).resolve().parent.parent
MOST_MS = 1.0
CONFIG = """\
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
[translation]
engine = "local"
[engines.local]
kind = "libretranslate"
url = "{url}"
"""
# (where a function is looked up, its name, the phase)
_PHASES: tuple[tuple[Any, str, str], ...] = (
    (Library, "read", "read the posts"),
    (Document, "of", "segment"),
    (draft.Draft, "start", "align"),
    (run, "known_memory", "memory: open"),
    (Memory, "find", "memory: look up"),
    (Memory, "alike", "memory: look up"),
    (Memory, "fuzzy", "memory: look up"),
    (ask.Asker, "ask", "ask: spell and read"),
    (Dispatcher, "translate", "ask: pack and journal"),
    (draft, "composed", "write and prove units"),
    (run, "finish", "put together"),
    (finish, "difference", "prove drafts"),
    (run, "write_pair", "write the drafts"),
)


class Clock:
    """CPU seconds of the main thread by phase, each without those that it calls; and what Markdown was parsed."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.parsed: Counter[str] = Counter()
        self._phases = ["the rest"]
        self._since = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """While it lasts, the pipeline is measured."""
        known = [(owner, name, vars(owner)[name]) for owner, name, _ in _PHASES]
        parsers = [(owner, "parse", vars(owner)["parse"]) for owner in (ParserBlock, ParserInline)]
        for (owner, name, phase), (_, _, before) in zip(_PHASES, known, strict=True):
            inner = before.__func__ if isinstance(before, classmethod) else before
            timed = self._timed(inner, phase)
            setattr(owner, name, classmethod(timed) if isinstance(before, classmethod) else timed)
        for owner, name, before in parsers:
            setattr(owner, name, self._counted(before, owner.__name__))
        total, self._since = time.process_time(), time.thread_time()
        try:
            yield
        finally:
            self._switch()
            threads = time.process_time() - total - sum(self.spent.values())
            self.spent["ask: threads"] = max(threads, 0.0)
            for owner, name, before in (*known, *parsers):
                setattr(owner, name, before)

    def _switch(self) -> None:
        now = time.thread_time()
        self.spent[self._phases[-1]] += now - self._since
        self._since = now

    def _timed(self, inner: Callable[..., Any], phase: str) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._switch()
            self._phases.append(phase)
            try:
                return inner(*args, **kwargs)
            finally:
                self._switch()
                self._phases.pop()

        return timed

    def _counted(self, inner: Callable[..., Any], what: str) -> Callable[..., Any]:
        def counted(parser: Any, src: str, *args: Any) -> Any:
            self.parsed[what] += len(src)
            return inner(parser, src, *args)

        return counted


def make_site(root: Path, url: str, memory: int, posts: int) -> None:
    """Write the reviewed posts that hold the memory, and the new ones."""
    (root / "pipeline.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
    writer = Writer(7)
    held = number = 0
    while held < memory:
        marked = writer.post(number)
        text = english(marked)
        if number < 100:  # from then on, their mean
            held += _segments(text)
            mean = held / (number + 1)
        else:
            held += round(mean)
        number += 1
        path = f"old/{number // 100}/{number}.md"
        for place, content in (("en", text), ("zh", chinese(marked)), ("zh/.source", text)):
            _write(root / "content" / place / path, content)
    for new in range(posts):
        _write(root / f"content/en/new/{new}.md", english(writer.post(number + new)))


def _segments(text: str) -> int:
    return 2 + sum(len(unit.segments) for unit in parse_units(text, text.index("---\n", 4) + 4)[0])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def measure_first(settings: Settings) -> dict[str, Any]:
    """A first translation of the new posts."""
    clock = Clock()
    wall = time.perf_counter()
    with clock.running():
        report = translate(settings)
    wall = time.perf_counter() - wall
    counts = [post.counts.to_json() for post in report.posts]
    origins = {name: sum(count[name] for count in counts) for name in counts[0]}
    segments = origins.pop("total")
    posts = read_posts(settings.content("en")).posts
    length = sum(len(post.body) for key, post in posts.items() if key.startswith("new/"))
    return {
        "posts": len(report.posts),
        "segments": segments,
        "origins": origins,
        "problems": sum(len(post.problems) for post in report.posts) + len(report.failed),
        "requests": report.engine.requests,
        "wall": wall,
        "cpu": sum(clock.spent.values()),
        "ms": sum(clock.spent.values()) / segments * 1000,
        "phases": {phase: seconds / segments * 1000 for phase, seconds in clock.spent.most_common()},
        "parsed": {"as blocks": clock.parsed["ParserBlock"] / length, "inline": clock.parsed["ParserInline"] / length},
    }


def measure_edits(settings: Settings, url: str, posts: int = 20) -> dict[str, Any]:
    """Approve the drafts, edit some of the posts, and count what is sent for each edit."""
    for post in read_posts(settings.drafts("zh")).posts.values():
        source = settings.drafts("zh") / ".source" / post.file
        write_pair(settings.content("zh"), str(post.file), post.text.encode(), source.read_bytes())
        post.path.unlink()
        source.unlink()
    finish_pending(settings.drafts("zh"))
    chance = random.Random(5)
    editable = [post for key, post in read_posts(settings.content("en")).posts.items() if key.startswith("new/")]
    rows = []
    for number, post in enumerate(editable[:posts]):
        text, edits = _edited(post.text, post.front.body, (1, 2, 3, 5, 8)[number % 5], chance)
        _write(post.path, text)
        before, cpu = sent(url), time.process_time()
        report = translate(settings, posts=[post.key])
        rows.append(
            {
                "post": post.key,
                "edits": edits,
                "sent": sent(url) - before,
                "kept": sum(one.counts.kept for one in report.posts),
                "cpu": time.process_time() - cpu,
            }
        )
    return {"rows": rows, "edits": sum(row["edits"] for row in rows), "sent": sum(row["sent"] for row in rows)}


def _edited(text: str, body: int, count: int, chance: random.Random) -> tuple[str, int]:
    """The text with another word in so many of its segments, each in another unit."""
    places = [words for unit in parse_units(text, body)[0] if unit.segments and (words := _words(unit))]
    chosen = chance.sample(places, min(count, len(places)))
    for words in sorted(chosen, reverse=True):
        start, end = chance.choice(words)
        text = text[:start] + "edited" + "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=8)) + text[end:]
    return text, len(chosen)


def _words(unit: Unit) -> list[tuple[int, int]]:
    """Where the plain words of its text are."""
    return [
        (piece.start + word.start(), piece.start + word.end())
        for piece in unit.segments[0].pieces
        if piece.kind == "text" and unit.segments[0].kind == "text"
        for word in re.finditer("[A-Za-z]{2,}", piece.source)
    ]


def sent(url: str) -> int:
    """How many texts the server has been sent."""
    with urlopen(f"{url}/counts") as reply:
        return int(reply.read())


def serve() -> None:
    """The server, until stdin ends. It prints its address, and at /counts how many texts it was sent."""
    sys.path.insert(0, str(ROOT))
    from tests.engines.servers import LibreTranslateServer
    from tests.pseudo_chinese import pseudo_chinese

    with LibreTranslateServer(pseudo_chinese) as server:
        page = server.handler.do_GET

        def do_get(self: Any) -> None:
            if self.path != "/counts":
                return page(self)
            counts = str(len(server.texts)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(counts)))
            self.end_headers()
            self.wfile.write(counts)
            return None

        server.handler.do_GET = do_get  # type: ignore[method-assign]
        print(server.url, flush=True)
        sys.stdin.read()


def measure(posts: int, memory: int) -> dict[str, Any]:
    logging.disable(logging.WARNING)
    command = [sys.executable, __file__, "--serve"]
    with (
        tempfile.TemporaryDirectory() as directory,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server,
    ):
        try:
            url = server.stdout.readline().strip() if server.stdout else ""
            root = Path(directory)
            make_site(root, url, memory, posts)
            settings = load(root, env={})
            learning = time.process_time()
            held = sum(1 for _ in known_memory(settings, Library.read(settings), "zh").store or ())
            learning = time.process_time() - learning
            first = measure_first(settings)
            edits = measure_edits(settings, url)
        finally:
            server.terminate()
    return {
        "memory": {"segments": held, "learning": learning},
        "first": first,
        "edits": edits,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "bars": {
            f"at most {MOST_MS:g} ms of CPU a segment, beside {held} in memory: {first['ms']:.2f}": first["ms"]
            <= MOST_MS,
            "each edit sends the edited segments, and nothing else": all(
                row["edits"] == row["sent"] for row in edits["rows"]
            ),
        },
    }


def show(result: dict[str, Any]) -> None:
    first, edits = result["first"], result["edits"]
    print(
        f"{first['posts']} posts, {first['segments']} segments; in memory {result['memory']['segments']}, learnt in "
        f"{result['memory']['learning']:.1f} s; {result['machine']}; peak {result['peak']} MiB"
    )
    print(", ".join(f"{name} {count}" for name, count in first["origins"].items() if count), end="; ")
    print(f"{first['requests']} requests, {first['problems']} problems\n")
    print(f"{'':28}{'ms a segment':>13}{'share':>8}")
    for phase, spent in first["phases"].items():
        print(f"{phase:28}{spent:13.3f}{spent / first['ms']:8.0%}")
    print(f"{'all':28}{first['ms']:13.3f}{'':8}   {first['cpu']:.1f} s of CPU, {first['wall']:.1f} s\n")
    times = ", ".join(f"{what} {parsed:.2f} times" for what, parsed in first["parsed"].items())
    print(f"Markdown: each character of the posts is parsed {times}\n")
    print(f"{len(edits['rows'])} posts with {edits['edits']} edited segments: {edits['sent']} texts sent\n")
    for bar, met in result["bars"].items():
        print(f"{'met   ' if met else 'MISSED'}  {bar}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--memory", type=int, default=100_000, help="segments")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
        return 0
    result = measure(arguments.posts, arguments.memory)
    show(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(result["bars"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
