"""Pull requests on GitHub: over HTTP with a login, against a server whose every word GitHub's description allows."""

import pytest

from pipeline.errors import ConfigError, ReviewError
from pipeline.review.body import BEGIN, END
from pipeline.review.forges import where
from tests.review.branches.conftest import BRANCH, ENGLISH, SNAPSHOT, TEXT
from tests.review.branches.contract import OPERATIONS, Contract, described
from tests.review.branches.servers import TOKEN, GitHubServer


@pytest.fixture(scope="module")
def description():
    return described()


@pytest.fixture
def github(bare, description):
    contract = Contract(description)
    with GitHubServer(bare.root, contract) as server:
        yield server
    assert contract.faults == []


@pytest.fixture
def site(checkout, bare, github, monkeypatch):
    """A checkout whose remote is the server, reached over HTTP with a token."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    bare.git("config", "http.receivepack", "true")
    checkout.git("remote", "set-url", "origin", f"{github.url}/owner/name.git")
    checkout.more = f'forge = "github"\nforge_url = "{github.url}/api/v3"\n'
    checkout.configure(checkout.more + 'labels = ["translation"]\nreviewers = ["mei", "owner/zh-team"]')
    return checkout


def english(site, key="posts/foo", old="The first", new="The very first"):
    site.english(site.read(f"content/en/{key}.md").replace(old, new), key)
    site.commit()
    site.git("push", "--quiet", str(site.root.parent / "bare.git"), "main")
    site.translate()


def test_a_draft_becomes_a_pull_request(site, github):
    before = site.state()
    proposal = site.one()
    assert site.state() == before
    assert (proposal.action, proposal.url) == ("opened", f"{github.url}/owner/name/pull/1")
    (pull,) = github.pulls.values()
    assert (pull["head"], pull["base"], pull["title"]) == (BRANCH, "main", "Translate posts/foo (zh)")
    assert "4 of 4 segments are new" in pull["body"]
    assert github.labels == {1: ["translation"]}
    assert github.reviewers == {1: {"reviewers": ["mei"], "team_reviewers": ["zh-team"]}}
    requests = len(github.requests)
    assert site.one().action == "unchanged"
    assert len(github.requests) == requests + 1, "a run with nothing to do asks once"


def test_findings_are_remarks_on_their_lines(site, github):
    text = site.read("drafts/zh/posts/foo.md").replace("ļååšţ", "ļååšţ 77")
    site.write("drafts/zh/posts/foo.md", text)
    site.one()
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "77" in one)
    assert ("content/zh/posts/foo.md", line) in {(r["path"], r["line"]) for _, r in github.remarks}
    assert any("77" in r["body"] for _, r in github.remarks)
    number = len(github.remarks)
    site.write("drafts/zh/posts/foo.md", text.replace("⟦ÅÅ", "⟦ÄÄ"))
    assert site.one().action == "updated"
    assert len(github.remarks) == number, "none is made twice"


def test_new_english_updates_it_and_a_comment_says_what_is_new(site, github):
    site.one()
    github.pulls[1]["body"] = f"My own words.\n{github.pulls[1]['body']}"
    english(site)
    proposal = site.one()
    assert (proposal.action, proposal.url) == ("updated", github.pulls[1]["html_url"])
    assert len(github.pulls) == 1
    assert github.pulls[1]["body"].startswith(f"My own words.\n{BEGIN}")
    assert "very first" in github.pulls[1]["body"]
    ((number, text),) = github.comments
    assert number == 1
    assert "The English has changed" in text
    assert "very first" in text
    assert "second" not in text, "only what is new"


def test_a_run_that_was_killed_is_finished_by_the_next(site, github):
    english(site)
    github.fail = lambda method, path: (500, {}, {"message": "no"}) if method == "POST" else None
    assert site.one().action == "held"
    github.fail = lambda method, path: None
    assert (site.one().action, len(github.pulls)) == ("opened", 1)
    english(site, old="The second", new="Some second")
    github.fail = lambda method, path: (502, {}, {"message": "no"}) if method == "PATCH" else None
    assert site.one().action == "held"
    github.fail = lambda method, path: None
    site.one()
    assert "Some" in github.pulls[1]["body"]


def test_a_closed_one_is_not_proposed_until_the_english_changes(site, github):
    site.one()
    github.pulls[1]["state"] = "closed"
    closed = site.one()
    assert (closed.action, closed.url) == ("closed", github.pulls[1]["html_url"])
    assert len(github.pulls) == 1
    english(site)
    assert site.one().action == "opened"
    assert len(github.pulls) == 2
    assert f"was closed: {closed.url}." in github.pulls[2]["body"]
    ((number, told),) = github.comments
    assert (number, closed.url in told) == (2, True)
    assert "very" in told
    assert "second" not in told, "only what is new since"
    github.pulls[2]["state"] = "closed"
    refused = site.one()
    assert refused.action == "closed"
    assert "`pipeline propose posts/foo --again`" in refused.reason
    assert site.one(again=True).url == github.pulls[3]["html_url"]
    assert github.pulls[2]["html_url"] in github.pulls[3]["body"]


def test_a_deleted_branch_of_a_closed_one_is_known_as_well(site, bare, github):
    site.one()
    github.pulls[1]["state"] = "closed"
    bare.git("branch", "--delete", "--force", BRANCH)
    english(site)
    assert site.one().action == "opened"
    ((number, told),) = github.comments
    assert number == 2
    assert github.pulls[1]["html_url"] in told
    assert "second" not in told


def test_one_whose_post_was_renamed_is_closed_and_says_where_it_goes_on(site, bare, github):
    site.one()
    site.git("mv", "content/en/posts/foo.md", "content/en/posts/new.md")
    english(site, "posts/new")
    found = {proposal.post: proposal for proposal in site.propose().proposals}
    assert (found["posts/new"].action, found["posts/foo"].action) == ("opened", "withdrawn")
    assert github.pulls[1]["state"] == "closed"
    assert github.comments == [(1, github.comments[0][1])]
    assert found["posts/new"].url in github.comments[0][1]
    assert not github.commit_of(BRANCH)


def test_a_merged_one_is_approved(site, bare, github):
    site.one()
    bare.git("update-ref", "refs/heads/main", BRANCH)
    github.pulls[1] |= {"state": "closed", "merged_at": "2026-01-01T00:00:00Z"}
    assert site.one().action == "approved"
    site.git("pull", "--quiet", str(bare.root), "main")
    english(site)
    assert site.one().action == "opened"
    assert github.pulls[2]["state"] == "open"


def test_one_whose_source_is_gone_is_closed_with_a_reason(site, bare, github):
    site.one()
    site.git("rm", "--quiet", "content/en/posts/foo.md")
    site.git("commit", "--quiet", "--message", "Gone")
    site.git("push", "--quiet", str(bare.root), "main")
    (site.root / "drafts/zh/posts/foo.md").unlink()
    proposal = site.one()
    assert (proposal.action, proposal.url) == ("withdrawn", github.pulls[1]["html_url"])
    assert github.pulls[1]["state"] == "closed"
    assert "English post is gone" in github.comments[0][1]
    assert not github.commit_of(BRANCH)


def test_a_branch_of_the_same_name_in_a_fork_is_not_ours(site, github):
    github.add(BRANCH, "Mine", "text", owner="stranger")
    proposal = site.one()
    assert proposal.url == github.pulls[2]["html_url"]
    github.pulls[2]["state"] = "closed"
    assert site.one().action == "closed"
    assert github.pulls[1]["state"] == "open"


def test_from_a_fork_it_goes_to_the_repository_that_is_named(site, github):
    site.configure(site.more + 'repository = "upstream/name"')
    assert site.one().action == "opened"
    assert github.pulls[1]["owner"] == "owner"
    assert ("POST", "/api/v3/repos/upstream/name/pulls") in github.requests


def test_somebody_who_was_faster_is_joined(site, github):
    opened = []

    def faster(method, path):
        if method == "POST" and path.endswith("/pulls") and not opened:
            opened.append(github.add(BRANCH, "Theirs", "text"))

    github.fail = faster
    assert site.one().url == github.pulls[1]["html_url"]
    assert len(github.pulls) == 1


@pytest.mark.parametrize(
    ("status", "headers", "message", "told"),
    [
        (401, {}, "Bad credentials", "refuses the token"),
        (403, {}, "Resource not accessible by integration", "pull requests of the repository"),
        (
            403,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800"},
            "API rate limit exceeded",
            "until 00:00 UTC",
        ),
        (403, {"retry-after": "60"}, "You have exceeded a secondary rate limit", "for 60 seconds"),
        (404, {}, "Not Found", "may not see it"),
        (422, {}, "Validation Failed", "Validation Failed"),
        (503, {}, "Unavailable", "answers 503"),
    ],
)
def test_what_github_refuses_is_told_with_what_to_do(site, github, status, headers, message, told):
    answer = {"message": message, "documentation_url": "x"}
    github.fail = lambda method, path: (status, headers, answer) if method == "POST" else None
    proposal = site.one()
    assert proposal.action == "held"
    assert told in proposal.reason
    assert TOKEN not in proposal.reason
    github.fail = lambda method, path: (status, headers, answer)
    with pytest.raises(ReviewError, match=told):
        site.one()


def test_a_used_up_limit_ends_the_asking(site, github):
    site.english(key="posts/bar")
    english(site)
    limit = {"message": "API rate limit exceeded for user", "documentation_url": "x"}
    github.fail = lambda method, path: (403, {}, limit) if method == "POST" else None
    assert [p.action for p in site.propose().proposals] == ["held", "held"]
    assert sum(method == "POST" for method, _ in github.requests) == 1
    assert [bool(github.commit_of(f"translations/zh/posts/{name}")) for name in ("bar", "foo")] == [True, False]


def test_a_token_that_may_not_push_is_told(site, github):
    github.read_only = True
    proposal = site.one()
    assert proposal.action == "held"
    assert "403" in proposal.reason
    assert github.pulls == {}


def test_without_a_token_there_is_a_plain_word(site, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    with pytest.raises(ConfigError, match="GITHUB_TOKEN or GH_TOKEN is not set"):
        site.propose()


def test_the_token_is_in_no_file_and_no_argument(site, monkeypatch, tmp_path):
    spy = tmp_path / "bin" / "git"
    spy.parent.mkdir()
    log = tmp_path / "arguments"
    spy.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {log}\nexec /usr/bin/env PATH="${{PATH#*:}}" git "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:/usr/bin:/bin")
    site.one()
    assert "push" in log.read_text()
    assert TOKEN not in log.read_text()
    for path in site.root.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes()


def test_the_limit_counts_pull_requests(site, github):
    site.configure(site.more + "max_open = 1")
    site.english(key="posts/bar")
    english(site)
    assert [p.action for p in site.propose().proposals] == ["opened", "waiting"]
    github.pulls[1]["state"] = "closed"
    assert [p.action for p in site.propose().proposals] == ["closed", "opened"]


def test_it_links_to_its_preview(site, github):
    site.configure(site.more + "previews = true")
    site.one()
    assert f"http://localhost:8000/preview/{BRANCH}/zh/" in github.pulls[1]["body"]


def test_all_of_a_run_in_one(site, github):
    site.english(key="posts/bar")
    english(site)
    urls = {p.url for p in site.propose(one_branch=True).proposals}
    assert urls == {github.pulls[1]["html_url"]}
    assert github.pulls[1]["title"] == "Translate 2 posts (zh)"
    assert "## posts/bar" in github.pulls[1]["body"]
    assert github.pulls[1]["body"].rstrip().endswith(END)
    english(site, old="The second", new="Some second")
    site.propose(one_branch=True)
    assert "## posts/bar" in github.pulls[1]["body"], "also when only the other has changed"


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://github.com/owner/name.git", "github.com", "owner/name"),
        ("https://user:secret@github.com/owner/name", "github.com", "owner/name"),
        ("git@github.com:owner/name.git", "github.com", "owner/name"),
        ("ssh://git@gitlab.example.org:2222/group/sub/name.git", "gitlab.example.org:2222", "group/sub/name"),
        ("/srv/git/name.git", None, None),
        ("../name.git", None, None),
    ],
)
def test_the_repository_of_an_address(url, host, path):
    found = where(url)
    assert (found and found.host, found and found.path) == (host, path)


def test_every_operation_of_the_contract_is_used(site, github):
    site.write("drafts/zh/posts/foo.md", site.read("drafts/zh/posts/foo.md").replace("ļååšţ", "ļååšţ 77"))
    site.one()
    english(site)
    site.one()
    assert github.contract.used == set(OPERATIONS)


def test_the_paths_are_the_files(site, bare):
    site.one()
    assert bare.git("diff", "--name-only", "main", BRANCH).splitlines() == [SNAPSHOT, TEXT]
    assert bare.shows(BRANCH, SNAPSHOT) == ENGLISH
