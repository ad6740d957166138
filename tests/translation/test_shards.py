"""Drafts that are made as shards, as data, are to the byte those that a run makes itself."""

import pickle
import shutil

import pytest

from pipeline.config import load
from pipeline.errors import ConfigError, TranslationError
from pipeline.translation import translate
from pipeline.translation.shards import POSTS, Answered, work_on

ENGLISH = (
    "---\ntitle: {0}\nsummary: >\n  Folded, {0}.\n---\n\n# Part {0}\n\nIt says **something** of `{0}`.\n\nAnd again.\n"
)


@pytest.fixture
def many(checkout):
    """More posts than a shard takes; one of them has a reviewed translation that is behind."""
    for number in range(POSTS + 3):
        checkout.english(ENGLISH.format(number), f"posts/post-{number:03}")
    old = "---\ntitle: Old\n---\n\nThe first one.\n\nIt has a second part that goes on.\n"
    chinese = "---\ntitle: 旧\n---\n\n第一。\n\n它还有第二部分。\n"
    checkout.approved(old, chinese, "posts/old", source=old.replace("goes on", "went on") + "\nNew.\n")
    return checkout


def elsewhere(shards):
    """What a worker does, the last shard first: a shard goes there as bytes, and what it made comes back as bytes."""
    for number in reversed(range(len(shards))):
        yield number, pickle.loads(pickle.dumps(work_on(pickle.loads(pickle.dumps(shards[number])))))


def alone(checkout):
    """What a run without shards does in the same checkout, as its drafts."""
    other = checkout.root / "alone"
    shutil.copytree(checkout.root, other, ignore=shutil.ignore_patterns("alone"))
    translate(load(other, env={}))
    return drafts(other)


def drafts(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted((root / "drafts").rglob("*.md"))}


def test_drafts_and_report_are_those_of_one_process(many):
    expected = alone(many)
    report = many.translate(spread=elsewhere)
    assert drafts(many.root) == expected
    assert len(report.posts) == POSTS + 4
    assert [post.post for post in report.posts] == sorted(post.post for post in report.posts)


def test_what_no_engine_does_falls_back_on_the_memory_of_the_run(many):
    many.configure(url="http://127.0.0.1:9")
    expected = alone(many)
    many.translate(spread=elsewhere)
    assert drafts(many.root) == expected
    assert b"untranslated" in expected["drafts/zh/posts/post-000.md"]


def test_answers_come_back_into_the_journal(many):
    many.translate(spread=elsewhere)
    shutil.rmtree(many.root / "drafts")
    asked = len(many.server.requests)
    many.translate(spread=elsewhere)
    assert len(many.server.requests) == asked


def test_a_shard_that_is_lost_costs_its_own_posts(many):
    def one_lost(shards):
        yield 0, work_on(shards[0])
        yield 1, TranslationError("gone")

    report = many.translate(spread=one_lost)
    assert [str(error) for error in report.failed] == ["gone"]
    assert len(report.posts) == POSTS
    assert len(many.translate(spread=elsewhere).posts) == 4, "the next run does the rest"


def test_an_engine_that_workers_cannot_use_ends_the_run(many):
    with pytest.raises(ConfigError, match="no key"):
        many.translate(spread=lambda shards: iter([(0, ConfigError("no key"))]))


def test_no_path_of_the_sender_is_read(many, tmp_path):
    many.configure('fields = ["title", "summary"]')
    kept = []

    def keep(shards):
        kept.extend(pickle.dumps(shard) for shard in shards)
        return iter(())

    many.translate(spread=keep)
    shutil.rmtree(many.root / "content")
    many.root.joinpath("pipeline.toml").unlink()
    assert all(isinstance(work_on(pickle.loads(data)), Answered) for data in kept)


def test_a_limit_of_characters_is_counted_by_the_run_itself(many):
    many.configure("max_characters = 100")
    many.translate(spread=lambda shards: pytest.fail("nobody else can count"))
