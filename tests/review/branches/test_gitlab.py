"""Merge requests on GitLab: over HTTP with a login, and with no name that its API would ignore."""

import pytest

from pipeline.errors import ReviewError
from tests.review.branches.conftest import BRANCH, ENGLISH
from tests.review.branches.gitlab_names import faults
from tests.review.branches.servers import TOKEN, GitLabServer


@pytest.fixture
def gitlab(bare):
    with GitLabServer(bare.root) as server:
        yield server
    assert server.faults == []


@pytest.fixture
def site(checkout, bare, gitlab, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    bare.git("config", "http.receivepack", "true")
    checkout.git("remote", "set-url", "origin", f"{gitlab.url}/owner/name.git")
    checkout.configure(
        f'forge = "gitlab"\nforge_url = "{gitlab.url}"\ntoken_env = "MY_TOKEN"\nlanguage = "zh"\n'
        'labels = ["a", "b"]\nreviewers = ["mei", "nobody"]'
    )
    return checkout


def english(site):
    site.english(ENGLISH.replace("The first", "The very first"))
    site.commit()
    site.git("push", "--quiet", str(site.root.parent / "bare.git"), "main")
    site.translate()


def test_a_draft_becomes_a_merge_request_in_the_reviewers_language(site, gitlab):
    site.write("drafts/zh/posts/foo.md", site.read("drafts/zh/posts/foo.md").replace("ļååšţ", "ļååšţ 77"))
    proposal = site.one()
    assert (proposal.action, proposal.url) == ("opened", f"{gitlab.url}/owner/name/-/merge_requests/1")
    (merge,) = gitlab.merges.values()
    assert merge["title"] == "翻译 posts/foo（zh）"
    assert (merge["source_branch"], merge["target_branch"]) == (BRANCH, "main")
    assert (merge["labels"], merge["reviewer_ids"]) == ("a,b", [7])
    assert "待阅读" in merge["description"]
    assert {one["position"]["new_path"] for _, one in gitlab.discussions} == {"content/zh/posts/foo.md"}
    assert all(one["position"]["head_sha"] == proposal.commit for _, one in gitlab.discussions)
    number = len(gitlab.discussions)
    assert site.one().action == "unchanged"
    english(site)
    assert site.one().action == "updated"
    assert "very first" in merge["description"]
    assert "英文有变化" in gitlab.notes[0][1]
    assert len(gitlab.discussions) == number, "no remark is made twice"


def test_closed_merged_and_gone(site, bare, gitlab):
    site.one()
    gitlab.merges[1]["state"] = "closed"
    assert site.one().action == "closed"
    english(site)
    assert site.one().url == gitlab.merges[2]["web_url"]
    site.git("rm", "--quiet", "content/en/posts/foo.md")
    site.git("commit", "--quiet", "--message", "Gone")
    site.git("push", "--quiet", str(bare.root), "main")
    (site.root / "drafts/zh/posts/foo.md").unlink()
    assert site.one().action == "withdrawn"
    assert gitlab.merges[2]["state"] == "closed"


def test_a_branch_of_the_same_name_in_a_fork_is_not_ours(site, gitlab):
    gitlab.add({"source_branch": BRANCH, "target_branch": "main", "title": "Mine", "description": ""}, project=2)
    gitlab.merges[1]["state"] = "closed"
    assert site.one().url == gitlab.merges[2]["web_url"]


def test_somebody_who_was_faster_is_joined(site, gitlab):
    opened = []

    def faster(method, path):
        if method == "POST" and path.endswith("/merge_requests") and not opened:
            opened.append(gitlab.add({"source_branch": BRANCH, "target_branch": "main", "description": ""}))

    gitlab.fail = faster
    assert site.one().url == gitlab.merges[1]["web_url"]
    assert len(gitlab.merges) == 1


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "refuses the token"), (403, "role Developer"), (404, "may not see it"), (429, "rate limit"), (502, "502")],
)
def test_what_gitlab_refuses_is_told_with_what_to_do(site, gitlab, status, told):
    gitlab.fail = lambda method, path: (status, {}, {"message": "no"}) if method == "POST" else None
    proposal = site.one()
    assert proposal.action == "held"
    assert told in proposal.reason
    gitlab.fail = lambda method, path: (status, {}, {"message": "no"})
    with pytest.raises(ReviewError, match=told):
        site.one()


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "fault"),
    [
        ("GET", "/projects/a%2Fb/merge_requests", "source_brnch=x", None, "source_brnch"),
        ("GET", "/projects/a%2Fb/merge_request", "", None, "no such address"),
        (
            "POST",
            "/projects/a%2Fb/merge_requests",
            "",
            {"source_branch": "x", "title": "y"},
            "target_branch is missing",
        ),
        ("PUT", "/projects/a%2Fb/merge_requests/1", "", {"body": "x"}, "nobody reads body"),
        ("POST", "/projects/a%2Fb/merge_requests/1/discussions", "", {"body": "x", "position": {"line": 1}}, "no line"),
    ],
)
def test_a_request_that_gitlab_would_not_understand_is_a_fault(method, path, query, body, fault):
    (found,) = faults(method, path, query, body)
    assert fault in found
