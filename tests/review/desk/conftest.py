"""A site with one draft under review, and its desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import Settings, load
from pipeline.content import Library
from pipeline.review import approve
from pipeline.review.desk.desk import Desk
from pipeline.review.desk.server import DeskServer
from pipeline.review.desk.sheet import Sheet
from pipeline.translation import translate

ENGLISH = """---
title: "A small post"
date: 2026-01-02
---

## Beginning

The engine answers within 30 seconds.

- An item that
  goes on
- Another item

> A quoted thought
> of two lines.

| name | use |
| --- | --- |
| `draft` | A proposed translation |

```python
print("hello")
```

The last paragraph, with a [link](https://example.org/).
"""
CHINESE = """---
title: "小文章"
date: 2026-01-02
---

## 开头

引擎在 30 秒内应答。

- 一项，
  还有下文
- 另一项

> 引用的想法，
> 共两行。

| 名称 | 用途 |
| --- | --- |
| `draft` | 提议的译文 |

```python
print("hello")
```

最后一段，带有[链接](https://example.org/)。
"""
EDITED = ENGLISH.replace("30 seconds", "45 seconds").replace("The last paragraph", "A new thought. The final paragraph")
CONFIG = '[translation]\nengine = "pseudo"\n'
GLOSSARY = "source,target,note\nengine,引擎,a machine\nproposed,提议,\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def site_of(root: Path, old: str, chinese: str, new: str) -> Settings:
    """A site whose post was translated once and has changed since, with a draft for that."""
    write(root / "pipeline.toml", CONFIG)
    write(root / "glossary.csv", GLOSSARY)
    write(root / "content/en/posts/small.md", new)
    if chinese:
        write(root / "content/zh/posts/small.md", chinese)
        write(root / "content/zh/.source/posts/small.md", old)
    settings = load(root, env={})
    translate(settings)
    return settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return site_of(tmp_path, ENGLISH, CHINESE, EDITED)


@pytest.fixture
def sheet(settings: Settings) -> Sheet:
    return Sheet(settings, Library.read(settings).pair("posts/small", "zh"))


@pytest.fixture
def server(settings: Settings) -> Iterator[DeskServer]:
    running = DeskServer(Desk(settings))
    thread = threading.Thread(target=running.serve, daemon=True)
    thread.start()
    yield running
    running.close()
    thread.join()


def live(settings: Settings) -> str:
    return (settings.content("zh") / "posts/small.md").read_text(encoding="utf-8")


def draft(settings: Settings) -> Path:
    return settings.drafts("zh") / "posts/small.md"


__all__ = ["CHINESE", "EDITED", "ENGLISH", "approve", "draft", "live", "site_of", "write"]
