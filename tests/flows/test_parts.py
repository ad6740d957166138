"""In the UI: a task for each post whose draft is made, or for each shard of them, which says what became of it."""

import logging

import pytest

from pipeline.config import load
from tests.flows.reading import tasks

pytestmark = pytest.mark.usefixtures("prefect_api")


def write(site, count):
    folder = site / "content/en/posts"
    (folder / "first.md").unlink()
    for number in range(count):
        (folder / f"post-{number:03}.md").write_text(f"---\ntitle: Post {number}\n---\n\nText number {number}.\n")


def sync(site, **options):
    from flows.sync import SyncOptions
    from flows.sync import sync as flow

    return flow(SyncOptions(root=site, engine="pseudo", **options), return_state=True)


def test_every_changed_post_is_a_task_that_says_what_was_done(site):
    write(site, 3)
    state = sync(site)
    assert state.is_completed()
    done = ("Completed", "1 draft: 2 segments by the engine.")
    assert tasks(state, 3, " (zh)") == {f"posts/post-00{number} (zh)": done for number in range(3)}


def test_a_post_that_fails_is_a_failed_task_and_the_others_go_on(site):
    write(site, 3)
    sync(site)
    (site / "drafts/zh/.source/posts/post-001.md").unlink()
    for number in range(3):
        post = site / f"content/en/posts/post-00{number}.md"
        post.write_text(post.read_text() + "\nMore.\n")
    state = sync(site)
    found = tasks(state, 3, " (zh)")
    done = ("Completed", "1 draft: 2 segments kept, 1 by the engine.")
    assert found["posts/post-000 (zh)"] == found["posts/post-002 (zh)"] == done
    name, message = found["posts/post-001 (zh)"]
    assert name == "Failed"
    assert message.startswith(f"{site}/drafts/zh/posts/post-001.md: this draft has no snapshot")
    assert "Restore " in message
    assert state.is_failed()
    assert state.message == f"2 drafts: 4 segments kept, 2 by the engine. 1 post could not be worked on: {message}"
    assert len(state.result(raise_on_failure=False).report.failed) == 1


def test_more_posts_than_a_shard_takes_are_a_task_a_shard(site):
    write(site, 120)
    state = sync(site)
    assert len(list((site / "drafts/zh/posts").glob("*.md"))) == 120
    drafts = "{0} drafts: {1} segments by the engine.".format
    assert tasks(state, 3, " (zh)") == {
        "posts/post-000 … posts/post-049, 50 posts (zh)": ("Completed", drafts(50, 100)),
        "posts/post-050 … posts/post-099, 50 posts (zh)": ("Completed", drafts(50, 100)),
        "posts/post-100 … posts/post-119, 20 posts (zh)": ("Completed", drafts(20, 40)),
    }


def test_a_plan_makes_no_tasks(site):
    write(site, 3)
    steps = tasks(sync(site, dry_run=True), 2)
    assert {name.rpartition("-")[0] for name in steps} == {"detect", "translate"}


def test_what_the_work_on_a_post_logs_is_in_the_log_of_its_task(site):
    from prefect import flow
    from prefect.context import TaskRunContext

    from flows.parts import make_drafts
    from flows.steps import step
    from pipeline.translation import translate

    write(site, 2)
    heard = []

    class Hears(logging.Handler):
        def emit(self, record):
            heard.append((TaskRunContext.get().task_run.name, record.getMessage()))

    def each(keys, locale, make):
        def telling():
            logging.getLogger("pipeline.translation").warning("at %s", keys[0])
            return make()

        return make_drafts(keys, locale, telling)

    log = logging.getLogger("pipeline")
    log.addHandler(hears := Hears())
    try:
        flow(lambda: step(translate)(load(site), engine="pseudo", each=each), name="a-flow")()
    finally:
        log.removeHandler(hears)
    assert heard == [(f"posts/post-00{number} (zh)", f"at posts/post-00{number}") for number in range(2)]


def test_articles_that_workers_could_not_render_are_a_failed_task_with_why():
    from prefect import flow

    from flows.parts import gather_articles
    from flows.steps import step

    def fail():
        raise RuntimeError("the worker is out of memory")

    def gathered():
        return [gather_articles(["en/a", "en/b"], fail), gather_articles(["zh/a", "zh/c"], lambda: b"made")]

    results = []
    state = flow(lambda: results.extend(step(gathered)()), name="a-flow")(return_state=True)
    assert results == [None, b"made"]
    assert state.is_completed()
    assert tasks(state, 2, "2 articles") == {
        "en/a … en/b, 2 articles": ("Failed", "The run renders them: RuntimeError: the worker is out of memory"),
        "zh/a … zh/c, 2 articles": ("Completed", "2 articles rendered."),
    }
