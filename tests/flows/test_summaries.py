"""One line a run. The values are stand-ins with the fields that the line reads."""

from types import SimpleNamespace as Value

import pytest

from flows.artifacts import drafts_markdown
from flows.summaries import proposal_summary, publish_summary, translation_summary
from pipeline.errors import BuildError, ContentError
from pipeline.review import Proposal, ProposalReport

NONE = {"total": 0, "kept": 0, "memory": 0, "adapted": 0, "fuzzy": 0, "machine": 0, "untranslated": 0}


def post(name, problems=(), written=True, **counts):
    return Value(
        post=name,
        locale="zh",
        draft=f"drafts/zh/{name}.md",
        counts=Value(**{**NONE, **counts}),
        problems=problems,
        written=written,
    )


def report(*posts, failed=()):
    return Value(
        posts=list(posts), failed=list(failed), engine=Value(name="google", requests=2, characters=30, retries=0)
    )


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ([], "Nothing to translate: no post is missing, stale or moved."),
        ([post("a", total=3, kept=3)], "1 draft: 3 segments kept."),
        ([post("a", kept=1, machine=2), post("b", machine=1)], "2 drafts: 1 segment kept, 3 by the engine."),
        (
            [post("a", kept=38, adapted=1, untranslated=1)],
            "1 draft: 38 segments kept, 1 adapted, 1 left in English. A person is needed: a (zh).",
        ),
        (
            [post(name, untranslated=1) for name in "abcde"],
            "5 drafts: 5 segments left in English. A person is needed: a (zh), b (zh), c (zh) and 2 more.",
        ),
        ([post("a", kept=1, problems=["x"])], "1 draft: 1 segment kept. A person is needed: a (zh)."),
        ([post("a", untranslated=1, written=False)], "No draft changed. A person is needed: a (zh)."),
    ],
)
def test_what_was_translated(given, line):
    assert translation_summary(report(*given)) == line


def test_what_was_approved():
    line = translation_summary(report(post("a", kept=2)), Value(approved=[("a", "zh")]))
    assert line == "1 draft: 2 segments kept. Approved, with nothing new in them: a (zh)."


def test_what_could_not_be_translated():
    failed = [ContentError("is not UTF-8.", path="a.md", remedy="Save it."), ContentError("x")]
    line = "2 posts could not be worked on: a.md: is not UTF-8. Save it. (1 more like it)"
    assert translation_summary(report(failed=failed)) == line


def test_a_plan_is_called_one():
    line = translation_summary(report(post("a", kept=1, machine=2, written=False)), dry_run=True)
    assert line == "Planned, nothing written: 1 draft: 1 segment kept, 2 by the engine."


def test_what_was_published():
    built = Value(pages=94, written=14, warnings=[BuildError("an image is missing")])
    sent = Value(uploaded=12, deleted=2, unchanged=80, release="r7", cdn="")
    line = "12 uploaded, 2 deleted, 80 as they were; 94 pages, 14 files written."
    assert publish_summary(built, sent) == f"Release r7: {line}"
    assert publish_summary(built, sent, dry_run=True) == f"Planned, nothing sent: {line}"
    nothing = Value(uploaded=0, deleted=0, unchanged=92, release="r7", cdn="")
    assert publish_summary(built, nothing) == "Nothing was due: all 92 objects are published as they are."
    built.warnings = [ContentError("is broken.", path="a.md")]
    assert publish_summary(built, nothing).endswith(" 1 post could not be read, and keeps its pages: a.md: is broken.")


def test_the_drafts_report_names_what_a_person_has_to_do():
    problem = Value(check="links", severity="error", line=7, message="a link is gone")
    page = drafts_markdown(
        report(post("a", total=4, kept=3, untranslated=1), post("b", total=1, problems=[problem])),
        ProposalReport([Proposal("b", "zh", "translations/zh/b", "opened", "https://forge.example/pulls/7")]),
    )
    assert "| a | zh | 4 | 3 | 0 | 0 | 0 | 0 | 1 | `drafts/zh/a.md` |" in page
    assert "## a (zh) needs a person" in page
    assert "| b | zh | opened | [https://forge.example/pulls/7](https://forge.example/pulls/7) |" in page
    assert "* 1 of 4 segments are still in English." in page
    assert "* error, line 7: a link is gone (links)" in page
    assert page.endswith("Engine google: 2 requests, 30 characters.")


def test_what_was_proposed():
    opened = Proposal("a", "zh", "translations/zh/a", "opened")
    held = Proposal("b", "zh", "translations/zh/b", "held", reason="merge it by hand")
    assert proposal_summary(None) == ""
    assert proposal_summary(ProposalReport()) == "Proposals: none."
    assert proposal_summary(ProposalReport([opened, opened])) == "Proposals: 2 opened."
    line = "Proposals, planned: 1 opened, 1 held (b (zh): merge it by hand)."
    assert proposal_summary(ProposalReport([opened, held]), dry_run=True) == line
