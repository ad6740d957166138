"""What a page costs, phase by phase: CPU of one process on unique posts in two languages, from reading to the page.

    .venv/bin/python benchmarks/render.py [--posts 100] [--rounds 3] [--json FILE] [--profile FILE]

Each post has 8 to 12 KB: sections, code in several languages, a table, lists, links, emphasis, formulas, images. The
floor is measured in the same run and on the same posts: markdown-it-py (CommonMark, tables, strikethrough), Pygments
and one small Jinja2 template. Of several rounds, each with all caches empty, the best one counts. Also the start of a
process: what it imports until it could render.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import yaml
from markdown_it import MarkdownIt
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

if TYPE_CHECKING:
    from pipeline.site.work import Work

CONFIG = """\
[site]
title = "Render"
author = "An author"
cards = false
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
"""
WORDS = (
    "the a of to in and that which when every no one two worker queue thread request server client cache memory page "
    "latency throughput network disk kernel process scheduler index table query plan lock transaction replica leader "
    "shard partition batch stream buffer compiler parser token model cluster deployment container image release "
    "reads writes keeps returns drops retries measures shows costs takes needs becomes stays fails recovers large "
    "small slow fast cold warm idle busy simple correct stale fresh usually often never only almost because before "
    "after between across during without under over"
)
HAN = (
    "我们 每个 请求 服务器 客户端 缓存 内存 页面 延迟 吞吐量 网络 磁盘 内核 进程 调度器 索引 查询 计划 事务 副本 "
    "分片 分区 批次 数据流 缓冲区 编译器 解析器 模型 集群 部署 容器 镜像 发布 读取 写入 保留 返回 丢弃 重试 测量 "
    "显示 需要 变成 失败 恢复 较大的 较小的 很慢 更快 简单 正确 过期 通常 经常 从不 只有 几乎 因为 之前 之后 "
    "之间 没有 的 了 在 和 是 把 对 可以 如果"
)
TERMS = "Python Linux HTTP Redis Kafka gRPC SQL TLS Docker CPU GPU Go Rust Prefect Kubernetes LLM"
CODE = {
    "python": '''\
import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class {A}Config:
    """Where the {a} is, and how long it may take."""

    name: str = "{b}-{n}"
    timeout: float = {n}.5


async def fetch_{a}({b}: {A}Config, *, limit: int = {n}) -> list[dict[str, int]]:
    # The first {a} wins; the others are cancelled.
    results = [row async for row in connect({b}.name, limit=limit) if row["{c}"] > {n}]
    for index, value in enumerate(results):
        print(f"{{index}}: {{value!r}}")
    return sorted(results, key=lambda row: (row["{c}"], -row.get("{a}", 0)))
''',
    "go": """\
package {a}

import (
	"context"
	"fmt"
)

// {A}Pool keeps at most {n} workers.
type {A}Pool struct {{
	{c}  chan int
	size int
}}

func (p *{A}Pool) Run(ctx context.Context, {b} []string) error {{
	for i, item := range {b} {{
		select {{
		case <-ctx.Done():
			return fmt.Errorf("{a} %d of %q: %w", i, item, ctx.Err())
		case p.{c} <- i:
		}}
	}}
	return nil
}}
""",
    "bash": """\
#!/usr/bin/env bash
set -euo pipefail
{A}_DIR="${{{A}_DIR:-/var/lib/{a}}}"
for file in "${{{A}_DIR}}"/{b}-*.log; do
  grep -c "{c}" "$file" | awk '{{ total += $1 }} END {{ print total / {n} }}'
done
curl -fsSL "https://example.org/{a}?limit={n}" -o /tmp/{b}.json && echo done  # {c}
""",
    "javascript": """\
import {{ {a}, {b} }} from "./{c}.js";

export async function load{A}(url, {{ retries = {n} }} = {{}}) {{
  for (let attempt = 0; attempt < retries; attempt += 1) {{
    const response = await fetch(`${{url}}/{a}/${{attempt}}`);
    if (response.ok) return (await response.json()).map((item) => {b}(item.{c} ?? null));
  }}
  throw new Error("{a} failed"); // after {n} attempts
}}
""",
    "cpp": """\
#include <vector>
template <typename T>
class {A}Buffer {{
public:
    explicit {A}Buffer(std::size_t {b} = {n}) : items_({b}) {{}}
    T& at(int index) {{ return items_[index % items_.size()]; }}  // {c}
private:
    std::vector<T> items_;
}};
""",
    "sql": """\
SELECT {a}.id, COUNT(*) AS {b}, AVG({c}.value) -- per {a}
FROM {a} JOIN {c} ON {c}.{a}_id = {a}.id
WHERE {a}.created_at > '2026-01-{d:02}' AND {c}.value BETWEEN 1 AND {n}
GROUP BY {a}.id HAVING COUNT(*) > {d} ORDER BY {b} DESC LIMIT {n};
""",
    "yaml": """\
{a}:
  name: {b}-{n}
  replicas: {d}
  env:
    - name: {A}_LIMIT
      value: "{n}"  # {c}
""",
    "json": """\
{{"{a}": {{"{b}": {n}, "{c}": [1, 2.5, null, true], "name": "{a}-{d}"}}}}
""",
    "": """\
$ {a} --{b}={n}
{c}: ok, {d} of {n}
""",
}


class Author:
    """Writes posts, the same ones each time."""

    def __init__(self, locale: str, seed: int) -> None:
        self.zh = locale == "zh"
        self.chance = random.Random(f"{locale} {seed}")
        self.seed = seed

    def words(self, count: int) -> str:
        if not self.zh:
            return " ".join(self.chance.choices(WORDS.split(), k=count))
        parts = self.chance.choices(HAN.split(), k=count * 3 // 4)
        return "".join(
            f" {self.chance.choice(TERMS.split())} " if self.chance.random() < 0.06 else part for part in parts
        )

    def sentence(self) -> str:
        start = self.words(self.chance.randint(5, 16)).strip()
        end = self.words(self.chance.randint(2, 8)).strip()
        kind = self.chance.random()
        some, number = self.words(2).strip(), self.chance.randrange(10_000)
        middle, full = ("，", "。") if self.zh else (", ", ". ")
        if kind < 0.10:
            end = f"`{self.chance.choice(WORDS.split())}_{number}()`{'' if self.zh else ' '}{end}"
        elif kind < 0.17:
            end = f"**{some}**{'' if self.zh else ' '}{end}"
        elif kind < 0.20:
            end = f"*{some}*{'' if self.zh else ' '}{end}"
        elif kind < 0.26:
            end = f"[{some}](https://example.org/{self.chance.choice(WORDS.split())}/{number}) {end}"
        elif kind < 0.28:
            end = f"[{some}](/posts/p{self.seed // 2}/) {end}"
        elif kind < 0.30:
            end = f"$O(n_{{{number}}} \\log n)$ {end}"
        return f"{start[:1].upper()}{start[1:]}{middle}{end}{full}"

    def paragraph(self, low: int = 3, high: int = 7) -> str:
        return "".join(self.sentence() for _ in range(self.chance.randint(low, high))).strip()

    def code(self) -> str:
        language = self.chance.choice(list(CODE))
        names = self.chance.sample([word for word in WORDS.split() if len(word) > 4], 3)
        number = self.chance.randrange(10_000)
        text = CODE[language].format(
            a=names[0], A=names[0].capitalize(), b=names[1], c=names[2], n=number, d=number % 27 + 1
        )
        return f"```{language}\n{text}```"

    def part(self) -> str:
        kind = self.chance.random()
        if kind < 0.16:
            return self.code()
        if kind < 0.33:
            mark = self.chance.choice(["- ", "1. ", "- "])
            return "\n".join(mark + self.sentence().strip() for _ in range(self.chance.randint(3, 6)))
        if kind < 0.40:
            rows = [[self.words(2).strip() for _ in range(3)] for _ in range(self.chance.randint(3, 7))]
            rows[0][1:] = [f"`{self.chance.choice(WORDS.split())}`", str(self.chance.randrange(10_000))]
            lines = [f"| {' | '.join(row)} |" for row in rows]
            return "\n".join([lines[0], "| --- | --- | ---: |", *lines[1:]])
        if kind < 0.43:
            return f"$$\n\\sum_{{i=0}}^{{{self.chance.randrange(99)}}} x_i^2 \\le \\frac{{a}}{{b}}\n$$"
        if kind < 0.46:
            return f"![{self.words(4).strip()}](https://example.org/{self.chance.randrange(10_000)}.png)"
        if kind < 0.49:
            return "> " + self.paragraph(1, 2)
        return self.paragraph()

    def post(self) -> str:
        title = self.words(6).strip()
        tags = ", ".join(sorted(set(self.chance.choices(TERMS.split(), k=3))))
        parts, size, wanted = [self.paragraph(2, 3)], 0, self.chance.randint(8_000, 12_000)
        while size < wanted:
            if len(parts) % 6 == 1:
                parts.append(f"{'##' if self.chance.random() < 0.7 else '###'} {self.words(4).strip()}")
            parts.append(self.part())
            size = sum(len(part.encode()) + 2 for part in parts)
        head = f'title: "{title}"\ndate: 2026-{self.seed % 11 + 1:02}-{self.seed % 28 + 1:02}T08:00:00+08:00\n'
        head += (
            f"categories: [{self.chance.choice(TERMS.split())}]\ntags: [{tags}]\nsummary: {self.words(12).strip()}\n"
        )
        return f"---\n{head}---\n\n" + "\n\n".join(parts) + "\n"


def make(root: Path, posts: int) -> list[Path]:
    """A site of `posts` English posts, each with its translation and snapshot; returns the files of both languages."""
    (root / "pipeline.toml").write_text(CONFIG, encoding="utf-8")
    files = []
    for locale in ("en", "zh", "zh/.source"):
        folder = root / "content" / locale / "posts"
        folder.mkdir(parents=True)
        for number in range(posts):
            text = Author(locale.partition("/")[0] if locale == "zh" else "en", number).post()
            path = folder / f"p{number}.md"
            path.write_text(text, encoding="utf-8")
            files += [path] if "." not in locale else []
    return files


class Clock:
    """CPU milliseconds by phase."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.spent[name] += (time.process_time() - began) * 1000


def floor(files: list[Path]) -> Clock:
    """The same posts by the bare libraries."""
    clock = Clock()
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
    template = jinja2.Environment(autoescape=True).from_string(
        "<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>{{ html | safe }}"
    )
    lexers: dict[str, Any] = {}
    for path in files:
        with clock.phase("read"):
            _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
            data = yaml.load(head, Loader=yaml.CSafeLoader)
        with clock.phase("parse"):
            tokens = parser.parse(body)
        with clock.phase("highlight"):
            for token in tokens:
                if token.type == "fence" and token.info:
                    lexer = lexers.get(token.info) or lexers.setdefault(token.info, get_lexer_by_name(token.info))
                    token.type, token.content = "html_block", formatter_html(lexer, formatter, token.content)
        with clock.phase("html"):
            html = parser.renderer.render(tokens, parser.options, {})
        with clock.phase("template"):
            template.render(title=data["title"], html=html).encode()
    return clock


def formatter_html(lexer: Any, formatter: HtmlFormatter[str], code: str) -> str:
    """What pygments.highlight does."""
    from io import StringIO

    out = StringIO()
    formatter.format(lexer.get_tokens(code), out)
    return out.getvalue()


def prepared(root: Path) -> Work:
    """All that a build knows before it renders, but for the text of posts."""
    from pipeline.config import load
    from pipeline.content import Library
    from pipeline.site import steps
    from pipeline.site.cache import Cache
    from pipeline.site.images import Images
    from pipeline.site.output import Output
    from pipeline.site.permalinks import Addresses
    from pipeline.site.selection import choose_articles

    settings = load(root)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    library = Library.read(settings)
    out, addresses = root / "public", Addresses("http://localhost")
    work = steps.Work(settings, library, Output(out), addresses, now, drafts=False, cache=Cache(None, out))
    for step in (steps.read_strings, choose_articles, steps.plan_pages, steps.find_files):
        step(work)
    work.images = Images(work.attachments.files, settings.work / "images", settings.site.image_widths)
    return work


def forget() -> None:
    """Empty every cache of the rendering, as in a new process, but for what is read once and for all."""
    from pipeline.site import highlight

    highlight.highlighted.cache_clear()


def ours(files: list[Path], work: Work) -> Clock:
    """Each post read and rendered, and each page made. Parsing and highlighting are timed from inside."""
    from pipeline.content.posts import read_post
    from pipeline.site import article_steps, highlight, page_steps, render, steps

    clock, inner = Clock(), Clock()

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            with inner.phase(name):
                return function(*values, **named)

        return call

    saved = render._parse, highlight._runs
    render._parse, highlight._runs = timed("parse", saved[0]), timed("highlight", saved[1])
    try:
        for path in files:
            with clock.phase("read"):
                read_post(path.parents[1], path.relative_to(path.parents[1]))
        links = steps.links_of(work)
        pages = [page for page in work.plan.pages if page.kind == "post"]
        for page in pages:
            with clock.phase("html"):
                work.rendered[page.locale, page.key] = article_steps.rendered_anew(work, page, links)
        theme, presenter = page_steps.theme_of(work), work.presenter()
        for page in pages:
            with clock.phase("template"):
                page_steps.page_html(work, page, theme, presenter).encode()
    finally:
        render._parse, highlight._runs = saved
    clock.spent["html"] -= sum(inner.spent.values())
    clock.spent |= inner.spent
    return clock


def start() -> dict[str, float]:
    """Milliseconds of CPU until a new process has imported what renders, and until it has rendered a first line."""
    program = (
        "import time; import pipeline.site.render, pipeline.site.theme; "
        "from pipeline.site.render import _parser; _parser().parse('a'); print(time.process_time() * 1000)"
    )
    bare = "import time, markdown_it, jinja2, pygments.lexers, yaml; print(time.process_time() * 1000)"

    def best(code: str) -> float:
        runs = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True) for _ in range(5)]
        return min(float(run.stdout) for run in runs)

    return {"ours": best(program), "floor": best(bare)}


PHASES = ("read", "parse", "highlight", "html", "template")


def best_of(rounds: int, measure: Callable[[], Clock], pages: int) -> dict[str, float]:
    """The milliseconds a page of the round that took least."""
    found = []
    for _ in range(rounds):
        spent = measure().spent
        found.append({name: round(spent[name] / pages, 3) for name in PHASES})
    return min(found, key=lambda one: sum(one.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--profile", type=Path, help="write what cProfile saw of one more round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        files = make(root, options.posts)
        work = prepared(root)
        size = sum(path.stat().st_size for path in files) / len(files)

        def fresh() -> Clock:
            forget()
            return ours(files, work)

        bare = best_of(options.rounds, lambda: floor(files), len(files))
        whole = best_of(options.rounds, fresh, len(files))
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(fresh)
            profile.dump_stats(options.profile)
    began = start()
    print(f"Python {platform.python_version()}, {len(files)} posts of {size:,.0f} bytes; ms of CPU a page")
    print(f"{'':10} {'floor':>8} {'ours':>8} {'ratio':>6}")
    bare["all"], whole["all"] = round(sum(bare.values()), 3), round(sum(whole.values()), 3)
    for name in (*PHASES, "all"):
        print(f"{name:10} {bare[name]:8.2f} {whole[name]:8.2f} {whole[name] / bare[name]:6.2f}")
    print(f"{'start':10} {began['floor']:8.0f} {began['ours']:8.0f} {began['ours'] / began['floor']:6.2f}")
    if options.json:
        result = {"posts": len(files), "bytes": size, "floor": bare, "ours": whole, "start": began}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
