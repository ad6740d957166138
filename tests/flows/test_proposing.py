"""*sync* with a repository behind it: drafts become branches and pull requests, and what reviewers write comes back."""

import datetime as dt
import subprocess

import pytest

from tests.engines.servers import LibreTranslateServer
from tests.environment import forget
from tests.flows.reading import artifacts, events
from tests.review.branches.contract import Contract, described
from tests.review.branches.servers import TOKEN, GitHubServer

pytestmark = pytest.mark.usefixtures("prefect_api")

BRANCH = "translations/zh/posts/first"
TEXT = "content/zh/posts/first.md"


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    forget(monkeypatch, "GIT_", "GITHUB_", "GH_")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A Person")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")


@pytest.fixture
def engine(monkeypatch):
    with LibreTranslateServer() as server:
        monkeypatch.setenv("PIPELINE_ENGINES__LIBRETRANSLATE__URL", server.url)
        yield server


@pytest.fixture
def bare(tmp_path):
    """The repository behind `checkout`."""
    path = tmp_path / "bare.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(path))
    git(path, "config", "http.receivepack", "true")
    return path


@pytest.fixture
def checkout(site, bare):
    """The site, pushed to `bare`."""
    git(site, "init", "-q", "-b", "main")
    git(site, "remote", "add", "origin", str(bare))
    pushed(site)
    return site


def git(root, *arguments):
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def pushed(root, branch="main"):
    git(root, "add", "content", "pipeline.toml")
    git(root, "commit", "-q", "-m", "content")
    git(root, "push", "-q", "origin", branch)


def sync(site, **options):
    from flows.sync import SyncOptions
    from flows.sync import sync as flow

    state = flow(SyncOptions(root=site, **options), return_state=True)
    assert state.is_completed(), state.message
    return state.message


def test_drafts_are_proposed_where_that_is_configured_and_nowhere_else(checkout, bare, engine, monkeypatch):
    assert "Proposals" not in sync(checkout)
    assert git(bare, "branch", "--list") == "* main"

    began = dt.datetime.now(dt.UTC)
    monkeypatch.setenv("PIPELINE_REVIEW__REMOTE", "origin")
    assert sync(checkout, dry_run=True).endswith("Proposals, planned: 1 opened.")
    assert git(bare, "branch", "--list") == "* main"
    assert sync(checkout).endswith("Proposals: 1 opened.")
    assert BRANCH in git(bare, "branch", "--list")
    assert f"| posts/first | zh | opened | `{BRANCH}` |" in artifacts("drafts-report")[0].data
    assert events("draft.proposed", since=began, resource="pipeline.post.zh.posts/first")
    assert sync(checkout, stage="propose") == "Proposals: 1 unchanged."


def test_a_clone_goes_on_from_what_a_reviewer_wrote(checkout, bare, engine, tmp_path, monkeypatch):
    monkeypatch.setenv("PIPELINE_REVIEW__REMOTE", "origin")
    sync(checkout)
    reviewer = tmp_path / "reviewer"
    git(tmp_path, "clone", "-q", "-b", BRANCH, str(bare), str(reviewer))
    text = (reviewer / TEXT).read_text()
    (reviewer / TEXT).write_text(text.replace("译 The tide comes twice a day.", "潮水每天来两次。"))
    pushed(reviewer, BRANCH)
    english = checkout / "content/en/posts/first.md"
    english.write_text(english.read_text().replace("title: The first post", "title: The very first post"))
    pushed(checkout)

    job = tmp_path / "job"
    git(tmp_path, "clone", "-q", str(bare), str(job))
    before = len(engine.texts)
    message = sync(job)
    assert message.startswith("From reviewers: posts/first (zh). 1 draft: ")
    assert message.endswith("Proposals: 1 updated.")
    assert engine.texts[before:] == ["The very first post"]
    text = git(bare, "show", f"{BRANCH}:{TEXT}")
    assert "潮水每天来两次。" in text
    assert "very first" in text


def test_what_somebody_closed_is_proposed_again_by_force_alone(checkout, bare, engine, monkeypatch):
    contract = Contract(described())
    with GitHubServer(bare, contract) as github:
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        for name, value in {"FORGE": "github", "FORGE_URL": f"{github.url}/api/v3", "REMOTE": "origin"}.items():
            monkeypatch.setenv(f"PIPELINE_REVIEW__{name}", value)
        git(checkout, "remote", "set-url", "origin", f"{github.url}/owner/name.git")
        assert sync(checkout).endswith("Proposals: 1 opened.")
        github.pulls[1]["state"] = "closed"
        assert sync(checkout).endswith("Proposals: 1 closed.")
        assert len(github.pulls) == 1
        assert sync(checkout, force=True).endswith("Proposals: 1 opened.")
        assert (len(github.pulls), github.pulls[2]["state"]) == (2, "open")
        assert github.pulls[2]["html_url"] in artifacts("drafts-report")[0].data
    assert contract.faults == []
