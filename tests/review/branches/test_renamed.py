"""A post is renamed while its branch is open: what was written there goes on under the new name."""

import pytest

from pipeline.review import fetch
from tests.review.branches.conftest import BRANCH, ENGLISH

NEW_BRANCH, NEW_TEXT = "translations/zh/posts/new", "content/zh/posts/new.md"
NEW_DRAFT = "drafts/zh/posts/new.md"
THEIRS = "第三段，审校过。"


@pytest.fixture
def theirs(checkout, rewrite):
    """Proposed, and the last paragraph rewritten by a reviewer: the commit."""
    checkout.one()
    return rewrite("ļååšţ", THEIRS)


def rename(checkout, text=ENGLISH):
    (checkout.root / "content/en/posts/foo.md").unlink()
    checkout.publish(text, "posts/new")


def propose(checkout, *, fetching):
    if fetching:
        assert {p.action for p in fetch(checkout.settings).proposals} <= {"fetched"}
    checkout.translate()
    return {proposal.post: proposal for proposal in checkout.propose().proposals}


@pytest.mark.parametrize("text", [ENGLISH, ENGLISH.replace("The first", "The very first")])
def test_a_fresh_job_carries_what_the_reviewer_wrote(checkout, theirs, bare, clone, text):
    rename(checkout, text)
    found = propose(clone("job"), fetching=True)
    assert {post: one.action for post, one in found.items()} == {"posts/new": "opened", "posts/foo": "withdrawn"}
    assert "posts/new" in found["posts/foo"].reason
    assert THEIRS in bare.shows(NEW_BRANCH, NEW_TEXT)
    assert bare.shows(NEW_BRANCH, "content/zh/.source/posts/new.md") == text
    assert "posts/foo" not in bare.git("ls-tree", "-r", "--name-only", NEW_BRANCH)
    assert bare.git("for-each-ref", "--format=%(refname:short)", "refs/heads/translations") == NEW_BRANCH
    bare.git("merge-base", "--is-ancestor", theirs, NEW_BRANCH)
    assert len(bare.git("diff", "--name-only", f"main...{NEW_BRANCH}").splitlines()) == 2
    for name in ("next", "last"):
        found = propose(clone(name), fetching=True)
        assert {post: one.action for post, one in found.items()} == {"posts/new": "unchanged"}


def test_without_fetching_the_old_branch_waits_for_it(checkout, theirs, bare):
    rename(checkout)
    found = propose(checkout, fetching=False)
    assert {post: one.action for post, one in found.items()} == {"posts/new": "opened", "posts/foo": "held"}
    assert "--fetch" in found["posts/foo"].reason
    assert bare.git("rev-parse", BRANCH) == theirs
    found = propose(checkout, fetching=True)
    assert {post: one.action for post, one in found.items()} == {"posts/new": "updated", "posts/foo": "withdrawn"}
    assert THEIRS in bare.shows(NEW_BRANCH, NEW_TEXT)
    bare.git("merge-base", "--is-ancestor", theirs, NEW_BRANCH)


def test_a_draft_that_is_still_here_under_its_old_name_goes_along(checkout, theirs, bare):
    checkout.write("drafts/zh/posts/foo.md", checkout.read("drafts/zh/posts/foo.md").replace("ƒîîŕšţ", "FIRST"))
    rename(checkout)
    held = checkout.one()
    assert (held.action, "posts/new" in held.reason) == ("held", True)
    found = propose(checkout, fetching=True)
    assert found["posts/foo"].action == "withdrawn"
    text = bare.shows(NEW_BRANCH, NEW_TEXT)
    assert THEIRS in text
    assert "FIRST" in text


def test_what_both_changed_under_two_names_is_left_to_people(checkout, theirs, bare):
    rename(checkout)
    propose(checkout, fetching=False)
    mine = next(line for line in checkout.read(NEW_DRAFT).splitlines() if "ļååšţ" in line)
    checkout.write(NEW_DRAFT, checkout.read(NEW_DRAFT).replace(mine, "Another."))
    (told,) = fetch(checkout.settings).proposals
    assert (told.action, told.post) == ("held", "posts/new")
    assert "Another." in checkout.read(NEW_DRAFT)
    assert {p.post: p.action for p in checkout.propose().proposals}["posts/foo"] == "held"
    assert bare.git("rev-parse", BRANCH) == theirs


def test_a_branch_that_nobody_worked_on_goes_at_once(checkout, bare):
    checkout.one()
    rename(checkout)
    found = propose(checkout, fetching=False)
    assert {post: one.action for post, one in found.items()} == {"posts/new": "opened", "posts/foo": "withdrawn"}
    assert BRANCH not in bare.git("branch", "--list")
    assert checkout.one().action == "unchanged"


def test_a_deleted_post_is_not_fetched(checkout, theirs, clone):
    (checkout.root / "content/en/posts/foo.md").unlink()
    checkout.publish("---\ntitle: Whales\n---\n\nWhales sing at night, far away, and nobody listens.\n", "posts/new")
    job = clone("job")
    assert fetch(job.settings).proposals == []
