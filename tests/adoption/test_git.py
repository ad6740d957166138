"""Repositories that are cut short, nested, broken, or not there at all."""

import os
import subprocess
from pathlib import Path

from pipeline.adoption import adopt
from pipeline.adoption.history import Histories
from tests.adoption.old_site import CHINESE, ENGLISH, OldSite, changed, post

WORDS = "It keeps each sentence that somebody wrote, and asks an engine for all the others."


def drifted(adoption, slug="a"):
    """A post whose Chinese is one edit behind."""
    adoption.both(slug)
    first = adoption.old.commit()
    adoption.both(slug, changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    return first


def test_names_in_chinese_with_blanks_and_quotes(adoption):
    slug = "随笔/我的 “第一篇” it's"
    drifted(adoption, slug)
    adoption.run()
    assert adoption.states()[f"posts/{slug}"].changed == 1


def test_the_versions_of_a_file_whose_former_name_was_given_away(adoption):
    adoption.old.write("content/old.md", post("a", *ENGLISH))
    adoption.old.commit()
    adoption.old.git("mv", "content/old.md", "content/a.md")
    adoption.old.commit()
    adoption.old.write("content/old.md", "another post\n")
    adoption.old.commit()
    path = adoption.old.write("content/a.md", post("a", *changed(ENGLISH, p2=WORDS)))
    adoption.old.commit()
    histories = Histories(adoption.old.root)
    versions = histories.of(path).versions(path)
    histories.close()
    assert [(version.place, version.path) for version in versions] == [
        (0, "content/old.md"),
        (1, "content/a.md"),
        (3, "content/a.md"),
    ]


def test_a_shallow_clone_says_so(adoption):
    drifted(adoption)
    adoption.both("b")
    adoption.old.commit()
    adoption.both("b", changed(ENGLISH, p2=WORDS), changed(CHINESE, p2="它保留每一句话。"))
    adoption.old.commit()
    clone = adoption.tmp_path / "clone"
    adoption.old.git("clone", "--quiet", "--depth", "2", adoption.old.root.as_uri(), str(clone))
    report = adopt(clone, adoption.root)
    assert {pair.post: pair.method for pair in report.adopted} == {"posts/a": "today", "posts/b": "history"}
    assert "unshallow" in " ".join(report.warnings)


def test_a_partial_clone_fetches_nothing(adoption):
    drifted(adoption)
    adoption.old.git("config", "uploadpack.allowFilter", "true")
    clone = adoption.tmp_path / "clone"
    adoption.old.git("clone", "--quiet", "--filter=blob:none", adoption.old.root.as_uri(), str(clone))
    objects = sorted((clone / ".git/objects").rglob("*"))
    report = adopt(clone, adoption.root)
    assert [pair.method for pair in report.adopted] == ["today"]
    assert sorted((clone / ".git/objects").rglob("*")) == objects


def test_content_in_a_submodule(adoption):
    content = OldSite(adoption.tmp_path / "texts", None)
    content.write("posts/a.md", post("a", *ENGLISH))
    content.write("posts/a.zh-cn.md", post("a", *CHINESE))
    content.commit()
    content.write("posts/a.md", post("a", *changed(ENGLISH, p2=WORDS)))
    content.commit()
    adoption.old.commit()
    adoption.old.git("submodule", "--quiet", "add", content.root.as_uri(), "content")
    adoption.old.commit()
    report = adoption.run()
    assert report.adopted[0].method == "history"
    assert adoption.states()["posts/a"].changed == 1
    # The same in a clone that did not check the submodule out.
    clone = adoption.tmp_path / "clone"
    adoption.old.git("clone", "--quiet", adoption.old.root.as_uri(), str(clone))
    (clone / "content").rmdir()
    (clone / "content-zh").mkdir()
    (clone / "content").mkdir()
    (clone / "content/a.md").write_text(post("a", *ENGLISH))
    assert any("submodule update --init" in warning for warning in adopt(clone, adoption.tmp_path / "x").warnings)


def test_each_language_in_a_repository_of_its_own(adoption):
    adoption.site('[languages.en]\ncontentDir = "en"\n[languages.zh]\ncontentDir = "zh"\n')
    sites = {name: OldSite(adoption.old.root / name, None) for name in ("en", "zh")}
    sites["en"].write("a.md", post("a", *ENGLISH))
    sites["en"].commit(after=1)
    sites["zh"].write("a.md", post("a", *CHINESE))
    sites["zh"].commit(after=2)
    sites["en"].write("a.md", post("a", *changed(ENGLISH, p2=WORDS)))
    sites["en"].commit(after=9)
    report = adoption.run()
    assert report.adopted[0].method == "history"
    assert adoption.states()["a"].changed == 1


def test_a_site_within_a_larger_repository(adoption):
    whole = OldSite(adoption.tmp_path / "whole", None)
    for text in (ENGLISH, changed(ENGLISH, p2=WORDS)):
        whole.write("docs/site/content/a.md", post("a", *text))
        whole.write("docs/site/content/a.zh.md", post("a", *CHINESE))
        whole.write("other/a.md", "x" * len(text[2]))
        whole.commit()
    report = adopt(whole.root / "docs/site", adoption.root)
    assert report.adopted[0].method == "history"
    assert adoption.states()["a"].changed == 1


def test_git_is_not_there(adoption, monkeypatch):
    drifted(adoption)
    monkeypatch.setenv("PATH", str(adoption.tmp_path))
    report = adoption.run()
    assert report.adopted[0].method == "today"
    assert "git cannot be run" in report.warnings[0]


def test_a_broken_repository(adoption):
    drifted(adoption)
    (adoption.old.root / ".git/HEAD").write_text("nonsense")
    report = adoption.run()
    assert report.adopted[0].method == "today"
    assert "Git could not be asked" in report.warnings[0]


def test_a_repository_without_commits(adoption):
    adoption.both("a")
    adoption.old.git("init", "--quiet")
    report = adoption.run()
    assert report.adopted[0].method == "today"


def test_another_repository_in_the_environment_is_not_asked(adoption, monkeypatch):
    first = drifted(adoption)
    other = OldSite(adoption.tmp_path / "other", None)
    other.commit()
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    assert adoption.run().adopted[0].commit == first


def test_nothing_of_the_repository_is_run(adoption):
    drifted(adoption)
    trap = adoption.tmp_path / "trap"
    script = adoption.tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "diff.md.textconv", "diff.md.command"):
        adoption.old.git("config", name, str(script))
    adoption.old.write(".git/info/attributes", "*.md diff=md\n")
    adoption.run()
    assert not trap.exists()


def test_few_processes_whatever_the_number_of_posts(adoption, monkeypatch):
    for number in range(120):
        adoption.both(f"p{number}")
    adoption.old.commit()
    for number in range(0, 120, 2):
        adoption.both(f"p{number}", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    started = []
    popen = subprocess.Popen.__init__

    def counted(self, args, *rest, **options):
        started.append(args)
        popen(self, args, *rest, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    seen = []
    report = adoption.run(progress=lambda done, total: seen.append((done, total)))
    assert len(started) == 3
    assert seen[-1] == (120, 120)
    assert sum(pair.behind for pair in report.adopted) == 60


def test_a_file_that_cannot_be_read(adoption, monkeypatch):
    adoption.both("a")
    adoption.both("b")
    read_bytes = Path.read_bytes

    def refuse(path):
        if path == adoption.old.root / "content/posts/a/index.en.md":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    report = adoption.run()
    assert report.left_out[0].path == "content/posts/a/index.en.md"
    assert report.left_out[0].reason == "cannot be read: Permission denied."
    assert report.posts == 1


def test_a_pipe_is_not_read(adoption):
    adoption.both("a")
    os.mkfifo(adoption.old.root / "content/posts/b.md")
    (adoption.old.root / "static").mkdir()
    os.mkfifo(adoption.old.root / "static/x")
    assert {entry.path for entry in adoption.run().left_out} == {"content/posts/b.md", "static/x"}


def test_files_that_are_no_text(adoption):
    adoption.both("a")
    adoption.both("b")
    adoption.old.write("content/posts/b/index.zh-cn.md", "---\ntitle: b\n---\n编码".encode("gb18030"))
    adoption.old.write("content/posts/c.md", b"\xff\xfe\x00x")
    report = adoption.run()
    reasons = {entry.path: entry.reason for entry in report.left_out}
    assert set(reasons) == {"content/posts/b/index.zh-cn.md", "content/posts/c.md"}
    assert "is not UTF-8" in reasons["content/posts/c.md"]
    assert [gap.post for gap in report.missing] == ["posts/b"]


def test_links_that_lead_out_of_the_site(adoption):
    adoption.both("a")
    (adoption.tmp_path / "secret.md").write_text(post("s", *ENGLISH))
    (adoption.old.root / "content/posts/out.md").symlink_to(adoption.tmp_path / "secret.md")
    (adoption.old.root / "content/posts/nowhere.png").symlink_to("nothing")
    (adoption.old.root / "content/posts/inside.md").symlink_to("a/index.en.md")
    (adoption.old.root / "content/linked").symlink_to("posts")
    adoption.old.write("static/x", b"x")
    (adoption.old.root / "static/passwd").symlink_to("/etc/hostname")
    report = adoption.run()
    assert {entry.path for entry in report.left_out} == {
        "content/posts/out.md",
        "content/posts/nowhere.png",
        "content/linked",
        "static/passwd",
    }
    assert "content/en/posts/inside.md" in adoption.files()
