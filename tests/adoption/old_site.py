"""An old site to be adopted: its files, and a git history that a test scripts."""

import os
import subprocess
from pathlib import Path

CONFIG = """\
baseURL = "https://example.org/"
title = "Notes"
defaultContentLanguage = "en"

[languages.en]
languageName = "English"

[languages.zh-cn]
languageName = "简体中文"
languageCode = "zh-CN"
title = "笔记"
"""

DAY = 24 * 3600
FIRST_DAY = 1_700_000_000


class OldSite:
    """A directory, and a repository from the first commit on. Commits are a day apart unless they say otherwise."""

    def __init__(self, root: Path, config: str | None = CONFIG):
        self.root = root
        self.day = 0.0
        root.mkdir(parents=True)
        if config is not None:
            self.write("hugo.toml", config)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        when = f"{int(FIRST_DAY + self.day * DAY)} +0000"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root.parent),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            **{f"GIT_{who}_NAME": "A. Writer" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "writer@example.org" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_DATE": when for who in ("AUTHOR", "COMMITTER")},
        }
        # Nothing goes on in the background: it would come and go in .git, at which some tests look.
        settings = ("init.defaultBranch=main", "protocol.file.allow=always", "maintenance.auto=false", "gc.auto=0")
        command = ["git", *(part for setting in settings for part in ("-c", setting)), *arguments]
        done = subprocess.run(command, cwd=cwd or self.root, env=env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, message: str = "work", *, after: float = 1.0) -> str:
        """Everything as it is, `after` days later; its id."""
        self.day += after
        if not (self.root / ".git").exists():
            self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def post(title: str, *paragraphs: str, extra: str = "") -> str:
    """A post with YAML front matter."""
    return f'---\ntitle: "{title}"\ndate: 2024-01-02T03:04:05+08:00\n{extra}---\n\n' + "\n\n".join(paragraphs) + "\n"


ENGLISH = (
    "## What it is",
    "A pipeline reads English posts and writes Chinese ones. It was first tried in 2023.",
    "It keeps what a person wrote, paragraph by paragraph, and asks a machine for the rest.",
    "- one list item with `code`\n- another item, with a [link](https://example.org/a)",
    "```python\nprint('kept')\n```",
    "The last paragraph has nothing in it but words, so that only its history can tell.",
)
CHINESE = (
    "## 这是什么",
    "流水线读取英文文章，写出中文文章。它在 2023 年首次试用。",
    "它逐段保留人写下的内容，其余部分交给机器翻译。",
    "- 带有 `code` 的列表项\n- 另一项，带有[链接](https://example.org/a)",
    "```python\nprint('kept')\n```",
    "最后一段只有文字，因此只有历史才能说明问题。",
)


def changed(paragraphs, **by_number):
    """Paragraphs with some replaced: `changed(ENGLISH, p1="…")`."""
    return tuple(by_number.get(f"p{number}", text) for number, text in enumerate(paragraphs))
