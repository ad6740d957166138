"""Republish with a clock of its own: what a date makes due appears or goes, and nothing due costs one request."""

import datetime as dt
import time

import pytest

from pipeline.config import load
from tests.flows.reading import artifacts, events

pytestmark = pytest.mark.usefixtures("prefect_api")

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def dated(site):
    """One post appears an hour from now, another goes two hours from now."""
    posts = site / "content/en/posts"
    (posts / "soon.md").write_text(f"---\ntitle: Soon\npublishDate: {(NOW + HOUR).isoformat()}\n---\n\nHere.\n")
    (posts / "gone.md").write_text(f"---\ntitle: Gone\nexpiryDate: {(NOW + 2 * HOUR).isoformat()}\n---\n\nStill.\n")
    return site


def republish(site, now=None):
    """A run of the flow's own body, at another time."""
    from prefect import flow

    from flows.options import PublishOptions
    from flows.publish import deliver

    body = flow(lambda: deliver(load(site), PublishOptions(root=site), only_due=True, now=now), name="republish-at")
    state = body(return_state=True)
    assert state.is_completed(), state.message
    return state


def page(site, post):
    return site / "published" / "posts" / post / "index.html"


def test_a_post_appears_at_its_time_and_another_goes_at_its_own(dated):
    republish(dated, NOW)
    assert not page(dated, "soon").exists()
    assert page(dated, "gone").exists()

    state = republish(dated, NOW + HOUR)
    assert "Due, because posts/soon (en), posts/soon (zh) appeared." in state.message
    assert page(dated, "soon").exists()
    assert page(dated, "gone").exists()

    state = republish(dated, NOW + 2 * HOUR)
    assert "posts/gone (en), posts/gone (zh) went" in state.message
    assert page(dated, "soon").exists()
    assert not page(dated, "gone").exists()


def test_with_nothing_due_nothing_is_built_and_one_request_is_sent(dated):
    republish(dated, NOW)
    began = time.process_time()
    state = republish(dated, NOW + HOUR / 2)
    assert time.process_time() - began < 2, "the flow's run and its few tasks included"
    assert state.message.startswith("Nothing was due: all ")
    delivered = state.result()
    assert delivered.built is None
    assert delivered.published.requests == 1


def test_an_edit_is_due_and_what_somebody_removed_from_public_is_not(dated):
    republish(dated, NOW)
    about = dated / "content/en/about.md"
    about.write_text(about.read_text() + "\nOne more line.\n")
    assert "Due, because the content changed." in republish(dated, NOW).message
    assert republish(dated, NOW).result().built is None
    (dated / "public" / "index.html").unlink()
    assert republish(dated, NOW).result().built is None, "what is published is whole"
    assert (dated / "published" / "index.html").is_file()


def test_an_edit_while_the_site_is_built_is_due_the_next_time(dated, monkeypatch):
    """Also if it is taken back before that."""
    import flows.publish as module

    about = dated / "content/en/about.md"
    before = about.read_text()

    def edited(*args, **kwargs):
        about.write_text(before + "\nMeanwhile.\n")
        return build(*args, **kwargs)

    build = module.build_step
    monkeypatch.setattr(module, "build_step", edited)
    republish(dated, NOW)
    monkeypatch.undo()
    about.write_text(before)
    assert republish(dated, NOW).result().built is not None
    assert "Meanwhile." not in page(dated, "../about").read_text()
    assert republish(dated, NOW).result().built is None


def test_a_release_is_told_with_links_events_assets_and_a_page_a_post(dated):
    began = dt.datetime.now(dt.UTC)
    state = republish(dated, NOW)
    release = state.result().published.release
    result = artifacts("publish-result")[0].data
    assert "[en/posts/gone](http://localhost:8000/posts/gone/)" in result
    assert artifacts("site")[0].data == "[A small site](http://localhost:8000/)"
    lineage = artifacts("post-posts--gone")[0].data
    assert "| source | en | there |" in lineage
    assert "| translation | zh | missing |" in lineage
    assert f"| release | en | published | {release}, because new |" in lineage

    (published,) = events("release.published", since=began, resource=f"pipeline.release.{release}")
    assert published["payload"]["release"] == release
    made = events("prefect.asset.materialization.succeeded", since=began, resource="pipeline://page/en/posts/gone")
    assert made


def test_keys_of_artifacts_stay_apart():
    from flows.markup import key

    names = [
        "posts/foo",
        "posts-foo",
        "posts--foo",
        "posts//foo",
        "posts/foo/",
        "posts/Foo",
        "posts/中文",
        "posts/英文",
        "中文",
        "a" * 200,
        "a" * 201,
    ]
    keys = {key("post", name) for name in names}
    assert len(keys) == len(names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in keys)
