"""Drafts become branches, with real repositories on both sides."""

import pytest

from pipeline.errors import DraftError, ReviewError
from tests.review.branches.conftest import BRANCH, ENGLISH, SNAPSHOT, TEXT


def test_a_draft_becomes_a_branch_of_two_files(here):
    before = here.state()
    proposal = here.one()
    assert here.state() == before
    assert (proposal.action, proposal.branch, proposal.post, proposal.locale) == ("opened", BRANCH, "posts/foo", "zh")
    assert here.git("rev-parse", BRANCH) == proposal.commit
    assert here.git("diff", "--name-only", "main", BRANCH).splitlines() == [SNAPSHOT, TEXT]
    assert here.shows(BRANCH, TEXT) == here.read("drafts/zh/posts/foo.md")
    assert here.git("rev-parse", f"{BRANCH}:{SNAPSHOT}") == here.git("rev-parse", "main:content/en/posts/foo.md")
    assert here.git("log", "-1", "--format=%an <%ae> %cn %P", BRANCH) == (
        f"Pipeline <pipeline@example.org> Pipeline {here.git('rev-parse', 'main')}"
    )


def test_a_second_run_does_nothing(checkout, bare):
    first = checkout.one()
    refs = bare.git("for-each-ref")
    second = checkout.one()
    assert (first.action, second.action) == ("opened", "unchanged")
    assert second.commit == first.commit
    assert bare.git("for-each-ref") == refs


def test_the_remote_gets_it_and_the_checkout_no_branch(checkout, bare):
    before = checkout.state()
    proposal = checkout.one()
    assert bare.git("rev-parse", BRANCH) == proposal.commit
    assert checkout.state() == before
    assert checkout.git("branch", "--list") == "* main"


def test_merging_approves(checkout, bare, clone):
    checkout.one()
    reviewer = clone("reviewer")
    reviewer.git("merge", "--quiet", f"origin/{BRANCH}")
    reviewer.git("push", "--quiet", "origin", "main")
    assert checkout.one().action == "approved"
    fresh = clone("fresh")
    fresh.translate()
    assert fresh.propose().proposals == [], "there is nothing to translate"


def test_a_merge_with_a_reviewers_words_approves(checkout, clone):
    checkout.one()
    reviewer = clone("reviewer")
    reviewer.git("checkout", "--quiet", BRANCH)
    reviewer.write(TEXT, reviewer.read(TEXT).replace("þååŕååĝŕååþĥ", "段落"))
    reviewer.commit()
    reviewer.git("checkout", "--quiet", "main")
    reviewer.git("merge", "--quiet", "--squash", BRANCH)
    reviewer.commit()
    reviewer.git("push", "--quiet", "origin", "main", f":{BRANCH}")
    assert checkout.one().action == "approved"


def test_a_new_draft_is_a_commit_on_top(checkout, bare):
    first = checkout.one()
    checkout.write("drafts/zh/posts/foo.md", checkout.read("drafts/zh/posts/foo.md").replace("⟦ÅÅ", "⟦ÄÄ"))
    second = checkout.one()
    assert second.action == "updated"
    assert bare.git("log", "-1", "--format=%P", BRANCH) == first.commit


def test_a_reviewers_commit_stays_when_the_english_changes(checkout, bare, rewrite):
    checkout.one()
    theirs = rewrite("ļååšţ", "第三段。")
    assert checkout.one().action == "unchanged"

    checkout.publish(ENGLISH.replace("The first", "The very first"))
    checkout.translate()
    assert "第三段" not in checkout.read("drafts/zh/posts/foo.md"), "the draft knows nothing of it"
    proposal = checkout.one()
    assert proposal.action == "updated"
    assert bare.git("merge-base", theirs, proposal.commit) == theirs
    text = bare.shows(BRANCH, TEXT)
    assert "第三段。" in text
    assert "ṽééŕý" in text
    assert bare.shows(BRANCH, SNAPSHOT) == checkout.read("content/en/posts/foo.md")
    assert checkout.one().action == "unchanged", "and the next run takes nothing of it back"
    assert "第三段。" in bare.shows(BRANCH, TEXT)


def test_the_same_line_changed_by_both_is_left_to_people(checkout, bare, rewrite):
    checkout.one()
    theirs = rewrite("ƒîîŕšţ", "第一段。")
    checkout.write("drafts/zh/posts/foo.md", checkout.read("drafts/zh/posts/foo.md").replace("ƒîîŕšţ", "Another"))
    proposal = checkout.one()
    assert proposal.action == "held"
    assert "same lines" in proposal.reason
    assert bare.git("rev-parse", BRANCH) == theirs


def test_a_job_that_never_saw_the_branch_takes_nothing_back(checkout, bare, clone):
    checkout.one()
    reviewer = clone("reviewer")
    reviewer.git("checkout", "--quiet", BRANCH)
    reviewer.write(TEXT, reviewer.read(TEXT).replace("ļååšţ", "LAST"))
    theirs = reviewer.commit()
    reviewer.git("push", "--quiet", "origin", BRANCH)
    job = clone("job")
    job.translate()
    assert job.one().action == "unchanged"
    job.publish(ENGLISH.replace("The first", "The very first"))
    job.translate()
    proposal = job.one()
    assert proposal.action == "held"
    assert "--fetch" in proposal.reason
    assert bare.git("rev-parse", BRANCH) == theirs


def test_a_job_that_runs_late_does_not_bring_back_old_english(checkout, bare, clone):
    late = clone("late")
    late.translate()
    checkout.publish(ENGLISH.replace("The first", "The very first"))
    checkout.translate()
    first = checkout.one()
    assert late.one().action == "unchanged"
    assert bare.git("rev-parse", BRANCH) == first.commit


def test_a_fresh_job_brings_newer_english_to_a_branch_nobody_touched(checkout, bare, clone):
    first = checkout.one()
    job = clone("job")
    job.publish(ENGLISH.replace("The first", "The very first"))
    job.translate()
    proposal = job.one()
    assert proposal.action == "updated"
    assert bare.git("log", "-1", "--format=%P", BRANCH) == first.commit


def test_a_deleted_branch_is_not_made_again_until_the_english_changes(checkout, bare, clone):
    checkout.one()
    bare.git("branch", "--delete", "--force", BRANCH)
    assert checkout.one().action == "closed"
    job = clone("job")
    job.translate()
    assert job.one().action == "closed", "every checkout knows it"
    assert BRANCH not in bare.git("branch", "--list")
    assert checkout.one(again=True).action == "opened"
    bare.git("branch", "--delete", "--force", BRANCH)
    checkout.publish(ENGLISH.replace("The first", "The very first"))
    checkout.translate()
    assert checkout.one().action == "opened"


def test_two_runs_at_once_make_one_branch(checkout, bare, clone, monkeypatch):
    other = clone("other")
    other.translate()
    from pipeline.review.hub import Hub

    put, raced = Hub.put, []

    def slow(hub, branch, commit, before):
        if not raced:
            raced.append(True)
            monkeypatch.setenv("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z")
            raced.append(other.one().commit)
        put(hub, branch, commit, before)

    monkeypatch.setattr(Hub, "put", slow)
    proposal = checkout.one()
    assert proposal.action == "unchanged"
    assert bare.git("rev-parse", BRANCH) == raced[1] == proposal.commit


def test_a_commit_that_arrives_meanwhile_is_kept(checkout, bare, clone, monkeypatch):
    checkout.one()
    reviewer = clone("reviewer")
    reviewer.git("checkout", "--quiet", BRANCH)
    from pipeline.review.hub import Hub

    put, theirs = Hub.put, []

    def slow(hub, branch, commit, before):
        if not theirs:
            reviewer.write(TEXT, reviewer.read(TEXT).replace("ļååšţ", "LAST"))
            theirs.append(reviewer.commit())
            reviewer.git("push", "--quiet", "origin", BRANCH)
        put(hub, branch, commit, before)

    monkeypatch.setattr(Hub, "put", slow)
    checkout.write("drafts/zh/posts/foo.md", checkout.read("drafts/zh/posts/foo.md").replace("⟦ÅÅ", "⟦ÄÄ"))
    proposal = checkout.one()
    assert proposal.action == "updated"
    assert bare.git("merge-base", theirs[0], proposal.commit) == theirs[0]
    text = bare.shows(BRANCH, TEXT)
    assert "LAST" in text
    assert "ÄÄ" in text


def test_a_conflict_with_the_base_is_merged_where_the_draft_knows_better(checkout, bare, clone):
    checkout.one()
    reviewer = clone("reviewer")
    reviewer.write(TEXT, "---\ntitle: 别的\n---\n\n别的。\n")
    reviewer.write(SNAPSHOT, ENGLISH)
    reviewer.commit()
    reviewer.git("push", "--quiet", "origin", "main")
    checkout.write("drafts/zh/posts/foo.md", checkout.read("drafts/zh/posts/foo.md").replace("⟦ÅÅ", "⟦ÄÄ"))
    proposal = checkout.one()
    assert proposal.action == "held"
    assert "git pull" in proposal.reason
    checkout.git("pull", "--quiet", "--no-rebase", "origin", "main")
    proposal = checkout.one()
    assert proposal.action == "updated"
    assert bare.git("merge-base", "main", proposal.commit) == bare.git("rev-parse", "main")


def test_no_more_than_so_many_are_open(checkout, bare):
    checkout.configure("max_open = 1")
    checkout.publish(key="posts/bar")
    checkout.translate()
    assert [p.action for p in checkout.propose().proposals] == ["opened", "waiting"]
    assert [p.action for p in checkout.propose().proposals] == ["unchanged", "waiting"]
    bare.git("update-ref", "refs/heads/main", "translations/zh/posts/bar")
    assert [p.action for p in checkout.propose().proposals] == ["approved", "opened"]


def test_all_of_a_run_on_one_branch(checkout, bare):
    checkout.publish(key="posts/bar")
    checkout.translate()
    found = checkout.propose(one_branch=True).proposals
    assert [(p.action, p.branch) for p in found] == [("opened", "translations/everything")] * 2
    assert len({p.commit for p in found}) == 1
    assert len(bare.git("diff", "--name-only", "main", "translations/everything").splitlines()) == 4
    assert [p.action for p in checkout.propose(one_branch=True).proposals] == ["unchanged"] * 2
    assert [p.action for p in checkout.propose().proposals] == ["unchanged"] * 2, "they stay where they are"
    assert bare.git("for-each-ref", "refs/heads/translations", "--format=%(refname:short)") == "translations/everything"


def test_a_branch_whose_source_is_gone_goes_too(checkout, bare):
    checkout.one()
    checkout.git("rm", "--quiet", "content/en/posts/foo.md")
    checkout.git("commit", "--quiet", "--message", "Gone")
    (checkout.root / "drafts/zh/posts/foo.md").unlink()
    assert checkout.propose().proposals == [], "others still have it"
    checkout.git("push", "--quiet", "origin", "main")
    proposal = checkout.one()
    assert (proposal.action, proposal.post, proposal.branch) == ("withdrawn", "posts/foo", BRANCH)
    assert BRANCH not in bare.git("branch", "--list")
    assert checkout.propose().proposals == []


def test_a_branch_with_somebodys_work_is_never_deleted(checkout, bare, clone):
    checkout.one()
    reviewer = clone("reviewer")
    reviewer.git("checkout", "--quiet", BRANCH)
    reviewer.write(TEXT, "我的译文。\n")
    theirs = reviewer.commit()
    reviewer.git("push", "--quiet", "origin", BRANCH)
    checkout.git("rm", "--quiet", "content/en/posts/foo.md")
    checkout.git("commit", "--quiet", "--message", "Gone")
    checkout.git("push", "--quiet", "origin", "main")
    (checkout.root / "drafts/zh/posts/foo.md").unlink()
    assert checkout.one().action == "held"
    assert bare.git("rev-parse", BRANCH) == theirs


def test_a_post_that_is_not_on_the_base_waits_for_a_push(checkout):
    checkout.english(key="posts/new")
    checkout.translate()
    by_post = {p.post: p for p in checkout.propose().proposals}
    assert by_post["posts/new"].action == "held"
    assert "push" in by_post["posts/new"].reason
    assert by_post["posts/foo"].action == "opened"


def test_a_dry_run_changes_nothing(checkout, bare):
    before, refs = checkout.state(), (bare.git("for-each-ref"), checkout.git("for-each-ref"))
    assert checkout.one(dry_run=True).action == "opened"
    assert checkout.state() == before
    assert (bare.git("for-each-ref"), checkout.git("for-each-ref")) == refs


def test_a_protected_branch_says_so(checkout, bare):
    hook = bare.write("hooks/update", "#!/bin/sh\necho 'protected branch hook declined' >&2\nexit 1\n")
    hook.chmod(0o755)
    proposal = checkout.one()
    assert proposal.action == "held"
    assert "protected branch" in proposal.reason


def test_a_branch_that_is_checked_out_is_left_alone(here):
    here.one()
    here.git("checkout", "--quiet", BRANCH)
    here.write("drafts/zh/posts/foo.md", here.read("drafts/zh/posts/foo.md").replace("⟦ÅÅ", "⟦ÄÄ"))
    here.write("pipeline.toml", here.read("pipeline.toml") + 'base = "main"\n')
    before = here.git("rev-parse", "HEAD")
    proposal = here.one()
    assert proposal.action == "held"
    assert "checked out" in proposal.reason
    assert here.git("rev-parse", "HEAD") == before


def test_a_site_below_the_top_of_its_repository(tmp_path, here):
    here.write(".gitignore", ".pipeline/\n")
    site = here.root / "site"
    site.mkdir()
    for name in ("content", "pipeline.toml", "drafts"):
        (here.root / name).rename(site / name)
    here.commit()
    inner = type(here)(site)
    proposal = inner.one()
    assert proposal.action == "opened"
    assert here.git("diff", "--name-only", "--no-renames", "main", BRANCH).splitlines() == [
        "site/content/zh/.source/posts/foo.md",
        "site/content/zh/posts/foo.md",
        "site/drafts/zh/.source/posts/foo.md",
        "site/drafts/zh/posts/foo.md",
    ], "drafts that are in the history move"


@pytest.mark.parametrize("key", ["posts/ä b", "posts/a..b", "posts/.x.lock", "a@{b}", "posts/~^:?*[", "中文/文章"])
def test_any_name_of_a_post_is_a_branch(here, key):
    if "/." in key:
        key = key.replace("/.", "/")  # hidden files are no posts
    here.english(key=key)
    here.commit()
    here.translate()
    proposal = here.one(key)
    assert proposal.action == "opened", proposal
    assert here.git("rev-parse", proposal.branch) == proposal.commit


def test_a_post_below_another_gets_a_branch_too(checkout):
    checkout.publish(key="posts/foo/bar")
    checkout.translate()
    assert [p.action for p in checkout.propose().proposals] == ["opened", "opened"]
    assert [p.action for p in checkout.propose().proposals] == ["unchanged", "unchanged"]


def test_no_repository_and_no_commit_are_named(tmp_path, here):
    with pytest.raises(DraftError, match="posts/foo"):
        here.propose("posts/fooo")
    (here.root / ".git").rename(tmp_path / "gone")
    with pytest.raises(ReviewError, match="not a git repository"):
        here.propose()
    here.git("init", "--quiet")
    with pytest.raises(ReviewError, match="Commit something first"):
        here.propose()


def test_a_new_remote_whose_default_branch_nobody_has_made(checkout, bare):
    bare.git("symbolic-ref", "HEAD", "refs/heads/somewhere-else")
    assert checkout.one().action == "opened"
    assert bare.git("rev-parse", f"{BRANCH}^") == checkout.git("rev-parse", "main")
