"""The flows end to end on a scratch site: a translation service on loopback, a directory to publish to."""

import datetime as dt
import re

import pytest

from pipeline.config import load
from pipeline.review import approve
from tests.engines.servers import LibreTranslateServer
from tests.flows.reading import artifacts

pytestmark = pytest.mark.usefixtures("prefect_api")


def run(flow, options):
    return flow(options, return_state=True)


def sync(site, **options):
    from flows.sync import SyncOptions
    from flows.sync import sync as flow

    return run(flow, SyncOptions(root=site, **options))


def publish(site, **options):
    from flows.publish import PublishOptions
    from flows.publish import publish as flow

    return run(flow, PublishOptions(root=site, **options))


def republish(site):
    from flows.republish import RepublishOptions
    from flows.republish import republish as flow

    return run(flow, RepublishOptions(root=site))


def preview(site, **options):
    from flows.preview import PreviewOptions
    from flows.preview import preview as flow

    return run(flow, PreviewOptions(root=site, **options))


def rollback(site, **options):
    from flows.rollback import RollbackOptions
    from flows.rollback import rollback as flow

    return run(flow, RollbackOptions(root=site, **options))


@pytest.fixture
def engine(monkeypatch):
    with LibreTranslateServer() as server:
        monkeypatch.setenv("PIPELINE_ENGINES__LIBRETRANSLATE__URL", server.url)
        yield server


def test_from_english_to_published(site, engine):
    state = sync(site)
    assert state.is_completed()
    assert state.message.startswith("1 draft: ")
    assert "by the engine" in state.message
    translated = state.result()
    assert [(entry.post, entry.state) for entry in translated.states] == [
        ("about", "current"),
        ("posts/first", "missing"),
    ]
    (draft,) = translated.report.posts
    assert (site / draft.draft).read_text().count("译") == len(engine.texts)
    assert "The tide comes twice a day." in engine.texts

    assert approve(load(site), ["posts/first"]).approved == [("posts/first", "zh")]
    state = publish(site)
    assert state.is_completed()
    assert re.match(r"Release \S+: \d+ uploaded, 0 deleted, 0 as they were; ", state.message)
    pages = list((site / "published").rglob("*.html"))
    assert any(re.search("译 ?The tide comes twice a day", page.read_text()) for page in pages)
    assert any("本站有两种语言。" in page.read_text() for page in pages)


def test_a_second_run_has_nothing_to_do_and_says_so(site, engine):
    sync(site)
    approve(load(site), everything=True)
    publish(site)
    asked, before = len(engine.requests), len(artifacts("publish-result"))
    assert sync(site).message.startswith("Nothing to translate")
    assert publish(site).message.startswith("Nothing was due")
    assert republish(site).message.startswith("Nothing was due")
    assert len(engine.requests) == asked
    assert len(artifacts("publish-result")) == before


def test_a_segment_left_in_english_completes_and_asks_for_a_person(site):
    state = sync(site)  # nobody answers at the address in pipeline.toml
    assert state.is_completed()
    assert "left in English" in state.message
    assert "A person is needed: posts/first (zh)." in state.message
    assert "posts/first (zh) needs a person" in artifacts("drafts-report")[0].data


def test_drafts_with_nothing_new_are_approved_where_configured(site, engine, monkeypatch):
    monkeypatch.setenv("PIPELINE_REVIEW__APPROVE", "when nothing new")
    about = site / "content/en/about.md"
    about.write_text(about.read_text().replace("This site has two languages.\n\n", ""))
    state = sync(site)
    assert "Approved, with nothing new in them: about (zh)." in state.message
    assert "本站有两种语言。" not in (site / "content/zh/about.md").read_text()
    assert not (site / "content/zh/posts/first.md").exists(), "the engine's own words wait for a person"


def test_a_dry_run_plans_and_does_nothing(site, engine):
    sync(site, dry_run=True)
    assert not (site / "drafts").exists()
    assert not engine.requests
    assert "| posts/first | zh |" in artifacts("drafts-plan")[0].data
    state = publish(site, dry_run=True)
    assert state.message.startswith("Planned, nothing sent: ")
    assert not (site / "published").exists()
    assert "| upload | `index.html` | new |" in artifacts("publish-plan")[0].data


def test_the_coverage_has_every_post_with_its_reason(site, engine):
    sync(site)
    (artifact,) = artifacts("coverage-zh")[:1]
    assert artifact.description == "50 % current: 1 missing, 1 current."
    rows = _rows(artifact)
    assert {row["post"] for row in rows} == {"about", "posts/first"}
    assert rows[0]["state"] == "missing", "what needs work comes first"
    assert rows[0]["age in days"] == 0
    assert rows[1]["age in days"] == "", "what is current does not wait"
    assert all(row["reason"] for row in rows)


@pytest.mark.parametrize("flow", [sync, publish, republish, preview, rollback])
def test_an_error_that_can_be_mended_is_a_failed_run_with_its_message(tmp_path, flow):
    state = flow(tmp_path)
    assert state.is_failed()
    assert state.message.startswith(f"there is no pipeline.toml in {tmp_path}")


def test_an_error_inside_a_task_reaches_the_flow_whole(site):
    (site / "pipeline.toml").write_text((site / "pipeline.toml").read_text().replace('"published"', '"ftp://x"'))
    state = publish(site)
    assert state.is_failed()
    assert "ftp://x" in state.message
    assert "exception" not in state.message.lower()


def test_an_unreadable_post_fails_the_run_when_the_others_are_done(site, engine):
    (site / "content/en/posts/broken.md").write_bytes(b"---\ntitle: \xff\n---\n")
    state = sync(site)
    assert state.is_failed()
    assert "1 post could not be worked on: " in state.message
    assert "broken.md" in state.message
    assert (site / "drafts/zh/posts/first.md").is_file()
    state = publish(site)
    assert state.is_completed(), "what can be built is published"
    assert "could not be read" in state.message


def test_options_are_checked_before_anything_runs(site):
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        sync(site, locale="not a locale")
    with pytest.raises(ValidationError):
        publish(site, target="https://user:secret@example.org")
    with pytest.raises(ValidationError):
        publish(site, dryrun=True)


def _rows(artifact):
    import json

    return json.loads(artifact.data)


def test_a_preview_shows_drafts_beside_the_site_and_is_published_elsewhere(site, engine, monkeypatch):
    sync(site)
    state = preview(site)
    assert state.is_completed(), state.message
    assert state.message.endswith(str(site / ".pipeline" / "preview"))
    drafted = (site / ".pipeline/preview/zh/posts/first/index.html").read_text()
    assert re.search("译 ?The tide comes twice a day", drafted)
    assert not (site / "public").exists()

    monkeypatch.setenv("PIPELINE_PREFECT__PREVIEW_TARGET", "shown")
    monkeypatch.setenv("PIPELINE_PREFECT__PREVIEW_URL", "https://preview.example.org")
    state = preview(site, drafts=False)
    assert state.message.endswith("uploaded: https://preview.example.org")
    shown = (site / "shown/zh/posts/first/index.html").read_text()
    assert not re.search("译 ?The", shown)
    assert "https://preview.example.org/zh/" in shown
    assert artifacts("preview")[0].data == "[Preview of A small site](https://preview.example.org/)"
    assert not (site / "published").exists()


def test_a_preview_shows_the_site_of_another_day(site):
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=5)).isoformat()
    (site / "content/en/posts/later.md").write_text(f"---\ntitle: Later\npublishDate: {later}\n---\n\nNot yet.\n")
    page = site / ".pipeline/preview/posts/later/index.html"
    preview(site, drafts=False)
    assert not page.exists()
    preview(site, drafts=False, in_days=6)
    assert page.exists()


def test_a_release_is_rolled_back_and_a_plan_changes_nothing(site):
    about = site / "published" / "about" / "index.html"
    publish(site)
    before = about.read_text()
    source = site / "content/en/about.md"
    source.write_text(source.read_text() + "\nA mistake.\n")
    publish(site)
    assert "A mistake." in about.read_text()
    assert rollback(site, dry_run=True).message.startswith("Planned, nothing changed: ")
    assert "A mistake." in about.read_text()
    state = rollback(site)
    assert re.match(r"Release \S+: [1-9]\d* restored, ", state.message)
    assert about.read_text() == before
    assert rollback(site, release="nothing").is_failed()


def test_a_release_goes_to_another_place_and_one_stage_runs_alone(site):
    assert publish(site, stage="publish").is_failed(), "nothing is built yet"
    state = publish(site, stage="build")
    assert re.match(r"\d+ pages: \d+ files written, ", state.message)
    assert not (site / "published").exists()
    publish(site, stage="publish", target=str(site / "staging"))
    assert (site / "staging" / "index.html").is_file()
    assert not (site / "published").exists()


def test_detecting_alone_writes_nothing(site, engine):
    state = sync(site, stage="detect")
    assert state.message == "2 translations: 1 current, 1 missing."
    assert not (site / "drafts").exists()
    assert not engine.requests


def test_a_hugo_site_is_planned_then_adopted(tmp_path):
    from flows.adopt import AdoptOptions
    from flows.adopt import adopt as flow

    old, new = tmp_path / "old", tmp_path / "new"
    posts = old / "content" / "posts"
    posts.mkdir(parents=True)
    (old / "hugo.toml").write_text(
        'baseURL = "https://example.org/"\ndefaultContentLanguage = "en"\n'
        "[languages.en]\nweight = 1\n[languages.zh-cn]\nweight = 2\n"
    )
    (posts / "foo.en.md").write_text("---\ntitle: Foo\n---\n\nOne line.\n")
    (posts / "foo.zh-cn.md").write_text("---\ntitle: 富\n---\n\n一行。\n")
    state = run(flow, AdoptOptions(old=str(old), root=new))
    assert state.message.startswith("1 translation of 1 post"), state.message
    assert state.message.endswith("; planned, nothing written.")
    assert not new.exists()
    state = run(flow, AdoptOptions(old=str(old), root=new, dry_run=False))
    assert "files written" in state.message
    assert (new / "content/zh-cn/posts/foo.md").exists() or (new / "content/zh/posts/foo.md").exists()
    assert artifacts("adoption")


def test_only_a_run_of_a_deployment_can_wait(site, engine):
    state = sync(site, wait_for_person=True)
    assert state.is_failed()
    assert "only a run of a deployment can wait for a person" in state.message
    assert not engine.texts, "that is said before anybody is asked"


def test_what_others_wrote_is_no_markup_in_an_artifact(site):
    posts = site / "content/en/posts"
    (posts / "a|b [x](javascript:alert(1)) `c`.md").write_text("---\ntitle: '<img src=x>'\n---\n\nText.\n")
    assert publish(site).is_completed()
    page = artifacts("publish-result")[0].data
    assert "](javascript:" not in page
    rows = [line for line in page.splitlines() if "alert" in line and line.startswith("|")]
    assert rows
    assert all(len(re.findall(r"(?<!\\)\|", row)) in (3, 4) for row in rows)


def test_a_secret_is_in_no_message_no_artifact_and_no_log(site, monkeypatch, caplog):
    monkeypatch.setenv("MY_KEY", "s3cr3t-k3y")
    monkeypatch.setenv("PIPELINE_ENGINES__LIBRETRANSLATE__API_KEY_ENV", "MY_KEY")
    with LibreTranslateServer(key="another") as server, caplog.at_level(0):  # it says the wrong key in its answer
        monkeypatch.setenv("PIPELINE_ENGINES__LIBRETRANSLATE__URL", server.url)
        state = sync(site)
    assert server.requests[0].body.count("s3cr3t-k3y") == 1
    said = [state.message, artifacts("drafts-report")[0].data, caplog.text, *map(str, (site / "drafts").rglob("*"))]
    said += [path.read_text() for path in (site / "drafts").rglob("*.md")]
    assert "s3cr3t" not in "".join(said)
