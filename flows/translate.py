"""The flow *translate*: detect what changed and write drafts; where configured, approve those with nothing new."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from flows.artifacts import show_drafts, show_status
from flows.steps import approve_unchanged_step, clear, detect_step, translate_step
from flows.summaries import translation_summary
from pipeline.config import load
from pipeline.review import ApprovalReport
from pipeline.translation import PostState, TranslationReport

__all__ = ["TranslateOptions", "Translated", "translate"]

PostName = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.-]*$")]


class TranslateOptions(BaseModel):
    """What to translate, and by whom."""

    model_config = ConfigDict(extra="forbid")

    root: Path = Field(default=Path(), description="Directory of pipeline.toml, from where the flow's process runs.")
    posts: list[PostName] = Field(default=[], max_length=1000, description="Posts such as posts/foo. None: every post.")
    locale: Name = Field(default="", description="Key of one target locale. Empty: every target.")
    engine: Name = Field(default="", description="Name of an engine. Empty: as pipeline.toml says.")
    dry_run: bool = Field(default=False, description="Say what would be translated; ask no engine, write no draft.")


@dataclass(frozen=True, slots=True)
class Translated:
    """What a run found, what it wrote, and what it approved where that is configured."""

    states: list[PostState]
    report: TranslationReport
    approval: ApprovalReport | None


DEFAULTS = TranslateOptions()


@flow(name="translate", description=__doc__)
@clear
def translate(options: TranslateOptions = DEFAULTS) -> State[Any]:
    """Write drafts for what is missing or stale.

    Args:
        options: What to translate, and by whom.
    """
    settings = load(options.root)
    states = detect_step(settings)
    show_status(states)
    report = translate_step(
        settings,
        posts=options.posts,
        locale=options.locale or None,
        engine=options.engine or None,
        dry_run=options.dry_run,
    )
    show_drafts(report, dry_run=options.dry_run)
    approval = None if options.dry_run else approve_unchanged_step(settings, report)
    message = translation_summary(report, approval, dry_run=options.dry_run)
    final = Failed if report.failed else Completed
    return final(message=message, data=Translated(states, report, approval))
