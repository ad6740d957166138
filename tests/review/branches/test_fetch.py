"""What reviewers wrote comes back into drafts/, and is translated on from there."""

import pytest

from pipeline.review import fetch
from tests.review.branches.conftest import BRANCH, ENGLISH, SNAPSHOT, TEXT

DRAFT = "drafts/zh/posts/foo.md"


@pytest.fixture
def reviewed(checkout, rewrite):
    """A branch on which a reviewer has rewritten the last paragraph."""
    checkout.one()
    rewrite("ļååšţ", "第三段，审校过。")


def actions(checkout, **options):
    return [(p.action, p.post) for p in fetch(checkout.settings, **options).proposals]


def test_a_fresh_job_goes_on_from_what_the_reviewer_wrote(reviewed, bare, clone):
    job = clone("job")
    job.publish(ENGLISH.replace("The first", "The very first"))
    assert actions(job) == [("fetched", "posts/foo")]
    assert "第三段，审校过。" in job.read(DRAFT)
    assert job.read("drafts/zh/.source/posts/foo.md") == ENGLISH
    job.translate()
    text = job.read(DRAFT)
    assert "第三段，审校过。" in text
    assert "ṽééŕý" in text
    proposal = job.one()
    assert proposal.action == "updated"
    assert bare.git("log", "-1", "--format=%an", f"{BRANCH}~1") == "A Person"
    assert "第三段，审校过。" in bare.shows(BRANCH, TEXT)
    assert bare.shows(BRANCH, SNAPSHOT) == job.read("content/en/posts/foo.md")


def test_the_same_sentence_changed_on_both_sides_is_translated_anew_and_the_rest_kept(reviewed, bare, clone):
    job = clone("job")
    job.publish(ENGLISH.replace("is last", "is the very last").replace("The second", "Some second"))
    fetch(job.settings)
    job.translate()
    assert job.one().action == "updated"
    assert "审校过" in bare.git("log", "-p", "--format=", BRANCH, "--", TEXT), "what was written stays in the history"


def test_nothing_new_is_nothing_to_do(reviewed, checkout):
    assert actions(checkout) == [("fetched", "posts/foo")]
    before = checkout.state()
    assert actions(checkout) == []
    assert checkout.state() == before
    assert checkout.one().action == "unchanged"


def test_a_dry_run_writes_nothing(reviewed, checkout):
    before = checkout.state()
    assert actions(checkout, dry_run=True) == [("fetched", "posts/foo")]
    assert checkout.state() == before


def test_edits_here_and_there_are_brought_together(reviewed, checkout, bare):
    checkout.write(DRAFT, checkout.read(DRAFT).replace("⟦ÅÅ", "⟦ÄÄ"))
    assert actions(checkout) == [("fetched", "posts/foo")]
    assert "⟦ÄÄ" in checkout.read(DRAFT)
    assert "审校过" in checkout.read(DRAFT)
    assert checkout.one().action == "updated"
    assert "⟦ÄÄ" in bare.shows(BRANCH, TEXT)
    assert "审校过" in bare.shows(BRANCH, TEXT)


def test_edits_of_the_same_line_are_left_to_people(reviewed, checkout):
    text = checkout.read(DRAFT).replace("ļååšţ", "mine")
    checkout.write(DRAFT, text)
    assert actions(checkout) == [("held", "posts/foo")]
    assert checkout.read(DRAFT) == text
    assert checkout.one().action == "held", "and proposing overwrites nothing"


def test_an_edit_only_here_stays(checkout):
    checkout.one()
    text = checkout.read(DRAFT).replace("ļååšţ", "mine")
    checkout.write(DRAFT, text)
    assert actions(checkout) == []
    assert checkout.read(DRAFT) == text
    assert checkout.one().action == "updated"


def test_a_merged_draft_goes(reviewed, checkout, bare):
    bare.git("update-ref", "refs/heads/main", BRANCH)
    checkout.git("pull", "--quiet", "origin", "main")
    assert actions(checkout) == [("approved", "posts/foo")]
    assert not (checkout.root / DRAFT).exists()
    assert checkout.propose().proposals == []


def test_a_draft_that_is_newer_than_what_is_live_stays(checkout, bare):
    checkout.one()
    bare.git("update-ref", "refs/heads/main", BRANCH)
    checkout.git("pull", "--quiet", "origin", "main")
    text = checkout.read(DRAFT).replace("ļååšţ", "mine")
    checkout.write(DRAFT, text)
    assert actions(checkout) == []
    assert checkout.read(DRAFT) == text


def test_what_was_closed_is_not_translated_once_more(checkout, bare, clone):
    checkout.one()
    bare.git("branch", "--delete", "--force", BRANCH)
    job = clone("job")
    assert actions(job) == [("fetched", "posts/foo")]
    before = job.state()
    job.translate()
    assert job.state() == before
    assert job.one().action == "closed"


def test_a_later_edit_of_the_live_text_is_not_undone(checkout, bare, clone):
    checkout.one()
    bare.git("update-ref", "refs/heads/main", BRANCH)
    checkout.git("pull", "--quiet", "origin", "main")
    fetch(checkout.settings)
    checkout.publish(ENGLISH.replace("The first", "The very first"))
    checkout.translate()
    checkout.one()
    job = clone("job")
    fetch(job.settings)
    job.write(TEXT, job.read(TEXT).replace("ļååšţ", "corrected"))
    job.commit()
    job.git("push", "--quiet", "origin", "main")
    assert job.one().action == "updated"
    assert "corrected" in bare.shows(BRANCH, TEXT)


def test_a_branch_of_several_posts(checkout, clone):
    checkout.publish(key="posts/bar")
    checkout.translate()
    checkout.propose(one_branch=True)
    job = clone("job")
    assert actions(job) == [("fetched", "posts/bar"), ("fetched", "posts/foo")]
    assert [p.action for p in job.propose(one_branch=True).proposals] == ["unchanged", "unchanged"]
