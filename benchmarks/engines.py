"""How long a thousand segments take against a service that answers after 100 ms, in Google's protocol.

    python benchmarks/engines.py [--segments 1000] [--latency 0.1] [--json FILE]

Ours, with its defaults, beside deep-translator's own `translate_batch` and deep-translator in eight threads, in one run
and against the same server in a process of its own. Every answer is compared. Exit 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
MOST_REQUESTS, LEAST_RATIO = 40, 100.0
WORDS = """
the a post reader language page pipeline translates every changed sentence once and keeps what people
wrote
"""


@dataclass
class Row:
    name: str
    requests: int
    connections: int
    seconds: float
    cpu: float
    wrong: int


def segments(count: int) -> list[str]:
    """Different sentences of the lengths that blog posts have: half of them below 100 characters."""
    chance = random.Random(7)
    texts = []
    for number in range(count):
        words = [chance.choice(WORDS.split()) for _ in range(min(110, 4 + int(chance.expovariate(1 / 15))))]
        texts.append(f"{' '.join(words).capitalize()}, {number}.")
    return texts


def answer(text: str) -> str:
    return f"译：{text}"


def serve(latency: float) -> None:
    """The service, until stdin ends. It prints its address, and at /counts what it has seen."""
    sys.path.insert(0, str(ROOT))
    from tests.engines.servers import GoogleServer

    with GoogleServer(answer, fault_when=lambda _: time.sleep(latency)) as server:
        handler = server.handler
        page = handler.do_GET

        def do_get(self: Any) -> None:
            if self.path != "/counts":
                return page(self)
            counts = json.dumps({"requests": len(server.requests), "connections": server.connections}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(counts)))
            self.end_headers()
            self.wfile.write(counts)
            return None

        handler.do_GET = do_get  # type: ignore[method-assign]
        print(server.page, flush=True)
        sys.stdin.read()


def measure(name: str, page: str, texts: Sequence[str], work: Callable[[Sequence[str]], Sequence[str | None]]) -> Row:
    before = counts(page)
    wall, cpu = time.perf_counter(), time.process_time()
    answers = work(texts)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = counts(page)
    wrong = sum(found != answer(text) for text, found in zip(texts, answers, strict=True))
    seen = [after[what] - before[what] for what in ("requests", "connections")]
    return Row(name, seen[0], seen[1] - 1, wall, cpu, wrong)  # asking for the counts is a connection too


def counts(page: str) -> dict[str, int]:
    with urlopen(page.removesuffix("/m") + "/counts") as reply:
        found: dict[str, int] = json.load(reply)
    return found


def ours(page: str) -> Callable[[Sequence[str]], list[str | None]]:
    from pipeline.config import EngineSettings
    from pipeline.translation.dispatch import Dispatcher, Request
    from pipeline.translation.engines import make_engine

    def work(texts: Sequence[str]) -> list[str | None]:
        settings = EngineSettings(url=page)
        dispatcher = Dispatcher([(make_engine("google", settings), settings)], source="en", target="zh-CN")
        return [found.text for found in dispatcher.translate([Request(text) for text in texts])]

    return work


def theirs(page: str, threads: int) -> Callable[[Sequence[str]], list[str | None]]:
    from deep_translator import GoogleTranslator

    def one(texts: Sequence[str]) -> list[str | None]:
        translator = GoogleTranslator(source="en", target="zh-CN")
        translator._base_url = page
        found: list[str | None] = translator.translate_batch(list(texts))
        return found

    def work(texts: Sequence[str]) -> list[str | None]:
        share = -(-len(texts) // threads)
        with ThreadPoolExecutor(threads) as pool:
            parts = pool.map(one, [texts[start : start + share] for start in range(0, len(texts), share)])
            return [found for part in parts for found in part]

    return work


def run(count: int, latency: float) -> dict[str, Any]:
    texts = segments(count)
    command = [sys.executable, __file__, "--serve", "--latency", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            page = server.stdout.readline().strip() if server.stdout else ""
            rows = [
                measure("ours", page, texts, ours(page)),
                measure("deep-translator, 8 threads with an instance each", page, texts, theirs(page, 8)),
                measure("deep-translator, translate_batch", page, texts, theirs(page, 1)),
            ]
        finally:
            server.terminate()
    first, last = rows[0], rows[-1]
    bars = {
        f"at most {MOST_REQUESTS} requests": first.requests <= MOST_REQUESTS,
        f"at least {LEAST_RATIO:g} times less wall time": last.seconds / first.seconds >= LEAST_RATIO,
        "no wrong answer": first.wrong == 0,
    }
    return {
        "segments": count,
        "characters": sum(map(len, texts)),
        "latency": latency,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "rows": [{**vars(row), "ratio": last.seconds / row.seconds} for row in rows],
        "bars": bars,
    }


def show(result: dict[str, Any]) -> None:
    print(
        f"{result['segments']} segments, {result['characters']} characters, "
        f"{result['latency'] * 1000:g} ms a request; {result['machine']}\n"
    )
    print(f"{'':50}{'requests':>9}{'connections':>13}{'wall s':>9}{'CPU s':>8}{'times faster':>14}")
    for row in result["rows"]:
        print(
            f"{row['name']:50}{row['requests']:9}{row['connections']:13}{row['seconds']:9.2f}{row['cpu']:8.2f}"
            f"{row['ratio']:14.1f}" + (f"   {row['wrong']} WRONG" if row["wrong"] else "")
        )
    print()
    for bar, met in result["bars"].items():
        print(f"{'met   ' if met else 'MISSED'}  {bar}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--segments", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds that the service takes for an answer")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.latency)
        return 0
    result = run(arguments.segments, arguments.latency)
    show(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(result["bars"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
