"""Republish in one fresh clone after another: the published manifest tells what is due, and nothing else is known."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import pipeline
from flows.due import due, made_from
from flows.inputs import inputs
from pipeline.config import load
from pipeline.publishing import Current, PublishReport, current, rollback
from pipeline.publishing import publish as publish_directory
from pipeline.publishing.local import LocalStore
from pipeline.publishing.wire import parse_manifest, to_bytes
from pipeline.site import build
from tests.publishing.doubles import FaultyS3

pytestmark = pytest.mark.usefixtures("prefect_api")

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def store():
    """An S3 server, behind one that counts."""
    with LocalStore() as local:
        counting = FaultyS3(local.endpoint_url)
        yield counting
        counting.close()


def git(root, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    done = subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Team:
    """A checkout in which somebody writes, and clones in which runs do their work; a prefix of a bucket."""

    def __init__(self, root, store):
        self.root, self.store, self.clones = root, store, 0

    def commit(self):
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "-m", "content")

    def clone(self, *how):
        self.clones += 1
        where = self.root.parent / f"clone-{self.clones}" / "site"
        git(self.root.parent, "clone", "--quiet", *how, self.root.as_uri(), str(where))
        return where

    def run(self, root=None, now=NOW, *, only_due=True, **options):
        """A run in a fresh clone, or in `root`: what came of it, the message and the requests that were sent."""
        from prefect import flow

        from flows.options import PublishOptions
        from flows.publish import deliver

        root = root or self.clone()
        self.store.seen.clear()
        options = PublishOptions(root=root, **options)
        body = flow(lambda: deliver(load(root), options, only_due=only_due, now=now), name="republish-in-a-clone")
        state = body(return_state=True)
        assert state.is_completed(), state.message
        return state.result(), state.message, list(self.store.seen)

    def nothing(self, root=None, now=NOW):
        """Whether a run finds nothing to do, by one request, and without a build."""
        root = root or self.clone()
        delivered, message, seen = self.run(root, now)
        if delivered.built:
            return False
        assert re.match(r"Nothing was due: all [1-9]\d* objects are published as they are\.", message)
        assert [method for method, _ in seen] == ["GET"]
        assert delivered.published.requests == 1
        assert not (root / "public").exists()
        return True

    def manifest(self):
        """The published manifest, and how to put another in its place."""
        from pipeline.publishing.paths import MANIFEST_PATH
        from pipeline.publishing.target import open_store

        settings = load(self.root)
        store = open_store(settings.publish, root=self.root, site=settings.public)
        found = store.read(MANIFEST_PATH)
        return parse_manifest(found.data), lambda data: store.swap(MANIFEST_PATH, data, expected=found.version)


@pytest.fixture
def team(site, store, monkeypatch, tmp_path):
    target = f"s3://site/{tmp_path.name}"
    config = site / "pipeline.toml"
    text = f'target = "{target}"\nendpoint_url = "{store.endpoint_url}"\nregion = "us-east-1"\ngrace_hours = 0'
    config.write_text(config.read_text().replace('target = "published"', text))
    (site / ".gitignore").write_text("public/\n.pipeline/\n*.tmp\n")
    (site / "content/en/posts/soon.md").write_text(
        f"---\ntitle: Soon\npublishDate: {(NOW + HOUR).isoformat()}\n---\n\nHere.\n"
    )
    (site / "static").mkdir()
    (site / "static/data.bin").write_bytes(b"\0\r\n")
    git(site, "init", "--quiet", "-b", "main")
    found = Team(site, store)
    found.commit()
    return found


def test_the_next_clone_has_nothing_to_do(team):
    delivered, message, _ = team.run()
    assert delivered.built
    assert "Due, because no release is published." in message
    assert team.nothing()
    assert team.nothing()


def test_it_does_not_matter_who_published(team):
    team.run(team.root, only_due=False)
    assert team.nothing()
    assert team.run(team.root)[0].built is None


def test_a_commit_that_touches_no_content_is_not_due(team):
    team.run()
    (team.root / "README.md").write_text("What is here.\n")
    team.commit()
    assert team.nothing()


@pytest.mark.parametrize("name", ["content/en/about.md", "static/data.bin", "theme/strings/en.toml"])
def test_an_edit_is_due_in_the_next_clone(team, name):
    team.run()
    (team.root / name).parent.mkdir(parents=True, exist_ok=True)
    with (team.root / name).open("a") as file:
        file.write("\n")
    team.commit()
    delivered, _, _ = team.run()
    assert delivered.built
    assert team.nothing()


def test_a_date_is_due_in_the_next_clone_and_what_came_of_it_is_said(team):
    team.run()
    assert team.nothing(now=NOW + HOUR - dt.timedelta(seconds=1))
    assert "Due, because posts/soon (en), posts/soon (zh) appeared." in team.run(now=NOW + HOUR)[1]
    assert team.nothing(now=NOW + HOUR)
    assert team.nothing(now=NOW + 100 * HOUR)
    assert "posts/soon (en), posts/soon (zh) went" in team.run(now=NOW)[1], "somebody's clock was wrong"


def test_a_date_that_changes_nothing_is_due_once(team):
    (team.root / "content/en/posts/held.md").write_text(
        f"---\ntitle: Held\ndraft: true\npublishDate: {(NOW + HOUR / 2).isoformat()}\n---\n\nNot yet.\n"
    )
    team.commit()
    first, _, _ = team.run()
    delivered, message, seen = team.run(now=NOW + HOUR / 2)
    assert delivered.built
    assert message.startswith("Nothing was due")
    assert delivered.published.release == first.published.release, "the site is the same"
    assert [method for method, _ in seen].count("PUT") == 1, "the manifest says until when that holds"
    assert team.nothing(now=NOW + HOUR / 2)


def test_another_configuration_is_due_but_not_another_engine(team, monkeypatch):
    team.run()
    monkeypatch.setenv("PIPELINE_TRANSLATION__JOURNAL", "/somewhere")
    monkeypatch.setenv("PIPELINE_ENGINES__LIBRETRANSLATE__URL", "http://127.0.0.1:8")
    assert team.nothing()
    monkeypatch.setenv("PIPELINE_SITE__TITLE", "Another title")
    assert "Due, because the configuration changed." in team.run()[1]
    assert team.nothing()
    monkeypatch.delenv("PIPELINE_SITE__TITLE")
    assert team.run()[0].built


def test_another_program_is_due(team, monkeypatch, tmp_path):
    team.run()
    copy = tmp_path / "pipeline"
    shutil.copytree(pipeline.__path__[0], copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(pipeline, "__file__", str(copy / "__init__.py"))
    assert team.nothing(), "wherever it is installed"
    with (copy / "site/theme/page.html").open("a") as file:
        file.write("\n")
    assert "They were built anew, because the program changed." in team.run()[1]


def test_a_rollback_is_undone_as_everywhere(team, monkeypatch):
    monkeypatch.setenv("PIPELINE_PUBLISH__KEEP", "3")
    team.run()
    about = team.root / "content/en/about.md"
    about.write_text(about.read_text() + "\nA mistake.\n")
    team.commit()
    team.run()
    rolled = rollback(load(team.root).publish, root=team.root)
    assert rolled.uploaded
    delivered, message, _ = team.run()
    assert "Due, because the content changed." in message
    assert delivered.published.uploaded == rolled.uploaded

    rollback(load(team.root).publish, root=team.root)
    git(team.root, "revert", "--no-edit", "HEAD")
    assert team.run()[0].built, "pages may tell when a text was changed, and that is in the history"
    assert team.nothing()


def test_a_release_that_was_made_from_the_same_stays_after_a_rollback(team, monkeypatch):
    monkeypatch.setenv("PIPELINE_PUBLISH__KEEP", "3")
    clone = team.clone()
    team.run(clone)
    (clone / "public/about/index.html").write_text("By hand.")
    settings = load(clone)
    publish_directory(settings.public, settings.publish, root=clone)
    assert rollback(settings.publish, root=clone).uploaded
    assert team.nothing()


def test_what_was_published_without_saying_from_what_is_built_once(team):
    """As by `pipeline publish`, or an older version of the program."""
    clone = team.clone()
    settings = load(clone)
    build(settings)
    publish_directory(settings.public, settings.publish, root=clone)
    manifest, _ = team.manifest()
    assert manifest.releases[-1].made_from == ""
    assert b"made_from" not in to_bytes(manifest)
    delivered, message, seen = team.run(now=None)
    assert delivered.built
    assert message.startswith("Nothing was due")
    assert [method for method, _ in seen].count("PUT") == 1
    assert team.nothing(now=None)
    publish_directory(settings.public, settings.publish, root=clone)
    assert team.nothing(now=None), "it is the same site as before"


def test_a_damaged_manifest_is_mended_by_a_build(team):
    team.run()
    manifest, swap = team.manifest()
    swap(to_bytes(manifest).replace(b'"made_from"', b'"made_form"'))
    delivered, message, _ = team.run()
    assert delivered.published.uploaded
    assert "no release is published" in message
    assert team.nothing()


def test_a_publish_that_was_broken_off_is_finished(team):
    team.run()
    manifest, swap = team.manifest()
    swap(to_bytes(replace(manifest, unsettled=frozenset({"index.html"}))))
    delivered, _, _ = team.run()
    assert [action.path for action in delivered.published.actions] == ["index.html"]
    assert team.nothing()


def test_a_dry_run_notes_nothing_and_force_builds(team):
    team.run()
    (team.root / "content/en/about.md").write_text("---\ntitle: About\n---\n\nAnew.\n")
    team.commit()
    _, message, seen = team.run(only_due=False, dry_run=True)
    assert message.startswith("Planned, nothing sent")
    assert "PUT" not in [method for method, _ in seen]
    assert not team.nothing()
    assert team.nothing()
    delivered, _, _ = team.run(only_due=False)
    assert delivered.built


def test_another_target_tells_of_itself(team, tmp_path):
    team.run(only_due=False, target=str(tmp_path / "staging"))
    settings = load(team.root).publish.model_copy(update={"target": str(tmp_path / "staging")})
    assert current(settings, root=team.root).made_from
    assert current(load(team.root).publish, root=team.root) is None
    assert "no release is published" in team.run()[1]


# What tells a site apart, without a store.


@pytest.mark.parametrize(
    "said",
    [
        *["", "[]", "{", "3", "null", "\0", "[" * 100_000, '{"since": "", "until": ""}', '{"since": 3, "until": ""}'],
        json.dumps({"content": "a", "configuration": "b", "program": "c", "since": "", "until": ""}),
    ],
)
def test_what_cannot_be_read_or_is_another_is_due(site, said):
    assert due_of(site, lambda _: said)


@pytest.mark.parametrize(
    "until", ["2026-11-23", "2026-11-23T20:00:00", "tomorrow", 3, None, [], {}, "0001-01-01T00:00:00+00:00"]
)
def test_a_date_that_is_none_is_not_believed(site, until):
    assert due_of(site, lambda text: json.dumps(json.loads(text) | {"until": until}))


def test_what_was_said_is_believed(site):
    assert due_of(site, lambda text: text) == ""


def due_of(root, change):
    """Why a site is due of which it is noted what it was made from, with a change to that."""
    settings = load(root)
    found = inputs(settings)
    said = change(made_from(settings, found, NOW))
    return due(settings, found, Current(said, settled=True, report=PublishReport(0, 1, 0, 1, "r")), NOW)


def content(root):
    return inputs(load(root))["content"]


def one_letter(path):
    """Changes it, and nothing of the size."""
    path.write_text(path.read_text()[:-2] + "?\n")


def test_the_content_is_the_same_in_every_clone_and_in_the_checkout_that_was_committed(team):
    found = content(team.root)
    assert content(team.clone()) == found
    assert content(team.clone("--no-local")) == found
    os.utime(team.root / "content/en/about.md", (1, 1))
    assert content(team.root) == found
    assert content(team.clone("--depth", "1")) != found, "it does not know when texts were changed"


def test_only_what_git_does_not_know_is_read(team, monkeypatch):
    import flows.inputs as module

    read = []
    blob = module._blob

    def noted(path):
        read.append(path)
        return blob(path)

    monkeypatch.setattr(module, "_blob", noted)
    (team.root / "content/en/new.md").write_text("New.")
    (team.root / "content/en/about.md").write_text("Edited.")
    content(team.root)
    own = [Path(path).name for path in read if path.startswith(str(team.root))]
    assert sorted(own) == ["about.md", "new.md"]


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "content/en/about.md").write_text("Edited."),
        lambda root: one_letter(root / "content/en/about.md"),
        lambda root: (root / "content/en/about.md").unlink(),
        lambda root: (root / "content/en/new.md").write_text("Untracked."),
        lambda root: (root / "content/en/new.tmp").write_text("Ignored."),
        lambda root: (root / "content/en/about.md").rename(root / "content/en/other.md"),
        lambda root: (root / "content/en/link.md").symlink_to(root / "pipeline.toml"),
        lambda root: (root / "static/linked").symlink_to(root / "content"),
        lambda root: (root / "theme").mkdir() or (root / "theme/extra.css").write_text("a {}"),
    ],
)
def test_every_change_of_files_tells(team, change):
    before = content(team.root)
    change(team.root)
    assert content(team.root) != before


def test_a_file_that_git_is_told_not_to_look_at_is_looked_at(team):
    before = content(team.root)
    git(team.root, "update-index", "--assume-unchanged", "content/en/about.md")
    one_letter(team.root / "content/en/about.md")
    assert content(team.root) != before


def test_a_file_that_a_filter_has_not_filled_in_is_another(team):
    """As of Git LFS, where the filter is not installed, or told to leave pointers."""
    config = ["-c", "filter.big.clean=head -c 3", "-c", "filter.big.smudge=cat; echo and much more"]
    (team.root / ".gitattributes").write_text("*.bin filter=big\n")
    team.commit()
    pointers = team.clone()
    filled = team.clone(*(part for pair in zip(config[::2], config[1::2], strict=True) for part in pair))
    assert (filled / "static/data.bin").read_bytes() != (pointers / "static/data.bin").read_bytes()
    assert content(filled) != content(pointers)


def test_what_a_link_leads_to_counts(team, tmp_path):
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "a.txt").write_text("One.")
    (team.root / "static/beside").symlink_to(beside)
    (team.root / "static/circle").symlink_to(team.root / "static")
    team.commit()
    before = content(team.root)
    (beside / "a.txt").write_text("Two.")
    assert content(team.root) != before


def test_a_submodule_is_read(team, tmp_path):
    part = tmp_path / "part"
    part.mkdir()
    git(part, "init", "--quiet", "-b", "main")
    (part / "a.txt").write_text("One.")
    git(part, "add", ".")
    git(part, "commit", "--quiet", "-m", "part")
    git(team.root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(part), "static/part")
    team.commit()
    before = content(team.root)
    assert content(team.clone()) != before, "it is not checked out there"
    (team.root / "static/part/a.txt").write_text("Two.")
    assert content(team.root) != before


def test_without_git_the_content_tells_as_well(site):
    before = content(site)
    copy = site.parent / "copy"
    shutil.copytree(site, copy)
    assert content(copy) == before
    (copy / "content/en/about.md").write_text("Edited.")
    assert content(copy) != before
