"""A run that waits for a person: it suspends with a form, and goes on when that is filled in.

Nothing of the run's process or server has to live meanwhile: what the person is asked about is kept with the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput, create_flow_run_input, read_flow_run_input
from prefect.settings import PREFECT_UI_URL
from prefect.states import Completed
from pydantic import Field

from flows.lineage import emit, show_posts
from flows.steps import approve_step
from flows.summaries import verdict_summary
from pipeline.config import Settings
from pipeline.content import Library
from pipeline.errors import PipelineError
from pipeline.review import ApprovalReport

__all__ = ["Verdict", "ask_person", "check_can_wait", "decide", "waited_for"]

Drafts = Sequence[tuple[str, str]]  # (post, locale)

PATIENCE = 30 * 24 * 3600  # seconds until a run that nobody answers fails
_KEY = "drafts-to-review"
_PAUSE = "review"
_NAMED = 20


class Verdict(RunInput):
    """What a reviewer says of the drafts of a run."""

    decision: Literal["approve", "reject"] = Field(
        default="approve", description="approve: the drafts go live with the next publish. reject: they stay drafts."
    )
    note: str = Field(default="", max_length=2000, description="For whoever reads this run later.")


def waited_for() -> list[tuple[str, str]] | None:
    """The drafts that this run has suspended for, when it goes on; None in a run that begins."""
    found: Any = read_flow_run_input(_KEY)
    return [(str(post), str(locale)) for post, locale in found] if found else None


def check_can_wait() -> None:
    """Raise PipelineError for a run that no answer could reach, or whose drafts would be gone when it comes."""
    context = FlowRunContext.get()
    deployment = context.flow_run.deployment_id if context and context.flow_run else None
    if deployment is None:
        raise PipelineError(
            "only a run of a deployment can wait for a person.", remedy="Start it from the UI or its deployment."
        )
    with get_client(sync_client=True) as client:
        steps = client.read_deployment(deployment).pull_steps or []
    if any(name.endswith(".git_clone") for step in steps for name in step):
        raise PipelineError(
            "nothing can wait for a person in a worker's clone: it goes with its run, and the drafts with it.",
            remedy="Let the run propose them, by `remote` in [review], and approve them there.",
        )


def ask_person(drafts: Drafts, summary: str) -> None:
    """Suspend the run that calls this, until somebody says what to do with its drafts. Does not return."""
    create_flow_run_input(_KEY, [list(draft) for draft in drafts])
    _suspended(drafts, summary)


def decide(settings: Settings, drafts: Drafts) -> State[Any]:
    """Do what the person said, now that the run goes on."""
    verdict = _suspended(drafts, "")
    report = ApprovalReport()
    if verdict.decision == "approve":
        library = Library.read(settings)
        for locale in sorted({locale for _, locale in drafts}):
            there = [post for post, of in drafts if of == locale and post in library.drafts[locale].posts]
            one = approve_step(settings, there, locale=locale) if there else ApprovalReport()
            report.approved += one.approved
            report.refused += one.refused
        show_posts(settings, [post for post, _ in drafts])
    for post, locale in report.approved:
        emit("translation.approved", f"post.{locale}.{post}", {"post": post, "locale": locale})
    message = verdict_summary(verdict.decision, verdict.note, drafts, report)
    return Completed(name="Completed" if verdict.decision == "approve" else "Rejected", message=message, data=report)


def _suspended(drafts: Drafts, summary: str) -> Verdict:
    lines = [f"* `drafts/{locale}/{post}`" for post, locale in drafts[:_NAMED]]
    more = [f"* and {len(drafts) - _NAMED} more"] if len(drafts) > _NAMED else []
    where = f"{PREFECT_UI_URL.value() or ''}/artifacts/key/drafts-report"
    told = "\n".join([summary, "", *lines, *more, "", f"What the checks found is in the [drafts report]({where})."])
    form = Verdict.with_initial_data(description=told, decision="approve", note="")
    answer = suspend_flow_run(wait_for_input=form, timeout=PATIENCE, key=_PAUSE)
    assert isinstance(answer, Verdict)  # noqa: S101  or the run is suspended, and this line is not reached
    return answer
