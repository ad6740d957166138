"""A checkout whose drafts are proposed, the repository behind it, and the people who work there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.config import Settings, load
from pipeline.review import Proposal, ProposalReport, propose
from pipeline.translation import translate
from tests.environment import forget

CONFIG = """\
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
[translation]
engine = "pseudo"
[review]
author = "Pipeline <pipeline@example.org>"
{more}
"""
ENGLISH = """\
---
title: "A title"
date: 2024-01-02
---

The first paragraph is here.

The second paragraph is there.

The third paragraph is last.
"""

BRANCH = "translations/zh/posts/foo"
TEXT = "content/zh/posts/foo.md"
SNAPSHOT = "content/zh/.source/posts/foo.md"


class Tree:
    """A work tree of somebody."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str, data: str = "") -> str:
        done = subprocess.run(
            ["git", "-C", str(self.root), "-c", "user.name=A Person", "-c", "user.email=a@example.org", *arguments],
            input=data.encode(),
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().rstrip("\n")

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    def commit(self, message: str = "A change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def shows(self, commit: str, path: str) -> str:
        return self.git("show", f"{commit}:{path}") + "\n"


class Checkout(Tree):
    """The pipeline's work tree."""

    def configure(self, more: str = "") -> None:
        self.write("pipeline.toml", CONFIG.format(more=more))

    @property
    def settings(self) -> Settings:
        return load(self.root, env={})

    def english(self, text: str = ENGLISH, key: str = "posts/foo") -> None:
        self.write(f"content/en/{key}.md", text)

    def publish(self, text: str = ENGLISH, key: str = "posts/foo") -> None:
        """English that everybody has."""
        self.english(text, key)
        self.commit()
        self.git("push", "--quiet", "origin", "main")

    def translate(self, *posts: str) -> None:
        report = translate(self.settings, posts=posts)
        assert not report.failed

    def propose(self, *posts: str, **options: object) -> ProposalReport:
        return propose(self.settings, posts, **options)  # type: ignore[arg-type]

    def one(self, *posts: str, **options: object) -> Proposal:
        (proposal,) = self.propose(*posts, **options).proposals
        return proposal

    def state(self) -> tuple[str, ...]:
        """Everything that proposing may not touch."""
        index = self.root / ".git" / "index"
        files = {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {".git", ".pipeline"} & set(path.relative_to(self.root).parts)
        }
        return (
            str(files),
            str(index.read_bytes() if index.exists() else b""),
            self.git("symbolic-ref", "HEAD"),
            self.git("for-each-ref", "refs/heads/main", "refs/remotes/origin/main", "refs/tags"),
            self.git("stash", "list"),
        )


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's git configuration and nobody's tokens."""
    forget(monkeypatch, "GIT_", "PIPELINE_", "GITHUB_", "GITLAB_", "GH_")
    home = tmp_path / "home"
    home.mkdir()
    # Git does nothing in the background: it would come and go in .git, at which some tests look.
    (home / ".gitconfig").write_text(
        "[init]\n\tdefaultBranch = main\n[safe]\n\tdirectory = *\n"
        "[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def here(tmp_path: Path) -> Checkout:
    """A repository without a remote, with one post and its draft."""
    root = tmp_path / "site"
    root.mkdir()
    checkout = Checkout(root)
    checkout.git("init", "--quiet")
    checkout.configure()
    checkout.write(".gitignore", ".pipeline/\ndrafts/\n")
    checkout.english()
    checkout.commit("A post")
    checkout.translate()
    return checkout


@pytest.fixture
def bare(tmp_path: Path) -> Tree:
    """The repository behind `checkout`."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "bare.git")], check=True, timeout=60)
    return Tree(tmp_path / "bare.git")


@pytest.fixture
def checkout(here: Checkout, bare: Tree) -> Checkout:
    """A clone of `bare`, with one post and its draft."""
    here.git("remote", "add", "origin", str(bare.root))
    here.git("push", "--quiet", "origin", "main")
    return here


@pytest.fixture
def clone(bare: Tree, tmp_path: Path) -> Callable[[str], Checkout]:
    """Somebody else's clone of `bare`, or the next CI job's."""

    def make(name: str) -> Checkout:
        subprocess.run(["git", "clone", "--quiet", str(bare.root), str(tmp_path / name)], check=True, timeout=60)
        return Checkout(tmp_path / name)

    return make


@pytest.fixture
def rewrite(clone: Callable[[str], Checkout]) -> Callable[[str, str], str]:
    """A reviewer makes the line with `word` another one, on the branch of posts/foo. Gives the commit."""

    def make(word: str, text: str) -> str:
        reviewer = clone("reviewer")
        reviewer.git("checkout", "--quiet", BRANCH)
        line = next(line for line in reviewer.read(TEXT).splitlines() if word in line)
        reviewer.write(TEXT, reviewer.read(TEXT).replace(line, text))
        commit = reviewer.commit()
        reviewer.git("push", "--quiet", "origin", BRANCH)
        return commit

    return make
